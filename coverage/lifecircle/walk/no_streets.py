"""A study without streets: nobody is on the network, and nobody walks anywhere."""

import numpy as np
from pyproj import CRS

from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.ways import Barriers

__all__ = ["empty_network"]


def empty_network(crs: CRS) -> WalkNetwork:
    """
    Make a network without a street.

    Parameters
    ----------
    crs
        A projected CRS in metres.

    Returns
    -------
    network
        No place can be snapped to it.

    Examples
    --------
    >>> len(empty_network(CRS.from_epsg(4547)).start)
    0
    """
    none, one = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    nowhere, never = np.zeros((0, 2)), np.zeros(0, dtype=bool)
    return WalkNetwork(
        crs=crs,
        node_xy=nowhere,
        start=none,
        end=none,
        length_mm=none,
        ahead_mm=none,
        back_mm=none,
        private=never,
        forward=never,
        backward=never,
        enclosure=none,
        component=none,
        component_mm=none,
        vertex_offsets=one,
        vertex_xy=nowhere,
        vertex_mm=none,
        vertex_ahead_mm=none,
        vertex_back_mm=none,
        indptr=one,
        adjacent=none,
        decision=none,
        decisions=(),
        piece_offsets=one,
        piece_ways=none,
        tags=(),
        barriers=Barriers(),
        counts={},
    )
