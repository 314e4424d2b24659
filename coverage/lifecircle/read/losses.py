"""What was lost of the inputs, row by row, and whether that is too much."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from lifecircle.errors import StudyError, TableError
from lifecircle.read.quality import Remark, reasons
from lifecircle.study import LossLimits
from lifecircle.tables import TableName

if TYPE_CHECKING:
    from lifecircle.read.study_inputs import StudyInputs

__all__ = [
    "LOSSES",
    "LOSS_STEPS",
    "AcceptLoss",
    "amounts_of",
    "check_accepted",
    "check_losses",
    "lost_rows",
]

AcceptLoss = bool | Collection[str]
"""Whether losses are accepted: all of them, none, or those of some kinds."""

# At which step a row is left behind: what stands there is no place, or it has none in reach.
LOSS_STEPS: Final[Mapping[str, str]] = {
    "coordinates_unusable": "parsed",
    "geometry_type": "parsed",
    "no_coordinates": "placed",
    "no_geometry": "placed",
    "far_away": "placed",
}
LOSSES: Final = ("input", "row", "reason", "found", "households", "m2")

_INPUTS: Final[tuple[TableName, ...]] = ("residences", "facilities")
_AMOUNTS: Final = {"households": "households", "m2": "floor_area_m2"}


def amounts_of(table: pd.DataFrame) -> dict[str, float]:
    """
    Count rows, and add up households or m², where a table has them.

    Parameters
    ----------
    table
        Rows of facilities or residences.

    Returns
    -------
    amounts
        ``rows``, and ``households`` or ``m2``; unknown numbers count 0.

    Examples
    --------
    >>> amounts_of(pd.DataFrame({"households": [100.0, float("nan")]}))
    {'rows': 2.0, 'households': 100.0}
    """
    sums = {
        name: float(table[column].sum())
        for name, column in _AMOUNTS.items()
        if column in table.columns
    }
    return {"rows": float(len(table)), **sums}


def lost_rows(table: pd.DataFrame, remarks: Sequence[Remark]) -> pd.DataFrame:
    """
    List the rows that were lost, and what was in them.

    Parameters
    ----------
    table
        All rows, indexed by the row of the file.
    remarks
        What was met; those of the severity ``lost`` name a row each.

    Returns
    -------
    losses
        One row a lost row: ``input`` (the file), ``row``, ``reason``, ``found``, and
        ``households`` and ``m2``, NaN where the table has none.
    """
    lost = [remark for remark in remarks if remark.severity == "lost"]
    inside = table.loc[[remark.row for remark in lost]]
    amounts = {
        name: inside[column].to_numpy() if column in table.columns else np.nan
        for name, column in _AMOUNTS.items()
    }
    told = {name: [getattr(remark, name) for remark in lost] for name in LOSSES[:4]}
    return pd.DataFrame({**told, **amounts}, columns=list(LOSSES))


def check_accepted(accept_loss: AcceptLoss) -> None:
    """
    Refuse kinds of losses that there are not.

    Parameters
    ----------
    accept_loss
        Which losses a user accepts.

    Raises
    ------
    StudyError
        If a kind is neither an input nor a reason for which rows are lost.
    """
    known = [*_INPUTS, *LOSS_STEPS]
    strays = [] if isinstance(accept_loss, bool) else sorted(set(accept_loss) - set(known))
    if strays:
        texts = reasons()
        listing = ", ".join([*_INPUTS, *(f"{code} ({texts[code]['zh']})" for code in LOSS_STEPS)])
        problems = [f"{kind!r} is no kind of loss; the kinds are {listing}." for kind in strays]
        raise StudyError("--accept-loss-of", problems)


def check_losses(
    inputs: "StudyInputs", limits: LossLimits, *, accept_loss: AcceptLoss = False
) -> None:
    """
    Refuse a run that would leave too much of its inputs out.

    Parameters
    ----------
    inputs
        What was read.
    limits
        How much may be lost.
    accept_loss
        What may be lost beyond that: True for everything, or kinds, which are ``residences``,
        ``facilities`` and the codes of `LOSS_STEPS`.

    Raises
    ------
    TableError
        If more rows, households or m² could not be read or placed than the limits allow; the
        rows are named.
    StudyError
        If `accept_loss` names a kind that there is not.
    """
    check_accepted(accept_loss)
    if accept_loss is True:
        return
    kinds = set() if isinstance(accept_loss, bool) else set(accept_loss)
    problems: list[str] = []
    beyond: list[pd.DataFrame] = []
    for name in _INPUTS:
        losses = inputs.lost.get(name)
        if losses is None or name in kinds:
            continue
        left = losses[~losses["reason"].isin(kinds)]
        passed = _limits_passed(name, left, inputs.read[name], limits)
        problems += passed
        beyond += [left] if len(left) else []
    if problems:
        raise TableError("inputs", [*problems, _remedy(beyond), *_named(beyond)])


def _limits_passed(
    name: str, losses: pd.DataFrame, read: Mapping[str, float], limits: LossLimits
) -> list[str]:
    problems = []
    for amount, share in limits.model_dump().items():
        unit = amount.removesuffix("_share")
        whole = read.get(unit, 0.0)
        lost = float(len(losses)) if unit == "rows" else float(losses[unit].sum())
        if lost > share * whole:
            problems.append(
                f"{lost:,.0f} of {whole:,.0f} {unit} of the {name} are lost "
                f"({lost / whole:.1%}; the limit is {share:.1%})."
            )
    return problems


def _remedy(losses: Sequence[pd.DataFrame]) -> str:
    codes = dict.fromkeys(code for table in losses for code in table["reason"])
    some = " ".join(f"`--accept-loss-of {code}`" for code in codes)
    return f"Mend the rows below, or accept the loss with `--accept-loss`; of one kind with {some}."


def _named(losses: Sequence[pd.DataFrame]) -> list[str]:
    known = reasons()
    return [
        f"{row.input} row {row.row}, {row.found}: {known[str(row.reason)]['en']}; "
        f"{known[str(row.reason)]['remedy_en']}."
        for table in losses
        for row in table.itertuples()
    ]
