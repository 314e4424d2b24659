"""Searches over streets that cost more than their length, and not the same both ways."""

import itertools

import numpy as np
import pandas as pd
import pytest

from lifecircle.walk.links import nearest_facilities, walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.pace import Pace
from lifecircle.walk.parts import level_parts
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.sites import reached_sites
from lifecircle.walk.turning import at_speed, turned_round
from lifecircle.walk.ways import StreetWays, step_lengths
from worlds import World, oracle_costs, points, random_world, street_ways

LIMIT_MM = 900_000


def slow_world(seed: int) -> World:
    """Draw a world whose streets take one to three times their length, each way its own."""
    world, draw = random_world(seed), np.random.default_rng(seed)
    for number, (nodes, _) in enumerate(world.ways):
        for at in range(len(nodes) - 1):
            one, two = draw.integers(1, 4, 2).tolist()
            world.slowness[number, at] = one, two
    return world


def paced(ways: StreetWays, ahead: np.ndarray, back: np.ndarray, speed_mm_s: int = 1000) -> Pace:
    none, length = np.zeros(len(ahead), dtype=np.int64), step_lengths(ways)
    closed = np.zeros(len(ways.way_tags), dtype=bool)
    return Pace(speed_mm_s, closed, length * ahead, length * back, none, none)


def slow_network(world: World, order: np.ndarray | None = None) -> WalkNetwork:
    ways = street_ways(world, order)
    factors = [
        world.slowness.get((number, at), (1, 1))
        for number in ways.way_ids.tolist()
        for at in range(len(world.ways[number][0]))
    ]
    ahead, back = np.array(factors, dtype=np.int64)[:-1].T
    return build_network(ways, pace=paced(ways, ahead, back))


def placed(network: WalkNetwork, world: World) -> tuple[Places, Places]:
    here, there = points(world.residences), points(world.facilities)
    return snap_places(network, here), snap_places(network, there)


def as_dict(links: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (row.residence_id, row.facility_id): (row.level_mm, row.walk_mm)
        for row in links.itertuples()
    }


@pytest.mark.parametrize("seed", range(100))
def test_costed_links_equal_the_plain_oracle_there_and_on_the_ground(seed: int) -> None:
    world = slow_world(seed)
    network = slow_network(world)
    places = placed(network, world)
    links = walk_links(network, *places, limit_mm=LIMIT_MM)
    assert as_dict(links) == oracle_costs(world, LIMIT_MM)
    assert (links["ms"] == links["level_mm"]).all()  # at 1 m/s


@pytest.mark.parametrize("seed", range(40))
def test_the_nearest_is_the_quickest_to_reach(seed: int) -> None:
    world = slow_world(seed)
    network = slow_network(world)
    nearest = nearest_facilities(network, *placed(network, world))
    everything = oracle_costs(world, 10**11)
    for home in world.residences:
        walks = [(*cost, goal) for (start, goal), cost in everything.items() if start == home]
        level, ground, goal = min(walks, default=(-1, -1, None))
        found = nearest.loc[home, "facility_id"] if nearest.loc[home, "walk_mm"] >= 0 else None
        told = (nearest.loc[home, "level_mm"], nearest.loc[home, "walk_mm"], found)
        assert told == (level, ground, goal)


@pytest.mark.parametrize("seed", range(20))
def test_the_way_back_is_the_way_there_with_the_ends_exchanged(seed: int) -> None:
    world = slow_world(seed)
    network = slow_network(world)
    here, there = placed(network, world)
    forth = as_dict(walk_links(turned_round(network), here, there, limit_mm=LIMIT_MM))
    back = as_dict(walk_links(network, there, here, limit_mm=LIMIT_MM))
    assert forth == {(home, goal): cost for (goal, home), cost in back.items()}


@pytest.mark.parametrize("seed", range(10))
def test_order_and_direction_of_slow_ways_do_not_matter(seed: int) -> None:
    world = slow_world(seed)
    network = slow_network(world)
    shuffled = slow_network(world, np.random.default_rng(seed).permutation(len(world.ways)))
    turned = slow_world(seed)
    for number, (nodes, tags) in enumerate(turned.ways):
        if tags.get("oneway:foot") != "yes":
            last = len(nodes) - 2
            turned.ways[number] = (nodes[::-1], tags)
            turned.slowness |= {
                (number, last - at): world.slowness[number, at][::-1] for at in range(last + 1)
            }
    for other in (shuffled, slow_network(turned)):
        assert np.array_equal(network.ahead_mm, other.ahead_mm)
        assert np.array_equal(network.back_mm, other.back_mm)
        assert np.array_equal(network.vertex_ahead_mm, other.vertex_ahead_mm)


