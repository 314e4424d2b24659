"""The second opinion holds for what a run wrote, and notices every number that was changed."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import TableError
from lifecircle.study import example_study, read_study
from lifecircle.verify import Check, verify_result


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verify") / "结果"
    assert CliRunner().invoke(app, ["demo", "--out", str(out)]).exit_code == 0
    return out


@pytest.fixture
def copy(result: Path, tmp_path: Path) -> Path:
    shutil.copytree(result, tmp_path / "copy")
    return tmp_path / "copy"


def failing(folder: Path) -> set[str]:
    return {check.name for check in verify_result(folder) if check.problems}


def test_a_result_holds_with_its_study(result: Path) -> None:
    checks = verify_result(result, study=read_study(example_study()))
    assert not [check for check in checks if check.problems]
    assert {check.name for check in checks if check.looked_at} == {check.name for check in checks}
    links = pd.read_parquet(result / "tables" / "links.parquet")
    assert checks[-1] == Check("walks", len(links), ())


def change(table: str, column: str, change: Callable[[pd.Series], pd.Series]) -> object:
    def edit(folder: Path) -> None:
        path = folder / "tables" / f"{table}.parquet"
        rows = pd.read_parquet(path)
        rows[column] = change(rows[column])
        rows.to_parquet(path)

    return edit


def one_more(values: pd.Series) -> pd.Series:
    first = values.gt(1).idxmax()
    return values.where(values.index != first, values + 1)


@pytest.mark.parametrize(
    ("edit", "noticed"),
    [
        (change("links", "walk_mm", one_more), {"links"}),
        (change("links", "walk_mm", lambda mm: mm + 900_000), {"links"}),
        (change("links", "allocated_m2", one_more), {"flow", "lists"}),
        (change("residences", "households", one_more), {"requirement"}),
        (change("residences", "requirement_m2", one_more), {"requirement", "totals", "zones"}),
        (change("residences", "shortage_m2", one_more), {"totals", "zones", "gaps", "lists"}),
        (
            change("residences", "verdict", lambda _: "met"),
            {"verdicts", "totals", "zones", "gaps"},
        ),
        (change("facilities", "counted_m2", lambda m2: m2 + 10), {"fairness", "lists"}),
        (change("clusters", "shortage_m2", one_more), {"clusters", "lists"}),
        (change("zones", "requirement_m2", one_more), {"zones", "lists"}),
        (change("gaps", "shortage_m2", one_more), {"gaps", "lists"}),
    ],
)
def test_a_changed_table_is_noticed(
    copy: Path, edit: Callable[[Path], None], noticed: set[str]
) -> None:
    edit(copy)
    assert failing(copy) >= noticed | {"files"}


def test_an_unfair_sharing_is_noticed(copy: Path) -> None:
    """Take from one that shares a facility and is short; give it to another one there."""
    path = copy / "tables" / "links.parquet"
    links = pd.read_parquet(path)
    short = (
        pd.read_parquet(copy / "tables" / "residences.parquet").query("verdict == 'short'").index
    )
    given = links[links["residence_id"].isin(short) & links["allocated_m2"].gt(5)]
    facility = given.groupby("facility_id").size().idxmax()
    pair = given.index[given["facility_id"] == facility][:2]
    links.loc[pair, "allocated_m2"] += [-5.0, 5.0]
    links.to_parquet(path)
    homes_path = copy / "tables" / "residences.parquet"
    homes = pd.read_parquet(homes_path)
    for at, by in zip(links.loc[pair, "residence_id"], (-5.0, 5.0), strict=True):
        homes.loc[at, "circle_m2"] += by
    homes.to_parquet(homes_path)
    assert "fairness" in failing(copy)
    assert "flow" not in failing(copy)


def test_changed_copies_are_noticed(copy: Path) -> None:
    lists = copy / "residences.csv"
    rows = list(csv.reader(lists.read_text(encoding="utf-8-sig").splitlines()))
    rows[1][rows[0].index("要求面积（平方米）")] = "1"
    with lists.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    page = copy / "map.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace('"requirement_m2":15346.75', '"requirement_m2":15346.76'), "utf-8")
    with sqlite3.connect(copy / "results.gpkg") as base:
        base.execute("DROP TRIGGER IF EXISTS trigger_delete_feature_count_步行联系")
        base.execute("DELETE FROM 步行联系 WHERE fid = 1")
    (copy / "workbook.xlsx").write_bytes((copy / "workbook.xlsx").read_bytes())
    assert failing(copy) == {"files", "lists", "map", "geopackage"}


def test_strays_and_missing_files_are_named(copy: Path) -> None:
    (copy / "more.txt").write_text("x", encoding="utf-8")
    (copy / "zones.csv").unlink()
    (files,) = (check for check in verify_result(copy) if check.name == "files")
    assert files.problems == (
        "zones.csv: in the manifest, but not there.",
        "more.txt: not in the manifest.",
    )


def test_another_study_is_noticed(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["inputs"]["facilities"]["sha256"] = "0" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    checks = verify_result(copy, study=read_study(example_study()))
    (inputs,) = (check for check in checks if check.name == "inputs")
    assert inputs.problems == ("facilities.xlsx is not the file that the result was made from.",)


def test_the_command_says_what_holds_and_what_fails(copy: Path) -> None:
    holds = CliRunner().invoke(app, ["verify", str(copy)])
    assert (holds.exit_code, holds.output.count("通过"), holds.output.count("不符")) == (0, 14, 0)
    (copy / "zones.csv").unlink()
    fails = CliRunner().invoke(app, ["verify", str(copy), "--language", "en"])
    assert fails.exit_code == 2
    assert "FAILS  files are those of the manifest" in fails.output


def test_what_is_no_result_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no 'manifest.json' in it"):
        verify_result(tmp_path)
    (tmp_path / "tables").mkdir()
    for name in ("manifest.json", "summary.json"):
        (tmp_path / name).write_text("{", encoding="utf-8")
    for name in ("residences", "facilities", "links", "zones", "clusters", "indicators"):
        (tmp_path / "tables" / f"{name}.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match="cannot be read"):
        verify_result(tmp_path)
