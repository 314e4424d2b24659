"""The walk network: access, snapping, search, catchments. Pure: no file, no network, no clock."""

from lifecircle.walk.catchments import walk_catchments
from lifecircle.walk.links import nearest_facilities, walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.osmnx_graph import network_from_osmnx
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.ways import StreetWays

__all__ = [
    "Places",
    "StreetWays",
    "WalkNetwork",
    "build_network",
    "nearest_facilities",
    "network_from_osmnx",
    "snap_places",
    "walk_catchments",
    "walk_links",
]
