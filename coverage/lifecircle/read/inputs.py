"""Read facilities, residences and zones from the files that offices have."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal, TypedDict, Unpack

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import Datum
from lifecircle.errors import TableError
from lifecircle.read.columns import kind_in_name, match_columns, near_misses
from lifecircle.read.places import Places, points_from_columns, shapes_from_features
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS, read_cells
from lifecircle.read.values import Opened, Values, read_values, remark, text_of
from lifecircle.read.vectors import checked_path, read_features
from lifecircle.tables import AdminLevel, TableName, checked, columns_of, some

__all__ = ["SourceOptions", "read_facilities", "read_residences", "read_zones"]

_ID: Final[Mapping[TableName, str]] = {
    "facilities": "facility_id",
    "residences": "residence_id",
    "zones": "zone_id",
}
_POINTS: Final = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_GATE_SNAP_M: Final = 20.0  # a gate without a residence's id belongs to the outline this near


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
    """

    datum: Datum | None
    sheet: str | None
    layer: str | None
    encoding: str | None
    columns: Mapping[str, str] | None


Result = tuple[gpd.GeoDataFrame, pd.DataFrame]


def read_facilities(
    path: str | Path, *, crs: CRS | None = None, **source: Unpack[SourceOptions]
) -> Result:
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

    Raises
    ------
    TableError
        If the file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = _open(path, "facilities", crs, source)
    values = _with_kinds(opened, read_values(opened))
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
    join_on: Literal["residence_id", "name"] = "residence_id",
    gates: tuple[str | Path, str | None] | None = None,
    years: tuple[int | None, int | None] = (None, None),
    **source: Unpack[SourceOptions],
) -> Result:
    """
    Read residences from a table or a vector file, with what other files say about them.

    Parameters
    ----------
    path
        A file of delimited text, a workbook or a vector file.
    crs
        The study's coordinate system; None for the one that fits the middle of the data.
    join
        A table with more columns; it fills what the first file leaves blank.
    join_on
        What the two have in common.
    gates
        A vector file of gate points, and its layer (None if it has only one). A gate belongs to the
        residence whose id it names, else to the nearest outline within 20 m.
    years
        For a residence without status: the first year that counts as new, and the year of the
        standard. Later than the standard's year is new, the same year existing and remarked; the
        first, if given, wins.
    **source
        How to read the file: see `SourceOptions`.

    Returns
    -------
    residences
        A complete contract table (`lifecircle.tables.complete`). Rows without a place are left out.
    quality
        What was met (`lifecircle.read.quality.quality_table`).

    Raises
    ------
    TableError
        If a file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = _open(path, "residences", crs, source)
    values = read_values(opened)
    if join is not None:
        values = _joined(opened, values, checked_path(join), join_on)
    values = _with_status(opened, values, *years)
    residences, quality = _finished(opened, values, places, notes)
    if gates is None:
        return residences, quality
    residences, remarks = _with_gates(residences, *gates)
    return residences, pd.concat([quality, quality_table(remarks)], ignore_index=True)


def read_zones(
    path: str | Path,
    *,
    crs: CRS | None = None,
    level: AdminLevel | None = None,
    **source: Unpack[SourceOptions],
) -> Result:
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

    Raises
    ------
    TableError
        If the file cannot be read or breaks the contract.
    CrsError
        If its coordinate system is missing or wrong.
    """
    opened, places, notes = _open(path, "zones", crs, source)
    values = read_values(opened)
    frame = values.frame
    if level is not None:
        frame = frame.assign(level=frame["level"].fillna(level) if "level" in frame else level)
    if "parent_id" in frame and "name" in frame:
        names = pd.Series(_ids(opened), index=frame["name"], dtype=object)
        once = names[~names.index.duplicated(keep=False)].to_dict()
        frame = frame.assign(parent_id=frame["parent_id"].map(lambda key: once.get(key, key)))
    return _finished(opened, replace(values, frame=frame), places, notes)


def _open(
    path: str | Path, table: TableName, crs: CRS | None, source: SourceOptions
) -> tuple[Opened, Places, list[Remark]]:
    plain = checked_path(path)
    datum = source.get("datum")
    if plain.suffix.lower() in (*DELIMITED, *WORKBOOKS):
        opened, skipped = _open_cells(plain, table, source)
        places = points_from_columns(opened, crs=crs, datum=datum)
    else:
        layer, encoding = source.get("layer"), source.get("encoding")
        features = read_features(plain, crs=crs, datum=datum, layer=layer, encoding=encoding)
        cells = pd.DataFrame(features.drop(columns="geometry"))
        opened, skipped = _opened(plain.name, layer, table, cells, source.get("columns")), []
        places = shapes_from_features(opened, features)
    return opened, places, skipped + _column_notes(opened)


def _open_cells(path: Path, table: TableName, source: SourceOptions) -> tuple[Opened, list[Remark]]:
    read = read_cells(path, sheet=source.get("sheet"), encoding=source.get("encoding"))
    opened = _opened(read.input, read.sheet, table, read.frame, source.get("columns"))
    notes = [remark(opened, "title_skipped", row=row, severity="note") for row in read.skipped]
    return opened, notes


