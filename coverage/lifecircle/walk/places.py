"""Places on the network: where a residence or a facility meets the streets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.errors import CrsError
from lifecircle.walk.network import WalkNetwork

__all__ = [
    "SMALL_COMPONENT_M",
    "Places",
    "chosen_places",
    "require_crs",
    "snap_places",
    "street_points",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

SMALL_COMPONENT_M = 500
"""A piece of street shorter than this, joined to nothing, gives way to the network beside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """
    Positions on edges through which places are entered, sorted by place and edge.

    Attributes
    ----------
    ids
        Identifiers of all places, snapped or not, ascending; shape (places,).
    entry
        How each place is entered: ``point``, ``gates``, ``outline_crossings`` (where streets cross
        its outline) or ``gates_unknown`` (the street nearest to its outline).
    snap_m
        Metres from each place to its nearest position; NaN where it has none.
    gave_way
        Whether the nearest street was a short loose piece, so that the next network is used too.
    place
        The position in `ids` that each position on the network belongs to, shape (positions,).
    edge, offset_mm
        Where on the network: millimetres from the edge's start.
    connector_mm
        Millimetres between the place and the street, walked at each end.
    fallback
        Whether the position is for walks to other components only, since the place has a
        nearer one on a short loose piece of street.
    """

    ids: pd.Index
    entry: npt.NDArray[np.object_]
    snap_m: Floats
    gave_way: Flags
    place: Integers
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers
    fallback: Flags


class _Found(NamedTuple):
    """Positions before they are put in order."""

    place: Integers
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers
    fallback: Flags


def snap_places(
    network: WalkNetwork,
    geometry: pd.Series,
    *,
    gates: pd.Series | None = None,
    snap_limit_m: float = 300.0,
) -> Places:
    """
    Find where places meet the streets.

    A point is joined to the nearest point of an edge. A polygon is entered at its gates; without
    gates where streets cross its outline; without those at the street point nearest to its
    outline. A place whose positions all lie on a loose piece of street shorter than
    `SMALL_COMPONENT_M` gets the nearest longer network as well, for walks that cannot stay on the
    piece, unless a barrier lies between.

    Parameters
    ----------
    network
        The streets.
    geometry
        Points or polygons in the network's CRS, indexed by the places' identifiers.
    gates
        Points or multipoints on the same index; missing where gates are not known.
    snap_limit_m
        Farther from any street than this, a place has no position.

    Returns
    -------
    places
        Positions; a place beyond the limit has none.

    Raises
    ------
    CrsError
        If `geometry` has a CRS that is not the network's.
    """
    require_crs(network, geometry)
    order = np.argsort(np.asarray(geometry.index, dtype=str), kind="stable")
    shapes = np.asarray(geometry.array, dtype=object)[order]
    doors = None if gates is None else np.asarray(gates.array, dtype=object)[order]
    entry = np.where(shapely.get_dimensions(shapes) == 2, "gates_unknown", "point").astype(object)  # noqa: PLR2004 - polygons
    lines = network.lines
    found: list[_Found] = []

    if doors is not None:
        gated = np.flatnonzero(~pd.isna(doors) & ~shapely.is_empty(doors))
        entry[gated] = "gates"
        points, owner = shapely.get_parts(doors[gated], return_index=True)
        found.append(_nearest(network, lines, points, gated[owner], snap_limit_m))
    open_outlines = np.flatnonzero(entry == "gates_unknown")
    crossings = _crossings(network, lines, shapely.boundary(shapes[open_outlines]), open_outlines)
    entry[np.unique(crossings.place)] = "outline_crossings"
    found.append(crossings)
    rest = np.flatnonzero((entry == "gates_unknown") | (entry == "point"))
    found.append(_nearest(network, lines, _hulls(shapes[rest]), rest, snap_limit_m))
    positions = _concatenated(found)
    fallback = _fallbacks(network, lines, shapes, positions, snap_limit_m)
    return _in_order(geometry.index[order], entry, positions, fallback)


