"""The second opinion holds for what a run wrote, and notices every number that was changed."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import TableError
from lifecircle.study import example_study, read_study
from lifecircle.verify import Check, verify_result
from lifecircle.verify.copies import geopackage_problems, list_problems
from lifecircle.verify.documents import indicator_problems
from lifecircle.verify.doubts import data_problems, robustness_problems
from lifecircle.verify.drawn import map_problems
from lifecircle.verify.ledgers import own_problems, plain_problems
from lifecircle.verify.literature import reference_problems
from lifecircle.verify.lying import lying_problems
from lifecircle.verify.numbers import (
    cluster_problems,
    link_problems,
    requirement_problems,
    verdict_problems,
)
from lifecircle.verify.places import counted_problems, residence_problems
from lifecircle.verify.published import Published, Row, read_result
from lifecircle.verify.spread import equity_problems
from lifecircle.verify.sums import band_problems, gap_problems, total_problems, zone_problems

Look = Callable[[Published], tuple[int, list[str]]]

NUMBERS: list[tuple[Look, str, str]] = [
    (check, table, column)
    for check, table, columns in [
        (link_problems, "links", "walk_mm ms walk_m minutes"),
        (requirement_problems, "residences", "households requirement_m2 clause status"),
        (verdict_problems, "residences", "verdict circle_verdict verdict_with_planned"),
        (own_problems, "residences", "own_m2"),
        (own_problems, "facilities", "serves_id delivered"),
        (plain_problems, "residences", "plain_requirement_m2 plain_shortage_m2 plain_verdict"),
        (residence_problems, "residences", "reachable_facilities reachable_m2 nearest_facility_id"),
        (residence_problems, "residences", "nearest_m nearest_minutes shortage_m2 own_shortage_m2"),
        (residence_problems, "residences", "circle_shortage_m2"),
        (counted_problems, "facilities", "counted_m2 counted_reason idle_m2 reached_households"),
        (counted_problems, "facilities", "floor_area_m2 allocated_m2"),
        (lying_problems, "residences", "street_id community_id straight_m"),
        (lying_problems, "facilities", "street_id community_id"),
        (zone_problems, "zones", "residences households_in_residences households_ratio"),
        (zone_problems, "zones", "served_households served_share met_households met_share"),
        (zone_problems, "zones", "residences_met residences_short residences_unreachable"),
        (zone_problems, "zones", "residences_no_data residences_not_asked requirement_m2"),
        (zone_problems, "zones", "supply_m2 allocated_m2 shortage_m2"),
        (gap_problems, "gaps", "zone residences_short households_short shortage_m2 cluster_ids"),
        (gap_problems, "gaps", "own_ledger_shortage_m2 circle_ledger_shortage_m2"),
        (gap_problems, "gaps", "shortage_m2_with_planned"),
        (band_problems, "bands", "residences households"),
        (cluster_problems, "clusters", "requirement_m2 capacity_m2 shortage_m2 residences"),
        (cluster_problems, "clusters", "outermost minimal single_site ratio_numerator"),
        (indicator_problems, "indicators", "value numerator denominator verdict limit clause"),
        (indicator_problems, "zone_indicators", "value numerator denominator verdict limit"),
        (equity_problems, "equity", "residences households mean_served_ratio gini palma_ratio"),
        (equity_problems, "equity", "theil worst_decile_share older_concentration"),
        (equity_problems, "lorenz", "households_share ratio_share"),
        (reference_problems, "reference", "reachable_sum_m2 two_step_m2_per_100_households"),
        (reference_problems, "reference", "enhanced_two_step_m2_per_100_households"),
        (reference_problems, "reference", "gaussian_two_step_m2_per_100_households"),
        (reference_problems, "reference", "balanced_m2_per_100_households nearest_assigned_m"),
        (reference_problems, "reference", "nearest_assigned_m2_per_100_households"),
        (robustness_problems, "robustness_residences", "households met_runs no_data_runs"),
        (robustness_problems, "robustness_residences", "met_runs_share robust_label verdict"),
        (robustness_problems, "robustness_runs", "met_residences no_data_residences limit_m"),
        (robustness_problems, "robustness_tornado", "met_households_low range_households"),
        (data_problems, "reconciliation", "rows households m2 lost_rows lost_households"),
    ]
    for column in columns.split()
]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verify") / "结果"
    assert CliRunner().invoke(app, ["demo", "--out", str(out)]).exit_code == 0
    return out


@pytest.fixture
def copy(result: Path, tmp_path: Path) -> Path:
    shutil.copytree(result, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture(scope="module")
def published(result: Path) -> Published:
    return read_result(result)


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


def one_other(rows: list[Row], column: str) -> tuple[Row, object]:
    """Choose a row in the middle that has something there, and something else for it."""
    having = [row for row in rows if row[column] not in {None, ""} and row[column] == row[column]]
    row = having[len(having) // 2]
    value = row[column]
    if isinstance(value, bool):
        return row, not value
    if isinstance(value, int | float):
        return row, value + 1
    return row, next((other[column] for other in having if other[column] != value), f"{value}x")


@pytest.mark.parametrize(("look", "table", "column"), NUMBERS)
def test_a_number_changed_in_every_copy_is_noticed(
    published: Published, look: Look, table: str, column: str
) -> None:
    row, other = one_other(published.tables[table], column)
    before, row[column] = row[column], other
    try:
        assert look(published)[1]
    finally:
        row[column] = before


@pytest.mark.parametrize(
    "name",
    [
        "served_share",
        "met_share",
        "met_households",
        "supply_m2",
        "fully_met_households",
        "residences",
    ],
)
def test_a_changed_total_is_noticed(published: Published, name: str) -> None:
    before = published.summary["totals"][name]
    published.summary["totals"][name] = before + 0.01
    try:
        assert total_problems(published)[1]
    finally:
        published.summary["totals"][name] = before


def test_tables_that_do_not_belong_together_are_a_breach_and_no_crash(copy: Path) -> None:
    path = copy / "tables" / "residences.parquet"
    pd.read_parquet(path).rename(index={"SL003": "SL999"}).to_parquet(path)
    told = {check.name: check.problems for check in verify_result(copy) if check.problems}
    assert any("do not belong together" in each for each in told["counted"])


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
    book = openpyxl.load_workbook(copy / "workbook.xlsx")
    sheet = book["居住区明细"]
    (head,) = (cell for row in sheet.iter_rows(max_row=9) for cell in row if cell.value == "户数")
    sheet.cell(row=head.row + 4, column=head.column).value += 1
    book.save(copy / "workbook.xlsx")
    assert failing(copy) == {"files", "lists", "map", "geopackage", "workbook"}


@pytest.mark.parametrize(
    ("table", "column"),
    [("residences", "verdict"), ("facilities", "name"), ("zones", "served_share"),
     ("indicators", "reading"), ("links", "minutes"), ("quality", "reason"),
     ("facilities", "operator"), ("zones", "urban")],
)  # fmt: skip
def test_any_cell_of_a_list_is_noticed(
    copy: Path, published: Published, table: str, column: str
) -> None:
    path = copy / f"{table}.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    at = list(published.tables[table][0]).index(column)
    line = next(line for line, row in enumerate(rows[1:], start=1) if row[at])
    rows[line][at] = "0.123"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert list_problems(read_result(copy))[1] == [
        f"{table}.csv, row {line + 1}: '0.123' is not the table's {column}."
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE 居住小区 SET 户数 = 户数 + 1 WHERE fid = 3",
        "UPDATE 养老设施 SET geom = (SELECT geom FROM 养老设施 WHERE fid = 2) WHERE fid = 1",
        "UPDATE 行政分区 SET 名称 = 'x' WHERE fid = 1",
    ],
)
def test_any_cell_and_shape_of_a_layer_is_noticed(copy: Path, change: str) -> None:
    with sqlite3.connect(copy / "results.gpkg") as base:
        triggers = [name for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'")]  # fmt: skip
        for name in triggers:
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute(change)
    assert len(geopackage_problems(read_result(copy))[1]) == 1


def test_an_outline_may_be_kept_as_one_of_several(copy: Path) -> None:
    """A layer of outlines in one and in several parts keeps them all as of several."""
    with sqlite3.connect(copy / "results.gpkg") as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            base.execute(f'DROP TRIGGER "{name}"')
        shapes = base.execute("SELECT fid, geom FROM 居住小区").fetchall()
        for fid, shape in shapes:
            head = 40  # bytes before the shape itself, its box among them
            outline = shapely.from_wkb(shape[head:])
            several = shape[:head] + shapely.to_wkb(shapely.MultiPolygon([outline]))
            base.execute("UPDATE 居住小区 SET geom = ? WHERE fid = ?", (several, fid))
    assert geopackage_problems(read_result(copy))[1] == []


@pytest.mark.parametrize("name", ["nearest_m", "circle_m2", "verdict"])
def test_any_number_of_a_residence_on_the_map_is_noticed(copy: Path, name: str) -> None:
    page = (copy / "map.html").read_text(encoding="utf-8")
    start = page.index(f'"{name}":[', page.index('"residences":{')) + len(name) + 4
    end = page.index(",", start)
    other = '"not_asked"' if name == "verdict" else "98765"
    (copy / "map.html").write_text(page[:start] + other + page[end:], "utf-8")
    assert len(map_problems(read_result(copy))[1]) == 1


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
    assert (holds.exit_code, holds.output.count("通过"), holds.output.count("不符")) == (0, 25, 0)
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
