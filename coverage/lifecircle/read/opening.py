"""Open a file of any kind: its text with the columns known, and where its rows are."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pandas as pd
from pyproj import CRS

from lifecircle.datum import Datum
from lifecircle.errors import LifeCircleError
from lifecircle.read.columns import match_columns
from lifecircle.read.places import (
    Places,
    places_in_reach,
    places_unknown,
    points_from_columns,
    shapes_from_features,
)
from lifecircle.read.quality import Remark
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS, read_cells
from lifecircle.read.values import Opened, remark
from lifecircle.read.vectors import checked_path, read_features
from lifecircle.tables import TableName

__all__ = ["SourceOptions", "open_cells", "open_source", "with_columns"]


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
    """

    datum: Datum | None
    sheet: str | None
    layer: str | None
    encoding: str | None
    columns: Mapping[str, str] | None
    extent: tuple[float, float, float, float] | None


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
        places = _points(opened, crs, datum)
    else:
        layer, encoding = source.get("layer"), source.get("encoding")
        features = read_features(plain, crs=crs, datum=datum, layer=layer, encoding=encoding)
        cells = pd.DataFrame(features.drop(columns="geometry"))
        opened, skipped = with_columns(plain.name, layer, table, cells, source.get("columns")), []
        places = shapes_from_features(opened, features)
    extent = source.get("extent")
    if extent is not None and places.fault is None:
        places = places_in_reach(opened, places, extent)
    return opened, places, skipped + _column_notes(opened)


def _points(opened: Opened, crs: CRS | None, datum: Datum | None) -> Places:
    try:
        return points_from_columns(opened, crs=crs, datum=datum)
    except LifeCircleError as fault:
        if opened.table == "zones":
            raise
        return places_unknown(opened, fault)


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
        The titles that were left out.
    """
    read = read_cells(path, sheet=source.get("sheet"), encoding=source.get("encoding"))
    opened = with_columns(read.input, read.sheet, table, read.frame, source.get("columns"))
    notes = [remark(opened, "title_skipped", row=row, severity="note") for row in read.skipped]
    return opened, notes


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
