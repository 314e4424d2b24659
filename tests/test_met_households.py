"""Households in residences that are met in full, in the toy town."""

from pathlib import Path

import pandas as pd
import pytest
import shapely

from lifecircle.assessment import Assessment, assess
from lifecircle.labels import Language
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.standards.profile import read_standard
from lifecircle.write.results import write_results
from lifecircle.write.terminal import summary_tables
from test_assessment import assessed, study, table
from worlds import World, street_ways

NAMES = ["fully_met_households", "fully_met_households_best", "fully_met_households_bound"]


def small_town(**more: object) -> StudyInputs:
    """One street: 100 and 200 households share a station of 45 m²; 20 m² per 100 are asked."""
    home = {"status": "existing", "own_floor_area_m2": 0.0}
    homes = {
        "r1": {**home, "name": "一号", "households": 100.0, "geometry": shapely.Point(0, 0)},
        "r2": {**home, "name": "二号", "households": 200.0, "geometry": shapely.Point(400, 0)},
    }
    station = {"name": "站", "kind": "community_station", "floor_area_m2": 45.0, "floor": 1.0,
               "status": "operating", "geometry": shapely.Point(200, 0)} | more  # fmt: skip
    return StudyInputs(
        streets=street_ways(World(xy=[(0, 0), (900, 0)], ways=[([0, 1], {"highway": "service"})])),
        residences=table(homes, "residence_id"),
        facilities=table({"A": station}, "facility_id"),
    )


def found(inputs: StudyInputs, **settings: object) -> Assessment:
    plain = read_standard("walk-20")
    return assess(inputs, study=study(**settings), standard=plain, plain=plain)


def test_nobody_is_met_under_the_fair_share_and_200_households_at_best() -> None:
    # 60 m² asked, 45 there: three quarters each. All 40 m² to the second, or 20 to the first.
    assert found(small_town()).totals[NAMES].tolist() == [0, 200, 200]


def test_what_is_reserved_stays_with_whom_it_was_built_for() -> None:
    # 20 m² are the first one's own; of the 25 left nobody else can be met.
    kept = found(small_town(serves_id="r1"))
    assert kept.totals[NAMES].tolist() == [100, 100, 100]


def test_the_tolerance_holds_for_both() -> None:
    # With a tenth off 36 m² do for the second, and 18 for the first: 54, more than there is.
    assert found(small_town(), tolerance_share=0.1).totals[NAMES].tolist() == [0, 200, 200]
    # A quarter off: 15 and 30 m², which is just what there is.
    assert found(small_town(), tolerance_share=0.25).totals[NAMES].tolist() == [300, 300, 300]


def test_a_facility_of_unknown_area_counts_nothing() -> None:
    totals = found(small_town(floor_area_m2=None)).totals
    assert totals[NAMES].tolist() == [0, 0, 0]


def test_the_toy_town_of_all_cases() -> None:
    # r1 and r2 need 45 and 30 of A's 60 m²: 44.78 alone, or 29.85; r3 has its own 20 m².
    assert assessed().totals[NAMES].tolist() == [100, 400, 400]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "公平分享下 0 户；任何分法最多 200 户"),
        ("en", "0 under the fair share, 200 at best under any sharing"),
    ],
)
def test_the_terminal_says_it_in_one_sentence(language: Language, said: str) -> None:
    tables = summary_tables(found(small_town(), language=language))
    cells = [str(cell) for table in tables for column in table.columns for cell in column.cells]
    assert [cell for cell in cells if said in cell]


def test_reference_and_equity_stand_in_the_result_folder(tmp_path: Path) -> None:
    write_results(found(small_town()), tmp_path / "out", inputs={})
    for name in ("reference", "equity", "lorenz"):
        assert (tmp_path / "out/tables" / f"{name}.parquet").exists()
    reference = pd.read_parquet(tmp_path / "out/tables/reference.parquet")
    # 45 m² for 300 households: 15 per 100, for both; each could have all of it.
    assert reference["two_step_m2_per_100_households"].tolist() == pytest.approx([15, 15])
    assert reference["reachable_sum_m2"].tolist() == [45, 45]
    people = pd.read_csv(tmp_path / "out/equity.csv")
    assert people["级别"].tolist() == ["全域"]
    assert people["基尼系数"].tolist() == [0]
    assert (
        (tmp_path / "out/reference.csv")
        .read_text("utf-8-sig")
        .startswith("小区编号,步行可达面积合计")
    )
