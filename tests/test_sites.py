import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.walk.links import walk_links
from lifecircle.walk.network import build_network
from lifecircle.walk.places import snap_places
from lifecircle.walk.sites import CELL_M, draw_sites, reached_sites
from worlds import points, random_world, street_ways

LIMIT_MM = 400_000


@pytest.mark.parametrize("seed", range(12))
def test_who_reaches_a_point_is_who_would_reach_a_facility_there(seed: int) -> None:
    world = random_world(seed)
    network = build_network(street_ways(world))
    homes = snap_places(network, points(world.residences))
    around, others = homes.ids[:5], homes.ids[5:]
    sites = reached_sites(network, homes, around, others, limit_mm=LIMIT_MM, off_street_m=50.0)
    asked = around.append(others)
    ours = {
        (asked[home], f"p{at}"): mm
        for home, at, mm in zip(sites.residence, sites.point, sites.walk_mm, strict=True)
    }
    spots = {f"p{at}": tuple(cell * CELL_M) for at, cell in enumerate(sites.cells)}
    there = snap_places(network, points(spots), snap_limit_m=50.0)
    links = walk_links(network, homes, there, limit_mm=LIMIT_MM)
    theirs = {(row.residence_id, row.facility_id): row.walk_mm for row in links.itertuples()}
    loose = set(there.ids[there.gave_way])  # left out: such a place has a second street
    short = network.component_mm[network.component[there.edge]] < 500_000
    loose |= set(there.ids[there.place[short]])
    assert ours == {pair: mm for pair, mm in theirs.items() if pair[1] not in loose}
    assert len(ours) > 100 or seed  # not a test of nothing


def test_points_keep_to_the_area_and_lie_on_one_grid() -> None:
    world = random_world(3)
    network = build_network(street_ways(world))
    homes = snap_places(network, points(world.residences))
    area = shapely.box(100, 100, 300, 300)
    whole, part = (
        reached_sites(
            network, homes, homes.ids, pd.Index([]), limit_mm=LIMIT_MM, off_street_m=50.0, area=of
        )
        for of in (None, area)
    )
    inside = shapely.contains(area, shapely.points(whole.cells * CELL_M))
    assert inside.any()
    assert part.cells.tolist() == whole.cells[inside].tolist()


def test_an_area_holds_its_points_and_no_others() -> None:
    world = random_world(1)
    network = build_network(street_ways(world))
    homes = snap_places(network, points(world.residences))
    sites = reached_sites(
        network, homes, homes.ids, pd.Index([]), limit_mm=LIMIT_MM, off_street_m=50.0
    )
    chosen = np.unique(sites.point[sites.residence == 0])
    area = draw_sites(sites, chosen)
    assert area.is_valid
    within = shapely.contains(area, shapely.points(sites.cells * CELL_M))
    assert np.flatnonzero(within).tolist() == chosen.tolist()
    assert draw_sites(sites, chosen[:0]).is_empty
