"""Giving out the last single units, each to the first in line whom one can still reach."""

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState
from lifecircle.supply.relabel import UNREACHED, forget_levels, spread_levels

__all__ = ["settle_units", "withdraw_units"]

_Ints = npt.NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def settle_units(state: FlowState, order: _Ints, block: _Ints, units_left: _Ints) -> _Ints:
    """
    Give one unit more to each residence in turn, wherever an augmenting path exists.

    Nobody who has been given a unit loses it again.

    Parameters
    ----------
    state
        A flow that gives every residence all it wants; changed in place.
    order
        The residences in line.
    block
        The block of each residence; no link leads from one to another.
    units_left
        What is left of the capacity of each block; changed in place.

    Returns
    -------
    more
        0 or 1 for each residence.
    """
    more = np.zeros(len(state.wanted), dtype=np.int64)
    allowance = len(state.tails) // 4 + len(state.left)
    longest = 4 * (len(state.tails) + len(state.left) + len(more))  # any way by exact distances
    work = allowance + 1
    for root in order:
        if units_left[block[root]] == 0:
            continue
        while True:
            if work > allowance:
                _measure(state)
                work = 0
            found, spent = _one_more(state, root, longest)
            work += spent
            if found >= 0:
                break
        more[root] = found
        units_left[block[root]] -= found
    return more


@numba.njit(cache=True, nogil=True)
def withdraw_units(state: FlowState, line: _Ints, more: _Ints) -> None:
    """
    Take back the units that residences in line were meant to get on top, as far as they got them.

    Parameters
    ----------
    state
        Changed in place: who lacked such a unit wants it no more.
    line
        The residences in line.
    more
        0 or 1 for each residence: what it was meant to get on top.
    """
    for residence in line:
        if more[residence] == 0:
            continue
        if state.wanted[residence] > 0:
            state.wanted[residence] -= 1
            continue
        place = state.first_of_residence[residence]
        while state.flow[state.by_residence[place]] == 0:
            place += 1
        state.flow[state.by_residence[place]] -= 1
        state.left[state.givers[place]] += 1


@numba.njit(cache=True, nogil=True)
def _measure(state: FlowState) -> None:
    """Count the links from the nearest facility with capacity left."""
    nodes = np.empty(len(state.left) + len(state.wanted), dtype=np.int64)
    forget_levels(state)
    end = 0
    for facility in range(len(state.left)):
        if state.left[facility] > 0:
            state.facility_level[facility] = 0
            nodes[end] = facility
            end += 1
    spread_levels(state, nodes, end, True)  # noqa: FBT003 - numba knows no keyword-only arguments


@numba.njit(cache=True, nogil=True)
def _one_more(state: FlowState, root: int, allowance: int) -> tuple[int, int]:
    """Search back from a residence: 1 found, 0 no way, -1 too much work; and the work."""
    work = 0
    length = 0
    residence = root
    while work <= allowance:
        if state.residence_level[root] == UNREACHED:
            return 0, work
        link, spent = _source(state, residence)
        work += spent
        if link < 0:
            if length > 0:  # one step back
                length -= 2
                facility = state.tails[state.path[length]]
                residence = state.heads[state.path[length]]
            continue
        state.path[length] = link
        facility = state.tails[link]
        if state.left[facility] > 0:
            state.left[facility] -= 1
            for step in range(length + 1):
                state.flow[state.path[step]] += 1 if step % 2 == 0 else -1
            return 1, work
        back, spent = _taken_back(state, facility)
        work += spent
        if back >= 0:
            state.path[length + 1] = back
            length += 2
            residence = state.heads[back]
    return -1, work


@numba.njit(cache=True, nogil=True)
def _source(state: FlowState, residence: int) -> tuple[int, int]:
    """Find the facility one link nearer to capacity that is left; else lift the residence."""
    first, last = state.first_of_residence[residence], state.first_of_residence[residence + 1]
    before = state.residence_next[residence]
    while state.residence_next[residence] < last:
        link = state.by_residence[state.residence_next[residence]]
        if state.facility_level[state.tails[link]] + 1 == state.residence_level[residence]:
            return int(link), int(state.residence_next[residence] - before + 1)
        state.residence_next[residence] += 1
    nearest = UNREACHED
    for place in range(first, last):
        nearest = min(nearest, state.facility_level[state.tails[state.by_residence[place]]])
    state.residence_level[residence] = nearest if nearest == UNREACHED else nearest + 1
    state.residence_next[residence] = first
    return -1, int(2 * (last - first) + 1)


@numba.njit(cache=True, nogil=True)
def _taken_back(state: FlowState, facility: int) -> tuple[int, int]:
    """Find the residence that a unit may be taken back from; else lift the facility."""
    first, last = state.first_of_facility[facility], state.first_of_facility[facility + 1]
    before = state.facility_next[facility]
    while state.facility_next[facility] < last:
        link = state.facility_next[facility]
        level = state.residence_level[state.heads[link]]
        if state.flow[link] > 0 and level + 1 == state.facility_level[facility]:
            return int(link), int(state.facility_next[facility] - before + 1)
        state.facility_next[facility] += 1
    nearest = UNREACHED
    for link in range(first, last):
        if state.flow[link] > 0:
            nearest = min(nearest, state.residence_level[state.heads[link]])
    state.facility_level[facility] = nearest if nearest == UNREACHED else nearest + 1
    state.facility_next[facility] = first
    return -1, int(2 * (last - first) + 1)
