"""Tables for people: headers and words in their language, text that no program runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.labels import Language, words
from lifecircle.read.quality import found_in

__all__ = [
    "TO_GEOCODE_FILE",
    "labelled_table",
    "readable_numbers",
    "spreadsheet_safe",
    "write_addresses",
]

TO_GEOCODE_FILE: Final = "to_geocode.csv"
"""The rows that have an address and no coordinates, in a result and beside the list of issues."""

# Column -> the section of the label table that holds its words.
_WORDS: Final = {
    **dict.fromkeys(("band", "ledger", "kind", "level", "entry", "step", "input", "severity"), ""),
    **{f"{name}verdict": "verdict" for name in ("", "own_", "circle_", "plain_")},
    "verdict_with_planned": "verdict",
    **{f"{name}reason": "supply.reason" for name in ("", "own_", "circle_", "plain_")},
    "counted_reason": "supply.counted_reason",
    "flags": "supply.flag",
    **dict.fromkeys(("robust_label", "assumption"), ""),
    **dict.fromkeys(("operator", "area_basis", "delivered", "county_kind", "urban"), ""),
    "functions": "function",
    "labels": "facility_label",
}
_INDICATOR_WORDS: Final = {
    "verdict": "standard.verdict",
    "verdict_with_planned": "standard.verdict",
    "nature": "standard.nature",
    "unit": "standard.unit",
    "value_unit": "standard.unit",
    "distance_in": "standard.counted",
    "source": "standard.source",
    "not_judged": "standard.not_judged",
    "last_note": "standard.last_note",
}
_SPECIAL: Final = {
    **{
        (table, column): section
        for table in ("indicators", "zone_indicators")
        for column, section in _INDICATOR_WORDS.items()
    },
    ("quality", "reason"): "reasons",
    ("remedy_areas", "kind"): "remedy_area",
    ("robustness_runs", "gates"): "assumption_value",
    ("robustness_tornado", "low"): "assumption_value",
    ("robustness_tornado", "high"): "assumption_value",
    ("facilities", "status"): "facility_status",
    ("residences", "status"): "status",
    ("population", "group"): "group",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def labelled_table(table: pd.DataFrame, name: str, language: Language) -> pd.DataFrame:
    """
    Give a result table headers and words in one language.

    Parameters
    ----------
    table
        A table of the `Assessment`; its index, if named, becomes the first column.
    name
        Which one: ``"residences"``, ``"facilities"``, ``"zones"``, ...
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    labelled
        The same rows; codes without a word stay as they are.
    """
    flat = table.reset_index() if table.index.name else table
    if name == "quality":
        flat = flat.assign(remedy=_remedies(flat, language), found=found_in(flat, language))
    columns = {column: _translated(flat[column], name, language) for column in flat.columns}
    own = words(f"columns.{name}") if name in words("columns") else {}
    known = words("columns.results") | own
    heads = {column: _head(str(column), known, language) for column in columns}
    return pd.DataFrame({heads[column]: value for column, value in columns.items()})


def readable_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """
    Write numbers as people read them: to three decimals, whole ones without any.

    Parameters
    ----------
    table
        Any table.

    Returns
    -------
    readable
        The same, rounded; columns of whole numbers are integers with gaps.

    Examples
    --------
    >>> readable_numbers(pd.DataFrame({"minutes": [1.67789], "households": [288.0]}))
       minutes  households
    0    1.678         288
    """
    rounded = table.round(3)
    floats = rounded.select_dtypes("float")
    whole = [name for name in floats if (floats[name].dropna() % 1 == 0).all()]
    return rounded.astype(dict.fromkeys(whole, "Int64"))


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """
    Keep a spreadsheet program from taking text for a formula.

    Parameters
    ----------
    table
        Any table.

    Returns
    -------
    safe
        The same, with an apostrophe before text that begins with ``=``, ``+``, ``-``, ``@``, a tab
        or a carriage return.

    Examples
    --------
    >>> spreadsheet_safe(pd.DataFrame({"name": ["=1+1", "A"]}))["name"].tolist()
    ["'=1+1", 'A']
    """
    return table.map(
        lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
    )


def write_addresses(rows: pd.DataFrame, path: Path) -> None:
    """
    Write the list of rows that are to be geocoded.

    Parameters
    ----------
    rows
        As `lifecircle.read.geocoded.rows_to_geocode` gives them.
    path
        Where to.
    """
    spreadsheet_safe(rows).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _head(column: str, known: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Return a column's header with its unit; without a word it stays as it is."""
    if column not in known:
        return column
    head = known[column][language]
    unit = words("unit_in_header")["m2"][language]
    bare = column.endswith("_m2") and "平方米" not in head and "m²" not in head
    return head + unit if bare else head


def _translated(values: pd.Series, table: str, language: Language) -> pd.Series:
    known = _known_words(str(values.name), table)
    either = known if "yes" in known else words("yes_no")
    said = {answer: either["yes" if answer else "no"][language] for answer in (True, False)}
    if values.dtype == bool:
        return values.map(said)

    def translate(cell: object) -> object:
        if isinstance(cell, bool | np.bool_):
            return said[bool(cell)]
        if not isinstance(cell, str):
            return cell
        return ";".join(_word(code, known, language) for code in cell.split(";"))

    return values.astype(object).map(translate) if known or values.dtype == object else values


def _remedies(quality: pd.DataFrame, language: Language) -> pd.Series:
    known = words("reasons")
    named = quality["reason"].map(lambda code: known.get(code, {}).get(f"remedy_{language}"))
    return named.where(named.notna(), quality["remedy"])


def _word(code: str, known: Mapping[str, Mapping[str, str]], language: Language) -> str:
    """Translate ``outside_zones:street`` by what stands before the colon, and the level."""
    plain, _, level = code.partition(":")
    if plain not in known:
        return code
    word = known[plain][language]
    if "{whole}" in word:
        return word.format(whole=words("level")[level][language])
    return f"{word}（{words('level')[level][language]}）" if level in words("level") else word


def _known_words(column: str, table: str) -> Mapping[str, Mapping[str, str]]:
    section = _SPECIAL.get((table, column), _WORDS.get(column))
    return {} if section is None else words(section or column)
