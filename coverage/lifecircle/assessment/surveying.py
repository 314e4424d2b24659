"""
How long the walk is from everywhere: a surface for each kind of facility, found once.

Its contours are the catchments, its sums by zone a table, and the rasters are written from it.
"""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS

from lifecircle.study import Study
from lifecircle.supply.results import Walked
from lifecircle.units import walk_limit_mm
from lifecircle.walk.catchments import Catchment, catchment_table, each_catchment, surface_contours
from lifecircle.walk.sight import Ground, walk_ground
from lifecircle.walk.surface import CELL_M, walk_surface
from lifecircle.walk.travel_time import TravelTime, timed_surface

__all__ = ["Survey", "survey", "zone_travel_times"]

_COLUMNS: Final = ("level", "zone_id", "kind", "mean_seconds", "median_seconds",
                   "within_area_share")  # fmt: skip


class Survey(NamedTuple):
    """
    What the walk from everywhere comes to.

    Attributes
    ----------
    catchments
        Of all that counts together, of each kind, and of each facility: ``kind``,
        ``facility_id``, ``minutes`` and the area.
    served
        The area within the limit of anything that counts, whatever rings are drawn.
    surfaces
        The time to ``all`` and to each kind that stands at a street, in that order: what the
        catchments of kinds are contours of. Known to the longer of the limit and the last ring,
        and a little beyond.
    table
        Their sums by zone, as `zone_travel_times` gives them.
    """

    catchments: gpd.GeoDataFrame
    served: shapely.Geometry
    surfaces: tuple[TravelTime, ...]
    table: pd.DataFrame


class _Kind(NamedTuple):
    """The areas within the limits, and the time, of one kind; no time where it has no street."""

    areas: dict[int, shapely.MultiPolygon]
    times: TravelTime | None


def survey(
    walked: Walked,
    facilities: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    study: Study,
    *,
    area: shapely.Geometry | None,
) -> Survey:
    """
    Survey the walk to the nearest facility of each kind, and of each facility.

    Parameters
    ----------
    walked
        The network and the facilities on it.
    facilities
        What was found for each facility.
    zones
        Indexed by ``zone_id``, with ``level``.
    study
        How people walk, and the minutes of the rings.
    area
        The study area; None if there is none.

    Returns
    -------
    survey
        Catchments, times and sums.
    """
    walk, ground = study.walk, walk_ground(walked.network)
    working = facilities[~facilities["status"].isin(["planned", "closed"])]
    groups = {"all": _counting(working)} | {
        str(kind): rows.index for kind, rows in working.groupby("kind")
    }
    kinds = {kind: _surveyed(ground, walked, kind, ids, study) for kind, ids in groups.items()}
    surfaces = tuple(found.times for found in kinds.values() if found.times is not None)
    each = each_catchment(
        ground,
        walked.facilities,
        working["kind"].items(),
        minutes=walk.rings,
        speed_m_s=walk.speed_m_s,
        off_street_m=walk.off_street_m,
    )
    drawn = _drawn_zones(zones, area, walked.network.crs)
    limit_s = walk.limit_mm / 1000 / walk.speed_m_s
    sums = [zone_travel_times(times, drawn, limit_s=limit_s) for times in surfaces]
    return Survey(
        catchments=catchment_table([*_dissolved(kinds, study), *each], walked.network.crs),
        served=kinds["all"].areas[walk.limit_mm],
        surfaces=surfaces,
        table=pd.concat(sums, ignore_index=True) if sums else pd.DataFrame(columns=[*_COLUMNS]),
    )


