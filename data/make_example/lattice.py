"""
The ground plan: an irregular lattice of street lines, addressed by line numbers.

A place is a pair (i, j): 12.5 lies half-way between north-south line 12 and line 13. Everything
that is made stands on this one lattice, so streets, blocks and zones fit without gaps.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

Floats = npt.NDArray[np.float64]
Place = tuple[float, float]

SEED: Final = 20251
METRIC_CRS: Final = "EPSG:4550"  # CGCS2000 / 3-degree Gauss-Kruger CM 123E
CENTRE_LON_LAT: Final = (122.05, 37.40)
TURN: Final = np.deg2rad(7.0)  # streets of a coastal town rarely run due north

# North-south lines from west to east, east-west lines from south to north; metres from the centre.
U_LINES: Final = np.array(
    [
        *(-4100, -3550, -3000, -2500, -2200, -1900, -1640, -1570, -1500, -1170, -880, -560),
        *(-260, 60, 330, 610, 700, 790, 1110, 1450, 1790, 2140, 2500, 3000, 3550, 4100),
    ],
    dtype=np.float64,
)
V_LINES: Final = np.array(
    [
        *(-4100, -3550, -3000, -2500, -2150, -1830, -1480, -1160, -800, -430, -130, 190),
        *(500, 780, 1060, 1370, 1700, 2080, 2500, 3000, 3550, 4100),
    ],
    dtype=np.float64,
)
RAIL: Final = 7
ARTERIAL: Final = 12
RIVER: Final = 16
CALM_LINES: Final = [6, 7, 8, 12, 15, 16, 17]  # beside river, railway and arterial: little jitter
WEST, EAST, SOUTH, NORTH = 3, 22, 3, 18  # the district's border lines
LAST_I: Final = len(U_LINES) - 1
LAST_J: Final = len(V_LINES) - 1

_TO_METRES: Final = Transformer.from_crs("EPSG:4490", METRIC_CRS, always_xy=True)
_TO_DEGREES: Final = Transformer.from_crs(METRIC_CRS, "EPSG:4490", always_xy=True)
_CENTRE: Final = _TO_METRES.transform(*CENTRE_LON_LAT)


def _jittered_corners() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(SEED)
    shape = (len(U_LINES), len(V_LINES))
    shift_u = rng.uniform(-24, 24, shape)
    shift_v = rng.uniform(-24, 24, shape)
    shift_u[CALM_LINES] *= 0.15
    return U_LINES[:, None] + shift_u, V_LINES[None, :] + shift_v


_CORNERS_U, _CORNERS_V = _jittered_corners()


def metres_of_plan(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """
    Bend the straight plan into the river's curves and turn it.

    Parameters
    ----------
    u, v
        Metres east and north of the centre on the straight plan.

    Returns
    -------
    x, y
        Easting and northing in `METRIC_CRS`.
    """
    river = 270 * np.sin(2 * np.pi * (v + 500) / 5200) * np.exp(-(((u - 700) / 950) ** 2))
    railway = 0.09 * v * np.exp(-(((u + 1570) / 900) ** 2))
    x = u + river + railway + 55 * np.sin(2 * np.pi * v / 3700 + 1)
    y = v + 120 * np.sin(2 * np.pi * u / 4300 + 0.7) + 50 * np.sin(2 * np.pi * (u + v) / 2900)
    east = x * np.cos(TURN) - y * np.sin(TURN) + _CENTRE[0]
    north = x * np.sin(TURN) + y * np.cos(TURN) + _CENTRE[1]
    return east, north


def metres_of(places: list[Place]) -> Floats:
    """
    Place lattice addresses on the metric plane.

    Parameters
    ----------
    places
        Pairs (i, j) of line numbers, whole or between.

    Returns
    -------
    xy
        Easting and northing in `METRIC_CRS`, shape (places, 2).
    """
    i, j = np.asarray(places, dtype=np.float64).T
    i0 = np.clip(np.floor(i).astype(int), 0, LAST_I - 1)
    j0 = np.clip(np.floor(j).astype(int), 0, LAST_J - 1)
    s, t = i - i0, j - j0

    def blend(corners: Floats) -> Floats:
        south = corners[i0, j0] * (1 - s) + corners[i0 + 1, j0] * s
        north = corners[i0, j0 + 1] * (1 - s) + corners[i0 + 1, j0 + 1] * s
        return np.asarray(south * (1 - t) + north * t)

    return np.column_stack(metres_of_plan(blend(_CORNERS_U), blend(_CORNERS_V)))


def degrees_of(places: list[Place]) -> Floats:
    """
    Place lattice addresses on the globe.

    Parameters
    ----------
    places
        Pairs (i, j) of line numbers, whole or between.

    Returns
    -------
    lon_lat
        Longitude and latitude, rounded to OSM's seven decimals, shape (places, 2).
    """
    return degrees_of_metres(metres_of(places))


def degrees_of_metres(xy: Floats) -> Floats:
    """
    Turn eastings and northings into degrees.

    Parameters
    ----------
    xy
        Easting and northing in `METRIC_CRS`, shape (places, 2).

    Returns
    -------
    lon_lat
        Longitude and latitude, rounded to OSM's seven decimals, shape (places, 2).
    """
    return np.column_stack(_TO_DEGREES.transform(xy[:, 0], xy[:, 1])).round(7)


def metres_of_degrees(lon_lat: Floats) -> Floats:
    """
    Turn degrees into eastings and northings.

    Parameters
    ----------
    lon_lat
        Longitude and latitude, shape (places, 2).

    Returns
    -------
    xy
        Easting and northing in `METRIC_CRS`, shape (places, 2).
    """
    return np.column_stack(_TO_METRES.transform(lon_lat[:, 0], lon_lat[:, 1]))


def rectangle(i0: float, i1: float, j0: float, j1: float, *, steps: int = 4) -> list[Place]:
    """
    Walk round a rectangle of the lattice, counter-clockwise from its south-west corner.

    Parameters
    ----------
    i0, i1, j0, j1
        West, east, south and north side.
    steps
        Points for each unit of a side; on whole lines the points of neighbours coincide.

    Returns
    -------
    ring
        The corners and the points between; the first is not repeated.
    """

    def side(start: float, end: float) -> list[float]:
        count = max(2, round(abs(end - start) * steps))
        return [round(start + (end - start) * k / count, 6) for k in range(count)]

    return [
        *((i, j0) for i in side(i0, i1)),
        *((i1, j) for j in side(j0, j1)),
        *((i, j1) for i in side(i1, i0)),
        *((i0, j) for j in side(j1, j0)),
    ]
