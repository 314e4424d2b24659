"""What would put a shortage right: how much is missing, and where one more facility would do."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.certificates import Clusters
from lifecircle.supply.link_order import by_second_end, firsts
from lifecircle.supply.town import Given, Town
from lifecircle.supply.without import suffices_without

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
          reach the point, or what the cluster reaches, and share in it: X alone would not do.
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

    *A cluster in another.* If a larger cluster holds K, some of its other members reach N(K) and
    lack something: else K would be a part by itself. K met in full takes all of N(K) and X, and
    leaves them as short as before: not fair, so K is never met by X alone. Whatever is added,
    those who reach the point can do without the rest; K is met if and only if nobody of the
    others in K goes short in any greatest flow to the outermost cluster around K without R, for
    whoever goes short in one has a fair share below what it asks for, and nobody else has. (With
    unequal priorities some of them may have all they ask for: then more points than these do.)

    *What need not be tried.* K without R asks for at most c(N(K)) only if R asks for X or more.
    And what is not enough for a cluster that K holds is not enough for K.
    """
    clusters = given.clusters
    open_town, walks = _open_town(town, given), _walks(reach, len(town.residences))
    shortage = clusters.requirement - clusters.capacity
    seen: list[_Seen] = []
    all_members, outermost = _members(clusters), _outermost(clusters)
    for cluster, members in enumerate(all_members):
        inner = [seen[at] for at in np.flatnonzero(clusters.parent == cluster)]
        own = members[clusters.of_residence[members] == cluster]
        at, doubtful = _reached(walks, open_town.lack, own, inner, shortage[cluster])
        for around in dict.fromkeys([cluster, outermost[cluster]]):
            doubtful[doubtful] = _enough(
                open_town, all_members[around], members, walks, at.point[doubtful]
            )
        at.enough[doubtful] = True
        seen.append(at)
    tables = [
        pd.DataFrame(
            {
                "cluster": cluster,
                "point": at.point,
                "kind": _kinds(at, walks.homes, is_outermost=outermost[cluster] == cluster),
            }
        )
        for cluster, at in enumerate(seen)
    ]
    none = pd.DataFrame({"cluster": [], "point": [], "kind": []})
    return pd.concat(tables, ignore_index=True) if tables else none


class _Open(NamedTuple):
    """What is not reserved; links sorted by site, then residence."""

    lack: _Ints
    capacity: _Ints
    site: _Ints
    home: _Ints


def _open_town(town: Town, given: Given) -> _Open:
    """Set aside what is reserved: what is lacking without it, and what is left of each site."""
    ways = given.shares
    kept = ways[ways["part"] != "open"]
    lack, capacity = town.owed.copy(), town.area.copy()
    np.subtract.at(lack, kept["residence"].to_numpy(), kept["units"].to_numpy())
    held = kept[kept["part"] == "held"]
    np.subtract.at(capacity, held["giver"].to_numpy(), held["units"].to_numpy())
    links = town.links.sort_values(["site", "residence"])
    return _Open(lack, capacity, links["site"].to_numpy(), links["residence"].to_numpy())


class _Walks(NamedTuple):
    """Who reaches which point, sorted by residence: its pairs begin at `first`."""

    residence: _Ints
    point: _Ints
    first: _Ints
    by_point: _Ints
    first_of_point: _Ints

    @property
    def homes(self) -> _Ints:
        """How many reach each point."""
        return np.diff(self.first_of_point)


def _walks(reach: SiteReach, residences: int) -> _Walks:
    order = np.argsort(reach.residence, kind="stable")
    residence, point = reach.residence[order], reach.point[order]
    points = int(point.max(initial=-1)) + 1
    return _Walks(
        residence,
        point,
        firsts(residence, residences),
        by_second_end(point, points),
        firsts(point, points),
    )


def _members(clusters: Clusters) -> list[_Ints]:
    """List the residences of each cluster, those of the clusters it holds among them."""
    members: list[list[int]] = [[] for _ in clusters.parent]
    for home in np.flatnonzero(clusters.of_residence >= 0).tolist():
        members[clusters.of_residence[home]].append(home)
    for cluster, parent in enumerate(clusters.parent.tolist()):  # the smaller come first
        if parent >= 0:
            members[parent] += members[cluster]
    return [np.array(sorted(each), dtype=np.int64) for each in members]


def _outermost(clusters: Clusters) -> list[int]:
    """Name for each cluster the one around it that no other holds; the larger come later."""
    around = list(range(len(clusters.parent)))
    for cluster in reversed(around):
        parent = int(clusters.parent[cluster])
        around[cluster] = around[parent] if parent >= 0 else cluster
    return around


class _Seen(NamedTuple):
    """The points that members of a cluster reach."""

    point: _Ints
    homes: _Ints  # how many members
    lack: _Ints  # what they ask for together
    enough: _Bools  # whether the others are met without them


def _reached(
    walks: _Walks, lack: _Ints, own: _Ints, inner: list[_Seen], shortage: int
) -> tuple[_Seen, _Bools]:
    """Find the points of a cluster from those of what it holds, and which are to be tried."""
    rows = _ranges(walks.first, own)
    homes, asked, enough = np.zeros((3, len(walks.homes)), dtype=np.int64)
    np.add.at(homes, walks.point[rows], 1)
    np.add.at(asked, walks.point[rows], lack[walks.residence[rows]])
    for each in inner:
        homes[each.point] += each.homes
        asked[each.point] += each.lack
        enough[each.point] += each.enough
    point = np.flatnonzero(homes)
    asked = asked[point]
    doubtful = (asked >= shortage) & (enough[point] == len(inner))
    return _Seen(point, homes[point], asked, np.zeros(len(point), dtype=bool)), doubtful


def _enough(town: _Open, around: _Ints, members: _Ints, walks: _Walks, points: _Ints) -> _Bools:
    """Tell for each point whether the members who do not reach it are met beside those around."""
    if not len(points):
        return np.zeros(0, dtype=bool)
    place = np.full(len(town.lack), -1)
    place[around] = np.arange(len(around))
    judged = np.zeros(len(around), dtype=bool)
    judged[place[members]] = True
    inside = place[town.home] >= 0
    sites, tails = np.unique(town.site[inside], return_inverse=True)
    rows = walks.by_point[_ranges(walks.first_of_point, points)]
    away, counts = place[walks.residence[rows]], walks.homes[points]
    group = np.repeat(np.arange(len(points)), counts)[away >= 0]
    return suffices_without(
        town.capacity[sites],
        town.lack[around],
        tails,
        place[town.home[inside]],
        first=firsts(group, len(points)),
        away=away[away >= 0],
        judged=judged,
    )


def _kinds(at: _Seen, homes: _Ints, *, is_outermost: bool) -> npt.NDArray[np.str_]:
    alone = (homes[at.point] == at.homes) & is_outermost
    return np.where(at.enough, np.where(alone, ALL_MET, WITH_OTHERS), HELPS)


def _ranges(first: _Ints, chosen: _Ints) -> _Ints:
    """List the places ``first[c] .. first[c + 1]`` of all that are chosen."""
    counts = first[chosen + 1] - first[chosen]
    before = np.repeat(np.cumsum(counts) - counts, counts)
    places: _Ints = np.repeat(first[chosen], counts) + np.arange(len(before)) - before
    return places
