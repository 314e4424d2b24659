"""The step that computes what each rule of each standard comes to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.assessment.choosing import TakingPart
from lifecircle.assessment.setting_out import SetOut
from lifecircle.standards.evidence import Evidence, gathered
from lifecircle.standards.indicators import side_by_side
from lifecircle.standards.model import Standard
from lifecircle.standards.year_on_year import EarlierResult, with_last_year
from lifecircle.study import Study
from lifecircle.supply.home_shares import home_evidence
from lifecircle.supply.judging import judged_by
from lifecircle.supply.results import (
    Walked,
    rejudged,
)
from lifecircle.supply.straight import straight_links
from lifecircle.supply.zoning import zone_of_residences
from lifecircle.units import walk_ms

__all__ = ["find_indicators", "indicator_verdicts", "straight_radius_m"]

_VERDICTS: Final = ("met", "not_met", "no_data", "not_judged")


def find_indicators(
    part: TakingPart,
    walked: Walked,
    found: SetOut,
    *,
    study: Study,
    standards: Sequence[Standard],
    earlier: EarlierResult | None,
    radius_m: float | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Compute the indicators of all standards, for the whole area and for each zone.

    Parameters
    ----------
    part
        What takes part.
    walked
        Who walks to what.
    found
        What was found under the first standard.
    study
        The settings.
    standards
        The one that judges, and those beside it.
    earlier
        Last year's result, beside which the values are set; None without one.
    radius_m
        The straight radius printed beside the walks; None for none.

    Returns
    -------
    indicators, zone_indicators
        As in the `Assessment`.
    """
    evidence = replace(
        _evidence(part, walked, found, study), home_walks=home_evidence(walked.homes, part.goals)
    )
    if radius_m is not None:
        near_by = straight_links(found.residences, part.facilities, radius_m=radius_m)
        near_by = near_by.join(part.facilities[["kind", "status", "floor"]], on="facility_id")
        evidence = replace(evidence, near=near_by, radius_m=radius_m)
    known = (part.homes, part.goals, walked, part.near)
    assessed = [(standards[0], evidence)]
    for other in standards[1:]:
        now = judged_by(*known, standard=other, study=study)
        later = judged_by(*known, standard=other, study=study, with_planned=True)
        again = rejudged(found.residences, now, later)
        assessed.append((other, replace(evidence, residences=again)))
    indicators, zone_indicators = (
        with_last_year(table, earlier, standards=standards) for table in side_by_side(assessed)
    )
    return indicators, zone_indicators


def indicator_verdicts(indicators: pd.DataFrame) -> "pd.Series[int]":
    """
    Count the verdicts of indicators.

    Parameters
    ----------
    indicators
        Those of the whole area.

    Returns
    -------
    counts
        For each of ``met``, ``not_met``, ``no_data`` and ``not_judged``.
    """
    return indicators["verdict"].value_counts().reindex(_VERDICTS, fill_value=0)


def straight_radius_m(study: Study, standard: Standard) -> float | None:
    """
    Take the study's straight radius, else the longest that the standard declares.

    Parameters
    ----------
    study
        The settings.
    standard
        What the verdicts go by.

    Returns
    -------
    radius_m
        None if neither names one.
    """
    declared = [
        float(rule.arguments.max_walk_m)
        for rule in standard.floor_area_rules
        if rule.arguments.max_walk_m is not None and rule.arguments.walk == "straight"
    ]
    return study.walk.straight_radius_m or max(declared, default=None)


def _evidence(part: TakingPart, walked: Walked, found: SetOut, study: Study) -> Evidence:
    """Put together what indicators are computed from; a link may lead out of the area."""
    zones, facilities = part.zones, found.facilities
    has_streets = len(walked.network.start) > 0
    return gathered(
        found.residences,
        facilities[facilities["inside"]],
        zones=None if zones is None else zones.join(zone_of_residences(zones, zones)),
        links=found.links.join(facilities[["kind", "status", "floor"]], on="facility_id"),
        statistics=part.statistics,
        walk_minutes=_minutes(study) if has_streets else None,
        new_area_m2_per_100_households=study.new_area_m2_per_100_households,
    )


def _minutes(study: Study) -> float:
    limit_mm = np.array([study.walk.limit_mm])
    return float(walk_ms(limit_mm, study.walk.speed_m_s)[0]) / 60_000
