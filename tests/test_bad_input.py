"""
Bad input, through the command line: one message with all of it, the right exit code, no remains.

Each folder of ``corpus`` is laid over ``corpus/b00_base``, a town of two streets whose answers one
knows by hand, and run; ``expect.toml`` says what must come of it (see ``corpus/README.md``).
"""

import errno
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import pytest

from lifecircle import cli
from lifecircle.write.bundle import write_manifest

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
STREETS_TO_THE_CENTIMETRE = 0.02  # OSM coordinates have seven decimals


class Ended(NamedTuple):
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]
Expected = dict[str, Any]


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
            code = stop.code or 0
        return Ended(code, *capsys.readouterr())

    return run


def study_folder(case: str, folder: Path) -> Path:
    shutil.copytree(CORPUS / "b00_base", folder, dirs_exist_ok=True)
    shutil.copytree(CORPUS / case, folder, dirs_exist_ok=True)
    return folder


def expected(case: str) -> Expected:
    return tomllib.loads((CORPUS / case / "expect.toml").read_text(encoding="utf-8"))


def result_table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "result" / "tables" / f"{name}.parquet")


@pytest.fixture
def old_result(tmp_path: Path) -> Path:
    """Stand in for the result of a former run, in a folder with a space and Chinese in its name."""
    result = tmp_path / "研究 一" / "result"
    result.mkdir(parents=True)
    (result / "old.txt").write_text("old", encoding="utf-8")
    write_manifest({}, result)
    return result


