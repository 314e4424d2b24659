"""The largest flow of a town: what no sharing can exceed."""

import numpy as np

from lifecircle.supply.flow import augment_all, flow_state
from lifecircle.supply.link_order import by_second_end
from towns import Ints


def maximum_flow(capacity: Ints, requirement: Ints, facility: Ints, residence: Ints) -> Ints:
    """Return what goes along each link, in the order of the links."""
    order = np.lexsort((residence, facility))
    tails, heads = facility[order].astype(np.int64), residence[order].astype(np.int64)
    state = flow_state(capacity, requirement, tails, heads, by_second_end(heads, len(requirement)))
    augment_all(state)
    flow = np.empty_like(state.flow)
    flow[order] = state.flow
    return flow
