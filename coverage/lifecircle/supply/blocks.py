"""A town cut into blocks of equal ratio, and what they come to in whole units."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["Blocks", "is_full", "whole_units"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]


class Blocks(NamedTuple):
    """
    A town cut into blocks of equal ratio.

    Attributes
    ----------
    of_residence, of_facility
        The block of each; -1 for what asks for nothing, has nothing or is linked to nothing.
    numerator, denominator
        The ratio of each block in lowest terms, at most 1: of what a residence gets to weight
        times requirement. Who would get more than is asked for gets all that is asked for.
    flow
        About how much goes along each link, in the order of the links: a guess to start from.
    """

    of_residence: _Ints
    of_facility: _Ints
    numerator: _Ints
    denominator: _Ints
    flow: _Floats


def whole_units(
    requirement: _Ints, blocks: Blocks, *, weight: _Ints | None = None
) -> tuple[_Ints, _Ints]:
    """
    Cut the exact fair share into whole units and what is left of one.

    Parameters
    ----------
    requirement
        What each residence asks for.
    blocks
        The exact ratios, from `leximin.fair_blocks`.
    weight
        As for `leximin.fair_blocks`.

    Returns
    -------
    floor
        The whole units of each residence's share.
    rest
        The numerator of the fraction that is cut off, 0 for none. `leximin.fair_flow`
        gives each residence `floor`, or one unit more if `rest` is not 0.

    Examples
    --------
    Two that ask for 3 units each share 5 of them.

    >>> both = np.array([0, 0])
    >>> blocks = Blocks(both, both[:1], np.array([5]), np.array([6]), np.array([2.5, 2.5]))
    >>> [part.tolist() for part in whole_units(np.array([3, 3]), blocks)]
    [[2, 2], [3, 3]]
    """
    block = blocks.of_residence
    weight = np.ones_like(requirement) if weight is None else weight
    here = np.append(blocks.numerator, 0)[block], np.append(blocks.denominator, 1)[block]
    full = is_full(weight, *here)
    exact = requirement * np.where(full, 1, weight * here[0])
    divisor = np.where(full, 1, here[1])
    return exact // divisor, exact % divisor


@numba.njit(cache=True, nogil=True)
def is_full(weight: _Ints, numerator: _Ints, denominator: _Ints) -> _Bools:
    """
    Tell whose weight times the ratio is at least 1, without overflow.

    Parameters
    ----------
    weight
        How much each residence counts.
    numerator, denominator
        Its ratio.

    Returns
    -------
    full
        True or False for each residence.

    Examples
    --------
    >>> is_full(np.array([1, 2]), np.array([1, 1]), np.array([2, 2])).tolist()
    [False, True]
    """
    return numerator >= -(-denominator // weight)
