from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lifecircle.assessment.rehearsing import cut_off_remarks
from lifecircle.errors import CrsError
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.places import cut_off, snap_places
from lifecircle.walk.ways import Barriers
from worlds import METRES, World, points, street_ways

STREET = {"highway": "residential"}
Tags = dict[str, str]


def series(shapes: Mapping[str, shapely.Geometry], crs: str = METRES) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes.values()), index=list(shapes), crs=crs)


def main_street(
    *more_ways: tuple[list[int], Tags],
    xy: Sequence[tuple[float, float]] = (),
    node_tags: dict[int, Tags] | None = None,
) -> WalkNetwork:
    """Draw a street of 1 km along y = 0, and what else is given (its nodes count from 2)."""
    world = World(
        xy=[(0, 0), (1000, 0), *xy],
        ways=[([0, 1], STREET), *more_ways],
        node_tags=node_tags or {},
    )
    return build_network(street_ways(world))


def test_places_on_streets_cut_off_from_the_longest_network_are_told() -> None:
    # 900 m of street; 600 m of street across a river, which keep their places; 200 m, which do not.
    world = World(
        xy=[(0, 0), (900, 0), (0, 400), (600, 400), (0, 100), (200, 100)],
        ways=[([0, 1], STREET), ([2, 3], STREET), ([4, 5], STREET)],
    )
    network = build_network(street_ways(world))
    found = snap_places(
        network, points({"a": (50, 0), "b": (50, 390), "c": (50, 110), "d": (5000, 0)})
    )
    table = cut_off(network, found)
    assert table.index.tolist() == ["b"]
    assert table["piece_m"].tolist() == [600]


def test_a_point_is_joined_to_the_nearest_point_of_an_edge_not_to_a_node() -> None:
    places = snap_places(main_street(), series({"a": shapely.Point(400, 30)}))
    assert places.offset_mm.tolist() == [400_000]
    assert places.connector_mm.tolist() == [30_000]
    assert places.entry.tolist() == ["point"]


def test_the_snap_limit_is_inclusive_and_beyond_it_there_is_no_position() -> None:
    shapes = {"at": shapely.Point(500, 300), "beyond": shapely.Point(500, 300.001)}
    places = snap_places(main_street(), series(shapes), snap_limit_m=300)
    assert places.ids[places.place].tolist() == ["at"]
    assert np.isnan(places.snap_m[1])


def test_a_polygon_is_entered_where_streets_cross_its_outline() -> None:
    places = snap_places(main_street(), series({"a": shapely.box(200, -50, 300, 50)}))
    assert places.offset_mm.tolist() == [200_000, 300_000]
    assert places.connector_mm.tolist() == [0, 0]
    assert places.entry.tolist() == ["outline_crossings"]


def test_a_polygon_beside_the_street_is_entered_nearest_to_its_outline_and_flagged() -> None:
    places = snap_places(main_street(), series({"a": shapely.box(200, 20, 300, 90)}))
    assert places.entry.tolist() == ["gates_unknown"]
    assert places.connector_mm.tolist() == [20_000]
    assert 200_000 <= places.offset_mm[0] <= 300_000


def test_gates_are_the_only_entrances_and_each_counts() -> None:
    gates = shapely.MultiPoint([(200, 0), (300, 40)])
    polygon = series({"a": shapely.box(200, -50, 300, 50)})
    places = snap_places(main_street(), polygon, gates=series({"a": gates}))
    assert places.offset_mm.tolist() == [200_000, 300_000]
    assert places.connector_mm.tolist() == [0, 40_000]
    assert places.entry.tolist() == ["gates"]


def test_a_loose_footway_gives_way_to_the_street_beside_it() -> None:
    network = main_street(([2, 3], STREET), xy=[(100, 100), (200, 100)])
    places = snap_places(network, series({"a": shapely.Point(150, 110)}))
    assert places.gave_way.tolist() == [True]
    assert places.connector_mm.tolist() == [10_000, 110_000]
    assert places.fallback.tolist() == [False, True]


