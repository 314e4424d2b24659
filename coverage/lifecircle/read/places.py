"""Where the rows of a file are: the shapes of a vector file, and what lies too far away."""

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from lifecircle.datum import study_crs
from lifecircle.errors import LifeCircleError, TableError
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, remark, text_of
from lifecircle.tables import TableName

__all__ = [
    "Places",
    "lost_row",
    "places_in_reach",
    "places_unknown",
    "shapes_from_features",
]

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
        Facilities are points (of an area, a point on it); residences areas or points; zones areas;
        gates points, one or several. Outlines that cross themselves are mended, with their area
        before and after. A row without a shape, or with one of another type, is lost.

    Raises
    ------
    TableError
        If no row has a usable shape.
    """
    geometry = features.geometry.to_numpy().copy()
    blank = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    remarks = [lost_row(opened, row, "no_geometry", "") for row in features.index[blank]]
    geometry[blank] = None
    geometry, mended = _mended(opened, geometry)
    geometry, strays = _fitted(opened, geometry)
    if shapely.is_missing(geometry).all():
        raise TableError(opened.input, ["no feature has a usable shape."])
    assert features.crs is not None  # noqa: S101 - `read_features` projects
    return Places(geometry=geometry, crs=features.crs, remarks=remarks + mended + strays)


def lost_row(opened: Opened, row: int, reason: str, what: str) -> Remark:
    """
    Remark that a row cannot be used, with its name.

    Parameters
    ----------
    opened
        The file.
    row
        The row.
    reason
        A reason code.
    what
        What stood there.

    Returns
    -------
    remark
        Of severity ``lost``.
    """
    found = " ".join(filter(None, [text_of(opened, "name")[row], what]))
    return remark(opened, reason, row=int(row), found=found, severity="lost")


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
        lost_row(opened, row, "far_away", f"{metres / 1000:,.0f} km")
        for row, metres in zip(opened.cells.index[far], away_m[far], strict=True)
    ]
    geometry = places.geometry.copy()
    geometry[far] = None
    return Places(geometry=geometry, crs=places.crs, remarks=[*places.remarks, *remarks])


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
    if opened.table == "gates":
        several[:] = False
    else:
        fitted[is_point] = shapely.get_geometry(geometry[is_point], 0)
    if opened.table == "facilities":
        fitted[is_area] = shapely.point_on_surface(geometry[is_area])
    stray = ~_fits(opened.table, is_point, is_area) & (kinds >= 0)
    fitted[stray] = None
    index = opened.cells.index
    names = [shapely.GeometryType(int(kind)).name.capitalize() for kind in kinds[stray]]
    remarks = [
        lost_row(opened, row, "geometry_type", f"a {name}")
        for row, name in zip(index[stray], names, strict=True)
    ]
    remarks += [remark(opened, "parts_exploded", row=int(row)) for row in index[several & ~stray]]
    return fitted, remarks


def _fits(
    table: TableName, is_point: npt.NDArray[np.bool_], is_area: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    if table == "gates":
        return is_point
    return is_area if table == "zones" else is_area | is_point
