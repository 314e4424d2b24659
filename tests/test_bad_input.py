"""
Bad input, through the command line: one message with all of it, the right exit code, no remains.

Each folder of ``corpus`` is laid over ``corpus/b00_base``, a town of two streets whose answers one
knows by hand, and run; ``expect.toml`` says what must come of it (see ``corpus/README.md``).
"""

import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from lifecircle import cli

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
STREETS_TO_THE_CENTIMETRE = 0.02  # OSM coordinates have seven decimals


class Ended(NamedTuple):
    """How a run ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


Command = Callable[..., Ended]
Expectation = dict[str, Any]


@pytest.fixture
def lifecircle(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
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


def expected(case: str) -> Expectation:
    return tomllib.loads((CORPUS / case / "expect.toml").read_text(encoding="utf-8"))


def result_table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "result" / "tables" / f"{name}.parquet")


@pytest.fixture
def old_result(tmp_path: Path) -> Path:
    """Stand in for the result of a former run, in a folder with a space and Chinese in its name."""
    result = tmp_path / "研究 一" / "result"
    result.mkdir(parents=True)
    (result / "manifest.json").write_text("{}", encoding="utf-8")
    (result / "old.txt").write_text("old", encoding="utf-8")
    return result


@pytest.mark.parametrize("case", [case for case in CASES if expected(case)["exit"] == 2])
def test_bad_input_is_told_at_once_and_leaves_nothing(
    case: str, old_result: Path, lifecircle: Command
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
def test_hard_input_gives_the_right_answer(
    case: str, old_result: Path, lifecircle: Command
) -> None:
    folder = study_folder(case, old_result.parent)
    expect = expected(case)
    ended = lifecircle("run", folder / "study.toml", *expect.get("args", []))
    assert (ended.code, ended.err) == (0, "")
    for fragment in expect.get("says", []):
        assert fragment in ended.out
    _check_verdicts(folder, expect)
    _check_quality(folder, expect)
    assert not (old_result / "old.txt").exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def _check_verdicts(folder: Path, expect: Expectation) -> None:
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


def _check_quality(folder: Path, expect: Expectation) -> None:
    quality = result_table(folder, "quality")
    quality = quality[quality["severity"] != "note"]
    found = quality.groupby("severity")["reason"].value_counts()
    for severity in ("warning", "lost"):
        there = found[severity].to_dict() if severity in found else {}
        assert there == expect.get(severity, {})
