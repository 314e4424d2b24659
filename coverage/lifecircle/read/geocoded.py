"""Rows that an address stands for: which they are, and where a geocoder has put them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import DATUMS, study_crs, to_wgs84
from lifecircle.errors import TableError
from lifecircle.read.coordinates import parse_degrees
from lifecircle.read.places import Places, lost_row
from lifecircle.read.quality import Remark
from lifecircle.read.spreadsheets import read_cells
from lifecircle.read.values import Opened, remark, text_of
from lifecircle.read.vectors import project_degrees
from lifecircle.tables import some

__all__ = [
    "GEOCODED",
    "TO_GEOCODE",
    "geocoded_places",
    "is_answered",
    "read_geocoded",
    "rows_to_geocode",
]

TO_GEOCODE: Final = ("input", "sheet", "row", "id", "name", "address")
GEOCODED: Final = (*TO_GEOCODE, "longitude", "latitude", "datum", "matched", "service", "accuracy")

_NEEDED: Final = ("input", "id", "address", "longitude", "latitude", "datum")
_ID: Final = {"facilities": "facility_id", "residences": "residence_id"}
_EAST, _NORTH = 180.0, 90.0
_PLACE: Final = ("longitude", "latitude", "coordinates")
_QUOTED: Final = re.compile(r"'(?=[=+\-@\t\r])")  # as `spreadsheet_safe` writes it


def rows_to_geocode(opened: Opened) -> pd.DataFrame:
    """
    List the rows that have an address and no coordinates.

    Parameters
    ----------
    opened
        A table of facilities or residences as text.

    Returns
    -------
    rows
        With the columns `TO_GEOCODE`, on the row of the file; a row without an id is called by its
        number.
    """
    address = text_of(opened, "address")
    chosen = address.ne("") & _is_unplaced(opened)
    ids = text_of(opened, _ID[opened.table])
    made = pd.Series([f"row {row}" for row in ids.index], index=ids.index, dtype=object)
    rows = pd.DataFrame(
        {
            "input": opened.input,
            "sheet": opened.sheet or "",
            "row": opened.cells.index,
            "id": ids.where(ids.ne(""), made),
            "name": text_of(opened, "name"),
            "address": address,
        },
        index=opened.cells.index,
    )
    return rows[chosen]


def read_geocoded(path: Path) -> pd.DataFrame:
    """
    Read the list that ``lifecircle geocode`` has written, and a person perhaps corrected.

    Parameters
    ----------
    path
        Delimited text or a workbook.

    Returns
    -------
    answers
        One row an answer, with the columns `GEOCODED`, as text but for ``longitude`` and
        ``latitude``; rows whose coordinates were deleted are left out.

    Raises
    ------
    TableError
        For every column that is missing and every row that cannot be used, at once.
    """
    cells = read_cells(path, column_of=lambda header: header if header in GEOCODED else None)
    missing = [name for name in _NEEDED if name not in cells.frame.columns]
    if missing:
        problem = f"no column {some(missing)}; it must be what `lifecircle geocode` has written."
        raise TableError(path.name, [problem])
    text = cells.frame.reindex(columns=list(GEOCODED), fill_value="").map(_unquoted)
    text = text[text["longitude"].ne("") | text["latitude"].ne("")]
    numbers = {name: text[name].map(parse_degrees) for name in ("longitude", "latitude")}
    usable = numbers["longitude"].abs().le(_EAST) & numbers["latitude"].abs().le(_NORTH)
    problems = [
        f"row {row}: {text.loc[row, 'longitude']!r}, {text.loc[row, 'latitude']!r} are no "
        "longitude and latitude in degrees."
        for row in text.index[~usable]
    ]
    problems += [
        f"row {row}: 'datum' is {datum!r}; it can be {', '.join(DATUMS)}."
        for row, datum in text["datum"].items()
        if datum not in DATUMS
    ]
    if problems:
        raise TableError(path.name, problems)
    return text.assign(**numbers)


def is_answered(rows: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """
    Tell which rows have an answer for the address that they have now.

    Parameters
    ----------
    rows
        As `rows_to_geocode` gives them.
    answers
        As `read_geocoded` gives them.

    Returns
    -------
    answered
        On the index of `rows`.
    """
    return _answer_of(rows, answers).notna()


def geocoded_places(
    opened: Opened, path: Path, *, crs: CRS | None, own: Callable[[Opened], Places]
) -> Places:
    """
    Place the rows of a table by what a geocoder found, where they have no coordinates.

    Parameters
    ----------
    opened
        The table as text.
    path
        The geocoder's answers.
    crs
        The study's coordinate system; None for the one that fits the middle of the points.
    own
        Places the rows that have coordinates.

    Returns
    -------
    places
        Each geocoded row is remarked; so is each answer that no row asks for any more.

    Raises
    ------
    TableError
        If the answers cannot be used.
    """
    answers = _for_this_list(read_geocoded(path), opened)
    answer = _answer_of(rows_to_geocode(opened), answers).dropna().astype(int)
    stale = _stale(opened, path, answers[~answers.index.isin(answer)])
    if answer.empty:
        places = own(opened)
        return replace(places, remarks=[*places.remarks, *stale])
    known = answers.loc[answer].set_axis(answer.index, axis="index")
    rest = _rest(opened, known.index, crs or _fitting_crs(known), own)
    geometry = np.full(len(opened.cells), None, dtype=object)
    is_known = opened.cells.index.isin(known.index)
    geometry[is_known] = _points(known, rest.crs)
    geometry[~is_known] = rest.geometry
    return Places(
        geometry=geometry,
        crs=rest.crs,
        remarks=[*rest.remarks, *_placed_by_geocoder(opened, known), *stale],
    )


def _is_unplaced(opened: Opened) -> pd.Series:
    blank = pd.Series(data=True, index=opened.cells.index)
    for name in _PLACE:
        blank &= text_of(opened, name).eq("")
    return blank


def _unquoted(cell: str) -> str:
    return _QUOTED.sub("", cell.strip(), count=1) if cell.startswith("'") else cell.strip()


def _for_this_list(answers: pd.DataFrame, opened: Opened) -> pd.DataFrame:
    same_sheet = answers["sheet"].isin(["", opened.sheet or ""])
    return answers[answers["input"].eq(opened.input) & same_sheet]


def _answer_of(rows: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """Find each row's answer by its id and address; by its name where the id is only its number."""
    made = rows["id"].eq("row " + rows["row"].astype(str))
    called = rows["id"].where(~made, rows["name"])
    by_id = _by(answers, "id")
    by_name = _by(answers, "name")
    keys = zip(rows["input"], called, rows["address"], made, strict=True)
    found = [
        (by_name if number else by_id).get((name, key, where)) for name, key, where, number in keys
    ]
    return pd.Series(found, index=rows.index, dtype=object)


