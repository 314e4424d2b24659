"""The steps on the streets: what meets them where, and who walks to what."""

import logging

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from lifecircle.assessment.entering import Entered, bounded_links, entered, walked_from
from lifecircle.assessment.pacing import network_of
from lifecircle.study import Study
from lifecircle.supply.results import (
    Walked,
)
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.no_streets import empty_network
from lifecircle.walk.places import Places, chosen_places, snap_places
from lifecircle.walk.ways import StreetWays

__all__ = [
    "bound_links",
    "place_everything",
    "walk_everywhere",
]

_logger = logging.getLogger(__name__)


def walk_everywhere(
    streets: StreetWays | None,
    homes: gpd.GeoDataFrame,
    goals: gpd.GeoDataFrame,
    study: Study,
    *,
    buildings: gpd.GeoDataFrame | None = None,
) -> Walked:
    """
    Place everything on the streets and walk from each residence to what stands or is planned.

    Parameters
    ----------
    streets
        The ways; None for a study without streets, where nobody walks anywhere.
    homes, goals
        The residences and facilities that take part, in one metric CRS.
    study
        How people walk, and where their walks begin.
    buildings
        Dwellings in the same CRS, with their ``levels``; None without any.

    Returns
    -------
    walked
        The network, the places on it, and the walks within the limit.

    Raises
    ------
    NetworkError
        If no street may be walked on.
    CrsError
        If the tables and the streets are in different systems.
    """
    network, here, there = place_everything(streets, homes, goals, study, buildings=buildings)
    open_or_planned = goals.index[goals["status"].ne("closed")]
    _logger.info("walking to %d facilities", len(open_or_planned))
    links, walks = walked_from(
        network,
        here,
        chosen_places(there, open_or_planned),
        limit_mm=study.walk.limit_mm,
        speed_m_s=study.walk.speed_m_s,
    )
    return Walked(network, here.residences, there, links, walks)


def bound_links(
    walked: Walked, homes: gpd.GeoDataFrame, goals: gpd.GeoDataFrame, study: Study, *, worst: bool
) -> pd.DataFrame:
    """
    Walk once more with the worst, or the best, gates that residences with unknown ones can have.

    Parameters
    ----------
    walked
        As `walk_everywhere` gives it.
    homes, goals, study
        As for `walk_everywhere`.
    worst
        Whether to take the worst gates or the best.

    Returns
    -------
    links
        The walks within the limit.
    """
    return bounded_links(
        walked,
        homes,
        chosen_places(walked.facilities, goals.index[goals["status"].ne("closed")]),
        worst=worst,
        snap_limit_m=study.walk.snap_limit_m,
        limit_mm=study.walk.limit_mm,
        speed_m_s=study.walk.speed_m_s,
    )


def place_everything(
    streets: StreetWays | None,
    homes: gpd.GeoDataFrame,
    goals: gpd.GeoDataFrame,
    study: Study,
    *,
    buildings: gpd.GeoDataFrame | None = None,
) -> tuple[WalkNetwork, Entered, Places]:
    """
    Build the walk network and find where everything meets it.

    Parameters
    ----------
    streets, homes, goals, study, buildings
        As for `walk_everywhere`.

    Returns
    -------
    network
        The streets; without one where there are none.
    residences
        The residences, and the homes in them, on the streets.
    facilities
        Places on it.

    Raises
    ------
    NetworkError
        If no street may be walked on.
    CrsError
        If the tables and the streets are in different systems.
    """
    walk = study.walk
    if streets is None:
        network = empty_network(CRS(homes.crs))
    else:
        _logger.info("building the walk network from %d ways", len(streets.way_tags))
        network = network_of(streets, study)
    _logger.info("snapping %d residences and %d facilities", len(homes), len(goals))
    here = entered(network, homes, study, buildings=buildings)
    there = snap_places(
        network, goals.geometry, gates=goals["entrances"], snap_limit_m=walk.snap_limit_m
    )
    return network, here, there
