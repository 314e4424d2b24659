"""The example study tells its story: what data/README.md says can be seen in the result."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from typer.testing import CliRunner

from lifecircle.assessment import Assessment, assess_study
from lifecircle.cli import app
from lifecircle.study import example_study, read_study
from lifecircle.write.bundle import file_hash


@pytest.fixture(scope="session")
def demo() -> Assessment:
    return assess_study(read_study(example_study()))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "结果"
    result = CliRunner().invoke(app, ["demo", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


def of_zone(demo: Assessment, name: str, level: str) -> pd.DataFrame:
    zone_id = demo.zones.index[demo.zones["name"].eq(name) & demo.zones["level"].eq(level)][0]
    return demo.residences[demo.residences[f"{level}_id"] == zone_id]


@pytest.mark.parametrize("street", ["老城街道", "北岭街道"])
def test_existing_residences_of_the_old_town_are_met(demo: Assessment, street: str) -> None:
    there = of_zone(demo, street, "street")
    assert set(there.loc[there["status"] == "existing", "verdict"]) == {"met"}


def test_the_south_is_reachable_but_short(demo: Assessment) -> None:
    there = of_zone(demo, "南园街道", "street")
    circle = there[there["ledger"] == "circle"]
    assert (circle["reachable_facilities"] > 0).all()
    assert (circle["verdict"] == "short").mean() > 0.5


@pytest.mark.parametrize("community", ["望河社区", "远角社区", "南洼社区"])
def test_what_is_cut_off_is_unreachable(demo: Assessment, community: str) -> None:
    there = of_zone(demo, community, "community")
    existing = there[there["status"] == "existing"]
    assert len(existing) > 0
    assert set(existing["verdict"]) == {"unreachable"}


def test_the_river_parts_what_lies_side_by_side(demo: Assessment) -> None:
    there = of_zone(demo, "望河社区", "community")
    counted = demo.facilities[demo.facilities["counted_m2"] > 0]
    across = there.geometry.distance(counted.geometry.union_all())
    assert across.min() < 300  # as the crow flies
    assert there["nearest_m"].min() > 900  # on foot


def test_new_residences_are_judged_by_what_was_built_for_them(demo: Assessment) -> None:
    new = demo.residences[demo.residences["status"] == "new"]
    assert new["ledger"].eq("own").all()
    assert new["verdict"].value_counts().to_dict() == {"short": 31, "met": 7, "no_data": 1}


def test_a_station_of_unknown_area_decides_some_verdicts(demo: Assessment) -> None:
    doubtful = demo.residences[demo.residences["reason"] == "facility_area_unknown"]
    assert len(doubtful) > 0
    assert doubtful["unknown_facilities"].eq("YL031").all()


def test_what_does_not_count_says_why(demo: Assessment) -> None:
    reasons = demo.facilities["counted_reason"].value_counts()
    assert reasons["basement"] == 1
    assert reasons["site_counted_once"] == 2  # three functions under one roof
    assert reasons["area_unknown"] == 1
    assert reasons["not_operating"] == 8  # seven planned, one closed


def test_every_file_of_the_result_is_in_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {*manifest["files"], "manifest.json"}
    for name, entry in manifest["files"].items():
        assert file_hash(folder / name) == entry["sha256"]
    data = example_study().parent
    assert manifest["inputs"]["streets"]["sha256"] == file_hash(
        data / "boundaries" / "streets.osm.pbf"
    )


def test_csv_opens_in_excel_with_chinese_headers(folder: Path, demo: Assessment) -> None:
    assert (folder / "residences.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(folder / "residences.csv", encoding="utf-8-sig", dtype=str)
    assert len(table) == len(demo.residences)
    assert {"小区编号", "户数", "判定结果", "缺口面积（平方米）"} <= set(table.columns)
    assert set(table["判定结果"]) == {"达标", "不足", "步行不可达", "数据缺失"}


def test_parquet_holds_the_contract_and_reads_back(folder: Path, demo: Assessment) -> None:
    table = gpd.read_parquet(folder / "tables" / "residences.parquet")
    assert table["verdict"].to_dict() == demo.residences["verdict"].to_dict()
    assert table.crs == demo.crs


def test_geopackage_has_the_layers(folder: Path, demo: Assessment) -> None:
    layers = {name for name, _ in pyogrio.list_layers(folder / "results.gpkg")}
    assert layers == {
        "居住小区",
        "养老设施",
        "步行范围",
        "可选址范围",
        "短缺片区",
        "行政分区",
        "步行联系",
        "layer_styles",
    }
    facilities = pyogrio.read_dataframe(folder / "results.gpkg", layer="养老设施")
    assert len(facilities) == len(demo.facilities)
    assert facilities.crs == demo.crs


def test_the_same_inputs_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "again")])
    assert result.exit_code == 0
    one, two = (
        json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        for path in (folder, tmp_path / "again")
    )
    assert one == two


def test_the_page_of_results_names_the_files_that_are_there(folder: Path) -> None:
    page = Path(__file__).parents[1] / "docs" / "results.md"
    if not page.is_file():
        pytest.skip("an installed package has no documents")
    text = page.read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    first = {line.split("`")[1]: line for line in table if "." in line.split("`")[1]}
    always = [name for name, line in first.items() if "only where" not in line]
    assert [name for name in always if not list(folder.glob(name))] == []
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    stems = {name.rpartition("/")[2].partition(".")[0] for name in written}
    assert [stem for stem in stems if f"`{stem}`" not in text and f"`{stem}." not in text
            and f"## {stem}\n" not in text] == []  # fmt: skip