def _by(answers: pd.DataFrame, column: str) -> Mapping[tuple[str, str, str], int]:
    keys = zip(answers["input"], answers[column], answers["address"], strict=True)
    return dict(zip(keys, (int(row) for row in answers.index), strict=True))


def _stale(opened: Opened, path: Path, unused: pd.DataFrame) -> list[Remark]:
    """Say of answers why no row takes them."""
    ids, addresses = text_of(opened, _ID[opened.table]), text_of(opened, "address")
    names, unplaced = text_of(opened, "name"), _is_unplaced(opened)
    remarks = []
    for row, line in unused.iterrows():
        same = (ids.eq(line["id"]) & ids.ne("")) | (ids.eq("") & names.eq(line["name"]))
        moved = addresses[same & addresses.ne(line["address"])]
        why = "no such row any more"
        if len(moved):
            why = f"the address is {moved.iloc[0]!r} now"
        elif (same & ~unplaced).any():
            why = "the row has coordinates of its own"
        remarks.append(
            Remark(
                input=path.name,
                row=int(str(row)),
                reason="geocoded_stale",
                found=f"{line['id']} {line['name']} {line['address']}: {why}"[:200],
            )
        )
    return remarks


def _rest(opened: Opened, known: pd.Index, crs: CRS, own: Callable[[Opened], Places]) -> Places:
    cells = opened.cells[~opened.cells.index.isin(known)]
    part = replace(opened, cells=cells)
    if not _is_unplaced(part).all():
        return own(part)
    lost = [lost_row(part, row, "no_coordinates", "") for row in cells.index]
    return Places(geometry=np.full(len(cells), None, dtype=object), crs=crs, remarks=lost)


def _fitting_crs(known: pd.DataFrame) -> CRS:
    first = known.iloc[0]
    longitude, latitude = to_wgs84([first["longitude"]], [first["latitude"]], first["datum"])
    return study_crs(float(longitude[0]), float(latitude[0]))


def _points(known: pd.DataFrame, crs: CRS) -> npt.NDArray[np.object_]:
    placed = np.full(len(known), None, dtype=object)
    for datum in DATUMS:
        chosen = known["datum"].eq(datum).to_numpy()
        degrees = np.full(chosen.sum(), None, dtype=object)
        degrees[:] = shapely.points(known.loc[chosen, ["longitude", "latitude"]].to_numpy(float))
        placed[chosen] = project_degrees(degrees, datum=datum, crs=crs)
    return placed


def _placed_by_geocoder(opened: Opened, known: pd.DataFrame) -> list[Remark]:
    texts = known["name"] + " " + known["address"] + " -> " + known["matched"]
    return [
        remark(opened, "geocoded", row=int(str(row)), found=text.strip(), severity="note")
        for row, text in texts.items()
    ]
