"""
Lengths of real streets, against the ellipsoid, against pyrosm and against osmnx.

Ours stop where nodes are missing at the rim of an extract; pyrosm draws a straight line over the
gap, and osmnx fails. So ways that are whole in the file are compared. There, each way that both
know has the same geodesic length to a centimetre; what only one of them knows is a matter of rules:

- pyrosm's walkers use every trunk road; ours only where it has a pavement or is no fast road.
  They also use alpine paths, fords, military roads and busways.
- Ours use cycleways unless told otherwise, motorway links that say ``foot=yes``, platforms, and the
  outlines of squares (``area=yes``, and relations). Private ways (``access=private``, ``no`` with a
  ``foot`` of its own, ...) are kept for those who live there: pyrosm drops them.
- osmnx has every way with ``highway``, walkable or not, since only that can be compared: its own
  filter for walkers drops private ways too. Its lengths are great circles on a sphere, up to 0.6 %
  off; the geodesics between its nodes are compared.
"""

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
import osmnx
import pandas as pd
import pytest
from pyproj import CRS, Geod, Transformer

from lifecircle.read.lines import read_line_streets
from lifecircle.read.osm import read_osm_streets
from lifecircle.walk.access import way_access
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.ways import StreetWays

DATA = Path(__file__).parents[2] / "shared" / "data"
LAS_PALMAS = DATA / "las_palmas" / "streets.osm.pbf"
ELLIPSOID = Geod(ellps="WGS84")

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not DATA.exists(), reason="needs shared/data beside the checkout"),
]


@pytest.fixture(scope="module")
def las_palmas() -> StreetWays:
    return read_osm_streets(LAS_PALMAS, crs=CRS("EPSG:32628"))


@pytest.fixture(scope="module")
def network(las_palmas: StreetWays) -> WalkNetwork:
    return build_network(las_palmas)


@pytest.fixture(scope="module")
def ours(network: WalkNetwork) -> pd.DataFrame:
    """Return the walkable length of each way, and whether any of it is private."""
    pieces = pd.DataFrame(
        {
            "way": network.piece_ways,
            "metres": geodesic_steps(network),
            "private": np.repeat(network.private, np.diff(network.piece_offsets)),
        }
    )
    return pieces.groupby("way").agg({"metres": "sum", "private": "max"})


@pytest.fixture(scope="module")
def tags(las_palmas: StreetWays) -> dict[int, dict[str, str]]:
    named = zip(las_palmas.way_ids.tolist(), las_palmas.way_tags, strict=True)
    return {way: dict(tags) for way, tags in named}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[int]]:
    """Write the highways all of whose nodes are in the file as .osm, and name them."""
    path = tmp_path_factory.mktemp("osm") / "whole.osm"
    highway = osmium.filter.KeyFilter("highway")
    ways = osmium.FileProcessor(LAS_PALMAS, osmium.osm.WAY).with_filter(highway)
    missing = {node.ref for way in ways for node in way.nodes}
    names = set()
    with osmium.SimpleWriter(str(path)) as writer:
        for node in osmium.FileProcessor(LAS_PALMAS, osmium.osm.NODE):
            if node.id in missing:
                missing.remove(node.id)
                writer.add_node(node)
        for way in osmium.FileProcessor(LAS_PALMAS, osmium.osm.WAY).with_filter(highway):
            if not any(node.ref in missing for node in way.nodes):
                names.add(way.id)
                writer.add_way(way)
    return path, names


def geodesic_steps(network: WalkNetwork) -> npt.NDArray[np.float64]:
    """Measure each piece between two vertices on the ellipsoid, in metres."""
    to_degrees = Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(*network.vertex_xy.T)
    edge = np.repeat(np.arange(len(network.start)), np.diff(network.vertex_offsets))
    steps = ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    return np.asarray(steps)[edge[:-1] == edge[1:]]


def assert_geodesic(network: WalkNetwork) -> None:
    true_m = np.add.reduceat(geodesic_steps(network), network.piece_offsets[:-1])
    length_m = network.length_mm / 1000
    long = true_m > 20  # what is rounded to millimetres needs some length to be 0.1 % true
    assert long.sum() > 10_000
    assert np.abs(length_m[long] / true_m[long] - 1).max() < 0.001
    assert length_m.sum() == pytest.approx(true_m.sum(), rel=0.001)


def test_edges_of_las_palmas_are_true_on_the_ellipsoid(network: WalkNetwork) -> None:
    assert_geodesic(network)


def test_edges_of_wuhan_are_true_on_the_ellipsoid() -> None:
    streets = read_line_streets(DATA / "wuhan" / "streets.parquet", crs=CRS("EPSG:4547"))
    assert_geodesic(build_network(streets))


