import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from lifecircle.supply.transport import cheapest_flow

Ints = npt.NDArray[np.int64]
Task = tuple[Ints, Ints, Ints, Ints, Ints]


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Draw what someone gave, then forget along which links."""
    facilities, residences = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    pairs = st.tuples(st.integers(0, facilities - 1), st.integers(0, residences - 1))
    links = sorted(draw(st.lists(pairs, unique=True, max_size=25)))
    ends = np.array(links, dtype=np.int64).reshape(-1, 2)
    units = draw(st.lists(st.integers(0, 9), min_size=len(links), max_size=len(links)))
    spare = draw(st.lists(st.integers(0, 3), min_size=facilities, max_size=facilities))
    cost = draw(st.lists(st.integers(0, 5), min_size=len(links), max_size=len(links)))
    capacity, given_ = np.array(spare), np.zeros(residences, dtype=np.int64)
    np.add.at(capacity, ends[:, 0], units)
    np.add.at(given_, ends[:, 1], units)
    return capacity, given_, ends[:, 0].copy(), ends[:, 1].copy(), np.array(cost, dtype=np.int64)


def lowest_cost(task: Task) -> float:
    """Ask a linear program."""
    capacity, given_, tails, heads, cost = task
    if not len(tails):
        return 0.0
    links, one = np.arange(len(tails)), np.ones(len(tails))
    gives = coo_array((one, (tails, links)), shape=(len(capacity), len(tails)))
    gets = coo_array((one, (heads, links)), shape=(len(given_), len(tails)))
    answer = linprog(cost, A_ub=gives, b_ub=capacity, A_eq=gets, b_eq=given_, method="highs")
    assert answer.status == 0
    return float(answer.fun)


def test_the_near_one_gives_as_far_as_it_can() -> None:
    # Both reach A (7 m) and B (9 m or 20 m); moving R2 to B costs 13 m a unit, moving R1 2 m.
    flow = cheapest_flow(
        np.array([5, 9]), np.array([4, 4]), *map(np.array, ([0, 0, 1, 1], [0, 1, 0, 1])),
        np.array([7, 7, 9, 20]),
    )  # fmt: skip
    assert flow.tolist() == [1, 4, 3, 0]


def test_amounts_of_a_province_do_not_overflow() -> None:
    far = 10**7
    flow = cheapest_flow(
        np.array([2**60, 2**60]), np.array([2**60 + 1]), *map(np.array, ([0, 1], [0, 0])),
        np.array([far, far - 1]),
    )  # fmt: skip
    assert flow.tolist() == [1, 2**60]


def test_more_than_there_is_cannot_be_given() -> None:
    with pytest.raises(ValueError, match="cannot give"):
        cheapest_flow(np.array([3]), np.array([4]), np.array([0]), np.array([0]), np.array([1]))
    with pytest.raises(ValueError, match="cannot give"):
        cheapest_flow(np.array([0]), np.array([4]), np.array([0]), np.array([0]), np.array([1]))


@settings(deadline=None, max_examples=150)
@given(tasks())
def test_nothing_is_cheaper(task: Task) -> None:
    capacity, given_, tails, heads, cost = task
    flow = cheapest_flow(*task)
    assert (flow >= 0).all()
    assert np.bincount(heads, flow, len(given_)).tolist() == given_.tolist()
    assert (np.bincount(tails, flow, len(capacity)) <= capacity).all()
    assert (flow * cost).sum() == pytest.approx(lowest_cost(task))


@settings(deadline=None, max_examples=50)
@given(tasks(), tasks())
def test_a_town_elsewhere_changes_nothing(here: Task, there: Task) -> None:
    facilities, residences = len(there[0]), len(there[1])
    both = (
        np.concatenate([there[0], here[0]]),
        np.concatenate([there[1], here[1]]),
        np.concatenate([there[2], here[2] + facilities]),
        np.concatenate([there[3], here[3] + residences]),
        np.concatenate([there[4], here[4]]),
    )
    assert cheapest_flow(*both)[len(there[2]) :].tolist() == cheapest_flow(*here).tolist()
