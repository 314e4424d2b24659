"""Table columns as JSON lists: numbers rounded for the screen, unknown ones None."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["json_columns", "json_number", "json_numbers"]

DIGITS: Final = {"served_share": 5, "met_share": 5, "walk_m": 0, "nearest_m": 0}
"""Decimals, where they are not two."""


def json_columns(
    table: pd.DataFrame, numbers: Sequence[str], texts: Sequence[str]
) -> dict[str, list[object]]:
    """
    Write columns as lists.

    Parameters
    ----------
    table
        Any table.
    numbers, texts
        Its columns.

    Returns
    -------
    lists
        By column.
    """
    return {name: json_numbers(table[name], name) for name in numbers} | {
        name: [None if pd.isna(value) else str(value) for value in table[name]] for name in texts
    }


def json_numbers(values: "pd.Series[float]", name: str) -> list[object]:
    """
    Write one column of numbers as a list.

    Parameters
    ----------
    values
        Numbers.
    name
        The column; it says how many decimals are shown.

    Returns
    -------
    numbers
        Whole numbers without a point; None for what is unknown.
    """
    floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    digits = DIGITS.get(name, 2)
    return [json_number(value, digits) for value in floats.tolist()]


def json_number(value: float, digits: int = 2) -> float | None:
    """
    Round a number for the screen.

    Parameters
    ----------
    value
        The number.
    digits
        Decimals.

    Returns
    -------
    number
        A whole number loses its point; an unknown one becomes None.

    Examples
    --------
    >>> json_number(2.0), json_number(2.345), json_number(float("nan"))
    (2, 2.35, None)
    """
    if not np.isfinite(value):
        return None
    rounded = round(value, digits)
    return int(rounded) if rounded.is_integer() else rounded
