"""A made province: amounts and sums beyond what 32 bits hold, in a few seconds."""

import numpy as np

from lifecircle.supply.certificates import shortage_clusters
from lifecircle.supply.fairness import fairness_breaches
from lifecircle.supply.leximin import fair_blocks, fair_flow


def test_a_province_is_shared_out_and_proven() -> None:
    # 100,000 residences x 10 of 10,000 facilities: each reaches ten neighbours on a ring. They ask
    # for about 1,000,000 units (100 m² are 10,000): 10^11 in all, of which 8 tenths are there.
    draw = np.random.default_rng(1)
    homes, facilities, reach = 100_000, 10_000, 10
    asked = draw.integers(500_000, 1_500_000, homes)
    held = draw.integers(2_000_000, 14_000_000, facilities)
    near = np.sort(draw.integers(0, facilities, homes))
    goals = (near[:, None] + np.arange(reach)) % facilities
    home = np.repeat(np.arange(homes), reach)
    order = np.lexsort((home, goals.ravel()))
    town = held, asked, goals.ravel()[order].astype(np.int64), home[order]
    assert asked.sum() > held.sum() > 2**31
    blocks = fair_blocks(*town)
    flow = fair_flow(*town, blocks)
    assert not any(part.any() for part in fairness_breaches(*town, flow, blocks))
    clusters = shortage_clusters(*town, blocks)
    lack = (clusters.requirement - clusters.capacity)[clusters.parent < 0].sum()
    assert lack == asked.sum() - flow.sum()
