"""Who can be given what: the sites, what is reserved of them, and who can walk to them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.errors import TableError
from lifecircle.supply.certificates import Clusters
from lifecircle.supply.priority import whole_weights
from lifecircle.supply.sharing import fair_share, share_range
from lifecircle.tables import some

__all__ = ["Given", "Town", "build_town", "components", "give_out", "units_range", "walkable_sites"]

_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """
    What the sharing needs to know, by position in the order of ids.

    Attributes
    ----------
    residences, sites
        The ids, ascending; a site bears the id of the facility that stands for it.
    owed
        Units that each residence asks for; 0 where unknown.
    built
        Units that each residence has of its own without a facility.
    area, area_unknown
        Units of each site, 0 where unknown; and where that is.
    serves
        The residence that each site was built for; -1 for most.
    links
        Who can walk to which site, each pair once: ``residence``, ``site``, and ``row``, the
        position of the link among those given.
    weight
        How much each residence counts, in whole numbers.
    """

    residences: pd.Index
    sites: pd.Index
    owed: _Ints
    built: _Ints
    area: _Ints
    area_unknown: _Bools
    serves: _Ints
    links: pd.DataFrame
    weight: _Ints


class Given(NamedTuple):
    """
    What was given out, and where it does not suffice.

    Attributes
    ----------
    shares
        One row for each way of giving: ``part`` (``built``: own floor area without a facility;
        ``held``: reserved of a site; ``open``: along a link), ``giver`` (position of the
        residence for ``built``, else of the site), ``residence`` (position), ``row`` (of the
        link; -1 but for ``open``) and ``units``.
    clusters
        Shortage clusters; its facilities are, one after the other, what each residence has built,
        what is held of each site, and what is open of each site.
    """

    shares: pd.DataFrame
    clusters: Clusters


def build_town(
    terms: pd.DataFrame,
    counted: pd.DataFrame,
    links: pd.DataFrame,
    *,
    priority: pd.Series | None = None,
) -> Town:
    """
    Bring residences, sites and links together.

    The links of a site's other rows become links of the row that stands for it.

    Parameters
    ----------
    terms
        Indexed by ``residence_id``, with the columns ``requirement_units`` and ``own_units``.
    counted
        Indexed by ``facility_id``, with the columns ``counted_units``, ``site`` and
        ``serves_id``.
    links
        With the columns ``residence_id`` and ``facility_id``.
    priority
        How much each residence counts, on the index of `terms`; NaN and without: 1.

    Returns
    -------
    town
        In whole units of 0.01 m².

    Raises
    ------
    TableError
        If a link names an unknown residence or facility.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [3000, 3000], "own_units": [1000, 0]}, index=["R1", "R2"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [4000, 0], "site": "A", "serves_id": ["R2", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["B"]})
    >>> town = build_town(terms, counted, links)
    >>> town.links.to_dict("records")
    [{'residence': 0, 'site': 0, 'row': 0}]
    """
    problems = [
        f"'{column}' names nothing known: {some(sorted(set(strays)))}."
        for column, table in (("residence_id", terms), ("facility_id", counted))
        if len(strays := links.loc[~links[column].isin(table.index), column])
    ]
    if problems:
        raise TableError("links", problems)

    homes = terms.loc[sorted(terms.index)]
    sites = counted[counted["site"] == counted.index]
    sites = sites.loc[sorted(sites.index)]
    serves = homes.index.get_indexer(pd.Index(sites["serves_id"], dtype=object))
    built = homes["own_units"].fillna(0).to_numpy(dtype=np.int64, copy=True)
    built[serves[serves >= 0]] = 0
    return Town(
        residences=homes.index,
        sites=sites.index,
        owed=homes["requirement_units"].fillna(0).to_numpy(dtype=np.int64),
        built=built,
        area=sites["counted_units"].fillna(0).to_numpy(dtype=np.int64),
        area_unknown=sites["counted_units"].isna().to_numpy(dtype=bool),
        serves=serves.astype(np.int64),
        links=_site_links(counted, links, homes.index, sites.index),
        weight=_weights(homes.index, priority),
    )


def _weights(residences: pd.Index, priority: pd.Series | None) -> _Ints:
    if priority is None:
        return np.ones(len(residences), dtype=np.int64)
    return whole_weights(priority.reindex(residences).fillna(1.0)).to_numpy(dtype=np.int64)


def give_out(town: Town, owed: _Ints, *, unlimited: bool) -> Given:
    """
    Share all floor area out, each unit once.

    Parameters
    ----------
    town
        Sites, residences and links.
    owed
        Units that each residence asks for, in the order of ``town.residences``.
    unlimited
        Whether a site of unknown area has all that its residences could draw, or nothing.

    Returns
    -------
    given
        The shares, and the clusters that lack floor area whatever is done.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [3000, 3000], "own_units": [1000, 0]}, index=["R1", "R2"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [4000, 0], "site": "A", "serves_id": ["R2", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["B"]})
    >>> town = build_town(terms, counted, links)
    >>> give_out(town, town.owed, unlimited=False).shares[["part", "residence", "units"]]
        part  residence  units
    0  built          0   1000
    1   held          1   3000
    2   open          0   1000
    """
    ways, capacity, ends = _to_share(town, owed, unlimited=unlimited)
    share = fair_share(capacity, pd.Series(owed), ends, weight=pd.Series(town.weight))
    return Given(ways.assign(units=share.units), share.clusters)


def units_range(
    town: Town,
    owed: _Ints,
    *,
    unlimited: bool,
    shut: _Bools | None = None,
) -> pd.DataFrame:
    """
    Say what each residence has of the exact fair share, rounded down and up.

    Parameters
    ----------
    town, owed, unlimited
        As for `give_out`.
    shut
        Sites that give nothing but what is held of them, in the order of ``town.sites``. One of
        unlimited area gives all the same.

    Returns
    -------
    units
        In the order of ``town.residences``: ``at_least`` and ``at_most``.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [3000, 3000], "own_units": [1000, 0]}, index=["R1", "R2"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [4000, 0], "site": "A", "serves_id": ["R2", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["B"]})
    >>> town = build_town(terms, counted, links)
    >>> units_range(town, town.owed, unlimited=False, shut=np.array([True]))["at_most"].tolist()
    [1000, 3000]
    """
    _, capacity, ends = _to_share(town, owed, unlimited=unlimited, shut=shut)
    return share_range(capacity, pd.Series(owed), ends, weight=pd.Series(town.weight))


def _to_share(
    town: Town, owed: _Ints, *, unlimited: bool, shut: _Bools | None = None
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Set out who can give what to whom: the ways, what each giver has, and the ways' ends."""
    area = np.where(town.area_unknown, _drawn_at_most(town, owed) * unlimited, town.area)
    held = _held(town, owed, area)
    to_all = area - held
    if shut is not None:
        to_all[shut & ~(town.area_unknown & unlimited)] = 0
    with_held, with_built = np.flatnonzero(held), np.flatnonzero(town.built)
    links = town.links
    ways: pd.DataFrame = pd.concat(
        [
            _ways("built", with_built, with_built, -1),
            _ways("held", with_held, town.serves[with_held], -1),
            _ways("open", links["site"], links["residence"], links["row"]),
        ],
        ignore_index=True,
    )
    # The order of the nodes: what only one residence can have is given first, and so never idles.
    capacity = np.concatenate([np.minimum(town.built, owed), held, to_all])
    first = {"built": 0, "held": len(owed), "open": len(owed) + len(area)}
    nodes = ways["giver"] + ways["part"].map(first).astype(np.int64)
    ends = pd.DataFrame({"residence_id": ways["residence"], "facility_id": nodes})
    return ways, pd.Series(capacity), ends


