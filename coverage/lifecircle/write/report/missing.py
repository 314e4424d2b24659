"""The gap list zone by zone, with what is proposed."""

from typing import Final

import pandas as pd

from lifecircle.labels import label, words
from lifecircle.supply.gaps import GAP_SUMS
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.cluster_text import with_sentences
from lifecircle.write.remedy_text import proposed_ways, remedy_ways
from lifecircle.write.report.content import Chapter, Part, Rows, Section, Text
from lifecircle.write.report.material import (
    Material,
    printed_count,
    printed_m2,
    printed_table,
    zone_name,
)

__all__ = ["gap_chapter"]

_STREETS: Final = ("street", "township")
_PUBLIC_COLUMNS: Final = ("residences_short", "shortage_m2")


def gap_chapter(material: Material) -> Chapter:
    """
    Write the gap list: an overview, then a section for each street.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapter
        By street and township; without those by the finest level that there is.
    """
    gaps = material.tables["gaps"]
    if gaps.empty:
        return Chapter(title=material.say("gaps"), parts=[Text(text=material.say("no_gaps"))])
    parts: list[Part] = [Section(title=material.say("overview"))]
    if material.is_internal:
        ways = material.say("or").join(remedy_ways(material.language))
        build = label("remedy", "build", material.language)
        parts.append(Text(text=material.say("offered", build=build, ways=ways)))
    levels = _levels(gaps)
    for level in levels:
        key = "table_gaps" if material.is_internal else "table_gaps_only"
        caption = material.say(key, level=_level_name(level, material))
        parts.append(_table(material, gaps[gaps["level"] == level], level, caption))
    for level in levels:
        for _, row in gaps[gaps["level"] == level].iterrows():
            parts += _zone(material, row)
    return Chapter(title=material.say("gaps"), parts=parts)


def _levels(gaps: pd.DataFrame) -> list[str]:
    there = [level for level in (*ADMIN_LEVELS, "area") if level in set(gaps["level"])]
    return [level for level in there if level in _STREETS] or there[-1:]


def _level_name(level: str, material: Material) -> str:
    known = words("level").get(level)
    return known[material.language] if known else material.say("zone")


def _table(material: Material, gaps: pd.DataFrame, of: str, caption: str) -> Rows:
    language = material.language
    names = [zone_name(row["zone_id"], row["zone"], language) for row in gaps.to_dict("records")]
    if not material.is_internal:  # some zones are not told: the others are not all
        rows = printed_table(gaps, "gaps", _PUBLIC_COLUMNS, language)
        rows.insert(0, material.say("zone"), names)
        return Rows(caption=caption, rows=rows)
    total = pd.concat([gaps, material.assessment.gap_totals.loc[[of]]], ignore_index=True)
    rows = printed_table(total, "gaps", GAP_SUMS, language)
    rows.insert(0, material.say("zone"), [*names, label("workbook", "total", language)])
    rows[material.say("remedy")] = [*_proposed(gaps, material), ""]
    return Rows(caption=caption, rows=rows, total=True)


def _proposed(gaps: pd.DataFrame, material: Material) -> list[str]:
    ways = proposed_ways(gaps, material.language)
    return [*ways.where(ways.notna(), material.say("to_choose"))]


def _zone(material: Material, row: pd.Series) -> list[Part]:
    name = zone_name(row["zone_id"], row["zone"], material.language)
    sentence = _sentence(material, row)
    parts: list[Part] = [Section(title=name), Text(text=sentence)]
    parts += [Text(text=text, listed=True) for text in _unreachable(material, row["zone_id"])]
    parts += [Text(text=text, listed=True) for text in _clusters(material, row)]
    within = _within(material, row["zone_id"])
    if len(within):
        caption = material.say("table_gaps_within", zone=name)
        parts.append(_table(material, within, str(row["zone_id"]), caption))
    return parts


def _sentence(material: Material, row: pd.Series) -> str:
    residences = printed_count(row["residences_short"])
    shortage = printed_m2(row["shortage_m2"])
    if not material.is_internal:
        return material.say("zone_lacks", residences=residences, shortage=shortage)
    return material.say(
        "zone_gap",
        residences=residences,
        households=printed_count(row["households_short"]),
        shortage=shortage,
        own=printed_m2(row["own_ledger_shortage_m2"]),
        circle=printed_m2(row["circle_ledger_shortage_m2"]),
        planned=printed_m2(row["shortage_m2_with_planned"]),
    )


def _unreachable(material: Material, zone_id: object) -> list[str]:
    zones = material.tables["zones"]
    if zone_id not in zones.index:
        return []
    count = float(zones["residences_unreachable"][str(zone_id)])
    if not count > 0:
        return []
    return [material.say("zone_unreachable", residences=printed_count(count))]


def _clusters(material: Material, row: pd.Series) -> list[str]:
    """Say of each outermost cluster that reaches into the zone what it lacks and takes."""
    if "cluster_ids" not in row.index or not row["cluster_ids"]:
        return []
    clusters = material.tables["clusters"]
    parents = clusters["parent_id"]
    outermost = set()
    for start in str(row["cluster_ids"]).split(";"):
        cluster = start
        while isinstance(parents[cluster], str):
            cluster = parents[cluster]
        outermost.add(cluster)
    said = with_sentences(clusters[clusters.index.isin(outermost)], material.language)
    return [
        material.say(
            "zone_cluster", cluster=cluster_id, sentence=one["sentence"],
            remedy=one["remedy_sentence"],
        )
        for cluster_id, one in said.iterrows()
    ]  # fmt: skip


def _within(material: Material, zone_id: object) -> pd.DataFrame:
    gaps, parents = material.tables["gaps"], material.tables["zones"]["parent_id"]
    return gaps[gaps["zone_id"].map(parents).eq(str(zone_id))]
