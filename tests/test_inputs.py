from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from shapely import affinity

from lifecircle import datum, tables
from lifecircle.errors import CrsError, TableError
from lifecircle.read.gates import GateSource
from lifecircle.read.inputs import read_facilities, read_residences, read_zones

METRIC = CRS.from_epsg(4547)
REAL = Path(__file__).parents[2] / "shared" / "data"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real data stand beside the checkout only")

FACILITIES = """设施编号,设施名称,设施类型,功能,经度,纬度,建筑面积(㎡),状态,楼层,运营主体
001,幸福街道养老服务中心,街道综合养老服务中心,助餐、日托,114.30,30.60,"1,200平方米",运营,1,公建民营
1,和平社区日间照料中心,,,114.31,30.61,约300㎡,,B1,某某公司
"""
HOMES = """小区编号,小区名称,户数,经度,纬度,建成年份
a,幸福里,980户,114.30,30.60,2015
b,和平里,总户数1400户 当期户数649户,114.31,30.61,2022年
c,东湖苑,10栋,114.32,30.62,
"""


def written(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def square(x: float, y: float, side: float = 100.0) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


def outlines(folder: Path, **columns: list[object]) -> Path:
    shapes = [square(500_000, 3_380_000), square(500_200, 3_380_000)]
    path = folder / "homes.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=METRIC).to_file(path)
    return path


def of(quality: pd.DataFrame, reason: str) -> pd.DataFrame:
    return quality[quality["reason"] == reason]


def test_facilities_of_an_office_become_a_contract_table(tmp_path: Path) -> None:
    found, *_ = read_facilities(written(tmp_path, FACILITIES), crs=METRIC, datum="wgs84")
    assert list(found.columns) == [*tables.FACILITY_COLUMNS, "geometry"]
    assert found.index.tolist() == ["001", "1"]
    assert found["kind"].tolist() == ["street_centre", "day_care"]
    assert found["floor_area_m2"].tolist() == [1200, 300]
    assert found["functions"].tolist() == ["meals;day_care", None]
    assert found["status"].tolist() == ["operating", "operating"]
    assert found["floor"].tolist() == [1, -1]
    assert found["operator"].tolist() == ["public_private", None]


def test_what_was_taken_for_granted_is_in_the_quality_table(tmp_path: Path) -> None:
    _, quality, *_ = read_facilities(written(tmp_path, FACILITIES), crs=METRIC, datum="wgs84")
    rows = quality[["row", "field", "reason", "found", "severity"]].to_numpy().tolist()
    assert [3, "设施类型", "kind_from_name", "note"] in [[*row[:3], row[4]] for row in rows]
    assert [3, "状态", "status_assumed", "", "note"] in rows
    assert [3, "运营主体", "unknown_word", "某某公司", "warning"] in rows
    assert "日间照料" in of(quality, "kind_from_name")["found"].iloc[0]


def test_points_are_placed_where_their_datum_says(tmp_path: Path) -> None:
    path = written(tmp_path, FACILITIES)
    there = np.array(datum.to_wgs84([114.30, 114.31], [30.60, 30.61], "bd09")).T
    expected = gpd.GeoSeries(shapely.points(there), crs=4326).to_crs(METRIC)
    found, *_ = read_facilities(path, crs=METRIC, datum="bd09")
    assert found.distance(expected.set_axis(found.index)).max() < 1e-6


def test_a_table_needs_its_datum(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"'wgs84'.*'cgcs2000'.*'gcj02'.*'bd09'"):
        read_facilities(written(tmp_path, FACILITIES), crs=METRIC)


def test_the_middle_of_the_points_chooses_the_system(tmp_path: Path) -> None:
    found, *_ = read_facilities(written(tmp_path, FACILITIES), datum="wgs84")
    assert found.crs.to_epsg() == 4547


def test_an_unknown_kind_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    path = written(tmp_path, FACILITIES.replace(",街道综合养老服务中心,", ",茶馆,"))
    with pytest.raises(TableError, match=r"'设施类型' \(kind\).*'茶馆' \(rows 2\).*养老院"):
        read_facilities(path, crs=METRIC, datum="wgs84")


def test_a_facility_that_nothing_tells_the_kind_of_is_other(tmp_path: Path) -> None:
    path = written(tmp_path, FACILITIES.replace("和平社区日间照料中心", "和平大厦"))
    found, quality, *_ = read_facilities(path, crs=METRIC, datum="wgs84")
    assert found["kind"].tolist() == ["street_centre", "other"]
    assert of(quality, "kind_unknown")["row"].tolist() == [3]


def test_the_unit_of_a_header_counts_for_bare_numbers_only(tmp_path: Path) -> None:
    text = (
        "名称,类型,经度,纬度,建筑面积(万平方米)\n甲,养老院,114,30,0.5\n乙,养老院,114,30,800平方米\n"
    )
    found, *_ = read_facilities(written(tmp_path, text), crs=METRIC, datum="wgs84")
    assert found["floor_area_m2"].tolist() == [5000, 800]


def test_household_counts_that_cannot_be_read_are_unknown_with_a_warning(tmp_path: Path) -> None:
    found, quality, *_ = read_residences(written(tmp_path, HOMES), crs=METRIC, datum="wgs84")
    assert found["households"].fillna(-1).tolist() == [980, 1400, -1]
    warned = of(quality, "other_unit").iloc[0]
    assert (warned["row"], warned["field"], warned["found"]) == (4, "户数", "10栋")
    assert warned["severity"] == "warning"


def test_everything_wrong_is_said_at_once_in_the_files_own_words(tmp_path: Path) -> None:
    text = HOMES.replace("980户", "-50").replace("b,", "a,")
    with pytest.raises(TableError) as caught:
        read_residences(written(tmp_path, text), crs=METRIC, datum="wgs84")
    limits, repeated = caught.value.problems
    assert limits == (
        "column '户数' (households) must hold numbers from 0 to 1,000,000; "
        "found -50 in 'row 2 幸福里'."
    )
    assert repeated == (
        "column '小区编号' (residence_id) must not repeat an identifier; "
        "found 'a' in 'row 2 幸福里', 'a' in 'row 3 和平里'."
    )


def test_a_missing_column_is_an_error_that_suggests_a_header(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no column for 'households'.*did you mean '总户数量'"):
        read_residences(
            written(tmp_path, HOMES.replace("户数,", "总户数量,", 1)), crs=METRIC, datum="wgs84"
        )


@pytest.mark.parametrize("place", [",", "0,0", "无,30.60", "999,30.60"])
def test_a_row_without_a_place_is_lost_by_name(tmp_path: Path, place: str) -> None:
    path = written(tmp_path, HOMES.replace("114.30,30.60", place))
    found, quality, *_ = read_residences(path, crs=METRIC, datum="wgs84")
    lost = quality[quality["severity"] == "lost"]
    assert found.index.tolist() == ["b", "c"]
    assert lost["row"].tolist() == [2]
    assert lost["found"].iloc[0].startswith("幸福里")


def test_swapped_columns_are_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, HOMES.replace("经度,纬度", "纬度,经度"))
    with pytest.raises(TableError, match="columns look swapped: '经度' holds latitudes"):
        read_residences(path, crs=METRIC, datum="wgs84")


def test_missing_coordinates_columns_are_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, "小区名称,户数\n幸福里,980户\n")
    with pytest.raises(TableError, match=r"no column for the longitude.*\n.*for the latitude"):
        read_residences(path, crs=METRIC, datum="wgs84")


