"""The sums that stand below the gap list, worked out by hand over two streets and a township."""

import pandas as pd
import pytest

from lifecircle.assessment import Assessment
from lifecircle.supply.gaps import GAP_SUMS, gap_totals

ZONES = pd.DataFrame(
    {"parent_id": ["D", "D", "D", "E", None, None]}, index=["S1", "S2", "T1", "S3", "D", "E"]
)


def gaps() -> pd.DataFrame:
    """List 10.01, 0.02 and 4 m² in district D, 1 m² in E, and 2 m² outside all streets."""
    missing = [10.01, 0.02, 4.0, 1.0, 2.0]
    return pd.DataFrame(
        {
            "level": ["street", "street", "township", "street", "street"],
            "zone_id": ["S1", "S2", "T1", "S3", "outside_zones:street"],
            **dict.fromkeys(GAP_SUMS, missing),
        }
    )


def test_a_level_adds_up_with_what_lies_outside() -> None:
    totals = gap_totals(gaps(), ZONES)["shortage_m2"]
    assert totals["street"] == 13.03
    assert totals["township"] == 4


def test_a_zone_adds_up_those_within_it_of_any_level() -> None:
    totals = gap_totals(gaps(), ZONES)["shortage_m2"]
    assert (totals["D"], totals["E"]) == (14.03, 1)


def test_where_nothing_is_missing_nothing_is_added_up() -> None:
    assert gap_totals(gaps().iloc[:0], ZONES).empty


def test_each_level_adds_up_to_what_those_who_lack_miss(example: Assessment) -> None:
    lacking = example.verdicts.loc["rule"].loc[["short", "unreachable"]]
    for level in example.gaps["level"].unique():
        total = example.gap_totals.loc[level]
        assert total["residences_short"] == lacking["residences"].sum()
        assert total["shortage_m2"] == pytest.approx(lacking["shortage_m2"].sum(), abs=0.005)
