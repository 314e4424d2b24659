"""Measures of inequality against sums over all pairs and all households, and by hand."""

from math import isnan, log

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lifecircle.supply.equity import (
    concentration_index,
    equity_table,
    gini,
    lorenz_curve,
    lorenz_table,
    lowest_share,
    palma_ratio,
    theil,
)

Spread = tuple[pd.Series, pd.Series]
MEASURES = [gini, palma_ratio, theil, lowest_share]
measures = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.__name__)


@st.composite
def spreads(draw: st.DrawFn) -> Spread:
    pairs = draw(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1))
    assume(any(value for value, _ in pairs))
    values, weights = zip(*pairs, strict=True)
    return pd.Series(values, dtype=float) / 20, pd.Series(weights, dtype=float)


def households(spread: Spread) -> list[float]:
    """Write every household down, the worst-off first."""
    values, weights = spread
    return sorted(v for v, w in zip(values, weights, strict=True) for _ in range(int(w)))


def same(one: float, other: float) -> bool:
    return (isnan(one) and isnan(other)) or one == pytest.approx(other, abs=1e-12)


@given(spreads())
def test_gini_is_that_over_all_pairs_of_households(spread: Spread) -> None:
    everybody = households(spread)
    apart = sum(abs(one - other) for one in everybody for other in everybody)
    mean = sum(everybody) / len(everybody)
    assert gini(*spread) == pytest.approx(apart / (2 * mean * len(everybody) ** 2), abs=1e-12)


@given(spreads())
def test_theil_is_that_over_all_households(spread: Spread) -> None:
    everybody = households(spread)
    mean = sum(everybody) / len(everybody)
    parts = [value / mean * log(value / mean) for value in everybody if value > 0]
    assert theil(*spread) == pytest.approx(sum(parts) / len(everybody), abs=1e-12)


@given(spreads())
def test_shares_are_those_of_ten_times_the_households(spread: Spread) -> None:
    everybody = [value for value in households(spread) for _ in range(10)]
    size = len(everybody) // 10
    worst, best = everybody[:size], everybody[-size:]
    assert lowest_share(*spread) == pytest.approx(sum(worst) / sum(everybody), abs=1e-12)
    poor = sum(everybody[: 4 * size])
    palma = palma_ratio(*spread)
    assert isnan(palma) if poor == 0 else palma == pytest.approx(sum(best) / poor, abs=1e-9)


@given(spreads())
def test_concentration_by_the_values_is_the_gini_coefficient(spread: Spread) -> None:
    values, weights = spread
    assert concentration_index(values, weights, values) == pytest.approx(gini(*spread), abs=1e-12)
    turned = concentration_index(values, weights, -values)
    assert turned == pytest.approx(-gini(*spread), abs=1e-12)


@given(spreads(), st.data())
def test_concentration_is_that_over_all_pairs_of_households(
    spread: Spread, data: st.DataObject
) -> None:
    # C = sum over pairs of the sign of the difference in rank times that in value / (2 m n^2).
    values, weights = spread
    size = len(values)
    ranks = pd.Series(data.draw(st.lists(st.integers(0, 4), min_size=size, max_size=size)))
    rows = list(zip(values, weights, ranks, strict=True))
    total = sum(v * w for v, w, _ in rows)
    apart = sum(a * b * (x - y) * float(np.sign(p - q)) for x, a, p in rows for y, b, q in rows)
    expected = apart / (2 * total * weights.sum())
    assert concentration_index(values, weights, ranks.astype(float)) == pytest.approx(
        expected, abs=1e-12
    )


@measures
@given(spreads(), st.integers(1, 9))
def test_neither_scale_nor_replication_matters(measure: object, spread: Spread, times: int) -> None:
    values, weights = spread
    assert callable(measure)
    before = measure(values, weights)
    assert same(before, measure(values * times, weights))
    assert same(before, measure(values, weights * times))
    twice = pd.concat([values, values]), pd.concat([weights, weights])
    assert same(before, measure(*twice))


@given(spreads())
def test_bounds(spread: Spread) -> None:
    values, weights = spread
    assert -1e-12 <= gini(values, weights) < 1
    assert -1e-12 <= theil(values, weights) <= log(weights.sum()) + 1e-12
    assert 0 <= lowest_share(values, weights) <= 0.1 + 1e-12
    assert not palma_ratio(values, weights) < 0.25 - 1e-12


