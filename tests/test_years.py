"""Years: the town at the end of one, and over several; the answers are in the reader's head."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.assessment import Assessment
from lifecircle.assessment.rehearsing import rehearse
from lifecircle.errors import StudyError, TableError
from lifecircle.messages import in_language, refusal
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import RobustnessSettings, read_study
from lifecircle.supply.years import status_then
from lifecircle.whatif.robustness import robust_verdicts
from lifecircle.write.edition import edition_tables
from lifecircle.write.records import summary_record
from lifecircle.write.report.material import printed_table
from test_assessment import STREET, assessed, study, table
from worlds import METRES, World, street_ways

UNKNOWN = float("nan")
YEARS = (2019, 2020, 2023, 2024, 2025, 2026)


def dated_town() -> StudyInputs:
    """
    Draw a street of 3 km in two zones, and what opens, closes and is built over the years.

    West: Old (100 households, since ever) and New (200, built in 2024) walk to A (20 m², 2010 to
    2024), which B (50 m², from 2024, listed as planned) replaces. East: Far (100 households, year
    unknown) walks to C (30 m², from 2020, no year of closing).
    """
    point = shapely.Point
    homes = {
        "old": {"name": "Old", "households": 100.0, "status": "existing", "year": 1990.0,
                "geometry": point(100, 0)},
        "new": {"name": "New", "households": 200.0, "status": "existing", "year": 2024.0,
                "geometry": point(200, 0)},
        "far": {"name": "Far", "households": 100.0, "status": "existing", "year": UNKNOWN,
                "geometry": point(2600, 0)},
    }  # fmt: skip
    common = {"kind": "community_station", "floor": 1.0}
    sites = {
        "A": {"name": "Station A", "floor_area_m2": 20.0, "status": "closed",
              "open_year": 2010.0, "close_year": 2024.0, "geometry": point(300, 0), **common},
        "B": {"name": "Station B", "floor_area_m2": 50.0, "status": "planned",
              "open_year": 2024.0, "close_year": UNKNOWN, "geometry": point(310, 0), **common},
        "C": {"name": "Station C", "floor_area_m2": 30.0, "status": "operating",
              "open_year": 2020.0, "close_year": UNKNOWN, "geometry": point(2500, 0), **common},
    }  # fmt: skip
    zones = gpd.GeoDataFrame(
        {"name": ["West", "East"], "level": "street"},
        geometry=[shapely.box(0, -500, 1500, 500), shapely.box(1500, -500, 3000, 500)],
        index=pd.Index(["W", "E"], name="zone_id"),
        crs=METRES,
    )
    return StudyInputs(
        streets=street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])),
        residences=table(homes, "residence_id"),
        facilities=table(sites, "facility_id"),
        zones=zones,
    )


def found(inputs: StudyInputs | None = None, **settings: object) -> Assessment:
    return assessed(inputs or dated_town(), "walk-20", **settings)


@pytest.fixture(scope="module")
def series() -> Assessment:
    return found(years=YEARS)


def of_area(result: Assessment) -> pd.DataFrame:
    years = result.years
    return years[years["level"] == "area"].set_index("year")


@pytest.mark.parametrize(
    ("listed", "opens", "closes", "states"),
    [
        # at the end of            2023         2024         2025
        ("operating", 2024, UNKNOWN, ("planned", "operating", "operating")),
        ("operating", UNKNOWN, UNKNOWN, ("operating", "operating", "operating")),
        ("operating", 2000, 2024, ("operating", "closed", "closed")),
        ("planned", 2025, UNKNOWN, ("planned", "planned", "operating")),
        ("planned", UNKNOWN, UNKNOWN, ("planned", "planned", "planned")),
        ("closed", 2000, 2025, ("operating", "operating", "closed")),
        ("closed", UNKNOWN, 2025, ("operating", "operating", "closed")),
        ("closed", 2024, UNKNOWN, ("closed", "closed", "closed")),
        ("closed", 2024, 2025, ("planned", "operating", "closed")),
        ("operating", 2024, 2024, ("planned", "closed", "closed")),
    ],
)
def test_a_facility_counts_from_its_first_year_and_not_in_its_last(
    listed: str, opens: float, closes: float, states: tuple[str, ...]
) -> None:
    facility = pd.DataFrame({"status": [listed], "open_year": [opens], "close_year": [closes]})
    then = tuple(status_then(facility, year=year).item() for year in (2023, 2024, 2025))
    assert then == states


def test_the_series_by_hand(series: Assessment) -> None:
    rows = of_area(series)
    assert rows["requirement_m2"].tolist() == [40, 40, 40, 80, 80, 80]  # 20 m² per 100 households
    assert rows["supply_m2"].tolist() == [20, 50, 50, 80, 80, 80]  # A, then B in its place; C
    assert rows["allocated_m2"].tolist() == [20, 40, 40, 70, 70, 70]
    assert rows["shortage_m2"].tolist() == [20, 0, 0, 10, 10, 10]
    assert rows["served_share"].tolist() == [0.5, 1, 1, 1, 1, 1]
    assert rows["met_share"].tolist() == [0.5, 1, 1, 0.25, 0.25, 0.25]
    assert rows["facilities_counted"].tolist() == [1, 2, 2, 2, 2, 2]
    assert rows["residences_not_built"].tolist() == [1, 1, 1, 0, 0, 0]
    assert rows["residences_year_unknown"].eq(1).all()
    assert rows["facilities_year_unknown"].eq(0).all()


def test_zones_add_up_to_the_area(series: Assessment) -> None:
    rows = series.years
    columns = ["residences", "residences_not_built", "requirement_m2", "supply_m2", "shortage_m2",
               "facilities_counted", "residences_year_unknown"]  # fmt: skip
    zones = rows[rows["level"] == "street"].groupby("year")[columns].sum()
    pd.testing.assert_frame_equal(
        zones.astype(float), of_area(series)[columns].astype(float), check_names=False
    )
    west = rows[(rows["zone_id"] == "W") & (rows["year"] == 2024)].iloc[0]
    assert (west["zone"], west["requirement_m2"], west["shortage_m2"]) == ("West", 60, 10)


def test_every_residence_has_one_verdict_or_is_not_built(series: Assessment) -> None:
    rows = series.years
    verdicts = rows[[name for name in rows if str(name).startswith("residences_")]]
    known = verdicts.drop(columns="residences_year_unknown").sum(axis=1)
    whole = rows["level"].eq("area")
    assert known[whole].eq(3).all()
    assert (rows["allocated_m2"] <= rows["requirement_m2"]).all()


@pytest.mark.parametrize("year", YEARS)
def test_a_run_as_of_a_year_is_that_row_of_the_series(series: Assessment, year: int) -> None:
    run = found(as_of=year)
    rows = series.years[series.years["year"] == year].set_index("zone_id")
    sums = [name for name in rows if name in run.totals.index]
    assert len(sums) == 15
    whole = rows[rows["level"] == "area"].iloc[0]
    assert {name: whole[name] for name in sums} == run.totals[sums].to_dict()
    zones = rows[rows["level"] == "street"].loc[run.zones.index, sums].astype(float)
    pd.testing.assert_frame_equal(zones, run.zones[sums].astype(float), check_names=False)
    assert len(run.residences) == whole["residences"]


def test_homes_within_a_residence_count_as_in_the_run_of_their_year() -> None:
    # Long lies beside the street from 300 m to 1700 m: of its homes some walk to A or to B.
    inputs = dated_town()
    homes = inputs.residences
    long = homes.geometry.where(homes.index != "old", shapely.box(300, 10, 1700, 50))
    inputs = replace(inputs, residences=homes.set_geometry(long))
    settings = {"residences": {"file": "made", "homes": "sampled"}}
    rows = of_area(found(inputs, years=(2023, 2024, 2025), **settings))
    for year in rows.index:
        run = found(inputs, as_of=year, **settings)
        assert 0 < run.residences.loc["old", "served_share"] < 1
        assert rows.loc[year, "served_households"] == run.totals["served_households"]
        beside = found(inputs, as_of=year, years=(2023, 2026), **settings)
        pd.testing.assert_frame_equal(pd.DataFrame(beside.residences), pd.DataFrame(run.residences))


@pytest.mark.parametrize("as_of", [None, 2023, 2025])
def test_a_series_changes_nothing_else(as_of: int | None) -> None:
    alone, beside = found(as_of=as_of), found(as_of=as_of, years=YEARS)
    for name in ("residences", "facilities", "links", "zones", "indicators", "catchments"):
        one, other = getattr(alone, name), getattr(beside, name)
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), obj=name)
    pd.testing.assert_series_equal(alone.totals, beside.totals)


def test_a_town_without_changes_is_the_same_in_all_years() -> None:
    inputs = dated_town()
    steady = inputs.facilities.assign(status="operating", open_year=2000.0, close_year=UNKNOWN)
    homes = inputs.residences.assign(year=1990.0)
    rows = of_area(found(replace(inputs, facilities=steady, residences=homes), years=YEARS))
    assert len(rows.drop_duplicates()) == 1
    plain = found(replace(inputs, facilities=steady, residences=homes)).totals
    assert rows["allocated_m2"].iloc[0] == plain["allocated_m2"]


def test_planned_by_then_counts_as_operating_and_later_plans_stand_apart() -> None:
    assert found(as_of=2023).facilities["status"].to_dict() == {
        "A": "operating", "B": "planned", "C": "operating",
    }  # fmt: skip
    then = found(as_of=2024).facilities
    assert then["status"].to_dict() == {"A": "closed", "B": "operating", "C": "operating"}
    changed = then["flags"].str.contains("planned_operates_then")
    assert changed.to_dict() == {"A": False, "B": True, "C": False}
    before = found(as_of=2023).residences.loc["old"]
    assert (before["verdict"], before["verdict_with_planned"]) == ("met", "met")


def test_who_is_not_built_yet_takes_no_part_and_is_listed() -> None:
    result = found(as_of=2023)
    assert "new" not in result.residences.index
    assert "new" not in set(result.links["residence_id"])
    noted = result.quality[result.quality["reason"] == "not_built_then"]
    assert noted[["found", "severity"]].to_numpy().tolist() == [["new New: 2024", "note"]]
    steps = result.reconciliation.set_index(["input", "step"])
    assert steps.loc[("residences", "built"), ["lost_rows", "lost_households"]].tolist() == [1, 200]


def test_unknown_years_are_taken_as_listed_flagged_and_counted() -> None:
    inputs = dated_town()
    undated = inputs.facilities.assign(open_year=UNKNOWN, close_year=UNKNOWN)
    result = found(replace(inputs, facilities=undated), as_of=1995)
    assert result.residences["flags"].str.contains("built_year_unknown").to_dict() == {
        "old": False, "far": True,
    }  # fmt: skip
    assert result.facilities["status"].to_dict() == {
        "A": "closed",
        "B": "planned",
        "C": "operating",
    }
    flags = result.facilities["flags"].str.removeprefix("outside_demand_unknown;").to_dict()
    assert flags == {
        "A": "close_year_unknown", "B": "open_year_unknown", "C": "open_year_unknown",
    }  # fmt: skip
    told = result.quality.set_index("reason")["found"]
    assert told["open_year_unknown"] == "2 / 3: B Station B, C Station C"
    assert told["built_year_unknown"] == "1 / 3: far Far"
    rows = of_area(found(replace(inputs, facilities=undated), years=(1995,)))
    assert rows["facilities_year_unknown"].tolist() == [3]


def test_what_is_listed_as_planned_is_handed_over_once_it_operates_as_far_as_one_knows() -> None:
    inputs = dated_town()
    homes = inputs.residences.assign(status="new")
    sites = inputs.facilities.assign(serves_id="old", delivered="planned")
    for year, verdict in ((2023, "short"), (2024, "met")):
        whole = replace(inputs, residences=homes, facilities=sites)
        result = assessed(whole, "weihai-2022", as_of=year)
        assert result.residences.loc["old", "verdict"] == verdict
    assert "delivery_unknown" in result.residences.loc["old", "flags"]


def test_runs_under_doubt_look_at_the_same_year() -> None:
    doubt = {"design": "grid", "minutes": [12, 15], "speed_m_s": [1.0], "household_share": [1.0],
             "floor_area_share": [1.0], "snap_limit_m": [300.0], "gates": ["known"],
             "planned": [False]}  # fmt: skip
    settings = RobustnessSettings.model_validate(doubt)
    result = found(as_of=2023)
    robust = robust_verdicts(dated_town(), result, settings=settings)
    assert set(robust.residences.index) == {"old", "far"}
    assert robust.runs["requirement_m2"].eq(40).all()


def test_checking_tells_what_the_years_change() -> None:
    told = rehearse(dated_town(), study(as_of=2024))
    assert {"planned_operates_then", "built_year_unknown"} <= set(told["reason"])


def test_a_printed_year_has_no_thousands() -> None:
    table = pd.DataFrame({"year": [2025], "residences": [2025]})
    printed = printed_table(table, "years", ("year", "residences"), "en")
    assert printed.to_numpy().tolist() == [["2025", "2,025"]]


def test_the_summary_has_the_years_and_the_public_edition_has_not(series: Assessment) -> None:
    record = summary_record(series, edition="internal", robustness=None)
    rows = record["years"]
    assert isinstance(rows, list)
    assert [row["year"] for row in rows] == list(YEARS)
    assert "years" not in summary_record(series, edition="public", robustness=None)
    assert "years" in edition_tables(series, "internal")
    assert "years" not in edition_tables(series, "public")
    assert "years" not in edition_tables(found(), "internal")


# Bad input.

STUDY = """
title = "坏年份"
{years}
[facilities]
file = "a.csv"
[residences]
file = "a.csv"
"""


@pytest.mark.parametrize(
    ("years", "said", "chinese"),
    [
        ('as_of = "2025年"', "'as_of' must be a valid integer", "'as_of' 应为整数"),
        ("as_of = 1020", "'as_of' must be greater than or equal to 1800; found 1020", "1800"),
        ("as_of = 2025.5", "'as_of' must be a valid integer", "'as_of' 应为整数"),
        ("as_of = [2025]", "'as_of' must be a valid integer", "'as_of' 应为整数"),
        ("years = []", "'years' must name one value at least, and none twice", "至少写一个值"),
        ("years = [2020, 2020]", "'years' must name one value at least, and none twice", "重复"),
        ("years = [2025, 2020]", "'years' must ascend", "由小到大"),
        ("years = [2020, 3020]", "'years.1' must be less than or equal to 2200", "2200"),
        ("years = 2020", "'years' must be a valid tuple", "'years' 应为列表"),
    ],
)
def test_each_bad_year_is_one_clear_error(
    tmp_path: Path, years: str, said: str, chinese: str
) -> None:
    (tmp_path / "a.csv").write_text("name", encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY.format(years=years), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "study.toml")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(said)
    assert chinese in in_language(caught.value.problems[0], "zh")


def test_a_date_stands_for_its_year(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name", encoding="utf-8")
    text = STUDY.format(years="as_of = 2025-06-30")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert read_study(tmp_path / "study.toml").as_of == 2025


@pytest.mark.parametrize("settings", [{"as_of": 2025}, {"years": (2025,)}])
def test_closing_before_opening_is_an_error_where_years_count(settings: dict[str, object]) -> None:
    inputs = dated_town()
    early = inputs.facilities.assign(open_year=2020.0, close_year=[2019.0, 2020.0, np.nan])
    assert len(found(replace(inputs, facilities=early)).facilities) == 3
    with pytest.raises(TableError) as caught:
        found(replace(inputs, facilities=early), **settings)
    assert caught.value.problems == ("'close_year' must not be before 'open_year'; look at 'A'.",)
    assert "不得早于" in refusal(caught.value, "zh")


def test_a_year_before_everything_is_an_error() -> None:
    inputs = dated_town()
    homes = inputs.residences.assign(year=[1990.0, 2024.0, 2000.0])
    with pytest.raises(TableError, match="none is built by the end of 1980, the first in 1990"):
        found(replace(inputs, residences=homes), as_of=1980)
