"""The certificate of fairness: one look at every link proves that nobody is favoured."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.blocks import Blocks

__all__ = ["Breaches", "fairness_breaches", "is_less"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_SMALL = 1 << 31  # the product of two amounts below it fits


class Breaches(NamedTuple):
    """
    Where a sharing is not the fair one.

    Attributes
    ----------
    of_facility
        Which facilities give more than they have, give past someone worse off, or idle while
        someone lacks.
    of_residence
        Which residences get another amount than their exact share, to the whole unit.
    """

    of_facility: _Bools
    of_residence: _Bools


def fairness_breaches(
    capacity: _Ints,
    requirement: _Ints,
    tails: _Ints,
    heads: _Ints,
    flow: _Ints,
    blocks: Blocks,
    *,
    weight: _Ints | None = None,
) -> Breaches:
    """
    Look at every link once whether a sharing is fair.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    tails, heads
        The facility and the residence of each link, in any order.
    flow
        Units along each link.
    blocks
        The ratios that are claimed; they are believed in nothing.
    weight
        How much each residence counts, in whole numbers from 1; without, all the same.

    Returns
    -------
    breaches
        None, if the sharing is proven.

    Notes
    -----
    Let ``a`` be the ratio of a block. A residence has ``min(d, a w d)``, to the unit; no facility
    reaches anyone whose ratio is less than its own, gives only where the two are the same, and
    idles only if its ratio is 1, or it alone gives all who reach it all. Then no change along any
    chain of links lifts someone without taking from someone who is no better off, or gives out
    more in all. Fractions are compared by cross-products, or where these could overflow by whole
    parts and remainders (as Euclid does).

    Examples
    --------
    >>> from lifecircle.supply.leximin import fair_blocks
    >>> town = np.array([50]), np.array([40, 40]), np.array([0, 0]), np.array([0, 1])
    >>> blocks = fair_blocks(*town)
    >>> fairness_breaches(*town, np.array([25, 25]), blocks).of_residence.tolist()
    [False, False]
    >>> fairness_breaches(*town, np.array([40, 10]), blocks).of_residence.tolist()
    [True, True]
    """
    weighted = requirement if weight is None else requirement * weight
    got, given, asked = np.zeros_like(requirement), np.zeros_like(capacity), np.zeros_like(capacity)
    np.add.at(got, heads, flow)
    np.add.at(given, tails, flow)
    np.add.at(asked, tails, requirement[heads])
    live = (capacity[tails] > 0) & (requirement[heads] > 0)
    may_idle = np.append(blocks.numerator >= blocks.denominator, True)[blocks.of_facility]
    of_facility = (given > capacity) | ((given < np.minimum(capacity, asked)) & ~may_idle)
    of_facility[tails[~live & (flow != 0)]] = True
    of_facility[tails[live][_is_past(tails[live], heads[live], flow[live], blocks)]] = True
    return Breaches(of_facility, _is_another(got, requirement, weighted, blocks))


@numba.njit(cache=True, nogil=True)
def _is_past(tails: _Ints, heads: _Ints, flow: _Ints, blocks: Blocks) -> _Bools:
    """Find links that lead to someone worse off, or give to someone better off."""
    past = np.zeros(len(tails), dtype=np.bool_)
    for link in range(len(tails)):
        giver, taker = blocks.of_facility[tails[link]], blocks.of_residence[heads[link]]
        if min(giver, taker) < 0 or flow[link] < 0:
            past[link] = True
        elif giver != taker:
            upper = blocks.numerator[giver], blocks.denominator[giver]
            lower = blocks.numerator[taker], blocks.denominator[taker]
            past[link] = is_less(*lower, *upper) or (flow[link] > 0 and upper != lower)
    return past


@numba.njit(cache=True, nogil=True)
def _is_another(got: _Ints, requirement: _Ints, weighted: _Ints, blocks: Blocks) -> _Bools:
    """Find who does not have the exact share, rounded down or up."""
    another = np.zeros(len(got), dtype=np.bool_)
    for home in range(len(got)):
        block = blocks.of_residence[home]
        if block < 0 or requirement[home] == 0:
            another[home] = got[home] != 0
            continue
        ratio = blocks.numerator[block], blocks.denominator[block]
        if not is_less(*ratio, requirement[home], weighted[home]):
            another[home] = got[home] != requirement[home]
        else:
            another[home] = not (
                is_less(got[home] - 1, weighted[home], *ratio)
                and is_less(*ratio, got[home] + 1, weighted[home])
            )
    return another


@numba.njit(cache=True, nogil=True)
def is_less(one: int, of_one: int, other: int, of_other: int) -> bool:
    """
    Compare two fractions without overflow.

    Parameters
    ----------
    one, of_one
        The one fraction; what stands below is more than 0.
    other, of_other
        The other.

    Returns
    -------
    less
        Whether the one is less than the other.

    Examples
    --------
    >>> is_less(2**61, 2**61 + 1, 2**61 - 1, 2**61)
    False
    """
    if max(abs(one), of_one, abs(other), of_other) < _SMALL:
        return bool(one * of_other < other * of_one)
    while True:
        whole, other_whole = one // of_one, other // of_other
        if whole != other_whole:
            return bool(whole < other_whole)
        one, other = one - whole * of_one, other - other_whole * of_other
        if one == 0 or other == 0:
            return bool(one < other)
        # Both lie between 0 and 1: turned over, the larger is the smaller.
        one, of_one, other, of_other = of_other, other, of_one, one