def test_a_loose_footway_of_500_m_gives_way_to_nothing() -> None:
    network = main_street(([2, 3], STREET), xy=[(100, 100), (600, 100)])
    places = snap_places(network, series({"a": shapely.Point(150, 110)}))
    assert places.fallback.tolist() == [False]


def test_a_place_never_gives_way_across_a_barrier() -> None:
    world = World(
        xy=[(0, 0), (1000, 0), (100, 100), (200, 100)],
        ways=[([0, 1], STREET), ([2, 3], STREET)],
    )
    ways = street_ways(world)
    walled = type(ways)(
        **{name: getattr(ways, name) for name in ways.__slots__ if name != "barriers"},
        barriers=Barriers(
            lines=np.array([shapely.LineString([(0, 50), (1000, 50)])]), kinds=("wall",)
        ),
    )
    places = snap_places(build_network(walled), series({"a": shapely.Point(150, 110)}))
    assert places.fallback.tolist() == [False]


def test_two_places_on_one_loose_footway_walk_along_it() -> None:
    network = main_street(([2, 3], STREET), xy=[(100, 100), (200, 100)])
    people = snap_places(network, series({"r": shapely.Point(110, 100)}))
    goals = snap_places(
        network, series({"f": shapely.Point(190, 100), "main": shapely.Point(150, 0)})
    )
    links = walk_links(network, people, goals, limit_mm=900_000)
    assert links["walk_mm"].tolist() == [80_000, 140_000]  # r-main: 100 m connector and 40 m


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="use `to_crs`"):
        snap_places(main_street(), series({"a": shapely.Point(122, 37)}, crs="EPSG:4326"))


def test_the_order_of_the_places_does_not_matter() -> None:
    spots = {f"p{at}": shapely.Point(at * 70, 13 * at % 40) for at in range(12)}
    back = dict(reversed(spots.items()))
    one, two = (snap_places(main_street(), series(shapes)) for shapes in (spots, back))
    for name in ("ids", "place", "edge", "offset_mm", "connector_mm"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_private_ways_are_no_short_cut_but_lead_home() -> None:
    # A street bends round a compound: 100 m through it, 500 m round it.
    xy = [(0, 0), (0, 200), (100, 200), (100, 0)]
    private = {"highway": "service", "access": "private"}
    world = World(xy=xy, ways=[([0, 1, 2, 3], STREET), ([0, 3], private)])
    network = build_network(street_ways(world))
    goals = snap_places(network, series({"f": shapely.Point(100, 0)}))
    people = snap_places(
        network,
        series({"neighbour": shapely.Point(-5, 3), "inside": shapely.Point(50, 0)}),
    )
    links = walk_links(network, people, goals, limit_mm=900_000).set_index("residence_id")
    assert links.loc["inside", "walk_mm"] == 50_000
    assert links.loc["neighbour", "walk_mm"] == 5_000 + 497_000


def test_the_limit_counts_to_the_millimetre() -> None:
    network = main_street()
    people = snap_places(network, series({"r": shapely.Point(0, 0)}))
    goals = snap_places(network, series({"f": shapely.Point(900, 0)}))
    assert len(walk_links(network, people, goals, limit_mm=900_000)) == 1
    assert len(walk_links(network, people, goals, limit_mm=899_999)) == 0


def test_streets_cut_off_are_remarked_on_piece_by_piece() -> None:
    world = World(
        xy=[(0, 0), (900, 0), (0, 400), (600, 400), (0, -400), (700, -400)],
        ways=[([0, 1], STREET), ([2, 3], STREET), ([4, 5], STREET)],
    )
    network = build_network(street_ways(world))
    spots = {"a": (50, 0), "b": (50, 390), "c": (60, 390), "d": (50, -390)}
    remarks = cut_off_remarks("residences", snap_places(network, points(spots)), network)
    assert [(one.reason, one.found) for one in remarks] == [
        ("streets_cut_off", "700 m: 1 ('d')"),
        ("streets_cut_off", "600 m: 2 ('b', 'c')"),
    ]
