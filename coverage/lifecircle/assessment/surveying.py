"""How long the walk is from everywhere: surfaces of travel time, and what they come to by zone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

from lifecircle.assessment.walking import dissolved_groups
from lifecircle.units import walk_limit_mm
from lifecircle.walk.places import snap_places
from lifecircle.walk.sight import walk_ground
from lifecircle.walk.surface import CELL_M, known_seconds, walk_surface

if TYPE_CHECKING:
    from lifecircle.assessment.findings import Assessment

__all__ = ["TravelTime", "travel_times", "zone_travel_times"]

_COLUMNS: Final = ("level", "zone_id", "kind", "mean_seconds", "median_seconds",
                   "within_area_share")  # fmt: skip


class TravelTime(NamedTuple):
    """
    Seconds on foot to the nearest facility of a kind, on a grid, north up.

    Attributes
    ----------
    kind
        A facility kind, or ``all`` for everything that counts.
    west, north
        Metres of the grid's corner.
    seconds
        Rows from north to south, cells of `CELL_M`; NaN where nobody walks or the walk is longer
        than the study asks for.
    """

    kind: str
    west: float
    north: float
    seconds: npt.NDArray[np.float32]


def travel_times(assessment: "Assessment") -> Iterator[TravelTime]:
    """
    Survey the time to the nearest facility of each kind, one after the other.

    Parameters
    ----------
    assessment
        What was found.

    Yields
    ------
    times
        The surface whose contours are the catchments of that kind; known to the longer of the
        limit and the last ring, and a little beyond. A kind that stands at no street has none.
    """
    study, facilities = assessment.study, assessment.facilities
    walk = study.walk
    places = snap_places(
        assessment.network,
        facilities.geometry,
        gates=facilities["entrances"],
        snap_limit_m=walk.snap_limit_m,
    )
    ground = walk_ground(assessment.network)
    limit_mm = max(walk.limit_mm, walk_limit_mm(max(walk.rings), walk.speed_m_s))
    for kind, ids in dissolved_groups(facilities):
        chosen = np.flatnonzero(places.ids.isin(ids))
        surface = walk_surface(
            ground, places, chosen, limit_mm=limit_mm, off_street_m=walk.off_street_m
        )
        if surface is None:
            continue
        seconds = known_seconds(
            surface, limit_mm, off_street_m=walk.off_street_m, speed_m_s=walk.speed_m_s
        )
        west, south = surface.corner - CELL_M / 2
        north = south + CELL_M * len(seconds)
        yield TravelTime(kind, float(west), float(north), seconds[::-1])


def zone_travel_times(assessment: "Assessment", times: TravelTime) -> pd.DataFrame:
    """
    Sum up a surface of travel time by zone.

    Parameters
    ----------
    assessment
        The zones and the study area.
    times
        The surface.

    Returns
    -------
    table
        One row for the study area (``area``) and each zone: ``level``, ``zone_id``, ``kind``,
        ``mean_seconds`` and ``median_seconds`` over the ground whose time is known, NaN where
        there is none, and ``within_area_share``, the part of the ground within the study's limit.

    Notes
    -----
    Cells count by the exact part of them that lies in the zone (exactextract).
    """
    zones = _zones(assessment)
    if zones.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    limit_s = assessment.study.walk.limit_mm / 1000 / assessment.study.walk.speed_m_s
    within = (times.seconds <= limit_s).astype(np.float32)
    wkt = assessment.crs.to_wkt()
    known = _extracted(times, zones, wkt, ["mean", "median"])
    inside = _extracted(times._replace(seconds=within), zones, wkt, ["sum"])
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


def _zones(assessment: "Assessment") -> gpd.GeoDataFrame:
    zones = assessment.zones
    drawn = zones[zones.geometry.notna() & ~zones.geometry.is_empty]
    rows = drawn.assign(zone_id=drawn.index.astype(object))[["level", "zone_id", "geometry"]]
    whole = assessment.area
    if whole is None or shapely.is_empty(whole):
        return rows
    area = gpd.GeoDataFrame(
        {"level": ["area"], "zone_id": [None]}, geometry=[whole], crs=assessment.crs
    )
    return pd.concat([area, rows], ignore_index=True)


def _extracted(
    times: TravelTime, zones: gpd.GeoDataFrame, wkt: str, operations: list[str]
) -> pd.DataFrame:
    rows, columns = times.seconds.shape
    raster = NumPyRasterSource(
        np.ascontiguousarray(times.seconds),
        xmin=times.west,
        xmax=times.west + CELL_M * columns,
        ymin=times.north - CELL_M * rows,
        ymax=times.north,
        nodata=np.nan,
        srs_wkt=wkt,
    )
    found: pd.DataFrame = exact_extract(raster, zones, operations, output="pandas")
    return found
