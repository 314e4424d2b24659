"""Cells become numbers and words, and what could not be read is remarked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.labels import words
from lifecircle.read.columns import known_words, plain, to_words
from lifecircle.read.quality import Remark, Severity
from lifecircle.tables import Column, TableName, columns_of, some
from lifecircle.units import header_unit, parse_number

__all__ = ["Opened", "Values", "read_values", "remark", "text_of", "with_area_basis"]

# Without them a verdict is missing: a blank is worth a remark.
_AWAITED: Final = ("floor_area_m2", "households")
# An unknown word in these would change a verdict in silence.
_STRICT: Final = (
    *("kind", "status", "level", "delivered", "area_basis", "urban", "resettlement"),
    "direction",
)
_YES_NO: Final = {"yes": True, "no": False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """
    A file's text with its columns known.

    Attributes
    ----------
    input
        The file's name.
    sheet
        The sheet or layer, if one was named or chosen.
    table
        Which contract it is read for.
    cells
        All cells as text; the index counts rows from 1.
    columns
        Column of the contract (or ``longitude``, ``latitude``, ``address``) to header.
    faults
        What must be mended before the file can be used.
    """

    input: str
    sheet: str | None
    table: TableName
    cells: pd.DataFrame
    columns: Mapping[str, str]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Values:
    """
    What the cells of a file say.

    Attributes
    ----------
    frame
        The contract's columns that the file has, one row a row of the file.
    remarks
        What could not be read.
    problems
        What must be mended before the file can be used, one sentence each.
    """

    frame: pd.DataFrame
    remarks: list[Remark]
    problems: list[str]


def text_of(opened: Opened, column: str) -> pd.Series:
    """
    Return the text of a column.

    Parameters
    ----------
    opened
        The file.
    column
        A column of the contract.

    Returns
    -------
    text
        Stripped; blank for a column that the file does not have.
    """
    if column not in opened.columns:
        return pd.Series("", index=opened.cells.index, dtype=object)
    return opened.cells[opened.columns[column]].map(str.strip).astype(object)


def remark(
    opened: Opened,
    reason: str,
    *,
    row: int | None = None,
    column: str | None = None,
    found: str = "",
    severity: Severity = "warning",
) -> Remark:
    """
    Make a remark about a file.

    Parameters
    ----------
    opened
        The file.
    reason
        A reason code.
    row
        The row, if it is about one.
    column
        The column of the contract, if it is about one.
    found
        What stood there.
    severity
        How bad it is.

    Returns
    -------
    remark
        With the file's own header as field.
    """
    field = None if column is None else opened.columns.get(column, column)
    return Remark(
        input=opened.input,
        sheet=opened.sheet,
        row=row,
        field=field,
        reason=reason,
        found=found[:200],
        severity=severity,
    )


def read_values(opened: Opened) -> Values:
    """
    Read the cells of every contract column that a file has.

    Parameters
    ----------
    opened
        The file's text.

    Returns
    -------
    values
        Numbers as float with NaN, words as the contract's words, flags as True, False or None,
        other text stripped, with None for blank.
    """
    data: dict[str, object] = {}
    remarks: list[Remark] = []
    problems = list(opened.faults)
    for name, column in columns_of(opened.table).items():
        if name not in opened.columns or column.holds == "points":
            continue
        read = _READERS[column.holds]
        found = read(opened, name, column)
        data[name] = found.cells
        remarks += found.remarks
        problems += found.problems
    frame = pd.DataFrame(data, index=opened.cells.index)
    return Values(frame=frame, remarks=remarks, problems=problems)


def with_area_basis(opened: Opened, values: Values) -> Values:
    """
    Mark floor areas as usable ones where their header says so (使用面积).

    Parameters
    ----------
    opened
        The file.
    values
        What its cells say.

    Returns
    -------
    values
        With ``area_basis`` ``usable`` where nothing else is given, and a warning.
    """
    header = plain(opened.columns.get("floor_area_m2", ""))
    if known_words("area_basis").get(header) != "usable":
        return values
    frame = values.frame
    basis = frame.get("area_basis", pd.Series(None, index=frame.index, dtype=object))
    usable = frame.assign(area_basis=basis.where(basis.notna(), "usable"))
    said = remark(opened, "area_usable", column="floor_area_m2")
    return replace(values, frame=usable, remarks=[*values.remarks, said])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    cells: object
    remarks: list[Remark]
    problems: list[str]


def _texts(opened: Opened, name: str, _: Column) -> _Column:
    text = text_of(opened, name)
    return _Column(cells=text.where(text != "", None), remarks=[], problems=[])


def _numbers(opened: Opened, name: str, column: Column) -> _Column:
    quantity = column.quantity
    assert quantity is not None  # noqa: S101 - every number column of the contract has one
    unit = header_unit(opened.columns[name]) if quantity == "area" else 1.0
    text = text_of(opened, name)
    outcomes = {cell: parse_number(cell, quantity=quantity, unit=unit) for cell in text.unique()}
    known = {cell: why for cell, (_, why) in outcomes.items() if why is not None}
    if name not in _AWAITED:
        known = {cell: why for cell, why in known.items() if why not in ("blank", "not_stated")}
    remarks = [
        remark(opened, known[cell], row=row, column=name, found=cell)
        for row, cell in _rows(text[text.isin(list(known))])
    ]
    values = np.array([outcomes[cell][0] for cell in text], dtype=np.float64)
    dates = [int(str(row)) for row in text.index[text.map(outcomes.get).map(_is_date)]]
    problem = (
        f"column '{opened.columns[name]}' ({name}) holds dates (rows {some(dates)}): a spreadsheet "
        "program made them of numbers; write the numbers anew."
    )
    return _Column(cells=values, remarks=remarks, problems=[problem] if dates else [])


def _is_date(outcome: tuple[float, str | None]) -> bool:
    return outcome[1] == "date"


def _words(opened: Opened, name: str, column: Column) -> _Column:
    section = f"status_{opened.table}" if name == "status" else name
    text = text_of(opened, name)
    read = {cell: to_words(cell, section) for cell in text.unique()}
    several = column.holds == "words"
    unknown = {
        cell: ";".join(lost) or cell
        for cell, (known, lost) in read.items()
        if lost or (len(known) > 1 and not several)
    }
    strays = text[text.isin(list(unknown))]
    values = [";".join(read[cell][0]) if cell not in unknown or several else "" for cell in text]
    plain = np.array([value or None for value in values], dtype=object)
    if column.holds in ("flag", "mark"):
        plain = np.array([_YES_NO.get(value) for value in values], dtype=object)
    if len(strays) and name in _STRICT:
        return _Column(cells=plain, remarks=[], problems=[_unknown(opened, name, section, strays)])
    remarks = [
        remark(opened, "unknown_word", row=row, column=name, found=unknown[cell])
        for row, cell in _rows(strays)
    ]
    return _Column(cells=plain, remarks=remarks, problems=[])


def _unknown(opened: Opened, name: str, section: str, strays: pd.Series) -> str:
    known = ", ".join(
        f"{texts['zh'].split('|')[0]} ({word})"
        for word, texts in words(f"values.{section}").items()
    )
    found = some(dict.fromkeys(strays))
    rows = some(strays.index)
    return (
        f"column '{opened.columns[name]}' ({name}) holds words that are not known: {found} "
        f"(rows {rows}); the known ones are {known}."
    )


def _rows(text: pd.Series) -> Iterator[tuple[int, str]]:
    for row, cell in text.items():
        yield int(str(row)), str(cell)


_READERS: Final[dict[str, Callable[[Opened, str, Column], _Column]]] = {
    "text": _texts,
    "number": _numbers,
    "word": _words,
    "words": _words,
    "flag": _words,
    "mark": _words,
}
