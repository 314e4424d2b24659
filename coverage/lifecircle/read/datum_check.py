"""Whether places lie where a datum says: under the right one, most stand beside a street."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from lifecircle.datum import Datum, from_wgs84, is_in_china, to_wgs84
from lifecircle.walk.ways import StreetWays

__all__ = [
    "DatumFinding",
    "better_datum",
    "datum_finding",
    "named_zones",
    "outline_datum",
    "street_distances",
]

_CANDIDATES: Final[tuple[Datum, ...]] = ("wgs84", "gcj02", "bd09")
_FEWEST: Final = 5  # of fewer places a median says nothing
_MOST: Final = 1000
_ROUND_M: Final = 1000.0  # how far around the streets places are looked at
_CLEARLY: Final = 0.5
_CLEARLY_M: Final = 50.0
_APART: Final = 1.1  # nearer than this, two medians say nothing
_FEWEST_GAINED: Final = 5
_MANY: Final = 30  # from here on a sign test says more than metres
_OUTLINE_SHARE: Final = 0.8  # outlines are generalised: much of the distance stays
_BRACKET: Final = re.compile(r"\s*[(\[【](.{2,30}?)[)\]】]")
_SIGMAS: Final = 2.5  # of a sign test
_DEGREES: Final = CRS.from_epsg(4326)


@dataclass(frozen=True, kw_only=True, slots=True)
class DatumFinding:
    """
    What streets and addresses say about a datum.

    Attributes
    ----------
    better
        The datum that fits clearly better than the one given; None if there is none.
    decided
        Whether anything told the datums apart.
    evidence
        The numbers, in words.
    """

    better: Datum | None
    decided: bool
    evidence: str


def datum_finding(
    places: gpd.GeoDataFrame,
    *,
    datum: Datum,
    streets: StreetWays | None = None,
    zones: gpd.GeoDataFrame | None = None,
    addresses: pd.Series | None = None,
) -> DatumFinding | None:
    """
    Compare the datum that places were read in with the others that they might be in.

    Parameters
    ----------
    places
        Read as `datum`, in a metric CRS.
    datum
        What the places were read as.
    streets
        Ways in the same CRS; places stand beside them.
    zones
        Zones in the same CRS, with ``name``.
    addresses
        Of the places, on their index; those that name a zone lie in it.

    Returns
    -------
    finding
        The streets decide if they can, else the addresses. None where the datums do not differ:
        outside China, or where there is nothing to look at.
    """
    if not len(places) or not _in_china(places.geometry):
        return None
    walks_m = {} if streets is None else _metres_to_streets(places.geometry, streets, datum)
    medians = _medians(walks_m)
    told = ", ".join(f"{name} {metres:,.0f} m" for name, metres in medians.items())
    evidence = [f"median distance to streets: {told}"] if told else []
    better = better_datum(medians, datum=datum) or _nearer_for_most(walks_m, datum)
    decided = better is not None or _is_best_by_streets(medians, datum)
    if not decided and zones is not None and addresses is not None:
        hits = _zone_hits(places, zones, addresses, datum)
        better = _better_by_zones(hits, datum)
        decided = better is not None or _is_best_by_zones(hits, datum)
        told = ", ".join(f"{name} {int(inside.sum())}" for name, inside in hits.items())
        evidence += [f"in the zone that the address names: {told}"] if told else []
    nothing = "neither streets nor addresses tell the datums apart"
    return DatumFinding(better=better, decided=decided, evidence="; ".join(evidence) or nothing)


def named_zones(addresses: pd.Series, zones: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """
    Tell which zone each address names.

    Parameters
    ----------
    addresses
        Text; a name in brackets at the beginning counts before all others.
    zones
        With ``name``.

    Returns
    -------
    places
        Positions in `zones`, -1 where an address names none, or several.

    Examples
    --------
    >>> zones = gpd.GeoDataFrame({"name": ["丹徒区", "京口区"]})
    >>> named_zones(pd.Series(["(丹徒区)京口区路1号", "京口区解放路", "某路"]), zones).tolist()
    [0, 1, -1]
    """
    names = {str(name): place for place, name in enumerate(zones["name"]) if name}
    several = pd.Series(list(zones["name"])).duplicated(keep=False).to_numpy()
    found = np.full(len(addresses), -1, dtype=np.int64)
    for row, address in enumerate(addresses.fillna("").astype(str)):
        text = unicodedata.normalize("NFKC", address)
        bracket = _BRACKET.match(text)
        for part in filter(None, [bracket and bracket[1], text]):
            hits = {place for name, place in names.items() if name in part and not several[place]}
            if len(hits) == 1:
                found[row] = hits.pop()
                break
    return found


def outline_datum(
    outline: shapely.Geometry, reference: shapely.Geometry, *, crs: CRS
) -> Datum | None:
    """
    Tell whether an outline is that of a place in another datum.

    Parameters
    ----------
    outline
        Read as WGS84, in `crs`.
    reference
        The same place, in the right datum, in `crs`.
    crs
        A metric coordinate system.

    Returns
    -------
    datum
        The one under which the reference's corners lie nearest to the outline, if their median
        distance is at most four fifths of what it is as they stand, and 50 m less; else None.
    """
    there = _turner(crs, _DEGREES)
    back = _turner(_DEGREES, crs)
    corners = shapely.points(shapely.get_coordinates(reference))
    median_m: dict[Datum, float] = {}
    for candidate in _CANDIDATES:

        def moved(xy: npt.NDArray[np.float64], datum: Datum = candidate) -> npt.NDArray[np.float64]:
            degrees = there.transform(xy[:, 0], xy[:, 1])
            return np.column_stack(back.transform(*to_wgs84(*degrees, datum)))

        line = shapely.boundary(shapely.transform(outline, moved))
        tree = shapely.STRtree(_segments(line))
        _, metres = tree.query_nearest(corners, return_distance=True, all_matches=False)
        median_m[candidate] = float(np.median(metres))
    best = min(median_m, key=lambda name: median_m[name])
    given = median_m["wgs84"]
    clearly = median_m[best] <= _OUTLINE_SHARE * given and given - median_m[best] > _CLEARLY_M
    return best if clearly else None


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
    return _medians(_metres_to_streets(places, streets, datum))


@lru_cache(maxsize=8)
def _turner(source: CRS, target: CRS) -> Transformer:
    """Keep what turns coordinates: making it takes a tenth of a second."""
    return Transformer.from_crs(source, target, always_xy=True)


def _medians(walks_m: Mapping[Datum, npt.NDArray[np.float64]]) -> dict[Datum, float]:
    return {name: float(np.median(metres)) for name, metres in walks_m.items()}


def _metres_to_streets(
    places: gpd.GeoSeries, streets: StreetWays, datum: Datum
) -> dict[Datum, npt.NDArray[np.float64]]:
    """Measure each place's distance to the nearest street, under each datum."""
    xy = _near_streets(places, streets)
    there = _turner(streets.crs, _DEGREES)
    back = _turner(_DEGREES, streets.crs)
    longitude, latitude = there.transform(xy[:, 0], xy[:, 1])
    if len(xy) < _FEWEST or not is_in_china(longitude, latitude).all():
        return {}
    as_written = from_wgs84(longitude, latitude, datum)
    tree = _street_tree(streets)
    walks_m: dict[Datum, npt.NDArray[np.float64]] = {}
    for candidate in _CANDIDATES:
        moved = back.transform(*to_wgs84(*as_written, candidate))
        _, metres = tree.query_nearest(
            shapely.points(*moved), return_distance=True, all_matches=False
        )
        walks_m[candidate] = metres
    return walks_m


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
    given = median_m[_as_measured(datum)]
    best = min(median_m, key=lambda name: median_m[name])
    clearly = median_m[best] <= _CLEARLY * given and given - median_m[best] > _CLEARLY_M
    return best if clearly else None


