"""Make the population and the elevation raster of the made city."""

from pathlib import Path
from typing import Final

import numpy as np
import rasterio
from homes import Home
from lattice import CENTRE_LON_LAT, SEED, Floats, degrees_of, metres_of_degrees, metres_of_plan
from rasterio.features import rasterize
from rasterio.transform import from_origin
from shapely import Polygon

NODATA: Final = -9999.0
HALF_LON, HALF_LAT = 0.0480, 0.0387  # the streets' extent and a little more, in degrees
CELL_100_M: Final = (0.0012, 0.0009)
CELL_30_M: Final = (0.00032, 0.00027)
FINE: Final = 10  # people are spread over cells ten times as fine
EDGE_OF_DATA_M: Final = 4700.0
HILL_UV: Final = np.array([[-2100.0], [2700.0]])


def write_population(path: Path, homes: list[Home]) -> None:
    """
    Write people per cell of about 100 m.

    Parameters
    ----------
    path
        The GeoTIFF.
    homes
        The residences; each one's people are spread evenly over its ground.
    """
    lon_lat, shape = _cell_centres(CELL_100_M)
    fine_shape = (shape[0] * FINE, shape[1] * FINE)
    shapes = [(Polygon(degrees_of(home.ring)), n) for n, home in enumerate(homes, 1)]
    west, north = CENTRE_LON_LAT[0] - HALF_LON, CENTRE_LON_LAT[1] + HALF_LAT
    transform = from_origin(west, north, CELL_100_M[0] / FINE, CELL_100_M[1] / FINE)
    owner = rasterize(shapes, out_shape=fine_shape, transform=transform, dtype="int32")
    people = np.array([0, *(home.population for home in homes)], dtype=np.float64)
    per_cell = people / np.maximum(np.bincount(owner.ravel(), minlength=len(people)), 1)
    per_cell[0] = 0
    coarse = per_cell[owner].reshape(shape[0], FINE, shape[1], FINE).sum(axis=(1, 3))
    centre = metres_of_degrees(np.array([CENTRE_LON_LAT]))
    away = np.hypot(*(metres_of_degrees(lon_lat) - centre).T).reshape(shape)
    _write(path, np.where(away > EDGE_OF_DATA_M, NODATA, coarse.round(3)), CELL_100_M)


def write_elevation(path: Path) -> None:
    """
    Write heights above sea level on cells of about 30 m; a hill stands in the north-west.

    Parameters
    ----------
    path
        The GeoTIFF.
    """
    lon_lat, shape = _cell_centres(CELL_30_M)
    xy = metres_of_degrees(lon_lat)
    hill = np.column_stack(metres_of_plan(*HILL_UV))
    river = np.column_stack(metres_of_plan(np.array([700.0]), np.array([0.0])))
    away = np.hypot(*(xy - hill).T)
    plain = 6 + 0.004 * np.abs(xy[:, 0] - river[0, 0]) + 0.001 * (xy[:, 1] - river[0, 1])
    height = plain + 115 * np.exp(-((away / 900) ** 2))
    rough = np.random.default_rng(SEED + 4).normal(0, 0.3, len(height))
    _write(path, (height + rough).round(1).reshape(shape), CELL_30_M)


def _cell_centres(cell: tuple[float, float]) -> tuple[Floats, tuple[int, int]]:
    columns, rows = round(2 * HALF_LON / cell[0]), round(2 * HALF_LAT / cell[1])
    lon = CENTRE_LON_LAT[0] - HALF_LON + (np.arange(columns) + 0.5) * cell[0]
    lat = CENTRE_LON_LAT[1] + HALF_LAT - (np.arange(rows) + 0.5) * cell[1]
    mesh = np.meshgrid(lon, lat)
    return np.column_stack([mesh[0].ravel(), mesh[1].ravel()]), (rows, columns)


def _write(path: Path, values: Floats, cell: tuple[float, float]) -> None:
    west, north = CENTRE_LON_LAT[0] - HALF_LON, CENTRE_LON_LAT[1] + HALF_LAT
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326",
        "height": values.shape[0], "width": values.shape[1], "nodata": NODATA,
        "transform": from_origin(west, north, *cell), "compress": "deflate", "predictor": 3,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(values.astype(np.float32), 1)
