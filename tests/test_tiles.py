"""
An area assessed in tiles, with all that lies around each, and joined: the same as in one run.

Walks exactly, and every verdict that is given. Shares wherever the chain of sharing ends near the
tile.
"""

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.assessment import Assessment
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.supply.border import neighbourhood
from lifecircle.supply.border_doubt import sharing_groups
from test_assessment import STREET, assessed, table
from worlds import METRES, World, random_world, street_ways

WALK = {"walk": {"limit_m": 200, "snap_limit_m": 60}}
BORDER_M = 260
SEEDS = range(5)


@cache
def town(seed: int) -> tuple[StudyInputs, tuple[shapely.Geometry, ...]]:
    """Draw a random town, and two tiles that hold all of it."""
    world = random_world(seed)
    draw = np.random.default_rng(seed)
    homes = {
        key: {"name": key, "households": float(draw.integers(10, 300)), "status": "existing",
              "geometry": shapely.Point(spot)}
        for key, spot in world.residences.items()
    }  # fmt: skip
    sites = {
        key: {"name": key, "kind": "canteen", "floor_area_m2": float(draw.integers(1, 60)),
              "status": "operating", "floor": 1.0, "geometry": shapely.Point(spot)}
        for key, spot in world.facilities.items()
    }  # fmt: skip
    inputs = StudyInputs(
        streets=street_ways(world),
        residences=table(homes, "residence_id"),
        facilities=table(sites, "facility_id"),
    )
    middle = float(np.median([spot[0] for spot in world.residences.values()])) + 0.0005
    ends = -2000, 3000
    return inputs, (
        shapely.box(ends[0], ends[0], middle, ends[1]),
        shapely.box(middle, ends[0], ends[1], ends[1]),
    )


@cache
def runs(seed: int) -> tuple[Assessment, tuple[Assessment, ...]]:
    inputs, tiles = town(seed)
    whole = replace(inputs, area=shapely.union_all(tiles))
    return assessed(whole, "walk-20", **WALK), tuple(
        assessed(_cut(replace(inputs, area=tile)), "walk-20", **WALK) for tile in tiles
    )


def _cut(inputs: StudyInputs) -> StudyInputs:
    """Leave places out that lie beyond what a tile needs: 2 and 3 times the border."""
    kept = {
        name: places[shapely.distance(places.geometry.to_numpy(), inputs.area) <= times * BORDER_M]
        for name, places, times in (
            ("residences", inputs.residences, 2),
            ("facilities", inputs.facilities, 3),
        )
    }
    return replace(inputs, **kept)


def joined(name: str, parts: tuple[Assessment, ...]) -> pd.DataFrame:
    return pd.DataFrame(pd.concat([getattr(part, name) for part in parts]))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_residence_is_in_one_tile(seed: int) -> None:
    whole, parts = runs(seed)
    ids = joined("residences", parts).index
    assert sorted(ids) == sorted(whole.residences.index)


@pytest.mark.parametrize("seed", SEEDS)
def test_walks_of_the_tiles_are_those_of_one_run(seed: int) -> None:
    whole, parts = runs(seed)
    ends = ["residence_id", "facility_id"]
    columns = [*ends, "walk_mm", "ms"]
    links = joined("links", parts)[columns].sort_values(ends, ignore_index=True)
    pd.testing.assert_frame_equal(links, whole.links[columns])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_reached_in_the_tiles_is_what_one_run_reaches(seed: int) -> None:
    whole, parts = runs(seed)
    columns = ["entry", "snap_m", "snapped", "reachable_facilities", "reachable_m2",
               "requirement_m2"]  # fmt: skip
    homes = joined("residences", parts).reindex(whole.residences.index)
    pd.testing.assert_frame_equal(homes[columns], pd.DataFrame(whole.residences)[columns])
    for name in ("served_households", "requirement_m2", "supply_m2"):
        assert sum(part.totals[name] for part in parts) == pytest.approx(whole.totals[name])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_verdict_of_a_tile_is_that_of_one_run(seed: int) -> None:
    whole, parts = runs(seed)
    homes = joined("residences", parts)
    homes = homes[homes["reason"].ne("border_dependent")]
    assert len(homes) > 0
    there = whole.residences.loc[homes.index]
    assert homes["verdict"].tolist() == there["verdict"].tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_are_those_of_one_run_where_the_sharing_ends_near_the_tile(seed: int) -> None:
    whole, parts = runs(seed)
    for part, tile in zip(parts, town(seed)[1], strict=True):
        homes = part.residences.index.intersection(_shares_near(whole, tile))
        here, there = (one.residences.loc[homes] for one in (part, whole))
        assert here[["circle_m2", "verdict"]].equals(there[["circle_m2", "verdict"]])


def _shares_near(whole: Assessment, tile: shapely.Geometry) -> pd.Index:
    """Choose who shares, over any chain, only facilities within one border of the tile."""
    sites = gpd.GeoDataFrame(whole.facilities)
    counted = pd.DataFrame({"site": sites.index, "serves_id": None}, index=sites.index)
    of_home, of_site = sharing_groups(whole.links, counted, whole.residences.index)
    away = shapely.distance(sites.geometry.to_numpy(), tile) > BORDER_M
    return of_home.index[~of_home.isin(of_site[sites.index[away]])]


def test_there_are_such_residences() -> None:
    near = [
        len(_shares_near(runs(seed)[0], tile).intersection(part.residences.index))
        for seed in SEEDS
        for part, tile in zip(runs(seed)[1], town(seed)[1], strict=True)
    ]
    assert sum(near) > 10


