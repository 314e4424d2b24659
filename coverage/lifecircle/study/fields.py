"""What the sections of a study file have in common: strictness, and numbers that can be walked."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lifecircle.errors import StudyError

__all__ = ["Minutes", "Settings", "whole"]

# A walk of hours is a slip of the pen, and its search and drawing would fill the memory.
Minutes = Annotated[float, Field(gt=0, le=240)]


class Settings(BaseModel):
    """A section of a study file: nothing in it is changed, guessed or passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def whole(value: float, check: Callable[[float], int]) -> float:
    """
    Refuse a number that is no whole number of the steps we count in.

    Parameters
    ----------
    value
        The number.
    check
        Counts its steps, or raises a `StudyError`.

    Returns
    -------
    value
        The same.

    Raises
    ------
    ValueError
        In place of the `StudyError`, as the study's model wants it.
    """
    try:
        check(value)
    except StudyError as error:
        raise ValueError(" ".join(error.problems)) from None
    return value
