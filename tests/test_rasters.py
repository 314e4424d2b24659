"""GeoTIFF files are opened with no trust, and read on their own grid."""

import os
import socket
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import CRS, Transformer
from rasterio.transform import Affine

from lifecircle.errors import CrsError, TableError
from lifecircle.read.rasters import Raster, read_raster, sample_heights
from made_rasters import write_tif

GRID = CRS.from_epsg(4547)  # CGCS2000 / 3-degree Gauss-Krueger, 114 E
CORNER = (500_000.0, 3_300_000.0)
ROUND = (500_000.0, 3_299_000.0, 501_000.0, 3_300_000.0)
ONES = np.ones((10, 10))


def people(*files: Path, nodata: float | None = None) -> Raster:
    return read_raster(files, extent=ROUND, crs=GRID, holds="people", nodata=nodata)


def heights(*files: Path, nodata: float | None = None) -> Raster:
    return read_raster(files, extent=ROUND, crs=GRID, holds="heights", nodata=nodata)


def test_cells_come_with_their_place(tmp_path: Path) -> None:
    cells = np.arange(100.0).reshape(10, 10)
    raster = people(write_tif(tmp_path / "made.tif", cells, corner=CORNER))
    np.testing.assert_array_equal(raster.cells, cells)
    assert raster.bounds == ROUND
    assert raster.crs == GRID
    assert raster.whole


def test_declared_nodata_is_unknown(tmp_path: Path) -> None:
    cells = ONES.copy()
    cells[3, 4] = -9999
    raster = people(write_tif(tmp_path / "made.tif", cells, corner=CORNER, nodata=-9999))
    assert np.argwhere(np.isnan(raster.cells)).tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("unknown", "dtype"),
    [(-99999, "float64"), (-9999, "int32"), (-3.4028234663852886e38, "float32"), (-1, "int16"),
     (65535, "uint16"), (3.4e38, "float64")],
)  # fmt: skip
def test_undeclared_nodata_is_refused_with_the_remedy(
    tmp_path: Path, unknown: float, dtype: str
) -> None:
    cells = ONES.copy()
    cells[0, :3] = unknown
    path = write_tif(tmp_path / "made.tif", cells, corner=CORNER, dtype=dtype)
    with pytest.raises(TableError, match=r"3 cells hold .*write `nodata = ") as caught:
        people(path)
    said = float(str(caught.value).split("`nodata = ")[1].split("`")[0])
    assert np.isnan(people(path, nodata=unknown).cells).sum() == 3
    assert said == pytest.approx(unknown, rel=1e-5)


@pytest.mark.parametrize("unknown", [-32768, -9999, 32767])
def test_no_height_is_taken_for_a_cliff(tmp_path: Path, unknown: int) -> None:
    cells = ONES.copy()
    cells[5, 5] = unknown
    path = write_tif(tmp_path / "made.tif", cells, corner=CORNER, dtype="int16")
    with pytest.raises(TableError, match=f"`nodata = {unknown}`"):
        heights(path)


def test_land_below_the_sea_is_a_height(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES * -154, corner=CORNER, dtype="int16")
    assert heights(path).cells.min() == -154  # the Turpan basin


@pytest.mark.parametrize("unit", ["ft", "US survey foot", "dm"])
def test_heights_that_say_they_are_no_metres_are_refused(tmp_path: Path, unit: str) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=CORNER)
    with rasterio.open(path, "r+") as raster:
        raster.units = (unit,)
    with pytest.raises(TableError, match=f"its heights are in '{unit}'; save them in metres"):
        heights(path)
    with rasterio.open(path, "r+") as raster:
        raster.units = ("metre",)
    assert heights(path).cells.sum() == 100


def test_heights_over_feet_are_refused(tmp_path: Path) -> None:
    feet = "EPSG:4547+6360"  # above NAVD88, in US survey feet
    path = write_tif(tmp_path / "made.tif", ONES, corner=CORNER, crs=feet)
    with pytest.raises(TableError, match="its heights are in 'US survey foot'"):
        heights(path)


@pytest.mark.parametrize(
    ("cell", "crs", "corner", "told"),
    [(200.0, "EPSG:4547", CORNER, "200 m"), (1 / 120, "EPSG:4326", (113.9, 30.0), "928 m")],
)
def test_heights_on_cells_too_wide_for_slopes_are_refused(
    tmp_path: Path, cell: float, crs: str, corner: tuple[float, float], told: str
) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=corner, cell=cell, crs=crs)
    with pytest.raises(TableError, match=f"its cells are {told} wide, too wide"):
        heights(path)


def test_nothing_but_unknown_cells_is_refused(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES * -1, corner=CORNER, nodata=-1)
    with pytest.raises(TableError, match="no cell around the study holds a number"):
        people(path)


def test_a_raster_without_a_system_is_refused(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=CORNER, crs=None)
    with pytest.raises(CrsError, match=r"names no coordinate system.*Assign Projection"):
        people(path)


