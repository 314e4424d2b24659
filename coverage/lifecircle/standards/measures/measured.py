"""What a measure comes to, unit by unit: so that it adds up for any zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from lifecircle.tables import ADMIN_LEVELS

__all__ = ["Measured", "Sum", "nothing", "states", "units_table"]

Sum = Literal["share", "ratio", "count", "least", "figure"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """
    A measure, unit by unit.

    Attributes
    ----------
    units
        One row a residence, zone, facility or site that the rule asks:

        - ``name``; ``state``: ``met``, ``not_met`` or ``no_data``.
        - ``part``, ``whole``: what it adds to the numerator and to the denominator.
        - ``more``: what might be added to the numerator, were everything known.
        - ``blind``: whether what it adds to the denominator is not known either.
        - ``shortage_m2``: what it lacks, where that is an area.
        - ``{level}_id``: where it lies.
    sums
        How units become one value: the ``share`` or ``ratio`` of part to whole, the ``count`` of
        parts, the ``least`` of the units' own shares, or one reported ``figure``.
    counted
        What one unit is: ``residences``, ``zones``, ``beds``, ``m2``, ... or a level.
    per
        What the denominator is divided by (1000 for places per 1000 people).
    missing
        Columns and keys without which some unit, or all, cannot be judged: ``zones.urban``.
    source
        Where a reported figure comes from; None for what is computed.
    """

    units: pd.DataFrame
    sums: Sum
    counted: str
    per: int = 1
    missing: tuple[str, ...] = ()
    source: str | None = None


def units_table(
    table: pd.DataFrame,
    *,
    state: pd.Series,
    part: pd.Series,
    whole: pd.Series,
    more: pd.Series | float = 0.0,
    blind: pd.Series | bool = False,
    shortage_m2: pd.Series | float = 0.0,
) -> pd.DataFrame:
    """
    Lay out the units of a measure.

    Parameters
    ----------
    table
        Where they come from: its index, ``name`` and ``{level}_id`` are kept.
    state, part, whole, more, blind, shortage_m2
        As in `Measured.units`, on the index of `table`.

    Returns
    -------
    units
        As `Measured.units`.
    """
    levels = {f"{level}_id" for level in ADMIN_LEVELS} & {*table.columns}
    columns = {"name": table.get("name"), **{name: table[name] for name in sorted(levels)}}
    numbers = {"part": part, "whole": whole, "more": more, "shortage_m2": shortage_m2}
    return pd.DataFrame(
        {**columns, "state": state, "blind": blind, **numbers}, index=table.index
    ).astype({**dict.fromkeys(numbers, float), "blind": bool})


def nothing(missing: Iterable[str], *, sums: Sum, counted: str) -> Measured:
    """
    Say that a measure cannot be computed at all.

    Parameters
    ----------
    missing
        What would be needed.
    sums, counted
        As in `Measured`.

    Returns
    -------
    measured
        Without units.
    """
    none = pd.DataFrame({"name": pd.Series(dtype=object)})
    empty = pd.Series(dtype=float)
    units = units_table(none, state=pd.Series(dtype=object), part=empty, whole=empty)
    return Measured(units=units, sums=sums, counted=counted, missing=tuple(missing))


def states(met: pd.Series, *, unknown: pd.Series) -> pd.Series:
    """
    Write yes, no and unknown as states.

    Parameters
    ----------
    met, unknown
        Booleans on one index.

    Returns
    -------
    state
        ``no_data`` where unknown, else ``met`` or ``not_met``.
    """
    state = met.map({True: "met", False: "not_met"}).astype(object)
    return state.mask(unknown.astype(bool), "no_data")
