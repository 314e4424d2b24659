"""What streets take beside their length: hand-drawn maps, every number worked out by hand."""

import dataclasses
import math

import numpy as np
import pytest

from lifecircle.study import profile_names, read_profile
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.pace import Pace
from lifecircle.walk.places import snap_places
from lifecircle.walk.slope import sample_points, smoothed_heights, with_slopes
from lifecircle.walk.waits import street_pace
from lifecircle.walk.walker import Walker, speed_share, tobler_m_s
from lifecircle.walk.ways import StreetWays
from worlds import World, points, street_ways

ROAD = {"highway": "primary", "sidewalk": "both"}
FOOTWAY = {"highway": "footway"}
CROSSING = {"highway": "footway", "footway": "crossing"}
# 30 s at signals, 8 s at other crossings, 0.7 s up and 0.6 s down a step, 40 s for a lift.
WALKER = Walker(
    1000, signal_ms=30_000, crossing_ms=8_000, riser_up_ms=700, riser_down_ms=600, tread_mm=300,
    lift_ms=40_000,
)  # fmt: skip


def walked(world: World, walker: Walker = WALKER) -> WalkNetwork:
    ways = street_ways(world)
    return build_network(ways, pace=street_pace(ways, walker))


def costs(
    network: WalkNetwork, tail: tuple[float, float], head: tuple[float, float]
) -> tuple[int, int]:
    """Tell what the edge between two nodes takes, there and back, in level millimetres."""
    places = [tuple(xy) for xy in network.node_xy.tolist()]
    start, end = places.index(tail), places.index(head)
    for one, two, turned in ((start, end, False), (end, start, True)):
        found = np.flatnonzero((network.start == one) & (network.end == two))
        if len(found):
            there, back = int(network.ahead_mm[found[0]]), int(network.back_mm[found[0]])
            return (back, there) if turned else (there, back)
    raise AssertionError


# --- Tobler, by hand


@pytest.mark.parametrize(
    ("slope", "km_h"),
    [(0.0, 5.037), (-0.05, 6.0), (0.1, 3.549), (-0.1, 5.037), (0.5, 0.875), (-0.5, 1.242)],
)
def test_tobler_gives_the_speeds_of_his_report(slope: float, km_h: float) -> None:
    # 6 exp(-3.5 |s + 0.05|) with a pocket calculator: the exponent at 10 % is -0.525, at 50 %
    # -1.925, at -50 % -1.575.
    assert tobler_m_s(np.array([slope]))[0] * 3.6 == pytest.approx(km_h, abs=0.0006)


def test_level_ground_is_the_measure_of_all_slopes() -> None:
    assert speed_share(np.array([0.0])).tolist() == [1.0]
    assert speed_share(np.array([-0.05]))[0] == pytest.approx(math.exp(0.175))


def test_a_table_holds_its_ends_beyond_them() -> None:
    table = ((-0.1, 0.8), (0.0, 1.0), (0.1, 0.5))
    shares = speed_share(np.array([-0.9, -0.05, 0.05, 0.9]), table)
    assert shares.tolist() == pytest.approx([0.8, 0.9, 0.75, 0.5])


# --- a hill


def hill(slope: float, tags: dict[str, str] | None = None, *, metres: float = 100.0) -> StreetWays:
    """Draw a street that climbs evenly to the east."""
    ways = street_ways(World(xy=[(0.0, 0.0), (metres, 0.0)], ways=[([0, 1], tags or FOOTWAY)]))
    return dataclasses.replace(ways, heights_m=sample_points(ways).xy[:, 0] * slope)


def sloped(ways: StreetWays, walker: Walker = WALKER) -> Pace:
    assert ways.heights_m is not None
    return with_slopes(ways, street_pace(ways, walker), ways.heights_m, walker)


