"""What goes out: everything to the office itself, sums by zone to the public."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.errors import StudyError
from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.supply.people import PEOPLE_OF_ZONES
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.disclosure import FEWEST, publishable_sums

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.study import Study

__all__ = [
    "INTERNAL_TABLES",
    "Edition",
    "edition_tables",
    "edition_totals",
    "require_review_number",
]

Edition = Literal["internal", "public"]

INTERNAL_TABLES: Final = (
    "residences",
    "facilities",
    "zones",
    "links",
    "clusters",
    "gaps",
    "remedy_areas",
    "catchments",
    "bands",
    "indicators",
    "zone_indicators",
    "reference",
    "equity",
    "lorenz",
    "reconciliation",
    "quality",
)

# What each published sum of residences gives: its columns in `zones` and in the totals.
_COUNTS: Final = ("residences", *(f"residences_{word}" for word in
                  ("met", "short", "unreachable", "no_data", "not_asked")))  # fmt: skip
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "residences": _COUNTS,
    "households": ("households_in_residences", "households_ratio"),
    "met": ("met_households", "met_share"),
    "served": ("served_households", "served_share", "radius_share"),
    "area": ("requirement_m2", "allocated_m2", "shortage_m2"),
    "supply": ("supply_m2",),
}
_SHARES: Final = ("households_ratio", "served_share", "radius_share", "met_share")
_WHOLE: Final = WHOLE_AREA
_OUTSIDE: Final = "outside_zones"
_OF_GAPS: Final = ("level", "zone_id", "zone", "residences_short", "shortage_m2")
_OF_FACILITIES: Final = ("name", "kind", "floor_area_m2", "beds", "nursing_beds")
_OF_FEW: Final = ("numerator", "denominator", "no_data", "households_share")
_VALUES: Final = (
    "value", "value_with_planned", "progress_share", "radius_value", "last_value", "change",
    "change_share",
)  # fmt: skip

Members = npt.NDArray[np.bool_]
Withheld = Mapping[str, frozenset[str]]


def require_review_number(study: "Study") -> None:
    """
    Refuse a public edition without the number of its maps' approval (审图号).

    Parameters
    ----------
    study
        The settings.

    Raises
    ------
    StudyError
        If there is none.
    """
    if not study.plan.review_number.strip():
        problem = (
            "'plan.review_number' is missing; a public edition needs the number of the map's "
            'approval: write `review_number = "..."` under `[plan]`.'
        )
        raise StudyError(study.title, [problem])


def edition_tables(assessment: "Assessment", edition: Edition) -> Mapping[str, pd.DataFrame]:
    """
    Choose the tables of an edition.

    Parameters
    ----------
    assessment
        What was found.
    edition
        ``internal``: all tables as they are. ``public``: sums by zone only.

    Returns
    -------
    tables
        By name, in the order of `INTERNAL_TABLES`, and ``years`` if the study names any,
        ``population`` where there is a raster, ``travel_times`` where there are streets and an
        area or zones. The public edition holds ``facilities`` (those
        marked ``publish``, without a place; if any), ``zones``, ``gaps``, ``indicators`` and
        ``reconciliation``: no residence, no other facility, no name and no place of one. Sums over
        few, and those that would give them away, are blank (`disclosure.publishable_sums`);
        shares are whole per cent.
    """
    if edition == "internal":
        asked = {"years": assessment.years} if len(assessment.years) else {}
        if assessment.population is not None:
            asked["population"] = assessment.population
        if len(assessment.travel_times):
            asked["travel_times"] = assessment.travel_times
        return {name: getattr(assessment, name) for name in INTERNAL_TABLES} | asked
    withheld = _withheld(assessment)
    named = _with_consent(assessment.facilities, assessment.zones)
    return {
        **({"facilities": named} if len(named) else {}),
        "zones": _blank_zones(assessment.zones, withheld),
        "gaps": _blank_gaps(assessment.gaps, withheld),
        "indicators": _blank_indicators(assessment),
        "reconciliation": _steps_of_rows(assessment.reconciliation),
    }


def edition_totals(assessment: "Assessment", edition: Edition) -> pd.Series:
    """
    Choose the totals of an edition.

    Parameters
    ----------
    assessment
        What was found.
    edition
        As for `edition_tables`.

    Returns
    -------
    totals
        In the public edition those of the columns of ``zones`` only, blank where they are sums
        over few.
    """
    totals = assessment.totals
    if edition == "internal":
        return totals
    withheld = _withheld(assessment)
    columns = [name for names in _COLUMNS.values() for name in names if name in totals]
    public = totals[[name for name in totals.index if name in columns]].astype(float)
    shares = [name for name in _SHARES if name in public]
    public[shares] = public[shares].round(2)
    for part, names in _COLUMNS.items():
        if _WHOLE in withheld[part]:
            public[[name for name in names if name in public]] = float("nan")
    return public


def _withheld(assessment: "Assessment") -> Withheld:
    """Name for each published part the zones in which it stays in the office."""
    zones = assessment.zones
    published = _published(_counts(assessment), ["residences"], zones)
    published |= _published(_amounts(assessment), ["households", "area", "met", "served"], zones)
    published |= _published(_supply(assessment), ["supply"], zones)
    few = {*zones.index[zones["residences"].between(1, FEWEST - 1)]}
    if len(assessment.residences) < FEWEST:
        few |= {_WHOLE}
    places = {_WHOLE, *map(str, zones.index)}
    return {
        part: frozenset(
            zone
            for zone in places
            if (part, zone) not in published or (part != "supply" and zone in few)
        )
        for part in _COLUMNS
    }


def _published(
    units: pd.DataFrame, parts: Sequence[str], zones: pd.DataFrame
) -> frozenset[Hashable]:
    """
    Choose what is published of units: who is in a sum, with the zone ids and ``part:`` columns.

    Each column ``{part}:{name}`` says who counts in one sum of a part.
    """
    cells = units.groupby([*units.columns], dropna=False, sort=True).size().rename("n")
    table = cells.reset_index()
    sums: dict[Hashable, Members] = {}
    for part in parts:
        columns = [name for name in units if str(name).startswith(f"{part}:")]
        members = table[columns].to_numpy(dtype=bool).T
        for zone, within in _places(table, zones):
            sums[part, zone] = members & within
    return publishable_sums(sums, table["n"].to_numpy(dtype=np.int64))


def _counts(assessment: "Assessment") -> pd.DataFrame:
    return _in_zones(assessment.residences).assign(**{"residences:": True})


def _supply(assessment: "Assessment") -> pd.DataFrame:
    goals = assessment.facilities
    counted = goals["inside"].astype(bool) & (goals["counted_m2"] > 0)
    return _in_zones(goals[counted & ~_consenting(goals)]).assign(**{"supply:": True})


def _amounts(assessment: "Assessment") -> pd.DataFrame:
    """
    List who has a part in sums of households, and of what is asked, given and missing.

    What is asked is households times the rate of a rule, so both together tell the households
    under each rule; what is missing is what is asked less what is given, so these three go
    together, and who is given something and who lacks something must each be several.
    """
    homes = assessment.residences
    known = homes[homes["households"] > 0]
    of_homes = _in_zones(known)
    of_homes["households:"] = True
    of_homes["met:"] = known["verdict"] == "met"
    served = known.get("served_share", (known["reachable_facilities"] > 0).astype(float))
    of_homes["served:"] = known["snapped"].astype(bool) & (served > 0)
    if "served_share" in known:  # then the rest of a residence could be told by subtraction
        of_homes["served:not all"] = known["snapped"].astype(bool) & (served < 1)
    rules = known["rule_id"].astype(object).fillna("")
    for rule in sorted(rules.unique()):
        of_homes[f"area:rule {rule}"] = rules == rule
    given = _in_zones(homes[homes["circle_m2"] > 0]).assign(**{"area:given": True})
    short = homes[homes["shortage_m2"] > 0]
    missing = _in_zones(short).assign(**{"area:missing": True})
    missing["area:lacking"] = short["verdict"].isin(["short", "unreachable"])
    parts = {"homes": of_homes, "given": given, "missing": missing}
    whole = pd.concat(parts, names=["block"]).reset_index("block")
    for name in (str(column) for column in whole if ":" in str(column)):
        whole[name] = whole[name].eq(other=True)
    return whole


def _in_zones(units: pd.DataFrame) -> pd.DataFrame:
    ids = [f"{level}_id" for level in ADMIN_LEVELS if f"{level}_id" in units]
    return pd.DataFrame(units[ids]).astype(object).fillna(_OUTSIDE)


def _places(cells: pd.DataFrame, zones: pd.DataFrame) -> Iterator[tuple[str, Members]]:
    """Say who is in each zone: the whole first, then level by level, the fullest zones first."""
    yield _WHOLE, np.ones(len(cells), dtype=bool)
    for level in (one for one in ADMIN_LEVELS if one in set(zones["level"])):
        here = zones[zones["level"] == level].rename_axis("key")
        order = here.sort_values(["residences", "key"], ascending=[False, True], kind="stable")
        for zone in order.index:
            outside = zone == f"{_OUTSIDE}:{level}"
            yield str(zone), cells[f"{level}_id"].eq(_OUTSIDE if outside else zone).to_numpy()


def _steps_of_rows(reconciliation: pd.DataFrame) -> pd.DataFrame:
    rows = reconciliation[reconciliation["rows"].notna()]
    return rows[["input", "step", "rows", "lost_rows"]]


def _blank_zones(zones: pd.DataFrame, withheld: Withheld) -> pd.DataFrame:
    public = zones.drop(columns=[*PEOPLE_OF_ZONES], errors="ignore")
    columns = [name for names in _COLUMNS.values() for name in names]
    public[columns] = public[columns].astype("float64")
    public[[*_SHARES]] = public[[*_SHARES]].round(2)
    for part, names in _COLUMNS.items():
        public.loc[public.index.isin(withheld[part]), [*names]] = float("nan")
    return public


def _blank_gaps(gaps: pd.DataFrame, withheld: Withheld) -> pd.DataFrame:
    zones = gaps["zone_id"].fillna(_WHOLE)
    stays = zones.isin(withheld["area"] | withheld["residences"])
    return gaps.loc[~stays, [*_OF_GAPS]].reset_index(drop=True)


def _consenting(facilities: pd.DataFrame) -> pd.Series:
    return facilities["publish"].eq(other=True) & facilities["inside"].astype(bool)


def _with_consent(facilities: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """List who may be named: by kind and zone, never where."""
    levels = [f"{level}_id" for level in ADMIN_LEVELS if f"{level}_id" in facilities]
    named = facilities.loc[_consenting(facilities), [*_OF_FACILITIES, *levels]]
    places = {
        level: named[level].map(zones["name"]).astype(object).fillna(named[level])
        for level in levels
    }
    plain = pd.DataFrame(named).assign(**places)
    return plain.sort_values([*levels, "name"], kind="stable", ignore_index=True)


def _blank_indicators(assessment: "Assessment") -> pd.DataFrame:
    """Keep values and verdicts; drop names of places, and what would tell of single ones."""
    table = assessment.indicators
    of_zones = table["distance_in"].isin(ADMIN_LEVELS)
    public = table.assign(
        distance_names=table["distance_names"].where(of_zones, ""),
        distance=table["distance"].where(of_zones),
        distance_in=table["distance_in"].where(of_zones, None),
        **dict.fromkeys(_OF_FEW, float("nan")),
    )
    rules = zip(public["standard_id"], public["rule_id"], strict=True)
    by_status = _rules_by_status(assessment)
    few = np.array([rule in by_status for rule in rules], dtype=bool)
    values = [name for name in _VALUES if name in public]
    public.loc[few, values] = float("nan")
    return public


def _rules_by_status(assessment: "Assessment") -> set[tuple[str, str]]:
    """Name the rules for new or existing residences, where there are few of one of them."""
    status = assessment.residences["status"].astype(object).fillna("")
    if not status.value_counts().between(1, FEWEST - 1).any():
        return set()
    return {
        (standard.id, rule.id)
        for standard in (assessment.standard, *assessment.also)
        for rule in standard.rules
        if getattr(rule.arguments, "status", "all") != "all"
    }
