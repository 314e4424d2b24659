"""The verdicts of each reading, counted."""

from typing import Final

import numpy as np
import pandas as pd

from lifecircle.tables import VERDICTS

__all__ = [
    "BANDS",
    "READINGS",
    "left_out_counts",
    "reading_shortages",
    "share_bands",
    "verdict_sums",
]

READINGS: Final = {
    "rule": ("verdict", "shortage_m2"),
    "own": ("own_verdict", "own_shortage_m2"),
    "circle": ("circle_verdict", "circle_shortage_m2"),
    "plain": ("plain_verdict", "plain_shortage_m2"),
}
"""For each reading the columns of its verdicts and of what is missing under it."""


def verdict_sums(residences: pd.DataFrame) -> pd.DataFrame:
    """
    Add up the residences of each verdict, reading by reading.

    Parameters
    ----------
    residences
        The assessed residences, with ``households`` and the columns of `READINGS`.

    Returns
    -------
    sums
        Indexed by ``reading`` and ``verdict``, all of them, in the order of `READINGS` and
        `lifecircle.tables.VERDICTS`: ``residences``, and as far as known ``households`` and
        ``shortage_m2``.

    Examples
    --------
    >>> row = {name: ["met"] for name, _ in READINGS.values()} | {"households": [300.0]}
    >>> missing = {name: [0.0] for _, name in READINGS.values()}
    >>> sums = verdict_sums(pd.DataFrame(row | missing))
    >>> sums.loc[("own", "met")].tolist()
    [1.0, 300.0, 0.0]
    """
    return pd.concat(
        {
            reading: _sums(residences, verdict, shortage)
            for reading, (verdict, shortage) in READINGS.items()
        },
        names=["reading"],
    )


def reading_shortages(verdicts: pd.DataFrame) -> "pd.Series[float]":
    """
    Add up what is missing under each reading.

    Parameters
    ----------
    verdicts
        As `verdict_sums` gives them.

    Returns
    -------
    shortage_m2
        By ``reading``, as far as known.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["rule"], ["short", "unreachable"]],
    ...                                    names=["reading", "verdict"])  # fmt: skip
    >>> reading_shortages(pd.DataFrame({"shortage_m2": [60.0, 15.0]}, index=index)).to_dict()
    {'rule': 75.0}
    """
    return verdicts["shortage_m2"].groupby(level="reading", sort=False).sum()


def left_out_counts(residences: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """
    Count why facilities count for nothing, and why residences have no verdict.

    Parameters
    ----------
    residences
        The assessed residences, with ``reason``.
    facilities
        The assessed facilities, with ``counted_reason`` and ``inside``.

    Returns
    -------
    counts
        One row a reason: ``what`` (``not_counted`` or ``no_verdict``), ``reason``, ``rows`` that
        have it, of ``all_rows``. Facilities beyond the area are not counted.

    Examples
    --------
    >>> residences = pd.DataFrame({"reason": ["households_unknown", None]})
    >>> facilities = pd.DataFrame({"counted_reason": ["kind", "kind"], "inside": [True, False]})
    >>> left_out_counts(residences, facilities)[["what", "reason", "rows", "all_rows"]]
              what              reason  rows  all_rows
    0  not_counted                kind     1         1
    1   no_verdict  households_unknown     1         2
    """
    there = facilities.loc[facilities["inside"].astype(bool), "counted_reason"]
    reasons = {"not_counted": there, "no_verdict": residences["reason"]}
    rows = [
        (what, str(reason), int(count), len(each))
        for what, each in reasons.items()
        for reason, count in each.value_counts().sort_index().items()
    ]
    return pd.DataFrame(rows, columns=["what", "reason", "rows", "all_rows"])


BANDS: Final = ("none", "under_25", "from_25", "from_50", "from_75", "full")
"""Bands of the served share: 0, below 25 %, then each up to the next, and all that is asked for."""

_EDGES: Final = (0.25, 0.5, 0.75)


def share_bands(residences: pd.DataFrame) -> pd.DataFrame:
    """
    Count residences by the part of their requirement that they have, ledger by ledger.

    Parameters
    ----------
    residences
        The assessed residences, with ``households``, ``requirement_m2``, ``own_m2``, ``circle_m2``.

    Returns
    -------
    bands
        One row each ``ledger`` (``own``, ``circle``) and ``band`` (all of `BANDS`): ``residences``
        and as far as known ``households``. Residences of which nothing is asked, or whose
        requirement or area is unknown, are in none. The share is ``own_m2`` or ``circle_m2``
        over ``requirement_m2``, without tolerance.

    Examples
    --------
    >>> residences = pd.DataFrame(
    ...     {"households": [300.0, 100.0, 50.0], "requirement_m2": [60.0, 20.0, 10.0],
    ...      "own_m2": [0.0, 5.0, 10.0], "circle_m2": [59.99, 20.0, float("nan")]}
    ... )  # fmt: skip
    >>> share_bands(residences)["residences"].tolist()  # own, then circle
    [1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1]
    """
    return pd.concat(
        {ledger: _banded(residences, f"{ledger}_m2") for ledger in ("own", "circle")},
        names=["ledger"],
    ).reset_index()


def _banded(residences: pd.DataFrame, column: str) -> pd.DataFrame:
    asked = residences[residences["requirement_m2"].gt(0) & residences[column].notna()]
    share = asked[column] / asked["requirement_m2"]
    # The edges belong to the band above them, but 0, which is a band of its own.
    place = pd.Series(np.searchsorted([*_EDGES, 1.0], share, side="right") + 1, index=asked.index)
    place = place.mask(share <= 0, 0)
    band = place.map(dict(enumerate(BANDS)))
    sums = asked.groupby(band)["households"].agg(["size", "sum"])
    named = sums.rename(columns={"size": "residences", "sum": "households"})
    return named.reindex(pd.Index(BANDS, name="band"), fill_value=0)


def _sums(residences: pd.DataFrame, verdict: str, shortage: str) -> pd.DataFrame:
    groups = residences.groupby(residences[verdict].astype(object))
    sums = pd.DataFrame(
        {
            "residences": groups.size(),
            "households": groups["households"].sum(),
            "shortage_m2": groups[shortage].sum(),
        }
    )
    return sums.reindex(pd.Index(VERDICTS, name="verdict"), fill_value=0)
