"""Streets from servers: from a local one that plays Nominatim and Overpass, in health and not."""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlparse
from xml.sax.saxutils import quoteattr

import numpy as np
import osmnx
import pandas as pd
import pytest
from pyproj import CRS

from lifecircle.cli import main
from lifecircle.errors import FetchError, StudyError
from lifecircle.read.fetch import fetch_streets
from lifecircle.read.graphml import read_graphml_streets
from lifecircle.read.osm import read_osm_streets
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.write.street_graph import write_street_graph

GK_120 = CRS("EPSG:4549")

# A grid of nodes, 0.001 degrees (about 100 m) apart: number 10 x column + row.
NODES = {
    10 * column + row: (120 + column / 1000, 30 + row / 1000)
    for column in range(5)
    for row in range(5)
}
NODE_TAGS = {12: {"barrier": "gate", "access": "private"}, 20: {"highway": "crossing"}}
WAYS = {
    1: ([0, 10, 20, 30, 40], {"highway": "residential", "name": "Main & <Street>", "oneway": "-1"}),
    2: ([10, 11, 12, 13], {"highway": "service"}),
    3: ([13, 14], {"highway": "motorway"}),
    # Steps that only lead down, drawn from the higher number to the lower one.
    4: ([34, 33, 32, 31, 30], {"highway": "steps", "oneway:foot": "yes"}),
    # And some that are drawn upwards but may be walked downwards only.
    5: ([20, 21, 22], {"highway": "steps", "oneway:foot": "-1"}),
    6: ([40, 41, 42, 43, 41], {"highway": "footway", "bridge": "yes", "layer": "1"}),
    7: ([22, 32], {"highway": "path", "foot": "no"}),
}

Answer = tuple[int, str]


def overpass_answer() -> dict[str, object]:
    nodes = [
        {"type": "node", "id": number, "lon": place[0], "lat": place[1]}
        | ({"tags": NODE_TAGS[number]} if number in NODE_TAGS else {})
        for number, place in NODES.items()
    ]
    ways = [
        {"type": "way", "id": number, "nodes": refs, "tags": tags}
        for number, (refs, tags) in WAYS.items()
    ]
    return {"version": 0.6, "elements": nodes + ways}


def osm_file(path: Path) -> Path:
    def spelled(tags: dict[str, str]) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())

    nodes = "".join(
        f'<node id="{number}" lon="{place[0]}" lat="{place[1]}">'
        f"{spelled(NODE_TAGS.get(number, {}))}</node>"
        for number, place in NODES.items()
    )
    ways = "".join(
        f'<way id="{number}">{"".join(f"<nd ref={quoteattr(str(ref))}/>" for ref in refs)}'
        f"{spelled(tags)}</way>"
        for number, (refs, tags) in WAYS.items()
    )
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    return path


def place_answer(kind: str = "Polygon") -> list[dict[str, object]]:
    ring = [[119.99, 29.99], [120.02, 29.99], [120.02, 30.02], [119.99, 30.02], [119.99, 29.99]]
    shape = [ring] if kind == "Polygon" else ring[0]
    return [
        {
            "importance": 0.5,
            "boundingbox": ["29.99", "30.02", "119.99", "120.02"],
            "lat": "30",
            "lon": "120",
            "display_name": "Toy town",
            "geojson": {"type": kind, "coordinates": shape},
        }
    ]