STREET_TILES = [shapely.box(west, -9, west + 1000, 9) for west in (-100, 900, 1900, 2900)]


def street_inputs(m2: float) -> StudyInputs:
    """Lay a street of 16 homes that ask for 20 m² each, with 15 canteens between them."""
    places = {
        "residences": {
            f"r{x:04d}": {"name": None, "households": 100.0, "status": "existing",
                          "geometry": shapely.Point(x, 0)}
            for x in range(0, 3001, 200)
        },
        "facilities": {
            f"f{x:04d}": {"name": None, "kind": "canteen", "floor_area_m2": m2, "floor": 1.0,
                          "status": "operating", "geometry": shapely.Point(x, 0)}
            for x in range(100, 3000, 200)
        },
    }  # fmt: skip
    return StudyInputs(
        streets=street_ways(World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])),
        residences=table(places["residences"], "residence_id"),
        facilities=table(places["facilities"], "facility_id"),
    )


@cache
def street(m2: float) -> tuple[Assessment, tuple[Assessment, ...]]:
    inputs = street_inputs(m2)
    return assessed(inputs, "walk-20", **WALK), tuple(
        assessed(_cut(replace(inputs, area=tile)), "walk-20", **WALK) for tile in STREET_TILES
    )


def test_a_chain_that_goes_on_is_no_data_where_it_could_turn_the_verdict() -> None:
    """
    Let each canteen have what one home asks for: in one run all have 15/16.

    The first tile is given 8 homes and 8 canteens, the last two of which others may use: all have
    everything or, from 6 canteens, three quarters.
    """
    whole, parts = street(20)
    assert whole.residences["circle_m2"].eq(18.75).all()
    assert whole.residences["verdict"].eq("short").all()
    assert parts[0].residences["circle_m2"].eq(20).all()
    homes = joined("residences", parts)
    assert homes["reason"].eq("border_dependent").all()
    walks = whole.links[whole.links["residence_id"].isin(parts[0].residences.index)]
    assert walks["walk_mm"].tolist() == parts[0].links["walk_mm"].tolist()


@pytest.mark.parametrize(("m2", "verdict"), [(10, "short"), (40, "met")])
def test_a_chain_that_goes_on_is_certain_where_it_could_not(m2: float, verdict: str) -> None:
    # Half of what is asked for, give or take one canteen, is short; twice of it is enough.
    whole, parts = street(m2)
    homes = joined("residences", parts)
    assert sorted(homes.index) == sorted(whole.residences.index)
    assert homes["verdict"].eq(verdict).all()
    assert whole.residences["verdict"].eq(verdict).all()


AREA = shapely.box(-10, -1, 0, 1)


def test_what_belongs_together_takes_part_together() -> None:
    homes = gpd.GeoDataFrame(
        {"pool_id": ["P", "P", None]}, index=["r", "s", "t"], crs=METRES,
        geometry=gpd.points_from_xy([-1, 25, 26], [0, 0, 0]),
    )  # fmt: skip
    goals = gpd.GeoDataFrame(
        {"serves_id": [None, "s", "t", None], "site_id": ["S", None, None, "S"]},
        index=["A", "B", "C", "D"], crs=METRES,
        geometry=gpd.points_from_xy([5, 99, 99, 40], [0] * 4),
    )  # fmt: skip
    near = neighbourhood(homes, goals, AREA, border_m=10)
    assert near.residences["kept"].tolist() == [True, True, False]
    assert near.facilities["kept"].tolist() == [True, True, False, True]
    assert near.residences["choices_known"].tolist() == [True, False, False]
    # A is known by its own row, not by D; whom C was built for is not given.
    assert near.facilities["users_known"].tolist() == [True, False, False, False]


def test_a_facility_near_by_built_for_someone_far_away_may_be_reserved() -> None:
    homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-1, 5], [0, 0]), crs=METRES)
    goals = gpd.GeoDataFrame(
        {"serves_id": ["someone"]}, geometry=gpd.points_from_xy([1], [0]), crs=METRES
    )
    near = neighbourhood(homes, goals, AREA, border_m=10)
    assert near.facilities["users_known"].tolist() == [False]


def test_all_of_a_residence_and_its_gates_and_a_facility_and_its_doors_must_lie_near() -> None:
    homes = gpd.GeoDataFrame(
        {"gates": [None, None, shapely.MultiPoint([(21, 0)])]}, crs=METRES,
        geometry=[shapely.box(11, 0, 14, 0.1), shapely.box(11, 0, 17, 0.1), shapely.Point(11, 0)],
    )  # fmt: skip
    goals = gpd.GeoDataFrame(
        {"entrances": [None, shapely.MultiPoint([(11, 0)])]}, crs=METRES,
        geometry=gpd.points_from_xy([9, 9], [0, 0]),
    )  # fmt: skip
    near = neighbourhood(homes, goals, AREA, border_m=10)
    # At most 11 + 3, 11 + 6 and 11 + 10 m away, of 20; and 9 and 9 + 2, of 10.
    assert near.residences["choices_known"].tolist() == [True, True, False]
    assert near.facilities["users_known"].tolist() == [True, False]


def test_where_nobody_is_given_outside_nobody_is_taken_to_live_there() -> None:
    homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-1], [0]), crs=METRES)
    goals = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, 15], [0, 0]), crs=METRES)
    near = neighbourhood(homes, goals, AREA, border_m=10)
    assert near.facilities["users_known"].all()
    assert near.outside_demand_unknown.tolist() == [True, False]
