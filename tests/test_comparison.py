"""Two results side by side."""

import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from matplotlib.text import Text

from lifecircle.assessment import Assessment, assess
from lifecircle.cli import main
from lifecircle.errors import CrsError, TableError
from lifecircle.read.study_inputs import read_study_inputs
from lifecircle.study import example_study
from lifecircle.whatif.comparison import compare_results, comparison_doubts
from lifecircle.write.comparison import comparison_heading, write_comparison
from lifecircle.write.comparison_map import ComparisonHeading, draw_comparison
from lifecircle.write.edition import edition_tables
from lifecircle.write.results import write_results

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables(example: Assessment) -> Tables:
    return dict(edition_tables(example, "internal"))


@pytest.fixture(scope="module")
def result(example: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "before"
    write_results(example, folder, inputs={"study": example_study()})
    return folder


def with_residences(tables: Tables, **cells: dict[str, object]) -> Tables:
    """Change cells of single residences."""
    homes = tables["residences"].copy()
    for key, changed in cells.items():
        for name, cell in changed.items():
            homes.loc[key, name] = cell
    return tables | {"residences": homes}


def test_the_same_result_twice_changes_nothing(tables: Tables) -> None:
    found = compare_results(tables, tables)
    assert set(found.residences["change"]) == {"same"}
    assert found.zones.filter(like="_change").fillna(0).eq(0).all(axis=None)
    assert found.indicators["value_change"].fillna(0).eq(0).all()
    counts = tables["residences"]["verdict"].value_counts()
    for word in counts.index:
        assert found.transitions.loc[word, word] == counts[word]


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (("short", 20.0), ("met", 0.0), "better"),
        (("short", 20.0), ("short", 5.0), "better"),
        (("short", 5.0), ("short", 5.01), "worse"),
        (("met", 0.0), ("unreachable", 20.0), "worse"),
        (("unreachable", 20.0), ("short", 20.0), "better"),
        (("no_data", None), ("met", 0.0), "unlike"),
        (("not_asked", None), ("not_asked", None), "same"),
    ],
)
def test_a_change_is_of_the_verdict_then_of_what_is_missing(
    tables: Tables, was: tuple[str, float], now: tuple[str, float], change: str
) -> None:
    old, new = (
        with_residences(tables, SL001={"verdict": verdict, "shortage_m2": missing})
        for verdict, missing in (was, now)
    )
    found = compare_results(old, new).residences
    assert found["change"]["SL001"] == change
    assert set(found["change"].drop("SL001")) == {"same"}


def test_residences_of_one_result_only_are_added_or_gone(tables: Tables) -> None:
    homes = tables["residences"]
    old, new = tables | {"residences": homes.iloc[1:]}, tables | {"residences": homes.iloc[:-1]}
    change = compare_results(old, new).residences["change"]
    assert change[homes.index[0]] == "added"
    assert change[homes.index[-1]] == "gone"
    assert len(change) == len(homes)


def test_one_more_facility_makes_nobody_worse(example: Assessment, tables: Tables) -> None:
    """A law of the fair share: more floor area lowers nobody's (leximin)."""
    goals = example.facilities
    station = goals.index[goals["counted_m2"].gt(0) & goals["gain_m2_per_m2"].gt(0)][0]
    study = example.study
    inputs = read_study_inputs(study, standard=example.standard)
    added = inputs.facilities.loc[[station]].rename({station: "NEW"})
    added["floor_area_m2"] = 500.0
    more = pd.concat([inputs.facilities, added])
    later = assess(
        replace(inputs, facilities=more), study=study, standard=example.standard,
        plain=example.plain, also=example.also,
    )  # fmt: skip
    found = compare_results(tables, dict(edition_tables(later, "internal"))).residences
    assert not found["change"].isin(["worse", "added", "gone"]).any()
    assert found["change"].eq("better").any()


def test_tables_in_two_systems_are_not_compared(tables: Tables) -> None:
    homes = tables["residences"]
    assert isinstance(homes, gpd.GeoDataFrame)
    other = tables | {"residences": homes.to_crs("EPSG:4548")}
    with pytest.raises(CrsError, match="not in one CRS"):
        compare_results(tables, other)


