"""Homes in residences: where they are, how far to the gate, and who of them reaches what."""

import itertools
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.walk.homes import Homes, footprint_homes, sampled_homes
from lifecircle.walk.inside import gate_walks, home_places, inside_m, middle_places
from lifecircle.walk.links import walk_links
from lifecircle.walk.places import snap_places
from lifecircle.walk.reach import (
    middle_nearest,
    reach_shares,
    residence_links,
    served_shares,
)
from test_places import main_street, series

ELL = shapely.Polygon([(0, 0), (40, 0), (40, 10), (10, 10), (10, 50), (0, 50)])
# A yard open to the north: 60 m x 60 m, and 20 m < x < 40 m, y > 20 m is not of it.
HORSESHOE = shapely.Polygon(
    [(0, 0), (60, 0), (60, 60), (40, 60), (40, 20), (20, 20), (20, 60), (0, 60)]
)


def test_a_hectare_has_homes_every_40_m_each_of_its_piece() -> None:
    homes = sampled_homes(series({"a": shapely.box(0, 0, 100, 80)}))
    x, y = shapely.get_x(homes.points), shapely.get_y(homes.points)
    # Cells 0-40, 40-80, 80-100 across, two rows: 40 x 40 m four times, 20 x 40 m twice.
    assert sorted(zip(x, y, homes.weight, strict=True)) == [
        (20, 20, 160_000), (20, 60, 160_000), (60, 20, 160_000), (60, 60, 160_000),
        (90, 20, 80_000), (90, 60, 80_000),
    ]  # fmt: skip


def test_weights_add_up_to_the_area_and_parts_share_by_it() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 30, 30), shapely.box(500, 0, 560, 30)])
    homes = sampled_homes(series({"a": parts}))
    west = shapely.get_x(homes.points) < 100
    assert homes.weight[west].sum() == 90_000  # 900 m²
    assert homes.weight[~west].sum() == 180_000
    assert shapely.covers(parts, homes.points).all()


def test_a_large_residence_has_about_64_homes_and_none_is_outside() -> None:
    ring = shapely.Point(0, 0).buffer(600).difference(shapely.Point(0, 0).buffer(500))
    homes = sampled_homes(series({"a": ring}))
    assert 64 <= len(homes.points) <= 200
    assert shapely.covers(ring, homes.points).all()
    assert homes.weight.sum() == pytest.approx(ring.area * 100, abs=len(homes.points))


def test_a_point_is_one_home() -> None:
    homes = sampled_homes(series({"a": shapely.Point(3, 4)}))
    assert shapely.get_coordinates(homes.points).tolist() == [[3, 4]]
    assert homes.weight.tolist() == [1]


def test_homes_do_not_depend_on_the_order_of_residences_or_of_corners() -> None:
    turned = shapely.Polygon([*ELL.exterior.coords[3:-1], *ELL.exterior.coords[:4]])
    one = sampled_homes(series({"b": shapely.box(0, 0, 90, 90), "a": ELL}))
    other = sampled_homes(series({"a": turned, "b": shapely.box(0, 0, 90, 90)}))
    assert one.residence.tolist() == other.residence.tolist()
    assert one.weight.tolist() == other.weight.tolist()
    apart = shapely.distance(one.points, other.points)
    assert apart.max() < 1e-6


def test_buildings_weigh_footprint_times_storeys_and_belong_to_the_smaller_residence() -> None:
    residences = series({"a": shapely.box(0, 0, 100, 100), "b": shapely.box(60, 60, 90, 90)})
    footprints = series({"x": shapely.box(10, 10, 20, 20), "y": shapely.box(70, 70, 80, 80)})
    levels = pd.Series({"x": 3.0, "y": 2.0})
    homes = footprint_homes(residences, footprints, levels=levels, default_levels=6)
    assert homes.ids[homes.residence].tolist() == ["a", "b"]
    assert homes.weight.tolist() == [30_000, 20_000]


def test_a_residence_without_buildings_is_sampled() -> None:
    residences = series({"a": shapely.box(0, 0, 40, 40), "b": shapely.box(500, 0, 540, 40)})
    footprints = series({"x": shapely.box(10, 10, 20, 20)})
    homes = footprint_homes(residences, footprints, levels=pd.Series({"x": 1.0}), default_levels=6)
    assert homes.ids[homes.residence].tolist() == ["a", "b"]
    assert homes.weight.tolist() == [10_000, 160_000]


def test_the_walk_inside_goes_around_the_corner_of_an_l() -> None:
    homes, gates = shapely.points([[5, 45]]), shapely.points([[35, 5], [5, 0]])
    # To (35, 5) by the corner (10, 10): sqrt(5² + 35²) + sqrt(25² + 5²); to (5, 0) straight.
    around = math.hypot(5, 35) + math.hypot(25, 5)
    assert inside_m(ELL, homes, gates).tolist() == [[pytest.approx(around, abs=0.01), 45]]


