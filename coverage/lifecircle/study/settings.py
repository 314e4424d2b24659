"""The settings of a study: which inputs, which standard, which walk."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from lifecircle.labels import Language
from lifecircle.study.barriers import BarriersInput
from lifecircle.study.base_map import BaseMapSettings
from lifecircle.study.buildings import BuildingsInput
from lifecircle.study.elevation import ElevationInput
from lifecircle.study.fields import Settings
from lifecircle.study.geocoding import GeocodingSettings
from lifecircle.study.inputs import (
    AreaInput,
    FacilitiesInput,
    InputFolder,
    ResidencesInput,
    StatisticsInput,
    StreetsInput,
    ZonesInput,
)
from lifecircle.study.plan import PlanSettings
from lifecircle.study.population import PopulationInput
from lifecircle.study.priority import PrioritySettings
from lifecircle.study.profile import FASTEST_SHARE
from lifecircle.study.robustness import RobustnessSettings, misfits
from lifecircle.study.walk import WalkSettings
from lifecircle.study.years import Year, Years

__all__ = ["LossLimits", "Study"]


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
    barriers
        What nobody walks through, beside what the streets' file says of it; see `BarriersInput`.
    statistics
        Reported figures; may be left out.
    buildings
        Footprints of homes, where they are known; see `BuildingsInput`. With
        ``residences.homes = "sampled"`` walks begin in them.
    population
        Rasters of people; see `PopulationInput`. Without them nothing is estimated from any.
    standard
        The identifier of a shipped standard, or the path of a profile: the one that judges.
    also
        More of them, whose indicator tables stand beside it.
    new_area_m2_per_100_households
        What new residences owe here, where a document asks for "the standard" and names none.
    ledger
        Which ledger gives the verdicts: as the ``rule`` says, or ``own`` or ``circle`` for all.
    elevation
        Heights of the streets; see `ElevationInput`. Without them every street is level.
    walk, losses, priority, geocoding, base_map
        See `WalkSettings`, `LossLimits`, `PrioritySettings`, `GeocodingSettings` (a run geocodes
        nothing) and `BaseMapSettings` (without one the web map asks nobody for anything).
    last_year
        The folder of an earlier result of this study, beside which the indicators are set (同比);
        None without one.
    as_of
        The year at whose end the town is looked at, by the years of the lists; a date stands for
        its year. None: as the lists have it.
    years
        The years of a series, one row each, all else the same; none without them.
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
    barriers: BarriersInput | None = None
    statistics: StatisticsInput | None = None
    buildings: BuildingsInput | None = None
    population: PopulationInput | None = None
    standard: str = "walk-20"
    also: Annotated[tuple[str, ...], Field(strict=False)] = ()
    new_area_m2_per_100_households: float | None = Field(default=None, gt=0)
    ledger: Literal["rule", "own", "circle"] = "rule"
    walk: WalkSettings = Field(default_factory=WalkSettings)
    elevation: ElevationInput | None = None
    losses: LossLimits = Field(default_factory=LossLimits)
    last_year: Annotated[InputFolder | None, Field(strict=False)] = None
    as_of: Year | None = None
    years: Years | None = None
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

    @field_validator("elevation")
    @classmethod
    def _in_minutes(
        cls, value: ElevationInput | None, info: ValidationInfo
    ) -> ElevationInput | None:
        walk = info.data.get("walk")
        if value is not None and walk is not None and walk.limit_m is not None:
            raise ValueError(
                "cannot stand beside 'walk.limit_m': metres know no slopes; set 'walk.minutes'."
            )
        return value

    @field_validator("output")
    @classmethod
    def _output_beside_study(cls, value: Path, info: ValidationInfo) -> Path:
        folder = (info.context or {}).get("folder")
        found = value if folder is None else Path(folder) / value
        last_year = info.data.get("last_year")
        if last_year is not None and found.resolve() == last_year.resolve():
            raise ValueError("is 'last_year', which the new result would replace; name another.")
        return found

    @field_validator("barriers")
    @classmethod
    def _beside_streets(
        cls, value: BarriersInput | None, info: ValidationInfo
    ) -> BarriersInput | None:
        if value is not None and info.data.get("streets", value) is None:
            raise ValueError(
                "need streets: without them nobody walks; add [streets] or leave it out."
            )
        return value

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

    @property
    def sources(self) -> tuple[str, ...]:  # numpydoc ignore=RT01
        """Return all sources of the data: the plan's own, and who must be named."""
        return tuple(dict.fromkeys((*self.plan.sources, *self.attribution)))

    @property
    def is_timed(self) -> bool:  # numpydoc ignore=RT01
        """Tell whether not every metre of street takes as long."""
        return self.walk.profile is not None or self.elevation is not None

    @property
    def reach_m(self) -> float:  # numpydoc ignore=RT01
        """Return how far what may matter lies, in metres on the ground at most."""
        return self.reach_beyond_m(self.walk.limit_mm)

    def reach_beyond_m(self, limit_mm: int) -> float:
        """
        Tell how far what may matter lies if people walk so far.

        Parameters
        ----------
        limit_mm
            In level millimetres.

        Returns
        -------
        reach_m
            Metres on the ground at most, snapping included: downhill some come farther than on
            level ground.
        """
        fastest = 1.0
        if self.elevation is not None:
            profile = self.walk.profile
            fastest = FASTEST_SHARE if profile is None else profile.fastest_share
        return limit_mm / 1000 * fastest + self.walk.snap_limit_m
