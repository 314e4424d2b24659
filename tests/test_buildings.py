"""Footprints of homes and their storeys."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.read.buildings import read_buildings
from lifecircle.study import BuildingsInput

GRID = CRS.from_epsg(4547)
WEST = 500_000  # on the central meridian
BOW_TIE = shapely.Polygon([(WEST, 0), (WEST + 10, 10), (WEST + 10, 0), (WEST, 10)])


def made(folder: Path, shapes: list[shapely.Geometry], **columns: list[object]) -> Path:
    path = folder / "made.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=GRID).to_file(path, layer="made")
    return path


@pytest.mark.parametrize("header", ["层数", "floors", "Building:Levels"])
def test_storeys_are_read_under_known_headers(tmp_path: Path, header: str) -> None:
    shapes = [shapely.box(WEST + x, 0, WEST + x + 10, 10) for x in (0, 20, 40, 60)]
    path = made(tmp_path, shapes, **{header: ["18", "6层", "", "-1"]})
    read = read_buildings(BuildingsInput(file=path, default_levels=3.0), crs=GRID)
    assert read.table["levels"].tolist() == [18, 6, 3, 3]
    assert read.table.geometry.area.tolist() == [100] * 4
    assert read.quality[["reason", "found"]].to_numpy().tolist() == [
        ["levels_assumed", "2 of 4: 3"]
    ]


def test_a_header_of_ones_own(tmp_path: Path) -> None:
    path = made(tmp_path, [shapely.box(WEST, 0, WEST + 1, 1)], height_class=["7"])
    read = read_buildings(BuildingsInput(file=path, columns={"levels": "height_class"}), crs=GRID)
    assert read.table["levels"].tolist() == [7]
    with pytest.raises(TableError, match="no column 'etages'"):
        read_buildings(BuildingsInput(file=path, columns={"levels": "etages"}), crs=GRID)


def test_what_is_no_area_is_counted_and_what_is_broken_is_mended(tmp_path: Path) -> None:
    path = made(tmp_path, [BOW_TIE, shapely.Point(WEST, 0)], floors=[1, 1])
    read = read_buildings(BuildingsInput(file=path), crs=GRID)
    assert read.table.geometry.area.tolist() == [50]
    assert read.quality["reason"].tolist() == ["buildings_not_areas"]


def test_points_alone_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path, [shapely.Point(WEST, 0)], floors=[1])
    with pytest.raises(TableError, match="holds no area"):
        read_buildings(BuildingsInput(file=path), crs=GRID)


OSM = """<osm version="0.6"><bounds minlat="30" minlon="114" maxlat="31" maxlon="115"/>
{nodes}{ways}</osm>"""


def test_homes_are_taken_from_openstreetmap(tmp_path: Path) -> None:
    corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
    nodes = "".join(
        f'<node id="{10 * way + at}" lat="{30.5 + y / 1000}" lon="{114.3 + way / 100 + x / 1000}"/>'
        for way in (1, 2, 3)
        for at, (x, y) in enumerate(corners, 1)
    )
    kinds = {1: '<tag k="building" v="apartments"/><tag k="building:levels" v="11"/>',
             2: '<tag k="building" v="school"/>', 3: '<tag k="building" v="yes"/>'}  # fmt: skip
    ways = "".join(
        f'<way id="{way}">'
        + "".join(f'<nd ref="{10 * way + at}"/>' for at in (1, 2, 3, 4, 1))
        + f"{tags}</way>"
        for way, tags in kinds.items()
    )
    path = tmp_path / "made.osm"
    path.write_text(OSM.format(nodes=nodes, ways=ways), encoding="utf-8")
    read = read_buildings(BuildingsInput(file=path), crs=GRID)
    assert read.table["levels"].tolist() == [11, 6]
