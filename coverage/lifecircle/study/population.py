"""The settings of population rasters."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from lifecircle.study.fields import Settings
from lifecircle.study.inputs import InputPath

__all__ = ["RASTERS", "PopulationInput", "RasterFiles"]

RASTERS: Final = ("file", "older_60", "older_65", "older_80", "under_3")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


RasterFiles = Annotated[
    tuple[Annotated[InputPath, Field(strict=False)], ...],
    BeforeValidator(_several),
    Field(strict=False, min_length=1),
]


class PopulationInput(Settings):
    """
    Rasters of people, which tell of residences and of what lies between them.

    Attributes
    ----------
    file
        Persons in each cell (WorldPop and the like): a GeoTIFF, or several tiles of one grid.
    older_60, older_65, older_80, under_3
        The same of these ages.
    nodata
        The number that stands for "nothing known" in files that do not declare it.
    persons_per_household
        How many persons make a household here; to be declared, for no raster tells it.
    scale_to_zones
        Whether the people are scaled, in each zone of the finest level that counts them, to the
        zone's own number.
    replace_given
        Whether the raster's numbers stand in place of those that the residences have; if not, they
        only fill what is blank.
    """

    file: RasterFiles
    older_60: RasterFiles | None = None
    older_65: RasterFiles | None = None
    older_80: RasterFiles | None = None
    under_3: RasterFiles | None = None
    nodata: float | None = Field(default=None, allow_inf_nan=False)
    persons_per_household: float = Field(gt=0, le=20)
    scale_to_zones: bool = False
    replace_given: bool = False
