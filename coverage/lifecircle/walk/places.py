"""Places on the network: where a residence or a facility meets the streets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.errors import CrsError
from lifecircle.walk.joining import (
    SMALL_COMPONENT_M,
    Positions,
    all_positions,
    crossing_positions,
    fallback_positions,
    nearest_positions,
    no_positions,
    outlines,
)
from lifecircle.walk.nearest import is_barred, joined_streets
from lifecircle.walk.network import WalkNetwork

__all__ = [
    "Places",
    "chosen_places",
    "cut_off",
    "require_crs",
    "snap_places",
    "street_points",
]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """
    Positions on edges through which places are entered, sorted by place and edge.

    Attributes
    ----------
    ids
        Identifiers of all places, snapped or not, ascending; shape (places,).
    entry
        How each place is entered: ``point``, ``gates``, ``outline_crossings`` (where streets cross
        its outline) or ``gates_unknown`` (the street nearest to its outline).
    snap_m
        Metres from each place to its nearest position; NaN where it has none.
    gave_way
        Whether the nearest street was a short loose piece, so that the next network is used too.
    barred
        Whether a barrier lies between each place and every street near it, so that it has none.
    place
        The position in `ids` that each position on the network belongs to, shape (positions,).
    edge, offset_mm
        Where on the network: millimetres from the edge's start.
    connector_mm
        Millimetres between the place and the street, walked at each end.
    fallback
        Whether the position is for walks to other components only, since the place has a
        nearer one on a short loose piece of street.
    """

    ids: pd.Index
    entry: npt.NDArray[np.object_]
    snap_m: Floats
    gave_way: Flags
    barred: Flags
    place: Integers
    edge: Integers
    offset_mm: Integers
    connector_mm: Integers
    fallback: Flags


def snap_places(
    network: WalkNetwork,
    geometry: pd.Series,
    *,
    gates: pd.Series | None = None,
    snap_limit_m: float = 300.0,
) -> Places:
    """
    Find where places meet the streets.

    A point is joined to the nearest point of an edge. A polygon is entered at its gates; without
    gates where streets cross its outline; without those at the street point nearest to its
    outline. Where a barrier lies between, the nearest street without one between is taken
    (`walk.crossing.crosses_barrier`). A place whose positions all lie on a loose piece of street
    shorter than `SMALL_COMPONENT_M` gets the nearest longer network as well, for walks that
    cannot stay on the piece.

    Parameters
    ----------
    network
        The streets.
    geometry
        Points or polygons in the network's CRS, indexed by the places' identifiers.
    gates
        Points or multipoints on the same index; missing where gates are not known.
    snap_limit_m
        Farther from any street than this, a place has no position.

    Returns
    -------
    places
        Positions; a place beyond the limit, or behind barriers, has none.

    Raises
    ------
    CrsError
        If `geometry` has a CRS that is not the network's.
    """
    require_crs(network, geometry)
    order = np.argsort(np.asarray(geometry.index, dtype=str), kind="stable")
    shapes = np.asarray(geometry.array, dtype=object)[order]
    doors = None if gates is None else np.asarray(gates.array, dtype=object)[order]
    entry = np.where(shapely.get_dimensions(shapes) == 2, "gates_unknown", "point").astype(object)  # noqa: PLR2004 - polygons
    streets = joined_streets(network)
    found: list[Positions] = []
    joined = outlines(shapes)

    if doors is not None:
        gated = np.flatnonzero(~pd.isna(doors) & ~shapely.is_empty(doors))
        entry[gated] = "gates"
        joined[gated] = doors[gated]
        points, owner = shapely.get_parts(doors[gated], return_index=True)
        walled = np.ones(len(points), dtype=bool)
        found.append(nearest_positions(streets, points, gated[owner], snap_limit_m, walled))
    open_outlines = np.flatnonzero(entry == "gates_unknown")
    crossings = crossing_positions(streets, joined[open_outlines], open_outlines)
    entry[np.unique(crossings.place)] = "outline_crossings"
    found.append(crossings)
    rest = np.flatnonzero((entry == "gates_unknown") | (entry == "point"))
    walled = entry[rest] == "gates_unknown"
    found.append(nearest_positions(streets, joined[rest], rest, snap_limit_m, walled))
    positions = all_positions(found)
    barred = is_barred(streets, joined, positions.place, snap_limit_m)
    fallback = fallback_positions(streets, shapes, positions, snap_limit_m)
    return _in_order(geometry.index[order], entry, barred, positions, fallback)


def chosen_places(places: Places, ids: pd.Index) -> Places:
    """
    Keep some of the places.

    Parameters
    ----------
    places
        Snapped places.
    ids
        Which of them.

    Returns
    -------
    chosen
        The same positions, for these places only.
    """
    keep = np.flatnonzero(places.ids.isin(ids))
    use = np.isin(places.place, keep)
    return Places(
        ids=places.ids[keep],
        entry=places.entry[keep],
        snap_m=places.snap_m[keep],
        gave_way=places.gave_way[keep],
        barred=places.barred[keep],
        place=np.searchsorted(keep, places.place[use]),
        edge=places.edge[use],
        offset_mm=places.offset_mm[use],
        connector_mm=places.connector_mm[use],
        fallback=places.fallback[use],
    )


def street_points(
    network: WalkNetwork, points: npt.NDArray[np.object_], *, snap_limit_m: float
) -> Places:
    """
    Find where points without a name meet the streets, as places of one position each.

    Parameters
    ----------
    network
        The streets.
    points
        Points in the network's CRS, shape (points,).
    snap_limit_m
        Farther from any street than this, a point has no position.

    Returns
    -------
    places
        As `snap_places` gives them, with the positions in `points` for identifiers. A point at
        a loose piece of street shorter than `SMALL_COMPONENT_M` has none: a place there would
        use the network beside it, too.
    """
    streets, everybody = joined_streets(network), np.arange(len(points))
    found = nearest_positions(
        streets, points, everybody, snap_limit_m, np.zeros(len(points), dtype=bool)
    )
    firm = network.component_mm[network.component[found.edge]] >= SMALL_COMPONENT_M * 1000
    kept = Positions(
        place=found.place[firm],
        edge=found.edge[firm],
        offset_mm=found.offset_mm[firm],
        connector_mm=found.connector_mm[firm],
        fallback=found.fallback[firm],
    )
    entry = np.full(len(points), "point", dtype=object)
    barred = is_barred(streets, points, found.place, snap_limit_m)
    return _in_order(pd.RangeIndex(len(points)), entry, barred, kept, no_positions())


def cut_off(network: WalkNetwork, places: Places) -> pd.DataFrame:
    """
    Find the places from which no street leads to the longest network.

    Parameters
    ----------
    network
        The streets.
    places
        Places on them.

    Returns
    -------
    table
        One row for each such place, indexed by its identifier, with the ``piece`` of street that it
        stands on and its length as ``piece_m``. A place beside several stands on the longest.
    """
    length_mm = np.bincount(network.component, weights=network.length_mm)
    piece = network.component[places.edge]
    order = np.lexsort((piece, -length_mm[piece], places.place))
    best = order[np.flatnonzero(np.diff(places.place[order], prepend=-1))]
    away = best[length_mm[piece[best]] < length_mm.max(initial=0)]
    return pd.DataFrame(
        {"piece": piece[away], "piece_m": length_mm[piece[away]] / 1000},
        index=places.ids[places.place[away]],
    )


def require_crs(network: WalkNetwork, geometry: pd.Series) -> None:
    """
    Refuse geometry in another CRS than the network's.

    Parameters
    ----------
    network
        The streets.
    geometry
        A GeoSeries, or a plain Series of shapely geometries (taken as it is).

    Raises
    ------
    CrsError
        If the two systems differ, or the GeoSeries has none.
    """
    crs = getattr(geometry, "crs", network.crs)
    if crs is None:
        raise CrsError("places", ["they have no CRS; set the one they are in."])
    if crs != network.crs:
        problem = f"they are in {crs.name!r}, the streets in {network.crs.name!r}; use `to_crs`."
        raise CrsError("places", [problem])


def _in_order(
    ids: pd.Index,
    entry: npt.NDArray[np.object_],
    barred: Flags,
    positions: Positions,
    fallback: Positions,
) -> Places:
    whole = all_positions([positions, fallback])
    order = np.lexsort((whole.offset_mm, whole.edge, whole.fallback, whole.place))
    snap_mm = np.full(len(ids), np.inf)
    np.minimum.at(snap_mm, positions.place, positions.connector_mm.astype(np.float64))
    gave_way = np.zeros(len(ids), dtype=bool)
    gave_way[fallback.place] = True
    return Places(
        ids=ids,
        entry=entry,
        snap_m=np.where(np.isfinite(snap_mm), snap_mm / 1000, np.nan),
        gave_way=gave_way,
        barred=barred,
        place=whole.place[order],
        edge=whole.edge[order],
        offset_mm=whole.offset_mm[order],
        connector_mm=whole.connector_mm[order],
        fallback=whole.fallback[order],
    )
