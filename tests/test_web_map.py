"""The web map: one file, no request, names are text, and the page explains the verdicts."""

import base64
import hashlib
import json
import re
import tomllib
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from chromium import PHONE, open_offline
from lifecircle.errors import OutputError
from lifecircle.labels import words
from lifecircle.supply.readings import READINGS, verdict_sums
from lifecircle.tables import VERDICTS
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import SCRIPTS, draw_web_map, write_web_map

if TYPE_CHECKING:
    from playwright.sync_api import Page

CRS = "EPSG:4547"  # CGCS2000, 3 degrees around 114 E: at easting 500 km, longitude is 114
EAST, NORTH = 500_000, 3_400_000
HOSTILE = (
    "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
    "${window.pwned=3}`\\'\"{{ 7*7 }}{% raw %}<!--\u2028\u2029\x0b\x00=1+1👵🏼老人"
)


@pytest.fixture
def town() -> SimpleNamespace:
    """Stand in for an assessment: a grid of streets, six residences, three facilities."""
    residences = _residences()
    return SimpleNamespace(
        residences=residences,
        verdicts=verdict_sums(residences),
        facilities=_facilities(),
        links=_links(),
        clusters=_clusters(),
        remedy_areas=_remedy_areas(),
        catchments=_catchments(),
        zones=_zones(),
        totals=_zones().iloc[0].drop(["name", "level", "geometry"]),
        streets=_streets(),
        area=_place(box(-50, -50, 1050, 1050)),
        standard=_document("weihai-2022", "horizon_passed", [("new", 20.0), ("existing", 15.0)]),
        plain=_document("walk-20", "in_force", [("plain", 20.0)]),
        study=SimpleNamespace(
            title="玩具镇", made=True, attribution=("© OpenStreetMap contributors (ODbL)",)
        ),
        barriers=_barriers(),
        crs=residences.crs,
    )


def _place(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy + np.array([EAST, NORTH]))


def _table(rows: dict, shapes: list, ids: list[str], index: str) -> gpd.GeoDataFrame:
    geometry = [None if shape is None else _place(shape) for shape in shapes]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=CRS, index=pd.Index(ids, name=index))


def _document(name: str, status: str, rates: list[tuple[str, float]]) -> SimpleNamespace:
    rules = [SimpleNamespace(id=rule, clause="二(二)", limit=rate) for rule, rate in rates]
    return SimpleNamespace(
        id=name,
        title=SimpleNamespace(zh=f"{name} 文件", en=f"{name} document"),
        number="威政字〔2022〕57号",
        horizon=2025,
        status=status,
        floor_area_rules=rules,
    )


def _barriers() -> gpd.GeoDataFrame:
    pond = LineString([(900, 900), (950, 900), (950, 950), (900, 900)])
    lines = [pond, LineString([(0, 450), (1000, 450)])]
    return gpd.GeoDataFrame(
        {"kind": ["water", "railway"]}, geometry=[_place(line) for line in lines], crs=CRS
    )


