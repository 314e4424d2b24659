"""The walk network: junctions, edges between them, and who may walk where."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.errors import NetworkError
from lifecircle.walk.access import Decision, node_access, way_access
from lifecircle.walk.contraction import Chains, contract_chains, incidence
from lifecircle.walk.ways import Barriers, StreetWays

__all__ = ["WalkNetwork", "build_network"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_CHAIN_TAGS = ("highway", "bridge", "tunnel", "layer")  # an edge has one value of each


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
    private
        Whether only the walks that start or end in its enclosure may use it; shape (edges,).
    forward, backward
        Whether it may be walked from `start` to `end`, and back; shape (edges,).
    enclosure
        The connected component of private edges an edge belongs to, -1 for public edges.
    component
        The connected component of all edges an edge belongs to, shape (edges,).
    component_mm
        Length of each component, shape (components,).
    vertex_offsets
        The vertices of edge e are ``vertex_xy[vertex_offsets[e]:vertex_offsets[e + 1]]``.
    vertex_xy
        Metres, from `start` to `end`, both included.
    vertex_mm
        Walked millimetres from `start` to each vertex.
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
    private: Flags
    forward: Flags
    backward: Flags
    enclosure: Integers
    component: Integers
    component_mm: Integers
    vertex_offsets: Integers
    vertex_xy: Floats
    vertex_mm: Integers
    indptr: Integers
    adjacent: Integers
    decision: Integers
    decisions: tuple[Decision, ...]
    piece_offsets: Integers
    piece_ways: Integers
    tags: tuple[Mapping[str, str], ...]
    barriers: Barriers
    counts: Mapping[str, int]

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


class _Segments(NamedTuple):
    """Straight pieces between two vertices, or a closed-off node's zero-length private gate."""

    start: Integers
    end: Integers
    length_mm: Integers
    way: Integers  # position among the ways
    decision: Integers


