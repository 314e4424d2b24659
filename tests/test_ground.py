"""The ground between residences, zone by zone."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.ground import apart, ground_table

CRS = "EPSG:4547"


def table(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=CRS)


def zones(level: str, **shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return table(**shapes).assign(level=level)


AREA = shapely.box(0, 0, 100, 100)


def test_ground_claimed_twice_is_the_smaller_ones() -> None:
    both = table(large=shapely.box(0, 0, 50, 50), small=shapely.box(40, 40, 60, 60))
    found = apart(both.geometry)
    assert found.area.to_dict() == {"large": 2400, "small": 400}


def test_of_equals_the_lower_id_has_it() -> None:
    both = table(b=shapely.box(0, 0, 10, 10), a=shapely.box(0, 0, 10, 10))
    assert apart(both.geometry).area.to_dict() == {"b": 0, "a": 100}


def test_ground_between_residences_is_cut_by_the_zones_of_every_level() -> None:
    streets = zones("street", S1=shapely.box(0, 0, 50, 100), S2=shapely.box(50, 0, 100, 100))
    communities = zones("community", C1=shapely.box(0, 0, 50, 50))
    both = pd.concat([streets, communities])
    ground = ground_table(table(R=shapely.box(0, 0, 10, 10)), both, area=AREA)
    ids = ground[["residence_id", "street_id", "community_id"]].astype(object)
    rows = ids.where(ids.notna(), None).assign(m2=ground.area).to_numpy().tolist()
    assert sorted(rows, key=str) == [
        ["R", "S1", "C1", 100],
        [None, "S1", "C1", 2400],
        [None, "S1", None, 2500],
        [None, "S2", None, 5000],
    ]


def test_without_zones_the_rest_is_one() -> None:
    ground = ground_table(table(R=shapely.box(0, 0, 10, 10)), None, area=AREA)
    assert ground["residence_id"].tolist() == ["R", None]
    assert ground.area.tolist() == [100, 9900]


def test_slivers_between_zones_and_area_are_no_ground() -> None:
    streets = zones("street", S1=shapely.box(0.001, 0, 99.999, 100))
    ground = ground_table(table(R=shapely.box(0, 0, 10, 10)), streets, area=AREA)
    assert ground["street_id"].tolist() == ["S1", "S1"]


squares = st.tuples(st.integers(-20, 110), st.integers(-20, 110), st.integers(1, 60))


@settings(deadline=None)
@given(st.lists(squares, max_size=8), st.integers(1, 99))
def test_ground_adds_up_and_overlaps_nowhere(
    places: list[tuple[int, int, int]], border: int
) -> None:
    homes = table(**{f"R{n}": shapely.box(x, y, x + side, y + side)
                     for n, (x, y, side) in enumerate(places)})  # fmt: skip
    if homes.empty:
        homes = table(R=shapely.box(0, 0, 1, 1))
    streets = zones("street", S1=shapely.box(0, 0, border, 100))
    ground = ground_table(homes, streets, area=AREA)
    whole = shapely.union_all([*homes.geometry, AREA]).area
    assert ground.area.sum() == pytest.approx(whole)
    assert shapely.union_all(ground.geometry.to_numpy()).area == pytest.approx(whole)
