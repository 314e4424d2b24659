from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from lifecircle.errors import CrsError, TableError
from lifecircle.read.coordinates import grid_to_degrees, pairs_from_cells, parse_degrees
from lifecircle.read.inputs import read_facilities

ANGLES = (
    "114.31 １１４．３１ 114.31° E114.31 114.31E 东经114.31度 114°18′36″ 114°18'36\"E "
    "114度18分36秒 东经114°18′36″ 114°18.6′ 114°18'36.0'' 经度：114.31"
)
PAIRS = (
    "114.3,30.6 114.3，30.6 (114.3,30.6) 114.3；30.6 30.6,114.3 114.3、30.6 [114.3,30.6] "
    "北纬30°36′，东经114°18′"
)


@pytest.mark.parametrize("text", ANGLES.split())
def test_an_angle_in_many_forms(text: str) -> None:
    assert parse_degrees(text) == pytest.approx(114.31, abs=1e-12)


@pytest.mark.parametrize("text", ["", "114°78′", "114°18′99″", "abc", "1e5x", "不详"])
def test_what_is_no_angle_is_unknown(text: str) -> None:
    assert np.isnan(parse_degrees(text))


@pytest.mark.parametrize("text", ["33°52′S", "S33°52′", "南纬33°52′", "-33°52′"])
def test_south_is_negative(text: str) -> None:
    assert parse_degrees(text) == pytest.approx(-33 - 52 / 60)


@given(st.integers(73, 134), st.integers(0, 59), st.integers(0, 599))
def test_seconds_come_back(degrees: int, minutes: int, tenths: int) -> None:
    text = f"{degrees}°{minutes}′{tenths / 10}″"
    assert parse_degrees(text) == pytest.approx(degrees + minutes / 60 + tenths / 36000)


@pytest.mark.parametrize("cell", [*PAIRS.split(), "114.3 30.6", "POINT (114.3 30.6)"])
def test_two_coordinates_in_one_cell(cell: str) -> None:
    pairs, _ = pairs_from_cells([cell])
    assert pairs[0] == pytest.approx([114.3, 30.6])


def test_a_cell_in_the_other_order_than_most_is_lost() -> None:
    pairs, swapped = pairs_from_cells(["114.3,30.6", "114.4,30.6", "30.6,114.3"])
    assert not swapped
    assert np.isnan(pairs).all(axis=1).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("epsg", "near"), [(4526, None), (4547, 114.0), (4547, 115.2), (4497, None)]
)
@pytest.mark.parametrize("north_first", [True, False])
def test_metres_of_a_grid_come_back(epsg: int, near: float | None, *, north_first: bool) -> None:
    there = Transformer.from_crs(4490, epsg, always_xy=True)
    pair = np.array([there.transform(114.3, 30.6)])
    degrees, systems = grid_to_degrees(pair[:, ::-1] if north_first else pair, near=near)
    assert systems == (f"EPSG:{epsg}",)
    assert degrees[0] == pytest.approx([114.3, 30.6], abs=1e-9)


def test_an_easting_without_zone_needs_a_place() -> None:
    degrees, systems = grid_to_degrees(np.array([[528300.0, 3386010.0]]), near=None)
    assert systems == ()
    assert np.isnan(degrees).all()


def facilities(folder: Path, header: str, *places: str) -> Path:
    rows = "".join(f"站{number},{place},100\n" for number, place in enumerate(places))
    path = folder / "a.csv"
    path.write_text(f"名称,{header},建筑面积\n{rows}", encoding="utf-8")
    return path


def test_a_list_with_both_in_one_cell(tmp_path: Path) -> None:
    path = facilities(tmp_path, "坐标", '"30.6,114.3"', '"30.7,114.3"')
    read = read_facilities(path, datum="wgs84")
    assert read.table.to_crs(4326).geometry.x.tolist() == pytest.approx([114.3, 114.3])
    found = read.quality.set_index("reason")["found"]
    assert found["coordinates_in_one_cell"] == "latitude, longitude"


def test_a_list_in_metres_needs_its_datum(tmp_path: Path) -> None:
    path = facilities(tmp_path, "X坐标,Y坐标", "3386010,38528300")
    with pytest.raises(CrsError, match="metres of a grid"):
        read_facilities(path, datum="wgs84")
    table = read_facilities(path, datum="cgcs2000").table
    assert table.crs.to_epsg() == 4547
    assert table.geometry.x.iloc[0] == pytest.approx(528300, abs=1e-3)
    assert table.geometry.y.iloc[0] == pytest.approx(3386010, abs=1e-3)


def test_metres_without_zone_are_placed_by_the_study(tmp_path: Path) -> None:
    path = facilities(tmp_path, "X坐标,Y坐标", "528300,3386010")
    with pytest.raises(CrsError, match="have no zone"):
        read_facilities(path, datum="cgcs2000")
    table = read_facilities(path, datum="cgcs2000", crs=CRS.from_epsg(4547)).table
    assert table.geometry.x.iloc[0] == pytest.approx(528300, abs=1e-3)


def test_cells_without_two_numbers_are_no_places(tmp_path: Path) -> None:
    path = facilities(tmp_path, "经纬度", "114.3", "待补")
    with pytest.raises(TableError, match="no row has usable coordinates"):
        read_facilities(path, datum="wgs84")
