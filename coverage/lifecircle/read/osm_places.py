"""Facilities and residences from an OpenStreetMap file."""

import logging
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.read.osm_areas import Feature, Features, read_features
from lifecircle.read.osm_file import require_metres
from lifecircle.read.osm_homes import HOUSES, ROWS, is_home
from lifecircle.read.osm_kinds import KindFound, facility_kind, place_name
from lifecircle.read.quality import Remark, Severity, quality_table
from lifecircle.study import HouseholdRule
from lifecircle.tables import complete, some

__all__ = ["read_osm_facilities", "read_osm_residences"]

logger = logging.getLogger(__name__)

_Ints = npt.NDArray[np.int64]
_Tags = Mapping[str, str]

# One place drawn as a node, a building and a relation lies within this of itself.
_SAME_PLACE_M: Final = 50.0
# Homes nearer than this are one block; a block stays within one cell of the grid.
_BLOCK_GAP_M: Final = 15.0
_BLOCK_CELL_M: Final = 150.0


_FACILITY_KEYS: Final = ("amenity", "healthcare", "social_facility")
_OPERATORS: Final = {
    "public": "public",
    "government": "public",
    "private": "private",
    "private_non_profit": "private",
    "ngo": "private",
    "religious": "private",
}

_MOST_LEVELS: Final = 200.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    row: Feature
    shape: shapely.Geometry
    kind: KindFound


def read_osm_facilities(path: Path, *, crs: CRS) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Read the places of eldercare and nursery care that a map knows.

    The kind is told from a Chinese name where it says one, else from the tags. Homes and social
    facilities count only if they are for seniors (``social_facility:for``, or the name); those
    tagged as nursing homes count unless they are said to be for others.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file.
    crs
        A projected coordinate system in metres.

    Returns
    -------
    facilities
        The contract's columns. An area stands at a point inside it; doors on its outline are its
        entrances. The floor area of a building is its footprint times ``building:levels``, else
        NaN; the land of an area that is no building is its ``land_area_m2``. Nothing is clipped.
    quality
        What decided each kind, what was estimated, left out or counted once.

    Raises
    ------
    NetworkError
        If the file cannot be read.
    CrsError
        If `crs` is not in metres.
    """
    require_metres(crs)
    features = read_features(path, keys=_FACILITY_KEYS, crs=crs)
    drawn = _places(features)
    again = _drawn_again(drawn)
    facilities = _facilities([place for place in drawn if place.row.id not in again], features, crs)
    remarks = [
        *(
            _remark(path, "outline_broken", row.id, "lost")
            for row in features.broken
            if facility_kind(row.tags)
        ),
        *(_remark(path, place.kind.reason, _because(place)) for place in drawn),
        *(_remark(path, "same_place_twice", f"{lost} = {kept}") for lost, kept in again.items()),
        *_estimated_areas(path, facilities),
    ]
    logger.info("%s: %d facilities", path.name, len(facilities))
    return facilities, quality_table(remarks)


def read_osm_residences(
    path: Path, *, crs: CRS, rule: HouseholdRule
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Make residences of residential areas and of the homes outside them.

    Each ``landuse=residential`` area is one residence; its households are those of the homes
    inside it, where a plain ``building=yes`` without another use counts as a home. Homes outside
    all areas (residential kinds of ``building`` only) are put together into blocks: those nearer
    than 15 m to each other, in one cell of a grid of 150 m. A home in two areas belongs to the
    smaller one. Gates (``barrier=gate`` and the like) and entrances that are nodes of an area's
    outline, and may be passed, are its gates.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file.
    crs
        A projected coordinate system in metres.
    rule
        How households are estimated.

    Returns
    -------
    residences
        The contract's columns, all ``households_estimated``; a block is named after the first of
        its buildings, ``osm:block:w123``, and consists of their footprints. An area without homes
        has unknown households (NaN). Nothing is clipped.
    quality
        The rule of the estimate, the areas without homes, the outlines that were not read.

    Raises
    ------
    NetworkError
        If the file cannot be read.
    CrsError
        If `crs` is not in metres.
    """
    require_metres(crs)
    features = read_features(path, keys=("building", "landuse"), crs=crs, with_gates=True)
    drawn = np.array([row.id[4] != "n" for row in features.rows], dtype=bool)
    areas = drawn & np.array([_is_residential_area(row) for row in features.rows], dtype=bool)
    homes, home_area = _homes(features, drawn, np.flatnonzero(areas))
    households = np.array(
        [_households(features.rows[home].tags, features.shapes[home].area, rule) for home in homes]
    )
    outside = home_area < 0
    residences = pd.concat(
        [
            _area_rows(features, np.flatnonzero(areas), home_area[~outside], households[~outside]),
            _block_rows(features, homes[outside], households[outside]),
        ]
    )
    table = complete(gpd.GeoDataFrame(residences, geometry="geometry", crs=crs), "residences")
    remarks = [
        _remark(path, "households_estimated", repr(rule)),
        *(
            _remark(path, "households_unknown", name, "warning")
            for name in table.index[table["households"].isna()]
        ),
        *_gates_taken(path, table),
        *_broken_outlines(path, features),
    ]
    logger.info("%s: %d residences of %d homes", path.name, len(table), len(homes))
    return table, quality_table(remarks)