def _residences() -> gpd.GeoDataFrame:
    squares = [box(x, y, x + 80, y + 80) for x in (110, 510, 810) for y in (110, 610)]
    verdicts = ["met", "short", "met", "unreachable", "no_data", "not_asked"]
    households = [1000.0, 2000.0, 400.0, 300.0, np.nan, 500.0]
    rows = {
        "name": ["东苑", HOSTILE, "西苑", "岛上", None, "旧村"],
        "status": ["existing"] * 5 + [None],
        "households": households,
        "households_estimated": [False, True, False, False, False, False],
        "nearest_facility_id": ["A", "A", "B", "B", None, "C"],
        "nearest_m": [300.0, 500.0, 200.0, 1234.0, np.nan, 700.0],
        "nearest_minutes": [5.0, 8.34, 3.34, 20.57, np.nan, 11.67],
        "reachable_facilities": [2, 1, 1, 0, 0, 1],
        "reachable_m2": [300.0, 200.0, 100.0, 0.0, 0.0, 0.0],
        "rule_id": ["existing"] * 5 + [None],
        "clause": ["二(二)"] * 5 + [None],
        "ledger": ["circle"] * 5 + [None],
        "requirement_m2": [150.0, 300.0, 60.0, 45.0, np.nan, 0.0],
        "own_m2": 0.0,
        "own_pending_m2": [0.0, 120.0, 0.0, 0.0, 0.0, 0.0],
        "own_verdict": ["short"] * 4 + ["no_data", "not_asked"],
        "own_reason": None,
        "circle_m2": [150.0, 90.5, 60.0, 0.0, np.nan, 0.0],
        "own_shortage_m2": 0.0,
        "circle_shortage_m2": [0.0, 209.5, 0.0, 45.0, np.nan, 0.0],
        "circle_verdict": verdicts,
        "circle_reason": [None] * 4 + ["households_unknown", None],
        "verdict": verdicts,
        "reason": [None] * 4 + ["households_unknown", None],
        "shortage_m2": [0.0, 209.5, 0.0, 45.0, np.nan, 0.0],
        "verdict_with_planned": ["met", "met", "met", "unreachable", "no_data", "not_asked"],
        "plain_requirement_m2": [200.0, 400.0, 80.0, 60.0, np.nan, 100.0],
        "plain_m2": [150.0, 90.5, 60.0, 0.0, np.nan, 0.0],
        "plain_shortage_m2": [50.0, 309.5, 20.0, 60.0, np.nan, 100.0],
        "plain_verdict": ["short", "short", "short", "unreachable", "no_data", "short"],
        "plain_reason": [None] * 4 + ["households_unknown", None],
        "cluster_id": [None, "C2", "C1", None, None, None],
        "flags": ["", "gates_unknown;households_estimated", "", "", "", ""],
    }
    return _table(
        rows, [*squares[:5], Point(850, 650)], [f"R{i}" for i in range(6)], "residence_id"
    )


def _facilities() -> gpd.GeoDataFrame:
    rows = {
        "name": ["一站", f"饭堂{HOSTILE}", "养老院"],
        "kind": ["community_station", "canteen", "nursing_home"],
        "status": ["operating", "planned", "operating"],
        "floor_area_m2": [200.0, 100.25, 3000.0],
        "beds": [np.nan, np.nan, 80.0],
        "floor": [1.0, np.nan, 1.0],
        "open_year": [2015.0, np.nan, 2001.0],
        "counted_m2": [200.0, 0.0, 0.0],
        "counted_reason": [None, "not_operating", "kind"],
        "allocated_m2": [200.0, 0.0, 0.0],
        "idle_m2": [0.0, 0.0, 0.0],
        "gain_m2_per_m2": [1.0, 1.0, 0.0],
        "reached_households": [3000, 400, 0],
        "flags": ["", "storey_unknown", ""],
    }
    return _table(
        rows, [Point(300, 300), Point(600, 400), Point(900, 900)], list("ABC"), "facility_id"
    )


def _clusters() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parent_id": [None, "C1"],
            "outermost": [True, False],
            "least_m2": [250.0, 200.0],
            "single_site": [True, False],
            "proven": [True, True],
            "residences": [2, 1],
            "requirement_m2": [400.0, 300.0],
            "capacity_m2": [150.0, 100.0],
            "shortage_m2": [250.0, 200.0],
        },
        index=pd.Index(["C1", "C2"], name="cluster_id"),
    )


def _links() -> pd.DataFrame:
    links = pd.DataFrame(
        {
            "residence_id": ["R0", "R0", "R1", "R2"],
            "facility_id": ["A", "B", "A", "B"],
            "walk_mm": [300_000, 720_000, 500_000, 200_000],
            "allocated_m2": [110.0, 0.0, 90.0, 0.0],
            "plain_allocated_m2": [100.0, 0.0, 100.0, 0.0],
        }
    )
    return links.assign(
        ms=links["walk_mm"], walk_m=links["walk_mm"] / 1000, minutes=links["walk_mm"] / 60_000
    )


def _remedy_areas() -> gpd.GeoDataFrame:
    rows = {"cluster_id": ["C1", "C1", "C2"], "kind": ["all_met", "helps", "helps"]}
    disks = [Point(300, 300).buffer(radius) for radius in (200, 400, 300)]
    return _table(rows, disks, ["0", "1", "2"], "area")


def test_the_map_has_the_remedies_of_outermost_clusters_the_wider_first(
    town: SimpleNamespace,
) -> None:
    remedies = map_data(town, language="zh")["remedies"]
    assert [(one["cluster"], one["kind"]) for one in remedies] == [
        ("C1", "helps"),
        ("C1", "all_met"),
    ]


