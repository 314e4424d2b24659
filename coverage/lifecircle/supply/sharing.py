"""Sharing floor area out: who gets how much of which facility."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.supply.flow import maximum_flow
from lifecircle.tables import some

__all__ = ["share_floor_area"]


def share_floor_area(
    capacity: pd.Series,
    requirement: pd.Series,
    links: pd.DataFrame,
) -> pd.Series:
    """
    Share the floor area of facilities among the residences that reach them.

    No sharing can give out more in total. Among the sharings that give as much, a fixed rule
    chooses: facilities give in the order of their id, first to the residence with the lowest id,
    and nobody who was given something loses it to a later one.

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

    Examples
    --------
    >>> capacity = pd.Series({"A": 500, "B": 200})
    >>> requirement = pd.Series({"R1": 300, "R2": 400})
    >>> links = pd.DataFrame(
    ...     {"residence_id": ["R1", "R1", "R2"], "facility_id": ["A", "B", "A"]}
    ... )
    >>> share_floor_area(capacity, requirement, links).tolist()
    [100, 200, 400]
    """
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

    flow = maximum_flow(
        capacity.to_numpy(dtype=np.int64),
        requirement.to_numpy(dtype=np.int64),
        facility.astype(np.int64),
        residence.astype(np.int64),
    )
    return pd.Series(flow, index=links.index, name="allocated_units")


def _unknown(column: str, ids: Iterable[str]) -> list[str]:
    strays = sorted(set(ids))
    return [f"'{column}' names nothing known: {some(strays)}."] if strays else []
