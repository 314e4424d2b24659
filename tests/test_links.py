from collections.abc import Sequence

import pandas as pd
import pytest

from lifecircle.walk.links import nearest_facilities, walk_links
from lifecircle.walk.network import build_network
from lifecircle.walk.places import snap_places
from worlds import World, oracle_links, points, random_world, street_ways

LIMIT_MM = 600_000


def links_of(
    world: World, limit_mm: int = LIMIT_MM, order: Sequence[int] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    network = build_network(street_ways(world, order))
    residences = snap_places(network, points(world.residences))
    facilities = snap_places(network, points(world.facilities))
    links = walk_links(network, residences, facilities, limit_mm=limit_mm)
    nearest = nearest_facilities(network, residences, facilities)
    return links, nearest


def as_dict(links: pd.DataFrame) -> dict[tuple[str, str], int]:
    return dict(
        zip(
            zip(links["residence_id"], links["facility_id"], strict=True),
            links["walk_mm"],
            strict=True,
        )
    )


@pytest.mark.parametrize("seed", range(200))
def test_links_equal_the_plain_oracle(seed: int) -> None:
    world = random_world(seed)
    links, nearest = links_of(world)
    assert as_dict(links) == oracle_links(world, LIMIT_MM)
    everything = oracle_links(world, 10**12)
    for home in world.residences:
        walks = [(mm, goal) for (start, goal), mm in everything.items() if start == home]
        mm, goal = min(walks, default=(-1, None))
        found = nearest.loc[home, "facility_id"] if nearest.loc[home, "walk_mm"] >= 0 else None
        assert (nearest.loc[home, "walk_mm"], found) == (mm, goal)