def walkable_sites(town: Town) -> pd.DataFrame:
    """
    Count what each residence can walk to, before any sharing.

    Parameters
    ----------
    town
        Sites, residences and links.

    Returns
    -------
    walkable
        By residence: ``reachable_facilities``, the sites that have floor area, known or not (a
        known 0 m² makes nobody reach anything), and ``reachable_units``, what is known of it.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [3000, 3000], "own_units": [1000, 0]}, index=["R1", "R2"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [4000, 0], "site": "A", "serves_id": ["R2", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["B"]})
    >>> town = build_town(terms, counted, links)
    >>> walkable_sites(town)["reachable_units"].to_dict()
    {'R1': 4000, 'R2': 0}
    """
    homes, sites = town.links["residence"].to_numpy(), town.links["site"].to_numpy()
    there = (town.area[sites] > 0) | town.area_unknown[sites]
    count = np.bincount(homes[there], minlength=len(town.residences))
    units = np.zeros(len(town.residences), dtype=np.int64)
    np.add.at(units, homes, town.area[sites])
    walkable = {"reachable_facilities": count, "reachable_units": units}
    return pd.DataFrame(walkable, index=town.residences)


def components(town: Town) -> tuple[_Ints, _Ints]:
    """
    Give all that hangs together by links or reserved parts the same number.

    Parameters
    ----------
    town
        Sites, residences and links.

    Returns
    -------
    of_residence
        The number of each residence's component.
    of_site
        The number of each site's component.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {"requirement_units": [3000, 3000], "own_units": [1000, 0]}, index=["R1", "R2"]
    ... )
    >>> counted = pd.DataFrame(
    ...     {"counted_units": [4000, 0], "site": "A", "serves_id": ["R2", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame({"residence_id": ["R1"], "facility_id": ["B"]})
    >>> town = build_town(terms, counted, links)
    >>> [numbers.tolist() for numbers in components(town)]
    [[0, 0], [0]]
    """
    first_site = len(town.residences)
    serving = np.flatnonzero(town.serves >= 0)
    taker = np.concatenate([town.links["residence"].to_numpy(), town.serves[serving]])
    giver = np.concatenate([town.links["site"].to_numpy(), serving]) + first_site
    size = first_site + len(town.sites)
    graph = coo_array((np.ones(len(taker), dtype=np.int8), (taker, giver)), shape=(size, size))
    _, number = connected_components(graph, directed=False)
    return number[:first_site].astype(np.int64), number[first_site:].astype(np.int64)


