"""Whose the people of a raster's cells are: by exact parts of the ground, or by floor area."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS

from lifecircle.read.rasters import Raster

__all__ = ["Dwellings", "cell_shares", "dwellings_on", "ground_shares", "known_shares"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

_STEP_M: Final = 100.0  # an edge of 100 m strays by less than 1 mm between two systems
_WHOLE: Final = 1e-5  # exactextract counts in single precision


@dataclass(frozen=True, kw_only=True, slots=True)
class Dwellings:
    """
    Buildings on the grid of a raster.

    Attributes
    ----------
    shapes
        Footprints.
    crs
        Their coordinate system.
    levels
        Storeys.
    floors
        Footprint times storeys in each cell of the raster, in units of its system.
    """

    shapes: Shapes
    crs: CRS
    levels: Floats
    floors: Floats


def ground_shares(raster: Raster, shapes: Shapes, *, crs: CRS) -> pd.DataFrame:
    """
    Tell which part of each cell's ground lies in which shape.

    Parameters
    ----------
    raster
        The cells.
    shapes
        Polygons; they may be empty.
    crs
        Their coordinate system; exactextract would not notice that it is another.

    Returns
    -------
    shares
        ``shape`` (its position), ``cell`` (counted row by row) and ``share`` of the cell, above 0
        to 1, as exact as single precision; what lies off the raster is left out.
    """
    there = _in_system(shapes, crs, raster.crs)
    some = np.flatnonzero(~shapely.is_empty(there))
    if not some.size:
        return _table(np.empty(0, int), np.empty(0, int), np.empty(0))
    west, south, east, north = raster.bounds
    # The values do not matter: only which cells are met.
    blank = np.zeros(raster.cells.shape, np.uint8)
    grid = NumPyRasterSource(blank, west, south, east, north, srs_wkt=raster.crs.to_wkt())
    features = gpd.GeoDataFrame(geometry=there[some], crs=raster.crs)
    found = exact_extract(grid, features, ["cell_id", "coverage"], output="pandas")
    counts = [len(cells) for cells in found["cell_id"]]
    return _table(
        np.repeat(some, counts),
        np.concatenate([*found["cell_id"]]).astype(np.int64),
        np.concatenate([*found["coverage"]]).astype(np.float64),
    )


def known_shares(raster: Raster, shapes: Shapes, *, crs: CRS) -> tuple[Floats, Floats]:
    """
    Tell how much of some shapes a raster knows.

    Parameters
    ----------
    raster
        The cells.
    shapes
        Polygons with an area.
    crs
        Their coordinate system.

    Returns
    -------
    on
        For each shape the share of its ground that lies on the raster.
    known
        The share that lies in cells with a number.
    """
    area = shapely.area(_in_system(shapes, crs, raster.crs))
    shares = ground_shares(raster, shapes, crs=crs)
    ground = shares["share"].to_numpy() * raster.cell_width * raster.cell_height
    known = np.isfinite(raster.cells.ravel()[shares["cell"]])
    sums = np.zeros((2, len(shapes)))
    np.add.at(sums[0], shares["shape"].to_numpy(), ground)
    np.add.at(sums[1], shares["shape"].to_numpy(), ground * known)
    return sums[0] / area, sums[1] / area


def dwellings_on(raster: Raster, buildings: gpd.GeoDataFrame) -> Dwellings:
    """
    Lay buildings on the grid of a raster.

    Parameters
    ----------
    raster
        The cells.
    buildings
        Footprints with their ``levels``, as `lifecircle.read.buildings.read_buildings` gives them.

    Returns
    -------
    dwellings
        For `cell_shares`.
    """
    crs = CRS.from_user_input(buildings.crs)
    shapes = buildings.geometry.to_numpy(dtype=object)
    levels = buildings["levels"].to_numpy(dtype=np.float64)
    building, cell, area = _areas_in_cells(raster, _in_system(shapes, crs, raster.crs))
    floors = np.zeros(raster.cells.size)
    np.add.at(floors, cell, area * levels[building])
    return Dwellings(shapes=shapes, crs=crs, levels=levels, floors=floors)


def cell_shares(
    raster: Raster, shapes: Shapes, *, crs: CRS, dwellings: Dwellings | None = None
) -> pd.DataFrame:
    """
    Tell which share of each cell's people belongs to which shape.

    Parameters
    ----------
    raster
        The cells.
    shapes
        Polygons that do not overlap; they may be empty.
    crs
        Their coordinate system.
    dwellings
        The buildings on the raster; None for no building known.

    Returns
    -------
    shares
        As `ground_shares` gives it; the shares of a cell add up to 1 at most.

    Notes
    -----
    In a cell with buildings its people live in them, in proportion to footprint times storeys
    (the dasymetric method: Eicher and Brewer 2001), and a shape has those of the buildings' parts
    within it. In a cell without any they live all over it, and a shape has its part of the ground.
    """
    shares = ground_shares(raster, shapes, crs=crs)
    if dwellings is not None:
        built = dwellings.floors > 0
        by_ground = shares[~built[shares["cell"].to_numpy()]]
        by_floors = _floor_shares(raster, _in_system(shapes, crs, dwellings.crs), dwellings)
        shares = pd.concat([by_ground, by_floors], ignore_index=True)
    sums = np.bincount(shares["cell"], weights=shares["share"], minlength=raster.cells.size)
    # Single precision must neither make people nor lose them.
    whole = (sums > 1) | (np.abs(sums - 1) < _WHOLE)
    scale = np.where(whole, 1 / np.where(whole, sums, 1.0), 1.0)
    return shares.assign(share=shares["share"] * scale[shares["cell"]])


def _floor_shares(raster: Raster, shapes: Shapes, dwellings: Dwellings) -> pd.DataFrame:
    shape, building, parts = _parts(shapes, dwellings.shapes)
    # Cut where outlines are as they were drawn: between systems some would cross themselves.
    part, cell, area = _areas_in_cells(raster, _in_system(parts, dwellings.crs, raster.crs))
    levels = dwellings.levels[building[part]]
    share = area * levels / dwellings.floors[cell]
    pairs = _table(shape[part], cell, share)
    return pairs.groupby(["shape", "cell"], as_index=False, sort=True)[["share"]].sum()


def _parts(shapes: Shapes, buildings: Shapes) -> tuple[Integers, Integers, Shapes]:
    """Cut buildings along the outlines of shapes; those that lie in one are not cut."""
    tree = shapely.STRtree(buildings)
    inside = tree.query(shapes, predicate="contains")
    meets = tree.query(shapes, predicate="intersects")
    count = len(buildings)
    cut = meets[:, ~np.isin(meets[0] * count + meets[1], inside[0] * count + inside[1])]
    pieces = shapely.intersection(shapes[cut[0]], buildings[cut[1]])
    solid = shapely.area(pieces) > 0
    return (
        np.concatenate([inside[0], cut[0][solid]]).astype(np.int64),
        np.concatenate([inside[1], cut[1][solid]]).astype(np.int64),
        np.concatenate([buildings[inside[1]], pieces[solid]]),
    )


def _areas_in_cells(raster: Raster, shapes: Shapes) -> tuple[Integers, Integers, Floats]:
    """Measure small shapes in each cell that they meet; what lies off the raster is left out."""
    rows, columns = raster.cells.shape
    bounds = shapely.bounds(shapes)
    left = np.floor((bounds[:, 0] - raster.west) / raster.cell_width)
    right = np.floor((bounds[:, 2] - raster.west) / raster.cell_width)
    top = np.floor((raster.north - bounds[:, 3]) / raster.cell_height)
    bottom = np.floor((raster.north - bounds[:, 1]) / raster.cell_height)
    across = (right - left + 1).astype(np.int64)
    each = across * (bottom - top + 1).astype(np.int64)
    shape = np.repeat(np.arange(len(shapes)), each)
    within = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    column = left[shape].astype(np.int64) + within % across[shape]
    row = top[shape].astype(np.int64) + within // across[shape]
    on = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    shape, row, column = shape[on], row[on], column[on]
    area = shapely.area(shapes[shape])
    several = each[shape] > 1
    west = raster.west + column[several] * raster.cell_width
    north = raster.north - row[several] * raster.cell_height
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    whole = shapes.copy()
    whole[broken] = shapely.make_valid(shapes[broken])
    boxes = shapely.box(west, north - raster.cell_height, west + raster.cell_width, north)
    area[several] = shapely.area(shapely.intersection(whole[shape[several]], boxes))
    some = area > 0
    return shape[some], row[some] * columns + column[some], area[some]


def _in_system(shapes: Shapes, crs: CRS, target: CRS) -> Shapes:
    if crs == target:
        return shapes
    fine = shapely.segmentize(shapes, _STEP_M) if crs.is_projected else shapes
    return gpd.GeoSeries(fine, crs=crs).to_crs(target).to_numpy(dtype=object)


def _table(shape: Integers, cell: Integers, share: Floats) -> pd.DataFrame:
    return pd.DataFrame({"shape": shape, "cell": cell, "share": share})