def _segments(lines: shapely.Geometry) -> npt.NDArray[np.object_]:
    parts = shapely.get_parts(lines)
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    joined = owner[1:] == owner[:-1]
    pairs = np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)
    return np.asarray(shapely.linestrings(pairs), dtype=object)


def _in_china(places: gpd.GeoSeries) -> bool:
    there = _turner(places.crs, _DEGREES)
    middle = shapely.get_coordinates(shapely.centroid(places.to_numpy()))
    inside = is_in_china(*there.transform(middle[:, 0], middle[:, 1]))
    return bool(inside.mean() > 0.5)  # noqa: PLR2004 - most: a few rows may be anywhere


def _nearer_for_most(
    walks_m: Mapping[Datum, npt.NDArray[np.float64]], datum: Datum
) -> Datum | None:
    """
    Find a datum under which places lie half as far from streets, and most of them nearer.

    In a dense grid no point is far from a street: there the many decide, by a sign test.
    """
    if not walks_m:
        return None
    medians, given = _medians(walks_m), walks_m[_as_measured(datum)]
    best = min(medians, key=lambda name: medians[name])
    clearly = medians[best] <= _CLEARLY * np.median(given) and _beats(
        walks_m[best] < given, given < walks_m[best]
    )
    return best if clearly and len(given) >= _MANY else None


