"""Groups that ask for nothing: one flow kept under way beside a new one for each group."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.flow import maximum_flow
from lifecircle.supply.without import suffices_without
from towns import Town, town, towns


def grouped(groups: list[list[int]]) -> dict[str, np.ndarray]:
    first = np.cumsum([0, *(len(group) for group in groups)])
    return {"first": first, "away": np.array([home for group in groups for home in group], int)}


def plainly(case: Town, group: list[int], judged: np.ndarray) -> bool:
    """Serve the rest first: what they can have at most must leave enough for the judged."""
    capacity, requirement, tails, heads = case
    asked = requirement.copy()
    asked[group] = 0
    rest = np.where(judged, 0, asked)
    most, most_of_rest = (
        maximum_flow(capacity, each, tails, heads).sum() for each in (asked, rest)
    )
    return bool(most == most_of_rest + asked[judged].sum())


@settings(deadline=None)
@given(towns(), st.data())
def test_each_group_has_the_answer_of_a_flow_of_its_own(case: Town, data: st.DataObject) -> None:
    homes = st.lists(st.integers(0, len(case[1]) - 1), unique=True)
    groups = data.draw(st.lists(homes, max_size=12))
    some = st.lists(st.booleans(), min_size=len(case[1]), max_size=len(case[1]))
    judged = np.array(data.draw(st.just([True] * len(case[1])) | some), dtype=bool)
    found = suffices_without(*case, **grouped(groups), judged=judged)
    assert found.tolist() == [plainly(case, group, judged) for group in groups]


def test_who_comes_back_asks_again() -> None:
    case = town([5, 1], [3, 4, 1], [(0, 0), (0, 1), (1, 2)])
    groups = [[0], [], [1], [0], [2]]
    everyone = np.ones(3, dtype=bool)
    found = suffices_without(*case, **grouped(groups), judged=everyone)
    assert found.tolist() == [True, False, True, True, False]


def test_who_is_not_judged_takes_part_all_the_same() -> None:
    # 5 units for two who ask for 3 and 4, another 1 for the third alone: whoever of the two is
    # asked about may go short; the third never does, though one of the others must.
    case = town([5, 1], [3, 4, 1], [(0, 0), (0, 1), (1, 2)])
    alone = {home: np.arange(3) == home for home in range(3)}
    found = [suffices_without(*case, **grouped([[]]), judged=each)[0] for each in alone.values()]
    assert found == [False, False, True]
