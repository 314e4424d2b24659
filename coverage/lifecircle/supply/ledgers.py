"""The own ledger (配建): the floor area built for each residence; and which ledger judges."""

from typing import Final

import numpy as np
import pandas as pd

from lifecircle.standards.vocabulary import Ledger
from lifecircle.supply.area_units import to_m2
from lifecircle.supply.codes import joined_flags, none_for_missing

__all__ = ["final_verdict", "own_ledger"]

_AREA: Final = {"known": np.int64, "unknown": bool, "too_small": bool, "exists": bool}


def own_ledger(
    terms: pd.DataFrame,
    counted: pd.DataFrame,
    planned: pd.DataFrame,
    *,
    pending_counts: bool = False,
) -> pd.DataFrame:
    """
    Judge every residence by the floor area that was built for it, whatever the walk.

    What counts is the area of the admissible sites that serve the residence and are handed over
    (unknown counts, flagged). Without any such site, handed over or not, it is
    ``own_floor_area_m2``; where that is unknown and a planned site serves the residence, nothing
    has been handed over yet: 0. There is no tolerance. A requirement of 0 is met.

    Parameters
    ----------
    terms
        What is asked of every residence, from `requirement.residence_terms`.
    counted
        What counts of every facility now, from `counting.counted_area`.
    planned
        The same with the planned facilities.
    pending_counts
        Whether area that is planned or not yet handed over counts as well.

    Returns
    -------
    own
        On the index of `terms`:

        - ``own_m2``: what counts; NaN where it is unknown.
        - ``own_pending_m2``: planned, or built and not handed over.
        - ``own_verdict``: ``met``, ``short``, ``no_data`` or ``not_asked``.
        - ``own_reason``: ``households_unknown``, ``status_unknown``, ``facility_area_unknown`` or
          ``own_area_unknown``; None unless there is no data.
        - ``own_shortage_m2``: NaN where it is unknown. In a pool the members that have more than
          they owe make up for the others in the order of their ids.
        - ``unknown_facilities``: ``;``-joined ids of those whose unknown area is the reason.
        - ``flags``: ``own_area_differs``, ``delivery_unknown``, ``site_below_minimum``.

    Notes
    -----
    Residences of one pool are judged by the sum of what they have and the sum of what they owe.
    An unknown area or requirement is ``no_data`` only if it could turn the verdict.

    Examples
    --------
    >>> terms = pd.DataFrame(
    ...     {
    ...         "ledger": "own", "asked": True, "reason": None, "pool_id": None,
    ...         "requirement_units": pd.array([4000, 4000], dtype="Int64"),
    ...         "own_units": pd.array([4000, 1000], dtype="Int64"),
    ...         "min_site_units": 0,
    ...     },
    ...     index=["R1", "R2"],
    ... )  # fmt: skip
    >>> none = pd.DataFrame(
    ...     columns=["counted_units", "site", "serves_id", "delivered"], dtype=object
    ... )
    >>> own_ledger(terms, none, none)[["own_verdict", "own_shortage_m2"]].to_dict("list")
    {'own_verdict': ['met', 'short'], 'own_shortage_m2': [0.0, 30.0]}
    """
    pool = _pools(terms)
    built = _built_area(terms, counted, handed_over_only=True)
    with_planned = _built_area(terms, planned, handed_over_only=False)
    pending = _pending_area(built, with_planned)
    own = _given_area(terms, pool)
    listed = built["exists"] | (with_planned["exists"] & own["unknown"])
    own[listed] = built[listed]
    flags = _flags(terms, counted, built, own)
    if pending_counts:
        own["known"] += pending["known"]
        own["unknown"] |= pending["unknown"]
        own["exists"] |= pending["unknown"]
    judged = _judged(terms, own, pool)
    in_doubt = judged["reason"] == "facility_area_unknown"
    unknown = _unknown_facilities(terms, planned if pending_counts else counted, pool)
    return pd.DataFrame(
        {
            "own_m2": _m2(own),
            "own_pending_m2": _m2(pending),
            "own_verdict": judged["verdict"],
            "own_reason": judged["reason"],
            "own_shortage_m2": to_m2(judged["shortage_units"]),
            "unknown_facilities": none_for_missing(unknown.where(in_doubt)),
            "flags": flags,
        }
    )


