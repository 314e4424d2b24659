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

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from chromium import PHONE, open_offline
from lifecircle.errors import OutputError
from lifecircle.labels import words
from lifecircle.study import PlanSettings
from lifecircle.supply.readings import READINGS
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import SCRIPTS, draw_web_map, write_web_map
from lifecircle.write.web_shapes import path_text
from web_town import EAST, HOSTILE, NORTH, read_path, web_town, with_settings

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_map_has_the_remedies_of_outermost_clusters_the_wider_first(
    town: SimpleNamespace,
) -> None:
    remedies = map_data(town, language="zh")["remedies"]
    assert [(one["cluster"], one["kind"]) for one in remedies] == [
        ("C1", "helps"),
        ("C1", "all_met"),
    ]


@pytest.fixture
def town() -> SimpleNamespace:
    return web_town()


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
    assert island_of(with_settings(town, title="\ud83d"))["study"]["title"] == "\ud83d"


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


def test_path_is_written_as_in_the_example_of_its_specification() -> None:
    # Google, "Encoded Polyline Algorithm Format": (38.5, -120.2), (40.7, -120.95),
    # (43.252, -126.453) in hundred-thousandths.
    corners = [[3_850_000, -12_020_000], [4_070_000, -12_095_000], [4_325_200, -12_645_300]]
    assert path_text(np.array(corners)) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def test_path_is_read_as_it_was_written_to_the_ends_of_the_earth() -> None:
    corners = np.array([[-180, -90], [180, 90], [0, 0], [0, 0], [180, -90]]) * 1_000_000
    text = path_text(corners)
    assert not set(text) & set('<>&"')
    np.testing.assert_array_equal(read_path(text), corners)


@pytest.mark.slow
def test_page_reads_paths_and_puts_them_where_leaflet_does(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        apart = visit.page.evaluate(
            """() => residences.anchor.slice(0, 5).map((anchor, row) => {
                const place = layers.residences[row], box = place.getBounds();
                const centre = map.latLngToLayerPoint(point(anchor));
                const corner = map.latLngToLayerPoint(box.getNorthWest());
                const margin = place._clickTolerance();
                return [place._containsPoint(centre), place._containsPoint(L.point(-500, 0)),
                    corner.distanceTo(place._pxBounds.min.add([margin, margin]))];
            })"""
        )
    assert [found[:2] for found in apart] == [[True, False]] * 5
    assert max(distance for *_, distance in apart) < 1.5  # both are whole pixels here


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
    town.zone_indicators = pd.DataFrame()  # as a study without zones has it
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


def spot_of(page: "Page", table: str, row: int) -> list[float]:
    """Find where on the screen the map draws the anchor of one row."""
    spot: list[float] = page.evaluate(
        """([table, row]) => {
            const [x, y] = data[table].anchor[row];
            const corner = document.getElementById("map_lifecircle").getBoundingClientRect();
            const at = map_lifecircle.latLngToContainerPoint([y / 1e6, x / 1e6]);
            return [corner.left + at.x, corner.top + at.y];
        }""",
        [table, row],
    )
    return spot


def click_on(page: "Page", table: str, row: int) -> None:
    page.mouse.click(*spot_of(page, table, row))


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
    town.residences["name"] = town.zones["name"] = "养老" * 20_000
    with_settings(town, title="养老" * 20_000)
    write_web_map(town, tmp_path / "map.html", language="zh")
    with open_offline(tmp_path / "map.html", size=PHONE) as visit:
        choose(visit.page, "养老")
        frame = visit.page.locator("#stage").bounding_box()
    assert frame is not None
    assert frame["width"] == PHONE[0]
    assert frame["height"] > 200


HOSTILE_NAMES = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1><a href='javascript:window.pwned=1'>x</a>",
    "\"><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "' onmouseover=window.pwned=1 autofocus onfocus=window.pwned=1 '",
    "javascript:window.pwned=1//",
    "${window.pwned=1}{n}{name}{parts}",
    "`+(window.pwned=1)+`\\'\\\");window.pwned=1;//",
    "{{ 7*7 }}{% raw %}{{ self.__init__.__globals__ }}",
    "<!--<script>]]><style>*{display:none}</style>",
    "\u2028window.pwned=1\u2029\x00\x0b\x7f",
    "=1+1|cmd|' /C calc'!A0 👵🏼老人",
    "__proto__",
)


