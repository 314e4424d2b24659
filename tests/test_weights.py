"""Weighted sharing: the laws, a plain oracle in fractions, and cases by hand."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.errors import TableError
from lifecircle.supply.certificates import verify_sharing
from lifecircle.supply.fairness import fairness_breaches
from lifecircle.supply.leximin import fair_blocks, fair_flow
from lifecircle.supply.sharing import fair_share
from towns import Ints, Town, random_town, town, towns

WEIGHTS = st.lists(st.integers(1, 5), min_size=6, max_size=6)


def weights_of(case: Town, drawn: list[int]) -> Ints:
    return np.array(drawn[: len(case[1])])


def received(case: Town, flow: Ints) -> list[int]:
    got = np.zeros_like(case[1])
    np.add.at(got, case[3], flow)
    return got.tolist()


def exact_shares(case: Town, weight: Ints) -> list[Fraction]:
    blocks = fair_blocks(*case, weight=weight)
    shares = []
    for home, block in enumerate(blocks.of_residence.tolist()):
        ratio = Fraction(0)
        if block >= 0:
            ratio = Fraction(int(blocks.numerator[block]), int(blocks.denominator[block]))
        asked = int(case[1][home])
        shares.append(min(Fraction(asked), ratio * int(weight[home]) * asked))
    return shares


def level_by_filling(have: int, homes: list[tuple[int, int]]) -> Fraction | None:
    """Find the level at which requirements and weights draw just so much; None: all are full."""
    if have >= sum(asked for asked, _ in homes):
        return None
    for most in sorted({Fraction(1, weight) for _, weight in homes}):
        if sum(min(Fraction(asked), most * weight * asked) for asked, weight in homes) >= have:
            full = [home for home in homes if Fraction(1, home[1]) < most]
            rest = [home for home in homes if Fraction(1, home[1]) >= most]
            left = have - sum(asked for asked, _ in full)
            return Fraction(left, sum(asked * weight for asked, weight in rest))
    raise AssertionError


def shares_by_subsets(case: Town, weight: Ints) -> list[Fraction]:
    """Take the group with the lowest level out, with all it reaches, again and again."""
    capacity, requirement, tails, heads = (part.tolist() for part in case)
    reach = [
        {f for f, home in zip(tails, heads, strict=True) if home == r}
        for r in range(len(requirement))
    ]
    share = {r: Fraction(0) for r, asked in enumerate(requirement) if asked == 0}
    used: set[int] = set()
    while len(share) < len(requirement):
        rest = [r for r in range(len(requirement)) if r not in share]
        groups = [group for size in range(1, len(rest) + 1) for group in combinations(rest, size)]
        levels = {}
        for group in groups:
            open_ = set().union(*(reach[r] for r in group)) - used
            homes = [(requirement[r], int(weight[r])) for r in group]
            levels[group] = level_by_filling(sum(capacity[f] for f in open_), homes)
        bounds = [level for level in levels.values() if level is not None]
        if not bounds:
            share |= {r: Fraction(requirement[r]) for r in rest}
            break
        lowest = min(bounds)
        group = max((g for g in groups if levels[g] == lowest), key=len)
        for r in group:
            full = Fraction(requirement[r])
            share[r] = min(full, lowest * int(weight[r]) * requirement[r])
        used |= set().union(*(reach[r] for r in group))
    return [share[r] for r in range(len(requirement))]


def test_who_counts_twice_gets_twice_the_part() -> None:
    # 60 for two that ask for 50: 2a x 50 + a x 50 = 60, a = 2/5.
    case = town([60], [50, 50], [(0, 0), (0, 1)])
    assert exact_shares(case, np.array([2, 1])) == [40, 20]


def test_nobody_gets_more_than_is_asked_for() -> None:
    # By weight alone R0 would get 3/4 of 60; it asks for 30, and R1 gets the rest.
    case = town([60], [30, 50], [(0, 0), (0, 1)])
    assert exact_shares(case, np.array([5, 1])) == [30, 30]


def test_one_who_has_all_steps_aside_where_another_lacks() -> None:
    # R0 counts ten times; it has all from B, and so A (10) is for R1, which reaches only A.
    case = town([10, 10], [10, 20], [(0, 0), (0, 1), (1, 0)])
    assert exact_shares(case, np.array([10, 1])) == [10, 10]


@settings(deadline=None, max_examples=300)
@given(towns(), WEIGHTS)
def test_shares_are_those_of_the_lowest_groups(case: Town, drawn: list[int]) -> None:
    weight = weights_of(case, drawn)
    assert exact_shares(case, weight) == shares_by_subsets(case, weight)


@settings(deadline=None, max_examples=200)
@given(towns(), WEIGHTS)
def test_weights_leave_the_total_as_it_is(case: Town, drawn: list[int]) -> None:
    weight = weights_of(case, drawn)
    flow = fair_flow(*case, fair_blocks(*case, weight=weight), weight=weight)
    assert flow.sum() == maximum_flow(*case).sum()
    exact = exact_shares(case, weight)
    assert all(abs(a - b) < 1 for a, b in zip(received(case, flow), exact, strict=True))


@settings(deadline=None, max_examples=100)
@given(towns(), st.integers(1, 9))
def test_equal_weights_are_no_weights(case: Town, weight: int) -> None:
    homes, facilities = pd.RangeIndex(len(case[1])), pd.RangeIndex(len(case[0]))
    asked, held = pd.Series(case[1], index=homes), pd.Series(case[0], index=facilities)
    links = pd.DataFrame({"residence_id": case[3], "facility_id": case[2]})
    plain = fair_share(held, asked, links)
    same = fair_share(held, asked, links, weight=pd.Series(weight, index=homes))
    assert same.units.tolist() == plain.units.tolist()


@settings(deadline=None, max_examples=200)
@given(towns(most=12), WEIGHTS)
def test_clusters_do_not_know_weights_and_the_sharing_is_proven(
    case: Town, drawn: list[int]
) -> None:
    homes = [f"R{r}" for r in range(len(case[1]))]
    asked = dict(zip(homes, case[1].tolist(), strict=True))
    held = {f"F{f}": amount for f, amount in enumerate(case[0].tolist())}
    pairs = [(f"R{r}", f"F{f}") for f, r in zip(case[2], case[3], strict=True)]
    links = pd.DataFrame(pairs, columns=["residence_id", "facility_id"], dtype=object)
    weight = dict(zip(homes, drawn, strict=False))
    share = fair_share(pd.Series(held), pd.Series(asked), links, weight=pd.Series(weight))
    plain = fair_share(pd.Series(held), pd.Series(asked), links).clusters
    for one, other in zip(share.clusters, plain, strict=True):
        assert one.tolist() == other.tolist()
    groups: list[set[str]] = [set() for _ in plain.parent]
    for home, smallest in zip(homes, plain.of_residence.tolist(), strict=True):
        cluster = smallest
        while cluster >= 0:
            groups[cluster].add(home)
            cluster = int(plain.parent[cluster])
    clusters = [frozenset(group) for group in groups]
    units = share.units.tolist()
    assert verify_sharing(held, asked, pairs, units, clusters, weight=weight) == []


def test_idle_area_behind_one_who_has_all_is_told() -> None:
    # A gives R0 (counts ten times) all 10; B idles; R1 lacks 20 though A could be left to it.
    case = town([10, 10], [10, 20], [(0, 0), (0, 1), (1, 0)])
    weight = np.array([10, 1])
    flow = np.array([10, 0, 0])
    breaches = fairness_breaches(*case, flow, fair_blocks(*case, weight=weight), weight=weight)
    assert breaches.of_facility.tolist() == [False, True]
    assert breaches.of_residence.tolist() == [False, True]
    problems = verify_sharing(
        {"A": 10, "B": 10},
        {"R0": 10, "R1": 20},
        [("R0", "A"), ("R1", "A"), ("R0", "B")],
        flow.tolist(),
        [],
        weight={"R0": 10, "R1": 1},
    )
    assert "'B' idles while someone who reaches it lacks." in problems


@pytest.mark.parametrize("seed", range(6))
def test_larger_weighted_towns_are_proven(seed: int) -> None:
    case = random_town(seed, 30, 120, 50 if seed % 2 else 100_000)
    weight = np.random.default_rng(seed).integers(1, 300, 120)
    blocks = fair_blocks(*case, weight=weight)
    flow = fair_flow(*case, blocks, weight=weight)
    assert flow.sum() == maximum_flow(*case).sum()
    breaches = fairness_breaches(*case, flow, blocks, weight=weight)
    assert not breaches.of_facility.any()
    assert not breaches.of_residence.any()


@pytest.mark.parametrize(
    ("weight", "asked", "problem"),
    [
        (0, 5, "every weight must be a whole number from 1."),
        (2, 2**62, "requirement times weight adds up to more than 2^62 units."),
    ],
)
def test_weights_that_cannot_be_used_are_told(weight: int, asked: int, problem: str) -> None:
    links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["A"]})
    with pytest.raises(TableError, match=problem.replace("^", r"\^")):
        fair_share(
            pd.Series({"A": 5}),
            pd.Series({"R1": asked, "R2": 0}),
            links,
            weight=pd.Series({"R1": weight, "R2": 1}),
        )
