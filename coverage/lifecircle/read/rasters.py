"""GeoTIFF rasters: opened with no trust in what lies beside them, read on their own grid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from lifecircle.errors import TableError
from lifecircle.read.geotiff import Bounds, Frame, Tile, opened_tiles, tile_cells

__all__ = ["Holds", "Raster", "read_raster", "sample_heights"]

Floats = npt.NDArray[np.float64]
Holds = Literal["people", "heights"]

_MOST_CELLS: Final = 100_000_000
_MOST_WHOLE: Final = 25_000_000
_MARGIN_CELLS: Final = 2
_SAME_CELL: Final = 1e-6  # of a cell's size: GDAL writes corners to fifteen digits
_SAME_LATTICE: Final = 0.01  # of a cell
_SAME_VALUE: Final = 1e-6  # relative: tiles are often written in single precision
# No land lies lower than the shore of the Dead Sea (-440 m) or higher than 8,849 m.
_HEIGHTS: Final = (-500.0, 9000.0)
# More people than live on Earth.
_MOST_PEOPLE: Final = 1e10
_ON_EDGES: Final = 21
_METRES: Final = frozenset({"", "m", "metre", "metres", "meter", "meters", "米"})
# Rasters of 1 and of 3 seconds of arc (about 30 m and 90 m) show how streets rise; wider cells do
# not.
_WIDEST_CELL_M: Final = 150.0
_DEGREE_M: Final = 111_320.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Raster:
    """
    Cells on a grid of their own, never resampled.

    Attributes
    ----------
    source
        The file's name; of several tiles, the first one's and how many more.
    cells
        Rows from north to south; NaN where nothing is known.
    west, north
        The outer corner of the first cell.
    cell_width, cell_height
        In the units of `crs`.
    crs
        The raster's own.
    whole
        Whether this is all of the raster, and not only what lies around the study.
    """

    source: str
    cells: npt.NDArray[np.floating]
    west: float
    north: float
    cell_width: float
    cell_height: float
    crs: CRS
    whole: bool

    @property
    def bounds(self) -> Bounds:  # numpydoc ignore=RT01
        """Return west, south, east and north."""
        rows, columns = self.cells.shape
        east = self.west + columns * self.cell_width
        return self.west, self.north - rows * self.cell_height, east, self.north


def read_raster(
    files: Sequence[str | Path],
    *,
    extent: Bounds,
    crs: CRS,
    holds: Holds,
    nodata: float | None = None,
) -> Raster:
    """
    Read one raster, or several tiles of it, around a study.

    Parameters
    ----------
    files
        GeoTIFF files of one band: one, or tiles of one grid.
    extent
        West, south, east and north of what is wanted. A raster of people that is small is read
        whole, so that its sum is the one that its makers give.
    crs
        The coordinate system of `extent`.
    holds
        What the cells hold: ``people`` (counts, never negative) or ``heights`` (metres).
    nodata
        The number that stands for "nothing known", where the file does not declare it; cells with
        it are unknown beside those that the file declares.

    Returns
    -------
    raster
        On the grid of the file, in its own coordinate system.

    Raises
    ------
    TableError
        If a file is no GeoTIFF, holds several bands, is turned, damaged or too large; if tiles do
        not fit together or contradict each other; if none lies in `extent`; if cells hold what can
        only stand for "nothing known" and nobody says so; if heights are no metres, or their cells
        too wide to know how streets rise.
    CrsError
        If a file names no coordinate system, or one that its corners cannot be in.
    """
    tiles = opened_tiles(files)
    name = _named(tiles)
    _refuse_misfits(tiles, name)
    if holds == "heights":
        _refuse_useless_heights(tiles, name)
    box = _bounds_in(extent, crs, tiles[0].crs)
    whole = holds == "people" and sum(math.prod(tile.shape) for tile in tiles) <= _MOST_WHOLE
    frame = _frame(tiles, None if whole else box, name)
    if frame is None or _apart(box, _all_bounds(tiles)):
        problem = (
            f"it lies elsewhere: {_degrees(_all_bounds(tiles), tiles[0].crs)}, and the study is at "
            f"{_degrees(extent, crs)} (west, south, east, north in degrees)."
        )
        raise TableError(name, [problem])
    values = _mosaic(tiles, frame, name, nodata)
    _refuse_undeclared(values, tiles, name, holds)
    first = tiles[0]
    return Raster(
        source=name,
        cells=values,
        west=first.west + frame[0] * first.cell[0],
        north=first.north - frame[1] * first.cell[1],
        cell_width=first.cell[0],
        cell_height=first.cell[1],
        crs=first.crs,
        whole=whole,
    )


def sample_heights(raster: Raster, xy: Floats, *, crs: CRS) -> Floats:
    """
    Read heights at points, bilinearly between the centres of cells.

    Parameters
    ----------
    raster
        As `read_raster` gives it.
    xy
        Points, one a row.
    crs
        Their coordinate system.

    Returns
    -------
    heights_m
        One a point; NaN off the raster, and wherever an unknown cell would take part. In the
        outer half of the outermost cells the height is that of the nearest centres.
    """
    turned = Transformer.from_crs(crs, raster.crs, always_xy=True).transform(xy[:, 0], xy[:, 1])
    rows, columns = raster.cells.shape
    across = (np.asarray(turned[0], dtype=np.float64) - raster.west) / raster.cell_width
    down = (raster.north - np.asarray(turned[1], dtype=np.float64)) / raster.cell_height
    on = (across >= 0) & (across <= columns) & (down >= 0) & (down <= rows)
    left, to_right = _between(np.where(on, across, 0.5), columns)
    top, to_bottom = _between(np.where(on, down, 0.5), rows)
    heights = np.zeros(len(xy))
    for row, share in ((top, 1 - to_bottom), (np.minimum(top + 1, rows - 1), to_bottom)):
        for column, part in ((left, 1 - to_right), (np.minimum(left + 1, columns - 1), to_right)):
            weight = share * part
            # What has no weight must not make a height unknown.
            heights += np.where(weight > 0, weight * raster.cells[row, column], 0.0)
    return np.where(on, heights, np.nan)


def _between(position: Floats, cells: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Tell before which centre a position lies, and how far on the way to the next."""
    inside = np.clip(position - 0.5, 0.0, cells - 1)
    before = np.floor(inside).astype(np.intp)
    return before, inside - before


