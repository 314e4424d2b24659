"""Walks by Valhalla, networkx and osmnx, for ``compare_engines``; not a script of its own."""

import itertools
import json
import re
import subprocess
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt
import osmium
import osmnx as ox
import shapely
from valhalla import PYVALHALLA_DIR, Actor, get_config
from valhalla.utils.decode_polyline import decode_polyline

from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# What walking takes, and nothing else; what is not named here stays as Valhalla has it.
VALHALLA_OPTIONS: Mapping[str, float] = {
    "walking_speed": 3.6,  # km/h: 1 m/s, as LifeCircle's own
    "step_penalty": 0,
    "elevator_penalty": 0,
    "use_ferry": 0,
    "use_hills": 1,  # the tiles are built without elevation in any case
}
_WALKS = ("footway", "path", "pedestrian", "steps")
_LEAVING, _PUBLIC, _ARRIVING = range(3)


class Route(NamedTuple):
    """What Valhalla answers: its seconds, its metres, and the line that it walks."""

    seconds: float
    metres: float
    shape: str  # as Valhalla encodes it; empty where it finds no way

    @property
    def line(self) -> Floats:
        """Return the line's vertices in degrees, longitude first."""
        return np.array(decode_polyline(self.shape)).reshape(-1, 2)


def valhalla_tiles(streets: Path, folder: Path) -> Actor:
    """Build Valhalla's tiles from an OpenStreetMap file, and open them."""
    tiles = folder / "tiles"
    tiles.mkdir()
    config = get_config(tile_extract="", tile_dir=tiles)
    (folder / "valhalla.json").write_text(json.dumps(config), encoding="utf-8")
    program = PYVALHALLA_DIR / "bin" / "valhalla_build_tiles"
    command = [program, "-c", folder / "valhalla.json", "-j", "1", streets.resolve()]
    # It leaves a list of duplicate ways where it runs.
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - of the wheel
    return Actor(folder / "valhalla.json")


def valhalla_routes(
    actor: Actor, starts: Floats, ends: Floats, *, shortest: bool = False
) -> list[Route]:
    """Ask Valhalla for the walk of each pair of places, in degrees."""
    options = {**VALHALLA_OPTIONS, "shortest": shortest}
    return [_route(actor, start, end, options) for start, end in zip(starts, ends, strict=True)]


def _route(actor: Actor, start: Floats, end: Floats, options: Mapping[str, float]) -> Route:
    request = {
        "locations": [{"lon": float(lon), "lat": float(lat)} for lon, lat in (start, end)],
        "costing": "pedestrian",
        "costing_options": {"pedestrian": options},
        "directions_type": "none",
    }
    try:
        trip = actor.route(request)["trip"]
    except RuntimeError:  # "No path could be found for input"
        return Route(np.inf, np.inf, "")
    summary = trip["summary"]
    return Route(summary["time"], summary["length"] * 1000, trip["legs"][0]["shape"])


def ways_of_route(actor: Actor, route: Route) -> list[int]:
    """Name the ways that a route of Valhalla's runs over, in its order."""
    request = {
        "encoded_polyline": route.shape,
        "shape_match": "walk_or_snap",
        "costing": "pedestrian",
        "costing_options": {"pedestrian": dict(VALHALLA_OPTIONS)},
    }
    edges = actor.trace_attributes(request)["edges"]
    return list(dict.fromkeys(edge["way_id"] for edge in edges))


class Walk(NamedTuple):
    """A walk by networkx over our network: millimetres, and the edges that it takes."""

    mm: float  # infinite where there is no way
    edges: list[int]


def networkx_walks(network: WalkNetwork, starts: Places, ends: Places) -> list[Walk]:
    """
    Walk from each start to its end in networkx, over our network.

    A node stands three times in the graph: on the private ways that the walk leaves, on public
    ones, and on the private ways that it arrives by.
    """
    graph: nx.DiGraph[object] = nx.DiGraph()
    for edge in range(len(network.start)):
        for before, after in _changes(bool(network.private[edge])):
            for tail, head in _directions(network, edge):
                _add(graph, (tail, before), (head, after), int(network.length_mm[edge]), edge)
    return [_walk(graph, network, starts, ends, at) for at in range(len(starts.ids))]


