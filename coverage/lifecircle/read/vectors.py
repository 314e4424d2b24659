"""Vector files: features with their attributes as text, in the study's coordinate system."""

import warnings
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from lifecircle.datum import Datum, study_crs, to_wgs84
from lifecircle.errors import CrsError, LifeCircleError, TableError
from lifecircle.read.coordinates import central_meridian, grid_to_degrees
from lifecircle.read.dbf import dbf_encoding
from lifecircle.read.vector_files import checked_driver, checked_path, unzipped
from lifecircle.tables import some

__all__ = ["project_degrees", "read_features"]

_MOST_LONGITUDE: Final = 180.0
_MOST_LATITUDE: Final = 90.0
# Columns that GDAL gives every KML file, and what they hold where the file has none.
_KML_EXTRAS: Final = (
    *("Name", "description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude"),
    *("visibility", "drawOrder", "icon"),
)
_KML_NOTHING: Final = ("", "-1", "0")


def read_features(
    path: str | Path,
    *,
    crs: CRS | None,
    datum: Datum | None = None,
    layer: str | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """
    Read a layer, its attributes as text, its geometry in a metric coordinate system.

    Parameters
    ----------
    path
        A file of one of the kinds in `lifecircle.read.vector_files.VECTORS`.
    crs
        The study's coordinate system; None for the one that fits the layer's middle.
    datum
        What coordinates in degrees are, where the file cannot say it (GCJ-02, BD-09) or does not.
    layer
        Which layer; needed if there are several.
    encoding
        Of a Shapefile's attributes; if left out, as `lifecircle.read.dbf.dbf_encoding` tells.

    Returns
    -------
    features
        One row a feature, counted from 1; attributes as text, ``""`` where empty.

    Raises
    ------
    TableError
        If the file is not what its name says, cannot be read, or its layer is unknown, unclear or
        empty.
    CrsError
        If the file names no coordinate system, or one that its numbers cannot be in.
    """
    plain = checked_path(path)
    driver = checked_driver(plain)
    if driver == "zipped Shapefile":
        with unzipped(plain, layer) as shapefile:
            features = _read(shapefile, "ESRI Shapefile", plain.name, None, encoding)
    else:
        features = _read(plain, driver, plain.name, layer, encoding)
    if driver == "KML":
        features = _without_blank_extras(features)
    if not isinstance(features, gpd.GeoDataFrame):
        raise TableError(plain.name, ["the layer has no geometry."])
    if features.empty:
        raise TableError(plain.name, ["the layer has no features."])
    return _in_metres(_as_text(features), plain.name, crs, datum)


def _without_blank_extras(
    features: gpd.GeoDataFrame | pd.DataFrame,
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Leave out what every KML file is read with: blank columns, and ids that programs made."""
    features = features.drop(columns="id", errors="ignore")
    own = [name for name in features.columns if name in _KML_EXTRAS]
    values = features[own]
    blank = (values.isna() | values.astype(str).isin(_KML_NOTHING)).all()
    return features.drop(columns=blank.index[blank])


def _read(
    path: Path, driver: str, source: str, layer: str | None, encoding: str | None
) -> gpd.GeoDataFrame | pd.DataFrame:
    if driver == "ESRI Shapefile" and encoding is None:
        encoding = dbf_encoding(path)
    try:
        if driver == "Parquet":
            return gpd.read_parquet(path)
        # The other drivers' magic bytes are theirs alone; JSON could be anybody's.
        opened = f"GeoJSON:{path}" if driver == "GeoJSON" else str(path)
        name = _chosen_layer(opened, source, layer)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of heights and types that nobody asks for
            features: gpd.GeoDataFrame | pd.DataFrame = pyogrio.read_dataframe(
                opened, layer=name, encoding=encoding, force_2d=True
            )
    except LifeCircleError:
        raise
    except Exception as fault:
        problem = f"the file cannot be read as {driver}: {_first_line(fault)}"
        raise TableError(source, [problem]) from fault
    return features


def project_degrees(
    geometry: npt.NDArray[np.object_], *, datum: Datum, crs: CRS
) -> npt.NDArray[np.object_]:
    """
    Turn geometry in degrees of a datum into a metric coordinate system.

    Parameters
    ----------
    geometry
        Longitude before latitude.
    datum
        What the degrees are.
    crs
        The study's coordinate system.

    Returns
    -------
    geometry
        New geometry in `crs`.
    """

    def shifted(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_wgs84(degrees[:, 0], degrees[:, 1], datum))

    there = shapely.transform(geometry, shifted)
    return gpd.GeoSeries(there, crs=4326).to_crs(crs).to_numpy()


def _chosen_layer(source: str, file: str, layer: str | None) -> str:
    names = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    if layer is not None:
        if layer in names:
            return layer
        problem = f"there is no layer {layer!r}; there are {some(names, most=20)}."
        raise TableError(file, [problem])
    if len(names) == 1:
        return names[0]
    problem = f"several layers hold features; name one (`layer`): {some(names, most=20)}."
    raise TableError(file, [problem if names else "no layer holds features."])


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:300]


def _as_text(features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shape = features.active_geometry_name
    columns: dict[str, object] = {
        str(name): [_text(value) for value in column]
        for name, column in features.items()
        if name != shape and column.dtype.name != "geometry"
    }
    table = pd.DataFrame(columns, dtype=object, index=range(1, len(features) + 1))
    geometry = shapely.force_2d(features.geometry.to_numpy())
    return gpd.GeoDataFrame(table, geometry=geometry, crs=features.crs)


def _text(value: object) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(_text(part) for part in value)
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return str(value)


def _in_metres(
    features: gpd.GeoDataFrame, source: str, crs: CRS | None, datum: Datum | None
) -> gpd.GeoDataFrame:
    geometry = features.geometry.to_numpy()
    if (shapely.is_missing(geometry) | shapely.is_empty(geometry)).all():
        raise TableError(source, ["no feature in it has a shape."])
    in_degrees = _could_be_degrees(features.total_bounds)
    if features.crs is None and datum == "cgcs2000" and not in_degrees:
        geometry, in_degrees = _grid_as_degrees(geometry, source, crs), True
        features = features.set_geometry(gpd.GeoSeries(geometry, index=features.index))
    _check_crs(features.crs, source, in_degrees=in_degrees, datum=datum)
    crs = crs or _fitting_crs(features)
    if datum is not None and in_degrees:
        there = project_degrees(geometry, datum=datum, crs=crs)
        return gpd.GeoDataFrame(features.drop(columns="geometry"), geometry=there, crs=crs)
    projected = features.to_crs(crs)
    if not np.isfinite(projected.total_bounds).all():
        problem = f"its coordinates lie outside what {crs.name!r} can show; check its system."
        raise CrsError(source, [problem])
    return projected


def _grid_as_degrees(
    geometry: npt.NDArray[np.object_], source: str, crs: CRS | None
) -> npt.NDArray[np.object_]:
    """Take drawings without a coordinate system for CGCS2000 grids, as the study says."""
    near = None if crs is None else central_meridian(crs)
    turned = shapely.transform(geometry, lambda xy: grid_to_degrees(xy, near=near)[0])
    bounds = shapely.bounds(turned[~shapely.is_missing(turned)])
    if np.isfinite(bounds).all():
        return turned
    problem = (
        "its coordinates are no metres of a CGCS2000 grid, or their central meridian is not known; "
        "write the coordinate system into the file, or the zone before the eastings."
    )
    raise CrsError(source, [problem])


def _fitting_crs(features: gpd.GeoDataFrame) -> CRS:
    """Choose by the middle of the layer; a datum's shift does not matter here."""
    box = gpd.GeoSeries([shapely.box(*features.total_bounds)], crs=features.crs or 4326)
    west, south, east, north = box.to_crs(4326).total_bounds
    return study_crs((west + east) / 2, (south + north) / 2)


def _could_be_degrees(bounds: npt.NDArray[np.float64]) -> bool:
    west, south, east, north = np.abs(bounds)
    return bool(max(west, east) <= _MOST_LONGITUDE and max(south, north) <= _MOST_LATITUDE)


def _check_crs(crs: CRS | None, source: str, *, in_degrees: bool, datum: Datum | None) -> None:
    if crs is None and not (datum and in_degrees):
        likely = "EPSG:4326 (WGS84) or EPSG:4490 (CGCS2000)" if in_degrees else "the local grid"
        problem = (
            f"the file names no coordinate system (a Shapefile needs its .prj); {likely} would fit "
            "its numbers. Write it into the file, or name the `datum` of its degrees."
        )
        raise CrsError(source, [problem])
    if crs is not None and crs.is_projected and in_degrees:
        problem = f"the file says {crs.name!r} (metres), but its numbers are degrees."
        raise CrsError(source, [problem])
    if crs is not None and crs.is_geographic and not in_degrees:
        problem = (
            f"the file says {crs.name!r} (degrees), but its numbers are out of range: metres, or "
            "longitude and latitude look swapped."
        )
        raise CrsError(source, [problem])
