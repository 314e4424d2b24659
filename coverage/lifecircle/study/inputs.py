"""The settings of a study's inputs: which files, and how they are read."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from lifecircle.datum import Datum
from lifecircle.study.fields import Settings
from lifecircle.tables import AdminLevel

__all__ = [
    "AreaInput",
    "FacilitiesInput",
    "HouseholdRule",
    "InputFolder",
    "InputPath",
    "ResidencesInput",
    "StatisticsInput",
    "StreetsInput",
    "ZonesInput",
]


def _beside_study(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    text = str(path)
    if "://" in text or text.startswith(("/vsi", "{", "<")):
        raise ValueError(f"must be a file on this machine, not {text!r}.")
    found = path if folder is None else Path(folder) / path
    # os.path and not Path, which raises for long names.
    is_there = os.path.isdir if text.lower().endswith(".gdb") else os.path.isfile
    if folder is not None and not is_there(found):
        raise ValueError(f"names a file that is not there: {str(found)!r}.")
    return found


def _folder_beside_study(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    found = path if folder is None else Path(folder) / path
    if folder is not None and not os.path.isdir(found):  # noqa: PTH112 - as above
        raise ValueError(f"names a folder that is not there: {str(found)!r}.")
    return found


InputPath = Annotated[Path, AfterValidator(_beside_study)]
InputFolder = Annotated[Path, AfterValidator(_folder_beside_study)]


class StreetsInput(Settings):
    """
    The streets to walk on.

    Attributes
    ----------
    file
        ``.osm.pbf``, ``.osm`` (also ``.bz2``, ``.gz``), or lines in a GeoPackage, Shapefile,
        GeoJSON or GeoParquet file, or GraphML as `osmnx` saves it.
    layer
        The layer of a file that has several.
    node_crossings
        Whether lines that cross without a shared point meet there (for CAD layers).
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None
    node_crossings: bool = False


class _TableInput(Settings):
    file: Annotated[InputPath, Field(strict=False)]
    sheet: str | None = None
    layer: str | None = None
    encoding: str | None = None
    datum: Datum | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)
    geocoded: Annotated[InputPath | None, Field(strict=False)] = None


class FacilitiesInput(_TableInput):
    """
    The list of facilities.

    Attributes
    ----------
    file
        A table (``.csv``, ``.xlsx``, ...), a vector file, or an OSM file to take them from.
    sheet, layer
        Which sheet or layer, where there are several.
    encoding
        Overrides what is found out about a text file.
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``; required for longitudes and latitudes in
        a table.
    columns
        Headers that are not known by themselves: our column -> the file's header.
    geocoded
        What ``lifecircle geocode`` has found for the rows of a table without coordinates.
    """


class HouseholdRule(Settings):
    """
    How households are estimated from buildings, where nobody counted them.

    A rule of ours, not a count. ``building:flats`` is believed. A house is one household; a
    terrace or a pair of houses has one for each `terrace_m2_per_household` of its footprint. Any
    other home has footprint x storeys x `net_share` / `m2_per_household`. Halves are rounded up,
    and no home has less than one.

    Attributes
    ----------
    default_levels
        Storeys of a building without ``building:levels``. Six is the highest that the Chinese code
        lets stand without a lift (GB 50096: from seven on).
    net_share
        What is left of the floor area without stairs, walls and shops.
    m2_per_household
        Net floor area of one home.
    terrace_m2_per_household
        Footprint of one house in a row.
    """

    default_levels: float = Field(default=6.0, gt=0, le=200)
    net_share: float = Field(default=0.8, gt=0, le=1)
    m2_per_household: float = Field(default=90.0, gt=0)
    terrace_m2_per_household: float = Field(default=100.0, gt=0)


class ResidencesInput(_TableInput):
    """
    The residences.

    Attributes
    ----------
    file, sheet, layer, encoding, datum, columns, geocoded
        As for the facilities.
    join
        A table whose rows are joined to the file's by `join_on`.
    join_on
        The contract column that both hold: ``residence_id`` or ``name``.
    gates
        A table or a vector file of gates: points with the residence's identifier or name, else of
        the outline that they stand on; with ``hours`` and ``direction``, if known.
    gates_layer
        The layer of `gates`, or else of `file`, that holds them.
    unknown_gates
        Where nobody knows the gates and no street crosses the outline: ``nearest`` takes the
        street nearest to the outline; ``bounds`` judges once more with the worst gate that there
        could be, and says where the verdict depends on it.
    homes
        Where walks begin: at the ``gate``, or, ``sampled``, all over the residence: in its
        buildings, where the study names some.
    new_from_year
        Residences completed in this year or later are new; replaces the standard's own year.
    persons_per_household
        Blank households are estimated from the population by it, and marked so.
    household_rule
        How households are estimated where the residences come from OSM buildings.
    """

    join: Annotated[InputPath | None, Field(strict=False)] = None
    join_on: Literal["residence_id", "name"] = "residence_id"
    gates: Annotated[InputPath | None, Field(strict=False)] = None
    gates_layer: str | None = None
    unknown_gates: Literal["nearest", "bounds"] = "nearest"
    homes: Literal["gate", "sampled"] = "gate"
    new_from_year: int | None = None
    persons_per_household: float | None = Field(default=None, gt=0, le=20)
    household_rule: HouseholdRule = Field(default_factory=HouseholdRule)


class ZonesInput(Settings):
    """
    The administrative zones.

    Attributes
    ----------
    file, layer
        Polygons with a name and a level.
    level
        The level of all of them, where the file has no such column.
    datum
        Of degrees that the file cannot say it of: ``gcj02``, ``bd09``.
    columns
        Headers that are not known by themselves: our column -> the file's header.
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None
    level: AdminLevel | None = None
    datum: Datum | None = None
    columns: Mapping[str, str] = Field(default_factory=dict)


class AreaInput(Settings):
    """
    The study area, where it is not the union of the zones.

    Attributes
    ----------
    file, layer
        Polygons.
    """

    file: Annotated[InputPath, Field(strict=False)]
    layer: str | None = None


class StatisticsInput(Settings):
    """
    Figures that no map can compute, as the bureau reports them.

    Attributes
    ----------
    file
        A table (``.csv``, ``.xlsx``, ...) with the columns ``key``, ``value``, and if known
        ``year`` and ``source``. The keys are those that the standard's profile names.
    sheet
        Which sheet, where there are several.
    encoding
        Overrides what is found out about a text file.
    """

    file: Annotated[InputPath, Field(strict=False)]
    sheet: str | None = None
    encoding: str | None = None
