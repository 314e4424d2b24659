"""Heights of the streets, from rasters."""

import logging

import numpy as np
import numpy.typing as npt

from lifecircle.read.rasters import read_raster, sample_heights
from lifecircle.study import ElevationInput
from lifecircle.walk.slope import sample_points, smoothed_heights
from lifecircle.walk.ways import StreetWays

__all__ = ["read_heights"]

_logger = logging.getLogger(__name__)


def read_heights(settings: ElevationInput, ways: StreetWays) -> npt.NDArray[np.float64]:
    """
    Read the heights that streets need.

    Parameters
    ----------
    settings
        The section.
    ways
        The streets.

    Returns
    -------
    heights_m
        At the points of `lifecircle.walk.slope.sample_points`, smoothed; NaN off the raster and
        where it knows nothing.

    Raises
    ------
    TableError
        If a raster is no GeoTIFF, damaged, or lies elsewhere.
    CrsError
        If it names no coordinate system, or a wrong one.
    """
    xy = sample_points(ways).xy
    _logger.info("reading heights at %d points of the streets", len(xy))
    low, high = xy.min(axis=0) - settings.smoothing_m, xy.max(axis=0) + settings.smoothing_m
    raster = read_raster(
        settings.file,
        extent=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        crs=ways.crs,
        holds="heights",
        nodata=settings.nodata,
    )
    return smoothed_heights(
        xy,
        lambda points: sample_heights(raster, points, crs=ways.crs),
        smoothing_m=settings.smoothing_m,
    )