def zone_travel_times(
    times: TravelTime, zones: gpd.GeoDataFrame, *, limit_s: float
) -> pd.DataFrame:
    """
    Sum up the time to a kind of facility by zone.

    Parameters
    ----------
    times
        The time from everywhere.
    zones
        With ``level``, ``zone_id`` and an area each.
    limit_s
        The longest walk that is within the study's limit.

    Returns
    -------
    table
        One row each zone: ``level``, ``zone_id``, ``kind``, ``mean_seconds`` and
        ``median_seconds`` over the ground whose time is known, NaN where there is none, and
        ``within_area_share``, the part of the ground within the limit.

    Notes
    -----
    Cells count by the exact part of them that lies in the zone (exactextract).
    """
    if zones.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    seconds = times.seconds
    within = (seconds <= limit_s).astype(np.float32)
    known = exact_extract(_raster(times, seconds, zones), zones, ["mean", "median"],
                          output="pandas")  # fmt: skip
    inside = exact_extract(_raster(times, within, zones), zones, ["sum"], output="pandas")
    area_m2 = zones.geometry.area.to_numpy()
    table = pd.DataFrame(
        {
            "level": zones["level"].to_numpy(),
            "zone_id": zones["zone_id"].to_numpy(),
            "kind": times.kind,
            "mean_seconds": known["mean"].to_numpy(dtype=np.float64),
            "median_seconds": known["median"].to_numpy(dtype=np.float64),
            "within_area_share": inside["sum"].to_numpy(dtype=np.float64) * CELL_M**2 / area_m2,
        }
    )
    return table[list(_COLUMNS)]


def _surveyed(ground: Ground, walked: Walked, kind: str, ids: pd.Index, study: Study) -> _Kind:
    """Find the surface of a kind, draw its contours, and keep the time; it is large itself."""
    walk, places = study.walk, walked.facilities
    limits = sorted({walk.limit_mm, *_ring_limits(study)})
    surface = walk_surface(
        ground,
        places,
        np.flatnonzero(places.ids.isin(ids)),
        limit_mm=limits[-1],
        off_street_m=walk.off_street_m,
    )
    areas = surface_contours(surface, limits, off_street_m=walk.off_street_m)
    if surface is None:
        times = None
    else:
        times = timed_surface(
            surface,
            kind=kind,
            limit_mm=limits[-1],
            off_street_m=walk.off_street_m,
            speed_m_s=walk.speed_m_s,
        )
    return _Kind(dict(zip(limits, areas, strict=True)), times)


def _ring_limits(study: Study) -> list[int]:
    return [walk_limit_mm(value, study.walk.speed_m_s) for value in sorted(study.walk.rings)]


def _dissolved(kinds: dict[str, _Kind], study: Study) -> list[Catchment]:
    rings = list(zip(sorted(study.walk.rings), _ring_limits(study), strict=True))
    return [
        Catchment(kind, None, minutes, found.areas[limit])
        for kind, found in kinds.items()
        for minutes, limit in rings
    ]


def _counting(working: gpd.GeoDataFrame) -> pd.Index:
    counts = working["counted_m2"].ne(0) | working["counted_reason"].eq("site_counted_once")
    return working.index[counts]


def _drawn_zones(
    zones: gpd.GeoDataFrame, area: shapely.Geometry | None, crs: CRS
) -> gpd.GeoDataFrame:
    """List the study area and the zones that have an outline."""
    drawn = zones[zones.geometry.notna() & ~zones.geometry.is_empty]
    rows = drawn.assign(zone_id=drawn.index.astype(object))[["level", "zone_id", "geometry"]]
    if area is None or shapely.is_empty(area):
        return rows
    whole = gpd.GeoDataFrame({"level": ["area"], "zone_id": [None]}, geometry=[area], crs=crs)
    return pd.concat([whole, rows], ignore_index=True)


def _raster(
    times: TravelTime, cells: npt.NDArray[np.float32], zones: gpd.GeoDataFrame
) -> NumPyRasterSource:
    rows, columns = cells.shape
    return NumPyRasterSource(
        np.ascontiguousarray(cells),
        xmin=times.west,
        xmax=times.west + CELL_M * columns,
        ymin=times.north - CELL_M * rows,
        ymax=times.north,
        nodata=np.nan,
        srs_wkt=CRS(zones.crs).to_wkt(),
    )
