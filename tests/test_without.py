"""Groups that ask for nothing: one flow kept under way beside a new one for each group."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.supply.without import suffices_without
from towns import Town, town, towns


def grouped(groups: list[list[int]]) -> dict[str, np.ndarray]:
    first = np.cumsum([0, *(len(group) for group in groups)])
    return {"first": first, "away": np.array([home for group in groups for home in group], int)}


def plainly(case: Town, group: list[int]) -> bool:
    capacity, requirement, tails, heads = case
    asked = requirement.copy()
    asked[group] = 0
    return bool(maximum_flow(capacity, asked, tails, heads).sum() == asked.sum())


@settings(deadline=None)
@given(towns(), st.data())
def test_each_group_has_the_answer_of_a_flow_of_its_own(case: Town, data: st.DataObject) -> None:
    homes = st.lists(st.integers(0, len(case[1]) - 1), unique=True)
    groups = data.draw(st.lists(homes, max_size=12))
    found = suffices_without(*case, **grouped(groups))
    assert found.tolist() == [plainly(case, group) for group in groups]


def test_who_comes_back_asks_again() -> None:
    case = town([5, 1], [3, 4, 1], [(0, 0), (0, 1), (1, 2)])
    groups = [[0], [], [1], [0], [2]]
    assert suffices_without(*case, **grouped(groups)).tolist() == [True, False, True, True, False]
