"""What a plan's documents say of themselves: who made them, when, under which numbers."""

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator, Field

from lifecircle.study.fields import Settings

__all__ = ["PlanSettings"]


def _date_as_text(value: object) -> object:
    """Take a TOML date (2026-11-01) for what it is written as."""
    return value.isoformat() if isinstance(value, dt.date) else value


class PlanSettings(Settings):
    """
    What stands in the title block of maps and documents; what is blank is left to fill in by hand.

    Attributes
    ----------
    organisation
        Who made them, 编制单位.
    date
        As it is to be printed, 日期: ``"2026年11月"``, or a date.
    figure_number
        Of the map, 图号; where one command draws several they are continued by -1, -2, ...
    review_number
        The number of the map's approval, 审图号. Maps that are published in China need one.
    sources
        Where the data come from, 数据来源; the study's `attribution` is printed after them.
    """

    organisation: str = ""
    date: Annotated[str, BeforeValidator(_date_as_text)] = ""
    figure_number: str = ""
    review_number: str = ""
    sources: Annotated[tuple[str, ...], Field(strict=False)] = ()
