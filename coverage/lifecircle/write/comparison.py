"""What changed from one result to another, for a terminal and as lists."""

from pathlib import Path
from typing import Final

import pandas as pd
from rich.table import Table

from lifecircle.labels import Language, label, words
from lifecircle.whatif.comparison import CHANGES, Comparison
from lifecircle.write.labelled import labelled_table, readable_numbers, spreadsheet_safe

__all__ = ["comparison_tables", "write_comparison_lists"]

_MOST_TOLD: Final = 8
_TIMES: Final = ("before", "after", "change")


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


def write_comparison_lists(comparison: Comparison, folder: Path, language: Language) -> None:
    """
    Write the lists for people: every residence, zone and indicator of both results.

    Parameters
    ----------
    comparison
        From `whatif.comparison.compare_results`.
    folder
        Where to; it is there.
    language
        Of headers and words.
    """
    for name in ("residences", "zones", "indicators"):
        table: pd.DataFrame = getattr(comparison, name)
        people = readable_numbers(table.reset_index())
        section = "standard.verdict" if name == "indicators" else "verdict"
        for column in ("verdict_before", "verdict_after"):
            if column in people:
                people[column] = _words(people[column], section, language)
        if "change" in people:
            people["change"] = _words(people["change"], "change", language)
        heads = [_head(str(column), name, language) for column in people.columns]
        listed = people.set_axis(heads, axis="columns")
        spreadsheet_safe(listed).to_csv(
            folder / f"{name}_changes.csv",
            index=False,
            encoding="utf-8-sig",
            lineterminator="\r\n",
        )


def _words(codes: pd.Series, section: str, language: Language) -> pd.Series:
    known = {code: word[language] for code, word in words(section).items()}
    return codes.map(known).where(codes.notna(), None)


def _head(column: str, table: str, language: Language) -> str:
    """Name a column by what it is and which side it is from."""
    plain, _, time = column.rpartition("_")
    if time not in _TIMES or not plain:
        plain, time = column, ""
    known = labelled_table(pd.DataFrame(columns=[plain]), table, language).columns[0]
    if column == "change":
        return label("comparison", "change", language)
    return f"{known} {label('comparison', time, language)}" if time else str(known)


def _transitions(comparison: Comparison, language: Language) -> Table:
    counts = comparison.transitions
    table = Table(title=label("comparison", "transitions", language))
    table.add_column(label("comparison", "was_now", language))
    shown = [word for word in counts.columns if counts[word].any() or counts.loc[word].any()]
    for word in shown:
        table.add_column(label("verdict", word, language), justify="right")
    for word in shown:
        table.add_row(
            label("verdict", word, language), *(f"{counts.loc[word, to]:,}" for to in shown)
        )
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
        cells = (float(str(rows[f"{name}_{time}"][key])) for time in _TIMES)
        shown = ("–" if pd.isna(cell) else f"{cell:,.2f}" for cell in cells)
        table.add_row(str(titles.loc[key]), *shown)
    return table
