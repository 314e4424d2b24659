"""The steps on the streets: who walks to what, and the areas within a walk."""

import logging

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.assessment.entering import Entered, bounded_links, entered, walked_from
from lifecircle.assessment.pacing import network_of
from lifecircle.study import Study
from lifecircle.supply.results import (
    Walked,
)
from lifecircle.units import speed_mm_s
from lifecircle.walk.catchments import catchment_table
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.no_streets import empty_network
from lifecircle.walk.places import Places, chosen_places, snap_places
from lifecircle.walk.ways import StreetWays

__all__ = [
    "bound_links",
    "dissolved_groups",
    "drawn_catchments",
    "place_everything",
    "served_area",
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
    groups: list[tuple[str, str | None, pd.Index]] = [
        (kind, None, ids) for kind, ids in dissolved_groups(facilities)
    ]
    groups += [(kind, str(name), pd.Index([name])) for name, kind in working["kind"].items()]
    return catchment_table(
        walked.network,
        walked.facilities,
        groups,
        minutes=study.walk.rings,
        speed_m_s=study.walk.speed_m_s,
        off_street_m=study.walk.off_street_m,
    )


def dissolved_groups(facilities: gpd.GeoDataFrame) -> list[tuple[str, pd.Index]]:
    """
    Group the facilities whose catchments are drawn as one.

    Parameters
    ----------
    facilities
        What was found for each facility.

    Returns
    -------
    groups
        ``all`` for what counts together, and each kind; with their identifiers.
    """
    working = _working(facilities)
    return [
        ("all", _counting(working)),
        *((str(kind), rows.index) for kind, rows in working.groupby("kind")),
    ]


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
