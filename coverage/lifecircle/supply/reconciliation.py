"""The reconciliation: what of each input came through each step, and what did not."""

from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["reconciled"]


def reconciled(name: str, steps: Sequence[tuple[str, Mapping[str, float]]]) -> pd.DataFrame:
    """
    Set out what came through each step and what was left behind at it.

    Parameters
    ----------
    name
        The input: ``"residences"`` or ``"facilities"``.
    steps
        In order: the step's name and what came through it, ``rows``, ``households`` and ``m2``
        (those that the input has).

    Returns
    -------
    reconciliation
        One row a step with ``input``, ``step``, what came through, and ``lost_rows``,
        ``lost_households``, ``lost_m2``: what the step before had and this one has not, so that
        every line adds up. What an input has not is NaN.

    Examples
    --------
    >>> table = reconciled("residences", [("read", {"rows": 5}), ("placed", {"rows": 3})])
    >>> table[["step", "rows", "lost_rows"]].to_dict("list")
    {'step': ['read', 'placed'], 'rows': [5.0, 3.0], 'lost_rows': [0.0, 2.0]}
    """
    amounts = ["rows", "households", "m2"]
    came = pd.DataFrame([dict(amount) for _, amount in steps], columns=amounts).astype(float)
    lost = (came.shift().fillna(came) - came).round(6).add_prefix("lost_")
    table = pd.concat([came, lost], axis=1)
    table.insert(0, "input", name)
    table.insert(1, "step", [step for step, _ in steps])
    return table
