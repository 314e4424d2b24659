"""Spreadsheets and delimited text, every cell as the text that people see."""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.tables import some

if TYPE_CHECKING:
    import python_calamine

__all__ = ["DELIMITED", "WORKBOOKS", "Cells", "read_cells"]

DELIMITED: Final = (".csv", ".tsv", ".txt")
WORKBOOKS: Final = (".xlsx", ".xls", ".xlsb", ".ods")

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final = {".xlsx": _ZIP, ".xlsb": _ZIP, ".ods": _ZIP, ".xls": _OLE}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CELLS: Final = 20_000_000  # a workbook is held as a full rectangle of cells
_MOST_BYTES: Final = 1_000_000_000  # unpacked
_MOST_RATIO: Final = 300  # spreadsheets of numbers pack 5 to 60 times
_SMALL_BYTES: Final = 10_000_000  # unpacked; no ratio can do harm below
_CHUNK: Final = 1 << 20
_ALPHABET: Final = 26
_CELL: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_DIMENSION: Final = re.compile(rb"<dimension[^>]*?:([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """
    A table as text.

    Attributes
    ----------
    input
        The file's name.
    sheet
        The sheet or layer, if the file has such.
    frame
        One column a header as it is written, one row a record, all text (``""`` where a cell is
        empty); the index counts rows as Excel shows them, from 1.
    skipped
        Rows above the header that are not blank: titles.
    """

    input: str
    sheet: str | None
    frame: pd.DataFrame
    skipped: tuple[int, ...] = ()


def read_cells(path: Path, *, sheet: str | None = None, encoding: str | None = None) -> Cells:
    """
    Read one sheet, or one file of delimited text.

    The header is the first row with more than one cell filled. Blank rows are left out.

    Parameters
    ----------
    path
        A file whose name ends in one of `DELIMITED` or `WORKBOOKS`.
    sheet
        Which sheet; needed if several visible ones hold data.
    encoding
        Of delimited text. If left out: the byte order mark, then strict UTF-8, then strict
        GB18030.

    Returns
    -------
    cells
        The sheet as text.

    Raises
    ------
    TableError
        If the file is not what its name says, its encoding cannot be told, rows differ in length,
        or the sheet is unknown, unclear, empty or too large.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in DELIMITED:
            name, rows = None, _delimited_rows(path, encoding)
        else:
            name, rows = _workbook_rows(path, sheet)
    except OSError as fault:
        raise TableError(path.name, [f"the file cannot be read: {fault.strerror}."]) from fault
    return _as_cells(path.name, name, rows, ragged_is_a_fault=suffix in DELIMITED)


def _as_cells(
    source: str, sheet: str | None, rows: Sequence[Sequence[str]], *, ragged_is_a_fault: bool
) -> Cells:
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    start = next((place for place, count in enumerate(filled) if count > 1), None)
    if start is None:
        raise TableError(source, [f"there is no table in it{f' ({sheet!r})' if sheet else ''}."])
    width = len(rows[start])
    if not any(filled[start + 1 :]):
        raise TableError(source, ["there are no rows below the header."])
    body = [place for place in range(start + 1, len(rows)) if filled[place]]
    ragged = [place + 1 for place in body if len(rows[place]) != width]
    if ragged and ragged_is_a_fault:
        problem = (
            f"the header has {width} cells, but these rows have more or fewer: {some(ragged)}; "
            "look for commas that belong to a text (put the text in quotes) or end a row."
        )
        raise TableError(source, [problem])
    block = np.empty((len(body), width), dtype=object)
    for place, row in enumerate(body):
        block[place, :] = rows[row]
    frame = pd.DataFrame(block, columns=_headers(rows[start]), index=[row + 1 for row in body])
    bare = [name for name, column in frame.items() if not name and not (column != "").any()]
    skipped = tuple(place + 1 for place in range(start) if filled[place])
    return Cells(input=source, sheet=sheet, frame=frame.drop(columns=bare), skipped=skipped)


def _headers(row: Sequence[str]) -> pd.Index:
    return pd.Index([re.sub(r"\s+", " ", cell).strip() for cell in row], dtype=object)


def _delimited_rows(path: Path, encoding: str | None) -> list[list[str]]:
    data = path.read_bytes()
    for magic, what in ((_ZIP, "a zipped workbook (.xlsx)"), (_OLE, "an old workbook (.xls)")):
        if data.startswith(magic):
            problem = f"the name says {path.suffix}, but the file is {what}; rename it."
            raise TableError(path.name, [problem])
    text = _decoded(data, path.name, encoding)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise TableError(path.name, [f"the text is not a clean table: {fault}."]) from fault


def _decoded(data: bytes, source: str, encoding: str | None) -> str:
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if not encoding and not marked and b"\x00" in data:
        problem = f"the file is no text, it begins with {data[:8]!r}; give a table."
        raise TableError(source, [problem])
    faults = []
    for name in [encoding or marked] if encoding or marked else ["utf-8", "gb18030"]:
        try:
            return data.decode(str(name)).removeprefix("\ufeff")
        except LookupError:
            faults.append(f"`encoding` is unknown: {encoding!r}.")
        except UnicodeDecodeError as fault:
            byte = data[fault.start : fault.start + 1].hex()
            faults.append(f"byte {fault.start + 1} (0x{byte}) is not {name}.")
    raise TableError(source, [*faults, "name the file's encoding (`encoding`)."])


def _workbook_rows(path: Path, sheet: str | None) -> tuple[str, list[list[str]]]:
    from python_calamine import (  # noqa: PLC0415 - only workbooks need it
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    _check_package(path)
    try:
        book = CalamineWorkbook.from_path(path)
        shown = [
            about.name
            for about in book.sheets_metadata
            if about.visible == SheetVisibleEnum.Visible
        ]
        name = _chosen_sheet(book, shown, path.name, sheet)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as fault:
        raise TableError(path.name, [f"the workbook cannot be opened: {fault}."]) from fault
    return name, [[_as_shown(cell) for cell in row] for row in rows]


def _chosen_sheet(
    book: "python_calamine.CalamineWorkbook", shown: list[str], source: str, sheet: str | None
) -> str:
    if sheet is not None:
        if sheet in book.sheet_names:
            return sheet
        problem = f"there is no sheet {sheet!r}; there are {some(book.sheet_names, most=20)}."
        raise TableError(source, [problem])
    with_data = [name for name in shown if book.get_sheet_by_name(name).height > 1]
    if len(with_data) == 1:
        return with_data[0]
    if with_data:
        problem = f"several sheets hold data; name one (`sheet`): {some(with_data, most=20)}."
        raise TableError(source, [problem])
    raise TableError(source, ["no sheet holds a table."])


def _as_shown(cell: object) -> str:
    """Write a cell as Excel shows it: 1.0 as 1, fifteen digits, dates in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        plain = format(Decimal(f"{cell:.15g}"), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(cell, dt.datetime):
        at_midnight = cell.time() == dt.time()
        return cell.date().isoformat() if at_midnight else cell.isoformat(sep=" ")
    return str(cell)


def _check_package(path: Path) -> None:
    """Refuse what is not a workbook, or would unpack to more than a machine can hold."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if not head.startswith(_MAGIC[suffix]):
        problem = f"the name says {suffix}, but the file is {_guess(head)}; save it as {suffix}."
        raise TableError(path.name, [problem])
    if _MAGIC[suffix] != _ZIP:
        return
    try:
        with zipfile.ZipFile(path) as package:
            _check_sizes(package.infolist(), path)
            for part in package.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
                    _check_far_cells(package, part, path.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise TableError(path.name, [f"the workbook is damaged: {fault}."]) from fault


def _guess(head: bytes) -> str:
    if head.startswith(_OLE):
        return "an old workbook (.xls), or one with a password"
    if head.startswith(_ZIP):
        return "a zipped workbook (.xlsx, .xlsb, .ods)"
    return "a web page" if head.lstrip().startswith(b"<") else "something else, perhaps plain text"


def _check_sizes(parts: Iterable[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > _MOST_BYTES or (unpacked > _SMALL_BYTES and ratio > _MOST_RATIO):
        problem = f"the workbook would unpack to {unpacked:,} bytes, {ratio:,.0f} times its size."
        raise TableError(path.name, [problem])


def _check_far_cells(package: zipfile.ZipFile, part: str, source: str) -> None:
    """Read the addresses of a sheet's cells: the parser holds the whole rectangle they span."""
    right = below = 0
    tail = b""
    with package.open(part) as sheet:
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            found = {*_CELL.findall(text), *_DIMENSION.findall(text)}
            right = max([right, *map(_column_number, {letters for letters, _ in found})])
            below = max([below, *(int(row) for _, row in found)])
            tail = text[-64:]
            if right * below > _MOST_CELLS:
                problem = (
                    f"{part} spans {below:,} rows and {right:,} columns; delete stray cells far "
                    "from the table (Ctrl+End shows the last one)."
                )
                raise TableError(source, [problem])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _ALPHABET + letter - ord("A") + 1
    return number
