"""What a web map may show: everything inside the office, sums by zone to the public."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from lifecircle.write.edition import Edition, edition_tables, edition_totals

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["Shown", "shown_tables"]

# Walls stand around residences, and private ways lead through them.
PUBLIC_BARRIERS: Final = ("water", "railway", "motorway")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """
    The tables of one edition of the map.

    Attributes
    ----------
    residences, facilities, links, clusters, remedy_areas, catchments
        As in the `Assessment`; without rows in the public edition.
    served_minutes
        Of the residences, as in the `Assessment`.
    zones, zone_indicators, totals
        As in the `Assessment`; what would tell of single residences is blank for the public.
    streets, barriers
        What lies behind them.
    opening
        On what the map opens: the residences, or the zones.
    """

    residences: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    links: pd.DataFrame
    clusters: pd.DataFrame
    remedy_areas: gpd.GeoDataFrame
    catchments: gpd.GeoDataFrame
    served_minutes: "pd.Series[float]"
    zones: gpd.GeoDataFrame
    zone_indicators: pd.DataFrame
    totals: "pd.Series[float]"
    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    opening: gpd.GeoSeries


def shown_tables(assessment: "Assessment", edition: Edition) -> Shown:
    """
    Choose what a map shows.

    Parameters
    ----------
    assessment
        What was found.
    edition
        ``internal``: everything. ``public``: zones with their sums, public streets, waters,
        railways and motorways.

    Returns
    -------
    shown
        New tables where they differ.
    """
    public = edition == "public"
    tables = edition_tables(assessment, "public") if public else {}
    rows = slice(0, 0) if public else slice(None)
    zones = gpd.GeoDataFrame(tables.get("zones", assessment.zones))
    streets, barriers = assessment.streets, assessment.barriers
    residences = assessment.residences.iloc[rows]
    return Shown(
        residences=residences,
        facilities=assessment.facilities.iloc[rows],
        links=assessment.links.iloc[rows],
        clusters=assessment.clusters.iloc[rows],
        remedy_areas=assessment.remedy_areas.iloc[rows],
        catchments=assessment.catchments.iloc[rows],
        served_minutes=assessment.served_minutes.loc[residences.index],
        zones=zones,
        zone_indicators=assessment.zone_indicators.iloc[rows],
        totals=edition_totals(assessment, edition).reindex(assessment.totals.index),
        streets=streets[streets["access"] == "public"] if public else streets,
        barriers=barriers[barriers["kind"].isin(PUBLIC_BARRIERS)] if public else barriers,
        opening=zones.geometry if public else assessment.residences.geometry,
    )
