"""Priority: how much each residence counts where floor area is short."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.supply.zoning import zone_of_residences
from lifecircle.tables import some

__all__ = ["residence_priority", "whole_weights"]


def residence_priority(
    homes: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    of_zones: Mapping[str, float],
    older_80_share_above: float | None = None,
    older_80_weight: float = 1.0,
) -> pd.Series:
    """
    Say how much each residence counts in the sharing.

    Parameters
    ----------
    homes
        Residences, with the columns ``priority``, ``older_80`` and ``population``.
    zones
        Where `of_zones` has its zones from.
    of_zones
        Weights by ``zone_id``, of any level.
    older_80_share_above, older_80_weight
        The weight of residences of whose known population a larger share is 80 or older.

    Returns
    -------
    priority
        On the index of `homes`: what the table says; without, the largest weight that applies;
        without any, 1.

    Raises
    ------
    TableError
        If a weight is given to a zone that is not there.

    Examples
    --------
    >>> homes = gpd.GeoDataFrame(
    ...     {"priority": [np.nan, 3], "older_80": [8, 8], "population": [100, 100]},
    ...     geometry=gpd.points_from_xy([0, 9], [0, 9]), crs=4547,
    ... )  # fmt: skip
    >>> rule = {"older_80_share_above": 0.05, "older_80_weight": 1.5}
    >>> residence_priority(homes, None, of_zones={}, **rule).tolist()
    [1.5, 3.0]
    """
    strays = [zone for zone in of_zones if zones is None or zone not in zones.index]
    if strays:
        raise TableError("zones", [f"[priority] names no known zone: {some(strays)}."])
    largest = pd.Series(np.nan, index=homes.index)
    if of_zones and zones is not None:
        found = zone_of_residences(homes, zones).drop(columns="flags")
        weights = found.apply(lambda column: column.map(of_zones)).astype(np.float64)
        largest = weights.max(axis=1)
    if older_80_share_above is not None:
        old = homes["older_80"].astype(float) / homes["population"].astype(float)
        largest = largest.where(~(old > older_80_share_above), largest.clip(older_80_weight))
        largest = largest.mask((old > older_80_share_above) & largest.isna(), older_80_weight)
    return homes["priority"].astype(float).fillna(largest).fillna(1.0).rename("priority")


def whole_weights(priority: pd.Series) -> pd.Series:
    """
    Bring weights to whole numbers that stand in the same proportion.

    Parameters
    ----------
    priority
        Weights above 0, as written in decimals.

    Returns
    -------
    weights
        On the same index: the smallest such whole numbers.

    Examples
    --------
    >>> whole_weights(pd.Series([1.0, 1.5, 2.0])).tolist()
    [2, 3, 4]
    """
    exact = {value: Fraction(Decimal(repr(float(value)))) for value in priority.unique()}
    common = lcm(*(part.denominator for part in exact.values()))
    whole = {value: int(part * common) for value, part in exact.items()}
    divisor = int(np.gcd.reduce(list(whole.values()))) if whole else 1
    return priority.map({value: amount // divisor for value, amount in whole.items()}).astype(
        np.int64
    )
