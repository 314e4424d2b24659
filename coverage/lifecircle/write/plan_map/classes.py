"""Classes of numbers: where they end, and how that is said."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["class_of", "natural_breaks_m2", "scale_denominator", "scale_length_m"]

_MOST_CLASSES: Final = 4
_STEPS: Final = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_SCALES: Final = (1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7.5, 10)
_BAR_STEPS: Final = (1, 2, 4, 5)  # a half and a fifth of each can be read


def natural_breaks_m2(values: pd.Series) -> list[float]:
    """
    Choose where classes of a shortage end: round numbers near its quantiles.

    Parameters
    ----------
    values
        In square metres; what is unknown or not above 0 has no say.

    Returns
    -------
    breaks
        The upper ends of all classes but the highest, rising. As few as the values need.

    Notes
    -----
    Quartiles of the values, each rounded to one significant figure of 1, 1.5, 2, 2.5, 3, 4, 5, 6
    or 8; what falls together is one class.

    Examples
    --------
    >>> natural_breaks_m2(pd.Series([0.0, 90.0, 210.0, 390.0, 820.0, 1500.0]))
    [200.0, 400.0, 800.0]
    >>> natural_breaks_m2(pd.Series([0.0, 300.0]))
    []
    """
    known = values[values > 0].to_numpy(dtype=float)
    if len(set(known)) < 2:  # noqa: PLR2004 - one value needs one class
        return []
    parts = min(_MOST_CLASSES, len(set(known)))
    quantiles = np.quantile(known, [at / parts for at in range(1, parts)])
    breaks = sorted({_rounded(float(quantile)) for quantile in quantiles})
    return [end for end in breaks if known.min() <= end < known.max()]


def class_of(value: float, breaks: Sequence[float]) -> int:
    """
    Tell which class a value is in.

    Parameters
    ----------
    value
        The value.
    breaks
        The upper ends of the classes but the highest; a value just there is in the lower.

    Returns
    -------
    number
        From 0 on.

    Examples
    --------
    >>> class_of(200.0, [200.0, 400.0]), class_of(200.1, [200.0, 400.0]), class_of(900, [200.0])
    (0, 1, 1)
    """
    return sum(value > end for end in breaks)


def scale_denominator(needed: float) -> int:
    """
    Round a scale to one that plans use.

    Parameters
    ----------
    needed
        The smallest denominator at which everything fits.

    Returns
    -------
    denominator
        At least as large.

    Examples
    --------
    >>> scale_denominator(23_100), scale_denominator(25_000), scale_denominator(81_000)
    (25000, 25000, 100000)
    """
    power = 10 ** math.floor(math.log10(needed))
    step = next(step for step in _SCALES if step * power >= needed)
    return round(float(step * power))


def scale_length_m(most_m: float) -> int:
    """
    Choose how many metres a scale bar shows.

    Parameters
    ----------
    most_m
        What there is room for; at least 4 m.

    Returns
    -------
    length_m
        A round number that is no larger.

    Examples
    --------
    >>> scale_length_m(1300.0), scale_length_m(980.0), scale_length_m(4700.0)
    (1000, 500, 4000)
    """
    power = 10 ** math.floor(math.log10(most_m))
    return int(max(step for step in _BAR_STEPS if step * power <= most_m) * power)


def _rounded(value: float) -> float:
    """Round to the nearest of the steps, by ratio."""
    power = 10 ** math.floor(math.log10(value))
    near = min(_STEPS, key=lambda step: abs(math.log(step * power / value)))
    return float(near * power)
