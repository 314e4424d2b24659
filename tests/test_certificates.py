from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from flows import maximum_flow
from lifecircle.supply.certificates import Clusters, shortage_clusters, verify_sharing
from lifecircle.supply.leximin import fair_blocks, fair_flow
from towns import Town, random_town, ratios, town, towns


def clusters_of(case: Town) -> Clusters:
    return shortage_clusters(*case, fair_blocks(*case))


def members(clusters: Clusters) -> list[frozenset[int]]:
    groups: list[set[int]] = [set() for _ in clusters.parent]
    for home, smallest in enumerate(clusters.of_residence.tolist()):
        cluster = smallest
        while cluster >= 0:
            groups[cluster].add(home)
            cluster = int(clusters.parent[cluster])
    return [frozenset(group) for group in groups]


def clusters_by_definition(case: Town) -> set[frozenset[int]]:
    """Join who is below each ratio by the open facilities that two of them reach."""
    capacity, _, tails, heads = case
    found = set()
    for limit in {*ratios(case), Fraction(1)}:
        below = {r for r, ratio in enumerate(ratios(case)) if ratio < limit}
        reach = {r: {f for f in tails[heads == r].tolist() if capacity[f] > 0} for r in below}
        groups = [({r}, set(open_)) for r, open_ in reach.items() if open_]
        while True:
            pairs = [(a, b) for a in groups for b in groups if a is not b and a[1] & b[1]]
            if not pairs:
                break
            one, other = pairs[0]
            groups = [group for group in groups if group is not one and group is not other]
            groups.append((one[0] | other[0], one[1] | other[1]))
        found |= {frozenset(group[0]) for group in groups}
    return found


def verified(case: Town) -> list[str]:
    flow = fair_flow(*case, fair_blocks(*case))
    named = [f"R{r}" for r in range(len(case[1]))]
    return verify_sharing(
        {f"F{f}": amount for f, amount in enumerate(case[0].tolist())},
        dict(zip(named, case[1].tolist(), strict=True)),
        [(f"R{r}", f"F{f}") for f, r in zip(case[2], case[3], strict=True)],
        flow.tolist(),
        [frozenset(named[r] for r in group) for group in members(clusters_of(case))],
    )


def test_cluster_says_what_is_missing() -> None:
    # R0 has only A (10 of 40), R1 and R2 share B (60 of 80); R1 also reaches A.
    case = town([10, 60], [40, 40, 40], [(0, 0), (0, 1), (1, 1), (1, 2)])
    clusters = clusters_of(case)
    assert members(clusters) == [{0}, {0, 1, 2}]
    assert clusters.parent.tolist() == [1, -1]
    assert clusters.requirement.tolist() == [40, 120]
    assert clusters.capacity.tolist() == [10, 70]
    assert clusters.of_facility.tolist() == [0, 1]
    assert (clusters.numerator.tolist(), clusters.denominator.tolist()) == ([1, 3], [4, 4])


def test_block_of_equal_ratio_alone_proves_nothing() -> None:
    # R1 and R2 get 3/4 and reach A and B: 70, which R0 takes part of. Alone they lack 10, not 20.
    case = town([10, 60], [40, 40, 40], [(0, 0), (0, 1), (1, 1), (1, 2)])
    assert ratios(case)[1:] == [Fraction(3, 4)] * 2
    assert frozenset({1, 2}) not in members(clusters_of(case))


def test_town_that_has_enough_has_no_cluster() -> None:
    assert len(clusters_of(town([50], [50], [(0, 0)])).parent) == 0


@settings(deadline=None, max_examples=250)
@given(towns())
def test_clusters_are_those_of_the_definition(case: Town) -> None:
    groups = members(clusters_of(case))
    assert len(set(groups)) == len(groups)
    assert set(groups) == clusters_by_definition(case)


@settings(deadline=None, max_examples=250)
@given(towns())
def test_clusters_are_tight(case: Town) -> None:
    capacity, requirement, tails, heads = case
    clusters = clusters_of(case)
    for place, group in enumerate(members(clusters)):
        homes = sorted(group)
        reached = np.unique(tails[np.isin(heads, homes)])
        assert clusters.requirement[place] == requirement[homes].sum()
        assert clusters.capacity[place] == capacity[reached].sum()
        lack = sum((1 - ratios(case)[r]) * int(requirement[r]) for r in homes)
        assert lack == clusters.requirement[place] - clusters.capacity[place]


@settings(deadline=None, max_examples=250)
@given(towns())
def test_outermost_clusters_and_the_unreachable_lack_all_that_is_missing(case: Town) -> None:
    capacity, requirement, tails, heads = case
    clusters = clusters_of(case)
    outermost = clusters.parent < 0
    lack = (clusters.requirement - clusters.capacity)[outermost].sum()
    reached = np.unique(heads[capacity[tails] > 0])
    alone = np.delete(requirement, reached).sum()
    assert lack + alone == requirement.sum() - maximum_flow(*case).sum()


@settings(deadline=None, max_examples=250)
@given(towns(most=12))
def test_sharing_is_verified(case: Town) -> None:
    assert verified(case) == []


@pytest.mark.parametrize("seed", range(6))
def test_larger_sharing_is_verified(seed: int) -> None:
    assert verified(random_town(seed, 30, 120, 50 if seed % 2 else 100_000)) == []


ASKED = {"R1": 40, "R2": 40, "R3": 10}
LINKS = [("R1", "A"), ("R2", "A"), ("R3", "B")]
ALL = frozenset({"R1", "R2"})


@pytest.mark.parametrize(
    ("units", "clusters", "problem"),
    [
        ([40, 10, 10], [ALL], "'A' gives to some who are better off than others."),
        ([25, 24, 10], [ALL], "'A' idles while someone who reaches it lacks."),
        ([30, 30, 10], [ALL], "more is given than there is at 'A'."),
        ([25, 25, 11], [ALL], "more is received than asked for at 'R3'."),
        ([25, 25, -1], [ALL], "no link can carry less than nothing."),
        ([25, 25, 10], [ALL, frozenset({"R1"})], "the cluster of 'R1' lacks another amount."),
        ([25, 25, 10], [], "the clusters leave out or add 'R1', 'R2'."),
        ([25, 24, 10], [ALL], "some other sharing gives more."),
        (
            [25, 25, 10],
            [frozenset({"R1", "R3"}), frozenset({"R2", "R3"})],
            "the cluster of 'R2', 'R3' lies across another.",
        ),
    ],
)
def test_breach_is_told(units: list[int], clusters: list[frozenset[str]], problem: str) -> None:
    assert problem in verify_sharing({"A": 50, "B": 10}, ASKED, LINKS, units, clusters)
