"""Short codes: reasons and flags that say what a row's numbers rest on."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = ["joined_flags", "merged_flags", "none_for_missing"]


def joined_flags(raised: Mapping[str, pd.Series]) -> pd.Series:
    """
    Join the codes that are raised for each row.

    Parameters
    ----------
    raised
        For each code where it holds; all on one index.

    Returns
    -------
    flags
        ``;``-joined codes in the order given; empty text where none is raised.

    Examples
    --------
    >>> index = ["A", "B"]
    >>> first = pd.Series([True, False], index=index)
    >>> joined_flags({"late": first, "small": first, "new": ~first}).tolist()
    ['late;small', 'new']
    """
    table = pd.DataFrame(raised)
    codes = np.array(list(raised), dtype=object)
    texts = [";".join(codes[row]) for row in table.to_numpy(dtype=bool)]
    return pd.Series(texts, index=table.index, dtype=object, name="flags")


def merged_flags(flags: Sequence[pd.Series]) -> pd.Series:
    """
    Put several columns of flags into one.

    Parameters
    ----------
    flags
        Texts of ``;``-joined codes on one index; empty where none is raised.

    Returns
    -------
    flags
        All of them, in the order given, each code once.

    Examples
    --------
    >>> merged_flags([pd.Series(["late", ""]), pd.Series(["late;small", ""])]).tolist()
    ['late;small', '']
    """
    rows = zip(*(column.tolist() for column in flags), strict=True)
    texts = [";".join(dict.fromkeys(";".join(filter(None, row)).split(";"))) for row in rows]
    return pd.Series(texts, index=flags[0].index, dtype=object, name="flags")


def none_for_missing(words: pd.Series) -> pd.Series:
    """
    Write None for every kind of missing text.

    Parameters
    ----------
    words
        Texts; NaN, <NA> or None where missing.

    Returns
    -------
    texts
        Objects on the same index: ``str`` or None.

    Examples
    --------
    >>> none_for_missing(pd.Series(["new", float("nan")])).tolist()
    ['new', None]
    """
    texts = words.astype(object)
    return texts.where(texts.notna(), None)