def build_network(ways: StreetWays) -> WalkNetwork:
    """
    Build the walk network of some streets.

    Parameters
    ----------
    ways
        Streets over shared nodes, in a metric CRS.

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
    segments, closed = _open_segments(ways, way_decision, tuple(decisions))
    segments, xy, gates = _with_gates(ways, segments, decisions)
    if not len(segments.start):
        raise NetworkError("streets", ["no way may be walked on; look at the 'highway' values."])
    counts = {**ways.counts, "ways": len(ways.way_tags), "closed_ways": closed, "gates": gates}
    segments, xy = _in_canonical_order(ways, segments, xy)
    return _assembled(ways, segments, xy, tuple(decisions), counts)


def _open_segments(
    ways: StreetWays, way_decision: Integers, decisions: tuple[Decision, ...]
) -> tuple[_Segments, int]:
    is_open = np.array([decision.access != "closed" for decision in decisions], dtype=bool)
    way = np.repeat(np.arange(len(ways.way_tags)), np.diff(ways.offsets))
    inside = way[:-1] == way[1:]
    start, end = ways.refs[:-1][inside], ways.refs[1:][inside]
    way = way[:-1][inside]
    keep = is_open[way_decision[way]] & (start != end) if len(way) else np.zeros(0, dtype=bool)
    start, end, way = start[keep], end[keep], way[keep]
    length = _rounded_mm(ways.xy[start] - ways.xy[end])
    closed = int((~is_open[way_decision]).sum()) if len(way_decision) else 0
    return _Segments(start, end, length, way, way_decision[way]), closed


def _rounded_mm(difference: Floats) -> Integers:
    rounded: Integers = np.rint(np.hypot(difference[:, 0], difference[:, 1]) * 1000).astype(
        np.int64
    )
    return rounded


def _with_gates(
    ways: StreetWays, segments: _Segments, decisions: dict[Decision, int]
) -> tuple[_Segments, Floats, int]:
    """Part the segments at closed nodes, and join them by private gates at private nodes."""
    verdicts = {node: node_access(tags) for node, tags in ways.node_tags.items()}
    barred = {node: one for node, one in verdicts.items() if one.access != "public"}
    parted = np.array(sorted(barred), dtype=np.int64)
    start, end = segments.start.copy(), segments.end.copy()
    ends = [(side, at) for side in (start, end) for at in np.flatnonzero(np.isin(side, parted))]
    xy, gates = [ways.xy], 0
    extra: list[tuple[int, int, int, int]] = []
    for copy, (side, at) in enumerate(ends, start=len(ways.xy)):
        node = int(side[at])
        xy.append(ways.xy[node : node + 1])
        side[at] = copy
        if barred[node].access == "private":
            decision = decisions.setdefault(barred[node], len(decisions))
            extra.append((node, copy, int(segments.way[at]), decision))
            gates += 1
    more = np.array(extra, dtype=np.int64).reshape(-1, 4)
    joined = _Segments(
        np.concatenate([start, more[:, 0]]),
        np.concatenate([end, more[:, 1]]),
        np.concatenate([segments.length_mm, np.zeros(len(more), dtype=np.int64)]),
        np.concatenate([segments.way, more[:, 2]]),
        np.concatenate([segments.decision, more[:, 3]]),
    )
    return joined, np.concatenate(xy), gates


def _in_canonical_order(
    ways: StreetWays, segments: _Segments, xy: Floats
) -> tuple[_Segments, Floats]:
    """Order nodes by place and segments by nodes, and let each run from the lower node."""
    used = np.unique(np.concatenate([segments.start, segments.end]))
    # Copies of a node stand on one spot; what they are joined to tells them apart.
    other = _lowest_neighbour(segments, ways, xy)
    mm = np.rint(xy[used] * 1000)
    used = used[np.lexsort((*other[used].T[::-1], mm[:, 1], mm[:, 0]))]
    number = np.empty(len(xy), dtype=np.int64)
    number[used] = np.arange(len(used))
    start, end = number[segments.start], number[segments.end]
    flipped = start > end
    low, high = np.where(flipped, end, start), np.where(flipped, start, end)
    order = np.lexsort((ways.way_ids[segments.way], segments.length_mm, high, low))
    # The direction in which the way was drawn stays known through the sign of the way.
    signed = np.where(flipped, -segments.way - 1, segments.way)
    return (
        _Segments(
            low[order],
            high[order],
            segments.length_mm[order],
            signed[order],
            segments.decision[order],
        ),
        xy[used],
    )


def _lowest_neighbour(segments: _Segments, ways: StreetWays, xy: Floats) -> Floats:
    """Return, for each node, the place of its lowest neighbour and the way that leads there."""
    node = np.concatenate([segments.start, segments.end])
    other = np.concatenate([segments.end, segments.start])
    way = np.tile(ways.way_ids[segments.way], 2).astype(np.float64)
    key = np.column_stack([np.rint(xy[other] * 1000), way])
    order = np.lexsort((key[:, 2], key[:, 1], key[:, 0], node))
    first = order[np.flatnonzero(np.diff(node[order], prepend=-1))]
    lowest = np.zeros((len(xy), 3))
    lowest[node[first]] = key[first]
    return lowest


def _assembled(
    ways: StreetWays,
    segments: _Segments,
    xy: Floats,
    decisions: tuple[Decision, ...],
    counts: Mapping[str, int],
) -> WalkNetwork:
    way = np.where(segments.way < 0, -segments.way - 1, segments.way)
    group, tags = _groups(ways, way, segments.decision)
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
    private = _with_pockets(start, end, length_mm, private, nodes=len(xy))
    component = _edge_components(start, end, np.ones(len(start), dtype=bool), nodes=len(xy))
    vertex_offsets, vertex_xy, vertex_mm = _vertices(segments, xy, chains)
    indptr, adjacent = incidence(start, end, len(xy))
    return WalkNetwork(
        crs=ways.crs,
        node_xy=xy,
        start=start,
        end=end,
        length_mm=length_mm,
        private=private,
        forward=np.where(against, back, ahead),
        backward=np.where(against, ahead, back),
        enclosure=_edge_components(start, end, private, nodes=len(xy)),
        component=component,
        component_mm=np.bincount(component, weights=length_mm).astype(np.int64),
        vertex_offsets=vertex_offsets,
        vertex_xy=vertex_xy,
        vertex_mm=vertex_mm,
        indptr=indptr,
        adjacent=adjacent,
        decision=decision,
        decisions=decisions,
        piece_offsets=chains.offsets,
        piece_ways=ways.way_ids[way[chains.segments]],
        tags=tuple(tags[one] for one in group[first]),
        barriers=ways.barriers,
        counts=dict(counts),
    )


def _groups(
    ways: StreetWays, way: Integers, decision: Integers
) -> tuple[Integers, list[Mapping[str, str]]]:
    """Count off the kinds of street; segments of one kind may be joined into one edge."""
    numbers: dict[tuple[object, ...], int] = {}
    tags: list[Mapping[str, str]] = []
    of_pair: dict[tuple[int, int], int] = {}
    for pair in np.unique(np.column_stack([way, decision]), axis=0).tolist():
        kept = {key: ways.way_tags[pair[0]].get(key, "") for key in _CHAIN_TAGS}
        number = numbers.setdefault((pair[1], *kept.values()), len(numbers))
        if number == len(tags):
            tags.append({key: value for key, value in kept.items() if value})
        of_pair[pair[0], pair[1]] = number
    pairs = zip(way.tolist(), decision.tolist(), strict=True)
    return np.array([of_pair[pair] for pair in pairs], dtype=np.int64), tags


def _with_pockets(
    start: Integers, end: Integers, length_mm: Integers, private: Flags, *, nodes: int
) -> Flags:
    """Count public streets that only private ways lead to as private, the open street aside."""
    whole = _edge_components(start, end, np.ones(len(start), dtype=bool), nodes=nodes)
    part = _edge_components(start, end, ~private, nodes=nodes)
    public = ~private
    if not private.any() or not public.any():
        return private
    length = np.bincount(part[public], weights=length_mm[public])
    owner = np.zeros(len(length), dtype=np.int64)
    owner[part[public]] = whole[public]
    # The longest public part of each component is the open street; a tie goes to the lower number.
    order = np.lexsort((np.arange(len(length)), -length, owner))
    pocket = np.ones(len(length), dtype=bool)
    pocket[order[np.flatnonzero(np.diff(owner[order], prepend=-1))]] = False
    result = private.copy()
    result[public] = pocket[part[public]]
    return result


def _edge_components(start: Integers, end: Integers, chosen: Flags, *, nodes: int) -> Integers:
    """Find the connected components of the chosen edges, by their lowest edge; -1 elsewhere."""
    ones = np.ones(int(chosen.sum()), dtype=np.int64)
    graph = coo_array((ones, (start[chosen], end[chosen])), shape=(nodes, nodes))
    _, of_node = connected_components(graph.tocsr(), directed=False)
    _, first, number = np.unique(of_node[start[chosen]], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    component = np.full(len(start), -1, dtype=np.int64)
    component[chosen] = rank[number]
    return component


def _vertices(segments: _Segments, xy: Floats, chains: Chains) -> tuple[Integers, Floats, Integers]:
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
