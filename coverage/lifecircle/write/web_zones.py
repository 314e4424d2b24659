"""Zones on the web map: their sums, and the indicators of the standards in each."""

from collections.abc import Hashable, Mapping
from typing import Final

import geopandas as gpd
import pandas as pd

from lifecircle.datum import Datum
from lifecircle.labels import Language
from lifecircle.supply.people import PEOPLE_OF_ZONES
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.indicators import limit_text, value_text
from lifecircle.write.web_numbers import json_columns
from lifecircle.write.web_shapes import encoded, in_degrees

__all__ = ["ZONE_NUMBERS", "drawn_zones", "indicator_data", "zone_data"]

ZONE_NUMBERS: Final = (
    "population",
    "residences",
    "households_in_residences",
    "served_households",
    "served_share",
    "met_households",
    "met_share",
    "residences_met",
    "residences_short",
    "residences_unreachable",
    "residences_no_data",
    "residences_not_asked",
    "requirement_m2",
    "supply_m2",
    "allocated_m2",
    "shortage_m2",
)


def drawn_zones(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Keep the zones that have a place.

    Parameters
    ----------
    zones
        With one row a level for what lies outside all zones.

    Returns
    -------
    drawn
        The rows with a geometry, in their order.
    """
    return zones[~(zones.geometry.isna() | zones.geometry.is_empty)]


def zone_data(zones: gpd.GeoDataFrame, datum: Datum) -> dict[str, list[object]]:
    """
    Encode zones with their sums.

    Parameters
    ----------
    zones
        As `drawn_zones` gives them.
    datum
        That of the base map.

    Returns
    -------
    data
        Columns; ``levels``, the widest first.
    """
    places = in_degrees(zones.geometry, datum)
    people = [name for name in PEOPLE_OF_ZONES if name in zones]
    return json_columns(zones, [*ZONE_NUMBERS, *people], ("name", "level")) | {
        "id": list(zones.index),
        "levels": [level for level in ADMIN_LEVELS if (zones["level"] == level).any()],
        "anchor": [encoded(point) for point in places.representative_point()],
        "shape": [encoded(place) for place in places],
    }


def indicator_data(
    indicators: pd.DataFrame, zone_ids: pd.Index, language: Language
) -> dict[str, list[object]]:
    """
    Write the indicators of each zone as texts; those that are only reported and were not are left.

    Parameters
    ----------
    indicators
        The table ``zone_indicators``.
    zone_ids
        The zones that are drawn.
    language
        Of the texts.

    Returns
    -------
    data
        ``rules``: standard, title, clause and limit. ``zone`` and ``rule``: rows; ``value`` and
        ``verdict``: of this rule in this zone.
    """
    if indicators.empty:  # a study without zones
        return {"rules": [], "zone": [], "rule": [], "value": [], "verdict": []}
    zone = zone_ids.get_indexer(pd.Index(indicators["zone_id"]))
    silent = indicators["value"].isna() & indicators["missing"].str.startswith("statistics.")
    kept = indicators.assign(zone=zone)[(zone >= 0) & ~silent]
    rules: dict[tuple[str, ...], int] = {}
    rows = [rules.setdefault(_rule(row, language), len(rules)) for row in kept.to_dict("records")]
    return {
        "rules": [list(rule) for rule in rules],
        "zone": kept["zone"].tolist(),
        "rule": list(rows),
        "value": list(map(value_text, kept["value"], kept["value_unit"])),
        "verdict": kept["verdict"].tolist(),
    }


def _rule(row: Mapping[Hashable, object], language: Language) -> tuple[str, ...]:
    limit = limit_text(str(row["comparison"]), float(str(row["limit"])), str(row["unit"]), language)
    return str(row["standard_id"]), str(row[f"title_{language}"]), str(row["clause"]), limit
