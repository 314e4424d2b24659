"""Homes of residences: weighted points inside them, from which people walk to the gate."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

__all__ = ["Homes", "footprint_homes", "sampled_homes"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

FINEST_CELL_M: Final = 40.0
"""Side of the cells that a residence is cut into, one home a cell."""
MOST_CELLS: Final = 64
"""A residence with room for more cells is cut into larger ones."""

_AREA: Final = 2
_UNITS_PER_M2: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Homes:
    """
    Where people live in residences, sorted by residence, easting and northing.

    Attributes
    ----------
    ids
        Identifiers of the residences, ascending as text; shape (residences,).
    residence
        The position in `ids` that each home belongs to; shape (homes,).
    points
        Where the homes are.
    weight
        What each home counts for among those of its residence: whole, 1 at least.
    """

    ids: pd.Index
    residence: Integers
    points: Geometries
    weight: Integers

    @property
    def total(self) -> Integers:  # numpydoc ignore=RT01
        """Return the weights of the homes of each residence, added up."""
        total = np.zeros(len(self.ids), dtype=np.int64)
        np.add.at(total, self.residence, self.weight)
        return total


class _Found(NamedTuple):
    residence: Integers
    points: Geometries
    weight: Integers


def sampled_homes(geometry: pd.Series) -> Homes:
    """
    Spread homes evenly over residences.

    Parameters
    ----------
    geometry
        Points or polygons in metres, indexed by the residences' identifiers.

    Returns
    -------
    homes
        Of a polygon one home for each piece that a grid cuts off it, weighed by the piece's area;
        a point is one home. The same for the same outline, whatever stands around it.

    Notes
    -----
    The grid is laid from the south-west corner of the residence's own extent. Its cells are squares
    of 40 m, larger where more than 64 would be needed for the residence's area: a compound of
    4 ha has about 25 homes, one of over 10 ha about 64. A home stands in the middle of its piece,
    or, if that lies outside, at a point within: nobody lives farther from the home that stands for
    them than the diagonal of a cell (57 m), and half of it in an undivided cell. Parts of a
    residence share its homes by area.

    Examples
    --------
    >>> homes = sampled_homes(pd.Series({"R1": shapely.box(0, 0, 80, 40)}))
    >>> shapely.get_coordinates(homes.points).tolist(), homes.weight.tolist()
    ([[20.0, 20.0], [60.0, 20.0]], [160000, 160000])
    """
    ids, shapes = _ordered(geometry)
    return _homes(ids, _samples(shapes, np.arange(len(shapes))))


def footprint_homes(
    geometry: pd.Series, footprints: pd.Series, *, levels: pd.Series, default_levels: float
) -> Homes:
    """
    Take the buildings that stand in residences for their homes.

    Parameters
    ----------
    geometry
        Points or polygons in metres, indexed by the residences' identifiers.
    footprints
        Outlines of dwellings in the same CRS.
    levels
        Storeys of each, on the same index; NaN where they are not known.
    default_levels
        What is taken for them there.

    Returns
    -------
    homes
        One for each building, at a point within its footprint, weighed by footprint x storeys. A
        building belongs to the smallest residence (of equal ones the lower identifier) that holds
        the point. A residence without buildings is sampled, as `sampled_homes` does.

    Examples
    --------
    >>> homes = footprint_homes(
    ...     pd.Series({"R1": shapely.box(0, 0, 80, 80)}),
    ...     pd.Series([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 20)]),
    ...     levels=pd.Series([6.0, float("nan")]),
    ...     default_levels=3,
    ... )
    >>> homes.weight.tolist()
    [60000, 60000]
    """
    ids, shapes = _ordered(geometry)
    outlines = np.asarray(footprints.array, dtype=object)
    points = np.asarray(shapely.point_on_surface(outlines), dtype=object)
    building, residence = shapely.STRtree(shapes).query(points, predicate="intersects")
    is_area = shapely.get_dimensions(shapes[residence]) == _AREA
    building, residence = building[is_area], residence[is_area]
    order = np.lexsort((residence, shapely.area(shapes[residence]), building))
    first = order[np.flatnonzero(np.diff(building[order], prepend=-1))]
    building, residence = building[first], residence[first]
    storeys = levels.fillna(default_levels).to_numpy(dtype=np.float64)[building]
    size = _units(shapely.area(outlines[building]) * storeys)
    built = _Found(residence, points[building], size)
    bare = np.setdiff1d(np.arange(len(shapes)), residence)
    rest = _samples(shapes[bare], bare)
    both = (np.concatenate(parts) for parts in zip(built, rest, strict=True))
    return _homes(ids, _Found(*both))


def _ordered(geometry: pd.Series) -> tuple[pd.Index, Geometries]:
    order = np.argsort(np.asarray(geometry.index, dtype=str), kind="stable")
    return geometry.index[order], np.asarray(geometry.array, dtype=object)[order]


def _homes(ids: pd.Index, found: _Found) -> Homes:
    x, y = shapely.get_x(found.points), shapely.get_y(found.points)
    order = np.lexsort((found.weight, y, x, found.residence))
    return Homes(
        ids=ids,
        residence=found.residence[order],
        points=found.points[order],
        weight=found.weight[order],
    )


def _samples(shapes: Geometries, residence: Integers) -> _Found:
    found = [_pieces(shape) for shape in shapes]
    counts = [len(points) for points, _ in found]
    nothing = (np.zeros(0, dtype=object), np.zeros(0, dtype=np.int64))
    points, weight = (np.concatenate(parts) for parts in zip(nothing, *found, strict=True))
    return _Found(np.repeat(residence, counts).astype(np.int64), points, weight)


def _pieces(shape: shapely.Geometry) -> tuple[Geometries, Integers]:
    """Cut a residence into pieces: a point in each, and its area."""
    if shapely.get_dimensions(shape) != _AREA:
        return np.array([shapely.centroid(shape)], dtype=object), np.ones(1, dtype=np.int64)
    parts = shapely.get_parts(shape)
    cells = _cells(shape)
    part, cell = shapely.STRtree(cells).query(parts, predicate="intersects")
    pieces = shapely.intersection(parts[part], cells[cell])
    pieces = pieces[shapely.get_dimensions(pieces) == _AREA]
    middle = shapely.centroid(pieces)
    inside = shapely.covers(pieces, middle)
    points = np.where(inside, middle, shapely.point_on_surface(pieces))
    return points, _units(shapely.area(pieces))


def _cells(shape: shapely.Geometry) -> Geometries:
    west, south, east, north = shapely.bounds(shape)
    side = max(FINEST_CELL_M, float(np.sqrt(shapely.area(shape) / MOST_CELLS)))
    # A long thin residence on the slant has many empty cells, but few pieces.
    columns = np.arange(int(np.ceil((east - west) / side)))
    rows = np.arange(int(np.ceil((north - south) / side)))
    x, y = (axis.ravel() for axis in np.meshgrid(west + columns * side, south + rows * side))
    return np.asarray(shapely.box(x, y, x + side, y + side), dtype=object)


def _units(area_m2: Floats) -> Integers:
    """Weigh in whole units of 0.01 m²; nothing is too small to be a home."""
    return np.maximum(np.rint(area_m2 * _UNITS_PER_M2), 1).astype(np.int64)
