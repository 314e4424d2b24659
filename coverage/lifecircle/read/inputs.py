"""Read facilities, residences and zones from the files that offices have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, Unpack

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.read.columns import kind_in_name, near_misses
from lifecircle.read.estimates import with_estimated_households
from lifecircle.read.gate_cells import with_gate_cells
from lifecircle.read.gates import GateSource, with_gates
from lifecircle.read.geocoded import TO_GEOCODE, rows_to_geocode
from lifecircle.read.joins import JoinKey, joined
from lifecircle.read.losses import LOSS_STEPS, amounts_of, lost_rows
from lifecircle.read.opening import SourceOptions, open_cells, open_source
from lifecircle.read.places import Places
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.values import (
    Opened,
    Values,
    read_values,
    remark,
    text_of,
    with_area_basis,
)
from lifecircle.read.vector_files import checked_path
from lifecircle.tables import AdminLevel, TableName, checked, columns_of, some

__all__ = ["ReadTable", "SourceOptions", "read_facilities", "read_residences", "read_zones"]

_ID: Final[Mapping[TableName, str]] = {
    "facilities": "facility_id",
    "residences": "residence_id",
    "zones": "zone_id",
    "gates": "gate_id",
}


class ReadTable(NamedTuple):
    """
    What a reader gives.

    Attributes
    ----------
    table
        A complete contract table.
    quality
        What was met, as `quality.quality_table` lays it out.
    amounts
        ``rows``, and ``households`` or ``m2`` where the file has them, of all rows of the file:
        those that were lost as well.
    addresses
        Of the rows of the table, on its index; None where there is none.
    rows
        Which row of the file each row of the table is, on its index.
    parsed
        As `amounts`, of the rows whose place could be understood, whether or not they have one.
    lost
        The rows of the file that are not in the table: see `lifecircle.read.losses.lost_rows`.
    to_geocode
        The rows that have an address and no coordinates: ``input``, ``row``, ``id``, ``name`` and
        ``address``.
    """

    table: gpd.GeoDataFrame
    quality: pd.DataFrame
    amounts: Mapping[str, float]
    addresses: pd.Series
    rows: pd.Series
    parsed: Mapping[str, float]
    lost: pd.DataFrame
    to_geocode: pd.DataFrame


def read_facilities(
    path: str | Path, *, crs: CRS | None = None, **source: Unpack[SourceOptions]
) -> ReadTable:
    """
    Read facilities from a table or a vector file.

    Parameters
    ----------
    path
        A file of delimited text, a workbook or a vector file.
    crs
        The study's coordinate system; None for the one that fits the middle of the data.
    **source
        How to read the file: see `SourceOptions`.

    Returns
    -------
    facilities
        A complete contract table (`lifecircle.tables.complete`). Rows without a place are left
        out. A kind that is blank is told from the name.
    quality
        What was met (`lifecircle.read.quality.quality_table`).
    amounts
        Of all rows of the file, as `ReadTable` says.

    Raises
    ------
    TableError
        If the file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = open_source(path, "facilities", crs, source)
    values = with_area_basis(opened, _with_kinds(opened, read_values(opened)))
    if "status" in opened.columns:
        blank = values.frame.index[
            values.frame["status"].isna() & ~shapely.is_missing(places.geometry)
        ]
        values.remarks.extend(
            remark(opened, "status_assumed", row=int(row), column="status", severity="note")
            for row in blank
        )
    else:
        notes.append(remark(opened, "status_assumed", found="no column", severity="note"))
    return _finished(opened, values, places, notes)


