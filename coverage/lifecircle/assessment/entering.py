"""The way from home to the street, and from there to the facilities."""

from typing import Literal, NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.study import Study
from lifecircle.walk.exits import far_gates, far_places, longer_walks, without_shut_gates
from lifecircle.walk.homes import Homes, footprint_homes, sampled_homes
from lifecircle.walk.inside import gate_walks, home_places, middle_places
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.reach import HomeWalks, residence_links

__all__ = ["Entered", "GatesAssumed", "entered", "farther_links", "walked_from"]

GatesAssumed = Literal["known", "unknown", "far"]


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
    gates: GatesAssumed = "known",
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
    gates
        ``known``: as the table says; ``unknown``: as if it said nothing of gates; ``far``: as it
        says, and where neither gates nor crossings are known by the worst gate there could be.

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
    doors = None if gates == "unknown" else homes["gates"]
    places = snap_places(network, homes.geometry, gates=doors, snap_limit_m=snap_limit_m)
    if doors is not None:
        places = without_shut_gates(places, doors)
    if gates == "far":
        far = far_gates(network, places, homes.geometry)
        places = far_places(network, places, far, snap_limit_m=snap_limit_m)
        doors = pd.Series({**homes["gates"].to_dict(), **far.to_dict()}, dtype=object)
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


def farther_links(
    network: WalkNetwork,
    people: tuple[Entered, Entered],
    facilities: Places,
    *,
    limit_mm: int,
    speed_m_s: float = 1.0,
) -> pd.DataFrame:
    """
    Walk from the best and from the worst gate, and keep the longer walk of each home.

    Parameters
    ----------
    network
        The streets.
    people
        Where walks begin at best, and at worst.
    facilities
        Where they end.
    limit_mm, speed_m_s
        As for `walk.links.walk_links`.

    Returns
    -------
    links
        Of the residences.
    """
    near, far = (
        walked_from(network, each, facilities, limit_mm=limit_mm, speed_m_s=speed_m_s)
        for each in people
    )
    if near[1] is None or far[1] is None:
        return longer_walks(near[0], far[0])
    return residence_links(longer_walks(near[1].walks, far[1].walks), near[1].homes)


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
