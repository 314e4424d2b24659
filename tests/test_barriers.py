"""Rivers, walls, railways: crossed where the streets cross them, and nowhere else."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.ops

from lifecircle.walk.catchments import area_within, walk_catchments
from lifecircle.walk.crossing import DIGITISING_M, ON_STREET_M
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.places import Places, snap_places
from lifecircle.walk.sight import walk_ground
from lifecircle.walk.surface import CELL_M, FAR_MM, held_at, walk_surface
from lifecircle.walk.ways import Barriers
from worlds import METRES, World, points, random_world, street_ways

STREET = {"highway": "residential"}
BRIDGE = {"highway": "footway", "bridge": "yes"}
UNDERPASS = {"highway": "footway", "tunnel": "yes", "layer": "-1"}
Line = Sequence[tuple[float, float]]
Drawn = Sequence[tuple[Line, Mapping[str, str]]]


def town(streets: Drawn, barriers: Sequence[tuple[Line, str]] = ()) -> WalkNetwork:
    """Draw streets, which meet where they share a vertex, and barriers."""
    spots = sorted({spot for line, _ in streets for spot in line})
    ways = [([spots.index(spot) for spot in line], dict(tags)) for line, tags in streets]
    lines = np.array([shapely.LineString(line) for line, _ in barriers], dtype=object)
    kinds = tuple(kind for _, kind in barriers)
    ways_read = street_ways(World(xy=list(spots), ways=ways))
    return build_network(replace(ways_read, barriers=Barriers(lines=lines, kinds=kinds)))


def places(
    network: WalkNetwork, *, gates: shapely.Geometry | None = None, **shapes: shapely.Geometry
) -> Places:
    series = gpd.GeoSeries(list(shapes.values()), index=list(shapes), crs=METRES)
    doors = None if gates is None else gpd.GeoSeries([gates], index=list(shapes), crs=METRES)
    return snap_places(network, series, gates=doors)


def feet(network: WalkNetwork, found: Places) -> list[tuple[float, float]]:
    """Tell where on the plane places are joined to the streets."""
    spots = []
    for edge, offset in zip(found.edge, found.offset_mm, strict=True):
        span = slice(network.vertex_offsets[edge], network.vertex_offsets[edge + 1])
        x, y = network.vertex_xy[span].T
        mm = network.vertex_mm[span]
        spots.append((float(np.interp(offset, mm, x)), float(np.interp(offset, mm, y))))
    return spots


def catchment(network: WalkNetwork, spot: tuple[float, float], minutes: float) -> shapely.Geometry:
    goal = gpd.GeoDataFrame(geometry=[shapely.Point(spot)], index=["f"], crs=METRES)
    return walk_catchments(network, goal, minutes=[minutes]).geometry.iloc[0]


# A street along the south bank, one along the north bank, a bridge 1 km to the east.
RIVER = [((-500, 50), (3000, 50)), ((-500, 90), (3000, 90))]
SOUTH = ((0, 0), (1000, 0))
NORTH = ((0, 140), (1000, 140))


def river_town(*, bridge: bool = True) -> WalkNetwork:
    across = [(((1000, 0), (1000, 40)), STREET), (((1000, 40), (1000, 100)), BRIDGE),
              (((1000, 100), (1000, 140)), STREET)]  # fmt: skip
    streets = [(SOUTH, STREET), (NORTH, STREET), *(across if bridge else [])]
    return town(streets, [(bank, "water") for bank in RIVER])


def test_the_far_bank_is_walked_to_over_the_bridge_only() -> None:
    network = river_town()
    here = places(network, r=shapely.Point(800, 0))
    there = places(network, f=shapely.Point(800, 140))
    links = walk_links(network, here, there, limit_mm=900_000)
    assert links["walk_mm"].tolist() == [200_000 + 140_000 + 200_000]


def test_a_place_on_the_bank_is_joined_to_its_own_bank() -> None:
    # 44 m to the street over the river, 96 m to the one on its own side.
    network = river_town(bridge=False)
    found = places(network, r=shapely.Point(500, 96))
    assert feet(network, found) == [(500.0, 140.0)]
    found = places(network, r=shapely.Point(500, 44))
    assert feet(network, found) == [(500.0, 0.0)]


def test_the_catchment_ends_at_the_river_and_goes_on_beyond_the_bridge() -> None:
    network = river_town()
    area = catchment(network, (800, 0), 7)  # 420 m: over the bridge and 80 m west of it
    water = shapely.box(-500, 50, 3000, 90)
    assert area.intersection(water).area == pytest.approx(0, abs=1e-6)
    north = area.intersection(shapely.box(-500, 90, 3000, 300))
    assert north.bounds[0] == pytest.approx(1000 - 80, abs=10)


def test_without_a_bridge_the_far_bank_is_not_drawn_however_long_one_walks() -> None:
    area = catchment(river_town(bridge=False), (800, 0), 60)
    assert area.bounds[3] <= 50 + 1e-6
    assert area.bounds[3] >= 45  # up to the bank, not to the street only


def test_nobody_steps_off_a_bridge() -> None:
    # The point hangs 2 m beside the bridge's middle: it is joined to the bridge's nearer end.
    network = river_town()
    found = places(network, r=shapely.Point(1002, 48))
    assert feet(network, found) == [(1000.0, 40.0)]


def test_nobody_steps_off_what_lies_on_another_layer() -> None:
    # Under the tracks along y = 50 only `layer` tells that the way is an underpass.
    under = (((400, 20), (400, 80)), {"highway": "footway", "layer": "-1"})
    plain = (((400, 20), (400, 80)), {"highway": "footway", "layer": "0"})
    south = (((0, 20), (400, 20), (800, 20)), STREET)
    tracks = [(((-100, 50), (900, 50)), "railway")]
    spot = shapely.Point(402, 40)
    below, crossing = (town([south, way], tracks) for way in (under, plain))
    assert feet(below, places(below, r=spot)) == [(402.0, 20.0)]
    assert feet(crossing, places(crossing, r=spot)) == [(400.0, 40.0)]


def test_a_street_of_a_bridge_without_barriers_below_is_joined_to_as_ever() -> None:
    network = town([(((0, 0), (500, 0)), BRIDGE)])
    assert feet(network, places(network, r=shapely.Point(200, 30))) == [(200.0, 0.0)]


def test_a_railway_is_crossed_at_the_underpass_though_it_shares_no_node() -> None:
    # The tracks run along y = 50; streets on both sides, an underpass at x = 400.
    under = [(((400, 0), (400, 20)), STREET), (((400, 20), (400, 80)), UNDERPASS),
             (((400, 80), (400, 100)), STREET)]  # fmt: skip
    streets = [(((0, 0), (400, 0), (800, 0)), STREET), (((0, 100), (400, 100), (800, 100)), STREET)]
    network = town([*streets, *under], [(((-100, 50), (900, 50)), "railway")])
    here, there = (
        places(network, r=shapely.Point(100, 0)),
        places(network, f=shapely.Point(100, 100)),
    )
    links = walk_links(network, here, there, limit_mm=900_000)
    assert links["walk_mm"].tolist() == [300_000 + 100_000 + 300_000]
    area = catchment(network, (100, 0), 6)  # 360 m: not yet under the tracks
    assert area.bounds[3] <= 50 + 1e-6


COMPOUND = shapely.box(100, 50, 300, 250)
WALL = (((100, 50), (300, 50), (300, 250), (100, 250), (100, 50)), "wall")
ROUND = (((0, 30), (400, 30), (400, 400), (0, 400), (0, 30)), STREET)


def test_a_point_in_a_walled_compound_is_kept_from_the_street() -> None:
    found = places(town([ROUND], [WALL]), r=shapely.Point(200, 70))
    assert found.barred.tolist() == [True]
    assert np.isnan(found.snap_m).all()


def test_a_compound_is_entered_at_the_gates_in_its_own_wall() -> None:
    # The street nearest to the gate lies outside, 20 m from it.
    found = places(town([ROUND], [WALL]), gates=shapely.Point(200, 50), r=COMPOUND)
    assert found.connector_mm.tolist() == [20_000]
    assert found.barred.tolist() == [False]


def test_a_compound_without_gates_is_entered_through_its_own_wall() -> None:
    network = town([ROUND], [WALL])
    found = places(network, r=COMPOUND.buffer(-5, join_style="mitre"))  # its wall is 5 m off
    assert found.entry.tolist() == ["gates_unknown"]
    assert found.connector_mm.tolist() == [25_000]


def test_a_street_through_the_wall_enters_where_it_crosses_the_outline() -> None:
    drive = (((200, 30), (200, 150)), {"highway": "service"})
    ring = (((0, 30), (200, 30), (400, 30)), STREET)
    found = places(town([ring, drive], [WALL]), r=COMPOUND)
    assert found.entry.tolist() == ["outline_crossings"]
    assert found.connector_mm.tolist() == [0]


def test_a_walled_compound_with_a_north_gate_is_not_left_to_the_south() -> None:
    # From the house one walks north to the gate and round the wall: 130 m to (200, 250),
    # then 150 m north to the ring, and along it.
    drive = (((200, 120), (200, 250), (200, 400)), {"highway": "service"})
    ring = (((0, 30), (200, 30), (400, 30), (400, 400), (200, 400), (0, 400), (0, 30)), STREET)
    network = town([ring, drive], [WALL])
    here = places(network, r=shapely.Point(200, 120))
    there = places(network, f=shapely.Point(200, 30))
    links = walk_links(network, here, there, limit_mm=2_000_000)
    assert links["walk_mm"].tolist() == [280_000 + 200_000 + 370_000 + 200_000]
    area = catchment(network, (200, 30), 5)
    assert area.intersection(COMPOUND).area == pytest.approx(0, abs=1e-6)


def test_the_next_street_is_taken_where_the_nearest_lies_over_the_wall() -> None:
    # 20 m to the street over the wall, 60 m to the other one.
    streets = [(((0, 0), (400, 0)), STREET), (((0, 80), (400, 80)), STREET)]
    network = town(streets, [(((-100, 10), (500, 10)), "wall")])
    found = places(network, r=shapely.Point(200, 20))
    assert feet(network, found) == [(200.0, 80.0)]
    assert found.connector_mm.tolist() == [60_000]


def test_round_the_end_of_a_short_wall_one_walks_to_the_nearest_street_in_sight() -> None:
    # The wall ends at x = 200. Seen from (190, 40), the street at y = 0 shows from
    # x = 190 + 10 / 20 * 40 = 210 on; it is cut into pieces of 10 m.
    network = town([(((0, 0), (400, 0)), STREET)], [(((0, 20), (200, 20)), "wall")])
    found = places(network, r=shapely.Point(190, 40))
    (spot,) = feet(network, found)
    assert 210 <= spot[0] <= 220
    assert found.connector_mm[0] == pytest.approx(1000 * np.hypot(spot[0] - 190, 40), abs=1)


@pytest.mark.parametrize(("metres", "barred"), [(2.9, False), (3.1, True)])
def test_a_place_just_inside_the_water_is_taken_for_drawn_beside_the_rim(
    metres: float, *, barred: bool
) -> None:
    # The pond is drawn over the house's point by its rim; the street runs 20 m before it.
    pond = (((0, 20), (100, 20), (100, 60), (0, 60), (0, 20)), "water")
    network = town([(((-200, 0), (300, 0)), STREET)], [pond])
    assert places(network, r=shapely.Point(50, 20 + metres)).barred.tolist() == [barred]


def test_a_wall_that_runs_along_a_street_keeps_nobody_from_it() -> None:
    # Mapped as one line: which side is open is not known.
    network = town([(((0, 0), (400, 0)), STREET)], [(((0, 0), (400, 0)), "wall")])
    found = places(network, n=shapely.Point(100, 30), s=shapely.Point(100, -30))
    assert found.connector_mm.tolist() == [30_000, 30_000]
    area = catchment(network, (200, 0), 2)
    assert area.bounds[1] < -30
    assert area.bounds[3] > 30


def test_the_catchment_reaches_a_wall_between_the_middles_of_cells() -> None:
    # The wall runs at 17 m, neither on a cell's middle nor on its edge.
    network = town([(((0, 0), (400, 0)), STREET)], [(((-100, 17), (500, 17)), "wall")])
    area = catchment(network, (200, 0), 15)
    assert area.bounds[3] == pytest.approx(17, abs=1e-3)


def test_a_street_close_before_a_wall_lies_in_its_catchment() -> None:
    # The street runs at 13 m, the wall at 14 m; the cells' middles are at 10 m and 20 m.
    network = town([(((0, 13), (400, 13)), STREET)], [(((-100, 14), (500, 14)), "wall")])
    area = catchment(network, (200, 13), 15)
    assert area.covers(shapely.LineString([(0, 13), (400, 13)]))
    assert area.bounds[3] <= 14 + 1e-3


def random_barriers(seed: int) -> Barriers:
    """Draw walls of one to four bends."""
    draw = np.random.default_rng(1000 + seed)
    lines = []
    for _ in range(int(draw.integers(1, 8))):
        start = draw.uniform(-100, 1000, 2)
        steps = draw.uniform(-150, 150, (int(draw.integers(1, 5)), 2))
        lines.append(shapely.LineString(np.vstack([start, start + np.cumsum(steps, axis=0)])))
    kinds = tuple(draw.choice(["wall", "water", "railway", "motorway"], len(lines)).tolist())
    return Barriers(lines=np.array(lines, dtype=object), kinds=kinds)


@pytest.fixture(params=range(12))
def walled(request: pytest.FixtureRequest) -> tuple[WalkNetwork, WalkNetwork, World]:
    """Draw a random world without and with random walls."""
    world = random_world(request.param)
    ways = street_ways(world)
    with_walls = replace(ways, barriers=random_barriers(request.param))
    return build_network(ways), build_network(with_walls), world


def test_no_connector_crosses_a_barrier(
    walled: tuple[WalkNetwork, WalkNetwork, World],
) -> None:
    _, network, world = walled
    found = snap_places(network, points(world.residences | world.facilities))
    for place, foot in zip(found.place, feet(network, found), strict=True):
        spot = (world.residences | world.facilities)[found.ids[place]]
        link = shapely.LineString([foot, spot])
        if link.length <= DIGITISING_M + ON_STREET_M:
            continue
        between = shapely.ops.substring(link, ON_STREET_M + 0.01, link.length - DIGITISING_M)
        assert not any(between.crosses(line) for line in network.barriers.lines)


def test_a_barrier_brings_no_place_nearer_to_its_street(
    walled: tuple[WalkNetwork, WalkNetwork, World],
) -> None:
    before, after = (
        snap_places(network, points(walled[2].residences)).snap_m for network in walled[:2]
    )
    assert (np.isnan(after) | (after >= before)).all()


def test_a_barrier_enlarges_no_surface(walled: tuple[WalkNetwork, WalkNetwork, World]) -> None:
    before, after, world = walled
    goals = snap_places(before, points(world.facilities))  # joined alike
    free, barred = (
        walk_surface(
            walk_ground(network), goals, np.arange(len(goals.ids)), limit_mm=400_000,
            off_street_m=50,
        )
        for network in (before, after)
    )  # fmt: skip
    assert free is not None
    assert barred is not None
    assert (barred.walk_mm >= free.walk_mm).all()
    rings = [area_within(held_at(one, 400_000, off_street_m=50), one.corner, 400_000)
             for one in (free, barred)]  # fmt: skip
    assert rings[1].difference(rings[0]).area == pytest.approx(0, abs=1e-6)


def test_more_minutes_hold_fewer_beside_barriers_too(
    walled: tuple[WalkNetwork, WalkNetwork, World],
) -> None:
    _, network, world = walled
    goals = gpd.GeoDataFrame(geometry=points(world.facilities))
    for _, rings in walk_catchments(network, goals, minutes=[2, 3, 4, 6]).groupby("facility_id"):
        for small, large in itertools.pairwise(rings.sort_values("minutes").geometry):
            assert small.difference(large).area == pytest.approx(0, abs=1e-6)


def test_every_cell_of_a_surface_is_in_sight_of_a_street(
    walled: tuple[WalkNetwork, WalkNetwork, World],
) -> None:
    """Look from every cell for a point of a street with no barrier between, by brute force."""
    _, network, world = walled
    goals = snap_places(network, points(world.facilities))
    surface = walk_surface(
        walk_ground(network), goals, np.arange(len(goals.ids)), limit_mm=400_000, off_street_m=50
    )
    assert surface is not None
    row, column = np.nonzero(surface.walk_mm < FAR_MM)
    cells = shapely.points(surface.corner + CELL_M * np.column_stack([column, row]))
    lines = network.lines[network.length_mm > 0]  # a gate has no length
    streets = shapely.points(shapely.get_coordinates(shapely.segmentize(lines, 1.0)))
    cell, street = shapely.STRtree(streets).query(cells, predicate="dwithin", distance=60)
    sights = shapely.linestrings(
        np.stack([shapely.get_coordinates(cells[cell]),
                  shapely.get_coordinates(streets[street])], axis=1)
    )  # fmt: skip
    barred = np.unique(shapely.STRtree(network.barriers.lines).query(sights, "crosses")[0])
    free = np.setdiff1d(np.arange(len(cell)), barred)
    assert np.isin(np.arange(len(cells)), cell[free]).all()
