"""The walking time surface: how far it is to the nearest facility, cell by cell."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from lifecircle.walk.costs import joint_sources, search_limit, shift_bits, to_graph, to_sources
from lifecircle.walk.kernels import PUBLIC, STATES, UNREACHED, Graph, Sources, reached_nodes
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places
from lifecircle.walk.sight import Ground, barrier_grid, spread_in_sight

__all__ = [
    "CELL_M",
    "FAR_MM",
    "WalkSurface",
    "held_at",
    "known_seconds",
    "slack_mm",
    "walk_surface",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CELL_M = 10.0
FAR_MM = 1e12
"""What a cell holds from which nobody walks to a facility."""

_LEAST_PART = 1e-6


class WalkSurface(NamedTuple):
    """
    The walk from the middle of each cell of a grid to the nearest of some places.

    Attributes
    ----------
    corner
        Metres of the middle of the first cell, a whole number of cells from the CRS's origin.
    walk_mm
        Millimetres, rows from south to north; `FAR_MM` where nobody walks.
    fraction
        Where barriers run, as `walk.sight.BarrierGrid` has it; None where there are none.
    """

    corner: Floats
    walk_mm: Floats
    fraction: npt.NDArray[np.float32] | None


def walk_surface(
    ground: Ground,
    places: Places,
    chosen: Integers,
    *,
    limit_mm: int,
    off_street_m: float,
) -> WalkSurface | None:
    """
    Measure how far it is to the nearest of some places, from everywhere near a street.

    Parameters
    ----------
    ground
        The streets, and what nobody walks through.
    places
        Snapped places.
    chosen
        Positions in ``places.ids`` of the places that count, shape (chosen,).
    limit_mm
        The surface is true up to here; somewhat beyond it ends.
    off_street_m
        How far from the street it spreads.

    Returns
    -------
    surface
        None if no place is on the network.
    """
    network = ground.network
    sources = _chosen_sources(network, places, chosen)
    if not len(sources.edge):
        return None
    graph, bits = to_graph(network), shift_bits(network)
    far_mm = limit_mm + slack_mm(off_street_m)
    distance, _ = reached_nodes(graph, sources, search_limit(far_mm, bits))
    edges = _reached_edges(network, distance, sources)
    corner, shape = _frame(network, edges, off_street_m)
    # A contour passes up to a cell beyond the last cell that is reached, half a cell on average.
    reach_m = off_street_m - CELL_M / 2
    barriers = barrier_grid(ground, corner, shape, cell_m=CELL_M, reach_m=reach_m)
    guarded = np.zeros((1, 1), dtype=np.bool_) if barriers is None else barriers.guarded
    edges = edges[ground.stepped_off[edges]]
    most = 0 if barriers is None else _most_points(network, edges) + 2 * len(sources.edge)
    points = np.empty((most, 3))
    vertices = _vertices(network)
    walk_mm = np.full(shape, FAR_MM)
    count = _walk_off_edges(
        walk_mm, corner, CELL_M, reach_m, edges, graph, vertices, distance, sources, bits, guarded,
        points,
    )  # fmt: skip
    if barriers is None:
        return WalkSurface(corner, walk_mm, None)
    spread_in_sight(
        points[:count], walk_mm, corner, CELL_M, reach_m, barriers.pieces, barriers.cell
    )
    return WalkSurface(corner, walk_mm, barriers.fraction)


def known_seconds(
    surface: WalkSurface, limit_mm: float, *, off_street_m: float, speed_m_s: float
) -> npt.NDArray[np.float32]:
    """
    Turn a surface into seconds as far as contours need it.

    Parameters
    ----------
    surface
        The walk from each cell.
    limit_mm
        The longest walk that is asked for.
    off_street_m
        How far from the street it spreads.
    speed_m_s
        Walking speed.

    Returns
    -------
    seconds
        Rows from south to north; NaN beyond the limit and what its contour needs.
    """
    most = limit_mm + slack_mm(off_street_m)
    known = np.where(surface.walk_mm <= most, surface.walk_mm, np.nan)
    seconds: npt.NDArray[np.float32] = (known / (1000 * speed_m_s)).astype(np.float32)
    return seconds


def held_at(surface: WalkSurface, limit_mm: float, *, off_street_m: float) -> Floats:
    """
    Get a surface ready to be contoured at a limit.

    Parameters
    ----------
    surface
        The walk from each cell.
    limit_mm
        Where the contour is to run.
    off_street_m
        How far from the street it spreads.

    Returns
    -------
    walk_mm
        The same up to the limit. Beyond it at most a little more, so that no contour depends on
        what is far away; but beside a barrier so much that the contour runs before it.

    Notes
    -----
    Between the middles of two cells a contour runs where the straight line between their values
    has the limit's. A cell beyond a barrier, a part f of the way from its nearest neighbour with
    the value v, is given ``v + (limit - v) / f``. With the least f and the least v of the four
    neighbours, more minutes still hold fewer.
    """
    held: Floats = np.minimum(surface.walk_mm, limit_mm + slack_mm(off_street_m))
    if surface.fraction is None:
        return held
    row, column = np.nonzero(np.isfinite(surface.fraction) & (surface.walk_mm > limit_mm))
    around = np.pad(surface.walk_mm, 1, constant_values=FAR_MM)
    least = np.minimum.reduce(
        [around[row + down, column + right] for down, right in ((0, 1), (1, 0), (1, 2), (2, 1))]
    )
    beside = least < limit_mm
    row, column, least = row[beside], column[beside], least[beside]
    part = np.maximum(surface.fraction[row, column].astype(np.float64), _LEAST_PART)
    held[row, column] = np.maximum(held[row, column], least + (limit_mm - least) / part)
    return held


def slack_mm(off_street_m: float) -> int:
    """
    Return how far beyond a limit a surface must be known for the limit's contour to be true.

    Parameters
    ----------
    off_street_m
        How far from the street it spreads.

    Returns
    -------
    slack_mm
        Millimetres.
    """
    return int((off_street_m + 2 * CELL_M) * 1000)


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


def _vertices(network: WalkNetwork) -> tuple[Integers, Floats, Integers, Integers, Integers]:
    return (
        network.vertex_offsets,
        network.vertex_xy,
        network.vertex_mm,
        network.vertex_ahead_mm,
        network.vertex_back_mm,
    )


def _most_points(network: WalkNetwork, edges: Integers) -> int:
    """Count the points along the edges, half a cell apart, or a few more."""
    pieces = int((network.vertex_offsets[edges + 1] - network.vertex_offsets[edges] - 1).sum())
    return int(network.length_mm[edges].sum() / 1000 / (CELL_M / 2)) + 4 * pieces


def _ranges(counts: Integers) -> Integers:
    """Count up from 0 within each group: [2, 3] gives 0 1 0 1 2."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(int(counts.sum())) - starts


