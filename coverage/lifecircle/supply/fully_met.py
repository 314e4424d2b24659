"""
How many households can be in residences that are met in full: by any sharing at all.

The fair share spreads what is there, so that in a place that lacks floor area few residences are
met in full. Another sharing could meet more of them by giving nothing to the others. How many at
best is a hard question (it holds the knapsack problem), so the answer is a pair: a number that a
sharing reaches, and a number that none exceeds.
"""

from math import gcd
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from lifecircle.supply.certificates import shortage_clusters
from lifecircle.supply.leximin import fair_blocks

__all__ = ["MostMet", "most_met"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

# Limits in counted steps, not in seconds: the same input gives the same answer everywhere.
_ROUNDS: Final = 20
_NODES: Final = 100
_GAP: Final = 0.001  # close enough, as a part of the bound
_SLACK: Final = 1e-6  # of the solver's bound, which is a float
# The largest number in a row. With larger ones, digits lost by HiGHS look to it like a broken row,
# and it prints a line of its own. What is chosen is checked in whole numbers anyway.
_ROW: Final = 0.001
_MOST_RESIDENCES: Final = 2000  # of one group, for an integer program
_MOST_TRIED: Final = 20_000  # and for trying a choice at all


# The facilities of a condition, and who reaches nothing else: together they need no more.
_Conditions = dict[tuple[int, ...], _Ints]


class MostMet(NamedTuple):
    """
    The most households in residences that are met in full.

    Attributes
    ----------
    reached
        The weight of residences that one sharing meets in full together.
    bound
        No sharing meets more.
    """

    reached: int
    bound: int


class _Group(NamedTuple):
    """Residences that compete, and all facilities they reach; links sorted by facility."""

    capacity: _Ints
    need: _Ints
    weight: _Ints
    tails: _Ints
    heads: _Ints


def most_met(capacity: _Ints, need: _Ints, weight: _Ints, tails: _Ints, heads: _Ints) -> MostMet:
    """
    Find how much weight of residences a sharing can meet in full.

    Parameters
    ----------
    capacity
        What each facility has.
    need
        What each residence must get to be met.
    weight
        What it counts if it is met; whole numbers.
    tails, heads
        The facility and the residence of each link; each pair once.

    Returns
    -------
    most
        What is reached, and the bound; equal, or closer than 0.1 % of the bound, but for towns
        that are too hard.

    Notes
    -----
    The fair share of the needs parts the residences: who is in no shortage cluster is met, with
    facilities that no cluster reaches or needs, and so takes nothing from one; every outermost
    cluster is a problem of its own. There, residences can be met together if and only if no group
    of them needs more than all that it reaches (Gale 1957; Hall's condition for transportation).
    An integer program with some of these conditions chooses residences; the fair share of what
    they need is tried, and its shortage clusters are conditions that were broken, which join the
    program (Benders 1962). Its bound holds whether or not it ends. Residences that break a
    condition are left out until the rest is met: that is reached. In a cluster of more than 2,000
    residences the bound is that of the total flow alone: whole residences, the lightest in need
    for their weight first, and a part of the next, up to all floor area within reach. Beyond 20,000
    residences no choice is tried there, and nothing is reached.

    Examples
    --------
    A can meet R1 and R2 together, or R3 alone; under the fair share it meets nobody.

    >>> import numpy as np
    >>> need, home = np.array([40, 50, 90]), np.array([0, 1, 2])
    >>> most_met(np.array([90]), need, np.array([4, 5, 10]), np.zeros(3, dtype=int), home)
    MostMet(reached=10, bound=10)
    """
    wanted = np.where(weight > 0, need, 0)
    kept = np.flatnonzero((capacity[tails] > 0) & (wanted[heads] > 0))
    kept = kept[np.lexsort((heads[kept], tails[kept]))]
    town = _Group(capacity, wanted, weight, tails[kept], heads[kept])
    reaches = np.isin(np.arange(len(need)), town.heads)
    place = _outermost(town)
    sure = int(weight[(place < 0) & (reaches | (need == 0))].sum())
    found = [
        _most_of_group(_cut_out(town, place == group)) for group in range(place.max(initial=-1) + 1)
    ]
    return MostMet(
        sure + sum(each.reached for each in found), sure + sum(each.bound for each in found)
    )


def _outermost(town: _Group) -> _Ints:
    """Tell in which outermost shortage cluster each residence is; -1 for none."""
    parent, of_residence = _short(town, town.need)
    top = np.arange(len(parent))
    for cluster in np.flatnonzero(parent >= 0)[::-1]:  # what holds another stands behind it
        top[cluster] = top[parent[cluster]]
    number = np.append(np.cumsum(parent < 0) - 1, -1)
    place: _Ints = number[np.append(top, len(parent))[of_residence]]
    return place


def _short(town: _Group, need: _Ints) -> tuple[_Ints, _Ints]:
    """Find the shortage clusters of some needs: what holds each, and who is in which."""
    case = town.capacity, need, town.tails, town.heads
    found = shortage_clusters(*case, fair_blocks(*case))
    return found.parent, found.of_residence


def _cut_out(town: _Group, inside: _Bools) -> _Group:
    """Take some residences with all that they reach, numbered anew."""
    kept = inside[town.heads]
    used = np.unique(town.tails[kept])
    return _Group(
        town.capacity[used],
        town.need[inside],
        town.weight[inside],
        np.searchsorted(used, town.tails[kept]),
        (np.cumsum(inside) - 1)[town.heads[kept]],
    )


def _most_of_group(group: _Group) -> MostMet:
    """Alternate between choosing residences and finding which conditions the choice breaks."""
    bound = _flow_bound(group)
    if len(group.need) > _MOST_TRIED:
        return MostMet(0, bound)
    if len(group.need) > _MOST_RESIDENCES:
        return MostMet(_weight(group, _repaired(group, _lightest(group))[0]), bound)
    conditions = _first_conditions(group)
    best = 0
    for _ in range(_ROUNDS):
        chosen, above = _chosen(group, conditions)
        bound = min(bound, above)
        met, broken = _repaired(group, chosen)
        best = max(best, _weight(group, met))
        if bound - best <= _GAP * bound or broken.keys() <= conditions.keys():
            break
        conditions |= broken
    return MostMet(best, bound)


def _weight(group: _Group, chosen: _Bools) -> int:
    return int(group.weight[chosen].sum())


def _by_lightness(group: _Group) -> _Ints:
    """Put first who needs least for its weight."""
    return np.lexsort((np.arange(len(group.need)), group.need / group.weight))


def _lightest(group: _Group) -> _Bools:
    order = _by_lightness(group)
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order] = np.cumsum(group.need[order]) <= group.capacity.sum()
    return chosen


