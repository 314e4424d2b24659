"""Workbooks: what a package must not be, and its cells read within bounds."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

from lifecircle.errors import TableError
from lifecircle.read import workbook_child
from lifecircle.tables import some

__all__ = ["OLE", "WORKBOOKS", "ZIP", "Grid", "read_workbook"]

WORKBOOKS: Final = (".xlsx", ".xls", ".xlsb", ".ods")
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAGIC: Final = {".xlsx": ZIP, ".xlsb": ZIP, ".ods": ZIP, ".xls": OLE}
_MOST_CELLS: Final = 20_000_000  # a workbook is held as a full rectangle of cells
_MOST_BYTES: Final = 1_000_000_000  # unpacked
_MOST_RATIO: Final = 300  # spreadsheets of numbers pack 5 to 60 times
_SMALL_BYTES: Final = 10_000_000  # unpacked; no ratio can do harm below
_CHUNK: Final = 1 << 20
_LONGEST_CELL: Final = 1 << 17
_ALPHABET: Final = 26
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_ADDRESS: Final = rb"""([A-Za-z]{1,3})([0-9]{1,7})"""
_CELL: Final = re.compile(rb"""\sr\s*=\s*["']""" + _ADDRESS + rb"""["']""")
_DIMENSION: Final = re.compile(rb"<dimension[^>]*?:" + _ADDRESS)
_FORMULA: Final = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?\br=["']"""
    + _ADDRESS
    + rb"""["'][^<>]*>\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>[^<]*|</(?:\w+:)?c>)"""
)
_ERROR: Final = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^<>]*\bt=["']e["'])[^<>]*?\br=["']"""
    + _ADDRESS
    + rb"""["'][^<>]*>(?:\s*<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))?"""
    + rb"""\s*<(?:\w+:)?v>(\#[^<]{1,20})"""
)
_HIDDEN: Final = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^<>]*\shidden=["'](?:1|true))[^<>]*?\br=["'](\d+)"""
)
_REPEATED: Final = re.compile(rb"number-(columns|rows)-repeated=[\"'](\d{1,9})")
_DOCTYPE: Final = (b"<!DOCTYPE", b"<!ENTITY")
_BASE_MEMORY: Final = 192 << 20  # what the parser's program needs to start
_MEMORY_PER_BYTE: Final = 60  # of the unpacked file
_MEMORY_PER_CELL: Final = 200
_BASE_SECONDS: Final = 2
_SECONDS_PER_BYTE: Final = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """
    The cells of a sheet or a text as they stand.

    Attributes
    ----------
    sheet
        The sheet, if the file has such.
    rows
        All rows from the first, all cells as text.
    merged
        Merged ranges: first row, first column, last row, last column, from 0.
    hidden
        Rows that are hidden, from 1.
    uncalculated
        Cells with a formula whose result is not in the file: row and column, from 0.
    """

    sheet: str | None
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()
    uncalculated: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Package:
    unpacked: int
    cells: int
    hidden: dict[str, tuple[int, ...]]
    uncalculated: dict[str, frozenset[tuple[int, int]]]
    errors: dict[str, dict[tuple[int, int], str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    cells: int
    hidden: tuple[int, ...]
    formulas: tuple[tuple[int, int, bool], ...]
    errors: dict[tuple[int, int], str]


def read_workbook(path: Path, *, sheet: str | None = None) -> Grid:
    """
    Read one sheet of a workbook.

    Parameters
    ----------
    path
        A file whose name ends in one of `WORKBOOKS`.
    sheet
        Which sheet; needed if several visible ones hold data.

    Returns
    -------
    grid
        Every cell as Excel shows it.

    Raises
    ------
    TableError
        If the file is no such workbook, is damaged, would fill the memory, or the sheet is
        unknown or unclear.
    """
    package = _checked_package(path)
    told = _told(path, sheet, package)
    if "fault" in told:
        raise TableError(path.name, [f"the workbook cannot be opened: {told['fault']}."])
    if "sheets" in told:
        raise TableError(path.name, [_sheet_problem(told, sheet)])
    name = told["sheet"]
    return Grid(
        sheet=name,
        rows=_with_errors(told["rows"], package.errors.get(name, {})),
        merged=tuple((a, b, c, d) for a, b, c, d in told["merged"]),
        hidden=package.hidden.get(name, ()),
        uncalculated=package.uncalculated.get(name, frozenset()),
    )


def _with_errors(rows: list[list[str]], errors: Mapping[tuple[int, int], str]) -> list[list[str]]:
    """Show ``#DIV/0!`` where the parser shows nothing."""
    for (row, column), shown in errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = rows[row][column] or shown
    return rows


def _sheet_problem(told: dict[str, Any], sheet: str | None) -> str:
    names = some(told["sheets"], most=20)
    if told["unknown"]:
        return f"there is no sheet {sheet!r}; there are {names}."
    if told["sheets"]:
        return f"several sheets hold data; name one (`sheet`): {names}."
    return "no sheet holds a table."


def _told(path: Path, sheet: str | None, package: _Package) -> dict[str, Any]:
    if not sys.platform.startswith("linux"):
        return workbook_child.workbook_cells(str(path), sheet)
    memory = _BASE_MEMORY + _MEMORY_PER_BYTE * package.unpacked + _MEMORY_PER_CELL * package.cells
    seconds = _BASE_SECONDS + int(_SECONDS_PER_BYTE * package.unpacked)
    command = [sys.executable, "-I", workbook_child.__file__]
    limits = [json.dumps(sheet), str(memory), str(seconds)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own script, by its full path
            [*command, str(path.absolute()), *limits],
            capture_output=True,
            check=True,
            timeout=4 * seconds,
        )
        told: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError) as fault:
        problem = (
            "the workbook takes more memory or time than a table of its size should, or breaks the "
            "program that reads it; save it anew in a spreadsheet program, or as CSV."
        )
        raise TableError(path.name, [problem]) from fault
    return told


def _checked_package(path: Path) -> _Package:
    """Refuse what is not a workbook, or would unpack to more than a machine can hold."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(64)
    if not head.startswith(_MAGIC[suffix]):
        problem = f"the name says {suffix}, but the file is {_guess(head)}; save it as {suffix}."
        raise TableError(path.name, [problem])
    if _MAGIC[suffix] != ZIP:
        size = path.stat().st_size
        return _Package(unpacked=size, cells=size, hidden={}, uncalculated={}, errors={})
    try:
        with zipfile.ZipFile(path) as package:
            return _checked_parts(package, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise TableError(path.name, [f"the workbook is damaged: {fault}."]) from fault


def _guess(head: bytes) -> str:
    if head.startswith(OLE):
        return "an old workbook (.xls), or one with a password"
    if head.startswith(ZIP):
        return "a zipped workbook (.xlsx, .xlsb, .ods)"
    return "a web page" if head.lstrip().startswith(b"<") else "something else, perhaps plain text"


def _checked_parts(package: zipfile.ZipFile, path: Path) -> _Package:
    unpacked = _checked_sizes(package.infolist(), path)
    read = {}
    for part in package.namelist():
        if part.endswith(".xml"):
            with package.open(part) as file:
                prolog = file.read(4096)
            if any(mark in prolog for mark in _DOCTYPE):
                raise TableError(path.name, [f"{part} defines entities; no workbook needs that."])
        if _SHEET.fullmatch(part):
            read[part] = _checked_sheet(package, part, path.name)
        if part == "content.xml":
            _check_repeats(package, part, path.name)
    names, always = _sheet_names(package)
    told = {names.get(part, part): about for part, about in read.items()}
    return _Package(
        unpacked=unpacked,
        cells=sum(part.cells for part in read.values()),
        hidden={name: about.hidden for name, about in told.items()},
        uncalculated={
            name: frozenset(
                (row, column) for row, column, zero in about.formulas if always or not zero
            )
            for name, about in told.items()
        },
        errors={name: about.errors for name, about in told.items()},
    )


def _checked_sizes(parts: Iterable[zipfile.ZipInfo], path: Path) -> int:
    parts = list(parts)
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > _MOST_BYTES or (unpacked > _SMALL_BYTES and ratio > _MOST_RATIO):
        problem = f"the workbook would unpack to {unpacked:,} bytes, {ratio:,.0f} times its size."
        raise TableError(path.name, [problem])
    strays = [part.filename for part in parts if ".." in part.filename.split("/")]
    if strays:
        raise TableError(path.name, [f"parts of it want to lie elsewhere: {some(strays)}."])
    return unpacked


def _chunks(package: zipfile.ZipFile, part: str, overlap: int) -> Iterator[bytes]:
    tail = b""
    with package.open(part) as sheet:
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            yield text
            tail = text[-overlap:]


def _checked_sheet(package: zipfile.ZipFile, part: str, source: str) -> _Part:
    """Read the addresses of a sheet's cells: the parser holds the whole rectangle they span."""
    right = below = 0
    hidden: set[int] = set()
    formulas: set[tuple[int, int, bool]] = set()
    errors: dict[tuple[int, int], str] = {}
    for text in _chunks(package, part, _LONGEST_CELL):
        found = {*_CELL.findall(text), *_DIMENSION.findall(text)}
        right = max([right, *map(_column_number, {letters for letters, _ in found})])
        below = max([below, *(int(row) for _, row in found)])
        if right * below > _MOST_CELLS:
            problem = (
                f"{part} spans {below:,} rows and {right:,} columns; delete stray cells far "
                "from the table (Ctrl+End shows the last one)."
            )
            raise TableError(source, [problem])
        hidden.update(map(int, _HIDDEN.findall(text)))
        formulas.update(_without_result(text))
        errors.update(_error_cells(text))
    return _Part(
        cells=right * below,
        hidden=tuple(sorted(hidden)),
        formulas=tuple(sorted(formulas)),
        errors=errors,
    )


def _error_cells(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for letters, row, shown in _ERROR.findall(text):
        yield (
            (int(row) - 1, _column_number(letters) - 1),
            unescape(shown.decode("utf-8", "replace")),
        )


def _without_result(text: bytes) -> Iterator[tuple[int, int, bool]]:
    """Find formulas whose stored result is blank, or a 0 that may stand for none."""
    for letters, row, stored in _FORMULA.findall(text):
        value = stored.rpartition(b">")[2] if b"v>" in stored else b""
        if value in (b"", b"0"):
            yield int(row) - 1, _column_number(letters) - 1, value == b"0"


def _check_repeats(package: zipfile.ZipFile, part: str, source: str) -> None:
    """Bound what an OpenDocument sheet says is repeated; programs fill the sheet with blanks."""
    spread = 0
    text = b""
    for text in _chunks(package, part, _LONGEST_CELL):
        for cell in re.finditer(rb"<table:table-cell[^<>]*[^/]>", text):
            spread += sum(int(times) for _, times in _REPEATED.findall(cell[0]))
        if spread > _MOST_CELLS:
            raise TableError(source, ["it repeats cells without end; save it anew."])


def _sheet_names(package: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Tell the sheets' names, and whether every result is to be worked out when it is opened."""
    try:
        book, links = (
            package.open(part).read(_CHUNK).decode("utf-8", "replace")
            for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    except KeyError:
        return {}, False
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\s[^<>]*>", links):
        about = _attributes(link)
        targets[about.get("Id", "")] = "xl/" + about.get("Target", "").removeprefix("/xl/")
    names = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\s[^<>]*>", book):
        about = _attributes(sheet)
        names[targets.get(about.get("r:id", ""), "")] = about.get("name", "")
    return names, bool(re.search(r"fullCalcOnLoad=[\"'](?:1|true)", book))


def _attributes(tag: str) -> dict[str, str]:
    found = re.findall(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return {name: unescape(one or two) for name, one, two in found}


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _ALPHABET + letter - ord("A") + 1
    return number
