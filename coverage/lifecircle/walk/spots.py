"""Points along outlines, and the straight pieces of street that they are joined to."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.walk.joining import SMALL_COMPONENT_M, nearest_positions
from lifecircle.walk.nearest import JoinedStreets
from lifecircle.walk.network import WalkNetwork

__all__ = ["Spots", "gaps", "spots_along", "straight_lines"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

EVERY_M: Final = 10.0
"""No farther than this from one gate to the next along an outline."""
NEAREST_M: Final = 0.5
"""Where two neighbours are joined to different streets, gates stand this close."""

_MOST_HALVINGS: Final = 5  # of 10 m: to 0.3 m
_SAME_M: Final = 0.05


class Spots(NamedTuple):
    """
    Points along rings, in order, with the straight piece of street that each is joined to.

    Attributes
    ----------
    ring
        Which ring.
    along_m
        Ascending along each ring, whatever it is counted from.
    xy
        Metres.
    edge, offset_mm, connector_mm
        Where it is joined to the streets, as in `walk.places.Places`; -1 where it is not. Beside a
        loose piece of street it is where the network next to it is.
    piece
        The vertex of the network with which the straight piece of street begins.
    loose
        1 where a loose piece of street is nearer.
    """

    ring: Integers
    along_m: Floats
    xy: Floats
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers
    piece: Integers
    loose: Integers

    def rows(self, chosen: Integers) -> "Spots":
        """
        Choose some of the points.

        Parameters
        ----------
        chosen
            Which.

        Returns
        -------
        spots
            In the order of `chosen`.
        """
        return Spots(
            self.ring[chosen],
            self.along_m[chosen],
            self.xy[chosen],
            self.edge[chosen],
            self.offset_mm[chosen],
            self.connector_mm[chosen],
            self.piece[chosen],
            self.loose[chosen],
        )


def spots_along(streets: JoinedStreets, rings: Geometries, snap_limit_m: float) -> Spots:
    """
    Set points along rings.

    Parameters
    ----------
    streets
        What they are joined to.
    rings
        Closed lines, shape (rings,).
    snap_limit_m
        Farther from any street than this, a point is not joined.

    Returns
    -------
    spots
        At every corner, every 10 m between, where another street comes near, and ever closer (to
        0.5 m) where the piece of street changes that they are joined to.
    """
    xy, ring = shapely.get_coordinates(shapely.segmentize(rings, EVERY_M), return_index=True)
    steps = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    steps[np.diff(ring, prepend=-1) != 0] = 0  # what leads from ring to ring does not matter
    spots = _joined(streets, ring, np.cumsum(steps), xy, snap_limit_m)
    gap, points = _before_others(streets, spots)
    spots = _with_more(streets, spots, gap, points, snap_limit_m)
    for _ in range(_MOST_HALVINGS):
        metres, same = gaps(spots)
        wide = np.flatnonzero(~same & (spots.ring[:-1] == spots.ring[1:]) & (metres > NEAREST_M))
        if not len(wide):
            break
        middle = (spots.xy[wide] + spots.xy[wide + 1]) / 2
        spots = _with_more(streets, spots, wide, middle, snap_limit_m)
    return spots


def _before_others(streets: JoinedStreets, spots: Spots) -> tuple[Integers, Floats]:
    """Find where another street comes nearest between two points that are joined to one."""
    network = streets.network
    gap = np.flatnonzero(gaps(spots)[1] & (spots.edge[:-1] >= 0))
    walls = straight_lines(spots.xy, gap)
    farthest = np.maximum(spots.connector_mm[gap], spots.connector_mm[gap + 1]) / 1000
    vertex_edge = np.repeat(np.arange(len(network.start)), np.diff(network.vertex_offsets))
    pieces = np.flatnonzero((np.diff(vertex_edge) == 0) & np.isin(vertex_edge[:-1], streets.edges))
    lines = straight_lines(network.vertex_xy, pieces)
    which, near = shapely.STRtree(lines).query(walls, predicate="dwithin", distance=farthest)
    others = pieces[near] != spots.piece[gap[which]]
    which, near = which[others], near[others]
    points = shapely.get_point(shapely.shortest_line(walls[which], lines[near]), 0)
    xy = shapely.get_coordinates(points)
    ends = np.minimum(*(np.hypot(*(xy - spots.xy[gap[which] + side]).T) for side in (0, 1)))
    between = ends > _SAME_M
    return gap[which[between]], xy[between]


def straight_lines(xy: Floats, first: Integers) -> Geometries:
    """
    Draw the straight lines from some points to those that follow them.

    Parameters
    ----------
    xy
        Metres, shape (points, 2).
    first
        Which points.

    Returns
    -------
    lines
        One for each.
    """
    ends = np.stack([xy[first], xy[first + 1]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object)


def _with_more(
    streets: JoinedStreets, spots: Spots, gap: Integers, xy: Floats, snap_limit_m: float
) -> Spots:
    """Set points into the gaps behind some others."""
    along = spots.along_m[gap] + np.hypot(*(xy - spots.xy[gap]).T)
    more = _joined(streets, spots.ring[gap], along, xy, snap_limit_m)
    whole = Spots(*(np.concatenate(both) for both in zip(spots, more, strict=True)))
    return whole.rows(np.lexsort((whole.along_m, whole.ring)))


def _joined(
    streets: JoinedStreets, ring: Integers, along_m: Floats, xy: Floats, snap_limit_m: float
) -> Spots:
    network, points = streets.network, np.asarray(shapely.points(xy), dtype=object)
    columns = np.full((5, len(xy)), -1, dtype=np.int64)
    firm = network.component_mm[network.component] >= SMALL_COMPONENT_M * 1000
    # Beside a loose piece of street most walks begin on the network next to it.
    for is_loose, edges in enumerate((streets.edges, streets.edges[firm[streets.edges]])):
        loose = np.flatnonzero((columns[0] < 0) | ~firm[columns[0]])
        found = nearest_positions(
            streets._replace(edges=edges),
            points[loose],
            loose,
            snap_limit_m,
            np.ones(len(loose), dtype=bool),
        )
        piece = _pieces(network, found.edge, found.offset_mm)
        columns[:4, found.place] = found.edge, found.offset_mm, found.connector_mm, piece
        columns[4, loose] = is_loose
    return Spots(ring.astype(np.int64), along_m, xy, *columns)


def _pieces(network: WalkNetwork, edge: Integers, offset_mm: Integers) -> Integers:
    """Name the vertices at which the straight pieces begin that some positions lie on."""
    apart = int(network.length_mm.max(initial=0)) + 1
    vertex_edge = np.repeat(np.arange(len(network.start)), np.diff(network.vertex_offsets))
    keys = vertex_edge * apart + network.vertex_mm
    piece = np.searchsorted(keys, edge * apart + offset_mm, side="right") - 1
    return np.asarray(np.minimum(piece, network.vertex_offsets[edge + 1] - 2), dtype=np.int64)


def gaps(spots: Spots) -> tuple[Floats, Flags]:
    """
    Measure from each point to the next.

    Parameters
    ----------
    spots
        Points along rings.

    Returns
    -------
    metres
        Straight, shape (spots - 1,).
    same
        Whether both are on one ring and joined to one straight piece of street (or to none).
    """
    metres = np.hypot(*np.diff(spots.xy, axis=0).T)
    changes = [np.diff(each) != 0 for each in (spots.ring, spots.piece, spots.loose)]
    return metres, ~np.any(changes, axis=0)
