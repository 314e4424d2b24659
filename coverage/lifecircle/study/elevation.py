"""The settings of the heights of the streets."""

from pydantic import Field

from lifecircle.study.fields import Settings
from lifecircle.study.population import RasterFiles

__all__ = ["ElevationInput"]


class ElevationInput(Settings):
    """
    A raster of heights, which makes walks up and down slower than level ones.

    Attributes
    ----------
    file
        Metres above the sea: a GeoTIFF, or several tiles of one grid, in any coordinate system.
    nodata
        The number that stands for "nothing known" in files that do not declare it.
    smoothing_m
        The height of a point is the mean of a circle of this diameter round it, against the noise
        of height models; 0 takes the raster as it is.
    """

    file: RasterFiles
    nodata: float | None = Field(default=None, allow_inf_nan=False)
    smoothing_m: float = Field(default=100.0, ge=0, le=1000)
