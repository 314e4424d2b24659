"""Profiles: who walks, and what keeps them waiting; each number with its source."""

import math
from typing import Annotated, Self

import numpy as np
from pydantic import AfterValidator, Field, field_validator, model_validator

from lifecircle.study.fields import Settings, whole
from lifecircle.units import speed_mm_s

__all__ = ["FASTEST_SHARE", "WalkProfile"]

FASTEST_SHARE = math.exp(3.5 * 0.05)
"""How much faster than on level ground one walks 5 % downhill, by Tobler's function."""

_LEAST_ROWS = 2


def _tenths(value: float) -> float:
    if round(value * 10) / 10 != value:
        raise ValueError("must be a multiple of 0.1.")
    return value


def _milliseconds(value: float) -> float:
    if round(value * 1000) / 1000 != value:
        raise ValueError("must be a multiple of 0.001.")
    return value


# Half of a wait lies on either side of it: tenths of a second have two halves in milliseconds.
_Wait = Annotated[float, Field(ge=0, le=600), AfterValidator(_tenths)]
_RiserTime = Annotated[float, Field(gt=0, le=10), AfterValidator(_milliseconds)]
_Source = Annotated[str, Field(min_length=1)]
_Row = tuple[Annotated[float, Field(gt=-1, lt=1)], Annotated[float, Field(gt=0, le=2)]]


class _Speed(Settings):
    m_s: float = Field(gt=0, le=5)
    source: _Source

    @field_validator("m_s")
    @classmethod
    def _whole_speed(cls, value: float) -> float:
        return whole(value, speed_mm_s)


class _Waiting(Settings):
    wait_s: _Wait
    source: _Source


class _Stairs(Settings):
    usable: bool
    riser_up_s: _RiserTime | None = None
    riser_down_s: _RiserTime | None = None
    tread_m: float | None = Field(default=None, ge=0.1, le=2)
    source: _Source

    @model_validator(mode="after")
    def _times_where_usable(self) -> Self:
        told = {name: getattr(self, name) for name in ("riser_up_s", "riser_down_s", "tread_m")}
        if self.usable and None in told.values():
            lacking = ", ".join(f"'{name}'" for name, value in told.items() if value is None)
            raise ValueError(f"needs {lacking}, since 'usable' is true.")
        if not self.usable and any(value is not None for value in told.values()):
            raise ValueError("takes no times of steps, since 'usable' is false; leave them out.")
        return self


class _Slope(Settings):
    table: Annotated[tuple[Annotated[_Row, Field(strict=False)], ...], Field(strict=False)] = ()
    source: _Source

    @field_validator("table")
    @classmethod
    def _a_curve(cls, value: tuple[_Row, ...]) -> tuple[_Row, ...]:
        if not value:
            return value
        slopes, shares = np.array(value).T
        if len(value) < _LEAST_ROWS or (np.diff(slopes) <= 0).any():
            raise ValueError("must have two rows or more, from the steepest downhill to uphill.")
        if np.interp(0.0, slopes, shares) != 1:
            raise ValueError("must give 1 at slope 0: 'speed' is that on level ground.")
        return value


class WalkProfile(Settings):
    """
    A kind of walkers: what each thing on the way takes them, and where each number comes from.

    Attributes
    ----------
    title_zh, title_en
        What the walkers are called on outputs.
    speed
        ``m_s`` on level ground.
    signal, crossing
        ``wait_s``: the mean wait before crossing a road with a signal, and without one.
    stairs
        Whether they are ``usable``; ``riser_up_s`` and ``riser_down_s`` for each step; ``tread_m``,
        the length of a step where nobody counted them.
    lift
        ``wait_s``, the ride included.
    slope
        ``table``: rows of a slope and the speed there as a share of that on level ground; without
        one Tobler's function.
    """

    title_zh: Annotated[str, Field(min_length=1)]
    title_en: Annotated[str, Field(min_length=1)]
    speed: _Speed
    signal: _Waiting
    crossing: _Waiting
    stairs: _Stairs
    lift: _Waiting
    slope: _Slope

    @property
    def fastest_share(self) -> float:  # numpydoc ignore=RT01
        """Return the highest speed on any slope, as a share of that on level ground."""
        return max((share for _, share in self.slope.table), default=FASTEST_SHARE)
