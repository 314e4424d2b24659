"""The border: what lies so near the study area that it takes part in the sharing."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import TableError

__all__ = ["Neighbourhood", "neighbourhood", "require_something"]


class Neighbourhood(NamedTuple):
    """
    Where places lie, seen from the study area.

    Attributes
    ----------
    residences, facilities
        ``inside`` (in the area), ``kept`` (near enough to take part) and ``outer`` (so far out
        that what it takes is in doubt); on the index of each table.
    outside_demand_unknown
        Facilities that walkers from beyond the border could use, where no residence is given
        there; on the index of the facilities.
    """

    residences: pd.DataFrame
    facilities: pd.DataFrame
    outside_demand_unknown: pd.Series


def neighbourhood(
    residences: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    area: shapely.Geometry | None,
    *,
    border_m: float,
) -> Neighbourhood:
    """
    Choose what takes part in the sharing.

    Parameters
    ----------
    residences
        Polygons or points in a metric CRS. A polygon is inside if half of it or more is.
    facilities
        Points in the same CRS.
    area
        The study area in the same CRS; None takes everything as inside.
    border_m
        How far a walk can lead over the border: the limit and the snap limit.

    Returns
    -------
    neighbourhood
        Residences within twice `border_m` of the area and facilities within three times it take
        part. Residences beyond `border_m` are ``outer``.

    Notes
    -----
    A residence inside reaches facilities within one `border_m`; these are shared with residences
    within two, and those reach facilities within three. Beyond, sharing chains go on: so the
    outer residences are counted once in full and once not at all, and a verdict must stand both
    times.

    Examples
    --------
    >>> import geopandas as gpd
    >>> homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([5, 14, 25, 31], [5] * 4))
    >>> goals = gpd.GeoDataFrame(geometry=gpd.points_from_xy([9], [5]))
    >>> found = neighbourhood(homes, goals, shapely.box(0, 0, 10, 10), border_m=10)
    >>> found.residences.to_dict("list")
    {'inside': [True, False, False, False], 'kept': [True, True, True, False], \
'outer': [False, False, True, False]}
    """
    homes = _placed(residences, area)
    goals = _placed(facilities, area)
    for table, times in ((homes, 2), (goals, 3)):
        table["kept"] = table["away_m"] <= times * border_m
    homes["outer"] = homes["kept"] & (homes["away_m"] > border_m)
    goals["outer"] = False
    nobody_outside = bool(homes.loc[homes["kept"], "inside"].all())
    near_m = np.zeros(len(goals)) if area is None else _to_border(facilities, area)
    unknown = goals["kept"] & (near_m <= border_m) & (area is not None) & nobody_outside
    columns = ["inside", "kept", "outer"]
    return Neighbourhood(homes[columns], goals[columns], unknown)


def _placed(table: gpd.GeoDataFrame, area: shapely.Geometry | None) -> pd.DataFrame:
    if area is None:
        return pd.DataFrame({"away_m": 0.0, "inside": True}, index=table.index)
    shapes = table.geometry.to_numpy()
    shapely.prepare(area)
    size = shapely.area(shapes)
    within = shapely.intersects(area, shapes)
    straddles = within & (size > 0) & ~shapely.covers(area, shapes)
    share = np.ones(len(shapes))
    share[straddles] = shapely.area(shapely.intersection(shapes[straddles], area)) / size[straddles]
    inside = within & (share >= 0.5)  # noqa: PLR2004 - half of it or more
    return pd.DataFrame(
        {"away_m": shapely.distance(shapes, area), "inside": inside}, index=table.index
    )


def _to_border(facilities: gpd.GeoDataFrame, area: shapely.Geometry) -> np.ndarray:
    distance: np.ndarray = shapely.distance(facilities.geometry.to_numpy(), shapely.boundary(area))
    return distance


def require_something(near: Neighbourhood) -> None:
    """
    Refuse an assessment of nothing.

    Parameters
    ----------
    near
        What takes part.

    Raises
    ------
    TableError
        If no residence lies in the study area, or no facility in reach of it.
    """
    problems = []
    remedy = "look at the datum and the CRS of the inputs, and at the zones or the area."
    for name, table in (("residences", near.residences), ("facilities", near.facilities)):
        if table.empty:
            problems.append(f"the list of {name} holds no rows yet; fill it in.")
    if problems:
        raise TableError("inputs", problems)
    if not near.residences["inside"].any():
        problems.append(f"0 of {len(near.residences)} residences lie in it; {remedy}")
    if not near.facilities["kept"].any():
        count = len(near.facilities)
        problems.append(f"0 of {count} facilities lie in it or within reach of it; {remedy}")
    if problems:
        raise TableError("the study area", problems)
