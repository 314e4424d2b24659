"""Year on year (同比): this year's indicators beside those of last year's result folder."""

import json
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from shapely import box

from lifecircle.assessment import Assessment, assess
from lifecircle.errors import StudyError
from lifecircle.read.earlier_result import read_earlier_result
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.standards.year_on_year import EarlierResult
from lifecircle.study import example_study, read_study
from lifecircle.write.indicators import change_text
from lifecircle.write.results import write_results
from test_assessment import study, table, toy_town

ZONES = {
    "w": {"name": "West", "level": "street", "older_60": 400.0, "geometry": box(-9, -9, 1500, 9)},
    "e": {"name": "East", "level": "street", "older_60": 100.0, "geometry": box(1500, -9, 4009, 9)},
}


def town_with(beds: float) -> Assessment:
    """Assess the toy town with some beds in B, which stands in West."""
    inputs = toy_town()
    inputs.facilities["beds"] = [math.nan, beds, math.nan]
    inputs = replace(inputs, zones=table(ZONES, "zone_id"))
    weihai, plain = read_standard("weihai-2022"), read_standard("walk-20")
    return assess(inputs, study=study(), standard=weihai, plain=plain)


def earlier_of(last: Assessment, *standards: Standard) -> EarlierResult:
    known = standards or (last.standard,)
    return EarlierResult(
        folder="result-2024",
        indicators=last.indicators,
        zone_indicators=last.zone_indicators,
        standards={one.id: one.model_dump(mode="json") for one in known},
        settings={},
    )


def compared(earlier: EarlierResult, beds: float, standard: Standard | None = None) -> Assessment:
    inputs = toy_town()
    inputs.facilities["beds"] = [math.nan, beds, math.nan]
    return assess(
        replace(inputs, zones=table(ZONES, "zone_id")),
        study=study(),
        standard=standard or read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
        earlier=earlier,
    )


def changed(**rule: object) -> Standard:
    """Take Weihai's plan with another rule on beds."""
    weihai = read_standard("weihai-2022")
    rules = tuple(
        one.model_copy(update=rule) if one.id == "weihai-2022-beds" else one for one in weihai.rules
    )
    return weihai.model_copy(update={"rules": rules})


@pytest.fixture(scope="module")
def last() -> Assessment:
    return town_with(20.0)


def test_ten_beds_more_for_500_old_people_are_20_per_1000_more(last: Assessment) -> None:
    # 20 beds / 500 people = 40 per 1000; 30 / 500 = 60: 20 more, half as much again.
    row = compared(earlier_of(last), 30.0).indicators.set_index("rule_id").loc["weihai-2022-beds"]
    assert row[["last_value", "value", "change", "change_share"]].tolist() == [40, 60, 20, 0.5]
    assert row["last_note"] is None
    assert change_text(row, "en") == "40 → +20 (+50.0%)"


def test_a_zone_is_compared_with_itself(last: Assessment) -> None:
    zones = compared(earlier_of(last), 30.0).zone_indicators
    beds = zones[zones["rule_id"] == "weihai-2022-beds"].set_index("zone")
    # West: 20 / 400 -> 30 / 400; East has no bed in either year.
    assert beds.loc["West", ["last_value", "change"]].tolist() == [50, 25]
    assert beds.loc["East", ["last_value", "change"]].tolist() == [0, 0]
    assert math.isnan(beds.loc["East", "change_share"])


def test_a_share_changes_by_points_and_by_no_per_cent(last: Assessment) -> None:
    row = compared(earlier_of(last), 30.0).indicators.set_index("rule_id")
    served = row.loc["weihai-2022-home-service"]
    assert (served["change"], math.isnan(served["change_share"])) == (0, True)
    assert change_text(served, "zh").endswith("+0 个百分点")


def test_another_limit_is_said_and_the_change_still_told(last: Assessment) -> None:
    result = compared(earlier_of(last), 30.0, changed(limit=Decimal(55)))
    row = result.indicators.set_index("rule_id").loc["weihai-2022-beds"]
    assert (row["change"], row["last_note"]) == (20, "limit_changed")


def test_another_measure_leaves_no_change_to_tell(last: Assessment) -> None:
    beds = next(one for one in last.standard.rules if one.id == "weihai-2022-beds").arguments
    younger = changed(arguments=beds.model_copy(update={"group": "population"}))
    result = compared(earlier_of(last), 30.0, younger)
    row = result.indicators.set_index("rule_id").loc["weihai-2022-beds"]
    assert row["last_note"] == "rule_changed"
    assert (row["last_value"], math.isnan(row["change"])) == (40, True)


def test_a_rule_and_a_zone_that_were_not_there_are_said(last: Assessment) -> None:
    fewer = replace(
        earlier_of(last),
        standards={},
        zone_indicators=last.zone_indicators[last.zone_indicators["zone"] == "West"],
    )
    assert set(compared(fewer, 30.0).indicators["last_note"]) == {"not_in_last_year"}
    zones = compared(replace(fewer, standards=earlier_of(last).standards), 30.0).zone_indicators
    assert set(zones.loc[zones["zone"] == "East", "last_note"]) == {"zone_not_in_last_year"}


