import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.errors import TableError
from lifecircle.supply.area_units import to_m2, to_units


@pytest.mark.parametrize(
    ("area_m2", "units"),
    [(0.0, 0), (350.0, 35000), (350.005, 35001), (350.004, 35000), (1.005, 101), (0.29, 29)],
)
def test_decimal_text_is_what_is_rounded(area_m2: float, units: int) -> None:
    assert to_units(pd.Series([area_m2])).tolist() == [units]


def test_unknown_area_stays_unknown_on_its_index() -> None:
    units = to_units(pd.Series([math.nan, 2.0], index=["B", "A"]))
    assert units["A"] == 200
    assert units["B"] is pd.NA
    assert math.isnan(to_m2(units)["B"])


@pytest.mark.parametrize("area_m2", [-0.01, math.inf, 1e18])
def test_impossible_area_is_an_error_that_names_it(area_m2: float) -> None:
    with pytest.raises(TableError, match="look at 'X'"):
        to_units(pd.Series([area_m2], index=["X"]))


@given(st.integers(0, 10**12))
def test_two_decimals_survive_the_round_trip(units: int) -> None:
    series = pd.Series([units], dtype="Int64")
    assert to_units(to_m2(series)).tolist() == [units]