def final_verdict(
    terms: pd.DataFrame,
    own: pd.DataFrame,
    circle: pd.DataFrame,
    *,
    ledger: Ledger | None = None,
) -> pd.DataFrame:
    """
    Take for every residence the verdict of the ledger that its rule names.

    Parameters
    ----------
    terms
        What is asked of every residence, from `requirement.residence_terms`.
    own
        From `own_ledger`.
    circle
        The residences of `circle.circle_ledger`.
    ledger
        One ledger for all residences, whatever their rules name.

    Returns
    -------
    final
        On the index of `terms`:

        - ``rule_id``, ``clause``, ``ledger``: None where no rule asks or none can be chosen.
        - ``requirement_m2``: NaN where it is unknown.
        - ``verdict``, ``reason``, ``shortage_m2``: those of the ledger; 0 m² where nothing is
          asked, NaN where there is no data.

    Examples
    --------
    >>> index = pd.Index(["R1"], name="residence_id")
    >>> terms = pd.DataFrame(
    ...     {"rule_id": "new", "clause": None, "ledger": "own", "asked": True,
    ...      "reason": None, "requirement_units": pd.array([4000], dtype="Int64")}, index=index
    ... )  # fmt: skip
    >>> own = pd.DataFrame(
    ...     {"own_verdict": "short", "own_reason": None, "own_shortage_m2": 40.0}, index=index
    ... )
    >>> circle = pd.DataFrame(
    ...     {"circle_verdict": "met", "circle_reason": None, "circle_shortage_m2": 0.0}, index=index
    ... )
    >>> final_verdict(terms, own, circle)["verdict"].tolist()
    ['short']
    >>> final_verdict(terms, own, circle, ledger="circle")["verdict"].tolist()
    ['met']
    """
    asked = terms["asked"].astype(bool)
    chosen = terms["ledger"]
    if ledger is not None:
        chosen = pd.Series(ledger, index=terms.index, dtype=object).where(asked)
    by_own, by_circle = chosen.eq("own"), chosen.eq("circle")
    verdict = pd.Series("no_data", index=terms.index, dtype=object)
    reason = terms["reason"].astype(object)
    shortage = pd.Series(np.nan, index=terms.index)
    for name, table, chosen_here in (("own", own, by_own), ("circle", circle, by_circle)):
        verdict[chosen_here] = table.loc[chosen_here, f"{name}_verdict"]
        reason[chosen_here] = table.loc[chosen_here, f"{name}_reason"]
        shortage[chosen_here] = table.loc[chosen_here, f"{name}_shortage_m2"]
    verdict[~asked] = "not_asked"
    shortage[~asked] = 0.0
    return pd.DataFrame(
        {
            "rule_id": terms["rule_id"],
            "clause": terms["clause"],
            "ledger": none_for_missing(chosen),
            "requirement_m2": to_m2(terms["requirement_units"]),
            "verdict": verdict,
            "reason": none_for_missing(reason),
            "shortage_m2": shortage.mask(verdict == "no_data"),
        }
    )


def _pools(terms: pd.DataFrame) -> pd.Series:
    """Give the residences of one pool, and no others, the same number."""
    codes = pd.factorize(terms["pool_id"])[0]
    alone = codes.max(initial=-1) + 1 + np.arange(len(codes))
    return pd.Series(np.where(codes < 0, alone, codes), index=terms.index)


