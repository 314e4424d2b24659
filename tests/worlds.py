"""Random street worlds, and a plain way to walk through them: networkx edge by edge."""

import itertools
from dataclasses import dataclass, field

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from pyproj import CRS

from lifecircle.walk.ways import StreetWays

METRES = CRS.from_epsg(4547)
PUBLIC = {"highway": "residential"}
PRIVATE = {"highway": "service", "access": "private"}
ONE_WAY = {"highway": "footway", "oneway:foot": "yes"}
SNAP_LIMIT_M = 300
SMALL_MM = 500_000
LEVEL = 10**12  # a level millimetre, beside millimetres on the ground


@dataclass
class World:
    """Nodes on a plane in metres, ways over them, places beside them."""

    xy: list[tuple[float, float]]
    ways: list[tuple[list[int], dict[str, str]]]
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    residences: dict[str, tuple[float, float]] = field(default_factory=dict)
    facilities: dict[str, tuple[float, float]] = field(default_factory=dict)
    slowness: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


def street_ways(world: World, order: np.ndarray | None = None) -> StreetWays:
    """Hand a world to the network builder, its ways in any order."""
    ways = world.ways if order is None else [world.ways[at] for at in order]
    numbers = range(len(world.ways)) if order is None else order
    return StreetWays(
        crs=METRES,
        node_ids=np.arange(len(world.xy)),
        xy=np.array(world.xy, dtype=float).reshape(-1, 2),
        way_ids=np.array(list(numbers), dtype=np.int64),
        offsets=np.cumsum([0, *(len(nodes) for nodes, _ in ways)]),
        refs=np.array([node for nodes, _ in ways for node in nodes], dtype=np.int64),
        way_tags=tuple(tags for _, tags in ways),
        node_tags=world.node_tags,
    )


def points(spots: dict[str, tuple[float, float]]) -> gpd.GeoSeries:
    """Hand places to the readers of tables."""
    shapes = [shapely.Point(spot) for spot in spots.values()]
    return gpd.GeoSeries(shapes, index=list(spots), crs=METRES)


def random_world(seed: int) -> World:  # noqa: C901 - one draw after another
    """Draw a jittered street grid with private ways, one-way steps, gates and loose pieces."""
    draw = np.random.default_rng(seed)
    side = int(draw.integers(3, 6))
    world = World(xy=[], ways=[])
    for row, column in itertools.product(range(side), range(side)):
        jitter = draw.integers(-60_000, 60_000, 2) / 1000
        world.xy.append((column * 200 + jitter[0], row * 200 + jitter[1]))
    kinds = [PUBLIC, PUBLIC, PUBLIC, PRIVATE, ONE_WAY]
    for row, column in itertools.product(range(side), range(side)):
        here = row * side + column
        for there in [here + 1] * (column < side - 1) + [here + side] * (row < side - 1):
            if draw.random() < 0.2:
                continue
            nodes = [here, there] if draw.random() < 0.5 else [there, here]
            if draw.random() < 0.4:
                world.xy.append(tuple(np.mean([world.xy[at] for at in nodes], axis=0).round(3)))
                nodes.insert(1, len(world.xy) - 1)
            world.ways.append((nodes, kinds[draw.integers(len(kinds))]))
    for tags in ({"barrier": "wall"}, {"barrier": "gate", "access": "private"}):
        for node in draw.integers(0, len(world.xy), int(draw.integers(0, 3))):
            world.node_tags[int(node)] = tags
    for _ in range(int(draw.integers(0, 3))):  # a loose piece of footway
        first = draw.uniform(0, side * 200, 2).round(3)
        world.xy += [tuple(first), tuple((first + draw.uniform(-90, 90, 2)).round(3))]
        world.ways.append(([len(world.xy) - 2, len(world.xy) - 1], {"highway": "footway"}))
    for table, name, count in ((world.residences, "r", 8), (world.facilities, "f", 5)):
        spots = [
            spot
            for spot in draw.uniform(-60, side * 200, (40, 2)).round(3).tolist()
            if not _ends_at_a_barrier(world, spot)
        ]
        table.update({f"{name}{at}": tuple(spot) for at, spot in enumerate(spots[:count])})
    return world


def _ends_at_a_barrier(world: World, spot: tuple[float, float]) -> bool:
    """Tell whether the nearest street point is a barred node: which side of it is open then."""
    point = shapely.Point(spot)
    streets = shapely.MultiLineString([[world.xy[at] for at in nodes] for nodes, _ in world.ways])
    foot = shapely.shortest_line(streets, point).coords[0]
    return any(np.hypot(*np.subtract(foot, world.xy[at])) < 0.001 for at in world.node_tags)


@dataclass
class Segment:
    """One straight piece of street in the oracle's graph."""

    tail: object
    head: object
    line: shapely.LineString
    mm: int
    private: bool
    ahead: bool = True
    back: bool = True
    slowness: tuple[int, int] = (1, 1)
    piece: int = -1
    loose: bool = False


def oracle_links(world: World, limit_mm: int) -> dict[tuple[str, str], int]:
    """Walk from every residence to every facility, one networkx search a pair."""
    return {pair: ground for pair, (_, ground) in oracle_costs(world, limit_mm).items()}


