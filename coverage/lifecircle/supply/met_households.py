"""Households in residences that are met in full: under the fair share, and at best."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from lifecircle.supply.area_units import UNITS_PER_M2, to_units
from lifecircle.supply.circle import CircleLedger
from lifecircle.supply.fully_met import most_met
from lifecircle.supply.reference import site_walks

__all__ = ["met_pair"]


def met_pair(
    residences: pd.DataFrame,
    terms: pd.DataFrame,
    counted: pd.DataFrame,
    circle: CircleLedger,
    links: pd.DataFrame,
    *,
    tolerance: Decimal | Fraction,
) -> pd.Series:
    """
    Count the households that the fair share meets in full, and the most that any sharing could.

    Both are about the circle, whatever ledger judges, in the sharing that is shown: unknown areas
    are 0, and what is reserved stays reserved.

    Parameters
    ----------
    residences
        Those in the area, with ``households``; others take part in the fair share, and need get
        nothing in the best one.
    terms
        What is asked of every residence, from `requirement.residence_terms`.
    counted
        What counts of every facility, from `counting.counted_area`.
    circle
        The fair share.
    links
        Who can walk to what, with ``residence_id``, ``facility_id`` and ``walk_mm``, on an index
        that holds that of the ledger's links; those are taken.
    tolerance
        Part of the requirement that may be missing from a met one.

    Returns
    -------
    pair
        ``fully_met_households`` (fair share), ``fully_met_households_best`` (some sharing reaches
        it) and ``fully_met_households_bound`` (none exceeds it).
    """
    # In the order of ids: the search stops at a limit, and where must not depend on the rows.
    terms = terms.sort_index()
    sites = counted.index[counted["site"] == counted.index].sort_values()
    shown = circle.residences.reindex(terms.index)
    reserved = to_units(shown["reserved_m2"]).to_numpy(dtype=np.int64)
    least = _least(terms["requirement_units"], Fraction(tolerance))
    counts = terms["asked"].astype(bool) & terms["requirement_units"].notna()
    households = residences["households"].where(counts.reindex(residences.index))
    weight = to_units(households.reindex(terms.index)).fillna(0).to_numpy(dtype=np.int64)
    open_m2 = circle.facilities["allocated_m2"] + circle.facilities["idle_m2"].fillna(0)
    capacity = to_units(open_m2) - to_units(circle.facilities["reserved_m2"])
    walks = site_walks(counted, links.loc[circle.links.index])
    walks = walks.sort_values(["residence_id", "facility_id"])
    most = most_met(
        capacity.reindex(sites).to_numpy(dtype=np.int64),
        np.maximum(least - reserved, 0),
        weight,
        sites.get_indexer(pd.Index(walks["facility_id"])),
        terms.index.get_indexer(pd.Index(walks["residence_id"])),
    )
    received = to_units(shown["circle_m2"]).to_numpy(dtype=np.int64)
    fair = int(weight[received >= least].sum())
    amounts = {
        "fully_met_households": fair,
        "fully_met_households_best": max(fair, most.reached),
        "fully_met_households_bound": most.bound,
    }
    return pd.Series(amounts, dtype=np.float64) / UNITS_PER_M2


def _least(
    requirement_units: pd.Series, tolerance: Fraction
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Take off what may be missing, rounded down, in whole numbers without bound."""
    asked = requirement_units.fillna(0).tolist()
    part = tolerance.numerator, tolerance.denominator
    return np.array([units - units * part[0] // part[1] for units in asked], dtype=np.int64)