def read_residences(
    path: str | Path,
    *,
    crs: CRS | None = None,
    join: str | Path | None = None,
    join_on: JoinKey = "residence_id",
    gates: GateSource | None = None,
    years: tuple[int | None, int | None] = (None, None),
    persons_per_household: float | None = None,
    **source: Unpack[SourceOptions],
) -> ReadTable:
    """
    Read residences from a table or a vector file, with what other files say about them.

    Parameters
    ----------
    path
        A file of delimited text, a workbook or a vector file.
    crs
        The study's coordinate system; None for the one that fits the middle of the data.
    join
        A table with more columns; it fills what the first file leaves blank. If `path` is a vector
        file, the option ``sheet`` is for this table.
    join_on
        What the two have in common.
    gates
        A file of gates. A gate belongs to the residence whose id or name it gives, else to the
        nearest outline within 20 m.
    years
        For residences without status: the first year that counts as new, and the year of the
        standard. If the first is None, later than the standard's year is new, and the same year is
        existing, with a warning.
    persons_per_household
        Households that are blank are estimated from the population by it, rounded, and marked so;
        left out, they stay unknown. With it a file may tell neither: a raster may.
    **source
        How to read the file: see `SourceOptions`.

    Returns
    -------
    residences
        A complete contract table (`lifecircle.tables.complete`). Rows without a place are left out.
    quality
        What was met (`lifecircle.read.quality.quality_table`).
    amounts
        Of all rows of the file, as `ReadTable` says.

    Raises
    ------
    TableError
        If a file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = open_source(path, "residences", crs, source)
    values = read_values(opened)
    if join is not None:
        sheet = source.get("sheet") if opened.sheet is None else None
        other, titles = open_cells(checked_path(join), "residences", {"sheet": sheet})
        values, notes = joined(opened, values, other, join_on), notes + titles
    values = _with_status(opened, values, *years)
    values = with_gate_cells(opened, values, places, datum=source.get("datum"))
    if persons_per_household is not None:
        values = with_estimated_households(opened, values, persons_per_household)
    read = _finished(opened, values, places, notes)
    if gates is None:
        return read
    residences, remarks = with_gates(read.table, gates)
    quality = pd.concat([read.quality, quality_table(remarks)], ignore_index=True)
    return read._replace(table=residences, quality=quality)


def read_zones(
    path: str | Path,
    *,
    crs: CRS | None = None,
    level: AdminLevel | None = None,
    **source: Unpack[SourceOptions],
) -> ReadTable:
    """
    Read zones from a vector file.

    Parameters
    ----------
    path
        A vector file of areas.
    crs
        The study's coordinate system; None for the one that fits the middle of the data.
    level
        What all zones are, for a file without a column that says it.
    **source
        How to read the file: see `SourceOptions`.

    Returns
    -------
    zones
        A complete contract table (`lifecircle.tables.complete`). A parent given by its name is
        given by its id, if only one zone has the name.
    quality
        What was met (`lifecircle.read.quality.quality_table`).
    amounts
        Of all rows of the file, as `ReadTable` says.

    Raises
    ------
    TableError
        If the file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = open_source(path, "zones", crs, source)
    values = read_values(opened)
    frame = values.frame
    if level is not None:
        frame = frame.assign(level=frame["level"].fillna(level) if "level" in frame else level)
    if "parent_id" in frame and "name" in frame:
        names = pd.Series(_ids(opened), index=frame["name"], dtype=object)
        once = names[~names.index.duplicated(keep=False)].to_dict()
        frame = frame.assign(parent_id=frame["parent_id"].map(lambda key: once.get(key, key)))
    return _finished(opened, replace(values, frame=frame), places, notes)


def _ids(opened: Opened) -> list[str]:
    given = text_of(opened, _ID[opened.table])
    return [text or f"row {row}" for row, text in given.items()]


def _finished(opened: Opened, values: Values, places: Places, notes: Sequence[Remark]) -> ReadTable:
    """Put values and places together, check them, and leave out the rows without a place."""
    index = pd.Index(_ids(opened), dtype=object)
    whole = gpd.GeoDataFrame(
        _marked(opened, values.frame, places).set_axis(index, axis="index"),
        geometry=places.geometry,
        crs=places.crs,
    )
    placed = ~shapely.is_missing(places.geometry)
    rows = [f"row {row} {name}".strip() for row, name in text_of(opened, "name")[placed].items()]
    unplaced = [] if places.fault is None else list(places.fault.problems)
    problems = [*unplaced, *values.problems]
    try:
        table = checked(whole[placed], opened.table, source=opened.input, rows=rows)
    except TableError as fault:
        more = [_in_user_words(problem, opened) for problem in fault.problems]
        said = {_column_at_fault(problem) for problem in problems} - {None}
        problems += [problem for problem in more if _column_at_fault(problem) not in said]
    if places.fault is not None and problems == unplaced:
        raise places.fault
    if problems:
        raise TableError(opened.input, problems)
    remarks = [
        *notes,
        *places.remarks,
        *values.remarks,
        *_made_ids(opened),
        *_absent(opened, whole),
    ]
    text = text_of(opened, "address")
    addresses = text.where(text != "", None).set_axis(index, axis="index")
    lost = lost_rows(whole.set_axis(opened.cells.index, axis="index"), places.remarks)
    not_understood = lost.loc[lost["reason"].map(LOSS_STEPS).eq("parsed"), "row"]
    return ReadTable(
        table=table,
        quality=quality_table(remarks),
        amounts=amounts_of(whole),
        addresses=addresses[placed],
        rows=pd.Series(opened.cells.index, index=index)[placed],
        parsed=amounts_of(whole[~opened.cells.index.isin(not_understood)]),
        lost=lost,
        to_geocode=_to_geocode(opened, places),
    )


