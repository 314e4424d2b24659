"""Coordinates as people write them: one cell or two, degrees-minutes-seconds, grid metres."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from lifecircle.datum import is_in_china
from lifecircle.units import parse_number

__all__ = [
    "Pairs",
    "central_meridian",
    "grid_to_degrees",
    "looks_like_grid",
    "pairs_from_cells",
    "parse_degrees",
]

Pairs = npt.NDArray[np.float64]

_MOST_LATITUDE: Final = 90.0
_SIXTY: Final = 60
_DMS: Final = re.compile(
    r"([+-]?\d{1,3})\s*[°度]\s*(?:(\d{1,2}(?:\.\d+)?)\s*['′’分]\s*)?"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|''|′′|’’|”|秒)?)?"
)
_SIDE: Final = re.compile(r"^(?:东经|北纬|西经|南纬|经度|纬度|[EWNSewns])?[::]?\s*|\s*[EWNSewns]?$")
_PAIR: Final = re.compile(
    r"(?:point)?\s*[(\[]?\s*([^,;\s/|][^,;/|]*?)\s*(?:[,;/|]|\s)\s*([^,;/|]*?[^,;\s/|])\s*[)\]]?",
    re.IGNORECASE,
)
_NORTHING_M: Final = (1_500_000.0, 6_200_000.0)  # of any place in China
_EASTING_M: Final = (50_000.0, 950_000.0)  # 500 km at the central meridian
_ZONE_WIDTH_M: Final = 1_000_000.0  # the zone stands before the six digits of the easting
_SIX_DEGREES: Final = (13, 23)
_THREE_DEGREES: Final = (25, 45)
_MERIDIANS: Final = range(75, 136, 3)


def parse_degrees(text: str) -> float:
    """
    Read an angle.

    Parameters
    ----------
    text
        Decimal degrees, or degrees, minutes and seconds with their signs or words, perhaps with
        the side of the earth (东经, E).

    Returns
    -------
    degrees
        South and west are negative; NaN if it cannot be read. Grid metres are read as they stand.

    Examples
    --------
    >>> parse_degrees("东经114°18′36″"), parse_degrees("30.5°N"), parse_degrees("114度18.6分")
    (114.31, 30.5, 114.31)
    """
    whole = unicodedata.normalize("NFKC", text).strip()
    tidy = _SIDE.sub("", whole)
    found = _DMS.fullmatch(tidy)
    if found and (found[2] or found[3]):
        minutes, seconds = float(found[2] or 0), float(found[3] or 0)
        if minutes >= _SIXTY or seconds >= _SIXTY:
            return math.nan
        part = (minutes * _SIXTY + seconds) / (_SIXTY * _SIXTY)
        value = float(found[1]) + math.copysign(part, float(found[1]))
    else:
        value = parse_number(tidy, quantity="degrees")[0]
    is_negative = re.match(r"西经|南纬|[WSws]", whole) or re.search(r"[WSws]$", whole)
    return -abs(value) if is_negative else value


def pairs_from_cells(cells: Sequence[str]) -> tuple[Pairs, bool]:
    """
    Read pairs of coordinates that stand in one cell.

    Parameters
    ----------
    cells
        Such as ``"114.3,30.6"``, ``"30.6，114.3"``, ``"POINT (114.3 30.6)"``.

    Returns
    -------
    pairs
        Longitude and latitude, NaN where they cannot be read or stand the other way round than in
        most cells.
    swapped
        Whether the latitude comes first, as the numbers tell. Where they do not tell, the longitude
        does.

    Examples
    --------
    >>> pairs, swapped = pairs_from_cells(["30.6，114.3"])
    >>> pairs.tolist(), swapped
    ([[114.3, 30.6]], True)
    """
    pairs = np.array([_pair(cell) for cell in cells], dtype=np.float64).reshape(-1, 2)
    first, second = pairs[:, 0], pairs[:, 1]
    with np.errstate(invalid="ignore"):
        straight = (np.abs(first) > _MOST_LATITUDE) | is_in_china(first, second)
        turned = ((np.abs(second) > _MOST_LATITUDE) | is_in_china(second, first)) & ~straight
    swapped = bool(turned.sum() > straight.sum())
    pairs[straight if swapped else turned] = np.nan
    return (pairs[:, ::-1].copy() if swapped else pairs), swapped


def _pair(cell: str) -> tuple[float, float]:
    tidy = unicodedata.normalize("NFKC", cell).replace("、", ",").strip()
    found = _PAIR.fullmatch(tidy)
    if not found:
        return math.nan, math.nan
    return parse_degrees(found[1]), parse_degrees(found[2])


def looks_like_grid(pairs: Pairs) -> bool:
    """
    Tell whether pairs are metres of a Gauss-Krueger grid, in either order.

    Parameters
    ----------
    pairs
        Two columns of numbers.

    Returns
    -------
    grid
        Whether most known pairs hold a northing of China, and an easting with or without zone.

    Examples
    --------
    >>> looks_like_grid(np.array([[3386010.0, 38528300.0]])), looks_like_grid(np.array([[114, 30]]))
    (True, False)
    """
    known = pairs[np.isfinite(pairs).all(axis=1)]
    east, north, zone = _grid_parts(known)
    fits = _within(north, _NORTHING_M) & _within(east, _EASTING_M) & _is_zone(zone)
    return len(known) > 0 and bool(fits.mean() > 0.5)  # noqa: PLR2004 - most


def grid_to_degrees(pairs: Pairs, *, near: float | None) -> tuple[Pairs, tuple[str, ...]]:
    """
    Turn metres of CGCS2000 Gauss-Krueger grids into degrees.

    Parameters
    ----------
    pairs
        Easting and northing, in either order; an easting of eight digits begins with its zone: 13
        to 23 of six degrees, 25 to 45 of three.
    near
        The longitude near which eastings without zone lie; their central meridian is the nearest
        multiple of three degrees. None if it is not known.

    Returns
    -------
    degrees
        Longitude and latitude, NaN where a pair fits no grid.
    systems
        The systems that were taken, as EPSG codes.

    Examples
    --------
    >>> degrees, systems = grid_to_degrees(np.array([[3320113.4, 38500000.0]]), near=None)
    >>> degrees.round(3).tolist(), systems
    ([[114.0, 30.0]], ('EPSG:4526',))
    """
    east, north, zone = _grid_parts(pairs)
    degrees = np.full(pairs.shape, np.nan)
    usable = _within(north, _NORTHING_M) & _within(east, _EASTING_M)
    taken = []
    for number in np.unique(zone[usable]):
        code = _code(int(number), near)
        if code is None:
            continue
        rows = usable & (zone == number)
        x = east[rows] + number * _ZONE_WIDTH_M
        to_degrees = Transformer.from_crs(code, 4490, always_xy=True)
        degrees[rows] = np.column_stack(to_degrees.transform(x, north[rows]))
        taken.append(CRS.from_epsg(code).to_string())
    return degrees, tuple(taken)


def central_meridian(crs: CRS) -> float | None:
    """
    Tell the longitude about which a coordinate system is drawn.

    Parameters
    ----------
    crs
        A projected system.

    Returns
    -------
    longitude
        Degrees; None if it has none.
    """
    operation = crs.coordinate_operation
    known = {param.name: param.value for param in operation.params} if operation else {}
    meridian = known.get("Longitude of natural origin")
    return None if meridian is None else float(meridian)


def _grid_parts(pairs: Pairs) -> tuple[npt.NDArray[np.float64], ...]:
    """Part pairs into easting without zone, northing and zone; 纵坐标 X is the northing."""
    one, two = pairs[:, 0], pairs[:, 1]
    north_first = _within(one, _NORTHING_M)
    north, east = np.where(north_first, one, two), np.where(north_first, two, one)
    zone = np.floor(np.nan_to_num(east) / _ZONE_WIDTH_M)
    return east - zone * _ZONE_WIDTH_M, north, zone


def _code(zone: int, near: float | None) -> int | None:
    if _SIX_DEGREES[0] <= zone <= _SIX_DEGREES[1]:
        return 4491 + zone - _SIX_DEGREES[0]
    if _THREE_DEGREES[0] <= zone <= _THREE_DEGREES[1]:
        return 4513 + zone - _THREE_DEGREES[0]
    if zone == 0 and near is not None:
        meridian = min(_MERIDIANS, key=lambda degrees: abs(degrees - near))
        return 4534 + (meridian - _MERIDIANS[0]) // 3
    return None


def _is_zone(zone: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    known: npt.NDArray[np.bool_] = zone == 0
    return known | _within(zone, _SIX_DEGREES) | _within(zone, _THREE_DEGREES)


def _within(values: npt.NDArray[np.float64], limits: tuple[float, float]) -> npt.NDArray[np.bool_]:
    low, high = limits
    with np.errstate(invalid="ignore"):
        inside: npt.NDArray[np.bool_] = (values >= low) & (values <= high)
    return inside
