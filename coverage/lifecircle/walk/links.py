"""Who reaches what on foot: links within a limit, and the nearest facility without one."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.units import walk_ms
from lifecircle.walk.kernels import (
    STATES,
    UNREACHED,
    Graph,
    Sited,
    Sources,
    reached_links,
    reached_nodes,
)
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places

__all__ = ["nearest_facilities", "to_graph", "to_sources", "walk_links"]

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
        The longest walk in millimetres, connectors at both ends included; a walk of just this
        length counts.
    speed_m_s
        Walking speed, for `ms`.

    Returns
    -------
    links
        One row for each pair within the limit, sorted by ``residence_id`` and ``facility_id``,
        with the shortest walk as ``walk_mm`` and its time as ``ms`` (milliseconds, rounded up).
        A pair beyond the limit has no row.

    Notes
    -----
    One bounded Dijkstra search a facility (Dijkstra 1959) against the walking direction. The
    result does not depend on the number of threads.
    """
    graph, people = to_graph(network), to_sources(residences)
    sources, sited = to_sources(facilities), _by_edge(residences, len(network.start))
    placed = np.unique(facilities.place)
    cores = os.cpu_count() or 1
    chunks = [placed[core::cores] for core in range(cores)]  # each makes its arrays once

    def links_of(chunk: Integers) -> tuple[Integers, Integers, Integers]:
        found: tuple[Integers, Integers, Integers] = reached_links(
            graph, sources, chunk, people, sited, limit_mm
        )
        return found

    with ThreadPoolExecutor(cores) as pool:
        parts = list(pool.map(links_of, chunks))
    facility, residence, walk_mm = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((facility, residence))
    walk_mm = walk_mm[order]
    return pd.DataFrame(
        {
            "residence_id": residences.ids[residence[order]].astype(str),
            "facility_id": facilities.ids[facility[order]].astype(str),
            "walk_mm": walk_mm,
            "ms": walk_ms(walk_mm, speed_m_s),
        }
    )


def nearest_facilities(
    network: WalkNetwork, residences: Places, facilities: Places
) -> pd.DataFrame:
    """
    Find the facility with the shortest walk from each residence, however far.

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
        one on a tie; missing where no facility can be walked to) and ``walk_mm`` (-1 there).

    Notes
    -----
    One search from all facilities at once. Where a residence and a facility stand on the same
    loose piece of street, their fallback positions do not count for each other; each such piece
    takes one more search, from all other facilities.
    """
    shared = _shared_pieces(network, residences, facilities)
    walk_mm, facility = _nearest(network, residences, facilities, barred=None)
    for piece in shared:
        there, other = _nearest(network, residences, facilities, barred=piece)
        mine = network.component[residences.edge] == piece
        people = np.unique(residences.place[mine & ~residences.fallback])
        own, own_facility = _nearest(network, residences, facilities, barred=None, only=piece)
        better = own[people] <= there[people]
        walk_mm[people] = np.where(better, own[people], there[people])
        facility[people] = np.where(better, own_facility[people], other[people])
    found = walk_mm < UNREACHED
    names = np.full(len(residences.ids), None, dtype=object)
    names[found] = np.asarray(facilities.ids, dtype=object)[facility[found]]
    return pd.DataFrame(
        {"facility_id": names, "walk_mm": np.where(found, walk_mm, -1)}, index=residences.ids
    )


def to_graph(network: WalkNetwork) -> Graph:
    """
    Hand a network to the compiled searches.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    graph
        The arrays that a search reads.
    """
    return Graph(
        network.indptr,
        network.adjacent,
        network.start,
        network.end,
        network.length_mm,
        network.private,
        network.forward,
        network.backward,
        network.component,
    )


def to_sources(places: Places) -> Sources:
    """
    Hand places to the compiled searches.

    Parameters
    ----------
    places
        Positions sorted by place.

    Returns
    -------
    sources
        The same positions, with the first one of each place.
    """
    indptr = np.searchsorted(places.place, np.arange(len(places.ids) + 1))
    return Sources(
        indptr.astype(np.int64),
        places.edge,
        places.offset_mm,
        places.connector_mm,
        places.fallback,
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
    sources = Sources(
        np.array([0, len(chosen)], dtype=np.int64),
        facilities.edge[chosen],
        facilities.offset_mm[chosen],
        facilities.connector_mm[chosen],
        facilities.fallback[chosen],
    )
    distance, origin = reached_nodes(to_graph(network), sources, UNREACHED // 4)
    rows = pd.concat(
        [
            *(
                _through_nodes(network, residences, distance, origin, at_end=side)
                for side in (False, True)
            ),
            _along_edges(network, residences, sources),
        ]
    )
    rows["facility"] = facilities.place[chosen][rows["source"].to_numpy(dtype=np.int64)]
    rows = rows.sort_values(["place", "walk_mm", "facility"]).drop_duplicates("place")
    walk_mm = np.full(len(residences.ids), UNREACHED, dtype=np.int64)
    facility = np.full(len(residences.ids), -1, dtype=np.int64)
    walk_mm[rows["place"]] = rows["walk_mm"]
    facility[rows["place"]] = rows["facility"]
    return walk_mm, facility


def _through_nodes(
    network: WalkNetwork,
    residences: Places,
    distance: Integers,
    origin: Integers,
    *,
    at_end: bool,
) -> pd.DataFrame:
    """List the walks from each residence position by one end of its edge, one row a state."""
    edge, offset = residences.edge, residences.offset_mm
    node = (network.end if at_end else network.start)[edge]
    along = network.length_mm[edge] - offset if at_end else offset
    allowed = (network.forward if at_end else network.backward)[edge] | (along == 0)
    frames = []
    for state in range(STATES):
        # Only a private edge may follow private edges at the end of a walk.
        fits = network.private[edge] | (state < STATES - 1)
        good = np.flatnonzero(allowed & fits & (distance[node, state] < UNREACHED))
        walked = distance[node[good], state] + along[good] + residences.connector_mm[good]
        frames.append(
            pd.DataFrame(
                {
                    "place": residences.place[good],
                    "walk_mm": walked,
                    "source": origin[node[good], state],
                }
            )
        )
    return pd.concat(frames)


def _along_edges(network: WalkNetwork, residences: Places, sources: Sources) -> pd.DataFrame:
    """List the walks that stay on one edge."""
    ours = pd.DataFrame(
        {
            "edge": residences.edge,
            "place": residences.place,
            "offset": residences.offset_mm,
            "connector": residences.connector_mm,
        }
    )
    theirs = pd.DataFrame(
        {
            "edge": sources.edge,
            "source": np.arange(len(sources.edge)),
            "to": sources.offset_mm,
            "beyond": sources.connector_mm,
        }
    )
    pairs = ours.merge(theirs, on="edge")
    ahead = pairs["to"] - pairs["offset"]
    edge = pairs["edge"].to_numpy()
    allowed = (
        (ahead == 0)
        | ((ahead > 0) & network.forward[edge])
        | ((ahead < 0) & network.backward[edge])
    )
    pairs["walk_mm"] = ahead.abs() + pairs["connector"] + pairs["beyond"]
    chosen: pd.DataFrame = pairs.loc[allowed, ["place", "walk_mm", "source"]]
    return chosen
