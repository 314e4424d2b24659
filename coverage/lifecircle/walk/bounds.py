"""Walks between the best and the worst gate that a residence with unknown gates can have."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.units import walk_ms
from lifecircle.walk.joining import nearest_positions
from lifecircle.walk.nearest import JoinedStreets, joined_streets
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.parts import level_parts
from lifecircle.walk.places import Places, chosen_places, snap_places

__all__ = ["GatesAround", "bounded_walks", "gates_around"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

EVERY_M: Final = 10.0
"""No farther than this from one gate to the next along an outline."""
NEAREST_M: Final = 0.5
"""Where two neighbours are joined to different streets, gates stand this close."""

_MOST_HALVINGS: Final = 5  # of 10 m: to 0.3 m


class _Stretches(NamedTuple):
    """Pieces of outline between two gates (or one gate, twice) joined to one street."""

    owner: Integers
    one: Integers
    other: Integers
    level_mm: Integers  # from one to the other: along the street, and in the connectors
    ground_mm: Integers
    outline_mm: Integers
    two_way: Flags

    def rows(self, chosen: Integers) -> "_Stretches":
        return _Stretches(
            self.owner[chosen],
            self.one[chosen],
            self.other[chosen],
            self.level_mm[chosen],
            self.ground_mm[chosen],
            self.outline_mm[chosen],
            self.two_way[chosen],
        )


class GatesAround(NamedTuple):
    """
    Gates all around the outlines of residences of which nobody knows the gates.

    Attributes
    ----------
    ids
        The residences.
    number
        What `places` call each gate, ascending.
    owner
        The position in `ids` of each gate, ascending.
    points
        Where the gates are.
    places
        The gates on the streets, one place each.
    stretches
        What lies between them.
    """

    ids: pd.Index
    number: Integers
    owner: Integers
    points: Geometries
    places: Places
    stretches: _Stretches


class _Spots(NamedTuple):
    """Points along rings, with the street that each is joined to; -1 for none."""

    ring: Integers
    xy: Floats
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers

    def rows(self, chosen: Integers) -> "_Spots":
        return _Spots(
            self.ring[chosen],
            self.xy[chosen],
            self.edge[chosen],
            self.offset_mm[chosen],
            self.connector_mm[chosen],
        )


def gates_around(
    network: WalkNetwork, places: Places, geometry: pd.Series, *, snap_limit_m: float
) -> GatesAround:
    """
    Set gates all around the residences whose gates nobody knows.

    Parameters
    ----------
    network
        The streets.
    places
        The residences on them.
    geometry
        Their polygons, on their identifiers.
    snap_limit_m
        Farther from any street than this, a gate leads nowhere.

    Returns
    -------
    gates
        At every corner of the outline (of each part; holes have no gates) and every 10 m between,
        closer where the nearest street changes. Where barriers keep the outline from every street
        there is none. Residences without a position have none.
    """
    unknown = np.flatnonzero(places.entry == "gates_unknown")
    unknown = unknown[np.isin(unknown, places.place)]
    ids = places.ids[unknown]
    parts, part_of = shapely.get_parts(
        geometry.reindex(ids).to_numpy(dtype=object), return_index=True
    )
    spots = _along(joined_streets(network), shapely.get_exterior_ring(parts), snap_limit_m)
    points = pd.Series(shapely.points(spots.xy), dtype=object)
    there = snap_places(network, points, gates=points, snap_limit_m=snap_limit_m)
    number = np.sort(there.ids[~there.barred].to_numpy(dtype=np.int64))
    kept = spots.rows(number)
    owner = np.asarray(part_of[kept.ring], dtype=np.int64)
    return GatesAround(
        ids=ids,
        number=number,
        owner=owner,
        points=points.to_numpy(dtype=object)[number],
        places=chosen_places(there, pd.Index(number)),
        stretches=_stretches(network, kept, owner, np.diff(number) == 1),
    )


def bounded_walks(
    around: GatesAround,
    links: pd.DataFrame,
    *,
    inside: Sequence[Floats] | None,
    worst: bool,
    limit_mm: int,
    speed_m_s: float = 1.0,
) -> pd.DataFrame:
    """
    Bound the walks from residences with unknown gates, wherever their gates are.

    Parameters
    ----------
    around
        The gates that there could be.
    links
        The walks of these gates within the limit, as `walk.links.walk_links` gives them.
    inside
        For each residence of `around`, metres from its homes to its gates, shape (homes, gates);
        None where walks begin at the gate.
    worst
        Whether to take the longest walk from any gate, or the shortest.
    limit_mm
        The longest walk.
    speed_m_s
        Walking speed, for ``ms``.

    Returns
    -------
    walks
        One row for each residence, home and facility within the limit: ``residence_id``, ``home``
        (counted from 0 in each residence), and the columns of `walk.links.walk_links`.

    Notes
    -----
    Between two neighbouring gates a and b joined to one street a walk changes by no more than the
    way along it: from a point in between one could first walk to a, or to b. With the costs A and
    B and the way d between the two, nothing in between costs more than (A + B + d) / 2, and nothing
    less than (A + B - d) / 2. Both are reached where the walk leads away from the facility, or to
    it, all along; the first also in the middle of a block, the second at the facility's door.
    """
    gate = np.searchsorted(around.number, links["residence_id"].to_numpy(dtype=np.int64))
    facility, names = pd.factorize(links["facility_id"], sort=True)
    order = np.argsort(gate, kind="stable")
    rows = _Rows(gate[order], facility[order], *(
        links[name].to_numpy(dtype=np.float64)[order] for name in ("level_mm", "walk_mm")
    ))  # fmt: skip
    found = [
        _of_one(around, at, rows, None if inside is None else inside[at], worst=worst)
        for at in range(len(around.ids))
    ]
    owner, home, goal, level, ground = (
        np.concatenate(column) for column in zip(_nothing(), *found, strict=True)
    )
    near = level <= limit_mm
    return pd.DataFrame(
        {
            "residence_id": around.ids.astype(str).to_numpy(dtype=object)[owner[near]],
            "home": home[near],
            "facility_id": np.asarray(names, dtype=object)[goal[near]],
            "walk_mm": ground[near],
            "level_mm": level[near],
            "ms": walk_ms(level[near], speed_m_s),
        }
    )


class _Rows(NamedTuple):
    """Walks of gates, sorted by gate."""

    gate: Integers
    facility: Integers
    level_mm: Floats
    ground_mm: Floats


_Found = tuple[Integers, Integers, Integers, Integers, Integers]


def _nothing() -> _Found:
    none = np.zeros(0, dtype=np.int64)
    return none, none, none, none, none


def _of_one(
    around: GatesAround, at: int, rows: _Rows, inside: Floats | None, *, worst: bool
) -> _Found:
    """Bound the walks of one residence: its position, home, facility, level and ground."""
    first, last = np.searchsorted(around.owner, (at, at + 1))
    begin, stop = np.searchsorted(rows.gate, (first, last))
    if begin == stop:
        return _nothing()
    goals, column = np.unique(rows.facility[begin:stop], return_inverse=True)
    costs = np.full((2, last - first, len(goals)), np.inf)
    costs[0, rows.gate[begin:stop] - first, column] = rows.level_mm[begin:stop]
    costs[1, rows.gate[begin:stop] - first, column] = rows.ground_mm[begin:stop]
    of_owner = np.arange(*np.searchsorted(around.stretches.owner, (at, at + 1)))
    stretches = around.stretches.rows(of_owner)
    one, other = stretches.one - first, stretches.other - first
    level, ground = (
        _between(costs[kind, one], costs[kind, other], apart, stretches.two_way, worst=worst)
        for kind, apart in ((0, stretches.level_mm), (1, stretches.ground_mm))
    )
    walk_mm = np.zeros((1, last - first)) if inside is None else np.rint(inside * 1000)
    within = _inside(walk_mm[:, one], walk_mm[:, other], stretches.outline_mm, worst=worst)
    whole = within[:, :, None] + level  # (homes, stretches, goals)
    chosen = (np.argmax if worst else np.argmin)(whole, axis=1)
    home, goal = np.nonzero(np.isfinite(np.take_along_axis(whole, chosen[:, None], axis=1)[:, 0]))
    where = chosen[home, goal]
    level_mm, ground_mm = (
        np.ceil(within[home, where] + cost[where, goal]).astype(np.int64)
        for cost in (level, ground)
    )
    return np.full(len(home), at, dtype=np.int64), home, goals[goal], level_mm, ground_mm


def _between(
    one: Floats, other: Floats, apart_mm: Integers, two_way: Flags, *, worst: bool
) -> Floats:
    """Bound the costs, shape (stretches, goals), of all points between two gates."""
    apart = apart_mm[:, None].astype(np.float64)
    if not worst:
        return np.floor(np.maximum((one + other - apart) / 2, 0))
    return np.where(two_way[:, None], (one + other + apart) / 2, np.maximum(one, other) + apart)


def _inside(one: Floats, other: Floats, apart_mm: Integers, *, worst: bool) -> Floats:
    """Bound the walks inside, shape (homes, stretches): straight ahead they are convex."""
    if worst:
        return np.maximum(one, other)
    return np.floor(np.maximum((one + other - apart_mm) / 2, 0))


def _along(streets: JoinedStreets, rings: Geometries, snap_limit_m: float) -> _Spots:
    """Set points along rings, ever closer where the street changes that they are joined to."""
    xy, ring = shapely.get_coordinates(shapely.segmentize(rings, EVERY_M), return_index=True)
    spots = _joined(streets, ring, xy, snap_limit_m)
    for _ in range(_MOST_HALVINGS):
        metres, same = _gaps(spots)
        wide = np.flatnonzero(~same & (spots.ring[:-1] == spots.ring[1:]) & (metres > NEAREST_M))
        if not len(wide):
            break
        middle = (spots.xy[wide] + spots.xy[wide + 1]) / 2
        more = _joined(streets, spots.ring[wide], middle, snap_limit_m)
        spots = _Spots(
            *(np.insert(old, wide + 1, new, axis=0) for old, new in zip(spots, more, strict=True))
        )
    return spots


def _joined(streets: JoinedStreets, ring: Integers, xy: Floats, snap_limit_m: float) -> _Spots:
    everybody = np.arange(len(xy))
    walled = np.ones(len(xy), dtype=bool)
    points = np.asarray(shapely.points(xy), dtype=object)
    found = nearest_positions(streets, points, everybody, snap_limit_m, walled)
    columns = np.full((3, len(xy)), -1, dtype=np.int64)
    columns[:, found.place] = found.edge, found.offset_mm, found.connector_mm
    return _Spots(ring.astype(np.int64), xy, *columns)


def _gaps(spots: _Spots) -> tuple[Floats, Flags]:
    """Measure from each point to the next, and tell whether the street goes on between them."""
    metres = np.hypot(*np.diff(spots.xy, axis=0).T)
    # Along a straight street the foot moves no farther than the point itself.
    along_m = np.abs(np.diff(spots.offset_mm)) / 1000
    same = (np.diff(spots.ring) == 0) & (np.diff(spots.edge) == 0) & (along_m <= 2 * metres + 0.01)
    return metres, same


def _stretches(
    network: WalkNetwork, spots: _Spots, owner: Integers, neighbours: Flags
) -> _Stretches:
    """List each gate by itself, and the pieces of outline along which one street goes on."""
    metres, same = _gaps(spots)
    one = np.flatnonzero(same & neighbours & (spots.edge[:-1] >= 0))
    edge, on_street = spots.edge[one], np.maximum(spots.edge, 0)
    parts = level_parts(network, on_street, np.maximum(spots.offset_mm, 0))
    level = np.max([np.abs(part[one + 1] - part[one]) for part in parts], axis=0)
    ground = np.abs(spots.offset_mm[one + 1] - spots.offset_mm[one])
    off = np.abs(spots.connector_mm[one + 1] - spots.connector_mm[one])
    alone = np.arange(len(owner))
    none = np.zeros(len(owner), dtype=np.int64)
    whole = _Stretches(
        owner=np.concatenate([owner, owner[one]]),
        one=np.concatenate([alone, one]),
        other=np.concatenate([alone, one + 1]),
        level_mm=np.concatenate([none, level + off]),
        ground_mm=np.concatenate([none, ground + off]),
        outline_mm=np.concatenate([none, np.ceil(metres[one] * 1000).astype(np.int64)]),
        two_way=np.concatenate(
            [np.ones(len(owner), dtype=bool), network.forward[edge] & network.backward[edge]]
        ),
    )
    return whole.rows(np.argsort(whole.owner, kind="stable"))
