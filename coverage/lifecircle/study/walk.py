"""The settings of how people walk."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lifecircle.study.fields import Minutes, Settings, whole
from lifecircle.study.profile import WalkProfile
from lifecircle.units import speed_mm_s, walk_limit_mm

__all__ = ["WalkSettings"]


_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


class WalkSettings(Settings):
    """
    How people walk.

    Attributes
    ----------
    speed_m_s
        Metres a second, a multiple of 0.001; 1.0 stands for older people. With a profile it is
        the profile's, unless it is given.
    minutes
        The limit, inclusive.
    limit_m
        The limit as metres on the network instead.
    at
        The time of day, such as ``10:00``, at which gates with opening hours must be open; None:
        at any time, hours do not matter.
    rings
        Minutes of the catchments that are drawn.
    snap_limit_m
        Farther from any street than this a place is not on the network.
    off_street_m
        How far drawn catchments spread off the street.
    straight_radius_m
        A straight-line radius (服务半径) whose shares are printed beside those of the network;
        None: that of the standard's rules, if they have one.
    profile
        Who walks: what waits, stairs and slopes take them; in a study file ``"older"``,
        ``"adult"``, ``"wheelchair"`` or a file of one's own. None: every metre takes as long.
    direction
        Whose time counts: from the residence to the facility (``there``), or from the facility to
        the residence (``back``).
    """

    speed_m_s: float = Field(default=1.0, gt=0, le=5)
    minutes: Minutes = 15.0
    limit_m: float | None = Field(default=None, ge=1, le=20_000)
    at: str | None = None
    rings: Annotated[tuple[Minutes, ...], Field(strict=False)] = (5, 10, 15)
    snap_limit_m: float = Field(default=300.0, gt=0, le=5000)
    off_street_m: float = Field(default=50.0, gt=0, le=500)
    straight_radius_m: float | None = Field(default=None, ge=1, le=20_000)
    profile: WalkProfile | None = None
    direction: Literal["there", "back"] = "there"

    @model_validator(mode="before")
    @classmethod
    def _speed_of_profile(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        profile = data.get("profile")
        if isinstance(profile, WalkProfile) and "speed_m_s" not in data:
            return {**data, "speed_m_s": profile.speed.m_s}
        return data

    @field_validator("profile")
    @classmethod
    def _in_minutes(cls, value: WalkProfile | None, info: ValidationInfo) -> WalkProfile | None:
        if value is not None and info.data.get("limit_m") is not None:
            raise ValueError("cannot stand beside 'limit_m': metres know no waits; set 'minutes'.")
        return value

    @field_validator("speed_m_s")
    @classmethod
    def _whole_speed(cls, value: float) -> float:
        return whole(value, speed_mm_s)

    @field_validator("at")
    @classmethod
    def _time_of_day(cls, value: str | None) -> str | None:
        if value is not None and not _CLOCK.fullmatch(value):
            raise ValueError("must be a time of day such as '10:00'.")
        return value

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
    def at_minute(self) -> int | None:  # numpydoc ignore=RT01
        """Return the minute of the day at which people leave; None: at any time."""
        if self.at is None:
            return None
        hour, minute = self.at.split(":")
        return 60 * int(hour) + int(minute)

    @property
    def limit_mm(self) -> int:  # numpydoc ignore=RT01
        """Return the longest walk in millimetres; a walk of just this length counts."""
        if self.limit_m is not None:
            return int(self.limit_m * 1000)
        return walk_limit_mm(self.minutes, self.speed_m_s)
