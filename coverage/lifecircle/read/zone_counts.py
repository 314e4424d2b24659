"""People of rasters beside what the zones count themselves: compared, and scaled to it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.quality import Remark, Severity
from lifecircle.tables import ADMIN_LEVELS, some

__all__ = ["ScaledPeople", "group_doubts", "scaled_people"]

_COUNTED: Final = ("population", "older_60", "older_65", "under_3")
_OTHERWISE: Final = 0.25  # what years and methods may make of one city


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


def group_doubts(
    people: pd.DataFrame,
    ground: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    source: str,
    scaled: bool = False,
) -> list[Remark]:
    """
    Remark sums of a raster that can hardly be people.

    Parameters
    ----------
    people
        One row for each part of the ground, one column a group, as the rasters have them.
    ground
        As `lifecircle.supply.ground.ground_table` gives it.
    zones
        The contract table.
    source
        The raster's name.
    scaled
        Whether the people are going to be scaled to the zones, so that zones are a note only.

    Returns
    -------
    remarks
        Groups of more people than there are in all (a density or a share in place of counts,
        another year), and groups of which the raster has over 25 % more or fewer than the zones
        that count them, taken together.

    Examples
    --------
    >>> people = pd.DataFrame({"population": [60.0, 40.0], "older_60": [90.0, 30.0]})
    >>> ground = gpd.GeoDataFrame({"street_id": ["Z1", "Z1"]})
    >>> [one.found for one in group_doubts(people, ground, None, source="made.tif")]
    ['120 > 100']
    """
    sums = people.sum()
    older = [str(name) for name in people if sums[str(name)] > sums["population"]]
    remarks = [
        Remark(
            input=source, field=name, reason="group_above_population",
            found=f"{sums[name]:,.0f} > {sums['population']:,.0f}",
        )
        for name in older
    ]  # fmt: skip
    severity: Severity = "note" if scaled else "warning"
    if zones is not None:
        remarks += [
            Remark(
                input=source, field=group, reason="raster_unlike_zones", found=found,
                severity=severity,
            )
            for group, found in _unlike_zones(people, ground, zones)
        ]  # fmt: skip
    return remarks


def _unlike_zones(
    people: pd.DataFrame, ground: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> Iterator[tuple[str, str]]:
    for group in [one for one in _COUNTED if one in people and zones[one].notna().any()]:
        level, here = _counting_zones(zones, group)
        counted = here[here[group].notna()]
        given = float(counted[group].sum())
        there = float(people.loc[ground[f"{level}_id"].isin(counted.index), group].sum())
        if abs(there - given) > _OTHERWISE * given:
            yield group, f"{there:,.0f} / {given:,.0f}"


def _counting_zones(zones: gpd.GeoDataFrame, group: str) -> tuple[str, gpd.GeoDataFrame]:
    """Take the finest level of which a zone counts a group, and all zones of that level."""
    counts = zones[zones[group].notna()]
    level = [one for one in ADMIN_LEVELS if one in set(counts["level"])][-1]
    return level, zones[zones["level"] == level]


def _factors(
    ground: gpd.GeoDataFrame, people: pd.Series, zones: gpd.GeoDataFrame, source: str
) -> tuple[pd.Series, list[Remark]]:
    group = str(people.name)
    level, here = _counting_zones(zones, group)
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