def test_a_public_edition_is_not_compared(example: Assessment, tables: Tables) -> None:
    public = dict(edition_tables(example, "public"))
    with pytest.raises(TableError, match="the later result has no table 'residences'"):
        compare_results(tables, public)


def test_what_else_differs_is_said() -> None:
    old = {"settings": {"title": "东区", "standard": "walk-20", "walk": {"speed_m_s": 1.0}}}
    new = {"settings": {"title": "西区", "standard": "walk-20", "walk": {"speed_m_s": 0.8}}}
    assert comparison_doubts(old, new) == {
        "title": ("东区", "西区"), "walk": ("speed_m_s = 1.0", "speed_m_s = 0.8"),
    }  # fmt: skip


def test_another_study_area_and_other_priorities_are_said() -> None:
    settings = {"title": "东区", "priority": {"older_80_weight": 2.0, "zones": {}}}
    part = {"area": {"file": "area.gpkg", "sha256": "0123456789abcdef"}}
    whole = {"settings": {"title": "东区", "priority": {"older_80_weight": None}}, "inputs": {}}
    assert comparison_doubts(whole, {"settings": settings, "inputs": part}) == {
        "area": ("-", "area.gpkg (01234567)"),
        "priority": ("-", "older_80_weight = 2.0"),
    }


def test_the_folder_has_lists_a_layer_and_a_map(tables: Tables, tmp_path: Path) -> None:
    homes = tables["residences"]
    point = {"geometry": shapely.Point(homes.geometry["SL002"].centroid), "verdict": "met"}
    later = with_residences(tables, SL002=point)
    later["residences"] = later["residences"].drop("SL003")
    found = compare_results(tables, later)
    heading = ComparisonHeading(title="甲→乙")
    write_comparison(found, tables, later, tmp_path / "out", heading=heading, language="zh")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "residences_changes.csv", "zones_changes.csv", "indicators_changes.csv", "changes.gpkg",
        "changes.png", "changes.pdf",
    }  # fmt: skip
    layer = gpd.read_file(tmp_path / "out" / "changes.gpkg").set_index("小区编号")
    assert layer["变化"][["SL001", "SL002", "SL003"]].tolist() == ["不变", "改善", "不再出现"]
    listed = pd.read_csv(tmp_path / "out" / "residences_changes.csv", dtype=str)
    assert len(listed) == len(layer) == len(homes)


def test_the_map_says_who_made_it_and_from_whose_data(tables: Tables) -> None:
    def manifest(sources: list[str]) -> dict[str, object]:
        plan = {"organisation": "虚构规划院", "sources": sources}
        return {"settings": {"made": False, "plan": plan, "attribution": ["© 虚构道路"]}}

    homes = tables["residences"]
    assert isinstance(homes, gpd.GeoDataFrame)
    heading = comparison_heading(manifest(["旧名录"]), manifest(["新名录"]), title="甲→乙")
    placed = homes[["geometry"]].assign(change="same")
    figure = draw_comparison(placed, tables["zones"], heading=heading, language="zh")
    said = {text.get_text() for text in figure.findobj(Text)}
    assert {"内部资料", "虚构规划院", "新名录；© 虚构道路；旧名录", "老城街道"} <= said
    assert "示例数据，非真实数据" not in said


def command(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["lifecircle", "compare", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_command_compares_a_result_with_itself(
    result: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(str(result), str(result), monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out
    assert "不变" in said
    assert "变差" not in said
    assert "注意" not in said


@pytest.mark.parametrize("manifest", [None, "{}", "no JSON", "[1]"])
def test_what_is_no_result_is_refused(
    manifest: str | None, result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    if manifest is not None:
        (tmp_path / "other" / "manifest.json").write_text(manifest, encoding="utf-8")
    assert command(str(result), str(tmp_path / "other"), monkeypatch=monkeypatch) == 2


def test_a_folder_in_use_is_left_alone(
    result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    arguments = (str(result), str(result), "--out", str(tmp_path))
    assert command(*arguments, monkeypatch=monkeypatch) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
