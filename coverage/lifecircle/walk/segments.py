"""Straight pieces of street between two vertices, in an order that nobody's rows decide."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lifecircle.walk.access import Decision, node_access
from lifecircle.walk.components import edge_components
from lifecircle.walk.pace import Pace
from lifecircle.walk.ways import StreetWays, step_lengths

__all__ = [
    "Segments",
    "in_canonical_order",
    "open_segments",
    "street_groups",
    "whole_lengths",
    "with_gates",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CHAIN_TAGS = ("highway", "bridge", "tunnel", "layer")  # an edge has one value of each


class Segments(NamedTuple):
    """
    Straight pieces between two vertices, or closed-off nodes' zero-length private gates.

    Attributes
    ----------
    start, end
        Node numbers, shape (segments,).
    length_mm
        Millimetres, each rounded once.
    way
        Position among the ways; below 0, ``-way - 1`` and the segment runs against its way.
    decision
        Position among the decisions of who may walk there.
    toll
        What it takes from start to end and back in level millimetres, slope included, and what
        it takes on top, in milliseconds, from start to end and back; shape (segments, 4).
    """

    start: Integers
    end: Integers
    length_mm: Integers
    way: Integers
    decision: Integers
    toll: Integers


def open_segments(
    ways: StreetWays, way_decision: Integers, decisions: tuple[Decision, ...], pace: Pace | None
) -> tuple[Segments, int]:
    """
    Cut the ways that may be walked on at their vertices.

    Parameters
    ----------
    ways
        The streets.
    way_decision
        For each way the position in `decisions` of who may walk there.
    decisions
        All that occur.
    pace
        What it takes to walk along the ways; None where every metre takes as long.

    Returns
    -------
    segments
        In the order of the ways.
    closed
        How many ways nobody may walk on.
    """
    access = np.array([decision.access != "closed" for decision in decisions], dtype=bool)
    is_open = access[way_decision] if len(way_decision) else np.zeros(0, dtype=bool)
    if pace is not None:
        is_open &= ~pace.closed
    way = np.repeat(np.arange(len(ways.way_tags)), np.diff(ways.offsets))
    inside = way[:-1] == way[1:]
    step = np.flatnonzero(inside)
    step = step[is_open[way[step]] & (ways.refs[step] != ways.refs[step + 1])]
    start, end, way = ways.refs[step], ways.refs[step + 1], way[step]
    length = step_lengths(ways)[step]
    toll = np.zeros((len(step), 4), dtype=np.int64)
    toll[:, :2] = length[:, None]
    if pace is not None:
        toll = np.column_stack([pace.ahead_mm, pace.back_mm, pace.ahead_ms, pace.back_ms])[step]
    return Segments(start, end, length, way, way_decision[way], toll), int((~is_open).sum())


def with_gates(
    ways: StreetWays, segments: Segments, decisions: dict[Decision, int]
) -> tuple[Segments, Floats, int]:
    """
    Part the segments at closed nodes, and join them by private gates at private nodes.

    Parameters
    ----------
    ways
        The streets.
    segments
        Their open segments.
    decisions
        All decisions so far; those of gates are added.

    Returns
    -------
    segments
        The gates behind the others.
    xy
        The places of the nodes, each copy of a parted one behind the others.
    gates
        How many private gates there are.
    """
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
    joined = Segments(
        np.concatenate([start, more[:, 0]]),
        np.concatenate([end, more[:, 1]]),
        np.concatenate([segments.length_mm, np.zeros(len(more), dtype=np.int64)]),
        np.concatenate([segments.way, more[:, 2]]),
        np.concatenate([segments.decision, more[:, 3]]),
        np.concatenate([segments.toll, np.zeros((len(more), 4), dtype=np.int64)]),
    )
    return joined, np.concatenate(xy), gates


def whole_lengths(
    ways: StreetWays, way_decision: Integers, decisions: tuple[Decision, ...], pace: Pace | None
) -> Integers | None:
    """
    Measure what is joined to each way when everybody walks, not these walkers alone.

    Parameters
    ----------
    ways, way_decision, decisions, pace
        As for `open_segments`.

    Returns
    -------
    millimetres
        For each way the streets that it is joined to, those that these walkers cannot use
        included; None where they can use all that others can.
    """
    if pace is None or not pace.closed.any():
        return None
    segments, _ = open_segments(ways, way_decision, decisions, None)
    numbers = {one: number for number, one in enumerate(decisions)}
    segments, xy, _ = with_gates(ways, segments, numbers)
    everything = np.ones(len(segments.start), dtype=bool)
    component = edge_components(segments.start, segments.end, everything, nodes=len(xy))
    length = np.bincount(component, weights=segments.length_mm).astype(np.int64)
    whole = np.zeros(len(ways.way_tags), dtype=np.int64)
    np.maximum.at(whole, segments.way, length[component])
    return whole


def in_canonical_order(ways: StreetWays, segments: Segments, xy: Floats) -> tuple[Segments, Floats]:
    """
    Order nodes by place and segments by nodes, and let each run from the lower node.

    Parameters
    ----------
    ways
        The streets.
    segments
        Their segments and gates.
    xy
        The places of the nodes.

    Returns
    -------
    segments, xy
        The same, in an order that does not depend on that of the ways.
    """
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
        Segments(
            low[order],
            high[order],
            segments.length_mm[order],
            signed[order],
            segments.decision[order],
            np.where(flipped[:, None], segments.toll[:, [1, 0, 3, 2]], segments.toll)[order],
        ),
        xy[used],
    )


def _lowest_neighbour(segments: Segments, ways: StreetWays, xy: Floats) -> Floats:
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


def street_groups(
    ways: StreetWays, way: Integers, decision: Integers
) -> tuple[Integers, list[Mapping[str, str]]]:
    """
    Count off the kinds of street; segments of one kind may be joined into one edge.

    Parameters
    ----------
    ways
        The streets.
    way, decision
        Of each segment.

    Returns
    -------
    group
        The kind of each segment.
    tags
        The tags of each kind.
    """
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
