"""Streets from OpenStreetMap files: by hand on tiny files, by record on real ones."""

import bz2
import gzip
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import pytest
from pyproj import CRS, Geod, Transformer

from lifecircle.errors import CrsError, NetworkError
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.walk.ways import StreetWays

# Gauss-Krueger with the central meridian 120 E, where the easting is 500 km.
GK_120 = CRS("EPSG:4549")
DATA = Path(__file__).parents[2] / "shared/data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data are not beside us")

STREET = {"highway": "residential"}
# Five nodes on the meridian, 0.001 degrees (111 m) apart.
LINE = {number: (120.0, 30.0 + number / 1000) for number in range(1, 6)}

Ways = dict[int, tuple[list[int], dict[str, str]]]


def tag_lines(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(text)}/>" for key, text in tags.items())


def osm_text(
    ways: Ways,
    *,
    nodes: dict[int, tuple[float, float]] = LINE,
    node_tags: dict[int, dict[str, str]] | None = None,
    relations: dict[int, tuple[list[int], dict[str, str]]] | None = None,
    bounds: str = "",
) -> str:
    parts = [f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{bounds}']
    for number, (longitude, latitude) in nodes.items():
        tags = tag_lines((node_tags or {}).get(number, {}))
        parts.append(f'<node id="{number}" lat="{latitude}" lon="{longitude}">{tags}</node>')
    for number, (refs, tags) in ways.items():
        steps = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        parts.append(f'<way id="{number}">{steps}{tag_lines(tags)}</way>')
    for number, (members, tags) in (relations or {}).items():
        outers = "".join(f'<member type="way" ref="{ref}" role="outer"/>' for ref in members)
        parts.append(f'<relation id="{number}">{outers}{tag_lines(tags)}</relation>')
    return "".join([*parts, "</osm>"])


@pytest.fixture
def osm(tmp_path: Path) -> Path:
    return tmp_path / "streets.osm"


def read(path: Path, text: str) -> StreetWays:
    path.write_text(text, encoding="utf-8")
    return read_osm_streets(path, crs=GK_120)


def runs(ways: StreetWays) -> list[tuple[int, list[int]]]:
    """Spell each way's piece out: its id, and the ids of its nodes."""
    return [
        (int(way), ways.node_ids[ways.refs[begin:end]].tolist())
        for way, begin, end in zip(ways.way_ids, ways.offsets[:-1], ways.offsets[1:], strict=True)
    ]


def test_ways_share_their_nodes(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2, 3], STREET), 8: ([2, 4], {"highway": "footway"})}))
    assert runs(ways) == [(7, [1, 2, 3]), (8, [2, 4])]
    assert ways.node_ids.tolist() == [1, 2, 3, 4]
    assert ways.way_tags == (STREET, {"highway": "footway"})
    assert ways.counts["ways_read"] == 2
    assert ways.counts["nodes_kept"] == 4


def test_nodes_stand_where_the_projection_puts_them(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2], STREET)}))
    assert ways.xy[:, 0] == pytest.approx(500_000, abs=1e-3)
    # 0.001 degrees along a meridian, by the geodesic on the ellipsoid.
    metres = Geod(ellps="GRS80").line_length([120, 120], [30.001, 30.002])
    assert np.ptp(ways.xy[:, 1]) == pytest.approx(metres, abs=1e-3)
    assert ways.crs == GK_120


def test_unused_nodes_are_left_out(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([2, 3], STREET), 9: ([4, 5], {"building": "yes"})}))
    assert ways.node_ids.tolist() == [2, 3]


@pytest.mark.parametrize(
    "tags", [{"route": "ferry"}, {"railway": "platform"}, {"public_transport": "platform"}]
)
def test_ferries_and_platforms_are_kept_for_the_explanation(
    osm: Path, tags: dict[str, str]
) -> None:
    assert read(osm, osm_text({7: ([1, 2], tags)})).way_tags == (tags,)


