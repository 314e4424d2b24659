"""
Chinese map datums, and the study's metric coordinate system.

Chinese web maps shift WGS84 by a fixed pattern: GCJ-02 (AMap, Tencent) by up to 700 m, and BD-09
(Baidu) once more on top of it.

Notes
-----
The makers of GCJ-02 never published it. The formula is the one in open use since 2010
("EvilTransform": Krasovsky 1940 ellipsoid, a = 6 378 245 m, e² = 0.006 693 421 622 965 943 23, and
a sum of sines). BD-09 on top of GCJ-02 is the formula of Baidu's own converter, open in the same
sources (coordtransform, eviltransform, PRCoords). Both are inverted here by fixed point, to 1e-8 m,
and not by the usual one-step approximation (1 to 2 m).

CGCS2000 agrees with WGS84 within decimetres, and is taken as equal to it.
"""

from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
from pyproj import CRS

__all__ = ["DATUMS", "Datum", "from_wgs84", "is_in_china", "study_crs", "to_wgs84"]

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: Final = get_args(Datum)

Degrees = npt.NDArray[np.float64]
Pair = tuple[Degrees, Degrees]

_SHIFTED: Final = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north
_GAUSS_KRUEGER: Final = (73.0, 3.0, 136.0, 54.0)
_AXIS_M: Final = 6_378_245.0
_E2: Final = 0.00669342162296594323
_BD_TURN: Final = np.pi * 3000.0 / 180.0
_ROUNDS: Final = 12
_BLOCK: Final = 16_384  # points at a time: they stay in the cache
_BD_OFFSET: Final = (0.0065, 0.006)
_CLOSE_DEGREES: Final = 1e-9  # 0.1 mm; what is left after that step is a thousandth of it


def to_wgs84(longitude: npt.ArrayLike, latitude: npt.ArrayLike, datum: Datum) -> Pair:
    """
    Turn coordinates of a datum into WGS84.

    Parameters
    ----------
    longitude, latitude
        Degrees; NaN stays NaN.
    datum
        What the coordinates are now.

    Returns
    -------
    longitude, latitude
        Degrees in WGS84, as new arrays.

    Notes
    -----
    Outside China (`is_in_china` of the coordinates as given) GCJ-02 is WGS84.

    Examples
    --------
    >>> longitude, latitude = to_wgs84([116.404], [39.915], "bd09")
    >>> longitude.round(4), latitude.round(4)
    (array([116.3914]), array([39.9073]))
    """
    x, y = _copy(longitude), _copy(latitude)
    if datum == "bd09":
        x, y = _inverse(_gcj02_to_bd09, x, y, near=_BD_OFFSET)
    if datum in ("gcj02", "bd09"):
        inside = is_in_china(x, y)
        x[inside], y[inside] = _inverse(_wgs84_to_gcj02, x[inside], y[inside])
    return x, y


def from_wgs84(longitude: npt.ArrayLike, latitude: npt.ArrayLike, datum: Datum) -> Pair:
    """
    Turn WGS84 coordinates into those of a datum.

    Parameters
    ----------
    longitude, latitude
        Degrees; NaN stays NaN.
    datum
        What the coordinates shall be.

    Returns
    -------
    longitude, latitude
        Degrees in `datum`, as new arrays.

    Notes
    -----
    Outside China (`is_in_china`) GCJ-02 is WGS84.

    Examples
    --------
    >>> longitude, latitude = from_wgs84([116.0], [40.0], "gcj02")
    >>> longitude.round(3), latitude.round(3)
    (array([116.006]), array([40.001]))
    """
    x, y = _copy(longitude), _copy(latitude)
    if datum in ("gcj02", "bd09"):
        inside = is_in_china(x, y)
        x[inside], y[inside] = _wgs84_to_gcj02(x[inside], y[inside])
    if datum == "bd09":
        x, y = _gcj02_to_bd09(x, y)
    return x, y


