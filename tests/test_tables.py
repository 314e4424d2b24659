import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lifecircle import tables
from lifecircle.errors import CrsError, TableError
from lifecircle.tables import TableName

METRIC = 4547


def facilities(**columns: object) -> gpd.GeoDataFrame:
    data = {"kind": ["canteen", "day_care"], "floor_area_m2": [120.0, 300.0]} | columns
    points = gpd.points_from_xy([0, 10], [0, 10])
    return gpd.GeoDataFrame(data, geometry=points, index=["A", "B"], crs=METRIC)


def residences(**columns: object) -> gpd.GeoDataFrame:
    data = {"households": [100, 200]} | columns
    points = gpd.points_from_xy([0, 10], [0, 10])
    return gpd.GeoDataFrame(data, geometry=points, index=["A", "B"], crs=METRIC)


def zones(*shapes: shapely.Geometry, level: str = "street") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"level": [level] * len(shapes)}, geometry=list(shapes), crs=METRIC)


@pytest.mark.parametrize(
    ("table", "index"),
    [("facilities", "facility_id"), ("residences", "residence_id"), ("zones", "zone_id")],
)
def test_a_completed_table_has_every_column_in_order(table: TableName, index: str) -> None:
    square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=METRIC)
    complete = tables.complete(square, table)
    assert list(complete.columns) == [*tables.columns_of(table), "geometry"]
    assert complete.index.name == index


def test_unknown_numbers_are_nan_and_other_unknowns_none() -> None:
    complete = tables.complete(residences(name=["a", None]), "residences")
    assert complete["population"].isna().all()
    assert complete["population"].dtype == "float64"
    assert complete.loc["B", "name"] is None
    assert complete["households_estimated"].tolist() == [False, False]


def test_a_facility_of_unknown_status_is_taken_as_operating() -> None:
    complete = tables.complete(facilities(status=[None, "planned"]), "facilities")
    assert complete["status"].tolist() == ["operating", "planned"]


def test_arguments_are_left_as_they_were() -> None:
    given = residences()
    tables.checked(given, "residences")
    pd.testing.assert_frame_equal(pd.DataFrame(given), pd.DataFrame(residences()))


def test_ids_become_text() -> None:
    given = residences().set_axis([1, 2], axis="index")
    assert tables.checked(given, "residences").index.tolist() == ["1", "2"]


def test_everything_wrong_is_said_at_once() -> None:
    given = facilities(kind=["canteen", "teahouse"], floor_area_m2=[-1.0, 300.0], beds=["x", "2"])
    with pytest.raises(TableError) as caught:
        tables.checked(given, "facilities")
    assert str(caught.value) == (
        "facilities: 3 problem(s)\n"
        "  - column 'kind' must hold one of street_centre, township_centre, community_station, "
        "day_care, canteen, nursing_home, care_home, rural_mutual_aid, elder_school, nursery, "
        "other; found 'teahouse' in 'B'.\n"
        "  - column 'floor_area_m2' must hold numbers from 0 to 10,000,000; found -1 in 'A'.\n"
        "  - column 'beds' must hold numbers from 0 to 100,000; found 'x' in 'A'."
    )


@pytest.mark.parametrize("households", [-50, 1e12, float("inf")])
def test_impossible_households_are_an_error(households: float) -> None:
    with pytest.raises(TableError, match="column 'households' must hold numbers from 0 to"):
        tables.checked(residences(households=[100, households]), "residences")


def test_no_households_and_unknown_households_are_allowed() -> None:
    checked = tables.checked(residences(households=[0, None]), "residences")
    assert checked["households"].fillna(-1).tolist() == [0, -1]


def test_repeated_ids_are_an_error() -> None:
    given = residences().set_axis(["A", "A"], axis="index")
    with pytest.raises(TableError, match="'residence_id' must not repeat an identifier"):
        tables.checked(given, "residences")


def test_rows_are_named_as_the_caller_says() -> None:
    given = residences(households=[100, -1])
    with pytest.raises(TableError, match=r"towns\.csv: 1 problem.*\n.*found -1 in 'row 3'"):
        tables.checked(given, "residences", source="towns.csv", rows=["row 2", "row 3"])


def test_a_missing_column_is_an_error() -> None:
    with pytest.raises(TableError, match="column 'households' is missing"):
        tables.checked(residences().drop(columns="households"), "residences")


def test_words_joined_by_semicolons_are_each_known() -> None:
    tables.checked(facilities(functions=["meals;day_care", None]), "facilities")
    with pytest.raises(TableError, match="'functions' must hold one of"):
        tables.checked(facilities(functions=["meals;dancing", None]), "facilities")


def test_a_zone_may_not_be_a_point() -> None:
    with pytest.raises(TableError, match="must hold Polygon or MultiPolygon; found a Point in '0'"):
        tables.checked(zones(shapely.Point(0, 0)), "zones")


def test_an_outline_that_crosses_itself_is_an_error() -> None:
    bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(TableError, match="outlines that do not cross themselves"):
        tables.checked(zones(bowtie), "zones")


def test_a_missing_shape_is_an_error() -> None:
    given = residences()
    given.loc["B", "geometry"] = None
    with pytest.raises(TableError, match="'geometry' must hold Polygon or MultiPolygon or Point"):
        tables.checked(given, "residences")


def test_zones_of_one_level_may_touch_but_not_overlap() -> None:
    left, right = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    tables.checked(zones(left, right), "zones")
    with pytest.raises(TableError, match=r"must not overlap; these do: \('0', '1'\)"):
        tables.checked(zones(left, shapely.box(9, 0, 20, 10)), "zones")


def test_degrees_are_an_error() -> None:
    with pytest.raises(CrsError, match="is in degrees"):
        tables.checked(residences().to_crs(4326), "residences")


def test_a_missing_crs_is_an_error() -> None:
    with pytest.raises(CrsError, match="has no coordinate system"):
        tables.checked(residences().set_crs(None, allow_override=True), "residences")


def test_some_names_a_few_and_counts_the_rest() -> None:
    assert tables.some("ABCDEFG") == "'A', 'B', 'C', 'D', 'E' and 2 more"
