"""
Compiled searches on the walk network.

A walk leaves the enclosure it starts in once, keeps to public streets, and enters the enclosure
it ends in once. So a node is searched in three states: ``LEAVING`` (only private edges so far),
``PUBLIC`` and ``ARRIVING`` (private edges again; the walk ends there). Searches run from
facilities against the walking direction, so every distance is the one from the place to the
facility. All distances are whole numbers: millimetres, or what `walk.costs` makes of two of them.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["UNREACHED", "Graph", "Sited", "Sources", "reached_links", "reached_nodes"]

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

UNREACHED = np.iinfo(np.int64).max
STATES = 3
LEAVING, PUBLIC, ARRIVING = 0, 1, 2


class Graph(NamedTuple):
    """The arrays of a `WalkNetwork` that a search reads."""

    indptr: Integers
    adjacent: Integers
    start: Integers
    end: Integers
    length_mm: Integers
    ahead: Integers  # the cost of an edge from its start to its end
    back: Integers
    private: Flags
    forward: Flags
    backward: Flags
    component: Integers


class Sources(NamedTuple):
    """Positions on edges, sorted by place: place p has ``indptr[p]:indptr[p + 1]``."""

    indptr: Integers
    edge: Integers
    offset_mm: Integers
    ahead: Integers  # the cost from the edge's start to the position
    back: Integers  # from the position back to the edge's start
    connector: Integers
    fallback: Flags


class Sited(NamedTuple):
    """Positions on edges, sorted by edge: edge e has ``indptr[e]:indptr[e + 1]``."""

    indptr: Integers
    position: Integers  # in the `Sources` of the same places
    place: Integers


@njit(cache=True, nogil=True)
def _push(heap: Integers, keys: Integers, size: int, distance: int, key: int) -> int:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above] <= distance:
            break
        heap[at] = heap[above]
        keys[at] = keys[above]
        at = above
    heap[at] = distance
    keys[at] = key
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap: Integers, keys: Integers, size: int) -> int:
    """Drop the root; the caller has read it."""
    size -= 1
    distance, key = heap[size], keys[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= distance:
            break
        heap[at] = heap[below]
        keys[at] = keys[below]
        at = below
    heap[at] = distance
    keys[at] = key
    return size


@njit(cache=True, nogil=True)
def _next_state(state: int, is_private: bool) -> int:  # noqa: FBT001 - compiled, positional
    """Tell the state after an edge; -1 where the walk may not use it."""
    if is_private:
        return LEAVING if state == LEAVING else ARRIVING
    return -1 if state == ARRIVING else PUBLIC


@njit(cache=True, nogil=True)
def _grown(heap: Integers) -> Integers:
    larger = np.empty(2 * len(heap), dtype=np.int64)
    larger[: len(heap)] = heap
    return larger


@njit(cache=True, nogil=True)
def _search(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - compiled; calls would copy the heap
    graph: Graph,
    sources: Sources,
    first: int,
    last: int,
    limit: int,
    distance: Integers,
    origin: Integers,
    touched: Integers,
    heap: Integers,
    keys: Integers,
) -> tuple[int, Integers, Integers]:
    """
    Fill `distance` and `origin` for all node states within the limit.

    The source positions are ``first:last``; `origin` is the source position a state was reached
    from, the lower one on a tie. Returns how many states were touched and the (grown) heap.
    """
    size = 0
    count = 0
    for position in range(first, last):
        edge = sources.edge[position]
        offset = sources.offset_mm[position]
        state = LEAVING if graph.private[edge] else PUBLIC
        for side in range(2):
            # At the very end of an edge one stands on its node, whatever its direction.
            rest = graph.length_mm[edge] - offset
            if side == 0 and (graph.forward[edge] or offset == 0):
                node, walked = graph.start[edge], sources.ahead[position]
            elif side == 1 and (graph.backward[edge] or rest == 0):
                node, walked = graph.end[edge], graph.back[edge] - sources.back[position]
            else:
                continue
            walked += sources.connector[position]
            key = node * STATES + state
            if walked <= limit and walked < distance[key]:
                if distance[key] == UNREACHED:
                    touched[count] = key
                    count += 1
                distance[key] = walked
                origin[key] = position
                if size == len(heap):
                    heap, keys = _grown(heap), _grown(keys)
                size = _push(heap, keys, size, walked, key)
    while size > 0:
        here, key = heap[0], keys[0]
        size = _pop(heap, keys, size)
        if here > distance[key]:
            continue
        node, state = key // STATES, key % STATES
        for at in range(graph.indptr[node], graph.indptr[node + 1]):
            edge = graph.adjacent[at]
            following = _next_state(state, graph.private[edge])
            if following < 0:
                continue
            for side in range(2):
                if side == 0 and graph.end[edge] == node and graph.forward[edge]:
                    other, walked = graph.start[edge], here + graph.ahead[edge]
                elif side == 1 and graph.start[edge] == node and graph.backward[edge]:
                    other, walked = graph.end[edge], here + graph.back[edge]
                else:
                    continue
                if walked > limit:
                    continue
                goal = other * STATES + following
                nearer = walked < distance[goal]
                if nearer or (walked == distance[goal] and origin[key] < origin[goal]):
                    if distance[goal] == UNREACHED:
                        touched[count] = goal
                        count += 1
                    distance[goal] = walked
                    origin[goal] = origin[key]
                    if size == len(heap):
                        heap, keys = _grown(heap), _grown(keys)
                    size = _push(heap, keys, size, walked, goal)
    return count, heap, keys


@njit(cache=True, nogil=True)
def _shares_piece(
    graph: Graph, sources: Sources, one: int, others: Sources, first: int, last: int
) -> bool:
    """Tell whether place `one` has a position of its own on a component of the sources."""
    for mine in range(sources.indptr[one], sources.indptr[one + 1]):
        if sources.fallback[mine]:
            continue
        for theirs in range(first, last):
            same = graph.component[sources.edge[mine]] == graph.component[others.edge[theirs]]
            if same and not others.fallback[theirs]:
                return True
    return False


@njit(cache=True, nogil=True)
def reached_links(  # noqa: C901, PLR0912, PLR0915 - one compiled loop
    graph: Graph,
    facilities: Sources,
    chosen: Integers,
    residences: Sources,
    sited: Sited,
    limit: int,
) -> tuple[Integers, Integers, Integers]:
    """
    Find, for each of the chosen facilities, the residences within the limit.

    Parameters
    ----------
    graph
        The network.
    facilities
        Positions of the facilities.
    chosen
        Which facilities, shape (chosen,).
    residences
        Positions of the residences.
    sited
        The same positions by edge.
    limit
        The highest cost, connectors included; a walk of just this cost counts.

    Returns
    -------
    facility, residence, walked
        One entry a link, by facility in the order chosen, then by residence.
    """
    nodes = len(graph.indptr) - 1
    people = len(residences.indptr) - 1
    distance = np.full(nodes * STATES, UNREACHED, dtype=np.int64)
    origin = np.zeros(nodes * STATES, dtype=np.int64)
    touched = np.empty(nodes * STATES, dtype=np.int64)
    heap, keys = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    best = np.full(people, UNREACHED, dtype=np.int64)
    met = np.empty(people, dtype=np.int64)
    capacity, filled = 1024, 0
    out_facility = np.empty(capacity, dtype=np.int64)
    out_residence = np.empty(capacity, dtype=np.int64)
    out_walked = np.empty(capacity, dtype=np.int64)
    for facility in chosen:
        first, last = facilities.indptr[facility], facilities.indptr[facility + 1]
        count, heap, keys = _search(
            graph, facilities, first, last, limit, distance, origin, touched, heap, keys
        )
        arrived = 0
        for entry in range(count + last - first):
            # Node states first, then the sources' own edges, walked without passing a node.
            if entry < count:
                node, state = touched[entry] // STATES, touched[entry] % STATES
                here = distance[touched[entry]]
                begin, stop = graph.indptr[node], graph.indptr[node + 1]
            else:
                node, state, here = -1, -1, facilities.connector[first + entry - count]
                begin, stop = 0, 1
            for at in range(begin, stop):
                edge = graph.adjacent[at] if node >= 0 else facilities.edge[first + entry - count]
                if node >= 0 and _next_state(state, graph.private[edge]) < 0:
                    continue
                for slot in range(sited.indptr[edge], sited.indptr[edge + 1]):
                    position = sited.position[slot]
                    offset = residences.offset_mm[position]
                    along = UNREACHED
                    if node < 0:
                        source = first + entry - count
                        gap = offset - facilities.offset_mm[source]
                        if gap == 0:
                            along = 0
                        elif gap < 0 and graph.forward[edge]:
                            along = facilities.ahead[source] - residences.ahead[position]
                        elif gap > 0 and graph.backward[edge]:
                            along = residences.back[position] - facilities.back[source]
                    else:
                        rest = graph.length_mm[edge] - offset
                        if graph.start[edge] == node and (graph.backward[edge] or offset == 0):
                            along = residences.back[position]
                        if graph.end[edge] == node and (graph.forward[edge] or rest == 0):
                            along = min(along, graph.ahead[edge] - residences.ahead[position])
                    if along == UNREACHED:
                        continue
                    walked = here + along + residences.connector[position]
                    person = sited.place[slot]
                    if walked > limit or walked >= best[person]:
                        continue
                    if residences.fallback[position] and _shares_piece(
                        graph, residences, person, facilities, first, last
                    ):
                        continue
                    if best[person] == UNREACHED:
                        met[arrived] = person
                        arrived += 1
                    best[person] = walked
        for person in np.sort(met[:arrived]):
            if filled == capacity:
                capacity *= 2
                out_facility, out_residence = _grown(out_facility), _grown(out_residence)
                out_walked = _grown(out_walked)
            out_facility[filled], out_residence[filled] = facility, person
            out_walked[filled] = best[person]
            filled += 1
            best[person] = UNREACHED
        for entry in range(count):
            distance[touched[entry]] = UNREACHED
    return out_facility[:filled], out_residence[:filled], out_walked[:filled]


@njit(cache=True, nogil=True)
def reached_nodes(graph: Graph, sources: Sources, limit: int) -> tuple[Integers, Integers]:
    """
    Search from all sources at once.

    Parameters
    ----------
    graph
        The network.
    sources
        Where the search starts; places are not told apart.
    limit
        The highest cost.

    Returns
    -------
    distance
        The cost of the walk to the nearest source for each node and state, shape (nodes, 3);
        `UNREACHED` beyond the limit.
    origin
        The source position it leads to, shape (nodes, 3); on a tie the lower one.
    """
    states = (len(graph.indptr) - 1) * STATES
    distance = np.full(states, UNREACHED, dtype=np.int64)
    origin = np.zeros(states, dtype=np.int64)
    touched = np.empty(states, dtype=np.int64)
    heap, keys = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    _search(graph, sources, 0, len(sources.edge), limit, distance, origin, touched, heap, keys)
    return distance.reshape(-1, STATES), origin.reshape(-1, STATES)
