"""Zones: where residences and facilities belong, and what each zone adds up to."""

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.errors import CrsError
from lifecircle.supply.area_units import UNITS_PER_M2, to_m2, to_units
from lifecircle.supply.codes import joined_flags, merged_flags
from lifecircle.tables import ADMIN_LEVELS, VERDICTS

__all__ = [
    "with_zones",
    "zone_of_points",
    "zone_of_residences",
    "zone_sums",
    "zone_totals",
]

MOSTLY_SHARE: Final = 0.9  # a residence with less of it in its zone is flagged

_JUDGED: Final = ("met", "short", "unreachable")
_SUMMED: Final = (
    "residences",
    "households_in_residences",
    "households_ratio",
    "served_households",
    "served_share",
    "radius_share",
    "met_households",
    "met_share",
    *(f"residences_{word}" for word in VERDICTS),
    "requirement_m2",
    "supply_m2",
    "allocated_m2",
    "shortage_m2",
)


def zone_of_points(points: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find the zone of each level that a point stands in.

    On a border the lower ``zone_id`` has it.

    Parameters
    ----------
    points
        Facilities: points in the CRS of `zones`.
    zones
        Indexed by ``zone_id``, polygons, with the column ``level``.

    Returns
    -------
    zone_ids
        On the index of `points`: one column ``{level}_id`` for each level of `zones`, None
        outside; and ``flags``, ``;``-joined: ``outside_zones:{level}``.

    Raises
    ------
    CrsError
        If the two tables are not in one CRS.

    Examples
    --------
    >>> zones = gpd.GeoDataFrame(
    ...     {"level": ["street", "street"]},
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
    ...     index=["Z1", "Z2"],
    ...     crs="EPSG:4547",
    ... )
    >>> points = gpd.GeoDataFrame(
    ...     geometry=gpd.points_from_xy([5, 10, 50], [5, 5, 5]), index=list("ABC"), crs=zones.crs
    ... )
    >>> zone_of_points(points, zones)["street_id"].tolist()
    ['Z1', 'Z1', None]
    """
    _check_crs(points, zones)
    best = _best(_meetings(points, zones).assign(weight=0), zones)
    return _zone_ids(points.index, zones, best, {})


def zone_of_residences(residences: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """
    Find the zone of each level that holds most of a residence.

    A residence belongs whole to the zone with the largest overlap; if two have as much, to the
    lower ``zone_id``. One without area (a point) belongs where it stands.

    Parameters
    ----------
    residences
        Polygons or points in the CRS of `zones`.
    zones
        Indexed by ``zone_id``, polygons in a CRS in metres, with the column ``level``.

    Returns
    -------
    zone_ids
        On the index of `residences`: one column ``{level}_id`` for each level of `zones`, None
        outside; and ``flags``, ``;``-joined: ``outside_zones:{level}``, and
        ``zone_overlap_under_90`` where less than 90 % lies in the zone of some level.

    Raises
    ------
    CrsError
        If the two tables are not in one CRS.

    Examples
    --------
    >>> zones = gpd.GeoDataFrame(
    ...     {"level": ["street", "street"]},
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
    ...     index=["Z1", "Z2"],
    ...     crs="EPSG:4547",
    ... )
    >>> residences = gpd.GeoDataFrame(
    ...     geometry=[shapely.box(7, 0, 17, 5)], index=["R1"], crs=zones.crs
    ... )
    >>> zone_of_residences(residences, zones).to_dict("list")
    {'street_id': ['Z2'], 'flags': ['zone_overlap_under_90']}
    """
    _check_crs(residences, zones)
    found = _meetings(residences, zones)
    shapes, areas = residences.geometry.to_numpy(), zones.geometry.to_numpy()
    whole = shapely.area(shapes[found["place"]])
    overlap = shapely.area(shapely.intersection(shapes[found["place"]], areas[found["zone"]]))
    # Whole units of 0.01 m²: the last digits of an overlay must not choose between two zones.
    found["weight"] = np.rint(overlap * UNITS_PER_M2)
    found["share"] = np.divide(overlap, whole, out=np.ones_like(whole), where=whole > 0)
    best = _best(found[(found["weight"] > 0) | (whole == 0)], zones)
    split = np.zeros(len(residences), dtype=bool)
    split[best.loc[best["share"] < MOSTLY_SHARE, "place"]] = True
    flag = {"zone_overlap_under_90": pd.Series(split, index=residences.index)}
    return _zone_ids(residences.index, zones, best, flag)


def with_zones(
    table: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None, *, of_points: bool
) -> gpd.GeoDataFrame:
    """
    Say where each row of a table belongs.

    Parameters
    ----------
    table
        Facilities or residences, with the column ``flags``.
    zones
        None: there are none.
    of_points
        Whether each row is a point, or belongs where most of it lies.

    Returns
    -------
    table
        With ``{level}_id``, and what `zone_of_points` or `zone_of_residences` flags.
    """
    if zones is None:
        return table
    found = (zone_of_points if of_points else zone_of_residences)(table, zones)
    flags = merged_flags([table["flags"], found["flags"]])
    columns = {str(name): found[name] for name in found if name != "flags"}
    return table.assign(**columns, flags=flags)


def zone_totals(
    residences: pd.DataFrame,
    facilities: pd.DataFrame,
    zones: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """
    Add up what lies in each zone.

    Parameters
    ----------
    residences
        The assessed residences, with the columns ``households``, ``verdict``, ``snapped``,
        ``reachable_facilities``, ``requirement_m2``, ``circle_m2``, ``shortage_m2`` and the zone
        ids by level; with ``served_share`` where walks begin in their homes.
    facilities
        The assessed facilities, with ``counted_m2`` and the zone ids by level.
    zones
        Indexed by ``zone_id``, with the columns ``level`` and ``households``.

    Returns
    -------
    totals
        The columns of `zones` and those of `zone_sums`. One more row for each level of which
        something lies outside: ``outside_zones:{level}``, without geometry. For each level the
        rows add up to the sums over all residences and facilities, in units of 0.01 m².

    Examples
    --------
    >>> zones = gpd.GeoDataFrame(
    ...     {"level": "street", "households": 400.0},
    ...     geometry=[shapely.box(0, 0, 10, 10)],
    ...     index=["Z1"],
    ...     crs="EPSG:4547",
    ... )
    >>> residences = pd.DataFrame(
    ...     {
    ...         "households": [300.0, 100.0], "verdict": ["met", "unreachable"], "snapped": True,
    ...         "reachable_facilities": [1, 0], "requirement_m2": [60.0, 20.0],
    ...         "circle_m2": [60.0, 0.0], "shortage_m2": [0.0, 20.0], "street_id": ["Z1", None],
    ...     }
    ... )  # fmt: skip
    >>> facilities = pd.DataFrame({"counted_m2": [70.0], "street_id": ["Z1"]})
    >>> zone_totals(residences, facilities, zones)[["households_ratio", "supply_m2", "shortage_m2"]]
                          households_ratio  supply_m2  shortage_m2
    Z1                                0.75       70.0          0.0
    outside_zones:street               NaN        0.0         20.0
    """
    table = zones.copy()
    sums = []
    for level in _levels(zones):
        lost = f"outside_zones:{level}"
        homes, places = (_ids_or(lost, table[f"{level}_id"]) for table in (residences, facilities))
        if lost in {*homes, *places}:
            table = table.reindex([*table.index, lost]).fillna({"level": level})
        sums.append(_sums(residences, facilities, homes, places))
    units = pd.concat(sums).reindex(table.index, fill_value=0)
    table.index.name = zones.index.name
    return table.join(_zone_columns(units, table["households"]))


def zone_sums(residences: pd.DataFrame, facilities: pd.DataFrame) -> pd.Series:
    """
    Add up all residences and facilities, as one zone that holds everything.

    Parameters
    ----------
    residences, facilities
        As for `zone_totals`, without the zone ids.

    Returns
    -------
    sums
        By name:

        - ``residences``, and of them ``residences_met``, ``residences_short``,
          ``residences_unreachable``, ``residences_no_data``, ``residences_not_asked``.
        - ``households_in_residences``: as far as known; ``households_ratio``: to the zone's own.
        - ``served_households``: of residences that reach floor area on foot, or, where walks begin
          in their homes, of the share of homes that do; ``served_share``: of the households of all
          residences that could be placed on a street.
        - ``met_households``; ``met_share``: of the households of residences that are met, short
          or unreachable.
        - ``radius_share``: of all households, those within the straight radius (服务半径) of floor
          area that counts; NaN where no radius is declared.
        - ``requirement_m2``, ``allocated_m2`` (in the circle), ``shortage_m2``: as far as known.
        - ``supply_m2``: what counts of the facilities that stand here.

    Examples
    --------
    >>> residences = pd.DataFrame(
    ...     {
    ...         "households": [300.0, 100.0], "verdict": ["met", "unreachable"], "snapped": True,
    ...         "reachable_facilities": [1, 0], "requirement_m2": [60.0, 20.0],
    ...         "circle_m2": [60.0, 0.0], "shortage_m2": [0.0, 20.0],
    ...     }
    ... )  # fmt: skip
    >>> sums = zone_sums(residences, pd.DataFrame({"counted_m2": [70.0]}))
    >>> sums[["served_share", "met_share", "supply_m2", "shortage_m2"]].tolist()
    [0.75, 0.75, 70.0, 20.0]
    """
    everywhere = [np.full(len(table), "all", dtype=object) for table in (residences, facilities)]
    units = _sums(residences, facilities, *everywhere).reindex(["all"], fill_value=0)
    sums = _zone_columns(units, pd.Series(np.nan, index=["all"]))
    return pd.Series(sums.loc["all"], name="totals")


def _check_crs(table: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    if table.crs is None or zones.crs is None or table.crs != zones.crs:
        problem = f"zones and what lies in them must share one CRS: {zones.crs} is not {table.crs}."
        raise CrsError("zones", [problem])


def _levels(zones: gpd.GeoDataFrame) -> list[str]:
    present = set(zones["level"])
    return [level for level in ADMIN_LEVELS if level in present]


def _meetings(table: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pair the positions of what touches, border included."""
    shapes = zones.geometry.to_numpy()
    place, zone = shapely.STRtree(shapes).query(table.geometry.to_numpy(), predicate="intersects")
    return pd.DataFrame({"place": place, "zone": zone})


def _best(found: pd.DataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Keep for each place and level the heaviest pair, then the lowest id."""
    named = found.assign(
        zone_id=zones.index.to_numpy(dtype=object)[found["zone"]],
        level=zones["level"].to_numpy(dtype=object)[found["zone"]],
    )
    ordered = named.sort_values(["weight", "zone_id"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(["place", "level"])


def _zone_ids(
    index: pd.Index, zones: gpd.GeoDataFrame, best: pd.DataFrame, flags: dict[str, pd.Series]
) -> pd.DataFrame:
    columns, outside = {}, {}
    for level in _levels(zones):
        here = best[best["level"] == level]
        ids = np.full(len(index), None, dtype=object)
        ids[here["place"].to_numpy()] = here["zone_id"].to_numpy()
        columns[f"{level}_id"] = pd.Series(ids, index=index, dtype=object)
        outside[f"outside_zones:{level}"] = columns[f"{level}_id"].isna()
    return pd.DataFrame({**columns, "flags": joined_flags({**outside, **flags})}, index=index)


def _ids_or(lost: str, zone_ids: pd.Series) -> npt.NDArray[np.object_]:
    texts = zone_ids.astype(object)
    return texts.where(texts.notna(), lost).to_numpy(dtype=object)


def _sums(
    residences: pd.DataFrame,
    facilities: pd.DataFrame,
    homes: npt.NDArray[np.object_],
    places: npt.NDArray[np.object_],
) -> pd.DataFrame:
    """Sum whole numbers by zone: exact, whatever the order."""
    supply = to_units(facilities["counted_m2"]).fillna(0).astype(np.int64)
    by_residence = _residence_units(residences).groupby(homes).sum()
    by_facility = supply.groupby(places).sum().rename("supply_m2")
    return by_residence.join(by_facility, how="outer").fillna(0).astype(np.int64)


def _residence_units(residences: pd.DataFrame) -> pd.DataFrame:
    """Give counts as they are, and households and square metres in hundredths."""
    homes = to_units(residences["households"]).fillna(0).astype(np.int64)
    verdict = residences["verdict"]
    placed = residences["snapped"].astype(bool)
    served = residences.get("served_share", residences["reachable_facilities"].gt(0).astype(float))
    areas = {
        "requirement_m2": "requirement_m2",
        "allocated_m2": "circle_m2",
        "shortage_m2": "shortage_m2",
    }
    near = residences.get("within_radius", pd.Series(None, index=residences.index, dtype=object))
    return pd.DataFrame(
        {
            "residences": np.ones(len(residences), dtype=np.int64),
            "households_in_residences": homes,
            "placed_households": homes.where(placed, 0),
            "served_households": _share_of(homes.where(placed, 0), served),
            "asked_households": homes.where(near.notna(), 0),
            "near_households": homes.where(near.eq(other=True), 0),
            "judged_households": homes.where(verdict.isin(_JUDGED), 0),
            "met_households": homes.where(verdict == "met", 0),
            **{f"residences_{word}": verdict.eq(word).astype(np.int64) for word in VERDICTS},
            **{
                name: to_units(residences[column]).fillna(0).astype(np.int64)
                for name, column in areas.items()
            },
        }
    )


def _share_of(units: pd.Series, share: pd.Series) -> pd.Series:
    """Take a part of hundredths, to the nearest one."""
    return pd.Series(np.rint(units * share.fillna(0.0)), index=units.index).astype(np.int64)


def _zone_columns(units: pd.DataFrame, households: pd.Series) -> pd.DataFrame:
    counts = {"residences", *(f"residences_{word}" for word in VERDICTS)}
    hundredths = [str(name) for name in units if name not in counts]
    table = units.assign(**{name: to_m2(units[name]) for name in hundredths})
    table["households_ratio"] = _ratio(table["households_in_residences"], households)
    table["served_share"] = _ratio(table["served_households"], table["placed_households"])
    table["radius_share"] = _ratio(table["near_households"], table["asked_households"])
    table["met_share"] = _ratio(table["met_households"], table["judged_households"])
    return table[list(_SUMMED)]


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)
