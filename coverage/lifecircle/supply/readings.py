"""The verdicts of each reading, counted."""

from typing import Final

import pandas as pd

from lifecircle.tables import VERDICTS

__all__ = ["READINGS", "verdict_sums"]

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
