"""
What proves a sharing: where floor area is missing whatever is done, and that nobody is favoured.

A **cluster** is a group of residences that hangs together by the facilities it reaches and in
which everyone gets less than those around it. All that its facilities have goes to it, and it
still lacks: requirement less capacity is missing however one shares. Clusters lie inside each
other or apart; the outermost ones together miss exactly what the town misses, but for those who
reach nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from lifecircle.supply.blocks import Blocks
from lifecircle.supply.link_order import by_second_end, firsts
from lifecircle.tables import some

__all__ = ["Clusters", "shortage_clusters", "verify_sharing"]

_Ints = npt.NDArray[np.int64]


class Clusters(NamedTuple):
    """
    Shortage clusters; one that holds another stands behind it.

    Attributes
    ----------
    parent
        The next larger cluster; -1 for the outermost.
    numerator, denominator
        The ratio of the best-served residence of each.
    requirement, capacity
        Units that its residences ask for, and that all facilities they reach have.
    of_residence, of_facility
        The smallest cluster that each belongs to; -1 for none.
    """

    parent: _Ints
    numerator: _Ints
    denominator: _Ints
    requirement: _Ints
    capacity: _Ints
    of_residence: _Ints
    of_facility: _Ints


def shortage_clusters(
    capacity: _Ints, requirement: _Ints, tails: _Ints, heads: _Ints, blocks: Blocks
) -> Clusters:
    """
    Find every group that lacks floor area whatever is done.

    Parameters
    ----------
    capacity
        What each facility has.
    requirement
        What each residence asks for.
    tails, heads
        The facility and the residence of each link, sorted by facility, then residence.
    blocks
        The exact ratios, from `leximin.fair_blocks`.

    Returns
    -------
    clusters
        For each ratio below 1, the connected groups of residences that get no more than it, with
        all facilities they reach; each group once.

    Examples
    --------
    >>> import numpy as np
    >>> from lifecircle.supply.leximin import fair_blocks
    >>> town = np.array([50]), np.array([40, 40]), np.array([0, 0]), np.array([0, 1])
    >>> clusters = shortage_clusters(*town, fair_blocks(*town))
    >>> (clusters.requirement - clusters.capacity).tolist()
    [30]
    """
    level, ratios = _levels(blocks)
    short = np.append(level, -1)[blocks.of_residence]
    line = np.flatnonzero(short >= 0)
    line = line[np.argsort(short[line], kind="stable")]
    kept = (short[heads] >= 0) & (capacity[tails] > 0)
    tails, heads = tails[kept], heads[kept]
    by_home = tails[by_second_end(heads, len(requirement))]
    first = firsts(heads, len(requirement))
    parent, rank, of_residence, of_facility = _grown(line, short, first, by_home, len(capacity))
    held, owed = np.zeros_like(parent), np.zeros_like(parent)
    np.add.at(owed, of_residence[line], requirement[line])
    inside = of_facility >= 0
    np.add.at(held, of_facility[inside], capacity[inside])
    for cluster in np.flatnonzero(parent >= 0):
        owed[parent[cluster]] += owed[cluster]
        held[parent[cluster]] += held[cluster]
    numerator, denominator = (
        np.array([part[place] for place in rank], dtype=np.int64)
        for part in ([r.numerator for r in ratios], [r.denominator for r in ratios])
    )
    return Clusters(parent, numerator, denominator, owed, held, of_residence, of_facility)


def _levels(blocks: Blocks) -> tuple[_Ints, list[Fraction]]:
    """Rank the ratios below 1; -1 for a block that is given all."""
    pairs = zip(blocks.numerator.tolist(), blocks.denominator.tolist(), strict=True)
    exact = [Fraction(*pair) if pair[0] < pair[1] else None for pair in pairs]
    ratios = sorted({ratio for ratio in exact if ratio is not None})
    rank = {ratio: place for place, ratio in enumerate(ratios)}
    return np.array([-1 if r is None else rank[r] for r in exact], dtype=np.int64), ratios


@numba.njit(cache=True, nogil=True)
def _root(above: _Ints, place: int) -> int:
    while above[place] != place:
        above[place] = above[above[place]]
        place = above[place]
    return place


@numba.njit(cache=True, nogil=True)
def _grown(
    line: _Ints, level: _Ints, first: _Ints, by_home: _Ints, facilities: int
) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """Let groups grow from the worst-off: each time some have grown or met, note new clusters."""
    above = np.arange(facilities)
    of_residence = np.full(len(level), -1, dtype=np.int64)
    of_facility = np.full(facilities, -1, dtype=np.int64)
    parent = np.full(len(line), -1, dtype=np.int64)
    rank = np.full(len(line), -1, dtype=np.int64)
    top = np.arange(len(line))  # leads from a cluster to the largest so far that holds it
    count = 0
    start = 0
    while start < len(line):
        stop = start
        while stop < len(line) and level[line[stop]] == level[line[start]]:
            _join(above, by_home[first[line[stop]] : first[line[stop] + 1]])
            stop += 1
        before = count
        at_root = {np.int64(-1): np.int64(-1)}
        for home in line[start:stop]:
            reached = by_home[first[home] : first[home + 1]]
            root = np.int64(_root(above, reached[0]))
            if root not in at_root:
                at_root[root] = np.int64(count)
                rank[count] = level[home]
                count += 1
            of_residence[home] = at_root[root]
            _hold(reached, at_root[root], before, of_facility, parent, top)
        start = stop
    return parent[:count], rank[:count], of_residence, of_facility


@numba.njit(cache=True, nogil=True)
def _join(above: _Ints, reached: _Ints) -> None:
    for facility in reached:
        one, other = _root(above, reached[0]), _root(above, facility)
        above[max(one, other)] = min(one, other)


@numba.njit(cache=True, nogil=True)
def _hold(
    reached: _Ints, cluster: np.int64, before: int, of_facility: _Ints, parent: _Ints, top: _Ints
) -> None:
    """Put facilities into a cluster, with the older clusters that they are in."""
    for facility in reached:
        if of_facility[facility] < 0:
            of_facility[facility] = cluster
            continue
        older = _root(top, of_facility[facility])
        if older < before:
            parent[older] = top[older] = cluster


def verify_sharing(
    capacity: Mapping[str, int],
    requirement: Mapping[str, int],
    links: Sequence[tuple[str, str]],
    units: Sequence[int],
    clusters: Iterable[frozenset[str]],
    *,
    weight: Mapping[str, int] | None = None,
) -> list[str]:
    """
    Check a sharing and its clusters from nothing but the links, in plain whole numbers.

    Parameters
    ----------
    capacity, requirement
        What each facility has, and each residence asks for.
    links
        Pairs of a residence and a facility.
    units
        What goes along each link.
    clusters
        The residences of each cluster.
    weight
        How much each residence counts, in whole numbers from 1; without, all the same.

    Returns
    -------
    problems
        One sentence for each breach; none if the sharing is proven.

    Notes
    -----
    Nobody gives or gets more than there is. A facility gives only to the worst-off of those who
    reach it and lack something, to one unit of rounding, and idles only if all of them have
    everything; with weights, who is worst off goes by what one has to weight times requirement.
    What reaches one who has everything is looked at as reaching those beside whom that one is
    given something: there it could step in.
    Each cluster lacks what its members ask for less all that they reach, and the shares lack just
    that (with weights, inside an outermost cluster, at least that).
    Clusters lie inside each other or apart. The outermost are those found again from the shares,
    and with those who reach nothing they lack as much as the town: so no sharing gives more.

    Examples
    --------
    >>> links = [("R1", "A"), ("R2", "A")]
    >>> asked = {"R1": 40, "R2": 40}
    >>> verify_sharing({"A": 50}, asked, links, [25, 25], [frozenset({"R1", "R2"})])
    []
    >>> verify_sharing({"A": 50}, asked, links, [40, 10], [frozenset({"R1", "R2"})])
    ["'A' gives to some who are better off than others."]
    """
    town = _Checked(capacity, requirement, links, units, weight)
    groups = sorted(clusters, key=lambda group: (-len(group), sorted(group)))
    return [
        *_amount_problems(town),
        *_fairness_problems(town),
        *_cluster_problems(town, groups),
        *_outermost_problems(town, groups),
    ]


class _Checked:
    """A sharing as dictionaries: who reaches what, who has what."""

    def __init__(
        self,
        capacity: Mapping[str, int],
        requirement: Mapping[str, int],
        links: Sequence[tuple[str, str]],
        units: Sequence[int],
        weight: Mapping[str, int] | None,
    ) -> None:
        self.capacity, self.requirement = capacity, requirement
        self.is_weighted = weight is not None
        self.weighted = {
            home: asked * (weight[home] if weight is not None else 1)
            for home, asked in requirement.items()
        }
        self.units = units
        self.reach: dict[str, list[str]] = defaultdict(list)
        self.homes: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.got = dict.fromkeys(requirement, 0)
        self.given = dict.fromkeys(capacity, 0)
        for (home, facility), amount in zip(links, units, strict=True):
            self.reach[home].append(facility)
            self.homes[facility].append((home, amount))
            self.got[home] += amount
            self.given[facility] += amount

    def lack(self, group: Iterable[str]) -> int:
        """Take from what a group asks for all that it reaches."""
        homes = set(group)
        reached = {facility for home in homes for facility in self.reach[home]}
        asked = sum(self.requirement[home] for home in homes)
        return asked - sum(self.capacity[facility] for facility in reached)


def _amount_problems(town: _Checked) -> list[str]:
    over = [name for name, amount in town.given.items() if amount > town.capacity[name]]
    above = [name for name, amount in town.got.items() if amount > town.requirement[name]]
    negative = any(amount < 0 for amount in town.units)
    return [
        *(["no link can carry less than nothing."] if negative else []),
        *([f"more is given than there is at {some(over)}."] if over else []),
        *([f"more is received than asked for at {some(above)}."] if above else []),
    ]


def _fairness_problems(town: _Checked) -> list[str]:
    problems = []
    worst = _worst_off(town)
    for facility, homes in town.homes.items():
        if facility not in worst:
            continue
        if any(
            amount > 0 and _is_better_off(town, home, worst[facility]) for home, amount in homes
        ):
            problems.append(f"'{facility}' gives to some who are better off than others.")
        if town.given[facility] < town.capacity[facility]:
            problems.append(f"'{facility}' idles while someone who reaches it lacks.")
    return problems


def _is_better_off(town: _Checked, one: str, other: str) -> bool:
    """Tell whether one has more than the other even with a unit less, and the other with one."""
    ours, theirs = (town.got[one] - 1), (town.got[other] + 1)
    return ours * town.weighted[other] >= theirs * town.weighted[one]


def _worst_off(town: _Checked) -> dict[str, str]:
    """Find whom each facility could lift who lacks: itself, or through those who have all."""
    lacking = [home for home, got in town.got.items() if got < town.requirement[home]]
    lacking.sort(key=lambda home: Fraction(town.got[home] + 1, town.weighted[home]))
    worst: dict[str, str] = {}
    for home in lacking:
        todo = list(town.reach[home])
        while todo:
            facility = todo.pop()
            if facility not in worst:
                worst[facility] = home
                for other, amount in town.homes[facility]:
                    if amount > 0 and town.got[other] >= town.requirement[other]:
                        todo += town.reach[other]
    return worst


def _cluster_problems(town: _Checked, groups: list[frozenset[str]]) -> list[str]:
    problems = []
    holder: dict[str, frozenset[str]] = {}
    for group in groups:  # the larger first
        missing, lack = (
            sum(town.requirement[home] - town.got[home] for home in group),
            town.lack(group),
        )
        is_inner = town.is_weighted and any(home in holder for home in group)
        if lack <= 0 or missing < lack or (missing > lack and not is_inner):
            problems.append(f"the cluster of {some(sorted(group))} lacks another amount.")
        around = {holder.get(home) for home in group}
        if len(around) > 1:
            problems.append(f"the cluster of {some(sorted(group))} lies across another.")
        holder |= dict.fromkeys(group, group)
    return problems


def _outermost_problems(town: _Checked, groups: list[frozenset[str]]) -> list[str]:
    """Find the smallest cut again: who lacks, and who holds what they could have, and so on."""
    lacking = {home for home, got in town.got.items() if got < town.requirement[home]}
    nothing = {home for home in lacking if not any(town.capacity[f] for f in town.reach[home])}
    found, todo = set(lacking - nothing), list(lacking - nothing)
    seen: set[str] = set()
    while todo:
        for facility in town.reach[todo.pop()]:
            if facility not in seen:
                seen.add(facility)
                more = {home for home, amount in town.homes[facility] if amount > 0} - found
                found |= more
                todo += more
    claimed = {home for group in groups for home in group}
    missing = sum(town.requirement.values()) - sum(town.got.values())
    alone = sum(town.requirement[home] for home in nothing)
    problems = []
    if found != claimed:
        problems.append(f"the clusters leave out or add {some(sorted(found ^ claimed))}.")
    if town.lack(found) + alone != missing:
        problems.append("some other sharing gives more.")
    return problems
