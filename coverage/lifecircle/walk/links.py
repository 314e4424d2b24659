"""Who reaches what on foot: links within a limit, and the nearest facility without one."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.units import walk_ms
from lifecircle.walk.costs import (
    joint_sources,
    level_and_ground_mm,
    search_limit,
    shift_bits,
    to_graph,
    to_sources,
)
from lifecircle.walk.kernels import (
    STATES,
    UNREACHED,
    Sited,
    Sources,
    reached_links,
    reached_nodes,
)
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places

__all__ = ["nearest_facilities", "walk_links"]

Integers = npt.NDArray[np.int64]


def walk_links(
    network: WalkNetwork,
    residences: Places,
    facilities: Places,
    *,
    limit_mm: int,
    speed_m_s: float = 1.0,
) -> pd.DataFrame:
    """
    Find every facility that each residence can walk to within a limit.

    Parameters
    ----------
    network
        The streets.
    residences
        Where walks start.
    facilities
        Where they end.
    limit_mm
        The longest walk in level millimetres, connectors at both ends included; a walk of just
        this length counts.
    speed_m_s
        Walking speed, for `ms`.

    Returns
    -------
    links
        One row for each pair within the limit, sorted by ``residence_id`` and ``facility_id``,
        with the quickest walk (of equally quick ones the shortest): what is walked on the ground
        as ``walk_mm``, how far one walks on level open ground in its time as ``level_mm`` (the
        same on a network without slopes and waits), and its time as ``ms`` (milliseconds, rounded
        up). A pair beyond the limit has no row.

    Notes
    -----
    One bounded Dijkstra search a facility (Dijkstra 1959) against the walking direction. The
    result does not depend on the number of threads.
    """
    graph, people = to_graph(network), to_sources(network, residences)
    sources = to_sources(network, facilities)
    sited, bits = _by_edge(residences, len(network.start)), shift_bits(network)
    limit = search_limit(limit_mm, bits)
    placed = np.unique(facilities.place)
    cores = os.cpu_count() or 1
    chunks = [placed[core::cores] for core in range(cores)]  # each makes its arrays once

    def links_of(chunk: Integers) -> tuple[Integers, Integers, Integers]:
        found: tuple[Integers, Integers, Integers] = reached_links(
            graph, sources, chunk, people, sited, limit
        )
        return found

    with ThreadPoolExecutor(cores) as pool:
        parts = list(pool.map(links_of, chunks))
    facility, residence, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((facility, residence))
    level, ground = level_and_ground_mm(cost[order], bits)
    return pd.DataFrame(
        {
            "residence_id": residences.ids[residence[order]].astype(str),
            "facility_id": facilities.ids[facility[order]].astype(str),
            "walk_mm": ground,
            "level_mm": level,
            "ms": walk_ms(level, speed_m_s),
        }
    )


def nearest_facilities(
    network: WalkNetwork, residences: Places, facilities: Places
) -> pd.DataFrame:
    """
    Find the facility with the quickest walk from each residence, however far.

    Parameters
    ----------
    network
        The streets.
    residences
        Where walks start.
    facilities
        Where they may end.

    Returns
    -------
    nearest
        Indexed by residence, in the order of ``residences.ids``, with ``facility_id`` (the lower
        one on a tie; missing where no facility can be walked to), ``walk_mm`` and ``level_mm`` as
        in `walk_links` (-1 there).

    Notes
    -----
    One search from all facilities at once. Where a residence and a facility stand on the same
    loose piece of street, their fallback positions do not count for each other; each such piece
    takes one more search, from all other facilities.
    """
    shared = _shared_pieces(network, residences, facilities)
    cost, facility = _nearest(network, residences, facilities, barred=None)
    for piece in shared:
        there, other = _nearest(network, residences, facilities, barred=piece)
        mine = network.component[residences.edge] == piece
        people = np.unique(residences.place[mine & ~residences.fallback])
        own, own_facility = _nearest(network, residences, facilities, barred=None, only=piece)
        better = own[people] <= there[people]
        cost[people] = np.where(better, own[people], there[people])
        facility[people] = np.where(better, own_facility[people], other[people])
    found = cost < UNREACHED
    level, ground = level_and_ground_mm(cost, shift_bits(network))
    names = np.full(len(residences.ids), None, dtype=object)
    names[found] = np.asarray(facilities.ids, dtype=object)[facility[found]]
    return pd.DataFrame(
        {
            "facility_id": names,
            "walk_mm": np.where(found, ground, -1),
            "level_mm": np.where(found, level, -1),
        },
        index=residences.ids,
    )


def _by_edge(places: Places, edges: int) -> Sited:
    order = np.lexsort((np.arange(len(places.edge)), places.edge))
    indptr = np.searchsorted(places.edge[order], np.arange(edges + 1))
    return Sited(indptr.astype(np.int64), order.astype(np.int64), places.place[order])


def _shared_pieces(network: WalkNetwork, residences: Places, facilities: Places) -> Integers:
    """List the loose pieces of street with a residence that has a fallback, and a facility."""
    mine = residences.gave_way[residences.place] & ~residences.fallback
    theirs = facilities.gave_way[facilities.place] & ~facilities.fallback
    return np.intersect1d(
        network.component[residences.edge[mine]], network.component[facilities.edge[theirs]]
    )


def _nearest(
    network: WalkNetwork,
    residences: Places,
    facilities: Places,
    *,
    barred: int | None,
    only: int | None = None,
) -> tuple[Integers, Integers]:
    """Search from all facilities but those on a barred piece, or only along one piece."""
    usable = np.ones(len(facilities.edge), dtype=bool)
    if barred is not None:
        on_piece = (network.component[facilities.edge] == barred) & ~facilities.fallback
        usable = ~np.isin(facilities.place, facilities.place[on_piece])
    if only is not None:
        usable = (network.component[facilities.edge] == only) & ~facilities.fallback
    chosen = np.flatnonzero(usable)
    sources = joint_sources(to_sources(network, facilities), chosen)
    farthest = search_limit(UNREACHED // 4, shift_bits(network))
    distance, origin = reached_nodes(to_graph(network), sources, farthest)
    here = to_sources(network, residences)
    rows = pd.concat(
        [
            *(
                _through_nodes(network, residences, here, distance, origin, at_end=side)
                for side in (False, True)
            ),
            _along_edges(network, residences, here, sources),
        ]
    )
    rows["facility"] = facilities.place[chosen][rows["source"].to_numpy(dtype=np.int64)]
    rows = rows.sort_values(["place", "cost", "facility"]).drop_duplicates("place")
    cost = np.full(len(residences.ids), UNREACHED, dtype=np.int64)
    facility = np.full(len(residences.ids), -1, dtype=np.int64)
    cost[rows["place"]] = rows["cost"]
    facility[rows["place"]] = rows["facility"]
    return cost, facility


def _through_nodes(
    network: WalkNetwork,
    residences: Places,
    here: Sources,
    distance: Integers,
    origin: Integers,
    *,
    at_end: bool,
) -> pd.DataFrame:
    """List the walks from each residence position by one end of its edge, one row a state."""
    edge, offset = residences.edge, residences.offset_mm
    node = (network.end if at_end else network.start)[edge]
    ground = network.length_mm[edge] - offset if at_end else offset
    along = to_graph(network).ahead[edge] - here.ahead if at_end else here.back
    allowed = (network.forward if at_end else network.backward)[edge] | (ground == 0)
    frames = []
    for state in range(STATES):
        # Only a private edge may follow private edges at the end of a walk.
        fits = network.private[edge] | (state < STATES - 1)
        good = np.flatnonzero(allowed & fits & (distance[node, state] < UNREACHED))
        walked = distance[node[good], state] + along[good] + here.connector[good]
        frames.append(
            pd.DataFrame(
                {
                    "place": residences.place[good],
                    "cost": walked,
                    "source": origin[node[good], state],
                }
            )
        )
    return pd.concat(frames)


def _along_edges(
    network: WalkNetwork, residences: Places, here: Sources, sources: Sources
) -> pd.DataFrame:
    """List the walks that stay on one edge."""
    ours = pd.DataFrame({**_columns(here), "place": residences.place})
    theirs = pd.DataFrame({**_columns(sources), "source": np.arange(len(sources.edge))})
    pairs = ours.merge(theirs, on="edge", suffixes=("", "_to"))
    ahead = pairs["offset_mm_to"] - pairs["offset_mm"]
    edge = pairs["edge"].to_numpy()
    allowed = (
        (ahead == 0)
        | ((ahead > 0) & network.forward[edge])
        | ((ahead < 0) & network.backward[edge])
    )
    along = np.select(
        [ahead > 0, ahead < 0],
        [pairs["ahead_to"] - pairs["ahead"], pairs["back"] - pairs["back_to"]],
        0,
    )
    pairs["cost"] = along + pairs["connector"] + pairs["connector_to"]
    chosen: pd.DataFrame = pairs.loc[allowed, ["place", "cost", "source"]]
    return chosen


def _columns(sources: Sources) -> dict[str, Integers]:
    names = ("edge", "offset_mm", "ahead", "back", "connector")
    return {name: getattr(sources, name) for name in names}
