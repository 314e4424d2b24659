"""Who walks: how fast, over what, and what keeps them waiting."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Walker", "speed_share", "tobler_m_s"]

Floats = npt.NDArray[np.float64]

_TOBLER_KM_H = 6.0
_TOBLER_STEEPNESS = 3.5
_TOBLER_EASIEST = 0.05  # downhill


class Walker(NamedTuple):
    """
    What a kind of walkers takes for what lies on the way.

    Attributes
    ----------
    speed_mm_s
        On level open ground.
    signal_ms, crossing_ms
        The mean wait before crossing a road with a signal, and without one; even numbers.
    riser_up_ms, riser_down_ms
        What one step of a stair takes.
    tread_mm
        How long a step of a stair is where nobody counted them; with 0 stairs are walked like any
        other street.
    takes_steps
        Whether these walkers can use steps, and ways that say ``wheelchair=no``.
    lift_ms
        Waiting for a lift, and riding it; an even number.
    slope_table
        Pairs of a slope (rise over run, downhill negative) and the speed there as a share of that
        on level ground, ascending; empty for Tobler's function.
    """

    speed_mm_s: int
    signal_ms: int = 0
    crossing_ms: int = 0
    riser_up_ms: int = 0
    riser_down_ms: int = 0
    tread_mm: int = 0
    takes_steps: bool = True
    lift_ms: int = 0
    slope_table: tuple[tuple[float, float], ...] = ()


def tobler_m_s(slope: Floats) -> Floats:
    """
    Return Tobler's walking speed.

    Parameters
    ----------
    slope
        Rise over run, downhill negative.

    Returns
    -------
    speed
        Metres a second, in the shape of `slope`.

    Notes
    -----
    ``6 exp(-3.5 |s + 0.05|)`` km/h: W. Tobler, Three presentations on geographical analysis and
    modeling, NCGIA Technical Report 93-1 (1993). Fastest at 5 % downhill.

    Examples
    --------
    >>> (tobler_m_s(np.array([-0.05, 0.0])) * 3.6).round(3)
    array([6.   , 5.037])
    """
    steep = np.abs(np.asarray(slope, dtype=np.float64) + _TOBLER_EASIEST)
    return np.asarray(_TOBLER_KM_H / 3.6 * np.exp(-_TOBLER_STEEPNESS * steep))


def speed_share(slope: Floats, table: tuple[tuple[float, float], ...] = ()) -> Floats:
    """
    Tell how fast one walks on slopes, as a share of the speed on level ground.

    Parameters
    ----------
    slope
        Rise over run, downhill negative.
    table
        As in `Walker`: straight lines between its rows, its ends hold for all that is steeper.

    Returns
    -------
    share
        In the shape of `slope`; 1 on level ground.

    Examples
    --------
    >>> speed_share(np.array([0.0, 0.1])).round(4)  # exp(-3.5 x 0.1)
    array([1.    , 0.7047])
    >>> speed_share(np.array([0.05, 0.4]), ((0.0, 1.0), (0.1, 0.5)))
    array([0.75, 0.5 ])
    """
    if not table:
        return tobler_m_s(slope) / tobler_m_s(np.zeros(1))
    slopes, shares = np.array(table).T
    return np.asarray(np.interp(slope, slopes, shares), dtype=np.float64)