@pytest.fixture(scope="module")
def pyrosms() -> pd.DataFrame:
    pyrosm = pytest.importorskip("pyrosm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own business with pandas
        streets = pyrosm.OSM(str(LAS_PALMAS)).get_network(network_type="walking")
        streets["metres"] = [ELLIPSOID.geometry_length(line) for line in streets.geometry]
    return streets.groupby("id").agg({"metres": "sum", "highway": "first"})


def test_each_way_that_pyrosm_walks_too_has_the_same_length(
    ours: pd.DataFrame, pyrosms: pd.DataFrame, whole: tuple[Path, set[int]]
) -> None:
    both = ours.join(pyrosms["metres"].rename("theirs"), how="inner")
    both = both[both.index.isin(whole[1])]
    assert len(both) > 12_000
    assert (both["metres"] - both["theirs"]).abs().max() < 0.01


def test_what_only_pyrosm_walks_is_closed_by_a_rule_of_ours(
    ours: pd.DataFrame, pyrosms: pd.DataFrame, tags: dict[int, dict[str, str]]
) -> None:
    theirs = pyrosms.index.difference(ours.index)
    decisions = [way_access(tags[way]) for way in theirs]
    assert {decision.access for decision in decisions} == {"closed"}
    assert {decision.rule for decision in decisions} == {
        *("way-trunk-fast", "way-trunk-ramp", "way-trunk-tunnel"),
        *("way-alpine", "way-no-trail", "way-ford-path", "way-military"),
        *("way-busway", "way-unknown-value"),
    }
    trunk = [way for way in theirs if tags[way]["highway"].startswith("trunk")]
    rest = theirs.difference(trunk)
    assert pyrosms.loc[rest, "metres"].sum() < 0.002 * pyrosms["metres"].sum()


def test_what_only_we_walk_is_private_a_square_or_opened_by_a_rule(
    ours: pd.DataFrame, pyrosms: pd.DataFrame, tags: dict[int, dict[str, str]]
) -> None:
    more = ours.loc[ours.index.difference(pyrosms.index)]
    public = [
        way
        for way in more.index[~more["private"].astype(bool)]
        if tags[way].get("area") != "yes" and tags[way].get("highway") != "cycleway"
    ]
    rules = {way_access(tags[way]).rule for way in public}
    assert rules == {"way-foot-yes", "way-transport-platform"}
    assert more.loc[public, "metres"].sum() < 1000


@pytest.mark.parametrize(
    ("highway", "bound"),
    [
        *((name, 0.001) for name in ("residential", "steps", "living_street", "pedestrian")),
        *((name, 0.001) for name in ("unclassified", "tertiary", "secondary", "primary")),
        *((name, 0.005) for name in ("footway", "service", "track")),  # foot=destination, fords
        ("path", 0.015),  # alpine ones
    ],
)
def test_each_class_of_public_street_is_as_long_as_pyrosms(
    highway: str,
    bound: float,
    ours: pd.DataFrame,
    pyrosms: pd.DataFrame,
    tags: dict[int, dict[str, str]],
    whole: tuple[Path, set[int]],
) -> None:
    public = [
        way
        for way in ours.index.intersection(list(whole[1]))
        if tags[way]["highway"] == highway
        and tags[way].get("area") != "yes"
        and way_access(tags[way]).access == "public"
    ]
    theirs = pyrosms[(pyrosms["highway"] == highway) & pyrosms.index.isin(whole[1])]
    assert ours.loc[public, "metres"].sum() == pytest.approx(theirs["metres"].sum(), rel=bound)


def test_each_way_of_osmnx_has_the_same_length_and_the_rest_is_closed_by_us(
    ours: pd.DataFrame,
    tags: dict[int, dict[str, str]],
    whole: tuple[Path, set[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(osmnx.settings, "all_oneway", True)  # each piece once
    monkeypatch.setattr(osmnx.settings, "useful_tags_way", ["highway"])
    graph = osmnx.graph_from_xml(whole[0], simplify=False, retain_all=True)
    edges = pd.DataFrame(
        [(data["osmid"], start, end) for start, end, data in graph.edges(data=True)],
        columns=["way", "start", "end"],
    )
    places = pd.DataFrame.from_dict(dict(graph.nodes(data=True)), orient="index")[["x", "y"]]
    ends = [places.loc[edges[end]].to_numpy().T for end in ("start", "end")]
    edges["metres"] = ELLIPSOID.inv(*ends[0], *ends[1])[2]
    theirs = edges.groupby("way")["metres"].sum()
    both = ours.join(theirs.rename("theirs"), how="inner")
    assert len(both) > 13_000
    assert (both["metres"] - both["theirs"]).abs().max() < 0.01
    assert both["metres"].sum() == pytest.approx(both["theirs"].sum(), rel=1e-7)
    rest = theirs.index.difference(ours.index)
    assert {way_access(tags[way]).access for way in rest} == {"closed"}