def test_only_tags_that_matter_are_kept(osm: Path) -> None:
    tags = {"highway": "steps", "name": "石阶", "layer": "1", "surface": "stone", "lit": "yes"}
    ways = read(osm, osm_text({7: ([1, 2], tags)}))
    assert ways.way_tags == ({"highway": "steps", "name": "石阶", "layer": "1"},)


def test_node_tags_are_those_of_used_nodes_that_matter(osm: Path) -> None:
    node_tags = {
        2: {"barrier": "gate", "access": "private", "colour": "red"},
        3: {"natural": "tree"},
        5: {"barrier": "bollard"},
    }
    ways = read(osm, osm_text({7: ([1, 2, 3], STREET)}, node_tags=node_tags))
    assert ways.node_tags == {1: {"barrier": "gate", "access": "private"}}


def test_a_way_is_cut_where_a_node_is_missing(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2, 99, 3, 4], STREET)}))
    assert runs(ways) == [(7, [1, 2]), (7, [3, 4])]
    assert ways.way_tags == (STREET, STREET)
    assert ways.counts["missing_nodes"] == 1
    assert ways.counts["ways_with_missing_nodes"] == 1
    assert ways.counts["ways_cut_at_rim"] == 2
    assert ways.counts["ways_lost"] == 0


def test_a_lone_node_between_gaps_is_dropped_and_counted(osm: Path) -> None:
    text = osm_text({7: ([1, 98, 2, 99, 3, 4], STREET), 8: ([98, 5], STREET)})
    ways = read(osm, text)
    assert runs(ways) == [(7, [3, 4])]
    assert ways.counts["pieces_dropped"] == 3
    assert ways.counts["missing_nodes"] == 2
    assert ways.counts["ways_lost"] == 1


def test_a_gap_between_two_visits_of_a_node_stays_a_gap(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2, 99, 2, 3], STREET)}))
    assert runs(ways) == [(7, [1, 2]), (7, [2, 3])]
    assert ways.counts["duplicate_refs"] == 0


def test_a_node_named_twice_in_a_row_is_taken_once(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 1, 2, 2, 2, 3], STREET)}))
    assert runs(ways) == [(7, [1, 2, 3])]
    assert ways.counts["duplicate_refs"] == 3


def test_a_way_of_one_node_is_dropped(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 1], STREET), 8: ([2, 3], STREET)}))
    assert runs(ways) == [(8, [2, 3])]
    assert ways.counts["pieces_dropped"] == 1


def test_loops_and_ways_without_length_are_counted_and_kept(osm: Path) -> None:
    nodes = {**LINE, 6: LINE[5]}
    text = osm_text({7: ([1, 2, 3, 1], STREET), 8: ([5, 6], STREET)}, nodes=nodes)
    ways = read(osm, text)
    assert runs(ways) == [(7, [1, 2, 3, 1]), (8, [5, 6])]
    assert ways.counts["self_loops"] == 1
    assert ways.counts["zero_length_ways"] == 1


def test_a_loop_at_the_end_has_its_length(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2], STREET), 8: ([3, 4, 3], STREET)}))
    assert ways.counts["zero_length_ways"] == 0


def test_a_repeated_way_is_read_once(osm: Path) -> None:
    text = osm_text({7: ([1, 2], STREET)})
    again = text[text.index("<way") : text.index("</osm>")]
    ways = read(osm, text.replace("</osm>", f"{again}</osm>"))
    assert runs(ways) == [(7, [1, 2])]
    assert ways.counts["ways_repeated"] == 1


def test_the_order_in_the_file_changes_nothing(osm: Path) -> None:
    one = read(osm, osm_text({7: ([1, 2, 3], STREET), 8: ([3, 4], {"highway": "path"})}))
    two = read(osm, osm_text({8: ([3, 4], {"highway": "path"}), 7: ([1, 2, 3], STREET)}))
    assert runs(one) == runs(two)
    assert one.way_tags == two.way_tags
    np.testing.assert_array_equal(one.xy, two.xy)