@njit(cache=True, nogil=True)
def _state_limit(is_private: bool) -> int:  # noqa: FBT001 - compiled, positional
    """Tell how many of the states at a node may lead onto an edge."""
    return STATES if is_private else PUBLIC + 1


@njit(cache=True, nogil=True)
def _walk_off_edges(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one compiled loop
    surface: Floats,
    corner: Floats,
    cell_m: float,
    reach_m: float,
    edges: Integers,
    graph: Graph,
    vertices: tuple[Integers, Floats, Integers, Integers, Integers],
    distance: Integers,
    sources: Sources,
    bits: int,
    guarded: Flags,
    points: Floats,
) -> int:
    """
    Walk on from points along the edges, straight to the middles of the cells around.

    The points are half a cell apart, with one where each place meets the street.

    Where barriers are near, each point is listed instead; returns how many.
    """
    count = 0
    is_guarded = guarded.size > 1
    offsets, xy, mm, ahead, back = vertices
    for edge in edges:
        length = ahead[offsets[edge + 1] - 1]
        from_start, from_end = FAR_MM, FAR_MM
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
            for step in range(steps + 1 + last - first):
                part = step / steps
                if step > steps:  # where the places themselves stand
                    from_vertex = sources.offset_mm[first + step - steps - 1] - mm[vertex]
                    part = from_vertex / max(mm[vertex + 1] - mm[vertex], 1)
                if not 0 <= part <= 1:
                    continue
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
                x = xy[vertex, 0] + part * span_x - corner[0]
                y = xy[vertex, 1] + part * span_y - corner[1]
                if walked >= FAR_MM:
                    continue
                if is_guarded and guarded[int(np.rint(y / cell_m)), int(np.rint(x / cell_m))]:
                    points[count, 0], points[count, 1] = x + corner[0], y + corner[1]
                    points[count, 2] = walked
                    count += 1
                else:
                    _walk_off(surface, x, y, walked, cell_m, reach_m)
    return count


@njit(cache=True, nogil=True)
def _walk_off(
    surface: Floats, x: float, y: float, walked: float, cell_m: float, reach_m: float
) -> None:
    """Walk from one point to the middles of the cells around it."""
    rows, columns = surface.shape
    width = int(np.floor(reach_m / cell_m)) + 1
    row, column = int(np.rint(y / cell_m)), int(np.rint(x / cell_m))
    for to_row in range(max(0, row - width), min(rows, row + width + 1)):
        for to_column in range(max(0, column - width), min(columns, column + width + 1)):
            if walked >= surface[to_row, to_column]:
                continue
            away = np.hypot(to_row * cell_m - y, to_column * cell_m - x)
            if away <= reach_m:
                total = walked + away * 1000
                surface[to_row, to_column] = min(surface[to_row, to_column], total)
