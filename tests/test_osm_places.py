"""Facilities and residences from OpenStreetMap files."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pandas as pd
import pytest
from pydantic import ValidationError
from pyproj import CRS, Transformer

from lifecircle.errors import CrsError, NetworkError
from lifecircle.read.osm_kinds import facility_kind
from lifecircle.read.osm_places import read_osm_facilities, read_osm_residences
from lifecircle.study import HouseholdRule
from lifecircle.tables import FACILITY_COLUMNS, RESIDENCE_COLUMNS, checked

GK_120 = CRS("EPSG:4549")
TO_DEGREES = Transformer.from_crs(GK_120, "EPSG:4326", always_xy=True).transform
# A corner of the grid of 150 m, on the central meridian.
EAST_M, NORTH_M = 500_100.0, 3_330_000.0

DATA = Path(__file__).parents[2] / "shared/data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not beside us")

# Two storeys of which all is home, 50 m² each: 10 m x 10 m are 4 households.
RULE = HouseholdRule(default_levels=2, net_share=1, m2_per_household=50)
HOME_FOR_SENIORS = {
    "amenity": "social_facility",
    "social_facility": "group_home",
    "social_facility:for": "senior",
}

Tags = dict[str, str]


class Town:
    """A drawing board: metres in, an OSM file out. Ways and relations count from 1 up."""

    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.ways: list[str] = []
        self.relations: list[str] = []

    def point(self, x_m: float, y_m: float, tags: Tags | None = None) -> int:
        longitude, latitude = TO_DEGREES(EAST_M + x_m, NORTH_M + y_m)
        place = f'lon="{longitude:.9f}" lat="{latitude:.9f}"'
        number = len(self.nodes) + 1
        self.nodes.append(f'<node id="{number}" {place}>{spelled(tags or {})}</node>')
        return number

    def way(self, nodes: list[int], tags: Tags) -> int:
        steps = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.ways.append(f'<way id="{len(self.ways) + 1}">{steps}{spelled(tags)}</way>')
        return len(self.ways)

    def box(self, x_m: float, y_m: float, tags: Tags, *, width_m: float = 10.0) -> int:
        corners = [(0.0, 0.0), (width_m, 0.0), (width_m, 10.0), (0.0, 10.0)]
        nodes = [self.point(x_m + dx, y_m + dy) for dx, dy in corners]
        return self.way([*nodes, nodes[0]], tags)

    def relation(self, outers: list[int], inners: list[int], tags: Tags) -> int:
        members = [f'<member type="way" ref="{way}" role="outer"/>' for way in outers]
        members += [f'<member type="way" ref="{way}" role="inner"/>' for way in inners]
        text = "".join(members) + spelled({"type": "multipolygon", **tags})
        number = len(self.relations) + 1
        self.relations.append(f'<relation id="{number}">{text}</relation>')
        return number

    def save(self, folder: Path) -> Path:
        path = folder / "town.osm"
        body = "".join([*self.nodes, *self.ways, *self.relations])
        text = f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{body}</osm>'
        path.write_text(text, encoding="utf-8")
        return path


def spelled(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(text)}/>" for key, text in tags.items())


@pytest.fixture
def town() -> Town:
    return Town()


def facilities_of(town: Town, folder: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    return read_osm_facilities(town.save(folder), crs=GK_120)


def residences_of(town: Town, folder: Path) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    return read_osm_residences(town.save(folder), crs=GK_120, rule=RULE)


def remarks(quality: pd.DataFrame, reason: str) -> list[str]:
    return quality.loc[quality["reason"] == reason, "found"].to_list()


# --- kinds


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "nursing_home"}, "nursing_home"),
        ({"amenity": "nursing_home", "social_facility:for": "disabled"}, None),
        ({"amenity": "social_facility", "social_facility": "nursing_home"}, "nursing_home"),
        ({"healthcare": "nursing"}, "care_home"),
        (HOME_FOR_SENIORS, "nursing_home"),
        ({**HOME_FOR_SENIORS, "social_facility": "assisted_living"}, "nursing_home"),
        ({**HOME_FOR_SENIORS, "social_facility:for": "disabled;senior"}, "nursing_home"),
        ({"amenity": "social_facility", "social_facility": "group_home"}, None),
        ({**HOME_FOR_SENIORS, "social_facility": "day_care"}, "day_care"),
        ({**HOME_FOR_SENIORS, "social_facility": "outreach"}, "community_station"),
        ({**HOME_FOR_SENIORS, "social_facility": "ambulatory_care"}, "community_station"),
        ({**HOME_FOR_SENIORS, "social_facility": "soup_kitchen"}, "canteen"),
        ({**HOME_FOR_SENIORS, "social_facility": "shelter"}, "other"),
        ({"amenity": "social_facility"}, None),
        ({"amenity": "community_centre", "community_centre:for": "senior"}, "community_station"),
        ({"amenity": "community_centre"}, None),
        ({"amenity": "childcare"}, "nursery"),
        ({"amenity": "kindergarten"}, None),
        ({"amenity": "kindergarten", "childcare": "yes"}, "nursery"),
        ({"amenity": "kindergarten", "name": "阳光托育园"}, "nursery"),
        ({"amenity": "social_facility", "name": "滨河街道综合养老服务中心"}, "street_centre"),
        ({**HOME_FOR_SENIORS, "name": "滨河社区日间照料中心"}, "day_care"),
        ({"amenity": "restaurant", "name": "滨河长者饭堂"}, "canteen"),
        ({"amenity": "restaurant", "name": "大食堂"}, None),
        ({"amenity": "hospital", "name": "仁济护理院"}, "care_home"),
        ({"amenity": "college", "name": "市老年大学"}, "elder_school"),
        ({"amenity": "social_facility", "name": "桃园敬老院"}, "nursing_home"),
        (
            {"amenity": "social_facility", "name": "儿童福利院", "social_facility:for": "child"},
            None,
        ),
        ({"amenity": "community_centre", "name": "党群服务驿站"}, None),
        ({"amenity": "parking", "name": "桃园敬老院停车场"}, None),
    ],
)
def test_kind_is_told_from_name_and_tags(tags: Tags, kind: str | None) -> None:
    found = facility_kind(tags)
    assert (found.kind if found else None) == kind


def test_chinese_name_beats_another_language() -> None:
    found = facility_kind({**HOME_FOR_SENIORS, "name": "Riverside", "name:zh": "滨河日间照料中心"})
    assert found is not None
    assert (found.kind, found.reason, found.because) == (
        "day_care",
        "kind_from_name",
        "滨河日间照料中心",
    )


# --- facilities


def test_a_node_is_a_facility(town: Town, tmp_path: Path) -> None:
    town.point(30, 40, {**HOME_FOR_SENIORS, "name": "Sunset", "capacity": "80", "level": "2"})
    facilities, quality = facilities_of(town, tmp_path)
    row = facilities.loc["osm:n1"]
    assert (row["name"], row["kind"], row["status"]) == ("Sunset", "nursing_home", "operating")
    assert (row["beds"], row["floor"]) == (80, 2)
    assert (row.geometry.x, row.geometry.y) == pytest.approx((EAST_M + 30, NORTH_M + 40), abs=0.01)
    assert pd.isna(row["floor_area_m2"])
    assert remarks(quality, "kind_from_tags") == ["osm:n1 social_facility=group_home: nursing_home"]
    assert quality.loc[0, "severity"] == "note"


def test_a_building_has_its_footprint_times_storeys(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {**HOME_FOR_SENIORS, "building": "yes", "building:levels": "3"}, width_m=20)
    facilities, quality = facilities_of(town, tmp_path)
    # 20 m x 10 m x 3 storeys
    assert facilities.loc["osm:w1", "floor_area_m2"] == pytest.approx(600, abs=1)
    assert pd.isna(facilities.loc["osm:w1", "land_area_m2"])
    assert remarks(quality, "floor_area_estimated") == ["osm:w1: 600 m²"]


@pytest.mark.parametrize("levels", [{}, {"building:levels": "several"}])
def test_without_storeys_the_floor_area_is_unknown(
    town: Town, tmp_path: Path, levels: Tags
) -> None:
    town.box(0, 0, {**HOME_FOR_SENIORS, "building": "yes", **levels})
    facilities, quality = facilities_of(town, tmp_path)
    assert facilities["floor_area_m2"].isna().all()
    assert not remarks(quality, "floor_area_estimated")


def test_ground_that_is_no_building_is_land(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {**HOME_FOR_SENIORS, "building:levels": "3"})
    facilities, _ = facilities_of(town, tmp_path)
    assert facilities.loc["osm:w1", "land_area_m2"] == pytest.approx(100, abs=0.5)
    assert pd.isna(facilities.loc["osm:w1", "floor_area_m2"])


def test_doors_on_the_outline_are_entrances(town: Town, tmp_path: Path) -> None:
    corners = [town.point(x_m, y_m) for x_m, y_m in [(0, 0), (10, 0), (10, 10), (0, 10)]]
    door = town.point(5, 0, {"entrance": "main"})
    exit_ = town.point(5, 10, {"entrance": "emergency"})
    town.point(50, 50, {"entrance": "yes"})
    outline = [corners[0], door, corners[1], corners[2], exit_, corners[3], corners[0]]
    town.way(outline, {**HOME_FOR_SENIORS, "building": "yes"})
    facilities, _ = facilities_of(town, tmp_path)
    (point,) = facilities.loc["osm:w1", "entrances"].geoms
    assert (point.x, point.y) == pytest.approx((EAST_M + 5, NORTH_M), abs=0.01)


def test_one_place_drawn_thrice_counts_once(town: Town, tmp_path: Path) -> None:
    named = {**HOME_FOR_SENIORS, "name": "Sunset"}
    town.point(5, 5, named)
    court = town.box(3, 3, {}, width_m=2)
    outer = town.box(-20, -20, {}, width_m=60)
    town.relation([outer], [], {**named, "building": "yes"})
    town.box(45, -20, {**named, "building": "yes"})
    assert court == 1
    facilities, quality = facilities_of(town, tmp_path)
    assert facilities.index.to_list() == ["osm:r1"]
    assert remarks(quality, "same_place_twice") == ["osm:w3 = osm:r1", "osm:n1 = osm:r1"]


def test_namesakes_far_apart_and_strangers_nearby_are_two_places(
    town: Town, tmp_path: Path
) -> None:
    town.point(0, 0, {**HOME_FOR_SENIORS, "name": "Sunset"})
    town.point(60, 0, {**HOME_FOR_SENIORS, "name": "Sunset"})
    town.point(61, 0, {**HOME_FOR_SENIORS, "name": "Sunrise"})
    town.point(62, 0, HOME_FOR_SENIORS)
    town.point(63, 0, HOME_FOR_SENIORS)
    facilities, _ = facilities_of(town, tmp_path)
    assert len(facilities) == 5


def test_namesakes_within_50_m_are_one_place(town: Town, tmp_path: Path) -> None:
    town.point(0, 0, {**HOME_FOR_SENIORS, "name": "Sunset"})
    town.point(49, 0, {**HOME_FOR_SENIORS, "name": "Sunset"})
    facilities, _ = facilities_of(town, tmp_path)
    assert facilities.index.to_list() == ["osm:n1"]


def test_a_facility_with_a_broken_outline_is_lost_and_said(town: Town, tmp_path: Path) -> None:
    a, b = town.point(0, 0), town.point(10, 0)
    town.way([a, b, 99, a], HOME_FOR_SENIORS)
    town.way([a, b, 99, a], {"amenity": "parking"})
    facilities, quality = facilities_of(town, tmp_path)
    assert facilities.empty
    assert remarks(quality, "outline_broken") == ["osm:w1"]
    assert quality["severity"].to_list() == ["lost"]


def test_facilities_keep_the_contract(town: Town, tmp_path: Path) -> None:
    town.point(0, 0, {**HOME_FOR_SENIORS, "operator:type": "government", "start_date": "2019-05"})
    town.point(500, 0, {"amenity": "childcare", "capacity": "40"})
    facilities, _ = facilities_of(town, tmp_path)
    checked(facilities, "facilities")
    assert list(facilities.columns) == [*FACILITY_COLUMNS, "geometry"]
    assert facilities.index.name == "facility_id"
    assert facilities.loc["osm:n1", ["operator", "open_year"]].to_list() == ["public", 2019]
    assert facilities.loc["osm:n2", "nursery_places"] == 40


def test_no_facilities_make_an_empty_table(town: Town, tmp_path: Path) -> None:
    town.point(0, 0, {"amenity": "bench"})
    facilities, quality = facilities_of(town, tmp_path)
    assert facilities.empty
    assert list(facilities.columns) == [*FACILITY_COLUMNS, "geometry"]
    assert quality.empty


# --- households


@pytest.mark.parametrize(
    ("tags", "width_m", "households"),
    [
        # footprint x 2 storeys x 1 / 50 m²
        ({"building": "apartments"}, 10, 4),
        ({"building": "residential", "building:levels": "6"}, 10, 12),
        ({"building": "apartments", "building:levels": "6", "building:flats": "7"}, 10, 7),
        ({"building": "apartments", "building:flats": "some"}, 10, 4),
        ({"building": "dormitory", "building:levels": "x"}, 10, 4),
        # 4.4 and 4.6 by the width
        ({"building": "apartments"}, 11, 4),
        ({"building": "apartments"}, 11.5, 5),
        ({"building": "apartments"}, 1, 1),
        ({"building": "house", "building:levels": "5"}, 40, 1),
        ({"building": "detached"}, 40, 1),
        ({"building": "bungalow"}, 40, 1),
        # one for each 100 m² of footprint
        ({"building": "terrace"}, 42, 4),
        ({"building": "semidetached_house"}, 4, 1),
    ],
)
def test_households_of_a_building(
    town: Town, tmp_path: Path, tags: Tags, width_m: float, households: int
) -> None:
    town.box(0, 0, tags, width_m=width_m)
    residences, _ = residences_of(town, tmp_path)
    assert residences["households"].to_list() == [households]


def test_the_rule_is_written_down_and_marked_as_an_estimate(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {"building": "apartments"})
    residences, quality = residences_of(town, tmp_path)
    assert residences["households_estimated"].to_list() == [True]
    (rule,) = remarks(quality, "households_estimated")
    assert "m2_per_household=50.0" in rule


@pytest.mark.parametrize(
    "values", [{"default_levels": 0}, {"net_share": 1.2}, {"m2_per_household": -90}, {"storeys": 3}]
)
def test_a_rule_out_of_range_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        HouseholdRule.model_validate(values)


# --- residences


@pytest.mark.parametrize(
    "tags",
    [
        {"building": "yes"},
        {"building": "school"},
        {"building": "residential", **HOME_FOR_SENIORS},
        {"building": "apartments", "tourism": "hotel"},
        {"building": "no"},
    ],
)
def test_other_buildings_are_no_homes(town: Town, tmp_path: Path, tags: Tags) -> None:
    town.box(0, 0, tags)
    residences, _ = residences_of(town, tmp_path)
    assert residences.empty
    assert list(residences.columns) == [*RESIDENCE_COLUMNS, "geometry"]


def test_a_residential_area_is_one_residence(town: Town, tmp_path: Path) -> None:
    area = town.box(0, 0, {"landuse": "residential", "name": "桃园小区"}, width_m=100)
    town.box(2, 0, {"building": "apartments"})
    town.box(30, 0, {"building": "yes"})
    town.box(60, 0, {"building": "yes", "shop": "supermarket"})
    residences, _ = residences_of(town, tmp_path)
    assert residences.index.to_list() == [f"osm:w{area}"]
    assert residences.iloc[0][["name", "households"]].to_list() == ["桃园小区", 8]
    assert residences.area.iloc[0] == pytest.approx(1000, abs=2)


def test_an_area_without_homes_has_unknown_households(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {"landuse": "residential"})
    residences, quality = residences_of(town, tmp_path)
    assert residences["households"].isna().all()
    assert residences["households_estimated"].all()
    assert remarks(quality, "households_unknown") == ["osm:w1"]
    assert quality.set_index("reason").loc["households_unknown", "severity"] == "warning"


def test_a_home_in_two_areas_belongs_to_the_smaller(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {"landuse": "residential"}, width_m=100)
    town.box(0, 0, {"landuse": "residential"}, width_m=20)
    town.box(5, 0, {"building": "apartments"}, width_m=5)
    residences, _ = residences_of(town, tmp_path)
    assert residences["households"].isna().to_list() == [True, False]
    assert residences["households"].to_list()[1] == 2


def test_an_area_that_is_a_relation_has_its_hole(town: Town, tmp_path: Path) -> None:
    outer = town.box(0, 0, {}, width_m=100)
    nodes = [town.point(x_m, y_m) for x_m, y_m in [(40, 2), (60, 2), (60, 8), (40, 8)]]
    inner = town.way([*nodes, nodes[0]], {})
    town.relation([outer], [inner], {"landuse": "residential"})
    residences, _ = residences_of(town, tmp_path)
    assert residences.index.to_list() == ["osm:r1"]
    assert residences.area.iloc[0] == pytest.approx(1000 - 120, abs=2)


def test_a_building_drawn_as_way_and_relation_counts_once(town: Town, tmp_path: Path) -> None:
    outer = town.box(0, 0, {"building": "apartments"})
    town.relation([outer], [], {"building": "apartments"})
    residences, _ = residences_of(town, tmp_path)
    assert residences["households"].to_list() == [4]
    assert residences.index.to_list() == ["osm:block:r1"]


def test_homes_side_by_side_are_one_block(town: Town, tmp_path: Path) -> None:
    # gaps of 14 m and 16 m
    town.box(0, 0, {"building": "house"})
    town.box(24, 0, {"building": "house"})
    town.box(50, 0, {"building": "house"})
    residences, _ = residences_of(town, tmp_path)
    assert residences.index.to_list() == ["osm:block:w1", "osm:block:w3"]
    assert residences["households"].to_list() == [2, 1]
    assert residences.area.to_list() == pytest.approx([200, 100], abs=1)


def test_a_long_row_of_homes_is_cut_by_the_grid(town: Town, tmp_path: Path) -> None:
    # The middle of home n lies at 5 + 12 n metres: the first 13 within 150 m, 7 beyond.
    for number in range(20):
        town.box(12 * number, 0, {"building": "house"})
    residences, _ = residences_of(town, tmp_path)
    assert residences["households"].to_list() == [13, 7]


def test_broken_outlines_are_counted(town: Town, tmp_path: Path) -> None:
    a, b = town.point(0, 0), town.point(10, 0)
    town.way([a, b, 99, a], {"building": "house"})
    town.relation([98], [], {"landuse": "residential"})
    town.way([a, b, 99, a], {"landuse": "grass"})
    residences, quality = residences_of(town, tmp_path)
    assert residences.empty
    assert remarks(quality, "outline_broken") == ["2: 'osm:w1', 'osm:r1'"]


def test_residences_keep_the_contract(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {"landuse": "residential"}, width_m=60)
    town.box(5, 0, {"building": "yes"})
    town.box(80, 0, {"building": "apartments"})
    residences, _ = residences_of(town, tmp_path)
    checked(residences, "residences")
    assert list(residences.columns) == [*RESIDENCE_COLUMNS, "geometry"]
    assert residences.index.name == "residence_id"
    assert residences.crs == GK_120


def test_an_unsorted_file_says_how_to_mend_it(town: Town, tmp_path: Path) -> None:
    town.box(0, 0, {"building": "house"})
    town.box(30, 0, {"building": "house"})
    town.ways.reverse()
    with pytest.raises(NetworkError, match="osmium sort"):
        residences_of(town, tmp_path)


def test_things_without_a_place_or_an_area_are_passed_over(town: Town, tmp_path: Path) -> None:
    town.nodes.append(f'<node id="1">{spelled(HOME_FOR_SENIORS)}</node>')
    a, b = town.point(0, 0), town.point(10, 0)
    town.way([a, b], HOME_FOR_SENIORS)
    town.way([a, b, town.point(10, 10), a], {**HOME_FOR_SENIORS, "area": "no"})
    town.relations.append(f'<relation id="1">{spelled(HOME_FOR_SENIORS)}</relation>')
    facilities, quality = facilities_of(town, tmp_path)
    assert facilities.empty
    assert quality.empty


def test_degrees_are_refused(town: Town, tmp_path: Path) -> None:
    path = town.save(tmp_path)
    with pytest.raises(CrsError):
        read_osm_facilities(path, crs=CRS("EPSG:4326"))
    with pytest.raises(CrsError):
        read_osm_residences(path, crs=CRS("EPSG:4326"), rule=RULE)


# --- real files


@needs_data
@pytest.mark.slow
def test_las_palmas_has_ten_places_for_seniors() -> None:
    path = DATA / "las_palmas/streets.osm.pbf"
    facilities, quality = read_osm_facilities(path, crs=CRS("EPSG:32628"))
    # SOURCES.md: 10 social facilities for seniors and 2 nursing homes; two of the former are
    # buildings of a third.
    assert len(remarks(quality, "kind_from_tags")) == 12
    assert len(remarks(quality, "same_place_twice")) == 2
    assert len(facilities) == 10
    checked(facilities, "facilities")


@needs_data
@pytest.mark.slow
def test_las_palmas_has_residences() -> None:
    path = DATA / "las_palmas/streets.osm.pbf"
    crs = CRS("EPSG:32628")
    residences, quality = read_osm_residences(path, crs=crs, rule=HouseholdRule())
    blocks = residences.index.str.startswith("osm:block:")
    # SOURCES.md: 46 residential areas, some of which may lie open at the rim.
    assert 40 <= (~blocks).sum() <= 46
    assert 500 < blocks.sum() < 2500
    assert residences.loc[blocks, "households"].min() >= 1
    unknown = residences.index[residences["households"].isna()]
    assert remarks(quality, "households_unknown") == unknown.to_list()
    checked(residences, "residences")


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("beijing_tsinghua", "EPSG:4548"),
        ("guixi", "EPSG:4548"),
        ("shanghai_huangpu", "EPSG:4549"),
    ],
)
def test_small_extracts_have_places(name: str, code: str) -> None:
    path = DATA / "osm" / f"{name}.osm"
    facilities, _ = read_osm_facilities(path, crs=CRS(code))
    residences, _ = read_osm_residences(path, crs=CRS(code), rule=HouseholdRule())
    checked(facilities, "facilities")
    checked(residences, "residences")
