"""What the web map lets its reader leave out: verdicts, zones, minutes; and what it prints."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from chromium import PHONE, open_offline
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import write_web_map
from web_town import web_town

if TYPE_CHECKING:
    from playwright.sync_api import Page

# A of 200 m² serves R0 in 5.0 and R1 in 8.33 minutes; canteen B is planned and counts nothing, so
# R2 at B's door is not served by it.
FAINT = "() => layers.residences.map((layer) => layer.options.fillOpacity < 0.5)"


@pytest.fixture
def town() -> SimpleNamespace:
    town = web_town()
    town.residences["reachable_facilities"] = [1, 1, 0, 0, 0, 0]
    town.totals["served_households"] = 3000.0
    town.totals["served_share"] = 3000 / 4200
    return town


@pytest.fixture
def map_file(town: SimpleNamespace, tmp_path: Path) -> Path:
    write_web_map(town, tmp_path / "map.html", language="zh")
    return tmp_path / "map.html"


def slide(page: "Page", minutes: int) -> None:
    page.evaluate(
        """(minutes) => {
            const slider = document.querySelector(".minutes");
            slider.value = minutes;
            slider.dispatchEvent(new Event("input"));
        }""",
        minutes,
    )


def test_minutes_lead_to_floor_area_that_counts(town: SimpleNamespace) -> None:
    minutes = map_data(town, language="zh")["residences"]["served_minutes"]
    assert minutes == [5, 8.33, None, None, None, None]


def test_each_residence_knows_its_zone(town: SimpleNamespace) -> None:
    assert map_data(town, language="zh")["residences"]["zones"] == {"street": [0, 0, 1, 1, 1, 1]}


def test_indicators_that_are_only_reported_and_were_not_are_left_out(
    town: SimpleNamespace,
) -> None:
    assert map_data(town, language="en")["indicators"] == {
        "rules": [
            [
                "weihai-2022",
                "floor area per 100 households",
                "二(二)",
                "≥ 15 m² per 100 households",
            ]
        ],
        "zone": [1],
        "rule": [0],
        "value": ["12.35"] if round(12.345, 2) == 12.35 else ["12.34"],
        "verdict": ["not_met"],
    }


@pytest.mark.slow
def test_filters_fade_residences_and_change_no_verdict(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        verdicts = page.evaluate("residences.id.map((id, row) => verdictOf(row))")
        slide(page, 6)
        assert page.evaluate(FAINT) == [False, True, True, True, True, True]
        within = page.inner_text(".walk")
        assert "1 个小区，1,000 户（23.8%）" in within  # 1000 of 4200
        assert "不改变判定（判定按 15 分钟）" in within
        slide(page, 15)
        assert "3,000 户（71.4%）" in page.inner_text(".walk")  # the summary's served share
        page.uncheck(".legend tr[data-verdict=met] input")
        assert page.evaluate(FAINT) == [True, False, True, False, False, False]
        page.select_option(".zone-filter", label="西街")
        assert page.evaluate(FAINT) == [True, True, True, False, False, False]
        short = page.inner_text(".legend tr[data-verdict=short]").split()
        assert short == ["不足", "0", "0"]  # the short one stands in the other street
        assert "西街；不含达标" in page.inner_text("#side")
        assert page.evaluate("residences.id.map((id, row) => verdictOf(row))") == verdicts
        assert visit.complaints == []


@pytest.mark.slow
def test_facility_says_how_full_it_is_and_a_zone_its_indicators(map_file: Path) -> None:
    with open_offline(map_file) as visit:
        visit.page.evaluate("select({type: 'facility', row: 0}, true)")
        assert re.search(r"使用率\s*100%", visit.page.inner_text("#panel"))  # 200 of 200 m²
        visit.page.evaluate("select({type: 'zone', row: 1}, true)")
        row = visit.page.inner_text("#panel .links tbody tr")
    assert "每百户面积" in row
    assert "≥ 15 平方米/百户" in row
    assert row.split()[-1] == "未达标"


@pytest.mark.slow
def test_printed_sheet_is_landscape_with_map_and_legend_and_without_controls(
    map_file: Path,
) -> None:
    with open_offline(map_file) as visit:
        page = visit.page
        sheet = page.pdf(prefer_css_page_size=True)
        page.evaluate("layOut('printing', true)")
        shown = page.locator("input:visible, select:visible, button:visible").count()
        bottom = page.locator(".kinds").bounding_box()
        paper = page.evaluate(
            """() => {
                const paper = document.querySelector("canvas.paper");
                const pixels = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height);
                const colours = new Set();
                for (let i = 0; i < pixels.data.length; i += 4) {
                    colours.add(pixels.data.slice(i, i + 3).join());
                }
                return [paper.width / paper.clientWidth, colours.has("251,250,247"), colours.size];
            }"""
        )
        legend = page.inner_text(".legend")
    # A4 is 210 mm by 297 mm, in points of 25.4 / 72 mm.
    width, height = map(float, re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)[0])
    assert (width, height) == pytest.approx((841.9, 595.3), abs=1)
    assert "达标" in legend
    assert shown == 0
    assert bottom is not None
    assert bottom["y"] + bottom["height"] < 188 * 96 / 25.4  # above the lower margin
    assert paper[0] == pytest.approx(2, abs=0.01)
    assert paper[1]  # the ground of the study area, from the lowest of the panes
    assert paper[2] > 20


@pytest.mark.slow
def test_fingers_find_the_controls_on_a_phone(map_file: Path) -> None:
    with open_offline(map_file, size=PHONE) as visit:
        page = visit.page
        page.click(".handle")
        targets = ".handle, .readings span, .pick, .kind, .choice select, .leaflet-control-zoom a"
        heights = page.eval_on_selector_all(
            targets, "all => all.map((one) => one.getBoundingClientRect().height).filter(Boolean)"
        )
        assert len(heights) > 15
        assert min(heights) >= 40
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
