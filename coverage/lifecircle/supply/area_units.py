"""Areas as whole units of 0.01 m², and back."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.tables import some

__all__ = ["MOST_UNITS", "UNITS_PER_M2", "to_m2", "to_units"]

UNITS_PER_M2: Final = 100
MOST_UNITS: Final = 2**62  # sums up to here cannot overflow int64

_STEP: Final = Decimal("0.01")


def to_units(values_m2: pd.Series) -> pd.Series:
    """
    Turn square metres into whole units of 0.01 m².

    The decimal text of a number counts, not its binary value: 350.005 becomes 35001 units.

    Parameters
    ----------
    values_m2
        Square metres; NaN where unknown.

    Returns
    -------
    units
        ``Int64`` on the same index, half a unit rounded up; <NA> where unknown.

    Raises
    ------
    TableError
        If a value is negative, infinite or beyond 2^62 units.

    Examples
    --------
    >>> to_units(pd.Series([350.0, 350.005, float("nan")])).tolist()
    [35000, 35001, <NA>]
    """
    values = values_m2.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    bad = known & ~((values >= 0) & (values <= MOST_UNITS / UNITS_PER_M2))
    if bad.any():
        problem = f"areas must be finite and >= 0 m²; look at {some(values_m2.index[bad])}."
        raise TableError(str(values_m2.name or "areas"), [problem])

    distinct, place = np.unique(values[known], return_inverse=True)
    exact = np.array([_units(value) for value in distinct.tolist()], dtype=np.int64)
    units = pd.array(np.zeros(len(values), dtype=np.int64), dtype="Int64")
    units[known] = exact[place]
    units[~known] = pd.NA
    return pd.Series(units, index=values_m2.index, name=values_m2.name)


def to_m2(units: pd.Series) -> pd.Series:
    """
    Turn whole units of 0.01 m² into square metres.

    Parameters
    ----------
    units
        Whole numbers; <NA> where unknown.

    Returns
    -------
    values_m2
        Floats on the same index; NaN where unknown.

    Examples
    --------
    >>> to_m2(pd.Series([35001, None], dtype="Int64")).tolist()
    [350.01, nan]
    """
    return units.astype("Float64").astype("float64") / UNITS_PER_M2


def _units(value_m2: float) -> int:
    rounded = Decimal(repr(value_m2)).quantize(_STEP, rounding=ROUND_HALF_UP)
    return int(rounded * UNITS_PER_M2)
