"""What residences have and owe: floor area, land, and new areas that meet the rule."""

import numpy as np
import pandas as pd

from lifecircle.standards.arguments import LandArguments, NewAreasArguments
from lifecircle.standards.evidence import Evidence, site_of, working
from lifecircle.standards.measures.measured import Measured, nothing, states, units_table
from lifecircle.standards.model import Rule

__all__ = ["floor_area_per_100_households", "land_per_resident", "new_areas_meeting"]

_JUDGED = ("met", "short", "unreachable")


def floor_area_per_100_households(evidence: Evidence, rule: Rule) -> Measured:
    """
    Find which residences have the floor area that a rule asks for.

    Parameters
    ----------
    evidence
        Residences that were assessed by the rule's standard.
    rule
        A floor-area rule of it.

    Returns
    -------
    measured
        A unit is a residence that the rule asks, or may ask.

    Notes
    -----
    Residences met / residences judged. Each one's floor area per 100 households stands in the
    table of residences; the supply layer has the formula.
    """
    homes = evidence.residences
    maybe = homes["rule_id"].isna() & homes["reason"].eq("status_unknown")
    asked = homes[homes["rule_id"].eq(rule.id) | maybe]
    judged = asked["verdict"].isin(_JUDGED)
    met = asked["verdict"].eq("met")
    units = units_table(
        asked,
        state=states(met, unknown=~judged),
        part=met.astype(float),
        whole=pd.Series(1.0, index=asked.index),
        more=(~judged).astype(float),
        shortage_m2=asked["shortage_m2"].fillna(0.0),
    )
    reasons = asked.loc[~judged, "reason"].dropna()
    missing = tuple(f"residences: {reason}" for reason in sorted(set(reasons)))
    return Measured(
        units=units.assign(households=asked["households"]),
        sums="share",
        counted="residences",
        missing=missing or _none_asked(asked, "residences"),
    )


def land_per_resident(evidence: Evidence, rule: Rule, arguments: LandArguments) -> Measured:
    """
    Find how much land for eldercare residences have for each of their residents.

    Parameters
    ----------
    evidence
        Residences and facilities.
    rule
        The rule; without a limit nothing is met or not met.
    arguments
        Which residences.

    Returns
    -------
    measured
        A unit is a residence: met if its land is at least the limit times its population.

    Notes
    -----
    m² of land / residents, all ages. The land is that of the working facilities built for the
    residence (``serves_id``), each site once; without any, its ``own_land_m2``.
    """
    homes, uncertain = _of_status(evidence.residences, arguments.status)
    if homes.empty:
        return nothing(_none_asked(homes, f"residences.status = {arguments.status}"),
                       sums="ratio", counted="m2")  # fmt: skip
    land, people = _own_land(evidence, homes), homes["population"].astype(float)
    unknown = land.isna() | people.isna() | uncertain
    owed = people * float(rule.limit or 0)
    met = land.ge(owed - _rounding(owed))
    known = ~unknown
    units = units_table(
        homes,
        state=states(met, unknown=unknown),
        part=land.where(known, 0.0),
        whole=people.where(known, 0.0),
        blind=unknown,
        shortage_m2=(owed - land).clip(lower=0).where(known, 0.0),
    )
    columns = (("own_land_m2", land.isna()), ("population", people.isna()), ("status", uncertain))
    missing = tuple(f"residences.{name}" for name, blank in columns if blank.any())
    return Measured(units=units, sums="ratio", counted="m2", missing=missing)


def new_areas_meeting(
    evidence: Evidence, arguments: NewAreasArguments, *, owing: Rule | None
) -> Measured:
    """
    Find which new residences meet what they owe by themselves (配建达标率).

    Parameters
    ----------
    evidence
        Residences that were assessed by the rule's standard.
    arguments
        Names the rule that says what is owed.
    owing
        That rule; None where the document names no rate.

    Returns
    -------
    measured
        A unit is a new residence, or one that may be new. Without a rate in the document the
        study's own is taken; without one nothing is known. No other document's rate is borrowed.

    Notes
    -----
    New residences met / new residences. With a floor-area rule the own ledger's verdict counts;
    with a land rule, land per resident; with the study's rate, the floor area built for the
    residence and handed over.
    """
    if owing is not None and isinstance(owing.arguments, LandArguments):
        new_ones = LandArguments(measure="land_per_resident", status="new")
        land = land_per_resident(evidence, owing, new_ones)
        return _as_share(land)
    homes, uncertain = _of_status(evidence.residences, "new")
    if homes.empty:
        missing = _none_asked(homes, "residences.status = new")
        return nothing(missing, sums="share", counted="residences")
    if arguments.rule is not None:
        judged, met = homes["own_verdict"].isin(_JUDGED), homes["own_verdict"].eq("met")
    elif evidence.new_area_m2_per_100_households is not None:
        owed = homes["households"] * float(evidence.new_area_m2_per_100_households) / 100
        judged = homes["own_m2"].notna() & owed.notna()
        met = homes["own_m2"].ge(owed - _rounding(owed))
    else:
        missing = ("study.new_area_m2_per_100_households",)
        return nothing(missing, sums="share", counted="residences")
    unknown = ~judged | uncertain
    units = units_table(
        homes,
        state=states(met, unknown=unknown),
        part=(met & ~unknown).astype(float),
        whole=pd.Series(1.0, index=homes.index),
        more=unknown.astype(float),
    )
    missing = ("residences.status",) if uncertain.any() else ()
    missing += ("residences.own_floor_area_m2 / households",) if (~judged).any() else ()
    return Measured(units=units, sums="share", counted="residences", missing=missing)


def _of_status(homes: pd.DataFrame, status: str) -> tuple[pd.DataFrame, pd.Series]:
    """Keep the residences of a status, and those that may be of it."""
    blank = homes["status"].isna() if status != "all" else pd.Series(data=False, index=homes.index)
    kept = homes[blank | homes["status"].eq(status) | (status == "all")]
    return kept, blank.reindex(kept.index)


def _own_land(evidence: Evidence, homes: pd.DataFrame) -> pd.Series:
    rows = working(evidence.facilities)
    rows = rows[rows["serves_id"].isin(homes.index) & rows["land_area_m2"].notna()]
    by_site = rows.groupby([rows["serves_id"], site_of(rows)])["land_area_m2"].max()
    built = by_site.groupby(level=0).sum().reindex(homes.index)
    return built.astype(float).where(built.notna(), homes["own_land_m2"].astype(float))


def _rounding(owed: pd.Series) -> pd.Series:
    """Give the last binary digits, which no document means: 0.1 times 30 is 3."""
    return pd.Series(np.spacing(owed.to_numpy(dtype=float)) * 4, index=owed.index)


def _as_share(land: Measured) -> Measured:
    """Count the residences of a land measure."""
    unknown = land.units["state"].eq("no_data").astype(float)
    met = land.units["state"].eq("met").astype(float)
    units = land.units.assign(part=met, whole=1.0, more=unknown, blind=False)
    return Measured(units=units, sums="share", counted="residences", missing=land.missing)


def _none_asked(asked: pd.DataFrame, what: str) -> tuple[str, ...]:
    return (what,) if asked.empty else ()
