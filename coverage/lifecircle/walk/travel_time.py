"""
Seconds on foot from everywhere on a grid, held in little memory.

Around the facilities of a city most cells lie beyond any walk: only those that do not are kept.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lifecircle.walk.surface import CELL_M, WalkSurface, known_seconds

__all__ = ["TravelTime", "pack_seconds", "timed_surface"]

Seconds = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class TravelTime:
    """
    Seconds on foot to the nearest facility of a kind, on a grid, north up.

    Attributes
    ----------
    kind
        A facility kind, or ``all`` for everything that counts.
    west, north
        Metres of the grid's corner.
    shape
        Rows from north to south, and columns; cells of `lifecircle.walk.surface.CELL_M`.
    known
        A bit for each cell, row by row: whether its time is known.
    times
        The seconds of those whose time is.
    """

    kind: str
    west: float
    north: float
    shape: tuple[int, int]
    known: bytes
    times: Seconds

    @property
    def seconds(self) -> Seconds:  # numpydoc ignore=RT01
        """Return the grid; NaN where the time is not known."""
        grid: Seconds = np.full(self.shape, np.nan, dtype=np.float32)
        bits = np.unpackbits(np.frombuffer(self.known, dtype=np.uint8), count=grid.size)
        grid[bits.view(np.bool_).reshape(self.shape)] = self.times
        return grid


def pack_seconds(seconds: Seconds, *, kind: str, west: float, north: float) -> TravelTime:
    """
    Hold a grid of seconds without the cells that nobody walks to.

    Parameters
    ----------
    seconds
        Rows from north to south; NaN where the time is not known.
    kind
        What the time is to.
    west, north
        Metres of the grid's corner.

    Returns
    -------
    times
        Its ``seconds`` are the same, to the last bit.

    Examples
    --------
    >>> seconds = np.array([[np.nan, 12.5], [np.nan, 20.0]], dtype=np.float32)
    >>> pack_seconds(seconds, kind="canteen", west=0.0, north=20.0).seconds
    array([[ nan, 12.5],
           [ nan, 20. ]], dtype=float32)
    """
    known = np.isfinite(seconds)
    rows, columns = seconds.shape
    return TravelTime(
        kind=kind,
        west=west,
        north=north,
        shape=(rows, columns),
        known=np.packbits(known).tobytes(),
        times=seconds[known],
    )


def timed_surface(
    surface: WalkSurface, *, kind: str, limit_mm: int, off_street_m: float, speed_m_s: float
) -> TravelTime:
    """
    Turn a surface into the time that its walks take.

    Parameters
    ----------
    surface
        The walk from each cell to the nearest of the kind.
    kind
        What the time is to.
    limit_mm
        The longest walk that is asked for; the time is known to it and a little beyond.
    off_street_m
        How far from the street the surface spreads.
    speed_m_s
        Walking speed.

    Returns
    -------
    times
        Cell by cell those of the surface.
    """
    seconds = known_seconds(surface, limit_mm, off_street_m=off_street_m, speed_m_s=speed_m_s)
    west, south = surface.corner - CELL_M / 2
    north = south + CELL_M * len(seconds)
    return pack_seconds(seconds[::-1], kind=kind, west=float(west), north=float(north))
