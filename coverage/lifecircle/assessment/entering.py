"""The way from home to the street, and from there to the facilities."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.study import Study
from lifecircle.supply.results import Walked
from lifecircle.walk.bounds import GatesAround, bounded_walks, gates_around
from lifecircle.walk.exits import longer_walks, shorter_walks, without_shut_gates
from lifecircle.walk.homes import Homes, footprint_homes, sampled_homes
from lifecircle.walk.inside import gate_walks, home_places, inside_m, middle_places
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.reach import HomeWalks, residence_links

__all__ = ["Entered", "bounded_links", "entered", "walked_from"]

Floats = npt.NDArray[np.float64]


class Entered(NamedTuple):
    """
    How people get from home to the street.

    Attributes
    ----------
    residences
        The residences on the streets.
    homes, of_homes
        Where people live, and these homes on the streets; None where walks begin at the gate.
    """

    residences: Places
    homes: Homes | None = None
    of_homes: Places | None = None


def entered(
    network: WalkNetwork,
    homes: gpd.GeoDataFrame,
    study: Study,
    *,
    buildings: gpd.GeoDataFrame | None = None,
    gates_known: bool = True,
) -> Entered:
    """
    Put residences, and the homes in them, on the streets.

    Parameters
    ----------
    network
        The streets.
    homes
        The residences that take part, in the network's CRS.
    study
        How people walk, and where their walks begin.
    buildings
        Dwellings, with their ``levels``, for walks that begin in homes; None without any.
    gates_known
        Whether the table is asked for gates.

    Returns
    -------
    entered
        Places on the network.

    Raises
    ------
    CrsError
        If the residences and the streets are in different systems.
    """
    snap_limit_m = study.walk.snap_limit_m
    doors = homes["gates"] if gates_known else None
    places = snap_places(network, homes.geometry, gates=doors, snap_limit_m=snap_limit_m)
    if doors is not None:
        places = without_shut_gates(places, doors)
    if study.residences.homes == "gate":
        return Entered(places)
    return _from_home(network, places, homes.geometry, doors, _homes(homes, study, buildings))


def walked_from(
    network: WalkNetwork,
    people: Entered,
    facilities: Places,
    *,
    limit_mm: int,
    speed_m_s: float = 1.0,
) -> tuple[pd.DataFrame, HomeWalks | None]:
    """
    Walk from each residence, or from the homes in it, to facilities.

    Parameters
    ----------
    network
        The streets.
    people
        Where walks begin.
    facilities
        Where they end.
    limit_mm, speed_m_s
        As for `walk.links.walk_links`.

    Returns
    -------
    links
        Of the residences.
    walks
        Of the homes; None where walks begin at the gate.
    """
    places = people.residences if people.of_homes is None else people.of_homes
    links = walk_links(network, places, facilities, limit_mm=limit_mm, speed_m_s=speed_m_s)
    if people.homes is None or people.of_homes is None:
        return links, None
    home = links["residence_id"].astype("int64").to_numpy()
    names = people.homes.ids.astype(str)[people.homes.residence[home]]
    walks = links.assign(residence_id=names.astype(object), home=home)
    return residence_links(walks, people.homes), HomeWalks(people.homes, people.of_homes, walks)


def bounded_links(
    walked: Walked,
    homes: gpd.GeoDataFrame,
    facilities: Places,
    *,
    worst: bool,
    snap_limit_m: float,
    limit_mm: int,
    speed_m_s: float = 1.0,
) -> pd.DataFrame:
    """
    Walk from the worst, or the best, gate that residences with unknown gates can have.

    Parameters
    ----------
    walked
        The streets, the residences on them, and their walks.
    homes
        The residences.
    facilities
        Where walks end.
    worst
        Whether to take the worst gate or the best, for each facility by itself.
    snap_limit_m
        Farther from any street than this, a gate leads nowhere.
    limit_mm, speed_m_s
        As for `walk.links.walk_links`.

    Returns
    -------
    links
        Of the residences. Those that are entered otherwise keep theirs.
    """
    network = walked.network
    around = gates_around(network, walked.residences, homes.geometry, snap_limit_m=snap_limit_m)
    of_gates = walk_links(
        network, around.places, facilities, limit_mm=limit_mm, speed_m_s=speed_m_s
    )
    people = None if walked.homes is None else walked.homes.homes
    inside = None if people is None else _to_gates(around, homes.geometry, people)
    found = bounded_walks(
        around, of_gates, inside=inside, worst=worst, limit_mm=limit_mm, speed_m_s=speed_m_s
    )
    if walked.homes is None or people is None:
        return _bounded(walked.links, found.drop(columns="home"), around, worst=worst)
    first = np.searchsorted(people.residence, people.ids.get_indexer(around.ids))
    begins = pd.Series(first, index=around.ids.astype(str))
    found["home"] += begins.reindex(found["residence_id"]).to_numpy(dtype=np.int64)
    return residence_links(_bounded(walked.homes.walks, found, around, worst=worst), people)


def _bounded(
    near: pd.DataFrame, found: pd.DataFrame, around: GatesAround, *, worst: bool
) -> pd.DataFrame:
    """Put the bounds in the place of the walks that they bound."""
    is_doubtful = near["residence_id"].isin(around.ids.astype(str))
    bound = (longer_walks if worst else shorter_walks)(near[is_doubtful], found)
    walks = pd.concat([near[~is_doubtful], bound])
    return walks.sort_values(["residence_id", "facility_id"], kind="stable", ignore_index=True)


def _to_gates(around: GatesAround, geometry: gpd.GeoSeries, homes: Homes) -> list[Floats]:
    """Measure from the homes of each residence to the gates that it could have."""
    shapes = np.asarray(geometry.reindex(around.ids).array, dtype=object)
    return [
        inside_m(
            shape, homes.points[homes.residence == at], around.points[around.owner == position]
        )
        for position, (shape, at) in enumerate(
            zip(shapes, homes.ids.get_indexer(around.ids), strict=True)
        )
    ]


def _homes(homes: gpd.GeoDataFrame, study: Study, buildings: gpd.GeoDataFrame | None) -> Homes:
    if buildings is None or study.buildings is None:
        return sampled_homes(homes.geometry)
    return footprint_homes(
        homes.geometry,
        buildings.geometry,
        levels=buildings["levels"],
        default_levels=study.buildings.default_levels,
    )


def _from_home(
    network: WalkNetwork,
    places: Places,
    geometry: gpd.GeoSeries,
    doors: pd.Series | None,
    homes: Homes,
) -> Entered:
    walks = gate_walks(network, places, homes, geometry, gates=doors)
    return Entered(middle_places(places, homes, walks), homes, home_places(places, homes, walks))
