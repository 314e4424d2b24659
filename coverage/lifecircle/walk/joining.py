"""Joining shapes to the streets: the nearest edge, crossings, and what stands in for them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.walk.nearest import JoinedStreets, nearest_links
from lifecircle.walk.network import WalkNetwork

__all__ = [
    "SMALL_COMPONENT_M",
    "Positions",
    "all_positions",
    "crossing_positions",
    "fallback_positions",
    "nearest_positions",
    "no_positions",
    "outlines",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

SMALL_COMPONENT_M = 500
"""A piece of street shorter than this, joined to nothing, gives way to the network beside it."""


class Positions(NamedTuple):
    """
    Positions on edges before they are put in order, one row each.

    Attributes
    ----------
    place
        Which shape it belongs to.
    edge, offset_mm
        Where on the network: millimetres from the edge's start.
    connector_mm
        Millimetres between the shape and the street.
    fallback
        Whether it is for walks to other components only.
    """

    place: Integers
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers
    fallback: Flags


def nearest_positions(
    streets: JoinedStreets,
    shapes: Geometries,
    owner: Integers,
    snap_limit_m: float,
    has_walls: Flags,
) -> Positions:
    """
    Join each shape to the nearest street that no barrier keeps from it.

    A tie goes to the public edge, then to the lower one.

    Parameters
    ----------
    streets
        The streets.
    shapes
        Points or lines, shape (shapes,).
    owner
        The place each shape belongs to.
    snap_limit_m
        A shape farther from any edge has no position.
    has_walls
        Whether each shape is a gate or an outline, which has walls of its own.

    Returns
    -------
    positions
        At most one a shape.
    """
    which, edge, distance, links = nearest_links(streets, shapes, snap_limit_m, has_walls)
    foot = shapely.get_coordinates(shapely.get_point(links, 0))
    return Positions(
        owner[which],
        edge,
        _offset_mm(streets.network, edge, foot),
        np.rint(distance * 1000).astype(np.int64),
        np.zeros(len(edge), dtype=bool),
    )


def crossing_positions(streets: JoinedStreets, outlines: Geometries, owner: Integers) -> Positions:
    """
    Find where edges cross outlines.

    Parameters
    ----------
    streets
        The streets.
    outlines
        Lines, shape (outlines,).
    owner
        The place each outline belongs to.

    Returns
    -------
    positions
        Any number an outline, each once.
    """
    if not len(outlines):
        return no_positions()
    lines = streets.lines
    which, edge = shapely.STRtree(lines).query(outlines, predicate="intersects")
    common = shapely.intersection(outlines[which], lines[edge])
    xy, pair = shapely.get_coordinates(common, return_index=True)
    offset = _offset_mm(streets.network, edge[pair], xy)
    rows = np.unique(np.column_stack([owner[which[pair]], edge[pair], offset]), axis=0)
    rows = rows.reshape(-1, 3)
    nothing = np.zeros(len(rows), dtype=np.int64)
    return Positions(rows[:, 0], rows[:, 1], rows[:, 2], nothing, nothing.astype(bool))


def fallback_positions(
    streets: JoinedStreets,
    shapes: Geometries,
    positions: Positions,
    snap_limit_m: float,
) -> Positions:
    """
    Join places that only a short loose piece of street touches to the network beside it.

    Parameters
    ----------
    streets
        The streets.
    shapes
        All places.
    positions
        Where they are joined so far.
    snap_limit_m
        Farther than this no place is joined.

    Returns
    -------
    positions
        The further ones.
    """
    network = streets.network
    small = network.component_mm[network.component] < SMALL_COMPONENT_M * 1000
    loose = np.zeros(len(shapes), dtype=bool)
    loose[positions.place] = True
    loose[positions.place[~small[positions.edge]]] = False
    where = np.flatnonzero(loose)
    found = nearest_positions(
        streets._replace(edges=streets.edges[~small[streets.edges]]),
        outlines(shapes[where]),
        where,
        snap_limit_m,
        shapely.get_dimensions(shapes[where]) == 2,  # noqa: PLR2004 - polygons
    )
    return found._replace(fallback=np.ones(len(found.place), dtype=bool))


def all_positions(found: Sequence[Positions]) -> Positions:
    """
    Put positions together.

    Parameters
    ----------
    found
        Any number of them.

    Returns
    -------
    positions
        All, in the order given.
    """
    return Positions(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def no_positions() -> Positions:
    """
    Return no position.

    Returns
    -------
    positions
        Columns without a row.
    """
    none = np.zeros(0, dtype=np.int64)
    return Positions(none, none, none, none, none.astype(bool))


def outlines(shapes: Geometries) -> Geometries:
    """
    Replace polygons by their outlines.

    Parameters
    ----------
    shapes
        Points or polygons.

    Returns
    -------
    outlines
        Points and lines.
    """
    polygon = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - polygons
    return np.where(polygon, shapely.boundary(shapes), shapes)


def _offset_mm(network: WalkNetwork, edge: Integers, xy: Floats) -> Integers:
    """
    Measure how far along their edges some points lie, in the edges' own rounded lengths.

    Within a straight piece it is measured from the end with the lower easting (northing on a
    tie), so that the edge's direction does not matter.
    """
    offset = np.zeros(len(edge), dtype=np.int64)
    least = np.full(len(edge), np.inf)
    first = network.vertex_offsets[edge]
    count = network.vertex_offsets[edge + 1] - first - 1
    for step in range(int(count.max(initial=0))):
        has = np.flatnonzero(count > step)
        tail = first[has] + step
        one, two = network.vertex_xy[tail], network.vertex_xy[tail + 1]
        swap = (one[:, 0] > two[:, 0]) | ((one[:, 0] == two[:, 0]) & (one[:, 1] > two[:, 1]))
        low, high = np.where(swap[:, None], two, one), np.where(swap[:, None], one, two)
        run, away = _along(xy[has], low, high)
        closer = away < least[has]
        hit = has[closer]
        least[hit] = away[closer]
        piece = network.vertex_mm[tail + 1] - network.vertex_mm[tail]
        mm = np.minimum(np.rint(run * 1000).astype(np.int64), piece)
        mm = network.vertex_mm[tail] + np.where(swap, piece - mm, mm)
        offset[hit] = mm[closer]
    return offset


def _along(xy: Floats, tail: Floats, head: Floats) -> tuple[Floats, Floats]:
    """Return metres from `tail` to the foot of each point, and metres from the point to it."""
    span = head - tail
    length = np.hypot(span[:, 0], span[:, 1])
    safe = np.where(length > 0, length, 1.0)
    run = np.clip(((xy - tail) * span).sum(axis=1) / safe, 0.0, length)
    foot = tail + span * (run / safe)[:, None]
    away = np.hypot(*(xy - foot).T)
    return run, away
