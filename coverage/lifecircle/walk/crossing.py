"""Whether a straight step off the street crosses what nobody walks through."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.walk.network import WalkNetwork

__all__ = [
    "DIGITISING_M",
    "ON_STREET_M",
    "OWN_WALL_M",
    "BarrierTrees",
    "barrier_trees",
    "crosses_barrier",
    "is_stepped_off",
]

Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

DIGITISING_M = 3.0
"""A barrier met this near to a place is taken for drawn beside its true line."""
OWN_WALL_M = 10.0
"""A wall met this near to a gate or an outline is the place's own, which its entrances pierce."""
ON_STREET_M = 0.1
"""A barrier this near to a street runs along it, or is where the street passes through."""

_NO: Final = ("", "no", "0")


class BarrierTrees(NamedTuple):
    """
    Barriers, to be asked what they lie across.

    Attributes
    ----------
    walls
        Walls, fences and hedges.
    others
        Waters, railways and motorways.
    """

    walls: shapely.STRtree
    others: shapely.STRtree


def barrier_trees(network: WalkNetwork) -> BarrierTrees | None:
    """
    Get the barriers of a network ready.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    trees
        None if it has no barrier.
    """
    barriers = network.barriers
    if not len(barriers.lines):
        return None
    is_wall = np.array(barriers.kinds) == "wall"
    return BarrierTrees(
        shapely.STRtree(barriers.lines[is_wall]), shapely.STRtree(barriers.lines[~is_wall])
    )


def crosses_barrier(trees: BarrierTrees, links: Geometries, has_walls: Flags) -> Flags:
    """
    Tell which connectors cross a barrier.

    Parameters
    ----------
    trees
        The barriers.
    links
        Straight lines from the street to the place, shape (links,).
    has_walls
        Whether the place is a gate or an outline, which has walls of its own.

    Returns
    -------
    crosses
        Whether it meets a barrier farther than `ON_STREET_M` from the street and farther than
        `DIGITISING_M` (for walls of one's own `OWN_WALL_M`) from the place.
    """
    crosses = np.zeros(len(links), dtype=bool)
    own_m = np.where(has_walls, OWN_WALL_M, DIGITISING_M)
    for tree, margin_m in ((trees.walls, own_m), (trees.others, DIGITISING_M)):
        crosses[tree.query(_between(links, margin_m), predicate="intersects")[0]] = True
    return crosses


def _between(links: Geometries, margin_m: npt.NDArray[np.float64] | float) -> Geometries:
    """Cut off what lies near the ends; None where nothing is left."""
    ends = shapely.get_coordinates(links).reshape(-1, 2, 2)
    span = ends[:, 1] - ends[:, 0]
    length = np.hypot(span[:, 0], span[:, 1])
    until = length - margin_m
    left = until > ON_STREET_M
    ahead = span[left] / length[left, None]
    cut = [ends[left, 0] + ahead * ON_STREET_M, ends[left, 0] + ahead * until[left, None]]
    between = np.full(len(links), None, dtype=object)
    between[left] = shapely.linestrings(np.stack(cut, axis=1))
    return between


def is_stepped_off(network: WalkNetwork, lines: Geometries) -> Flags:
    """
    Tell which edges one may step off anywhere along them.

    Parameters
    ----------
    network
        The streets.
    lines
        Their geometry.

    Returns
    -------
    stepped_off
        False for bridges, tunnels and what lies on another layer, over or under a barrier: they
        join what their ends join.
    """
    free = np.ones(len(lines), dtype=bool)
    apart = np.flatnonzero([_is_apart(tags) for tags in network.tags])
    if len(apart) and len(network.barriers.lines):
        tree = shapely.STRtree(network.barriers.lines)
        free[apart[tree.query(lines[apart], predicate="intersects")[0]]] = False
    return free


def _is_apart(tags: Mapping[str, str]) -> bool:
    return any(tags.get(key, "") not in _NO for key in ("bridge", "tunnel", "layer"))
