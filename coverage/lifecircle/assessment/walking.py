"""The steps on the streets: who walks to what, and the areas within a walk."""

import logging

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.assessment.pacing import network_of
from lifecircle.study import Study
from lifecircle.supply.results import (
    Walked,
)
from lifecircle.units import speed_mm_s
from lifecircle.walk.catchments import catchment_table
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.no_streets import empty_network
from lifecircle.walk.places import Places, chosen_places, snap_places
from lifecircle.walk.ways import StreetWays

__all__ = ["drawn_catchments", "place_everything", "served_area", "walk_everywhere"]

_logger = logging.getLogger(__name__)


def walk_everywhere(
    streets: StreetWays | None, homes: gpd.GeoDataFrame, goals: gpd.GeoDataFrame, study: Study
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
        How people walk.

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
    network, here, there = place_everything(streets, homes, goals, study)
    open_or_planned = goals.index[goals["status"].ne("closed")]
    _logger.info("walking to %d facilities", len(open_or_planned))
    links = walk_links(
        network,
        here,
        chosen_places(there, open_or_planned),
        limit_mm=study.walk.limit_mm,
        speed_m_s=study.walk.speed_m_s,
    )
    return Walked(network, here, there, links)


def place_everything(
    streets: StreetWays | None, homes: gpd.GeoDataFrame, goals: gpd.GeoDataFrame, study: Study
) -> tuple[WalkNetwork, Places, Places]:
    """
    Build the walk network and find where everything meets it.

    Parameters
    ----------
    streets, homes, goals, study
        As for `walk_everywhere`.

    Returns
    -------
    network
        The streets; without one where there are none.
    residences, facilities
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
    here = snap_places(
        network, homes.geometry, gates=homes["gates"], snap_limit_m=walk.snap_limit_m
    )
    there = snap_places(
        network, goals.geometry, gates=goals["entrances"], snap_limit_m=walk.snap_limit_m
    )
    return network, here, there


def drawn_catchments(
    walked: Walked, facilities: gpd.GeoDataFrame, study: Study
) -> gpd.GeoDataFrame:
    """
    Draw catchments of all that counts together, of each kind, and of each facility.

    Parameters
    ----------
    walked
        The network and the facilities on it.
    facilities
        What was found for each facility.
    study
        How people walk, and the minutes of the rings.

    Returns
    -------
    catchments
        As `walk.catchments.catchment_table` gives them.
    """
    working = _working(facilities)
    groups: list[tuple[str, str | None, pd.Index]] = [("all", None, _counting(working))]
    groups += [(str(kind), None, rows.index) for kind, rows in working.groupby("kind")]
    groups += [(kind, str(name), pd.Index([name])) for name, kind in working["kind"].items()]
    return catchment_table(
        walked.network,
        walked.facilities,
        groups,
        minutes=study.walk.rings,
        speed_m_s=study.walk.speed_m_s,
        off_street_m=study.walk.off_street_m,
    )


def served_area(walked: Walked, facilities: gpd.GeoDataFrame, study: Study) -> shapely.Geometry:
    """
    Draw the area within the limit of anything that counts.

    Parameters
    ----------
    walked
        The network and the facilities on it.
    facilities
        What was found for each facility.
    study
        How people walk.

    Returns
    -------
    area
        The catchment of all that counts, from the surface that `drawn_catchments` draws, at the
        limit of the walk, whatever rings are drawn.
    """
    walk = study.walk
    table = catchment_table(
        walked.network,
        walked.facilities,
        [("all", None, _counting(_working(facilities)))],
        minutes=[walk.minutes if walk.limit_m is None else _minutes(study)],
        speed_m_s=walk.speed_m_s,
        off_street_m=walk.off_street_m,
    )
    area: shapely.Geometry = table.geometry.iloc[0]
    return area


def _minutes(study: Study) -> float:
    """Turn a limit in metres into minutes, in whole milliseconds, rounded up."""
    ms = -(-study.walk.limit_mm * 1000 // speed_mm_s(study.walk.speed_m_s))
    return ms / 60_000


def _working(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    closed = facilities["status"].isin(["planned", "closed"])
    return gpd.GeoDataFrame(facilities[~closed])


def _counting(working: gpd.GeoDataFrame) -> pd.Index:
    counts = working["counted_m2"].ne(0) | working["counted_reason"].eq("site_counted_once")
    return working.index[counts]
