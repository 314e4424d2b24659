"""The annex: tables by zone, facilities, residences that lack, clusters, readings."""

from typing import Final

import pandas as pd

from lifecircle.labels import label
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.report.content import Chapter, Part, Rows
from lifecircle.write.report.judged import reading_tables
from lifecircle.write.report.material import Material, printed_table, zone_name
from lifecircle.write.workbook.sheets import named_zones

__all__ = ["annex_chapter"]

_MOST_ROWS: Final = 100
_ZONES: Final = (
    "residences", "households_in_residences", "served_share", "met_share", "residences_met",
    "residences_short", "residences_unreachable", "residences_no_data", "requirement_m2",
    "supply_m2", "shortage_m2",
)  # fmt: skip
_PLACES: Final = ("street_id", "township_id", "community_id", "village_id")
_FACILITIES: Final = (
    "facility_id", "name", "kind", *_PLACES, "floor_area_m2", "counted_m2", "allocated_m2",
    "idle_m2", "reached_households",
)  # fmt: skip
_RESIDENCES: Final = (
    "residence_id", "name", *_PLACES, "households", "ledger", "requirement_m2", "verdict",
    "shortage_m2", "shortage_m2_with_planned", "cluster_id",
)  # fmt: skip
_CLUSTERS: Final = (
    "cluster_id", "parent_id", "residences", "facilities", "requirement_m2", "capacity_m2",
    "shortage_m2", "least_m2", "single_site", "proven",
)  # fmt: skip
_LACKING: Final = ("short", "unreachable")


def annex_chapter(material: Material) -> Chapter:
    """
    Write the annex, on lying pages.

    Parameters
    ----------
    material
        What the report is made of; the public edition names no residence and no facility.

    Returns
    -------
    chapter
        Its tables.
    """
    tables = material.tables
    parts: list[Part] = [
        _zones(material, level)
        for level in ADMIN_LEVELS
        if (tables["zones"]["level"] == level).any()
    ]
    if material.is_internal:
        parts += _single_places(material)
    parts += reading_tables(material)
    return Chapter(title=material.say("annex"), parts=parts, landscape=True)


def _zones(material: Material, level: str) -> Rows:
    language = material.language
    zones = material.tables["zones"]
    chosen = zones[zones["level"] == level]
    names = [
        zone_name(zone_id, name, language)
        for zone_id, name in zip(chosen.index, chosen["name"], strict=True)
    ]
    totals = material.totals.reindex(list(_ZONES)).to_frame().T
    whole = pd.concat([pd.DataFrame(chosen[list(_ZONES)]), totals], ignore_index=True)
    rows = printed_table(whole, "zones", _ZONES, language)
    rows.insert(0, material.say("zone"), [*names, label("workbook", "total", language)])
    caption = material.say("table_zones", level=label("level", level, language))
    return Rows(caption=caption, rows=rows, total=True)


def _single_places(material: Material) -> list[Part]:
    tables, names = material.tables, material.tables["zones"]["name"]
    residences, facilities = tables["residences"], tables["facilities"]
    lacking = residences[residences["verdict"].isin(_LACKING)]
    ordered = lacking.rename_axis("key").sort_values(
        ["shortage_m2", "key"], ascending=[False, True], kind="stable"
    )
    lists = {
        "clusters": (tables["clusters"], _CLUSTERS),
        "facilities": (named_zones(facilities[facilities["inside"]], names), _FACILITIES),
        "residences": (
            named_zones(ordered.rename_axis("residence_id"), names),
            _RESIDENCES,
        ),
    }
    return [
        _list(material, name, table, columns)
        for name, (table, columns) in lists.items()
        if len(table)
    ]


def _list(material: Material, name: str, table: pd.DataFrame, columns: tuple[str, ...]) -> Rows:
    """Print the first rows of a table that may be very long."""
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    rows = printed_table(plain.head(_MOST_ROWS), name, columns, material.language)
    note = ""
    if len(plain) > _MOST_ROWS:
        note = material.say("only_first", count=_MOST_ROWS, all=f"{len(plain):,}")
    return Rows(caption=material.say(f"table_{name}"), rows=rows, note=note)
