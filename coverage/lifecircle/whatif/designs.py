"""Which settings are tried: a grid, a Latin hypercube, and one assumption at a time."""

import itertools
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from lifecircle.study import RobustnessSettings, Study

__all__ = ["ASSUMPTIONS", "Setting", "drawn_settings", "own_setting", "swings", "varied"]

Value = float | str | bool


class Setting(NamedTuple):
    """
    The assumptions of one run.

    Attributes
    ----------
    speed_m_s, minutes, snap_limit_m
        How people walk, in place of the study's own.
    household_share, floor_area_share
        What households and floor areas are multiplied by.
    gates
        ``known`` (as the study says), ``unknown``, or ``far`` (known, and the worst there could be
        where the study does not say).
    planned
        Whether planned facilities are there.
    """

    speed_m_s: float
    minutes: float
    household_share: float
    floor_area_share: float
    snap_limit_m: float
    gates: str
    planned: bool


ASSUMPTIONS: Final = Setting._fields

# What a hypercube draws between the ends of the range, and to how many decimals: whole mm/s, and
# walks of whole milliseconds.
_DECIMALS: Final = {"speed_m_s": 3, "minutes": 2, "household_share": 3, "floor_area_share": 3}


def own_setting(study: Study) -> Setting:
    """
    Say what the study itself assumes.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    setting
        Its walk, the households and floor areas as they are, and nothing that is only planned.
    """
    walk = study.walk
    return Setting(
        walk.speed_m_s, walk.minutes, 1.0, 1.0, walk.snap_limit_m, "known", planned=False
    )


def varied(settings: RobustnessSettings, study: Study) -> dict[str, tuple[Value, ...]]:
    """
    List the assumptions that are in doubt.

    Parameters
    ----------
    settings
        The ranges.
    study
        The study; where it sets the walk in metres, speed and minutes are in no doubt.

    Returns
    -------
    ranges
        For each assumption its values, at least two.
    """
    overruled = {"speed_m_s", "minutes"} if study.walk.limit_m is not None else set()
    ranges = {name: getattr(settings, name) for name in ASSUMPTIONS if name not in overruled}
    return {name: values for name, values in ranges.items() if len(values) > 1}


def drawn_settings(settings: RobustnessSettings, study: Study) -> tuple[Setting, ...]:
    """
    List the runs of a study's design.

    Parameters
    ----------
    settings
        The design and its ranges.
    study
        What is assumed where nothing is in doubt.

    Returns
    -------
    runs
        The same for the same settings and the same version of numpy.

    Examples
    --------
    >>> files = {"facilities": {"file": "made"}, "residences": {"file": "made"}}
    >>> only = {"design": "grid", "minutes": [15], "household_share": [1], "gates": ["known"],
    ...         "floor_area_share": [1], "snap_limit_m": [300], "planned": [False]}
    >>> study = Study.model_validate({"title": "made", "robustness": only, **files})
    >>> [run.speed_m_s for run in drawn_settings(study.robustness, study)]
    [0.8, 1.2]
    """
    ranges, own = varied(settings, study), own_setting(study)
    if settings.design == "grid":
        rows = list(itertools.product(*ranges.values()))
    else:
        columns = _hypercube(ranges, runs=settings.runs, seed=settings.seed)
        rows = list(zip(*columns, strict=True))
    return tuple(_with(own, dict(zip(ranges, row, strict=True))) for row in rows)


def swings(settings: RobustnessSettings, study: Study) -> dict[str, tuple[Setting, Setting]]:
    """
    Move one assumption at a time from one end of its range to the other.

    Parameters
    ----------
    settings
        The ranges.
    study
        What is assumed of all the others.

    Returns
    -------
    ends
        For each assumption in doubt the settings with its first and its last value.
    """
    own = own_setting(study)
    return {
        name: (_with(own, {name: values[0]}), _with(own, {name: values[-1]}))
        for name, values in varied(settings, study).items()
    }


def _hypercube(
    ranges: Mapping[str, tuple[Value, ...]], *, runs: int, seed: int
) -> list[list[Value]]:
    """Cut each range into as many strata as runs, and draw once in each (McKay et al. 1979)."""
    draw = np.random.Generator(np.random.PCG64(seed))
    columns: list[list[Value]] = []
    for name, values in ranges.items():
        order = draw.permutation(runs)
        if name in _DECIMALS:
            low, high = float(values[0]), float(values[-1])
            spots = low + (high - low) * (order + draw.random(runs)) / runs
            drawn = [round(float(spot), _DECIMALS[name]) for spot in spots]
            columns.append([min(max(spot, low), high) for spot in drawn])
        else:
            columns.append([values[place] for place in order * len(values) // runs])
    return columns


def _with(own: Setting, changes: Mapping[str, Value]) -> Setting:
    return Setting(**(own._asdict() | dict(changes)))
