"""Maximum flow by pushing and relabelling: faster than searching path by path on large towns."""

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState, augment_all

__all__ = ["UNREACHED", "forget_levels", "push_all", "spread_levels"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

UNREACHED = np.iinfo(np.int64).max
_LINKS_PER_WORK = 8  # distances are measured anew after so much work, and one round of a node


@numba.njit(cache=True, nogil=True)
def push_all(state: FlowState) -> None:
    """
    Make a flow a maximum flow, from whatever flows already.

    Capacity that is left moves towards who still wants some, one link down and one link back at
    a time, along lower bounds of the distance. What each residence has never shrinks.

    Parameters
    ----------
    state
        Changed in place. Afterwards ``facility_level`` and ``residence_level`` are >= 0 exactly
        for what can still be reached from capacity that is left: the widest minimum cut runs
        around it.
    """
    facilities = len(state.left)
    queue = np.empty(facilities, dtype=np.int64)
    queued = np.zeros(facilities, dtype=np.bool_)
    widest = np.diff(state.first_of_facility).max() if facilities else 0
    widest += np.diff(state.first_of_residence).max() if len(state.wanted) else 0
    allowance = len(state.tails) // _LINKS_PER_WORK + 2 * widest
    work = allowance + 1
    start, size = 0, 0
    while True:
        if work > allowance:
            start, size = 0, _queue_anew(state, queue, queued)
            work = 0
        if size == 0:
            break
        facility = queue[start]
        start = (start + 1) % facilities
        size -= 1
        queued[facility] = False
        while work <= allowance and _is_active(state, facility):
            other, spent = _push(state, facility)
            work += spent
            if other >= 0 and not queued[other]:
                queued[other] = True
                queue[(start + size) % facilities] = other
                size += 1
    augment_all(state)


@numba.njit(cache=True, nogil=True)
def _is_active(state: FlowState, facility: int) -> bool:
    return bool(state.left[facility] > 0 and state.facility_level[facility] < UNREACHED)


@numba.njit(cache=True, nogil=True)
def _queue_anew(state: FlowState, queue: _Ints, queued: _Bools) -> int:
    """Measure in links how far everything is from who wants some; queue who can give there."""
    nodes = np.empty(len(state.left) + len(state.wanted), dtype=np.int64)
    forget_levels(state)
    end = 0
    for residence in range(len(state.wanted)):
        if state.wanted[residence] > 0:
            state.residence_level[residence] = 0
            nodes[end] = len(state.left) + residence
            end += 1
    spread_levels(state, nodes, end, False)  # noqa: FBT003 - as above
    size = 0
    for facility in range(len(state.left)):
        queued[facility] = _is_active(state, facility)
        if queued[facility]:
            queue[size] = facility
            size += 1
    return size


@numba.njit(cache=True, nogil=True)
def _push(state: FlowState, facility: int) -> tuple[int, int]:
    """Take one step: name the facility that has capacity to pass on now, or -1; and the work."""
    link = state.facility_next[facility]
    if link == state.first_of_facility[facility + 1]:
        return -1, _lift_facility(state, facility)
    residence = state.heads[link]
    if state.facility_level[facility] != state.residence_level[residence] + 1:
        state.facility_next[facility] += 1
        return -1, 1
    if state.wanted[residence] > 0:
        amount = min(state.left[facility], state.wanted[residence])
        state.wanted[residence] -= amount
        state.left[facility] -= amount
        state.flow[link] += amount
        return -1, 1
    back = _way_back(state, residence)
    if back < 0:
        return -1, _lift_residence(state, residence) + 1
    amount = min(state.left[facility], state.flow[back])
    state.flow[back] -= amount
    state.left[state.tails[back]] += amount
    state.flow[link] += amount
    state.left[facility] -= amount
    return int(state.tails[back]), 2


@numba.njit(cache=True, nogil=True)
def forget_levels(state: FlowState) -> None:
    """
    Set all levels to `UNREACHED` and the next links to the first.

    Parameters
    ----------
    state
        Changed in place.
    """
    state.facility_level[:] = UNREACHED
    state.residence_level[:] = UNREACHED
    state.facility_next[:] = state.first_of_facility[:-1]
    state.residence_next[:] = state.first_of_residence[:-1]


@numba.njit(cache=True, nogil=True)
def spread_levels(state: FlowState, nodes: _Ints, end: int, downwards: bool) -> None:  # noqa: FBT001 - numba knows no keyword-only arguments
    """
    Count the links from where levels are 0 to everything else.

    Parameters
    ----------
    state
        The levels are set in place.
    nodes
        A queue with room for all facilities and, after them, residences; it begins with those
        whose level is 0.
    end
        How many those are.
    downwards
        Whether capacity goes away from them (any facility may give more to those who reach it,
        and take back what it gives) or comes to them.
    """
    facilities = len(state.left)
    start = 0
    while start < end:
        node = nodes[start]
        start += 1
        if node < facilities:
            end = _spread_down(state, node, nodes, end, downwards)
        else:
            end = _spread_up(state, node - facilities, nodes, end, downwards)


@numba.njit(cache=True, nogil=True)
def _spread_down(state: FlowState, facility: int, nodes: _Ints, end: int, free: bool) -> int:  # noqa: FBT001 - compiled
    level = state.facility_level[facility] + 1
    for link in range(state.first_of_facility[facility], state.first_of_facility[facility + 1]):
        head = state.heads[link]
        if (free or state.flow[link] > 0) and state.residence_level[head] == UNREACHED:
            state.residence_level[head] = level
            nodes[end] = len(state.left) + head
            end += 1
    return end


@numba.njit(cache=True, nogil=True)
def _spread_up(state: FlowState, residence: int, nodes: _Ints, end: int, bound: bool) -> int:  # noqa: FBT001 - compiled
    level = state.residence_level[residence] + 1
    first = state.first_of_residence
    for place in range(first[residence], first[residence + 1]):
        link = state.by_residence[place]
        tail = state.tails[link]
        if (not bound or state.flow[link] > 0) and state.facility_level[tail] == UNREACHED:
            state.facility_level[tail] = level
            nodes[end] = tail
            end += 1
    return end


@numba.njit(cache=True, nogil=True)
def _lift_facility(state: FlowState, facility: int) -> int:
    first, last = state.first_of_facility[facility], state.first_of_facility[facility + 1]
    nearest = UNREACHED
    for link in range(first, last):
        nearest = min(nearest, state.residence_level[state.heads[link]])
    state.facility_level[facility] = nearest if nearest == UNREACHED else nearest + 1
    state.facility_next[facility] = first
    return int(last - first)


@numba.njit(cache=True, nogil=True)
def _way_back(state: FlowState, residence: int) -> int:
    while state.residence_next[residence] < state.first_of_residence[residence + 1]:
        link = state.by_residence[state.residence_next[residence]]
        level = state.facility_level[state.tails[link]]
        if state.flow[link] > 0 and level + 1 == state.residence_level[residence]:
            return int(link)
        state.residence_next[residence] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _lift_residence(state: FlowState, residence: int) -> int:
    first, last = state.first_of_residence[residence], state.first_of_residence[residence + 1]
    nearest = UNREACHED
    for place in range(first, last):
        link = state.by_residence[place]
        if state.flow[link] > 0:
            nearest = min(nearest, state.facility_level[state.tails[link]])
    state.residence_level[residence] = nearest if nearest == UNREACHED else nearest + 1
    state.residence_next[residence] = first
    return int(last - first)
