"""The steps in the middle: count, share, judge, and set out what was found."""

from decimal import Decimal
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.choosing import TakingPart
from lifecircle.assessment.walking import bound_links
from lifecircle.standards.model import Standard
from lifecircle.study import Study
from lifecircle.supply.home_shares import with_gate_verdicts, with_served_share
from lifecircle.supply.judging import judged_by
from lifecircle.supply.met_households import met_pair
from lifecircle.supply.reference import reference_table
from lifecircle.supply.results import (
    Judged,
    Walked,
    is_snapped,
    set_out_facilities,
    set_out_links,
    set_out_residences,
    without_streets,
)
from lifecircle.supply.straight import with_straight
from lifecircle.supply.zoning import with_zones, zone_sums, zone_totals
from lifecircle.tables import checked

__all__ = ["Judgements", "SetOut", "judge", "set_out"]


class Judgements(NamedTuple):
    """
    What was judged, under several readings.

    Attributes
    ----------
    rule
        As the standard says.
    planned
        The same with what is planned.
    plainly
        Under the plain reading.
    bounds
        With the worst gates where they are unknown, and with the best; None if the study does not
        ask for it.
    """

    rule: Judged
    planned: Judged
    plainly: Judged
    bounds: tuple[Judged, Judged] | None = None


class SetOut(NamedTuple):
    """
    What was found, as tables.

    Attributes
    ----------
    residences, facilities, links, zones, reference
        As in the `Assessment`.
    totals
        Sums over the whole area.
    """

    residences: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    links: pd.DataFrame
    zones: gpd.GeoDataFrame
    reference: pd.DataFrame
    totals: pd.Series


def judge(
    part: TakingPart,
    walked: Walked,
    *,
    study: Study,
    standard: Standard,
    plain: Standard,
) -> Judgements:
    """
    Count, share and judge under the standard, with what is planned, and under the plain reading.

    Parameters
    ----------
    part
        What takes part.
    walked
        Who walks to what.
    study
        The settings.
    standard, plain
        What the verdicts go by, and the reading beside it.

    Returns
    -------
    judgements
        Ledgers and verdicts.
    """
    known = (part.homes, part.goals, walked, part.near)
    by_rule = study.model_copy(update={"ledger": "rule"})

    def at_gates(*, worst: bool) -> Judged:
        links = bound_links(walked, part.homes, part.goals, study, worst=worst)
        there = walked._replace(links=links)
        return judged_by(part.homes, part.goals, there, part.near, standard=standard, study=study)

    is_bounded = study.residences.unknown_gates == "bounds"
    return Judgements(
        rule=judged_by(*known, standard=standard, study=study),
        planned=judged_by(*known, standard=standard, study=study, with_planned=True),
        plainly=judged_by(*known, standard=plain, study=by_rule),
        bounds=(at_gates(worst=True), at_gates(worst=False)) if is_bounded else None,
    )


def set_out(
    part: TakingPart,
    walked: Walked,
    judged: Judgements,
    *,
    study: Study,
    standard: Standard,
    radius_m: float | None,
) -> SetOut:
    """
    Set out what was found, cut at the study area.

    Parameters
    ----------
    part
        What takes part.
    walked
        Who walks to what.
    judged
        Ledgers and verdicts.
    study
        The settings.
    standard
        What the verdicts go by.
    radius_m
        The straight radius printed beside the walks; None for none.

    Returns
    -------
    found
        The tables.
    """
    residences = set_out_residences(
        part.homes, walked, judged.rule, judged.planned, judged.plainly,
        speed_m_s=study.walk.speed_m_s,
    )  # fmt: skip
    residences = with_gate_verdicts(
        with_served_share(
            residences, walked.homes, judged.rule,
            rules=standard.floor_area_rules, goals=part.goals, limit_mm=study.walk.limit_mm,
        ),
        judged.bounds,
    )  # fmt: skip
    if not len(walked.network.start):
        residences = without_streets(residences)
    residences = with_straight(
        residences.loc[part.inside], part.facilities, kinds=standard.floor_area_kinds,
        highest_floor=standard.highest_floor, radius_m=radius_m,
    )  # fmt: skip
    residences = with_zones(residences, part.zones, of_points=False)
    # On level streets without waits the one number says both.
    links = walked.links.drop(columns="level_mm" if walked.network.is_plain else [])
    links = set_out_links(links, judged.rule, judged.plainly)
    facilities = set_out_facilities(part.goals, walked, judged.rule, part.near, residences, links)
    facilities = with_zones(facilities, part.zones, of_points=True)
    within = facilities[facilities["inside"]]
    pair = met_pair(
        residences, judged.rule.terms, judged.rule.counted, judged.rule.circle, walked.links,
        tolerance=Decimal(repr(study.tolerance_share)),
    )  # fmt: skip
    return SetOut(
        residences=residences,
        facilities=facilities,
        links=links[links["residence_id"].isin(part.inside)].reset_index(drop=True),
        zones=_zones(part.zones, residences, within),
        reference=_reference(part, walked, judged.rule, study),
        totals=pd.concat([zone_sums(residences, within), pair]).rename("totals"),
    )


def _reference(part: TakingPart, walked: Walked, judged: Judged, study: Study) -> pd.DataFrame:
    snapped = is_snapped(walked.residences).reindex(part.homes.index)
    placed = part.homes.assign(snapped=snapped)
    table = reference_table(placed, judged.counted, walked.links, limit_mm=study.walk.limit_mm)
    return table.loc[part.inside]


def _zones(
    zones: gpd.GeoDataFrame | None, residences: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    if zones is not None:
        return zone_totals(residences, facilities, zones)
    none = checked(gpd.GeoDataFrame({"level": []}, geometry=[], crs=residences.crs), "zones")
    return none.assign(**dict.fromkeys(zone_sums(residences, facilities).index, 0.0))
