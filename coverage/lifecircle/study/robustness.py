"""The section ``[robustness]`` of a study: which assumptions are in doubt, and how far."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from lifecircle.study.fields import Minutes, Settings, ascending, distinct, whole
from lifecircle.units import speed_mm_s, walk_limit_mm

__all__ = ["RobustnessSettings", "misfits"]

MOST_RUNS: Final = 2000
OF_HYPERCUBE: Final = ("runs", "seed")


def _whole_speeds(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(whole(value, speed_mm_s) for value in values)


def _whole_minutes(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(whole(value, lambda each: walk_limit_mm(each, 1.0)) for value in values)


Speed = Annotated[float, Field(gt=0, le=5)]
Share = Annotated[float, Field(gt=0, le=10)]
SnapLimit = Annotated[float, Field(gt=0, le=5000)]
_FromList: Final = Field(strict=False)


class RobustnessSettings(Settings):
    """
    What is in doubt, and how far; every combination that is tried is a run.

    Each assumption lists its values. Between the first and the last of `speed_m_s`, `minutes`,
    `household_share` and `floor_area_share` a Latin hypercube draws any; the grid takes those
    listed. An assumption with a single value is not in doubt. The study's own setting must be
    among the values, or between them.

    Attributes
    ----------
    design
        ``latin_hypercube``: `runs` combinations, each assumption spread evenly over its range
        (McKay, Beckman and Conover 1979); ``grid``: every combination of the values listed.
    runs, seed
        Of the hypercube. Fifty runs tell shares of 2 % apart. The seed is of numpy's PCG64.
    robust_share
        A verdict is robust if it holds in at least this share of the runs. One run in twenty may
        differ: a hypercube also draws corners where all assumptions err the same way.
    speed_m_s
        0.8 m/s is the mean of women of 65 and over, 1.2 m/s what pedestrian crossings ask for
        (both of England: Asher et al. 2012, Age and Ageing 41, 690-694).
    minutes
        The limit itself: a fifth less and more than 15 minutes.
    household_share
        Times the households of each residence, for vacant homes and old lists; the tenth is ours.
    floor_area_share
        Times every floor area, of facilities and of residences' own, for plans that were built
        otherwise and gross areas that are usable ones; the tenth is ours.
    snap_limit_m
        How far from a street a place may be. Only the values listed are tried.
    gates
        ``known``: residences are entered as the study says; ``unknown``: as if nobody had told
        their gates, by the crossings of streets with the outline; ``far``: as the study says, and
        where neither gates nor crossings are known by the worst gate there could be; ``best``: by
        the best.
    planned
        Whether planned facilities are there: false, true.
    """

    design: Literal["grid", "latin_hypercube"] = "latin_hypercube"
    runs: int = Field(default=50, ge=10, le=MOST_RUNS)
    seed: int = Field(default=1, ge=0)
    robust_share: float = Field(default=0.95, gt=0.5, le=1)
    speed_m_s: Annotated[
        tuple[Speed, ...], _FromList, AfterValidator(ascending), AfterValidator(_whole_speeds)
    ] = (0.8, 1.2)
    minutes: Annotated[
        tuple[Minutes, ...], _FromList, AfterValidator(ascending), AfterValidator(_whole_minutes)
    ] = (12.0, 18.0)
    household_share: Annotated[tuple[Share, ...], _FromList, AfterValidator(ascending)] = (
        0.9,
        1.1,
    )
    floor_area_share: Annotated[tuple[Share, ...], _FromList, AfterValidator(ascending)] = (
        0.9,
        1.1,
    )
    snap_limit_m: Annotated[tuple[SnapLimit, ...], _FromList, AfterValidator(ascending)] = (
        200.0,
        300.0,
    )
    gates: Annotated[
        tuple[Literal["known", "unknown", "far", "best"], ...], _FromList, AfterValidator(distinct)
    ] = ("known", "unknown")
    planned: Annotated[tuple[bool, ...], _FromList, AfterValidator(distinct)] = (False, True)

    @model_validator(mode="after")
    def _fits_its_design(self) -> "RobustnessSettings":
        if self.design != "grid":
            return self
        if given := [name for name in OF_HYPERCUBE if name in self.model_fields_set]:
            raise ValueError(f'must leave {" and ".join(given)} to design = "latin_hypercube".')
        size = 1
        for values in (self.speed_m_s, self.minutes, self.household_share, self.floor_area_share,
                       self.snap_limit_m, self.gates, self.planned):  # fmt: skip
            size *= len(values)
        if size > MOST_RUNS:
            raise ValueError(f"must list fewer values: {size:,} combinations, at most {MOST_RUNS}.")
        return self


def misfits(
    settings: RobustnessSettings,
    *,
    speed_m_s: float,
    minutes: float,
    limit_m: float | None,
    snap_limit_m: float,
) -> Iterator[str]:
    """
    Say which ranges leave out the study's own setting.

    Parameters
    ----------
    settings
        The ranges.
    speed_m_s, minutes, limit_m, snap_limit_m
        The study's own.

    Yields
    ------
    problem
        The rest of a sentence that begins with the section.
    """
    walked = {"speed_m_s": speed_m_s, "minutes": minutes}
    if limit_m is not None:
        for name in sorted(walked.keys() & settings.model_fields_set):
            yield f"must leave out '{name}': 'walk.limit_m' sets the walk in metres"
        walked = {}
    for name, own in (walked | {"household_share": 1.0, "floor_area_share": 1.0}).items():
        values = getattr(settings, name)
        if not values[0] <= own <= values[-1]:
            yield f"must hold the study's own {own:g} in the range '{name}'"
    for name, level in (("snap_limit_m", snap_limit_m), ("gates", "known"), ("planned", False)):
        if level not in getattr(settings, name):
            yield f"must list the study's own {_written(level)} in '{name}'"


def _written(level: float | str | bool) -> str:  # noqa: FBT001 - one of three kinds of value
    if isinstance(level, bool):
        return str(level).lower()
    return repr(level) if isinstance(level, str) else f"{level:g}"
