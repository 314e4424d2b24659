"""Evening out what a guess left over, along the links that carry most."""

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState

__all__ = ["even_out", "joined"]

_Ints = npt.NDArray[np.int64]

_MOST = 1 << 60  # larger sums stay where they are: a guess may be poor, but must not overflow
_SIZES = 64  # an amount has at most so many binary digits


@numba.njit(cache=True, nogil=True)
def even_out(state: FlowState) -> None:
    """
    Bring what is left to who wants it, along a spanning forest of the fullest links.

    Parameters
    ----------
    state
        A flow that is nearly as wanted; changed in place. It stays a flow: links that would have
        to carry less than nothing carry nothing, and what then does not fit is given up.

    Notes
    -----
    In a forest there is one way to bring everything where it is wanted: what a leaf has left or
    wants goes over its only link, and so on. Where links carry more than the sums of what is out
    of place, that is a maximum flow, found in one pass.
    """
    facilities = len(state.left)
    nodes = facilities + len(state.wanted)
    degree, only_link = _forest(state, nodes)
    carry = np.concatenate((state.left, -state.wanted))
    _take_all_back(state)
    leaves = np.flatnonzero(degree == 1)
    for start in leaves:
        node = start
        while degree[node] == 1:
            link = only_link[node]
            tail, head = state.tails[link], facilities + state.heads[link]
            other = tail + head - node
            if abs(carry[node]) <= _MOST and abs(carry[other]) <= _MOST:
                towards = 1 if node == tail else -1
                amount = max(towards * carry[node], -state.flow[link])
                state.flow[link] += amount
                carry[other] += towards * amount
            degree[node] = 0
            degree[other] -= 1
            only_link[other] ^= link
            node = other
    _give_again(state)


@numba.njit(cache=True, nogil=True)
def _forest(state: FlowState, nodes: int) -> tuple[_Ints, _Ints]:
    """Join nodes by the fullest links: how many each has, and these combined by exclusive or."""
    degree, combined = np.zeros(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    above = np.arange(nodes)
    for link in _fullest_first(state.flow):
        tail, head = state.tails[link], len(state.left) + state.heads[link]
        one, other = _root(above, tail), _root(above, head)
        if one != other:
            above[max(one, other)] = min(one, other)
            for node in (tail, head):
                degree[node] += 1
                combined[node] ^= link
    return degree, combined


@numba.njit(cache=True, nogil=True)
def _fullest_first(flow: _Ints) -> _Ints:
    """Sort the links that carry something by the number of binary digits."""
    digits = np.zeros(len(flow), dtype=np.int64)
    first = np.zeros(_SIZES + 1, dtype=np.int64)
    for link in range(len(flow)):
        if flow[link] > 0:
            digits[link] = int(np.log2(float(flow[link]))) + 1
            first[_SIZES - digits[link]] += 1
    order = np.empty(first.sum(), dtype=np.int64)
    first[1:] = np.cumsum(first)[:-1]
    first[0] = 0
    for link in range(len(flow)):
        if flow[link] > 0:
            size = _SIZES - digits[link]
            order[first[size]] = link
            first[size] += 1
    return order


@numba.njit(cache=True, nogil=True)
def _root(above: _Ints, node: int) -> int:
    while above[node] != node:
        above[node] = above[above[node]]
        node = above[node]
    return node


@numba.njit(cache=True, nogil=True)
def joined(one_end: _Ints, other_end: _Ints, nodes: int) -> _Ints:
    """
    Give all nodes that hang together the number of the lowest of them.

    Parameters
    ----------
    one_end, other_end
        The two ends of each link.
    nodes
        How many nodes there are.

    Returns
    -------
    number
        One for each node.

    Examples
    --------
    >>> joined(np.array([0]), np.array([2]), 3).tolist()
    [0, 1, 0]
    """
    above = np.arange(nodes)
    for link in range(len(one_end)):
        one, other = _root(above, one_end[link]), _root(above, other_end[link])
        above[max(one, other)] = min(one, other)
    for node in range(nodes):
        above[node] = _root(above, node)
    return above


@numba.njit(cache=True, nogil=True)
def _take_all_back(state: FlowState) -> None:
    for link in range(len(state.flow)):
        state.left[state.tails[link]] += state.flow[link]
        state.wanted[state.heads[link]] += state.flow[link]


@numba.njit(cache=True, nogil=True)
def _give_again(state: FlowState) -> None:
    """Let flow what is there, as far as there is capacity and need."""
    for link in range(len(state.flow)):
        facility, residence = state.tails[link], state.heads[link]
        amount = min(state.flow[link], state.left[facility], state.wanted[residence])
        state.flow[link] = amount
        state.left[facility] -= amount
        state.wanted[residence] -= amount
