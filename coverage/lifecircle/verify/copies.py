"""The same numbers in every file: lists, GeoPackage, workbook and map beside the tables."""

import csv
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook

from lifecircle.labels import words
from lifecircle.verify.published import Published, units

__all__ = ["geopackage_problems", "list_problems", "map_problems", "workbook_problems"]

Found = tuple[int, list[str]]

_TOTALS: Final = ("requirement_m2", "shortage_m2", "allocated_m2")

_ISLAND: Final = re.compile(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', re.DOTALL)


def list_problems(published: Published) -> Found:
    """
    Compare every list for people (CSV) with its table: as many rows, the same sums of numbers.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Lists looked at, and one sentence a breach.
    """
    count, problems = 0, []
    for name, rows in published.tables.items():
        path = published.folder / f"{name}.csv"
        if not path.is_file():
            continue
        count += 1
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells = list(csv.reader(stream))
        if len(cells) - 1 != len(rows):
            problems.append(f"{path.name}: {len(cells) - 1} rows, the table has {len(rows)}.")
            continue
        problems += [
            f"{path.name}, row {line}: {cells[line - 1][at]!r} is not the table's {name}."
            for line, row in enumerate(rows, start=2)
            for at, name in enumerate(row)
            if name.endswith("_m2") and _cell_units(cells[line - 1][at]) != units(row[name])
        ]
    return count, problems


def geopackage_problems(published: Published) -> Found:
    """
    Compare every layer of ``results.gpkg`` with its table.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Layers looked at, and one sentence a breach.
    """
    path = published.folder / "results.gpkg"
    if not path.is_file():
        return 0, []
    problems = []
    language = published.manifest["settings"]["language"]
    table_of = {names[language]: table for table, names in words("layers").items()}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        layers = [name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")]
        for layer in layers:
            quoted = layer.replace('"', '""')
            (rows,) = base.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()  # noqa: S608 - an identifier, quoted
            table = table_of.get(layer)
            if table is None:
                continue
            expected = len(published.tables[table])
            if rows != expected:
                problems.append(f"results.gpkg: layer {layer!r} has {rows} rows, not {expected}.")
    return len(layers), problems


def workbook_problems(published: Published) -> Found:
    """
    Look for the published totals in the workbook's lines of totals.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Totals looked for, and one sentence for each that is nowhere.
    """
    path = published.folder / "workbook.xlsx"
    if not path.is_file():
        return 0, []
    found = _last_lines(path)
    wanted = {name: units(published.summary["totals"][name]) for name in _TOTALS}
    problems = [
        f"workbook.xlsx: no line of totals has {name} = {value / 100:.2f}."
        for name, value in wanted.items()
        if value is not None and value not in found
    ]
    return len(wanted), problems


def map_problems(published: Published) -> Found:
    """
    Compare the totals that the map shows, and the shares of its residences, with the tables.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach.
    """
    path = published.folder / "map.html"
    if not path.is_file():
        return 0, []
    island = _ISLAND.search(path.read_text(encoding="utf-8"))
    if island is None:
        return 1, ["map.html: it holds no data."]
    shown = json.loads(island[1])
    totals = published.summary["totals"]
    problems = [
        f"map.html: its {name} is {shown['totals'][name]}, not {totals[name]}."
        for name in _TOTALS
        if units(shown["totals"][name]) != units(totals[name])
    ]
    of_rule = shown["readings"]["rule"]["counts"]
    problems += [
        f"map.html: {of_rule[word][0]} residences are {word!r} on it."
        for word in of_rule
        if of_rule[word][0] != totals[f"residences_{word}"]
    ]
    return len(_TOTALS) + len(of_rule), problems


def _last_lines(path: Path) -> set[int | None]:
    book = CalamineWorkbook.from_path(path)
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return {
        units(cell) for rows in sheets if rows for cell in rows[-1] if isinstance(cell, int | float)
    }


def _cell_units(cell: str) -> int | None:
    return units(float(cell)) if cell else None
