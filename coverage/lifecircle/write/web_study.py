"""What the web map says of the study: titles, standards, sources, numbers of the whole area."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from lifecircle.labels import Language, words
from lifecircle.supply.readings import READINGS
from lifecircle.write.walking_text import walking_notes
from lifecircle.write.web_numbers import json_number, json_numbers
from lifecircle.write.web_zones import ZONE_NUMBERS
from lifecircle.write.years_text import as_of_mark

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.standards import Standard
    from lifecircle.whatif.robustness import Robustness

__all__ = ["map_labels", "reading_sums", "robustness_data", "study_data", "totals_data"]

LABEL_SECTIONS: Final = (
    "map",
    "edition",
    "clusters",
    "remedy_area",
    "verdict",
    "ledger",
    "reading",
    "status",
    "facility_status",
    "kind",
    "level",
    "standard.verdict",
    "supply.reason",
    "supply.counted_reason",
    "supply.flag",
    "robust_label",
    "robustness",
    "assumption",
    "assumption_value",
)


def map_labels(language: Language) -> dict[str, dict[str, str]]:
    """
    Collect the words of the map.

    Parameters
    ----------
    language
        Which ones.

    Returns
    -------
    labels
        By section of the label table, and key.
    """
    return {
        section: {key: entry[language] for key, entry in words(section).items()}
        for section in LABEL_SECTIONS
    }


def study_data(assessment: "Assessment", language: Language) -> dict[str, object]:
    """
    Say what study this is.

    Parameters
    ----------
    assessment
        What was found.
    language
        Of the standards' titles.

    Returns
    -------
    data
        Titles, sources, numbers of approval, and the walk's limit in minutes.
    """
    study = assessment.study
    walk = study.walk
    return {
        "title": "　".join([study.title, *as_of_mark(study, language)]),
        "made": study.made,
        "attribution": [*study.attribution, *walking_notes(study, language)],
        "limit_minutes": json_number(walk.limit_mm / 1000 / walk.speed_m_s / 60, 1),
        "plan": {
            "organisation": study.plan.organisation,
            "date": study.plan.date,
            "review_number": study.plan.review_number,
            "sources": list(study.sources),
        },
        "standard": _document(assessment.standard, language),
        "plain": _document(assessment.plain, language),
    }


def _document(standard: "Standard", language: Language) -> dict[str, object]:
    """Name a policy document and the rates of its rules."""
    return {
        "id": standard.id,
        "title": standard.title.zh if language == "zh" else standard.title.en,
        "number": standard.number,
        "horizon": standard.horizon,
        "status": standard.status,
        "rules": {rule.id: [rule.clause, float(rule.limit)] for rule in standard.floor_area_rules},
    }


def reading_sums(
    verdicts: pd.DataFrame, shortages: "pd.Series[float]"
) -> dict[str, dict[str, object]]:
    """
    Write residences and known households by reading and verdict.

    Parameters
    ----------
    verdicts, shortages
        As in the `Assessment`.

    Returns
    -------
    readings
        For each its ``counts`` and ``shortage_m2``.
    """
    readings: dict[str, dict[str, object]] = {}
    for reading in READINGS:
        sums = verdicts.loc[reading]
        counts = {
            str(word): [int(row["residences"]), round(row["households"])]
            for word, row in sums.iterrows()
        }
        # Under the own reading the map says how many residences are short instead.
        total = None if reading == "own" else json_number(float(shortages[reading]))
        readings[reading] = {"counts": counts, "shortage_m2": total}
    return readings


def totals_data(totals: "pd.Series[float]") -> dict[str, object]:
    """
    Write the sums of the whole area.

    Parameters
    ----------
    totals
        As in the `Assessment`.

    Returns
    -------
    data
        By name; None for what is unknown.
    """
    known = totals.reindex(ZONE_NUMBERS)
    return {key: json_numbers(known[[key]], key)[0] for key in ZONE_NUMBERS}


def robustness_data(robustness: "Robustness", ids: pd.Index) -> dict[str, object]:
    """
    Say of each residence in how many runs it is met, and which assumption matters most.

    Parameters
    ----------
    robustness
        Which verdicts hold under doubt.
    ids
        The residences, as the map has them.

    Returns
    -------
    data
        Columns by residence, and sums.
    """
    table = robustness.residences.loc[ids]
    first = robustness.tornado.head(1).to_dict("records")
    return {
        "runs": len(robustness.runs),
        "least": robustness.least_runs,
        "label": table["robust_label"].tolist(),
        "met": table["met_runs"].tolist(),
        "no_data": table["no_data_runs"].tolist(),
        "sums": {
            str(name): [int(row["residences"]), round(row["households"])]
            for name, row in robustness.labels.iterrows()
        },
        "most": first[0] if first else None,
    }
