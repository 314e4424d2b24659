from fractions import Fraction
from itertools import combinations
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from flows import maximum_flow
from lifecircle.errors import TableError
from lifecircle.supply.leximin import fair_blocks, fair_flow
from towns import Town, random_town, ratios, town, towns


def units(case: Town) -> list[int]:
    flow = fair_flow(*case, fair_blocks(*case))
    return np.bincount(case[3], weights=flow, minlength=len(case[1])).astype(int).tolist()


def ratios_by_subsets(case: Town) -> list[Fraction]:
    """Take the worst-off group out, with all it reaches, again and again (plain fractions)."""
    capacity, requirement, tails, heads = (part.tolist() for part in case)
    reach = [
        {f for f, home in zip(tails, heads, strict=True) if home == r}
        for r in range(len(requirement))
    ]
    ratio = {r: Fraction(1) for r, asked in enumerate(requirement) if asked == 0}
    used: set[int] = set()
    while len(ratio) < len(requirement):
        rest = [r for r in range(len(requirement)) if r not in ratio]
        groups = [group for size in range(1, len(rest) + 1) for group in combinations(rest, size)]
        bounds = {}
        for group in groups:
            facilities = set().union(*(reach[r] for r in group)) - used
            have = sum(capacity[f] for f in facilities)
            bounds[group] = Fraction(have, sum(requirement[r] for r in group))
        worst = min(1, *bounds.values())
        if worst == 1:
            group = tuple(rest)
        else:
            group = max((g for g in groups if bounds[g] == worst), key=len)
        ratio |= dict.fromkeys(group, worst)
        used |= set().union(*(reach[r] for r in group))
    return [ratio[r] for r in range(len(requirement))]


def ratios_by_programs(case: Town) -> list[float]:
    """Raise the lowest ratio, fix who can have no more, go on (linear programs)."""
    capacity, requirement, tails, heads = case
    size = len(tails)
    gets = np.zeros((len(requirement), size + 1))
    gets[heads, np.arange(size)] = 1
    gives = np.zeros((len(capacity), size + 1))
    gives[tails, np.arange(size)] = 1
    fixed = {r: 1.0 for r in range(len(requirement)) if requirement[r] == 0}

    def best(goal: npt.NDArray[np.float64], least: dict[int, float], rising: list[int]) -> float:
        floor = -gets.copy()
        floor[rising, size] = requirement[rising]
        bound = np.array([-least.get(r, 0.0) * requirement[r] for r in range(len(requirement))])
        answer = linprog(
            -goal,
            A_ub=np.vstack([gives, gets, floor]),
            b_ub=np.concatenate([capacity, requirement, bound + 1e-9]),
            bounds=[(0, None)] * size + [(0, 1)],
        )
        assert answer.status == 0
        return float(-answer.fun)

    level = np.zeros(size + 1)
    level[size] = 1
    while len(fixed) < len(requirement):
        free = [r for r in range(len(requirement)) if r not in fixed]
        lowest = best(level, fixed, free)
        floor = fixed | dict.fromkeys(free, lowest)
        highest = {r: best(gets[r], floor, []) / requirement[r] for r in free}
        fixed |= {r: lowest for r in free if highest[r] < lowest + 1e-6}
    return [fixed[r] for r in range(len(requirement))]


def feasible(case: Town, asked: list[int]) -> bool:
    return int(maximum_flow(case[0], np.array(asked), case[2], case[3]).sum()) == sum(asked)


def units_one_by_one(case: Town) -> list[int]:
    exact = [ratio * asked for ratio, asked in zip(ratios(case), case[1].tolist(), strict=True)]
    whole = [int(share) for share in exact]
    line = sorted(range(len(exact)), key=lambda r: (-(exact[r] - whole[r]), r))
    parts = ratios(case)
    for r in line:
        # A block's whole units stay in it: nobody worse off pays for another's last unit.
        more = [share + (place == r) for place, share in enumerate(whole)]
        group = [place for place in range(len(whole)) if parts[place] <= parts[r]]
        only = [share if place in group else 0 for place, share in enumerate(more)]
        mean = sum(exact[place] for place in group)
        if exact[r] > whole[r] and sum(only) <= mean and feasible(case, only):
            whole = more
    return whole


def test_three_residences_share_two_facilities() -> None:
    # A (50) is reached by R0 and R1, B (30) by R1 and R2; they ask for 40, 30 and 20: 80 of 90.
    case = town([50, 30], [40, 30, 20], [(0, 0), (0, 1), (1, 1), (1, 2)])
    assert ratios(case) == [Fraction(8, 9)] * 3
    assert units(case) == [35, 27, 18]  # 35 5/9, 26 2/3, 17 7/9


def test_who_has_more_around_cannot_help_who_has_less() -> None:
    # R0 has only A (10 of 40). R1 leaves A to it and takes B, which it shares with R2.
    case = town([10, 60], [40, 40, 40], [(0, 0), (0, 1), (1, 1), (1, 2)])
    assert ratios(case) == [Fraction(1, 4), Fraction(3, 4), Fraction(3, 4)]


def test_six_residences_in_three_blocks() -> None:
    # R0, R1: 12 of 24 (A). R2, R3: 15 of 20 (B). R4, R5: all (C); everyone also reaches C or B.
    links = [(0, 0), (0, 1), (1, 2), (1, 3), (0, 2), (2, 4), (2, 5), (1, 4), (2, 3)]
    case = town([12, 15, 20], [12, 12, 10, 10, 8, 7], links)
    # Without R3 the ratio of R2 would be 1; C has 5 to spare for R3.
    assert ratios(case) == [Fraction(1, 2), Fraction(1, 2), *[Fraction(1)] * 4]


