import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import CRS

from lifecircle.errors import CrsError, TableError
from lifecircle.read.dbf import dbf_encoding
from lifecircle.read.vectors import read_features

NAMES = ["幸福里", "和平新村三区小区"]
POINTS = [shapely.Point(114.3, 30.6), shapely.Point(114.31, 30.61)]


def shapefile(
    folder: Path, encoding: str, *, page: str | None = None, names: list[str] = NAMES
) -> Path:
    """Write a Shapefile in `encoding`; `page` is what its .cpg says."""
    path = folder / "a.shp"
    gpd.GeoDataFrame({"名称": names}, geometry=POINTS, crs=4326).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = path.with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[29] = 0x57 if page is None else data[29]
    table.write_bytes(data)
    if page is not None:
        path.with_suffix(".cpg").write_text(page, encoding="ascii")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("named", [True, False])
def test_attributes_in_the_encoding_that_fits(
    tmp_path: Path, encoding: str, *, named: bool
) -> None:
    path = shapefile(tmp_path, encoding, page=encoding.upper() if named else None)
    assert read_features(path, crs=None)["名称"].tolist() == NAMES


@pytest.mark.parametrize(
    ("encoding", "page"),
    [("gbk", "UTF-8"), ("utf-8", "GBK"), ("utf-8", "ISO-8859-1"), ("gbk", "ISO-8859-1")],
)
def test_a_cpg_that_lies_is_an_error(tmp_path: Path, encoding: str, page: str) -> None:
    path = shapefile(tmp_path, encoding, page=page)
    with pytest.raises(TableError, match="but the bytes are not"):
        read_features(path, crs=None)


def test_a_cpg_of_western_letters_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    names = gpd.GeoDataFrame({"name": ["León", "Cádiz"]}, geometry=POINTS, crs=4326)
    names.to_file(path, encoding="ISO-8859-1")
    assert dbf_encoding(path) == "cp1252"
    assert read_features(path, crs=None)["name"].tolist() == ["León", "Cádiz"]


def test_a_named_encoding_overrides_a_lying_cpg(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "gbk", page="UTF-8")
    assert read_features(path, crs=None, encoding="gbk").iloc[:, 0].tolist() == NAMES


def zipped(folder: Path, *, within: str = "图层/", more: dict[str, bytes] | None = None) -> Path:
    path = folder / "a.zip"
    shapes = shapefile(folder, "utf-8", page="UTF-8")
    with zipfile.ZipFile(path, "w") as package:
        for part in sorted(folder.glob("a.*")):
            if part.suffix != ".zip":
                package.write(part, f"{within}{part.name}")
        for name, data in (more or {}).items():
            package.writestr(name, data)
    assert shapes.exists()
    return path


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    assert read_features(zipped(tmp_path), crs=None)["名称"].tolist() == NAMES


def test_a_zip_that_reaches_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="lie elsewhere"):
        read_features(zipped(tmp_path, within="../"), crs=None)
    assert not (tmp_path.parent / "a.shp").exists()


def test_several_shapefiles_in_a_zip_must_be_told_apart(tmp_path: Path) -> None:
    path = zipped(tmp_path, more={"b.shp": b"x"})
    with pytest.raises(TableError, match="name one"):
        read_features(path, crs=None)
    assert len(read_features(path, crs=None, layer="a")) == 2


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.gpkg", "GPKG"),
        ("a.geojson", "GeoJSON"),
        ("a.fgb", "FlatGeobuf"),
        ("a.gdb", "OpenFileGDB"),
    ],
)
def test_write_and_read_gives_the_same_table(tmp_path: Path, name: str, driver: str) -> None:
    table = gpd.GeoDataFrame({"名称": NAMES, "户数": [100, 200]}, geometry=POINTS, crs=4326)
    table.astype({"户数": "int32"}).to_file(tmp_path / name, driver=driver)
    read = read_features(tmp_path / name, crs=CRS.from_epsg(4547)).sort_values("名称")
    assert read["名称"].tolist() == sorted(NAMES)
    there = read.to_crs(4326).geometry.x.round(9).tolist()
    assert there == [114.31, 114.3]


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>d</name>{}<Placemark>
<name>幸福里</name><Point><coordinates>114.3,30.6</coordinates></Point></Placemark></Document></kml>
"""


def test_kml(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(KML.format(""), encoding="utf-8")
    read = read_features(path, crs=None)
    assert read["Name"].tolist() == ["幸福里"]


def test_a_kml_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(KML.format("<NetworkLink></NetworkLink>"), encoding="utf-8")
    with pytest.raises(TableError, match="points to other files"):
        read_features(path, crs=None)


def test_a_drawing_in_metres_is_placed_as_the_study_says(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    points = [shapely.Point(528300.0, 3386010.0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a drawing has no coordinate system
        gpd.GeoDataFrame({"Layer": ["0"]}, geometry=points).to_file(path, driver="DXF")
    with pytest.raises(CrsError, match="names no coordinate system"):
        read_features(path, crs=CRS.from_epsg(4547))
    read = read_features(path, crs=CRS.from_epsg(4547), datum="cgcs2000")
    assert read.geometry.x.iloc[0] == pytest.approx(528300, abs=1e-3)


VRT = b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource>"


@pytest.mark.parametrize(
    "name", ["a.kml", "a.geojson", "a.shp", "a.gpkg", "a.dxf", "a.tif", "a.vrt"]
)
def test_a_virtual_file_under_another_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(VRT)
    with pytest.raises(TableError):
        read_features(tmp_path / name, crs=None)