def test_the_walk_inside_goes_around_both_corners_of_a_horseshoe() -> None:
    walk = inside_m(HORSESHOE, shapely.points([[10, 50]]), shapely.points([[50, 50]]))
    assert walk[0, 0] == pytest.approx(2 * math.hypot(10, 30) + 20, abs=0.01)


def test_the_walk_inside_goes_around_a_lake() -> None:
    lake = shapely.box(40, 20, 60, 80)
    yard = shapely.Polygon(shapely.box(0, 0, 100, 100).exterior, [lake.exterior])
    walk = inside_m(yard, shapely.points([[30, 30]]), shapely.points([[70, 30]]))
    assert walk[0, 0] == pytest.approx(2 * math.hypot(10, 10) + 20, abs=0.01)


def test_between_parts_and_off_the_outline_the_walk_is_straight() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(30, 0, 40, 10)])
    walk = inside_m(parts, shapely.points([[5, 5]]), shapely.points([[35, 5], [5, 15]]))
    assert walk.tolist() == [[30, 10]]


@pytest.mark.parametrize("seed", range(8))
def test_walks_inside_agree_with_a_fine_grid(seed: int) -> None:
    draw = np.random.default_rng(seed)
    cells = [(x, y) for x in range(5) for y in range(5) if draw.random() < 0.6]
    yard = shapely.union_all([shapely.box(40 * x, 40 * y, 40 * x + 40, 40 * y + 40)
                              for x, y in cells])  # fmt: skip
    yard = max(shapely.get_parts(yard), key=shapely.area)
    spots = [shapely.Point(40 * x + 20, 40 * y + 20) for x, y in cells]
    inside = np.array([spot for spot in spots if yard.contains(spot)])
    found = inside_m(yard, inside[:3], inside[-3:])
    steps = grid_metres(yard, inside[:3], inside[-3:])
    # Steps along a grid in eight directions are up to 8.24 % too long, and never too short.
    assert (found <= steps + 1).all()
    assert (steps <= found * 1.0824 + 1).all()


