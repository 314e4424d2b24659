import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.errors import TableError
from lifecircle.supply.circle import circle_ledger
from lifecircle.supply.priority import residence_priority, whole_weights


def homes(*priority: float) -> gpd.GeoDataFrame:
    """Stand 10 m apart; 4, 6, 8 ... of 100 are 80 or older."""
    count = len(priority)
    table = {"priority": priority, "older_80": np.arange(count) * 2.0 + 4, "population": 100.0}
    spots = [shapely.Point(10 * at + 5, 5) for at in range(count)]
    ids = [f"R{at}" for at in range(count)]
    return gpd.GeoDataFrame(table, index=ids, geometry=spots, crs=4547)


def zones() -> gpd.GeoDataFrame:
    """Z0 holds R0, Z1 holds R1 and so on, and all lie in Z."""
    shapes = [shapely.box(10 * at, 0, 10 * at + 10, 10) for at in range(3)]
    levels = ["street"] * 3 + ["city"]
    ids = pd.Index(["Z0", "Z1", "Z2", "Z"], name="zone_id")
    shapes.append(shapely.box(0, 0, 30, 10))
    return gpd.GeoDataFrame({"level": levels}, index=ids, geometry=shapes, crs=4547)


NONE = float("nan")


def test_the_table_comes_first_then_the_largest_that_applies() -> None:
    found = residence_priority(
        homes(NONE, NONE, 3.0),
        zones(),
        of_zones={"Z1": 1.2, "Z": 1.1, "Z2": 5.0},
        older_80_share_above=0.05,
        older_80_weight=1.5,
    )
    # R0: 4 % are older, so only Z; R1: 6 %, 1.5 against 1.2; R2: its own 3.
    assert found.to_dict() == {"R0": 1.1, "R1": 1.5, "R2": 3.0}


def test_the_share_must_be_above_and_known() -> None:
    table = homes(NONE, NONE)
    table.loc["R1", "population"] = NONE
    rule = {"older_80_share_above": 0.04, "older_80_weight": 2.0}
    assert residence_priority(table, None, of_zones={}, **rule).tolist() == [1, 1]


def test_a_weight_for_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(TableError, match=r"\[priority\] names no known zone: 'X'"):
        residence_priority(homes(NONE), zones(), of_zones={"X": 2.0, "Z": 2.0})


@pytest.mark.parametrize(
    ("weights", "whole"),
    [([1, 1], [1, 1]), ([2, 2], [1, 1]), ([0.1, 0.3], [1, 3]), ([1, 1.25, 0.5], [4, 5, 2])],
)
def test_whole_weights_keep_the_proportion(weights: list[float], whole: list[int]) -> None:
    assert whole_weights(pd.Series(weights, dtype=float)).tolist() == whole


def test_who_counts_more_gets_more_of_what_is_short() -> None:
    # 24 m² for two that ask for 20 each, R2 at 1.5: 24 = a x 20 + a x 30, so a = 0.48.
    terms = pd.DataFrame(
        {
            "asked": True,
            "reason": None,
            "requirement_units": pd.array([2000, 2000], dtype="Int64"),
            "own_units": pd.array([0, 0], dtype="Int64"),
        },
        index=["R1", "R2"],
    )
    counted = pd.DataFrame(
        {"counted_units": pd.array([2400], dtype="Int64"), "site": "A", "serves_id": None},
        index=["A"],
    )
    links = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": ["A", "A"]})
    weight = pd.Series({"R2": 1.5, "R1": NONE})
    circle = circle_ledger(terms, counted, links, priority=weight)
    assert circle.residences["circle_m2"].tolist() == [9.6, 14.4]
    assert circle.clusters["shortage_m2"].tolist() == [16.0]