def _serving(terms: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Choose the rows that stand for a site that serves a known residence."""
    stands = counted["site"] == counted.index
    return counted[stands & counted["serves_id"].isin(terms.index)]


def _built_area(
    terms: pd.DataFrame, counted: pd.DataFrame, *, handed_over_only: bool
) -> pd.DataFrame:
    """Sum the sites that serve each residence: what is known, and whether anything is not."""
    sites = _serving(terms, counted)
    serves = sites["serves_id"].to_numpy(dtype=object)
    units = sites["counted_units"].astype("Int64")
    least = terms["min_site_units"].reindex(serves).to_numpy(dtype=np.int64)
    too_small = units.lt(least).fillna(value=False)
    counts = ~too_small
    if handed_over_only:
        counts &= sites["delivered"].isna() | sites["delivered"].eq("handed_over")
    table = pd.DataFrame(
        {
            "known": units.fillna(0).where(counts, 0).astype(np.int64),
            "unknown": units.isna() & counts,
            "too_small": too_small,
            "exists": True,
        }
    )
    sums = table.astype(np.int64).groupby(serves).sum()
    return sums.reindex(terms.index, fill_value=0).astype(_AREA)


def _given_area(terms: pd.DataFrame, pool: pd.Series) -> pd.DataFrame:
    """Take what the residences themselves say they have: one site for each pool."""
    known = terms["own_units"].fillna(0).astype(np.int64)
    site = known.groupby(pool).transform("sum")
    too_small = (site > 0) & (site < terms["min_site_units"])
    area = {
        "known": known.mask(too_small, 0),
        "unknown": terms["own_units"].isna(),
        "too_small": too_small,
        "exists": False,
    }
    return pd.DataFrame(area, index=terms.index).astype(_AREA)


def _pending_area(built: pd.DataFrame, with_planned: pd.DataFrame) -> pd.DataFrame:
    """Take what is planned, or built and not handed over, beyond what counts already."""
    return pd.DataFrame(
        {
            "known": (with_planned["known"] - built["known"]).clip(lower=0),
            "unknown": with_planned["unknown"] | built["unknown"],
        }
    )


def _flags(
    terms: pd.DataFrame, counted: pd.DataFrame, built: pd.DataFrame, own: pd.DataFrame
) -> pd.Series:
    sites = _serving(terms, counted)
    undelivered = terms.index.isin(sites.loc[sites["delivered"].isna(), "serves_id"])
    differs = built["exists"] & ~built["unknown"] & terms["own_units"].ne(built["known"])
    return joined_flags(
        {
            "own_area_differs": differs.fillna(value=False),
            "delivery_unknown": pd.Series(undelivered, terms.index),
            "site_below_minimum": own["too_small"],
        }
    )


def _unknown_facilities(terms: pd.DataFrame, counted: pd.DataFrame, pool: pd.Series) -> pd.Series:
    """Name the sites of unknown area that serve each residence, or one of its pool."""
    sites = _serving(terms, counted)
    sites = sites[sites["counted_units"].isna()].sort_index()
    names = pd.Series(sites.index, dtype=object)
    of_pool = names.groupby(pool.reindex(sites["serves_id"]).to_numpy()).agg(";".join)
    return of_pool.reindex(pool).set_axis(pool.index).astype(object)


def _judged(terms: pd.DataFrame, own: pd.DataFrame, pool: pd.Series) -> pd.DataFrame:
    """Compare each pool's sums; what is unknown matters only if it could turn the verdict."""
    owed = terms["requirement_units"]
    sums = pd.DataFrame(
        {
            "owed": owed.fillna(0).astype(np.int64),
            "owed_unknown": owed.isna(),
            "known": own["known"],
            "facility_unknown": own["unknown"] & own["exists"],
            "given_unknown": own["unknown"] & ~own["exists"],
        }
    )
    of_pool = sums.groupby(pool).transform("sum")
    enough = of_pool["known"] >= of_pool["owed"]
    unknown = of_pool[["facility_unknown", "given_unknown"]].any(axis=1)
    verdict = pd.Series("no_data", index=terms.index, dtype=object)
    verdict[enough & (of_pool["owed_unknown"] == 0)] = "met"
    verdict[~enough & ~unknown] = "short"
    verdict[owed.isna()] = "no_data"
    verdict[~terms["asked"].astype(bool)] = "not_asked"
    shortage = _shortage(sums["owed"] - sums["known"], pool).astype("Int64")
    uncertain = verdict.eq("no_data") | (verdict.eq("short") & (of_pool["owed_unknown"] > 0))
    return pd.DataFrame(
        {
            "verdict": verdict,
            "reason": none_for_missing(_reason(terms, of_pool).where(verdict == "no_data")),
            "shortage_units": shortage.mask(uncertain),
        }
    )


def _reason(terms: pd.DataFrame, of_pool: pd.DataFrame) -> pd.Series:
    reason = pd.Series("own_area_unknown", index=terms.index, dtype=object)
    reason[of_pool["facility_unknown"] > 0] = "facility_area_unknown"
    reason[of_pool["owed_unknown"] > 0] = "households_unknown"
    return terms["reason"].where(terms["requirement_units"].isna(), reason)


def _shortage(lack: pd.Series, pool: pd.Series) -> pd.Series:
    """Let the members with more than they owe make up for the others, in order of id."""
    ordered = lack.loc[sorted(lack.index)]
    group = pool.loc[ordered.index]
    owing = ordered.clip(lower=0)
    spare = (-ordered.clip(upper=0)).groupby(group).transform("sum")
    so_far = owing.groupby(group).cumsum()
    return (so_far - spare).clip(lower=0).clip(upper=owing).reindex(lack.index)


def _m2(area: pd.DataFrame) -> pd.Series:
    return to_m2(area["known"].astype("Int64").mask(area["unknown"]))
