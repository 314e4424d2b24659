"""The streets and barriers of a network as tables, to be drawn."""

import geopandas as gpd
import numpy as np

from lifecircle.walk.network import WalkNetwork

__all__ = ["barrier_table", "street_table"]


def street_table(network: WalkNetwork) -> gpd.GeoDataFrame:
    """
    Set out the edges of a network to draw them.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    streets
        One row an edge: ``highway``, ``bridge``, ``access`` (public or private), geometry.
    """
    return gpd.GeoDataFrame(
        {
            "highway": [tags.get("highway", "") for tags in network.tags],
            "bridge": ["bridge" in tags for tags in network.tags],
            "access": np.where(network.private, "private", "public"),
        },
        geometry=network.lines,
        crs=network.crs,
    )


def barrier_table(network: WalkNetwork) -> gpd.GeoDataFrame:
    """
    Set out what nobody walks through.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    barriers
        One row a line: ``kind`` and geometry.
    """
    barriers = network.barriers
    return gpd.GeoDataFrame(
        {"kind": list(barriers.kinds)}, geometry=barriers.lines, crs=network.crs
    )
