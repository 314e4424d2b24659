"""Two results side by side: what changed, by residence, zone and indicator."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.errors import CrsError, TableError
from lifecircle.tables import VERDICTS

__all__ = ["CHANGES", "Comparison", "compare_results", "comparison_doubts", "was_made"]

Tables = Mapping[str, pd.DataFrame]

# better: a verdict nearer to met, or less missing at the same one; worse: the other way round.
CHANGES: Final = ("better", "worse", "unlike", "same", "added", "gone")

_WALK: Final = ("speed_m_s", "minutes", "limit_m", "snap_limit_m")
_RANK: Final = {"met": 2, "short": 1, "unreachable": 0}
_RESIDENCE: Final = ("households", "requirement_m2", "circle_m2", "own_m2", "shortage_m2")
_ZONE: Final = (
    "residences", "households_in_residences", "served_households", "met_households",
    "requirement_m2", "supply_m2", "allocated_m2", "shortage_m2", "served_share", "met_share",
)  # fmt: skip


class Comparison(NamedTuple):
    """
    What changed from one result to another.

    Attributes
    ----------
    residences
        Indexed by ``residence_id``, all of both results: ``name``, ``change`` (one of `CHANGES`;
        ``unlike`` where one verdict is ``no_data`` or ``not_asked`` and the other is not),
        ``verdict_before`` and ``verdict_after``, and for each amount ``{name}_before``,
        ``{name}_after`` and ``{name}_change``; an amount that is known on one side only has no
        change.
    zones
        The same for the sums of each zone, without ``change``.
    indicators
        Indexed by ``standard_id`` and ``rule_id``: titles, ``value_before``, ``value_after``,
        ``value_change``, ``value_unit``, ``verdict_before``, ``verdict_after``.
    transitions
        Residences by verdict before (rows) and after (columns); those in both results.
    """

    residences: pd.DataFrame
    zones: pd.DataFrame
    indicators: pd.DataFrame
    transitions: pd.DataFrame


def compare_results(before: Tables, after: Tables) -> Comparison:
    """
    Compare two results.

    Parameters
    ----------
    before, after
        The tables of two results, by name.

    Returns
    -------
    comparison
        What changed.

    Raises
    ------
    TableError
        If a table is missing: a public edition has no residences.
    CrsError
        If the two are not in one CRS.

    Examples
    --------
    >>> zones = pd.DataFrame(columns=["name", "level", *_ZONE])
    >>> rules = pd.DataFrame(
    ...     columns=["standard_id", "rule_id", "title_zh", "title_en", "value", "value_unit",
    ...              "verdict"]
    ... )  # fmt: skip
    >>> homes = pd.DataFrame(
    ...     {"name": ["东苑"], "verdict": "short", "households": 300.0, "requirement_m2": 60.0,
    ...      "circle_m2": 40.0, "own_m2": 0.0, "shortage_m2": 20.0}, index=["R1"]
    ... )  # fmt: skip
    >>> later = homes.assign(verdict="met", circle_m2=60.0, shortage_m2=0.0)
    >>> tables = {"residences": homes, "zones": zones, "indicators": rules}
    >>> found = compare_results(tables, tables | {"residences": later})
    >>> found.residences[["change", "shortage_m2_change"]].to_dict("list")
    {'change': ['better'], 'shortage_m2_change': [-20.0]}
    """
    _check(before, after)
    homes = _beside(before["residences"], after["residences"], _RESIDENCE, ("name",))
    homes.insert(1, "change", _changes(homes))
    both = homes[homes["change"].isin(["better", "worse", "unlike", "same"])]
    words = list(VERDICTS)
    transitions = pd.crosstab(both["verdict_before"], both["verdict_after"])
    keys = ["standard_id", "rule_id"]
    rules = _beside(
        before["indicators"].set_index(keys),
        after["indicators"].set_index(keys),
        ("value",),
        ("title_zh", "title_en", "value_unit"),
    )
    return Comparison(
        residences=homes,
        zones=_beside(before["zones"], after["zones"], _ZONE, ("name", "level")),
        indicators=rules,
        transitions=transitions.reindex(index=words, columns=words, fill_value=0),
    )


def comparison_doubts(
    before: Mapping[str, object], after: Mapping[str, object]
) -> Mapping[str, tuple[str, str]]:
    """
    Tell what two results went by that differs, so that not the town alone has changed.

    Parameters
    ----------
    before, after
        The manifests of two results.

    Returns
    -------
    doubts
        What differs (``title``, ``standard``, ``ledger``, ``as_of``, ``walk``, ``area``,
        ``priority``, ``made``): before and after.

    Examples
    --------
    >>> old = {"settings": {"title": "东区", "standard": "walk-20"}}
    >>> comparison_doubts(old, {"settings": {"title": "东区", "standard": "weihai-2022"}})
    {'standard': ('walk-20', 'weihai-2022')}
    """
    was, now = (_gone_by(manifest) for manifest in (before, after))
    return {name: (was[name], now[name]) for name in was if was[name] != now[name]}


def was_made(manifest: Mapping[str, object]) -> bool:
    """
    Tell whether a result's data are made up.

    Parameters
    ----------
    manifest
        Of the result.

    Returns
    -------
    made
        As its study said.
    """
    return _gone_by(manifest)["made"] == "True"


def _gone_by(manifest: Mapping[str, object]) -> dict[str, str]:
    settings, inputs = manifest["settings"], manifest.get("inputs")
    assert isinstance(settings, dict)  # noqa: S101 - `read_result_manifest` has looked
    told = {name: settings.get(name) for name in ("title", "standard", "ledger", "as_of", "made")}
    walk = settings.get("walk") or {}
    told["walk"] = ", ".join(f"{name} = {walk[name]}" for name in _WALK if name in walk)
    area = inputs.get("area") if isinstance(inputs, dict) else None
    told["area"] = "-" if area is None else f"{area['file']} ({area['sha256'][:8]})"
    given = {name: value for name, value in (settings.get("priority") or {}).items() if value}
    told["priority"] = ", ".join(f"{name} = {value}" for name, value in given.items()) or "-"
    return {name: str(value) for name, value in told.items()}


def _check(before: Tables, after: Tables) -> None:
    needed = ("residences", "zones", "indicators")
    problems = [
        f"the {word} result has no table {name!r}; name a folder of the internal edition."
        for word, tables in (("earlier", before), ("later", after))
        for name in needed
        if name not in tables
    ]
    if problems:
        raise TableError("comparison", problems)
    homes = [tables["residences"] for tables in (before, after)]
    systems = {table.crs for table in homes if isinstance(table, gpd.GeoDataFrame)}
    if len(systems) > 1:
        problem = "the two results are not in one CRS; run one of them anew in that of the other."
        raise CrsError("comparison", [problem])


def _beside(
    before: pd.DataFrame, after: pd.DataFrame, amounts: tuple[str, ...], texts: tuple[str, ...]
) -> pd.DataFrame:
    """Put the rows of two tables side by side, in the order of the later one, then of the other."""
    index = after.index.append(before.index.difference(after.index, sort=True))
    old, new = before.reindex(index), after.reindex(index)
    columns = {name: new[name].where(index.isin(after.index), old[name]) for name in texts}
    if "verdict" in before and "verdict" in after:
        columns |= {"verdict_before": old["verdict"], "verdict_after": new["verdict"]}
    for name in amounts:
        was, now = (pd.to_numeric(table[name]) for table in (old, new))
        # Areas are whole hundredths; their differences are written so again.
        change = (now - was).round(6 if name.endswith("share") or name == "value" else 2)
        columns |= {f"{name}_before": was, f"{name}_after": now, f"{name}_change": change}
    return pd.DataFrame(columns, index=index)


def _changes(homes: pd.DataFrame) -> pd.Series:
    was, now = homes["verdict_before"], homes["verdict_after"]
    step = now.map(_RANK) - was.map(_RANK)
    missing = homes["shortage_m2_change"].fillna(0)
    change = pd.Series("same", index=homes.index, dtype=object)
    change[(was != now) & step.isna()] = "unlike"
    change[step.gt(0) | (step.eq(0) & missing.lt(0))] = "better"
    change[step.lt(0) | (step.eq(0) & missing.gt(0))] = "worse"
    change[was.isna()] = "added"
    change[now.isna()] = "gone"
    return change
