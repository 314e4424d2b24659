"""The walk inside a residence: from its homes to where it meets the streets."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse.csgraph import dijkstra

from lifecircle.walk.homes import Homes
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places

__all__ = ["gate_walks", "home_places", "inside_m", "middle_places"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

WALL_M: Final = 0.1
"""A slit in an outline that is narrower than twice this does not part it."""

_AREA: Final = 2
_SAME_M: Final = 0.005  # offsets and connectors are whole millimetres
_TOUCHING_M: Final = 1e-6  # scipy takes 0 for no edge


def inside_m(area: shapely.Geometry, homes: Geometries, gates: Geometries) -> Floats:
    """
    Measure the walks from homes to gates within a residence.

    Parameters
    ----------
    area
        The residence in metres: a polygon, of several parts or with holes, or a point.
    homes
        Points inside it; shape (homes,).
    gates
        Points on its outline, or near it; shape (gates,).

    Returns
    -------
    metres
        Shape (homes, gates): straight where the straight line stays inside, else around the
        corners. From one part of a residence to another it is straight.

    Notes
    -----
    The shortest way inside a polygon bends only at its corners that point inwards (Lozano-Pérez and
    Wesley 1979), so it is the shortest path in the graph of those that see each other. The outline
    is taken 0.1 m wider, so that points on it are inside: by that much a way may cut a corner.

    Examples
    --------
    >>> corner = shapely.Polygon([(0, 0), (40, 0), (40, 10), (10, 10), (10, 50), (0, 50)])
    >>> inside_m(corner, shapely.points([[10, 40]]), shapely.points([[10, 0], [40, 10]])).tolist()
    [[40.0, 60.0]]
    """
    straight: Floats = shapely.distance(homes[:, None], gates[None, :])
    if shapely.get_dimensions(area) != _AREA:
        return straight
    feet = _nearest_inside(area, gates)
    yard = shapely.buffer(area, WALL_M, join_style="mitre")
    shapely.prepare(yard)
    hidden = ~_see(yard, homes[:, None], feet[None, :])
    if not hidden.any():
        return straight
    around = _around_corners(area, yard, homes, feet) + shapely.distance(feet, gates)
    return np.where(hidden & np.isfinite(around), around, straight)


def gate_walks(
    network: WalkNetwork,
    places: Places,
    homes: Homes,
    geometry: pd.Series,
    *,
    gates: pd.Series | None = None,
) -> list[Floats]:
    """
    Measure the walks from homes to where their residence meets the streets.

    Parameters
    ----------
    network
        The streets.
    places
        The residences on them.
    homes
        The homes of the same residences.
    geometry
        The residences' points or polygons, on their identifiers.
    gates
        The gates they were put on the streets by; missing where they are not known.

    Returns
    -------
    walks
        For each residence, in the order of ``places.ids``, metres: shape (homes, positions). People
        leave by the gate whose street it is, without gates by the point of the outline nearest to
        the street. A residence that is a point without gates has no walk inside.
    """
    shapes = geometry.reindex(places.ids).to_numpy(dtype=object)
    known = np.full(len(places.ids), None, dtype=object)
    if gates is not None:
        known = gates.reindex(places.ids).to_numpy(dtype=object)
    lines = network.lines
    feet = shapely.line_interpolate_point(lines[places.edge], places.offset_mm / 1000)
    of_place, of_home = _rows(places.place, len(places.ids)), _rows(homes.residence, len(known))
    walks = []
    for at, shape in enumerate(shapes):
        rows, people = of_place[at], homes.points[of_home[at]]
        has_gates = known[at] is not None and not shapely.is_empty(known[at])
        if not len(rows) or (places.entry[at] == "point" and not has_gates):
            walks.append(np.zeros((len(people), len(rows))))
            continue
        doors = shapely.get_parts(known[at]) if has_gates else None
        walks.append(_to_feet(shape, people, feet[rows], places, rows, doors))
    return walks


def home_places(places: Places, homes: Homes, walks: Sequence[Floats]) -> Places:
    """
    Put homes on the streets: each is entered where its residence is, after a walk inside.

    Parameters
    ----------
    places
        The residences on the streets.
    homes
        The homes of the same residences.
    walks
        For each residence the metres from its homes to its positions, as `gate_walks` gives them.

    Returns
    -------
    places
        One place a home, in the order of `homes`, numbered from 0; the walk inside is part of its
        connector.
    """
    of_place = _rows(places.place, len(places.ids))
    counts = np.bincount(homes.residence, minlength=len(places.ids))
    nothing = np.zeros(0, dtype=np.int64)
    row = np.concatenate([nothing, *map(np.tile, of_place, counts)])
    each = np.array([len(rows) for rows in of_place], dtype=np.int64)[homes.residence]
    inside_mm = np.concatenate([nothing, *(_millimetres(walk).ravel() for walk in walks)])
    return Places(
        ids=pd.RangeIndex(len(homes.residence)),
        entry=places.entry[homes.residence],
        snap_m=places.snap_m[homes.residence],
        gave_way=places.gave_way[homes.residence],
        barred=places.barred[homes.residence],
        place=np.repeat(np.arange(len(homes.residence)), each),
        edge=places.edge[row],
        offset_mm=places.offset_mm[row],
        connector_mm=places.connector_mm[row] + inside_mm,
        fallback=places.fallback[row],
    )


def middle_places(places: Places, homes: Homes, walks: Sequence[Floats]) -> Places:
    """
    Let a residence stand for its homes: at each position with the walk inside of the middle home.

    Parameters
    ----------
    places, homes, walks
        As for `home_places`.

    Returns
    -------
    places
        The same positions. At least half of the homes walk no farther than this from each of
        them: with one gate it is exact, with several never too short.
    """
    connector_mm = places.connector_mm.copy()
    of_place = _rows(places.place, len(places.ids))
    of_home = _rows(homes.residence, len(places.ids))
    for rows, mine, walk in zip(of_place, of_home, walks, strict=True):
        inside_mm, weight = _millimetres(walk), homes.weight[mine]
        order = np.argsort(inside_mm, axis=0, kind="stable")
        passed = 2 * np.cumsum(weight[order], axis=0) >= weight.sum()
        middle = np.take_along_axis(inside_mm, order, axis=0)
        if len(rows):
            connector_mm[rows] += middle[np.argmax(passed, axis=0), np.arange(len(rows))]
    return replace(places, connector_mm=connector_mm)


def _rows(place: Integers, places: int) -> list[Integers]:
    """List the rows of each place, where rows are sorted by place."""
    ends = np.searchsorted(place, np.arange(places + 1))
    return [np.arange(start, end) for start, end in itertools.pairwise(ends)]


def _millimetres(metres: Floats) -> Integers:
    return np.rint(metres * 1000).astype(np.int64)


def _to_feet(
    shape: shapely.Geometry,
    people: Geometries,
    feet: Geometries,
    places: Places,
    rows: Integers,
    doors: Geometries | None,
) -> Floats:
    """Measure from homes to the door before each position, the nearest one that fits it."""
    out = _outline_points(shape, feet)
    walks = inside_m(shape, people, out)
    if doors is None:
        return walks
    by_door = inside_m(shape, people, doors)
    away = shapely.distance(feet[:, None], doors[None, :])
    misfit = np.abs(away - places.connector_mm[rows][:, None] / 1000)
    fits = misfit <= np.maximum(misfit.min(axis=1, keepdims=True), 0.0) + _SAME_M
    for position in np.flatnonzero(~places.fallback[rows]):
        walks[:, position] = by_door[:, fits[position]].min(axis=1)
    return walks


def _outline_points(shape: shapely.Geometry, points: Geometries) -> Geometries:
    outline = shapely.boundary(shape) if shapely.get_dimensions(shape) == _AREA else shape
    return np.asarray(shapely.get_point(shapely.shortest_line(outline, points), 0), dtype=object)


def _nearest_inside(area: shapely.Geometry, points: Geometries) -> Geometries:
    return np.asarray(shapely.get_point(shapely.shortest_line(area, points), 0), dtype=object)


def _see(yard: shapely.Geometry, one: Geometries, other: Geometries) -> npt.NDArray[np.bool_]:
    one, other = np.broadcast_arrays(one, other)
    ends = np.stack([shapely.get_coordinates(each.ravel()) for each in (one, other)], axis=1)
    return np.asarray(shapely.covers(yard, shapely.linestrings(ends)).reshape(one.shape))


def _around_corners(
    area: shapely.Geometry, yard: shapely.Geometry, homes: Geometries, gates: Geometries
) -> Floats:
    """Measure the shortest ways by corners that point inwards; infinite where there is none."""
    points = np.concatenate([_inner_corners(area), homes, gates])
    metres = shapely.distance(points[:, None], points[None, :])
    corners = len(points) - len(homes) - len(gates)
    # Ways bend at corners alone: homes need not see each other.
    metres[corners:, corners:] = np.inf
    one, other = np.nonzero(np.triu(np.isfinite(metres), k=1))
    blind = ~_see(yard, points[one], points[other])
    metres[one[blind], other[blind]] = metres[other[blind], one[blind]] = np.inf
    metres[metres == 0] = _TOUCHING_M
    np.fill_diagonal(metres, 0)
    metres[~np.isfinite(metres)] = 0  # no edge
    found = dijkstra(metres, directed=False, indices=np.arange(corners + len(homes), len(points)))
    ways: Floats = found[:, corners : corners + len(homes)].T
    return ways


def _inner_corners(area: shapely.Geometry) -> Geometries:
    """List the corners that a walker inside may have to turn around."""
    turned = shapely.orient_polygons(shapely.simplify(area, WALL_M))
    found = [np.zeros((0, 2))]
    for ring in shapely.get_rings(shapely.get_parts(turned)):
        xy = shapely.get_coordinates(ring)[:-1]
        come, go = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
        found.append(xy[come[:, 0] * go[:, 1] - come[:, 1] * go[:, 0] < 0])
    return np.asarray(shapely.points(np.unique(np.concatenate(found), axis=0)), dtype=object)
