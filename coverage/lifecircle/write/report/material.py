"""What the chapters of a report draw on, and how they print numbers and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from lifecircle.labels import Language, filled, label, words
from lifecircle.write.edition import Edition
from lifecircle.write.labelled import labelled_table
from lifecircle.write.workbook.sheets import column_form

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = [
    "Material",
    "printed_count",
    "printed_m2",
    "printed_share",
    "printed_table",
    "shortened",
    "zone_name",
]

_BLANK: Final = "–"
_MINUS: Final = "\u2212"  # a hyphen at the end of a line would part from its number
_MOST_DECIMALS: Final = 3
_LONGEST_NAME: Final = 40  # signs


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """
    What a report is made of.

    Attributes
    ----------
    assessment
        What was found.
    tables
        Those of the edition, from `edition_tables`.
    totals
        The same, from `edition_totals`.
    robustness
        Which verdicts hold under doubt, if that was asked.
    edition
        Who the report is for.
    """

    assessment: "Assessment"
    tables: Mapping[str, pd.DataFrame]
    totals: pd.Series
    robustness: "Robustness | None"
    edition: Edition

    @property
    def is_internal(self) -> bool:  # numpydoc ignore=RT01
        """Tell whether everything may be said, not only what the edition's tables hold."""
        return self.edition == "internal"

    @property
    def language(self) -> Language:  # numpydoc ignore=RT01
        """Return the language of every word."""
        return self.assessment.study.language

    def say(self, key: str, **parts: object) -> str:  # numpydoc ignore=PR01,RT01
        """Fill in a sentence of the label table."""
        return filled(label("report", key, self.language), **parts)


def printed_count(value: float) -> str:
    """
    Print a whole number.

    Parameters
    ----------
    value
        The number; NaN if unknown.

    Returns
    -------
    text
        A dash if it is unknown.

    Examples
    --------
    >>> printed_count(94406.0), printed_count(float("nan"))
    ('94,406', '–')
    """
    return _BLANK if pd.isna(value) else f"{value:,.0f}".replace("-", _MINUS)


def printed_m2(value: float) -> str:
    """
    Print an area.

    Parameters
    ----------
    value
        In square metres; NaN if unknown.

    Returns
    -------
    text
        To the 0.01 m² that areas are kept in; a dash if it is unknown.

    Examples
    --------
    >>> printed_m2(1234.5)
    '1,234.50'
    """
    return _BLANK if pd.isna(value) else f"{value:,.2f}"


def printed_share(value: float) -> str:
    """
    Print a share.

    Parameters
    ----------
    value
        From 0 to 1; NaN if unknown.

    Returns
    -------
    text
        In per cent; a dash if it is unknown.

    Examples
    --------
    >>> printed_share(0.8329)
    '83.3%'
    """
    return _BLANK if pd.isna(value) else f"{value:.1%}"


def printed_table(
    table: pd.DataFrame, name: str, columns: Sequence[str], language: Language
) -> pd.DataFrame:
    """
    Print columns of a result table as people read them.

    Parameters
    ----------
    table
        A table of the `Assessment`; its index, if named, is a column.
    name
        Which one, for the headers.
    columns
        Those wanted, if they are there.
    language
        Of headers and words.

    Returns
    -------
    printed
        Cells as text, what is unknown a dash.
    """
    flat = table.reset_index() if table.index.name else table
    chosen = flat[[column for column in columns if column in flat]]
    heads = labelled_table(chosen, name, language)
    cells = {
        head: [_cell(value, column_form(str(column))) for value in heads[head]]
        for column, head in zip(chosen.columns, heads.columns, strict=True)
    }
    return pd.DataFrame(cells, dtype=object)


def shortened(names: "pd.Series[str]") -> "pd.Series[str]":
    """
    Cut names that are too long for a printed table.

    Parameters
    ----------
    names
        Names; None where there is none.

    Returns
    -------
    shortened
        Forty signs at most, the last an ellipsis where something was cut.

    Examples
    --------
    >>> shortened(pd.Series(["x" * 41])).str.len().tolist()
    [40]
    """
    is_long = names.str.len().gt(_LONGEST_NAME)
    return names.where(~is_long, names.str.slice(0, _LONGEST_NAME - 1) + "…")


def zone_name(zone_id: object, name: object, language: Language) -> str:
    """
    Name a zone, or what lies outside of all of them.

    Parameters
    ----------
    zone_id
        Its id, ``outside_zones:{level}``, or None for the whole area.
    name
        Its name, if it has one.
    language
        Of the words.

    Returns
    -------
    name
        The id where there is no name.
    """
    if isinstance(name, str) and name and not name.startswith("outside_zones:"):
        return name
    if not isinstance(zone_id, str):
        return label("workbook", "whole", language)
    code = zone_id.partition(":")[0]
    return words("supply.flag")[code][language] if code == "outside_zones" else zone_id


def _cell(value: object, form: str) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]  # one cell, never a list
        return _BLANK
    if form == "text":
        return _number(value) if isinstance(value, int | float) else str(value)
    printers = {
        "share": printed_share, "m2": printed_m2, "whole": printed_count, "year": "{:.0f}".format,
    }  # fmt: skip
    return printers.get(form, _number)(float(str(value)))


def _number(value: float) -> str:
    text = f"{value:,.{_MOST_DECIMALS}f}".replace("-", _MINUS)
    return text.rstrip("0").rstrip(".")
