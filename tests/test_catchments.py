from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lifecircle.walk.catchments import walk_catchments
from lifecircle.walk.network import build_network
from lifecircle.walk.places import snap_places
from lifecircle.walk.sight import walk_ground
from lifecircle.walk.surface import CELL_M, walk_surface
from worlds import METRES, World, points, random_world, street_ways


def catchments_of(
    world: World, *, minutes: Sequence[float], off_street_m: float = 50.0
) -> gpd.GeoDataFrame:
    spots = points(world.facilities)
    facilities = gpd.GeoDataFrame(geometry=spots)
    return walk_catchments(
        build_network(street_ways(world)), facilities, minutes=minutes, off_street_m=off_street_m
    )


def straight_street() -> World:
    return World(
        xy=[(0, 0), (4000, 0)],
        ways=[([0, 1], {"highway": "residential"})],
        facilities={"f": (2000, 0)},
    )


def test_a_straight_street_gives_twice_the_walk_and_twice_the_margin() -> None:
    area = catchments_of(straight_street(), minutes=[15], off_street_m=50).geometry.iloc[0]
    west, south, east, north = area.bounds
    assert (west, east) == pytest.approx((1100, 2900), abs=10)
    assert (south, north) == pytest.approx((-50, 50), abs=10)


@pytest.mark.parametrize(("beside_m", "moved_m"), [(0, 0.0), (30, 0.0), (30, 3.7)])
def test_a_surface_holds_the_walk_from_the_middle_of_each_cell(
    beside_m: float, moved_m: float
) -> None:
    # A street along the middles of cells, or 3.7 m beside them.
    network = build_network(
        street_ways(
            World(
                xy=[(0, moved_m), (4000, moved_m)],
                ways=[([0, 1], {"highway": "residential"})],
            )
        )
    )
    places = snap_places(network, points({"f": (2000, beside_m + moved_m)}))
    surface = walk_surface(
        walk_ground(network), places, np.arange(1), limit_mm=300_000, off_street_m=50
    )
    assert surface is not None
    row = round(-surface.corner[1] / CELL_M)
    for away_m in (-200, -100, 0, 10, 130, 250):
        column = round((2000 + away_m - surface.corner[0]) / CELL_M)
        metres = surface.walk_mm[row, column] / 1000
        if moved_m:  # to the street at a slant, half a cell at most from the shortest way
            straight = beside_m + abs(away_m)
            assert straight <= metres <= straight + moved_m + 0.001
        else:
            assert metres == pytest.approx(beside_m + abs(away_m), abs=0.001)


@pytest.mark.parametrize("seed", range(15))
def test_more_minutes_hold_fewer(seed: int) -> None:
    catchments = catchments_of(random_world(seed), minutes=[2, 4, 6])
    for _, rings in catchments.groupby("facility_id"):
        small, middle, large = rings.sort_values("minutes").geometry
        assert small.difference(middle).area == pytest.approx(0, abs=1e-6)
        assert middle.difference(large).area == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_area_of_some_minutes_does_not_depend_on_the_other_minutes(seed: int) -> None:
    one = catchments_of(random_world(seed), minutes=[3])
    two = catchments_of(random_world(seed), minutes=[3, 7])
    for name in one["facility_id"]:
        mine = one.loc[one["facility_id"] == name].geometry.iloc[0]
        theirs = two.loc[(two["facility_id"] == name) & (two["minutes"] == 3)].geometry.iloc[0]
        assert mine.symmetric_difference(theirs).area == pytest.approx(0, abs=1e-6)


def test_a_facility_off_the_network_has_an_empty_catchment() -> None:
    world = straight_street()
    world.facilities = {"far": (2000, 5000)}
    catchments = catchments_of(world, minutes=[5, 10])
    assert catchments["minutes"].tolist() == [5, 10]
    assert catchments.geometry.is_empty.all()


def test_the_area_is_close_to_a_buffer_of_the_streets_walked() -> None:
    # A cross of four arms of 600 m, each reached whole within ten minutes.
    xy = [(0, 0), (600, 0), (-600, 0), (0, 600), (0, -600)]
    street = {"highway": "residential"}
    world = World(xy=xy, ways=[([0, at], street) for at in range(1, 5)], facilities={"f": (0, 0)})
    area = catchments_of(world, minutes=[20], off_street_m=50).geometry.iloc[0]
    arms = shapely.MultiLineString([[xy[0], xy[at]] for at in range(1, 5)]).buffer(50)
    shared = area.intersection(arms).area / area.union(arms).area
    assert shared > 0.9


def test_crs_and_index_are_kept() -> None:
    catchments = catchments_of(straight_street(), minutes=[5])
    assert catchments.crs == METRES
    assert catchments["facility_id"].tolist() == ["f"]
    assert np.isfinite(catchments.area).all()
