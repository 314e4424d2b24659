"""A notebook user's way in: an osmnx graph, and catchments in three lines."""

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from lifecircle.errors import CrsError, NetworkError
from lifecircle.walk import (
    build_network,
    network_from_osmnx,
    snap_places,
    walk_catchments,
    walk_links,
)
from worlds import METRES, points, random_world, street_ways


def simplified_graph() -> nx.MultiDiGraph:
    """Draw an L-shaped street both ways, as osmnx simplifies it, and a one-way street on."""
    graph = nx.MultiDiGraph(crs=METRES.to_string())
    for node, (x, y) in {1: (0, 0), 2: (300, 400), 3: (300, 500)}.items():
        graph.add_node(node, x=float(x), y=float(y))
    bend = shapely.LineString([(0, 0), (300, 0), (300, 400)])
    graph.add_edge(1, 2, osmid=[10, 11], highway=["residential", "service"], geometry=bend)
    graph.add_edge(2, 1, osmid=[11, 10], highway=["residential", "service"],
                   geometry=bend.reverse(), reversed=True)  # fmt: skip
    graph.add_edge(2, 3, osmid=12, highway="residential", oneway=True)
    return graph


def test_both_directions_are_one_street_and_keep_their_bends() -> None:
    network = network_from_osmnx(simplified_graph())
    assert sorted(network.length_mm.tolist()) == [800_000]  # two ways, one kind, one edge
    assert network.counts["graph_edges"] == 3


def test_one_way_traffic_does_not_bind_walkers() -> None:
    network = network_from_osmnx(simplified_graph())
    assert network.forward.all()
    assert network.backward.all()


def test_catchments_in_three_lines() -> None:
    facilities = gpd.GeoDataFrame(geometry=points({"f": (300, 0)}))
    network = network_from_osmnx(simplified_graph())
    catchments = walk_catchments(network, facilities, minutes=[2, 5])
    assert catchments["minutes"].tolist() == [2, 5]
    assert catchments.area.is_monotonic_increasing


def test_degrees_are_projected_to_the_study_crs() -> None:
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=114.30, y=30.60)
    graph.add_node(2, x=114.31, y=30.60)
    graph.add_edge(1, 2, osmid=1, highway="residential")
    network = network_from_osmnx(graph)
    assert network.crs.to_epsg() == 4547
    # The geodesic is 959.006 m by pyproj's Geod; Gauss-Krueger is true within 0.1 %.
    assert network.length_mm[0] / 1000 == pytest.approx(959.006, rel=0.001)


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_a_graph_gives_the_links_of_the_streets_it_was_made_of(seed: int) -> None:
    world = random_world(seed)
    graph = nx.MultiDiGraph(crs=METRES.to_string())
    for node, (x, y) in enumerate(world.xy):
        graph.add_node(node, x=float(x), y=float(y), **world.node_tags.get(node, {}))
    for number, (nodes, tags) in enumerate(world.ways):
        for start, end in itertools.pairwise(nodes):
            graph.add_edge(start, end, osmid=number, **tags)
    found = []
    for network in (network_from_osmnx(graph), build_network(street_ways(world))):
        homes, goals = (
            snap_places(network, points(spots)) for spots in (world.residences, world.facilities)
        )
        found.append(walk_links(network, homes, goals, limit_mm=900_000))
    np.testing.assert_array_equal(found[0].to_numpy(), found[1].to_numpy())


def test_a_graph_without_a_crs_is_refused() -> None:
    graph = simplified_graph()
    del graph.graph["crs"]
    with pytest.raises(CrsError, match="names no CRS"):
        network_from_osmnx(graph)


def test_a_graph_without_edges_is_refused() -> None:
    with pytest.raises(NetworkError, match="no edges"):
        network_from_osmnx(nx.MultiDiGraph(crs="EPSG:4326"))