def test_last_units_go_where_they_can() -> None:
    # All ask for 1: b and a reach F1, a, c and e F2, which has 1; both have 1. Each gets 1/2.
    case = town([1, 1], [1, 1, 1, 1], [(0, 0), (0, 1), (1, 0), (1, 2), (1, 3)])
    assert ratios(case) == [Fraction(1, 2)] * 4
    assert units(case) == [1, 1, 0, 0]
    # Two of the first three cannot be c and e: one unit stays for a or b.
    case = town([1, 1], [1, 1, 1, 1], [(1, 0), (1, 1), (0, 2), (0, 3), (1, 2)])
    assert units(case) == [1, 0, 1, 0]


def test_nothing_asked_and_nothing_there_take_no_part() -> None:
    case = town([0, 5, 5], [0, 3, 4], [(0, 1), (1, 0), (0, 0)])
    assert ratios(case) == [1, 0, 0]
    assert fair_flow(*case, fair_blocks(*case)).tolist() == [0, 0, 0]


def test_town_without_links() -> None:
    assert units(town([5], [5], [])) == [0]


@settings(deadline=None, max_examples=300)
@given(towns())
def test_ratios_are_those_of_the_worst_off_groups(case: Town) -> None:
    assert ratios(case) == ratios_by_subsets(case)


@settings(deadline=None, max_examples=40)
@given(towns())
def test_ratios_are_those_of_linear_programs(case: Town) -> None:
    np.testing.assert_allclose(
        [float(r) for r in ratios(case)], ratios_by_programs(case), atol=1e-6
    )


@settings(deadline=None, max_examples=200)
@given(towns(most=9))
def test_units_go_one_by_one_in_order_of_the_fraction(case: Town) -> None:
    assert units(case) == units_one_by_one(case)


@settings(deadline=None, max_examples=200)
@given(towns())
def test_total_is_the_maximum_and_units_are_next_to_the_exact_share(case: Town) -> None:
    got = units(case)
    assert sum(got) == maximum_flow(*case).sum()
    for share, ratio, asked in zip(got, ratios(case), case[1].tolist(), strict=True):
        assert abs(share - ratio * asked) < 1


@settings(deadline=None, max_examples=150)
@given(towns(), st.integers(0, 4), st.integers(0, 30))
def test_more_area_lowers_nobodys_share(case: Town, place: int, more: int) -> None:
    richer = case[0].copy()
    richer[place % len(richer)] += more
    assert all(a >= b for a, b in zip(ratios((richer, *case[1:])), ratios(case), strict=True))


@settings(deadline=None, max_examples=150)
@given(towns(), st.integers(0, 30), st.sets(st.integers(0, 5)))
def test_one_more_facility_lowers_nobodys_share(case: Town, area: int, homes: set[int]) -> None:
    capacity, requirement, tails, heads = case
    reached = sorted(home for home in homes if home < len(requirement))
    more = (
        np.append(capacity, area),
        requirement,
        np.append(tails, [len(capacity)] * len(reached)).astype(np.int64),
        np.append(heads, reached).astype(np.int64),
    )
    assert all(a >= b for a, b in zip(ratios(more), ratios(case), strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_larger_towns_satisfy_every_facility_and_give_the_maximum(seed: int) -> None:
    case = random_town(seed, 30, 120, 50 if seed % 2 else 100_000)
    part = ratios(case)
    flow = fair_flow(*case, fair_blocks(*case))
    assert flow.sum() == maximum_flow(*case).sum()
    given_out = np.bincount(case[2], weights=flow, minlength=len(case[0]))
    for facility in range(len(case[0])):
        reached = case[3][case[2] == facility]
        takers = case[3][(case[2] == facility) & (flow > 0)]
        wanting = [part[r] for r in reached if case[1][r] > 0]
        assert all(part[r] == min(wanting) for r in takers)
        if given_out[facility] < case[0][facility]:
            assert all(ratio == 1 for ratio in wanting)


def test_residences_of_a_hundred_thousand_households_do_not_overflow() -> None:
    # 2,000,000 units each (20 m² per 100 households) and 100,000 of them; one facility has half.
    count, asked = 100_000, 2_000_000
    homes = np.arange(count)
    case = np.array([count * asked // 2]), np.full(count, asked), homes * 0, homes
    assert set(ratios(case)) == {Fraction(1, 2)}
    assert set(units(case)) == {asked // 2}


def test_amounts_that_cannot_be_compared_exactly_are_told() -> None:
    huge = 2**40
    case = town([huge - 1], [huge, huge], [(0, 0), (0, 1)])
    with pytest.raises(TableError, match="too large to compare exactly"):
        fair_blocks(*case)


def test_more_than_anyone_could_draw_does_not_overflow() -> None:
    case = town([2**62, 5], [10, 10], [(0, 0), (1, 1)])
    assert ratios(case) == [Fraction(1), Fraction(1, 2)]


@settings(deadline=None, max_examples=60)
@given(towns(), st.randoms(use_true_random=False))
def test_who_stands_first_in_the_list_does_not_matter(case: Town, random: Random) -> None:
    capacity, requirement, tails, heads = case
    order = list(range(len(requirement)))
    random.shuffle(order)
    place = np.argsort(order)
    links = list(zip(tails.tolist(), place[heads].tolist(), strict=True))
    turned = town(capacity.tolist(), requirement[order].tolist(), links)
    assert [ratios(case)[r] for r in order] == ratios(turned)


@given(towns())
def test_one_residence_more_raises_nobody_elses_part(case: Town) -> None:
    capacity, requirement, tails, heads = case
    last = len(requirement) - 1  # comes to live there
    stays = heads != last
    before = ratios((capacity, requirement[:last], tails[stays], heads[stays]))
    assert all(then >= now for then, now in zip(before, ratios(case)[:last], strict=True))