def chosen_places(places: Places, ids: pd.Index) -> Places:
    """
    Keep some of the places.

    Parameters
    ----------
    places
        Snapped places.
    ids
        Which of them.

    Returns
    -------
    chosen
        The same positions, for these places only.
    """
    keep = np.flatnonzero(places.ids.isin(ids))
    use = np.isin(places.place, keep)
    return Places(
        ids=places.ids[keep],
        entry=places.entry[keep],
        snap_m=places.snap_m[keep],
        gave_way=places.gave_way[keep],
        place=np.searchsorted(keep, places.place[use]),
        edge=places.edge[use],
        offset_mm=places.offset_mm[use],
        connector_mm=places.connector_mm[use],
        fallback=places.fallback[use],
    )


def street_points(
    network: WalkNetwork, points: npt.NDArray[np.object_], *, snap_limit_m: float
) -> Places:
    """
    Find where points without a name meet the streets, as places of one position each.

    Parameters
    ----------
    network
        The streets.
    points
        Points in the network's CRS, shape (points,).
    snap_limit_m
        Farther from any street than this, a point has no position.

    Returns
    -------
    places
        As `snap_places` gives them, with the positions in `points` for identifiers. A point at
        a loose piece of street shorter than `SMALL_COMPONENT_M` has none: a place there would
        use the network beside it, too.
    """
    found = _nearest(network, network.lines, points, np.arange(len(points)), snap_limit_m)
    firm = network.component_mm[network.component[found.edge]] >= SMALL_COMPONENT_M * 1000
    kept = _Found(
        place=found.place[firm],
        edge=found.edge[firm],
        offset_mm=found.offset_mm[firm],
        connector_mm=found.connector_mm[firm],
        fallback=found.fallback[firm],
    )
    entry = np.full(len(points), "point", dtype=object)
    return _in_order(pd.RangeIndex(len(points)), entry, kept, _no_positions())


def require_crs(network: WalkNetwork, geometry: pd.Series) -> None:
    """
    Refuse geometry in another CRS than the network's.

    Parameters
    ----------
    network
        The streets.
    geometry
        A GeoSeries, or a plain Series of shapely geometries (taken as it is).

    Raises
    ------
    CrsError
        If the two systems differ, or the GeoSeries has none.
    """
    crs = getattr(geometry, "crs", network.crs)
    if crs is None:
        raise CrsError("places", ["they have no CRS; set the one they are in."])
    if crs != network.crs:
        problem = f"they are in {crs.name!r}, the streets in {network.crs.name!r}; use `to_crs`."
        raise CrsError("places", [problem])


def _hulls(shapes: Geometries) -> Geometries:
    polygon = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - polygons
    return np.where(polygon, shapely.boundary(shapes), shapes)


def _nearest(
    network: WalkNetwork,
    lines: Geometries,
    shapes: Geometries,
    owner: Integers,
    snap_limit_m: float,
    edges: Integers | None = None,
) -> _Found:
    """Join each shape to the nearest of the edges; a tie goes to the public, then the lower one."""
    candidates = np.arange(len(lines)) if edges is None else edges
    if not len(candidates) or not len(shapes):
        return _no_positions()
    tree = shapely.STRtree(lines[candidates])
    (which, nearest), distance = tree.query_nearest(
        shapes, max_distance=snap_limit_m, return_distance=True
    )
    edge = candidates[nearest]
    order = np.lexsort((edge, network.private[edge], which))
    best = order[np.flatnonzero(np.diff(which[order], prepend=-1))]
    which, edge, distance = which[best], edge[best], distance[best]
    link = shapely.shortest_line(lines[edge], shapes[which])
    foot = shapely.get_coordinates(shapely.get_point(link, 0))
    return _Found(
        owner[which],
        edge,
        _offset_mm(network, edge, foot),
        np.rint(distance * 1000).astype(np.int64),
        np.zeros(len(edge), dtype=bool),
    )


def _crossings(
    network: WalkNetwork, lines: Geometries, outlines: Geometries, owner: Integers
) -> _Found:
    """Find where edges cross outlines."""
    if not len(outlines):
        return _no_positions()
    which, edge = shapely.STRtree(lines).query(outlines, predicate="intersects")
    common = shapely.intersection(outlines[which], lines[edge])
    xy, pair = shapely.get_coordinates(common, return_index=True)
    offset = _offset_mm(network, edge[pair], xy)
    rows = np.unique(np.column_stack([owner[which[pair]], edge[pair], offset]), axis=0)
    rows = rows.reshape(-1, 3)
    nothing = np.zeros(len(rows), dtype=np.int64)
    return _Found(rows[:, 0], rows[:, 1], rows[:, 2], nothing, nothing.astype(bool))


