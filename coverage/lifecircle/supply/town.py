"""Who can be given what: the sites, what is reserved of them, and who can walk to them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.errors import TableError
from lifecircle.supply.sharing import share_floor_area
from lifecircle.tables import some

__all__ = ["Town", "build_town", "components", "give_out", "has_area", "walkable_sites"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Town:
    """
    What the sharing needs to know.

    Attributes
    ----------
    owed
        Units that each residence asks for, by ``residence_id``; 0 where unknown.
    built
        Units that a residence has of its own without a facility, by ``residence_id``.
    area
        Units of each site, by the ``facility_id`` that stands for it, ascending; <NA> where
        unknown.
    serves
        The residence that each site was built for; NaN for most.
    links
        Who can walk to which site: ``residence_id``, ``site``, and ``facility_id``, the row of
        the site that the link belongs to. Each pair once.
    """

    owed: pd.Series
    built: pd.Series
    area: pd.Series
    serves: pd.Series
    links: pd.DataFrame


def build_town(terms: pd.DataFrame, counted: pd.DataFrame, links: pd.DataFrame) -> Town:
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

    Returns
    -------
    town
        In whole units of 0.01 m².

    Raises
    ------
    TableError
        If a link names an unknown residence or facility.
    """
    problems = [
        f"'{column}' names nothing known: {some(sorted(set(strays)))}."
        for column, table in (("residence_id", terms), ("facility_id", counted))
        if len(strays := links.loc[~links[column].isin(table.index), column])
    ]
    if problems:
        raise TableError("links", problems)

    sites = counted[counted["site"] == counted.index]
    sites = sites.loc[sorted(sites.index)]
    serves = sites["serves_id"].astype(object)
    serves = serves.where(serves.isin(terms.index))
    built = terms["own_units"].fillna(0).astype(np.int64)
    return Town(
        owed=terms["requirement_units"].fillna(0).astype(np.int64),
        built=built.mask(terms.index.isin(serves), 0),
        area=sites["counted_units"].astype("Int64"),
        serves=serves,
        links=_site_links(counted, links),
    )


def give_out(town: Town, owed: pd.Series, *, unlimited: bool) -> pd.DataFrame:
    """
    Share all floor area out, each unit once.

    Parameters
    ----------
    town
        Sites, residences and links.
    owed
        Units that each residence asks for, on the index of ``town.owed``.
    unlimited
        Whether a site of unknown area has all that its residences could draw, or nothing.

    Returns
    -------
    shares
        One row for each way of giving: ``part`` (``built``: own floor area without a facility;
        ``held``: reserved of a site; ``open``: along a link), ``giver`` (the residence for
        ``built``, else the site), ``residence_id``, ``facility_id`` (of the link; None but for
        ``open``) and ``units``.
    """
    area = town.area.fillna(0).astype(np.int64)
    if unlimited:
        area = area.mask(town.area.isna(), _drawn_at_most(town, owed))
    held = _held(town, owed, area)
    has_held, has_built = held.index[held > 0], owed.index[town.built > 0]
    built = town.built.clip(upper=owed)
    links = town.links
    ways: pd.DataFrame = pd.concat(
        [
            _ways("built", has_built, has_built, None),
            _ways("held", has_held, town.serves[has_held], None),
            _ways("open", links["site"], links["residence_id"], links["facility_id"]),
        ],
        ignore_index=True,
    )
    # In the order of these names, what only one residence can have is given first: none idles.
    capacity: pd.Series = pd.concat(
        [
            part.set_axis([f"{name}:{giver}" for giver in part.index])
            for name, part in (("built", built), ("held", held), ("open", area - held))
        ]
    )
    ends = pd.DataFrame(
        {"residence_id": ways["residence_id"], "facility_id": ways["part"] + ":" + ways["giver"]}
    )
    return ways.assign(units=share_floor_area(capacity, owed, ends))


def has_area(town: Town) -> pd.Series:
    """
    Say which sites have floor area.

    Parameters
    ----------
    town
        Sites, residences and links.

    Returns
    -------
    has_area
        By site; True where the area is unknown, False where it is known to be 0 m².
    """
    return town.area.ne(0).fillna(value=True).astype(bool)


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
        By residence: ``reachable_facilities``, the sites that have floor area, known or not, and
        ``reachable_units``, what is known of it.
    """
    links = town.links[town.links["site"].map(has_area(town)).astype(bool)]
    units = links["site"].map(town.area.fillna(0).astype(np.int64))
    by_residence = units.astype(np.int64).groupby(links["residence_id"])
    walkable = {"reachable_facilities": by_residence.size(), "reachable_units": by_residence.sum()}
    return pd.DataFrame(walkable).reindex(town.owed.index, fill_value=0).astype(np.int64)


def components(town: Town) -> tuple[pd.Series, pd.Series]:
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
    """
    residences, sites = town.owed.index, town.area.index
    served = town.serves.dropna()
    taker = residences.get_indexer(pd.Index([*town.links["residence_id"], *served]))
    giver = sites.get_indexer(pd.Index([*town.links["site"], *served.index])) + len(residences)
    size = len(residences) + len(sites)
    graph = coo_array((np.ones(len(taker), dtype=np.int8), (taker, giver)), shape=(size, size))
    _, number = connected_components(graph, directed=False)
    return (
        pd.Series(number[: len(residences)], index=residences),
        pd.Series(number[len(residences) :], index=sites),
    )


def _site_links(counted: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Lead every link to its site, each pair once: by the site's own row, else the lowest id."""
    found = pd.DataFrame(
        {
            "residence_id": links["residence_id"].astype(object),
            "site": links["facility_id"].map(counted["site"]).astype(object),
            "facility_id": links["facility_id"].astype(object),
        }
    ).dropna(subset="site")
    found["detour"] = found["facility_id"] != found["site"]
    found = found.sort_values(["residence_id", "site", "detour", "facility_id"])
    return found.drop_duplicates(["residence_id", "site"]).drop(columns="detour")


def _drawn_at_most(town: Town, owed: pd.Series) -> pd.Series:
    by_walk = town.links["residence_id"].map(owed).groupby(town.links["site"]).sum()
    own = town.serves.map(owed).fillna(0)
    return (by_walk.reindex(town.area.index, fill_value=0) + own).astype(np.int64)


def _held(town: Town, owed: pd.Series, area: pd.Series) -> pd.Series:
    """Reserve of each site what its residence still lacks, in the order of the sites' ids."""
    lack = town.serves.map(owed).fillna(0).astype(np.int64)
    before = area.groupby(town.serves.fillna("")).cumsum() - area
    return (lack - before).clip(lower=0).clip(upper=area)


def _ways(
    part: str,
    givers: pd.Index | pd.Series,
    takers: pd.Index | pd.Series,
    rows: pd.Series | None,
) -> pd.DataFrame:
    nothing = np.full(len(givers), None, dtype=object)
    return pd.DataFrame(
        {
            "part": np.full(len(givers), part, dtype=object),
            "giver": givers.to_numpy(dtype=object),
            "residence_id": takers.to_numpy(dtype=object),
            "facility_id": nothing if rows is None else rows.to_numpy(dtype=object),
        }
    )