def test_missing_ids_are_made_of_the_row(tmp_path: Path) -> None:
    found, quality, *_ = read_residences(
        written(tmp_path, HOMES.replace("b,", ",")), crs=METRIC, datum="wgs84"
    )
    assert found.index.tolist() == ["a", "row 3", "c"]
    assert of(quality, "id_made")["row"].tolist() == [3]


@pytest.mark.parametrize(
    ("years", "status"),
    [
        ((None, None), [None, None, None]),
        ((None, 2015), ["existing", "new", None]),
        ((2015, None), ["new", "new", None]),
        ((2023, 2010), ["existing", "existing", None]),
    ],
)
def test_status_is_told_from_the_year(
    tmp_path: Path, years: tuple[int | None, int | None], status: list[str | None]
) -> None:
    path = written(tmp_path, HOMES)
    found, quality, *_ = read_residences(path, crs=METRIC, datum="wgs84", years=years)
    assert found["status"].tolist() == status
    same_year = years == (None, 2015)
    assert of(quality, "status_same_year")["row"].tolist() == [2] * same_year


def test_outlines_are_joined_with_a_table(tmp_path: Path) -> None:
    homes = outlines(tmp_path, 小区编号=["a", "x"])
    table = written(tmp_path, HOMES)
    found, quality, *_ = read_residences(homes, crs=METRIC, join=table)
    assert found["households"].fillna(-1).tolist() == [980, -1]
    assert found["name"].tolist() == ["幸福里", None]
    assert of(quality, "join_unmatched")["found"].tolist() == ["x"]
    assert of(quality, "join_row_unused")["row"].tolist() == [3, 4]


