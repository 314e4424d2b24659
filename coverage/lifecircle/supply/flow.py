"""Maximum flow from facilities to residences, in whole numbers."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.errors import TableError
from lifecircle.supply.area_units import MOST_UNITS
from lifecircle.supply.link_order import firsts

__all__ = ["FlowState", "augment_all", "check_amounts", "flow_state"]

_Ints = npt.NDArray[np.int64]


class FlowState(NamedTuple):
    """
    A flow under way: links sorted by facility, then residence.

    Attributes
    ----------
    left
        Of each facility's capacity.
    wanted
        Still, by each residence.
    flow
        Along each link.
    tails, heads
        The facility and the residence of each link.
    first_of_facility
        Facility f has the links ``first[f] .. first[f + 1]``.
    first_of_residence
        Residence r has the links ``by_residence[first[r] .. first[r + 1]]``.
    by_residence
        The links sorted by residence, then facility.
    givers
        The facility of each of those.
    facility_level, residence_level
        Links from the nearest facility with capacity left; -1: not reached.
    facility_next, residence_next
        The first link that may still lead on.
    path
        Links: down to a residence, back to a facility, down again.
    """

    left: _Ints
    wanted: _Ints
    flow: _Ints
    tails: _Ints
    heads: _Ints
    first_of_facility: _Ints
    first_of_residence: _Ints
    by_residence: _Ints
    givers: _Ints
    facility_level: _Ints
    residence_level: _Ints
    facility_next: _Ints
    residence_next: _Ints
    path: _Ints


def flow_state(
    capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints, by_residence: _Ints
) -> FlowState:
    """
    Set out a town in which nothing flows yet.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    by_residence
        The positions of the links in the order of residence, then facility.

    Returns
    -------
    state
        To be changed in place by `augment_all`; the arguments stay as they are.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.array([0])
    >>> state = flow_state(np.array([5]), np.array([3]), one, one, one)
    >>> augment_all(state)
    >>> state.flow.tolist()
    [3]
    """
    facilities, residences = len(capacity), len(requirement)
    return FlowState(
        left=capacity.astype(np.int64),
        wanted=requirement.astype(np.int64),
        flow=np.zeros(len(heads), dtype=np.int64),
        tails=tails,
        heads=heads,
        first_of_facility=firsts(tails, facilities),
        first_of_residence=firsts(heads, residences),
        by_residence=by_residence,
        givers=tails[by_residence],
        facility_level=np.empty(facilities, dtype=np.int64),
        residence_level=np.empty(residences, dtype=np.int64),
        facility_next=np.empty(facilities, dtype=np.int64),
        residence_next=np.empty(residences, dtype=np.int64),
        path=np.empty(facilities + residences, dtype=np.int64),
    )


def check_amounts(capacity: _Ints, requirement: _Ints) -> None:
    """
    Make sure that amounts can be added up.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.

    Raises
    ------
    TableError
        If an amount is negative, or either sum is beyond 2^62.
    """
    problems = [*_unusable("capacity", capacity), *_unusable("requirement", requirement)]
    if problems:
        raise TableError("sharing", problems)


def _unusable(name: str, amounts: _Ints) -> list[str]:
    problems = []
    if (amounts < 0).any():
        problems.append(f"{name} must be >= 0.")
    if sum(amounts.tolist()) > MOST_UNITS:
        problems.append(f"{name} adds up to more than 2^62 units.")
    return problems


@numba.njit(cache=True, nogil=True)
def augment_all(state: FlowState) -> None:
    """
    Make a flow a maximum flow, from whatever flows already.

    Parameters
    ----------
    state
        Changed in place. Afterwards ``facility_level`` and ``residence_level`` are >= 0 exactly
        for what can still be reached from capacity that is left: the widest minimum cut runs
        around it.

    Notes
    -----
    Dinic's algorithm on the graph source - facilities - residences - sink; links have no bound of
    their own. Facilities are taken in order of position, and so are a facility's residences and a
    residence's facilities. A facility that comes first gives first, and is never asked to take
    back: once served, a residence's total only grows.

    Examples
    --------
    >>> import numpy as np
    >>> links = np.array([0, 0]), np.array([0, 1]), np.array([0, 1])
    >>> state = flow_state(np.array([5]), np.array([3, 4]), *links)
    >>> augment_all(state)
    >>> state.flow.tolist()
    [3, 2]
    """
    while _set_levels(state):
        state.facility_next[:] = state.first_of_facility[:-1]
        state.residence_next[:] = state.first_of_residence[:-1]
        for facility in range(len(state.left)):
            while state.left[facility] > 0 and _augment(state, facility):
                pass


@numba.njit(cache=True, nogil=True)
def _set_levels(state: FlowState) -> bool:
    """Search in breadth from all facilities with capacity left; stop at who still wants some."""
    facilities = len(state.left)
    state.facility_level[:] = np.where(state.left > 0, 0, -1)
    state.residence_level[:] = -1
    queue = np.empty(facilities + len(state.wanted), dtype=np.int64)
    end = 0
    for facility in range(facilities):
        if state.left[facility] > 0:
            queue[end] = facility
            end += 1
    last_level = -1
    start = 0
    while start < end and last_level < 0:
        stop = end  # one level at a time: facilities and residences take turns
        for place in range(start, stop):
            node = queue[place]
            if node < facilities:
                end, found = _reach_residences(state, node, queue, end)
                last_level = max(last_level, found)
            else:
                end = _reach_facilities(state, node - facilities, queue, end)
        start = stop
    return last_level >= 0


@numba.njit(cache=True, nogil=True)
def _reach_residences(state: FlowState, facility: int, queue: _Ints, end: int) -> tuple[int, int]:
    level = state.facility_level[facility] + 1
    found = -1
    for link in range(state.first_of_facility[facility], state.first_of_facility[facility + 1]):
        residence = state.heads[link]
        if state.residence_level[residence] < 0:
            state.residence_level[residence] = level
            queue[end] = len(state.left) + residence
            end += 1
            if state.wanted[residence] > 0:
                found = level
    return end, found


@numba.njit(cache=True, nogil=True)
def _reach_facilities(state: FlowState, residence: int, queue: _Ints, end: int) -> int:
    first = state.first_of_residence
    for place in range(first[residence], first[residence + 1]):
        facility = state.givers[place]
        if state.facility_level[facility] < 0 and state.flow[state.by_residence[place]] > 0:
            state.facility_level[facility] = state.residence_level[residence] + 1
            queue[end] = facility
            end += 1
    return end


@numba.njit(cache=True, nogil=True)
def _augment(state: FlowState, root: int) -> bool:
    """Search in depth along the levels for one way to give more; give it."""
    length = 0
    facility = root
    while True:
        link = _link_down(state, facility)
        if link >= 0:
            state.path[length] = link
            length += 1
        elif length == 0:
            return False
        else:  # a dead end: back over the link that led here
            length -= 1
            state.residence_next[state.heads[state.path[length]]] += 1
        residence = state.heads[state.path[length - 1]]
        if state.wanted[residence] > 0:
            _give(state, root, residence, length)
            return True
        link = _link_back(state, residence)
        if link >= 0:
            state.path[length] = link
            length += 1
            facility = state.tails[link]
        else:
            length -= 1
            facility = state.tails[state.path[length]]
            state.facility_next[facility] += 1


@numba.njit(cache=True, nogil=True)
def _link_down(state: FlowState, facility: int) -> int:
    while state.facility_next[facility] < state.first_of_facility[facility + 1]:
        link = state.facility_next[facility]
        if state.residence_level[state.heads[link]] == state.facility_level[facility] + 1:
            return int(link)
        state.facility_next[facility] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _link_back(state: FlowState, residence: int) -> int:
    while state.residence_next[residence] < state.first_of_residence[residence + 1]:
        link = state.by_residence[state.residence_next[residence]]
        next_level = state.facility_level[state.tails[link]]
        if state.flow[link] > 0 and next_level == state.residence_level[residence] + 1:
            return int(link)
        state.residence_next[residence] += 1
    return -1


@numba.njit(cache=True, nogil=True)
def _give(state: FlowState, root: int, residence: int, length: int) -> None:
    amount = min(state.left[root], state.wanted[residence])
    for step in range(1, length, 2):
        amount = min(amount, state.flow[state.path[step]])
    for step in range(length):
        state.flow[state.path[step]] += amount if step % 2 == 0 else -amount
    state.left[root] -= amount
    state.wanted[residence] -= amount
