"""A result folder read back: the manifest and the tables, as plain rows."""

import hashlib
import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lifecircle.errors import TableError

__all__ = [
    "Found",
    "Published",
    "Row",
    "file_problems",
    "known",
    "level_mm",
    "read_result",
    "text",
    "units",
    "walk_limit_mm",
]

Row = dict[str, Any]
Found = tuple[int, list[str]]  # how much was looked at, and one sentence a breach
_CENT: Final = Decimal("0.01")
_MM_PER_M, _S_PER_MIN = 1000, 60
_NEEDED: Final = ("residences", "facilities", "links", "zones", "clusters", "indicators")
_NEEDED_IN_PUBLIC: Final = ("zones", "gaps", "indicators")


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """
    What a run has published.

    Attributes
    ----------
    folder
        Where it stands.
    manifest, summary
        As written.
    tables
        Rows by the name of the table, without geometry.
    """

    folder: Path
    manifest: Row
    summary: Row
    tables: dict[str, list[Row]]

    @property
    def is_public(self) -> bool:  # numpydoc ignore=RT01
        """Return whether it is the public edition, which has no rows of single places."""
        return bool(self.manifest.get("edition") == "public")


def read_result(folder: Path) -> Published:
    """
    Read a result folder back.

    Parameters
    ----------
    folder
        What ``lifecircle run`` wrote.

    Returns
    -------
    published
        Its tables.

    Raises
    ------
    TableError
        If the folder is no result, or a table in it cannot be read.
    """
    _require(folder, ("manifest.json", "summary.json"))
    try:
        manifest, summary = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in ("manifest.json", "summary.json")
        )
        public = manifest.get("edition") == "public"
        needed = _NEEDED_IN_PUBLIC if public else _NEEDED
        _require(folder, tuple(f"tables/{name}.parquet" for name in needed))
        return Published(
            folder=folder,
            manifest=manifest,
            summary=summary,
            tables={
                path.stem: _rows(path) for path in sorted((folder / "tables").glob("*.parquet"))
            },
        )
    except (OSError, ValueError, AttributeError, pa.ArrowException) as fault:
        if isinstance(fault, TableError):
            raise
        raise TableError(str(folder), [f"it cannot be read: {fault}"]) from fault


def _require(folder: Path, names: tuple[str, ...]) -> None:
    problems = [
        f"there is no {name!r} in it; name a folder that `lifecircle run` wrote."
        for name in names
        if not (folder / name).is_file()
    ]
    if problems:
        raise TableError(str(folder), problems)


def file_problems(published: Published) -> Found:
    """
    Compare every file with the hash in the manifest.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count
        How many files the manifest names.
    problems
        What is missing, changed or not named.
    """
    folder = published.folder
    named: Row = published.manifest["files"]
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"manifest.json"}
    problems = [f"{name}: in the manifest, but not there." for name in sorted({*named} - there)]
    problems += [f"{name}: not in the manifest." for name in sorted(there - {*named})]
    for name in sorted(there & {*named}):
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != named[name]["sha256"]:
            problems.append(f"{name}: changed since the run (SHA-256).")
    return len(named), problems


def units(value_m2: object) -> int | None:
    """
    Write square metres as whole units of 0.01 m².

    Parameters
    ----------
    value_m2
        A number, or nothing.

    Returns
    -------
    units
        None where it is unknown.

    Examples
    --------
    >>> units(350.005), units(None), units(float("nan"))
    (35001, None, None)
    """
    if value_m2 is None or value_m2 != value_m2:  # noqa: PLR0124 - NaN
        return None
    return int(Decimal(repr(value_m2)).quantize(_CENT, ROUND_HALF_UP) * 100)


def known(value: object) -> Any:  # noqa: ANN401 - a cell
    """
    Return a cell, or None where it is empty or no number.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    value
        None for None, an empty text and NaN.

    Examples
    --------
    >>> known(1.5), known(float("nan")), known("")
    (1.5, None, None)
    """
    return None if value is None or value == "" or value != value else value  # noqa: PLR0124 - NaN


def text(value: object) -> str | None:
    """
    Return a cell's text.

    Parameters
    ----------
    value
        A cell.

    Returns
    -------
    text
        None where there is none.
    """
    return value if isinstance(value, str) and value else None


def level_mm(link: Row) -> int:
    """
    Say how far one walks on level ground in the time that a link takes.

    Parameters
    ----------
    link
        A row of the links.

    Returns
    -------
    level_mm
        Millimetres; what is walked, where every metre takes as long.

    Examples
    --------
    >>> level_mm({"walk_mm": 900}), level_mm({"walk_mm": 900, "level_mm": 1200})
    (900, 1200)
    """
    return int(link["level_mm"] if "level_mm" in link else link["walk_mm"])


def walk_limit_mm(published: Published) -> int:
    """
    Say how far people walk at most, from the settings of the run.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    limit_mm
        Whole millimetres of level ground.
    """
    walk = published.manifest["settings"]["walk"]
    if walk["limit_m"] is not None:
        return int(Fraction(str(walk["limit_m"])) * _MM_PER_M)
    seconds = Fraction(str(walk["minutes"])) * _S_PER_MIN
    return int(seconds * Fraction(str(walk["speed_m_s"])) * _MM_PER_M)


def _rows(path: Path) -> list[Row]:
    """Read a table as the lists for people have it: its identifier first, no geometry."""
    table = pq.read_table(path)
    binary = [field.name for field in table.schema if pa.types.is_binary(field.type)]
    known = json.loads((table.schema.metadata or {}).get(b"pandas", b"{}"))
    index = known.get("index_columns", [])
    stored = [name for name in index if isinstance(name, str)]
    # Consecutive numbers are not stored; the list has them all the same if they have a name.
    counted = [one for one in index if isinstance(one, dict) and one["name"]]
    others = [name for name in table.column_names if name not in {*binary, *stored}]
    rows: list[Row] = table.select([*stored, *others]).to_pylist()
    return [
        {one["name"]: one["start"] + at * one["step"] for one in counted} | row
        for at, row in enumerate(rows)
    ]
