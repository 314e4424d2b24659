"""The indicators of each document, with the clause, the limit and the verdict."""

from typing import TYPE_CHECKING

import pandas as pd

from lifecircle.labels import filled, label, words
from lifecircle.write.indicators import (
    change_text,
    lacking_text,
    limit_text,
    unreported,
    value_text,
)
from lifecircle.write.report.content import Chapter, Rows
from lifecircle.write.report.material import Material

if TYPE_CHECKING:
    from lifecircle.standards.model import Standard

__all__ = ["indicator_chapter", "reading_tables"]

_HEADS = ("clause", "title", "limit", "value", "unit", "value_with_planned", "verdict", "distance")


def indicator_chapter(material: Material) -> Chapter:
    """
    Write the chapter on the indicators.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapter
        A table for each document; what a statistical table would have to report, and does not, is
        counted below.
    """
    documents = (material.assessment.standard, *material.assessment.also)
    return Chapter(
        title=material.say("indicators"), parts=[_table(material, one) for one in documents]
    )


def reading_tables(material: Material) -> list[Rows]:
    """
    Print how the indicators with a value are read.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    tables
        One for each document that has any.
    """
    language = material.language
    heads = [label("indicator_sheet", key, language) for key in ("clause", "title", "reading")]
    column = "reading" if language == "zh" else "reading_en"
    tables = []
    for one in (material.assessment.standard, *material.assessment.also):
        rows = _rows_of(material, one)
        shown = rows[~unreported(rows)]
        cells = [
            (row["clause"] or "", row[f"title_{language}"], row[column])
            for row in shown.to_dict("records")
        ]
        title = getattr(one.title, language)
        if cells:
            caption = material.say("table_readings", title=title)
            tables.append(Rows(caption=caption, rows=pd.DataFrame(cells, columns=heads)))
    return tables


def _table(material: Material, standard: "Standard") -> Rows:
    language = material.language
    rows = _rows_of(material, standard)
    silent = unreported(rows)
    cells = [_cells(row, material) for _, row in rows[~silent].iterrows()]
    heads = [label("indicator_sheet", key, language) for key in _HEADS]
    if rows["last_value"].notna().any() or rows["last_note"].notna().any():
        heads.append(label("indicators", "change", language))
        for line, (_, row) in zip(cells, rows[~silent].iterrows(), strict=True):
            line.append(change_text(row, language))
    note = ""
    if silent.any():
        first = str(rows.loc[silent, f"title_{language}"].iloc[0])
        said = label("indicators", "reported", language)
        note = filled(said, count=int(silent.sum()), keys=first)
    title = getattr(standard.title, language)
    caption = material.say("table_indicators", title=title)
    return Rows(caption=caption, rows=pd.DataFrame(cells, columns=heads), note=note)


def _rows_of(material: Material, standard: "Standard") -> pd.DataFrame:
    indicators = material.tables["indicators"]
    return indicators[indicators["standard_id"] == standard.id]


def _cells(row: pd.Series, material: Material) -> list[str]:
    language = material.language
    unit = str(row["value_unit"])
    known = words("standard.unit").get(unit)
    values = [
        value_text(float(str(row[name])), unit).removesuffix(" %")
        for name in ("value", "value_with_planned")
    ]
    return [
        str(row["clause"] or ""),
        str(row[f"title_{language}"]),
        limit_text(str(row["comparison"]), float(str(row["limit"])), str(row["unit"]), language),
        values[0],
        known[language] if known else unit,
        values[1],
        label("standard.verdict", str(row["verdict"]), language),
        lacking_text(row, language),
    ]
