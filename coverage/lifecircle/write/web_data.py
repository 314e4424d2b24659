"""What the web map shows, as plain lists: an assessment becomes one JSON value."""

import base64
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.datum import Datum
from lifecircle.labels import Language
from lifecircle.tables import ADMIN_LEVELS, VERDICTS
from lifecircle.write.edition import Edition
from lifecircle.write.web_archive import LEAST_TILED, TILE_ZOOMS, residence_archive
from lifecircle.write.web_backdrop import ground_groups, street_groups
from lifecircle.write.web_edition import Shown, shown_tables
from lifecircle.write.web_numbers import json_columns, json_number, json_numbers
from lifecircle.write.web_shapes import encoded, in_degrees, lightened
from lifecircle.write.web_study import (
    map_labels,
    reading_sums,
    robustness_data,
    study_data,
    totals_data,
)
from lifecircle.write.web_tiles import Tiles, base_tiles
from lifecircle.write.web_zones import drawn_zones, indicator_data, zone_data

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = ["map_data"]

RESIDENCE_NUMBERS: Final = (
    "households",
    "nearest_m",
    "nearest_minutes",
    "reachable_facilities",
    "reachable_m2",
    "requirement_m2",
    "own_m2",
    "own_pending_m2",
    "circle_m2",
    "circle_shortage_m2",
    "shortage_m2",
    "plain_requirement_m2",
    "plain_m2",
    "plain_shortage_m2",
)
RESIDENCE_TEXTS: Final = (
    "name",
    "status",
    "rule_id",
    "clause",
    "ledger",
    "verdict",
    "reason",
    "own_verdict",
    "own_reason",
    "circle_verdict",
    "circle_reason",
    "plain_verdict",
    "plain_reason",
    "verdict_with_planned",
    "cluster_id",
    "flags",
)
FACILITY_NUMBERS: Final = (
    "floor_area_m2",
    "beds",
    "floor",
    "open_year",
    "counted_m2",
    "allocated_m2",
    "idle_m2",
    "gain_m2_per_m2",
    "reached_households",
)
FACILITY_TEXTS: Final = ("name", "kind", "status", "counted_reason", "flags")
LINK_NUMBERS: Final = ("minutes", "walk_m", "allocated_m2", "plain_allocated_m2")

MOST_OWN_RING_VERTICES: Final = 150_000  # catchments of single facilities: drawn when they fit
MOST_RING_VERTICES: Final = 250_000  # about 3 MB; more are simplified
MOST_REMEDY_VERTICES: Final = 100_000


