"""The public edition of the web map: sums by zone, and nothing of one residence or facility."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from chromium import open_offline
from lifecircle.study import PlanSettings
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import draw_web_map, write_web_map
from web_town import web_town


@pytest.fixture
def town() -> SimpleNamespace:
    """Name and place every residence and facility so that a trace of it is found."""
    town = web_town()
    town.study.plan = PlanSettings(review_number="鲁S〔2026〕0001号")
    town.study.made = False
    town.residences["name"] = [f"小区甲{i}" for i in range(6)]
    town.facilities["name"] = [f"设施乙{i}" for i in range(3)]
    town.residences.index = pd.Index([f"RES-{i}" for i in range(6)], name="residence_id")
    town.residences["nearest_facility_id"] = None
    town.facilities["geometry"] = town.facilities.translate(3, 7)  # one stood on a pond's corner
    town.facilities.index = pd.Index([f"FAC-{i}" for i in range(3)], name="facility_id")
    town.links = town.links[:0]
    return town


def anchors(town: SimpleNamespace) -> list[str]:
    data = map_data(town, language="zh")
    points = data["residences"]["anchor"] + data["facilities"]["anchor"]
    return [str(number) for point in points for number in point]


def test_public_file_holds_no_name_and_no_place_of_one(town: SimpleNamespace) -> None:
    page = draw_web_map(town, language="zh", edition="public").get_root().render()
    for trace in ("小区甲", "设施乙", "RES-", "FAC-", *anchors(town)):
        assert trace not in page
    internal = draw_web_map(town, language="zh").get_root().render()
    for trace in ("小区甲0", "设施乙2", "RES-5", "FAC-0", *anchors(town)):
        assert trace in internal


def test_public_data_are_zones_streets_and_waters(town: SimpleNamespace) -> None:
    data = map_data(town, language="zh", edition="public")
    assert data["residences"]["id"] == data["facilities"]["id"] == data["links"]["residence"] == []
    assert data["clusters"] == {}
    assert data["remedies"] == data["catchments"] == []
    assert data["readings"] is data["robustness"] is None
    assert {group["kind"] for group in data["ground"]} == {"waters", "railway"}
    assert not any(group["private"] for group in data["streets"])
    assert data["zones"]["met_share"] == [0.33333, 0.33333]


def test_walls_around_residences_stay_in_the_office(town: SimpleNamespace) -> None:
    town.barriers["kind"] = ["water", "wall"]
    kinds = {group["kind"] for group in map_data(town, language="zh")["ground"]}
    public = map_data(town, language="zh", edition="public")["ground"]
    assert kinds == {"waters", "wall"}
    assert [group["kind"] for group in public] == ["waters"]


def test_sums_over_two_residences_are_blank_to_the_public(town: SimpleNamespace) -> None:
    town.zones["residences"] = 2
    town.totals["residences"] = 2
    data = map_data(town, language="zh", edition="public")
    assert data["zones"]["shortage_m2"] == [None, None]
    assert data["zones"]["name"][1] == "西街"
    assert set(data["totals"].values()) == {None}
    assert data["indicators"]["zone"] == []


def test_public_map_opens_on_its_zones(town: SimpleNamespace) -> None:
    town.residences.loc["RES-0", "geometry"] = Point(0, 0)
    west, south, east, north = map_data(town, language="zh", edition="public")["bounds"]
    # The zones are 1,100 m wide, 114 E in their midst; a degree is 95.7 km there.
    assert (west + east) / 2 == pytest.approx(114.005, abs=0.001)
    assert east - west == pytest.approx(1.1 / 95.7, rel=0.02)
    assert north > south


def test_assessment_is_left_as_it_was(town: SimpleNamespace) -> None:
    before = town.zones.copy()
    map_data(town, language="zh", edition="public")
    pd.testing.assert_frame_equal(pd.DataFrame(town.zones), pd.DataFrame(before))


@pytest.mark.slow
def test_both_editions_say_what_they_are(town: SimpleNamespace, tmp_path: Path) -> None:
    for edition in ("internal", "public"):
        write_web_map(town, tmp_path / f"{edition}.html", language="zh", edition=edition)
    with open_offline(tmp_path / "public.html") as visit:
        page = visit.page
        head, side = page.inner_text("#head"), page.inner_text("#side")
        page.select_option(".zones select >> nth=1", "shortage_m2")
        colours = page.evaluate("layers.zones.rows.map((zone) => zone.options.fillColor)")
        page.evaluate("select({type: 'zone', row: 1}, true)")
        panel = page.inner_text("#panel")
        credit = page.inner_text(".credit")
        assert page.locator("input").count() == 0
        assert len(visit.requests) == 1
        page.goto((tmp_path / "internal.html").as_uri())
        internal = page.inner_text("#head")
        assert visit.complaints == []
    assert "公开版" in head
    assert "内部资料" in internal
    assert "审图号：鲁S〔2026〕0001号" in side
    assert "审图号：鲁S〔2026〕0001号" in credit
    assert "254.5 m²" in panel
    assert len(set(colours)) == 1  # both zones lack 254.5 m²
    assert colours[0].startswith("#7f0000")  # which is the most there is


def test_zone_without_figures_has_none_in_the_island(town: SimpleNamespace) -> None:
    town.zones.loc["Z1", "met_share"] = np.nan
    assert map_data(town, language="zh", edition="public")["zones"]["met_share"][0] is None
