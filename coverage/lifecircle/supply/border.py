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
    residences
        ``inside`` (in the area), ``kept`` (near enough to take part) and ``choices_known`` (all
        facilities that it may walk to are near enough to be given); on the index of the table.
    facilities
        ``inside``, ``kept`` and ``users_known`` (all residences that may walk to it are near
        enough to be given, and so is the one it was built for); on the index of the table.
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
    Choose what takes part in the sharing, and say of what all choices and users are known.

    Parameters
    ----------
    residences
        Polygons or points in a metric CRS. A polygon is inside if half of it or more is. With a
        column ``gates`` what counts is how far these lie, too; one ``pool_id`` holds together.
    facilities
        Points in the same CRS. With a column ``entrances`` what counts is how far these lie, too;
        one ``site_id`` holds together, and ``serves_id`` names a residence.
    area
        The study area in the same CRS; None takes everything as inside.
    border_m
        How far a walk can lead over the border: the limit and the snap limit.

    Returns
    -------
    neighbourhood
        Residences within twice `border_m` of the area and those of their pools take part, and
        facilities within three times it, with all rows of their sites, and those built for
        residences that take part.

    Notes
    -----
    Inputs are trusted to hold all that takes part. Who walks to a facility within `border_m`
    then lives within two, and is known; and a residence that lies within two whole walks to
    nothing beyond three. Where no residence is given outside, nobody is taken to live there.

    Examples
    --------
    >>> import geopandas as gpd
    >>> homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([5, 14, 25, 31], [5] * 4))
    >>> goals = gpd.GeoDataFrame(geometry=gpd.points_from_xy([9, 21], [5, 5]))
    >>> found = neighbourhood(homes, goals, shapely.box(0, 0, 10, 10), border_m=10)
    >>> found.residences["kept"].tolist()
    [True, True, True, False]
    >>> found.facilities["users_known"].tolist()
    [True, False]
    """
    homes = _placed(residences, area, "gates")
    goals = _placed(facilities, area, "entrances")
    homes["kept"] = _together(residences, homes["nearest_m"] <= 2 * border_m, "pool_id")
    serves = _column(facilities, "serves_id")
    built = serves.isin(homes.index[homes["kept"]])
    goals["kept"] = _together(facilities, (goals["nearest_m"] <= 3 * border_m) | built, "site_id")
    nobody_outside = bool(homes.loc[homes["kept"], "inside"].all())
    homes["choices_known"] = (homes["farthest_m"] <= 2 * border_m) | nobody_outside
    near = (goals["farthest_m"] <= border_m) & (serves.isna() | built)
    goals["users_known"] = near | nobody_outside
    near_m = np.zeros(len(goals)) if area is None else _to_border(facilities, area)
    unknown = goals["kept"] & (near_m <= border_m) & (area is not None) & nobody_outside
    return Neighbourhood(
        homes[["inside", "kept", "choices_known"]],
        goals[["inside", "kept", "users_known"]],
        unknown,
    )


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    return table[name] if name in table else pd.Series(None, index=table.index, dtype=object)


def _together(table: pd.DataFrame, kept: pd.Series, name: str) -> pd.Series:
    """Keep also what belongs together with something that is kept."""
    group = _column(table, name)
    return kept | (group.notna() & group.isin(group[kept]))


def _placed(table: gpd.GeoDataFrame, area: shapely.Geometry | None, doors: str) -> pd.DataFrame:
    """Tell what is inside, and how far from the area each begins, and ends at most."""
    if area is None:
        row = {"nearest_m": 0.0, "farthest_m": 0.0, "inside": True}
        return pd.DataFrame(row, index=table.index)
    shapes = table.geometry.to_numpy()
    shapely.prepare(area)
    size = shapely.area(shapes)
    within = shapely.intersects(area, shapes)
    straddles = within & (size > 0) & ~shapely.covers(area, shapes)
    share = np.ones(len(shapes))
    share[straddles] = shapely.area(shapely.intersection(shapes[straddles], area)) / size[straddles]
    whole = _with_doors(shapes, _column(table, doors).to_numpy(dtype=object))
    nearest_m = shapely.distance(whole, area)
    left, low, right, high = shapely.bounds(whole).T
    return pd.DataFrame(
        {
            "nearest_m": nearest_m,
            "farthest_m": nearest_m + np.hypot(right - left, high - low),
            "inside": within & (share >= 0.5),  # noqa: PLR2004 - half of it or more
        },
        index=table.index,
    )


def _with_doors(shapes: np.ndarray, doors: np.ndarray) -> np.ndarray:
    """Add to each shape its gates or entrances, where there are some."""
    whole, there = shapes.copy(), shapely.is_geometry(doors)
    whole[there] = shapely.geometrycollections(np.column_stack([shapes[there], doors[there]]))
    return whole


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