def test_ways_closed_by_the_table_are_kept_and_counted(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2], STREET), 8: ([2, 3], {"highway": "motorway"})}))
    assert len(ways.way_ids) == 2
    assert ways.counts["closed_ways"] == 1


def test_the_outline_of_a_square_is_a_street(osm: Path) -> None:
    square = {"type": "multipolygon", "highway": "pedestrian"}
    ways = read(
        osm, osm_text({7: ([1, 2, 3], {}), 8: ([3, 1], STREET)}, relations={5: ([7], square)})
    )
    assert runs(ways) == [(7, [1, 2, 3]), (8, [3, 1])]
    assert ways.way_tags[0] == {"highway": "pedestrian", "area": "yes"}


@pytest.mark.parametrize(
    ("tags", "is_barrier"),
    [
        ({"barrier": "wall"}, True),
        ({"barrier": "fence"}, True),
        ({"barrier": "kerb"}, False),
        ({"waterway": "river"}, True),
        ({"waterway": "canal", "tunnel": "culvert"}, False),
        ({"waterway": "drain"}, False),
        ({"natural": "water"}, True),
        ({"railway": "rail"}, True),
        ({"railway": "rail", "bridge": "no"}, True),
        ({"railway": "rail", "bridge": "viaduct"}, False),
        ({"railway": "subway", "tunnel": "yes"}, False),
        ({"railway": "tram"}, False),
        ({"highway": "motorway"}, True),
        ({"highway": "motorway", "bridge": "yes"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, True),
        ({"highway": "motorway", "layer": "1"}, False),
        ({"highway": "motorway", "layer": "-1"}, True),  # a cutting
        ({"barrier": "fence", "layer": "1"}, False),  # on a bridge
        ({"barrier": "hedge"}, True),
        ({"barrier": "retaining_wall"}, True),
        ({"barrier": "city_wall", "tunnel": "no"}, True),
        ({"waterway": "river", "layer": "-1"}, True),  # below bridges, as all rivers are
        ({"waterway": "river", "layer": "low"}, True),
        ({"waterway": "river", "tunnel": "culvert"}, False),
        ({"waterway": "canal", "covered": "yes"}, False),
        ({"waterway": "stream"}, False),
        ({"natural": "coastline"}, True),
        ({"landuse": "reservoir"}, True),
        ({"landuse": "basin"}, True),
        ({"landuse": "grass"}, False),
        ({"railway": "subway", "layer": "-2"}, False),
        ({"railway": "rail", "location": "underground"}, False),
        ({"railway": "abandoned"}, False),
    ],
)
def test_barriers_are_what_nobody_walks_through(
    osm: Path, tags: dict[str, str], *, is_barrier: bool
) -> None:
    ways = read(osm, osm_text({7: ([1, 2], STREET), 8: ([3, 4, 5], tags)}))
    assert len(ways.barriers.lines) == int(is_barrier)
    assert ways.counts["barriers"] == int(is_barrier)
    assert ways.counts["missing_nodes"] == 0


def test_a_barrier_runs_over_its_nodes(osm: Path) -> None:
    ways = read(osm, osm_text({7: ([1, 2], STREET), 8: ([3, 4, 99, 1, 5], {"barrier": "wall"})}))
    assert [len(line.coords) for line in ways.barriers.lines] == [2, 2]
    assert ways.barriers.lines[1].coords[0] == pytest.approx(tuple(ways.xy[0]))


@pytest.mark.parametrize(
    "tags", [{"natural": "water"}, {"waterway": "riverbank"}, {"landuse": "reservoir"}]
)
def test_the_outline_of_a_lake_is_a_barrier(osm: Path, tags: dict[str, str]) -> None:
    lake = {"type": "multipolygon", **tags}
    text = osm_text({7: ([1, 2], STREET), 8: ([3, 4, 5], {})}, relations={5: ([8], lake)})
    assert len(read(osm, text).barriers.lines) == 1


@pytest.mark.parametrize(
    "tags",
    [
        {"type": "route", "highway": "footway"},
        {"type": "multipolygon", "natural": "wood"},
    ],
)
def test_other_relations_make_no_outlines(osm: Path, tags: dict[str, str]) -> None:
    text = osm_text({7: ([1, 2], STREET), 8: ([3, 4, 5], {})}, relations={5: ([8], tags)})
    ways = read(osm, text)
    assert ways.way_ids.tolist() == [7]
    assert len(ways.barriers.lines) == 0


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm.bz2", "a.osm.gz"])
def test_packed_files_read_alike(tmp_path: Path, osm: Path, name: str) -> None:
    plain = read(osm, osm_text({7: ([1, 2, 3], STREET)}))
    packed = tmp_path / name
    _convert(osm, packed)
    ways = read_osm_streets(packed, crs=GK_120)
    assert runs(ways) == runs(plain)
    np.testing.assert_array_equal(ways.xy, plain.xy)


def test_the_content_decides_not_the_name(tmp_path: Path, osm: Path) -> None:
    read(osm, osm_text({7: ([1, 2], STREET)}))
    misnamed = tmp_path / "street data.osm.pbf"
    misnamed.write_bytes(gzip.compress(osm.read_bytes()))
    assert len(read_osm_streets(misnamed, crs=GK_120).way_ids) == 1


def _convert(source: Path, target: Path) -> None:
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)