def _opened(
    source: str,
    sheet: str | None,
    table: TableName,
    cells: pd.DataFrame,
    given: Mapping[str, str] | None,
) -> Opened:
    columns = match_columns(list(cells.columns), table, source=source, given=given)
    return Opened(input=source, sheet=sheet, table=table, cells=cells, columns=columns)


def _column_notes(opened: Opened) -> list[Remark]:
    unused = [header for header in opened.cells.columns if header not in opened.columns.values()]
    return [remark(opened, "column_ignored", found=header, severity="note") for header in unused]


def _ids(opened: Opened) -> list[str]:
    given = text_of(opened, _ID[opened.table])
    return [text or f"row {row}" for row, text in given.items()]


def _finished(opened: Opened, values: Values, places: Places, notes: Sequence[Remark]) -> Result:
    """Put values and places together, check them, and leave out the rows without a place."""
    index = pd.Index(_ids(opened), dtype=object)
    whole = gpd.GeoDataFrame(
        values.frame.set_axis(index, axis="index"), geometry=places.geometry, crs=places.crs
    )
    placed = ~shapely.is_missing(places.geometry)
    rows = [f"row {row} {name}".strip() for row, name in text_of(opened, "name")[placed].items()]
    problems = [*values.problems]
    try:
        table = checked(whole[placed], opened.table, source=opened.input, rows=rows)
    except TableError as fault:
        problems += [_in_user_words(problem, opened) for problem in fault.problems]
    if problems:
        raise TableError(opened.input, problems)
    remarks = [
        *notes,
        *places.remarks,
        *values.remarks,
        *_made_ids(opened),
        *_absent(opened, whole),
    ]
    return table, quality_table(remarks)


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


def _joined(
    opened: Opened, values: Values, path: Path, join_on: Literal["residence_id", "name"]
) -> Values:
    other, notes = _open_cells(path, "residences", {})
    _require_key(opened, join_on)
    _require_key(other, join_on)
    more = read_values(other)
    keys, other_keys = _keys(opened, join_on), _keys(other, join_on)
    repeated = other_keys[other_keys.duplicated(keep=False) & (other_keys != "")]
    problems = [*values.problems, *more.problems]
    if len(repeated):
        problems.append(
            f"{other.input}: '{other.columns[join_on]}' must not repeat; look at "
            f"{some(dict.fromkeys(repeated))}."
        )
    found = more.frame.set_axis(other_keys, axis="index")
    found = found[~found.index.duplicated()].reindex(keys).set_axis(keys.index, axis="index")
    frame = values.frame.copy()
    for name in found.columns:
        frame[name] = (
            frame[name].where(frame[name].notna(), found[name]) if name in frame else found[name]
        )
    remarks = [*values.remarks, *notes, *more.remarks]
    remarks += _unmatched(opened, keys, other_keys, "join_unmatched", join_on)
    remarks += _unmatched(other, other_keys, keys, "join_row_unused", join_on)
    return Values(frame=frame, remarks=remarks, problems=problems)


def _require_key(opened: Opened, join_on: str) -> None:
    if join_on not in opened.columns:
        problem = f"there is no column for '{join_on}', on which the two tables are joined."
        raise TableError(opened.input, [problem])


def _keys(opened: Opened, join_on: str) -> pd.Series:
    text = text_of(opened, join_on)
    if join_on == "name":
        return text.map(lambda name: unicodedata.normalize("NFKC", name).replace(" ", "").lower())
    return text


def _unmatched(
    opened: Opened, keys: pd.Series, others: pd.Series, reason: str, join_on: str
) -> list[Remark]:
    alone = keys[~keys.isin(set(others)) | (keys == "")]
    return [
        remark(
            opened, reason, row=int(str(row)), column=join_on, found=text_of(opened, join_on)[row]
        )
        for row in alone.index
    ]


def _with_gates(
    residences: gpd.GeoDataFrame, path: str | Path, layer: str | None
) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    features = read_features(path, crs=residences.crs, layer=layer)
    cells = pd.DataFrame(features.drop(columns="geometry"))
    opened = _opened(Path(path).name, layer, "residences", cells, None)
    points = features.geometry.to_numpy()
    usable = np.isin(shapely.get_type_id(points), _POINTS) & ~shapely.is_empty(points)
    owners = text_of(opened, "residence_id").to_numpy(dtype=object, copy=True)
    unnamed = np.flatnonzero((owners == "") & usable)
    tree = shapely.STRtree(shapely.boundary(residences.geometry.to_numpy()))
    gate, outline = tree.query_nearest(
        points[unnamed], max_distance=_GATE_SNAP_M, all_matches=False
    )
    owners[unnamed[gate]] = residences.index.to_numpy()[outline]
    known = np.isin(owners, residences.index.to_numpy()) & usable
    places = np.full(len(residences), None, dtype=object)
    places[:] = [_multipoint(points[known & (owners == key)]) for key in residences.index]
    placed = gpd.GeoSeries(places, index=residences.index, crs=residences.crs)
    remarks = [
        remark(opened, "gate_unmatched", row=int(row), found=str(owner))
        for row, owner in zip(features.index[~known], owners[~known], strict=True)
    ]
    return residences.assign(gates=placed), remarks


def _multipoint(points: npt.NDArray[np.object_]) -> shapely.MultiPoint | None:
    return shapely.MultiPoint(shapely.get_coordinates(points)) if len(points) else None
