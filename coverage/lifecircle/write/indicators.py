"""The table of indicators as the terminal shows it."""

from typing import TYPE_CHECKING, Final

import pandas as pd
from rich.table import Table

from lifecircle.labels import Language, filled, label, words

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.standards import Standard

__all__ = [
    "change_text",
    "distance_text",
    "indicator_tables",
    "lacking_text",
    "limit_text",
    "unreported",
    "value_text",
]

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
    count = _number(distance)
    counted = words("standard.counted")[str(row["distance_in"])]
    unit = (
        counted.get("one", counted["en"])
        if language == "en" and count == "1"
        else counted[language]
    )
    text = label("indicators", "count_of", language).format(count=count, unit=unit)
    names = [name for name in str(row["distance_names"]).split("; ") if name]
    if not names:
        return text
    colon, comma = ("：", "、") if language == "zh" else (": ", ", ")
    more = label("indicators", "names_more", language) if len(names) > MOST_NAMES else ""
    return f"{text}{colon}{comma.join(names[:MOST_NAMES])}{more}"


def lacking_text(row: pd.Series, language: Language) -> str:
    """
    Say what an indicator lacks: data, a judgement, or how much to its limit.

    Parameters
    ----------
    row
        A row of the indicators.
    language
        Of the text.

    Returns
    -------
    text
        Empty where nothing is lacking.
    """
    if row["verdict"] == "no_data":
        return str(row["missing"])
    if row["verdict"] == "not_judged":
        return _why(str(row["not_judged"]), language)
    return distance_text(row, language)


def unreported(rows: pd.DataFrame) -> "pd.Series[bool]":
    """
    Tell which indicators a table of statistics would have to report, and none does.

    Parameters
    ----------
    rows
        Of the indicators.

    Returns
    -------
    unreported
        On the index of `rows`.
    """
    blank = (rows["source"] == "computed") & rows["missing"].str.startswith("statistics.")
    return blank & rows["value"].isna()


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
    silent = unreported(rows)
    named = standard.title.zh if language == "zh" else standard.title.en
    table = Table(title=label("indicators", "title", language).format(title=named))
    beside = _columns_beside(rows)
    for heading in ("indicator", "limit", "value", "planned", *beside, "verdict", "distance"):
        table.add_column(
            label("summary" if heading == "verdict" else "indicators", heading, language),
            justify="left" if heading in {"indicator", "limit", "verdict", "distance"} else "right",
            overflow="fold",
        )
    for _, row in rows[~silent].iterrows():
        *first, verdict, distance = _cells(row, language)
        more = [_BESIDE[name](row, language) for name in beside]
        table.add_row(*first, *more, verdict, distance)
    notes = []
    if silent.any():
        keys = [text.removeprefix("statistics.") for text in rows.loc[silent, "missing"]]
        notes.append(
            filled(label("indicators", "reported", language), count=int(silent.sum()), keys=keys[0])
        )
    if "radius" in beside:
        metres = f"{rows['radius_m'].max():,g}"
        notes.append(label("indicators", "radius_note", language).format(metres=metres))
    table.caption = "\n".join(notes) or None
    return table


def change_text(row: pd.Series, language: Language) -> str:
    """
    Say how an indicator stands to last year's: ``40.8 → +0.4 (+1.0%)``.

    Parameters
    ----------
    row
        A row of the indicators.
    language
        Of the text.

    Returns
    -------
    text
        What changed, or why that cannot be told; empty where there is nothing to say.
    """
    last, change = float(str(row["last_value"])), float(str(row["change"]))
    note = str(row["last_note"] or "")
    said = [label("standard.last_note", code, language) for code in note.split(";") if code]
    if not pd.isna(last):
        text = value_text(last, str(row["value_unit"]))
        relative = float(str(row["change_share"]))
        per_cent = "" if pd.isna(relative) else f" ({relative:+.1%})"
        unit = label("indicators", "points", language) if row["value_unit"] == "%" else ""
        text += "" if pd.isna(change) else f" → {_signed(change)}{unit}{per_cent}"
        said.insert(0, text)
    return "; ".join(said)


def _columns_beside(rows: pd.DataFrame) -> list[str]:
    """Name the columns that a run asked for: the straight radius, last year's values."""
    there = {
        "radius": rows["radius_value"].notna().any(),
        "change": rows["last_value"].notna().any() or rows["last_note"].notna().any(),
    }
    return [name for name, is_there in there.items() if is_there]


def _radius(row: pd.Series, _: Language) -> str:
    value = float(str(row["radius_value"]))
    return "" if pd.isna(value) else value_text(value, str(row["value_unit"]))


_BESIDE: Final = {"radius": _radius, "change": change_text}


def _cells(row: pd.Series, language: Language) -> list[str]:
    unit, value_unit = str(row["unit"]), str(row["value_unit"])
    verdict = str(row["verdict"])
    said = label("standard.verdict", verdict, language)
    mark = f" {_STRICTER}" if row["stricter"] else ""
    limit = limit_text(str(row["comparison"]), float(str(row["limit"])), unit, language)
    lacking = lacking_text(row, language)
    progress = _progress(row, language)
    return [
        f"{row[f'title_{language}']}（{row['clause']}）" if row["clause"] else str(row["title_zh"]),
        limit + mark,
        value_text(float(str(row["value"])), value_unit),
        value_text(float(str(row["value_with_planned"])), value_unit),
        said,
        "\n".join(filter(None, [lacking, progress])),
    ]


def _progress(row: pd.Series, language: Language) -> str:
    progress = float(str(row["progress_share"]))
    if pd.isna(progress):
        return ""
    base = value_text(float(str(row["base"])), str(row["value_unit"]))
    said = label("indicators", "progress" if progress >= 0 else "below_base", language)
    return said.format(base=base, share=f"{progress:.0%}")


def _why(code: str, language: Language) -> str:
    plain, _, level = code.partition(":")
    whole = label("level", level, language) if level else ""
    return label("standard.not_judged", plain, language).format(whole=whole)


def _signed(value: float) -> str:
    return f"{round(value, 2):+,g}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")
