"""The step on people: who is served, told by residences and by the raster."""

from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.assessment.setting_out import SetOut
from lifecircle.read.population import Population, people_within
from lifecircle.study import Study
from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.supply.people import PEOPLE_OF_ZONES, people_table, with_people_of_zones

__all__ = ["FoundPeople", "find_people"]


class FoundPeople(NamedTuple):
    """
    What was found of the people.

    Attributes
    ----------
    table
        As `lifecircle.supply.people.people_table` gives it; None without a raster.
    zones, totals
        Those of the assessment, with the sums of people where there is a raster.
    """

    table: pd.DataFrame | None
    zones: gpd.GeoDataFrame
    totals: pd.Series


def find_people(
    population: Population | None, served: shapely.Geometry, found: SetOut, study: Study
) -> FoundPeople:
    """
    Count who is served by residences and by the raster.

    Parameters
    ----------
    population
        Who lives where; None without a raster.
    served
        The area within the limit of anything that counts.
    found
        The tables so far.
    study
        How people walk.

    Returns
    -------
    people
        The table, and zones and totals with its sums.
    """
    if population is None:
        return FoundPeople(None, found.zones, found.totals)
    within = people_within(population, served)
    homes = _with_known_people(found.residences, study)
    table = people_table(population.ground, within, homes, found.zones)
    zones = found.zones.assign(**with_people_of_zones(found.zones, table))
    whole = table[table["group"].eq("population") & table["level"].eq(WHOLE_AREA)].iloc[0]
    more = {name: float(whole[column]) for name, column in PEOPLE_OF_ZONES.items()}
    return FoundPeople(table, zones, pd.concat([found.totals, pd.Series(more)]).rename("totals"))


def _with_known_people(residences: gpd.GeoDataFrame, study: Study) -> gpd.GeoDataFrame:
    """Count the people of residences that give households alone, such as points."""
    assert study.population is not None  # noqa: S101 - or there is no raster
    people = residences["households"] * study.population.persons_per_household
    return residences.assign(population=residences["population"].fillna(people))
