"""Residences whose people nobody counted, filled from a raster and marked."""

from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.read.population import GROUPS, Population
from lifecircle.read.quality import Remark
from lifecircle.study import PopulationInput

__all__ = ["Peopled", "answered", "with_people"]

_BLANK: Final = ("blank", "not_stated")


class Peopled(NamedTuple):
    """
    Residences with the people that a raster tells of.

    Attributes
    ----------
    table
        The contract table.
    remarks
        One for each residence that was filled.
    filled
        The residences that were.
    """

    table: gpd.GeoDataFrame
    remarks: list[Remark]
    filled: pd.Index


def with_people(
    residences: gpd.GeoDataFrame, population: Population, settings: PopulationInput
) -> Peopled:
    """
    Fill what residences do not say of their people.

    Parameters
    ----------
    residences
        The contract table.
    population
        Who lives on which ground.
    settings
        How many persons make a household, and whether given numbers are replaced.

    Returns
    -------
    peopled
        With ``population`` and the groups of ages as the rasters have them, in fractions of
        people, where they were blank, and ``households``, rounded to whole ones and marked in
        ``households_estimated``, where those were.
    """
    homes = population.ground.dropna(subset="residence_id").set_index("residence_id")
    told = pd.DataFrame(homes[[one for one in GROUPS if one in homes]]).reindex(residences.index)
    table = residences.copy()
    known = told["population"].notna()
    replaced = known & settings.replace_given
    filled = pd.Series(data=False, index=table.index)
    for group in told:
        blank = known & (table[group].isna() | replaced)
        table[group] = table[group].where(~blank, told[group])
        filled |= blank
    guessed = (table["population"] / settings.persons_per_household).round()
    open_ones = guessed.notna() & (table["households"].isna() | replaced)
    table["households"] = table["households"].where(~open_ones, guessed)
    table["households_estimated"] = table["households_estimated"].astype(bool) | open_ones
    filled |= open_ones
    source = population.layers["population"].raster.source
    remarks = [
        _remark(source, str(name), row["population"], row["households"])
        for name, row in table.loc[filled].to_dict("index").items()
    ]
    return Peopled(table, remarks, table.index[filled])


def answered(quality: pd.DataFrame, source: str, rows: pd.Series) -> pd.DataFrame:
    """
    Drop the remarks on blanks that have been filled.

    Parameters
    ----------
    quality
        Of the residences.
    source
        Their file.
    rows
        The rows of the file that were filled.

    Returns
    -------
    quality
        The other remarks.
    """
    blank = quality["reason"].isin(_BLANK) & quality["input"].eq(source)
    return quality[~(blank & quality["row"].isin(rows))]


def _remark(source: str, name: str, people: float, households: float) -> Remark:
    found = f"{name}: {people:,.1f} -> {households:,.0f}"
    return Remark(input=source, reason="people_from_raster", found=found, severity="note")