def test_names_are_joined_whatever_their_width(tmp_path: Path) -> None:
    homes = outlines(tmp_path, 小区名称=["幸福里（一期）", "和平里"])
    table = written(tmp_path, "小区名称,户数\n幸福里(一期),5\n和平 里,6\n")
    found, *_ = read_residences(homes, crs=METRIC, join=table, join_on="name")
    assert found["households"].tolist() == [5, 6]


def test_a_joined_table_with_repeated_keys_is_an_error(tmp_path: Path) -> None:
    homes = outlines(tmp_path, 小区编号=["a", "b"])
    table = written(tmp_path, "小区编号,户数\na,5\na,6\nb,7\n")
    with pytest.raises(TableError, match="'小区编号' must not repeat; look at 'a'"):
        read_residences(homes, crs=METRIC, join=table)


def test_gates_belong_to_the_named_residence_or_the_nearest_outline(tmp_path: Path) -> None:
    homes = outlines(tmp_path, 小区编号=["a", "b"], 户数=[1, 2])
    points = gpd.points_from_xy(
        [500_000, 500_000, 500_195, 500_150], [3_380_050, 3_380_060, 3_380_050, 3_385_000]
    )
    gates = gpd.GeoDataFrame({"小区编号": ["b", "", "", ""]}, geometry=points, crs=METRIC)
    gates.to_file(tmp_path / "gates.gpkg", layer="gates")
    found, quality, *_ = read_residences(
        homes, crs=METRIC, gates=GateSource(tmp_path / "gates.gpkg", {})
    )
    assert shapely.get_num_geometries(found["gates"].to_numpy()).tolist() == [1, 2]
    assert of(quality, "gate_unmatched")["row"].tolist() == [4]


def test_a_bowtie_is_mended_and_its_area_told(tmp_path: Path) -> None:
    bowtie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    far = affinity.translate(bowtie, 500_000, 3_380_000)
    gpd.GeoDataFrame({"户数": [1]}, geometry=[far], crs=METRIC).to_file(tmp_path / "a.gpkg")
    found, quality, *_ = read_residences(tmp_path / "a.gpkg", crs=METRIC)
    assert found.area.tolist() == pytest.approx([5000.0])
    assert "0.0 m² -> 5000.0 m²" in of(quality, "geometry_repaired")["found"].iloc[0]


def test_shapes_of_another_type_and_empty_ones_are_lost(tmp_path: Path) -> None:
    line = shapely.LineString([(500_000, 3_380_000), (500_100, 3_380_000)])
    shapes = [square(500_000, 3_380_000), line, None, shapely.Polygon()]
    frame = gpd.GeoDataFrame({"户数": [1, 2, 3, 4]}, geometry=shapes, crs=METRIC)
    frame.to_parquet(tmp_path / "a.parquet")
    found, quality, *_ = read_residences(tmp_path / "a.parquet", crs=METRIC)
    assert found["households"].tolist() == [1]
    lost = quality[quality["severity"] == "lost"].sort_values("row")
    assert lost["reason"].tolist() == ["geometry_type", "no_geometry", "no_geometry"]


def test_facilities_drawn_as_areas_become_points_on_them(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"类型": ["养老院"]}, geometry=[square(500_000, 3_380_000)], crs=METRIC
    )
    frame.to_file(tmp_path / "a.gpkg")
    found, quality, *_ = read_facilities(tmp_path / "a.gpkg", crs=METRIC)
    assert found.within(square(500_000, 3_380_000)).all()
    assert of(quality, "column_missing")["field"].tolist() == ["floor_area_m2"]