def _offset_mm(network: WalkNetwork, edge: Integers, xy: Floats) -> Integers:
    """
    Measure how far along their edges some points lie, in the edges' own rounded lengths.

    Within a straight piece it is measured from the end with the lower easting (northing on a
    tie), so that the edge's direction does not matter.
    """
    offset = np.zeros(len(edge), dtype=np.int64)
    least = np.full(len(edge), np.inf)
    first = network.vertex_offsets[edge]
    count = network.vertex_offsets[edge + 1] - first - 1
    for step in range(int(count.max(initial=0))):
        has = np.flatnonzero(count > step)
        tail = first[has] + step
        one, two = network.vertex_xy[tail], network.vertex_xy[tail + 1]
        swap = (one[:, 0] > two[:, 0]) | ((one[:, 0] == two[:, 0]) & (one[:, 1] > two[:, 1]))
        low, high = np.where(swap[:, None], two, one), np.where(swap[:, None], one, two)
        run, away = _along(xy[has], low, high)
        closer = away < least[has]
        hit = has[closer]
        least[hit] = away[closer]
        piece = network.vertex_mm[tail + 1] - network.vertex_mm[tail]
        mm = np.minimum(np.rint(run * 1000).astype(np.int64), piece)
        mm = network.vertex_mm[tail] + np.where(swap, piece - mm, mm)
        offset[hit] = mm[closer]
    return offset


def _along(xy: Floats, tail: Floats, head: Floats) -> tuple[Floats, Floats]:
    """Return metres from `tail` to the foot of each point, and metres from the point to it."""
    span = head - tail
    length = np.hypot(span[:, 0], span[:, 1])
    safe = np.where(length > 0, length, 1.0)
    run = np.clip(((xy - tail) * span).sum(axis=1) / safe, 0.0, length)
    foot = tail + span * (run / safe)[:, None]
    away = np.hypot(*(xy - foot).T)
    return run, away


def _fallbacks(
    network: WalkNetwork,
    lines: Geometries,
    shapes: Geometries,
    positions: _Found,
    snap_limit_m: float,
) -> _Found:
    """Join places that only a short loose piece of street touches to the network beside it."""
    small = network.component_mm[network.component] < SMALL_COMPONENT_M * 1000
    loose = np.zeros(len(shapes), dtype=bool)
    loose[positions.place] = True
    loose[positions.place[~small[positions.edge]]] = False
    where = np.flatnonzero(loose)
    found = _nearest(
        network, lines, _hulls(shapes[where]), where, snap_limit_m, np.flatnonzero(~small)
    )
    links = shapely.shortest_line(lines[found.edge], _hulls(shapes[found.place]))
    tree = shapely.STRtree(network.barriers.lines)
    blocked = np.unique(tree.query(links, predicate="crosses")[0])
    free = np.ones(len(found.place), dtype=bool)
    free[blocked] = False
    return _Found(
        place=found.place[free],
        edge=found.edge[free],
        offset_mm=found.offset_mm[free],
        connector_mm=found.connector_mm[free],
        fallback=np.ones(int(free.sum()), dtype=bool),
    )


def _in_order(
    ids: pd.Index, entry: npt.NDArray[np.object_], positions: _Found, fallback: _Found
) -> Places:
    whole = _concatenated([positions, fallback])
    order = np.lexsort((whole.offset_mm, whole.edge, whole.fallback, whole.place))
    snap_mm = np.full(len(ids), np.inf)
    np.minimum.at(snap_mm, positions.place, positions.connector_mm.astype(np.float64))
    gave_way = np.zeros(len(ids), dtype=bool)
    gave_way[fallback.place] = True
    return Places(
        ids=ids,
        entry=entry,
        snap_m=np.where(np.isfinite(snap_mm), snap_mm / 1000, np.nan),
        gave_way=gave_way,
        place=whole.place[order],
        edge=whole.edge[order],
        offset_mm=whole.offset_mm[order],
        connector_mm=whole.connector_mm[order],
        fallback=whole.fallback[order],
    )


def _concatenated(found: Sequence[_Found]) -> _Found:
    return _Found(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _no_positions() -> _Found:
    none = np.zeros(0, dtype=np.int64)
    return _Found(none, none, none, none, none.astype(bool))
