"""From the walks of homes to those of their residences: the home in the middle, and the share."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lifecircle.walk.homes import Homes
from lifecircle.walk.places import Places

__all__ = ["HomeWalks", "middle_nearest", "reach_shares", "residence_links", "served_shares"]


class HomeWalks(NamedTuple):
    """
    Who walks to what from which home.

    Attributes
    ----------
    homes
        Where people live.
    places
        The homes on the streets, one place a home.
    walks
        Walks within the limit: ``home`` (a position in `homes`), ``residence_id``,
        ``facility_id``, and the columns of `walk.links.walk_links`.
    """

    homes: Homes
    places: Places
    walks: pd.DataFrame


def residence_links(walks: pd.DataFrame, homes: Homes) -> pd.DataFrame:
    """
    Link residences to what at least half of their homes walk to within the limit.

    Parameters
    ----------
    walks
        Walks of homes within the limit, as `HomeWalks` holds them: each pair once.
    homes
        The homes, with their weights.

    Returns
    -------
    links
        One row for each residence and facility, sorted by ``residence_id`` and ``facility_id``:
        the walk of the home in the middle, and ``reach_share``, the weight of the homes within the
        limit in that of all homes of the residence. A pair that less than half reach has no row.

    Notes
    -----
    The home in the middle is the lower weighted median: of the homes in the order of what their
    walks cost, ``level_mm`` (those beyond the limit last), the first at which the weights so far
    come to half of the total. Weights are whole numbers, so no rounding and no order of rows
    decides. A link is within a shorter limit if its own walk is.

    Examples
    --------
    >>> homes = Homes(ids=pd.Index(["R"]), residence=np.zeros(3, dtype=np.int64),
    ...               points=np.full(3, None), weight=np.array([2, 1, 1]))
    >>> walks = pd.DataFrame({"home": [0, 1], "residence_id": "R", "facility_id": "A",
    ...                       "walk_mm": [500, 200], "level_mm": [500, 200]})
    >>> residence_links(walks, homes)[["facility_id", "level_mm", "reach_share"]].to_dict("list")
    {'facility_id': ['A'], 'level_mm': [500], 'reach_share': [0.75]}
    """
    home = walks["home"].to_numpy(dtype=np.int64)
    table = walks.assign(weight=homes.weight[home], total=homes.total[homes.residence[home]])
    ends = ["residence_id", "facility_id"]
    table = table.sort_values([*ends, "level_mm", "walk_mm", "home"], kind="stable")
    weights = table.groupby(ends, sort=False)["weight"]
    table["reach_share"] = weights.transform("sum") / table["total"]
    half = table[2 * weights.cumsum() >= table["total"]]
    links = half.drop_duplicates(ends).drop(columns=["home", "weight", "total"])
    return links.reset_index(drop=True)


def reach_shares(walks: pd.DataFrame, homes: Homes) -> pd.Series:
    """
    Tell for each pair which share of the residence's homes reaches the facility.

    Parameters
    ----------
    walks, homes
        As for `residence_links`.

    Returns
    -------
    shares
        Over 0 and up to 1, indexed by ``residence_id`` and ``facility_id``; less than half, too.
    """
    home = walks["home"].to_numpy(dtype=np.int64)
    table = walks.assign(weight=homes.weight[home])
    sums = table.groupby(["residence_id", "facility_id"])["weight"].sum()
    total = pd.Series(homes.total, index=homes.ids.astype(str))
    shares: pd.Series = sums / total.reindex(sums.index.get_level_values(0)).to_numpy()
    return shares


def served_shares(walks: pd.DataFrame, homes: Homes) -> pd.Series:
    """
    Tell which share of a residence's homes reaches anything at all.

    Parameters
    ----------
    walks, homes
        As for `residence_links`; the walks to what counts. A pair may stand several times.

    Returns
    -------
    shares
        From 0 to 1, indexed by the identifiers of the residences. A home that reaches several
        facilities counts once.

    Examples
    --------
    >>> homes = Homes(ids=pd.Index(["R"]), residence=np.zeros(3, dtype=np.int64),
    ...               points=np.full(3, None), weight=np.array([2, 1, 1]))
    >>> served_shares(pd.DataFrame({"home": [1, 2, 2]}), homes).to_dict()
    {'R': 0.5}
    """
    reached = np.zeros(len(homes.residence), dtype=bool)
    reached[walks["home"].to_numpy(dtype=np.int64)] = True
    served = np.zeros(len(homes.ids), dtype=np.int64)
    np.add.at(served, homes.residence[reached], homes.weight[reached])
    return pd.Series(served / homes.total, index=homes.ids)


def middle_nearest(nearest: pd.DataFrame, homes: Homes) -> pd.DataFrame:
    """
    Take the nearest facility of the home in the middle for that of its residence.

    Parameters
    ----------
    nearest
        Of each home, in their order, as `walk.links.nearest_facilities` gives it.
    homes
        The homes, with their weights.

    Returns
    -------
    nearest
        The same columns, indexed by the identifiers of the residences. The homes are in the order
        of their walks, those that cannot walk to any facility last; of equal walks the lower
        facility comes first.
    """
    far = nearest["walk_mm"] < 0
    table = nearest.assign(
        residence=homes.residence, weight=homes.weight, total=homes.total[homes.residence], far=far
    )
    order = ["residence", "far", "level_mm", "facility_id"]
    table = table.sort_values(order, kind="stable", na_position="last")
    passed = table.groupby("residence")["weight"].cumsum()
    middle = table[2 * passed >= table["total"]].drop_duplicates("residence")
    return middle[list(nearest.columns)].set_axis(homes.ids, axis="index")
