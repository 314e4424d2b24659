"""Where something new could stand, and who would reach it: points on a grid beside the streets."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.walk.catchments import area_within
from lifecircle.walk.costs import (
    level_and_ground_mm,
    search_limit,
    shift_bits,
    to_graph,
    to_sources,
)
from lifecircle.walk.kernels import UNREACHED, Sited, Sources, reached_links, reached_nodes
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, chosen_places, street_points
from lifecircle.walk.turning import turned_round

__all__ = ["CELL_M", "Sites", "draw_sites", "reached_sites"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CELL_M = 25.0

_COLUMN = 2**31  # a column and a row as one number


class Sites(NamedTuple):
    """
    Points that residences reach, and which reach which.

    Attributes
    ----------
    cells
        Column and row of each point on a grid of `CELL_M` over the whole plane, shape (points, 2):
        the point lies at ``cells * CELL_M`` metres.
    residence
        The position of the residence of each pair in the list that was asked for, ascending.
    point
        The point of each pair, ascending within a residence.
    walk_mm
        The walk from the residence to the point.
    """

    cells: Integers
    residence: Integers
    point: Integers
    walk_mm: Integers


def reached_sites(
    network: WalkNetwork,
    residences: Places,
    around: pd.Index,
    others: pd.Index,
    *,
    limit_mm: int,
    off_street_m: float,
    area: shapely.Geometry | None = None,
) -> Sites:
    """
    Find who could walk to a facility at each point of a grid.

    Parameters
    ----------
    network
        The streets.
    residences
        Where walks start.
    around
        Identifiers of the residences near which points are wanted.
    others
        Identifiers of further residences that may reach these points too.
    limit_mm
        The longest walk, connectors included.
    off_street_m
        How far from the street points are wanted.
    area
        Points outside it are left out; None keeps all.

    Returns
    -------
    sites
        The points near streets that are reached from `around`. The residences count through
        `around`, then `others`.

    Notes
    -----
    A walk counts just as `links.walk_links` would count it to a facility at the point: the same
    snapping, the same search in the other direction. Points at loose pieces of street are left
    out.
    """
    wanted = around.append(others)
    turned = turned_round(network)
    sources = to_sources(turned, chosen_places(residences, around))
    limit = search_limit(limit_mm, shift_bits(turned))
    distance, _ = reached_nodes(to_graph(turned), sources, limit)
    cells = _cells_beside(network, _reached_edges(network, distance, sources), off_street_m)
    points = np.asarray(shapely.points(cells * CELL_M), dtype=object)
    if area is not None:
        shapely.prepare(area)
        inside = shapely.contains(area, points)
        cells, points = cells[inside], points[inside]
    places = street_points(network, points, snap_limit_m=off_street_m)
    return Sites(cells, *_pairs(turned, residences, places, wanted, limit))


def _reached_edges(network: WalkNetwork, distance: Integers, sources: Sources) -> Integers:
    reached = np.any(distance < UNREACHED, axis=1)
    by_node = np.flatnonzero(reached[network.start] | reached[network.end])
    return np.union1d(by_node, sources.edge)


def _cells_beside(network: WalkNetwork, edges: Integers, off_street_m: float) -> Integers:
    """List the cells near some edges, in order of column and row."""
    edges = edges[network.length_mm[edges] > 0]  # a gate has no length
    dense = shapely.get_coordinates(shapely.segmentize(network.lines[edges], CELL_M / 2))
    column, row = np.rint(dense / CELL_M).astype(np.int64).T
    street = np.unique(column * _COLUMN + row)
    width = int(np.ceil(off_street_m / CELL_M))
    right, up = np.mgrid[-width : width + 1, -width : width + 1].reshape(2, -1)
    steps = (right * _COLUMN + up)[np.hypot(right, up) * CELL_M <= off_street_m + CELL_M]
    cells = np.unique(street[:, None] + steps)
    column = (cells + _COLUMN // 2) // _COLUMN  # rows may be below 0
    return np.column_stack([column, cells - column * _COLUMN])


def _pairs(
    turned: WalkNetwork,
    residences: Places,
    sites: Places,
    wanted: pd.Index,
    limit: int,
) -> tuple[Integers, Integers, Integers]:
    """Search from each residence in the walking direction: the points take the residences' part."""
    graph = to_graph(turned)
    starts, ends = to_sources(turned, residences), to_sources(turned, sites)
    order = np.argsort(sites.edge, kind="stable")
    indptr = np.searchsorted(sites.edge[order], np.arange(len(turned.start) + 1))
    sited = Sited(indptr.astype(np.int64), order.astype(np.int64), sites.place[order])
    chosen = residences.ids.get_indexer(wanted).astype(np.int64)

    def pairs_of(chunk: Integers) -> tuple[Integers, Integers, Integers]:
        found: tuple[Integers, Integers, Integers] = reached_links(
            graph, starts, chunk, ends, sited, limit
        )
        return found

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        parts = list(pool.map(pairs_of, np.array_split(chosen, cores)))
    residence, point, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
    back = np.empty(len(residences.ids), dtype=np.int64)
    back[chosen] = np.arange(len(chosen))
    _, ground_mm = level_and_ground_mm(cost, shift_bits(turned))
    return back[residence], point, ground_mm


def draw_sites(sites: Sites, chosen: Integers) -> shapely.MultiPolygon:
    """
    Draw the area around some of the points.

    Parameters
    ----------
    sites
        Points on a grid.
    chosen
        Which of them.

    Returns
    -------
    area
        It passes half-way between a chosen point and one that is not.
    """
    if not len(chosen):
        return shapely.MultiPolygon()
    cells = sites.cells[chosen]
    low = cells.min(axis=0) - 1
    columns, rows = cells.max(axis=0) - low + 2
    outside = np.ones((rows, columns))
    outside[cells[:, 1] - low[1], cells[:, 0] - low[0]] = 0.0
    return area_within(outside, low * CELL_M, 0.5, cell_m=CELL_M)
