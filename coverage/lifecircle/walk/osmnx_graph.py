"""A walk network from an osmnx graph, for those who have one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from lifecircle.datum import study_crs
from lifecircle.errors import CrsError, NetworkError
from lifecircle.walk.access import RELEVANT_NODE_KEYS, RELEVANT_WAY_KEYS
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.waits import PACE_NODE_KEYS, PACE_WAY_KEYS
from lifecircle.walk.ways import StreetWays

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["NODE_KEYS", "WAY_KEYS", "network_from_osmnx", "ways_from_osmnx"]

WAY_KEYS = RELEVANT_WAY_KEYS | PACE_WAY_KEYS | {"layer"}
"""Keys of edges that are read; the edges of two nodes are told apart by them."""
NODE_KEYS = RELEVANT_NODE_KEYS | PACE_NODE_KEYS
"""Keys of nodes that are read."""


def network_from_osmnx(graph: "nx.MultiDiGraph[int]") -> WalkNetwork:
    """
    Build the walk network of an osmnx graph.

    Parameters
    ----------
    graph
        As `osmnx` makes it: nodes with ``x`` and ``y``, edges with OSM tags and, where simplified,
        a ``geometry``; ``graph.graph["crs"]`` names the CRS. Degrees are projected to the study
        CRS of the graph's middle. An edge and its twin in the other direction are one street,
        and one-way traffic does not bind walkers.

    Returns
    -------
    network
        The streets as our own access table reads their tags; of a list of values the first.

    Raises
    ------
    CrsError
        If the graph names no CRS.
    NetworkError
        If it has no street that may be walked on.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph(crs="EPSG:4547")
    >>> graph.add_node(1, x=0.0, y=0.0)
    >>> graph.add_node(2, x=300.0, y=400.0)
    >>> _ = graph.add_edge(1, 2, highway="residential", osmid=7)
    >>> _ = graph.add_edge(2, 1, highway="residential", osmid=7)
    >>> network_from_osmnx(graph).length_mm
    array([500000])
    """
    return build_network(ways_from_osmnx(graph))


def ways_from_osmnx(graph: "nx.MultiDiGraph[int]") -> StreetWays:
    """
    Take the streets of an osmnx graph as ways over shared nodes.

    Parameters
    ----------
    graph
        As `network_from_osmnx` takes it.

    Returns
    -------
    ways
        One way an edge of the graph, both directions once.

    Raises
    ------
    CrsError
        If the graph names no CRS.
    NetworkError
        If it has no edges.
    """
    if not graph.graph.get("crs"):
        raise CrsError("graph", ["it names no CRS; set `graph.graph['crs']`."])
    if not graph.number_of_edges():
        raise NetworkError("graph", ["it has no edges."])
    nodes = sorted(graph.nodes)
    place = {node: number for number, node in enumerate(nodes)}
    xy = [(float(graph.nodes[node]["x"]), float(graph.nodes[node]["y"])) for node in nodes]
    refs: list[int] = []
    offsets, way_ids, tags = [0], [], []
    for ends, line, osmid, data in sorted(_streets(graph), key=lambda street: street[:3]):
        inner = range(len(xy), len(xy) + len(line) - 2)
        xy += line[1:-1]
        refs += [place[ends[0]], *inner, place[ends[1]]]
        offsets.append(len(refs))
        way_ids.append(osmid)
        tags.append(_tags(data, WAY_KEYS))
    plane, crs = _projected(np.array(xy), pyproj.CRS.from_user_input(graph.graph["crs"]))
    node_tags = {place[node]: _tags(graph.nodes[node], NODE_KEYS) for node in nodes}
    return StreetWays(
        crs=crs,
        node_ids=np.arange(len(plane)),
        xy=plane,
        way_ids=np.array(way_ids, dtype=np.int64),
        offsets=np.array(offsets, dtype=np.int64),
        refs=np.array(refs, dtype=np.int64),
        way_tags=tuple(tags),
        node_tags={node: kept for node, kept in node_tags.items() if kept},
        counts={"graph_edges": graph.number_of_edges()},
    )


_Line = tuple[tuple[float, float], ...]
_Street = tuple[tuple[int, int], _Line, tuple[int, ...]]


def _streets(
    graph: "nx.MultiDiGraph[int]",
) -> list[tuple[tuple[int, int], _Line, int, Mapping[str, object]]]:
    """List each street once, in the direction in which it was drawn, where the graph knows it."""
    edges: dict[_Street, Mapping[str, object]] = {
        _street(graph, start, end, data): data for start, end, data in graph.edges(data=True)
    }
    streets: dict[_Street, Mapping[str, object]] = {}
    for street, data in edges.items():
        twin = (street[0][::-1], street[1][::-1], street[2])
        # osmnx marks the twin that runs against the drawing; else the lower node comes first.
        turned = data.get("reversed")
        against = turned if isinstance(turned, bool) else twin in edges and twin < street
        drawn = twin if against else street
        if drawn not in streets or not against:
            streets[drawn] = data
    return [(ends, line, ids[0], data) for (ends, line, ids), data in streets.items()]


def _street(
    graph: "nx.MultiDiGraph[int]", start: int, end: int, data: Mapping[str, object]
) -> _Street:
    ends = [(float(graph.nodes[at]["x"]), float(graph.nodes[at]["y"])) for at in (start, end)]
    shape = data.get("geometry")
    inner: list[list[float]] = []
    if isinstance(shape, shapely.Geometry):
        inner = shapely.get_coordinates(shape)[1:-1].tolist()
    line = (ends[0], *((float(x), float(y)) for x, y in inner), ends[1])
    given = data.get("osmid", 0)
    ids = given if isinstance(given, list) else [given]
    return (start, end), line, tuple(sorted(int(str(one)) for one in ids))


def _first(value: object) -> str:
    return str(value[0] if isinstance(value, list) and value else value)


def _tags(data: Mapping[str, object], keys: frozenset[str]) -> dict[str, str]:
    return {key: _first(data[key]) for key in sorted(keys & data.keys()) if data[key] is not None}


def _projected(
    xy: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", crs: pyproj.CRS
) -> tuple["np.ndarray[tuple[int, int], np.dtype[np.float64]]", pyproj.CRS]:
    if not crs.is_geographic:
        return xy, crs
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    target = study_crs(float(middle[0]), float(middle[1]))
    transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])), target
