"""Shortage clusters as a table: who is in each, what they need, reach and lack."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.area_units import to_m2
from lifecircle.supply.bounds import Known
from lifecircle.supply.certificates import Clusters
from lifecircle.supply.codes import none_for_missing
from lifecircle.supply.town import Town

__all__ = ["cluster_ids", "cluster_names", "inside_clusters", "list_clusters"]

_Ints = npt.NDArray[np.int64]


def list_clusters(town: Town, found: Clusters, *, known: Known | None = None) -> pd.DataFrame:
    """
    List the clusters of a town, those that lack most first.

    Parameters
    ----------
    town
        Sites, residences and links.
    found
        The clusters of its sharing, from `town.give_out`.
    known
        Whose choices are known; without, everybody's.

    Returns
    -------
    clusters
        Indexed by ``cluster_id`` (C1 lacks most; ties by the lowest id of a residence that is in
        no smaller one):

        - ``parent_id``: the next larger cluster; None for an outermost one.
        - ``outermost``, ``minimal``: whether none holds it, and whether it holds none.
        - ``ratio_numerator``, ``ratio_denominator``: the part of its requirement that the
          best-served residence gets, exactly, where all priorities are the same.
        - ``residences``, ``facilities``: how many; own floor area without a facility is none.
        - ``requirement_m2``, ``capacity_m2``, ``shortage_m2``: what the residences ask for, what
          all that they reach has, own floor area included, and what is missing whatever is done:
          the least that must be added.
        - ``proven``: False if a site of unknown area is within reach, counted as 0, or a
          residence takes part so far outside that it may walk to facilities that are not given.
        - ``residence_ids``, ``facility_ids``: ``;``-joined, of outermost and minimal clusters;
          None for those between, whose members are those of the clusters they hold, and the
          residences whose own ``cluster_id`` they are.
    """
    parent, of_site = found.parent, _of_site(town, found)
    home, doubt = found.of_residence, _doubtful(town, known)
    minimal = np.bincount(parent[parent >= 0], minlength=len(parent)) == 0
    table = pd.DataFrame(
        {
            "parent": parent,
            "outermost": parent < 0,
            "minimal": minimal,
            "ratio_numerator": found.numerator,
            "ratio_denominator": found.denominator,
            "residences": _count(home, parent),
            "facilities": _count(of_site, parent),
            "requirement_m2": to_m2(pd.Series(found.requirement)),
            "capacity_m2": to_m2(pd.Series(found.capacity)),
            "shortage_m2": to_m2(pd.Series(found.requirement - found.capacity)),
            "proven": _count(np.where(doubt, home, -1), parent) == 0,
            "residence_ids": _joined(town.residences, home, parent, minimal),
            "facility_ids": _joined(town.sites, of_site, parent, minimal),
        }
    )
    order = np.lexsort((_first(found), found.capacity - found.requirement))
    named = pd.Series([f"C{place}" for place in range(1, len(order) + 1)], order, dtype=object)
    table.insert(0, "parent_id", none_for_missing(table.pop("parent").map(named).astype(object)))
    return table.loc[order].set_axis(pd.Index(named, name="cluster_id", dtype=object))


def cluster_ids(town: Town, found: Clusters, table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """
    Name the smallest cluster of each residence and each site.

    Parameters
    ----------
    town
        Sites, residences and links.
    found
        The clusters of its sharing.
    table
        The same from `list_clusters`.

    Returns
    -------
    of_residence
        ``cluster_id`` by residence; None for those in no cluster.
    of_site
        ``cluster_id`` by site.
    """
    name = np.full(len(table) + 1, None, dtype=object)  # the last: in no cluster
    name[:-1] = cluster_names(found, table)
    return (
        pd.Series(name[found.of_residence], index=town.residences, dtype=object),
        pd.Series(name[_of_site(town, found)], index=town.sites, dtype=object),
    )


def cluster_names(found: Clusters, table: pd.DataFrame) -> pd.Index:
    """
    Name the clusters of a sharing.

    Parameters
    ----------
    found
        The clusters.
    table
        The same from `list_clusters`.

    Returns
    -------
    names
        ``cluster_id`` by position in `found`.
    """
    names = np.full(len(table), None, dtype=object)
    names[np.lexsort((_first(found), found.capacity - found.requirement))] = table.index
    index: pd.Index = pd.Index(names, dtype=object)
    return index


def inside_clusters(clusters: pd.DataFrame, cluster_id: pd.Series) -> pd.DataFrame:
    """
    Choose the clusters that some residences are in.

    Parameters
    ----------
    clusters
        From `list_clusters`.
    cluster_id
        The smallest cluster of each of those residences; None for none.

    Returns
    -------
    chosen
        Those clusters and all that hold them.

    Examples
    --------
    >>> clusters = pd.DataFrame({"parent_id": [None, "C1", None]}, index=["C1", "C2", "C3"])
    >>> inside_clusters(clusters, pd.Series(["C2", None])).index.tolist()
    ['C1', 'C2']
    """
    wanted: set[str] = set()
    todo = set(cluster_id.dropna())
    while todo:
        wanted |= todo
        todo = set(clusters.loc[sorted(todo), "parent_id"].dropna()) - wanted
    return clusters[clusters.index.isin(wanted)]


def _first(found: Clusters) -> _Ints:
    """Find the lowest member that is in no smaller cluster; every cluster has one."""
    home = found.of_residence
    first = np.full(len(found.parent) + 1, len(home))
    np.minimum.at(first, home, np.arange(len(home)))
    return first[:-1]


def _of_site(town: Town, found: Clusters) -> _Ints:
    """Take the cluster of the open part of each site, else that of the part held."""
    sites, homes = len(town.sites), len(town.residences)
    held = found.of_facility[homes : homes + sites]
    shared = found.of_facility[homes + sites :]
    return np.where(shared >= 0, shared, held)


def _doubtful(town: Town, known: Known | None) -> npt.NDArray[np.bool_]:
    doubt = np.zeros(len(town.residences), dtype=bool)
    unknown = town.area_unknown[town.links["site"]]
    doubt[town.links.loc[unknown, "residence"]] = True
    doubt[town.serves[town.area_unknown & (town.serves >= 0)]] = True
    if known is not None:
        doubt |= ~known.choices.reindex(town.residences).to_numpy(dtype=bool)
    return doubt


def _count(of: _Ints, parent: _Ints) -> _Ints:
    """Count the members of each cluster, and of those that it holds: they come before it."""
    count = np.bincount(of[of >= 0], minlength=len(parent))
    for cluster in np.flatnonzero(parent >= 0):
        count[parent[cluster]] += count[cluster]
    return count


def _joined(ids: pd.Index, of: _Ints, parent: _Ints, minimal: npt.NDArray[np.bool_]) -> pd.Series:
    outermost = np.arange(len(parent))
    for cluster in np.flatnonzero(parent >= 0)[::-1]:
        outermost[cluster] = outermost[parent[cluster]]
    inside = of >= 0
    names = pd.Series(ids[inside], dtype=object)
    own = names.groupby(of[inside]).agg(";".join).reindex(range(len(parent)))
    whole = names.groupby(outermost[of[inside]]).agg(";".join).reindex(range(len(parent)))
    return none_for_missing(own.where(minimal, whole).astype(object))
