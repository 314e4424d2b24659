"""The most residences that any sharing meets in full, against every choice of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.supply import fully_met
from lifecircle.supply.fully_met import MostMet, most_met
from lifecircle.supply.leximin import fair_blocks, fair_flow
from towns import Town, random_town, town, towns


def by_every_choice(case: Town, weight: list[int]) -> int:
    """Try all sets of residences: met together if the largest flow gives them all they need."""
    capacity, need, tails, heads = case
    best = 0
    for size in range(len(need) + 1):
        for chosen in combinations(range(len(need)), size):
            asked = np.zeros_like(need)
            asked[list(chosen)] = need[list(chosen)]
            if maximum_flow(capacity, asked, tails, heads).sum() == asked.sum():
                best = max(best, sum(weight[home] for home in chosen))
    return best


def most(case: Town, weight: list[int]) -> MostMet:
    capacity, need, tails, heads = case
    return most_met(capacity, need, np.array(weight), tails, heads)


def test_one_facility_meets_one_of_two_where_the_fair_share_meets_none() -> None:
    # 40 m² for two who need 30 each.
    case = town([40], [30, 30], [(0, 0), (0, 1)])
    assert most(case, [30, 30]) == (30, 30)


def test_who_reaches_nothing_or_counts_for_nothing() -> None:
    # R0 reaches nothing; R1 needs nothing; R2 and R3 compete, but R3 does not count.
    case = town([10], [5, 0, 10, 10], [(0, 2), (0, 3)])
    assert most(case, [7, 1, 2, 0]) == (3, 3)


def test_a_facility_that_is_too_small_alone_is_no_use() -> None:
    # R0 reaches 4 + 5 but needs 10; R1 needs 5 of the second.
    case = town([4, 5], [10, 5], [(0, 0), (1, 0), (1, 1)])
    assert most(case, [100, 1]) == (1, 1)


def test_three_residences_of_the_readme() -> None:
    # 200 and 500 m²; 400 needed at the first, 300 at both, 300 at the second. The fair share
    # meets nobody; R1 and R2 can be met (300 + 300 of 700), R0 never (200 of 400).
    case = town([200, 500], [400, 300, 300], [(0, 0), (0, 1), (1, 1), (1, 2)])
    assert most(case, [20, 15, 15]) == (30, 30)


@settings(deadline=None)
@given(towns(most=12), st.data())
def test_the_pair_holds_what_every_choice_gives(case: Town, data: st.DataObject) -> None:
    size = len(case[1])
    weight = data.draw(st.lists(st.integers(0, 30), min_size=size, max_size=size))
    found = most(case, weight)
    best = by_every_choice(case, weight)
    assert found.reached <= best <= found.bound
    assert found.bound - found.reached <= 0.001 * found.bound


@settings(deadline=None)
@given(towns(most=12))
def test_no_bound_of_a_large_town_is_too_low(case: Town) -> None:
    weight = [3 * need + 1 for need in case[1].tolist()]
    best = by_every_choice(case, weight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fully_met, "_MOST_RESIDENCES", 0)
        found = most(case, weight)
    assert found.reached <= best <= found.bound


@pytest.mark.parametrize("seed", range(5))
def test_it_lies_above_the_fair_share_and_below_everybody(seed: int) -> None:
    case = random_town(seed, facilities=40, residences=150, most=10_000)
    weight = case[1] * 5 + 1
    flow = fair_flow(*case, fair_blocks(*case))
    received = np.bincount(case[3], weights=flow, minlength=len(case[1]))
    met = int(weight[received >= case[1]].sum())
    found = most_met(case[0], case[1], weight, case[2], case[3])
    assert met <= found.reached <= found.bound <= weight.sum()
    assert found.bound - found.reached <= 0.01 * found.bound


@pytest.mark.parametrize("nodes", [0, 1])  # with none, the solver has nothing to show
def test_a_search_that_ends_early_gives_a_pair_that_holds(
    nodes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    capacity, need, tails, heads = random_town(2, facilities=6, residences=40, most=10_000)
    case = capacity, need, need * 5 + 1, tails, heads
    whole = most_met(*case)
    monkeypatch.setattr(fully_met, "_NODES", nodes)
    early = most_met(*case)
    assert early.reached <= whole.bound
    assert whole.reached <= early.bound <= case[2].sum()


def test_the_same_town_gives_the_same_pair_in_any_order_of_links() -> None:
    capacity, need, tails, heads = random_town(7, facilities=30, residences=120, most=10_000)
    order = np.random.default_rng(1).permutation(len(tails))
    one = most_met(capacity, need, need * 5, tails, heads)
    assert most_met(capacity, need, need * 5, tails[order], heads[order]) == one


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    case = random_town(3, facilities=30, residences=120, most=10_000)
    most_met(case[0], case[1], case[1] * 5, case[2], case[3])
    assert capfd.readouterr() == ("", "")