def _named(tiles: Sequence[Tile]) -> str:
    first = tiles[0].path.name
    return first if len(tiles) == 1 else f"{first} (+{len(tiles) - 1})"


def _refuse_misfits(tiles: Sequence[Tile], name: str) -> None:
    """Refuse tiles that are not parts of one grid: counts must never be resampled."""
    first, problems = tiles[0], []
    for tile in tiles[1:]:
        across = (tile.west - first.west) / first.cell[0]
        down = (tile.north - first.north) / first.cell[1]
        off = max(abs(across - round(across)), abs(down - round(down)))
        if tile.crs != first.crs:
            problem = f"{tile.path.name} is in {tile.crs.name!r}, not in {first.crs.name!r}."
            problems.append(problem)
        elif not np.allclose(tile.cell, first.cell, rtol=_SAME_CELL, atol=0):
            problem = f"the cells of {tile.path.name} are {tile.cell}, not {first.cell}."
            problems.append(problem)
        elif off > _SAME_LATTICE:
            problems.append(f"the cells of {tile.path.name} lie between those of the first tile.")
    if problems:
        raise TableError(name, problems)


def _refuse_useless_heights(tiles: Sequence[Tile], name: str) -> None:
    """Refuse heights that are no metres, and cells too wide to know how a street rises."""
    foreign = {tile.unit for tile in tiles if tile.unit.casefold() not in _METRES}
    # A system with heights of its own has a third axis.
    upright = {axis.unit_name for axis in tiles[0].crs.axis_info[2:]} - _METRES
    problems = [
        f"its heights are in {unit!r}; save them in metres." for unit in sorted(foreign | upright)
    ]
    if (size_m := _cell_size_m(tiles[0])) > _WIDEST_CELL_M:
        problem = (
            f"its cells are {size_m:,.0f} m wide, too wide to show how streets rise; take one with "
            f"cells of 30 m, at most {_WIDEST_CELL_M:.0f} m."
        )
        problems.append(problem)
    if problems:
        raise TableError(name, problems)


def _cell_size_m(tile: Tile) -> float:
    width, height = tile.cell
    if tile.crs.is_geographic:
        _, south, _, north = tile.bounds
        return max(width * math.cos(math.radians((south + north) / 2)), height) * _DEGREE_M
    return max(width, height) * float(tile.crs.axis_info[0].unit_conversion_factor)


def _bounds_in(bounds: Bounds, crs: CRS, target: CRS) -> Bounds:
    turn = Transformer.from_crs(crs, target, always_xy=True)
    west, south, east, north = turn.transform_bounds(*bounds, densify_pts=_ON_EDGES)
    return float(west), float(south), float(east), float(north)