@pytest.mark.parametrize("case", [case for case in CASES if expected(case)["exit"] == 2])
def test_bad_input_is_told_at_once_and_leaves_nothing(
    case: str, old_result: Path, lifecircle: Run
) -> None:
    folder = study_folder(case, old_result.parent)
    before = sorted(folder.rglob("*"))
    ended = lifecircle("run", folder / "study.toml")
    assert (ended.code, ended.out.strip()) == (2, "")
    for fragment in expected(case)["says"]:
        assert fragment in ended.err
    assert "Traceback" not in ended.err
    assert ended.err.count("problem(s)") == 1
    assert sorted(folder.rglob("*")) == before
    assert (old_result / "old.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("case", [case for case in CASES if expected(case)["exit"] == 0])
def test_hard_input_gives_the_right_answer(case: str, old_result: Path, lifecircle: Run) -> None:
    folder = study_folder(case, old_result.parent)
    expect = expected(case)
    ended = lifecircle("run", folder / "study.toml", *expect.get("args", []))
    assert (ended.code, ended.err) == (0, "")
    for fragment in expect.get("says", []):
        assert fragment in ended.out
    _check_verdicts(folder, expect)
    _check_cells(folder, expect)
    _check_quality(folder, expect)
    _check_reconciliation(folder)
    assert not (old_result / "old.txt").exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def _check_verdicts(folder: Path, expect: Expected) -> None:
    residences = result_table(folder, "residences")
    verdicts = residences["verdict"].to_dict()
    assert verdicts == expect.get("verdicts", verdicts)
    for residence, metres in expect.get("nearest_m", {}).items():
        nearest = residences.loc[residence, "nearest_m"]
        assert nearest == pytest.approx(metres, abs=STREETS_TO_THE_CENTIMETRE)
    links = result_table(folder, "links")
    walks = links.set_index(links["residence_id"] + " " + links["facility_id"])["walk_m"]
    for pair, metres in expect.get("walk_m", {}).items():
        assert walks[pair] == pytest.approx(metres, abs=STREETS_TO_THE_CENTIMETRE)


def _check_cells(folder: Path, expect: Expected) -> None:
    for name in ("facilities", "residences"):
        for column, cells in expect.get(name, {}).items():
            values = _column(folder, name, column)
            assert {key: values[key] for key in cells} == pytest.approx(cells, nan_ok=True)


def _column(folder: Path, name: str, column: str) -> dict[str, object]:
    if column != "outline_m2":
        return result_table(folder, name)[column].to_dict()
    shapes = gpd.read_parquet(folder / "result" / "tables" / f"{name}.parquet")
    return shapes.area.to_dict()


def _check_quality(folder: Path, expect: Expected) -> None:
    quality = result_table(folder, "quality")
    quality = quality[quality["severity"] != "note"]
    # The town of two streets has nothing beyond its zones: tests/test_border.py looks at that.
    quality = quality[~quality["reason"].str.endswith("_end_at_border")]
    found = quality.groupby("severity")["reason"].value_counts()
    for severity in ("warning", "lost"):
        there = found[severity].to_dict() if severity in found else {}
        assert there == expect.get(severity, {})


def _check_reconciliation(folder: Path) -> None:
    """Each line is the one before it without what was left behind, and steps only narrow."""
    table = result_table(folder, "reconciliation").assign(
        of_people=lambda rows: rows["rows"].isna()
    )
    for of_people, steps in table.groupby(["input", "of_people"], sort=False):
        first = ["read", "inside", "assigned"] if of_people[1] else ["read", "parsed", "placed"]
        assert steps["step"].tolist()[:3] == first
        amounts = [name for name in ("rows", "households", "m2", "people") if name in steps]
        for name in amounts:
            came, lost = steps[name].to_numpy(), steps[f"lost_{name}"].to_numpy()
            if pd.notna(came[0]):
                assert came[1:] == pytest.approx(came[:-1] - lost[1:], abs=1e-6)
            if name == "rows" and not of_people:
                assert (lost >= 0).all()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return study_folder("b00_base", tmp_path / "研究 一") / "study.toml"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_run_away_from_the_study_writes_beside_it(
    study: Path, tmp_path: Path, lifecircle: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert lifecircle("run", study).code == 0
    assert (study.parent / "result" / "manifest.json").exists()
    assert files_in(tmp_path / "elsewhere") == []


@pytest.mark.parametrize(
    ("out", "fragment"),
    [
        ("study.toml", "this is a file"),
        ("study.toml/x/y", "a part of the path is a file"),
        (".", "holds files that are no result"),
        ("..", "holds files that are no result"),
        ("a" * 300, "cannot be written"),
        ("/", "name a folder"),
        ("/proc/none/of/this", "cannot be written"),
    ],
)
def test_a_result_that_cannot_go_there_is_exit_3(
    out: str, fragment: str, study: Path, lifecircle: Run
) -> None:
    before = files_in(study.parent)
    ended = lifecircle("run", study, "--out", study.parent / out)
    assert (ended.code, ended.out.strip()) == (3, "")
    assert fragment in ended.err
    assert files_in(study.parent) == before


def test_a_failed_run_makes_no_folders_on_the_way_to_its_result(
    old_result: Path, lifecircle: Run
) -> None:
    folder = study_folder("b01_swapped", old_result.parent)
    assert lifecircle("run", folder / "study.toml", "--out", folder / "new" / "deep").code == 2
    assert not (folder / "new").exists()


def test_what_somebody_put_into_a_result_is_not_deleted_with_it(
    study: Path, old_result: Path, lifecircle: Run
) -> None:
    (old_result / "notes.docx").write_text("mine", encoding="utf-8")
    ended = lifecircle("run", study)
    assert ended.code == 3
    assert "'notes.docx'" in ended.err
    assert (old_result / "notes.docx").read_text(encoding="utf-8") == "mine"
    assert (old_result / "old.txt").exists()


def test_a_full_disk_is_exit_3_and_leaves_the_old_result(
    study: Path, old_result: Path, lifecircle: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault put into the operating system's own call: a full disk shows at fsync at last."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    before = files_in(study.parent)
    ended = lifecircle("run", study)
    assert ended.code == 3
    assert "the disk is full" in ended.err
    assert files_in(study.parent) == before
    assert (old_result / "old.txt").read_text(encoding="utf-8") == "old"


def test_a_bug_of_ours_is_exit_70_with_its_traceback(
    study: Path, old_result: Path, lifecircle: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(os, "fsync", broken)  # deep in the writing, where nobody expects it
    before = files_in(study.parent)
    ended = lifecircle("run", study)
    assert ended.code == 70
    assert "Traceback" in ended.err
    assert "ZeroDivisionError" in ended.err
    assert files_in(study.parent) == before
    assert (old_result / "old.txt").exists()


@pytest.mark.parametrize(
    ("argument", "fragment"),
    [("", "this is a folder"), ("nothing.toml", "there is no such file")],
)
def test_a_study_file_that_is_none_is_exit_2(
    argument: str, fragment: str, study: Path, lifecircle: Run
) -> None:
    ended = lifecircle("run", study.parent / argument)
    assert ended.code == 2
    assert fragment in ended.err


def test_an_accepted_loss_lists_each_row_and_is_in_the_manifest(
    old_result: Path, lifecircle: Run
) -> None:
    folder = study_folder("b08_accepted", old_result.parent)
    assert lifecircle("run", folder / "study.toml", "--accept-loss").code == 0
    quarantine = pd.read_csv(folder / "result" / "quarantine.csv", encoding="utf-8-sig")
    assert quarantine["row"].tolist() == [5, 6, 7]
    manifest = json.loads((folder / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["accept_loss"] is True
    assert manifest["lost_rows"] == {"residences.csv": 3}


@pytest.mark.parametrize(("case", "code"), [("b00_base", 0), ("x12_everything_broken", 2)])
def test_the_command_itself_ends_with_the_code(case: str, code: int, tmp_path: Path) -> None:
    study = study_folder(case, tmp_path / "研究 一") / "study.toml"
    command = [sys.executable, "-c", "from lifecircle.cli import main; main()", "run", str(study)]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path)  # noqa: S603 - ours
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr
    assert (study.parent / "result" / "manifest.json").exists() == (code == 0)
