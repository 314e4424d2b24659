"""The public edition of the web map: sums by zone, and nothing of one residence or facility."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chromium import open_offline
from lifecircle.assessment import Assessment
from lifecircle.study import PlanSettings
from lifecircle.write.edition import edition_tables, edition_totals
from lifecircle.write.web_data import map_data
from lifecircle.write.web_map import draw_web_map, write_web_map

NUMBER = "鲁S〔2026〕0001号"


@pytest.fixture(scope="module")
def town(example: Assessment) -> Assessment:
    """Name and number every residence and facility so that a trace of it is found."""
    homes, goals = example.residences.copy(), example.facilities.copy()
    homes["name"] = [f"小区甲{at}" for at in range(len(homes))]
    goals["name"] = [f"设施乙{at}" for at in range(len(goals))]
    plan = PlanSettings(review_number=NUMBER)
    study = example.study.model_copy(update={"plan": plan, "made": False})
    return replace(example, residences=homes, facilities=goals, study=study)


def anchors(town: Assessment) -> list[str]:
    data = map_data(town, language="zh")
    points = data["residences"]["anchor"] + data["facilities"]["anchor"]
    return [str(number) for point in points for number in point]


def test_public_file_holds_no_name_and_no_place_of_one(town: Assessment) -> None:
    page = draw_web_map(town, language="zh", edition="public").get_root().render()
    ids = [*town.residences.index, *town.facilities.index]
    for trace in ("小区甲", "设施乙", *ids):
        assert trace not in page
    internal = draw_web_map(town, language="zh").get_root().render()
    for trace in ("小区甲0", "设施乙2", ids[0], ids[-1], *anchors(town)):
        assert trace in internal
    # Streets and zones have corners too, a few of which have a coordinate of a place by chance.
    found = [place for place in anchors(town) if f"[{place}," in page or f",{place}]" in page]
    assert len(found) < len(anchors(town)) / 50


def test_public_data_are_zones_streets_and_waters(town: Assessment) -> None:
    data = map_data(town, language="zh", edition="public")
    assert data["residences"]["id"] == data["facilities"]["id"] == data["links"]["residence"] == []
    assert data["clusters"] == {}
    assert data["remedies"] == data["catchments"] == []
    assert data["readings"] is data["robustness"] is None
    kinds = {group["kind"] for group in map_data(town, language="zh")["ground"]}
    assert {group["kind"] for group in data["ground"]} == kinds - {"wall"}
    assert not any(group["private"] for group in data["streets"])


def test_the_map_withholds_what_the_tables_withhold(town: Assessment) -> None:
    data = map_data(town, language="zh", edition="public")
    zones = edition_tables(town, "public")["zones"]
    drawn = zones[pd.Series(zones["geometry"]).notna().to_numpy()]
    for column in ("shortage_m2", "households_in_residences", "met_share"):
        shown = [np.nan if value is None else value for value in data["zones"][column]]
        np.testing.assert_allclose(shown, drawn[column].to_numpy(float), atol=1e-5)
    assert drawn["shortage_m2"].isna().any()
    assert data["indicators"]["zone"] == []
    totals = edition_totals(town, "public")
    assert data["totals"]["shortage_m2"] == totals["shortage_m2"]


def test_public_map_opens_on_its_zones(town: Assessment) -> None:
    west, south, east, north = map_data(town, language="zh", edition="public")["bounds"]
    outline = town.zones.to_crs("EPSG:4326").total_bounds
    assert (west, south, east, north) == pytest.approx(tuple(outline), abs=3e-4)  # within 30 m


def test_assessment_is_left_as_it_was(town: Assessment) -> None:
    before = town.zones.copy()
    map_data(town, language="zh", edition="public")
    pd.testing.assert_frame_equal(pd.DataFrame(town.zones), pd.DataFrame(before))


@pytest.mark.slow
def test_both_editions_say_what_they_are(town: Assessment, tmp_path: Path) -> None:
    for edition in ("internal", "public"):
        write_web_map(town, tmp_path / f"{edition}.html", language="zh", edition=edition)
    district = map_data(town, language="zh", edition="public")["zones"]["level"].index("district")
    with open_offline(tmp_path / "public.html") as visit:
        page = visit.page
        head, side = page.inner_text("#head"), page.inner_text("#side")
        page.evaluate(f"select({{type: 'zone', row: {district}}}, true)")
        panel = page.inner_text("#panel")
        credit = page.inner_text(".credit")
        assert page.locator("input").count() == 0
        assert len(visit.requests) == 1
        page.goto((tmp_path / "internal.html").as_uri())
        internal = page.inner_text("#head")
        assert visit.complaints == []
    assert "公开版" in head
    assert "内部资料" in internal
    assert f"审图号：{NUMBER}" in side
    assert f"审图号：{NUMBER}" in credit
    assert (
        f"{town.zones.loc[town.zones['level'] == 'district', 'shortage_m2'].iloc[0]:,.1f}" in panel
    )