# --- where a file lies


def test_the_centre_is_that_of_the_bounds(osm: Path) -> None:
    bounds = '<bounds minlat="30" minlon="120" maxlat="30.2" maxlon="120.4"/>'
    osm.write_text(osm_text({7: ([1, 2], STREET)}, bounds=bounds), encoding="utf-8")
    assert osm_centre(osm) == pytest.approx((120.2, 30.1))


def test_without_bounds_the_centre_is_the_median_node(osm: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (120.0, 30.0), 3: (121.0, 31.0)}
    osm.write_text(osm_text({7: ([1, 2], STREET)}, nodes=nodes), encoding="utf-8")
    assert osm_centre(osm) == pytest.approx((120.0, 30.0))


def test_a_file_without_nodes_lies_nowhere(osm: Path) -> None:
    osm.write_text(osm_text({}, nodes={}), encoding="utf-8")
    with pytest.raises(NetworkError, match="no nodes"):
        osm_centre(osm)


def test_a_node_without_a_place_is_passed_over(osm: Path) -> None:
    text = osm_text({7: ([1, 2, 3], STREET)}).replace('lat="30.003" lon="120.0"', "")
    assert runs(read(osm, text)) == [(7, [1, 2])]
    assert osm_centre(osm) == pytest.approx((120.0, 30.003))


# --- faults


def fault(path: Path) -> str:
    with pytest.raises(NetworkError) as caught:
        read_osm_streets(path, crs=GK_120)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_missing_file_is_named_in_full(tmp_path: Path) -> None:
    path = tmp_path / "nothing.osm.pbf"
    assert fault(path) == (
        f"{path}: 1 problem(s)\n  - There is no such file; look at the path in the study file."
    )


@pytest.mark.parametrize(
    "address", ["https://example.org/a.osm.pbf", "/vsicurl/https://example.org/a.osm", "<osm/>"]
)
def test_addresses_are_refused(address: str) -> None:
    assert "on this computer only" in fault(Path(address))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html>\n<html><body>504 Gateway Time-out</body></html>", "web page"),
        (b"<html><body>busy</body></html>", "web page"),
        (b"id,name\n1,a\n", "no OSM file"),
        (b"<?xml version='1.0'?><gpx></gpx>", "no OSM file"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18", "damaged"),
        (b"BZh91AY&SY", "damaged"),
        (b"\x1f\x8b\x08\x00", "damaged"),
        ("<?xml version='1.0' encoding='UTF-16'?><osm/>".encode("utf-16"), "no OSM file"),
    ],
)
def test_what_is_no_osm_file_says_so(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "streets.osm.pbf"
    path.write_bytes(content)
    assert message in fault(path)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    '<osm version="0.6"><node id="1" lat="1" lon="1"><tag k="name" v="&b;"/></node></osm>'
)


