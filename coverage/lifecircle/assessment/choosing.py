"""The first step: what takes part, and where it lies seen from the study area."""

from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import Study
from lifecircle.supply.border import Neighbourhood, neighbourhood, require_something
from lifecircle.supply.priority import residence_priority
from lifecircle.tables import checked

__all__ = ["TakingPart", "taking_part"]


class TakingPart(NamedTuple):
    """
    What takes part in an assessment.

    Attributes
    ----------
    listed
        All residences that were read.
    facilities
        All facilities that were read.
    homes, goals
        The residences, with their ``priority``, and facilities that lie in the area or near
        enough to it to matter.
    zones
        None if there are none.
    area
        The study area; None if there is none.
    near
        Where everything lies, seen from the area.
    statistics
        Reported figures; None without any.
    buildings
        Dwellings, in which walks begin; None without any.
    """

    listed: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    homes: gpd.GeoDataFrame
    goals: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame | None
    area: shapely.Geometry | None
    near: Neighbourhood
    statistics: pd.DataFrame | None
    buildings: gpd.GeoDataFrame | None = None

    @property
    def inside(self) -> pd.Index:  # numpydoc ignore=RT01
        """Return the residences of the study area."""
        inside: pd.Index = self.homes.index[self.near.residences.loc[self.homes.index, "inside"]]
        return inside


def taking_part(inputs: StudyInputs, study: Study) -> TakingPart:
    """
    Check the tables and choose what takes part.

    Parameters
    ----------
    inputs
        Streets and tables.
    study
        The settings.

    Returns
    -------
    part
        What takes part.

    Raises
    ------
    TableError
        For everything that breaks the tables' contracts; if nothing is left to assess.
    """
    residences = checked(inputs.residences, "residences")
    facilities = checked(inputs.facilities, "facilities")
    zones = None if inputs.zones is None else checked(inputs.zones, "zones")
    area = _area(inputs.area, zones)
    near = neighbourhood(residences, facilities, area, border_m=study.reach_m)
    require_something(near)
    homes = residences[near.residences["kept"]]
    homes = homes.assign(
        priority=residence_priority(
            homes,
            zones,
            of_zones=study.priority.zones,
            older_80_share_above=study.priority.older_80_share_above,
            older_80_weight=study.priority.older_80_weight or 1.0,
        )
    )
    goals = facilities[near.facilities["kept"]]
    return TakingPart(
        residences,
        facilities,
        homes,
        goals,
        zones,
        area,
        near,
        inputs.statistics,
        inputs.buildings,
    )


def _area(
    given: shapely.Geometry | None, zones: gpd.GeoDataFrame | None
) -> shapely.Geometry | None:
    if given is not None or zones is None:
        return given
    return shapely.union_all(zones.geometry.to_numpy(), grid_size=0.001)
