"""The walk network: junctions, edges between them, and who may walk where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from lifecircle.errors import NetworkError
from lifecircle.walk.access import Decision, way_access
from lifecircle.walk.components import edge_components, with_pockets
from lifecircle.walk.contraction import Chains, contract_chains, incidence
from lifecircle.walk.pace import FixedTimes, Pace, fixed_mm, summed_up
from lifecircle.walk.segments import (
    Segments,
    in_canonical_order,
    open_segments,
    street_groups,
    whole_lengths,
    with_gates,
)
from lifecircle.walk.ways import Barriers, StreetWays

__all__ = ["WalkNetwork", "build_network"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkNetwork:
    """
    Streets as walkers find them, in a metric CRS.

    Edge e joins the nodes ``start[e]`` and ``end[e]``; parallel edges and loops stay, every
    component stays. Nothing depends on the order in which the streets were given.

    Attributes
    ----------
    crs
        A projected CRS in metres.
    node_xy
        Metres, shape (nodes, 2).
    start, end
        Node numbers, shape (edges,).
    length_mm
        Whole millimetres, each piece between two vertices rounded once; shape (edges,).
    ahead_mm, back_mm
        Level millimetres: how far one walks on level open ground in the time that the edge takes
        from `start` to `end`, and back; shape (edges,).
    private
        Whether only the walks that start or end in its enclosure may use it; shape (edges,).
    forward, backward
        Whether it may be walked from `start` to `end`, and back; shape (edges,).
    enclosure
        The connected component of private edges an edge belongs to, -1 for public edges.
    component
        The connected component of all edges an edge belongs to, shape (edges,).
    component_mm
        Length of each component, with what only other walkers can use of it (stairs, for
        wheelchairs, and what lies beyond them); shape (components,).
    vertex_offsets
        The vertices of edge e are ``vertex_xy[vertex_offsets[e]:vertex_offsets[e + 1]]``.
    vertex_xy
        Metres, from `start` to `end`, both included.
    vertex_mm
        Walked millimetres from `start` to each vertex.
    vertex_ahead_mm, vertex_back_mm
        Level millimetres from `start` to each vertex, and from the vertex back to `start`.
    fixed
        What does not go with the speed; None where there is nothing of it.
    indptr, adjacent
        The edges at node n are ``adjacent[indptr[n]:indptr[n + 1]]``; a loop is listed twice.
    decision
        For each edge, the position in `decisions` of what decided its access.
    decisions
        Access decisions that occur, with the rule and the tags that decided.
    piece_offsets, piece_ways
        The source identifiers of the ways that edge e runs over are
        ``piece_ways[piece_offsets[e]:piece_offsets[e + 1]]``.
    tags
        For each edge the tags (highway, bridge, tunnel, layer) of its ways.
    barriers
        Lines that nobody walks through.
    counts
        What was met while reading and building, for the quality report.
    """

    crs: CRS
    node_xy: Floats
    start: Integers
    end: Integers
    length_mm: Integers
    ahead_mm: Integers
    back_mm: Integers
    private: Flags
    forward: Flags
    backward: Flags
    enclosure: Integers
    component: Integers
    component_mm: Integers
    vertex_offsets: Integers
    vertex_xy: Floats
    vertex_mm: Integers
    vertex_ahead_mm: Integers
    vertex_back_mm: Integers
    indptr: Integers
    adjacent: Integers
    decision: Integers
    decisions: tuple[Decision, ...]
    piece_offsets: Integers
    piece_ways: Integers
    tags: tuple[Mapping[str, str], ...]
    barriers: Barriers
    counts: Mapping[str, int]
    fixed: FixedTimes | None = None

    @property
    def is_plain(self) -> bool:  # numpydoc ignore=RT01
        """Tell whether every piece of street takes the time of its length."""
        return self.vertex_ahead_mm is self.vertex_mm and self.vertex_back_mm is self.vertex_mm

    @property
    def lines(self) -> npt.NDArray[np.object_]:  # numpydoc ignore=RT01
        """Return the geometry of each edge as a shapely LineString, shape (edges,)."""
        edge = np.repeat(np.arange(len(self.start)), np.diff(self.vertex_offsets))
        return np.asarray(shapely.linestrings(self.vertex_xy, indices=edge), dtype=object)

    def explain(self, edge: int) -> str:
        """
        Tell which tags decided who may walk on an edge.

        Parameters
        ----------
        edge
            The edge's number.

        Returns
        -------
        text
            The access, the deciding rule of the access table and the tags it looked at, and the
            ways the edge runs over.
        """
        decision = self.decisions[self.decision[edge]]
        access = "private" if self.private[edge] else "public"
        ways = self.piece_ways[self.piece_offsets[edge] : self.piece_offsets[edge + 1]]
        told = " ".join(f"{key}={value}" for key, value in decision.tags) or "no tags"
        behind = ", reached through private ways only" if access != decision.access else ""
        over = ", ".join(str(way) for way in dict.fromkeys(ways.tolist()))
        return f"{access} by rule {decision.rule} ({told}){behind}; way {over}"


def build_network(ways: StreetWays, *, pace: Pace | None = None) -> WalkNetwork:
    """
    Build the walk network of some streets.

    Parameters
    ----------
    ways
        Streets over shared nodes, in a metric CRS.
    pace
        What it takes to walk along these ways; None where every metre takes as long.

    Returns
    -------
    network
        Junctions and edges. Public streets that can be reached through private ways only belong
        to the enclosure around them.

    Raises
    ------
    NetworkError
        If no way can be walked on.
    """
    decisions: dict[Decision, int] = {}
    way_decision = np.array(
        [decisions.setdefault(way_access(tags), len(decisions)) for tags in ways.way_tags],
        dtype=np.int64,
    )
    whole_mm = whole_lengths(ways, way_decision, tuple(decisions), pace)
    segments, closed = open_segments(ways, way_decision, tuple(decisions), pace)
    segments, xy, gates = with_gates(ways, segments, decisions)
    if not len(segments.start):
        raise NetworkError("streets", ["no way may be walked on; look at the 'highway' values."])
    counts = {**ways.counts, "ways": len(ways.way_tags), "closed_ways": closed, "gates": gates}
    if pace is not None:
        counts |= pace.counts
    segments, xy = in_canonical_order(ways, segments, xy)
    speed_mm_s = 0 if pace is None else pace.speed_mm_s
    return _assembled(ways, segments, xy, tuple(decisions), counts, (speed_mm_s, whole_mm))


def _assembled(
    ways: StreetWays,
    segments: Segments,
    xy: Floats,
    decisions: tuple[Decision, ...],
    counts: Mapping[str, int],
    walkers: tuple[int, Integers | None],
) -> WalkNetwork:
    speed_mm_s, whole_mm = walkers
    way = np.where(segments.way < 0, -segments.way - 1, segments.way)
    group, tags = street_groups(ways, way, segments.decision)
    one_way = np.array([not (one.forward and one.backward) for one in decisions])
    chains = contract_chains(segments.start, segments.end, group, ~one_way[segments.decision])
    first = chains.segments[chains.offsets[:-1]]
    last = chains.segments[chains.offsets[1:] - 1]
    start = np.where(
        chains.reversed[chains.offsets[:-1]], segments.end[first], segments.start[first]
    )
    end = np.where(
        chains.reversed[chains.offsets[1:] - 1], segments.start[last], segments.end[last]
    )
    decision = segments.decision[first]
    against = (segments.way[first] < 0) != chains.reversed[chains.offsets[:-1]]
    ahead = np.array([one.forward for one in decisions])[decision]
    back = np.array([one.backward for one in decisions])[decision]
    length_mm = np.add.reduceat(segments.length_mm[chains.segments], chains.offsets[:-1])
    private = np.array([one.access == "private" for one in decisions])[decision]
    private = with_pockets(start, end, length_mm, private, nodes=len(xy))
    component = edge_components(start, end, np.ones(len(start), dtype=bool), nodes=len(xy))
    vertex_offsets, vertex_xy, vertex_mm = _vertices(segments, xy, chains)
    costs = _costs(segments, chains, vertex_offsets, vertex_mm, length_mm, speed_mm_s)
    indptr, adjacent = incidence(start, end, len(xy))
    return WalkNetwork(
        crs=ways.crs,
        node_xy=xy,
        start=start,
        end=end,
        length_mm=length_mm,
        ahead_mm=costs.ahead_mm,
        back_mm=costs.back_mm,
        private=private,
        forward=np.where(against, back, ahead),
        backward=np.where(against, ahead, back),
        enclosure=edge_components(start, end, private, nodes=len(xy)),
        component=component,
        component_mm=_component_mm(component, length_mm, chains, way, whole_mm),
        vertex_offsets=vertex_offsets,
        vertex_xy=vertex_xy,
        vertex_mm=vertex_mm,
        vertex_ahead_mm=costs.vertex_ahead_mm,
        vertex_back_mm=costs.vertex_back_mm,
        indptr=indptr,
        adjacent=adjacent,
        decision=decision,
        decisions=decisions,
        piece_offsets=chains.offsets,
        piece_ways=ways.way_ids[way[chains.segments]],
        tags=tuple(tags[one] for one in group[first]),
        barriers=ways.barriers,
        counts=dict(counts),
        fixed=costs.fixed,
    )


def _component_mm(
    component: Integers,
    length_mm: Integers,
    chains: Chains,
    way: Integers,
    whole_mm: Integers | None,
) -> Integers:
    """Measure components as all walkers together find them."""
    found = np.bincount(component, weights=length_mm).astype(np.int64)
    if whole_mm is not None:
        of_segment = np.repeat(component, np.diff(chains.offsets))
        np.maximum.at(found, of_segment, whole_mm[way[chains.segments]])
    return found


class _Costs(NamedTuple):
    ahead_mm: Integers
    back_mm: Integers
    vertex_ahead_mm: Integers
    vertex_back_mm: Integers
    fixed: FixedTimes | None


def _costs(
    segments: Segments,
    chains: Chains,
    offsets: Integers,
    vertex_mm: Integers,
    length_mm: Integers,
    speed_mm_s: int,
) -> _Costs:
    """Add up along the edges what their segments take."""
    if (segments.toll[:, :2] == segments.length_mm[:, None]).all() and not segments.toll[
        :, 2:
    ].any():
        return _Costs(length_mm, length_mm, vertex_mm, vertex_mm, None)
    toll = segments.toll[chains.segments]
    toll = np.where(chains.reversed[:, None], toll[:, [1, 0, 3, 2]], toll)
    at_vertices = np.zeros((int(offsets[-1]), 4), dtype=np.int64)
    later = np.ones(len(at_vertices), dtype=bool)
    later[offsets[:-1]] = False
    at_vertices[later] = toll
    ahead, back = (
        summed_up(offsets, at_vertices[:, side] + fixed_mm(at_vertices[:, 2 + side], speed_mm_s))
        for side in (0, 1)
    )
    fixed = FixedTimes(speed_mm_s, at_vertices[:, 2].copy(), at_vertices[:, 3].copy())
    last = offsets[1:] - 1
    return _Costs(ahead[last], back[last], ahead, back, fixed if toll[:, 2:].any() else None)


def _vertices(segments: Segments, xy: Floats, chains: Chains) -> tuple[Integers, Floats, Integers]:
    """List the vertices of each edge with the millimetres walked up to each."""
    count = np.diff(chains.offsets)
    offsets = np.concatenate([[0], np.cumsum(count + 1)])
    order, against = chains.segments, chains.reversed
    tail = np.where(against, segments.end[order], segments.start[order])
    head = np.where(against, segments.start[order], segments.end[order])
    first = offsets[:-1]
    later = np.ones(int(offsets[-1]), dtype=bool)
    later[first] = False
    vertex = np.empty(int(offsets[-1]), dtype=np.int64)
    vertex[first] = tail[chains.offsets[:-1]]
    vertex[later] = head
    steps = np.zeros(int(offsets[-1]), dtype=np.int64)
    steps[later] = segments.length_mm[order]
    walked = np.cumsum(steps)
    walked -= np.repeat(walked[first], count + 1)
    return offsets, xy[vertex], walked
