"""Parts of edges: what it takes to walk from an edge's start to a point of it, and back."""

import numpy as np
import numpy.typing as npt
from numba import njit

from lifecircle.walk.network import WalkNetwork

__all__ = ["level_parts"]

Integers = npt.NDArray[np.int64]


def level_parts(
    network: WalkNetwork, edge: Integers, offset_mm: Integers
) -> tuple[Integers, Integers]:
    """
    Measure parts of edges in level millimetres.

    Parameters
    ----------
    network
        The streets.
    edge
        Edge numbers, shape (positions,).
    offset_mm
        Millimetres from the edge's start to each position.

    Returns
    -------
    ahead, back
        From the edge's start to the position, and from the position back to the start. A part of
        a straight piece takes its proportion of what the piece takes, rounded once, half up; so
        the two parts of an edge always add up to the whole.
    """
    if network.is_plain:
        return offset_mm, offset_mm
    vertices = (network.vertex_offsets, network.vertex_mm)
    return (
        _interpolated(*vertices, network.vertex_ahead_mm, edge, offset_mm),
        _interpolated(*vertices, network.vertex_back_mm, edge, offset_mm),
    )


@njit(cache=True, nogil=True)
def _interpolated(
    offsets: Integers, mm: Integers, level: Integers, edge: Integers, offset_mm: Integers
) -> Integers:
    result = np.zeros(len(edge), dtype=np.int64)
    for at in range(len(edge)):
        first, last = offsets[edge[at]], offsets[edge[at] + 1] - 1
        along = offset_mm[at]
        if along >= mm[last]:  # all of the edge; of one without length, nothing
            result[at] = level[last] if along > 0 else 0
        elif along > 0:
            tail = first + np.searchsorted(mm[first : last + 1], along, side="right") - 1
            piece = mm[tail + 1] - mm[tail]
            more = level[tail + 1] - level[tail]
            result[at] = level[tail] + (2 * more * (along - mm[tail]) + piece) // (2 * piece)
    return result