@pytest.mark.parametrize("seed", range(10))
def test_sites_are_reached_as_links_reach_them(seed: int) -> None:
    world = slow_world(seed)
    network = slow_network(world)
    here, _ = placed(network, world)
    nobody = here.ids[:0]
    sites = reached_sites(network, here, here.ids, nobody, limit_mm=300_000, off_street_m=30)
    spots = {f"p{at}": (x * 25.0, y * 25.0) for at, (x, y) in enumerate(sites.cells.tolist())}
    there = snap_places(network, points(spots), snap_limit_m=30)
    links = walk_links(network, here, there, limit_mm=300_000)
    ours = {
        (here.ids[home], f"p{at}"): mm
        for home, at, mm in zip(sites.residence, sites.point, sites.walk_mm, strict=True)
    }
    loose = network.component_mm[network.component[there.edge]] < 500_000
    left_out = set(there.ids[there.place[loose]])
    theirs = {pair: ground for pair, (_, ground) in as_dict(links).items()}
    assert ours == {pair: mm for pair, mm in theirs.items() if pair[1] not in left_out}


def straight(*, ahead_ms: int = 0, back_ms: int = 0, speed_mm_s: int = 1000) -> WalkNetwork:
    """Draw a street of 100 m from west to east, of which the middle 20 m take time of their own."""
    xy = [(0.0, 0.0), (40.0, 0.0), (60.0, 0.0), (100.0, 0.0)]
    ways = street_ways(World(xy=xy, ways=[([0, 1, 2, 3], {"highway": "footway"})]))
    length, one = step_lengths(ways), np.array([0, 1, 0])
    closed = np.zeros(1, dtype=bool)
    pace = Pace(speed_mm_s, closed, length, length, one * ahead_ms, one * back_ms)
    return build_network(ways, pace=pace)


def test_a_wait_lies_on_its_own_piece_and_a_part_of_it_costs_its_proportion() -> None:
    network = straight(ahead_ms=30_000, back_ms=10_000)
    assert network.ahead_mm.tolist() == [130_000]
    assert network.back_mm.tolist() == [110_000]
    offset = np.array([0, 40_000, 50_000, 60_000, 100_000])
    ahead, back = level_parts(network, np.zeros(5, dtype=np.int64), offset)
    assert ahead.tolist() == [0, 40_000, 65_000, 90_000, 130_000]
    assert back.tolist() == [0, 40_000, 55_000, 70_000, 110_000]


def test_who_walks_twice_as_fast_waits_no_less() -> None:
    network = straight(ahead_ms=30_000)
    faster = at_speed(network, 2000)  # 100 m in 50 s and 30 s: 160 m of level ground
    assert faster.ahead_mm.tolist() == [160_000]
    assert faster.back_mm.tolist() == [100_000]
    assert at_speed(faster, 1000).ahead_mm.tolist() == network.ahead_mm.tolist()
    assert np.array_equal(faster.ahead_mm, straight(ahead_ms=30_000, speed_mm_s=2000).ahead_mm)


def test_a_pace_that_changes_nothing_leaves_the_network_plain() -> None:
    assert straight().is_plain
    assert not straight(back_ms=1).is_plain


@pytest.mark.parametrize("seed", range(20))
def test_more_waiting_never_shortens_a_walk(seed: int) -> None:
    world = slow_world(seed)
    slower = slow_world(seed)
    slower.slowness |= {
        key: (one + (number % 2), two + (number % 3 == 0))
        for number, (key, (one, two)) in enumerate(world.slowness.items())
    }
    before, after = (
        as_dict(walk_links(network, *placed(network, world), limit_mm=LIMIT_MM))
        for network in (slow_network(world), slow_network(slower))
    )
    assert after.keys() <= before.keys()
    assert all(after[pair][0] >= before[pair][0] for pair in after)


def test_of_equally_quick_walks_the_shortest_on_the_ground_is_told() -> None:
    # From (0, 0) to (300, 0): 300 m that take as long as 500 m, or 500 m of plain street round.
    xy = [(0.0, 0.0), (300.0, 0.0), (0.0, 100.0), (300.0, 100.0)]
    world = World(
        xy=xy, ways=[([0, 1], {"highway": "footway"}), ([0, 2, 3, 1], {"highway": "path"})]
    )
    ways = street_ways(world)
    length = step_lengths(ways)
    level = np.where(np.arange(len(length)) == 0, 500_000, length)
    none = np.zeros_like(length)
    pace = Pace(1000, np.zeros(2, dtype=bool), level, level, none, none)
    network = build_network(ways, pace=pace)
    here = snap_places(network, points({"r": (-10.0, 0.0)}))
    there = snap_places(network, points({"f": (310.0, 0.0)}))
    for one, two in itertools.permutations((here, there)):
        found = walk_links(network, one, two, limit_mm=520_000)
        assert found[["walk_mm", "level_mm"]].to_numpy().tolist() == [[320_000, 520_000]]
        assert not len(walk_links(network, one, two, limit_mm=519_999))
