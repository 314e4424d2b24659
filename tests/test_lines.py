from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.testing import assert_array_equal
from pyproj import CRS

from lifecircle.errors import CrsError, NetworkError
from lifecircle.read.lines import read_line_streets, ways_from_lines
from lifecircle.walk.ways import StreetWays

METRIC = CRS.from_epsg(4547)
REAL = Path(__file__).parents[2] / "shared" / "data"
Line = list[tuple[float, float]]


def drawn(*lines: Line, **columns: object) -> gpd.GeoDataFrame:
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=METRIC, index=range(1, len(lines) + 1))


def edges(ways: StreetWays) -> set[frozenset[tuple[float, float]]]:
    """Every straight piece as the pair of its places."""
    places = [(float(x), float(y)) for x, y in ways.xy]
    return {
        frozenset((places[a], places[b]))
        for start, stop in pairwise(ways.offsets.tolist())
        for a, b in pairwise(ways.refs[start:stop].tolist())
    }


def arms(ways: StreetWays, place: tuple[float, float]) -> list[int]:
    """For each node in a place, how many pieces of street leave it."""
    count = np.zeros(len(ways.node_ids), dtype=int)
    for start, stop in pairwise(ways.offsets.tolist()):
        for a, b in pairwise(ways.refs[start:stop].tolist()):
            count[a] += 1
            count[b] += 1
    here = (ways.xy == place).all(axis=1)
    return sorted(count[here].tolist())


def same(one: StreetWays, two: StreetWays) -> bool:
    arrays = ("node_ids", "xy", "way_ids", "offsets", "refs")
    equal = all(np.array_equal(getattr(one, name), getattr(two, name)) for name in arrays)
    return equal and one.way_tags == two.way_tags and one.counts == two.counts


CROSS: tuple[Line, Line] = ([(0, 5), (10, 5)], [(5, 0), (5, 10)])
TEE: tuple[Line, Line] = ([(0, 0), (5, 0), (10, 0)], [(5, 0), (5, 9)])


def test_lines_meet_at_shared_ends() -> None:
    ways = ways_from_lines(drawn([(0, 0), (1, 0)], [(1, 0), (2, 0)]))
    assert_array_equal(ways.xy, [[0, 0], [1, 0], [2, 0]])
    assert arms(ways, (1, 0)) == [2]


def test_an_end_meets_a_vertex_of_another_line() -> None:
    assert arms(ways_from_lines(drawn(*TEE)), (5, 0)) == [3]


def test_ends_less_than_a_millimetre_apart_are_one() -> None:
    ways = ways_from_lines(drawn([(0, 0), (1, 0)], [(1.0004, 0), (2, 0)]))
    assert arms(ways, (1, 0)) == [2]


def test_lines_that_merely_cross_do_not_meet() -> None:
    lone = [[(20.0 * i, 0.0), (20.0 * i + 9, 0.0)] for i in range(1, 9)]
    tees = [[(20.0 * i + 9, 0.0), (20.0 * i + 9, s * 9.0)] for i in range(1, 9) for s in (-1, 1)]
    ways = ways_from_lines(drawn(*CROSS, *lone, *tees))
    assert ways.counts["crossings_without_node"] == 1
    assert edges(ways) >= {frozenset({(0, 5), (10, 5)}), frozenset({(5, 0), (5, 10)})}


def test_vertices_without_an_end_do_not_meet() -> None:
    over: Line = [(5, 0), (5, 5), (5, 10)]
    under: Line = [(0, 5), (5, 5), (10, 5)]
    ways = ways_from_lines(drawn(over, under, bridge=["yes", ""]))
    assert arms(ways, (5, 5)) == [2, 2]


def test_too_many_crossings_without_a_node_are_an_error_that_names_the_remedy() -> None:
    with pytest.raises(NetworkError, match=r"1 of 1 crossings.*`node_crossings = true`"):
        ways_from_lines(drawn(*CROSS))


def test_crossings_become_nodes_if_told_so() -> None:
    ways = ways_from_lines(drawn(*CROSS), node_crossings=True)
    assert arms(ways, (5, 5)) == [4]
    assert len(ways.way_ids) == 2
    assert ways.counts["crossings_noded"] == 1


def test_an_end_that_touches_a_line_becomes_a_node_if_told_so() -> None:
    touching = drawn([(0, 0), (9, 3)], [(3.001, 1), (3, 9)])
    with pytest.raises(NetworkError, match="1 of 1 crossings"):
        ways_from_lines(touching)
    assert arms(ways_from_lines(touching, node_crossings=True), (3.001, 1)) == [3]


@pytest.mark.parametrize(
    "columns", [{"bridge": ["yes", ""]}, {"tunnel": ["", "yes"]}, {"layer": ["1", "0"]}]
)
def test_bridges_tunnels_and_other_layers_stay_apart(columns: dict[str, list[str]]) -> None:
    lines = drawn(*CROSS, **columns)
    assert edges(ways_from_lines(lines, node_crossings=True)) == edges(ways_from_lines(lines))