def test_zones_know_their_parents_by_name(tmp_path: Path) -> None:
    data = {
        "编号": ["1", "2"],
        "名称": ["东区", "幸福街道"],
        "级别": ["区", "街道"],
        "上级": ["武汉市", "东区"],
        "城乡": ["城镇", None],
    }
    shapes = [square(500_000, 3_380_000), square(500_000, 3_380_000, 50)]
    gpd.GeoDataFrame(data, geometry=shapes, crs=METRIC).to_file(tmp_path / "a.gpkg")
    found, *_ = read_zones(tmp_path / "a.gpkg", crs=METRIC)
    assert found["parent_id"].tolist() == ["武汉市", "1"]
    assert found["level"].tolist() == ["district", "street"]
    assert found["urban"].tolist() == [True, None]


def test_zones_without_a_level_need_one(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"名称": ["东区"]}, geometry=[square(500_000, 3_380_000)], crs=METRIC)
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(TableError, match="no column for 'level'"):
        read_zones(tmp_path / "a.gpkg", crs=METRIC)
    found, *_ = read_zones(tmp_path / "a.gpkg", crs=METRIC, level="district")
    assert found["level"].tolist() == ["district"]


def test_a_word_that_is_not_known_is_one_problem_and_no_blank(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"级别": ["圈"]}, geometry=[square(500_000, 3_380_000)], crs=METRIC)
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(TableError, match=r"1 problem.*\n.*'级别' \(level\) holds words.*'圈'"):
        read_zones(tmp_path / "a.gpkg", crs=METRIC)


def test_zones_are_no_table_of_points(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="zones are areas"):
        read_zones(written(tmp_path, "名称,级别\n东区,区\n"), crs=METRIC)


def test_amounts_count_the_lost_rows_too(tmp_path: Path) -> None:
    path = written(tmp_path, HOMES.replace("114.30,30.60", ","))
    read = read_residences(path, crs=METRIC, datum="wgs84")
    assert len(read.table) == 2
    assert read.amounts == {"rows": 3, "households": 980 + 1400}


@real
@pytest.mark.slow
@pytest.mark.parametrize(
    ("city", "rows", "lost"),
    # Counted with awk and grep: records, and records that end in ",,".
    [("wuhan", 3010, 50), ("dongguan", 1688, 3), ("zhenjiang", 1345, 1), ("weihai", 1578, 1)],
)
def test_real_compounds_in_three_encodings(city: str, rows: int, lost: int) -> None:
    found, quality, *_ = read_residences(REAL / city / "compounds.csv", datum="bd09")
    named = quality[quality["severity"] == "lost"]
    assert (len(found), len(named)) == (rows - lost, lost)
    assert (named["found"] != "").all()
    assert found["households"].notna().mean() > 0.99


@real
@pytest.mark.slow
def test_real_compounds_lie_in_the_real_districts() -> None:
    zones, *_ = read_zones(REAL / "wuhan" / "districts.geojson", level="district")
    homes, *_ = read_residences(REAL / "wuhan" / "compounds.csv", crs=zones.crs, datum="bd09")
    assert len(zones) == 13
    assert zones.loc["420107", "name"] == "青山区"
    assert homes.within(zones.union_all()).mean() > 0.97


@real
@pytest.mark.slow
def test_a_real_list_with_latitude_before_longitude() -> None:
    found, *_ = read_facilities(REAL / "shanghai" / "eldercare_poi.csv", datum="bd09")
    assert len(found) == 103
    assert (found["kind"] == "nursing_home").mean() > 0.8


def test_blank_households_are_estimated_from_the_population_and_marked(tmp_path: Path) -> None:
    head = "小区编号,户数,人口,经度,纬度\n"
    text = head + "a,,250,114.30,30.60\nb,90,250,114.31,30.60\nc,,,114.32,30.60\n"
    read = read_residences(written(tmp_path, text), datum="wgs84", persons_per_household=2.5)
    assert read.table["households"].fillna(-1).tolist() == [100, 90, -1]
    assert read.table["households_estimated"].tolist() == [True, False, False]
    told = read.quality[read.quality["row"].isin([2, 4]) & read.quality["field"].eq("户数")]
    assert told["reason"].tolist() == ["blank", "population_to_households"]