def _changes(is_private: bool) -> list[tuple[int, int]]:  # noqa: FBT001 - a shorthand
    if is_private:
        return [(_LEAVING, _LEAVING), (_PUBLIC, _ARRIVING), (_ARRIVING, _ARRIVING)]
    return [(_LEAVING, _PUBLIC), (_PUBLIC, _PUBLIC)]


def _directions(network: WalkNetwork, edge: int) -> Iterable[tuple[int, int]]:
    tail, head = int(network.start[edge]), int(network.end[edge])
    if network.forward[edge]:
        yield tail, head
    if network.backward[edge]:
        yield head, tail


def _add(
    graph: "nx.DiGraph[object]", tail: object, head: object, weight: float, edge: int = -1
) -> None:
    """Add an edge, but for where one is that is no longer."""
    if not graph.has_edge(tail, head) or weight < graph.edges[tail, head]["weight"]:
        graph.add_edge(tail, head, weight=weight, edge=edge)


def _walk(
    graph: "nx.DiGraph[object]", network: WalkNetwork, starts: Places, ends: Places, place: int
) -> Walk:
    mine, theirs = _positions(network, starts, ends, place)
    for one in mine:
        edge, connector = int(starts.edge[one]), int(starts.connector_mm[one])
        first = _LEAVING if network.private[edge] else _PUBLIC
        for offset, node in _both_ends(network, starts, one):
            _add(graph, "start", (node, first), offset + connector, edge)
        for other in theirs[ends.edge[theirs] == edge]:
            along = abs(int(starts.offset_mm[one]) - int(ends.offset_mm[other]))
            _add(graph, "start", "end", along + connector + int(ends.connector_mm[other]), edge)
    for other in theirs:
        edge, connector = int(ends.edge[other]), int(ends.connector_mm[other])
        for offset, node in _both_ends(network, ends, other):
            for before, _ in _changes(bool(network.private[edge])):
                _add(graph, (node, before), "end", offset + connector, edge)
    nodes, mm = _shortest(graph)
    edges = [graph.edges[pair]["edge"] for pair in itertools.pairwise(nodes)]
    graph.remove_nodes_from(["start", "end"])
    return Walk(mm, edges)


def _positions(network: WalkNetwork, starts: Places, ends: Places, place: int) -> tuple[Ints, Ints]:
    """Leave the positions beyond a loose piece out where both places stand on that piece."""
    mine, theirs = (np.flatnonzero(places.place == place) for places in (starts, ends))
    own, other = mine[~starts.fallback[mine]], theirs[~ends.fallback[theirs]]
    pieces = network.component[starts.edge[own]], network.component[ends.edge[other]]
    return (own, other) if np.intersect1d(*pieces).size else (mine, theirs)


def _both_ends(network: WalkNetwork, places: Places, at: int) -> list[tuple[int, int]]:
    edge, offset = places.edge[at], int(places.offset_mm[at])
    rest = int(network.length_mm[edge]) - offset
    return [(offset, int(network.start[edge])), (rest, int(network.end[edge]))]


def _shortest(graph: "nx.DiGraph[object]") -> tuple[list[object], float]:
    try:
        nodes = nx.dijkstra_path(graph, "start", "end")
    except nx.NetworkXNoPath:
        return [], np.inf
    return nodes, sum(graph.edges[pair]["weight"] for pair in itertools.pairwise(nodes))


def cut_ways(streets: Path) -> set[int]:
    """Name the ways some of whose nodes are not in the file, at the rim of an extract."""
    there = {node.id for node in osmium.FileProcessor(streets, osmium.osm.NODE)}
    return {
        way.id
        for way in osmium.FileProcessor(streets, osmium.osm.WAY)
        if "highway" in way.tags and not there.issuperset(node.ref for node in way.nodes)
    }


