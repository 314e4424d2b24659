"""Streets as they were read: ways over shared nodes, before anything is decided about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyproj import CRS

__all__ = ["Barriers", "StreetWays", "step_lengths"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Barriers:
    """
    Lines that nobody walks through.

    Attributes
    ----------
    lines
        Shapely LineStrings in the CRS of the streets, shape (lines,).
    kinds
        What each is: ``wall``, ``water``, ``railway`` or ``motorway``.
    """

    lines: npt.NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StreetWays:
    """
    Ways over shared nodes, in a metric CRS.

    Two ways meet where they share a node, and nowhere else.

    Attributes
    ----------
    crs
        A projected CRS in metres.
    node_ids
        The source's own identifiers, shape (nodes,), unique.
    xy
        Easting and northing in metres, shape (nodes, 2).
    way_ids
        The source's own identifiers, shape (ways,). A way that was cut at a missing node appears
        once for each piece.
    offsets
        Way w runs over ``refs[offsets[w]:offsets[w + 1]]``; shape (ways + 1,).
    refs
        Positions in `node_ids`, shape (offsets[-1],); at least two a way.
    way_tags
        One mapping a way: the tags that `walk.access` reads.
    node_tags
        Tags of the nodes that have any that matter, by position in `node_ids`.
    barriers
        Walls, fences, rivers, railways, motorways.
    heights_m
        At the points of `slope.sample_points`, NaN where nothing is known; None without heights.
    counts
        What the reader met: ``"missing_nodes"``, ``"ways_cut_at_rim"``, ... for the quality report.
    """

    crs: CRS
    node_ids: npt.NDArray[np.int64]
    xy: npt.NDArray[np.float64]
    way_ids: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    refs: npt.NDArray[np.int64]
    way_tags: tuple[Mapping[str, str], ...]
    node_tags: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    barriers: Barriers = field(default_factory=Barriers)
    heights_m: npt.NDArray[np.float64] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


def step_lengths(ways: StreetWays) -> npt.NDArray[np.int64]:
    """
    Measure the steps from each vertex of the ways to the next.

    Parameters
    ----------
    ways
        Ways over nodes.

    Returns
    -------
    length_mm
        Whole millimetres from ``refs[at]`` to ``refs[at + 1]``, each rounded once; what leads from
        one way's end to the next one's beginning stands there too, and means nothing.
    """
    difference = np.diff(ways.xy[ways.refs], axis=0)
    length = np.hypot(difference[:, 0], difference[:, 1])
    return np.asarray(np.rint(length * 1000), dtype=np.int64)
