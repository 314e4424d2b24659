"""Numbers that nobody counted, estimated by a rule that the user states, and marked."""

from dataclasses import replace

import pandas as pd

from lifecircle.read.values import Opened, Values, remark

__all__ = ["with_estimated_households"]


def with_estimated_households(
    opened: Opened, values: Values, persons_per_household: float
) -> Values:
    """
    Estimate blank households from the population.

    Parameters
    ----------
    opened
        The file.
    values
        What its cells say.
    persons_per_household
        Persons in one household.

    Returns
    -------
    values
        With ``households`` filled where only the population is known, rounded to whole ones and
        marked in ``households_estimated``; each row is remarked. Where the file has neither
        column, the households are all unknown.
    """
    frame = values.frame.copy()
    blank = pd.Series(float("nan"), index=frame.index)
    if "population" not in frame:
        whole = frame.assign(households=frame.get("households", blank))
        return replace(values, frame=whole)
    known = frame.get("households", blank)
    guessed = (frame["population"] / persons_per_household).round()
    told = known.isna() & guessed.notna()
    marks = frame.get("households_estimated", blank)
    frame["households"] = known.where(~told, guessed)
    frame["households_estimated"] = told | marks.isin([True])
    remarks = [
        remark(
            opened,
            "population_to_households",
            row=int(str(row)),
            column="households",
            found=f"{frame['population'][row]:,.10g} / {persons_per_household:g}"
            f" -> {guessed[row]:,.0f}",
            severity="note",
        )
        for row in frame.index[told]
    ]
    rows = set(frame.index[told])
    answered = [
        one
        for one in values.remarks
        if not (one.row in rows and one.reason in ("blank", "not_stated"))
    ]
    return replace(values, frame=frame, remarks=[*answered, *remarks])
