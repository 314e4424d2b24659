"""The settings of building footprints."""

from typing import Annotated

from pydantic import Field

from lifecircle.datum import Datum
from lifecircle.study.fields import Settings
from lifecircle.study.inputs import InputPath

__all__ = ["BuildingsInput"]


class BuildingsInput(Settings):
    """
    Footprints of the buildings that people live in.

    Attributes
    ----------
    file
        A vector file of areas, all of them homes; or an OSM file, of which the homes are taken.
    layer
        The layer of a file that has several.
    encoding
        Of a Shapefile's attributes.
    datum
        Of degrees that the file cannot say it of: ``gcj02``, ``bd09``.
    floors
        The header of the storeys, where it is not known by itself.
    default_floors
        Storeys of a building that does not say them. Six is the highest that the Chinese code lets
        stand without a lift (GB 50096: from seven on).
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None
    encoding: str | None = None
    datum: Datum | None = None
    floors: str | None = None
    default_floors: float = Field(default=6.0, gt=0, le=200)
