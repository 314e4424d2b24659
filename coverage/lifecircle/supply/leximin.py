"""
The fair share (leximin): who gets which part of what is asked, exactly.

A town is cut into **blocks**. A block is a group of residences with facilities of its own that
can give every one of them the same part of its requirement, and can give no more; no facility of
a block could help anyone who is worse off elsewhere. The parts are exact fractions.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.errors import TableError
from lifecircle.supply.area_units import MOST_UNITS
from lifecircle.supply.blocks import Blocks, is_full, whole_units
from lifecircle.supply.flow import FlowState, flow_state
from lifecircle.supply.levelling import levelled
from lifecircle.supply.link_order import by_second_end, firsts
from lifecircle.supply.relabel import push_all
from lifecircle.supply.settle import settle_units, withdraw_units
from lifecircle.supply.spanning import even_out, joined

__all__ = ["fair_blocks", "fair_flow"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]

_SWEEPS, _MORE = 24, 10  # of levelling: more make a better guess, no other result


class _Links(NamedTuple):
    """Links sorted by facility, then residence; ``row`` is their place among all."""

    tails: _Ints
    heads: _Ints
    by_residence: _Ints
    row: _Ints


def fair_blocks(
    capacity: _Ints,
    requirement: _Ints,
    tails: _Ints,
    heads: _Ints,
    *,
    weight: _Ints | None = None,
) -> Blocks:
    """
    Find the part of its requirement that each residence gets under the fair share.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    weight
        How much each residence counts, in whole numbers from 1; without, all the same.

    Returns
    -------
    blocks
        Exact ratios; a residence in no block gets nothing, if it asks for anything.

    Raises
    ------
    TableError
        If the amounts of one component are too large to compare exactly (beyond 2^62).

    Notes
    -----
    Of all sharings, leximin is the one whose sorted ratios are lexicographically largest; it is
    unique in the ratios and gives out as much as any (lexicographically optimal base of a
    polymatroid: Megiddo 1974; Fujishige 1980). A group of residences whose facilities hold ``c``
    and which asks for ``d`` cannot all get more than ``c / d``. So every component, and then
    every part of it, is tried with ``min(1, c / d)`` for all, by a maximum flow in whole numbers
    (capacities times ``d``, requirements times ``c``). If all get that, it is a block; if not, the
    widest minimum cut parts those who must get less, with all facilities they reach, from those
    who can get more. All parts of one depth are tried in one flow.

    With weights the ratio is ``s / (w d)`` and nobody gets more than ``d``: what is tried for all
    is the ``a`` at which the sum of ``min(d, a w d)`` is ``c``. What each is tried with grows with
    ``a``, so the cuts still lie inside each other (Gallo, Grigoriadis, Tarjan 1989).

    Examples
    --------
    Of 60 units two thirds go to the one that counts twice; both ask for 50.

    >>> import numpy as np
    >>> town = np.array([60]), np.array([50, 50]), np.array([0, 0]), np.array([0, 1])
    >>> blocks = fair_blocks(*town, weight=np.array([2, 1]))
    >>> blocks.numerator.tolist(), blocks.denominator.tolist()
    ([2], [5])
    """
    weight = np.ones_like(requirement) if weight is None else weight
    town = _open_town(capacity, requirement, weight, tails, heads)
    links = _links(tails, heads, (capacity[tails] > 0) & (requirement[heads] > 0))
    flow = np.zeros(len(tails))
    weighted: _Floats = weight / (weight.min() if len(weight) else 1) * requirement
    sweeps = _SWEEPS
    ratios = (np.ones(0, dtype=np.int64), np.ones(0, dtype=np.int64))
    while town.open_r.any():
        first = firsts(links.tails, len(capacity))
        flow[links.row] = levelled(
            town.capacity, requirement, weighted, first, links.heads, flow[links.row], sweeps
        )
        sweeps = _MORE
        ratios = _ratios(town, ratios)
        state = _tried(town, links, ratios, flow)
        flow[links.row] = state.flow / ratios[1][town.block_f[links.tails]]
        _part(town, state, ratios)
        links = _within_blocks(town, links)
    return Blocks(town.block_r, town.block_f, ratios[0], ratios[1], flow)


class _Town(NamedTuple):
    """The parts so far, changed in place: -1 for what takes no part, open: not yet a block."""

    capacity: _Ints  # no more than the residences of a facility ask for
    requirement: _Ints
    weight: _Ints
    heaviest_first: _Ints  # the residences in order of weight
    block_f: _Ints
    block_r: _Ints
    open_f: _Bools
    open_r: _Bools


def _open_town(
    capacity: _Ints, requirement: _Ints, weight: _Ints, tails: _Ints, heads: _Ints
) -> _Town:
    """Take every component for one part."""
    asked = np.zeros_like(capacity)
    np.add.at(asked, tails, requirement[heads])
    clipped = np.minimum(capacity, asked)
    used = (clipped[tails] > 0) & (requirement[heads] > 0)
    facilities, size = len(capacity), len(capacity) + len(requirement)
    ends = tails[used], heads[used] + facilities
    number = joined(*ends, size)
    linked = np.zeros(size, dtype=bool)
    linked[ends[0]] = linked[ends[1]] = True
    block = np.full(size, -1, dtype=np.int64)
    block[linked] = np.unique(number[linked], return_inverse=True)[1]
    return _Town(
        clipped,
        requirement,
        weight,
        np.argsort(-weight, kind="stable"),
        block[:facilities],
        block[facilities:],
        linked[:facilities],
        linked[facilities:],
    )


def _links(tails: _Ints, heads: _Ints, kept: _Bools) -> _Links:
    row = np.flatnonzero(kept)
    tails, heads = tails[row], heads[row]
    return _Links(tails, heads, by_second_end(heads, int(heads.max(initial=-1)) + 1), row)


def _within_blocks(town: _Town, links: _Links) -> _Links:
    """Keep the links inside parts that are still open."""
    kept = town.open_r[links.heads] & (town.block_f[links.tails] == town.block_r[links.heads])
    place = np.cumsum(kept) - 1
    return _Links(
        links.tails[kept],
        links.heads[kept],
        place[links.by_residence[kept[links.by_residence]]],
        links.row[kept],
    )


def _ratios(town: _Town, ratios: tuple[_Ints, _Ints]) -> tuple[_Ints, _Ints]:
    """Try for each open part what its facilities hold against what its residences ask for."""
    size = 1 + max(town.block_r.max(initial=-1), town.block_f.max(initial=-1))
    have, owed, weighted = (np.zeros(size, dtype=np.int64) for _ in range(3))
    np.add.at(have, town.block_f[town.open_f], town.capacity[town.open_f])
    block, asked = town.block_r[town.open_r], town.requirement[town.open_r]
    np.add.at(owed, block, asked)
    np.add.at(weighted, block, asked * town.weight[town.open_r])
    numerator, denominator = (np.ones(size, dtype=np.int64) for _ in range(2))
    numerator[: len(ratios[0])], denominator[: len(ratios[1])] = ratios
    tried = (owed > 0) & (have < owed)
    _fill_heaviest(town, tried, have, weighted)
    divisor = np.gcd(have[tried], weighted[tried])
    numerator[tried], denominator[tried] = have[tried] // divisor, weighted[tried] // divisor
    return numerator, denominator


@numba.njit(cache=True, nogil=True)
def _fill_heaviest(town: _Town, tried: _Bools, have: _Ints, weighted: _Ints) -> None:
    """Take out those whom the ratio of the part would give more than they ask for."""
    for home in town.heaviest_first:
        part = town.block_r[home]
        if (
            town.open_r[home]
            and tried[part]
            and have[part] >= -(-weighted[part] // town.weight[home])
        ):
            have[part] -= town.requirement[home]
            weighted[part] -= town.weight[home] * town.requirement[home]


def _tried(town: _Town, links: _Links, ratios: tuple[_Ints, _Ints], guess: _Floats) -> FlowState:
    """Give everyone of a part the same ratio, as far as that goes."""
    numerator, denominator = ratios
    factor_f = np.where(town.open_f, denominator[town.block_f], 0)
    here = numerator[town.block_r], denominator[town.block_r]
    full = is_full(town.weight, *here)
    weighted = np.where(full, town.requirement, town.requirement * town.weight)
    factor_r = np.where(town.open_r, np.where(full, here[1], here[0]), 0)
    largest = max(
        (town.capacity.astype(np.float64) * factor_f).max(initial=0.0),
        (weighted.astype(np.float64) * factor_r).max(initial=0.0),
    )
    if largest > MOST_UNITS:
        problem = "the amounts of one component are too large to compare exactly (beyond 2^62)."
        raise TableError("sharing", [problem])
    state = flow_state(
        town.capacity * factor_f,
        weighted * factor_r,
        links.tails,
        links.heads,
        links.by_residence,
    )
    _start(state, guess[links.row], denominator[town.block_f[links.tails]].astype(np.float64))
    even_out(state)
    push_all(state)
    return state


def _part(town: _Town, state: FlowState, ratios: tuple[_Ints, _Ints]) -> None:
    """Close the parts that all got their ratio; part the others at the widest minimum cut."""
    size = len(ratios[0])
    short = np.zeros(size, dtype=bool)
    short[town.block_r[town.open_r & (state.wanted > 0)]] = True
    full = ratios[0] == ratios[1]  # who can be given all needs no more trials
    upper = np.where(short, size + np.cumsum(short) - 1, -1)
    for block, is_open, level in (
        (town.block_f, town.open_f, state.facility_level),
        (town.block_r, town.open_r, state.residence_level),
    ):
        is_open[:] = is_open & short[block]
        moves = is_open & (level >= 0)
        is_open[:] = is_open & ~(moves & full[block])
        block[moves] = upper[block[moves]]


@numba.njit(cache=True, nogil=True)
def _start(state: FlowState, guess: _Floats, scale: _Floats) -> None:
    """Let the guess flow, as far as there is capacity and need."""
    for link in range(len(guess)):
        facility, residence = state.tails[link], state.heads[link]
        amount = min(state.left[facility], state.wanted[residence])
        wished = guess[link] * scale[link]
        if wished < amount:
            amount = np.int64(wished)
        state.flow[link] = amount
        state.left[facility] -= amount
        state.wanted[residence] -= amount


def fair_flow(
    capacity: _Ints,
    requirement: _Ints,
    tails: _Ints,
    heads: _Ints,
    blocks: Blocks,
    *,
    weight: _Ints | None = None,
) -> _Ints:
    """
    Settle the fair share in whole units.

    Everyone gets the whole units of the exact share; what is then left of each block is given
    out one unit at a time, in order of the fraction that was cut off, then of position, wherever
    the links of the block allow. (Those first in line are tried together; only where not all of
    them can have a unit, it goes one by one: the same units either way, since who can be given
    units together form a matroid.) What a residence is given moves to the first of its facilities
    that would idle.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for; its order settles ties.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    blocks
        The exact ratios, from `fair_blocks`.
    weight
        As for `fair_blocks`.

    Returns
    -------
    flow
        Units along each link.
    """
    block = blocks.of_residence
    floor, rest = whole_units(requirement, blocks, weight=weight)
    links = _links(tails, heads, (blocks.of_facility[tails] == block[heads]) & (block[heads] >= 0))
    line, units_left = _line(rest, block), _units_left(capacity, floor, blocks)
    more = np.zeros_like(floor)
    more[line] = _rank(block[line]) < units_left[block[line]]
    state = flow_state(capacity, floor + more, links.tails, links.heads, links.by_residence)
    _start(state, blocks.flow[links.row], np.ones(len(links.row)))
    even_out(state)
    push_all(state)
    stuck = np.zeros_like(units_left, dtype=bool)
    stuck[block[state.wanted > 0]] = True
    if stuck.any():  # not all of the first in line can have a unit: one by one
        line = line[stuck[block[line]]]
        withdraw_units(state, line, more)
        push_all(state)
        settle_units(state, line, block, units_left)
    _fill_first(state)
    flow = np.zeros(len(tails), dtype=np.int64)
    flow[links.row] = state.flow
    return flow


def _line(rest: _Ints, block: _Ints) -> _Ints:
    """Put those with a fraction in line, block by block."""
    waiting = np.flatnonzero(rest)
    line: _Ints = waiting[np.lexsort((waiting, -rest[waiting], block[waiting]))]
    return line


def _rank(block: _Ints) -> _Ints:
    """Count within each block, the blocks standing together."""
    place = np.arange(len(block))
    starts = np.flatnonzero(np.diff(block, prepend=-2))
    return place - np.repeat(starts, np.diff(np.append(starts, len(block))))


def _units_left(capacity: _Ints, given: _Ints, blocks: Blocks) -> _Ints:
    left = np.zeros(len(blocks.numerator) + 1, dtype=np.int64)  # the last: in no block
    np.add.at(left, blocks.of_facility, capacity)
    np.add.at(left, blocks.of_residence, -given)
    return left


@numba.njit(cache=True, nogil=True)
def _fill_first(state: FlowState) -> None:
    """Let each facility that idles take over from later ones what its residences are given."""
    for link in range(len(state.tails)):
        facility, residence = state.tails[link], state.heads[link]
        place = state.first_of_residence[residence + 1] - 1
        while state.left[facility] > 0:
            other = state.by_residence[place]
            if state.tails[other] <= facility:
                break
            amount = min(state.left[facility], state.flow[other])
            state.flow[other] -= amount
            state.left[state.tails[other]] += amount
            state.flow[link] += amount
            state.left[facility] -= amount
            place -= 1
