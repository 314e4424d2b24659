"""Figures that no map can compute: they are reported."""

import pandas as pd

from lifecircle.standards.arguments import ReportedArguments
from lifecircle.standards.evidence import Evidence
from lifecircle.standards.measures.measured import Measured, nothing, states, units_table

__all__ = ["reported"]


def reported(evidence: Evidence, arguments: ReportedArguments) -> Measured:
    """
    Look a figure up in the study's statistics.

    Parameters
    ----------
    evidence
        Its statistics.
    arguments
        The key.

    Returns
    -------
    measured
        The figure of the latest year, in the unit of the rule, and where it comes from.

    Notes
    -----
    Nothing is computed: the figure is the bureau's own.
    """
    rows = evidence.statistics[evidence.statistics["key"] == arguments.key]
    if rows.empty:
        return nothing((f"statistics.{arguments.key}",), sums="figure", counted="figure")
    last = rows.sort_values("year", kind="stable", na_position="first").tail(1)
    year = last["year"].iloc[0]
    cited = [str(last["source"].iloc[0] or ""), "" if pd.isna(year) else f"{year:.0f}"]
    units = units_table(
        last,
        state=states(last["value"].notna(), unknown=last["value"].isna()),
        part=last["value"].astype(float),
        whole=pd.Series(1.0, index=last.index),
    )
    source = ", ".join(text for text in cited if text) or "statistics"
    return Measured(units=units, sums="figure", counted="figure", source=source)