def grid_metres(yard: shapely.Geometry, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    import networkx as nx  # noqa: PLC0415 - only here

    spots = [(x, y) for x in range(0, 201, 4) for y in range(0, 201, 4)]
    open_ones = {spot for spot in spots if yard.buffer(0.01).contains(shapely.Point(spot))}
    graph = nx.Graph()
    for (x, y), (dx, dy) in itertools.product(open_ones, [(4, 0), (0, 4), (4, 4), (4, -4)]):
        there = (x + dx, y + dy)
        line = shapely.LineString([(x, y), there])
        if there in open_ones and yard.buffer(0.01).contains(line):
            graph.add_edge((x, y), there, metres=math.hypot(dx, dy))
    rows = [nx.single_source_dijkstra_path_length(graph, (at.x, at.y), weight="metres")
            for at in one]  # fmt: skip
    return np.array([[row[at.x, at.y] for at in other] for row in rows])


def homes_at(walks_mm: list[int], weight: list[int]) -> tuple[pd.DataFrame, Homes]:
    """Make homes of one residence; a negative walk is beyond the limit."""
    count = len(walks_mm)
    homes = Homes(
        ids=pd.Index(["R"]),
        residence=np.zeros(count, dtype=np.int64),
        points=np.full(count, None),
        weight=np.array(weight, dtype=np.int64),
    )
    home = np.flatnonzero(np.array(walks_mm) >= 0)
    walk_mm = np.array(walks_mm)[home]
    walks = pd.DataFrame({"home": home, "residence_id": "R", "facility_id": "A",
                          "walk_mm": walk_mm, "level_mm": walk_mm})  # fmt: skip
    return walks, homes


@pytest.mark.parametrize(
    ("walks_mm", "weight", "linked"),
    [
        ([100, 200], [1, 1], 100),  # the lower of two
        ([100, 200], [1, 2], 200),
        ([100, 200, 300], [1, 1, 1], 200),
        ([100, -1], [1, 1], 100),  # just half within the limit
        ([100, -1], [1, 2], None),
        ([100, 100, -1, -1], [1, 2, 1, 2], 100),
        ([300, 100, 200, -1], [1, 2, 1, 3], 300),  # 2, 3, then 4 of 7
    ],
)
def test_the_home_in_the_middle(walks_mm: list[int], weight: list[int], linked: int | None) -> None:
    links = residence_links(*homes_at(walks_mm, weight))
    assert links["walk_mm"].tolist() == ([] if linked is None else [linked])


def test_power_of_two_weights_say_which_homes_reach() -> None:
    walks, homes = homes_at([5, -1, 7, -1, 9], [1, 2, 4, 8, 16])
    assert residence_links(walks, homes)["reach_share"].tolist() == [21 / 31]
    assert reach_shares(walks, homes).to_dict() == {("R", "A"): 21 / 31}
    assert served_shares(walks, homes).to_dict() == {"R": 21 / 31}


def test_a_home_that_reaches_two_facilities_is_served_once() -> None:
    walks, homes = homes_at([5, -1, 7, -1], [1, 2, 4, 8])
    more = walks.iloc[[0]].assign(facility_id="B")
    both = pd.concat([walks, more])
    assert served_shares(both, homes).to_dict() == {"R": 5 / 15}
    assert reach_shares(both, homes).to_dict() == {("R", "A"): 5 / 15, ("R", "B"): 1 / 15}
    assert residence_links(both, homes).empty  # nothing is reached by half


@pytest.mark.parametrize("seed", range(5))
def test_the_middle_does_not_depend_on_the_order_of_rows(seed: int) -> None:
    draw = np.random.default_rng(seed)
    walks, homes = homes_at(draw.integers(0, 5, 20).tolist(), draw.integers(1, 9, 20).tolist())
    shuffled = walks.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(residence_links(walks, homes), residence_links(shuffled, homes))
    ordered = np.repeat(*(walks.join(pd.Series(homes.weight, name="w")).sort_values("walk_mm")
                          [name].to_numpy() for name in ("walk_mm", "w")))  # fmt: skip
    middle = ordered[(len(ordered) + 1) // 2 - 1]  # every home as often as it weighs
    assert residence_links(walks, homes)["walk_mm"].tolist() == [middle]


def test_the_nearest_facility_is_that_of_the_home_in_the_middle() -> None:
    _, homes = homes_at([0, 0, 0], [1, 1, 1])
    nearest = pd.DataFrame(
        {"facility_id": ["A", "B", None], "level_mm": [10, 30, -1], "walk_mm": [10, 30, -1]}
    )
    assert middle_nearest(nearest, homes).to_dict("index") == {
        "R": {"facility_id": "B", "level_mm": 30, "walk_mm": 30}
    }


def compound_walks(gates: list[tuple[float, float]], limit_mm: int = 900_000) -> pd.DataFrame:
    """Walk from the homes of a compound beside the street to a facility at (500, 0)."""
    network = main_street()
    outline = series({"a": shapely.box(100, 20, 180, 60)})
    doors = series({"a": shapely.MultiPoint(gates)})
    places = snap_places(network, outline, gates=doors)
    homes = sampled_homes(outline)
    walks = gate_walks(network, places, homes, outline, gates=doors)
    goal = snap_places(network, series({"f": shapely.Point(500, 0)}))
    found = walk_links(network, home_places(places, homes, walks), goal, limit_mm=limit_mm)
    home = found["residence_id"].astype(int)
    return residence_links(found.assign(residence_id="a", home=home), homes)


def test_the_walk_inside_is_added_to_the_walk_from_the_gate() -> None:
    # Homes at (120, 40) and (160, 40), gate at (100, 40), 40 m off the street: 20 or 60 m
    # inside, 40 m to the street, 400 m along it; the lower of the two middle walks.
    links = compound_walks([(100, 40)])
    assert links["walk_mm"].tolist() == [460_000]
    assert links["reach_share"].tolist() == [1.0]


def test_half_of_the_homes_just_at_the_limit_are_enough() -> None:
    at, short = (compound_walks([(100, 40)], limit_mm=mm) for mm in (460_000, 459_999))
    assert at["reach_share"].tolist() == [0.5]
    assert short.empty


@pytest.mark.parametrize("seed", range(6))
def test_more_gates_never_lengthen_a_walk(seed: int) -> None:
    draw = np.random.default_rng(seed)
    outline = shapely.boundary(shapely.box(100, 20, 180, 60))
    spots = [outline.interpolate(at).coords[0] for at in draw.uniform(0, outline.length, 5)]
    walks = [compound_walks(spots[:count])["walk_mm"].iloc[0] for count in range(1, 6)]
    assert walks == sorted(walks, reverse=True)


def test_more_minutes_never_lower_the_share() -> None:
    shares = [compound_walks([(180, 60)], limit_mm=mm) for mm in range(380_000, 560_000, 10_000)]
    reached = [links["reach_share"].max() if len(links) else 0.0 for links in shares]
    assert reached == sorted(reached)
    assert reached[0] == 0
    assert reached[-1] == 1


def test_a_residence_stands_for_its_homes_with_the_middle_walk_inside() -> None:
    network = main_street()
    outline = series({"a": shapely.box(100, 20, 220, 60)})  # homes at 120, 160 and 200
    doors = series({"a": shapely.MultiPoint([(100, 40)])})
    places = snap_places(network, outline, gates=doors)
    homes = sampled_homes(outline)
    walks = gate_walks(network, places, homes, outline, gates=doors)
    middle = middle_places(places, homes, walks)
    assert (middle.connector_mm - places.connector_mm).tolist() == [60_000]
    assert middle.snap_m.tolist() == places.snap_m.tolist()


def test_without_gates_homes_walk_to_where_the_street_crosses_the_outline() -> None:
    network = main_street()
    outline = gpd.GeoSeries([shapely.box(100, -20, 140, 20)], index=["a"], crs=network.crs)
    places, homes = snap_places(network, outline), sampled_homes(outline)
    walks = gate_walks(network, places, homes, outline)
    assert [walk.tolist() for walk in walks] == [[[20.0, 20.0]]]  # from (120, 0) to both sides
