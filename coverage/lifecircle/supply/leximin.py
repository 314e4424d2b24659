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
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.errors import TableError
from lifecircle.supply.area_units import MOST_UNITS
from lifecircle.supply.flow import FlowState, flow_state, push_all

__all__ = ["Blocks", "fair_blocks", "fair_units"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]

_SWEEPS = 12  # of the first guess; more make it better, none of them matters to the result


class Blocks(NamedTuple):
    """
    A town cut into blocks of equal ratio.

    Attributes
    ----------
    of_residence, of_facility
        The block of each; -1 for what asks for nothing, has nothing or is linked to nothing.
    numerator, denominator
        The ratio of each block in lowest terms, at most 1.
    flow
        About how much goes along each link, in the order of the links: a guess to start from.
    """

    of_residence: _Ints
    of_facility: _Ints
    numerator: _Ints
    denominator: _Ints
    flow: _Floats


class _Links(NamedTuple):
    """Links sorted by facility, then residence; ``row`` is their place among all."""

    tails: _Ints
    heads: _Ints
    by_residence: _Ints
    row: _Ints


def fair_blocks(capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints) -> Blocks:
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
    """
    town = _open_town(capacity, requirement, tails, heads)
    links = _links(tails, heads, (capacity[tails] > 0) & (requirement[heads] > 0))
    flow = np.zeros(len(tails))
    flow[links.row] = _first_guess(town.capacity, town.requirement, links.tails, links.heads)
    ratios = [np.ones(0, dtype=np.int64)] * 2
    while town.open_r.any():
        ratios = _ratios(town, ratios)
        state = _tried(town, links, ratios, flow)
        flow[links.row] = state.flow / ratios[1][town.block_f[links.tails]]
        _part(town, state, ratios)
        links = _within_blocks(town, links)
    return Blocks(town.block_r, town.block_f, *ratios, flow)


class _Town(NamedTuple):
    """The parts so far, changed in place: -1 for what takes no part, open: not yet a block."""

    capacity: _Ints  # no more than the residences of a facility ask for
    requirement: _Ints
    block_f: _Ints
    block_r: _Ints
    open_f: _Bools
    open_r: _Bools


def _open_town(capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints) -> _Town:
    """Take every component for one part."""
    asked = np.zeros_like(capacity)
    np.add.at(asked, tails, requirement[heads])
    clipped = np.minimum(capacity, asked)
    used = (clipped[tails] > 0) & (requirement[heads] > 0)
    facilities, size = len(capacity), len(capacity) + len(requirement)
    ends = tails[used], heads[used] + facilities
    graph = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(size, size))
    _, number = connected_components(graph, directed=False)
    linked = np.zeros(size, dtype=bool)
    linked[ends[0]] = linked[ends[1]] = True
    block = np.full(size, -1, dtype=np.int64)
    block[linked] = np.unique(number[linked], return_inverse=True)[1]
    return _Town(
        clipped,
        requirement,
        block[:facilities],
        block[facilities:],
        linked[:facilities],
        linked[facilities:],
    )


def _links(tails: _Ints, heads: _Ints, kept: _Bools) -> _Links:
    row = np.flatnonzero(kept)
    tails, heads = tails[row], heads[row]
    return _Links(tails, heads, np.argsort(heads, kind="stable"), row)


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


def _ratios(town: _Town, ratios: list[_Ints]) -> list[_Ints]:
    """Try for each open part what its facilities hold against what its residences ask for."""
    size = 1 + max(town.block_r.max(initial=-1), town.block_f.max(initial=-1))
    have, owed = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(have, town.block_f[town.open_f], town.capacity[town.open_f])
    np.add.at(owed, town.block_r[town.open_r], town.requirement[town.open_r])
    numerator, denominator = (np.ones(size, dtype=np.int64) for _ in range(2))
    numerator[: len(ratios[0])], denominator[: len(ratios[1])] = ratios
    tried = (owed > 0) & (have < owed)
    divisor = np.gcd(have[tried], owed[tried])
    numerator[tried], denominator[tried] = have[tried] // divisor, owed[tried] // divisor
    return [numerator, denominator]


def _tried(town: _Town, links: _Links, ratios: list[_Ints], guess: _Floats) -> FlowState:
    """Give everyone of a part the same ratio, as far as that goes."""
    numerator, denominator = ratios
    factor_f = np.where(town.open_f, denominator[town.block_f], 0)
    factor_r = np.where(town.open_r, numerator[town.block_r], 0)
    largest = max(
        (town.capacity.astype(np.float64) * factor_f).max(initial=0.0),
        (town.requirement.astype(np.float64) * factor_r).max(initial=0.0),
    )
    if largest > MOST_UNITS:
        problem = "the amounts of one component are too large to compare exactly (beyond 2^62)."
        raise TableError("sharing", [problem])
    state = flow_state(
        town.capacity * factor_f,
        town.requirement * factor_r,
        links.tails,
        links.heads,
        links.by_residence,
    )
    _start(state, guess[links.row], denominator[town.block_f[links.tails]].astype(np.float64))
    push_all(state)
    return state


def _part(town: _Town, state: FlowState, ratios: list[_Ints]) -> None:
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
        is_open &= short[block]
        moves = is_open & (level >= 0)
        is_open &= ~(moves & full[block])
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


@numba.njit(cache=True, nogil=True)
def _first_guess(capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints) -> _Floats:
    """Let each facility in turn lift its worst-off residences, and again."""
    flow = np.zeros(len(tails))
    has = np.zeros(len(requirement))
    first = 0
    for sweep in range(_SWEEPS):
        first = 0
        while first < len(tails):
            end = first
            while end < len(tails) and tails[end] == tails[first]:
                end += 1
            _level(float(capacity[tails[first]]), requirement, heads[first:end], flow[first:end], has)
            first = end
    return flow


@numba.njit(cache=True, nogil=True)
def _level(
    capacity: float, requirement: _Ints, heads: _Ints, flow: _Floats, has: _Floats
) -> None:
    """Give one facility anew: to one ratio for all that it gives to, at most 1."""
    for link in range(len(heads)):
        has[heads[link]] -= flow[link]
    # Newton from above: the ratio if all shared; who has more than that drops out.
    ratio = 1.0
    while True:
        given, owed = 0.0, 0.0
        for head in heads:
            if has[head] < ratio * requirement[head]:
                given += has[head]
                owed += requirement[head]
        if owed == 0.0:
            break
        lower = (capacity + given) / owed
        if lower >= ratio:
            break
        ratio = lower
    for link in range(len(heads)):
        head = heads[link]
        flow[link] = max(0.0, ratio * requirement[head] - has[head])
        has[head] += flow[link]


def fair_units(
    capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints, blocks: Blocks
) -> _Ints:
    """
    Settle the fair share in whole units.

    Everyone gets the whole units of the exact share; what is then left of each block is given
    out one unit at a time, in order of the fraction that was cut off, then of position, wherever
    the links of the block allow.

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

    Returns
    -------
    units
        Of each residence.
    """
    block = blocks.of_residence
    inside = block >= 0
    part = np.where(inside, blocks.numerator[block], 0) if len(blocks.numerator) else block * 0
    whole = np.where(inside, blocks.denominator[block], 1) if len(blocks.numerator) else block * 0 + 1
    floor, rest = requirement * part // whole, requirement * part % whole
    short_f = blocks.of_facility >= 0
    scarce = part < whole
    kept = scarce[heads] & inside[heads] & short_f[tails] & (blocks.of_facility[tails] == block[heads])
    links = _links(tails, heads, kept)
    state = flow_state(capacity, np.where(scarce, floor, 0), links.tails, links.heads, links.by_residence)
    _start(state, blocks.flow[links.row], np.ones(len(links.row)))
    push_all(state)
    order = np.lexsort((np.arange(len(rest)), -rest, block))
    order = order[rest[order] > 0]
    return floor + _settle(state, order)


@numba.njit(cache=True, nogil=True)
def _settle(state: FlowState, order: _Ints) -> _Ints:
    more = np.zeros(len(state.wanted), dtype=np.int64)
    seen_f = np.full(len(state.left), -1, dtype=np.int64)
    seen_r = np.full(len(state.wanted), -1, dtype=np.int64)
    queue = np.empty(len(state.wanted), dtype=np.int64)
    exhausted = np.zeros(len(state.left), dtype=np.bool_)
    for residence in order:
        if _one_more(state, residence, seen_f, seen_r, queue, exhausted):
            more[residence] = 1
    return more


@numba.njit(cache=True, nogil=True)
def _one_more(
    state: FlowState,
    root: int,
    seen_f: _Ints,
    seen_r: _Ints,
    queue: _Ints,
    exhausted: _Bools,
) -> bool:
    """Search back from a residence for one unit that is left; facility_next holds the way."""
    seen_r[root] = root
    queue[0] = root
    start, end = 0, 1
    while start < end:
        residence = queue[start]
        start += 1
        for place in range(state.first_of_residence[residence], state.first_of_residence[residence + 1]):
            link = state.by_residence[place]
            facility = state.tails[link]
            if exhausted[facility] or seen_f[facility] == root:
                continue
            seen_f[facility] = root
            state.facility_next[facility] = link
            if state.left[facility] > 0:
                state.left[facility] -= 1
                _move_one(state, root, link)
                return True
            for other in range(state.first_of_facility[facility], state.first_of_facility[facility + 1]):
                head = state.heads[other]
                if state.flow[other] > 0 and seen_r[head] != root:
                    seen_r[head] = root
                    state.residence_next[head] = other
                    queue[end] = head
                    end += 1
    for facility in range(len(exhausted)):
        if seen_f[facility] == root:
            exhausted[facility] = True
    return False


@numba.njit(cache=True, nogil=True)
def _move_one(state: FlowState, root: int, link: int) -> None:
    while True:
        state.flow[link] += 1
        residence = state.heads[link]
        if residence == root:
            return
        back = state.residence_next[residence]
        state.flow[back] -= 1
        link = state.facility_next[state.tails[back]]
