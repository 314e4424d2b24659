"""
What walks cost in a search: level millimetres first, then millimetres on the ground.

Where time and length differ, both stand in one whole number, the level millimetres above
`GROUND_BITS` bits of ground: such numbers add like their parts and compare by the level first, so
that a plain search finds the quickest walk, and of equally quick ones the shortest. Where all
streets are level and nothing keeps a walker waiting, both are one and the number is just that.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from lifecircle.walk.kernels import UNREACHED, Graph, Sources
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.parts import level_parts
from lifecircle.walk.places import Places

__all__ = [
    "FARTHEST_MM",
    "GROUND_BITS",
    "joint_sources",
    "level_and_ground_mm",
    "search_limit",
    "shift_bits",
    "to_graph",
    "to_sources",
]

Integers = npt.NDArray[np.int64]

GROUND_BITS: Final = 31
FARTHEST_MM: Final = 2**29
"""No walk on streets that are not level is longer: 536 km."""


def shift_bits(network: WalkNetwork) -> int:
    """
    Tell by how many bits the level millimetres stand above the ground.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    bits
        0 where every street takes the time of its length.
    """
    return 0 if network.is_plain else GROUND_BITS


def search_limit(limit_mm: int, bits: int) -> int:
    """
    Turn a limit in level millimetres into the highest cost within it.

    Parameters
    ----------
    limit_mm
        The longest walk, inclusive.
    bits
        As `shift_bits` gives them.

    Returns
    -------
    limit
        For the compiled searches.

    Examples
    --------
    >>> search_limit(900_000, 0)
    900000
    >>> search_limit(2, 31) == 3 * 2**31 - 1
    True
    """
    return ((min(limit_mm, FARTHEST_MM) + 1) << bits) - 1 if bits else limit_mm


def level_and_ground_mm(cost: Integers, bits: int) -> tuple[Integers, Integers]:
    """
    Take costs apart.

    Parameters
    ----------
    cost
        As a search gives them.
    bits
        As `shift_bits` gives them.

    Returns
    -------
    level
        The level millimetres, in the shape of `cost`; `UNREACHED` stays.
    ground
        The millimetres that are walked on the ground; likewise.

    Examples
    --------
    >>> level_and_ground_mm(np.array([3 * 2**31 + 2]), 31)
    (array([3]), array([2]))
    """
    if not bits:
        return cost, cost
    out = cost == UNREACHED
    level = np.where(out, UNREACHED, cost >> bits)
    return level, np.where(out, UNREACHED, cost & ((1 << bits) - 1))


def to_graph(network: WalkNetwork) -> Graph:
    """
    Hand a network to the compiled searches.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    graph
        The arrays that a search reads.
    """
    bits = shift_bits(network)
    return Graph(
        network.indptr,
        network.adjacent,
        network.start,
        network.end,
        network.length_mm,
        _cost(network.ahead_mm, network.length_mm, bits),
        _cost(network.back_mm, network.length_mm, bits),
        network.private,
        network.forward,
        network.backward,
        network.component,
    )


def to_sources(network: WalkNetwork, places: Places) -> Sources:
    """
    Hand places to the compiled searches.

    Parameters
    ----------
    network
        The streets that the places are on.
    places
        Positions sorted by place.

    Returns
    -------
    sources
        The same positions, with the first one of each place.
    """
    bits = shift_bits(network)
    ahead, back = level_parts(network, places.edge, places.offset_mm)
    indptr = np.searchsorted(places.place, np.arange(len(places.ids) + 1))
    return Sources(
        indptr.astype(np.int64),
        places.edge,
        places.offset_mm,
        _cost(ahead, places.offset_mm, bits),
        _cost(back, places.offset_mm, bits),
        _cost(places.connector_mm, places.connector_mm, bits),
        places.fallback,
    )


def joint_sources(sources: Sources, chosen: Integers) -> Sources:
    """
    Take some positions as if they were those of one place.

    Parameters
    ----------
    sources
        Positions of places.
    chosen
        Which of them, shape (chosen,).

    Returns
    -------
    joint
        One place, its positions in the order of `chosen`.
    """
    return Sources(
        np.array([0, len(chosen)], dtype=np.int64),
        sources.edge[chosen],
        sources.offset_mm[chosen],
        sources.ahead[chosen],
        sources.back[chosen],
        sources.connector[chosen],
        sources.fallback[chosen],
    )


def _cost(level: Integers, ground: Integers, bits: int) -> Integers:
    return (level << bits) + ground if bits else level
