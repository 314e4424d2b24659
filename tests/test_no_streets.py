"""A study without streets: what needs no walk is computed, the rest says why not."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from lifecircle.assessment import assess, assess_study
from lifecircle.errors import StudyError
from lifecircle.standards.profile import read_standard
from lifecircle.study import read_study
from lifecircle.write.results import write_results
from test_assessment import study, toy_town
from worlds import METRES

CITIES = Path(__file__).parents[2] / "shared" / "data"
MADE_FACILITIES = """名称,设施类型,经度,纬度,建筑面积,床位数
made_facilities,养老院,{lon},{lat},3000,100
"""


def test_the_own_ledger_judges_and_the_circle_says_why_not() -> None:
    result = assess(
        replace(toy_town(), streets=None),
        study=study(),
        standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
    )
    homes = result.residences
    assert homes.loc["r3", "verdict"] == "met"  # 20 m² owed, 20 m² its own
    assert homes.loc["r1", ["verdict", "reason"]].tolist() == ["no_data", "no_streets"]
    assert homes.loc["r5", "reason"] == "households_unknown"
    # r1 45, r2 30, r3 20, r4 15, r6 7.5 m²; r5's households are unknown.
    assert result.totals["requirement_m2"] == pytest.approx(117.5)
    table = result.indicators.set_index("clause")
    assert table.loc["表1-5", ["verdict", "missing"]].tolist() == ["no_data", "streets"]
    assert table.loc["表1-6", "verdict"] == "met"
    assert result.links.empty


def test_without_streets_zones_or_area_there_is_no_crs(tmp_path: Path) -> None:
    for name in ("facilities", "residences"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    text = 'title = "t"\n[facilities]\nfile = "facilities.csv"\n'
    text += '[residences]\nfile = "residences.csv"\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="needs zones or an area"):
        assess_study(read_study(tmp_path / "study.toml"))


def test_a_study_without_streets_is_written_whole(tmp_path: Path) -> None:
    area = shapely.box(-1000, -1000, 5000, 11_000)
    zone = gpd.GeoDataFrame({"name": ["镇"], "level": ["township"]}, geometry=[area], crs=METRES)
    inputs = replace(toy_town(), streets=None, zones=zone.set_axis(["Z"]))
    plain = read_standard("walk-20")
    result = assess(inputs, study=study(), standard=plain, plain=plain)
    write_results(result, tmp_path / "result", inputs={})
    assert (tmp_path / "result" / "zone_indicators.csv").exists()
    assert (tmp_path / "result" / "map.html").exists()
