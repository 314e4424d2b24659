import math

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from lifecircle.errors import CrsError
from lifecircle.supply.area_units import to_units
from lifecircle.supply.zoning import (
    zone_of_points,
    zone_of_residences,
    zone_sums,
    zone_totals,
)

CRS = "EPSG:4547"


def zones(**shapes: Polygon) -> gpd.GeoDataFrame:
    """Streets of 100 households, unless the id begins with D: then it is a district."""
    return gpd.GeoDataFrame(
        {
            "level": ["district" if name.startswith("D") else "street" for name in shapes],
            "households": 100.0,
        },
        geometry=list(shapes.values()),
        index=pd.Index(list(shapes), name="zone_id"),
        crs=CRS,
    )


def places(**shapes: Polygon | Point | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=CRS)


WEST, EAST = box(0, 0, 10, 10), box(10, 0, 20, 10)
TOWN = zones(W=WEST, E=EAST, D1=box(0, 0, 20, 10))


def test_point_belongs_to_the_zone_of_each_level() -> None:
    found = zone_of_points(places(A=Point(5, 5), B=Point(15, 5)), TOWN)
    assert found["street_id"].tolist() == ["W", "E"]
    assert found["district_id"].tolist() == ["D1", "D1"]
    assert found["flags"].tolist() == ["", ""]


def test_point_on_a_border_belongs_to_the_lower_id() -> None:
    assert zone_of_points(places(A=Point(10, 5)), TOWN)["street_id"].tolist() == ["E"]


def test_point_outside_all_is_flagged_for_each_level() -> None:
    found = zone_of_points(places(A=Point(50, 5)), TOWN)
    assert found["street_id"].tolist() == [None]
    assert found["flags"].tolist() == ["outside_zones:district;outside_zones:street"]


def test_residence_belongs_whole_to_the_zone_with_most_of_it() -> None:
    found = zone_of_residences(places(R1=box(7, 0, 17, 5)), TOWN)
    assert found["street_id"].tolist() == ["E"]
    assert found["flags"].tolist() == ["zone_overlap_under_90"]


def test_nine_tenths_in_one_zone_are_enough() -> None:
    found = zone_of_residences(places(R1=box(1, 0, 11, 5)), TOWN)
    assert found["street_id"].tolist() == ["W"]
    assert found["flags"].tolist() == [""]


def test_residence_half_in_each_belongs_to_the_lower_id() -> None:
    # A tie but for the last digits: 0.1 + 0.2 is not 0.3.
    found = zone_of_residences(places(R1=box(10 - 0.3, 0, 10 + (0.1 + 0.2), 5)), TOWN)
    assert found["street_id"].tolist() == ["E"]


def test_residence_that_only_touches_a_zone_lies_outside() -> None:
    found = zone_of_residences(places(R1=box(20, 0, 30, 5)), TOWN)
    assert found["street_id"].tolist() == [None]


def test_residence_given_as_a_point_belongs_where_it_stands() -> None:
    found = zone_of_residences(places(R1=Point(5, 5), R2=Point(10, 5), R3=None), TOWN)
    assert found["street_id"].tolist() == ["W", "E", None]
    assert found["flags"].tolist()[:2] == ["", ""]


@pytest.mark.parametrize("find", [zone_of_points, zone_of_residences])
def test_two_coordinate_systems_are_an_error(find: type) -> None:
    with pytest.raises(CrsError, match="EPSG:4547"):
        find(places(A=Point(5, 5)).set_crs("EPSG:3857", allow_override=True), TOWN)


def residences(**rows: dict[str, object]) -> pd.DataFrame:
    """Ten households in W, met by 2 m², unless said otherwise."""
    plain = {
        "households": 10.0,
        "verdict": "met",
        "snapped": True,
        "reachable_facilities": 1,
        "requirement_m2": 2.0,
        "circle_m2": 2.0,
        "shortage_m2": 0.0,
        "street_id": "W",
        "district_id": "D1",
    }
    return pd.DataFrame([{**plain, **row} for row in rows.values()], index=list(rows))


