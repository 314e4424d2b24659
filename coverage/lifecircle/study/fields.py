"""What the sections of a study file have in common: strictness, and numbers that can be walked."""

from collections.abc import Callable, Collection
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from lifecircle.errors import StudyError

__all__ = ["Minutes", "Settings", "ascending", "distinct", "whole"]

Value = TypeVar("Value", float, str, bool)
Number = TypeVar("Number", int, float)

# A walk of hours is a slip of the pen, and its search and drawing would fill the memory.
Minutes = Annotated[float, Field(gt=0, le=240)]


class Settings(BaseModel):
    """A section of a study file: nothing in it is changed, guessed or passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def distinct(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """
    Refuse a list that is empty or names a value twice.

    Parameters
    ----------
    values
        The list.

    Returns
    -------
    values
        The same.

    Raises
    ------
    ValueError
        As the study's model wants it.
    """
    _require_distinct(values)
    return values


def ascending(values: tuple[Number, ...]) -> tuple[Number, ...]:
    """
    Refuse a list of numbers that is empty, names one twice or does not ascend.

    Parameters
    ----------
    values
        The list.

    Returns
    -------
    values
        The same.

    Raises
    ------
    ValueError
        As the study's model wants it.
    """
    _require_distinct(values)
    if list(values) != sorted(values):
        raise ValueError("must ascend.")
    return values


def _require_distinct(values: Collection[object]) -> None:
    if not values or len(set(values)) < len(values):
        raise ValueError("must name one value at least, and none twice.")


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
