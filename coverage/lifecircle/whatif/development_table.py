"""A table of developments, one row each, or one row a phase."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import Datum
from lifecircle.errors import LifeCircleError, Located
from lifecircle.read.columns import match_columns, plain
from lifecircle.read.inputs import read_residences
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS, read_cells
from lifecircle.read.vector_files import checked_path
from lifecircle.tables import some
from lifecircle.whatif.proposal import Development, Phase

__all__ = ["table_developments"]

# In a table of developments these headers can only mean what is built for older people.
_SPARE: Final = {
    "own_floor_area_m2": ("floorarea", "flooraream2", "建筑面积"),
    "own_land_m2": ("landarea", "landaream2", "用地面积"),
}
_PROJECT: Final = ("project", "项目", "所属项目")
_PHASE: Final = ("phase", "分期", "期", "期数")


def table_developments(path: Path, datum: Datum | None, faults: list[str]) -> list[Development]:
    """
    Read the developments of a table.

    Parameters
    ----------
    path
        A table or a vector file: households and a place in every row. Rows with one ``project``
        are the phases of one development, in the order of the rows.
    datum
        Of degrees; None for WGS84 or what the file says.
    faults
        Takes everything that is wrong.

    Returns
    -------
    developments
        In the order in which they first stand in the table.
    """
    try:
        read = read_residences(path, datum=datum or "wgs84", columns=_columns(path))
    except LifeCircleError as error:
        faults += [Located(error.subject, problem) for problem in error.problems]
        return []
    lost = read.quality[read.quality["severity"] == "lost"]
    faults += [
        f"{path.name} row {row.row}: {row.remedy} ({row.found})." for row in lost.itertuples()
    ]
    table = read.table
    bad = table.index[~table["households"].gt(0)]
    if len(bad):
        faults.append(f"{path.name}: 'households' must be a number > 0; look at {some(bad)}.")
    projects: dict[str, list[str]] = {}
    for key, project in table["pool_id"].items():
        alone = pd.isna(project)
        projects.setdefault(f"row:{key}" if alone else f"project:{project}", []).append(str(key))
    crs = CRS.from_user_input(table.crs)
    return [_development(table, keys, crs) for keys in projects.values()]


def _development(table: gpd.GeoDataFrame, keys: Sequence[str], crs: CRS) -> Development:
    rows = table.loc[list(keys)]
    first = rows.iloc[0]
    phases = tuple(
        Phase(
            name=str(row["name"] or key),
            households=row["households"],
            floor_area_m2=_known(row["own_floor_area_m2"]),
            place=row["geometry"],
        )
        for key, row in rows.iterrows()
    )
    several = len(phases) > 1
    project = first["pool_id"]
    named = [str(project)] if pd.notna(project) else []
    return Development(
        name=" ".join(named if several else [*named, phases[0].name]),
        place=shapely.union_all(rows.geometry.to_numpy()) if several else first["geometry"],
        crs=crs,
        households=float(rows["households"].sum()),
        population=_whole(rows["population"]),
        floor_area_m2=None if several else phases[0].floor_area_m2,
        land_area_m2=_whole(rows["own_land_m2"]),
        phases=phases if several else (),
    )


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(values: pd.Series) -> float | None:
    """Add up what every phase tells; a sum that lacks one would be too little."""
    return None if values.isna().any() else float(values.sum())


def _columns(path: Path) -> dict[str, str] | None:
    """Find what only a table of developments has, and plain names that elsewhere are unclear."""
    if checked_path(path).suffix.lower() not in (*DELIMITED, *WORKBOOKS):
        return None
    headers = list(read_cells(path).frame.columns)
    known = match_columns(headers, "residences", source=path.name)
    spare = {
        column: header
        for column, spellings in _SPARE.items()
        if column not in known
        for header in headers
        if plain(header) in spellings
    }
    return spare | _phase_columns(headers, known)


def _phase_columns(headers: Sequence[str], known: dict[str, str]) -> dict[str, str]:
    """Take a project for the pool and a phase for the name; 项目名称 alone is the project's."""
    project, phase = (
        next((header for header in headers if plain(header) in words), None)
        for words in (_PROJECT, _PHASE)
    )
    if phase is not None and project is None:
        project = known.get("name")
    if project is None:
        return {}
    return {"pool_id": project} | ({} if phase is None else {"name": phase})
