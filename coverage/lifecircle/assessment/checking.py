"""Everything that is wrong with a study's inputs, found without assessing them."""

from pathlib import Path
from typing import Final

import pandas as pd

from lifecircle.assessment.rehearsing import rehearse
from lifecircle.errors import LifeCircleError, Located
from lifecircle.read.geocoded import TO_GEOCODE
from lifecircle.read.losses import check_losses
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.study import read_study

__all__ = ["checked_study"]

_ORDER: Final = {"error": 0, "lost": 1, "warning": 2, "note": 3}


def checked_study(study_file: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Find everything that is wrong with a study's inputs, without assessing them.

    Parameters
    ----------
    study_file
        The study file.

    Returns
    -------
    quality
        As `quality_table` gives it, the worst first; what must be mended is an ``error``.
    to_geocode
        The rows with an address and no coordinates.
    """
    nothing = pd.DataFrame(columns=list(TO_GEOCODE))
    try:
        study = read_study(study_file)
        _, inputs = documents_and_inputs(study)
    except LifeCircleError as fault:
        return _errors(fault, "must_be_mended"), nothing
    tables = [inputs.quality]
    try:
        check_losses(inputs, study.losses)
    except LifeCircleError as fault:
        tables.append(_errors(fault, "loss_limit").head(_limits_named(fault)))
    try:
        tables.append(rehearse(inputs, study))
    except LifeCircleError as fault:
        tables.append(_errors(fault, "must_be_mended"))
    whole = pd.concat(tables, ignore_index=True)
    order = whole["severity"].map(_ORDER)
    return whole.loc[order.sort_values(kind="stable").index].reset_index(drop=True), (
        inputs.to_geocode
    )


def _errors(fault: LifeCircleError, reason: str) -> pd.DataFrame:
    return quality_table(
        Remark(
            input=problem.subject if isinstance(problem, Located) else fault.subject,
            reason=reason,
            found=problem.problem if isinstance(problem, Located) else problem,
            severity="error",
        )
        for problem in fault.problems
    )


def _limits_named(fault: LifeCircleError) -> int:
    """Count the limits that are passed; the rows behind them are in the table already."""
    return sum("the limit is" in problem for problem in fault.problems)