def _flow_bound(group: _Group) -> int:
    """Fill all floor area within reach with the lightest residences, and a part of the next."""
    order = _by_lightness(group)
    before = np.cumsum(group.need[order])
    whole = int((before <= group.capacity.sum()).sum())
    bound = int(group.weight[order[:whole]].sum())
    if whole < len(order):
        left = int(group.capacity.sum()) - int(before[whole - 1] if whole else 0)
        following = order[whole]
        bound += left * int(group.weight[following]) // int(group.need[following])
    return bound


def _condition(group: _Group, residences: _Ints) -> tuple[tuple[int, ...], _Ints]:
    """Take what some residences reach, and everybody who reaches nothing else."""
    facilities = np.unique(group.tails[np.isin(group.heads, residences)])
    beyond = np.ones(len(group.need), dtype=bool)
    beyond[group.heads[~np.isin(group.tails, facilities)]] = False
    return tuple(facilities.tolist()), np.flatnonzero(beyond)


def _first_conditions(group: _Group) -> _Conditions:
    """Name what each residence reaches, and what all of them reach."""
    everybody = np.arange(len(group.need))
    return dict(_condition(group, homes) for homes in [everybody, *everybody[:, None]])


def _chosen(group: _Group, conditions: _Conditions) -> tuple[_Bools, int]:
    """Choose the residences of most weight that break none of the conditions, and bound it."""
    unit = gcd(*group.weight.tolist())
    members = list(conditions.values())
    ends = np.cumsum([0, *(len(each) for each in members)])
    columns = np.concatenate(members)
    shape = len(members), len(group.need)
    scale = _ROW / group.need.max()
    rows = csr_array((group.need[columns] * scale, columns, ends), shape=shape)
    most = np.array([group.capacity[list(facilities)].sum() for facilities in conditions]) * scale
    answer = milp(
        -group.weight / unit,
        constraints=LinearConstraint(rows, -np.inf, most),
        integrality=np.ones(len(group.need), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"node_limit": _NODES, "mip_rel_gap": _GAP / 2},
    )
    # To choose nobody is possible. 4 is what scipy makes of the limit on nodes, with or without a
    # choice; without one there is no bound either.
    assert answer.status in {0, 1, 4}, answer.message  # noqa: S101 - neither 2 nor 3, see above
    values = np.zeros(len(group.need)) if answer.x is None else answer.x
    above = group.weight.sum() if answer.mip_dual_bound is None else -answer.mip_dual_bound * unit
    return np.rint(values) > 0, int((above + _SLACK * unit) // unit * unit)


def _repaired(group: _Group, chosen: _Bools) -> tuple[_Bools, _Conditions]:
    """Leave out residences until the rest can be met; name the conditions that were broken."""
    met, broken = chosen.copy(), _Conditions()
    while True:
        parent, of_residence = _short(group, np.where(met, group.need, 0))
        if not len(parent):
            return met, broken
        members = [
            set(np.flatnonzero(of_residence == cluster).tolist()) for cluster in range(len(parent))
        ]
        for cluster, above in enumerate(parent.tolist()):
            homes = np.array(sorted(members[cluster]))
            facilities, within = _condition(group, homes)
            broken[facilities] = within
            if above >= 0:
                members[above] |= members[cluster]
        held = np.bincount(parent[parent >= 0], minlength=len(parent))
        for minimal in np.flatnonzero(held == 0):
            met[_left_out(group, np.flatnonzero(of_residence == minimal))] = False


def _left_out(group: _Group, homes: _Ints) -> _Ints:
    """Choose who of a minimal cluster is left out: one if one is enough, else the heaviest."""
    reached = np.unique(group.tails[np.isin(group.heads, homes)])
    lack = group.need[homes].sum() - group.capacity[reached].sum()
    single: _Ints = homes[group.need[homes] >= lack]
    if len(single):
        return single[[np.lexsort((single, group.weight[single]))[0]]]
    order = homes[np.lexsort((homes, -group.need[homes]))]
    enough = 1 + np.searchsorted(np.cumsum(group.need[order]), lack)
    heaviest: _Ints = np.asarray(order[:enough], dtype=np.int64)
    return heaviest