def poisoned(name: str) -> SimpleNamespace:
    """Return the toy town with one text in every field that a user can write."""
    town = web_town()
    rules = [SimpleNamespace(id=name, clause=name, limit=15.0)]
    title = SimpleNamespace(zh=name, en=name)
    for document in (town.standard, town.plain):
        vars(document).update(id=name, title=title, number=name, floor_area_rules=rules)
    plan = PlanSettings(
        organisation=name, date=name, figure_number=name, review_number=name, sources=(name,)
    )
    with_settings(town, title=name, attribution=(name, name), plan=plan)
    for table in (town.residences, town.facilities, town.zones):
        table["name"] = name
    for column in ("clause", "rule_id", "flags"):
        town.residences[column] = name
    town.facilities["flags"] = name
    for column in ("standard_id", "title_zh", "title_en", "clause", "unit", "comparison"):
        town.zone_indicators[column] = name
    town.residences["cluster_id"] = town.remedy_areas["cluster_id"] = name
    town.clusters = town.clusters.iloc[:1].set_axis(pd.Index([name], name="cluster_id"))
    ids = {
        old: f"{name}{old}" for table in (town.residences, town.facilities) for old in table.index
    }
    town.residences = town.residences.rename(index=ids)
    town.residences["nearest_facility_id"] = town.residences["nearest_facility_id"].map(ids)
    town.facilities = town.facilities.rename(index=ids)
    town.served_minutes = town.served_minutes.rename(index=ids)
    town.links = town.links.replace({"residence_id": ids, "facility_id": ids})
    return town


@pytest.mark.slow
def test_thirteen_hostile_names_in_every_field_are_text(tmp_path: Path) -> None:
    assert len(HOSTILE_NAMES) == 13
    paths = [tmp_path / f"{i}.html" for i in range(len(HOSTILE_NAMES))]
    for name, path in zip(HOSTILE_NAMES, paths, strict=True):
        write_web_map(poisoned(name), path, language="zh")
    with open_offline(paths[0]) as visit:
        for name, path in zip(HOSTILE_NAMES, paths, strict=True):
            visit.page.goto(path.as_uri())
            visit.page.fill("input[type=search]", name)
            titles = visit.page.evaluate(TOUR)
            assert titles == [name] * (6 + 3 + 2 + 1)
            assert visit.page.evaluate("typeof window.pwned") == "undefined"
            assert visit.page.locator("img, svg, iframe, a[href^=javascript], object").count() == 0
            assert visit.page.evaluate("document.scripts.length") == 3
            assert (visit.dialogs, visit.complaints) == ([], [])
        assert visit.requests == [path.as_uri() for path in [paths[0], *paths]]


# Open every panel, layer, tooltip and filter; return each panel's title and the page's.
TOUR = """() => {
    const choose = (list, value) => {
        list.value = value;
        list.dispatchEvent(new Event("change"));
    };
    choose(document.querySelector(".zones select"), "street");
    choose(document.querySelector(".zone-filter"), "0");
    const tour = { residence: residences, facility: facilities, zone: zones };
    const titles = Object.keys(tour).flatMap((type) => tour[type].id.map((id, row) => {
        select({ type, row }, true);
        return document.querySelector("#panel h2").textContent;
    }));
    layers.residences.concat(layers.facilities, layers.zones.rows)
        .filter((layer) => layer && layer._map)
        .forEach((layer) => layer.fire("mouseover", { latlng: map.getCenter() }, true));
    layOut("printing", true);
    layOut("printing", false);
    return titles.concat(document.querySelector("h1").textContent);
}"""


