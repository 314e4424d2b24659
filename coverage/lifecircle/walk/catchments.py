"""Catchments: the area from which a facility can be walked to, for drawing."""

import itertools
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, cast

import contourpy
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.units import walk_limit_mm
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.sight import Ground, walk_ground
from lifecircle.walk.surface import CELL_M, WalkSurface, held_at, walk_surface

__all__ = [
    "Catchment",
    "area_within",
    "catchment_table",
    "each_catchment",
    "surface_contours",
    "walk_catchments",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Catchment(NamedTuple):
    """
    The area from which a facility, or any of a kind, is within some minutes on foot.

    Attributes
    ----------
    kind
        Of the facility.
    facility_id
        None for all of a kind.
    minutes
        The limit.
    geometry
        The whole area within it.
    """

    kind: str
    facility_id: str | None
    minutes: float
    geometry: shapely.MultiPolygon


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
    each = each_catchment(
        walk_ground(network),
        places,
        [(name, "") for name in places.ids],
        minutes=minutes,
        speed_m_s=speed_m_s,
        off_street_m=off_street_m,
    )
    return catchment_table(each, network.crs).drop(columns="kind")


def each_catchment(
    ground: Ground,
    places: Places,
    kinds: Iterable[tuple[Hashable, str]],
    *,
    minutes: Sequence[float],
    speed_m_s: float,
    off_street_m: float,
) -> list[Catchment]:
    """
    Draw the catchments of single facilities.

    Parameters
    ----------
    ground
        The streets, and what nobody walks through.
    places
        The snapped facilities.
    kinds
        The identifier of each facility that is drawn, and its kind.
    minutes
        Any list of minutes.
    speed_m_s
        Walking speed.
    off_street_m
        How far from the street the areas spread.

    Returns
    -------
    catchments
        One for each facility and number of minutes.
    """
    rings = sorted(minutes)
    limits = [walk_limit_mm(value, speed_m_s) for value in rings]
    found: list[Catchment] = []
    for name, kind in kinds:
        surface = walk_surface(
            ground,
            places,
            np.flatnonzero(places.ids == name),
            limit_mm=limits[-1],
            off_street_m=off_street_m,
        )
        areas = surface_contours(surface, limits, off_street_m=off_street_m)
        found += [Catchment(kind, str(name), *ring) for ring in zip(rings, areas, strict=True)]
    return found


def catchment_table(catchments: Iterable[Catchment], crs: CRS) -> gpd.GeoDataFrame:
    """
    Set out catchments as a table.

    Parameters
    ----------
    catchments
        In the order of the rows.
    crs
        Of the areas.

    Returns
    -------
    table
        ``kind``, ``facility_id``, ``minutes`` and the area.
    """
    table = pd.DataFrame(catchments, columns=[*Catchment._fields])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=crs)


def surface_contours(
    surface: WalkSurface | None, limits_mm: Sequence[int], *, off_street_m: float
) -> list[shapely.MultiPolygon]:
    """
    Draw the areas from which a walk is within some limits.

    Parameters
    ----------
    surface
        The walk from each cell; None if no place is on the network.
    limits_mm
        None of them beyond what the surface is true to.
    off_street_m
        How far from the street it spreads.

    Returns
    -------
    areas
        One for each limit, in their order; empty without a surface.
    """
    if surface is None:
        return [shapely.MultiPolygon() for _ in limits_mm]
    return [
        area_within(held_at(surface, limit, off_street_m=off_street_m), surface.corner, limit)
        for limit in limits_mm
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
