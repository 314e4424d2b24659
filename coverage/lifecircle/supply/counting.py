"""What counts: which facilities' floor area counts, and each site once."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from lifecircle.supply.area_units import to_units
from lifecircle.supply.codes import joined_flags, none_for_missing

__all__ = ["counted_area", "unknown_serves_ids"]


def counted_area(
    facilities: pd.DataFrame,
    *,
    kinds: Collection[str],
    highest_floor: float | None = None,
    with_planned: bool = False,
) -> pd.DataFrame:
    """
    Say what floor area of each facility counts, and why not.

    Rows that share a ``site_id`` give their area once: the largest known one, in the row with
    the lowest ``facility_id`` among those that have it.

    Parameters
    ----------
    facilities
        Indexed by ``facility_id``, with the columns ``kind``, ``status``, ``floor``,
        ``floor_area_m2``, ``area_basis``, ``site_id``, ``serves_id`` and ``delivered``.
    kinds
        The kinds whose floor area counts.
    highest_floor
        The highest storey that counts; None for every one above ground. An unknown one counts.
    with_planned
        Whether planned facilities count beside the operating ones.

    Returns
    -------
    counted
        On the index of `facilities`:

        - ``counted_units``: ``Int64`` units of 0.01 m²; <NA> where the area is unknown.
        - ``site``: the facility that stands for the site, itself for most; None where the row
          is not admissible.
        - ``serves_id``, ``delivered``: of the site: the row's own, else those of the first row
          of the site that has any; None where the row does not stand for a site.
        - ``reason``: why 0 or unknown: ``kind``, ``not_operating``, ``basement``,
          ``storey_too_high``, ``site_counted_once``, ``area_unknown``, else None.
        - ``flags``: ``;``-joined codes: ``facility_status_unknown``, ``storey_unknown``,
          ``site_areas_differ``, ``site_serves_several``, ``area_basis_mixed`` (gross and usable
          areas stand beside each other).

    Examples
    --------
    >>> facilities = pd.DataFrame(
    ...     {
    ...         "kind": ["canteen", "day_care", "nursing_home"],
    ...         "status": "operating",
    ...         "floor": 1.0,
    ...         "floor_area_m2": [300.0, 300.0, 5000.0],
    ...         "area_basis": None,
    ...         "site_id": ["S", "S", None],
    ...         "serves_id": None,
    ...         "delivered": None,
    ...     },
    ...     index=["A", "B", "C"],
    ... )
    >>> counted = counted_area(facilities, kinds=["canteen", "day_care"])
    >>> counted[["counted_units", "reason"]].to_dict("list")
    {'counted_units': [30000, 0, 0], 'reason': [None, 'site_counted_once', 'kind']}
    """
    reason = _reasons(facilities, kinds, highest_floor, with_planned=with_planned)
    admissible = facilities[reason.isna()]
    units = to_units(facilities["floor_area_m2"])
    site = _sites(admissible, units).reindex(facilities.index)
    stands = site == facilities.index
    reason[site.notna() & ~stands] = "site_counted_once"
    reason[stands & units.isna()] = "area_unknown"
    return pd.DataFrame(
        {
            "counted_units": units.where(stands, 0),
            "site": none_for_missing(site),
            "serves_id": none_for_missing(
                _of_the_site(admissible["serves_id"], site).where(stands)
            ),
            "delivered": none_for_missing(
                _of_the_site(admissible["delivered"], site).where(stands)
            ),
            "reason": none_for_missing(reason),
            "flags": joined_flags(_flags(facilities, site, units)),
        }
    )


def unknown_serves_ids(facilities: pd.DataFrame, residences: pd.DataFrame) -> pd.Series:
    """
    List the facilities that were built for a residence nobody knows.

    Their area counts in the circle, for whoever can walk to it, and in nobody's own ledger.

    Parameters
    ----------
    facilities
        Indexed by ``facility_id``, with the column ``serves_id``.
    residences
        Indexed by ``residence_id``.

    Returns
    -------
    serves_id
        The unknown residence's id, indexed by ``facility_id``.

    Examples
    --------
    >>> facilities = pd.DataFrame({"serves_id": ["R1", "R9", None]}, index=["A", "B", "C"])
    >>> unknown_serves_ids(facilities, pd.DataFrame(index=["R1"])).to_dict()
    {'B': 'R9'}
    """
    serves = facilities["serves_id"]
    return serves[serves.notna() & ~serves.isin(residences.index)]


def _reasons(
    facilities: pd.DataFrame,
    kinds: Collection[str],
    highest_floor: float | None,
    *,
    with_planned: bool,
) -> pd.Series:
    wanted = ["operating", "planned"] if with_planned else ["operating"]
    works = facilities["status"].isna() | facilities["status"].isin(wanted)
    reason = pd.Series(None, index=facilities.index, dtype=object)
    reason[facilities["floor"] < 0] = "basement"
    if highest_floor is not None:
        reason[facilities["floor"] > highest_floor] = "storey_too_high"
    reason[~works] = "not_operating"
    reason[~facilities["kind"].isin(list(kinds))] = "kind"
    return reason


def _sites(admissible: pd.DataFrame, units: pd.Series) -> pd.Series:
    """Name the facility that stands for each row's site: largest known area, then lowest id."""
    rows = pd.DataFrame(
        {
            "facility": admissible.index,
            "units": units.reindex(admissible.index).fillna(-1).to_numpy(dtype=np.int64),
            "group": _groups(admissible["site_id"]),
        }
    )
    best = rows.sort_values(["units", "facility"], ascending=[False, True]).drop_duplicates("group")
    stands = rows["group"].map(best.set_index("group")["facility"])
    return pd.Series(stands.to_numpy(dtype=object), index=admissible.index, dtype=object)


def _groups(site_id: pd.Series) -> np.ndarray:
    """Give the rows of one site, and no others, the same number."""
    codes = pd.factorize(site_id)[0]
    alone = codes < 0
    return np.where(alone, codes.max(initial=-1) + 1 + np.arange(len(codes)), codes)


def _of_the_site(words: pd.Series, site: pd.Series) -> pd.Series:
    """Give each row its own word, else the first one of its site, in order of id."""
    given = words.dropna().sort_index()
    first = given.groupby(site.reindex(given.index).to_numpy()).first()
    own = words.reindex(site.index)
    return own.where(own.notna(), site.map(first))


def _flags(facilities: pd.DataFrame, site: pd.Series, units: pd.Series) -> dict[str, pd.Series]:
    admissible = site.notna()
    basis = facilities["area_basis"].where(admissible)
    return {
        "facility_status_unknown": admissible & facilities["status"].isna(),
        "storey_unknown": admissible & facilities["floor"].isna(),
        "site_areas_differ": admissible & _several(units, site),
        "site_serves_several": admissible & _several(facilities["serves_id"], site),
        "area_basis_mixed": basis.notna() & (len(basis.dropna().unique()) > 1),
    }


def _several(values: pd.Series, site: pd.Series) -> pd.Series:
    """Say whether a row's site holds more than one known value."""
    distinct = values.groupby(site.to_numpy()).nunique()
    return site.map(distinct).fillna(0).astype(int) > 1
