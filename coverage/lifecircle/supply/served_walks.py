"""The walk that makes a residence served."""

from typing import Final

import pandas as pd

__all__ = ["served_minutes"]

# Facilities that make a residence served: floor area that counts, here or on the same site, or is
# not known (as `supply.town.walkable_sites` has it).
_REACHED: Final = ("area_unknown", "site_counted_once")


def served_minutes(
    residences: pd.DataFrame, facilities: pd.DataFrame, links: pd.DataFrame
) -> "pd.Series[float]":
    """
    Time each residence's walk to the nearest facility that makes it served.

    Parameters
    ----------
    residences
        The assessed residences, with ``reachable_facilities``.
    facilities
        The assessed facilities, with ``counted_m2`` and ``counted_reason``.
    links
        The walks, with ``residence_id``, ``facility_id`` and ``minutes``.

    Returns
    -------
    minutes
        On the index of `residences`; NaN for those that are not served.

    Examples
    --------
    >>> residences = pd.DataFrame({"reachable_facilities": [1, 0]}, index=["R1", "R2"])
    >>> facilities = pd.DataFrame(
    ...     {"counted_m2": [0.0, 300.0], "counted_reason": ["kind", None]}, index=["A", "B"]
    ... )
    >>> links = pd.DataFrame(
    ...     {"residence_id": ["R1", "R1"], "facility_id": ["A", "B"], "minutes": [2.0, 9.0]}
    ... )
    >>> served_minutes(residences, facilities, links).tolist()
    [9.0, nan]
    """
    reason = facilities["counted_reason"].isin(_REACHED)
    serving = facilities.index[(facilities["counted_m2"] > 0) | reason]
    nearest = links[links["facility_id"].isin(serving)].groupby("residence_id")["minutes"].min()
    served = residences["reachable_facilities"] > 0
    return nearest.reindex(residences.index).where(served)
