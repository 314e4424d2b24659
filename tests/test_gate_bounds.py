"""Residences whose gates nobody knows: no gate is worse than the worst bound, none better."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import RobustnessSettings
from lifecircle.walk.bounds import bounded_walks, gates_around
from lifecircle.walk.inside import inside_m
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.places import snap_places
from lifecircle.walk.ways import Barriers
from lifecircle.whatif.robustness import robust_verdicts
from test_assessment import assessed, table
from test_places import series
from worlds import World, points, random_world, street_ways

STREET = {"highway": "residential"}
ONE_WAY = {"highway": "footway", "oneway:foot": "yes"}
LIMIT_MM = 5_000_000
RING = World(xy=[(0, 0), (400, 0), (400, 400), (0, 400)], ways=[([0, 1, 2, 3, 0], STREET)])


def bounds_m(
    network: WalkNetwork,
    outline: shapely.Geometry,
    facilities: dict[str, tuple[float, float]],
    homes: list[tuple[float, float]] | None = None,
) -> list[dict[str, list[float]]]:
    """Give the metres of the worst and of the best gate to each facility, home by home."""
    shapes = series({"r": outline})
    there = snap_places(network, points(facilities))
    around = gates_around(network, snap_places(network, shapes), shapes, snap_limit_m=300)
    links = walk_links(network, around.places, there, limit_mm=LIMIT_MM)
    inside = None
    if homes is not None:
        inside = [inside_m(outline, np.array(shapely.points(homes)), around.points)]
    found = []
    for worst in (True, False):
        walks = bounded_walks(around, links, inside=inside, worst=worst, limit_mm=LIMIT_MM)
        metres = walks.sort_values("home").groupby("facility_id")["level_mm"]
        found.append({str(name): (rows / 1000).tolist() for name, rows in metres})
    return found


def test_on_a_ring_the_worst_gate_is_opposite_and_the_best_at_the_door() -> None:
    network = build_network(street_ways(RING))
    worst, best = bounds_m(network, shapely.box(20, 20, 380, 380), {"s": (203, -10)})
    # Half of 1,600 m of ring, at (197, 400), between two gates; 20 m to the street and 10 m off it.
    assert worst == {"s": [830]}
    assert best == {"s": [30]}


def test_beside_one_street_the_far_corner_is_worst_and_the_near_corner_best() -> None:
    network = build_network(street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])))
    worst, best = bounds_m(network, shapely.box(100, 20, 200, 280), {"s": (900, 0)})
    assert (worst, best) == ({"s": [280 + 800]}, {"s": [20 + 700]})


def between_two_streets() -> World:
    """Draw two streets, 120 m apart, that meet 2 km to the east."""
    corners = [(-500.0, -20.0), (2000.0, -20.0), (2000.0, 100.0), (-500.0, 100.0)]
    return World(xy=corners, ways=[([0, 1, 2, 3], STREET)])


def test_a_gate_may_open_to_another_street_than_the_nearest() -> None:
    network = build_network(street_ways(between_two_streets()))
    facilities = {"north": (50.0, 110.0), "south": (50.0, -30.0)}
    worst, best = bounds_m(network, shapely.box(0, 0, 100, 60), facilities)
    assert best == {"north": [50], "south": [30]}  # 40 m and 20 m to the street, 10 m off it
    # The other street: from x = 0 by its eastern end, x = 2,000, and back to x = 50. A gate of the
    # west wall is joined to the south up to y = 40 (60 m from either street), then to the north.
    around = pytest.approx(60 + 2000 + 120 + 1950 + 10, abs=0.5)
    assert worst == {"north": [around], "south": [around]}


def test_homes_walk_to_the_gate_that_is_worst_for_them() -> None:
    network = build_network(street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])))
    worst, best = bounds_m(
        network, shapely.box(100, 20, 200, 280), {"s": (900, 0)}, homes=[(200, 20), (100, 280)]
    )
    across = float(np.hypot(100, 260))
    # The first lives at the best corner, the second at the worst, and the other gate is across.
    # A bound of two walks added up may be 10 m off: the one to the gate, and the one from it.
    assert worst["s"][0] == pytest.approx(1080 + across, abs=0.01)
    assert 1080 <= worst["s"][1] <= 1090
    assert best["s"][0] == 720
    assert 710 + across <= best["s"][1] <= 720 + across


def test_a_wall_along_a_river_is_no_worse_than_the_gates_beside_it() -> None:
    river = shapely.LineString([(-900, 300), (900, 300)])
    streets = World(
        xy=[(-900, 0), (900, 0), (-900, 320), (900, 320), (-900, 160)],
        ways=[([0, 1], STREET), ([2, 3], STREET), ([0, 4, 2], STREET)],
    )
    ways = street_ways(streets)
    barriers = Barriers(lines=np.array([river], dtype=object), kinds=("water",))
    network = build_network(replace(ways, barriers=barriers))
    outline = shapely.box(-50, 20, 50, 280)
    worst, _ = bounds_m(network, outline, {"s": (0, -10)})
    # From the bank one is kept from the street over the river, and goes south: 280 m and 50 m.
    assert worst == {"s": [280 + 50 + 10]}


def test_a_gate_beyond_the_snapping_limit_leads_nowhere() -> None:
    network = build_network(street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])))
    worst, best = bounds_m(network, shapely.box(100, 20, 200, 320), {"s": (900, 0)})
    assert (worst, best) == ({}, {"s": [720]})


def test_holes_have_no_gates_and_parts_have_their_own() -> None:
    network = build_network(street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])))
    hole = shapely.box(100, 20, 200, 120) - shapely.box(140, 60, 160, 80)
    parts = shapely.union_all([hole, shapely.box(300, 20, 340, 60)])
    worst, best = bounds_m(network, parts, {"s": (900, 0)})
    assert (worst, best) == ({"s": [120 + 800]}, {"s": [20 + 560]})


@pytest.mark.parametrize("seed", range(6))
def test_no_gate_is_worse_than_the_worst_or_better_than_the_best(seed: int) -> None:
    world = random_world(seed)
    network = build_network(street_ways(world))
    draw = np.random.default_rng(seed)
    streets = shapely.union_all(network.lines)
    facilities = {f"f{at}": tuple(draw.uniform(0, 800, 2)) for at in range(4)}
    there = snap_places(network, points(facilities))
    for _ in range(4):
        x, y = draw.uniform(0, 700, 2)
        outline = shapely.box(x, y, x + draw.uniform(20, 120), y + draw.uniform(20, 120))
        if outline.boundary.intersects(streets):
            continue
        worst, best = bounds_m(network, outline, facilities)
        along = draw.uniform(0, outline.length, 60)
        gates = shapely.line_interpolate_point(outline.exterior, along)
        doors = series({f"{at:02}": gate for at, gate in enumerate(gates)})
        links = walk_links(
            network, snap_places(network, doors, gates=doors), there, limit_mm=LIMIT_MM
        )
        for name, rows in links.groupby("facility_id"):
            metres = rows["walk_mm"] / 1000
            # Gates stand 0.3 m from where the street changes: twice that, there and off it.
            assert metres.min() >= best[str(name)][0] - 0.7
            if str(name) in worst:
                assert metres.max() <= worst[str(name)][0] + 0.7


def two_streets() -> StudyInputs:
    home = {"name": "两街之间", "households": 100.0, "status": "existing",
            "geometry": shapely.box(0, 0, 100, 60)}  # fmt: skip
    station = {"name": "Station", "kind": "community_station", "floor_area_m2": 500.0,
               "status": "operating", "floor": 1.0, "geometry": shapely.Point(50, 110)}  # fmt: skip
    return StudyInputs(
        streets=street_ways(between_two_streets()),
        residences=table({"r": home}, "residence_id"),
        facilities=table({"s": station}, "facility_id"),
    )


def test_a_verdict_that_a_better_gate_would_mend_hangs_on_the_gate() -> None:
    residences = {"file": "made", "unknown_gates": "bounds"}
    found = assessed(two_streets(), standard="walk-20", residences=residences).residences.loc["r"]
    assert found["verdict"] == found["verdict_far_gate"] == "unreachable"
    assert found["verdict_best_gate"] == "met"
    assert found["flags"] == "gates_unknown;gates_matter"


@pytest.mark.parametrize(("gates", "label"), [(["known", "far"], "robustly_short"),
                                              (["known", "best"], "borderline")])  # fmt: skip
def test_a_better_gate_widens_the_robust_label_too(gates: list[str], label: str) -> None:
    settings = RobustnessSettings.model_validate(
        {"design": "grid", "speed_m_s": [1.0], "minutes": [15], "household_share": [1.0],
         "floor_area_share": [1.0], "snap_limit_m": [300], "planned": [False], "gates": gates}
    )  # fmt: skip
    inputs = two_streets()
    found = robust_verdicts(inputs, assessed(inputs, standard="walk-20"), settings=settings)
    assert found.residences.loc["r", "robust_label"] == label


def test_the_bounds_do_not_depend_on_the_order_of_residences() -> None:
    network = build_network(street_ways(RING))
    shapes = series({"b": shapely.box(20, 20, 380, 180), "a": shapely.box(20, 220, 380, 380)})
    there = snap_places(network, points({"s": (203, -10), "t": (-10, 390)}))
    found = []
    for rows in (shapes, shapes.iloc[::-1]):
        around = gates_around(network, snap_places(network, rows), rows, snap_limit_m=300)
        links = walk_links(network, around.places, there, limit_mm=LIMIT_MM)
        found.append(bounded_walks(around, links, inside=None, worst=True, limit_mm=LIMIT_MM))
    pd.testing.assert_frame_equal(*found)
