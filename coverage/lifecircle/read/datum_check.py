"""Whether places lie where a datum says: under the right one, most stand beside a street."""

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from lifecircle.datum import Datum, from_wgs84, is_in_china, to_wgs84
from lifecircle.walk.ways import StreetWays

__all__ = ["better_datum", "street_distances"]

_CANDIDATES: Final[tuple[Datum, ...]] = ("wgs84", "gcj02", "bd09")
_FEWEST: Final = 5  # of fewer places a median says nothing
_MOST: Final = 1000
_ROUND_M: Final = 1000.0  # how far around the streets places are looked at
_CLEARLY: Final = 0.5
_CLEARLY_M: Final = 50.0


def street_distances(
    places: gpd.GeoSeries, streets: StreetWays, *, datum: Datum
) -> dict[Datum, float]:
    """
    Measure how far places lie from streets, under each datum that they might have been in.

    Parameters
    ----------
    places
        Read as `datum`, in the CRS of the streets.
    streets
        Ways in a metric CRS.
    datum
        What the places were read as.

    Returns
    -------
    median_m
        By datum, the median distance to the nearest street in metres, of at most 1,000 of the
        places within 1 km of the streets' extent; WGS84 stands for CGCS2000 too. Empty where that
        says nothing: fewer than five places, or outside China, where the datums do not differ.
    """
    xy = _near_streets(places, streets)
    there = Transformer.from_crs(streets.crs, "EPSG:4326", always_xy=True)
    back = Transformer.from_crs("EPSG:4326", streets.crs, always_xy=True)
    longitude, latitude = there.transform(xy[:, 0], xy[:, 1])
    if len(xy) < _FEWEST or not is_in_china(longitude, latitude).all():
        return {}
    as_written = from_wgs84(longitude, latitude, datum)
    tree = _street_tree(streets)
    medians: dict[Datum, float] = {}
    for candidate in _CANDIDATES:
        moved = back.transform(*to_wgs84(*as_written, candidate))
        _, metres = tree.query_nearest(
            shapely.points(*moved), return_distance=True, all_matches=False
        )
        medians[candidate] = float(np.median(metres))
    return medians


def better_datum(median_m: Mapping[Datum, float], *, datum: Datum) -> Datum | None:
    """
    Name the datum that fits clearly better than the one given, if there is one.

    Parameters
    ----------
    median_m
        From `street_distances`.
    datum
        What the places were read as.

    Returns
    -------
    better
        The datum under which places lie nearest to streets, if that is at most half as far and
        more than 50 m nearer; else None.

    Examples
    --------
    >>> better_datum({"wgs84": 310.0, "gcj02": 12.0, "bd09": 280.0}, datum="wgs84")
    'gcj02'
    >>> better_datum({"wgs84": 40.0, "gcj02": 12.0, "bd09": 280.0}, datum="wgs84") is None
    True
    """
    if not median_m:
        return None
    given = median_m["wgs84" if datum == "cgcs2000" else datum]
    best = min(median_m, key=lambda name: median_m[name])
    clearly = median_m[best] <= _CLEARLY * given and given - median_m[best] > _CLEARLY_M
    return best if clearly else None


def _near_streets(places: gpd.GeoSeries, streets: StreetWays) -> npt.NDArray[np.float64]:
    xy: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(places.to_numpy()))
    low, high = streets.xy.min(axis=0) - _ROUND_M, streets.xy.max(axis=0) + _ROUND_M
    xy = xy[((xy >= low) & (xy <= high)).all(axis=1)]
    return xy[:: max(1, -(-len(xy) // _MOST))]


def _street_tree(streets: StreetWays) -> shapely.STRtree:
    owner = np.repeat(np.arange(len(streets.way_tags)), np.diff(streets.offsets))
    lines = shapely.linestrings(streets.xy[streets.refs], indices=owner)
    return shapely.STRtree(np.asarray(lines, dtype=object))
