"""Gates that nobody knows, and gates that are shut: how people may leave a residence."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.walk.places import Places

__all__ = ["longer_walks", "shorter_walks", "shut_in", "without_shut_gates"]

_ENDS: Final = ("residence_id", "home", "facility_id")


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


def shorter_walks(near: pd.DataFrame, best: pd.DataFrame) -> pd.DataFrame:
    """
    Take the shorter of two walks.

    Parameters
    ----------
    near, best
        As for `longer_walks`.

    Returns
    -------
    walks
        The pairs that stand in either, each as it stands where its walk costs less
        (``level_mm``), sorted by them.

    Examples
    --------
    >>> near = pd.DataFrame({"residence_id": "R", "facility_id": ["A", "B"], "level_mm": [5, 2]})
    >>> best = pd.DataFrame({"residence_id": "R", "facility_id": ["A", "C"], "level_mm": [3, 9]})
    >>> shorter_walks(near, best)["level_mm"].tolist()
    [3, 2, 9]
    """
    ends = [name for name in _ENDS if name in near]
    both = pd.concat([near, best[list(near)]]).sort_values([*ends, "level_mm"], kind="stable")
    return both.drop_duplicates(ends).reset_index(drop=True)


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