@pytest.mark.parametrize("slope", [0.02, 0.1, 0.3])
def test_a_hill_takes_what_tobler_says_up_and_down(slope: float) -> None:
    network = build_network(hill(slope), pace=sloped(hill(slope)))
    up = 100_000 * math.exp(3.5 * slope)  # |s + 0.05| - 0.05 = s
    down = 100_000 * math.exp(3.5 * (abs(-slope + 0.05) - 0.05))
    assert network.ahead_mm.tolist() == [pytest.approx(up, abs=1)]
    assert network.back_mm.tolist() == [pytest.approx(down, abs=1)]


def test_a_hill_by_a_table_of_speeds() -> None:
    walker = WALKER._replace(slope_table=((-0.1, 0.8), (0.0, 1.0), (0.1, 0.5)))
    pace = sloped(hill(0.1), walker)
    assert pace.ahead_mm.tolist() == [200_000]
    assert pace.back_mm.tolist() == [125_000]


def test_a_level_street_stays_plain_under_heights() -> None:
    ways = hill(0.0)
    assert build_network(ways, pace=sloped(ways)).is_plain


def test_a_hill_in_the_middle_of_a_street_is_walked_up_and_down() -> None:
    # 200 m, 10 % up to the middle and 10 % down: exp(0.35) for one half, 1 for the other.
    ways = street_ways(World(xy=[(0.0, 0.0), (200.0, 0.0)], ways=[([0, 1], FOOTWAY)]))
    x = sample_points(ways).xy[:, 0]
    ways = dataclasses.replace(ways, heights_m=10 - 0.1 * np.abs(x - 100))
    pace = sloped(ways)
    assert pace.ahead_mm.tolist() == [pytest.approx(100_000 * (math.exp(0.35) + 1), abs=1)]
    assert pace.back_mm.tolist() == pace.ahead_mm.tolist()


@pytest.mark.parametrize("key", ["bridge", "tunnel"])
def test_bridges_and_tunnels_do_not_follow_the_ground(key: str) -> None:
    # The ground falls 30 m between 100 and 200 m; banks on either side at 0 m and 5 m.
    xy = [(0.0, 0.0), (100.0, 0.0), (150.0, 0.0), (200.0, 0.0), (300.0, 0.0)]
    lifted = {**FOOTWAY, key: "yes"}
    ways = street_ways(
        World(xy=xy, ways=[([0, 1], FOOTWAY), ([1, 2, 3], lifted), ([3, 4], FOOTWAY)])
    )
    x = sample_points(ways).xy[:, 0]
    heights = np.select([x <= 100, x >= 200], [0.0, 5.0], -30.0)
    ways = dataclasses.replace(ways, heights_m=heights)
    network = build_network(ways, pace=sloped(ways))
    there, back = costs(network, (100.0, 0.0), (200.0, 0.0))
    assert there == pytest.approx(100_000 * math.exp(3.5 * 0.05), abs=2)  # 5 m on 100 m
    assert back == pytest.approx(100_000 * math.exp(-3.5 * 0.05), abs=2)
    assert costs(network, (0.0, 0.0), (100.0, 0.0)) == (100_000, 100_000)


def test_a_stair_down_from_a_bridge_does_not_pull_it_down() -> None:
    xy = [(0.0, 0.0), (100.0, 0.0), (150.0, 0.0), (200.0, 0.0), (300.0, 0.0), (150.0, 10.0)]
    lifted, stair = {**FOOTWAY, "bridge": "yes"}, {"highway": "steps"}
    ways = [([0, 1], FOOTWAY), ([1, 2, 3], lifted), ([3, 4], FOOTWAY), ([2, 5], stair)]
    ways = street_ways(World(xy=xy, ways=ways))
    x = sample_points(ways).xy[:, 0]
    ways = dataclasses.replace(ways, heights_m=np.where((x > 100) & (x < 200), -30.0, 0.0))
    network = build_network(ways, pace=sloped(ways))
    assert costs(network, (100.0, 0.0), (150.0, 0.0)) == (50_000, 50_000)