def test_two_bridges_on_one_layer_meet_if_told_so() -> None:
    lines = drawn(*CROSS, bridge=["yes", "viaduct"], layer=["1", "+1"])
    assert arms(ways_from_lines(lines, node_crossings=True), (5, 5)) == [4]


def test_three_crossings_of_one_line_are_in_their_order() -> None:
    posts = [[(x, 0.0), (x, 10.0)] for x in (2.0, 8.0, 5.0)]
    ways = ways_from_lines(drawn([(0, 5), (10, 5)], *posts), node_crossings=True)
    pieces = {frozenset({(a, 5.0), (b, 5.0)}) for a, b in pairwise([0.0, 2.0, 5.0, 8.0, 10.0])}
    assert pieces <= edges(ways)


def test_with_ids_lines_meet_where_the_ids_say() -> None:
    lines = drawn(*TEE, [(5, 0), (5, -9)], u=["1", "3", "3"], v=["2", "4", "5"])
    ways = ways_from_lines(lines)
    assert arms(ways, (5, 0)) == [2, 2]
    assert ways.node_ids.tolist() == [1, 2, 3, 4, 5, -1]


def test_ids_are_found_whichever_way_round_a_line_is_drawn() -> None:
    straight: list[Line] = [[(0, 0), (9, 0)], [(9, 0), (9, 9)], [(9, 0), (20, 0)]]
    ids = {"u": ["1", "2", "2"], "v": ["2", "3", "4"]}
    turned = [straight[0][::-1], straight[1], straight[2][::-1]]
    assert edges(ways_from_lines(drawn(*turned, **ids))) == edges(
        ways_from_lines(drawn(*straight, **ids))
    )
    ways = ways_from_lines(drawn(*turned, **ids))
    assert dict(zip(ways.node_ids.tolist(), ways.xy.tolist(), strict=True))[2] == [9, 0]


def test_parallel_lines_between_two_dead_ends_may_be_drawn_both_ways() -> None:
    bent: Line = [(9, 0), (5, 5), (0, 0)]
    ways = ways_from_lines(drawn([(0, 0), (9, 0)], bent, u=["1", "1"], v=["2", "2"]))
    assert arms(ways, (0, 0)) == [2]


def test_ids_that_are_words_are_numbered() -> None:
    ways = ways_from_lines(drawn([(0, 0), (9, 0)], u=["b"], v=["a"]))
    assert ways.node_ids.tolist() == [1, 2]


def test_one_id_in_two_places_is_an_error_that_names_it() -> None:
    lines = drawn(
        [(0, 0), (9, 0)], [(9, 0), (9, 9)], [(9, 5), (20, 0)], u=["1", "2", "2"], v=["2", "3", "4"]
    )
    with pytest.raises(NetworkError, match="more than 1 m apart at 2"):
        ways_from_lines(lines)


def test_ids_half_a_metre_apart_are_one_place() -> None:
    lines = drawn([(0, 0), (9, 0)], [(9.5, 0), (20, 0)], u=["1", "2"], v=["2", "3"])
    assert len(ways_from_lines(lines).node_ids) == 3


def test_a_blank_id_is_an_error() -> None:
    with pytest.raises(NetworkError, match="`u` or `v` is blank in the features 2"):
        ways_from_lines(drawn([(0, 0), (9, 0)], [(9, 0), (9, 9)], u=["1", ""], v=["2", "3"]))


def test_what_is_no_street_is_left_out_and_counted() -> None:
    shapes = [
        shapely.LineString([(0, 0), (9, 0)]),
        None,
        shapely.LineString(),
        shapely.Point(1, 1),
        shapely.LineString([(5, 5), (5.0001, 5)]),
    ]
    ways = ways_from_lines(gpd.GeoDataFrame(geometry=shapes, crs=METRIC))
    assert len(ways.way_ids) == 1
    assert (ways.counts["not_lines"], ways.counts["zero_length"]) == (2, 2)


def test_lines_in_several_parts_are_taken_apart() -> None:
    parts = shapely.MultiLineString([[(0, 0), (9, 0)], [(50, 0), (59, 0)]])
    ways = ways_from_lines(gpd.GeoDataFrame({"name": ["甲路"]}, geometry=[parts], crs=METRIC))
    assert len(ways.way_ids) == 2
    assert [tags["name"] for tags in ways.way_tags] == ["甲路", "甲路"]


def test_a_loop_is_kept_and_counted() -> None:
    ways = ways_from_lines(drawn([(0, 0), (9, 0), (9, 9), (0, 0)]))
    assert ways.counts["self_loops"] == 1
    assert ways.refs[0] == ways.refs[-1]


