"""The same numbers and words in every file: lists, GeoPackage and workbook beside the tables."""

import csv
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from lifecircle.labels import Language, words
from lifecircle.verify.cells import differs
from lifecircle.verify.published import Found, Published, Row, units

__all__ = ["geopackage_problems", "list_problems", "workbook_problems"]

_TOTALS: Final = ("requirement_m2", "shortage_m2", "allocated_m2")
# Sentences, which the copies have in their language.
_SENTENCES: Final = {"quality": ("found", "remedy")}
_LIST_DIGITS: Final = 3
# Bytes of the box around a shape, by its kind in the header of a GeoPackage's geometry.
_BOX_BYTES: Final = (0, 32, 48, 48, 64)
_HEADER_BYTES: Final = 8
_MULTI: Final = 3  # what the code of a MultiPolygon has over that of a Polygon, and so on


def list_problems(published: Published) -> Found:
    """
    Compare every list for people (CSV) with its table, cell by cell.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Cells looked at, and one sentence a breach.
    """
    count, problems = 0, []
    for name, rows in published.tables.items():
        path = published.folder / f"{name}.csv"
        if path.is_file():
            _, cells = _list(path)
            count += sum(map(len, cells))
            problems += _differing(path.name, name, cells, rows, published, digits=_LIST_DIGITS)
    lost = [row for row in published.tables.get("quality", ()) if row["severity"] == "lost"]
    path = published.folder / "quarantine.csv"
    if path.is_file():
        cells = _list(path)[1]
        problems += _differing(path.name, "quality", cells, lost, published, digits=_LIST_DIGITS)
    return count, problems


