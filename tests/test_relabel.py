from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.supply.flow import FlowState, flow_state
from lifecircle.supply.link_order import by_second_end
from lifecircle.supply.relabel import UNREACHED, forget_levels, push_all, spread_levels
from lifecircle.supply.spanning import even_out, joined
from towns import Town, random_town, town, towns


def state_of(case: Town) -> FlowState:
    return flow_state(*case, by_second_end(case[3], len(case[1])))


def amounts(case: Town, state: FlowState) -> bool:
    """Tell whether what flows, is left and is wanted adds up to what there was."""
    given_out, got = np.zeros_like(case[0]), np.zeros_like(case[1])
    np.add.at(given_out, case[2], state.flow)
    np.add.at(got, case[3], state.flow)
    whole = (given_out + state.left == case[0]).all() and (got + state.wanted == case[1]).all()
    return bool(whole and min(state.flow.min(initial=0), state.left.min(), state.wanted.min()) >= 0)


def test_what_one_cannot_use_is_passed_on_over_two_residences() -> None:
    # A (10) reaches R0, B (10) R0 and R1, C (10) R1 and R2. Each asks for 10.
    case = town([10, 10, 10], [10, 10, 10], [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)])
    state = state_of(case)
    for link, facility, home in ((1, 1, 0), (3, 2, 1)):  # B gave R0, C gave R1: R2 has nothing
        state.flow[link] = 10
        state.left[facility] = state.wanted[home] = 0
    push_all(state)
    assert state.flow.tolist() == [10, 0, 10, 0, 10]
    assert (state.left.sum(), state.wanted.sum()) == (0, 0)


def test_the_widest_cut_is_around_what_can_still_be_reached() -> None:
    # A (10 for R0's 4) has some left; B (3 for R1's 5) has not.
    state = state_of(town([10, 3], [4, 5], [(0, 0), (1, 1)]))
    push_all(state)
    assert (state.facility_level >= 0).tolist() == [True, False]
    assert (state.residence_level >= 0).tolist() == [True, False]


@settings(deadline=None, max_examples=200)
@given(towns())
def test_pushing_gives_as_much_as_searching_path_by_path(case: Town) -> None:
    state = state_of(case)
    push_all(state)
    assert amounts(case, state)
    assert state.flow.sum() == maximum_flow(*case).sum()


@settings(deadline=None, max_examples=200)
@given(towns(), st.randoms(use_true_random=False))
def test_from_any_flow_nobody_loses_what_they_have(case: Town, random: Random) -> None:
    state = state_of(case)
    for link in range(len(case[2])):
        most = min(state.left[case[2][link]], state.wanted[case[3][link]])
        state.flow[link] = random.randint(0, int(most))
        state.left[case[2][link]] -= state.flow[link]
        state.wanted[case[3][link]] -= state.flow[link]
    before = state.wanted.copy()
    push_all(state)
    assert amounts(case, state)
    assert (state.wanted <= before).all()
    assert state.flow.sum() == maximum_flow(*case).sum()


@settings(deadline=None, max_examples=200)
@given(towns(), st.randoms(use_true_random=False))
def test_evening_out_keeps_a_flow_a_flow(case: Town, random: Random) -> None:
    state = state_of(case)
    for link in range(len(case[2])):
        most = min(state.left[case[2][link]], state.wanted[case[3][link]])
        state.flow[link] = random.randint(0, int(most))
        state.left[case[2][link]] -= state.flow[link]
        state.wanted[case[3][link]] -= state.flow[link]
    even_out(state)
    assert amounts(case, state)


def test_evening_out_brings_what_is_left_along_a_chain() -> None:
    # A has 2 left and R2 wants 2: A gives R0 2 more, B R0 2 less and R1 2 more, C R1 2 less and R2
    # 2 more.
    case = town([7, 10, 5], [10, 7, 5], [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)])
    state = state_of(case)
    state.flow[:] = [5, 5, 5, 2, 3]
    state.left[:], state.wanted[:] = [2, 0, 0], [0, 0, 2]
    even_out(state)
    assert state.flow.tolist() == [7, 3, 7, 0, 5]
    assert amounts(case, state)


def test_amounts_near_the_bound_do_not_overflow_in_the_forest() -> None:
    half = 2**61
    case = town([half, half], [half, half], [(0, 0), (0, 1), (1, 1)])
    state = state_of(case)
    state.flow[:] = [1, 1, half - 1]
    state.left[:], state.wanted[:] = [half - 2, 1], [half - 1, 0]
    even_out(state)
    assert amounts(case, state)


def test_levels_are_the_numbers_of_links() -> None:
    case = town([1, 1], [1, 1], [(0, 0), (1, 0), (1, 1)])
    state = state_of(case)
    forget_levels(state)
    state.residence_level[0] = 0
    nodes = np.array([2, 0, 0, 0])
    spread_levels(state, nodes, 1, False)  # noqa: FBT003 - compiled
    assert state.facility_level.tolist() == [1, 1]
    assert state.residence_level.tolist() == [0, UNREACHED]  # nothing flows that could come back


def test_joined_names_the_lowest() -> None:
    assert joined(np.array([3, 1]), np.array([1, 4]), 5).tolist() == [0, 1, 2, 1, 1]


def test_a_larger_town_is_shared_out_twice_alike() -> None:
    case = random_town(3, 40, 200, 1000)
    one, other = state_of(case), state_of(case)
    push_all(one)
    push_all(other)
    assert one.flow.tobytes() == other.flow.tobytes()
