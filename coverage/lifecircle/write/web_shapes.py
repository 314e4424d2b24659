"""How the web map carries geometry: in degrees of its base map, as short texts."""

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.datum import Datum, from_wgs84

__all__ = ["encoded", "in_degrees", "lightened", "path_text"]

# How far a drawn line may leave the computed one: about a pixel of the map of a city.
TOLERANCES_M: Final = (2.0, 6.0, 20.0)

_SHIFTS: Final = np.arange(0, 35, 5)


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
        A point is a pair of whole millionths of a degree, longitude first; a line a list of paths,
        a polygon a list of parts, each a list of rings with the outer one first, and a path or a
        ring is a text that `path_text` writes; None for nothing.
    """
    if geometry is None or shapely.is_empty(geometry):
        return None
    dimensions = int(shapely.get_dimensions(geometry))
    if dimensions == 0:
        return list(_millionths(geometry)[0].tolist())
    parts = shapely.get_parts(geometry)
    if dimensions == 1:
        return [path_text(_millionths(line)) for line in parts]
    return [
        [path_text(_millionths(ring)) for ring in shapely.get_rings(surface)] for surface in parts
    ]


def _millionths(geometry: shapely.Geometry) -> npt.NDArray[np.int64]:
    return np.rint(shapely.get_coordinates(geometry) * 1e6).astype(np.int64)


def path_text(corners: npt.NDArray[np.int64]) -> str:
    """
    Write corners as a short text, as Google's encoded polylines do.

    Parameters
    ----------
    corners
        Pairs of whole numbers below 2^30, in the order in which they are to be read.

    Returns
    -------
    text
        The first pair and then the steps, number by number; visible ASCII.

    Notes
    -----
    The "Encoded Polyline Algorithm Format" of Google's Maps documentation: a number is shifted
    left by one bit, and inverted if it was negative; its groups of five bits follow each other from
    the lowest, each but the last with 32 added, all with 63 added to be a visible character.

    Examples
    --------
    >>> path_text(np.array([[3_850_000, -12_020_000], [4_070_000, -12_095_000]]))
    '_p~iF~ps|U_ulLnnqC'
    """
    steps = np.diff(corners, axis=0, prepend=0).ravel()
    bits = (steps << 1) ^ (steps >> 63)
    groups = bits[:, None] >> _SHIFTS & 31
    more = bits[:, None] >> _SHIFTS + 5 > 0
    kept = np.column_stack([np.ones(len(bits), dtype=bool), more[:, :-1]])
    letters: bytes = (groups + 32 * more + 63)[kept].astype(np.uint8).tobytes()
    return letters.decode("ascii")