# WCAG 2.2, "contrast ratio" and "relative luminance", of each element's text and what lies below.
CONTRAST = """(selectors) => {
    const luminance = (rgb) => rgb.map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const channels = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (element) => {
        const found = channels(getComputedStyle(element).backgroundColor);
        const clear = found.length > 3 && found[3] < 0.5;
        return clear && element.parentElement ? ground(element.parentElement) : found.slice(0, 3);
    };
    return selectors.flatMap((selector) => [...document.querySelectorAll(selector)].map((one) => {
        const ink = luminance(channels(getComputedStyle(one).color).slice(0, 3));
        const [light, dark] = [ink, luminance(ground(one))].sort((a, b) => b - a);
        return [(light + 0.05) / (dark + 0.05), selector + ": " + one.textContent.slice(0, 20)];
    }));
}"""


@pytest.mark.slow
def test_small_print_can_be_read(map_file: Path) -> None:
    selectors = [
        ".chip",
        ".zero td",
        ".id",
        ".reason",
        ".figure span",
        ".full",
        ".credit",
        ".flags",
    ]
    selectors += [".status", ".made", ".readings span", ".rings span", "th", "dt", ".key", ".note"]
    with open_offline(map_file) as visit:
        found = []
        for row in range(6):
            visit.page.evaluate("(row) => select({type: 'residence', row}, false)", row)
            found += visit.page.evaluate(CONTRAST, selectors)
    assert len(found) > 100
    assert [text for ratio, text in found if ratio < 4.5] == []  # WCAG AA


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
        visit.page.select_option(".zones select >> nth=0", "street")
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
def test_a_long_legend_is_printed_as_a_whole(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        over = visit.page.evaluate("""() => {
            const kinds = document.querySelector(".kinds");
            for (let more = 0; more < 40; more += 1) kinds.append(kinds.firstChild.cloneNode(true));
            layOut("printing", true);
            const side = document.getElementById("side");
            const whole = [side.scrollHeight - side.clientHeight, side.style.zoom];
            layOut("printing", false);
            return whole.concat(side.style.zoom);
        }""")
    assert over[0] <= 0
    assert 0.5 < float(over[1]) < 1
    assert over[2] == ""


@pytest.mark.slow
def test_the_map_itself_says_whose_the_data_are(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        assert "数据来源：© OpenStreetMap contributors (ODbL)" in visit.page.inner_text(".credit")


@pytest.mark.slow
def test_of_names_that_lie_over_each_other_one_is_shown(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        shown = visit.page.evaluate("""() => {
            const names = layers.zones.names.getLayers();
            const count = () => [...document.querySelectorAll(".zone-name span")]
                .filter((span) => span.style.visibility !== "hidden").length;
            const apart = count();
            names.forEach((name) => name.setLatLng(map.getCenter()));
            thinZoneNames();
            return [names.length, apart, count()];
        }""")
    assert shown == [2, 2, 1]


@pytest.mark.slow
def test_names_of_zones_stand_out_from_every_verdict(map_file: Path) -> None:
    # WCAG 2: letters of 4.5 to their white rim, which has no gap where shadows lie on all sides.
    with open_offline(map_file) as visit:
        ink, rim = visit.page.evaluate("""() => {
            const style = getComputedStyle(document.querySelector(".zone-name span"));
            return [style.color, style.textShadow];
        }""")
    luminance = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(number) / 255 for number in re.findall(r"\d+", ink))
    ]
    dark = sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), luminance, strict=True))
    assert 1.05 / (dark + 0.05) > 4.5
    crisp = set(re.findall(r"255\) (-?[\d.]+)px (-?[\d.]+)px 0px", rim))
    assert {("1", "1"), ("-1", "1"), ("1", "-1"), ("-1", "-1")} <= crisp


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
