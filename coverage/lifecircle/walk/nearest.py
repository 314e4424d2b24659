"""The nearest street that no barrier keeps from a place."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.walk.crossing import (
    BarrierTrees,
    barrier_trees,
    crosses_barrier,
    is_stepped_off,
)
from lifecircle.walk.network import WalkNetwork

__all__ = ["JoinedStreets", "Links", "is_barred", "joined_streets", "nearest_links"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

_PIECE_M = 10.0
_FIRST_RADIUS_M = 20.0
_AT_ONCE = 16

Links = tuple[Integers, Integers, Floats, Geometries]
"""The shape, the edge, metres, and the straight line from the street to the shape."""


class JoinedStreets(NamedTuple):
    """
    The streets as places are joined to them.

    Attributes
    ----------
    network
        The streets.
    lines
        The geometry of each edge.
    edges
        The edges that may be joined to anywhere along them: no bridge or tunnel over or under a
        barrier.
    barriers
        What no connector crosses; None where nothing is known.
    """

    network: WalkNetwork
    lines: Geometries
    edges: Integers
    barriers: BarrierTrees | None


def joined_streets(network: WalkNetwork) -> JoinedStreets:
    """
    Get a network ready to be joined to.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    streets
        For the functions below.
    """
    lines = network.lines
    edges = np.flatnonzero(is_stepped_off(network, lines))
    return JoinedStreets(network, lines, edges, barrier_trees(network))


def nearest_links(
    streets: JoinedStreets, shapes: Geometries, snap_limit_m: float, has_walls: Flags
) -> Links:
    """
    Find the nearest street point of each shape from which no barrier keeps it.

    Parameters
    ----------
    streets
        The streets.
    shapes
        Points or lines, shape (shapes,).
    snap_limit_m
        How far from the street at most.
    has_walls
        Whether each shape is a gate or an outline, which has walls of its own.

    Returns
    -------
    links
        At most one a shape.

    Notes
    -----
    First the nearest point of all edges. Where a barrier lies between, streets and
    outlines near are cut into pieces of 10 m, and of the pieces with no barrier between the
    nearest is taken.
    """
    if not len(streets.edges) or not len(shapes):
        return _no_links()
    which, edge, distance, links = _nearest(streets, shapes, snap_limit_m)
    if streets.barriers is not None:
        barred = crosses_barrier(streets.barriers, links, has_walls[which])
        more = _nearest_in_sight(streets, shapes, which[barred], has_walls, snap_limit_m)
        mine = (which[~barred], edge[~barred], distance[~barred], links[~barred])
        return _together([mine, more])
    return which, edge, distance, links


def _nearest(streets: JoinedStreets, shapes: Geometries, snap_limit_m: float) -> Links:
    tree = shapely.STRtree(streets.lines[streets.edges])
    (which, nearest), distance = tree.query_nearest(
        shapes, max_distance=snap_limit_m, return_distance=True
    )
    edge = streets.edges[nearest]
    order = np.lexsort((edge, streets.network.private[edge], which))
    best = order[np.flatnonzero(np.diff(which[order], prepend=-1))]
    which, edge, distance = which[best], edge[best], distance[best]
    return which, edge, distance, shapely.shortest_line(streets.lines[edge], shapes[which])


def _nearest_in_sight(
    streets: JoinedStreets,
    shapes: Geometries,
    chosen: Integers,
    has_walls: Flags,
    snap_limit_m: float,
) -> Links:
    """Join shapes whose nearest street is barred to the nearest short piece that is not."""
    found = [_no_links()]
    tree = shapely.STRtree(streets.lines[streets.edges])
    waiting, radius_m = chosen, 0.0
    while len(waiting) and radius_m < snap_limit_m:
        ring_m = (radius_m, min(max(2 * radius_m, _FIRST_RADIUS_M), snap_limit_m))
        radius_m = ring_m[1]
        found += [
            _in_sight(streets, tree, shapes, chunk, has_walls, ring_m)
            for chunk in np.array_split(waiting, len(waiting) // _AT_ONCE + 1)
        ]
        waiting = np.setdiff1d(chosen, np.concatenate([links[0] for links in found]))
    return _together(found)


def _in_sight(
    streets: JoinedStreets,
    tree: shapely.STRtree,
    shapes: Geometries,
    waiting: Integers,
    has_walls: Flags,
    ring_m: tuple[float, float],
) -> Links:
    """Join shapes to the nearest short piece of street in sight, within two distances."""
    assert streets.barriers is not None  # noqa: S101 - nothing is barred without
    near = tree.query(shapes[waiting], predicate="dwithin", distance=ring_m[1])[1]
    edges = streets.edges[np.unique(near)]
    edges = edges[streets.network.length_mm[edges] > 0]  # a gate has no length
    pieces, piece_of = _short_pieces(streets.lines[edges], _PIECE_M)
    parts, part_of = _short_pieces(shapes[waiting], _PIECE_M)
    part, piece = shapely.STRtree(pieces).query(parts, predicate="dwithin", distance=ring_m[1])
    links = shapely.shortest_line(pieces[piece], parts[part])
    which, edge = waiting[part_of[part]], edges[piece_of[piece]]
    new = shapely.length(links) >= ring_m[0]  # nothing nearer is in sight
    which, edge, links = which[new], edge[new], links[new]
    free = ~crosses_barrier(streets.barriers, links, has_walls[which])
    which, edge, links = which[free], edge[free], links[free]
    distance = shapely.length(links)
    foot = shapely.get_coordinates(shapely.get_point(links, 0))
    private = streets.network.private[edge]
    order = np.lexsort((foot[:, 1], foot[:, 0], edge, private, distance, which))
    best = order[np.flatnonzero(np.diff(which[order], prepend=-1))]
    return which[best], edge[best], distance[best], links[best]


def _short_pieces(shapes: Geometries, longest_m: float) -> tuple[Geometries, Integers]:
    """Cut lines into straight pieces; points stay. Returns which shape each is of."""
    is_line = shapely.get_dimensions(shapes) == 1
    places = np.flatnonzero(is_line)
    dense = shapely.segmentize(shapes[is_line], longest_m)
    parts, part_of = shapely.get_parts(dense, return_index=True)
    xy, of = shapely.get_coordinates(parts, return_index=True)
    inside = np.flatnonzero(of[:-1] == of[1:]) if len(of) else np.zeros(0, dtype=np.int64)
    lines = shapely.linestrings(np.stack([xy[inside], xy[inside + 1]], axis=1))
    return (
        np.concatenate([shapes[~is_line], lines]),
        np.concatenate([np.flatnonzero(~is_line), places[part_of[of[inside]]]]),
    )


def is_barred(
    streets: JoinedStreets, shapes: Geometries, joined: Integers, snap_limit_m: float
) -> Flags:
    """
    Tell which places have no position although a street is near.

    Parameters
    ----------
    streets
        The streets.
    shapes
        Where each place may be joined to them: its gates, its outline or itself.
    joined
        Which of them have a position.
    snap_limit_m
        How near.

    Returns
    -------
    barred
        Whether barriers keep it from every street.
    """
    barred = np.zeros(len(shapes), dtype=bool)
    if streets.barriers is None:
        return barred
    tree = shapely.STRtree(streets.lines)
    barred[tree.query(shapes, predicate="dwithin", distance=snap_limit_m)[0]] = True
    barred[joined] = False
    return barred


def _together(found: Sequence[Links]) -> Links:
    which, edge, distance, links = (np.concatenate(column) for column in zip(*found, strict=True))
    return which, edge, distance, links


def _no_links() -> Links:
    none = np.zeros(0, dtype=np.int64)
    return none, none, none.astype(np.float64), none.astype(object)