@pytest.mark.parametrize("packed", [bytes, bz2.compress, gzip.compress], ids=["plain", "bz2", "gz"])
def test_xml_entities_are_refused(tmp_path: Path, packed: type[bytes]) -> None:
    path = tmp_path / "laughs.osm"
    path.write_bytes(packed(LAUGHS.encode()))
    assert "entities" in fault(path)


def test_xml_entities_behind_a_long_comment_are_refused(osm: Path) -> None:
    comment = f"<!--{'x' * 70_000}-->"
    osm.write_text(LAUGHS.replace("<!DOCTYPE", f"{comment}<!DOCTYPE"), encoding="utf-8")
    assert "no OSM file" in fault(osm)


@pytest.mark.parametrize("suffix", [".osm", ".osm.bz2", ".osm.gz", ".osm.pbf"])
def test_a_file_cut_off_says_so(tmp_path: Path, osm: Path, suffix: str) -> None:
    nodes = {number: (120.0, 30 + number / 1e5) for number in range(1, 3000)}
    osm.write_text(osm_text({7: (list(nodes), STREET)}, nodes=nodes), encoding="utf-8")
    whole = tmp_path / f"whole{suffix}"
    _convert(osm, whole)
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(whole.read_bytes()[: -whole.stat().st_size // 5])
    assert "damaged or cut off" in fault(cut)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('lat="30.001"', 'lat="north"'),
        ('lat="30.001"', 'lat="930.0"'),
        ('<way id="7"', '<way id="x"'),
    ],
)
def test_attributes_that_make_no_sense_are_a_fault(osm: Path, old: str, new: str) -> None:
    osm.write_text(osm_text({7: ([1, 2], STREET)}).replace(old, new), encoding="utf-8")
    assert "damaged" in fault(osm)


def test_an_answer_broken_off_by_the_server_is_a_fault(osm: Path) -> None:
    remark = "<remark> runtime error: Query timed out </remark></osm>"
    text = osm_text({7: ([1, 2], STREET)}).replace("</osm>", remark)
    osm.write_text(text, encoding="utf-8")
    assert "'runtime error: Query timed out'" in fault(osm)


def _blobs(pbf: bytes) -> Iterator[bytes]:
    """Split a PBF into its blobs: 4 bytes of length, header (its last field the size), content."""
    begin = 0
    while begin < len(pbf):
        header_end = begin + 4 + int.from_bytes(pbf[begin : begin + 4], "big")
        size, shift, at = 0, 0, pbf.index(b"\x18", begin + 4 + 9) + 1
        for byte in pbf[at:header_end]:
            size, shift = size | (byte & 127) << shift, shift + 7
        yield pbf[begin : header_end + size]
        begin = header_end + size


def test_a_pbf_cut_between_nodes_and_ways_has_no_streets(tmp_path: Path, osm: Path) -> None:
    osm.write_text(osm_text({7: ([1, 2, 3], STREET)}), encoding="utf-8")
    whole = tmp_path / "whole.osm.pbf"
    _convert(osm, whole)
    blobs = list(_blobs(whole.read_bytes()))
    assert len(blobs) == 3  # the header, the nodes, the ways
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(b"".join(blobs[:2]))
    assert "no way with 'highway'; it may have been cut off" in fault(cut)


