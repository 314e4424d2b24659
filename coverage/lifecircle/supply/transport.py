"""The cheapest way to carry what is given out, in whole numbers: a network simplex."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["cheapest_flow"]

_Ints = npt.NDArray[np.int64]

_LEAST_BLOCK = 32  # of links that are looked at before the cheapest so far enters


def cheapest_flow(capacity: _Ints, given: _Ints, tails: _Ints, heads: _Ints, cost: _Ints) -> _Ints:
    """
    Give every residence just what it is to get, with the least cost along the links.

    Parameters
    ----------
    capacity
        What each facility has; it may keep some.
    given
        What each residence is to get.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    cost
        Of one unit along each link, >= 0.

    Returns
    -------
    flow
        Units along each link.

    Raises
    ------
    ValueError
        If the facilities cannot give the residences what they are to get.

    Notes
    -----
    Network simplex (Dantzig 1951) with strongly feasible trees (Cunningham 1976), which end
    without cycling, one connected component at a time. Of several cheapest flows the one it ends
    in depends on the order of the facilities and residences of the component alone.

    Examples
    --------
    >>> import numpy as np
    >>> tails, heads = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> cost = np.array([100, 300, 200, 900])
    >>> cheapest_flow(np.array([5, 5]), np.array([4, 4]), tails, heads, cost).tolist()
    [1, 4, 3, 0]
    """
    flow = np.zeros(len(tails), dtype=np.int64)
    used = np.flatnonzero((capacity[tails] > 0) & (given[heads] > 0))
    part = _component(tails[used], heads[used], len(capacity), len(given))
    order = np.argsort(part, kind="stable")
    first = np.flatnonzero(np.diff(part[order], prepend=-1))
    for rows in np.split(used[order], first)[1:]:
        goals, tail = np.unique(tails[rows], return_inverse=True)
        homes, head = np.unique(heads[rows], return_inverse=True)
        flow[rows] = _carried(capacity[goals], given[homes], tail, head, cost[rows])
    got = np.zeros_like(given)
    np.add.at(got, heads, flow)
    if (got != given).any():
        raise ValueError("the facilities cannot give the residences what they are to get.")
    return flow


def _component(tails: _Ints, heads: _Ints, facilities: int, residences: int) -> _Ints:
    """Tell the component of each link."""
    size = facilities + residences
    ends = tails, heads + facilities
    graph = coo_array((np.ones(len(tails), dtype=np.int8), ends), shape=(size, size))
    number: _Ints = connected_components(graph, directed=False)[1][tails].astype(np.int64)
    return number


class _Tree(NamedTuple):
    """
    A spanning tree and what flows along its arcs; arcs outside it carry nothing.

    The nodes are facilities, residences and a root. The arcs are links, then from each facility
    to the root (what it keeps), then from the root to each residence (what it still misses: so
    dear that only what cannot be given stays there).
    """

    tails: _Ints
    heads: _Ints
    cost: _Ints
    flow: _Ints
    price: _Ints  # cost + price[tail] - price[head] is 0 along the tree
    parent: _Ints
    arc: _Ints  # between a node and its parent
    depth: _Ints
    child: _Ints  # the first one; -1 for none
    after: _Ints  # the next child of the same parent
    before: _Ints
    todo: _Ints  # nodes


@numba.njit(cache=True, nogil=True)
def _carried(capacity: _Ints, given: _Ints, tails: _Ints, heads: _Ints, cost: _Ints) -> _Ints:
    """Improve a tree until no link would make it cheaper."""
    tree = _first_tree(capacity, given, tails, heads, cost)
    priced = len(tails) + len(capacity)
    block = max(_LEAST_BLOCK, int(np.sqrt(priced)))
    start = 0
    while True:
        entering, start = _entering(tree, priced, block, start)
        if entering < 0:
            break
        _exchange(tree, entering)
    return tree.flow[: len(tails)].copy()


@numba.njit(cache=True, nogil=True)
def _first_tree(capacity: _Ints, given: _Ints, tails: _Ints, heads: _Ints, cost: _Ints) -> _Tree:
    """Let every facility keep all it has, and every residence miss all it is to get."""
    links, goals, homes = len(tails), len(capacity), len(given)
    nodes = goals + homes + 1
    root = nodes - 1
    too_dear = (cost.max() + 1) * nodes
    inner = np.arange(root)
    arcs = np.arange(links, links + root)
    to_root = np.full(goals, root)
    from_root = np.full(homes, root)
    none = np.array([-1])
    price = np.zeros(nodes, dtype=np.int64)
    price[goals:root] = too_dear
    depth = np.ones(nodes, dtype=np.int64)
    depth[root] = 0
    child = np.full(nodes, -1)
    child[root] = 0
    after = np.concatenate((inner + 1, none))
    after[root - 1] = -1
    return _Tree(
        np.concatenate((tails, inner[:goals], from_root)),
        np.concatenate((heads + goals, to_root, inner[goals:])),
        np.concatenate((cost, np.zeros(goals, dtype=np.int64), np.full(homes, too_dear))),
        np.concatenate((np.zeros(links, dtype=np.int64), capacity, given)),
        price,
        np.concatenate((np.full(root, root), none)),
        np.concatenate((arcs, none)),
        depth,
        child,
        after,
        np.concatenate((inner - 1, none)),
        np.empty(nodes, dtype=np.int64),
    )


@numba.njit(cache=True, nogil=True)
def _entering(tree: _Tree, priced: int, block: int, start: int) -> tuple[int, int]:
    """Find the arc that saves most in the first block that has one; -1 if none saves anything."""
    best, least = -1, 0
    arc = start
    for seen in range(1, priced + 1):
        saved = tree.cost[arc] + tree.price[tree.tails[arc]] - tree.price[tree.heads[arc]]
        if saved < least:
            best, least = arc, saved
        arc += 1
        if arc == priced:
            arc = 0
        if best >= 0 and seen % block == 0:
            break
    return best, arc


@numba.njit(cache=True, nogil=True)
def _exchange(tree: _Tree, entering: int) -> None:
    """Send as much as can be over the entering arc, round the tree; the arc that empties leaves."""
    tail, head = tree.tails[entering], tree.heads[entering]
    apex = _apex(tree, tail, head)
    most, leaving, inner, outer = np.int64(-1), tail, tail, head
    node = tail
    while node != apex:  # against the walk: of equal ones the nearest to the tail
        arc = tree.arc[node]
        if tree.tails[arc] == node and (most < 0 or tree.flow[arc] < most):
            most, leaving = tree.flow[arc], node
        node = tree.parent[node]
    node = head
    while node != apex:  # along it: of equal ones the nearest to the apex, before all others
        arc = tree.arc[node]
        if tree.heads[arc] == node and (most < 0 or tree.flow[arc] <= most):
            most, leaving, inner, outer = tree.flow[arc], node, head, tail
        node = tree.parent[node]
    saved = tree.cost[entering] + tree.price[tail] - tree.price[head]
    tree.flow[entering] += most
    _send(tree, tail, apex, most)
    _send(tree, head, apex, -most)
    _hang(tree, inner, outer, entering, leaving)
    _reprice(tree, inner, saved if inner == head else -saved)


@numba.njit(cache=True, nogil=True)
def _apex(tree: _Tree, one: int, other: int) -> int:
    while one != other:
        if tree.depth[one] >= tree.depth[other]:
            one = tree.parent[one]
        else:
            other = tree.parent[other]
    return one


@numba.njit(cache=True, nogil=True)
def _send(tree: _Tree, node: int, apex: int, amount: np.int64) -> None:
    """Send an amount down from the apex to a node."""
    while node != apex:
        arc = tree.arc[node]
        tree.flow[arc] += amount if tree.heads[arc] == node else -amount
        node = tree.parent[node]


@numba.njit(cache=True, nogil=True)
def _hang(tree: _Tree, inner: int, outer: int, arc: int, last: int) -> None:
    """Hang a branch by another of its nodes: all from there to its old root turn round."""
    node, above, by = inner, outer, arc
    while True:
        old_above, old_by = tree.parent[node], tree.arc[node]
        left, right = tree.before[node], tree.after[node]
        if left >= 0:
            tree.after[left] = right
        else:
            tree.child[old_above] = right
        if right >= 0:
            tree.before[right] = left
        first = tree.child[above]
        tree.parent[node], tree.arc[node] = above, by
        tree.before[node], tree.after[node] = -1, first
        tree.child[above] = node
        if first >= 0:
            tree.before[first] = node
        if node == last:
            return
        node, above, by = old_above, node, old_by


@numba.njit(cache=True, nogil=True)
def _reprice(tree: _Tree, top: int, change: int) -> None:
    """Change the price of a whole branch, and note how deep it hangs now."""
    tree.todo[0] = top
    count = 1
    while count:
        count -= 1
        node = tree.todo[count]
        tree.price[node] += change
        tree.depth[node] = tree.depth[tree.parent[node]] + 1
        below = tree.child[node]
        while below >= 0:
            tree.todo[count] = below
            count += 1
            below = tree.after[below]