def _remark(
    path: Path, reason: str, found: str, severity: Severity = "note", field: str | None = None
) -> Remark:
    return Remark(input=path.name, field=field, reason=reason, found=found, severity=severity)


def _places(features: Features) -> list[_Place]:
    kinds = [facility_kind(row.tags) for row in features.rows]
    return [
        _Place(row=row, shape=shape, kind=kind)
        for row, shape, kind in zip(features.rows, features.shapes, kinds, strict=True)
        if kind
    ]


def _because(place: _Place) -> str:
    return f"{place.row.id} {place.kind.because}: {place.kind.kind}"


def _drawn_again(places: list[_Place]) -> dict[str, str]:
    # Relations before ways before nodes: the fuller drawing stays.
    order = sorted(
        range(len(places)), key=lambda at: ("rwn".index(places[at].row.id[4]), places[at].row.id)
    )
    shapes = np.array([place.shape for place in places], dtype=object)
    near: dict[int, list[int]] = {at: [] for at in order}
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SAME_PLACE_M)
    for one, other in pairs.T.tolist():
        name = place_name(places[one].row.tags)
        if one != other and name and name == place_name(places[other].row.tags):
            near[one].append(other)
    rank = {at: number for number, at in enumerate(order)}
    again: dict[int, int] = {}
    for at in order:
        fuller = [other for other in near[at] if rank[other] < rank[at] and other not in again]
        if fuller:
            again[at] = min(fuller, key=rank.__getitem__)
    return {places[lost].row.id: places[kept].row.id for lost, kept in again.items()}


def _facilities(places: list[_Place], features: Features, crs: CRS) -> gpd.GeoDataFrame:
    rows = [_facility(place, features) for place in places]
    frame = gpd.GeoDataFrame(
        rows,
        columns=[*(rows[0] if rows else ("kind", "geometry"))],
        index=pd.Index([place.row.id for place in places], dtype=object),
        geometry="geometry",
        crs=crs,
    )
    return complete(frame, "facilities")


def _facility(place: _Place, features: Features) -> dict[str, object]:
    tags = place.row.tags
    is_building = tags.get("building", "no") != "no"
    kind = place.kind.kind
    ground_m2 = float(shapely.area(place.shape))
    floor_area_m2 = ground_m2 * _number(tags, "building:levels", high=_MOST_LEVELS)
    capacity = _number(tags, "capacity")
    lodges = kind in {"nursing_home", "care_home"}
    is_area = place.row.id[4] != "n"
    return {
        "name": place_name(tags) or None,
        "kind": kind,
        "entrances": _doors(place.row, features),
        "floor_area_m2": floor_area_m2 if is_area and is_building else math.nan,
        "land_area_m2": ground_m2 if is_area and not is_building else math.nan,
        "beds": _first(_number(tags, "beds"), capacity if lodges else math.nan),
        "nursery_places": capacity if kind == "nursery" else math.nan,
        "operator": _OPERATORS.get(tags.get("operator:type", "")),
        "status": "operating",
        "open_year": _number({"year": tags.get("start_date", "")[:4]}, "year", low=1800, high=2200),
        "floor": _number(tags, "level", low=-20, high=_MOST_LEVELS),
        "geometry": shapely.point_on_surface(place.shape),
    }


def _doors(row: Feature, features: Features) -> shapely.MultiPoint | None:
    return shapely.MultiPoint([features.doors[door] for door in row.doors]) if row.doors else None


def _gates_taken(path: Path, residences: gpd.GeoDataFrame) -> Iterable[Remark]:
    gated = residences.index[residences["gates"].notna()]
    if len(gated):
        yield _remark(path, "gates_from_osm", f"{len(gated)}: {some(gated)}", field="gates")


def _number(tags: _Tags, key: str, *, low: float = 0.0, high: float = 100_000.0) -> float:
    text = tags.get(key, "").strip()
    if not re.fullmatch(r"-?\d{1,9}(\.\d+)?", text, re.ASCII):
        return math.nan
    value = float(text)
    return value if low <= value <= high else math.nan