def oracle_costs(world: World, limit_mm: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Walk so, and tell the level and the ground millimetres of the quickest walks."""
    segments = _segments(world)
    links = {}
    for (home, here), (goal, there) in itertools.product(
        world.residences.items(), world.facilities.items()
    ):
        walked = _walk(segments, shapely.Point(here), shapely.Point(there))
        if walked is not None and walked // LEVEL <= limit_mm:
            links[home, goal] = divmod(walked, LEVEL)
    return links


def _segments(world: World) -> list[Segment]:
    segments = []
    for number, (nodes, tags) in enumerate(world.ways):
        for at, (one, two) in enumerate(itertools.pairwise(nodes)):
            ends = [(node, number, at) if node in world.node_tags else node for node in (one, two)]
            line = shapely.LineString([world.xy[one], world.xy[two]])
            mm = round(line.length * 1000)
            is_private = tags.get("access") == "private"
            segments.append(
                Segment(
                    *ends,
                    line,
                    mm,
                    is_private,
                    back=tags.get("oneway:foot") != "yes",
                    slowness=world.slowness.get((number, at), (1, 1)),
                )
            )
            for node, copy in zip((one, two), ends, strict=True):
                if world.node_tags.get(node, {}).get("access") == "private":
                    spot = shapely.LineString([world.xy[node]] * 2)
                    segments.append(Segment(("gate", node), copy, spot, 0, private=True))
    _enclose_pockets(segments)
    return segments


def _enclose_pockets(segments: list[Segment]) -> None:
    whole = nx.Graph([(one.tail, one.head) for one in segments])
    for number, nodes in enumerate(nx.connected_components(whole)):
        inside = [one for one in segments if one.tail in nodes]
        for one in inside:
            one.piece = number
            one.loose = sum(each.mm for each in inside) < SMALL_MM
        public = nx.Graph([(one.tail, one.head) for one in inside if not one.private])
        parts = list(nx.connected_components(public))
        lengths = [
            sum(one.mm for one in inside if one.tail in part and not one.private) for part in parts
        ]
        for part, length in zip(parts, lengths, strict=True):
            if length < max(lengths):
                for one in inside:
                    one.private |= one.tail in part and one.head in part


def _position(segments: list[Segment], point: shapely.Point) -> tuple[int, int, int] | None:
    """Return the nearest segment, millimetres from its tail, and the connector."""
    near = [(one.line.distance(point), one.private, at) for at, one in enumerate(segments)]
    if not near or min(near)[0] > SNAP_LIMIT_M:
        return None
    distance, _, at = min(near)
    one = segments[at]
    if not one.mm:
        return at, 0, round(distance * 1000)
    tail, head = one.line.coords
    low = shapely.LineString(sorted([tail, head]))
    run = min(round(low.project(point) * 1000), one.mm)
    return at, run if tail <= head else one.mm - run, round(distance * 1000)


def _positions(segments: list[Segment], point: shapely.Point) -> list[tuple[int, int, int]]:
    first = _position(segments, point)
    if first is None:
        return []
    if not segments[first[0]].loose:
        return [first]
    firm = [at for at, one in enumerate(segments) if not one.loose]
    second = _position([segments[at] for at in firm], point)
    return [first] if second is None else [first, (firm[second[0]], *second[1:])]


def _walk(segments: list[Segment], home: shapely.Point, goal: shapely.Point) -> int | None:  # noqa: C901 - plain
    starts, ends = _positions(segments, home), _positions(segments, goal)
    if starts and ends:
        ours, theirs = segments[starts[0][0]], segments[ends[0][0]]
        if ours.loose and ours.piece == theirs.piece:
            starts, ends = starts[:1], ends[:1]
    graph = nx.DiGraph()
    for number, one in enumerate(segments):
        stops = [("tail", 0, one.tail), ("head", one.mm, one.head)]
        stops += [
            ("home", offset, ("home", k))
            for k, (at, offset, _) in enumerate(starts)
            if at == number
        ]
        stops += [
            ("goal", offset, ("goal", k)) for k, (at, offset, _) in enumerate(ends) if at == number
        ]
        for (_, a, start), (_, b, end) in itertools.permutations(stops, 2):
            if (b > a and one.ahead) or (b < a and one.back) or a == b:
                level = abs(b - a) * one.slowness[b < a]
                _step(graph, start, end, level * LEVEL + abs(b - a), is_private=one.private)
    for k, (at, _, connector) in enumerate(starts):
        state = "leaving" if segments[at].private else "public"
        graph.add_edge("HOME", (("home", k), state), mm=connector * (LEVEL + 1))
    for k, (_, _, connector) in enumerate(ends):
        for state in ("leaving", "public", "arriving"):
            graph.add_edge((("goal", k), state), "GOAL", mm=connector * (LEVEL + 1))
    try:
        return nx.dijkstra_path_length(graph, "HOME", "GOAL", weight="mm")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None


def _step(graph: nx.DiGraph, start: object, end: object, mm: int, *, is_private: bool) -> None:
    moves = (
        [("leaving", "leaving"), ("public", "arriving"), ("arriving", "arriving")]
        if is_private
        else [("leaving", "public"), ("public", "public")]
    )
    for before, after in moves:
        edge = (start, before), (end, after)
        known = graph.get_edge_data(*edge, default={"mm": mm})["mm"]
        graph.add_edge(*edge, mm=min(known, mm))
