"""Shift WGS84 to GCJ-02, the datum of the AMap lists that bureaus keep."""

from typing import Final

import numpy as np
from lattice import Floats

SEMI_MAJOR_M: Final = 6378245.0  # Krasovsky's ellipsoid, as the public formula has it
ECCENTRICITY_SQUARED: Final = 0.00669342162296594323


def gcj02_of_wgs84(lon_lat: Floats) -> Floats:
    """
    Shift positions by the public approximation of GCJ-02.

    Parameters
    ----------
    lon_lat
        Longitude and latitude in WGS84, shape (places, 2).

    Returns
    -------
    lon_lat
        Longitude and latitude in GCJ-02, rounded to six decimals as AMap gives them.
    """
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    x, y = lon - 105.0, lat - 35.0
    ripple = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    phi = np.radians(lat)
    magic = 1 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / magic**1.5
    parallel_m = SEMI_MAJOR_M / np.sqrt(magic) * np.cos(phi)
    shifted = (lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m))
    return np.column_stack(shifted).round(6)
