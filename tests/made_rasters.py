"""Rasters made for the tests, written where a test wants them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine


def write_tif(
    path: Path,
    values: npt.ArrayLike,
    *,
    corner: tuple[float, float] = (0.0, 0.0),
    cell: float | tuple[float, float] = 100.0,
    crs: str | None = "EPSG:4547",
    nodata: float | None = None,
    dtype: str = "float64",
) -> Path:
    """Write a GeoTIFF whose north-west corner is `corner`, and give its path back."""
    cells = np.asarray(values, dtype=dtype)
    width, height = cell if isinstance(cell, tuple) else (cell, cell)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=dtype,
        count=1,
        height=cells.shape[0],
        width=cells.shape[1],
        crs=crs,
        nodata=nodata,
        transform=Affine(width, 0, corner[0], 0, -height, corner[1]),
    ) as raster:
        raster.write(cells, 1)
    return path
