"""Where the rows of a file are: points from two columns, or the shapes of a vector file."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import DATUMS, Datum, is_in_china, study_crs
from lifecircle.errors import CrsError, LifeCircleError, TableError
from lifecircle.read.columns import near_misses
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, remark, text_of
from lifecircle.read.vectors import project_degrees
from lifecircle.tables import TableName, some
from lifecircle.units import parse_number

__all__ = [
    "Places",
    "places_in_reach",
    "places_unknown",
    "points_from_columns",
    "shapes_from_features",
]

_MOST: Final = {"longitude": 180.0, "latitude": 90.0}
_AREA_DIMENSION: Final = 2
_POINTS: Final = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_FAR_M: Final = 100_000.0  # no study is that wide: another province, or another datum
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """
    Where the rows of a file are.

    Attributes
    ----------
    geometry
        One shape a row, in `crs`; None where a row is lost.
    crs
        A metric coordinate system.
    remarks
        The rows that are lost, and shapes that were mended.
    fault
        Why the rows cannot be placed at all; None if they are.
    """

    geometry: npt.NDArray[np.object_]
    crs: CRS
    remarks: list[Remark]
    fault: LifeCircleError | None = None


def places_unknown(opened: Opened, fault: LifeCircleError) -> Places:
    """
    Stand in for places that could not be told, so that the other columns are checked as well.

    Parameters
    ----------
    opened
        The table as text.
    fault
        Why not.

    Returns
    -------
    places
        All rows on one spot, with the `fault`, which is to be raised in the end.
    """
    spots = np.full(len(opened.cells), shapely.Point(0.0, 0.0), dtype=object)
    return Places(geometry=spots, crs=study_crs(0.0, 0.0), remarks=[], fault=fault)


def points_from_columns(opened: Opened, *, crs: CRS | None, datum: Datum | None) -> Places:
    """
    Make points of a table's longitude and latitude columns.

    Parameters
    ----------
    opened
        The table as text.
    crs
        The study's coordinate system; None for the one that fits the middle of the points.
    datum
        What the degrees are.

    Returns
    -------
    places
        A row whose coordinates are blank, no numbers, 0,0 or out of range is lost.

    Raises
    ------
    TableError
        If a column is missing, longitude and latitude look swapped, or no row has a place.
    CrsError
        If `datum` is not given.
    """
    datum = _require_degrees(opened, datum)
    degrees = np.column_stack([_degrees(text_of(opened, name)) for name in _MOST])
    _refuse_swapped(opened, degrees)
    remarks = _lost_rows(opened, degrees)
    lost = {remark.row for remark in remarks}
    kept = np.array([row not in lost for row in opened.cells.index])
    if not kept.any():
        first = text_of(opened, "longitude").iloc[0], text_of(opened, "latitude").iloc[0]
        problem = (
            f"no row has usable coordinates in degrees (the first: {first[0]!r}, {first[1]!r}); "
            "points in metres of a grid go into a vector file that names its CRS."
        )
        raise TableError(opened.input, [problem])
    middle = np.median(degrees[kept], axis=0)
    crs = crs or study_crs(float(middle[0]), float(middle[1]))
    geometry = np.full(len(degrees), None, dtype=object)
    geometry[kept] = project_degrees(shapely.points(degrees[kept]), datum=datum, crs=crs)
    return Places(geometry=geometry, crs=crs, remarks=remarks)


def shapes_from_features(opened: Opened, features: gpd.GeoDataFrame) -> Places:
    """
    Take the shapes of a vector file as its contract wants them.

    Parameters
    ----------
    opened
        The attributes as text.
    features
        The features, in the study's coordinate system.

    Returns
    -------
    places
        Facilities are points (of an area, a point on it); residences areas or points; zones areas.
        Outlines that cross themselves are mended, with their area before and after. A row without
        a shape, or with one of another type, is lost.

    Raises
    ------
    TableError
        If no row has a usable shape.
    """
    geometry = features.geometry.to_numpy().copy()
    blank = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    remarks = [_lost(opened, row, "no_geometry", "") for row in features.index[blank]]
    geometry[blank] = None
    geometry, mended = _mended(opened, geometry)
    geometry, strays = _fitted(opened, geometry)
    if shapely.is_missing(geometry).all():
        raise TableError(opened.input, ["no feature has a usable shape."])
    assert features.crs is not None  # noqa: S101 - `read_features` projects
    return Places(geometry=geometry, crs=features.crs, remarks=remarks + mended + strays)


def places_in_reach(
    opened: Opened, places: Places, extent: tuple[float, float, float, float]
) -> Places:
    """
    Leave out the rows that lie in another part of the country.

    Parameters
    ----------
    opened
        The file as text.
    places
        Where its rows are.
    extent
        West, south, east and north of the streets, in the CRS of the places.

    Returns
    -------
    places
        A row more than 100 km beyond the extent is lost.

    Raises
    ------
    TableError
        If that leaves no row.
    """
    away_m = shapely.distance(places.geometry, shapely.box(*extent))
    there = ~shapely.is_missing(places.geometry)
    far = there & ~(away_m <= _FAR_M)  # what cannot be measured is far, too
    if not far.any():
        return places
    if (far == there).all():
        problem = (
            f"all of {far.sum()} rows lie more than {_FAR_M / 1000:.0f} km from the streets; look "
            "at the coordinates, the datum and the CRS of both."
        )
        raise TableError(opened.input, [problem])
    remarks = [
        _lost(opened, row, "far_away", f"{metres / 1000:,.0f} km")
        for row, metres in zip(opened.cells.index[far], away_m[far], strict=True)
    ]
    geometry = places.geometry.copy()
    geometry[far] = None
    return Places(geometry=geometry, crs=places.crs, remarks=[*places.remarks, *remarks])


def _require_degrees(opened: Opened, datum: Datum | None) -> Datum:
    columns, unclear = _column_problems(opened), []
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
    problems = []
    for name in _MOST:
        if name not in opened.columns:
            alike = near_misses(name, opened.cells.columns, opened.table)
            hint = f" (did you mean {some(alike)}?)" if alike else ""
            problems.append(f"there is no column for the {name}{hint}; call it '{name}'.")
    return problems


def _degrees(text: pd.Series) -> npt.NDArray[np.float64]:
    return np.array([parse_number(cell, quantity="degrees")[0] for cell in text], dtype=np.float64)


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
    written = text_of(opened, "longitude") + text_of(opened, "latitude") != ""
    with np.errstate(invalid="ignore"):
        usable = (np.abs(degrees) <= list(_MOST.values())).all(axis=1)
    usable &= (degrees != 0).any(axis=1)
    return [
        _lost(
            opened,
            row,
            "coordinates_unusable" if written[row] else "no_coordinates",
            f"({text_of(opened, 'longitude')[row]}, {text_of(opened, 'latitude')[row]})"
            if written[row]
            else "",
        )
        for row in opened.cells.index[~usable]
    ]


def _lost(opened: Opened, row: int, reason: str, what: str) -> Remark:
    found = " ".join(filter(None, [text_of(opened, "name")[row], what]))
    return remark(opened, reason, row=int(row), found=found, severity="lost")


def _mended(
    opened: Opened, geometry: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], list[Remark]]:
    broken = ~shapely.is_valid(geometry) & ~shapely.is_missing(geometry)
    if not broken.any():
        return geometry, []
    whole = geometry.copy()
    whole[broken] = [_areas_of(shape) for shape in shapely.make_valid(geometry[broken])]
    before, after = shapely.area(geometry[broken]), shapely.area(whole[broken])
    remarks = [
        remark(
            opened,
            "geometry_repaired",
            row=int(row),
            found=f"{text_of(opened, 'name')[row]} {old:.1f} m² -> {new:.1f} m²".strip(),
        )
        for row, old, new in zip(opened.cells.index[broken], before, after, strict=True)
    ]
    return whole, remarks


def _areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out the lines and points that mending an outline can leave behind."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = parts[shapely.get_dimensions(parts) == _AREA_DIMENSION]
    return shapely.union_all(areas) if len(areas) else shape


def _fitted(
    opened: Opened, geometry: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], list[Remark]]:
    kinds = shapely.get_type_id(geometry)
    fitted = geometry.copy()
    is_point, is_area = np.isin(kinds, _POINTS), np.isin(kinds, _AREAS)
    several = (kinds == shapely.GeometryType.MULTIPOINT) & (
        shapely.get_num_geometries(geometry) > 1
    )
    fitted[is_point] = shapely.get_geometry(geometry[is_point], 0)
    if opened.table == "facilities":
        fitted[is_area] = shapely.point_on_surface(geometry[is_area])
    stray = ~_fits(opened.table, is_point, is_area) & (kinds >= 0)
    fitted[stray] = None
    index = opened.cells.index
    names = [shapely.GeometryType(int(kind)).name.capitalize() for kind in kinds[stray]]
    remarks = [
        _lost(opened, row, "geometry_type", f"a {name}")
        for row, name in zip(index[stray], names, strict=True)
    ]
    remarks += [remark(opened, "parts_exploded", row=int(row)) for row in index[several & ~stray]]
    return fitted, remarks


def _fits(
    table: TableName, is_point: npt.NDArray[np.bool_], is_area: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    return is_area if table == "zones" else is_area | is_point
