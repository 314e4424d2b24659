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
from numba import njit

from lifecircle.units import walk_limit_mm
from lifecircle.walk.costs import joint_sources, search_limit, shift_bits, to_graph, to_sources
from lifecircle.walk.kernels import PUBLIC, STATES, UNREACHED, Graph, Sources, reached_nodes
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places

__all__ = ["area_within", "catchment_table", "catchments_of_places", "walk_catchments"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CELL_M = 10.0
_FAR_MM = 1e12


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
    rows: list[tuple[str, str | None, float, shapely.MultiPolygon]] = []
    for kind, name, ids in groups:
        areas = catchments_of_places(
            network,
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
    network: WalkNetwork,
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
    network
        The streets.
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
    sources = _chosen_sources(network, places, chosen)
    if not len(sources.edge):
        return [shapely.MultiPolygon() for _ in limits]
    graph, bits = to_graph(network), shift_bits(network)
    slack_mm = int((off_street_m + 2 * CELL_M) * 1000)
    distance, _ = reached_nodes(graph, sources, search_limit(limits[-1] + slack_mm, bits))
    edges = _reached_edges(network, distance, sources)
    corner, shape = _frame(network, edges, off_street_m)
    street = np.full(shape, _FAR_MM)
    vertices = (
        network.vertex_offsets,
        network.vertex_xy,
        network.vertex_mm,
        network.vertex_ahead_mm,
        network.vertex_back_mm,
    )
    _stamp_edges(street, corner, CELL_M, edges, graph, vertices, distance, sources, bits)
    surface = np.full(shape, _FAR_MM)
    _spread(street, surface, CELL_M, off_street_m)
    # Cut a little above each limit, so that no area depends on the other minutes asked for.
    return [
        area_within(np.minimum(surface, limit + slack_mm), corner, float(limit)) for limit in limits
    ]


def _chosen_sources(network: WalkNetwork, places: Places, chosen: Integers) -> Sources:
    """Gather the positions of some places, sorted by edge, as if they were one place."""
    whole = to_sources(network, places)
    use = np.flatnonzero(np.isin(places.place, chosen))
    use = use[np.argsort(whole.edge[use], kind="stable")]
    return joint_sources(whole, use)


def _reached_edges(network: WalkNetwork, distance: Integers, sources: Sources) -> Integers:
    reached = np.any(distance < UNREACHED, axis=1)
    by_node = np.flatnonzero(reached[network.start] | reached[network.end])
    return np.union1d(by_node, sources.edge)


def _frame(
    network: WalkNetwork, edges: Integers, off_street_m: float
) -> tuple[Floats, tuple[int, int]]:
    """Lay a grid, on whole cells of the plane, round the reached edges."""
    offsets = network.vertex_offsets
    counts = offsets[edges + 1] - offsets[edges]
    where = np.repeat(offsets[edges], counts) + _ranges(counts)
    xy = network.vertex_xy[where]
    margin = off_street_m + 3 * CELL_M
    low = np.floor((xy.min(axis=0) - margin) / CELL_M)
    high = np.ceil((xy.max(axis=0) + margin) / CELL_M)
    columns, rows = (high - low).astype(int) + 1
    return low * CELL_M, (int(rows), int(columns))


def _ranges(counts: Integers) -> Integers:
    """Count up from 0 within each group: [2, 3] gives 0 1 0 1 2."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(int(counts.sum())) - starts


@njit(cache=True, nogil=True)
def _state_limit(is_private: bool) -> int:  # noqa: FBT001 - compiled, positional
    """Tell how many of the states at a node may lead onto an edge."""
    return STATES if is_private else PUBLIC + 1


@njit(cache=True, nogil=True)
def _stamp_edges(  # noqa: C901, PLR0913, PLR0917 - one compiled loop
    street: Floats,
    corner: Floats,
    cell_m: float,
    edges: Integers,
    graph: Graph,
    vertices: tuple[Integers, Floats, Integers, Integers, Integers],
    distance: Integers,
    sources: Sources,
    bits: int,
) -> None:
    """Write the walk from points along the edges, half a cell apart, into the grid cells."""
    offsets, xy, mm, ahead, back = vertices
    for edge in edges:
        length = ahead[offsets[edge + 1] - 1]
        from_start, from_end = _FAR_MM, _FAR_MM
        for state in range(_state_limit(graph.private[edge])):
            if graph.backward[edge] and distance[graph.start[edge], state] < UNREACHED:
                from_start = min(from_start, float(distance[graph.start[edge], state] >> bits))
            if graph.forward[edge] and distance[graph.end[edge], state] < UNREACHED:
                from_end = min(from_end, float(distance[graph.end[edge], state] >> bits))
        first = np.searchsorted(sources.edge, edge)
        last = np.searchsorted(sources.edge, edge + 1)
        for vertex in range(offsets[edge], offsets[edge + 1] - 1):
            span_x = xy[vertex + 1, 0] - xy[vertex, 0]
            span_y = xy[vertex + 1, 1] - xy[vertex, 1]
            steps = int(np.ceil(np.hypot(span_x, span_y) / (cell_m / 2))) + 1
            for step in range(steps + 1):
                part = step / steps
                along = mm[vertex] + part * (mm[vertex + 1] - mm[vertex])
                going = ahead[vertex] + part * (ahead[vertex + 1] - ahead[vertex])
                coming = back[vertex] + part * (back[vertex + 1] - back[vertex])
                walked = min(from_start + coming, from_end + length - going)
                for at in range(first, last):
                    gap = along - sources.offset_mm[at]
                    beyond = sources.connector[at] >> bits
                    if gap <= 0 and graph.forward[edge]:
                        walked = min(walked, (sources.ahead[at] >> bits) - going + beyond)
                    if gap >= 0 and graph.backward[edge]:
                        walked = min(walked, coming - (sources.back[at] >> bits) + beyond)
                column = int(np.rint((xy[vertex, 0] + part * span_x - corner[0]) / cell_m))
                row = int(np.rint((xy[vertex, 1] + part * span_y - corner[1]) / cell_m))
                street[row, column] = min(street[row, column], walked)


@njit(cache=True, nogil=True)
def _spread(street: Floats, surface: Floats, cell_m: float, off_street_m: float) -> None:
    """Walk on from each street cell up to the margin."""
    rows, columns = street.shape
    # A contour passes up to a cell beyond the last cell that is reached, half a cell on average.
    reach_m = off_street_m - cell_m / 2
    width = int(np.floor(reach_m / cell_m))
    for row in range(rows):
        for column in range(columns):
            here = street[row, column]
            if here >= _FAR_MM:
                continue
            for down in range(-width, width + 1):
                for right in range(-width, width + 1):
                    at_row, at_column = row + down, column + right
                    if not (0 <= at_row < rows and 0 <= at_column < columns):
                        continue
                    away = np.hypot(down, right) * cell_m
                    if away <= reach_m:
                        total = here + away * 1000
                        surface[at_row, at_column] = min(surface[at_row, at_column], total)


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
