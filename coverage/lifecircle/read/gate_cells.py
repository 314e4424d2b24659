"""Gates as a table of residences states them: longitudes and latitudes in one cell."""

import re
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.datum import Datum
from lifecircle.read.coordinates import pairs_from_cells
from lifecircle.read.places import Places
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, Values, remark, text_of
from lifecircle.read.vectors import project_degrees

__all__ = ["with_gate_cells"]

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

_BETWEEN: Final = re.compile(r"[;；|\n]+|\)\s*[,，]\s*\(")
_ON_OUTLINE_M: Final = 20.0
_FARTHEST_M: Final = 500.0
_MOST: Final = (180.0, 90.0)
_AREA: Final = 2


def with_gate_cells(
    opened: Opened, values: Values, places: Places, *, datum: Datum | None
) -> Values:
    """
    Read the gates that stand in the residences' own table.

    Parameters
    ----------
    opened
        The table as text; its column ``gates``, if it has one, holds longitude and latitude of each
        gate, such as ``114.31,30.52; 114.32,30.53``.
    values
        What its cells say.
    places
        Where the residences are.
    datum
        What the degrees are.

    Returns
    -------
    values
        With ``gates``: a MultiPoint for each row, in the coordinate system of `places`, None where
        none is told. What cannot be read is remarked on, and gates that lie far from their
        residence: over 500 m they are left out.
    """
    if "gates" not in opened.columns or places.fault is not None:
        return values
    gates, remarks = _gates(opened, places, datum)
    return replace(
        values, frame=values.frame.assign(gates=gates), remarks=[*values.remarks, *remarks]
    )


def _gates(opened: Opened, places: Places, datum: Datum | None) -> tuple[Geometries, list[Remark]]:
    cells = text_of(opened, "gates").to_numpy(dtype=object)
    gates = np.full(len(cells), None, dtype=object)
    told = np.flatnonzero(cells != "")
    if not len(told):
        return gates, []
    if datum is None:
        return gates, [remark(opened, "gates_without_datum", column="gates")]
    parts = [_BETWEEN.split(cells[row].strip(" ;；|\n")) for row in told]
    owner = np.repeat(told, [len(each) for each in parts])
    degrees, _ = pairs_from_cells([part for each in parts for part in each])
    with np.errstate(invalid="ignore"):
        usable = (np.abs(degrees) <= _MOST).all(axis=1)
    remarks = [
        _about(opened, "gates_unreadable", row, cells[row])
        for row in np.unique(owner[~usable]).tolist()
    ]
    usable &= ~shapely.is_missing(places.geometry[owner])
    owner = owner[usable]
    points = project_degrees(
        np.asarray(shapely.points(degrees[usable]), dtype=object), datum=datum, crs=places.crs
    )
    away_m, is_far = _away(places.geometry[owner], points)
    remarks += [
        _about(opened, reason, owner[gate], f"{away_m[gate]:,.0f} m")
        for gate in np.flatnonzero(is_far).tolist()
        for reason in ("gate_left_out" if away_m[gate] > _FARTHEST_M else "gate_far",)
    ]
    near = away_m <= _FARTHEST_M
    for row in np.unique(owner[near]):
        gates[row] = shapely.MultiPoint(points[near & (owner == row)].tolist())
    return gates, remarks


def _about(opened: Opened, reason: str, row: int, found: str) -> Remark:
    number = int(opened.cells.index[row])
    name = text_of(opened, "name").iloc[row]
    return remark(opened, reason, row=number, column="gates", found=f"{name} {found}".strip())


def _away(shapes: Geometries, points: Geometries) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Measure from gates to outlines, and tell which are far; a point has none to stand on."""
    is_area = shapely.get_dimensions(shapes) == _AREA
    outlines = np.where(is_area, shapely.boundary(shapes), shapes)
    away_m = np.asarray(shapely.distance(outlines, points), dtype=np.float64)
    return away_m, (away_m > _FARTHEST_M) | ((away_m > _ON_OUTLINE_M) & is_area)
