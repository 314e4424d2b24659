"""One GeoTIFF file: what it is by its bytes, where its cells lie, and what they hold."""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.windows import Window

from lifecircle.errors import CrsError, LifeCircleError, Located, TableError
from lifecircle.read.vector_files import checked_path

__all__ = ["Bounds", "Frame", "Tile", "opened_tiles", "tile_cells"]

Bounds = tuple[float, float, float, float]
Frame = tuple[int, int, int, int]

_MAGIC: Final = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")  # TIFF 6.0, and BigTIFF
# Sidecars (.aux.xml, .tfw, .ovr, .msk) can move a raster or change what its cells mean.
_ALONE: Final = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
_PROJ_PATHS: Final = ("PROJ_LIB", "PROJ_DATA")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """
    A file of cells.

    Attributes
    ----------
    path
        The file.
    west, north
        The outer corner of its first cell.
    cell
        Width and height of a cell.
    shape
        Rows and columns.
    dtype
        Of its numbers.
    crs
        Its coordinate system.
    nodata
        The number that it declares to stand for "nothing known"; None if it declares none.
    unit
        Of its numbers, as it names it; empty if it does not.
    """

    path: Path
    west: float
    north: float
    cell: tuple[float, float]
    shape: tuple[int, int]
    dtype: np.dtype[np.generic]
    crs: CRS
    nodata: float | None
    unit: str

    @property
    def bounds(self) -> Bounds:  # numpydoc ignore=RT01
        """Return west, south, east and north."""
        (rows, columns), (width, height) = self.shape, self.cell
        return self.west, self.north - rows * height, self.west + columns * width, self.north


def opened_tiles(files: Sequence[str | Path]) -> list[Tile]:
    """
    Open GeoTIFF files, and tell where they lie.

    Parameters
    ----------
    files
        What the user wrote.

    Returns
    -------
    tiles
        One a file.

    Raises
    ------
    TableError
        If a file is no GeoTIFF by its bytes, holds several bands, is turned or damaged.
    CrsError
        If a file names no coordinate system, or one that its corners cannot be in.
    """
    faults: list[LifeCircleError] = []
    tiles: list[Tile] = []
    for file in files:
        try:
            tiles.append(_checked_tile(checked_path(file)))
        except LifeCircleError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        told = [Located(fault.subject, text) for fault in faults for text in fault.problems]
        raise TableError(f"{len(faults)} rasters", told)
    return tiles


def _checked_tile(path: Path) -> Tile:
    with path.open("rb") as file:
        if file.read(4) not in _MAGIC:
            problem = "the content is no GeoTIFF, whatever its name says; save the raster as one."
            raise TableError(path.name, [problem])
    with _dataset(path) as raster:
        _refuse_odd(raster, path.name)
        if raster.crs is None:
            problem = (
                "the raster names no coordinate system; write it into the file (in QGIS: Raster, "
                "Projections, Assign Projection), most likely EPSG:4326 or EPSG:4490."
            )
            raise CrsError(path.name, [problem])
        place = raster.transform
        tile = Tile(
            path=path,
            west=place.c,
            north=place.f,
            cell=(place.a, -place.e),
            shape=(raster.height, raster.width),
            dtype=np.dtype(raster.dtypes[0]),
            crs=CRS.from_wkt(raster.crs.to_wkt(version="WKT2_2019")),
            nodata=raster.nodata,
            unit=(raster.units[0] or "").strip(),
        )
    _refuse_wrong_units(tile)
    return tile


@contextmanager
def _dataset(path: Path) -> Iterator[rasterio.DatasetReader]:
    """Open a file as GeoTIFF and nothing else, without its neighbours and old PROJ folders."""
    away = {name: os.environ.pop(name) for name in _PROJ_PATHS if name in os.environ}
    try:
        with warnings.catch_warnings(), rasterio.Env(**_ALONE):
            warnings.simplefilter("ignore")  # a raster without a place is refused in words
            place = path.resolve()
            with rasterio.open(place, driver="GTiff", GEOREF_SOURCES="INTERNAL") as raster:
                yield raster
    except (RasterioError, MemoryError) as fault:
        problem = f"the raster cannot be read: {str(fault).splitlines()[0][:300]}"
        raise TableError(path.name, [problem]) from fault
    finally:
        os.environ.update(away)


def _refuse_odd(raster: rasterio.DatasetReader, name: str) -> None:
    problems = []
    if raster.count != 1:
        problem = f"it holds {raster.count} bands; save the one that is meant as a file by itself."
        problems.append(problem)
    if np.dtype(raster.dtypes[0]).kind not in "iuf":
        problems.append(f"its cells are {raster.dtypes[0]}; they must be plain numbers.")
    place = raster.transform
    if place.is_identity:
        problems.append("it does not say where it lies; save it as a GeoTIFF with its place.")
    elif not (place.b == place.d == 0 and place.a > 0 and place.e < 0):
        problem = "its rows do not run from west to east, north first; save it with north up."
        problems.append(problem)
    if (raster.scales[0], raster.offsets[0]) != (1.0, 0.0):
        problem = "its cells are to be scaled (scale, offset); save the numbers themselves."
        problems.append(problem)
    if problems:
        raise TableError(name, problems)


def _refuse_wrong_units(tile: Tile) -> None:
    west, south, east, north = tile.bounds
    # A raster of the whole Earth may stand over its edge by a cell.
    in_degrees = max(-west, east) <= 180 + tile.cell[0] and max(-south, north) <= 90 + tile.cell[1]
    if tile.crs.is_geographic and not in_degrees:
        problem = f"the raster says {tile.crs.name!r} (degrees), but its corners are out of range."
        raise CrsError(tile.path.name, [problem])
    if tile.crs.is_projected and in_degrees:
        problem = f"the raster says {tile.crs.name!r} (metres), but its corners are degrees."
        raise CrsError(tile.path.name, [problem])


def tile_cells(tile: Tile, part: Frame, *, nodata: float | None) -> npt.NDArray[np.floating]:
    """
    Read a part of a tile.

    Parameters
    ----------
    tile
        The file.
    part
        First column, first row, last column and last row (exclusive).
    nodata
        A number that stands for "nothing known", beside the one that the file declares.

    Returns
    -------
    cells
        NaN where nothing is known.

    Raises
    ------
    TableError
        If the file is damaged.
    """
    left, top, right, bottom = part
    window = Window(left, top, right - left, bottom - top)
    with _dataset(tile.path) as raster:
        read = raster.read(1, window=window, masked=True)
    kind = np.result_type(np.float32, tile.dtype)
    values = np.asarray(np.ma.filled(read.astype(kind), np.nan), dtype=kind)
    if nodata is not None:
        # Compared as the file stores it: -3.4e38 and 0.1 are other numbers in single precision.
        values[values == np.asarray(nodata).astype(tile.dtype)] = np.nan
    return values
