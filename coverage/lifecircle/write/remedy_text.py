"""What is proposed for a gap: the ways to put it right, and where only one of them is left."""

import pandas as pd

from lifecircle.labels import Language, label, words

__all__ = ["proposed_ways", "remedy_ways"]


def remedy_ways(language: Language) -> tuple[str, ...]:
    """
    List the ways to put a shortage right, 补足方式.

    Parameters
    ----------
    language
        Of the words.

    Returns
    -------
    ways
        In the order of the label table.
    """
    return tuple(word[language] for word in words("remedy").values())


def proposed_ways(gaps: pd.DataFrame, language: Language) -> pd.Series:
    """
    Say of each gap how it must be put right, where that is decided.

    What only new residences owe is to be built.

    Parameters
    ----------
    gaps
        As the `Assessment` or an edition has them; the public one does not tell by ledger.
    language
        Of the words.

    Returns
    -------
    ways
        On the index of `gaps`; None where somebody has to choose.

    Examples
    --------
    >>> gaps = pd.DataFrame(
    ...     {"own_ledger_shortage_m2": [60.0, 60.0], "circle_ledger_shortage_m2": [0.0, 15.0]}
    ... )
    >>> proposed_ways(gaps, "en").tolist()
    ['new building', None]
    """
    only_own = pd.Series(data=False, index=gaps.index)
    if "own_ledger_shortage_m2" in gaps:
        only_own = gaps["circle_ledger_shortage_m2"].eq(0) & gaps["own_ledger_shortage_m2"].gt(0)
    build = label("remedy", "build", language)
    return pd.Series([build if own else None for own in only_own], index=gaps.index, dtype=object)
