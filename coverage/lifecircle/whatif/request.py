"""What a user writes about developments on the command line, or in a table, made into them."""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from lifecircle.datum import DATUMS, Datum, is_in_china, to_wgs84
from lifecircle.errors import LifeCircleError, Located, StudyError
from lifecircle.read.vectors import read_features
from lifecircle.units import Quantity, parse_number
from lifecircle.whatif.development_table import table_developments
from lifecircle.whatif.proposal import Development, Phase

__all__ = ["Request", "read_request"]

_WGS84: Final = 4326
_POLYGON: Final = 2
_MOST: Final = (180.0, 90.0)
_PHASE_PARTS: Final = (2, 3)


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
        ``NAME:HOUSEHOLDS`` or ``NAME:HOUSEHOLDS:M2``, with ``@LON,LAT`` where it lies by itself.
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
    given = sum(way is not None for way in ways)
    scattered = bool(request.phases) and all("@" in text for text in request.phases)
    if given > 1 or (not given and not scattered):
        faults.append(
            "give exactly one of `--at`, `--polygon` and `--table` "
            "(or each `--phase` its `@LON,LAT`)."
        )
    developments: list[Development] = []
    if request.table is not None:
        faults += _beside_table(request)
        developments = table_developments(request.table, datum, faults)
    else:
        numbers = _numbers(request, faults)
        place = _place(request, datum, faults)
        crs = _WGS84 if place is None else place.crs
        phases = [_phase(text, datum or "wgs84", crs, faults) for text in request.phases]
        whole = tuple(phase for phase in phases if phase is not None)
        if not faults:
            if place is None:
                there = shapely.union_all([phase.place for phase in whole])
                place = gpd.GeoSeries([there], crs=crs)
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


def _phase(text: str, datum: Datum, crs: object, faults: list[str]) -> Phase | None:
    told, _, at = text.partition("@")
    parts = [part.strip() for part in told.replace("：", ":").split(":")]
    if len(parts) not in _PHASE_PARTS or not parts[0]:
        form = "NAME:HOUSEHOLDS[:M2][@LON,LAT]"
        faults.append(f"`--phase` must be {form}; found {text!r}.")
        return None
    point = _point(at, datum, f"--phase {parts[0]}", faults) if "@" in text else None
    place = None if point is None else point.to_crs(CRS.from_user_input(crs)).iloc[0]
    option = f"--phase {parts[0]}"
    households = _number(parts[1], "households", option, faults, above=True)
    area = _number(parts[2] if parts[2:] else None, "area", option, faults, above=False)
    return None if households is None else Phase(
        name=parts[0], households=households, floor_area_m2=area, place=place
    )  # fmt: skip


def _place(request: Request, datum: Datum | None, faults: list[str]) -> gpd.GeoSeries | None:
    if request.at is not None:
        return _point(request.at, datum or "wgs84", "--at", faults)
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


def _point(text: str, datum: Datum, option: str, faults: list[str]) -> gpd.GeoSeries | None:
    parts = unicodedata.normalize("NFKC", text).replace("、", ",").split(",")
    degrees = np.array([parse_number(part, quantity="degrees")[0] for part in parts])
    if len(degrees) != len(_MOST) or not (np.abs(degrees) <= _MOST).all():
        faults.append(
            f"`{option}` must be LON,LAT in degrees, such as 122.04,37.40; found {text!r}."
        )
        return None
    longitude, latitude = degrees[:1], degrees[1:]
    if is_in_china(latitude, longitude)[0] and not is_in_china(longitude, latitude)[0]:
        faults.append(f"`{option}` looks swapped: longitude comes first; found {text!r}.")
    x, y = to_wgs84(longitude, latitude, datum)
    return gpd.GeoSeries(shapely.points(x, y), crs=_WGS84)


def _beside_table(request: Request) -> Iterator[str]:
    alone = ("name", "households", "population", "household_size", "floor_area", "land_area",
             "phases")  # fmt: skip
    for option in alone:
        if getattr(request, option):
            written = option.removesuffix("s") if option == "phases" else option.replace("_", "-")
            yield f"`--{written}` is for one development; in a `--table` it is a column."