def test_degrees_in_the_name_of_metres_are_refused(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=(114, 30), cell=0.001)
    with pytest.raises(CrsError, match="its corners are degrees"):
        people(path)


def test_metres_in_the_name_of_degrees_are_refused(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=CORNER, crs="EPSG:4490")
    with pytest.raises(CrsError, match="its corners are out of range"):
        people(path)


def test_a_raster_elsewhere_is_refused_with_both_places(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=(10, 50), cell=0.01, crs="EPSG:4326")
    with pytest.raises(TableError, match=r"10\.000, 49\.900, 10\.100, 50\.000.*the study is at 11"):
        people(path)


def test_several_bands_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.tif"
    grid = Affine(100, 0, CORNER[0], 0, -100, CORNER[1])
    with rasterio.open(
        path, "w", driver="GTiff", dtype="uint8", count=3, height=2, width=2, crs=4547,
        transform=grid,
    ) as raster:  # fmt: skip
        raster.write(np.ones((3, 2, 2), dtype="uint8"))
    with pytest.raises(TableError, match="3 bands"):
        people(path)


@pytest.mark.parametrize(
    "grid", [Affine(100, 10, 5e5, 10, -100, 3.3e6), Affine(100, 0, 5e5, 0, 100, 3.3e6)]
)
def test_turned_rasters_are_refused(tmp_path: Path, grid: Affine) -> None:
    path = tmp_path / "made.tif"
    with rasterio.open(
        path, "w", driver="GTiff", dtype="uint8", count=1, height=2, width=2, crs=4547,
        transform=grid,
    ) as raster:  # fmt: skip
        raster.write(np.ones((1, 2, 2), dtype="uint8"))
    with pytest.raises(TableError, match="north up"):
        people(path)


# No trust in names, links and neighbours.


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: asked.append(address))
    return asked


VRT = """<VRTDataset rasterXSize="2" rasterYSize="2"><SRS>EPSG:4547</SRS>
<GeoTransform>500000, 100, 0, 3300000, 0, -100</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename>/vsicurl/http://127.0.0.1:9/made.tif</SourceFilename>
</SimpleSource></VRTRasterBand></VRTDataset>"""


def test_a_vrt_named_tif_is_refused_and_asks_nobody(
    tmp_path: Path, no_network: list[object]
) -> None:
    path = tmp_path / "made.tif"
    path.write_text(VRT, encoding="utf-8")
    with pytest.raises(TableError, match="no GeoTIFF"):
        people(path)
    assert no_network == []


@pytest.mark.parametrize(
    "name",
    ["/vsicurl/http://127.0.0.1:9/a.tif", "http://127.0.0.1:9/a.tif", "<VRTDataset/>", '{"a": 1}',
     "/vsizip/made.zip/a.tif"],
)  # fmt: skip
def test_addresses_and_documents_are_no_files(name: str, no_network: list[object]) -> None:
    with pytest.raises(TableError, match="must be a file of this machine"):
        read_raster([name], extent=ROUND, crs=GRID, holds="people")
    assert no_network == []


def test_sidecars_change_nothing(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", ONES * 7, corner=CORNER)
    (tmp_path / "made.tfw").write_text("1\n0\n0\n-1\n0\n0\n", encoding="ascii")
    (tmp_path / "made.tif.aux.xml").write_text(
        '<PAMDataset><SRS>EPSG:3857</SRS><PAMRasterBand band="1"><NoDataValue>7</NoDataValue>'
        "<Offset>5</Offset></PAMRasterBand></PAMDataset>",
        encoding="ascii",
    )
    raster = people(path)
    assert raster.bounds == ROUND
    assert raster.crs == GRID
    assert (raster.cells == 7).all()


def test_a_world_file_does_not_stand_in_for_a_place(tmp_path: Path) -> None:
    path = tmp_path / "made.tif"
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(
            path, "w", driver="GTiff", dtype="uint8", count=1, height=2, width=2, crs=4547
        ) as raster,
    ):
        raster.write(np.ones((1, 2, 2), dtype="uint8"))
    (tmp_path / "made.tfw").write_text("100\n0\n0\n-100\n500050\n3299950\n", encoding="ascii")
    with pytest.raises(TableError, match="does not say where it lies"):
        people(path)


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "made.tif", np.random.default_rng(1).random((99, 99)), cell=10,
                     corner=CORNER)  # fmt: skip
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(TableError, match=r"cannot be read|never written"):
        people(path)


@pytest.mark.parametrize("name", ["PROJ_LIB", "PROJ_DATA"])
def test_an_old_proj_folder_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = write_tif(tmp_path / "made.tif", ONES, corner=CORNER)
    (tmp_path / "proj.db").touch()
    monkeypatch.setenv(name, str(tmp_path))
    assert people(path).crs.to_epsg() == 4547
    assert os.environ[name] == str(tmp_path)


# Tiles.