def test_off_the_raster_streets_are_level_and_counted() -> None:
    ways = street_ways(World(xy=[(0.0, 0.0), (100.0, 0.0)], ways=[([0, 1], FOOTWAY)]))
    x = sample_points(ways).xy[:, 0]
    ways = dataclasses.replace(ways, heights_m=np.where(x > 50, np.nan, 0.1 * x))
    pace = sloped(ways)  # points at 0, 20, 40, 60, ...: two pieces of 20 m climb
    assert pace.ahead_mm.tolist() == [pytest.approx(40_000 * math.exp(0.35) + 60_000, abs=1)]
    assert (pace.counts["metres_with_slope"], pace.counts["metres_without_height"]) == (40, 60)


def test_a_sudden_cliff_is_no_street() -> None:
    # The sea at 0 m beside a quay at 40 m: a rim of the raster, not something that is climbed.
    ways = street_ways(World(xy=[(0.0, 0.0), (100.0, 0.0)], ways=[([0, 1], FOOTWAY)]))
    x = sample_points(ways).xy[:, 0]
    ways = dataclasses.replace(ways, heights_m=np.where(x > 50, 0.0, 40.0))
    pace = sloped(ways)
    assert pace.ahead_mm.tolist() == [100_000]
    assert pace.counts["metres_too_steep"] == 20


def test_smoothing_keeps_the_slope_of_a_plane_up_to_the_rim() -> None:
    xy = np.column_stack([np.linspace(0, 200, 21), np.zeros(21)])

    def plane(points: np.ndarray) -> np.ndarray:
        inside = (points[:, 0] >= 0) & (points[:, 0] <= 200)
        return np.where(inside, 3 + 0.08 * points[:, 0], np.nan)

    smoothed = smoothed_heights(xy, plane, smoothing_m=100)
    assert smoothed == pytest.approx(3 + 0.08 * xy[:, 0])


@pytest.mark.parametrize("beyond", [0.0, -40.0, np.nan])
def test_smoothing_pulls_no_street_down_to_what_lies_behind_a_cliff(beyond: float) -> None:
    # A quay 8 m from the water, 60 m above it: the sea at 0 m, a gorge, or nothing known.
    xy = np.column_stack([np.linspace(-400, -8, 50), np.zeros(50)])

    def quay(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 0] < 0, 60 + 0.05 * points[:, 0], beyond)

    smoothed = smoothed_heights(xy, quay, smoothing_m=100)
    assert smoothed == pytest.approx(60 + 0.05 * xy[:, 0])


def test_smoothing_takes_noise_away() -> None:
    draw = np.random.default_rng(5)
    noise = draw.normal(0, 2, (400, 400))
    xy = draw.uniform(500, 3500, (300, 2))

    def rough(points: np.ndarray) -> np.ndarray:
        column, row = (points / 10).astype(int).T
        return noise[row, column]

    raw, smooth = rough(xy), smoothed_heights(xy, rough, smoothing_m=100)
    assert smooth.std() < raw.std() / 3  # the mean of 19: a factor of 4.4


# --- stairs


@pytest.mark.parametrize(
    ("tags", "up_ms", "down_ms"),
    [
        ({"step_count": "20", "incline": "up"}, 14_000, 12_000),
        ({"step_count": "20", "incline": "down"}, 12_000, 14_000),
        ({"step_count": "20"}, 13_000, 13_000),  # the mean of both
        ({"incline": "up"}, 21_000, 18_000),  # 9 m / 0.3 m: 30 steps
        ({"step_count": "many", "incline": "30%"}, 21_000, 18_000),
        ({"step_count": "0", "incline": "-30%"}, 18_000, 21_000),
    ],
)
def test_a_stair_takes_its_steps(tags: dict[str, str], up_ms: int, down_ms: int) -> None:
    xy = [(0.0, 0.0), (3.0, 0.0), (9.0, 0.0)]
    network = walked(World(xy=xy, ways=[([0, 1, 2], {"highway": "steps", **tags})]))
    assert costs(network, (0.0, 0.0), (9.0, 0.0)) == (up_ms, down_ms)  # at 1 m/s