def is_in_china(longitude: Degrees, latitude: Degrees) -> npt.NDArray[np.bool_]:
    """
    Tell which coordinates the GCJ-02 formula shifts.

    Parameters
    ----------
    longitude, latitude
        Degrees; NaN is outside.

    Returns
    -------
    inside
        True within 72.004-137.8347 E, 0.8293-55.8271 N: the box of the published formula, which
        is wider than China.
    """
    west, south, east, north = _SHIFTED
    return (longitude > west) & (longitude < east) & (latitude > south) & (latitude < north)


def study_crs(longitude: float, latitude: float) -> CRS:
    """
    Choose the metric coordinate system of a study from its middle.

    Parameters
    ----------
    longitude, latitude
        Degrees.

    Returns
    -------
    crs
        Within 73-136 E, 3-54 N: CGCS2000 / 3-degree Gauss-Krueger about the nearest central
        meridian, without zone prefix (EPSG 4534 to 4554). Elsewhere: WGS84 / UTM.

    Notes
    -----
    The box is a simple test that takes in China's neighbours too. There Gauss-Krueger is as true
    as it is in China: within 1 in 10,000 of lengths on the ground.

    Examples
    --------
    >>> study_crs(114.3, 30.6).to_epsg(), study_crs(-15.4, 28.1).to_epsg()
    (4547, 32628)
    """
    west, south, east, north = _GAUSS_KRUEGER
    if west <= longitude <= east and south <= latitude <= north:
        meridian = min(max(round(longitude / 3) * 3, 75), 135)
        return CRS.from_epsg(4534 + (meridian - 75) // 3)
    zone = int((longitude + 180) // 6) % 60 + 1
    return CRS.from_epsg((32600 if latitude >= 0 else 32700) + zone)


def _copy(values: npt.ArrayLike) -> Degrees:
    return np.array(values, dtype=np.float64, ndmin=1)


def _inverse(
    forward: Callable[[Degrees, Degrees], Pair],
    x: Degrees,
    y: Degrees,
    *,
    near: tuple[float, float] = (0.0, 0.0),
) -> Pair:
    """Find what `forward` turns into (x, y): step back by the error until none is left."""
    found_x, found_y = x - near[0], y - near[1]
    for start in range(0, len(x), _BLOCK):
        part = slice(start, start + _BLOCK)
        guess_x, guess_y = found_x[part], found_y[part]  # views
        for _ in range(_ROUNDS):
            there_x, there_y = forward(guess_x, guess_y)
            step_x, step_y = x[part] - there_x, y[part] - there_y
            guess_x += step_x
            guess_y += step_y
            steps = np.fmax(np.abs(step_x), np.abs(step_y))
            if np.fmax.reduce(steps, axis=None, initial=0.0) <= _CLOSE_DEGREES:
                break
    return found_x, found_y


def _wgs84_to_gcj02(longitude: Degrees, latitude: Degrees) -> Pair:
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    wave = np.sin(2.0 * np.pi * x)  # sin 3a = 3 sin a - 4 sin^3 a gives the shorter one
    shared = (20.0 * (3.0 - 4.0 * wave * wave) * wave + 20.0 * wave) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north += _waves(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east += _waves(x, ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    turn = np.radians(latitude)
    sine = np.sin(turn)
    squash = 1.0 - _E2 * sine * sine
    north_degrees = np.degrees(north * squash * np.sqrt(squash) / (_AXIS_M * (1.0 - _E2)))
    east_degrees = np.degrees(east * np.sqrt(squash) / (_AXIS_M * np.cos(turn)))
    return longitude + east_degrees, latitude + north_degrees


def _waves(degrees: Degrees, terms: tuple[tuple[float, float], ...]) -> Degrees:
    total = np.zeros_like(degrees)
    for height, pitch in terms:
        total += height * np.sin((np.pi * pitch) * degrees)
    return total * 2.0 / 3.0


def _gcj02_to_bd09(longitude: Degrees, latitude: Degrees) -> Pair:
    radius = np.hypot(longitude, latitude) + 0.00002 * np.sin(latitude * _BD_TURN)
    angle = np.arctan2(latitude, longitude) + 0.000003 * np.cos(longitude * _BD_TURN)
    return radius * np.cos(angle) + _BD_OFFSET[0], radius * np.sin(angle) + _BD_OFFSET[1]
