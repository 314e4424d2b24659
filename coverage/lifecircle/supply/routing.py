"""Who goes where: the shares stand, and everyone is given theirs as near as can be."""

import numpy as np
import pandas as pd

from lifecircle.supply.town import Given, Town
from lifecircle.supply.transport import cheapest_flow

__all__ = ["nearest_shares"]


def nearest_shares(town: Town, given: Given, walk_mm: pd.Series) -> pd.DataFrame:
    """
    Give every residence the units that it has been given, over the shortest walks.

    Parameters
    ----------
    town
        Sites, residences and links.
    given
        What was given out, from `town.give_out`, unknown areas taken for none.
    walk_mm
        The walk of each link, in the order of the links that the town was built from.

    Returns
    -------
    shares
        The rows of ``given.shares``: what is reserved stays; the units of the ``open`` rows add
        up to the same by residence, and to no more than there is by site. Where all of a site is
        needed they add up to the same; where some idles, what idles is what lies farthest.

    Notes
    -----
    The least sum of units times walk at fixed shares: a transport problem, so whole amounts stay
    whole. Who lacks something draws only on the facilities of the same smallest cluster, and
    these give to nobody else: each has its worst-off there, and the cluster takes all they have.
    Leaving out all other links changes no solution. So the certificate of fairness holds for
    these shares too.

    Examples
    --------
    >>> from lifecircle.supply.town import build_town, give_out
    >>> terms = pd.DataFrame({"requirement_units": [30], "own_units": 0}, index=["R1"])
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [40, 40], "site": ["A", "B"], "serves_id": None}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1", "R1"], "facility_id": ["A", "B"]})
    >>> town = build_town(terms, counted, links)
    >>> given = give_out(town, town.owed, unlimited=False)
    >>> given.shares["units"].tolist()
    [30, 0]
    >>> nearest_shares(town, given, pd.Series([700_000, 200_000]))["units"].tolist()
    [0, 30]
    """
    ways, clusters = given.shares, given.clusters
    held = ways[ways["part"] == "held"]
    capacity = town.area.copy()
    np.subtract.at(capacity, held["giver"].to_numpy(), held["units"].to_numpy())
    walked = ways[ways["part"] == "open"].sort_values(["giver", "residence"])
    site, home = walked["giver"].to_numpy(), walked["residence"].to_numpy()
    share = np.zeros_like(town.owed)
    np.add.at(share, home, walked["units"].to_numpy())
    of_site = clusters.of_facility[len(town.residences) + len(town.sites) :]
    near = of_site[site] == clusters.of_residence[home]
    row = walked["row"].to_numpy()[near]
    units = ways["units"].copy()
    units.loc[walked.index] = 0
    units.loc[walked.index[near]] = cheapest_flow(
        capacity, share, site[near], home[near], walk_mm.to_numpy(dtype=np.int64)[row]
    )
    return ways.assign(units=units)