def facilities(*rows: tuple[float, str | None]) -> pd.DataFrame:
    areas, streets = zip(*rows, strict=True) if rows else ((), ())
    table = {"counted_m2": areas, "street_id": streets, "district_id": "D1"}
    return pd.DataFrame(table, index=range(len(rows)))


def test_sums_of_a_zone() -> None:
    homes = residences(
        R1={},
        R2={"verdict": "unreachable", "households": 30.0, "reachable_facilities": 0,
            "circle_m2": 0.0, "shortage_m2": 6.0, "requirement_m2": 6.0},
        R3={"verdict": "no_data", "households": math.nan, "requirement_m2": math.nan,
            "shortage_m2": math.nan},
        R4={"verdict": "not_asked", "requirement_m2": 0.0},
        R5={"verdict": "no_data", "snapped": False, "reachable_facilities": 0},
        R6={"street_id": "E"},
    )  # fmt: skip
    row = zone_totals(homes, facilities((3.0, "W"), (math.nan, "W"), (4.0, "E")), TOWN).loc["W"]
    assert row["residences"] == 5
    assert row["households_in_residences"] == 60.0
    assert row["households_ratio"] == 0.6
    assert row["served_households"] == 20.0
    assert row["served_share"] == 0.4  # of the 50 households whose place is known
    assert row["met_households"] == 10.0
    assert row["met_share"] == 0.25  # of the 40 households that are judged
    counts = ["met", "short", "unreachable", "no_data", "not_asked"]
    assert [row[f"residences_{word}"] for word in counts] == [1, 0, 1, 2, 1]
    assert row[["requirement_m2", "supply_m2", "shortage_m2"]].tolist() == [10.0, 3.0, 6.0]
    assert row["allocated_m2"] == 8.0


def test_empty_zone_has_no_shares() -> None:
    row = zone_totals(residences(R1={}), facilities(), TOWN).loc["E"]
    assert (row["residences"], row["supply_m2"]) == (0, 0.0)
    assert math.isnan(row["served_share"])
    assert math.isnan(row["met_share"])


def test_what_lies_outside_has_a_row_of_its_own() -> None:
    table = zone_totals(residences(R1={"street_id": None}), facilities((3.0, None)), TOWN)
    assert table.index.tolist() == ["W", "E", "D1", "outside_zones:street"]
    row = table.loc["outside_zones:street"]
    assert (row["level"], row["residences"], row["supply_m2"]) == ("street", 1, 3.0)
    assert row["geometry"] is None
    assert math.isnan(row["households_ratio"])
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs == CRS


def test_no_row_outside_where_nothing_lies_outside() -> None:
    table = zone_totals(residences(R1={}), facilities((3.0, "E")), TOWN)
    assert table.index.tolist() == ["W", "E", "D1"]
    assert table.index.name == "zone_id"


AMOUNTS = st.integers(0, 10**7).map(lambda units: units / 100)
HOMES = st.tuples(AMOUNTS, AMOUNTS, st.sampled_from(["W", "E", None]))


@settings(deadline=None)
@given(st.lists(HOMES, min_size=1, max_size=12))
def test_zones_of_a_level_add_up_to_the_totals(rows: list[tuple[float, float, str | None]]) -> None:
    homes = residences(
        **{
            f"R{place}": {"circle_m2": circle, "shortage_m2": short, "street_id": street}
            for place, (circle, short, street) in enumerate(rows)
        }
    )
    supply = facilities(*((area, street) for area, _, street in rows))
    table = zone_totals(homes, supply, TOWN)
    totals = zone_sums(homes, supply)
    streets, district = table[table["level"] == "street"], table.loc[["D1"]]
    for name in ("allocated_m2", "shortage_m2", "supply_m2", "households_in_residences"):
        [total] = to_units(totals[[name]].astype(float)).tolist()
        assert to_units(streets[name]).sum() == to_units(district[name]).sum() == total


def test_totals_have_the_columns_of_a_zone() -> None:
    homes, supply = residences(R1={}), facilities((3.0, "W"))
    added = zone_totals(homes, supply, TOWN).columns.difference(TOWN.columns)
    assert set(zone_sums(homes, supply).index) == set(added)
