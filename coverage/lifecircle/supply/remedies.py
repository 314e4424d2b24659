"""What would put a shortage right: how much is missing, and where one more facility would do."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.certificates import Clusters
from lifecircle.supply.flow import maximum_flow
from lifecircle.supply.town import Given, Town

__all__ = ["ALL_MET", "HELPS", "WITH_OTHERS", "SiteReach", "lacking", "single_sites"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

ALL_MET, WITH_OTHERS, HELPS = "all_met", "with_others", "helps"


class SiteReach(NamedTuple):
    """
    Who could walk to a facility at which point.

    Attributes
    ----------
    residence
        The position of the residence of each pair in ``town.residences``.
    point
        The position of the point; each pair once.
    """

    residence: _Ints
    point: _Ints


def lacking(town: Town, given: Given) -> _Bools:
    """
    Tell who would be given more if there were more.

    Parameters
    ----------
    town
        Sites, residences and links.
    given
        What was given out.

    Returns
    -------
    lacking
        By residence: whether it is in a shortage cluster, or misses something and reaches
        nothing. Who is rounded up to all it asks for is in its cluster all the same.
    """
    got = np.zeros_like(town.owed)
    np.add.at(got, given.shares["residence"].to_numpy(), given.shares["units"].to_numpy())
    in_cluster = given.clusters.of_residence >= 0
    short: _Bools = in_cluster | (got < town.owed)
    return short


def single_sites(town: Town, given: Given, reach: SiteReach) -> pd.DataFrame:
    """
    Find the points where one new facility would meet all that a shortage cluster lacks.

    Parameters
    ----------
    town
        Sites, residences and links.
    given
        What was given out, unknown areas taken for none, from `town.give_out`.
    reach
        Who of those who lack something (`lacking`) could walk to which point; pairs of all of
        them must be there.

    Returns
    -------
    sites
        One row for each cluster (``cluster``: its position) and point that some member reaches:

        - ``all_met``: with the cluster's shortage X added here, all members get all they ask for.
        - ``with_others``: so they do if enough is added here, but others who lack something
          reach the point too and share in it: X alone would not do.
        - ``helps``: each m² here lessens the shortage, but no amount here alone ends it.

    Notes
    -----
    *The least.* Let a cluster K ask for d(K) and reach c(N(K)); X = d(K) - c(N(K)). Whatever is
    done with less than X more, K gets less than d(K): X is the least that must be added. It can
    be enough: the fair share is a maximum flow in which K takes all of N(K), so of all subsets S
    of K none lacks more than K itself, d(S) - c(N(S)) <= X.

    *Where.* With X at a point that the members R reach, everyone in K can be met if and only if
    every subset S of K finds enough (Hall 1935): those that meet R have X more, which is enough
    by the above; those that do not must do with what there is. So it is enough, and necessary,
    that K without R has enough, which one maximum flow tells, in whole numbers. That every
    member reaches the point is enough for that, but not necessary. That some member reaches it
    is necessary, but not enough.

    *Who takes it.* A facility gives to the worst-off who reach it. If others who lack something
    reach the point, they take part, and K is left with less than X. Those who have all they ask
    for take nothing: were they given anything here, what they would leave elsewhere can help
    nobody in K, who reach nothing but N(K), which gives to K alone.
    """
    lack, capacity = _open_town(town, given)
    order = np.argsort(reach.residence, kind="stable")
    residence, point = reach.residence[order], reach.point[order]
    first = np.searchsorted(residence, np.arange(len(town.residences) + 1))
    everyone = np.bincount(point, minlength=point.max(initial=-1) + 1)
    links = town.links.sort_values(["residence", "site"])
    found = []
    for cluster, members in enumerate(_members(given.clusters)):
        rows = np.concatenate([np.arange(first[home], first[home + 1]) for home in members])
        points, place = np.unique(point[rows], return_inverse=True)
        reached = np.zeros((len(points), len(members)), dtype=bool)
        reached[place, np.searchsorted(members, residence[rows])] = True
        there = links[links["residence"].isin(members)]
        near = _Near(
            capacity,
            lack[members],
            there["site"].to_numpy(),
            np.searchsorted(members, there["residence"].to_numpy()),
        )
        enough = _enough(near, reached)
        alone = everyone[points] == reached.sum(axis=1)
        kind = np.where(enough, np.where(alone, ALL_MET, WITH_OTHERS), HELPS)
        found.append(pd.DataFrame({"cluster": cluster, "point": points, "kind": kind}))
    none = pd.DataFrame({"cluster": [], "point": [], "kind": []})
    return pd.concat(found, ignore_index=True) if found else none


def _open_town(town: Town, given: Given) -> tuple[_Ints, _Ints]:
    """Set aside what is reserved: what is lacking without it, and what is left of each site."""
    ways = given.shares
    kept = ways[ways["part"] != "open"]
    lack, capacity = town.owed.copy(), town.area.copy()
    np.subtract.at(lack, kept["residence"].to_numpy(), kept["units"].to_numpy())
    held = kept[kept["part"] == "held"]
    np.subtract.at(capacity, held["giver"].to_numpy(), held["units"].to_numpy())
    return lack, capacity


def _members(clusters: Clusters) -> list[_Ints]:
    """List the residences of each cluster, those of the clusters it holds among them."""
    members: list[list[int]] = [[] for _ in clusters.parent]
    for home in np.flatnonzero(clusters.of_residence >= 0).tolist():
        members[clusters.of_residence[home]].append(home)
    for cluster, parent in enumerate(clusters.parent.tolist()):  # the smaller come first
        if parent >= 0:
            members[parent] += members[cluster]
    return [np.array(sorted(each), dtype=np.int64) for each in members]


class _Near(NamedTuple):
    """A cluster by itself; members by position among them."""

    capacity: _Ints
    lack: _Ints
    site: _Ints
    member: _Ints


def _enough(near: _Near, reached: _Bools) -> _Bools:
    """Tell for each point whether the members who do not reach it have enough without it."""
    packed = np.packbits(reached, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    answers = [_suffices(near, ~reached[one]) for one in first]
    return np.array(answers, dtype=bool)[group.reshape(-1)]


def _suffices(near: _Near, wanting: _Bools) -> bool:
    links = wanting[near.member]
    sites, site = np.unique(near.site[links], return_inverse=True)
    lack = np.where(wanting, near.lack, 0)
    alone = np.zeros_like(lack)
    np.add.at(alone, near.member[links], near.capacity[near.site[links]])
    if lack.sum() > near.capacity[sites].sum() or (lack > alone).any():
        return False
    flow = maximum_flow(near.capacity[sites], lack, site, near.member[links])
    return bool(flow.sum() == lack.sum())
