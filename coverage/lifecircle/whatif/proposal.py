"""A development that may be built: what it is, what can be wrong with it, and its residences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.standards.arguments import FloorAreaArguments
from lifecircle.standards.model import Standard
from lifecircle.tables import complete

__all__ = ["Development", "Phase", "as_residences", "asking_new", "place_problems", "problems_of"]

_ID: Final = "development"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """
    One part of a development that is built at its own time.

    Attributes
    ----------
    name
        What it is called.
    households
        How many it has.
    floor_area_m2
        Eldercare floor area built with it; None if that is not known.
    """

    name: str
    households: float
    floor_area_m2: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Development:
    """
    A new residence that is not there yet.

    Attributes
    ----------
    name
        What it is called.
    place
        A polygon, or a point.
    crs
        What the place's coordinates are.
    households
        How many it has in all.
    population
        Its residents; None if they are not known.
    household_size
        People in a household, which tells the residents where `population` is not known.
    floor_area_m2
        Eldercare floor area that is built with it; None counts as 0 m².
    land_area_m2
        Eldercare land set aside in it; None if it is not known.
    phases
        Its phases, judged as one sum where the standard pools; none for a single one.
    """

    name: str
    place: shapely.Geometry
    crs: CRS
    households: float
    population: float | None = None
    household_size: float | None = None
    floor_area_m2: float | None = None
    land_area_m2: float | None = None
    phases: tuple[Phase, ...] = ()


def problems_of(one: Development, standard: Standard) -> Iterator[str]:
    """
    Say what is wrong with a development's numbers.

    Parameters
    ----------
    one
        The development.
    standard
        What it is to be checked by.

    Yields
    ------
    problem
        One sentence each.
    """
    amounts = {"households": one.households, "population": one.population,
               "household_size": one.household_size}  # fmt: skip
    amounts |= {f"households of phase {phase.name!r}": phase.households for phase in one.phases}
    areas = {"floor_area_m2": one.floor_area_m2, "land_area_m2": one.land_area_m2}
    areas |= {f"floor_area_m2 of phase {each.name!r}": each.floor_area_m2 for each in one.phases}
    for name, value in amounts.items():
        if value is not None and not 0 < value < float("inf"):
            yield f"{one.name!r}: {name} must be a number > 0; found {value!r}."
    for name, value in areas.items():
        if value is not None and not 0 <= value < float("inf"):
            yield f"{one.name!r}: {name} must be a number >= 0; found {value!r}."
    yield from _phase_problems(one, standard)


def _phase_problems(one: Development, standard: Standard) -> Iterator[str]:
    if not one.phases:
        return
    households = sum(phase.households for phase in one.phases)
    if households != one.households:
        yield (
            f"{one.name!r}: the phases have {households:g} households together, but the "
            f"development has {one.households:g}."
        )
    known = [phase.floor_area_m2 for phase in one.phases if phase.floor_area_m2 is not None]
    if known and one.floor_area_m2 not in {None, sum(known)}:
        yield (
            f"{one.name!r}: the phases have {sum(known):g} m² together, but the development "
            f"has {one.floor_area_m2:g} m²."
        )
    rule = asking_new(standard)
    alone = rule is not None and not rule.pooled
    if alone and not known and one.floor_area_m2:
        yield f"{one.name!r}: {standard.id} judges each phase alone; give each phase its m²."


def asking_new(standard: Standard) -> FloorAreaArguments | None:
    """
    Find what asks new residences for floor area.

    Parameters
    ----------
    standard
        The document.

    Returns
    -------
    arguments
        Those of its rule for new residences; None without one.
    """
    asking = (rule.arguments for rule in standard.floor_area_rules)
    return next((one for one in asking if one.status in {"new", "all"}), None)


def place_problems(one: Development, area: shapely.Geometry | None) -> Iterator[str]:
    """
    Say what is wrong with a development's place.

    Parameters
    ----------
    one
        The development, in the study's CRS.
    area
        The study area; None takes every place.

    Yields
    ------
    problem
        One sentence each.
    """
    if shapely.get_dimensions(one.place) == 1 or shapely.is_empty(one.place):
        yield f"{one.name!r}: the place must be a polygon or a point."
    elif area is not None and not _lies_in(one.place, area):
        away = shapely.distance(one.place, area)
        how = f"{away:,.0f} m from it" if away else "more than half of it beyond the border"
        yield (
            f"{one.name!r} lies outside the study area ({how}); look at the coordinates and "
            "their datum."
        )


def _lies_in(place: shapely.Geometry, area: shapely.Geometry) -> bool:
    size = shapely.area(place)
    if not size:
        return bool(shapely.intersects(place, area))
    return bool(shapely.area(shapely.intersection(place, area)) >= size / 2)


def as_residences(one: Development, *, taken: pd.Index) -> gpd.GeoDataFrame:
    """
    Write a development as new residences of one pool.

    Parameters
    ----------
    one
        The development, in the study's CRS.
    taken
        The identifiers that are taken.

    Returns
    -------
    residences
        A contract table, one row a phase.
    """
    phases = one.phases or (Phase(name=one.name, households=one.households),)
    split = any(phase.floor_area_m2 is not None for phase in phases)
    areas = [phase.floor_area_m2 or 0.0 for phase in phases]
    if not split:
        areas[0] = one.floor_area_m2 or 0.0
    stem = _ID
    while any(str(key).startswith(stem) for key in taken):
        stem += "'"
    index = pd.Index([f"{stem}:{1 + place}" for place in range(len(phases))], name="residence_id")
    frame = gpd.GeoDataFrame(
        {
            "name": [phase.name for phase in phases],
            "households": [float(phase.households) for phase in phases],
            "status": "new",
            "own_floor_area_m2": areas,
            "pool_id": stem,
        },
        geometry=[one.place] * len(phases),
        index=index,
        crs=one.crs,
    )
    return complete(frame, "residences")
