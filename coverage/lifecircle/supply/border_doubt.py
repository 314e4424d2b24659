"""Whose verdict could change if an input went on beyond the border."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.supply.results import Judged

__all__ = ["Touched", "open_verdicts", "sharing_groups"]

# More facilities lower nobody's share (a law of the fair share), more residences raise nobody's.
_OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    "streets": ("met", "short", "unreachable"),
    "facilities": ("short", "unreachable"),
    "residences": ("met",),
}


class Touched(NamedTuple):
    """
    What lies within a walk of the rim where an input ends.

    Attributes
    ----------
    homes, sites
        True or False by ``residence_id`` and by ``facility_id``.
    """

    homes: pd.Series
    sites: pd.Series


def open_verdicts(
    name: str, judged: Judged, links: pd.DataFrame, touched: Touched
) -> tuple[pd.Series, pd.Series]:
    """
    Tell whose verdict could change if an input went on beyond the border.

    Parameters
    ----------
    name
        The input: ``streets``, ``facilities`` or ``residences``.
    judged
        Ledgers and verdicts.
    links
        Who walks to what.
    touched
        What lies within a walk of the rim where the input ends.

    Returns
    -------
    near, bound
        True or False on the index of the judged residences, and only where the circle judges and
        the verdict is one that could change: not met if facilities are missing, met if residences
        are, any if streets are. `near`: who lives within a walk of that rim; if residences are
        missing, who walks to a facility that is within a walk of it. `bound`: also all who share
        floor area with them over any chain of walks; nobody else's verdict can change.
    """
    final, sites = judged.final, judged.counted["site"]
    could = final["ledger"].eq("circle") & final["verdict"].isin(_OPEN[name])
    walks = links[links["facility_id"].map(sites).notna()]
    homes = touched.homes.index[touched.homes] if name != "residences" else pd.Index([])
    goals = touched.sites.index[touched.sites] if name != "facilities" else pd.Index([])
    first = homes
    if name == "residences":
        first = pd.Index(walks.loc[walks["facility_id"].isin(goals), "residence_id"])
    of_home, of_site = sharing_groups(walks, judged.counted, final.index)
    groups = {*of_home.reindex(homes), *of_site.reindex(sites.reindex(goals).dropna())}
    return could & final.index.isin(first), could & of_home.isin(groups)


def sharing_groups(
    walks: pd.DataFrame, counted: pd.DataFrame, homes: pd.Index
) -> tuple[pd.Series, pd.Series]:
    """
    Tell who shares floor area with whom over any chain of walks, by the number of the group.

    Parameters
    ----------
    walks
        Links to facilities whose floor area counts or stands in another row of their site.
    counted
        From `counting.counted_area`.
    homes
        The residences.

    Returns
    -------
    of_home, of_site
        The number of each residence's group, and of each site's by its ``facility_id``.

    Examples
    --------
    >>> counted = pd.DataFrame({"site": ["A", "B"], "serves_id": None}, index=["A", "B"])
    >>> walks = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": ["A", "A"]})
    >>> of_home, of_site = sharing_groups(walks, counted, pd.Index(["R1", "R2", "R3"]))
    >>> of_home.tolist(), of_site.tolist()
    ([0, 0, 1], [0, 2])
    """
    sites = pd.Index(counted["site"].dropna().unique(), dtype=object)
    built = counted.loc[counted["serves_id"].isin(homes), ["site", "serves_id"]].dropna()
    ends = pd.concat(
        [
            pd.DataFrame(
                {"home": walks["residence_id"], "site": walks["facility_id"].map(counted["site"])}
            ),
            built.rename(columns={"serves_id": "home"}),
        ]
    )
    one = homes.get_indexer(pd.Index(ends["home"]))
    other = sites.get_indexer(pd.Index(ends["site"]))
    size = len(homes) + len(sites)
    graph = coo_array((np.ones(len(one)), (one, other + len(homes))), shape=(size, size))
    number = connected_components(graph, directed=False)[1]
    return (
        pd.Series(number[: len(homes)], index=homes),
        pd.Series(number[len(homes) :], index=sites),
    )
