import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.supply.flow import flow_state
from lifecircle.supply.leximin import fair_blocks, fair_flow
from lifecircle.supply.link_order import by_second_end
from lifecircle.supply.settle import settle_units, withdraw_units
from towns import Ints, Town, town, towns

# A and B have 1 each; R0 and R1 reach A, R2 reaches both.
PAIR = town([1, 1], [0, 0, 0], [(0, 0), (0, 1), (0, 2), (1, 2)])


def settled(case: Town, line: list[int], units_left: int) -> list[int]:
    state = flow_state(*case, by_second_end(case[3], len(case[1])))
    block = np.zeros(len(case[1]), dtype=np.int64)
    return settle_units(state, np.array(line), block, np.array([units_left])).tolist()


@pytest.mark.parametrize(
    ("line", "units_left", "more"),
    [
        ([0, 1, 2], 2, [1, 0, 1]),  # R1 cannot: A's only unit is R0's, and B is out of reach
        ([2, 1, 0], 2, [0, 1, 1]),  # R2 first takes A's or B's; R1 still gets A's
        ([0, 1, 2], 1, [1, 0, 0]),
        ([0, 1, 2], 0, [0, 0, 0]),
        ([1], 2, [0, 1, 0]),
    ],
)
def test_units_go_to_the_first_in_line_who_can_have_one(
    line: list[int], units_left: int, more: list[int]
) -> None:
    assert settled(PAIR, line, units_left) == more


def test_units_not_meant_are_taken_back() -> None:
    state = flow_state(np.array([2]), np.array([0, 1]), *[np.array(x) for x in ([0, 0], [0, 1])],
                       by_second_end(np.array([0, 1]), 2))  # fmt: skip
    state.flow[0], state.left[0] = 1, 1
    withdraw_units(state, np.array([0, 1]), np.array([1, 1]))
    assert (state.flow.tolist(), state.left.tolist(), state.wanted.tolist()) == (
        [0, 0],
        [2],
        [0, 0],
    )


def sets_that_fit(case: Town, line: list[int]) -> list[int]:
    """Go through the line; take each with whom all taken so far can have a unit (max-flow)."""
    taken = np.zeros_like(case[1])
    for home in line:
        taken[home] += 1
        if maximum_flow(case[0], taken, case[2], case[3]).sum() < taken.sum():
            taken[home] -= 1
    return taken.tolist()


@settings(deadline=None, max_examples=200)
@given(towns(most=2), st.data())
def test_line_is_gone_through_as_by_maximum_flows(case: Town, data: st.DataObject) -> None:
    line = data.draw(st.permutations(range(len(case[1]))))
    empty = (case[0], np.zeros_like(case[1]), *case[2:])
    assert settled(empty, line, int(case[0].sum())) == sets_that_fit(empty, line)


@st.composite
def scarce_towns(draw: st.DrawFn) -> Town:
    """Many ask for one unit each of few facilities, so that not all first in line can have one."""
    homes = draw(st.integers(4, 9))
    pairs = st.tuples(st.integers(0, 2), st.integers(0, homes - 1))
    links = draw(st.lists(pairs, unique=True, min_size=homes, max_size=2 * homes))
    capacity = draw(st.lists(st.integers(1, 2), min_size=3, max_size=3))
    return town(capacity, [1] * homes, links)


@settings(deadline=None, max_examples=300)
@given(scarce_towns())
def test_trying_the_first_in_line_together_changes_nothing(case: Town) -> None:
    blocks = fair_blocks(*case)
    got: Ints = np.zeros_like(case[1])
    np.add.at(got, case[3], fair_flow(*case, blocks))
    for block in range(len(blocks.numerator)):
        homes = np.flatnonzero(blocks.of_residence == block)
        if blocks.numerator[block] == blocks.denominator[block]:
            assert (got[homes] == 1).all()
            continue
        inside = (blocks.of_facility[case[2]] == block) & np.isin(case[3], homes)
        own = np.where(blocks.of_facility == block, case[0], 0)
        part = own, np.zeros_like(case[1]), case[2][inside], case[3][inside]
        assert got[homes].tolist() == np.array(sets_that_fit(part, homes.tolist()))[homes].tolist()
