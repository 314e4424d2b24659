"""The gap list (缺口清单): what is missing in each zone, and which ledger asks for it."""

from typing import Final

import numpy as np
import pandas as pd

from lifecircle.supply.area_units import to_m2, to_units
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["GAP_SUMS", "WHOLE_AREA", "gap_list", "gap_totals"]

# Stands for the level where a study has no zones: one row for all of it.
WHOLE_AREA: Final = "area"

GAP_SUMS: Final = (
    "residences_short", "households_short", "shortage_m2", "own_ledger_shortage_m2",
    "circle_ledger_shortage_m2", "shortage_m2_with_planned",
)  # fmt: skip
"""What the rows of the gap list add up."""

_LACKING: Final = ("short", "unreachable")


def gap_list(residences: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """
    List what each zone lacks, level by level, what lacks most first.

    Parameters
    ----------
    residences
        The assessed residences, with ``households``, ``verdict``, ``ledger``, ``shortage_m2``,
        ``shortage_m2_with_planned``, ``cluster_id`` and the zone ids by level.
    zones
        Indexed by ``zone_id``, with ``level`` and ``name``; empty if there are none.

    Returns
    -------
    gaps
        One row a zone where a residence is short or unreachable: ``level``, ``zone_id``
        (``outside_zones:{level}`` outside; None for `WHOLE_AREA`), ``zone`` (its name, or the id
        where it has none), ``residences_short`` and ``households_short`` (with those that are
        unreachable), ``shortage_m2``, of it ``own_ledger_shortage_m2`` and
        ``circle_ledger_shortage_m2`` (by the ledger that gives the verdict),
        ``shortage_m2_with_planned`` (what is still missing with the planned facilities) and
        ``cluster_ids`` (``;``-joined). For each level the rows add up to the total shortage of
        the residences that are short or unreachable, in units of 0.01 m².

    Examples
    --------
    >>> residences = pd.DataFrame(
    ...     {
    ...         "households": [300.0, 100.0, 50.0], "verdict": ["short", "unreachable", "met"],
    ...         "ledger": ["own", "circle", "circle"], "shortage_m2": [60.0, 15.0, 0.02],
    ...         "shortage_m2_with_planned": [0.0, 15.0, 0.02], "cluster_id": [None, "C1", None],
    ...         "street_id": ["S1", "S2", "S1"],
    ...     }
    ... )  # fmt: skip
    >>> zones = pd.DataFrame({"level": "street", "name": ["东街", "西街"]}, index=["S1", "S2"])
    >>> gap_list(residences, zones)[["zone", "shortage_m2", "own_ledger_shortage_m2"]]
      zone  shortage_m2  own_ledger_shortage_m2
    0   东街         60.0                    60.0
    1   西街         15.0                     0.0
    """
    lacking = residences[residences["verdict"].isin(_LACKING)]
    levels = [level for level in ADMIN_LEVELS if level in set(zones["level"])]
    if not levels:
        where = pd.Series(WHOLE_AREA, index=lacking.index)
        return _rows(lacking, where, WHOLE_AREA).assign(zone_id=None, zone=None)
    parts = []
    for level in levels:
        ids = lacking[f"{level}_id"].astype(object)
        rows = _rows(lacking, ids.where(ids.notna(), f"outside_zones:{level}"), level)
        names = rows["zone_id"].map(zones["name"].astype(object))
        parts.append(rows.assign(zone=names.where(names.notna(), rows["zone_id"])))
    return pd.concat(parts, ignore_index=True)


def gap_totals(gaps: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """
    Add up the gap list: each level, and the zones within each zone.

    Parameters
    ----------
    gaps
        As `gap_list` gives them.
    zones
        Indexed by ``zone_id``, with ``parent_id``; empty if there are none.

    Returns
    -------
    totals
        Indexed by ``of``: a level, or the identifier of a zone that others lie in; the columns of
        `GAP_SUMS`, m² to 0.01.

    Examples
    --------
    >>> sums = dict.fromkeys(GAP_SUMS, [1.0, 2.0])
    >>> gaps = pd.DataFrame({"level": "street", "zone_id": ["S1", "S2"]} | sums)
    >>> zones = pd.DataFrame({"parent_id": ["D1", "D1", None]}, index=["S1", "S2", "D1"])
    >>> gap_totals(gaps, zones)["shortage_m2"].to_dict()
    {'street': 3.0, 'D1': 3.0}
    """
    parents = gaps["zone_id"].map(zones["parent_id"])
    groups = [gaps[gaps["level"] == level] for level in gaps["level"].unique()]
    parts = {str(rows["level"].iloc[0]): rows for rows in groups}
    parts |= {str(parent): gaps[parents == parent] for parent in parents.dropna().unique()}
    sums = {of: rows[[*GAP_SUMS]].sum().round(2) for of, rows in parts.items()}
    return pd.DataFrame.from_dict(sums, orient="index", columns=[*GAP_SUMS]).rename_axis("of")


def _rows(lacking: pd.DataFrame, where: pd.Series, level: str) -> pd.DataFrame:
    by_ledger = {
        f"{ledger}_ledger_shortage_m2": lacking["shortage_m2"].where(lacking["ledger"] == ledger)
        for ledger in ("own", "circle")
    }
    areas = {
        "shortage_m2": lacking["shortage_m2"],
        **by_ledger,
        "shortage_m2_with_planned": lacking["shortage_m2_with_planned"],
    }
    summed = {name: to_units(values).fillna(0).astype(np.int64) for name, values in areas.items()}
    units = pd.DataFrame(summed).groupby(where).sum()
    counts = lacking.groupby(where).agg(
        residences_short=("verdict", "size"), households_short=("households", "sum")
    )
    clusters = lacking.groupby(where)["cluster_id"].agg(_joined)
    rows = counts.assign(
        **{str(name): to_m2(units[name]) for name in units}, cluster_ids=clusters
    ).rename_axis("zone_id")
    ordered = rows.reset_index().sort_values(
        ["shortage_m2", "zone_id"], ascending=[False, True], kind="stable", ignore_index=True
    )
    ordered.insert(0, "level", level)
    ordered.insert(2, "zone", None)
    return ordered


def _joined(ids: pd.Series) -> str:
    return ";".join(sorted(set(ids.dropna())))
