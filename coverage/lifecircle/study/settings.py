"""The settings of a study: which inputs, which standard, which walk."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
)

from lifecircle.datum import Datum
from lifecircle.labels import Language
from lifecircle.study.base_map import BaseMapSettings
from lifecircle.study.fields import Minutes, Settings, whole
from lifecircle.study.geocoding import GeocodingSettings
from lifecircle.study.plan import PlanSettings
from lifecircle.study.priority import PrioritySettings
from lifecircle.study.robustness import RobustnessSettings, misfits
from lifecircle.tables import AdminLevel
from lifecircle.units import speed_mm_s, walk_limit_mm

__all__ = [
    "AreaInput",
    "FacilitiesInput",
    "HouseholdRule",
    "LossLimits",
    "ResidencesInput",
    "StatisticsInput",
    "StreetsInput",
    "Study",
    "WalkSettings",
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
    gates_layer
        The layer of `file` that holds gates as points with the residence's identifier.
    new_from_year
        Residences completed in this year or later are new; replaces the standard's own year.
    persons_per_household
        Blank households are estimated from the population by it, and marked so.
    household_rule
        How households are estimated where the residences come from OSM buildings.
    """

    join: Annotated[InputPath | None, Field(strict=False)] = None
    join_on: Literal["residence_id", "name"] = "residence_id"
    gates_layer: str | None = None
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


class WalkSettings(Settings):
    """
    How people walk.

    Attributes
    ----------
    speed_m_s
        Metres a second, a multiple of 0.001; 1.0 stands for older people.
    minutes
        The limit, inclusive.
    limit_m
        The limit as metres on the network instead.
    rings
        Minutes of the catchments that are drawn.
    snap_limit_m
        Farther from any street than this a place is not on the network.
    off_street_m
        How far drawn catchments spread off the street.
    straight_radius_m
        A straight-line radius (服务半径) whose shares are printed beside those of the network;
        None: that of the standard's rules, if they have one.
    """

    speed_m_s: float = Field(default=1.0, gt=0, le=5)
    minutes: Minutes = 15.0
    limit_m: float | None = Field(default=None, ge=1, le=20_000)
    rings: Annotated[tuple[Minutes, ...], Field(strict=False)] = (5, 10, 15)
    snap_limit_m: float = Field(default=300.0, gt=0, le=5000)
    off_street_m: float = Field(default=50.0, gt=0, le=500)
    straight_radius_m: float | None = Field(default=None, ge=1, le=20_000)

    @field_validator("speed_m_s")
    @classmethod
    def _whole_speed(cls, value: float) -> float:
        return whole(value, speed_mm_s)

    @field_validator("rings")
    @classmethod
    def _some_rings(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value:
            raise ValueError("must name the minutes of one catchment at least.")
        return value

    @field_validator("minutes")
    @classmethod
    def _whole_minutes(cls, value: float) -> float:
        return whole(value, lambda minutes: walk_limit_mm(minutes, 1.0))

    @property
    def limit_mm(self) -> int:  # numpydoc ignore=RT01
        """Return the longest walk in millimetres; a walk of just this length counts."""
        if self.limit_m is not None:
            return int(self.limit_m * 1000)
        return walk_limit_mm(self.minutes, self.speed_m_s)


class LossLimits(Settings):
    """
    How much of an input may be lost before the run refuses.

    Attributes
    ----------
    rows_share, households_share, m2_share
        Shares of what was read, 0 to 1.
    """

    rows_share: float = Field(default=0.01, ge=0, le=1)
    households_share: float = Field(default=0.005, ge=0, le=1)
    m2_share: float = Field(default=0.005, ge=0, le=1)


class Study(Settings):
    """
    Everything a run uses.

    Attributes
    ----------
    title
        Stands on every output.
    streets, facilities, residences, zones, area
        The inputs; zones and area may be left out, and so may streets: then nobody walks
        anywhere, and only what needs no walk is computed.
    statistics
        Reported figures; may be left out.
    standard
        The identifier of a shipped standard, or the path of a profile: the one that judges.
    also
        More of them, whose indicator tables stand beside it.
    new_area_m2_per_100_households
        What new residences owe here, where a document asks for "the standard" and names none.
    ledger
        Which ledger gives the verdicts: as the ``rule`` says, or ``own`` or ``circle`` for all.
    walk, losses, priority, geocoding, base_map
        See `WalkSettings`, `LossLimits`, `PrioritySettings`, `GeocodingSettings` (a run geocodes
        nothing) and `BaseMapSettings` (without one the web map asks nobody for anything).
    last_year
        The folder of an earlier result of this study, beside which the indicators are set (同比);
        None without one.
    robustness
        What is in doubt and how far, to say which verdicts hold; see `RobustnessSettings`.
    tolerance_share
        A residence whose share of the circle lacks at most this part of its requirement is met.
    language
        Of the outputs: ``zh`` or ``en``.
    output
        The result folder.
    made
        Whether the data are made up; said on every output.
    attribution
        The sources of the data, printed on every output.
    plan
        What the title block of maps and documents says; see `PlanSettings`.
    """

    title: str = Field(min_length=1)
    streets: StreetsInput | None = None
    facilities: FacilitiesInput
    residences: ResidencesInput
    zones: ZonesInput | None = None
    area: AreaInput | None = None
    statistics: StatisticsInput | None = None
    standard: str = "walk-20"
    also: Annotated[tuple[str, ...], Field(strict=False)] = ()
    new_area_m2_per_100_households: float | None = Field(default=None, gt=0)
    ledger: Literal["rule", "own", "circle"] = "rule"
    walk: WalkSettings = Field(default_factory=WalkSettings)
    losses: LossLimits = Field(default_factory=LossLimits)
    last_year: Annotated[InputFolder | None, Field(strict=False)] = None
    robustness: RobustnessSettings | None = None
    priority: PrioritySettings = Field(default_factory=PrioritySettings)
    geocoding: GeocodingSettings | None = None
    base_map: BaseMapSettings | None = None
    tolerance_share: float = Field(default=0.005, ge=0, lt=1)
    language: Language = "zh"
    output: Annotated[Path, Field(strict=False, validate_default=True)] = Path("result")
    made: bool = False
    attribution: Annotated[tuple[str, ...], Field(strict=False)] = ()
    plan: PlanSettings = Field(default_factory=PlanSettings)

    @field_validator("output")
    @classmethod
    def _output_beside_study(cls, value: Path, info: ValidationInfo) -> Path:
        folder = (info.context or {}).get("folder")
        found = value if folder is None else Path(folder) / value
        last_year = info.data.get("last_year")
        if last_year is not None and found.resolve() == last_year.resolve():
            raise ValueError("is 'last_year', which the new result would replace; name another.")
        return found

    @field_validator("robustness")
    @classmethod
    def _around_own_walk(
        cls, value: RobustnessSettings | None, info: ValidationInfo
    ) -> RobustnessSettings | None:
        walk = info.data.get("walk")
        if value is None or walk is None:
            return value
        found = misfits(
            value,
            speed_m_s=walk.speed_m_s,
            minutes=walk.minutes,
            limit_m=walk.limit_m,
            snap_limit_m=walk.snap_limit_m,
        )
        if problems := list(found):
            raise ValueError(", and ".join(problems))
        return value