def _site_links(
    counted: pd.DataFrame, links: pd.DataFrame, residences: pd.Index, sites: pd.Index
) -> pd.DataFrame:
    """Lead every link to its site, each pair once: by the site's own row, else the lowest id."""
    rows = sorted(counted.index)
    site_of_row = sites.get_indexer(pd.Index(counted.loc[rows, "site"], dtype=object))
    row = pd.Index(rows).get_indexer(pd.Index(links["facility_id"]))
    found = pd.DataFrame(
        {
            "residence": residences.get_indexer(pd.Index(links["residence_id"])),
            "site": site_of_row[row],
            "detour": site_of_row[row] != sites.get_indexer(pd.Index(rows))[row],
            "facility": row,
            "row": np.arange(len(links)),
        }
    )
    found = found[found["site"] >= 0]
    found = found.sort_values(["residence", "site", "detour", "facility"])
    return found.drop_duplicates(["residence", "site"])[["residence", "site", "row"]]


def _drawn_at_most(town: Town, owed: _Ints) -> _Ints:
    drawn = np.where(town.serves >= 0, owed[town.serves], 0) if len(owed) else town.area * 0
    np.add.at(drawn, town.links["site"].to_numpy(), owed[town.links["residence"].to_numpy()])
    return drawn.astype(np.int64)


def _held(town: Town, owed: _Ints, area: _Ints) -> _Ints:
    """Reserve of each site what its residence still lacks, in the order of the sites' ids."""
    if not len(owed):
        return area * 0
    before = pd.Series(area).groupby(town.serves).cumsum().to_numpy(dtype=np.int64) - area
    lack = np.clip(owed[town.serves] - before, 0, area)
    return np.where(town.serves >= 0, lack, 0)


def _ways(
    part: str, givers: _Ints | pd.Series, takers: _Ints | pd.Series, rows: int | pd.Series
) -> pd.DataFrame:
    ends = {"giver": np.asarray(givers), "residence": np.asarray(takers), "row": rows}
    return pd.DataFrame(ends | {"part": part}).reset_index(drop=True)