def _catchments() -> gpd.GeoDataFrame:
    disks = [Point(300, 300).buffer(60 * minutes) for minutes in (5, 10, 15)]
    rows = {"kind": "all", "facility_id": None, "minutes": [5.0, 10.0, 15.0]}
    return _table(rows, disks, ["0", "1", "2"], "ring")


def _zones() -> gpd.GeoDataFrame:
    numbers = {
        "population": 12_000.0,
        "residences": 3,
        "households_in_residences": 4200.0,
        "served_households": 3400.0,
        "served_share": [0.8095238, 0.9, np.nan],
        "met_households": 1400.0,
        "met_share": 0.3333333,
        "requirement_m2": 555.0,
        "supply_m2": 200.0,
        "allocated_m2": 300.5,
        "shortage_m2": 254.5,
    } | {f"residences_{verdict}": 1 for verdict in VERDICTS}
    names = {"name": [f"东街{HOSTILE}", "西街", None], "level": ["street", "street", "street"]}
    shapes = [box(-50, -50, 500, 1050), box(500, -50, 1050, 1050), None]
    return _table(names | numbers, shapes, ["Z1", "Z2", "outside_zones:street"], "zone_id")


def _streets() -> gpd.GeoDataFrame:
    lines = [LineString([(x, 0), (x, 500), (x, 1000)]) for x in range(0, 1001, 250)]
    lines += [LineString([(0, y), (1000, y)]) for y in range(0, 1001, 250)]
    rows = {
        "highway": ["primary", "residential", "trunk_link", "footway", None] * 2,
        "access": ["public"] * 8 + ["private"] * 2,
        "bridge": [False] * 7 + [True] * 3,
    }
    return _table(rows, lines, [str(i) for i in range(10)], "edge")


