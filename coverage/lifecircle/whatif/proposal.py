"""A development that may be built: what it is, what can be wrong with it, and its residences."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.standards.arguments import FloorAreaArguments, NewAreasArguments
from lifecircle.standards.model import Rule, Standard, Wording
from lifecircle.tables import complete

__all__ = [
    "Development",
    "Phase",
    "as_residences",
    "asking_new",
    "place_problems",
    "problems_of",
    "with_local_rate",
]

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
    place
        Its own polygon or point, in the development's CRS; None where it lies with the rest.
    """

    name: str
    households: float
    floor_area_m2: float | None = None
    place: shapely.Geometry | None = None


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
        Its phases in the order they are built, judged as one sum where the standard pools; none
        for a single one.
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


def with_local_rate(standard: Standard, m2_per_100_households: float | None) -> Standard:
    """
    Let a document that asks new residences "by the standard" ask what the study says holds here.

    Parameters
    ----------
    standard
        The document.
    m2_per_100_households
        The study's rate; None without one.

    Returns
    -------
    standard
        With one more rule, if the document asks new residences for facilities and names no rate;
        else as it is.
    """
    rate = m2_per_100_households
    silent = [
        rule
        for rule in standard.rules
        if isinstance(rule.arguments, NewAreasArguments) and rule.arguments.rule is None
    ]
    if rate is None or not silent or asking_new(standard) is not None:
        return standard
    local = Rule(
        id=f"{standard.id}-new-local",
        clause=silent[0].clause,
        title=silent[0].title,
        reading=Wording(
            zh=f"文件未给出面积标准；按研究设定的每百户{rate:g}平方米"
            "（new_area_m2_per_100_households），以配建台账判定。",
            en=f"The document names no rate; {rate:g} m² per 100 households is what the study sets "
            "(new_area_m2_per_100_households), by the own ledger.",
        ),
        arguments=FloorAreaArguments(
            measure="floor_area_per_100_households",
            status="new",
            ledger="own",
            kinds=standard.floor_area_kinds,
            highest_floor=standard.highest_floor,
        ),
        limit=Decimal(repr(rate)),
        unit="m² per 100 households",
    )
    return standard.model_copy(update={"rules": (*standard.rules, local)})


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
    places = {f"{one.name!r}": one.place}
    places |= {
        f"{one.name!r}, phase {phase.name!r}": phase.place
        for phase in one.phases
        if phase.place is not None
    }
    for name, place in places.items():
        if shapely.get_dimensions(place) == 1 or shapely.is_empty(place):
            yield f"{name}: the place must be a polygon or a point."
        elif area is not None and not _lies_in(place, area):
            away = shapely.distance(place, area)
            how = f"{away:,.0f} m from it" if away else "more than half of it beyond the border"
            yield (
                f"{name} lies outside the study area ({how}); look at the coordinates and "
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
        A contract table, one row a phase, in their order. Floor area that is not told by phase
        stands with the first.
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
        geometry=[one.place if phase.place is None else phase.place for phase in phases],
        index=index,
        crs=one.crs,
    )
    return complete(frame, "residences")
