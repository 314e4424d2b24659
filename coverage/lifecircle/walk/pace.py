"""What it takes to walk along streets: level millimetres, and times that no speed changes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["FixedTimes", "Pace", "fixed_mm", "summed_up"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Pace(NamedTuple):
    """
    What it takes to walk along some ways, step by step from vertex to vertex.

    Step s leads from ``refs[s]`` to ``refs[s + 1]`` of a `StreetWays`; what leads from one way to
    the next means nothing.

    Attributes
    ----------
    speed_mm_s
        Walking speed on level open ground.
    closed
        Ways that these walkers cannot use, shape (ways,).
    ahead_mm, back_mm
        Level millimetres of each step in the way's direction, and back; shape (refs - 1,).
    ahead_ms, back_ms
        What comes on top and does not go with the speed: waits, stairs, lifts.
    counts
        What was met on the ways, for the quality report.
    """

    speed_mm_s: int
    closed: Flags
    ahead_mm: Integers
    back_mm: Integers
    ahead_ms: Integers
    back_ms: Integers
    counts: Mapping[str, int] = MappingProxyType({})


class FixedTimes(NamedTuple):
    """
    What a walk takes whatever its speed.

    Attributes
    ----------
    speed_mm_s
        At which these times became level millimetres.
    ahead_ms, back_ms
        Milliseconds on the straight piece before each vertex of the edges, from the edge's start
        and back to it; shape (vertices,).
    """

    speed_mm_s: int
    ahead_ms: Integers
    back_ms: Integers


def fixed_mm(ms: Integers, speed_mm_s: int) -> Integers:
    """
    Tell how far one walks on level open ground in some times.

    Parameters
    ----------
    ms
        Milliseconds, not negative.
    speed_mm_s
        Walking speed.

    Returns
    -------
    level
        Whole millimetres, rounded once, half up.

    Examples
    --------
    >>> fixed_mm(np.array([30_000, 1]), 1_500)
    array([45000,     2])
    """
    return (ms * speed_mm_s + 500) // 1000


def summed_up(offsets: Integers, pieces: Integers) -> Integers:
    """
    Add up the pieces of each edge from its start.

    Parameters
    ----------
    offsets
        The vertices of edge e are ``offsets[e]:offsets[e + 1]``.
    pieces
        What stands before each vertex; at the first one of an edge it is 0.

    Returns
    -------
    sums
        From the edge's start to each vertex.

    Examples
    --------
    >>> summed_up(np.array([0, 3, 5]), np.array([0, 4, 2, 0, 7]))
    array([0, 4, 6, 0, 7])
    """
    sums = np.cumsum(pieces)
    return np.asarray(sums - np.repeat(sums[offsets[:-1]], np.diff(offsets)), dtype=np.int64)
