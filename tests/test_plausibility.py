import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from lifecircle.read.names import name_key
from lifecircle.read.plausibility import implausible_rows

METRIC = CRS.from_epsg(4547)


def reasons(table: gpd.GeoDataFrame, area: shapely.Geometry | None = None) -> list[str]:
    return [remark.reason for remark in implausible_rows(table, source="a.csv", area=area)]


def places(*xy: tuple[float, float], **columns: list[object]) -> gpd.GeoDataFrame:
    names = columns.pop("name", [f"站{number}" for number in range(len(xy))])
    points = [shapely.Point(*spot) for spot in xy]
    return gpd.GeoDataFrame({"name": names, **columns}, geometry=points, crs=METRIC)


@pytest.mark.parametrize(("metres", "told"), [(50, ["same_name_near"]), (51, [])])
def test_the_same_name_within_50_m(metres: float, told: list[str]) -> None:
    table = places((0, 0), (metres, 0), name=["幸福里（一期）小区", "幸福里1期"])
    assert reasons(table) == told


def test_one_site_may_hold_several_of_one_name() -> None:
    table = places((0, 0), (10, 0), name=["甲站", "甲站"], site_id=["s", "s"])
    assert reasons(table) == []


@pytest.mark.parametrize(
    ("m2", "told"),
    [(19.9, 1), (20.0, 0), (200_000.0, 0), (200_001.0, 1), (float("nan"), 0), (0.0, 0)],
)
def test_floor_areas_that_are_hardly_true(m2: float, told: int) -> None:
    assert reasons(places((0, 0), floor_area_m2=[m2])) == ["area_implausible"] * told


@pytest.mark.parametrize(("people", "told"), [(149, 1), (150, 0), (600, 0), (601, 1)])
def test_persons_per_household(people: float, told: int) -> None:
    table = places((0, 0), households=[100.0], population=[float(people)])
    assert reasons(table) == ["persons_implausible"] * told


def test_over_50_000_households() -> None:
    table = places((0, 0), households=[50_001.0], population=[float("nan")])
    assert reasons(table) == ["households_implausible"]


def test_many_names_on_one_point() -> None:
    assert reasons(places(*[(5.0, 5.0)] * 4)) == []
    assert reasons(places(*[(5.0, 5.0)] * 5)) == ["many_on_one_point"]


def test_places_outside_the_area_are_counted() -> None:
    table = places((0, 0), (100, 0), (200, 0))
    assert reasons(table, shapely.box(-1, -1, 1, 1)) == ["outside_area"]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("幸福里小区", "幸福里", True),
        ("幸福里（东区）", "幸福里(东区)", True),
        ("幸福里（东区）", "幸福里（西区）", False),
        ("幸福花园", "幸福", False),
        ("ＡＢＣ 公寓", "abc公寓", True),
        ("和平三村", "和平3村", True),
        ("小区", "小区", True),
    ],
)
def test_names_are_compared_in_one_form(one: str, two: str, *, same: bool) -> None:
    assert (name_key(one) == name_key(two)) is same
