"""What stands beside the tables for programs: the summary and the manifest of a result."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from lifecircle.write.bundle import file_hash
from lifecircle.write.edition import Edition, edition_tables, edition_totals
from lifecircle.write.robustness_text import robustness_summary

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.read.losses import AcceptLoss
    from lifecircle.whatif.robustness import Robustness

__all__ = ["manifest_record", "summary_record"]

_VERSIONS: Final = ("lifecircle", "geopandas", "numba", "numpy", "osmium", "pandas", "shapely")
# Paths of one machine; the inputs stand by name and hash.
_PATHS: Final = frozenset(
    {
        "streets",
        "facilities",
        "residences",
        "zones",
        "area",
        "barriers",
        "statistics",
        "buildings",
        "population",
        "last_year",
        "geocoding",
        "base_map",
        "output",
    }
)


def summary_record(
    assessment: "Assessment", *, edition: Edition, robustness: "Robustness | None"
) -> dict[str, object]:
    """
    Set out totals and indicators.

    Parameters
    ----------
    assessment
        What was found.
    edition
        Which edition; the public one has no robustness, whose labels tell of single residences.
    robustness
        Which verdicts hold under doubt, if that was asked.

    Returns
    -------
    record
        The content of ``summary.json``.
    """
    numbers = {
        str(name): None if pd.isna(value) else round(float(value), 6)
        for name, value in edition_totals(assessment, edition).items()
    }
    standard = assessment.standard
    indicators = edition_tables(assessment, edition)["indicators"]
    record: dict[str, object] = {
        "title": assessment.study.title,
        "edition": edition,
        "review_number": assessment.study.plan.review_number or None,
        "made": assessment.study.made,
        "standard": {
            "id": standard.id,
            "title_zh": standard.title.zh,
            "number": standard.number,
            "status": standard.status,
            "horizon": standard.horizon,
        },
        "totals": numbers,
        "indicators": indicators.astype(object).where(indicators.notna(), None).to_dict("records"),
    }
    if robustness is not None and edition == "internal":
        record["robustness"] = robustness_summary(robustness)
    return record


def manifest_record(
    assessment: "Assessment",
    inputs: Mapping[str, Path],
    *,
    edition: Edition,
    accept_loss: "AcceptLoss",
) -> dict[str, object]:
    """
    Set out what a result was made from.

    Parameters
    ----------
    assessment
        What was found.
    inputs
        The files that were read, by the setting that names them.
    edition
        Which edition.
    accept_loss
        What was accepted to be lost.

    Returns
    -------
    record
        The content of ``manifest.json``, but for the files.
    """
    lost = assessment.quality[assessment.quality["severity"] == "lost"]
    return {
        "edition": edition,
        "versions": {
            **{name: version(name) for name in _VERSIONS},
            "python": platform.python_version(),
        },
        "settings": assessment.study.model_dump(mode="json", exclude=set(_PATHS)),
        "accept_loss": accept_loss if isinstance(accept_loss, bool) else sorted(accept_loss),
        "lost_rows": {str(name): len(rows) for name, rows in lost.groupby("input")},
        "standard": assessment.standard.model_dump(mode="json"),
        "also": [standard.model_dump(mode="json") for standard in assessment.also],
        "crs": assessment.crs.to_string(),
        "streets": dict(assessment.network.counts),
        "inputs": {
            name: {"file": path.name, "sha256": file_hash(path)} for name, path in inputs.items()
        },
    }
