"""Vector files: features with their attributes as text, in the study's coordinate system."""

import re
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lifecircle.datum import Datum, study_crs, to_wgs84
from lifecircle.errors import CrsError, LifeCircleError, TableError
from lifecircle.tables import some

__all__ = ["VECTORS", "checked_path", "project_degrees", "read_features"]

VECTORS: Final = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".geoparquet": "Parquet",
}
_MAGIC: Final = {
    "GPKG": (b"SQLite format 3\x00",),
    "ESRI Shapefile": (b"\x00\x00\x27\x0a",),
    "GeoJSON": (b"{", b"\xef\xbb\xbf{"),
    "FlatGeobuf": (b"fgb",),
    "Parquet": (b"PAR1",),
}
_LINK: Final = tuple(
    re.compile(pattern) for pattern in (rb'"crs"\s*:\s*\{', rb'"type"\s*:\s*"link"', rb'"href"\s*:')
)
_CRS_NAME: Final = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{\s*"name"\s*:\s*"([^"]*)"')
_MOST_LONGITUDE: Final = 180.0
_MOST_LATITUDE: Final = 90.0


def checked_path(path: str | Path) -> Path:
    """
    Return a path that names a plain local file.

    Parameters
    ----------
    path
        What the user wrote.

    Returns
    -------
    path
        The same, as a path.

    Raises
    ------
    TableError
        If it is an address, a virtual file system's path, or a text that drivers take for a
        document; or if there is no such file.
    """
    text = str(path)
    if text.startswith(("/vsi", "{", "<")) or "://" in text or "\x00" in text:
        raise TableError(text[:80], ["the input must be a file of this machine."])
    plain = Path(path)
    if not plain.is_file():
        raise TableError(plain.name, [f"there is no such file: {text}"])
    return plain


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
        A GeoPackage, Shapefile, GeoJSON, FlatGeobuf or GeoParquet file.
    crs
        The study's coordinate system; None for the one that fits the layer's middle.
    datum
        What coordinates in degrees are, where the file cannot say it (GCJ-02, BD-09) or does not.
    layer
        Which layer; needed if there are several.
    encoding
        Of a Shapefile's attributes; if left out, what the file says.

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
    driver = _checked_driver(plain)
    try:
        if driver == "Parquet":
            features = gpd.read_parquet(plain)
        else:
            # The other drivers' magic bytes are theirs alone; JSON could be anybody's.
            source = f"GeoJSON:{plain}" if driver == "GeoJSON" else str(plain)
            name = _chosen_layer(source, plain.name, layer)
            features = pyogrio.read_dataframe(source, layer=name, encoding=encoding, force_2d=True)
    except LifeCircleError:
        raise
    except Exception as fault:
        problem = f"the file cannot be read as {driver}: {_first_line(fault)}"
        raise TableError(plain.name, [problem]) from fault
    if not isinstance(features, gpd.GeoDataFrame):
        raise TableError(plain.name, ["the layer has no geometry."])
    if features.empty:
        raise TableError(plain.name, ["the layer has no features."])
    return _in_metres(_as_text(features), plain.name, crs, datum)


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


def _checked_driver(path: Path) -> str:
    driver = VECTORS.get(path.suffix.lower())
    if driver is None:
        problem = f"the ending {path.suffix!r} is none of {', '.join(VECTORS)}."
        raise TableError(path.name, [problem])
    data = path.read_bytes() if driver == "GeoJSON" else _head(path)
    if not data.lstrip(b" \t\r\n").startswith(_MAGIC[driver]):
        raise TableError(path.name, [f"the name says {driver}, but the content does not."])
    if driver == "GeoJSON" and all(pattern.search(data) for pattern in _LINK):
        problem = "its `crs` is a link; name the coordinate system itself (EPSG:4326, EPSG:4490)."
        raise TableError(path.name, [problem])
    if driver == "GeoJSON":
        _refuse_unknown_crs(data, path.name)
    return driver


def _refuse_unknown_crs(data: bytes, source: str) -> None:
    """Refuse a `crs` that nobody knows, which the driver would take for WGS84 in silence."""
    named = _CRS_NAME.search(data)
    if named is None:
        return
    name = named[1].decode("utf-8", errors="replace")
    try:
        CRS.from_user_input(name)
    except CRSError as fault:
        problem = f"its `crs` is not known: {name!r}; name EPSG:4326, EPSG:4490 or another code."
        raise CrsError(source, [problem]) from fault


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


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
