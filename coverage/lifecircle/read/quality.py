"""The quality table: what a reader met, row by row, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

import pandas as pd

from lifecircle.labels import words

__all__ = ["QUALITY_COLUMNS", "Remark", "Severity", "quality_table", "reasons"]

Severity = Literal["error", "warning", "lost", "note"]

QUALITY_COLUMNS: Final = (
    "input",
    "sheet",
    "row",
    "field",
    "reason",
    "found",
    "remedy",
    "severity",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """
    One thing that a reader met.

    Attributes
    ----------
    input
        The file's name.
    sheet
        The sheet or layer, if the file has such.
    row
        The row as Excel counts it, or the feature's place in its layer, from 1; None if it is not
        about a row.
    field
        The column, as the file calls it.
    reason
        A code of `reasons`.
    found
        What stood there.
    severity
        ``error``; ``warning``; ``lost`` (the row cannot be used); ``note``.
    """

    input: str
    sheet: str | None = None
    row: int | None = None
    field: str | None = None
    reason: str
    found: str = ""
    severity: Severity = "warning"


def reasons() -> dict[str, dict[str, str]]:
    """
    Return the reason codes of the quality table.

    Returns
    -------
    reasons
        For each code its text (``zh``, ``en``) and what to do (``remedy_zh``, ``remedy_en``). The
        codes are stable.

    Examples
    --------
    >>> reasons()["range"]["en"]
    'a range, not a number'
    """
    return words("reasons")


def quality_table(remarks: Iterable[Remark]) -> pd.DataFrame:
    """
    Make the quality table.

    Parameters
    ----------
    remarks
        What was met, in any number of readers.

    Returns
    -------
    quality
        One row a remark, in their order, with the columns ``input``, ``sheet``, ``row``,
        ``field``, ``reason``, ``found``, ``remedy`` (in English) and ``severity``.

    Examples
    --------
    >>> remark = Remark(input="a.csv", row=3, field="面积", reason="range", found="300-500")
    >>> quality_table([remark]).loc[0, ["input", "remedy", "severity"]].to_list()
    ['a.csv', 'write one number', 'warning']
    """
    known = reasons()
    rows = [{**asdict(remark), "remedy": known[remark.reason]["remedy_en"]} for remark in remarks]
    table = pd.DataFrame(rows, columns=list(QUALITY_COLUMNS), dtype=object)
    return table.astype({"row": "Int64"})