def _to_geocode(opened: Opened, places: Places) -> pd.DataFrame:
    unplaced = {lost.row for lost in places.remarks if lost.reason == "no_coordinates"}
    if not unplaced:
        return pd.DataFrame(columns=list(TO_GEOCODE))
    rows = rows_to_geocode(opened)
    return rows[rows["row"].isin(unplaced)]


def _marked(opened: Opened, frame: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Mark the rows that a geocoder has placed."""
    rows = [note.row for note in places.remarks if note.reason == "geocoded"]
    if not rows:
        return frame
    marks = frame.get("geocoded", pd.Series(data=False, index=frame.index))
    return frame.assign(geocoded=marks.isin([True]) | opened.cells.index.isin(rows))


def _column_at_fault(problem: str) -> str | None:
    return problem.split("'")[1] if problem.startswith("column '") else None


def _in_user_words(problem: str, opened: Opened) -> str:
    for column, header in opened.columns.items():
        if column != header:
            problem = problem.replace(f"column '{column}'", f"column '{header}' ({column})")
    for column in columns_of(opened.table):
        if problem == f"column '{column}' is missing.":
            alike = near_misses(column, opened.cells.columns, opened.table)
            hint = f"; did you mean {some(alike)}?" if alike else ""
            headers = some(opened.cells.columns, most=20)
            return f"no column for '{column}' was found among {headers}{hint}."
    return problem


def _made_ids(opened: Opened) -> list[Remark]:
    column = _ID[opened.table]
    if column not in opened.columns:
        found = f"{len(opened.cells)} rows"
        return [remark(opened, "id_made", column=column, found=found, severity="note")]
    blank = opened.cells.index[text_of(opened, column) == ""]
    return [
        remark(opened, "id_made", row=int(row), column=column, severity="note") for row in blank
    ]


def _absent(opened: Opened, whole: gpd.GeoDataFrame) -> list[Remark]:
    if opened.table != "facilities" or "floor_area_m2" in whole.columns:
        return []
    return [remark(opened, "column_missing", column="floor_area_m2")]


def _with_kinds(opened: Opened, values: Values) -> Values:
    kinds = values.frame.get("kind", pd.Series(None, index=values.frame.index, dtype=object)).copy()
    remarks = list(values.remarks)
    names = text_of(opened, "name")
    strays = text_of(opened, "kind") != ""
    for row in kinds.index[kinds.isna() & ~strays]:
        decided = kind_in_name(names[row])
        kinds[row] = decided[0] if decided else "other"
        found = f"{names[row]} -> {kinds[row]} ({decided[1]})" if decided else names[row]
        remarks.append(
            remark(
                opened,
                "kind_from_name" if decided else "kind_unknown",
                row=int(row),
                column="kind",
                found=found,
                severity="note" if decided else "warning",
            )
        )
    kinds[kinds.isna()] = "other"  # an unknown word: a problem already
    return replace(values, frame=values.frame.assign(kind=kinds), remarks=remarks)


def _with_status(
    opened: Opened, values: Values, new_from: int | None, standard_year: int | None
) -> Values:
    frame = values.frame
    first_new = new_from if new_from is not None else (standard_year or 0) + 1
    if "year" not in frame or (new_from is None and standard_year is None):
        return values
    status = frame.get("status", pd.Series(None, index=frame.index, dtype=object)).copy()
    told = frame.index[status.isna() & frame["year"].notna()]
    remarks = list(values.remarks)
    for row in told:
        year = frame["year"][row]
        status[row] = "new" if year >= first_new else "existing"
        same = new_from is None and year == standard_year
        remarks.append(
            remark(
                opened,
                "status_same_year" if same else "status_from_year",
                row=int(row),
                column="year",
                found=f"{year:.0f} -> {status[row]}",
                severity="warning" if same else "note",
            )
        )
    return replace(values, frame=frame.assign(status=status), remarks=remarks)
