"""A quick guess at the fair share, in floating point: the exact search starts from it."""

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["levelled"]

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]

_STEEPEST = 4.0  # a step down divides a ratio by no more: those who then are not full help out


@numba.njit(cache=True, nogil=True)
def levelled(
    capacity: _Ints,
    requirement: _Ints,
    weighted: _Floats,
    first: _Ints,
    heads: _Ints,
    guess: _Floats,
    sweeps: int,
) -> _Floats:
    """
    Let each facility in turn lift its worst-off residences, and again.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    weighted
        The same, times a weight of at least 1: what a ratio of 1 would be.
    first
        Facility f has the links ``first[f] .. first[f + 1]``.
    heads
        The residence of each link.
    guess
        What flows along each link at first.
    sweeps
        How often each facility has its turn: more make a better guess.

    Returns
    -------
    flow
        What flows then; every facility gives one ratio to all that it gives to, as seen from it.

    Examples
    --------
    A has 30, B has 10; R0 reaches A, R1 both; both ask for 40.

    >>> ends = np.array([0, 2, 3]), np.array([0, 1, 1])
    >>> asked = np.array([40, 40])
    >>> levelled(np.array([30, 10]), asked, asked * 1.0, *ends, np.zeros(3), 20).round(3)
    array([20., 10., 10.])
    """
    flow = guess.copy()
    has = np.zeros(len(requirement))
    for link in range(len(flow)):
        has[heads[link]] += flow[link]
    ratio = np.ones(len(capacity))
    widest = 0
    for facility in range(len(capacity)):
        widest = max(widest, first[facility + 1] - first[facility])
    others, asked, most = np.empty(widest), np.empty(widest), np.empty(widest)
    for _ in range(sweeps):
        for facility in range(len(capacity)):
            here = slice(first[facility], first[facility + 1])
            for place, head in enumerate(heads[here]):
                others[place] = has[head] - flow[here][place]
                asked[place], most[place] = weighted[head], requirement[head]
            size = first[facility + 1] - first[facility]
            now = _ratio(
                float(capacity[facility]), others[:size], asked[:size], most[:size], ratio[facility]
            )
            ratio[facility] = now
            for place, head in enumerate(heads[here]):
                amount = max(0.0, min(most[place], now * asked[place]) - others[place])
                flow[here][place] = amount
                has[head] = others[place] + amount
    return flow


@numba.njit(cache=True, nogil=True)
def _ratio(capacity: float, others: _Floats, asked: _Floats, most: _Floats, start: float) -> float:
    """Find the ratio, at most 1, to which a facility can lift all that have less from others."""
    ratio = start
    falling = False  # the first step may go either way, later ones only down (Newton)
    while True:
        given, owed = capacity, 0.0
        for place in range(len(asked)):
            if others[place] >= ratio * asked[place]:
                continue
            if ratio * asked[place] > most[place]:
                given -= max(0.0, most[place] - others[place])
            else:
                given += others[place]
                owed += asked[place]
        if owed == 0.0 and (falling or ratio == 1.0):
            return ratio
        following = min(1.0, max(given / owed, ratio / _STEEPEST)) if owed > 0.0 else 1.0
        if falling and following >= ratio:
            return ratio
        falling = owed > 0.0
        ratio = following
