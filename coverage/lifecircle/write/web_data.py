"""What the web map shows, as plain lists: an assessment becomes one JSON value."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.labels import Language, words
from lifecircle.supply.readings import READINGS
from lifecircle.tables import ADMIN_LEVELS, VERDICTS
from lifecircle.write.robustness_text import label_sums
from lifecircle.write.web_backdrop import encoded, ground_groups, in_degrees, street_groups

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.standards import Standard
    from lifecircle.whatif.robustness import Robustness

__all__ = ["map_data"]

# Reading -> its columns in the residence table: verdict, shortage (the own ledger keeps none).
LABEL_SECTIONS: Final = (
    "map",
    "clusters",
    "remedy_area",
    "verdict",
    "ledger",
    "reading",
    "status",
    "facility_status",
    "kind",
    "level",
    "supply.reason",
    "supply.counted_reason",
    "supply.flag",
    "robust_label",
    "robustness",
    "assumption",
    "assumption_value",
)
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
DIGITS: Final = {"served_share": 5, "met_share": 5, "walk_m": 0, "nearest_m": 0}

MOST_OWN_RING_VERTICES: Final = 150_000  # catchments of single facilities: drawn when they fit


def map_data(
    assessment: "Assessment", *, language: Language, robustness: "Robustness | None" = None
) -> dict[str, object]:
    """
    Collect everything that the web map shows.

    Coordinates are WGS84, in whole millionths of a degree, longitude first; each path is one flat
    list whose first pair is a position and whose other pairs are steps from the one before.
    Numbers that are unknown are None.

    Parameters
    ----------
    assessment
        The result of a study.
    language
        Of every word on the map.
    robustness
        Which verdicts hold under doubt, if that was asked.

    Returns
    -------
    data
        Lists, texts and finite numbers only, so that it can be written as JSON.
    """
    residences = assessment.residences
    facilities = assessment.facilities
    return {
        "language": language,
        "labels": _labels(language),
        "verdicts": list(VERDICTS),
        "study": _study(assessment, language),
        "readings": _readings(assessment.verdicts),
        "totals": _totals(assessment.totals),
        "bounds": _bounds(assessment),
        "area": _area(assessment),
        "ground": ground_groups(assessment.barriers, assessment.crs),
        "streets": street_groups(assessment.streets, assessment.crs),
        "residences": _residences(residences, facilities),
        "facilities": _facilities(facilities),
        "clusters": _clusters(assessment.clusters),
        "remedies": _remedies(assessment.remedy_areas, assessment.clusters),
        "links": _links(assessment.links, residences.index, facilities.index),
        "catchments": _catchments(assessment.catchments, facilities.index),
        "zones": _zones(assessment.zones),
        "robustness": None if robustness is None else _robustness(robustness, residences.index),
    }


def _labels(language: Language) -> dict[str, dict[str, str]]:
    return {
        section: {key: entry[language] for key, entry in words(section).items()}
        for section in LABEL_SECTIONS
    }


def _study(assessment: "Assessment", language: Language) -> dict[str, object]:
    study = assessment.study
    return {
        "title": study.title,
        "made": study.made,
        "attribution": list(study.attribution),
        "standard": _document(assessment.standard, language),
        "plain": _document(assessment.plain, language),
    }


def _document(standard: "Standard", language: Language) -> dict[str, object]:
    """Name a policy document and the rates of its rules."""
    return {
        "id": standard.id,
        "title": standard.title.zh if language == "zh" else standard.title.en,
        "number": standard.number,
        "horizon": standard.horizon,
        "status": standard.status,
        "rules": {rule.id: [rule.clause, float(rule.limit)] for rule in standard.floor_area_rules},
    }


def _readings(verdicts: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Count residences and known households by reading and verdict."""
    readings: dict[str, dict[str, object]] = {}
    for reading in READINGS:
        sums = verdicts.loc[reading]
        counts = {
            str(word): [int(row["residences"]), round(row["households"])]
            for word, row in sums.iterrows()
        }
        # Under the own reading the map says how many residences are short instead.
        total = None if reading == "own" else _number(float(sums["shortage_m2"].sum()))
        readings[reading] = {"counts": counts, "shortage_m2": total}
    return readings


def _totals(totals: "pd.Series[float]") -> dict[str, object]:
    known = totals.reindex(ZONE_NUMBERS)
    return {key: _numbers(known[[key]], DIGITS.get(key, 2))[0] for key in ZONE_NUMBERS}


def _residences(
    residences: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
) -> dict[str, list[object]]:
    places = residences.geometry.to_crs("EPSG:4326")
    nearest = facilities.index.get_indexer(pd.Index(residences["nearest_facility_id"]))
    return _columns(residences, RESIDENCE_NUMBERS, RESIDENCE_TEXTS) | {
        "id": list(residences.index),
        "estimated": [bool(value) for value in residences["households_estimated"]],
        "nearest": [None if row < 0 else int(row) for row in nearest],
        "anchor": [encoded(point) for point in places.representative_point()],
        "shape": [encoded(place) for place in places],
    }


