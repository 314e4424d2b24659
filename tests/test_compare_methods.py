"""The script that compares methods, on towns that a reader can follow."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks/compare_methods.py"

pytestmark = pytest.mark.skipif(
    not SCRIPT.exists(), reason="an installed package has no benchmarks"
)


@cache
def compare_methods() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_methods", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def case(capacity: list[int], asked: list[int], walks: list[tuple[int, int, int]]) -> object:
    """Write walks as (residence, facility, metres); a household asks for 20 m2 a hundred."""
    home, goal, metres = (np.array(column, dtype=np.int64) for column in zip(*walks, strict=True))
    order = np.lexsort((goal, metres, home))
    need = np.array(asked, dtype=np.int64) * 100
    return compare_methods().Case(
        np.array(capacity, dtype=np.int64) * 100, need, need, need / 20.0,
        home[order], goal[order], metres[order] * 1000,
    )  # fmt: skip


def readme() -> object:
    """Put the first facility nearer to the second residence."""
    return case([200, 500], [400, 300, 300], [(0, 0, 100), (1, 0, 100), (1, 1, 200), (2, 1, 100)])


def test_greedy_depends_on_the_order() -> None:
    # Upwards the first takes all 200, the second 300 of the other, the third what is left.
    # Downwards the third has its 300, the second 200 + 100, the first nothing.
    upwards, downwards = compare_methods().greedy_both_ways(readme())
    assert (upwards / 100).tolist() == [200, 300, 200]
    assert (downwards / 100).tolist() == [0, 300, 300]
    assert compare_methods().turned_by_order(readme()) == 1


def test_the_calculation_of_the_readme_beside_the_others() -> None:
    table = compare_methods().comparison(readme(), limit_mm=900_000)
    assert table["met"].to_dict() == {
        "fair share": 0,
        "greedy, ids upwards": 1,
        "greedy, ids downwards": 2,
        # Households 2000 and 1500 go to 200 m2; 1500 go to 500 m2.
        "nearest assignment": 1,
        # 200 / 3500 and 500 / 3000 m2 a household: 114, 336 and 250 m2.
        "2SFCA": 1,
        "reachable sum": 2,
    }
    assert table.loc["nearest assignment", "served m2"] == pytest.approx(200 + 300)
    assert table.loc["2SFCA", "served m2"] == pytest.approx(200 * 4 / 7 + 300 + 250, abs=0.02)
    assert table.loc["reachable sum", "served m2"] == pytest.approx(200 + 300 + 300)


def test_two_that_count_the_same_room() -> None:
    twice = case([300], [300, 300], [(0, 0, 100), (1, 0, 100)])
    summed = compare_methods().comparison(twice, limit_mm=900_000).loc["reachable sum"]
    assert summed[["met", "too many", "households too many"]].tolist() == [2, 1, 1500]


def test_who_is_short_though_every_largest_sharing_meets_it() -> None:
    # The second reaches both; all fits if it leaves the nearer one to the first.
    fits = case([100, 100], [100, 100], [(0, 0, 300), (1, 0, 100), (1, 1, 200)])
    table = compare_methods().comparison(fits, limit_mm=900_000)
    assert table.loc["fair share", ["met", "wrongly short"]].tolist() == [2, 0]
    assert table.loc["greedy, ids downwards", ["met", "wrongly short"]].tolist() == [1, 1]
    assert table.loc["nearest assignment", ["met", "wrongly short"]].tolist() == [0, 2]