def test_a_file_without_streets_says_so(osm: Path) -> None:
    osm.write_text(osm_text({7: ([1, 2, 3, 1], {"building": "yes"})}), encoding="utf-8")
    assert "no way with 'highway'" in fault(osm)


@pytest.mark.parametrize("nodes", [{}, {1: LINE[1]}, {1: LINE[1], 2: LINE[2]}])
def test_most_nodes_missing_is_a_fault(osm: Path, nodes: dict[int, tuple[float, float]]) -> None:
    osm.write_text(osm_text({7: ([1, 2, 3, 4, 5], STREET)}, nodes=nodes), encoding="utf-8")
    assert "of the 5 nodes" in fault(osm)


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4490", "EPSG:2263"])
def test_a_crs_that_is_not_in_metres_is_refused(osm: Path, code: str) -> None:
    with pytest.raises(CrsError, match="in metres"):
        read_osm_streets(osm, crs=CRS(code))


# --- real files


@pytest.fixture(scope="session")
def las_palmas() -> StreetWays:
    return read_osm_streets(DATA / "las_palmas/streets.osm.pbf", crs=CRS("EPSG:32628"))


@needs_data
@pytest.mark.slow
def test_las_palmas_has_its_highways(las_palmas: StreetWays) -> None:
    highways = {
        int(way)
        for way, tags in zip(las_palmas.way_ids, las_palmas.way_tags, strict=True)
        if "highway" in tags
    }
    # SOURCES.md counts 13,954 ways; ways at the rim are lost, the outlines of the 72 squares that
    # are relations come on top.
    assert 13_954 - las_palmas.counts["ways_lost"] <= len(highways) < 14_300


@needs_data
@pytest.mark.slow
def test_las_palmas_has_its_steps(las_palmas: StreetWays) -> None:
    ways = zip(las_palmas.way_ids.tolist(), las_palmas.way_tags, strict=True)
    steps = {way for way, tags in ways if tags.get("highway") == "steps"}
    assert 723 - las_palmas.counts["ways_lost"] <= len(steps) <= 723


@needs_data
@pytest.mark.slow
def test_las_palmas_is_consistent(las_palmas: StreetWays) -> None:
    assert (np.diff(las_palmas.offsets) >= 2).all()
    assert las_palmas.offsets[-1] == len(las_palmas.refs)
    assert len(np.unique(las_palmas.node_ids)) == len(las_palmas.node_ids) == len(las_palmas.xy)
    assert np.unique(las_palmas.refs).tolist() == list(range(len(las_palmas.node_ids)))
    assert np.isfinite(las_palmas.xy).all()
    assert max(las_palmas.node_tags) < len(las_palmas.node_ids)


@needs_data
@pytest.mark.slow
def test_las_palmas_nodes_agree_with_a_plain_reading(las_palmas: StreetWays) -> None:
    places = dict(zip(las_palmas.node_ids.tolist(), las_palmas.xy.tolist(), strict=True))
    transform = Transformer.from_crs("EPSG:4326", "EPSG:32628", always_xy=True).transform
    seen = 0
    for node in osmium.FileProcessor(DATA / "las_palmas/streets.osm.pbf", osmium.osm.NODE):
        if node.id in places and node.id % 97 == 0:
            assert places[node.id] == pytest.approx(transform(node.lon, node.lat), abs=1e-6)
            seen += 1
    assert seen > 500


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code", "least"),
    [
        ("beijing_tsinghua", "EPSG:4548", 680),
        ("guixi", "EPSG:4548", 176),
        ("shanghai_huangpu", "EPSG:4549", 796),
    ],
)
def test_small_extracts_are_read(name: str, code: str, least: int) -> None:
    path = DATA / "osm" / f"{name}.osm"
    ways = read_osm_streets(path, crs=CRS(code))
    assert ways.counts["ways_read"] >= least
    longitude, latitude = osm_centre(path)
    centre = Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(longitude, latitude)
    assert np.hypot(*(ways.xy - centre).T).min() < 500
