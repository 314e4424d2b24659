"""Maximum flow by pushing and relabelling: faster than searching path by path on large towns."""

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState, augment_all

__all__ = ["UNREACHED", "push_all", "set_distances"]

_Ints = npt.NDArray[np.int64]

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
            set_distances(state, state.wanted)
            work = 0
            start, size = 0, 0
            for facility in range(facilities):
                queued[facility] = (
                    state.left[facility] > 0 and state.facility_level[facility] < UNREACHED
                )
                if queued[facility]:
                    queue[size] = facility
                    size += 1
        if size == 0:
            break
        facility = queue[start]
        start = (start + 1) % facilities
        size -= 1
        queued[facility] = False
        while (
            state.left[facility] > 0
            and state.facility_level[facility] < UNREACHED
            and work <= allowance
        ):
            link = state.facility_next[facility]
            if link == state.first_of_facility[facility + 1]:
                work += _lift_facility(state, facility)
                continue
            work += 1
            residence = state.heads[link]
            if state.facility_level[facility] != state.residence_level[residence] + 1:
                state.facility_next[facility] += 1
            elif state.wanted[residence] > 0:
                amount = min(state.left[facility], state.wanted[residence])
                state.wanted[residence] -= amount
                state.left[facility] -= amount
                state.flow[link] += amount
            else:
                back = _way_back(state, residence)
                work += 1
                if back < 0:
                    work += _lift_residence(state, residence)
                    continue
                other = state.tails[back]
                amount = min(state.left[facility], state.flow[back])
                state.flow[back] -= amount
                state.left[other] += amount
                state.flow[link] += amount
                state.left[facility] -= amount
                if not queued[other]:
                    queued[other] = True
                    queue[(start + size) % facilities] = other
                    size += 1
    augment_all(state)


@numba.njit(cache=True, nogil=True)
def set_distances(state: FlowState, wanted: _Ints) -> None:
    """
    Measure in links how far everything is from a residence that wants some.

    Parameters
    ----------
    state
        The levels are set, `UNREACHED` where there is no way, and the next links to the first.
    wanted
        What each residence wants.
    """
    state.facility_level[:] = UNREACHED
    state.residence_level[:] = UNREACHED
    state.facility_next[:] = state.first_of_facility[:-1]
    state.residence_next[:] = state.first_of_residence[:-1]
    facilities = len(state.left)
    queue = np.empty(facilities + len(wanted), dtype=np.int64)
    start, end = 0, 0
    for residence in range(len(wanted)):
        if wanted[residence] > 0:
            state.residence_level[residence] = 0
            queue[end] = facilities + residence
            end += 1
    while start < end:
        node = queue[start]
        start += 1
        if node < facilities:
            level = state.facility_level[node] + 1
            for link in range(state.first_of_facility[node], state.first_of_facility[node + 1]):
                head = state.heads[link]
                if state.flow[link] > 0 and state.residence_level[head] == UNREACHED:
                    state.residence_level[head] = level
                    queue[end] = facilities + head
                    end += 1
        else:
            home = node - facilities
            level = state.residence_level[home] + 1
            for place in range(state.first_of_residence[home], state.first_of_residence[home + 1]):
                tail = state.tails[state.by_residence[place]]
                if state.facility_level[tail] == UNREACHED:
                    state.facility_level[tail] = level
                    queue[end] = tail
                    end += 1


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
