"""Connected components of edges, and public streets that lie behind private ones."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["edge_components", "with_pockets"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def with_pockets(
    start: Integers, end: Integers, length_mm: Integers, private: Flags, *, nodes: int
) -> Flags:
    """
    Count public streets that only private ways lead to as private, the open street aside.

    Parameters
    ----------
    start, end
        Node numbers of each edge, shape (edges,).
    length_mm
        Millimetres, shape (edges,).
    private
        Whether an edge is private by itself, shape (edges,).
    nodes
        How many nodes there are.

    Returns
    -------
    private
        The same, and the pockets.
    """
    whole = edge_components(start, end, np.ones(len(start), dtype=bool), nodes=nodes)
    part = edge_components(start, end, ~private, nodes=nodes)
    public = ~private
    if not private.any() or not public.any():
        return private
    length = np.bincount(part[public], weights=length_mm[public])
    owner = np.zeros(len(length), dtype=np.int64)
    owner[part[public]] = whole[public]
    # The longest public part of each component is the open street; a tie goes to the lower number.
    order = np.lexsort((np.arange(len(length)), -length, owner))
    pocket = np.ones(len(length), dtype=bool)
    pocket[order[np.flatnonzero(np.diff(owner[order], prepend=-1))]] = False
    result = private.copy()
    result[public] = pocket[part[public]]
    return result


def edge_components(start: Integers, end: Integers, chosen: Flags, *, nodes: int) -> Integers:
    """
    Find the connected components of some edges.

    Parameters
    ----------
    start, end
        Node numbers of each edge, shape (edges,).
    chosen
        Which edges, shape (edges,).
    nodes
        How many nodes there are.

    Returns
    -------
    component
        Counted by their lowest edge; -1 for the other edges.
    """
    ones = np.ones(int(chosen.sum()), dtype=np.int64)
    graph = coo_array((ones, (start[chosen], end[chosen])), shape=(nodes, nodes))
    _, of_node = connected_components(graph.tocsr(), directed=False)
    _, first, number = np.unique(of_node[start[chosen]], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    component = np.full(len(start), -1, dtype=np.int64)
    component[chosen] = rank[number]
    return component
