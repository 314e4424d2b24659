import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lifecircle.supply.certificates import verify_sharing
from lifecircle.supply.fairness import fairness_breaches, is_less
from lifecircle.supply.leximin import fair_blocks, fair_flow
from towns import Ints, Town, random_town, town, towns


def is_proven(case: Town, flow: Ints) -> bool:
    return not any(part.any() for part in fairness_breaches(*case, flow, fair_blocks(*case)))


def problems_from_links_alone(case: Town, flow: Ints) -> list[str]:
    return verify_sharing(
        {f"F{f}": amount for f, amount in enumerate(case[0].tolist())},
        {f"R{r}": amount for r, amount in enumerate(case[1].tolist())},
        [(f"R{r}", f"F{f}") for f, r in zip(case[2], case[3], strict=True)],
        flow.tolist(),
        [],
    )


# A (60) is reached by R0 and R1 that ask for 40 each, B (5) by R1 and by R2 that asks for 5, and
# C (5) by R2 alone: R2 has all from C, and R0 and R1 share 65 evenly, to the unit.
CASE = town([60, 5, 5], [40, 40, 5], [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)])


@pytest.mark.parametrize("flow", [[32, 28, 5, 0, 5], [33, 27, 5, 0, 5]])
def test_either_way_of_rounding_is_fair(flow: list[int]) -> None:
    assert is_proven(CASE, np.array(flow))


@pytest.mark.parametrize(
    ("flow", "facilities", "homes"),
    [
        ([31, 29, 5, 0, 5], [], [0, 1]),  # a unit from the worse-off R0 to R1
        ([32, 27, 5, 0, 5], [0], []),  # a unit of A idles beside short residences
        ([32, 28, 4, 0, 5], [1], []),  # a unit of B idles beside R1
        ([33, 28, 4, 1, 4], [1], []),  # B gives R2, which could have all from C, which idles
        ([33, 28, 5, 0, 5], [0], []),  # more than A has
        ([32, 28, 5, 0, 4], [], [2]),  # R2 lacks a unit that C has
        ([32, 28, 5, 0, 6], [2], [2]),  # more than there is, and than R2 asks for
        ([61, -1, 5, 0, 5], [0], [0, 1]),
    ],
)
def test_unfair_sharing_is_told(flow: list[int], facilities: list[int], homes: list[int]) -> None:
    breaches = fairness_breaches(*CASE, np.array(flow), fair_blocks(*CASE))
    assert set(facilities) <= set(np.flatnonzero(breaches.of_facility).tolist())
    assert set(homes) <= set(np.flatnonzero(breaches.of_residence).tolist())
    assert not is_proven(CASE, np.array(flow))


def test_claimed_ratios_are_not_believed() -> None:
    # R0 reaches A and B, R1 only B: 20 for each. Claimed: a block each, 30 and 10, as given.
    case = town([10, 30], [40, 40], [(0, 0), (1, 0), (1, 1)])
    alone = town([30, 10], [40, 40], [(0, 0), (1, 1)])
    claimed = fair_blocks(*alone)
    swapped = claimed._replace(of_facility=claimed.of_facility[[1, 0]])
    breaches = fairness_breaches(*case, np.array([10, 20, 10]), swapped)
    assert breaches.of_facility.any()


@settings(deadline=None, max_examples=300)
@given(towns())
def test_every_fair_share_is_proven(case: Town) -> None:
    assert is_proven(case, fair_flow(*case, fair_blocks(*case)))


@settings(deadline=None, max_examples=300)
@given(towns(), st.data())
def test_two_units_moved_are_always_told(case: Town, data: st.DataObject) -> None:
    flow = fair_flow(*case, fair_blocks(*case))
    capacity, _, tails, heads = case
    open_ = [f for f in range(len(capacity)) if (flow[tails == f] > 1).any()]
    assume(open_)
    links = np.flatnonzero(tails == data.draw(st.sampled_from(open_)))
    assume(len(links) > 1)
    one = data.draw(st.sampled_from(links[flow[links] > 1].tolist()))
    other = data.draw(st.sampled_from([link for link in links.tolist() if link != one]))
    assume(case[1][heads[other]] > 0)
    flow[one], flow[other] = flow[one] - 2, flow[other] + 2
    assert not is_proven(case, flow)
    told = problems_from_links_alone(case, flow)
    assert any("better off" in problem or "asked for" in problem for problem in told)


@pytest.mark.parametrize("seed", range(4))
def test_amounts_whose_products_are_beyond_32_bits_are_proven(seed: int) -> None:
    case = random_town(seed, 20, 80, 5 * 10**7)
    assert is_proven(case, fair_flow(*case, fair_blocks(*case)))


NUMBERS = st.integers(-1, 2**62)


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 2**62), NUMBERS, st.integers(1, 2**62))
def test_fractions_compare_as_in_whole_numbers(a: int, b: int, c: int, d: int) -> None:
    assert is_less(a, b, c, d) == (a * d < c * b)
    assert not is_less(a, b, a, b)


def test_arguments_are_left_as_they_were() -> None:
    flow = np.array([32, 28, 5, 0, 5])
    before = pd.Series(flow).copy()
    fairness_breaches(*CASE, flow, fair_blocks(*CASE))
    assert flow.tolist() == before.tolist()
