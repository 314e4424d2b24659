"""Chains of street segments become edges: what lies between two junctions is one edge."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["Chains", "contract_chains"]

Integers = npt.NDArray[np.int64]


class Chains(NamedTuple):
    """
    Segments in the order in which the edges run over them.

    Attributes
    ----------
    offsets
        Edge e runs over ``segments[offsets[e]:offsets[e + 1]]``; shape (edges + 1,).
    segments
        Segment numbers, shape (segments,); each occurs once.
    reversed
        Whether the edge runs against the segment's own direction, shape (segments,).
    """

    offsets: Integers
    segments: Integers
    reversed: npt.NDArray[np.bool_]


def contract_chains(
    start: Integers, end: Integers, group: Integers, through: npt.NDArray[np.bool_]
) -> Chains:
    """
    Join segments at the nodes where exactly two of them meet and nothing changes.

    Parameters
    ----------
    start, end
        Node numbers of each segment, shape (segments,), from 0.
    group
        A number for each segment; only segments of one group are joined.
    through
        Whether a segment may be joined at all, shape (segments,).

    Returns
    -------
    chains
        One chain an edge. A ring without a junction starts at its lowest node.

    Notes
    -----
    Edges come in the order of their lowest segment, so the result depends on the numbering alone.

    Examples
    --------
    >>> import numpy as np
    >>> start, end = np.array([0, 1, 1]), np.array([1, 2, 3])
    >>> same, free = np.zeros(3, dtype=np.int64), np.ones(3, dtype=bool)
    >>> contract_chains(start, end, same, free).offsets  # three meet at node 1: a junction
    array([0, 1, 2, 3])
    >>> contract_chains(start[:2], end[:2], same[:2], free[:2]).offsets
    array([0, 2])
    """
    nodes = int(max(start.max(initial=-1), end.max(initial=-1))) + 1
    indptr, incident = incidence(start, end, nodes)
    junction = _junctions(indptr, incident, group, through)
    return Chains(*_traced(start, end, indptr, incident, junction))


def incidence(start: Integers, end: Integers, nodes: int) -> tuple[Integers, Integers]:
    """
    List the segments at each node.

    Parameters
    ----------
    start, end
        Node numbers of each segment, shape (segments,).
    nodes
        How many nodes there are.

    Returns
    -------
    indptr
        Shape (nodes + 1,).
    incident
        Segment numbers, ascending at each node; a loop is listed twice. Shape (2 * segments,).
    """
    ends = np.concatenate([start, end])
    segment = np.concatenate([np.arange(len(start)), np.arange(len(end))])
    order = np.lexsort((segment, ends))
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=indptr[1:])
    return indptr, segment[order]


def _junctions(
    indptr: Integers, incident: Integers, group: Integers, through: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    degree = np.diff(indptr)
    junction: npt.NDArray[np.bool_] = degree != 2  # noqa: PLR2004 - two segments meet: a chain goes on
    pairs = indptr[:-1][~junction]
    one, two = incident[pairs], incident[pairs + 1]
    junction[~junction] = (group[one] != group[two]) | ~through[one] | ~through[two]
    return junction


@njit(cache=True, nogil=True)
def _traced(
    start: Integers,
    end: Integers,
    indptr: Integers,
    incident: Integers,
    junction: npt.NDArray[np.bool_],
) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
    count = len(start)
    used = np.zeros(count, dtype=np.bool_)
    order = np.empty(count, dtype=np.int64)
    backwards = np.zeros(count, dtype=np.bool_)
    offsets = np.empty(count + 1, dtype=np.int64)
    offsets[0] = 0
    filled = 0
    edges = 0
    for rings in range(2):  # first the chains that have ends, then the rings that have none
        for first in range(count):
            if used[first]:
                continue
            if rings == 0 and not (junction[start[first]] or junction[end[first]]):
                continue
            against = rings == 0 and not junction[start[first]]
            segment = first
            while True:
                used[segment] = True
                order[filled] = segment
                backwards[filled] = against
                filled += 1
                node = start[segment] if against else end[segment]
                if junction[node]:
                    break
                one = incident[indptr[node]]
                following = incident[indptr[node] + 1] if one == segment else one
                if used[following]:
                    break
                against = start[following] != node
                segment = following
            edges += 1
            offsets[edges] = filled
    return offsets[: edges + 1].copy(), order, backwards
