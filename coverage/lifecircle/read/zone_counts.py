"""People of rasters scaled to what the zones count themselves."""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.quality import Remark
from lifecircle.tables import ADMIN_LEVELS, some

__all__ = ["ScaledPeople", "scaled_people"]

_COUNTED: Final = ("population", "older_60", "older_65", "under_3")


class ScaledPeople(NamedTuple):
    """
    How people were scaled.

    Attributes
    ----------
    factors
        What the people of each part of the ground are multiplied with, by group.
    remarks
        The zones that could not be scaled.
    """

    factors: pd.DataFrame
    remarks: list[Remark]


def scaled_people(
    ground: gpd.GeoDataFrame, people: pd.DataFrame, zones: gpd.GeoDataFrame | None, *, source: str
) -> ScaledPeople:
    """
    Scale people to the zones' own numbers.

    Parameters
    ----------
    ground
        As `lifecircle.supply.ground.ground_table` gives it.
    people
        On its index, one column a group.
    zones
        The contract table.
    source
        The raster's name.

    Returns
    -------
    scaled
        Each group by the finest level of which a zone counts it; where none counts it, with the
        factor of the population. A zone without a number, or without people to scale, and what
        lies outside all zones stay as the raster says; the first two are remarked.

    Raises
    ------
    TableError
        If no zone counts its population.
    """
    if zones is None or zones["population"].notna().sum() == 0:
        problem = (
            "no zone counts its population, so nothing can be scaled to it; fill in the column, or "
            "leave `scale_to_zones` out."
        )
        raise TableError("zones", [problem])
    factors, remarks = pd.DataFrame(index=people.index), []
    for group in people.columns:
        if group in _COUNTED and zones[group].notna().any():
            factors[group], told = _factors(ground, people[group], zones, source)
            remarks += told
        else:
            factors[group] = factors["population"]
    return ScaledPeople(factors, remarks)


def _factors(
    ground: gpd.GeoDataFrame, people: pd.Series, zones: gpd.GeoDataFrame, source: str
) -> tuple[pd.Series, list[Remark]]:
    group = str(people.name)
    counts = zones[zones[group].notna()]
    level = [one for one in ADMIN_LEVELS if one in set(counts["level"])][-1]
    here = zones[zones["level"] == level]
    zone = ground[f"{level}_id"]
    found = people.groupby(zone).sum().reindex(here.index, fill_value=0.0)
    given = here[group]
    unknown = here.index[given.isna()]
    empty = here.index[given.gt(0) & found.eq(0)]
    factors = (given / found.where(found > 0)).where(given.notna(), 1.0).fillna(1.0)
    remarks = [
        Remark(input=source, field=group, reason=reason, found=f"{len(ids)}: {some(ids)}")
        for reason, ids in (("zone_count_unknown", unknown), ("zone_without_people", empty))
        if len(ids)
    ]
    return pd.Series(np.asarray(zone.map(factors).fillna(1.0), dtype=float), people.index), remarks
