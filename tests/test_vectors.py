import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geoseries_equal
from pyproj import CRS

from lifecircle import datum
from lifecircle.errors import CrsError, TableError
from lifecircle.read.vectors import read_features

METRIC = CRS.from_epsg(4547)
WUHAN = (114.3, 30.6)


def homes(crs: int = 4326) -> gpd.GeoDataFrame:
    data = {"名称": ["甲", None], "户数": [100, 250], "面积": [1.5, np.nan]}
    points = gpd.points_from_xy([114.3, 114.31], [30.6, 30.61])
    return gpd.GeoDataFrame(data, geometry=points, crs=4326).to_crs(crs)


def geojson(folder: Path, crs: object, longitude: float = 114.3) -> Path:
    point = {"type": "Point", "coordinates": [longitude, 30.6]}
    feature = {"type": "Feature", "properties": {}, "geometry": point}
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    return path


def named(code: str) -> dict[str, object]:
    return {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.parquet", "a.shp"])
def test_every_format_gives_the_same_text_and_places(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    homes().to_parquet(path) if name.endswith("parquet") else homes().to_file(path)
    read = read_features(path, crs=METRIC)
    texts = read.drop(columns="geometry").to_numpy().tolist()
    assert sorted(texts) == [["", "250", ""], ["甲", "100", "1.5"]]
    assert read.crs == METRIC
    assert np.hypot(*(read.total_bounds - homes(4547).total_bounds).reshape(2, 2).T).max() < 1e-6


@pytest.mark.parametrize("code", [4326, 4490, 4547, 3857])
def test_the_same_points_in_any_system_give_the_same_places(tmp_path: Path, code: int) -> None:
    homes(code).to_file(tmp_path / "a.gpkg")
    read = read_features(tmp_path / "a.gpkg", crs=METRIC)
    expected = homes(4547).geometry.set_axis([1, 2])
    assert_geoseries_equal(read.geometry, expected, check_less_precise=True, check_crs=False)
    assert read.geometry.distance(expected.set_crs(METRIC)).max() < 0.01


def test_without_a_study_system_the_middle_of_the_layer_decides(tmp_path: Path) -> None:
    homes().to_file(tmp_path / "a.gpkg")
    assert read_features(tmp_path / "a.gpkg", crs=None).crs.to_epsg() == 4547


def test_a_shapefile_without_prj_is_an_error_that_suggests_systems(tmp_path: Path) -> None:
    homes().to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(CrsError, match=r"EPSG:4326.*EPSG:4490"):
        read_features(tmp_path / "a.shp", crs=METRIC)


def test_a_datum_says_what_the_degrees_are(tmp_path: Path) -> None:
    path = geojson(tmp_path, named("4326"), float(datum.from_wgs84(*WUHAN, "gcj02")[0][0]))
    read = read_features(path, crs=METRIC, datum="gcj02")
    plain = read_features(path, crs=METRIC)
    assert 200 < read.geometry.iloc[0].distance(plain.geometry.iloc[0]) < 800


def test_metres_that_hold_degrees_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"\(metres\), but its numbers are degrees"):
        read_features(geojson(tmp_path, named("3857")), crs=METRIC)


def test_degrees_that_hold_metres_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"\(degrees\), but its numbers are out of range"):
        read_features(geojson(tmp_path, named("4326"), 500_000.0), crs=METRIC)


def test_a_crs_that_is_a_link_is_refused(tmp_path: Path) -> None:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
    with pytest.raises(TableError, match="its `crs` is a link"):
        read_features(geojson(tmp_path, link), crs=METRIC)


@pytest.mark.parametrize(
    "path",
    ["/vsicurl/http://127.0.0.1/a.shp", "http://127.0.0.1/a.geojson", '{"type":1}', "<VRT/>"],
)
def test_only_files_of_this_machine_are_read(path: str) -> None:
    with pytest.raises(TableError, match="must be a file of this machine"):
        read_features(path, crs=METRIC)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"nowhere\.gpkg: 1 problem.*\n.*there is no such file"):
        read_features(tmp_path / "nowhere.gpkg", crs=METRIC)


def test_several_layers_must_be_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    homes().to_file(path, layer="一")
    homes().iloc[:1].to_file(path, layer="二")
    with pytest.raises(TableError, match=r"name one \(`layer`\): '一', '二'"):
        read_features(path, crs=METRIC)
    assert len(read_features(path, crs=METRIC, layer="二")) == 1
    with pytest.raises(TableError, match="there is no layer '三'; there are '一', '二'"):
        read_features(path, crs=METRIC, layer="三")


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.fgb", "a.shp", "a.geojson"])
def test_the_content_must_be_what_the_name_says(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<VRTDataset/>")
    with pytest.raises(TableError, match="but the content does not"):
        read_features(tmp_path / name, crs=METRIC)


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.geojson"])
def test_a_file_cut_short_is_an_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    homes().to_parquet(path) if name.endswith("parquet") else homes().to_file(path)
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(TableError, match="cannot be read as"):
        read_features(path, crs=METRIC)


def test_an_unknown_ending_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.dwg").write_text("x")
    with pytest.raises(TableError, match=r"the ending '\.dwg' is none of \.gpkg"):
        read_features(tmp_path / "a.dwg", crs=METRIC)


def test_heights_are_left_out(tmp_path: Path) -> None:
    high = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(114.3, 30.6, 9)], crs=4326)
    high.to_file(tmp_path / "a.gpkg")
    assert not read_features(tmp_path / "a.gpkg", crs=METRIC).has_z.any()


def test_a_layer_without_shapes_is_an_error(tmp_path: Path) -> None:
    homes().set_geometry([None, shapely.Point()], crs=4326).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="no feature in it has a shape"):
        read_features(tmp_path / "a.parquet", crs=METRIC)


def test_a_table_without_geometry_is_an_error(tmp_path: Path) -> None:
    homes().drop(columns="geometry").to_parquet(tmp_path / "a.parquet")
    with pytest.raises(TableError, match="cannot be read as Parquet"):
        read_features(tmp_path / "a.parquet", crs=METRIC)


def test_coordinates_beyond_the_study_system_are_an_error(tmp_path: Path) -> None:
    far = gpd.GeoDataFrame(geometry=[shapely.Point(1e12, 1e12)], crs=32650)
    far.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(CrsError, match="lie outside what 'CGCS2000"):
        read_features(tmp_path / "a.parquet", crs=METRIC)


def test_json_of_another_kind_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"type":"Topology","objects":{},"arcs":[]}')
    with pytest.raises(TableError, match="cannot be read as GeoJSON"):
        read_features(tmp_path / "a.json", crs=METRIC)
