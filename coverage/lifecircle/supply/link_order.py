"""Links in the order of either end, without comparing them."""

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["by_second_end", "firsts"]

_Ints = npt.NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def firsts(ends: _Ints, size: int) -> _Ints:
    """
    Count at which place the links of each end begin, when they are sorted by it.

    Parameters
    ----------
    ends
        The end of each link, in any order.
    size
        How many ends there are.

    Returns
    -------
    first
        End ``e`` has the places ``first[e] .. first[e + 1]``; shape (size + 1,).

    Examples
    --------
    >>> firsts(np.array([0, 2, 2]), 3).tolist()
    [0, 1, 1, 3]
    """
    first = np.zeros(size + 1, dtype=np.int64)
    for end in ends:
        first[end + 1] += 1
    for end in range(size):
        first[end + 1] += first[end]
    return first


@numba.njit(cache=True, nogil=True)
def by_second_end(heads: _Ints, size: int) -> _Ints:
    """
    Sort links that are sorted by their first end by the second, then the first.

    Parameters
    ----------
    heads
        The second end of each link.
    size
        How many second ends there are.

    Returns
    -------
    order
        Positions of links; those of one end stay in the order in which they came.

    Examples
    --------
    >>> by_second_end(np.array([1, 0, 1, 0]), 2).tolist()
    [1, 3, 0, 2]
    """
    place = firsts(heads, size)
    order = np.empty(len(heads), dtype=np.int64)
    for link in range(len(heads)):
        order[place[heads[link]]] = link
        place[heads[link]] += 1
    return order
