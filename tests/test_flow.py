from collections import deque
from random import Random

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import maximum_flow
from lifecircle.errors import TableError
from lifecircle.supply.flow import check_amounts

Ints = npt.NDArray[np.int64]
Town = tuple[Ints, Ints, Ints, Ints]


@st.composite
def towns(draw: st.DrawFn, most: int = 40) -> Town:
    facilities, residences = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    amounts = st.integers(0, most)
    capacity = draw(st.lists(amounts, min_size=facilities, max_size=facilities))
    requirement = draw(st.lists(amounts, min_size=residences, max_size=residences))
    pairs = st.tuples(st.integers(0, facilities - 1), st.integers(0, residences - 1))
    links = draw(st.lists(pairs, unique=True, max_size=25))
    ends = np.array(links, dtype=np.int64).reshape(-1, 2)
    return np.array(capacity), np.array(requirement), ends[:, 0], ends[:, 1]


def graph_of(town: Town) -> dict[str, dict[str, int]]:
    capacity, requirement, facility, residence = town
    graph: dict[str, dict[str, int]] = {"source": {}, "sink": {}}
    for place, amount in enumerate(capacity.tolist()):
        graph["source"][f"f{place}"] = amount
        graph[f"f{place}"] = {}
    for place, amount in enumerate(requirement.tolist()):
        graph[f"r{place}"] = {"sink": amount}
    for tail, head in zip(facility.tolist(), residence.tolist(), strict=True):
        graph[f"f{tail}"][f"r{head}"] = 10**9
    return graph


def edmonds_karp(graph: dict[str, dict[str, int]]) -> tuple[int, set[str]]:
    """Return the total, and what can still be reached from the source: the small side of a cut."""
    left = {node: dict(ends) for node, ends in graph.items()}
    total = 0
    while True:
        came_from = {"source": ""}
        queue = deque(["source"])
        while queue:
            node = queue.popleft()
            for end, amount in left[node].items():
                if amount > 0 and end not in came_from:
                    came_from[end] = node
                    queue.append(end)
        if "sink" not in came_from:
            return total, set(came_from)
        path, node = [], "sink"
        while node != "source":
            path.append((came_from[node], node))
            node = came_from[node]
        amount = min(left[tail][head] for tail, head in path)
        for tail, head in path:
            left[tail][head] -= amount
            left[head][tail] = left[head].get(tail, 0) + amount
        total += amount


def received(town: Town, flow: Ints) -> Ints:
    return np.bincount(town[3], weights=flow, minlength=len(town[1])).astype(np.int64)


def given_out(town: Town, flow: Ints) -> Ints:
    return np.bincount(town[2], weights=flow, minlength=len(town[0])).astype(np.int64)


def test_three_residences_share_two_facilities() -> None:
    # A (50) is within reach of R0 and R1, B (30) of R1 and R2; they ask for 40, 30 and 20.
    capacity, requirement = np.array([50, 30]), np.array([40, 30, 20])
    flow = maximum_flow(capacity, requirement, np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]))
    assert flow.tolist() == [40, 10, 20, 10]


def test_what_was_given_moves_on_where_that_serves_more() -> None:
    # A gives R0 first; B reaches only R0, so A's part must move to R1.
    flow = maximum_flow(
        np.array([10, 10]), np.array([10, 10]), np.array([0, 0, 1]), np.array([0, 1, 0])
    )
    assert flow.tolist() == [0, 10, 10]


def test_nothing_flows_without_links() -> None:
    none = np.array([], dtype=np.int64)
    assert maximum_flow(np.array([5]), np.array([5]), none, none).tolist() == []


@settings(deadline=None)
@given(towns())
def test_total_is_that_of_edmonds_karp_and_of_its_cut(town: Town) -> None:
    total = int(maximum_flow(*town).sum())
    expected, reached = edmonds_karp(graph_of(town))
    cut = sum(
        amount
        for node, ends in graph_of(town).items()
        for end, amount in ends.items()
        if node in reached and end not in reached
    )
    assert total == expected == cut


@settings(deadline=None)
@given(towns(most=2**50))
def test_total_is_that_of_networkx(town: Town) -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for node, ends in graph_of(town).items():
        for end, amount in ends.items():
            bound = {} if node.startswith("f") else {"capacity": amount}
            graph.add_edge(node, end, **bound)
    assert int(maximum_flow(*town).sum()) == nx.maximum_flow_value(graph, "source", "sink")


@settings(deadline=None)
@given(towns())
def test_nobody_gives_or_gets_more_than_there_is(town: Town) -> None:
    flow = maximum_flow(*town)
    assert (flow >= 0).all()
    assert (given_out(town, flow) <= town[0]).all()
    assert (received(town, flow) <= town[1]).all()


@settings(deadline=None)
@given(towns(), st.randoms(use_true_random=False))
def test_order_of_links_does_not_matter(town: Town, random: Random) -> None:
    order = list(range(len(town[2])))
    random.shuffle(order)
    turned = np.array(order, dtype=np.int64)
    flow = maximum_flow(*town)
    again = maximum_flow(town[0], town[1], town[2][turned], town[3][turned])
    assert again.tolist() == flow[turned].tolist()


@settings(deadline=None)
@given(towns(), st.integers(0, 5), st.integers(0, 30))
def test_more_area_never_lowers_the_total(town: Town, place: int, more: int) -> None:
    richer = town[0].copy()
    richer[place % len(richer)] += more
    assert maximum_flow(richer, *town[1:]).sum() >= maximum_flow(*town).sum()


@settings(deadline=None)
@given(towns(), st.integers(0, 30))
def test_one_more_facility_never_lowers_the_total(town: Town, area: int) -> None:
    capacity, requirement, facility, residence = town
    more = np.append(facility, len(capacity)), np.append(residence, 0)
    total = maximum_flow(np.append(capacity, area), requirement, *more).sum()
    assert total >= maximum_flow(*town).sum()


def test_amounts_near_the_bound_do_not_overflow() -> None:
    half = 2**61
    flow = maximum_flow(
        np.array([half, half]), np.array([2**62]), np.array([0, 1]), np.array([0, 0])
    )
    assert flow.tolist() == [half, half]


def test_impossible_amounts_are_told_together() -> None:
    with pytest.raises(TableError) as error:
        check_amounts(np.array([-1]), np.array([2**62, 1]))
    assert error.value.problems == (
        "capacity must be >= 0.",
        "requirement adds up to more than 2^62 units.",
    )


def test_arguments_are_left_as_they_were() -> None:
    capacity, requirement = np.array([5]), np.array([3])
    maximum_flow(capacity, requirement, np.array([0]), np.array([0]))
    assert (capacity.tolist(), requirement.tolist()) == ([5], [3])