def map_data(
    assessment: "Assessment",
    *,
    language: Language,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> dict[str, object]:
    """
    Collect everything that the web map shows.

    Coordinates are WGS84, or GCJ-02 where the base map is drawn in it, in whole millionths of a
    degree, longitude first; paths are texts. Numbers that are unknown are None.

    Parameters
    ----------
    assessment
        The result of a study.
    language
        Of every word on the map.
    robustness
        Which verdicts hold under doubt, if that was asked; not for the public.
    edition
        ``internal`` or ``public``: zones with their sums, and no residence or facility.

    Returns
    -------
    data
        Lists, texts and finite numbers only, so that it can be written as JSON.
    """
    tiles = base_tiles(assessment.study.base_map)
    datum = "wgs84" if tiles is None else tiles.datum
    shown = shown_tables(assessment, edition)
    internal = edition == "internal"
    return {
        "language": language,
        "edition": edition,
        "labels": map_labels(language),
        "verdicts": list(VERDICTS),
        "study": study_data(assessment, language),
        "base": _base(tiles),
        "readings": reading_sums(assessment.verdicts, assessment.shortages) if internal else None,
        "totals": totals_data(shown.totals),
        "bounds": _bounds(shown.opening, datum),
        "area": _area(assessment, datum),
        "ground": ground_groups(shown.barriers, datum),
        "streets": street_groups(shown.streets, datum),
        **_places(shown, language, datum),
        "robustness": robustness_data(robustness, shown.residences.index)
        if robustness is not None and internal
        else None,
    }


def _places(shown: Shown, language: Language, datum: Datum) -> dict[str, object]:
    residences, facilities = shown.residences.index, shown.facilities.index
    zones = drawn_zones(shown.zones)
    places = in_degrees(shown.residences.geometry, datum)
    tiled = len(residences) + len(facilities) >= LEAST_TILED
    return {
        "tiles": _tiles(places) if tiled else None,
        "residences": _residences(shown, zones.index, places)
        | {"shape": None if tiled else [encoded(place) for place in places]},
        "facilities": _facilities(shown.facilities, datum),
        "clusters": _clusters(shown.clusters),
        "remedies": _remedies(shown.remedy_areas, shown.clusters, datum),
        "links": _links(shown.links, residences, facilities),
        "catchments": _catchments(shown.catchments, facilities, datum),
        "zones": zone_data(zones, datum),
        "indicators": indicator_data(shown.zone_indicators, zones.index, language),
    }


def _base(tiles: Tiles | None) -> dict[str, object] | None:
    if tiles is None:
        return None
    return {
        "provider": tiles.provider,
        "layers": list(tiles.layers),
        "subdomains": tiles.subdomains,
        "shifted": tiles.datum != "wgs84",
        "max_zoom": tiles.max_zoom,
    }


def _tiles(places: gpd.GeoSeries) -> dict[str, object]:
    archive = base64.b64encode(residence_archive(places)).decode()
    return {"archive": archive, "zooms": list(TILE_ZOOMS)}


def _residences(shown: Shown, zone_ids: pd.Index, places: gpd.GeoSeries) -> dict[str, object]:
    residences, facilities = shown.residences, shown.facilities
    nearest = facilities.index.get_indexer(pd.Index(residences["nearest_facility_id"]))
    return json_columns(residences, RESIDENCE_NUMBERS, RESIDENCE_TEXTS) | {
        "id": list(residences.index),
        "estimated": [bool(value) for value in residences["households_estimated"]],
        "nearest": [None if row < 0 else int(row) for row in nearest],
        "served_minutes": json_numbers(shown.served_minutes, "minutes"),
        "zones": {
            level: zone_ids.get_indexer(pd.Index(residences[f"{level}_id"])).tolist()
            for level in ADMIN_LEVELS
            if f"{level}_id" in residences
        },
        "anchor": [encoded(point) for point in places.representative_point()],
    }


def _facilities(facilities: gpd.GeoDataFrame, datum: Datum) -> dict[str, list[object]]:
    places = in_degrees(facilities.geometry, datum)
    return json_columns(facilities, FACILITY_NUMBERS, FACILITY_TEXTS) | {
        "id": list(facilities.index),
        "anchor": [encoded(place) for place in places],
    }


def _links(
    links: pd.DataFrame,
    residence_ids: pd.Index,
    facility_ids: pd.Index,
) -> dict[str, list[object]]:
    return json_columns(links, LINK_NUMBERS, ()) | {
        "residence": list(residence_ids.get_indexer(pd.Index(links["residence_id"])).tolist()),
        "facility": list(facility_ids.get_indexer(pd.Index(links["facility_id"])).tolist()),
    }


def _clusters(clusters: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Describe each cluster by its id; those between smallest and outermost only lead on."""
    numbers = ("residences", "requirement_m2", "capacity_m2", "shortage_m2", "least_m2")
    return {
        str(cluster): {
            "parent": None if pd.isna(row["parent_id"]) else row["parent_id"],
            "proven": bool(row["proven"]),
            "single": bool(row["single_site"]),
            **{name: json_number(float(row[name])) for name in numbers},
        }
        for cluster, row in clusters.iterrows()
    }


def _remedies(
    areas: gpd.GeoDataFrame, clusters: pd.DataFrame, datum: Datum
) -> list[dict[str, object]]:
    """Encode where a facility would put right an outermost cluster, the wider areas first."""
    outermost = areas[areas["cluster_id"].isin(clusters.index[clusters["outermost"]])]
    drawn = outermost.sort_values("kind", ascending=False, kind="stable")
    shapes = in_degrees(lightened(drawn.geometry, MOST_REMEDY_VERTICES), datum)
    return [
        {"cluster": str(cluster), "kind": str(kind), "shape": encoded(area)}
        for cluster, kind, area in zip(drawn["cluster_id"], drawn["kind"], shapes, strict=True)
    ]


def _catchments(
    catchments: gpd.GeoDataFrame, facility_ids: pd.Index, datum: Datum
) -> list[dict[str, object]]:
    """Encode the rings, the widest first; those of single facilities only while they are few."""
    single = catchments["facility_id"].notna()
    if shapely.get_num_coordinates(catchments.geometry[single]).sum() > MOST_OWN_RING_VERTICES:
        catchments = catchments[~single]
    rings = catchments.sort_values("minutes", ascending=False, kind="stable")
    light = lightened(rings.geometry, MOST_RING_VERTICES)
    if shapely.get_num_coordinates(light.to_numpy()).sum() > MOST_RING_VERTICES:
        rings = rings[rings["kind"] == "all"]  # a large city: those of single kinds give way
    shapes = in_degrees(gpd.GeoSeries(light.loc[rings.index]), datum)
    owners = facility_ids.get_indexer(pd.Index(rings["facility_id"]))
    return [
        {
            "kind": str(kind),
            "facility": None if owner < 0 else int(owner),
            "minutes": json_number(float(minutes)),
            "shape": encoded(ring),
        }
        for kind, owner, minutes, ring in zip(
            rings["kind"], owners, rings["minutes"], shapes, strict=True
        )
    ]


def _area(assessment: "Assessment", datum: Datum) -> list[object] | None:
    if assessment.area is None:
        return None
    area = gpd.GeoSeries([assessment.area], crs=assessment.crs)
    return encoded(in_degrees(area, datum).iloc[0])


def _bounds(opening: gpd.GeoSeries, datum: Datum) -> list[float]:
    """Give west, south, east, north of what the map should open on."""
    frame = gpd.GeoSeries([shapely.box(*opening.total_bounds)], crs=opening.crs)
    degrees = in_degrees(frame, datum).total_bounds
    return [round(float(degree), 6) for degree in degrees]
