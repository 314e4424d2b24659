"""Both ledgers and the verdicts of one standard, over residences that have been walked from."""

from decimal import Decimal

import geopandas as gpd

from lifecircle.standards.model import Standard
from lifecircle.study import Study
from lifecircle.supply.border import Neighbourhood
from lifecircle.supply.bounds import Known
from lifecircle.supply.circle import circle_ledger
from lifecircle.supply.counting import counted_area
from lifecircle.supply.ledgers import final_verdict, own_ledger
from lifecircle.supply.radius import links_within
from lifecircle.supply.requirement import residence_terms
from lifecircle.supply.results import Judged, Walked, is_snapped

__all__ = ["judged_by"]


def judged_by(
    homes: gpd.GeoDataFrame,
    goals: gpd.GeoDataFrame,
    walked: Walked,
    near: Neighbourhood,
    *,
    standard: Standard,
    study: Study,
    with_planned: bool = False,
) -> Judged:
    """
    Judge residences by one standard.

    Parameters
    ----------
    homes, goals
        The residences and facilities that take part; the residences' ``priority`` counts.
    walked
        Where they meet the streets, and who walks to what.
    near
        Where they lie, seen from the study area.
    standard
        What is asked.
    study
        Its ledger, tolerance and walk.
    with_planned
        Whether all that is planned counts as if it were there.

    Returns
    -------
    judged
        The ledgers and verdicts.

    Raises
    ------
    StandardError
        If a rule lets people walk farther than the study.
    """
    terms = residence_terms(homes, standard.floor_area_rules)
    now, later = (
        counted_area(
            goals,
            kinds=standard.floor_area_kinds,
            highest_floor=standard.highest_floor,
            with_planned=planned,
        )
        for planned in (False, True)
    )
    counted = later if with_planned else now
    own = own_ledger(terms, now, later, pending_counts=with_planned)
    links = links_within(
        walked.links,
        terms["rule_id"],
        standard.floor_area_rules,
        homes=homes,
        goals=goals,
        limit_mm=study.walk.limit_mm,
    )
    circle = circle_ledger(
        terms,
        counted,
        links,
        known=Known(
            near.residences.loc[homes.index, "choices_known"],
            near.facilities.loc[goals.index, "users_known"],
        ),
        snapped=is_snapped(walked.residences).reindex(homes.index),
        tolerance=Decimal(repr(study.tolerance_share)),
        priority=homes.get("priority"),
    )
    ledger = None if study.ledger == "rule" else study.ledger
    final = final_verdict(terms, own, circle.residences, ledger=ledger)
    return Judged(terms, counted, own, circle, final)