def test_what_last_year_went_by_is_noted(last: Assessment) -> None:
    weihai = last.standard.model_copy(
        update={"rules": last.standard.rules[:-1], "number": "新文号"}
    )
    before = replace(earlier_of(last), settings={"walk": {"minutes": 10.0, "rings": [3]}})
    found = compared(before, 20.0, weihai).quality
    notes = found.loc[found["reason"] == "last_year_differs", "found"].tolist()
    assert "walk.minutes: 10.0 -> 15.0" in notes
    assert not [note for note in notes if "rings" in note]  # only drawn
    assert "weihai-2022 number: 威政字〔2022〕57号 -> 新文号" in notes
    assert f"weihai-2022: rule {last.standard.rules[-1].id!r} is gone" in notes


def test_without_last_year_the_columns_are_there_and_empty(last: Assessment) -> None:
    columns = ["last_value", "change", "change_share", "last_note"]
    assert last.indicators[columns].isna().all(axis=None)
    assert last.zone_indicators[columns].isna().all(axis=None)


@pytest.fixture
def folder(last: Assessment, tmp_path: Path) -> Path:
    write_results(last, tmp_path / "去年", inputs={})
    return tmp_path / "去年"


def test_a_result_folder_is_read_back_as_it_was_written(folder: Path) -> None:
    earlier = read_earlier_result(folder, title="玩具镇")
    result = compared(earlier, 30.0)
    row = result.indicators.set_index("rule_id").loc["weihai-2022-beds"]
    assert row[["last_value", "change"]].tolist() == [40, 20]
    assert result.indicators["last_note"].isna().all()
    assert result.zone_indicators["last_note"].isna().all()
    assert not result.quality["reason"].eq("last_year_differs").any()


def test_a_folder_that_is_no_result_or_of_another_study_is_an_error(folder: Path) -> None:
    with pytest.raises(StudyError, match=r"the result of another study, '玩具镇'"):
        read_earlier_result(folder, title="别处")
    (folder / "tables" / "indicators.parquet").write_text("half")
    (folder / "tables" / "zone_indicators.parquet").unlink()
    with pytest.raises(StudyError) as error:
        read_earlier_result(folder, title="玩具镇")
    assert len(error.value.problems) == 2
    (folder / "manifest.json").write_text(json.dumps({"study": "develop"}))
    with pytest.raises(StudyError, match="not the manifest of a run"):
        read_earlier_result(folder, title="玩具镇")
    (folder / "manifest.json").unlink()
    with pytest.raises(StudyError, match=r"no result \(no manifest\.json\)"):
        read_earlier_result(folder, title="玩具镇")


def test_the_study_file_names_a_folder_that_is_there_and_not_replaced(tmp_path: Path) -> None:
    for name in ("f.csv", "r.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "result").mkdir()
    inputs = '[facilities]\nfile = "f.csv"\n[residences]\nfile = "r.csv"\n'
    path = tmp_path / "study.toml"
    path.write_text(f'title = "T"\nlast_year = "result"\n{inputs}', encoding="utf-8")
    with pytest.raises(StudyError, match="'output' is 'last_year', which the new result would"):
        read_study(path)
    path.write_text(f'title = "T"\nlast_year = "2024"\n{inputs}', encoding="utf-8")
    with pytest.raises(StudyError, match="'last_year' names a folder that is not there"):
        read_study(path)


def test_misspelt_standards_are_told_with_everything_else(tmp_path: Path) -> None:
    for name in ("f.csv", "r.csv"):
        (tmp_path / name).write_text("")
    names = 'standard = "weihai-2202"\nalso = ["dongguan-2O20", "dongguan-2020"]\n'
    inputs = '[facilities]\nfile = "f.csv"\n[residences]\nfile = "r.csv"\n'
    path = tmp_path / "study.toml"
    path.write_text(f'title = "T"\n{names}{inputs}', encoding="utf-8")
    with pytest.raises(StudyError) as error:
        documents_and_inputs(read_study(path))
    told = str(error.value)
    assert "Did you mean 'weihai-2022'?" in told
    assert "Did you mean 'dongguan-2020'?" in told
    assert "f.csv" in told
    assert "r.csv" in told
    path.write_text(f'title = ""\n{names}{inputs}', encoding="utf-8")  # the file itself is at fault
    with pytest.raises(StudyError) as error:
        read_study(path)
    assert len(error.value.problems) == 3
    assert "did you mean 'dongguan-2020'?" in error.value.problems[2]


def test_a_document_is_named_once() -> None:
    twice = read_study(example_study()).model_copy(update={"also": ("walk-20", "weihai-2022")})
    with pytest.raises(StudyError, match="name 'weihai-2022' 2 times; name each once"):
        documents_and_inputs(twice)
