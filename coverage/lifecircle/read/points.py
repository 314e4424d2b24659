"""Points from a table's coordinates, in whatever columns and form they stand."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from lifecircle.datum import DATUMS, Datum, is_in_china, study_crs
from lifecircle.errors import CrsError, TableError
from lifecircle.read.columns import near_misses
from lifecircle.read.coordinates import (
    central_meridian,
    grid_to_degrees,
    looks_like_grid,
    pairs_from_cells,
    parse_degrees,
)
from lifecircle.read.places import Places, lost_row
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, remark, text_of
from lifecircle.read.vectors import project_degrees
from lifecircle.tables import some

__all__ = ["Extent", "points_from_columns"]

Extent = tuple[float, float, float, float]

_MOST: Final = {"longitude": 180.0, "latitude": 90.0}
_ONE_CELL: Final = "coordinates"


class _Degrees(NamedTuple):
    degrees: npt.NDArray[np.float64]
    notes: list[Remark]


def points_from_columns(
    opened: Opened, *, crs: CRS | None, datum: Datum | None, extent: Extent | None = None
) -> Places:
    """
    Make points of a table's coordinates.

    Parameters
    ----------
    opened
        The table as text.
    crs
        The study's coordinate system; None for the one that fits the middle of the points.
    datum
        What the degrees are; metres of a grid must be ``cgcs2000``.
    extent
        West, south, east and north of the streets in `crs`: eastings without zone lie there.

    Returns
    -------
    places
        A row whose coordinates are blank, no numbers, 0,0 or out of range is lost.

    Raises
    ------
    TableError
        If a column is missing, longitude and latitude look swapped, or no row has a place.
    CrsError
        If `datum` is not given, or is none that the numbers can be in.
    """
    datum = _require_datum(opened, datum)
    degrees, notes = _read_degrees(opened, datum, crs, extent)
    _refuse_swapped(opened, degrees)
    remarks = _lost_rows(opened, degrees)
    lost = {remark.row for remark in remarks}
    kept = np.array([row not in lost for row in opened.cells.index])
    if not kept.any():
        raise TableError(opened.input, [_nothing_usable(opened)])
    middle = np.median(degrees[kept], axis=0)
    crs = crs or study_crs(float(middle[0]), float(middle[1]))
    geometry = np.full(len(degrees), None, dtype=object)
    geometry[kept] = project_degrees(shapely.points(degrees[kept]), datum=datum, crs=crs)
    return Places(geometry=geometry, crs=crs, remarks=[*notes, *remarks])


def _require_datum(opened: Opened, datum: Datum | None) -> Datum:
    columns, unclear = _column_problems(opened), []
    if not columns and _are_blank(opened):
        raise TableError(opened.input, [_nothing_usable(opened)])
    if datum is None:
        problem = (
            "say what its longitudes and latitudes are (`datum`): 'wgs84' (GPS), 'cgcs2000' "
            "(国家2000), 'gcj02' (AMap 高德, Tencent 腾讯) or 'bd09' (Baidu 百度)."
        )
        unclear = [problem]
    elif datum not in DATUMS:
        unclear = [f"`datum` is {datum!r}; it can be {', '.join(DATUMS)}."]
    if columns:
        raise TableError(opened.input, columns + unclear)
    if datum is None or unclear:
        raise CrsError(opened.input, unclear)
    return datum


def _column_problems(opened: Opened) -> list[str]:
    if opened.table == "zones":
        return ["zones are areas; give a vector file (GeoPackage, Shapefile, GeoJSON)."]
    if _ONE_CELL in opened.columns:
        return []
    problems = []
    for name in _MOST:
        if name not in opened.columns:
            alike = near_misses(name, opened.cells.columns, opened.table)
            hint = f" (did you mean {some(alike)}?)" if alike else ""
            problems.append(f"there is no column for the {name}{hint}; call it '{name}'.")
    return [*problems, *_geocoding_hint(opened)] if problems else []


def _geocoding_hint(opened: Opened) -> list[str]:
    if "address" not in opened.columns:
        return []
    return ["its addresses can be turned into coordinates: `lifecircle geocode STUDY`."]


def _read_degrees(opened: Opened, datum: Datum, crs: CRS | None, extent: Extent | None) -> _Degrees:
    pairs = np.column_stack([[*map(parse_degrees, text_of(opened, name))] for name in _MOST])
    notes = []
    if _ONE_CELL in opened.columns:
        cells = text_of(opened, _ONE_CELL)
        more, swapped = pairs_from_cells(list(cells))
        blank = ~np.isfinite(pairs).any(axis=1)
        pairs[blank] = more[blank]
        order = "latitude, longitude" if swapped else "longitude, latitude"
        notes = [_note(opened, "coordinates_in_one_cell", order)]
    if not looks_like_grid(pairs):
        return _Degrees(pairs, notes)
    if datum != "cgcs2000":
        problem = (
            f"no row has usable coordinates in degrees (the first: {pairs[0, 0]:.10g}, "
            f'{pairs[0, 1]:.10g}): they are metres of a grid. Say `datum = "cgcs2000"` if it is '
            "CGCS2000 (国家2000); points of another grid go into a vector file that names its CRS."
        )
        raise CrsError(opened.input, [problem])
    degrees, systems = grid_to_degrees(pairs, near=_middle_longitude(crs, extent))
    if not systems:
        problem = (
            "the eastings have no zone, and nothing tells the central meridian: name zones or a "
            "study area, or write the zone before the easting (38528000)."
        )
        raise CrsError(opened.input, [problem])
    return _Degrees(degrees, [*notes, _note(opened, "coordinates_projected", ", ".join(systems))])


def _note(opened: Opened, reason: str, found: str) -> Remark:
    return remark(opened, reason, found=found, severity="note")


def _middle_longitude(crs: CRS | None, extent: Extent | None) -> float | None:
    if crs is None:
        return None
    if extent is None:
        return central_meridian(crs)
    west, south, east, north = extent
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    return float(to_degrees.transform((west + east) / 2, (south + north) / 2)[0])


def _are_blank(opened: Opened) -> bool:
    return all(text_of(opened, name).eq("").all() for name in (*_MOST, _ONE_CELL))


def _nothing_usable(opened: Opened) -> str:
    if "address" in opened.columns and _are_blank(opened):
        return f"no row has coordinates; {_geocoding_hint(opened)[0]}"
    first = [
        text_of(opened, name).iloc[0] for name in (*_MOST, _ONE_CELL) if name in opened.columns
    ]
    return (
        f"no row has usable coordinates in degrees (the first: {some(first)}); points in metres of "
        "another grid go into a vector file that names its CRS."
    )


def _refuse_swapped(opened: Opened, degrees: npt.NDArray[np.float64]) -> None:
    known = degrees[np.isfinite(degrees).all(axis=1) & (degrees != 0).any(axis=1)]
    longitude, latitude = known[:, 0], known[:, 1]
    impossible = (np.abs(latitude) > _MOST["latitude"]) & (np.abs(longitude) <= _MOST["latitude"])
    mirrored = is_in_china(latitude, longitude) & ~is_in_china(longitude, latitude)
    if len(known) and (impossible | mirrored).all():
        problem = (
            f"the columns look swapped: '{opened.columns['longitude']}' holds latitudes and "
            f"'{opened.columns['latitude']}' longitudes, in all of {len(known)} rows (the first: "
            f"{longitude[0]:.6g}, {latitude[0]:.6g})."
        )
        raise TableError(opened.input, [problem])


def _lost_rows(opened: Opened, degrees: npt.NDArray[np.float64]) -> list[Remark]:
    names = [name for name in (*_MOST, _ONE_CELL) if name in opened.columns]
    written = [
        ", ".join(filter(None, cells))
        for cells in zip(*(text_of(opened, name) for name in names), strict=True)
    ]
    with np.errstate(invalid="ignore"):
        usable = (np.abs(degrees) <= list(_MOST.values())).all(axis=1)
    usable &= (degrees != 0).any(axis=1)
    return [
        lost_row(
            opened,
            int(row),
            "coordinates_unusable" if text else "no_coordinates",
            f"({text})" if text else "",
        )
        for row, text, is_usable in zip(opened.cells.index, written, usable, strict=True)
        if not is_usable
    ]
