"""Gates from a file: which residence they belong to, and whether people may leave by them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.read.hours import days_open, parse_week
from lifecircle.read.names import name_key
from lifecircle.read.opening import SourceOptions, open_source
from lifecircle.read.quality import Remark, Severity
from lifecircle.read.values import Opened, read_values, remark, text_of

__all__ = ["GateSource", "with_gates"]

Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]

_ON_OUTLINE_M: Final = 20.0
"""A gate without a residence belongs to the outline this near; one with is remarked beyond."""
_FARTHEST_M: Final = 500.0
"""A gate farther than this from the residence that it names has another's name, or another place.

No compound is that deep, and a residence that is drawn as a point stands in its middle.
"""
_EVERY_DAY: Final = 7
_AREA: Final = 2


class GateSource(NamedTuple):
    """
    A file of gates.

    Attributes
    ----------
    path
        A table or a vector file of points.
    options
        How to read it.
    at_minute
        The minute of the day at which people leave; None: at any time, hours do not matter.
    """

    path: str | Path
    options: SourceOptions
    at_minute: int | None = None


def with_gates(
    residences: gpd.GeoDataFrame, source: GateSource
) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    """
    Give residences their gates.

    Parameters
    ----------
    residences
        A complete contract table.
    source
        The gates. One belongs to the residence whose id it gives, else to the one whose name it
        gives, else to the nearest outline within 20 m.

    Returns
    -------
    residences
        With ``gates`` as MultiPoint: those that may be left by, empty if there are gates and none
        of them may be. A residence of which the file says nothing keeps the gates that it has.
    remarks
        The gates that belong to no residence, lie far from it, stand twice, or state hours that
        cannot be read; the residences that cannot be left.

    Raises
    ------
    TableError
        If the file cannot be read, holds no points, or states a direction that is not known.
    CrsError
        If its coordinate system is missing or wrong.
    """
    crs = CRS.from_user_input(residences.crs)
    opened, places, notes = open_source(source.path, "gates", crs, source.options)
    if places.fault is not None:
        raise places.fault
    values = read_values(opened)
    if values.problems:
        raise TableError(opened.input, values.problems)
    points = places.geometry
    owner, unclear = _owners(opened, residences, points)
    usable = owner >= 0
    remarks = [*notes, *places.remarks, *values.remarks, *unclear]
    remarks += _unmatched(opened, usable | shapely.is_missing(points))
    far = np.zeros(len(points))
    far[usable] = _away_m(residences, owner[usable], points[usable])
    usable &= far <= _FARTHEST_M
    remarks += _far(opened, residences, owner, far)
    twice = _twice(owner, points) & usable
    remarks += [_about(opened, "gate_twice", row, "note") for row in np.flatnonzero(twice).tolist()]
    leads_out, unread = _leads_out(opened, values.frame, source.at_minute)
    gates = _gathered(len(residences), owner, points, usable, leads_out)
    shut = residences.index[shapely.is_empty(gates) & ~shapely.is_missing(gates)]
    before = residences["gates"].to_numpy(dtype=object)
    gates = np.where(shapely.is_missing(gates), before, gates)
    placed = gpd.GeoSeries(gates, index=residences.index, crs=residences.crs)
    remarks += [*unread, *(remark(opened, "gates_all_shut", found=str(key)) for key in shut)]
    return residences.assign(gates=placed), remarks


def _owners(
    opened: Opened, residences: gpd.GeoDataFrame, points: Names
) -> tuple[npt.NDArray[np.int64], list[Remark]]:
    """Find the position of each gate's residence: by id, by name, by outline; -1 for none."""
    ids = text_of(opened, "residence_id").to_numpy(dtype=object)
    names = text_of(opened, "residence_name").map(name_key).to_numpy(dtype=object)
    owner = residences.index.get_indexer(pd.Index(ids)).astype(np.int64)
    owner[ids == ""] = -1
    keys = residences["name"].fillna("").map(name_key)
    single = keys[~keys.duplicated(keep=False) & keys.ne("")]
    by_name = residences.index.get_indexer(pd.Index(_found(names, single)))
    named = (ids == "") & (names != "")
    owner[named] = by_name[named]
    several = named & np.isin(names, keys[keys.duplicated() & keys.ne("")].to_numpy())
    on_outline = np.flatnonzero(
        ((ids == "") & (names == "") | several) & ~shapely.is_missing(points)
    )
    tree = shapely.STRtree(shapely.boundary(residences.geometry.to_numpy()))
    gate, outline = tree.query_nearest(
        points[on_outline], max_distance=_ON_OUTLINE_M, all_matches=False
    )
    owner[on_outline[gate]] = outline
    unclear = [_about(opened, "gate_name_unclear", row) for row in np.flatnonzero(several).tolist()]
    return np.where(shapely.is_missing(points), -1, owner), unclear


