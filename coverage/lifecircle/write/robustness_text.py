"""Verdicts under doubt, for the terminal, the summary and the result folder."""

from typing import TYPE_CHECKING

import pandas as pd
from rich.table import Table

from lifecircle.labels import Language, label, words

if TYPE_CHECKING:
    from lifecircle.whatif.robustness import Robustness

__all__ = ["robustness_frames", "robustness_summary", "robustness_tables"]


def robustness_frames(robustness: "Robustness | None") -> dict[str, pd.DataFrame]:
    """
    Name the tables that are written.

    Parameters
    ----------
    robustness
        What holds under doubt; None if nobody asked.

    Returns
    -------
    frames
        By the stem of their file.
    """
    if robustness is None:
        return {}
    return {
        "robustness_residences": robustness.residences,
        "robustness_runs": robustness.runs,
        "robustness_tornado": robustness.tornado,
    }


def robustness_summary(robustness: "Robustness") -> dict[str, object]:
    """
    Say what holds, for a program.

    Parameters
    ----------
    robustness
        What holds under doubt.

    Returns
    -------
    summary
        Numbers and texts only.
    """
    sums = robustness.labels.astype({"residences": int, "households": float})
    return {
        "design": robustness.settings.design,
        "runs": len(robustness.runs),
        "generator": "numpy PCG64" if robustness.settings.design == "latin_hypercube" else None,
        "robust_share": robustness.settings.robust_share,
        "labels": sums.to_dict("index"),
        "tornado": robustness.tornado.to_dict("records"),
    }


def robustness_tables(robustness: "Robustness", language: Language) -> list[Table]:
    """
    Lay out how many verdicts hold, and which assumption matters most.

    Parameters
    ----------
    robustness
        What holds under doubt.
    language
        Of the words.

    Returns
    -------
    tables
        To be printed one after the other.
    """
    return [_labels(robustness, language), _tornado(robustness, language)]


def _labels(robustness: "Robustness", language: Language) -> Table:
    title = label("robustness", "heading", language).format(
        runs=len(robustness.runs), least=robustness.least_runs
    )
    table = Table(title=title)
    table.add_column(label("robustness", "label", language))
    table.add_column(label("columns.results", "residences", language), justify="right")
    table.add_column(label("map", "households", language), justify="right")
    for name, row in robustness.labels.iterrows():
        if row["residences"]:
            counts = (f"{row[column]:,.0f}" for column in ("residences", "households"))
            table.add_row(label("robust_label", str(name), language), *counts)
    return table


def _tornado(robustness: "Robustness", language: Language) -> Table:
    table = Table(title=label("robustness", "tornado", language))
    table.add_column(label("robustness", "assumption", language), overflow="fold")
    for name in ("at_low", "own", "at_high", "range", "turned"):
        table.add_column(label("robustness", name, language), justify="right", overflow="fold")
    for _, row in robustness.tornado.iterrows():
        ends = [
            f"{_value(row[end], language)}: {row[f'met_households_{end}']:,.0f}"
            for end in ("low", "high")
        ]
        table.add_row(
            label("assumption", row["assumption"], language),
            ends[0],
            f"{row['met_households_own']:,.0f}",
            ends[1],
            f"{row['range_households']:,.0f}",
            f"{row['turned_residences']:,}",
        )
    return table


def _value(code: str, language: Language) -> str:
    """Translate a word; a number stays."""
    return label("assumption_value", code, language) if code in words("assumption_value") else code
