from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.write.disclosure import FEWEST, publishable_sums


def rank(rows: list[list[int]]) -> int:
    """Eliminate in fractions: exact, and other code than what is tested."""
    left = [[Fraction(cell) for cell in row] for row in rows]
    found = 0
    for at in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[at]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            share = row[at] / pivot[at]
            row[:] = [a - share * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found


def tells_of_few(rows: list[list[int]]) -> bool:
    """Say whether some combination of rows is zero but for fewer than `FEWEST` people."""
    people = range(len(rows[0]) if rows else 0)
    for few in combinations(people, min(FEWEST - 1, len(people))):
        others = [[cell for at, cell in enumerate(row) if at not in few] for row in rows]
        if rank(others) < rank(rows):
            return True
    return False


def one_each(rows: list[list[int]]) -> tuple[dict[object, np.ndarray], np.ndarray]:
    sums: dict[object, np.ndarray] = {at: np.array([row], bool) for at, row in enumerate(rows)}
    return sums, np.ones(len(rows[0]), dtype=np.int64)


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    people = draw(st.integers(1, 8))
    row = st.lists(st.integers(0, 1), min_size=people, max_size=people)
    return draw(st.lists(row, min_size=1, max_size=7))


@given(tables())
@settings(deadline=None, max_examples=150)
def test_nothing_of_few_can_be_had_from_what_is_published(rows: list[list[int]]) -> None:
    published = publishable_sums(*one_each(rows))
    assert not tells_of_few([row for at, row in enumerate(rows) if at in published])


@given(tables())
@settings(deadline=None, max_examples=100)
def test_nothing_is_withheld_without_need(rows: list[list[int]]) -> None:
    published = publishable_sums(*one_each(rows))
    kept = [row for at, row in enumerate(rows) if at in published]
    for at, row in enumerate(rows):
        assert at in published or tells_of_few([*kept, row])


@pytest.mark.parametrize(
    ("people", "published"), [([0, 5], {"a", "b"}), ([2, 5], {"b"}), ([3, 3], {"a", "b"})]
)
def test_a_sum_needs_three_or_nobody(people: list[int], published: set[str]) -> None:
    sums = {"a": np.array([[True, False]]), "b": np.array([[False, True]])}
    assert publishable_sums(sums, np.array(people)) == published


def test_two_sums_that_differ_by_one_person_are_not_both_published() -> None:
    sums = {"all": np.array([[True, True]]), "but one": np.array([[True, False]])}
    assert publishable_sums(sums, np.array([9, 1])) == {"all"}
