"""Catchments: the area from which a facility can be walked to, for drawing."""

import itertools
from collections.abc import Sequence
from typing import cast

import contourpy
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.units import walk_limit_mm
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.sight import Ground, walk_ground
from lifecircle.walk.surface import CELL_M, held_at, walk_surface

__all__ = ["area_within", "catchment_table", "catchments_of_places", "walk_catchments"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def walk_catchments(
    network: WalkNetwork,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: Sequence[float] = (5, 10, 15),
    speed_m_s: float = 1.0,
    snap_limit_m: float = 300.0,
    off_street_m: float = 50.0,
) -> gpd.GeoDataFrame:
    """
    Draw the area from which each facility is within some minutes on foot.

    Parameters
    ----------
    network
        The streets.
    facilities
        Points in the network's CRS, indexed by ``facility_id``.
    minutes
        Any list of minutes; one polygon for each.
    speed_m_s
        Walking speed on and off the street.
    snap_limit_m
        A facility farther from any street has no catchment.
    off_street_m
        How far from the street the area spreads.

    Returns
    -------
    catchments
        One row for each facility and number of minutes, with ``facility_id``, ``minutes`` and the
        whole area within these minutes (an empty polygon for a facility beyond the snap limit).
        More minutes always hold fewer.

    Raises
    ------
    CrsError
        If `facilities` is not in the network's CRS.

    Notes
    -----
    The walk to the facility is measured along the streets, spread off the street up to
    `off_street_m`, and laid on a grid of 10 m; the areas are contours of that one surface.
    """
    places = snap_places(network, facilities.geometry, snap_limit_m=snap_limit_m)
    each = [("", str(name), pd.Index([name])) for name in places.ids]
    table = catchment_table(
        network,
        places,
        each,
        minutes=minutes,
        speed_m_s=speed_m_s,
        off_street_m=off_street_m,
    )
    return table.drop(columns="kind")


def catchment_table(
    network: WalkNetwork,
    places: Places,
    groups: Sequence[tuple[str, str | None, pd.Index]],
    *,
    minutes: Sequence[float],
    speed_m_s: float,
    off_street_m: float,
) -> gpd.GeoDataFrame:
    """
    Draw the catchments of groups of facilities.

    Parameters
    ----------
    network
        The streets.
    places
        The snapped facilities.
    groups
        For each group its kind, the facility's identifier if it is a single one, and the
        identifiers of its members.
    minutes
        Any list of minutes.
    speed_m_s
        Walking speed.
    off_street_m
        How far from the street the areas spread.

    Returns
    -------
    catchments
        One row for each group and number of minutes: ``kind``, ``facility_id``, ``minutes`` and the
        whole area within them.
    """
    ground = walk_ground(network)
    rows: list[tuple[str, str | None, float, shapely.MultiPolygon]] = []
    for kind, name, ids in groups:
        areas = catchments_of_places(
            ground,
            places,
            np.flatnonzero(places.ids.isin(ids)),
            minutes=minutes,
            speed_m_s=speed_m_s,
            off_street_m=off_street_m,
        )
        rows += [
            (kind, name, limit, area) for limit, area in zip(sorted(minutes), areas, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["kind", "facility_id", "minutes", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=network.crs)


def catchments_of_places(
    ground: Ground,
    places: Places,
    chosen: Integers,
    *,
    minutes: Sequence[float],
    speed_m_s: float,
    off_street_m: float,
) -> list[shapely.MultiPolygon]:
    """
    Draw the area from which any of some places is within some minutes on foot.

    Parameters
    ----------
    ground
        The streets, and what nobody walks through.
    places
        Snapped places.
    chosen
        Positions in ``places.ids`` of the places that count, shape (chosen,).
    minutes
        Any list of minutes.
    speed_m_s
        Walking speed.
    off_street_m
        How far from the street the area spreads.

    Returns
    -------
    areas
        One for each number of minutes, ascending; empty if no place is on the network.
    """
    limits = [walk_limit_mm(value, speed_m_s) for value in sorted(minutes)]
    surface = walk_surface(ground, places, chosen, limit_mm=limits[-1], off_street_m=off_street_m)
    if surface is None:
        return [shapely.MultiPolygon() for _ in limits]
    return [
        area_within(held_at(surface, limit, off_street_m=off_street_m), surface.corner, limit)
        for limit in limits
    ]


def area_within(
    surface: Floats, corner: Floats, limit: float, *, cell_m: float = CELL_M
) -> shapely.MultiPolygon:
    """
    Draw where a surface lies from 0 to a limit.

    Parameters
    ----------
    surface
        A value >= 0 in the middle of each cell, rows from south to north.
    corner
        Metres of the middle of the first cell.
    limit
        The largest value inside.
    cell_m
        Metres from one middle to the next.

    Returns
    -------
    area
        Valid polygons; empty where nothing is inside.

    Examples
    --------
    >>> surface = np.array([[9.0, 9.0, 9.0], [9.0, 0.0, 9.0], [9.0, 9.0, 9.0]])
    >>> area_within(surface, np.array([0.0, 0.0]), 4.5).bounds
    (5.0, 5.0, 15.0, 15.0)
    """
    rows, columns = surface.shape
    generator = contourpy.contour_generator(
        corner[0] + cell_m * np.arange(columns),
        corner[1] + cell_m * np.arange(rows),
        surface,
        fill_type=contourpy.FillType.OuterOffset,
    )
    points, offsets = cast("tuple[list[Floats], list[Integers]]", generator.filled(-1.0, limit))
    polygons = [
        shapely.Polygon(rings[0], rings[1:])
        for rings in (
            [ring[one:two] for one, two in itertools.pairwise(start)]
            for ring, start in zip(points, offsets, strict=True)
        )
    ]
    merged = shapely.union_all([polygon for polygon in polygons if polygon.area > 0])
    return shapely.MultiPolygon([part for part in shapely.get_parts(merged) if part.area > 0])
