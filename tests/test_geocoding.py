"""Addresses become coordinates: asked of a local server that plays Nominatim, in health and not."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest

from lifecircle import cli
from lifecircle.datum import from_wgs84
from test_bad_input import study_folder

# R1 stands here in the town of the corpus; its neighbour stands a street away.
HERE = (114.2929934, 30.5940965)
HEADER = "小区编号,小区名称,经度,纬度,户数,地址\n"
R1 = f"R1,西园,{HERE[0]},{HERE[1]},100,长街1号\n"
R2, R3 = "R2,南园,,,200,长街2号\n", "R3,北园,,,300,长街3号\n"

Hit = dict[str, object]


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


class Server(ThreadingHTTPServer):
    """A service that knows what tests tell it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hits: dict[str, list[Hit] | int | str] = {}
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.patience_s = 0.0

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that has hung up."""

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        address = parse_qs(urlparse(self.path).query)["q"][0]
        self.server.asked.append(address)
        self.server.agents.append(self.headers["User-Agent"])
        answer = self.server.hits.get(address, [])
        if answer == "late":
            time.sleep(self.server.patience_s)
        status = answer if isinstance(answer, int) else 200
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def lifecircle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["lifecircle", *map(str, args)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


def hit(east: float = 0.0, *, name: str = "长街, 武汉市", place: tuple[float, float] = HERE) -> Hit:
    return {
        "lat": str(place[1]),
        "lon": str(place[0] + east),
        "display_name": name,
        "addresstype": "building",
    }


@pytest.fixture
def study(tmp_path: Path, server: Server) -> Path:
    """Make a study of three residences, two of them with an address alone."""
    folder = study_folder("b00_base", tmp_path / "研究 一")
    (folder / "residences.csv").write_text(HEADER + R1 + R2 + R3, encoding="utf-8")
    write_settings(folder, server)
    server.hits = {"长街2号": [hit(0.0001)], "长街3号": [hit(0.0002)]}
    return folder / "study.toml"


def write_settings(folder: Path, server: Server, more: str = "") -> None:
    base = (Path(__file__).parent / "corpus" / "b00_base" / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(
        f'{base}\n[geocoding]\ngeocoder = "nominatim"\nmin_delay_s = 0\n'
        f'options = {{ domain = "{server.domain}", scheme = "http", timeout = 5 }}\n{more}',
        encoding="utf-8",
    )


def name_the_list(study: Path) -> None:
    text = study.read_text("utf-8")
    study.write_text(
        text.replace("[residences]\n", '[residences]\ngeocoded = "geocoded.csv"\n'), "utf-8"
    )


def answers(study: Path) -> pd.DataFrame:
    return pd.read_csv(study.parent / "geocoded.csv", encoding="utf-8-sig", dtype=str)


def result(study: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(study.parent / "result" / "tables" / f"{name}.parquet")


def test_addresses_become_places_that_are_marked_as_geocoded(
    study: Path, server: Server, lifecircle: Run
) -> None:
    ended = lifecircle("geocode", study)
    assert (ended.code, ended.err) == (0, "")
    assert "geocoded = " in ended.out
    assert server.asked == ["长街2号", "长街3号"]
    assert all(agent.startswith("lifecircle/") for agent in server.agents)
    table = answers(study)
    assert table["id"].tolist() == ["R2", "R3"]
    assert table["row"].tolist() == ["3", "4"]
    assert table.loc[0, ["datum", "service", "accuracy"]].tolist() == [
        "wgs84",
        "nominatim",
        "building",
    ]
    name_the_list(study)
    ended = lifecircle("run", study)
    assert (ended.code, ended.err) == (0, "")
    homes = result(study, "residences")
    assert homes["geocoded"].to_dict() == {"R1": False, "R2": True, "R3": True}
    assert homes.loc["R2", "flags"].split(";").count("geocoded") == 1
    assert "geocoded" not in homes.loc["R1", "flags"].split(";")
    notes = result(study, "quality").query("reason == 'geocoded'")
    assert notes["row"].tolist() == [3, 4]
    assert not (study.parent / "result" / "to_geocode.csv").exists()
    for file in ("residences.csv", "map.html"):
        assert "placed by a geocoder" in (study.parent / "result" / file).read_text("utf-8-sig")


def test_nothing_is_asked_twice(study: Path, server: Server, lifecircle: Run) -> None:
    lifecircle("geocode", study)
    before = (study.parent / "geocoded.csv").read_bytes()
    assert lifecircle("geocode", study).code == 0
    assert len(server.asked) == 2
    assert (study.parent / "geocoded.csv").read_bytes() == before


def test_a_service_that_fails_is_exit_3_and_what_was_found_is_gone_on_with(
    study: Path, server: Server, lifecircle: Run
) -> None:
    server.hits["长街3号"] = 500
    ended = lifecircle("geocode", study)
    assert ended.code == 3
    assert "status 500" in ended.err
    assert "the 1 rows found so far are kept" in ended.err
    assert "Traceback" not in ended.err
    assert answers(study)["id"].tolist() == ["R2"]
    server.hits["长街3号"] = [hit(0.0002)]
    assert lifecircle("geocode", study).code == 0
    assert server.asked == ["长街2号", "长街3号", "长街3号"]
    assert answers(study)["id"].tolist() == ["R2", "R3"]


def test_an_answer_that_does_not_come_is_exit_3(
    study: Path, server: Server, lifecircle: Run
) -> None:
    server.hits["长街2号"] = "late"
    server.patience_s = 1.0
    text = study.read_text("utf-8").replace("timeout = 5", "timeout = 0.2")
    study.write_text(text, "utf-8")
    ended = lifecircle("geocode", study)
    assert ended.code == 3
    assert "GeocoderTimedOut" in ended.err
    assert not (study.parent / "geocoded.csv").exists()


@pytest.mark.parametrize("answer", ["<html>busy</html>", "[1]", '[{"lat": "north"}]', "null?"])
def test_an_answer_that_is_none_is_exit_3(
    answer: str, study: Path, server: Server, lifecircle: Run
) -> None:
    server.hits["长街2号"] = answer
    ended = lifecircle("geocode", study)
    assert ended.code == 3
    assert "Traceback" not in ended.err


def test_an_address_that_is_unknown_or_elsewhere_stays_to_be_geocoded(
    study: Path, server: Server, lifecircle: Run
) -> None:
    # Beijing is 1000 km from the town.
    server.hits = {"长街3号": [hit(place=(116.4, 39.9), name="长街, 北京市")]}
    ended = lifecircle("geocode", study)
    assert ended.code == 0
    assert "长街2号" in ended.out
    assert "北京市" in ended.out
    assert not (study.parent / "geocoded.csv").exists()
    ended = lifecircle("run", study, "--accept-loss-of", "no_coordinates")
    assert ended.code == 0
    listed = pd.read_csv(study.parent / "result" / "to_geocode.csv", encoding="utf-8-sig")
    assert listed["id"].tolist() == ["R2", "R3"]
    lifecircle("check", study, "--out", study.parent / "out")
    assert (study.parent / "out" / "to_geocode.csv").read_bytes() == (
        study.parent / "result" / "to_geocode.csv"
    ).read_bytes()


def test_what_a_service_answers_commands_nothing(
    study: Path, server: Server, lifecircle: Run
) -> None:
    server.hits["长街2号"] = [hit(name="=1+1<script>alert(1)</script>\x1b[31m\nx")]
    ended = lifecircle("geocode", study)
    assert "\x1b" not in ended.out
    assert answers(study).loc[0, "matched"] == "'=1+1<script>alert(1)</script> [31m x"
    name_the_list(study)
    assert lifecircle("run", study).code == 0
    assert "<script>alert(1)" not in (study.parent / "result" / "map.html").read_text("utf-8")


def test_an_answer_whose_address_has_changed_is_told_and_not_used(
    study: Path, lifecircle: Run
) -> None:
    lifecircle("geocode", study)
    name_the_list(study)
    moved = R2.replace("长街2号", "短街9号")
    (study.parent / "residences.csv").write_text(HEADER + R1 + moved, encoding="utf-8")
    ended = lifecircle("run", study, "--accept-loss")
    assert ended.code == 0
    stale = result(study, "quality").query("reason == 'geocoded_stale'")
    assert stale["input"].tolist() == ["geocoded.csv", "geocoded.csv"]
    assert "the address is '短街9号' now" in stale["found"].iloc[0]
    assert "no such row any more" in stale["found"].iloc[1]
    assert result(study, "residences").index.tolist() == ["R1"]


def test_coordinates_of_the_list_win(study: Path, lifecircle: Run) -> None:
    lifecircle("geocode", study)
    name_the_list(study)
    own = R2.replace(",,", f",{HERE[0]},{HERE[1]},", 1).replace(",,", ",")
    (study.parent / "residences.csv").write_text(HEADER + R1 + own + R3, encoding="utf-8")
    assert lifecircle("run", study).code == 0
    assert result(study, "residences")["geocoded"].to_dict() == {
        "R1": False,
        "R2": False,
        "R3": True,
    }
    stale = result(study, "quality").query("reason == 'geocoded_stale'")
    assert "coordinates of its own" in stale["found"].iloc[0]


def test_a_list_without_any_coordinates_is_placed_by_its_addresses(
    study: Path, server: Server, lifecircle: Run
) -> None:
    rows = "名称,户数,地址\n西园,100,长街1号\n南园,200,长街2号\n"
    (study.parent / "residences.csv").write_text(rows, encoding="utf-8")
    server.hits["长街1号"] = [hit()]
    ended = lifecircle("run", study)
    assert ended.code == 2
    assert "lifecircle geocode" in ended.err
    assert lifecircle("geocode", study).code == 0
    name_the_list(study)
    # A row put in before the others moves their numbers, but not their names.
    rows = "名称,户数,地址\n中园,50,长街7号\n西园,100,长街1号\n南园,200,长街2号\n"
    (study.parent / "residences.csv").write_text(rows, encoding="utf-8")
    assert lifecircle("run", study, "--accept-loss").code == 0
    homes = result(study, "residences")
    assert homes["name"].tolist() == ["西园", "南园"]
    assert homes["geocoded"].all()


def test_a_list_of_ones_own_choice_is_gone_on_with(
    study: Path, server: Server, lifecircle: Run
) -> None:
    out = study.parent / "mine.csv"
    ended = lifecircle("geocode", study, "--out", out)
    assert 'geocoded = "mine.csv"' in ended.out
    study.write_text(
        study.read_text("utf-8").replace("[residences]\n", '[residences]\ngeocoded = "mine.csv"\n'),
        "utf-8",
    )
    more = HEADER + R1 + R2 + R3 + "R4,东园,,,10,长街4号\n"
    (study.parent / "residences.csv").write_text(more, encoding="utf-8")
    server.hits["长街4号"] = [hit(0.0003)]
    ended = lifecircle("geocode", study)
    assert "geocoded = " not in ended.out
    assert server.asked == ["长街2号", "长街3号", "长街4号"]
    assert len(pd.read_csv(out)) == 3
    assert not (study.parent / "geocoded.csv").exists()


def test_a_list_in_a_folder_that_is_not_there_is_exit_3_before_anyone_is_asked(
    study: Path, server: Server, lifecircle: Run
) -> None:
    assert lifecircle("geocode", study, "--out", study.parent / "no" / "x.csv").code == 3
    assert not server.asked


def test_the_same_answers_in_two_datums_are_one_place(study: Path, lifecircle: Run) -> None:
    lifecircle("geocode", study)
    name_the_list(study)
    lifecircle("run", study)
    before = result(study, "residences")["nearest_m"]
    table = answers(study)
    east, north = from_wgs84(
        table["longitude"].astype(float), table["latitude"].astype(float), "bd09"
    )
    table.assign(longitude=east, latitude=north, datum="bd09").to_csv(
        study.parent / "geocoded.csv", index=False, encoding="utf-8-sig"
    )
    lifecircle("run", study)
    pd.testing.assert_series_equal(result(study, "residences")["nearest_m"], before, atol=0.01)


def test_the_city_is_put_before_an_address_that_lacks_it(
    study: Path, server: Server, lifecircle: Run
) -> None:
    write_settings(study.parent, server, 'city = "武汉市"\n')
    rows = HEADER + R1 + R2 + R3.replace("长街3号", "武汉市长街3号")
    (study.parent / "residences.csv").write_text(rows, encoding="utf-8")
    lifecircle("geocode", study)
    assert server.asked == ["武汉市长街2号", "武汉市长街3号"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('geocoder = "nominatim"', 'geocoder = "gaode"', "known are arcgis"),
        ('geocoder = "nominatim"', 'geocoder = "baiduv3"', "wants a key"),
        ('geocoder = "nominatim"', 'geocoder = "bing"\nkey_env = "NO_SUCH_KEY"', "is not set"),
        ('geocoder = "nominatim"', 'geocoder = "google"', "say by 'datum'"),
        ("timeout = 5", 'timeout = 5, api_key = "s3cret"', "do not belong into a study file"),
        ("timeout = 5", "timeout = 5, domian = 1", "does not take; it takes timeout"),
        ("min_delay_s = 0", "min_delay_s = -1", "'geocoding.min_delay_s' must be"),
        ("[geocoding]", "[geocoding]\ncountry = 1", "'geocoding.country' is no setting"),
    ],
)
def test_settings_that_cannot_be_are_told(
    before: str, after: str, told: str, study: Path, server: Server, lifecircle: Run
) -> None:
    study.write_text(study.read_text("utf-8").replace(before, after), "utf-8")
    ended = lifecircle("geocode", study)
    assert ended.code == 2
    assert told in ended.err
    assert "s3cret" not in ended.err
    assert not server.asked


def test_a_study_without_a_geocoder_is_told_what_to_write(study: Path, lifecircle: Run) -> None:
    study.write_text(study.read_text("utf-8").split("[geocoding]")[0], "utf-8")
    ended = lifecircle("geocode", study)
    assert ended.code == 2
    assert "[geocoding]" in ended.err


def test_without_geopy_the_remedy_is_told(
    study: Path, lifecircle: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "geopy", None)
    ended = lifecircle("geocode", study)
    assert ended.code == 2
    assert 'pip install "lifecircle[geocode]"' in ended.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,address\nx,y\n", "no column 'input'"),
        (
            "input,id,address,longitude,latitude,datum\nresidences.csv,R2,长街2号,abc,1,wgs84\n",
            "row 2: 'abc', '1' are no longitude",
        ),
        (
            "input,id,address,longitude,latitude,datum\nresidences.csv,R2,长街2号,1,1,gps\n",
            "'datum' is 'gps'",
        ),
    ],
)
def test_a_list_that_was_spoilt_is_told_by_row(
    text: str, told: str, study: Path, lifecircle: Run
) -> None:
    (study.parent / "geocoded.csv").write_text(text, encoding="utf-8")
    name_the_list(study)
    for command in ("run", "geocode"):
        ended = lifecircle(command, study)
        assert ended.code == 2
        assert told in ended.err