def geopackage_problems(published: Published) -> Found:
    """
    Compare every layer of ``results.gpkg`` with its table, cell by cell, and their geometry.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Cells and shapes looked at, and one sentence a breach.
    """
    path = published.folder / "results.gpkg"
    if not path.is_file():
        return 0, []
    count, problems = 0, []
    table_of = {names[_language(published)]: table for table, names in words("layers").items()}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        layers = [name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")]
        for layer in layers:
            table = table_of.get(layer)
            if table is None or table not in published.tables:
                continue
            shapes, cells = _layer(base, layer)
            rows = published.tables[table]
            where = f"results.gpkg: {layer}"
            count += len(shapes) + sum(map(len, cells))
            problems += _differing(where, table, cells, rows, published)
            problems += _moved(where, shapes, published.folder / "tables" / f"{table}.parquet")
    return count, problems


def workbook_problems(published: Published) -> Found:
    """
    Compare every sheet of the workbook that has the headers of a list, and the lines of totals.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Cells and totals looked at, and one sentence a breach.
    """
    path = published.folder / "workbook.xlsx"
    if not path.is_file():
        return 0, []
    book = CalamineWorkbook.from_path(path)
    sheets: dict[str, list[list[object]]] = {
        name: [list(cells) for cells in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }
    last = {units(cell) for rows in sheets.values() for cell in (rows or [[]])[-1]
            if isinstance(cell, int | float)}  # fmt: skip
    wanted = {name: units(published.summary["totals"][name]) for name in _TOTALS}
    problems = [
        f"workbook.xlsx: no line of totals has {name} = {value / 100:.2f}."
        for name, value in wanted.items()
        if value is not None and value not in last
    ]
    count = len(wanted)
    for tab, table, rows in _sheets_of_tables(published, sheets):
        heads, _ = _list(published.folder / f"{table}.csv")
        line = next((at for at, cells in enumerate(sheets[tab]) if set(heads) & {*cells}), None)
        if line is None:
            problems.append(f"workbook.xlsx: sheet {tab!r} has no headers.")
            continue
        shown, where = sheets[tab][line], f"workbook.xlsx: {tab}"
        known = dict(zip(heads, rows[0], strict=False))
        columns = [known.get(str(head), "") for head in shown]
        body = sheets[tab][line + 1 : line + 1 + len(rows)]
        count += len(rows) * len(columns)
        problems += _differing(where, table, body, rows, published, columns=columns)
    return count, problems


def _language(published: Published) -> Language:
    language: Language = published.manifest["settings"]["language"]
    return language


def _list(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        heads, *cells = csv.reader(stream)
    return heads, cells


def _layer(base: sqlite3.Connection, layer: str) -> tuple[list[bytes | None], list[list[object]]]:
    """Read the shapes of a layer, if it has any, and its other cells."""
    quoted = layer.replace('"', '""')
    rows = base.execute(f'SELECT * FROM "{quoted}" ORDER BY fid')  # noqa: S608 - an identifier, quoted
    names = [name for name, *_ in rows.description]
    others = [at for at, name in enumerate(names) if name not in {"fid", "geom"}]
    lines = rows.fetchall()
    shapes = [row[names.index("geom")] for row in lines] if "geom" in names else []
    return shapes, [[row[at] for at in others] for row in lines]


def _moved(where: str, shapes: Sequence[bytes | None], path: Path) -> Iterator[str]:
    """Name rows whose shape is not the table's, coordinate by coordinate; it may have none."""
    if "geometry" not in pq.read_schema(path).names:
        return
    known = pq.read_table(path, columns=["geometry"])["geometry"].to_pylist()
    for line, (shape, wanted) in enumerate(zip(shapes, known, strict=False), start=1):
        bare = None
        if shape is not None:
            bare = shape[_HEADER_BYTES + _BOX_BYTES[(shape[3] >> 1) & 7] :]
        if bare != wanted and (wanted is None or bare != _one_of_many(wanted)):
            yield f"{where}, row {line}: its geometry is not the table's."


def _one_of_many(shape: bytes) -> bytes:
    """Write a shape in WKB as a collection of it alone, as a layer of several keeps it."""
    order, kind = ("<" if shape[0] else ">"), shape[1:5]
    several = struct.unpack(f"{order}I", kind)[0] + _MULTI
    return shape[:1] + struct.pack(f"{order}II", several, 1) + shape


def _sheets_of_tables(
    published: Published, sheets: dict[str, list[list[object]]]
) -> Iterator[tuple[str, str, list[Row]]]:
    """Yield the sheets that show a table, or the rows of one level of it, and these rows."""
    language, titles = _language(published), words("workbook")
    levels = {level: names[language] for level, names in words("level").items()}
    levels["area"] = titles["whole"][language]
    for table, rows in published.tables.items():
        listed = (published.folder / f"{table}.csv").is_file()  # it has the headers
        if table not in titles or table == "indicators" or not rows or not listed:
            continue  # the sheet of indicators has sentences of its own
        title = titles[table][language]
        if "{level}" not in title:
            if title in sheets:
                yield title, table, rows
            continue
        for level, name in levels.items():
            if title.format(level=name) in sheets:
                of_level = [row for row in rows if row["level"] == level]
                yield title.format(level=name), table, of_level


def _differing(
    where: str,
    table: str,
    cells: Sequence[Sequence[object]],
    rows: Sequence[Row],
    published: Published,
    *,
    digits: int | None = None,
    columns: Sequence[str] = (),
) -> list[str]:
    """Name the cells that are not the table's; `columns` says which they are, if not all."""
    if len(cells) != len(rows):
        return [f"{where}: {len(cells)} rows, the table has {len(rows)}."]
    names = {row["zone_id"]: row["name"] for row in published.tables["zones"]}
    language, left = _language(published), {"", *_SENTENCES.get(table, ())}
    return [
        f"{where}, row {line}: {shown!r} is not the table's {name}."
        for line, (shown_cells, row) in enumerate(zip(cells, rows, strict=True), start=2)
        for shown, name in zip(shown_cells, columns or row, strict=False)
        if name not in left
        and differs(shown, row[name], language, digits=digits)
        and not (columns and name.endswith("_id") and shown == names.get(row[name]))
    ]
