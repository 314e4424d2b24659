"""The settings of years: at which a study is looked at, and over which a series goes."""

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from lifecircle.study.fields import ascending

__all__ = ["Year", "Years"]


def _year_of_date(value: object) -> object:
    """Take a TOML date (2025-12-31) for its year: the lists know no days."""
    return value.year if isinstance(value, dt.date) else value


# As far as the lists themselves may reach back and ahead: see `tables.FACILITY_COLUMNS`.
Year = Annotated[int, BeforeValidator(_year_of_date), Field(ge=1800, le=2200)]
Years = Annotated[tuple[Year, ...], Field(strict=False), AfterValidator(ascending)]
