"""People of a raster in a whole run: the base town of the corpus, with cells counted by hand."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import read_study
from lifecircle.write.edition import edition_tables
from lifecircle.write.results import write_results

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    for case in ("b00_base", "b30_population"):
        shutil.copytree(CORPUS / case, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def town(folder: Path) -> Assessment:
    return assess_study(read_study(folder / "study.toml"))


def test_people_by_residences_and_by_the_raster(town: Assessment) -> None:
    assert town.population is not None
    whole = town.population.iloc[-1]
    assert whole["level"] == "area"
    # 250 people in each of four cells, of which R1 covers a quarter; R2 and R3 fill theirs.
    assert whole["people_raster"] == pytest.approx(4 * 250 + 500 + 250)
    assert whole["people_in_residences"] == whole["people_assigned"] == pytest.approx(1000)
    assert whole["people_unassigned"] == pytest.approx(750)
    # R1 and R2 reach floor area, R3 does not.
    assert whole["served_in_residences"] == pytest.approx(750)
    parts = whole[["from_unassigned", "from_ground", "from_given"]]
    assert parts.sum() == pytest.approx(whole["difference"])
    assert whole["from_given"] == 0


def test_zones_and_totals_tell_of_the_people(town: Assessment) -> None:
    drawn = town.zones[town.zones.geometry.notna()]
    for name, people in (("people_raster", 1750), ("people_unassigned", 750)):
        assert drawn[name].sum() == pytest.approx(people)
        assert town.totals[name] == pytest.approx(people)


def test_the_reconciliation_loses_nobody(town: Assessment) -> None:
    steps = town.reconciliation.set_index(["input", "step"])["people"].loc["population"]
    assert steps.to_dict() == pytest.approx({"read": 1750, "inside": 1750, "assigned": 1000})


def test_served_people_are_within_the_limit_and_not_the_rings(folder: Path) -> None:
    study = read_study(folder / "study.toml")
    by_metres = study.model_copy(
        update={"walk": study.walk.model_copy(update={"limit_m": 900.0, "rings": (5.0,)})}
    )
    pd.testing.assert_frame_equal(
        assess_study(by_metres).population, assess_study(study).population
    )


def test_the_public_edition_tells_no_people(town: Assessment) -> None:
    tables = edition_tables(town, "public")
    assert "population" not in tables
    assert not [name for name in tables["zones"] if "people" in name]
    assert tables["reconciliation"]["input"].isin(["residences", "facilities"]).all()


def test_a_result_names_rasters_and_settings_without_paths(
    town: Assessment, tmp_path: Path, folder: Path
) -> None:
    write_results(town, tmp_path / "result", inputs={"population": folder / "population_made.tif"})
    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["population"]["file"] == "population_made.tif"
    assert manifest["settings"]["population"]["persons_per_household"] == 2.5
    assert "file" not in manifest["settings"]["population"]
    table = pd.read_csv(tmp_path / "result" / "population.csv", encoding="utf-8-sig")
    assert "of them between residences" in table.columns


def test_residences_of_households_alone_have_people_too(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "town")
    shutil.copy(CORPUS / "b00_base" / "residences.csv", tmp_path / "town")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('"residences_made.geojson"', '"residences.csv"\ndatum = "wgs84"')
    (tmp_path / "town" / "study.toml").write_text(text, encoding="utf-8")
    points = assess_study(read_study(tmp_path / "town" / "study.toml"))
    assert points.population is not None
    whole = points.population.iloc[-1]
    # 400 households of 2.5; R3 with 100 of them is not served; no point has people of the raster.
    assert whole["people_in_residences"] == 1000
    assert whole["served_in_residences"] == 750
    assert whole["people_unassigned"] == pytest.approx(1750)
    assert points.residences["population"].isna().all()
