"""Maximum flow by pushing and relabelling: faster than searching path by path on large towns."""

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState, augment_all

__all__ = ["UNREACHED", "forget_levels", "push_all", "spread_levels"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

UNREACHED = np.iinfo(np.int64).max
_LINKS_PER_WORK = 2  # distances are measured anew after so much work, and one round of a node


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

    Examples
    --------
    >>> import numpy as np
    >>> from lifecircle.supply.flow import flow_state
    >>> links = np.array([0, 0]), np.array([0, 1]), np.array([0, 1])
    >>> state = flow_state(np.array([5]), np.array([3, 4]), *links)
    >>> push_all(state)
    >>> state.wanted.sum()
    np.int64(2)
    """
    facilities = len(state.left)
    now, later = np.empty(facilities, dtype=np.int64), np.empty(facilities, dtype=np.int64)
    queued = np.zeros(facilities, dtype=np.bool_)
    widest = np.diff(state.first_of_facility).max() if facilities else 0
    widest += np.diff(state.first_of_residence).max() if len(state.wanted) else 0
    allowance = len(state.tails) // _LINKS_PER_WORK + 2 * widest
    size, work = _queue_anew(state, now, queued), 0
    while size > 0:
        count = 0
        for facility in now[:size]:
            queued[facility] = False
            count, spent = _discharge(state, facility, later, count, queued, allowance - work)
            work += spent
        now, later, size = later, now, count
        if work > allowance:
            size, work = _queue_anew(state, now, queued), 0
    augment_all(state)


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
        queued[facility] = state.left[facility] > 0 and state.facility_level[facility] < UNREACHED
        if queued[facility]:
            queue[size] = facility
            size += 1
    return size


@numba.njit(cache=True, nogil=True)
def _discharge(
    state: FlowState, facility: int, later: _Ints, count: int, queued: _Bools, allowance: int
) -> tuple[int, int]:
    """Pass on what a facility has left; queue who then has some; the queue's length, the work."""
    left, wanted, flow, heads = state.left, state.wanted, state.flow, state.heads
    level, residence_level = state.facility_level, state.residence_level
    following, last = state.facility_next, state.first_of_facility[facility + 1]
    work = 0
    while left[facility] > 0 and level[facility] < UNREACHED and work <= allowance:
        link = following[facility]
        if link == last:
            work += _lift_facility(state, facility)
            continue
        residence = heads[link]
        work += 1
        if level[facility] != residence_level[residence] + 1:
            following[facility] += 1
            continue
        if wanted[residence] > 0:
            amount = min(left[facility], wanted[residence])
            wanted[residence] -= amount
        else:
            back = _way_back(state, residence)
            if back < 0:
                work += _lift_residence(state, residence)
                continue
            amount, other = min(left[facility], flow[back]), state.tails[back]
            flow[back] -= amount
            left[other] += amount
            if not queued[other]:
                queued[other] = True
                later[count] = other
                count += 1
        flow[link] += amount
        left[facility] -= amount
    return count, work


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
        tail = state.givers[place]
        if state.facility_level[tail] < UNREACHED:
            continue
        if not bound or state.flow[state.by_residence[place]] > 0:
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
        place = state.residence_next[residence]
        level = state.facility_level[state.givers[place]]
        if level + 1 == state.residence_level[residence]:
            link = state.by_residence[place]
            if state.flow[link] > 0:
                return int(link)
        state.residence_next[residence] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _lift_residence(state: FlowState, residence: int) -> int:
    first, last = state.first_of_residence[residence], state.first_of_residence[residence + 1]
    nearest = UNREACHED
    for place in range(first, last):
        level = state.facility_level[state.givers[place]]
        if level < nearest and state.flow[state.by_residence[place]] > 0:
            nearest = level
    state.residence_level[residence] = nearest if nearest == UNREACHED else nearest + 1
    state.residence_next[residence] = first
    return int(last - first)
