from collections.abc import Sequence
from dataclasses import replace

import numpy as np
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


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_a_longer_limit_keeps_every_link_and_its_length(seed: int) -> None:
    world = random_world(seed)
    shorter, longer = (as_dict(links_of(world, limit)[0]) for limit in (400_000, 700_000))
    assert shorter.items() <= longer.items()


@pytest.mark.parametrize("seed", range(20))
def test_there_is_as_far_as_back_where_no_street_binds_walkers(seed: int) -> None:
    world = random_world(seed)
    world.ways = [(nodes, {**tags, "oneway:foot": "no"}) for nodes, tags in world.ways]
    turned = replace(world, residences=world.facilities, facilities=world.residences)
    there, back = as_dict(links_of(world)[0]), as_dict(links_of(turned)[0])
    assert there == {(home, goal): mm for (goal, home), mm in back.items()}


@pytest.mark.parametrize("seed", range(20))
def test_a_node_put_into_an_edge_at_a_whole_millimetre_changes_nothing(seed: int) -> None:
    world = random_world(seed)
    # Straight east-west streets, so that any whole millimetre lies exactly on them.
    world.xy = [(round(x, 3), round(y / 100) * 100.0) for x, y in world.xy]
    world.node_tags = {}
    split = replace(world, xy=list(world.xy), ways=[])
    for nodes, tags in world.ways:
        one, two = world.xy[nodes[0]], world.xy[nodes[1]]
        if one[1] == two[1] and abs(one[0] - two[0]) > 1:
            split.xy.append((round(one[0] + (0.3 if one[0] < two[0] else -0.3), 3), one[1]))
            split.ways.append(([nodes[0], len(split.xy) - 1, *nodes[1:]], tags))
        else:
            split.ways.append((nodes, tags))
    assert as_dict(links_of(world)[0]) == as_dict(links_of(split)[0])


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_the_streets_does_not_matter(seed: int) -> None:
    world = random_world(seed)
    order = np.random.default_rng(seed).permutation(len(world.ways))
    assert as_dict(links_of(world)[0]) == as_dict(links_of(world, order=order)[0])
