"""What changed from one result to another: for a terminal, as lists, a layer and a map."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
from rich.markup import escape
from rich.table import Table

from lifecircle.labels import Language, label, words
from lifecircle.study import PlanSettings
from lifecircle.whatif.comparison import CHANGES, Comparison, was_made
from lifecircle.write.comparison_map import ComparisonHeading, draw_comparison
from lifecircle.write.geodata import new_folder, write_layer
from lifecircle.write.labelled import labelled_table, readable_numbers, spreadsheet_safe
from lifecircle.write.plan_map import write_sheet

__all__ = ["comparison_heading", "comparison_tables", "comparison_warnings", "write_comparison"]

_MOST_TOLD: Final = 8
_TIMES: Final = ("before", "after", "change")

Tables = Mapping[str, pd.DataFrame]


def comparison_tables(comparison: Comparison, language: Language) -> list[Table]:
    """
    Lay out what changed.

    Parameters
    ----------
    comparison
        From `whatif.comparison.compare_results`.
    language
        Of the tables.

    Returns
    -------
    tables
        Residences by verdict before and after; how many fare better and worse; zones and
        indicators that changed.
    """
    tables = [_transitions(comparison, language), _counts(comparison, language)]
    zones = comparison.zones
    moved = zones[zones["shortage_m2_change"].fillna(0).ne(0)]
    if len(moved):
        tables.append(_amounts(moved, "shortage_m2", moved["name"], language))
    rules = comparison.indicators
    changed = rules[
        rules["value_change"].fillna(0).ne(0) | (rules["verdict_before"] != rules["verdict_after"])
    ]
    if len(changed):
        tables.append(_amounts(changed, "value", changed[f"title_{language}"], language))
    return tables


def comparison_warnings(
    comparison: Comparison, doubts: Mapping[str, tuple[str, str]], language: Language
) -> list[str]:
    """
    Say what keeps two results from being compared like with like.

    Parameters
    ----------
    comparison
        From `whatif.comparison.compare_results`.
    doubts
        From `whatif.comparison.comparison_doubts`.
    language
        Of the sentences.

    Returns
    -------
    warnings
        A sentence each.
    """
    said = [
        label("comparison", "doubt", language).format(
            what=label("comparison", f"doubt_{name}", language), before=was, after=now
        )
        for name, (was, now) in doubts.items()
    ]
    if comparison.residences["change"].isin(["added", "gone"]).all():
        said.append(label("comparison", "nothing_shared", language))
    return said


def comparison_heading(
    before: Mapping[str, object], after: Mapping[str, object], *, title: str
) -> ComparisonHeading:
    """
    Gather what the map of changes says of itself.

    Parameters
    ----------
    before, after
        The manifests of the two results.
    title
        What is compared.

    Returns
    -------
    heading
        The later study's `[plan]`, and everybody whose data either result rests on.
    """
    settings = [manifest["settings"] for manifest in (after, before)]
    told = [each if isinstance(each, dict) else {} for each in settings]
    plans = [PlanSettings.model_validate(each.get("plan") or {}) for each in told]
    sources = [
        name
        for plan, each in zip(plans, told, strict=True)
        for name in (*plan.sources, *(each.get("attribution") or ()))
    ]
    return ComparisonHeading(
        title=title,
        made=was_made(before) or was_made(after),
        plan=plans[0],
        sources=tuple(dict.fromkeys(sources)),
    )


def write_comparison(
    comparison: Comparison,
    before: Tables,
    after: Tables,
    folder: Path,
    *,
    heading: ComparisonHeading,
    language: Language,
) -> None:
    """
    Write what changed into a new folder, whole or not at all.

    Parameters
    ----------
    comparison
        From `whatif.comparison.compare_results`.
    before, after
        The tables of the two results, for the outlines.
    folder
        Where to; not there yet, or empty. It will hold ``residences_changes.csv``,
        ``zones_changes.csv`` and ``indicators_changes.csv``, ``changes.gpkg`` (the residences, with
        their change), and the map ``changes.png`` and ``changes.pdf``.
    heading
        What the map says of itself; from `comparison_heading`.
    language
        Of headers and words.

    Raises
    ------
    OutputError
        If the folder is in use or cannot be written, or no font has the map's characters.
    """
    placed = _placed(comparison.residences, before["residences"], after["residences"])
    figure = draw_comparison(placed, after["zones"], heading=heading, language=language)
    with new_folder(folder) as whole:
        for name in ("residences", "zones", "indicators"):
            listed = _people(getattr(comparison, name), name, language)
            spreadsheet_safe(listed).to_csv(
                whole / f"{name}_changes.csv",
                index=False,
                encoding="utf-8-sig",
                lineterminator="\r\n",
            )
        rows = _people(comparison.residences, "residences", language)
        layer = gpd.GeoDataFrame(rows, geometry=[*placed.geometry], crs=placed.crs)
        write_layer(layer, whole / "changes.gpkg", label("comparison", "layer", language))
        for ending in ("png", "pdf"):
            write_sheet(figure, whole / f"changes.{ending}")


def _placed(compared: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> gpd.GeoDataFrame:
    """Take each residence as it is drawn in the later result, else in the earlier."""
    gone = before.loc[before.index.difference(after.index, sort=True)]
    outlines = gpd.GeoDataFrame(pd.concat([after[["geometry"]], gone[["geometry"]]]))
    return outlines.loc[compared.index].join(compared)


def _people(table: pd.DataFrame, name: str, language: Language) -> pd.DataFrame:
    """Write a table with headers and words for people."""
    people = readable_numbers(table.reset_index())
    section = "standard.verdict" if name == "indicators" else "verdict"
    for column in ("verdict_before", "verdict_after"):
        if column in people:
            people[column] = _words(people[column], section, language)
    if "level" in people:
        people["level"] = _words(people["level"], "level", language)
    if "change" in people:
        people["change"] = _words(people["change"], "change", language)
    heads = [_head(str(column), name, language) for column in people.columns]
    return people.set_axis(heads, axis="columns")


def _words(codes: pd.Series, section: str, language: Language) -> pd.Series:
    known = {code: word[language] for code, word in words(section).items()}
    return codes.map(known).where(codes.notna(), None)


def _head(column: str, table: str, language: Language) -> str:
    """Name a column by what it is and which side it is from."""
    plain, _, time = column.rpartition("_")
    if time not in _TIMES or not plain:
        plain, time = column, ""
    known = str(*labelled_table(pd.DataFrame(columns=[plain]), table, language))
    if column == "change":
        return label("comparison", "change", language)
    return f"{known} {label('comparison', time, language)}" if time else known


def _transitions(comparison: Comparison, language: Language) -> Table:
    counts = comparison.transitions
    table = Table(title=label("comparison", "transitions", language))
    table.add_column(label("comparison", "was_now", language))
    shown = [word for word in counts.columns if counts[word].any() or counts.loc[word].any()]
    for word in shown:
        table.add_column(label("verdict", word, language), justify="right")
    for word in shown:
        cells = [f"{counts[to][word]:,}" for to in shown]
        table.add_row(label("verdict", word, language), *cells)
    return table


def _counts(comparison: Comparison, language: Language) -> Table:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    found = comparison.residences["change"].value_counts()
    for word in CHANGES:
        if found.get(word, 0):
            table.add_row(label("change", word, language), f"{found[word]:,}")
    return table


def _amounts(rows: pd.DataFrame, name: str, titles: pd.Series, language: Language) -> Table:
    head = _head(name, "zones", language) if name != "value" else ""
    table = Table(title=head)
    table.add_column(overflow="fold")
    for time in _TIMES:
        table.add_column(label("comparison", time, language), justify="right")
    order = rows[f"{name}_change"].abs().sort_values(ascending=False, kind="stable").index
    for key in order[:_MOST_TOLD]:
        cells = rows.loc[[key], [f"{name}_{time}" for time in _TIMES]].iloc[0].tolist()
        shown = ("–" if pd.isna(cell) else f"{cell:,.2f}" for cell in cells)
        table.add_row(escape(str(titles[key])), *shown)
    return table