def one_way_walks(streets: Path) -> dict[int, str]:
    """Find the one-way signs on ways for walkers, which bind walkers in Valhalla alone."""
    return {
        way.id: way.tags["oneway"]
        for way in osmium.FileProcessor(streets, osmium.osm.WAY)
        if way.tags.get("highway") in _WALKS and "oneway" in way.tags
    }


def osmnx_graph(streets: Path, folder: Path, *, without: Container[int]) -> "nx.MultiDiGraph[int]":
    """
    Make osmnx's walk graph of a file: its own filter, its own reader, its own simplification.

    osmnx filters when it downloads; here its filter is put upon the file. Its reader fails on ways
    some of whose nodes are not in the file: they stay out.
    """
    clauses = osmnx_clauses()
    wanted: dict[str, set[int]] = {"n": set(), "w": set()}
    for way in osmium.FileProcessor(streets, osmium.osm.WAY):
        if passes(way.tags, clauses) and way.id not in without:
            wanted["w"].add(way.id)
            wanted["n"].update(node.ref for node in way.nodes)
    path = folder / "walk.osm"
    with osmium.SimpleWriter(path) as writer:
        for thing in osmium.FileProcessor(streets, osmium.osm.NODE | osmium.osm.WAY):
            if thing.id in wanted[thing.type_str()]:
                writer.add(thing)
    return ox.graph_from_xml(path, bidirectional=True)


def osmnx_clauses() -> list[tuple[str, str]]:
    """Take osmnx's walk filter apart: keys, and what they must not hold, if they need not be."""
    found: str = ox._overpass._get_network_filter("walk")  # noqa: SLF001 - it has no public name
    return re.findall(r'\["([\w:]+)"(?:!~"([^"]+)")?\]', found)


def passes(tags: Mapping[str, str], clauses: Sequence[tuple[str, str]]) -> bool:
    """Tell whether osmnx would have downloaded a way."""
    return all(
        not re.search(bad, tags.get(key) or "") if bad else key in tags for key, bad in clauses
    )


def osmnx_walks(graph: "nx.MultiDiGraph[int]", starts: Floats, ends: Floats) -> Floats:
    """Walk as osmnx's documents do, from the junction nearest to each place: metres."""
    tails = ox.distance.nearest_nodes(graph, *starts.T)
    heads = ox.distance.nearest_nodes(graph, *ends.T)
    walked = []
    for tail, head in zip(tails, heads, strict=True):
        try:
            walked.append(nx.shortest_path_length(graph, tail, head, weight="length"))
        except nx.NetworkXNoPath:
            walked.append(np.inf)
    return np.array(walked)


def osmnx_walks_along(graph: "nx.MultiDiGraph[int]", starts: Floats, ends: Floats) -> Floats:
    """Walk on osmnx's graph from the nearest points of its edges: metres."""
    plain: nx.DiGraph[object] = nx.DiGraph()
    for tail, head, length in graph.edges(data="length"):
        _add(plain, tail, head, length)
        _add(plain, head, tail, length)
    near = [ox.distance.nearest_edges(graph, *places.T) for places in (starts, ends)]
    walked = []
    for start, end, one, other in zip(starts, ends, *near, strict=True):
        (from_tail, from_head), (to_tail, to_head) = (
            _offsets(graph, edge, spot) for edge, spot in ((one, start), (other, end))
        )
        _add(plain, "start", one[0], from_tail)
        _add(plain, "start", one[1], from_head)
        _add(plain, other[0], "end", to_tail)
        _add(plain, other[1], "end", to_head)
        if tuple(one) == tuple(other):
            _add(plain, "start", "end", abs(from_tail - to_tail))
        walked.append(_shortest(plain)[1])
        plain.remove_nodes_from(["start", "end"])
    return np.array(walked)


def _offsets(
    graph: "nx.MultiDiGraph[int]", edge: tuple[int, int, int], spot: Floats
) -> tuple[float, float]:
    """Return the metres from a place on an edge to the edge's two ends."""
    data = graph.edges[edge]
    ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in edge[:2]]
    line = data.get("geometry", shapely.LineString(ends))
    share = line.project(shapely.Point(spot), normalized=True)
    return data["length"] * share, data["length"] * (1 - share)
