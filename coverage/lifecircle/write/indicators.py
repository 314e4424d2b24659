"""The table of indicators as the terminal shows it."""

from typing import TYPE_CHECKING, Final

import pandas as pd
from rich.table import Table

from lifecircle.labels import Language, label, words

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.standards import Standard

__all__ = ["distance_text", "indicator_tables", "limit_text", "value_text"]

MOST_NAMES: Final = 3
_STRICTER: Final = "▲"


def indicator_tables(assessment: "Assessment", language: Language) -> list[Table]:
    """
    Lay out the indicators of the standard, and of those beside it.

    Parameters
    ----------
    assessment
        What was found.
    language
        Of the tables.

    Returns
    -------
    tables
        One a standard. What is to be reported and was not is counted in the last line.
    """
    return [
        _table(assessment.indicators[assessment.indicators["standard_id"] == one.id], one, language)
        for one in (assessment.standard, *assessment.also)
    ]


def distance_text(row: pd.Series, language: Language) -> str:
    """
    Say how far an indicator is from its limit: ``3 streets: A, B, C``.

    Parameters
    ----------
    row
        A row of the indicators.
    language
        Of the text.

    Returns
    -------
    text
        Empty if nothing is lacking, or it is not known what.
    """
    distance = float(str(row["distance"]))
    if pd.isna(distance) or distance <= 0 or row["distance_in"] is None:
        return ""
    unit = label("standard.counted", str(row["distance_in"]), language)
    text = label("indicators", "count_of", language).format(count=_number(distance), unit=unit)
    names = [name for name in str(row["distance_names"]).split("; ") if name]
    if not names:
        return text
    colon, comma = ("：", "、") if language == "zh" else (": ", ", ")
    more = label("indicators", "names_more", language) if len(names) > MOST_NAMES else ""
    return f"{text}{colon}{comma.join(names[:MOST_NAMES])}{more}"


def value_text(value: float, unit: str) -> str:
    """
    Write a value.

    Parameters
    ----------
    value
        The value; NaN where there is none.
    unit
        Its unit; only the per cent sign is written.

    Returns
    -------
    text
        A dash where there is none.
    """
    if pd.isna(value):
        return "–"
    return f"{value:,.1f} %" if unit == "%" else _number(round(value, 2))


def limit_text(comparison: str, limit: float, unit: str, language: Language) -> str:
    """
    Write a limit with its comparison and unit: ``≥ 20 m² per 100 households``.

    Parameters
    ----------
    comparison
        As in the rule.
    limit
        NaN where the document names none.
    unit
        Of the limit.
    language
        Of the text.

    Returns
    -------
    text
        Empty where the document names no limit.
    """
    if pd.isna(limit):
        return label("standard.page", "none", language)
    sign = {">=": "≥", "<=": "≤", "about": "≈"}.get(comparison, comparison)
    known = words("standard.unit").get(unit)
    return f"{sign} {_number(limit)} {known[language] if known else unit}"


def _table(rows: pd.DataFrame, standard: "Standard", language: Language) -> Table:
    blank = (rows["source"] == "computed") & rows["missing"].str.startswith("statistics.")
    silent = blank & rows["value"].isna()
    named = standard.title.zh if language == "zh" else standard.title.en
    table = Table(title=label("indicators", "title", language).format(title=named))
    for heading in ("indicator", "limit", "value", "planned"):
        right = heading in {"value", "planned"}
        table.add_column(
            label("indicators", heading, language),
            justify="right" if right else "left",
            overflow="fold",
        )
    table.add_column(label("summary", "verdict", language))
    table.add_column(label("indicators", "distance", language))
    for _, row in rows[~silent].iterrows():
        table.add_row(*_cells(row, language))
    if silent.any():
        keys = [text.removeprefix("statistics.") for text in rows.loc[silent, "missing"]]
        table.caption = label("indicators", "reported", language).format(
            count=int(silent.sum()), keys=keys[0]
        )
    return table


def _cells(row: pd.Series, language: Language) -> list[str]:
    unit, value_unit = str(row["unit"]), str(row["value_unit"])
    verdict = str(row["verdict"])
    said = label("standard.verdict", verdict, language)
    mark = f" {_STRICTER}" if row["stricter"] else ""
    limit = limit_text(str(row["comparison"]), float(str(row["limit"])), unit, language)
    lacking = str(row["missing"]) if verdict == "no_data" else distance_text(row, language)
    if verdict == "not_judged":
        lacking = _why(str(row["not_judged"]), language)
    return [
        f"{row[f'title_{language}']}（{row['clause']}）" if row["clause"] else str(row["title_zh"]),
        limit + mark,
        value_text(float(str(row["value"])), value_unit),
        value_text(float(str(row["value_with_planned"])), value_unit),
        said,
        lacking,
    ]


def _why(code: str, language: Language) -> str:
    plain, _, level = code.partition(":")
    whole = label("level", level, language) if level else ""
    return label("standard.not_judged", plain, language).format(whole=whole)


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")
