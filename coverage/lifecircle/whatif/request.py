"""What a user writes about developments on the command line, or in a table, made into them."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import DATUMS, Datum, is_in_china, to_wgs84
from lifecircle.errors import LifeCircleError, Located, StudyError
from lifecircle.read.columns import match_columns, plain
from lifecircle.read.inputs import read_residences
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS, read_cells
from lifecircle.read.vector_files import checked_path
from lifecircle.read.vectors import read_features
from lifecircle.tables import some
from lifecircle.units import Quantity, parse_number
from lifecircle.whatif.proposal import Development, Phase

__all__ = ["Request", "read_request"]

_WGS84: Final = 4326
_POLYGON: Final = 2
_MOST: Final = (180.0, 90.0)
_PHASE_PARTS: Final = (2, 3)
# In a table of developments these headers can only mean what is built for older people.
_SPARE: Final = {
    "own_floor_area_m2": ("floorarea", "flooraream2", "建筑面积"),
    "own_land_m2": ("landarea", "landaream2", "用地面积"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """
    The words of a user.

    Attributes
    ----------
    at
        ``LON,LAT``, in degrees of `datum`.
    polygon
        A vector file.
    table
        A table of developments.
    datum
        Of `at`, and of files that do not say it; None for WGS84 or what the file says.
    name, households, population, household_size, floor_area, land_area
        Of the one development at `at` or `polygon`.
    phases
        ``NAME:HOUSEHOLDS`` or ``NAME:HOUSEHOLDS:M2``.
    """

    at: str | None = None
    polygon: Path | None = None
    table: Path | None = None
    datum: str | None = None
    name: str | None = None
    households: str | None = None
    population: str | None = None
    household_size: str | None = None
    floor_area: str | None = None
    land_area: str | None = None
    phases: tuple[str, ...] = ()


def read_request(request: Request, *, name: str) -> tuple[Development, ...]:
    """
    Make developments of what a user wrote.

    Parameters
    ----------
    request
        The words.
    name
        Of the one development, if it was given none.

    Returns
    -------
    developments
        One, or one a row of the table.

    Raises
    ------
    StudyError
        For everything that is wrong, all at once.
    """
    faults: list[str] = []
    datum = _datum(request.datum, faults)
    ways = [request.at, request.polygon, request.table]
    if sum(way is not None for way in ways) != 1:
        faults.append("give exactly one of `--at`, `--polygon` and `--table`.")
    developments: list[Development] = []
    if request.table is not None:
        faults += _beside_table(request)
        developments = _of_table(request.table, datum, faults)
    else:
        numbers = _numbers(request, faults)
        phases = [_phase(text, faults) for text in request.phases]
        place = _place(request, datum, faults)
        if place is not None and not faults:
            whole = tuple(phase for phase in phases if phase is not None)
            developments = [_one(request.name or name, numbers, whole, place)]
    if faults:
        raise StudyError("lifecircle develop", faults)
    return tuple(developments)


def _datum(written: str | None, faults: list[str]) -> Datum | None:
    for known in get_args(Datum):
        if written == known:
            return known  # type: ignore[no-any-return]  # one of the literal's own words
    if written is not None:
        faults.append(f"`--datum` must be one of {', '.join(DATUMS)}; found {written!r}.")
    return None


def _numbers(request: Request, faults: list[str]) -> dict[str, float | None]:
    asked: tuple[tuple[str, str | None, Quantity, bool], ...] = (
        ("households", request.households, "households", True),
        ("population", request.population, "people", True),
        ("household_size", request.household_size, "people", True),
        ("floor_area_m2", request.floor_area, "area", False),
        ("land_area_m2", request.land_area, "area", False),
    )
    if request.households is None and not request.phases:
        faults.append("`--households` is missing (or give `--phase`).")
    found: dict[str, float | None] = {}
    for name, text, quantity, above in asked:
        option = f"--{name.removesuffix('_m2').replace('_', '-')}"
        found[name] = _number(text, quantity, option, faults, above=above)
    return found


def _number(
    text: str | None, quantity: Quantity, option: str, faults: list[str], *, above: bool
) -> float | None:
    if text is None:
        return None
    value, _ = parse_number(text, quantity=quantity)
    if math.isfinite(value) and (value > 0 or (value == 0 and not above)):
        return value
    faults.append(f"`{option}` must be a number {'>' if above else '>='} 0; found {text!r}.")
    return None


def _one(
    name: str, numbers: dict[str, float | None], phases: tuple[Phase, ...], place: gpd.GeoSeries
) -> Development:
    rest = {key: value for key, value in numbers.items() if key != "households"}
    return Development(
        name=name,
        place=place.iloc[0],
        crs=CRS.from_user_input(place.crs),
        households=numbers["households"] or sum(phase.households for phase in phases),
        phases=phases,
        **rest,
    )


def _phase(text: str, faults: list[str]) -> Phase | None:
    parts = [part.strip() for part in text.replace("：", ":").split(":")]
    if len(parts) not in _PHASE_PARTS or not parts[0]:
        faults.append(f"`--phase` must be NAME:HOUSEHOLDS or NAME:HOUSEHOLDS:M2; found {text!r}.")
        return None
    option = f"--phase {parts[0]}"
    households = _number(parts[1], "households", option, faults, above=True)
    area = _number(parts[2] if parts[2:] else None, "area", option, faults, above=False)
    return None if households is None else Phase(
        name=parts[0], households=households, floor_area_m2=area
    )  # fmt: skip


def _place(request: Request, datum: Datum | None, faults: list[str]) -> gpd.GeoSeries | None:
    if request.at is not None:
        return _point(request.at, datum or "wgs84", faults)
    if request.polygon is None:
        return None
    try:
        shapes = read_features(request.polygon, crs=None, datum=datum).geometry
    except LifeCircleError as error:
        faults += [Located(error.subject, problem) for problem in error.problems]
        return None
    polygons = shapes[shapely.get_dimensions(shapes.to_numpy()) == _POLYGON]
    if polygons.empty:
        faults.append(f"{request.polygon.name}: holds no polygon; draw the development as one.")
        return None
    whole = shapely.union_all(shapely.make_valid(polygons.to_numpy()))
    return gpd.GeoSeries([whole], crs=shapes.crs)


def _point(text: str, datum: Datum, faults: list[str]) -> gpd.GeoSeries | None:
    parts = unicodedata.normalize("NFKC", text).replace("、", ",").split(",")
    degrees = np.array([parse_number(part, quantity="degrees")[0] for part in parts])
    if len(degrees) != len(_MOST) or not (np.abs(degrees) <= _MOST).all():
        faults.append(f"`--at` must be LON,LAT in degrees, such as 122.04,37.40; found {text!r}.")
        return None
    longitude, latitude = degrees[:1], degrees[1:]
    if is_in_china(latitude, longitude)[0] and not is_in_china(longitude, latitude)[0]:
        faults.append(f"`--at` looks swapped: longitude comes first; found {text!r}.")
    x, y = to_wgs84(longitude, latitude, datum)
    return gpd.GeoSeries(shapely.points(x, y), crs=_WGS84)


def _beside_table(request: Request) -> Iterator[str]:
    alone = ("name", "households", "population", "household_size", "floor_area", "land_area",
             "phases")  # fmt: skip
    for option in alone:
        if getattr(request, option):
            written = option.removesuffix("s") if option == "phases" else option.replace("_", "-")
            yield f"`--{written}` is for one development; in a `--table` it is a column."


def _of_table(path: Path, datum: Datum | None, faults: list[str]) -> list[Development]:
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
    return [
        Development(
            name=str(row["name"] or key),
            place=row["geometry"],
            crs=CRS.from_user_input(table.crs),
            households=row["households"],
            population=_known(row["population"]),
            floor_area_m2=_known(row["own_floor_area_m2"]),
            land_area_m2=_known(row["own_land_m2"]),
        )
        for key, row in table.iterrows()
    ]


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _columns(path: Path) -> dict[str, str] | None:
    """Find floor and land area under the plain names that elsewhere would be unclear."""
    if checked_path(path).suffix.lower() not in (*DELIMITED, *WORKBOOKS):
        return None
    headers = list(read_cells(path).frame.columns)
    known = match_columns(headers, "residences", source=path.name)
    return {
        column: header
        for column, spellings in _SPARE.items()
        if column not in known
        for header in headers
        if plain(header) in spellings
    }
