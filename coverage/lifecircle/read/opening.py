"""Open a file of any kind: its text with the columns known, and where its rows are."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import pandas as pd
from pyproj import CRS

from lifecircle.datum import Datum
from lifecircle.errors import LifeCircleError, TableError
from lifecircle.read.columns import column_named, match_columns
from lifecircle.read.geocoded import geocoded_places
from lifecircle.read.places import (
    Places,
    places_in_reach,
    places_unknown,
    shapes_from_features,
)
from lifecircle.read.points import points_from_columns
from lifecircle.read.quality import Remark, Severity
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS, Cells, read_cells
from lifecircle.read.values import Opened, remark
from lifecircle.read.vector_files import checked_path
from lifecircle.read.vectors import read_features
from lifecircle.tables import TableName, columns_of, some

__all__ = ["SourceOptions", "open_cells", "open_source", "with_columns"]

_SEVERITY: Final[Mapping[str, Severity]] = {"hidden_row": "warning", "merged_amount": "warning"}


class SourceOptions(TypedDict, total=False):
    """
    How to read a file, beside its path.

    Attributes
    ----------
    datum
        What longitudes and latitudes are; needed for tables.
    sheet
        Which sheet of a workbook.
    layer
        Which layer of a vector file.
    encoding
        Of delimited text, or of a Shapefile's attributes.
    columns
        Column to header, where the reader does not know the header.
    extent
        West, south, east and north of the streets, in the study's coordinate system: rows far
        beyond are lost.
    geocoded
        What a geocoder has found for the rows of a table without coordinates.
    """

    datum: Datum | None
    sheet: str | None
    layer: str | None
    encoding: str | None
    columns: Mapping[str, str] | None
    extent: tuple[float, float, float, float] | None
    geocoded: Path | None


def open_source(
    path: str | Path, table: TableName, crs: CRS | None, source: SourceOptions
) -> tuple[Opened, Places, list[Remark]]:
    """
    Open a spreadsheet, delimited text or a vector file.

    Parameters
    ----------
    path
        The file.
    table
        Which contract it is read for.
    crs
        The study's coordinate system; None for the one that fits the middle of the data.
    source
        How to read it.

    Returns
    -------
    opened
        Its text.
    places
        Where its rows are.
    notes
        What was left out: titles, unknown columns.
    """
    plain = checked_path(path)
    datum = source.get("datum")
    if plain.suffix.lower() in (*DELIMITED, *WORKBOOKS):
        opened, skipped = open_cells(plain, table, source)
        places = _points(opened, crs, source)
    else:
        _refuse_geocoded(plain, source)
        layer, encoding = source.get("layer"), source.get("encoding")
        features = read_features(plain, crs=crs, datum=datum, layer=layer, encoding=encoding)
        cells = pd.DataFrame(features.drop(columns="geometry"))
        opened, skipped = with_columns(plain.name, layer, table, cells, source.get("columns")), []
        places = shapes_from_features(opened, features)
    extent = source.get("extent")
    if extent is not None and places.fault is None:
        places = places_in_reach(opened, places, extent)
    return opened, places, skipped + _column_notes(opened)


def _points(opened: Opened, crs: CRS | None, source: SourceOptions) -> Places:
    datum, extent, geocoded = source.get("datum"), source.get("extent"), source.get("geocoded")

    def own(part: Opened) -> Places:
        return points_from_columns(part, crs=crs, datum=datum, extent=extent)

    if opened.cells.empty and crs is not None:
        return Places(geometry=np.empty(0, dtype=object), crs=crs, remarks=[])
    try:
        if geocoded is None or opened.table == "zones":
            return own(opened)
        return geocoded_places(opened, geocoded, crs=crs, own=own)
    except LifeCircleError as fault:
        if opened.table == "zones":
            raise
        return places_unknown(opened, fault)


def _refuse_geocoded(path: Path, source: SourceOptions) -> None:
    if source.get("geocoded") is not None:
        problem = "`geocoded` is for tables; what a layer does not draw is not geocoded."
        raise TableError(path.name, [problem])


def open_cells(path: Path, table: TableName, source: SourceOptions) -> tuple[Opened, list[Remark]]:
    """
    Open a spreadsheet or delimited text.

    Parameters
    ----------
    path
        The file.
    table
        Which contract it is read for.
    source
        How to read it.

    Returns
    -------
    opened
        Its text.
    notes
        The titles, totals and footnotes that were left out, merged and hidden cells.
    """
    given = source.get("columns") or {}
    chosen = {header: column for column, header in given.items()}
    contract = columns_of(table)
    read = read_cells(
        path,
        sheet=source.get("sheet"),
        encoding=source.get("encoding"),
        column_of=lambda header: chosen.get(header) or column_named(header, table),
        is_amount=lambda column: column in contract and contract[column].holds == "number",
    )
    opened = with_columns(read.input, read.sheet, table, read.frame, given)
    opened = replace(opened, faults=_uncalculated(opened, read))
    notes = [
        remark(opened, why, row=row, found=found, severity=_SEVERITY.get(why, "note"))
        for why, row, found in read.notes
    ]
    return opened, notes


def _uncalculated(opened: Opened, read: Cells) -> tuple[str, ...]:
    used = set(opened.columns.values())
    cells = [f"{header} row {row}" for row, header in read.uncalculated if header in used]
    if not cells:
        return ()
    problem = (
        f"formulas whose results are not in the file: {some(cells)}; open it in a spreadsheet "
        "program and save it, or paste the values."
    )
    return (problem,)


def with_columns(
    source: str,
    sheet: str | None,
    table: TableName,
    cells: pd.DataFrame,
    given: Mapping[str, str] | None,
) -> Opened:
    """
    Find the columns of a table of text.

    Parameters
    ----------
    source
        The file's name.
    sheet
        Its sheet or layer.
    table
        Which contract it is read for.
    cells
        The text.
    given
        The user's own choice: column to header.

    Returns
    -------
    opened
        The text with its columns.
    """
    columns = match_columns(list(cells.columns), table, source=source, given=given)
    return Opened(input=source, sheet=sheet, table=table, cells=cells, columns=columns)


def _column_notes(opened: Opened) -> list[Remark]:
    unused = [header for header in opened.cells.columns if header not in opened.columns.values()]
    return [remark(opened, "column_ignored", found=header, severity="note") for header in unused]
