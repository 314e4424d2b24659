"""Whether what there is would do for the others, if some residences asked for nothing."""

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
) -> _Bools:
    """
    Tell for several groups whether everyone else could be met in full without the group.

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

    Returns
    -------
    suffices
        By group.

    Notes
    -----
    One maximum flow, kept under way from group to group: who leaves gives back what it was given,
    who returns asks again, and only that much has to find new ways. Groups that are much alike,
    such as those who reach neighbouring points, should stand side by side.

    Examples
    --------
    Of 5 units, the first residence asks for 3 and the second for 4.

    >>> import numpy as np
    >>> links = np.array([0, 0]), np.array([0, 1])
    >>> groups = {"first": np.array([0, 0, 1]), "away": np.array([0])}
    >>> suffices_without(np.array([5]), np.array([3, 4]), *links, **groups).tolist()
    [False, True]
    """
    order = by_second_end(heads, len(requirement))
    state = flow_state(capacity, requirement, tails, heads, order)
    suffices: _Bools = _in_turn(state, requirement.astype(np.int64), first, away)
    return suffices


@numba.njit(cache=True, nogil=True)
def _in_turn(state: FlowState, requirement: _Ints, first: _Ints, away: _Ints) -> _Bools:
    suffices = np.zeros(len(first) - 1, dtype=np.bool_)
    is_away = np.zeros(len(requirement), dtype=np.bool_)
    last_group = np.full(len(requirement), -1, dtype=np.int64)
    begin = end = 0  # the former group
    for group in range(len(first) - 1):
        last_group[away[first[group] : first[group + 1]]] = group
        for residence in away[begin:end]:
            if last_group[residence] != group:
                state.wanted[residence] = requirement[residence]
                is_away[residence] = False
        begin, end = first[group], first[group + 1]
        for residence in away[begin:end]:
            if not is_away[residence]:
                _give_back(state, residence)
                is_away[residence] = True
        augment_all(state)
        suffices[group] = not state.wanted.any()
    return suffices


@numba.njit(cache=True, nogil=True)
def _give_back(state: FlowState, residence: int) -> None:
    state.wanted[residence] = 0
    first = state.first_of_residence
    for place in range(first[residence], first[residence + 1]):
        link = state.by_residence[place]
        state.left[state.givers[place]] += state.flow[link]
        state.flow[link] = 0
