import json
from pathlib import Path

import pandas as pd
import pytest
import python_calamine

from lifecircle.assessment.checking import checked_study
from lifecircle.read.quality import Remark, quality_table
from lifecircle.write.issue_list import write_issues
from test_bad_input import study_folder


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    folder = study_folder("x12_everything_broken", tmp_path / "研究 一")
    quality, _ = checked_study(folder / "study.toml")
    assert quality["severity"].eq("error").all()
    assert len(quality) > 3
    assert not (folder / "result").exists()


def test_lost_rows_come_with_the_limits_that_they_pass(tmp_path: Path) -> None:
    folder = study_folder("b08_no_place", tmp_path)
    quality, _ = checked_study(folder / "study.toml")
    told = quality.groupby("severity")["reason"].apply(list)
    assert told["error"] == ["loss_limit", "loss_limit"]
    assert told["lost"] == ["coordinates_unusable", "no_coordinates", "far_away"]
    assert quality["severity"].tolist()[:2] == ["error", "error"]


def test_rows_with_an_address_alone_are_to_be_geocoded(tmp_path: Path) -> None:
    folder = study_folder("b00_base", tmp_path)
    (folder / "residences.csv").write_text(
        "编号,名称,经度,纬度,户数,地址\nR1,西园,114.2929934,30.5940965,100,长街1号\nR2,南园,,,200,长街2号\n",
        encoding="utf-8",
    )
    quality, to_geocode = checked_study(folder / "study.toml")
    assert to_geocode.to_numpy().tolist() == [["residences.csv", "", 3, "R2", "南园", "长街2号"]]
    paths = write_issues(quality, to_geocode, tmp_path / "out", language="zh")
    assert [path.name for path in paths] == ["问题清单.xlsx", "to_geocode.csv"]
    written = pd.read_csv(tmp_path / "out" / "to_geocode.csv", encoding="utf-8-sig")
    assert written["address"].tolist() == ["长街2号"]


def test_text_of_the_list_is_never_a_formula(tmp_path: Path) -> None:
    remark = Remark(input="a.csv", row=3, reason="range", found='=HYPERLINK("x")')
    nothing = pd.DataFrame(columns=["address"])
    (path,) = write_issues(quality_table([remark]), nothing, tmp_path, language="en")
    sheet = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "issues"
    assert sheet[2][0] == "severity"
    assert sheet[3][3] == 3
    assert sheet[3][6] == '=HYPERLINK("x")'


def test_the_command_tells_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lifecircle import cli  # noqa: PLC0415 - after the arguments are set

    study = study_folder("b01_swapped", tmp_path) / "study.toml"
    monkeypatch.setattr("sys.argv", ["lifecircle", "check", str(study), "--json"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    told = json.loads(capsys.readouterr().out)
    assert {row["reason"] for row in told} == {"must_be_mended"}
    assert any("columns look swapped" in row["found"] for row in told)
