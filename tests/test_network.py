import itertools

import numpy as np
import pytest

from lifecircle.errors import NetworkError
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.ways import StreetWays
from worlds import METRES, World, random_world, street_ways

STREET = {"highway": "residential"}
PRIVATE = {"highway": "service", "access": "private"}
Tags = dict[str, str]


def network_of(
    xy: list[tuple[float, float]],
    *ways: tuple[list[int], Tags],
    node_tags: dict[int, Tags] | None = None,
) -> WalkNetwork:
    return build_network(street_ways(World(xy=xy, ways=list(ways), node_tags=node_tags or {})))


def test_nodes_of_degree_two_become_vertices_and_lengths_add() -> None:
    xy = [(0, 0), (100, 0), (100, 50), (300, 50)]
    network = network_of(xy, ([0, 1, 2, 3], STREET))
    assert network.length_mm.tolist() == [350_000]
    assert network.vertex_mm.tolist() == [0, 100_000, 150_000, 350_000]
    assert network.lines[0].length == 350


def test_two_ways_of_one_kind_are_one_edge() -> None:
    network = network_of([(0, 0), (100, 0), (200, 0)], ([0, 1], STREET), ([2, 1], STREET))
    assert network.length_mm.tolist() == [200_000]
    assert network.piece_ways.tolist() == [0, 1]


def test_a_change_of_access_ends_an_edge() -> None:
    network = network_of([(0, 0), (100, 0), (200, 0)], ([0, 1], STREET), ([1, 2], PRIVATE))
    assert network.private.tolist() == [False, True]
    assert network.enclosure.tolist() == [-1, 0]


def test_crossing_ways_without_a_shared_node_do_not_meet() -> None:
    xy = [(0, 0), (200, 0), (100, -100), (100, 100)]
    bridge = {"highway": "footway", "bridge": "yes"}
    network = network_of(xy, ([0, 1], STREET), ([2, 3], bridge))
    assert sorted(set(network.component.tolist())) == [0, 1]


def test_parallel_streets_stay_two_edges() -> None:
    xy = [(0, 0), (100, 0), (50, 40)]
    network = network_of(xy, ([0, 1], STREET), ([0, 2, 1], STREET), ([0, 1], STREET))
    assert len(network.start) == 3
    assert network.length_mm.min() == 100_000


def test_a_ring_without_a_junction_is_one_loop() -> None:
    network = network_of([(0, 0), (100, 0), (100, 100), (0, 100)], ([0, 1, 2, 3, 0], STREET))
    assert network.length_mm.tolist() == [400_000]
    assert network.start[0] == network.end[0]


def test_a_wall_across_a_street_parts_it() -> None:
    xy = [(0, 0), (100, 0), (200, 0)]
    network = network_of(xy, ([0, 1, 2], STREET), node_tags={1: {"barrier": "wall"}})
    assert network.component_mm.tolist() == [100_000, 100_000]


def test_streets_behind_a_private_gate_belong_to_the_enclosure() -> None:
    xy = [(0, 0), (1000, 0), (500, 0), (500, 100), (500, 200)]
    gate = {3: {"barrier": "gate", "access": "private"}}
    network = network_of(xy, ([0, 2, 1], STREET), ([2, 3, 4], STREET), node_tags=gate)
    inside = network.vertex_xy[network.vertex_offsets[:-1]][:, 1] >= 100
    assert network.private[inside].all()
    assert not network.private[~inside].any()


def test_explain_names_the_rule_the_tags_and_the_way() -> None:
    network = network_of([(0, 0), (100, 0)], ([0, 1], PRIVATE))
    told = network.explain(0)
    assert told.startswith("private by rule ")
    assert "access=private" in told
    assert told.endswith("way 0")


def test_only_closed_ways_are_an_error() -> None:
    with pytest.raises(NetworkError, match="no way may be walked on"):
        network_of([(0, 0), (100, 0)], ([0, 1], {"highway": "motorway"}))


@pytest.mark.parametrize("seed", range(20))
def test_order_and_direction_of_the_ways_do_not_matter(seed: int) -> None:
    world = random_world(seed)
    order = np.random.default_rng(seed).permutation(len(world.ways))
    one, two = build_network(street_ways(world)), build_network(street_ways(world, order))
    for name in ("start", "end", "length_mm", "private", "enclosure", "vertex_xy", "piece_ways"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)


@pytest.mark.parametrize("seed", range(20))
def test_segment_lengths_add_up_to_edge_lengths(seed: int) -> None:
    world = random_world(seed)
    network = build_network(street_ways(world))
    by_hand = sum(
        round(np.hypot(*np.subtract(world.xy[one], world.xy[two])) * 1000)
        for nodes, _ in world.ways
        for one, two in itertools.pairwise(nodes)
    )
    assert network.length_mm.sum() == by_hand


def test_no_ways_at_all_are_an_error() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    ways = StreetWays(
        crs=METRES,
        node_ids=nothing,
        xy=np.zeros((0, 2)),
        way_ids=nothing,
        offsets=np.zeros(1, dtype=np.int64),
        refs=nothing,
        way_tags=(),
    )
    with pytest.raises(NetworkError):
        build_network(ways)
