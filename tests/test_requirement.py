import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.errors import TableError
from lifecircle.standards.profile import read_standard
from lifecircle.supply.requirement import required_units, residence_terms

NEW, EXISTING = read_standard("weihai-2022").floor_area_rules


def residences(**columns: object) -> pd.DataFrame:
    table = {"households": 100.0, "status": "new", "own_floor_area_m2": math.nan, "pool_id": None}
    return pd.DataFrame({**table, **columns}, index=pd.Index(["R1", "R2"], name="residence_id"))


@pytest.mark.parametrize(
    ("households", "rate", "units"),
    [
        (101, 20, 2020),  # 20.20 m²
        (0, 20, 0),
        (1, Decimal("12.5"), 13),  # 0.125 m² is 12.5 units
        (2, Decimal("12.5"), 25),
        (3, Decimal("0.1"), 1),
        (10, Decimal("0.1"), 1),  # binary 0.1 would make it 2
        (7, Fraction(100, 7), 100),
        (1.5, 20, 30),
        (0.1, 10, 1),
    ],
)
def test_requirement_is_rounded_up_exactly(
    households: float, rate: Decimal | Fraction | int, units: int
) -> None:
    series = pd.Series([float(households)])
    assert required_units(series, m2_per_100_households=rate).tolist() == [units]


@given(st.integers(0, 10**9), st.fractions(0, 1000, max_denominator=1000))
def test_requirement_is_the_least_whole_number_that_suffices(homes: int, rate: Fraction) -> None:
    [units] = required_units(pd.Series([float(homes)]), m2_per_100_households=rate).tolist()
    assert units - 1 < homes * rate <= units


@pytest.mark.parametrize("households", [-50.0, math.inf])
def test_impossible_households_are_an_error(households: float) -> None:
    with pytest.raises(TableError, match="'households' must be finite and >= 0; look at 'R7'"):
        required_units(pd.Series([households], index=["R7"]), m2_per_100_households=20)


def test_requirement_beyond_the_range_is_an_error() -> None:
    with pytest.raises(TableError, match="too many"):
        required_units(pd.Series([1e18]), m2_per_100_households=20)


def test_each_status_has_its_own_rule_rate_and_ledger() -> None:
    terms = residence_terms(residences(status=["existing", "new"]), [NEW, EXISTING])
    assert terms["requirement_units"].tolist() == [1500, 2000]
    assert terms["ledger"].tolist() == ["circle", "own"]
    assert terms["rule_id"].tolist() == ["weihai-2022-existing", "weihai-2022-new"]
    assert terms["clause"].tolist() == ["二(二)", "二(二)"]
    assert terms["reason"].tolist() == [None, None]


def test_status_without_a_rule_is_not_asked() -> None:
    terms = residence_terms(residences(status=["existing", "new"]), [NEW])
    assert terms["asked"].tolist() == [False, True]
    assert terms["requirement_units"].tolist() == [0, 2000]
    assert terms["rule_id"].tolist() == [None, NEW.id]


def test_unknown_households_leave_the_requirement_unknown() -> None:
    terms = residence_terms(residences(households=[math.nan, 0.0]), [NEW])
    assert terms["requirement_units"].tolist() == [pd.NA, 0]
    assert terms["reason"].tolist() == ["households_unknown", None]


def test_unknown_status_leaves_the_rule_unknown() -> None:
    terms = residence_terms(residences(status=[None, "new"]), [NEW, EXISTING])
    assert terms["requirement_units"].tolist() == [pd.NA, 2000]
    assert terms["reason"].tolist() == ["status_unknown", None]
    assert terms["ledger"].tolist() == [None, "own"]
    assert terms["asked"].tolist() == [True, True]


def test_rule_for_all_does_not_need_the_status() -> None:
    rules = read_standard("walk-20").floor_area_rules
    terms = residence_terms(residences(status=[None, "new"]), rules)
    assert terms["requirement_units"].tolist() == [2000, 2000]
    assert terms["reason"].tolist() == [None, None]


def test_pools_and_least_sites_come_with_the_rule() -> None:
    table = residences(pool_id="P", own_floor_area_m2=[12.5, math.nan])
    arguments = NEW.arguments.model_copy(update={"min_site_m2": Decimal("350.5"), "pooled": False})
    alone = replace(NEW, arguments=arguments)
    assert residence_terms(table, [NEW])["pool_id"].tolist() == ["P", "P"]
    terms = residence_terms(table, [alone])
    assert terms["pool_id"].tolist() == [None, None]
    assert terms["min_site_units"].tolist() == [35050, 35050]
    assert terms["own_units"].tolist() == [1250, pd.NA]
