"""Waits, stairs and lifts: what streets take beside their length, read from their tags."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from lifecircle.walk.access import way_access
from lifecircle.walk.pace import Pace
from lifecircle.walk.walker import Walker
from lifecircle.walk.ways import StreetWays, step_lengths

__all__ = ["PACE_NODE_KEYS", "PACE_WAY_KEYS", "street_pace"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Tags = Mapping[str, str]

PACE_WAY_KEYS: Final = frozenset(
    {
        *("highway", "footway", "path", "cycleway", "pedestrian", "crossing", "crossing:signals"),
        *("step_count", "incline", "wheelchair", "ramp:wheelchair", "bridge", "tunnel", "indoor"),
    }
)
"""Keys of ways that the time of a walk depends on."""
PACE_NODE_KEYS: Final = frozenset({"highway", "crossing", "crossing:signals"})
"""Keys of nodes that the time of a walk depends on."""

# Tag:footway=crossing, and the same on the other ways that lead walkers across a road.
_CROSSING_KEYS: Final = ("footway", "path", "cycleway", "pedestrian", "highway")
# Key:crossing; the animals are British words for kinds of signals.
_SIGNALS: Final = frozenset({"traffic_signals", "pelican", "puffin", "toucan", "pegasus"})
_ROADS: Final = frozenset(
    {
        *("trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "road"),
        *("trunk_link", "primary_link", "secondary_link", "tertiary_link", "busway"),
    }
)
_RAMPED: Final = frozenset({"yes", "designated"})
_MOST_RISERS: Final = 5000


class _Crossing(NamedTuple):
    """A way that leads walkers across a road."""

    first: int  # its steps are first:last
    last: int
    signal: bool


def street_pace(ways: StreetWays, walker: Walker) -> Pace:
    """
    Find what the tags of streets cost some walkers.

    Parameters
    ----------
    ways
        The streets, with the tags of `PACE_WAY_KEYS` and `PACE_NODE_KEYS`.
    walker
        Who walks.

    Returns
    -------
    pace
        For level streets. Its ``counts`` tell what was met.

    Notes
    -----
    A wait before crossing lies at a node that a crossing way shares with a road, or that is tagged
    as a crossing on such a way: half of it on each adjoining piece of the crossing way, so that
    whoever passes waits once, and whoever walks along the road does not. A crossing way without
    such a node has the wait along its whole length. Without a crossing way nothing is known of
    where walkers cross, and nobody waits. The time of stairs stands in place of that of their
    length, spread along it; where nothing says which way they lead up, it is the mean of up and
    down, and a stair cut into ways of one identifier has its steps on all of them, by length. A
    lift lies on either side of its node, or along its way.

    Examples
    --------
    >>> from pyproj import CRS
    >>> steps = StreetWays(
    ...     crs=CRS.from_epsg(4547), node_ids=np.arange(2), xy=np.array([[0.0, 0.0], [6.0, 0.0]]),
    ...     way_ids=np.array([1]), offsets=np.array([0, 2]), refs=np.array([0, 1]),
    ...     way_tags=({"highway": "steps", "step_count": "20", "incline": "up"},),
    ... )
    >>> pace = street_pace(steps, Walker(1000, riser_up_ms=700, riser_down_ms=600, tread_mm=300))
    >>> pace.ahead_ms.tolist(), pace.back_ms.tolist(), pace.ahead_mm.tolist()
    ([14000], [12000], [0])
    """
    length = step_lengths(ways)
    ahead_ms, back_ms = np.zeros_like(length), np.zeros_like(length)
    closed = np.array([_is_closed(tags, walker) for tags in ways.way_tags], dtype=bool)
    level = length.copy()
    usable = [way for way in np.flatnonzero(~closed).tolist() if _is_walked(ways.way_tags[way])]
    counts: dict[str, int] = {"ways_closed_to_profile": int(closed.sum())}
    crossings = []
    stair_mm = _whole_stairs(ways, usable, length, walker)
    for way in usable:
        tags = ways.way_tags[way]
        first, last = int(ways.offsets[way]), int(ways.offsets[way + 1]) - 1
        if _is_stair(tags, walker):
            level[first:last] = 0
            whole_mm = stair_mm[int(ways.way_ids[way])]
            up, down = _stair_ms(tags, length[first:last], whole_mm, walker, counts)
            ahead_ms[first:last], back_ms[first:last] = up, down
        elif tags.get("highway") == "elevator":
            _count(counts, "lifts")
            both = _spread(walker.lift_ms, length[first:last])
            ahead_ms[first:last] += both
            back_ms[first:last] += both
        elif _is_crossing(tags):
            crossings.append(_Crossing(first, last, signal=_has_signal(tags)))
    lifts = _halves(ways, usable, _lift_nodes(ways), walker.lift_ms)
    _count(counts, "lifts", len(_lift_nodes(ways)))
    waits = lifts + _crossing_waits(ways, crossings, length, walker, counts)
    return Pace(walker.speed_mm_s, closed, level, level, ahead_ms + waits, back_ms + waits, counts)


def _count(counts: dict[str, int], name: str, more: int = 1) -> None:
    counts[name] = counts.get(name, 0) + more


def _is_walked(tags: Tags) -> bool:
    return way_access(tags).access != "closed"


def _is_closed(tags: Tags, walker: Walker) -> bool:
    if walker.takes_steps:
        return False
    return tags.get("wheelchair") == "no" or (
        tags.get("highway") == "steps" and not _is_ramped(tags)
    )


def _is_ramped(tags: Tags) -> bool:
    return tags.get("ramp:wheelchair") in _RAMPED or tags.get("wheelchair") in _RAMPED


def _is_stair(tags: Tags, walker: Walker) -> bool:
    return bool(walker.tread_mm) and tags.get("highway") == "steps"


def _whole_stairs(
    ways: StreetWays, usable: list[int], length: Integers, walker: Walker
) -> dict[int, int]:
    """Measure each stair by its identifier: one that was cut has its steps on all its parts."""
    whole: dict[int, int] = {}
    for way in usable:
        if _is_stair(ways.way_tags[way], walker):
            first, last = int(ways.offsets[way]), int(ways.offsets[way + 1]) - 1
            stair = int(ways.way_ids[way])
            whole[stair] = whole.get(stair, 0) + int(length[first:last].sum())
    return whole


def _stair_ms(
    tags: Tags, length: Integers, whole_mm: int, walker: Walker, counts: dict[str, int]
) -> tuple[Integers, Integers]:
    """Spread the time of a stair, or of a part of it, along its pieces, there and back."""
    _count(counts, "stairs")
    told = re.fullmatch(r"\s*(\d{1,4})(?:\.0*)?\s*", tags.get("step_count", ""))
    risers = int(told[1]) if told else 0
    if not 0 < risers <= _MOST_RISERS:
        _count(counts, "stairs_without_step_count")
        risers = max(1, round(whole_mm / walker.tread_mm))
    part, whole = (int(length.sum()), whole_mm) if whole_mm else (1, 1)
    up, down = (
        round(Fraction(risers * riser_ms * part, whole))
        for riser_ms in (walker.riser_up_ms, walker.riser_down_ms)
    )
    direction = _incline(tags.get("incline", ""))
    if not direction:
        _count(counts, "stairs_without_incline")
        up = down = (up + down + 1) // 2
    if direction < 0:
        up, down = down, up
    return _spread(up, length), _spread(down, length)


def _incline(text: str) -> int:
    """Tell whether a way leads up (1) or down (-1) in its direction; 0 where nothing says so."""
    told = text.strip().lower()
    if told in {"up", "down"}:
        return 1 if told == "up" else -1
    number = re.match(r"(-?)\d*\.?\d*[1-9]", told)
    return 0 if number is None else -1 if number[1] else 1


def _spread(total_ms: int, length: Integers) -> Integers:
    """Share out a time by length, exactly: the parts add up to the whole."""
    reached = np.cumsum(length)
    if not reached[-1]:
        reached = np.ones_like(length)  # no piece has a length: the first one has the time
    return np.asarray(np.diff(total_ms * reached // reached[-1], prepend=0), dtype=np.int64)


def _lift_nodes(ways: StreetWays) -> list[int]:
    return [at for at, tags in ways.node_tags.items() if tags.get("highway") == "elevator"]


def _halves(ways: StreetWays, usable: list[int], nodes: list[int], wait_ms: int) -> Integers:
    """Lay half a wait on each piece of the usable ways at some nodes."""
    halves = np.zeros(max(len(ways.refs) - 1, 0), dtype=np.int64)
    if nodes:
        for way in usable:
            first, last = int(ways.offsets[way]), int(ways.offsets[way + 1]) - 1
            for at in _places(ways, first, last, set(nodes)):
                _lay(halves, at, first, last, wait_ms)
    return halves


def _places(ways: StreetWays, first: int, last: int, nodes: set[int]) -> Iterator[int]:
    for at in range(first, last + 1):
        if int(ways.refs[at]) in nodes:
            yield at


def _lay(halves: Integers, at: int, first: int, last: int, wait_ms: int) -> None:
    """Lay half a wait on the pieces before and behind a place of a way."""
    if at > first:
        halves[at - 1] += wait_ms // 2
    if at < last:
        halves[at] += wait_ms // 2


def _is_crossing(tags: Tags) -> bool:
    return any(tags.get(key) == "crossing" for key in _CROSSING_KEYS)


def _has_signal(tags: Tags) -> bool:
    return tags.get("crossing") in _SIGNALS or tags.get("crossing:signals") == "yes"


def _crossing_waits(
    ways: StreetWays,
    crossings: list[_Crossing],
    length: Integers,
    walker: Walker,
    counts: dict[str, int],
) -> Integers:
    waits = np.zeros_like(length)
    roads = _road_nodes(ways)
    met: dict[int, bool] = {}  # whether there is a signal
    places = [
        [at for at in range(one.first, one.last + 1) if _is_kerbside(ways, at, roads)]
        for one in crossings
    ]
    for one, here in zip(crossings, places, strict=True):
        for node in ways.refs[here].tolist():
            signal = one.signal or _signal_at(ways.node_tags.get(node, {}))
            met[node] = met.get(node, False) or signal
    for one, here in zip(crossings, places, strict=True):
        for at in here:
            wait_ms = walker.signal_ms if met[int(ways.refs[at])] else walker.crossing_ms
            _lay(waits, at, one.first, one.last, wait_ms)
        if not here:
            _count(counts, "crossing_ways_off_roads")
            wait_ms = walker.signal_ms if one.signal else walker.crossing_ms
            waits[one.first : one.last] += _spread(wait_ms, length[one.first : one.last])
    counts["crossings_with_signal"] = sum(met.values())
    counts["crossings_without_signal"] = len(met) - sum(met.values())
    counts["signals_off_crossing_ways"] = sum(
        _signal_at(tags) and tags.get("highway") == "crossing" and node not in met
        for node, tags in ways.node_tags.items()
    )
    return waits


def _road_nodes(ways: StreetWays) -> set[int]:
    """List the nodes of roads, on which nobody waits who does not cross them."""
    roads = [tags.get("highway") in _ROADS for tags in ways.way_tags]
    return set(ways.refs[np.repeat(roads, np.diff(ways.offsets)).astype(bool)].tolist())


def _is_kerbside(ways: StreetWays, at: int, roads: set[int]) -> bool:
    """Tell whether a crossing way meets the traffic at a place of it."""
    node = int(ways.refs[at])
    tags = ways.node_tags.get(node, {})
    return node in roads or tags.get("highway") == "crossing" or _signal_at(tags)


def _signal_at(tags: Tags) -> bool:
    return _has_signal(tags) or tags.get("highway") == "traffic_signals"