class Reader(HTMLParser):
    """Keep what a browser would see: tags with attributes, and the text inside scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in {"script", "style"} and data.strip():
            self.inside.append((self.tags[-1][1] | {"tag": self.tags[-1][0]}, data))


def page_of(town: SimpleNamespace) -> Reader:
    reader = Reader()
    reader.feed(draw_web_map(town, language="zh").get_root().render())
    return reader


def test_page_names_no_resource_outside_itself(town: SimpleNamespace) -> None:
    outside = {"src", "href", "srcset", "data", "action", "poster", "background"}
    named = [tag for tag in page_of(town).tags if outside & tag[1].keys()]
    assert not named
    assert not re.search(r"url\((?!#default#VML|data:)", _style(town))


def _style(town: SimpleNamespace) -> str:
    return next(text for tag, text in page_of(town).inside if tag["tag"] == "style")


def test_policy_allows_exactly_the_scripts_on_the_page(town: SimpleNamespace) -> None:
    page = page_of(town)
    policy = next(
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    running = [text for tag, text in page.inside if tag["tag"] == "script" and "type" not in tag]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert re.findall(r"script-src ([^;]*)", policy) == [
        " ".join(f"'sha256-{digest}'" for digest in hashes)
    ]


def island_of(town: SimpleNamespace) -> dict:
    texts = [text for tag, text in page_of(town).inside if tag.get("type") == "application/json"]
    assert len(texts) == 1
    assert not re.search("[<>&\u2028\u2029]", texts[0])
    return json.loads(texts[0])


def test_island_holds_the_hostile_name_unchanged(town: SimpleNamespace) -> None:
    island = island_of(town)
    assert island["residences"]["name"][1] == HOSTILE
    assert island["zones"]["name"][0] == f"东街{HOSTILE}"


def test_half_a_surrogate_pair_does_not_stop_the_map(town: SimpleNamespace) -> None:
    town.study.title = "\ud83d"
    assert island_of(town)["study"]["title"] == "\ud83d"


def test_same_assessment_gives_same_bytes(town: SimpleNamespace, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_web_map(town, tmp_path / name, language="zh")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_file_that_cannot_be_written_is_an_output_error(
    town: SimpleNamespace, tmp_path: Path
) -> None:
    (tmp_path / "map.html").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_web_map(town, tmp_path / "map.html", language="zh")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_assessment_is_left_as_it_was(town: SimpleNamespace) -> None:
    before = town.residences.copy(), town.streets.copy(), town.catchments.copy()
    map_data(town, language="zh")
    for table, old in zip((town.residences, town.streets, town.catchments), before, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(old))


def test_counts_of_a_reading_add_up_to_all_residences(town: SimpleNamespace) -> None:
    readings = map_data(town, language="zh")["readings"]
    for reading in READINGS:
        counts = readings[reading]["counts"]
        assert sum(number for number, _ in counts.values()) == 6
        assert sum(households for _, households in counts.values()) == 4200


def test_shortage_of_the_plain_reading_is_the_sum_of_its_column(town: SimpleNamespace) -> None:
    assert map_data(town, language="zh")["readings"]["plain"]["shortage_m2"] == 539.5


def test_position_on_the_central_meridian_has_longitude_114(town: SimpleNamespace) -> None:
    town.facilities.loc["A", "geometry"] = Point(EAST, NORTH)
    longitude, latitude = map_data(town, language="zh")["facilities"]["anchor"][0]
    assert longitude == 114_000_000
    # The meridian's arc is 111.13 km a degree at 30 N, and 30 N lies 3,320.11 km from the equator.
    assert latitude / 1e6 == pytest.approx(30 + 79.89 / 110.86, abs=1e-3)


def test_outside_row_without_geometry_is_not_drawn(town: SimpleNamespace) -> None:
    assert map_data(town, language="zh")["zones"]["id"] == ["Z1", "Z2"]


def test_streets_are_joined_by_the_way_they_are_drawn(town: SimpleNamespace) -> None:
    groups = map_data(town, language="zh")["streets"]
    drawn = [(group["class"], group["private"], group["bridge"]) for group in groups]
    assert drawn[:2] == [("major", False, False), ("major", False, True)]
    assert [name for name, *_ in drawn] == sorted(
        [name for name, *_ in drawn], key=["major", "middle", "minor", "path"].index
    )


def test_less_important_streets_give_way_to_a_limit(
    town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecircle.write.web_backdrop.MOST_STREET_VERTICES", 9)
    groups = map_data(town, language="zh")["streets"]
    assert {group["class"] for group in groups} == {"major"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_place_without_area_streets_or_links_can_be_drawn(
    town: SimpleNamespace, language: str
) -> None:
    town.area = None
    town.streets = town.streets[:0]
    town.links = town.links[:0]
    town.catchments = town.catchments[:0]
    town.zones = town.zones[:0]
    assert map_data(town, language=language)["streets"] == []


def test_every_word_of_the_script_has_a_label() -> None:
    folder = files("lifecircle.write").joinpath("web")
    script = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    used = set(re.findall(r"\bwords\.([a-z_0-9]+)", script))
    used |= {f"reading_{reading}" for reading in READINGS}
    assert used <= words("map").keys()


def test_vendored_files_are_as_released() -> None:
    folder = files("lifecircle.write").joinpath("web")
    sources = tomllib.loads(folder.joinpath("SOURCES.toml").read_text(encoding="utf-8"))
    for source in sources.values():
        for name, digest in source["sha256"].items():
            assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest


@pytest.fixture
def map_file(town: SimpleNamespace, tmp_path: Path) -> Path:
    path = tmp_path / "地图 1.html"
    write_web_map(town, path, language="zh")
    return path


def choose(page: "Page", name: str) -> None:
    """Select a place by its name, through the search box."""
    page.evaluate("() => document.getElementById('side').classList.add('open')")
    page.fill("input[type=search]", name)
    page.click(".found .go >> nth=0")


def click_on(page: "Page", table: str, row: int) -> None:
    """Click where the map draws the anchor of one row."""
    spot = page.evaluate(
        """([table, row]) => {
            const [x, y] = data[table].anchor[row];
            const corner = document.getElementById("map_lifecircle").getBoundingClientRect();
            const at = map_lifecircle.latLngToContainerPoint([y / 1e6, x / 1e6]);
            return [corner.left + at.x, corner.top + at.y];
        }""",
        [table, row],
    )
    page.mouse.click(*spot)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1400, 900), PHONE])
def test_page_asks_for_nothing_and_complains_of_nothing(
    map_file: Path, size: tuple[int, int]
) -> None:
    with open_offline(map_file, size=size) as visit:
        visit.page.wait_for_selector(".legend tr[data-verdict=met]")
        choose(visit.page, "东苑")
        visit.page.wait_for_timeout(300)
        assert visit.requests == [map_file.as_uri()]
        assert visit.complaints == []


@pytest.mark.slow
def test_study_with_one_residence_and_nothing_else_opens(
    town: SimpleNamespace, tmp_path: Path
) -> None:
    town.residences = town.residences.loc[["R4"]].assign(nearest_facility_id=None)
    for table in ("facilities", "links", "catchments", "zones", "streets"):
        setattr(town, table, getattr(town, table)[:0])
    town.area = None
    town.totals = pd.Series(dtype=float)
    write_web_map(town, tmp_path / "map.html", language="en")
    with open_offline(tmp_path / "map.html") as visit:
        choose(visit.page, "R4")
        text = visit.page.inner_text("#panel")
        assert visit.complaints == []
    assert "households unknown" in text


@pytest.mark.slow
def test_name_of_40000_characters_leaves_room_for_the_map(
    town: SimpleNamespace, tmp_path: Path
) -> None:
    town.residences["name"] = town.zones["name"] = town.study.title = "养老" * 20_000
    write_web_map(town, tmp_path / "map.html", language="zh")
    with open_offline(tmp_path / "map.html", size=PHONE) as visit:
        choose(visit.page, "养老")
        frame = visit.page.locator("#stage").bounding_box()
    assert frame is not None
    assert frame["width"] == PHONE[0]
    assert frame["height"] > 200


@pytest.mark.slow
def test_hostile_names_are_text(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        choose(visit.page, "r1")
        title = visit.page.text_content("#panel h2")
        choose(visit.page, "饭堂")
        visit.page.select_option("select >> nth=1", "street")
        visit.page.wait_for_timeout(200)
        assert title == HOSTILE
        assert visit.page.text_content(".zone-name") == f"东街{HOSTILE}"
        assert visit.page.evaluate("typeof window.pwned") == "undefined"
        assert visit.page.evaluate("document.images.length") == 0
        assert (visit.dialogs, visit.complaints) == ([], [])


@pytest.mark.slow
def test_click_on_a_residence_explains_its_verdict(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        click_on(visit.page, "residences", 0)
        panel = visit.page.inner_text("#panel")
        rows = visit.page.locator("#panel .links tbody tr").all_inner_texts()
    assert "东苑" in panel
    assert "1,000 户 × 15 m²/百户 = 150 m²" in panel
    assert "二(二)" in panel
    assert rows[0].split() == ["一站", "5.0", "300", "200", "110"]
    assert rows[1].split()[-4:] == ["12.0", "720", "0", "0"]


@pytest.mark.slow
def test_place_out_of_reach_names_the_nearest_facility(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        choose(visit.page, "岛上")
        text = visit.page.inner_text("#panel")
    assert "步行 20.6 分钟（1,234 米）" in text


@pytest.mark.slow
def test_facility_tells_who_uses_it_and_why_it_counts_nothing(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        choose(visit.page, "饭堂")
        text = visit.page.inner_text("#panel")
    assert "未运营" in text
    assert "西苑" in text


@pytest.mark.slow
def test_zone_tells_its_totals(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        visit.page.select_option("select >> nth=1", "street")
        click_on(visit.page, "zones", 1)
        text = visit.page.inner_text("#panel")
    assert "西街" in text
    assert "90%" in text
    assert "254.5 m²" in text


@pytest.mark.slow
def test_page_prints_on_one_sheet(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        sheets = visit.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 1


@pytest.mark.slow
def test_reading_changes_counts_and_colours(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        before = _met(visit.page)
        picture = visit.page.locator("#stage").screenshot()
        visit.page.check("input[value=plain]", force=True)
        visit.page.wait_for_timeout(200)
        assert (before, _met(visit.page)) == (["达标", "2", "1,400"], ["达标", "0", "0"])
        assert visit.page.locator("#stage").screenshot() != picture
        assert "540" in visit.page.inner_text(".summary")  # 539.5 m², rounded


def _met(page: "Page") -> list[str]:
    return page.inner_text(".legend tr[data-verdict=met]").split()
