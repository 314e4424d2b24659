"""Whether what there is would do for the others, if some residences asked for nothing."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.flow import FlowState, augment_all, flow_state
from lifecircle.supply.link_order import by_second_end

__all__ = ["suffices_without"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


def suffices_without(
    capacity: _Ints,
    requirement: _Ints,
    tails: _Ints,
    heads: _Ints,
    *,
    first: _Ints,
    away: _Ints,
    judged: _Bools,
) -> _Bools:
    """
    Tell for several groups whether the others are met in full, however it is shared, without it.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    first, away
        Group g holds the residences ``away[first[g] .. first[g + 1]]``.
    judged
        By residence: whether it is one of those whose being met is asked. The rest take part.

    Returns
    -------
    suffices
        By group: whether every greatest flow meets all who are judged and not in the group.

    Notes
    -----
    One flow, kept under way from group to group: who leaves gives back what it was given, who
    returns asks again, and looks for it on the shortest ways (Edmonds & Karp 1972). Who finds
    nothing has seen a set of residences that need more than all they reach (Hall 1935), each of
    whom goes short in some greatest flow; who is seen by nobody goes short in none. Where all who
    were seen are judged, the next groups fail by them too, until one asks for so much of it that
    it might do. Groups that are much alike, such as those who reach neighbouring points, should
    stand side by side.

    Examples
    --------
    Of 5 units, the first residence asks for 3 and the second for 4.

    >>> import numpy as np
    >>> links = np.array([0, 0]), np.array([0, 1])
    >>> groups = {"first": np.array([0, 0, 1]), "away": np.array([0])}
    >>> both = np.array([True, True])
    >>> suffices_without(np.array([5]), np.array([3, 4]), *links, **groups, judged=both).tolist()
    [False, True]
    """
    order = by_second_end(heads, len(requirement))
    state = flow_state(capacity, requirement, tails, heads, order)
    augment_all(state)
    facilities, residences = len(capacity), len(requirement)
    search = _Search(
        facility_seen=np.full(facilities, -1),
        residence_seen=np.full(residences, -1),
        link_up=np.empty(facilities, dtype=np.int64),
        link_back=np.empty(residences, dtype=np.int64),
        queue=np.empty(residences, dtype=np.int64),
    )
    suffices: _Bools = _in_turn(state, search, requirement.astype(np.int64), first, away, judged)
    return suffices


class _Search(NamedTuple):
    """
    A search from a residence that wants: up to facilities, back to who was given of them.

    Seen: the number of the last search that came by. Links: how it came.
    """

    facility_seen: _Ints
    residence_seen: _Ints
    link_up: _Ints
    link_back: _Ints
    queue: _Ints


@numba.njit(cache=True, nogil=True)
def _in_turn(
    state: FlowState,
    search: _Search,
    requirement: _Ints,
    first: _Ints,
    away: _Ints,
    judged: _Bools,
) -> _Bools:
    suffices = np.zeros(len(first) - 1, dtype=np.bool_)
    is_away = np.zeros(len(requirement), dtype=np.bool_)
    former = away[:0]
    searches = 0
    lacks = np.zeros(len(requirement), dtype=np.bool_)
    lack = 0  # what they need beyond all that they reach; all of them are judged
    for group in range(len(first) - 1):
        leaving = away[first[group] : first[group + 1]]
        if _asked(requirement, lacks, leaving) < lack:
            continue
        _exchange(state, requirement, is_away, former, leaving)
        former = leaving
        searches, suffices[group] = _fill_all(state, search, searches, judged)
        lack = 0
        if not suffices[group]:
            lacks[:] = search.residence_seen == searches
            lack = state.wanted[lacks].sum() if judged[lacks].all() else 0
    return suffices


@numba.njit(cache=True, nogil=True)
def _asked(requirement: _Ints, chosen: _Bools, group: _Ints) -> int:
    asked = 0
    for residence in group:
        if chosen[residence]:
            asked += requirement[residence]
    return asked


@numba.njit(cache=True, nogil=True)
def _exchange(
    state: FlowState, requirement: _Ints, is_away: _Bools, former: _Ints, leaving: _Ints
) -> None:
    """Let the former group ask again, and the next one give back."""
    is_away[former] = False
    for residence in leaving:
        is_away[residence] = True
    for residence in former:
        if not is_away[residence] and state.wanted[residence] < 0:
            state.wanted[residence] = requirement[residence]
    for residence in leaving:
        if state.wanted[residence] >= 0:
            _give_back(state, residence)


@numba.njit(cache=True, nogil=True)
def _give_back(state: FlowState, residence: int) -> None:
    state.wanted[residence] = -1  # asks for nothing
    first = state.first_of_residence
    for place in range(first[residence], first[residence + 1]):
        link = state.by_residence[place]
        state.left[state.givers[place]] += state.flow[link]
        state.flow[link] = 0


@numba.njit(cache=True, nogil=True)
def _fill_all(state: FlowState, search: _Search, searches: int, judged: _Bools) -> tuple[int, bool]:
    """Give to all who want, until one who goes without sees somebody judged."""
    for residence in range(len(state.wanted)):
        while state.wanted[residence] > 0:
            searches += 1
            facility = _nearest_left(state, search, searches, residence)
            if facility < 0:
                if (judged & (search.residence_seen == searches)).any():
                    return searches, False
                break  # nothing that is given from here on changes what it has seen
            _bring(state, search, facility, residence)
    return searches, True


@numba.njit(cache=True, nogil=True)
def _nearest_left(state: FlowState, search: _Search, number: int, root: int) -> int:
    """Search in breadth for a facility that has something left; -1 if there is none."""
    search.queue[0] = root
    search.residence_seen[root] = number
    start, end = 0, 1
    while start < end:
        residence = search.queue[start]
        start += 1
        for place in range(
            state.first_of_residence[residence], state.first_of_residence[residence + 1]
        ):
            facility = state.givers[place]
            if search.facility_seen[facility] == number:
                continue
            search.facility_seen[facility] = number
            search.link_up[facility] = state.by_residence[place]
            if state.left[facility] > 0:
                return int(facility)
            end = _look_back(state, search, number, facility, end)
    return -1


@numba.njit(cache=True, nogil=True)
def _look_back(state: FlowState, search: _Search, number: int, facility: int, end: int) -> int:
    """Queue who was given something by a facility."""
    for link in range(state.first_of_facility[facility], state.first_of_facility[facility + 1]):
        residence = state.heads[link]
        if state.flow[link] > 0 and search.residence_seen[residence] != number:
            search.residence_seen[residence] = number
            search.link_back[residence] = link
            search.queue[end] = residence
            end += 1
    return end


@numba.njit(cache=True, nogil=True)
def _bring(state: FlowState, search: _Search, facility: int, root: int) -> None:
    """Give along the way that the search came."""
    amount = min(state.left[facility], state.wanted[root])
    residence = state.heads[search.link_up[facility]]
    while residence != root:
        link = search.link_back[residence]
        amount = min(amount, state.flow[link])
        residence = state.heads[search.link_up[state.tails[link]]]
    state.left[facility] -= amount
    state.wanted[root] -= amount
    residence = state.heads[search.link_up[facility]]
    state.flow[search.link_up[facility]] += amount
    while residence != root:
        link = search.link_back[residence]
        state.flow[link] -= amount
        up = search.link_up[state.tails[link]]
        state.flow[up] += amount
        residence = state.heads[up]
