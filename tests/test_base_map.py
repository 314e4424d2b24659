"""The base map under the web map: only where asked for, and its key nowhere else."""

import base64
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from chromium import open_offline
from lifecircle.datum import from_wgs84
from lifecircle.errors import StudyError
from lifecircle.study import BaseMapSettings, read_study
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import draw_web_map, write_web_map
from lifecircle.write.web_tiles import base_tiles
from web_town import read_path, web_town, with_settings

KEY = "0123456789abcdef0123456789abcdef"
TIANDITU = {"provider": "tianditu", "key": KEY}
AMAP = {"provider": "amap"}
# One grey pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mOor6//DwAFfgJ+zUXxmwAAAABJRU5ErkJggg=="
)


def town_on(settings: dict[str, str] | None) -> SimpleNamespace:
    base_map = None if settings is None else BaseMapSettings.model_validate(settings)
    return with_settings(web_town(), base_map=base_map)


def pictures_allowed(town: SimpleNamespace) -> list[str]:
    page = draw_web_map(town, language="zh").get_root().render()
    return re.findall(r"img-src ([^;]*);", page)[0].split()


def test_without_a_base_map_no_picture_may_be_loaded() -> None:
    assert pictures_allowed(town_on(None)) == ["data:"]


def test_policy_opens_for_the_hosts_of_the_tiles_only() -> None:
    assert pictures_allowed(town_on(TIANDITU)) == ["data:"] + [
        f"https://t{i}.tianditu.gov.cn" for i in range(8)
    ]
    assert pictures_allowed(town_on(AMAP)) == ["data:"] + [
        f"https://webrd0{i}.is.autonavi.com" for i in range(1, 5)
    ]


def test_tianditu_shows_the_map_and_its_names_in_wgs84() -> None:
    tiles = base_tiles(BaseMapSettings.model_validate(TIANDITU))
    assert tiles is not None
    assert [re.findall(r"/(\w+)/wmts", address) for address in tiles.layers] == [
        ["vec_w"],
        ["cva_w"],
    ]
    assert all(address.endswith(f"&tk={KEY}") for address in tiles.layers)
    assert tiles.datum == "wgs84"


def test_key_is_in_the_addresses_and_nowhere_else() -> None:
    settings = BaseMapSettings.model_validate(TIANDITU)
    assert KEY not in repr(settings)
    assert KEY not in str(settings.model_dump(mode="json"))
    page = draw_web_map(town_on(TIANDITU), language="zh").get_root().render()
    assert page.count(KEY) == 2  # the map's address and the names'


def test_amap_shifts_what_is_drawn_and_nothing_that_is_delivered() -> None:
    town = town_on(AMAP)
    before = town.residences.geometry.copy()
    plain = map_data(town_on(None), language="zh")
    shifted = map_data(town, language="zh")
    for table in ("residences", "facilities", "zones"):
        corners = np.array([point for point in plain[table]["anchor"] if point]) / 1e6
        expected = np.column_stack(from_wgs84(corners[:, 0], corners[:, 1], "gcj02"))
        found = np.array([point for point in shifted[table]["anchor"] if point]) / 1e6
        assert found == pytest.approx(expected, abs=3e-6)
    assert shifted["base"]["shifted"] is True
    assert shapely.equals(before.to_numpy(), town.residences.geometry.to_numpy()).all()


def test_everything_on_the_map_is_shifted_alike() -> None:
    plain, shifted = (map_data(town_on(one), language="zh") for one in (None, AMAP))
    # GCJ-02 lies some 500 m east of WGS84 here: 0.0055 degrees; the town is 0.01 degrees wide.
    longitude, latitude = from_wgs84([114.0], [30.72], "gcj02")
    step = np.array([longitude[0] - 114.0, latitude[0] - 30.72])
    for first in (
        lambda data: data["area"][0][0],
        lambda data: data["streets"][0]["lines"][0],
        lambda data: data["ground"][0]["shape"][0][0],
        lambda data: data["catchments"][0]["shape"][0][0],
        lambda data: data["remedies"][0]["shape"][0][0],
    ):
        moved = (read_path(first(shifted))[0] - read_path(first(plain))[0]) / 1e6
        assert moved == pytest.approx(step, abs=2e-4)
    moved_frame = np.array(shifted["bounds"]) - np.array(plain["bounds"])
    assert moved_frame == pytest.approx(np.tile(step, 2), abs=2e-4)


@pytest.mark.parametrize(
    ("section", "fragment"),
    [
        ('provider = "tianditu"', "needs 'key' for tianditu"),
        (f'provider = "amap"\nkey = "{KEY}"', "takes no 'key' for amap"),
        ('provider = "google"', "must be 'tianditu' or 'amap'"),
        (f'provider = "tianditu"\nkey = "{KEY}&x={{z}}"', "letters and digits only"),
        (f'provider = "tianditu"\nkeey = "{KEY}"', "did you mean 'key'?"),
    ],
)
def test_unusable_base_map_is_told_without_its_key(
    tmp_path: Path, section: str, fragment: str
) -> None:
    study = tmp_path / "study.toml"
    study.write_text(f'title = "示例"\n[base_map]\n{section}\n', encoding="utf-8")
    with pytest.raises(StudyError) as found:
        read_study(study)
    assert fragment in str(found.value)
    assert KEY not in str(found.value)


@pytest.mark.slow
def test_tiles_lie_under_the_map_and_their_absence_shows_the_streets(tmp_path: Path) -> None:
    for name, settings in (("tianditu", TIANDITU), ("amap", AMAP)):
        write_web_map(town_on(settings), tmp_path / f"{name}.html", language="zh")
    with open_offline(tmp_path / "tianditu.html") as visit:
        page = visit.page
        page.wait_for_selector("#side .reason:not([hidden]) >> text=底图未能加载")
        assert page.evaluate("map.getPane('backdrop').style.display") == ""
        page.route(
            re.compile("tianditu|autonavi"),
            lambda route: route.fulfill(body=PIXEL, content_type="image/png"),
        )
        visit.complaints.clear()
        visit.requests.clear()
        page.goto((tmp_path / "amap.html").as_uri())
        page.wait_for_selector("img.leaflet-tile-loaded")
        assert page.evaluate("map.getPane('backdrop').style.display") == "none"
        assert "GCJ-02，图上要素已随之偏移" in page.inner_text(".credit")
        page.evaluate("layOut('printing', true)")
        assert visit.complaints == []
    hosts = {address.split("/")[2] for address in visit.requests if address.startswith("http")}
    assert hosts
    assert all(re.fullmatch(r"webrd0[1-4]\.is\.autonavi\.com", host) for host in hosts)