def test_a_stair_in_two_ways_of_one_number_has_its_steps_once() -> None:
    # A third of the length has a third of the 20 steps: 14 s up and 12 s down in all.
    stair = {"highway": "steps", "step_count": "20", "incline": "up"}
    xy = [(0.0, 0.0), (3.0, 0.0), (9.0, 0.0)]
    ways = street_ways(World(xy=xy, ways=[([0, 1], stair), ([1, 2], stair)]))
    pace = street_pace(dataclasses.replace(ways, way_ids=np.array([7, 7])), WALKER)
    steps = ways.offsets[:-1]
    assert pace.ahead_ms[steps].tolist() == [4_667, 9_333]
    assert pace.back_ms[steps].tolist() == [4_000, 8_000]


def test_a_wheelchair_takes_no_steps_but_those_with_a_ramp() -> None:
    xy = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
    ramp = {"highway": "steps", "ramp:wheelchair": "yes"}
    ways = [([0, 1], FOOTWAY), ([1, 2], {"highway": "steps"}), ([0, 3], ramp)]
    network = walked(World(xy=xy, ways=ways), Walker(900, takes_steps=False))
    assert sorted(network.length_mm.tolist()) == [100_000, 100_000]
    assert costs(network, (0.0, 0.0), (0.0, 100.0)) == (100_000, 100_000)
    assert network.counts["ways_closed_to_profile"] == 1


def test_what_only_stairs_lead_to_is_no_loose_piece_of_street() -> None:
    # A terrace of 100 m above a street of 600 m, joined by 10 m of stairs.
    world = World(
        xy=[(0, 0), (300, 0), (600, 0), (300, 10), (300, 110)],
        ways=[([0, 1, 2], {"highway": "residential"}), ([1, 3], {"highway": "steps"}),
              ([3, 4], {"highway": "footway"})],
    )  # fmt: skip
    ways = street_ways(world)
    wheelchair = Walker(900, takes_steps=False)
    network = build_network(ways, pace=street_pace(ways, wheelchair))
    assert network.component_mm.tolist() == [710_000, 710_000]
    found = snap_places(network, points({"home": (0, 0), "above": (300, 90)}))
    assert not found.gave_way.any()
    assert walk_links(network, found, found, limit_mm=2_000_000)["walk_mm"].tolist() == [0, 0]


def test_a_wheelchair_takes_no_way_that_says_so() -> None:
    xy = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0)]
    ways = [([0, 1], FOOTWAY), ([1, 2], {**FOOTWAY, "wheelchair": "no"})]
    rolling, walking = Walker(900, takes_steps=False), WALKER
    assert len(walked(World(xy=xy, ways=ways), rolling).start) == 1
    assert int(walked(World(xy=xy, ways=ways), walking).length_mm.sum()) == 200_000


# --- crossings


def crossing(node_tags: dict[str, str], way_tags: dict[str, str] | None = None) -> WalkNetwork:
    """Draw a road from west to east, and a crossing way over it from south to north."""
    xy = [(-50.0, 0.0), (0.0, 0.0), (50.0, 0.0), (0.0, -10.0), (0.0, 10.0)]
    across = {**CROSSING, **(way_tags or {})}
    ways = [([0, 1, 2], ROAD), ([3, 1, 4], across)]
    return walked(World(xy=xy, ways=ways, node_tags={1: node_tags} if node_tags else {}))


SIGNAL = {"highway": "crossing", "crossing": "traffic_signals"}


@pytest.mark.parametrize(
    ("node_tags", "way_tags", "wait_ms"),
    [
        (SIGNAL, {}, 30_000),
        ({"highway": "traffic_signals"}, {}, 30_000),
        ({}, {"crossing": "traffic_signals"}, 30_000),
        ({"highway": "crossing"}, {"crossing:signals": "yes"}, 30_000),
        ({"highway": "crossing", "crossing": "uncontrolled"}, {}, 8_000),
        ({}, {}, 8_000),
    ],
)
def test_whoever_crosses_waits_once(
    node_tags: dict[str, str], way_tags: dict[str, str], wait_ms: int
) -> None:
    network = crossing(node_tags, way_tags)
    south, middle, north = (0.0, -10.0), (0.0, 0.0), (0.0, 10.0)
    halves = costs(network, south, middle)[0] + costs(network, middle, north)[0]
    assert halves == 20_000 + wait_ms
    assert costs(network, north, middle)[0] == 10_000 + wait_ms // 2


