"""A real city: Wuhan's streets and residential compounds, with facilities made by a fixed rule."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow as scipy_flow

from flows import maximum_flow
from lifecircle.assessment import Assessment, assess_study
from lifecircle.errors import TableError
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.study import RobustnessSettings, Study, read_study
from lifecircle.supply.area_units import to_units
from lifecircle.supply.border import neighbourhood
from lifecircle.supply.bounds import Known
from lifecircle.supply.certificates import verify_sharing
from lifecircle.supply.circle import circle_ledger
from lifecircle.supply.counting import counted_area
from lifecircle.supply.requirement import residence_terms
from lifecircle.whatif.robustness import robust_verdicts
from test_compare_methods import compare_methods

WUHAN = Path(__file__).parents[2] / "shared" / "data" / "wuhan"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not WUHAN.exists(), reason="needs shared/data beside the checkout"),
]

STUDY = """
title = "武汉（设施为虚构）"
standard = "walk-20"
made = true
attribution = ["道路：© OpenStreetMap contributors (ODbL)"]
[streets]
file = "{wuhan}/streets.parquet"
[facilities]
file = "made_facilities.csv"
datum = "bd09"
[residences]
file = "{wuhan}/compounds.csv"
datum = "bd09"
[zones]
file = "{wuhan}/districts.geojson"
level = "district"
"""


def made_facilities() -> pd.DataFrame:
    """
    Put a made station at every fifth compound with coordinates, in the order of the file.

    Its floor area is 300 m², 600 m², ... 1,500 m², in turn.
    """
    compounds = pd.read_csv(WUHAN / "compounds.csv", dtype=str).dropna(subset=["经度", "纬度"])
    chosen = compounds.iloc[::5].reset_index(drop=True)
    return pd.DataFrame(
        {
            "设施编号": [f"made{number:04d}" for number in chosen.index],
            "设施名称": "虚构养老服务站（" + chosen["小区名称"] + "）",
            "设施类型": "社区养老服务站",
            "经度": chosen["经度"],
            "纬度": chosen["纬度"],
            "建筑面积": 300 * (1 + chosen.index % 5),
            "状态": "运营",
            "楼层": 1,
        }
    )


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("wuhan")
    made_facilities().to_csv(folder / "made_facilities.csv", index=False)
    (folder / "study.toml").write_text(STUDY.format(wuhan=WUHAN.as_posix()), encoding="utf-8")
    return read_study(folder / "study.toml")


@pytest.fixture(scope="session")
def wuhan(study: Study) -> Assessment:
    return assess_study(study, accept_loss=True)


def test_fifty_compounds_without_coordinates_are_refused_by_name(study: Study) -> None:
    with pytest.raises(TableError) as caught:
        assess_study(study)
    message = str(caught.value)
    assert "50 of 3,010 rows of the residences are lost (1.7%" in message
    assert "凯德悦湖" in message
    assert "--accept-loss" in message


def test_every_compound_with_coordinates_is_judged(wuhan: Assessment) -> None:
    assert wuhan.crs.to_epsg() == 4547  # Gauss-Krueger, central meridian 114 E
    lines = wuhan.reconciliation.set_index(["input", "step"])
    assert lines.loc[("residences", "read"), "rows"] == 3010
    assert lines.loc[("residences", "placed"), "rows"] == 2960
    assert lines.loc[("residences", "placed"), "lost_rows"] == 50
    assert wuhan.totals["residences"] == lines.loc[("residences", "inside"), "rows"]


def test_households_are_those_a_plain_reading_gives(wuhan: Assessment) -> None:
    compounds = pd.read_csv(WUHAN / "compounds.csv", dtype=str)
    plain = compounds["户数"].str.removesuffix("户").astype(float)
    lines = wuhan.reconciliation.set_index(["input", "step"])
    assert lines.loc[("residences", "read"), "households"] == plain.sum()
    placed = plain[compounds["经度"].notna()].sum()
    assert lines.loc[("residences", "placed"), "households"] == placed


def test_bd09_lands_on_the_streets(wuhan: Assessment) -> None:
    # 82 m was measured against OSM names; snapped to the nearest street it must be less.
    assert wuhan.residences["snap_m"].median() < 100


def test_sums_over_districts_are_the_sums_over_the_city(wuhan: Assessment) -> None:
    columns = ["residences", "requirement_m2", "supply_m2", "allocated_m2", "shortage_m2"]
    for column in columns:
        assert wuhan.zones[column].sum() == pytest.approx(wuhan.totals[column]), column


def test_no_square_metre_is_given_twice(wuhan: Assessment) -> None:
    facilities = wuhan.facilities
    np.testing.assert_allclose(
        facilities["allocated_m2"] + facilities["idle_m2"], facilities["counted_m2"]
    )
    by_link = wuhan.links.groupby("facility_id")["allocated_m2"].sum()
    given = facilities["allocated_m2"].reindex(by_link.index)
    assert (by_link <= given + 0.005).all()


def test_shares_are_proven_from_the_links(wuhan: Assessment) -> None:
    ends = wuhan.links["residence_id"].isin(wuhan.residences.index)
    links = wuhan.links[ends & wuhan.links["facility_id"].isin(wuhan.facilities.index)]
    pairs = list(zip(links["residence_id"], links["facility_id"], strict=True))
    capacity = to_units(wuhan.facilities["counted_m2"]).fillna(0).astype(int).to_dict()
    asked = to_units(wuhan.residences["requirement_m2"]).fillna(0).astype(int).to_dict()
    clusters = wuhan.clusters
    groups: dict[str, set[str]] = {name: set() for name in clusters.index}
    for home, smallest in wuhan.residences["cluster_id"].dropna().items():
        cluster = smallest
        while cluster is not None:
            groups[cluster].add(str(home))
            cluster = clusters.loc[cluster, "parent_id"]
    units = to_units(links["allocated_m2"]).astype(int).tolist()
    assert verify_sharing(capacity, asked, pairs, units, map(frozenset, groups.values())) == []
    homes, goals = wuhan.residences.index, wuhan.facilities.index
    total = maximum_flow(
        np.array([capacity[name] for name in goals]),
        np.array([asked[name] for name in homes]),
        goals.get_indexer(links["facility_id"]),
        homes.get_indexer(links["residence_id"]),
    ).sum()
    assert sum(units) == total


def test_no_other_way_hands_out_more(wuhan: Assessment) -> None:
    case = compare_methods().case_of(wuhan)
    fair = compare_methods().fairly(case).sum()
    homes, goals = len(case.asked), len(case.capacity)
    # source 0, facilities, residences, sink; scipy takes 32 bits and answers 0 beyond.
    assert case.capacity.sum() < 2**31
    assert case.asked.sum() < 2**31
    tails = np.concatenate([np.zeros(goals), case.goal + 1, np.arange(homes) + goals + 1])
    heads = np.concatenate(
        [np.arange(goals) + 1, case.home + goals + 1, np.full(homes, homes + goals + 1)]
    )
    amounts = np.concatenate([case.capacity, case.asked[case.home], case.asked]).astype(np.int32)
    size = homes + goals + 2
    graph = csr_array((amounts, (tails.astype(int), heads.astype(int))), shape=(size, size))
    assert fair == scipy_flow(graph, 0, size - 1).flow_value
    assert fair == to_units(wuhan.residences["circle_m2"]).sum()  # nothing is reserved in Wuhan
    for given in compare_methods().greedy_both_ways(case):
        assert given.sum() <= fair


def test_a_district_alone_is_judged_as_in_the_whole_city(wuhan: Assessment) -> None:
    """Take districts in the middle of the city as tiles, with what lies around them."""
    rules, kinds = wuhan.standard.floor_area_rules, wuhan.standard.floor_area_kinds
    flagged, judged = 0, 0
    for district in ("420102", "420111"):
        area = wuhan.zones.geometry[district]
        near = neighbourhood(wuhan.residences, wuhan.facilities, area, border_m=wuhan.study.reach_m)
        homes = wuhan.residences[near.residences["kept"]]
        goals = wuhan.facilities[near.facilities["kept"]]
        assert not near.facilities.loc[goals.index, "users_known"].all()
        links = wuhan.links[
            wuhan.links["residence_id"].isin(homes.index)
            & wuhan.links["facility_id"].isin(goals.index)
        ]
        known = Known(near.residences["choices_known"], near.facilities["users_known"])
        circle = circle_ledger(
            residence_terms(homes, rules),
            counted_area(goals, kinds=kinds),
            links,
            known=known,
            snapped=homes["snapped"],
        )
        here = circle.residences[near.residences.loc[homes.index, "inside"]]
        open_ended = here["circle_reason"].eq("border_dependent")
        there = wuhan.residences.loc[here.index[~open_ended], "circle_verdict"]
        assert here.loc[~open_ended, "circle_verdict"].tolist() == there.tolist()
        flagged, judged = flagged + open_ended.sum(), judged + len(here)
    assert judged > 800
    assert flagged < judged / 100


def test_what_other_methods_make_of_it(wuhan: Assessment) -> None:
    table = compare_methods().comparison(compare_methods().case_of(wuhan), limit_mm=900_000)
    fair, summed = table.loc["fair share"], table.loc["reachable sum"]
    assert fair["too many"] == fair["wrongly short"] == fair["other verdict"] == 0
    assert (table["served m2"].drop("reachable sum") <= fair["served m2"]).all()
    assert summed["served m2"] > fair["served m2"]  # promised, not served
    assert summed["too many"] > 0
    assert (table.loc[["nearest assignment", "2SFCA"], "wrongly short"] > 0).all()


def test_the_best_meets_more_households_than_the_fair_share(wuhan: Assessment) -> None:
    pair = wuhan.totals[[f"fully_met_households{end}" for end in ("", "_best", "_bound")]]
    assert pair.is_monotonic_increasing
    assert pair.iloc[2] - pair.iloc[1] <= 0.001 * pair.iloc[2]
    summed = wuhan.totals["served_households"]
    assert pair.iloc[2] <= summed


def test_every_link_is_within_the_limit_and_no_shorter_than_a_bird_flies(wuhan: Assessment) -> None:
    links = wuhan.links
    assert links["walk_mm"].max() <= 900_000
    home = wuhan.residences.geometry.loc[links["residence_id"]].to_numpy()
    goal = wuhan.facilities.geometry.loc[links["facility_id"]].to_numpy()
    # Snapped lengths are rounded to the millimetre piece by piece.
    assert (shapely.distance(home, goal) * 1000 <= links["walk_mm"] + 100).all()


def test_catchments_are_nested(wuhan: Assessment) -> None:
    rings = wuhan.catchments[wuhan.catchments["kind"].eq("all")].sort_values("minutes")
    small, middle, large = rings.geometry
    assert small.difference(middle).area < 1
    assert middle.difference(large).area < 1


def test_the_tables_are_in_one_metric_crs(wuhan: Assessment) -> None:
    for table in (wuhan.residences, wuhan.facilities, wuhan.zones, wuhan.catchments):
        assert isinstance(table, gpd.GeoDataFrame)
        assert table.crs == wuhan.crs


def test_weihais_rules_ask_what_the_compounds_do_not_say(study: Study) -> None:
    # No compound says whether it is new, nor when it was built: both rates could hold.
    weihai = assess_study(
        study.model_copy(update={"standard": "weihai-2022"}), accept_loss=True
    ).residences
    assert set(weihai["verdict"]) == {"no_data"}
    assert set(weihai["reason"]) == {"status_unknown"}
    assert weihai["plain_verdict"].eq("met").sum() > 1000  # the plain reading asks no status


def test_fifty_runs_say_which_verdicts_hold(study: Study, wuhan: Assessment) -> None:
    _, inputs = documents_and_inputs(study)
    robust = robust_verdicts(inputs, wuhan, settings=RobustnessSettings())
    homes = robust.residences
    assert len(robust.runs) == 50
    assert homes.index.equals(wuhan.residences.index)
    assert set(homes["robust_label"]) == {
        "robustly_met", "borderline", "robustly_short", "no_data",
    }  # fmt: skip
    # Who has no data under any setting has none under the study's own.
    unknown = homes["met_runs_share"].isna()
    assert homes.loc[unknown, "verdict"].eq("no_data").all()
    assert robust.tornado["met_households_own"].eq(wuhan.totals["met_households"]).all()


def made_gates() -> pd.DataFrame:
    """
    Put two made gates at every compound with coordinates: one 100 m north of it, one south.

    Every third southern gate only lets in, and every northern one is shut at night.
    """
    compounds = pd.read_csv(WUHAN / "compounds.csv", dtype=str).dropna(subset=["经度", "纬度"])
    once = compounds[~compounds["小区名称"].duplicated(keep=False)].reset_index(drop=True)
    north, south = (
        pd.DataFrame(
            {
                "大门名称": f"虚构{side}门",
                "小区名称": once["小区名称"],
                "经度": once["经度"],
                "纬度": (once["纬度"].astype(float) + degrees).round(6),
                "开放时间": hours,
                "通行方向": direction,
            }
        )
        for side, degrees, hours, direction in (
            ("北", 0.0009, "早6点至晚10点", "双向"),
            ("南", -0.0009, "24小时", np.where(once.index % 3 == 0, "只进", "双向")),
        )
    )
    return pd.concat([north, south], ignore_index=True)


def gated_study(folder: Path, extra: str) -> Path:
    made_facilities().to_csv(folder / "made_facilities.csv", index=False)
    made_gates().to_csv(folder / "made_gates.csv", index=False)
    text = STUDY.format(wuhan=WUHAN.as_posix()).replace(
        'compounds.csv"\n', 'compounds.csv"\ngates = "made_gates.csv"\n'
    )
    path = folder / "study.toml"
    path.write_text(text + extra, encoding="utf-8")
    return path


def test_made_gates_are_the_only_way_out_and_shut_at_night(
    wuhan: Assessment, tmp_path: Path
) -> None:
    study_file = gated_study(tmp_path, '[walk]\nat = "23:30"\n')
    found = assess_study(read_study(study_file), accept_loss=True)
    gated = found.residences["entry"].eq("gates")
    assert gated.sum() == len(made_gates()) / 2
    shut = found.residences["flags"].str.contains("gates_shut")
    # Every third has no southern gate to leave by, and the northern one is shut.
    assert shut.sum() <= np.ceil(gated.sum() / 3)
    assert shut.sum() > gated.sum() / 4
    reaches = found.links["residence_id"].isin(found.residences.index[shut])
    assert not reaches.any()
    assert found.totals["residences"] == wuhan.totals["residences"]
