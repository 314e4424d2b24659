"""Reported figures: the table of statistics that a bureau fills in."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.spreadsheets import read_cells

__all__ = ["read_reported_figures"]

_HEADERS: Final = {
    "key": ("key", "指标编号", "编号"),
    "value": ("value", "数值", "值"),
    "year": ("year", "年份", "年"),
    "source": ("source", "来源", "数据来源"),
}


def read_reported_figures(
    path: Path, *, sheet: str | None = None, encoding: str | None = None
) -> pd.DataFrame:
    """
    Read a table of reported figures.

    Parameters
    ----------
    path
        Delimited text or a workbook, with the headers ``key`` and ``value``, and if known
        ``year`` and ``source`` (or 编号, 数值, 年份, 来源).
    sheet, encoding
        As for `read_cells`.

    Returns
    -------
    statistics
        ``key``, ``value`` (NaN where the cell is blank), ``year`` (NaN where blank), ``source``
        (None where blank); a value may carry a per cent sign or thousands separators.

    Raises
    ------
    TableError
        If a column is missing, a value or a year is no number, or a key stands twice for one
        year; every fault at once.
    """
    cells = read_cells(path, sheet=sheet, encoding=encoding)
    heads = {str(name).strip().lower(): name for name in cells.frame.columns}
    found = {
        column: heads[word] for column, known in _HEADERS.items() for word in known if word in heads
    }
    problems = [f"column {name!r} is missing." for name in ("key", "value") if name not in found]
    if problems:
        raise TableError(path.name, problems)
    blank = pd.Series("", index=cells.frame.index)
    text = {name: cells.frame[found[name]].str.strip() if name in found else blank
            for name in _HEADERS}  # fmt: skip
    numbers = {name: _numbers(text[name], name, problems) for name in ("value", "year")}
    table = pd.DataFrame({"key": text["key"], **numbers, "source": text["source"]})
    table = table[table["key"] != ""].astype({"source": object})
    twice = table[table.duplicated(["key", "year"])]
    problems += [
        f"row {row}: {key!r} stands twice for one year." for row, key in twice["key"].items()
    ]
    if problems:
        raise TableError(path.name, problems)
    source = table["source"].where(table["source"] != "", None)
    return table.assign(source=source).reset_index(drop=True)


def _numbers(text: pd.Series, name: str, problems: list[str]) -> pd.Series:
    plain = text.str.replace(",", "").str.replace("，", "").str.rstrip("%％年").str.strip()
    numbers = pd.to_numeric(plain.where(plain != "", None), errors="coerce").astype(np.float64)
    unread = text[numbers.isna() & (plain != "")]
    problems += [
        f"row {row}: {name!r} must be a number, found {cell!r}." for row, cell in unread.items()
    ]
    return numbers
