"""What a walk costs who walks it."""

import pandas as pd

__all__ = ["effort_mm"]


def effort_mm(walks: pd.DataFrame) -> pd.Series:
    """
    Tell what walks cost: their level millimetres where they are known, else their length.

    Parameters
    ----------
    walks
        ``walk_mm``, and ``level_mm`` where slopes and waits are counted.

    Returns
    -------
    effort
        On the index of `walks`.

    Examples
    --------
    >>> effort_mm(pd.DataFrame({"walk_mm": [100], "level_mm": [160]})).tolist()
    [160]
    >>> effort_mm(pd.DataFrame({"walk_mm": [100]})).tolist()
    [100]
    """
    return walks["level_mm"] if "level_mm" in walks else walks["walk_mm"]