def _found(names: Names, single: pd.Series) -> list[object]:
    ids = pd.Series(single.index, index=single.to_numpy())
    return [ids.get(name) for name in names]


def _unmatched(opened: Opened, fine: Flags) -> Iterator[Remark]:
    for row in np.flatnonzero(~fine).tolist():
        said = (text_of(opened, name).iloc[row] for name in ("residence_id", "residence_name"))
        yield _about(opened, "gate_unmatched", row, found=next(filter(None, said), ""))


def _away_m(
    residences: gpd.GeoDataFrame, owner: npt.NDArray[np.int64], points: Names
) -> npt.NDArray[np.float64]:
    shapes = residences.geometry.to_numpy()[owner]
    outlines = np.where(shapely.get_dimensions(shapes) == _AREA, shapely.boundary(shapes), shapes)
    return np.asarray(shapely.distance(outlines, points))


def _far(
    opened: Opened,
    residences: gpd.GeoDataFrame,
    owner: npt.NDArray[np.int64],
    far: npt.NDArray[np.float64],
) -> Iterator[Remark]:
    """Remark on gates that stand off their outline; a point has none to stand on."""
    is_area = shapely.get_dimensions(residences.geometry.to_numpy())[owner] == _AREA
    for row in np.flatnonzero((far > _FARTHEST_M) | ((far > _ON_OUTLINE_M) & is_area)).tolist():
        reason = "gate_left_out" if far[row] > _FARTHEST_M else "gate_far"
        found = f"{residences.index[owner[row]]}: {far[row]:,.0f} m"
        yield _about(opened, reason, row, found=found)


def _twice(owner: npt.NDArray[np.int64], points: Names) -> Flags:
    middle = shapely.centroid(points)
    xy = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    rows = pd.DataFrame(np.rint(xy * 1000)).assign(owner=owner)
    return rows.duplicated().to_numpy() & ~shapely.is_missing(points)


def _leads_out(
    opened: Opened, values: pd.DataFrame, at_minute: int | None
) -> tuple[Flags, list[Remark]]:
    """Tell which gates may be left by on every day, and remark on other hours."""
    text = text_of(opened, "hours")
    weeks = [parse_week(cell) if cell else None for cell in text]
    remarks = [
        _about(opened, "hours_unreadable", row, found=cell)
        for row, (cell, read) in enumerate(zip(text, weeks, strict=True))
        if cell and read is None
    ]
    days = np.array(
        [
            _EVERY_DAY if at_minute is None or read is None else days_open(read, at_minute)
            for read in weeks
        ],
        dtype=np.int64,
    )
    leads = days == _EVERY_DAY
    some_days = np.flatnonzero((days > 0) & ~leads)
    remarks += [
        _about(opened, "gate_shut_some_days", row, found=text.iloc[row])
        for row in some_days.tolist()
    ]
    if "direction" in values:
        leads &= values["direction"].ne("in").to_numpy()
    return leads, remarks


def _gathered(
    residences: int, owner: npt.NDArray[np.int64], points: Names, usable: Flags, leads_out: Flags
) -> Names:
    gates = np.full(residences, None, dtype=object)
    for home in np.unique(owner[usable]):
        mine = points[usable & leads_out & (owner == home)]
        gates[home] = shapely.MultiPoint(np.unique(shapely.get_coordinates(mine), axis=0))
    return gates


def _about(
    opened: Opened, reason: str, row: int, severity: Severity = "warning", found: str | None = None
) -> Remark:
    name = text_of(opened, "name").iloc[row]
    said = name if found is None else f"{name} {found}".strip()
    return remark(
        opened,
        reason,
        row=int(opened.cells.index[row]),
        found=said,
        severity=severity,
    )