def _first(*values: float) -> float:
    return next((value for value in values if not math.isnan(value)), math.nan)


def _estimated_areas(path: Path, facilities: gpd.GeoDataFrame) -> Iterable[Remark]:
    known = facilities["floor_area_m2"].dropna()
    for name, floor_area_m2 in known.items():
        found = f"{name}: {floor_area_m2:.0f} m²"
        yield _remark(path, "floor_area_estimated", found, field="building:levels")


def _is_residential_area(row: Feature) -> bool:
    return row.tags.get("landuse") == "residential"


def _homes(features: Features, drawn: npt.NDArray[np.bool_], areas: _Ints) -> tuple[_Ints, _Ints]:
    buildings = np.flatnonzero(
        drawn & np.array([row.tags.get("building", "no") != "no" for row in features.rows], bool)
    )
    points = shapely.point_on_surface(features.shapes[buildings])
    inside, area = shapely.STRtree(features.shapes[areas]).query(points, predicate="intersects")
    sizes = shapely.area(features.shapes[areas])
    # The smallest area comes last and stays; of equal ones the first.
    order = np.lexsort((-area, -sizes[area]))
    home_area = np.full(len(buildings), -1)
    home_area[inside[order]] = area[order]
    homes = np.array(
        [
            is_home(features.rows[building].tags, in_area=bool(at >= 0))
            for building, at in zip(buildings.tolist(), home_area.tolist(), strict=True)
        ],
        dtype=bool,
    )
    return buildings[homes], home_area[homes]


def _households(tags: _Tags, footprint_m2: float, rule: HouseholdRule) -> int:
    flats = _number(tags, "building:flats", low=1.0)
    if not math.isnan(flats):
        return int(flats)
    if tags["building"] in HOUSES:
        return 1
    if tags["building"] in ROWS:
        estimate = footprint_m2 / rule.terrace_m2_per_household
    else:
        tagged = _number(tags, "building:levels", low=0.5, high=_MOST_LEVELS)
        levels = _first(tagged, rule.default_levels)
        estimate = footprint_m2 * levels * rule.net_share / rule.m2_per_household
    return max(1, math.floor(estimate + 0.5))


def _area_rows(
    features: Features, areas: _Ints, home_area: _Ints, households: _Ints
) -> pd.DataFrame:
    sums = np.bincount(home_area, weights=households, minlength=len(areas))
    homes = np.bincount(home_area, minlength=len(areas))
    rows = [features.rows[area] for area in areas]
    return pd.DataFrame(
        {
            "name": [place_name(row.tags) or None for row in rows],
            "gates": [_doors(row, features) for row in rows],
            "households": np.where(homes > 0, sums, np.nan),
            "households_estimated": True,
            "geometry": features.shapes[areas],
        },
        index=[row.id for row in rows],
    )


def _block_rows(features: Features, homes: _Ints, households: _Ints) -> pd.DataFrame:
    shapes = features.shapes[homes]
    block = _blocks(shapes)
    first = np.unique(block, return_index=True)[1]
    order = np.argsort(block, kind="stable")
    parts = np.split(shapes[order], np.searchsorted(block[order], np.arange(1, len(first))))
    return pd.DataFrame(
        {
            "name": None,
            "gates": None,
            "households": np.bincount(block, weights=households, minlength=len(first)),
            "households_estimated": True,
            "geometry": np.array([shapely.union_all(part) for part in parts[: len(first)]], object),
        },
        index=[f"osm:block:{features.rows[home].id[4:]}" for home in homes[first]],
    )


def _blocks(shapes: npt.NDArray[np.object_]) -> _Ints:
    points = shapely.point_on_surface(shapes)
    cell = np.floor(np.column_stack([shapely.get_x(points), shapely.get_y(points)]) / _BLOCK_CELL_M)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_BLOCK_GAP_M)
    together = (cell[one] == cell[other]).all(axis=1)
    one, other = one[together], other[together]
    links = coo_array((np.ones(len(one)), (one, other)), shape=(len(shapes), len(shapes)))
    _, label = connected_components(links, directed=False)
    _, first, block = np.unique(label, return_index=True, return_inverse=True)
    # Numbered in the order of their first building.
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[block], dtype=np.int64)


def _broken_outlines(path: Path, features: Features) -> Iterable[Remark]:
    broken = [
        row.id
        for row in features.broken
        if _is_residential_area(row) or row.tags.get("building", "no") != "no"
    ]
    if broken:
        yield _remark(path, "outline_broken", f"{len(broken)}: {some(broken)}", "warning")
