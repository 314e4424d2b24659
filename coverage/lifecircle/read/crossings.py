"""Where drawn lines meet without sharing a node."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

__all__ = [
    "Lines",
    "Meetings",
    "meetings",
    "reversed_where",
    "rounded_lines",
    "taken",
    "with_vertices",
]

_TOUCH_M: Final = 0.0015  # ends are rounded to a millimetre: they lie on a line to its diagonal
_JUNCTION: Final = 3  # arms

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """
    Lines in whole millimetres.

    Attributes
    ----------
    keys
        Easting and northing of all vertices, shape (vertices, 2); no two that follow each other on
        a line are the same.
    offsets
        Line i has the vertices ``keys[offsets[i]:offsets[i + 1]]``; shape (lines + 1,).
    """

    keys: Ints
    offsets: Ints


@dataclass(frozen=True, kw_only=True, slots=True)
class Meetings:
    """
    Places where lines meet without sharing a node.

    Attributes
    ----------
    line
        A line that runs there, shape (meetings,); a place where two lines meet is named twice.
    keys
        Where, in millimetres, shape (meetings, 2).
    junctions
        How many places have a shared node with at least three arms.
    """

    line: Ints
    keys: Ints
    junctions: int


def rounded_lines(geometry: npt.NDArray[np.object_]) -> tuple[Lines, Ints]:
    """
    Round lines to millimetres and leave out those without length.

    Parameters
    ----------
    geometry
        LineStrings in metres.

    Returns
    -------
    lines
        Those with at least two places.
    kept
        Their positions in `geometry`.
    """
    coordinates, line = shapely.get_coordinates(geometry, return_index=True)
    return _lines_of(np.rint(coordinates * 1000).astype(np.int64), line)


def taken(lines: Lines, order: Ints) -> Lines:
    """
    Return some lines, in an order.

    Parameters
    ----------
    lines
        The lines.
    order
        Positions of lines.

    Returns
    -------
    lines
        Those, as new arrays.
    """
    counts = np.diff(lines.offsets)[order]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    shift = np.repeat(lines.offsets[:-1][order] - offsets[:-1], counts)
    return Lines(keys=lines.keys[np.arange(offsets[-1]) + shift], offsets=offsets)


def reversed_where(lines: Lines, turn: Flags) -> Lines:
    """
    Return the lines, some of them the other way round.

    Parameters
    ----------
    lines
        The lines.
    turn
        Whether a line is turned; shape (lines,).

    Returns
    -------
    lines
        As new arrays.
    """
    counts = np.diff(lines.offsets)
    place = np.arange(len(lines.keys))
    start, stop = (np.repeat(edge, counts) for edge in (lines.offsets[:-1], lines.offsets[1:]))
    turned = np.where(np.repeat(turn, counts), start + stop - 1 - place, place)
    return Lines(keys=lines.keys[turned], offsets=lines.offsets)


def meetings(lines: Lines, levels: Sequence[Hashable]) -> Meetings:
    """
    Find where lines cross or touch without an end and a vertex in the same place.

    Parameters
    ----------
    lines
        The lines.
    levels
        For each line something that is equal for lines on the same level; others do not meet.

    Returns
    -------
    meetings
        Both lines of every such place, and the number of junctions that there are.
    """
    numbers: dict[Hashable, int] = {}
    level = np.array([numbers.setdefault(each, len(numbers)) for each in levels])
    geometry = _geometry(lines)
    tree = shapely.STRtree(geometry)
    crossing = _crossings(geometry, tree, level)
    touching = _touches(lines, tree, level)
    one, two, keys = (np.concatenate(parts) for parts in zip(crossing, touching, strict=True))
    vertices = _vertices(lines)
    lacking = ~_share(vertices, one, two, keys)
    return Meetings(
        line=np.concatenate([one[lacking], two[lacking]]),
        keys=np.concatenate([keys[lacking], keys[lacking]]),
        junctions=int((vertices.is_end & (vertices.arms >= _JUNCTION)).sum()),
    )


def with_vertices(lines: Lines, met: Meetings) -> Lines:
    """
    Give lines a vertex wherever they meet others.

    Parameters
    ----------
    lines
        The lines.
    met
        Where they meet.

    Returns
    -------
    lines
        The same lines, in the same order, with more vertices.
    """
    geometry = _geometry(lines)
    owner = _line_of_vertices(lines)
    step = np.zeros(len(owner))
    step[1:] = np.hypot(*np.diff(lines.keys, axis=0).T) / 1000
    step[lines.offsets[:-1]] = 0.0
    along = np.cumsum(step)
    along -= np.repeat(along[lines.offsets[:-1]], np.diff(lines.offsets))
    new_along = shapely.line_locate_point(geometry[met.line], shapely.points(met.keys / 1000))
    line = np.concatenate([owner, met.line])
    # A new vertex goes behind an old one at the same distance, and ties go by place.
    is_new = np.repeat([0, 1], [len(owner), len(met.line)])
    keys = np.concatenate([lines.keys, met.keys])
    order = np.lexsort((keys[:, 1], keys[:, 0], is_new, np.concatenate([along, new_along]), line))
    whole, _ = _lines_of(keys[order], line[order])
    return whole


def _lines_of(keys: Ints, line: npt.NDArray[np.integer]) -> tuple[Lines, Ints]:
    """Build lines of vertices, without repetitions, and without lines of one place."""
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = (np.diff(keys, axis=0) != 0).any(axis=1) | (np.diff(line) != 0)
    keys, line = keys[fresh], line[fresh]
    kept, place, counts = np.unique(line, return_inverse=True, return_counts=True)
    long = counts > 1
    offsets = np.concatenate([[0], np.cumsum(counts[long])]).astype(np.int64)
    return Lines(keys=keys[long[place]], offsets=offsets), kept[long].astype(np.int64)


def _line_of_vertices(lines: Lines) -> Ints:
    return np.repeat(np.arange(len(lines.offsets) - 1), np.diff(lines.offsets))


def _geometry(lines: Lines) -> npt.NDArray[np.object_]:
    return np.asarray(
        shapely.linestrings(lines.keys / 1000, indices=_line_of_vertices(lines)), dtype=object
    )


def _crossings(
    geometry: npt.NDArray[np.object_], tree: shapely.STRtree, level: Ints
) -> tuple[Ints, Ints, Ints]:
    one, two = tree.query(geometry, predicate="intersects")
    once = (one < two) & (level[one] == level[two])
    one, two = one[once], two[once]
    points, pair = shapely.get_coordinates(
        shapely.intersection(geometry[one], geometry[two]), return_index=True
    )
    return one[pair], two[pair], np.rint(points * 1000).astype(np.int64)


def _touches(lines: Lines, tree: shapely.STRtree, level: Ints) -> tuple[Ints, Ints, Ints]:
    count = len(lines.offsets) - 1
    places = np.concatenate([lines.offsets[:-1], lines.offsets[1:] - 1])
    keys = lines.keys[places]
    end, two = tree.query(shapely.points(keys / 1000), predicate="dwithin", distance=_TOUCH_M)
    one = end % count
    apart = (one != two) & (level[one] == level[two])
    return one[apart], two[apart], keys[end[apart]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Vertices:
    spots: npt.NDArray[np.complex128]  # every place that a vertex lies on, ascending
    codes: Ints  # line * spots + spot, for every line and spot that it has a vertex on
    is_end: Flags  # shape (spots,)
    arms: Ints  # shape (spots,)


def _vertices(lines: Lines) -> _Vertices:
    spots, place = np.unique(_packed(lines.keys), return_inverse=True)
    ends = place[np.concatenate([lines.offsets[:-1], lines.offsets[1:] - 1])]
    end_count = np.bincount(ends, minlength=len(spots))
    return _Vertices(
        spots=spots,
        codes=np.unique(_line_of_vertices(lines) * len(spots) + place),
        is_end=end_count > 0,
        arms=2 * np.bincount(place) - end_count,
    )


def _share(vertices: _Vertices, one: Ints, two: Ints, keys: Ints) -> Flags:
    """Tell whether both lines have a vertex in the place, and some line an end."""
    spots = vertices.spots
    spot = np.minimum(np.searchsorted(spots, _packed(keys)), len(spots) - 1)
    known: Flags = (spots[spot] == _packed(keys)) & vertices.is_end[spot]
    for line in (one, two):
        known &= np.isin(line * len(spots) + spot, vertices.codes)
    return known


def _packed(keys: Ints) -> npt.NDArray[np.complex128]:
    """Pack two whole millimetres into one sortable number."""
    return keys[:, 0] + 1j * keys[:, 1]
