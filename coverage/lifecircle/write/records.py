"""What stands beside the tables for programs: the summary and the manifest of a result."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from lifecircle.study.population import RASTERS
from lifecircle.write.bundle import file_hash
from lifecircle.write.edition import Edition, edition_tables, edition_totals
from lifecircle.write.robustness_text import robustness_summary
from lifecircle.write.years_text import year_summary

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.read.losses import AcceptLoss
    from lifecircle.study import Study
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
        "elevation",
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
        Which edition; the public one has no robustness, whose labels tell of single residences,
        no series of years, whose steps tell of single facilities, and nothing of the border.
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
    if assessment.study.as_of is not None:
        record["as_of"] = assessment.study.as_of
    ended = assessment.border[assessment.border["ends"].astype(bool)]
    if len(ended) and edition == "internal":
        record["border"] = _border(ended)
    if len(assessment.years) and edition == "internal":
        record["years"] = year_summary(assessment.years)
    if robustness is not None and edition == "internal":
        record["robustness"] = robustness_summary(robustness)
    return record


def _border(border: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Set out, for each input that ends at the border, how far and for how many."""
    numbers = border.drop(columns="ends").astype(float)
    return {
        str(name): {
            str(key): None if pd.isna(value) else round(value, 6) for key, value in row.items()
        }
        for name, row in numbers.iterrows()
    }


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
        "settings": _settings(assessment.study),
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


def _settings(study: "Study") -> dict[str, object]:
    """Set out the settings without paths; sections that a study does not have are left out."""
    settings = study.model_dump(mode="json", exclude=set(_PATHS))
    if study.buildings is not None:
        settings["buildings"] = study.buildings.model_dump(mode="json", exclude={"file"})
    if study.population is not None:
        settings["population"] = study.population.model_dump(mode="json", exclude=set(RASTERS))
    if study.elevation is not None:
        settings["elevation"] = study.elevation.model_dump(mode="json", exclude={"file"})
    if study.walk.profile is None:
        del settings["walk"]["profile"]
    if study.walk.direction == "there":
        del settings["walk"]["direction"]
    return settings
