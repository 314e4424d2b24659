"""Travel time as rasters for geographic information systems."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import rasterio
from rasterio import Affine

from lifecircle.labels import label
from lifecircle.walk.surface import CELL_M

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.walk.travel_time import TravelTime

__all__ = ["write_travel_times"]

# A cloud-optimised GeoTIFF: tiles and overviews, read in part over a network too.
_FORM: Final = {
    "driver": "COG",
    "dtype": "float32",
    "count": 1,
    "nodata": np.nan,
    "compress": "deflate",
    "predictor": "yes",
    "overview_resampling": "nearest",
}


def write_travel_times(assessment: "Assessment", folder: Path) -> None:
    """
    Write a raster of the time to the nearest facility of each kind.

    Parameters
    ----------
    assessment
        What was found.
    folder
        Where to: ``all.tif``, and ``KIND.tif`` for each kind that stands at a street; not made
        if there is none.
    """
    for times in assessment.surfaces:
        folder.mkdir(exist_ok=True)
        _write_raster(assessment, times, folder / f"{times.kind}.tif")


def _write_raster(assessment: "Assessment", times: "TravelTime", path: Path) -> None:
    language = assessment.study.language
    rows, columns = times.shape
    with rasterio.open(
        path,
        "w",
        height=rows,
        width=columns,
        crs=assessment.crs.to_wkt(),
        transform=Affine(CELL_M, 0, times.west, 0, -CELL_M, times.north),
        **_FORM,
    ) as raster:
        raster.write(times.seconds, 1)
        raster.set_band_description(1, "seconds")
        raster.update_tags(
            title=assessment.study.title,
            kind=times.kind,
            unit="s",
            edition=label("edition", "internal", language),
        )
