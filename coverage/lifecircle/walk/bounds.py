"""Walks between the best and the worst gate that a residence with unknown gates can have."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.units import walk_ms
from lifecircle.walk.nearest import joined_streets
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.parts import level_parts
from lifecircle.walk.places import Places, chosen_places, snap_places
from lifecircle.walk.spots import Spots, gaps, spots_along, straight_lines

__all__ = ["GatesAround", "bounded_walks", "gates_around"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]


class _Stretches(NamedTuple):
    """Pieces of outline between two gates (or one gate, twice) joined to one street."""

    owner: Integers
    one: Integers
    other: Integers
    level_mm: Integers  # along the street from one to the other
    ground_mm: Integers
    longer_mm: Integers  # what two of the longest connectors in between add to those of both
    shorter_mm: Integers  # what two of the shortest take off
    outline_mm: Integers
    two_way: Flags

    def rows(self, chosen: Integers) -> "_Stretches":
        return _Stretches(
            self.owner[chosen],
            self.one[chosen],
            self.other[chosen],
            self.level_mm[chosen],
            self.ground_mm[chosen],
            self.longer_mm[chosen],
            self.shorter_mm[chosen],
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
        At every corner of the outline (of each part; holes have no gates), every 10 m between and
        where another street comes near; closer where the nearest street changes. Where barriers
        keep the outline from every street there is none. Residences without a position have none.
    """
    unknown = np.flatnonzero(places.entry == "gates_unknown")
    unknown = unknown[np.isin(unknown, places.place)]
    ids = places.ids[unknown]
    parts, part_of = shapely.get_parts(
        geometry.reindex(ids).to_numpy(dtype=object), return_index=True
    )
    spots = spots_along(joined_streets(network), shapely.get_exterior_ring(parts), snap_limit_m)
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
    Between two neighbouring gates a and b that are joined to one straight piece of street, one
    could first walk along it to a, or to b, and go on from there. With the costs A and B on the
    street and the way d between the two, nothing in between costs more than (A + B + d) / 2, and
    nothing less than (A + B - d) / 2. Both are reached where the walk leads to the facility all
    along; the first also in the middle of a block, the second at the facility's door. The way from
    the outline to the street is longest at one of the two, since the distance to a straight line is
    convex; so is a walk inside an outline without holes. These parts are bounded one by one: a
    bound may be off by the 10 m between two gates.
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
        _between(costs[kind, one], costs[kind, other], apart, stretches, worst=worst)
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
    one: Floats, other: Floats, apart_mm: Integers, stretches: _Stretches, *, worst: bool
) -> Floats:
    """Bound the costs, shape (stretches, goals), of all points between two gates."""
    apart, longer, shorter = (
        mm[:, None] for mm in (apart_mm, stretches.longer_mm, stretches.shorter_mm)
    )
    two_way = stretches.two_way[:, None]
    if worst:
        around = (one + other + apart + longer) / 2
        return np.where(two_way, around, np.maximum(one, other) + apart + longer)
    least = np.where(two_way, (one + other - apart) / 2, np.minimum(one, other) - apart)
    return np.asarray(np.floor(np.maximum(least - shorter / 2, 0)), dtype=np.float64)


def _inside(one: Floats, other: Floats, apart_mm: Integers, *, worst: bool) -> Floats:
    """Bound the walks inside, shape (homes, stretches): straight ahead they are convex."""
    if worst:
        return np.maximum(one, other)
    return np.floor(np.maximum((one + other - apart_mm) / 2, 0))


def _stretches(
    network: WalkNetwork, spots: Spots, owner: Integers, neighbours: Flags
) -> _Stretches:
    """List each gate by itself, and the pieces of outline along which one street goes on."""
    metres, same = gaps(spots)
    one = np.flatnonzero(same & neighbours & (spots.edge[:-1] >= 0))
    edge, on_street = spots.edge[one], np.maximum(spots.edge, 0)
    parts = level_parts(network, on_street, np.maximum(spots.offset_mm, 0))
    level = np.max([np.abs(part[one + 1] - part[one]) for part in parts], axis=0)
    walls, pieces = (
        straight_lines(spots.xy, one),
        straight_lines(network.vertex_xy, spots.piece[one]),
    )
    least = np.floor(shapely.distance(walls, pieces) * 1000).astype(np.int64)
    connectors = np.stack([spots.connector_mm[one], spots.connector_mm[one + 1]])
    alone = np.arange(len(owner))
    none = np.zeros(len(owner), dtype=np.int64)
    whole = _Stretches(
        owner=np.concatenate([owner, owner[one]]),
        one=np.concatenate([alone, one]),
        other=np.concatenate([alone, one + 1]),
        level_mm=np.concatenate([none, level]),
        ground_mm=np.concatenate([none, np.abs(np.diff(spots.offset_mm)[one])]),
        longer_mm=np.concatenate([none, np.abs(np.diff(connectors, axis=0)[0])]),
        shorter_mm=np.concatenate([none, np.maximum(connectors.sum(axis=0) - 2 * least, 0)]),
        outline_mm=np.concatenate([none, np.ceil(metres[one] * 1000).astype(np.int64)]),
        two_way=np.concatenate(
            [np.ones(len(owner), dtype=bool), network.forward[edge] & network.backward[edge]]
        ),
    )
    return whole.rows(np.argsort(whole.owner, kind="stable"))