def _degrees(bounds: Bounds, crs: CRS) -> str:
    return ", ".join(f"{one:.3f}" for one in _bounds_in(bounds, crs, CRS.from_epsg(4326)))


def _all_bounds(tiles: Sequence[Tile]) -> Bounds:
    every = np.array([tile.bounds for tile in tiles])
    west, south = every[:, :2].min(axis=0)
    east, north = every[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _apart(one: Bounds, other: Bounds) -> bool:
    beside = one[0] >= other[2] or other[0] >= one[2]
    return bool(beside or one[1] >= other[3] or other[1] >= one[3])


def _frame(tiles: Sequence[Tile], box: Bounds | None, name: str) -> Frame | None:
    """Tell which cells to read: first column, first row, last column, last row (exclusive)."""
    parts = [_lattice(tile, tiles[0]) for tile in tiles]
    whole = np.array(parts)
    left, top = (int(one) for one in whole[:, :2].min(axis=0))
    right, bottom = (int(one) for one in whole[:, 2:].max(axis=0))
    if box is not None:
        first, (width, height) = tiles[0], tiles[0].cell
        left = max(left, int(np.floor((box[0] - first.west) / width)) - _MARGIN_CELLS)
        right = min(right, int(np.ceil((box[2] - first.west) / width)) + _MARGIN_CELLS)
        top = max(top, int(np.floor((first.north - box[3]) / height)) - _MARGIN_CELLS)
        bottom = min(bottom, int(np.ceil((first.north - box[1]) / height)) + _MARGIN_CELLS)
    if right <= left or bottom <= top:
        return None
    if (right - left) * (bottom - top) > _MOST_CELLS:
        problem = (
            f"{(right - left) * (bottom - top):,} cells lie around the study, more than "
            f"{_MOST_CELLS:,}; cut the raster to the city, or take a coarser one."
        )
        raise TableError(name, [problem])
    return left, top, right, bottom


def _lattice(tile: Tile, first: Tile) -> Frame:
    left = round((tile.west - first.west) / first.cell[0])
    top = round((first.north - tile.north) / first.cell[1])
    return left, top, left + tile.shape[1], top + tile.shape[0]


def _mosaic(
    tiles: Sequence[Tile], frame: Frame, name: str, nodata: float | None
) -> npt.NDArray[np.floating]:
    left, top, right, bottom = frame
    kind = np.result_type(np.float32, *(tile.dtype for tile in tiles))
    values = np.full((bottom - top, right - left), np.nan, dtype=kind)
    for tile in tiles:
        here = _lattice(tile, tiles[0])
        west, north = max(left, here[0]), max(top, here[1])
        east, south = min(right, here[2]), min(bottom, here[3])
        if east <= west or south <= north:
            continue
        part = (west - here[0], north - here[1], east - here[0], south - here[1])
        read = tile_cells(tile, part, nodata=nodata).astype(kind)
        there = values[north - top : south - top, west - left : east - left]  # a view
        both = ~np.isnan(there) & ~np.isnan(read)
        if not np.allclose(there[both], read[both], rtol=_SAME_VALUE, atol=0):
            many = int((~np.isclose(there[both], read[both], rtol=_SAME_VALUE, atol=0)).sum())
            problem = f"{tile.path.name} says otherwise than the tiles before it in {many:,} cells."
            raise TableError(name, [problem])
        np.copyto(there, read, where=np.isnan(there))
    return values


def _refuse_undeclared(
    values: npt.NDArray[np.floating], tiles: Sequence[Tile], name: str, holds: Holds
) -> None:
    """Refuse numbers that no cell can hold: nobody declared what stands for "nothing known"."""
    known = values[~np.isnan(values)]
    if not known.size:
        raise TableError(name, ["no cell around the study holds a number."])
    least, most = float(known.min()), float(known.max())
    lowest, highest = (0.0, _MOST_PEOPLE) if holds == "people" else _HEIGHTS
    told = [f"{one:g}" for one in (least, most) if not lowest <= one <= highest]
    wide = [tile.dtype for tile in tiles if tile.dtype.itemsize > 1 and tile.nodata is None]
    tops = {float(np.iinfo(kind.str).max) for kind in wide if kind.kind in "iu"}
    if not told and most in tops:
        told = [f"{most:g}"]
    if told:
        many = int(((known < lowest) | (known > highest) | np.isin(known, list(tops))).sum())
        problem = (
            f"{many:,} cells hold {' and '.join(told)}, which no cell can: it stands for "
            f"unknown, and the file does not say so; write `nodata = {told[0]}` into the study."
        )
        raise TableError(name, [problem])
