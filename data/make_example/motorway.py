"""The motorway's course, which streets keep away from."""

from typing import Final

import numpy as np
import shapely
from lattice import LAST_I, LAST_J, U_LINES, V_LINES, Floats, Place, metres_of

MOTORWAY_PLAN: Final = (
    [(4100, -700), (3500, -1050), (2950, -1450), (2450, -1950)],
    [(2450, -1950), (2150, -2350), (1980, -2800)],
    [(1980, -2800), (1900, -3200)],  # the viaduct over the street on line 2
    [(1900, -3200), (1860, -3600), (1850, -4100)],
)
VIADUCT_PART: Final = 2


def motorway_line() -> shapely.LineString:
    """
    Draw the motorway's middle.

    Returns
    -------
    line
        In metres.
    """
    return shapely.LineString(metres_of(_places_of_plan(np.vstack(MOTORWAY_PLAN))))


def motorway_parts(side: int) -> list[list[Place]]:
    """
    Draw one carriageway.

    Parameters
    ----------
    side
        -1 west of the middle, +1 east of it.

    Returns
    -------
    parts
        Lattice addresses from north to south, for each part of the plan.
    """
    parts = [np.asarray(part, dtype=np.float64) for part in MOTORWAY_PLAN]
    whole = np.vstack(parts)
    ahead = np.array([-1.0, -1.4]) / np.hypot(1.0, 1.4)
    aside = side * 11 * np.array([-ahead[1], ahead[0]])
    ends = np.cumsum([len(part) for part in parts])
    return [_places_of_plan(part + aside) for part in np.split(whole, ends[:-1])]


def _places_of_plan(plan: Floats) -> list[Place]:
    i = np.interp(plan[:, 0], U_LINES, np.arange(LAST_I + 1))
    j = np.interp(plan[:, 1], V_LINES, np.arange(LAST_J + 1))
    return [(float(a), float(b)) for a, b in zip(i, j, strict=True)]
