"""How the web map carries geometry: in degrees of its base map, as lists of whole numbers."""

from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.datum import Datum, from_wgs84

__all__ = ["encoded", "in_degrees", "lightened"]

# How far a drawn line may leave the computed one: about a pixel of the map of a city.
TOLERANCES_M: Final = (2.0, 6.0, 20.0)


def in_degrees(places: gpd.GeoSeries, datum: Datum) -> gpd.GeoSeries:
    """
    Bring geometries to the longitudes and latitudes that the map is drawn in.

    Parameters
    ----------
    places
        In the study's system.
    datum
        That of the base map; ``wgs84`` without one.

    Returns
    -------
    places
        In degrees of `datum`; what was given is left as it was.
    """
    degrees = places.to_crs("EPSG:4326")
    if datum == "wgs84":
        return degrees

    def shifted(corners: np.ndarray) -> np.ndarray:
        return np.column_stack(from_wgs84(corners[:, 0], corners[:, 1], datum))

    return gpd.GeoSeries(
        shapely.transform(degrees.to_numpy(), shifted), index=degrees.index, crs=degrees.crs
    )


def lightened(places: gpd.GeoSeries, most_vertices: int) -> gpd.GeoSeries:
    """
    Simplify geometries no further than their number asks for; what is delivered is not touched.

    Parameters
    ----------
    places
        In metres.
    most_vertices
        How many there is room for.

    Returns
    -------
    light
        As they are where they fit; else simplified by the least of `TOLERANCES_M` that makes them
        fit, or by the largest.
    """
    light = places
    for tolerance_m in TOLERANCES_M:
        if shapely.get_num_coordinates(light.to_numpy()).sum() <= most_vertices:
            break
        light = places.simplify(tolerance_m, preserve_topology=False)
    return light


def encoded(geometry: shapely.Geometry | None) -> list[object] | None:
    """
    Encode a geometry as nested lists.

    Parameters
    ----------
    geometry
        In degrees.

    Returns
    -------
    lists
        A point is a path of one pair, a line a list of paths, a polygon a list of parts, each a
        list of rings with the outer one first; None for nothing.

    Notes
    -----
    A path holds its first corner and then the steps, in millionths of a degree.
    """
    if geometry is None or shapely.is_empty(geometry):
        return None
    dimensions = int(shapely.get_dimensions(geometry))
    if dimensions == 0:
        return _path(geometry)
    parts = shapely.get_parts(geometry)
    if dimensions == 1:
        return [_path(line) for line in parts]
    return [[_path(ring) for ring in shapely.get_rings(surface)] for surface in parts]


def _path(geometry: shapely.Geometry) -> list[object]:
    corners = np.rint(shapely.get_coordinates(geometry) * 1e6).astype(np.int64)
    steps: list[object] = np.diff(corners, axis=0, prepend=0).ravel().tolist()
    return steps