def _as_measured(datum: Datum) -> Datum:
    return "wgs84" if datum == "cgcs2000" else datum


def _is_best_by_streets(medians: Mapping[Datum, float], datum: Datum) -> bool:
    given = _as_measured(datum)
    return bool(medians) and all(
        metres > _APART * medians[given] for name, metres in medians.items() if name != given
    )


def _zone_hits(
    places: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, addresses: pd.Series, datum: Datum
) -> dict[Datum, npt.NDArray[np.bool_]]:
    """Tell by datum which of the places whose address names a zone would lie in it."""
    named = named_zones(addresses.reindex(places.index), zones)
    told = named >= 0
    xy = shapely.get_coordinates(shapely.centroid(places.geometry.to_numpy()))[told]
    if not len(xy):
        return {}
    there = _turner(places.crs, _DEGREES)
    back = _turner(_DEGREES, places.crs)
    as_written = from_wgs84(*there.transform(xy[:, 0], xy[:, 1]), datum)
    shapes = zones.geometry.to_numpy()[named[told]]
    return {
        candidate: shapely.intersects_xy(shapes, *back.transform(*to_wgs84(*as_written, candidate)))
        for candidate in _CANDIDATES
    }


def _beats(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> bool:
    """Tell by a sign test whether one datum puts more places right than another."""
    gained, lost = int((one & ~other).sum()), int((other & ~one).sum())
    return gained >= _FEWEST_GAINED and gained - lost > _SIGMAS * math.sqrt(gained + lost)


def _better_by_zones(hits: Mapping[Datum, npt.NDArray[np.bool_]], datum: Datum) -> Datum | None:
    if not hits:
        return None
    given = _as_measured(datum)
    best = max(hits, key=lambda name: int(hits[name].sum()))
    return best if _beats(hits[best], hits[given]) else None


def _is_best_by_zones(hits: Mapping[Datum, npt.NDArray[np.bool_]], datum: Datum) -> bool:
    given = _as_measured(datum)
    return bool(hits) and all(
        _beats(hits[given], inside) for name, inside in hits.items() if name != given
    )


def _near_streets(places: gpd.GeoSeries, streets: StreetWays) -> npt.NDArray[np.float64]:
    xy: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.centroid(places.to_numpy()))
    low, high = streets.xy.min(axis=0) - _ROUND_M, streets.xy.max(axis=0) + _ROUND_M
    xy = xy[((xy >= low) & (xy <= high)).all(axis=1)]
    return xy[:: max(1, -(-len(xy) // _MOST))]


def _street_tree(streets: StreetWays) -> shapely.STRtree:
    owner = np.repeat(np.arange(len(streets.way_tags)), np.diff(streets.offsets))
    lines = shapely.linestrings(streets.xy[streets.refs], indices=owner)
    return shapely.STRtree(np.asarray(lines, dtype=object))
