"""The public edition, and an attack on it."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from lifecircle.assessment import Assessment
from lifecircle.cli import main
from lifecircle.errors import StudyError, TableError
from lifecircle.study.plan import PlanSettings
from lifecircle.supply.zoning import zone_sums, zone_totals
from lifecircle.verify import verify_result
from lifecircle.write.edition import edition_tables, edition_totals
from lifecircle.write.results import write_results

NUMBER = "虚构审字001号"
ADDED = ("households_in_residences", "met_households", "served_households", "requirement_m2",
         "allocated_m2", "shortage_m2", "supply_m2")  # fmt: skip


@pytest.fixture(scope="module")
def small(example: Assessment) -> Assessment:
    """Make a community of one residence: all but one of 远角社区 go to the one beside it."""
    homes = example.residences.copy()
    zones = example.zones
    lonely, beside = (zones.index[zones["name"] == name][0] for name in ("远角社区", "盐场社区"))
    there = homes.index[homes["community_id"] == lonely]
    homes.loc[there[1:], "community_id"] = beside
    bare = zones.drop(columns=list(zone_sums(homes, example.facilities).index))
    sums = zone_totals(homes, example.facilities, bare)
    plan = PlanSettings(review_number=NUMBER)
    study = example.study.model_copy(update={"plan": plan, "robustness": None})
    return replace(example, residences=homes, zones=sums, study=study)


@pytest.fixture(scope="module")
def folder(small: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("public") / "result"
    write_results(small, target, inputs={}, edition="public")
    return target


def equations(zones: pd.DataFrame, totals: dict[str, float | None]) -> Iterator[tuple[object, ...]]:
    """List what an attacker knows: zones of a level make the whole, children make the parent."""
    for _, level in zones.groupby("level"):
        yield totals, level
    for parent, children in zones.groupby("parent_id"):
        yield zones.loc[parent], children


def test_no_withheld_zone_is_had_by_subtraction(small: Assessment, folder: Path) -> None:
    public = pd.read_parquet(folder / "tables" / "zones.parquet")
    totals = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["totals"]
    true = small.zones
    homes = small.residences
    for name in ("residences", *ADDED[:1]):
        for whole, parts in equations(public, totals):
            blank = parts.index[parts[name].isna()]
            if whole[name] is None or pd.isna(whole[name]) or not len(blank):
                continue
            had = whole[name] - parts[name].sum()
            assert had == pytest.approx(true.loc[blank, name].sum())  # the attack works
            level = true.loc[blank[0], "level"]
            assert homes[f"{level}_id"].isin(blank).sum() >= 3, (name, [*blank])


def test_what_is_missing_is_not_had_from_what_is_asked_and_given(folder: Path) -> None:
    public = pd.read_parquet(folder / "tables" / "zones.parquet")
    parts = public[["requirement_m2", "allocated_m2", "shortage_m2"]].isna()
    assert parts.all(axis=1).eq(parts.any(axis=1)).all()
    assert parts.any(axis=None)


def test_no_difference_of_two_published_sums_is_that_of_one_or_two_residences(
    small: Assessment,
) -> None:
    public = edition_tables(small, "public")["zones"]
    homes = small.residences
    known = homes[homes["households"] > 0]
    met = known[known["verdict"] == "met"]
    for name, units in (("households_in_residences", known), ("met_households", met)):
        shown = public.index[public[name].notna() & public["residences"].gt(0)]
        inside = [
            frozenset(units.index[units[f"{public['level'][zone]}_id"] == zone]) for zone in shown
        ]
        for one, other in combinations([*inside, frozenset(units.index)], 2):
            if one != other and (one <= other or other <= one):
                assert len(one ^ other) >= 3


def test_the_community_of_one_residence_is_blank_and_its_own_figures_stay(folder: Path) -> None:
    zones = pd.read_parquet(folder / "tables" / "zones.parquet").set_index("name")
    lonely = zones.loc["远角社区"]
    assert lonely[["residences", *ADDED[:-1]]].isna().all()
    assert lonely["population"] > 0


def test_the_public_folder_has_sums_and_no_places(folder: Path) -> None:
    names = {path.name for path in folder.rglob("*.parquet")}
    tables = ("zones", "gaps", "indicators", "reconciliation")
    assert names == {f"{name}.parquet" for name in tables}
    assert not list(folder.rglob("*.tif"))  # facilities stand where the time is 0
    with closing(sqlite3.connect(folder / "results.gpkg")) as base:
        layers = dict(base.execute("SELECT table_name, description FROM gpkg_contents"))
    assert layers["行政分区"] == "公开版"
    assert set(layers) == {"行政分区", "layer_styles"}


def test_no_file_names_a_residence_or_a_facility(small: Assessment, folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.suffix in
             {".csv", ".json"}]  # fmt: skip
    for table in (small.residences, small.facilities):
        named = [*table["name"].dropna(), *table.index]
        assert not [name for name in named for text in texts if name in text]


def test_the_summary_says_which_edition_and_number(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["edition"] == "public"
    assert summary["review_number"] == NUMBER
    assert "fully_met_households" not in summary["totals"]
    assert "robustness" not in summary


def test_a_public_edition_needs_a_number(example: Assessment, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"review_number = .* under `\[plan\]`"):
        write_results(example, tmp_path / "result", inputs={}, edition="public")
    assert not (tmp_path / "result").exists()


def test_a_facility_is_named_with_consent_and_without_a_place(small: Assessment) -> None:
    goals = small.facilities.assign(publish=False)
    chosen = goals.index[goals["inside"]][0]
    goals.loc[chosen, "publish"] = True
    public = edition_tables(replace(small, facilities=goals), "public")["facilities"]
    assert public["name"].tolist() == [goals["name"][chosen]]
    assert "geometry" not in public
    assert public.index.tolist() == [0]


def test_with_consent_of_all_no_floor_area_is_withheld(small: Assessment) -> None:
    goals = small.facilities.assign(publish=True)
    public = edition_tables(replace(small, facilities=goals), "public")["zones"]
    assert public["supply_m2"].notna().all()


def test_values_for_new_residences_are_withheld_where_there_are_few(small: Assessment) -> None:
    homes = small.residences.copy()
    homes["status"] = "existing"
    homes.iloc[:2, homes.columns.get_loc("status")] = "new"
    public = edition_tables(replace(small, residences=homes), "public")["indicators"]
    rows = public.set_index("rule_id")
    assert rows.loc[["weihai-2022-new", "weihai-2022-existing"], "value"].isna().all()


def test_a_study_of_two_residences_has_no_public_sums(small: Assessment) -> None:
    homes = small.residences.iloc[:2]
    totals = edition_totals(replace(small, residences=homes), "public")
    assert totals[["residences", *ADDED[:-1]]].isna().all()


def test_verify_says_that_only_sums_and_files_are_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lifecircle", "verify", str(folder)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "只能核对文件、副本与合计" in said
    assert "不符" not in said


def test_a_public_edition_cannot_be_walked_again(small: Assessment, folder: Path) -> None:
    with pytest.raises(TableError, match="name the internal edition"):
        verify_result(folder, study=small.study)


def test_a_changed_public_sum_is_noticed(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    path = copy / "tables" / "zones.parquet"
    zones = gpd.read_parquet(path)
    zones.loc[zones["level"] == "district", "households_in_residences"] += 1
    zones.to_parquet(path)
    failing = {check.name for check in verify_result(copy) if check.problems}
    assert failing == {"files", "public_sums", "lists", "geopackage", "workbook"}
