"""Gates that nobody knows, and gates that are shut: how people may leave a residence."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, snap_places

__all__ = ["far_gates", "far_places", "longer_walks", "shut_in", "without_shut_gates"]

_ENDS: Final = ("residence_id", "home", "facility_id")


def far_gates(network: WalkNetwork, places: Places, geometry: pd.Series) -> pd.Series:
    """
    Find the worst gate that a residence with unknown gates can have.

    Parameters
    ----------
    network
        The streets.
    places
        The residences on them.
    geometry
        Their polygons, on their identifiers.

    Returns
    -------
    gates
        For each residence that is entered at the street nearest to its outline: the point of the
        outline farthest (straight) from there; of two the one with the lower easting, then
        northing.
    """
    unknown = np.flatnonzero(places.entry == "gates_unknown")
    first = np.searchsorted(places.place, unknown)
    placed = first < np.searchsorted(places.place, unknown, side="right")
    unknown, first = unknown[placed], first[placed]
    street = shapely.line_interpolate_point(
        network.lines[places.edge[first]], places.offset_mm[first] / 1000
    )
    ids = places.ids[unknown]
    shapes = geometry.reindex(ids).to_numpy(dtype=object)
    near = shapely.get_point(shapely.shortest_line(shapely.boundary(shapes), street), 0)
    far = [_farthest(shape, point) for shape, point in zip(shapes, near, strict=True)]
    return pd.Series(far, index=ids, dtype=object)


def far_places(
    network: WalkNetwork, places: Places, far: pd.Series, *, snap_limit_m: float
) -> Places:
    """
    Enter residences with unknown gates at the worst ones.

    Parameters
    ----------
    network
        The streets.
    places
        The residences on them.
    far
        As `far_gates` gives it.
    snap_limit_m
        Farther from any street than this, a gate leads nowhere.

    Returns
    -------
    places
        The same residences; those in `far` have the positions of these gates.
    """
    there = snap_places(network, far, snap_limit_m=snap_limit_m)
    moved = places.ids.get_indexer(there.ids)
    stays = ~np.isin(places.place, moved)
    place = np.concatenate([places.place[stays], moved[there.place]])
    order = np.argsort(place, kind="stable")
    gave_way = places.gave_way.copy()
    gave_way[moved] = there.gave_way

    def both(name: str) -> npt.NDArray[np.int64]:
        parts = [getattr(places, name)[stays], getattr(there, name)]
        return np.asarray(np.concatenate(parts)[order])

    return replace(
        places,
        gave_way=gave_way,
        place=place[order],
        edge=both("edge"),
        offset_mm=both("offset_mm"),
        connector_mm=both("connector_mm"),
        fallback=both("fallback").astype(bool),
    )


def longer_walks(near: pd.DataFrame, far: pd.DataFrame) -> pd.DataFrame:
    """
    Take the longer of two walks.

    Parameters
    ----------
    near, far
        Walks within the limit: of residences, or of their homes (with a column ``home``), each
        pair once.

    Returns
    -------
    walks
        The pairs that stand in both, in the order of `near`, each as it stands where its walk
        costs more (``level_mm``).

    Examples
    --------
    >>> near = pd.DataFrame({"residence_id": "R", "facility_id": ["A", "B"], "level_mm": [1, 2]})
    >>> far = pd.DataFrame({"residence_id": "R", "facility_id": ["A"], "level_mm": [3]})
    >>> longer_walks(near, far).to_dict("records")
    [{'residence_id': 'R', 'facility_id': 'A', 'level_mm': 3}]
    """
    ends = [name for name in _ENDS if name in near]
    both = near.merge(far, on=ends, suffixes=("", "_far"))
    farther = both["level_mm_far"] > both["level_mm"]
    values = [str(name) for name in near if name not in ends]
    longer = {name: both[name].where(~farther, both[f"{name}_far"]) for name in values}
    return both.assign(**longer)[list(near)]


def without_shut_gates(places: Places, gates: pd.Series) -> Places:
    """
    Keep people in who may not leave by any of their gates.

    Parameters
    ----------
    places
        The residences on the streets.
    gates
        The gates that may be left by, on their identifiers: an empty one says that there are
        gates, and none of them may be.

    Returns
    -------
    places
        Such a residence is entered by its ``gates`` and has no position: no walk begins there.
    """
    known = gates.reindex(places.ids).to_numpy(dtype=object)
    shut = shapely.is_empty(known) & ~shapely.is_missing(known)
    if not shut.any():
        return places
    stays = ~shut[places.place]
    return replace(
        places,
        entry=np.where(shut, "gates", places.entry).astype(object),
        gave_way=places.gave_way & ~shut,
        place=places.place[stays],
        edge=places.edge[stays],
        offset_mm=places.offset_mm[stays],
        connector_mm=places.connector_mm[stays],
        fallback=places.fallback[stays],
    )


def shut_in(places: Places) -> npt.NDArray[np.bool_]:
    """
    Tell which residences stand at a street and have no gate that may be left by.

    Parameters
    ----------
    places
        As `without_shut_gates` gives them.

    Returns
    -------
    shut
        By residence.
    """
    has_way = np.isin(np.arange(len(places.ids)), places.place)
    return np.asarray((places.entry == "gates") & np.isfinite(places.snap_m) & ~has_way)


def _farthest(shape: shapely.Geometry, point: shapely.Point) -> shapely.Point:
    corners = np.unique(shapely.get_coordinates(shape), axis=0)
    away_mm = np.rint(np.hypot(*(corners - shapely.get_coordinates(point)).T) * 1000)
    return shapely.Point(corners[np.argmax(away_mm)])