def test_tiles_are_one_raster(tmp_path: Path) -> None:
    cells = np.arange(100.0).reshape(10, 10)
    west = write_tif(tmp_path / "made_west.tif", cells[:, :6], corner=CORNER)
    east = write_tif(tmp_path / "made_east.tif", cells[:, 4:], corner=(500_400, 3_300_000))
    for order in ((west, east), (east, west)):
        raster = people(*order)
        np.testing.assert_array_equal(raster.cells, cells)
        assert raster.bounds == ROUND


def test_tiles_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    west = write_tif(tmp_path / "made_west.tif", ONES, corner=CORNER)
    east = write_tif(tmp_path / "made_east.tif", ONES * 2, corner=(500_900, 3_300_000))
    with pytest.raises(TableError, match=r"made_east\.tif says otherwise .* in 10 cells"):
        people(west, east)


def test_an_unknown_cell_gives_way_to_the_other_tile(tmp_path: Path) -> None:
    west = write_tif(tmp_path / "made_west.tif", ONES * -1, corner=CORNER, nodata=-1)
    east = write_tif(tmp_path / "made_east.tif", ONES * 2, corner=CORNER)
    assert (people(west, east).cells == 2).all()


@pytest.mark.parametrize(
    ("corner", "cell", "crs", "said"),
    [
        ((501_000.0, 3_300_000.0), 50.0, "EPSG:4547", "the cells of"),
        ((501_030.0, 3_300_000.0), 100.0, "EPSG:4547", "lie between"),
        ((501_000.0, 3_300_000.0), 100.0, "EPSG:4548", "is in"),
    ],
)
def test_tiles_of_another_grid_are_refused(
    tmp_path: Path, corner: tuple[float, float], cell: float, crs: str, said: str
) -> None:
    west = write_tif(tmp_path / "made_west.tif", ONES, corner=CORNER)
    east = write_tif(tmp_path / "made_east.tif", ONES, corner=corner, cell=cell, crs=crs)
    with pytest.raises(TableError, match=said):
        people(west, east)


def test_faults_of_all_tiles_are_told_at_once(tmp_path: Path) -> None:
    one = write_tif(tmp_path / "made_one.tif", ONES, corner=CORNER, crs=None)
    (tmp_path / "made_two.tif").write_text(VRT, encoding="utf-8")
    with pytest.raises(TableError, match=r"(?s)made_one.*made_two"):
        people(one, tmp_path / "made_two.tif")


# Heights at points.


def test_heights_are_read_between_centres(tmp_path: Path) -> None:
    cells = np.add.outer(np.arange(10) * -10.0, np.arange(10) * 1.0)
    raster = heights(write_tif(tmp_path / "made.tif", cells, corner=CORNER))
    points = np.array([[50.0, -50.0], [100.0, -50.0], [50.0, -100.0], [175.0, -225.0]])
    found = sample_heights(raster, points + CORNER, crs=GRID)
    # Height = (x - 50) / 100 + (y + 50) / 10, which bilinear interpolation gives exactly.
    np.testing.assert_allclose(found, [0.0, 0.5, -5.0, 1.25 - 17.5])


def test_heights_are_unknown_off_the_raster_and_beside_unknown_cells(tmp_path: Path) -> None:
    cells = ONES * 8
    cells[0, 2] = -9999
    raster = heights(write_tif(tmp_path / "made.tif", cells, corner=CORNER, nodata=-9999))
    points = np.array([[-1.0, -50.0], [150.0, -50.0], [151.0, -50.0], [250.0, -50.0], [1.0, -1.0]])
    found = sample_heights(raster, points + CORNER, crs=GRID)
    np.testing.assert_array_equal(found, [np.nan, 8.0, np.nan, np.nan, 8.0])


def test_heights_are_found_in_the_rasters_own_system(tmp_path: Path) -> None:
    turn = Transformer.from_crs(4547, 4326, always_xy=True)
    xy = np.array([[500_300.0, 3_299_700.0], [500_700.0, 3_299_200.0]])
    lon, _ = turn.transform(xy[:, 0], xy[:, 1])
    west, north = turn.transform(499_000.0, 3_301_000.0)
    centres = west + (np.arange(40) + 0.5) * 0.001
    cells = np.broadcast_to((centres - 114) * 1000, (40, 40))
    path = write_tif(tmp_path / "made.tif", cells, corner=(west, north), cell=0.001,
                     crs="EPSG:4326")  # fmt: skip
    raster = heights(path)
    assert not raster.whole
    np.testing.assert_allclose(sample_heights(raster, xy, crs=GRID), (lon - 114) * 1000, atol=1e-9)


def test_only_what_lies_around_the_study_is_read(tmp_path: Path) -> None:
    cells = np.arange(10_000.0).reshape(100, 100) / 2
    path = write_tif(tmp_path / "made.tif", cells, corner=(495_000, 3_305_000))
    raster = heights(path)
    assert raster.cells.shape == (14, 14)  # ten cells, and two more on each side
    np.testing.assert_array_equal(raster.cells, cells[48:62, 48:62])
