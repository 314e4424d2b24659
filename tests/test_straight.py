"""Straight-line radii (服务半径): beside the walks, never in their place."""

import math
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lifecircle.assessment import Assessment
from lifecircle.supply.straight import straight_links
from lifecircle.write.terminal import summary_tables
from test_assessment import assessed, table, toy_town

SERVED = "weihai-2022-home-service"


def by_radius(radius_m: float | None) -> Assessment:
    """
    Assess the toy town with a zone that holds it all.

    A (x = 350) counts: r1 (100) is 250 m away, r2 (600) 250 m, r5 (200) 150 m, r3 (3000) 2650 m,
    r4 and r6 are miles away. Known households: 300 + 200 + 100 + 100 + 50 = 750.
    """
    zone = {"name": "All", "level": "street", "geometry": shapely.box(-9, -9, 4009, 11_000)}
    inputs = replace(toy_town(), zones=table({"z": zone}, "zone_id"))
    walk = {} if radius_m is None else {"straight_radius_m": radius_m}
    return assessed(inputs, walk=walk)


@pytest.fixture(scope="module")
def town() -> Assessment:
    return by_radius(250.0)


def test_the_distance_is_from_the_outline_and_not_from_the_centre() -> None:
    homes = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 100, 100)], index=["R"])
    goals = gpd.GeoDataFrame(geometry=gpd.points_from_xy([130, 50], [140, 50]), index=["A", "B"])
    links = straight_links(homes, goals, radius_m=50)  # 3-4-5: 30 and 40 m from the corner
    assert links["straight_mm"].tolist() == [50_000, 0]  # B lies inside
    assert straight_links(homes, goals, radius_m=49.999)["facility_id"].tolist() == ["B"]


def test_500_of_750_households_live_within_250_m(town: Assessment) -> None:
    assert town.totals["radius_share"] == pytest.approx(500 / 750)
    assert town.zones.loc["z", "radius_share"] == pytest.approx(500 / 750)
    near = town.residences["within_radius"].to_dict()
    assert near == {"r1": True, "r2": True, "r3": False, "r4": False, "r5": True, "r6": False}
    assert town.residences.loc[["r1", "r3"], "straight_m"].tolist() == [250, 2650]
    assert by_radius(249.999).totals["radius_share"] == 0  # r5's households are not known


def test_it_stands_beside_the_served_share_and_leaves_it_alone(town: Assessment) -> None:
    row = town.indicators.set_index("rule_id").loc[SERVED]
    # On the streets the same 500, of the 700 households that stand on a street.
    assert row["value"] == pytest.approx(100 * 500 / 700)
    assert row[["radius_m", "radius_value"]].tolist() == pytest.approx([250, 100 * 500 / 750])
    zones = town.zone_indicators.set_index("rule_id").loc[SERVED]
    assert zones["radius_value"] == pytest.approx(100 * 500 / 750)
    others = town.indicators[town.indicators["rule_id"] != SERVED]
    assert others["radius_value"].isna().all()


def test_no_verdict_and_no_share_hangs_on_it(town: Assessment) -> None:
    without = by_radius(None)
    wide = by_radius(20_000)
    assert wide.totals["radius_share"] == 1
    assert without.indicators["radius_value"].isna().all()
    assert math.isnan(without.totals["radius_share"])
    columns = ["radius_m", "radius_value"]
    for other in (town, wide):
        pd.testing.assert_frame_equal(
            other.indicators.drop(columns=columns), without.indicators.drop(columns=columns)
        )
        drop = ["within_radius"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(other.residences.drop(columns=drop)),
            pd.DataFrame(without.residences.drop(columns=drop)),
        )


def test_without_streets_the_radius_still_answers() -> None:
    inputs = replace(toy_town(), streets=None)
    row = assessed(inputs, walk={"straight_radius_m": 250.0}).indicators.set_index("rule_id")
    assert row.loc[SERVED, "missing"] == "streets"
    assert row.loc[SERVED, "radius_value"] == pytest.approx(100 * 500 / 750)


def test_the_terminal_says_what_it_is(town: Assessment) -> None:
    captions = [str(one.caption) for one in summary_tables(town)]
    assert any("直线距离不超过 250 米（服务半径口径）" in caption for caption in captions)
    assert not any("服务半径" in str(one.caption) for one in summary_tables(by_radius(None)))