def test_whoever_walks_along_the_road_does_not_wait() -> None:
    network = crossing(SIGNAL)
    assert costs(network, (-50.0, 0.0), (0.0, 0.0)) == (50_000, 50_000)


def test_a_crossing_parted_at_the_road_costs_no_more() -> None:
    xy = [(-50.0, 0.0), (0.0, 0.0), (50.0, 0.0), (0.0, -10.0), (0.0, 10.0)]
    signal = {**CROSSING, "crossing": "traffic_signals"}
    ways = [([0, 1, 2], ROAD), ([3, 1], signal), ([1, 4], CROSSING)]
    network = walked(World(xy=xy, ways=ways))
    south, middle, north = (0.0, -10.0), (0.0, 0.0), (0.0, 10.0)
    assert costs(network, south, middle)[0] + costs(network, middle, north)[0] == 50_000


def test_a_crossing_that_meets_no_road_has_its_wait_along_it() -> None:
    xy = [(0.0, -10.0), (0.0, 10.0)]
    network = walked(World(xy=xy, ways=[([0, 1], {**CROSSING, "crossing": "traffic_signals"})]))
    assert network.ahead_mm.tolist() == [50_000]
    assert network.counts["crossing_ways_off_roads"] == 1


def test_a_signal_without_a_crossing_way_is_counted_and_not_waited_for() -> None:
    xy = [(-50.0, 0.0), (0.0, 0.0), (50.0, 0.0)]
    network = walked(World(xy=xy, ways=[([0, 1, 2], ROAD)], node_tags={1: SIGNAL}))
    assert network.is_plain
    assert network.counts["signals_off_crossing_ways"] == 1


# --- lifts


def test_a_lift_is_waited_for_once_whether_a_node_or_a_way() -> None:
    xy = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]
    node = World(xy=xy, ways=[([0, 1], FOOTWAY), ([1, 2], FOOTWAY)])
    node.node_tags[1] = {"highway": "elevator"}
    way = World(xy=xy, ways=[([0, 1, 2], {"highway": "elevator"})])
    for world in (node, way):
        network = walked(world)
        assert int(network.ahead_mm.sum()) == int(network.back_mm.sum()) == 60_000


# --- profiles


@pytest.mark.parametrize("name", profile_names())
def test_shipped_profiles_give_a_source_for_every_number(name: str) -> None:
    profile = read_profile(name)
    sections = (profile.speed, profile.signal, profile.crossing, profile.stairs, profile.lift)
    for section in (*sections, profile.slope):
        assert len(section.source) > 20


def test_the_shipped_waits_are_those_of_their_formulas() -> None:
    signal = (120 - 35) ** 2 / (2 * 120)
    flow = 360 / 3600
    for name in profile_names():
        profile = read_profile(name)
        gap_s = 7 / profile.speed.m_s + 3
        crossing_s = (math.exp(flow * gap_s) - flow * gap_s - 1) / flow
        assert profile.signal.wait_s == pytest.approx(signal, abs=0.5)
        assert profile.crossing.wait_s == pytest.approx(crossing_s, abs=0.5)


def test_ways_in_any_order_take_the_same() -> None:
    xy = [(0.0, 0.0), (3.1, 0.0), (9.0, 0.0), (9.0, 20.0), (30.0, 0.0)]
    steps = {"highway": "steps", "step_count": "17"}
    world = World(xy=xy, ways=[([0, 1, 2], steps), ([2, 3], CROSSING), ([2, 4], FOOTWAY)])
    one, two = (street_ways(world, np.array(order)) for order in ([0, 1, 2], [2, 0, 1]))
    first, second = (build_network(ways, pace=street_pace(ways, WALKER)) for ways in (one, two))
    assert np.array_equal(first.vertex_ahead_mm, second.vertex_ahead_mm)
    assert np.array_equal(first.vertex_back_mm, second.vertex_back_mm)