@pytest.mark.parametrize("size", [1, 7])
def test_equal_values(size: int) -> None:
    values, weights = pd.Series([0.3] * size), pd.Series(range(1, size + 1), dtype=float)
    assert gini(values, weights) == pytest.approx(0, abs=1e-15)
    assert theil(values, weights) == pytest.approx(0, abs=1e-15)
    assert lowest_share(values, weights) == pytest.approx(0.1)
    assert palma_ratio(values, weights) == pytest.approx(0.25)
    assert concentration_index(values, weights, weights) == pytest.approx(0, abs=1e-15)


def test_weights_by_hand() -> None:
    # Two households with 1/5, three with 4/5: 14/5 in all. Pairs apart by 3/5: 2 x 2 x 3.
    values, weights = pd.Series([0.8, 0.2]), pd.Series([3.0, 2.0])
    assert gini(values, weights) == pytest.approx(2 * 2 * 3 * 0.6 / (2 * (2.8 / 5) * 25))
    # The worst-off tenth is half a household: 1/10 of 14/5.
    assert lowest_share(values, weights) == pytest.approx(0.1 / 2.8)
    # The best-off tenth: 4/10; the worst-off four tenths: two households with 2/5.
    assert palma_ratio(values, weights) == pytest.approx(1)


def test_nothing_at_all_has_no_measure() -> None:
    none = pd.Series([0.0, 0.0]), pd.Series([1.0, 2.0])
    empty = pd.Series([], dtype=float), pd.Series([], dtype=float)
    for spread in (none, empty):
        assert all(isnan(measure(*spread)) for measure in MEASURES)
        assert isnan(concentration_index(*spread, spread[1]))


def test_palma_is_undefined_where_four_tenths_have_nothing() -> None:
    assert isnan(palma_ratio(pd.Series([0.0, 1.0]), pd.Series([4.0, 6.0])))
    assert palma_ratio(pd.Series([0.0, 1.0]), pd.Series([3.0, 7.0])) == pytest.approx(1)


def town() -> pd.DataFrame:
    """R1 (100 households) has all, R2 (300) a third; R3 is not judged, R4 asks for nothing."""
    return pd.DataFrame(
        {
            "households": [100.0, 300.0, 50.0, 0.0],
            "population": [200.0, 600.0, np.nan, np.nan],
            "older_60": [20.0, 120.0, np.nan, np.nan],
            "requirement_m2": [20.0, 60.0, 10.0, 0.0],
            "circle_m2": [20.0, 20.0, 0.0, 0.0],
            "circle_verdict": ["met", "short", "no_data", "met"],
            "street_id": ["Z1", "Z2", "Z2", None],
        },
        index=pd.Index(["R1", "R2", "R3", "R4"], name="residence_id"),
    )


def test_whole_and_zones() -> None:
    table = equity_table(town())
    assert table["level"].tolist() == ["area", "street", "street"]
    assert table["zone_id"].tolist() == [None, "Z1", "Z2"]
    whole = table.iloc[0]
    assert whole[["residences", "households"]].tolist() == [2, 400]
    assert whole["mean_served_ratio"] == pytest.approx(1 / 2)  # (100 + 300/3) / 400
    # 2 x 100 x 300 x 2/3 over 2 x 1/2 x 400^2
    assert whole["gini"] == pytest.approx(1 / 4)
    # R2, the older one (20 % against 10 %), has half of the sum at 3/4 of the households: the
    # other way round than by ratio.
    assert whole["older_concentration"] == pytest.approx(-1 / 4)
    assert table["gini"].iloc[1:].tolist() == pytest.approx([0, 0])


def test_lorenz_points_of_the_town() -> None:
    table = lorenz_table(town())
    whole = table[table["level"] == "area"]
    assert whole["households_share"].tolist() == [0, 0.75, 1]
    assert whole["ratio_share"].tolist() == pytest.approx([0, 0.5, 1])
    assert set(table["level"]) == {"area", "street"}


def test_a_town_that_nobody_can_measure() -> None:
    nobody = town().assign(circle_verdict="no_data")
    table = equity_table(nobody)
    assert table["residences"].tolist() == [0]
    assert table[["mean_served_ratio", "gini", "theil", "palma_ratio"]].isna().all(axis=None)
    assert lorenz_table(nobody)["households_share"].tolist() == [0]


@given(spreads(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(spread: Spread, chance: object) -> None:
    values, weights = spread
    order = list(range(len(values)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # hypothesis draws a random.Random
    turned = lorenz_curve(values.iloc[order], weights.iloc[order])
    pd.testing.assert_frame_equal(lorenz_curve(values, weights), turned, check_exact=True)
