"""Sharing floor area out: who gets how much of which facility."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.supply.area_units import MOST_UNITS
from lifecircle.supply.blocks import whole_units
from lifecircle.supply.certificates import Clusters, shortage_clusters
from lifecircle.supply.fairness import fairness_breaches
from lifecircle.supply.flow import check_amounts
from lifecircle.supply.leximin import fair_blocks, fair_flow
from lifecircle.tables import some

__all__ = ["FairShare", "fair_share", "share_floor_area", "share_range"]

_Ints = npt.NDArray[np.int64]


class FairShare(NamedTuple):
    """
    A sharing and what proves it.

    Attributes
    ----------
    units
        Units of 0.01 m² along each link, on the index of the links.
    clusters
        Where floor area is missing whatever is done; positions are those of sorted ids.
    """

    units: pd.Series
    clusters: Clusters


def share_floor_area(
    capacity: pd.Series,
    requirement: pd.Series,
    links: pd.DataFrame,
) -> pd.Series:
    """
    Share the floor area of facilities among the residences that reach them.

    No sharing can give out more in total. Among those that give as much it is the fair one
    (leximin): the worst-off residence gets the largest part of its requirement that any sharing
    can give it, then the next one, and so on.

    Parameters
    ----------
    capacity
        Units of 0.01 m² that each facility has, indexed by ``facility_id``.
    requirement
        Units that each residence asks for, indexed by ``residence_id``.
    links
        Who reaches what, with the columns ``residence_id`` and ``facility_id``; each pair once.

    Returns
    -------
    allocated_units
        Units along each link, on the index of `links`.

    Raises
    ------
    TableError
        If a link names an unknown facility or residence or stands twice, or the amounts are
        negative or too large to add up.

    Notes
    -----
    What each residence gets is unique: exact fractions, from `leximin.fair_blocks`, settled in
    whole units by fraction and id, from `leximin.fair_flow`. Along which of its links it gets
    them is one of several ways, chosen by the order of ids.

    Examples
    --------
    R2 reaches only A; both can get two thirds of what they ask for.

    >>> capacity = pd.Series({"A": 400, "B": 100})
    >>> requirement = pd.Series({"R1": 300, "R2": 450})
    >>> links = pd.DataFrame(
    ...     {"residence_id": ["R1", "R1", "R2"], "facility_id": ["A", "B", "A"]}
    ... )
    >>> share_floor_area(capacity, requirement, links).tolist()
    [100, 100, 300]
    """
    return fair_share(capacity, requirement, links).units


def fair_share(
    capacity: pd.Series,
    requirement: pd.Series,
    links: pd.DataFrame,
    *,
    weight: pd.Series | None = None,
) -> FairShare:
    """
    Share floor area as `share_floor_area` does, and say where it is missing.

    Parameters
    ----------
    capacity, requirement, links
        As for `share_floor_area`.
    weight
        How much each residence counts, in whole numbers from 1, indexed by ``residence_id``;
        without, all the same.

    Returns
    -------
    share
        The units along each link, and the shortage clusters.

    Raises
    ------
    TableError
        As `share_floor_area` does.

    Notes
    -----
    With weights it is the worst-off by ``share / (weight x requirement)`` who gets the most that
    any sharing can give it, though nobody more than the requirement. Weights change who is short,
    never how much is given out in all. Clusters are where floor area is missing whatever the
    weights, and so are found without them.

    Examples
    --------
    >>> links = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": ["A", "A"]})
    >>> share = fair_share(pd.Series({"A": 50}), pd.Series({"R1": 40, "R2": 40}), links)
    >>> share.units.tolist(), share.clusters.requirement.tolist()
    ([25, 25], [80])
    """
    town, order = _sorted_town(capacity, requirement, links)
    weights = _weights(weight, requirement)
    plain = fair_blocks(*town)
    blocks = plain if weights is None else fair_blocks(*town, weight=weights)
    units = fair_flow(*town, blocks, weight=weights)
    breaches = fairness_breaches(*town, units, blocks, weight=weights)
    assert not any(part.any() for part in breaches), "this is not the fair share"  # noqa: S101 - proven before it is handed out
    flow = np.empty(len(links), dtype=np.int64)
    flow[order] = units
    clusters = shortage_clusters(*town, plain)
    return FairShare(pd.Series(flow, index=links.index, name="allocated_units"), clusters)


def share_range(
    capacity: pd.Series,
    requirement: pd.Series,
    links: pd.DataFrame,
    *,
    weight: pd.Series | None = None,
) -> pd.DataFrame:
    """
    Say what the exact fair share comes to in whole units, before any rounding is settled.

    Parameters
    ----------
    capacity, requirement, links, weight
        As for `fair_share`.

    Returns
    -------
    units
        On the sorted index of `requirement`: ``at_least`` and ``at_most``, the exact share
        rounded down and up. `fair_share` gives one of the two.

    Raises
    ------
    TableError
        As `share_floor_area` does.

    Notes
    -----
    What is exact is monotone and what is rounded is not: with more floor area in the town someone
    may get a unit less, since the last units go round otherwise.

    Examples
    --------
    >>> links = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": ["A", "A"]})
    >>> share_range(pd.Series({"A": 5}), pd.Series({"R1": 4, "R2": 4}), links).loc["R2"].tolist()
    [2, 3]
    """
    town, _ = _sorted_town(capacity, requirement, links)
    weights = _weights(weight, requirement)
    floor, rest = whole_units(town[1], fair_blocks(*town, weight=weights), weight=weights)
    ends = {"at_least": floor, "at_most": floor + (rest > 0)}
    return pd.DataFrame(ends, index=requirement.sort_index().index)


def _sorted_town(
    capacity: pd.Series, requirement: pd.Series, links: pd.DataFrame
) -> tuple[tuple[_Ints, _Ints, _Ints, _Ints], _Ints]:
    """Bring amounts and links into the order of ids, and say where each link was."""
    capacity, requirement = capacity.sort_index(), requirement.sort_index()
    facility = capacity.index.get_indexer(pd.Index(links["facility_id"]))
    residence = requirement.index.get_indexer(pd.Index(links["residence_id"]))
    problems = [
        *_unknown("facility_id", links.loc[facility < 0, "facility_id"]),
        *_unknown("residence_id", links.loc[residence < 0, "residence_id"]),
    ]
    twice = links.duplicated(["residence_id", "facility_id"])
    if twice.any():
        pairs = links.loc[twice, ["residence_id", "facility_id"]]
        problems.append(f"each link stands once; look at {some(pairs.agg(' - '.join, axis=1))}.")
    if problems:
        raise TableError("links", problems)

    order = np.lexsort((residence, facility))
    tails, heads = facility[order].astype(np.int64), residence[order].astype(np.int64)
    held, owed = capacity.to_numpy(dtype=np.int64), requirement.to_numpy(dtype=np.int64)
    check_amounts(held, owed)
    return (held, owed, tails, heads), order


def _weights(weight: pd.Series | None, requirement: pd.Series) -> _Ints | None:
    """Take out what all weights have in common; none if they are then all the same."""
    if weight is None:
        return None
    owed = requirement.sort_index().to_numpy(dtype=np.int64)
    weight = weight.reindex(requirement.sort_index().index)
    if not (weight >= 1).all():
        raise TableError("sharing", ["every weight must be a whole number from 1."])
    whole = weight.to_numpy(dtype=np.int64)
    whole = whole // np.gcd.reduce(whole, initial=0) if len(whole) else whole
    if (whole == 1).all():
        return None
    if (owed.astype(np.float64) * whole).sum() > MOST_UNITS:
        raise TableError("sharing", ["requirement times weight adds up to more than 2^62 units."])
    return whole


def _unknown(column: str, ids: Iterable[str]) -> list[str]:
    strays = sorted(set(ids))
    return [f"'{column}' names nothing known: {some(strays)}."] if strays else []
