"""Straight-line radii (服务半径): who lives near, whatever the streets; shown, never judged by."""

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.supply.counting import counted_area

__all__ = ["straight_links", "with_straight"]


def straight_links(
    homes: gpd.GeoDataFrame, goals: gpd.GeoDataFrame, *, radius_m: float
) -> pd.DataFrame:
    """
    List who lives within a straight line of what.

    Parameters
    ----------
    homes, goals
        Residences and facilities in one CRS in metres.
    radius_m
        The radius, inclusive.

    Returns
    -------
    links
        ``residence_id``, ``facility_id`` and ``straight_mm``, sorted by both.

    Notes
    -----
    Measured from the nearest point of the residence's outline (0 inside it), not from its centre,
    to the facility's point, and rounded to whole millimetres.

    Examples
    --------
    >>> homes = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10, 10)], index=["R"])
    >>> goals = gpd.GeoDataFrame(geometry=gpd.points_from_xy([13, 40], [14, 5]), index=["A", "B"])
    >>> straight_links(homes, goals, radius_m=5).to_dict("list")
    {'residence_id': ['R'], 'facility_id': ['A'], 'straight_mm': [5000]}
    """
    shapes, points = homes.geometry.to_numpy(), goals.geometry.to_numpy()
    slack_m = 0.001  # what rounding to millimetres lets in
    here, there = shapely.STRtree(points).query(
        shapes, predicate="dwithin", distance=radius_m + slack_m
    )
    straight_mm = np.rint(shapely.distance(shapes[here], points[there]) * 1000).astype(np.int64)
    links = pd.DataFrame(
        {
            "residence_id": homes.index.to_numpy(dtype=object)[here],
            "facility_id": goals.index.to_numpy(dtype=object)[there],
            "straight_mm": straight_mm,
        }
    )
    near = links[links["straight_mm"] <= round(radius_m * 1000)]
    return near.sort_values(["residence_id", "facility_id"]).reset_index(drop=True)


def with_straight(
    homes: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    kinds: Collection[str],
    highest_floor: float | None = None,
    radius_m: float | None,
) -> gpd.GeoDataFrame:
    """
    Say how far in a straight line each residence is from floor area that counts.

    Parameters
    ----------
    homes
        Residences in a CRS in metres.
    facilities
        All facilities, also those beyond the area and beyond any street.
    kinds
        The kinds whose floor area counts.
    highest_floor
        The highest storey that counts; None for every one above ground.
    radius_m
        The radius that is declared; None: none.

    Returns
    -------
    homes
        With ``straight_m`` (NaN without any such facility; to whole millimetres, measured as
        `straight_links` does), and ``within_radius`` (None without a radius).
    """
    counted = counted_area(facilities, kinds=kinds, highest_floor=highest_floor)
    counts = counted["counted_units"].ne(0).fillna(value=True)  # an unknown area may be one
    counts |= counted["reason"].eq("site_counted_once")
    goals = facilities[counts].geometry.to_numpy()
    if not len(goals):
        straight_m = np.full(len(homes), np.nan)
    else:
        shapes = homes.geometry.to_numpy()
        _, nearest = shapely.STRtree(goals).query_nearest(shapes, all_matches=False)
        straight_m = np.rint(shapely.distance(shapes, goals[nearest]) * 1000) / 1000
    within = pd.Series(None, index=homes.index, dtype=object)
    if radius_m is not None:
        within[:] = [bool(metres <= radius_m) for metres in straight_m]
    return homes.assign(straight_m=straight_m, within_radius=within)