class Servers(ThreadingHTTPServer):
    """Both services in one; tests set what they answer, and see what they were asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.place: Answer = (200, json.dumps(place_answer()))
        self.streets: Answer = (200, json.dumps(overpass_answer()))
        self.cut_bytes = 0
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Servers

    def do_GET(self) -> None:
        query = parse_qs(urlparse(self.path).query)
        self.server.asked.append(query["q"][0])
        self.answer(*self.server.place)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(parse_qs(body)["data"][0])
        self.answer(*self.server.streets)

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + self.server.cut_bytes))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    with Servers() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(osmnx.settings, "nominatim_url", server.url)
        monkeypatch.setattr(osmnx.settings, "overpass_url", f"{server.url}/api")
        monkeypatch.setattr(osmnx.settings, "overpass_rate_limit", False)
        monkeypatch.setattr(osmnx.settings, "requests_timeout", 5)
        # osmnx is polite to the public servers: a second before each search for a place.
        monkeypatch.setattr(time, "sleep", no_long_sleep)
        yield server
        server.shutdown()
        thread.join()


def no_long_sleep(seconds: float) -> None:
    assert seconds <= 1, "a server that is busy must not be waited for"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def command(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["lifecircle", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return command


def assert_same_network(one: WalkNetwork, other: WalkNetwork) -> None:
    for name in ("start", "end", "length_mm", "private", "forward", "backward", "enclosure"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("piece_offsets", "piece_ways", "vertex_offsets", "vertex_mm"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    np.testing.assert_allclose(one.vertex_xy, other.vertex_xy, atol=1e-6)
    assert one.tags == other.tags
    edges = range(len(one.start))
    assert [one.explain(edge) for edge in edges] == [other.explain(edge) for edge in edges]


@pytest.mark.usefixtures("servers")
def test_what_is_fetched_makes_the_network_that_the_same_data_in_a_file_make(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    out = tmp_path / "街道 1" / "x.graphml"
    assert run("fetch", "Toy town", "--out", out) == 0
    fetched = build_network(read_graphml_streets(out, crs=GK_120))
    read = build_network(read_osm_streets(osm_file(tmp_path / "x.osm"), crs=GK_120))
    assert not (read.forward & read.backward).all()
    assert read.private.any()
    assert_same_network(fetched, read)
    assert [path.name for path in out.parent.iterdir()] == ["x.graphml"]


@pytest.mark.usefixtures("servers")
def test_a_study_walks_on_what_was_fetched(tmp_path: Path, run: Callable[..., int]) -> None:
    columns = "编号,名称,面积,户数,经度,纬度\n"
    facility = "F,滨河社区日间照料中心,100,,120.0001,30.0\n"
    (tmp_path / "facilities.csv").write_text(columns + facility, encoding="utf-8")
    residence = "R,滨河小区,,100,120.004,30.0001\n"
    (tmp_path / "residences.csv").write_text(columns + residence, encoding="utf-8")
    run("fetch", "Toy town", "--out", tmp_path / "x.graphml")
    osm_file(tmp_path / "x.osm")
    walked = []
    for streets in ("x.graphml", "x.osm"):
        study = tmp_path / f"{streets}.toml"
        study.write_text(
            f'title = "t"\noutput = "{streets}.result"\n[streets]\nfile = "{streets}"\n'
            '[facilities]\nfile = "facilities.csv"\ndatum = "wgs84"\n'
            '[residences]\nfile = "residences.csv"\ndatum = "wgs84"\n',
            encoding="utf-8",
        )
        assert run("run", study) == 0
        walked.append(pd.read_parquet(tmp_path / f"{streets}.result" / "tables" / "links.parquet"))
    assert len(walked[0]) == 1
    pd.testing.assert_frame_equal(*walked)


def test_all_highways_of_the_place_and_its_surroundings_are_asked_for(servers: Servers) -> None:
    fetch_streets("Toy town", buffer_m=1500)
    place, query = servers.asked
    assert place == "Toy town"
    assert '(way["highway"](poly:' in query
    # The outline's south is at 29.99; 1,500 m are 0.0135 degrees, and osmnx adds 500 m of its own.
    numbers = query.split("poly:'")[1].split("'")[0].split()
    assert min(map(float, numbers[::2])) == pytest.approx(29.99 - 0.018, abs=0.0005)


FAULTS = {
    "remark": (
        (200, json.dumps({"elements": [], "remark": "runtime error: Query timed out"})),
        "gave up half-way ('runtime error: Query timed out')",
    ),
    "truncated": (
        (
            200,
            json.dumps(
                {"elements": [e for e in overpass_answer()["elements"] if e["id"] not in {21, 41}]}
            ),
        ),
        "lacks 2 of the nodes",
    ),
    "broken off": ((200, json.dumps(overpass_answer())[:200]), "not JSON, or broken off"),
    "a page": ((200, "<html>Dispatcher_Client::request_read_and_idx::timeout</html>"), "not JSON"),
    "no map": ((200, "{}"), "holds no map data"),
    "500": ((500, "{}"), "status 500"),
    "504": ((504, "<html>busy</html>"), "status 504"),
    "429": ((429, "{}"), "status 429"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_not_whole_is_an_error_and_nothing_is_written(
    fault: str,
    servers: Servers,
    tmp_path: Path,
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    servers.streets, said = FAULTS[fault]
    assert run("fetch", "Toy town", "--out", tmp_path / "x.graphml") == 3
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert len(servers.asked) == 2  # the place, and the streets once


def test_an_empty_answer_is_an_error(
    servers: Servers, tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    servers.streets = (200, json.dumps({"elements": []}))
    assert run("fetch", "Toy town", "--out", tmp_path / "x.graphml") == 2
    assert "no streets there" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("places", [[], place_answer("Point")])
def test_a_place_without_an_outline_is_an_error(
    places: list[dict[str, object]],
    servers: Servers,
    tmp_path: Path,
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    servers.place = (200, json.dumps(places))
    assert run("fetch", "Nowhere", "--out", tmp_path / "x.graphml") == 2
    assert "knows no place of this name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answer", [(500, "[]"), (200, "{}"), (200, "busy")])
def test_a_search_that_fails_is_not_taken_for_a_place_that_is_not_there(
    answer: Answer, servers: Servers
) -> None:
    servers.place = answer
    with pytest.raises(FetchError):
        fetch_streets("Toy town")


def test_a_connection_that_breaks_off_is_an_error(servers: Servers) -> None:
    servers.cut_bytes = 10
    with pytest.raises(FetchError, match="broke off"):
        fetch_streets("Toy town")


def test_no_internet_is_an_error_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, servers: Servers, tmp_path: Path, run: Callable[..., int]
) -> None:
    with socket.socket() as nobody:  # a port at which nobody listens
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        monkeypatch.setattr(osmnx.settings, "nominatim_url", address)
        assert run("fetch", "Toy town", "--out", tmp_path / "x.graphml") == 3
        monkeypatch.setattr(osmnx.settings, "nominatim_url", servers.url)
        monkeypatch.setattr(osmnx.settings, "overpass_url", address)
        assert run("fetch", "Toy town", "--out", tmp_path / "x.graphml") == 3
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fails", [False, True])
def test_osmnx_and_the_resolver_are_left_as_they_were(
    servers: Servers, *, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {name: value for name, value in vars(osmnx.settings).items() if name[0] != "_"}
    resolver = socket.getaddrinfo
    if fails:
        servers.streets = (500, "{}")
        with pytest.raises(FetchError):
            fetch_streets("Toy town")
    else:
        fetch_streets("Toy town")
    assert {name: value for name, value in vars(osmnx.settings).items() if name[0] != "_"} == before
    assert socket.getaddrinfo is resolver
    assert not list(tmp_path.iterdir())  # no cache folder


def test_without_osmnx_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmnx", None)
    with pytest.raises(StudyError, match=r"pip install lifecircle\[fetch\]"):
        fetch_streets("Toy town")


@pytest.mark.parametrize("buffer_m", [-1, float("nan"), 1e9])
def test_a_buffer_is_a_distance(buffer_m: float) -> None:
    with pytest.raises(StudyError, match="buffer_m"):
        fetch_streets("Toy town", buffer_m=buffer_m)


@pytest.mark.parametrize(
    ("name", "code"), [("x.osm", 2), ("folder.graphml", 3), ("f/x.graphml", 3)]
)
def test_where_the_file_cannot_stand_is_said_before_anything_is_asked(
    name: str, code: int, servers: Servers, tmp_path: Path, run: Callable[..., int]
) -> None:
    (tmp_path / "folder.graphml").mkdir()
    (tmp_path / "f").write_text("a file")
    assert run("fetch", "Toy town", "--out", tmp_path / name) == code
    assert not servers.asked


@pytest.mark.usefixtures("servers")
def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "x.graphml"
    out.write_text("old")
    write_street_graph(fetch_streets("Toy town"), out)
    assert "graphml" in out.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["x.graphml"]
