"""The section ``[buildings]`` of a study: the dwellings that people walk to the gate from."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from lifecircle.datum import Datum
from lifecircle.study.fields import Settings
from lifecircle.study.inputs import InputPath

__all__ = ["BuildingsInput"]


class BuildingsInput(Settings):
    """
    The buildings in which the residences' homes are.

    Attributes
    ----------
    file, layer
        Footprints: a vector file, or OpenStreetMap, of which buildings for other uses are left out.
    datum
        Of degrees that the file cannot say it of: ``gcj02``, ``bd09``.
    columns
        Headers that are not known by themselves: ``levels`` -> the file's header.
    default_levels
        Storeys of a building that does not say them. Six is the highest that the Chinese code
        lets stand without a lift (GB 50096: from seven on).
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None
    datum: Datum | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    default_levels: float = Field(default=6.0, gt=0, le=200)