def test_no_lines_are_an_error() -> None:
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=METRIC)
    with pytest.raises(NetworkError, match="there are no lines"):
        ways_from_lines(points)


def test_columns_become_tags_and_a_street_without_one_is_a_road() -> None:
    lines = drawn(
        [(0, 0), (9, 0)], [(9, 0), (20, 0)], highway=["", "footway"], Bridge=["yes", ""], u_turn="x"
    )
    ways = ways_from_lines(lines)
    assert [dict(tags) for tags in ways.way_tags] == [
        {"highway": "road", "bridge": "yes"},
        {"highway": "footway"},
    ]
    assert ways.counts["highway_assumed"] == 1


@pytest.mark.parametrize("written", ["service;residential", "['service', 'residential']"])
def test_of_several_highways_the_first_counts(written: str) -> None:
    ways = ways_from_lines(drawn([(0, 0), (9, 0)], highway=[written]))
    assert ways.way_tags[0]["highway"] == "service"


@pytest.mark.parametrize("node_crossings", [True, False])
def test_the_order_of_the_rows_does_not_matter(node_crossings: bool) -> None:  # noqa: FBT001 - a case
    random = np.random.default_rng(3)
    walks = [np.cumsum(random.integers(-3, 4, (6, 2)), axis=0) for _ in range(40)]
    names = [str(number) for number in range(40)]
    layers = None if node_crossings else names
    columns = {"name": names} | ({"layer": layers} if layers else {})
    lines = drawn(*[[(float(x), float(y)) for x, y in walk] for walk in walks], **columns)
    one = ways_from_lines(lines, node_crossings=node_crossings)
    two = ways_from_lines(lines.sample(frac=1, random_state=1), node_crossings=node_crossings)
    assert same(one, two)


@pytest.mark.parametrize("seed", range(20))
def test_noded_crossings_are_those_that_geos_finds(seed: int) -> None:
    # Lines along the axes cross at whole metres, so that both answers are exact.
    random = np.random.default_rng(seed)
    starts, lengths = random.integers(0, 30, (25, 2)), random.integers(1, 20, 25)
    along = np.where(random.random(25)[:, None] < 0.5, [1, 0], [0, 1])
    stops = starts + along * lengths[:, None]
    lines = drawn(*[[tuple(a), tuple(b)] for a, b in zip(starts, stops, strict=True)])
    noded = shapely.get_parts(shapely.node(shapely.union_all(lines.geometry.to_numpy())))
    expected = {
        frozenset(pair)
        for piece in noded
        for pair in pairwise(map(tuple, shapely.get_coordinates(piece).tolist()))
    }
    ways = ways_from_lines(lines, node_crossings=True)
    assert edges(ways) == expected
    assert len(np.unique(ways.xy, axis=0)) == len(ways.xy)


def test_arguments_are_left_as_they_were() -> None:
    lines = drawn(*CROSS)
    ways_from_lines(lines, node_crossings=True)
    assert lines.geometry.iloc[0].equals_exact(shapely.LineString(CROSS[0]), 0)


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.geojson", "a.shp", "a.fgb"])
def test_every_format_gives_the_same_ways(tmp_path: Path, name: str) -> None:
    lines = drawn(*TEE, highway=["residential", "footway"])
    far = lines.set_geometry(lines.translate(500_000, 3_380_000))
    path = tmp_path / name
    far.to_parquet(path) if name.endswith("parquet") else far.to_file(path)
    ways = read_line_streets(path, crs=METRIC)
    assert np.abs(ways.xy - ways_from_lines(far).xy).max() < 0.02
    assert sorted(tags["highway"] for tags in ways.way_tags) == ["footway", "residential"]


def test_a_damaged_file_is_a_network_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    drawn(*TEE).to_parquet(path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(NetworkError, match=r"a\.parquet: 1 problem.*\n.*cannot be read as Parquet"):
        read_line_streets(path, crs=METRIC)


def test_streets_without_a_crs_are_a_crs_error(tmp_path: Path) -> None:
    drawn(*TEE).set_crs(None, allow_override=True).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(CrsError, match="names no coordinate system"):
        read_line_streets(tmp_path / "a.parquet", crs=METRIC)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real data stand beside the checkout only")
def test_the_streets_of_wuhan() -> None:
    # 92,667 edges and 82,902 nodes, by the source's own description; 7,185 km.
    ways = read_line_streets(REAL / "wuhan" / "streets.parquet", crs=METRIC)
    ends = np.concatenate([ways.refs[ways.offsets[:-1]], ways.refs[ways.offsets[1:] - 1]])
    assert (len(ways.way_ids), len(np.unique(ends))) == (92_667, 82_902)
    step = np.hypot(*np.diff(ways.xy[ways.refs], axis=0).T)
    step[ways.offsets[1:-1] - 1] = 0.0
    assert step.sum() / 1000 == pytest.approx(7185, rel=0.002)