def _facilities(facilities: gpd.GeoDataFrame) -> dict[str, list[object]]:
    places = facilities.geometry.to_crs("EPSG:4326")
    return _columns(facilities, FACILITY_NUMBERS, FACILITY_TEXTS) | {
        "id": list(facilities.index),
        "anchor": [encoded(place) for place in places],
    }


def _links(
    links: pd.DataFrame,
    residence_ids: pd.Index,
    facility_ids: pd.Index,
) -> dict[str, list[object]]:
    return _columns(links, LINK_NUMBERS, ()) | {
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
            **{name: _number(float(row[name])) for name in numbers},
        }
        for cluster, row in clusters.iterrows()
    }


def _remedies(areas: gpd.GeoDataFrame, clusters: pd.DataFrame) -> list[dict[str, object]]:
    """Encode where a facility would put right an outermost cluster, the wider areas first."""
    outermost = areas[areas["cluster_id"].isin(clusters.index[clusters["outermost"]])]
    drawn = outermost.to_crs("EPSG:4326").sort_values("kind", ascending=False, kind="stable")
    return [
        {"cluster": str(cluster), "kind": str(kind), "shape": encoded(area)}
        for cluster, kind, area in zip(
            drawn["cluster_id"], drawn["kind"], drawn.geometry, strict=True
        )
    ]


def _catchments(catchments: gpd.GeoDataFrame, facility_ids: pd.Index) -> list[dict[str, object]]:
    """Encode the rings, the widest first; those of single facilities only while they are few."""
    single = catchments["facility_id"].notna()
    if shapely.get_num_coordinates(catchments.geometry[single]).sum() > MOST_OWN_RING_VERTICES:
        catchments = catchments[~single]
    rings = catchments.to_crs("EPSG:4326").sort_values("minutes", ascending=False, kind="stable")
    owners = facility_ids.get_indexer(pd.Index(rings["facility_id"]))
    return [
        {
            "kind": str(kind),
            "facility": None if owner < 0 else int(owner),
            "minutes": _number(float(minutes)),
            "shape": encoded(ring),
        }
        for kind, owner, minutes, ring in zip(
            rings["kind"], owners, rings["minutes"], rings.geometry, strict=True
        )
    ]


def _zones(zones: gpd.GeoDataFrame) -> dict[str, list[object]]:
    """Encode the zones that have a place, the widest level first."""
    drawn = zones[~(zones.geometry.isna() | zones.geometry.is_empty)]
    places = drawn.geometry.to_crs("EPSG:4326")
    return _columns(drawn, ZONE_NUMBERS, ("name", "level")) | {
        "id": list(drawn.index),
        "levels": [level for level in ADMIN_LEVELS if (drawn["level"] == level).any()],
        "anchor": [encoded(point) for point in places.representative_point()],
        "shape": [encoded(place) for place in places],
    }


def _robustness(robustness: "Robustness", ids: pd.Index) -> dict[str, object]:
    """Say of each residence in how many runs it is met, and which assumption matters most."""
    table = robustness.residences.loc[ids]
    first = robustness.tornado.head(1).to_dict("records")
    return {
        "runs": len(robustness.runs),
        "least": robustness.least_runs,
        "label": table["robust_label"].tolist(),
        "met": table["met_runs"].tolist(),
        "no_data": table["no_data_runs"].tolist(),
        "sums": {
            str(name): [int(row["residences"]), round(row["households"])]
            for name, row in label_sums(robustness).iterrows()
        },
        "most": first[0] if first else None,
    }


def _area(assessment: "Assessment") -> list[object] | None:
    if assessment.area is None:
        return None
    return encoded(in_degrees(assessment.area, assessment.crs))


def _bounds(assessment: "Assessment") -> list[float]:
    """Give west, south, east, north of what the map should open on: where people live."""
    frame = in_degrees(shapely.box(*assessment.residences.total_bounds), assessment.crs)
    return [round(float(degree), 6) for degree in shapely.bounds(frame)]


def _columns(
    table: pd.DataFrame,
    numbers: Sequence[str],
    texts: Sequence[str],
) -> dict[str, list[object]]:
    return {name: _numbers(table[name], DIGITS.get(name, 2)) for name in numbers} | {
        name: [None if pd.isna(value) else str(value) for value in table[name]] for name in texts
    }


def _numbers(values: "pd.Series[float]", digits: int) -> list[object]:
    floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return [_number(value, digits) for value in floats.tolist()]


def _number(value: float, digits: int = 2) -> float | None:
    """Round for the screen; whole numbers lose their point, unknown ones become None."""
    if not np.isfinite(value):
        return None
    rounded = round(value, digits)
    return int(rounded) if rounded.is_integer() else rounded
