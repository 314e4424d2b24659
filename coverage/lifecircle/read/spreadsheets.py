"""Spreadsheets and delimited text, every cell as the text that people see."""

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Final

from lifecircle.errors import TableError
from lifecircle.read.layout import Cells, arranged
from lifecircle.read.workbooks import OLE, WORKBOOKS, ZIP, Grid, read_workbook

__all__ = ["DELIMITED", "WORKBOOKS", "Cells", "read_cells"]

DELIMITED: Final = (".csv", ".tsv", ".txt")

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_cells(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    column_of: Callable[[str], str | None] = lambda _: None,
    is_amount: Callable[[str], bool] = lambda _: False,
) -> Cells:
    """
    Read one sheet, or one file of delimited text.

    Parameters
    ----------
    path
        A file whose name ends in one of `DELIMITED` or `WORKBOOKS`.
    sheet
        Which sheet; needed if several visible ones hold data.
    encoding
        Of delimited text. If left out: the byte order mark, then strict UTF-8, then strict
        GB18030.
    column_of
        Which column a header names, if any; by this the header is found under titles.
    is_amount
        Whether a column holds amounts, which are not filled into merged cells.

    Returns
    -------
    cells
        The table in it, without blank rows, totals and footnotes: see
        `lifecircle.read.layout.arranged`.

    Raises
    ------
    TableError
        If the file is not what its name says, its encoding cannot be told, rows differ in length,
        or the sheet is unknown, unclear, empty or too large.
    """
    is_text = path.suffix.lower() in DELIMITED
    try:
        if is_text:
            grid = Grid(sheet=None, rows=_delimited_rows(path, encoding))
        else:
            grid = read_workbook(path, sheet=sheet)
    except OSError as fault:
        raise TableError(path.name, [f"the file cannot be read: {fault.strerror}."]) from fault
    return arranged(
        grid,
        source=path.name,
        column_of=column_of,
        is_amount=is_amount,
        ragged_is_a_fault=is_text,
    )


def _delimited_rows(path: Path, encoding: str | None) -> list[list[str]]:
    data = path.read_bytes()
    for magic, what in ((ZIP, "a zipped workbook (.xlsx)"), (OLE, "an old workbook (.xls)")):
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
