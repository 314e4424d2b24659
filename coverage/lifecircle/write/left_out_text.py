"""Why facilities count for nothing and residences have no verdict, in words."""

from typing import Final

import pandas as pd

from lifecircle.labels import Language, label

__all__ = ["left_out_rows"]

_WORDS: Final = {"not_counted": "supply.counted_reason", "no_verdict": "supply.reason"}


def left_out_rows(left_out: pd.DataFrame, language: Language) -> list[tuple[str, str, str]]:
    """
    Say how many there are of each reason.

    Parameters
    ----------
    left_out
        As in the `Assessment`.
    language
        Of the words.

    Returns
    -------
    rows
        What it says of whom, the reason, and how many of how many.
    """
    return [
        (
            label("summary", row["what"], language),
            label(_WORDS[row["what"]], row["reason"], language),
            label("summary", "of_all", language).format(count=row["rows"], all=row["all_rows"]),
        )
        for row in left_out.to_dict("records")
    ]
