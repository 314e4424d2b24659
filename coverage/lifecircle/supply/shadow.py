"""Shadow values: what one further square metre would be worth at each facility, and who gains."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.certificates import Clusters
from lifecircle.supply.codes import none_for_missing
from lifecircle.supply.remedies import lacking
from lifecircle.supply.town import Given, Town

__all__ = ["shadow_values"]

_Ints = npt.NDArray[np.int64]


def shadow_values(
    town: Town, given: Given, cluster_names: pd.Index
) -> tuple[pd.Series, pd.DataFrame]:
    """
    Tell what one more unit would add to all that is given out.

    Parameters
    ----------
    town
        Sites, residences and links.
    given
        What was given out, unknown areas taken for none, from `town.give_out`.
    cluster_names
        The name of each of its clusters, by position.

    Returns
    -------
    of_residence
        ``gain_m2_per_m2`` by residence: 1.0 if a unit for it alone would be one unit more in
        total, 0.0 if not.
    of_site
        By site, ``gain_m2_per_m2``, and ``gains_cluster_id``: the smallest clusters in which shares
        would rise, ``;``-joined; None for none, and where only residences that reach nothing yet
        would gain.

    Notes
    -----
    A unit at a residence is worth 1 if and only if the residence lies on the short side of the
    smallest minimum cut, from where a way leads to someone who lacks; else some minimum cut
    stays as it is, and with it the total. Under the fair share the short side are the shortage
    clusters and those who reach nothing: everyone in a cluster gets less than all, so a cluster
    without some of its members lacks less than the whole. A unit at a site is worth what it is
    worth to the worst-off who reach it, for it goes to them: all that rises is in their smallest
    clusters. Where the site is reserved, in whole or in part, the unit is reserved too as long as
    its residence lacks; beyond that it frees a unit of the last site that is reserved for it.

    Examples
    --------
    R1 and R2 share A and lack; R3 has all it asks for.

    >>> from lifecircle.supply.town import build_town, give_out
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [30, 30, 30], "own_units": 0}, index=["R1", "R2", "R3"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [40, 40], "site": ["A", "B"], "serves_id": None}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame(
    ...     {"residence_id": ["R1", "R2", "R3"], "facility_id": ["A", "A", "B"]}
    ... )
    >>> town = build_town(terms, counted, links)
    >>> given = give_out(town, town.owed, unlimited=False)
    >>> homes, sites = shadow_values(town, given, pd.Index(["C1"]))
    >>> homes.to_dict()
    {'R1': 1.0, 'R2': 1.0, 'R3': 0.0}
    >>> sites["gain_m2_per_m2"].to_dict(), sites["gains_cluster_id"].to_dict()
    ({'A': 1.0, 'B': 0.0}, {'A': 'C1', 'B': None})
    """
    short = lacking(town, given)
    rank = np.where(short, _rank(given.clusters), np.iinfo(np.int64).max)
    home, site = _takers(town)
    worst = np.full(len(town.sites), np.iinfo(np.int64).max)
    np.minimum.at(worst, site, rank[home])
    takes = short[home] & (rank[home] == worst[site])
    pairs = pd.DataFrame({"site": site[takes], "cluster": given.clusters.of_residence[home[takes]]})
    of_cluster = pairs[pairs["cluster"] >= 0].drop_duplicates().sort_values(["site", "cluster"])
    names = pd.Series(cluster_names[of_cluster["cluster"]], of_cluster["site"], dtype=object)
    joined = names.groupby(level=0).agg(";".join).reindex(range(len(town.sites)))
    gain = np.isin(np.arange(len(town.sites)), pairs["site"]).astype(float)
    of_site = {
        "gain_m2_per_m2": pd.Series(gain, index=town.sites),
        "gains_cluster_id": none_for_missing(joined.astype(object)).set_axis(town.sites),
    }
    of_residence = pd.Series(short.astype(float), index=town.residences)
    return of_residence, pd.DataFrame(of_site)


def _rank(clusters: Clusters) -> _Ints:
    """Rank the residences by the ratio of their smallest cluster: 0 for those with nothing."""
    pairs = zip(clusters.numerator.tolist(), clusters.denominator.tolist(), strict=True)
    ratios = [Fraction(*pair) for pair in pairs]
    rank = {ratio: place for place, ratio in enumerate(sorted(set(ratios)), start=1)}
    of_cluster = np.array([rank[ratio] for ratio in ratios] + [0], dtype=np.int64)
    ranks: _Ints = of_cluster[clusters.of_residence]
    return ranks


def _takers(town: Town) -> tuple[_Ints, _Ints]:
    """List who could be given one more unit of which site: whom it is reserved for, or walkers."""
    serving = np.flatnonzero(town.serves >= 0)
    home, units = town.serves[serving], town.area[serving]
    chain = pd.DataFrame({"site": serving, "home": home, "units": units})
    chain["so_far"] = chain.groupby("home")["units"].cumsum()
    enough = chain["so_far"].to_numpy() >= town.owed[home]
    # The first site with which there is enough gives way to a unit more at those before it.
    frees = chain["site"].where(enough).groupby(chain["home"]).transform("min")
    opens = np.arange(len(town.sites))
    opens[serving] = np.maximum(frees.fillna(-1).to_numpy(dtype=np.int64), serving)
    reserved = frees.isna().to_numpy()
    opens[serving[reserved]] = -1
    links = town.links.merge(pd.DataFrame({"site": opens, "of": range(len(opens))}), on="site")
    return (
        np.concatenate([home[reserved], links["residence"].to_numpy()]),
        np.concatenate([serving[reserved], links["of"].to_numpy()]),
    )
