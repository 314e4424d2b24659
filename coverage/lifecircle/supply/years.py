"""The town at the end of a year: what operates, what is planned, what is built by then."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.supply.codes import joined_flags
from lifecircle.tables import some

__all__ = [
    "built_by",
    "facilities_then",
    "facility_year_flags",
    "residence_year_flags",
    "status_then",
    "year_problems",
]


def status_then(facilities: pd.DataFrame, *, year: int) -> pd.Series:
    """
    Say what state each facility is in at the end of a year.

    Parameters
    ----------
    facilities
        With the columns ``status``, ``open_year`` and ``close_year``; NaN for unknown years.
    year
        The year.

    Returns
    -------
    status
        On the same index. What opens later is ``planned``; what has closed in this year or before
        is ``closed``; what has opened by then and not closed is ``operating``, also if the list
        has it as planned (it opens by then) or closed (it closes later). Where the year that
        would tell is unknown the status stays as it is listed.

    Notes
    -----
    Plans and statistics speak of the end of a year (``到2025年底``), and so does this: a facility
    counts from the year in which it opens, and up to the year before the one in which it closes.
    So a facility and the one that takes its place in the same year never count both.

    Examples
    --------
    >>> facilities = pd.DataFrame(
    ...     {
    ...         "status": ["operating", "planned", "closed", "planned"],
    ...         "open_year": [2010, 2026, 2005, float("nan")],
    ...         "close_year": [float("nan"), float("nan"), 2024, float("nan")],
    ...     }
    ... )
    >>> status_then(facilities, year=2023).tolist()
    ['operating', 'planned', 'operating', 'planned']
    >>> status_then(facilities, year=2026).tolist()
    ['operating', 'operating', 'closed', 'planned']
    """
    listed = facilities["status"].astype(object)
    opens, closes = _years(facilities, "open_year"), _years(facilities, "close_year")
    for_ever = listed.eq("closed") & closes.isna()
    then = listed.mask(listed.eq("planned") & (opens <= year), "operating")
    then = then.mask(listed.eq("closed") & (closes > year), "operating")
    then = then.mask((opens > year) & ~for_ever, "planned")
    return then.mask(closes <= year, "closed").rename("status")


def facilities_then(facilities: gpd.GeoDataFrame, *, year: int) -> gpd.GeoDataFrame:
    """
    Set facilities into the state that they are in at the end of a year.

    Parameters
    ----------
    facilities
        As for `status_then`, with the column ``delivered``.
    year
        The year.

    Returns
    -------
    facilities
        The same rows with the ``status`` of then. What is listed as planned and operates then has
        no ``delivered``: the list says how far it is today.

    Examples
    --------
    >>> facilities = gpd.GeoDataFrame(
    ...     {"status": ["planned"], "open_year": [2026.0], "close_year": [np.nan],
    ...      "delivered": ["built"]},
    ...     geometry=gpd.points_from_xy([0], [0]),
    ... )  # fmt: skip
    >>> facilities_then(facilities, year=2026)[["status", "delivered"]].to_dict("list")
    {'status': ['operating'], 'delivered': [None]}
    """
    status = status_then(facilities, year=year)
    begun = facilities["status"].eq("planned") & status.eq("operating")
    delivered = facilities["delivered"].astype(object).mask(begun, None)
    return facilities.assign(status=status, delivered=delivered.where(delivered.notna(), None))


def built_by(residences: pd.DataFrame, *, year: int) -> pd.Series:
    """
    Tell which residences are there at the end of a year.

    Parameters
    ----------
    residences
        With the column ``year``, of completion; NaN where unknown.
    year
        The year.

    Returns
    -------
    there
        True or False on the same index; True where the year of completion is unknown.

    Examples
    --------
    >>> built_by(pd.DataFrame({"year": [2020, 2026, float("nan")]}), year=2025).tolist()
    [True, False, True]
    """
    return ~(_years(residences, "year") > year)


def year_problems(facilities: pd.DataFrame) -> Iterator[str]:
    """
    Say which years of facilities cannot be.

    Parameters
    ----------
    facilities
        With the columns ``open_year`` and ``close_year``, indexed by ``facility_id``.

    Yields
    ------
    problem
        A sentence, if a facility closes before it opens.

    Examples
    --------
    >>> facilities = pd.DataFrame({"open_year": [2020], "close_year": [2019]}, index=["A"])
    >>> list(year_problems(facilities))
    ["'close_year' must not be before 'open_year'; look at 'A'."]
    """
    early = _years(facilities, "close_year") < _years(facilities, "open_year")
    if early.any():
        named = some(facilities.index[early])
        yield f"'close_year' must not be before 'open_year'; look at {named}."


def facility_year_flags(facilities: pd.DataFrame, *, year: int) -> pd.Series:
    """
    Say what the state of each facility at the end of a year rests on.

    Parameters
    ----------
    facilities
        As they are listed: see `status_then`.
    year
        The year.

    Returns
    -------
    flags
        ``;``-joined codes: ``planned_operates_then``, ``not_open_then``, ``closed_then``,
        ``closed_since``, where the state is not the listed one; ``open_year_unknown`` or
        ``close_year_unknown`` where the year that would tell is unknown.

    Examples
    --------
    >>> facilities = pd.DataFrame(
    ...     {"status": ["planned", "operating"], "open_year": [2025, float("nan")],
    ...      "close_year": float("nan")}
    ... )  # fmt: skip
    >>> facility_year_flags(facilities, year=2025).tolist()
    ['planned_operates_then', 'open_year_unknown']
    """
    listed, then = facilities["status"].astype(object), status_then(facilities, year=year)
    opens, closes = _years(facilities, "open_year"), _years(facilities, "close_year")
    gone = closes <= year
    for_ever = listed.eq("closed") & closes.isna()
    changed = listed.ne(then)
    return joined_flags(
        {
            "planned_operates_then": changed & listed.eq("planned") & then.eq("operating"),
            "not_open_then": changed & then.eq("planned"),
            "closed_then": changed & then.eq("closed"),
            "closed_since": changed & listed.eq("closed") & then.eq("operating"),
            "open_year_unknown": opens.isna() & ~gone & ~for_ever,
            "close_year_unknown": for_ever,
        }
    )


def residence_year_flags(residences: pd.DataFrame) -> pd.Series:
    """
    Flag the residences that are taken as built because nobody says when.

    Parameters
    ----------
    residences
        With the column ``year``.

    Returns
    -------
    flags
        ``built_year_unknown`` or empty.

    Examples
    --------
    >>> residence_year_flags(pd.DataFrame({"year": [2020, float("nan")]})).tolist()
    ['', 'built_year_unknown']
    """
    return joined_flags({"built_year_unknown": _years(residences, "year").isna()})


def _years(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].astype(np.float64)
