"""All that an assessment finds, in one place."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.standards.model import Standard
from lifecircle.study import Study
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.travel_time import TravelTime

__all__ = ["Assessment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """
    Everything that was found; the tables are described in the documentation's data chapter.

    Attributes
    ----------
    residences
        One row a residence in the area: what it is, how it was placed, what is asked of it, both
        ledgers, the verdicts under the standard and under the plain reading.
    facilities
        One row a facility in the area, or reached from it: what counts, who uses it.
    links
        Who walks to what: ``walk_mm``, ``ms``, ``walk_m``, ``minutes``, ``allocated_m2`` and
        ``plain_allocated_m2``; sorted by residence and facility.
    clusters
        Groups of residences that lack floor area whatever is done, those that lack most first:
        ``cluster_id``, ``parent_id``, ``requirement_m2``, ``capacity_m2``, ``shortage_m2``,
        ``least_m2``, ``single_site``.
    remedy_areas
        Where floor area would put a cluster right: ``cluster_id``, ``kind`` and area.
    gaps, gap_totals
        What each zone lacks, level by level, from `supply.gaps.gap_list`, and the sums of it.
    catchments
        Nested areas by ``kind``, ``facility_id`` and ``minutes``.
    surfaces
        The time on foot from everywhere to each kind: what the catchments of kinds are contours
        of, and the rasters are written from.
    travel_times
        Their sums by zone, from `surveying.zone_travel_times`; no row without zones and area.
    zones
        Zones with their totals; one row a level for what lies outside all zones.
    totals
        The same totals for the whole area, and ``fully_met_households``, its ``_best`` and
        ``_bound``.
    population
        People by zone and group, by residences and by the raster, and why they differ, from
        `supply.people.people_table`; None without a raster.
    verdicts
        Residences, households and m² missing by ``reading`` and ``verdict``.
    shortages
        What is missing in all, in m², by ``reading``.
    left_out
        Why facilities count for nothing and residences have no verdict, from
        `supply.readings.left_out_counts`.
    served_minutes
        By residence, the walk to the nearest facility that makes it served; NaN without any.
    bands
        Residences and households by ``ledger`` and ``band`` of the served share, from
        `supply.readings.share_bands`.
    indicators, indicator_verdicts
        What each rule of the standard comes to, and of those beside it; how many have which
        verdict.
    zone_indicators
        The same in each zone.
    years
        What each year of a series comes to, in all and by zone, from `yearly.year_table`; no row
        without years.
    reference
        What the literature's measures say of each residence: for comparison, never a verdict.
    equity, lorenz
        How equally residences are served, in all and by zone, and the curves of it.
    reconciliation
        What came through each step and what was left behind.
    quality, remarks
        Everything found in the inputs, and how often, from `read.quality.remark_counts`.
    to_geocode
        The rows of the inputs that have an address and no coordinates.
    streets
        Edges to draw: ``highway``, ``bridge``, ``access``.
    barriers
        What lies between: ``kind`` (wall, water, railway, motorway) and lines.
    network
        The walk network itself.
    area
        The study area; None if there is none.
    border
        Which inputs end at its border, and how many verdicts hang on that, from
        `bordering.border_table`.
    standard, plain, also
        The standard of the verdicts, the plain reading beside it, and the other standards whose
        indicators are shown.
    study
        The settings.
    crs
        Of all geometry.
    """

    residences: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    links: pd.DataFrame
    clusters: pd.DataFrame
    remedy_areas: gpd.GeoDataFrame
    gaps: pd.DataFrame
    gap_totals: pd.DataFrame
    catchments: gpd.GeoDataFrame
    surfaces: tuple[TravelTime, ...]
    travel_times: pd.DataFrame
    zones: gpd.GeoDataFrame
    totals: pd.Series
    verdicts: pd.DataFrame
    shortages: "pd.Series[float]"
    left_out: pd.DataFrame
    served_minutes: "pd.Series[float]"
    bands: pd.DataFrame
    indicators: pd.DataFrame
    indicator_verdicts: "pd.Series[int]"
    zone_indicators: pd.DataFrame
    years: pd.DataFrame
    reference: pd.DataFrame
    equity: pd.DataFrame
    lorenz: pd.DataFrame
    reconciliation: pd.DataFrame
    quality: pd.DataFrame
    remarks: pd.DataFrame
    to_geocode: pd.DataFrame
    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    network: WalkNetwork
    area: shapely.Geometry | None
    border: pd.DataFrame
    standard: Standard
    plain: Standard
    also: tuple[Standard, ...]
    study: Study
    crs: CRS
    population: pd.DataFrame | None = None
