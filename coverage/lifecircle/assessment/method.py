"""The method itself, step by step."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.findings import Assessment
from lifecircle.assessment.remedying import remedied
from lifecircle.assessment.walking import drawn_catchments, walk_everywhere
from lifecircle.read.earlier_result import earlier_doubts
from lifecircle.read.losses import AcceptLoss, check_losses
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.read.study_standard import PLAIN_STANDARD, StudyDocuments, documents_and_inputs
from lifecircle.standards.evidence import Evidence, gathered
from lifecircle.standards.indicators import side_by_side
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.standards.year_on_year import EarlierResult, with_last_year
from lifecircle.study import Study
from lifecircle.supply.border import neighbourhood, require_something
from lifecircle.supply.cluster_table import inside_clusters
from lifecircle.supply.counting import unknown_serves_ids
from lifecircle.supply.equity import equity_table, lorenz_table
from lifecircle.supply.gaps import gap_list
from lifecircle.supply.judging import judged_by
from lifecircle.supply.met_households import met_pair
from lifecircle.supply.priority import residence_priority
from lifecircle.supply.readings import verdict_sums
from lifecircle.supply.reconciliation import reconciliation_table
from lifecircle.supply.reference import reference_table
from lifecircle.supply.results import (
    is_snapped,
    rejudged,
    require_streets,
    set_out_facilities,
    set_out_links,
    set_out_residences,
    without_streets,
)
from lifecircle.supply.straight import straight_links, with_straight
from lifecircle.supply.zoning import with_zones, zone_of_residences, zone_sums, zone_totals
from lifecircle.tables import checked
from lifecircle.units import walk_ms
from lifecircle.walk.backdrop import barrier_table, street_table

__all__ = ["assess", "assess_read", "assess_study"]

_logger = logging.getLogger(__name__)


def assess_study(study: Study, *, accept_loss: AcceptLoss = False) -> Assessment:
    """
    Read what a study names and assess it.

    Parameters
    ----------
    study
        The study.
    accept_loss
        Whether to go on though more rows are lost than the study's limits allow: True, or the
        kinds of losses to accept, as `lifecircle.read.losses.check_losses` knows them.

    Returns
    -------
    assessment
        As `assess` gives it.

    Raises
    ------
    StudyError
        For everything that is wrong with the standards, the earlier result and the inputs.
    TableError
        If too much is lost.
    """
    documents, inputs = documents_and_inputs(study)
    check_losses(inputs, study.losses, accept_loss=accept_loss)
    return assess_read(inputs, study=study, documents=documents)


def assess_read(inputs: StudyInputs, *, study: Study, documents: StudyDocuments) -> Assessment:
    """
    Assess what was read, beside the plain reading.

    Parameters
    ----------
    inputs
        Streets and tables.
    study
        The settings; the files that it names are not read.
    documents
        The standards, and the earlier result.

    Returns
    -------
    assessment
        As `assess` gives it.
    """
    plain = read_standard(PLAIN_STANDARD)
    return assess(
        inputs,
        study=study,
        standard=documents.standard,
        plain=plain,
        also=documents.also,
        earlier=documents.earlier,
    )


def assess(
    inputs: StudyInputs,
    *,
    study: Study,
    standard: Standard,
    plain: Standard,
    also: Sequence[Standard] = (),
    earlier: EarlierResult | None = None,
) -> Assessment:
    """
    Say who can walk to eldercare, and which residences lack floor area.

    Parameters
    ----------
    inputs
        Streets and tables.
    study
        The settings; the files it names are not read.
    standard
        What the verdicts go by.
    plain
        A second reading, shown beside them.
    also
        Other standards, whose indicators are shown too.
    earlier
        Last year's result, beside which the indicators are set; None without one.

    Returns
    -------
    assessment
        Links, ledgers, verdicts, catchments and totals.

    Raises
    ------
    TableError
        For everything that breaks the tables' contracts; if nothing is left to assess.
    NetworkError
        If no street may be walked on, or all places are far from them.
    CrsError
        If the tables and the streets are in different systems.

    Notes
    -----
    The steps: choose what takes part; walk; count; share; judge; add up; draw.
    """
    residences = checked(inputs.residences, "residences")
    facilities = checked(inputs.facilities, "facilities")
    zones = None if inputs.zones is None else checked(inputs.zones, "zones")
    area = _area(inputs.area, zones)
    border_m = study.walk.limit_mm / 1000 + study.walk.snap_limit_m
    near = neighbourhood(residences, facilities, area, border_m=border_m)
    require_something(near)
    homes = residences[near.residences["kept"]]
    goals = facilities[near.facilities["kept"]]
    homes = homes.assign(
        priority=residence_priority(
            homes,
            zones,
            of_zones=study.priority.zones,
            older_80_share_above=study.priority.older_80_share_above,
            older_80_weight=study.priority.older_80_weight or 1.0,
        )
    )

    walked = walk_everywhere(inputs.streets, homes, goals, study)
    if inputs.streets is not None:
        require_streets(walked, snap_limit_m=study.walk.snap_limit_m)
    _logger.info("sharing floor area between %d residences", len(homes))
    judged = judged_by(homes, goals, walked, near, standard=standard, study=study)
    planned = judged_by(
        homes, goals, walked, near, standard=standard, study=study, with_planned=True
    )
    by_rule = study.model_copy(update={"ledger": "rule"})
    plainly = judged_by(homes, goals, walked, near, standard=plain, study=by_rule)

    inside = homes.index[near.residences.loc[homes.index, "inside"]]
    residence_table = set_out_residences(
        homes, walked, judged, planned, plainly, speed_m_s=study.walk.speed_m_s
    )
    if inputs.streets is None:
        residence_table = without_streets(residence_table)
    radius_m = _radius_m(study, standard)
    residence_table = with_straight(
        residence_table.loc[inside], facilities, kinds=standard.floor_area_kinds, radius_m=radius_m
    )
    residence_table = with_zones(residence_table, zones, of_points=False)
    links = set_out_links(walked.links, judged, plainly)
    facility_table = set_out_facilities(goals, walked, judged, near, residence_table, links)
    facility_table = with_zones(facility_table, zones, of_points=True)
    links = links[links["residence_id"].isin(inside)].reset_index(drop=True)
    within = facility_table[facility_table["inside"]]
    placed = homes.assign(snapped=is_snapped(walked.residences).reindex(homes.index))
    reference = reference_table(placed, judged.counted, walked.links, limit_mm=study.walk.limit_mm)
    tolerance = Decimal(repr(study.tolerance_share))
    pair = met_pair(
        residence_table, judged.terms, judged.counted, judged.circle, walked.links,
        tolerance=tolerance,
    )  # fmt: skip
    evidence = _evidence(inputs, zones, residence_table, facility_table, links, study)
    if radius_m is not None:
        near_by = straight_links(residence_table, facilities, radius_m=radius_m)
        near_by = near_by.join(facilities[["kind", "status", "floor"]], on="facility_id")
        evidence = replace(evidence, near=near_by, radius_m=radius_m)
    assessed = [(standard, evidence)]
    for other in also:
        final = judged_by(homes, goals, walked, near, standard=other, study=study)
        later = judged_by(
            homes, goals, walked, near, standard=other, study=study, with_planned=True
        )
        found = rejudged(residence_table, final, later)
        assessed.append((other, replace(evidence, residences=found)))
    documents = (standard, *also)
    indicators, zone_indicators = (
        with_last_year(table, earlier, standards=documents) for table in side_by_side(assessed)
    )
    _logger.info("looking for remedies")
    clusters, remedy_areas = remedied(
        inside_clusters(judged.circle.clusters, residence_table["cluster_id"]),
        walked,
        judged,
        homes,
        area=area,
        standard=standard,
        study=study,
    )
    _logger.info("drawing catchments")
    zone_table = _zones(zones, residence_table, within)
    return Assessment(
        residences=residence_table,
        facilities=facility_table,
        links=links,
        clusters=clusters,
        remedy_areas=remedy_areas,
        catchments=drawn_catchments(walked, facility_table, study),
        gaps=gap_list(residence_table, zone_table),
        zones=zone_table,
        totals=pd.concat([zone_sums(residence_table, within), pair]).rename("totals"),
        verdicts=verdict_sums(residence_table),
        indicators=indicators,
        zone_indicators=zone_indicators,
        reference=reference.loc[inside],
        equity=equity_table(residence_table),
        lorenz=lorenz_table(residence_table),
        reconciliation=reconciliation_table(
            inputs.residences,
            inputs.facilities,
            residence_table,
            facility_table,
            read=inputs.read,
            parsed=inputs.parsed,
        ),
        quality=pd.concat(
            [
                _quality(inputs, residences, residence_table, facility_table),
                quality_table([] if earlier is None else earlier_doubts(earlier, study, documents)),
            ],
            ignore_index=True,
        ),
        to_geocode=inputs.to_geocode,
        streets=street_table(walked.network),
        barriers=barrier_table(walked.network),
        network=walked.network,
        area=area,
        standard=standard,
        plain=plain,
        also=tuple(also),
        study=study,
        crs=walked.network.crs,
    )


def _evidence(
    inputs: StudyInputs,
    zones: gpd.GeoDataFrame | None,
    residences: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    links: pd.DataFrame,
    study: Study,
) -> Evidence:
    """Put together what indicators are computed from; a link may lead out of the area."""
    return gathered(
        residences,
        facilities[facilities["inside"]],
        zones=None if zones is None else zones.join(zone_of_residences(zones, zones)),
        links=links.join(facilities[["kind", "status", "floor"]], on="facility_id"),
        statistics=inputs.statistics,
        walk_minutes=None if inputs.streets is None else _minutes(study),
        new_area_m2_per_100_households=study.new_area_m2_per_100_households,
    )


def _radius_m(study: Study, standard: Standard) -> float | None:
    """Take the study's straight radius, else the longest that the standard declares."""
    declared = [
        float(rule.arguments.max_walk_m)
        for rule in standard.floor_area_rules
        if rule.arguments.max_walk_m is not None and rule.arguments.walk == "straight"
    ]
    return study.walk.straight_radius_m or max(declared, default=None)


def _minutes(study: Study) -> float:
    limit_mm = np.array([study.walk.limit_mm])
    return float(walk_ms(limit_mm, study.walk.speed_m_s)[0]) / 60_000


def _area(
    given: shapely.Geometry | None, zones: gpd.GeoDataFrame | None
) -> shapely.Geometry | None:
    if given is not None or zones is None:
        return given
    return shapely.union_all(zones.geometry.to_numpy(), grid_size=0.001)


def _zones(
    zones: gpd.GeoDataFrame | None, residences: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    if zones is not None:
        return zone_totals(residences, facilities, zones)
    none = checked(gpd.GeoDataFrame({"level": []}, geometry=[], crs=residences.crs), "zones")
    return none.assign(**dict.fromkeys(zone_sums(residences, facilities).index, 0.0))


def _quality(
    inputs: StudyInputs,
    listed: pd.DataFrame,
    residences: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Add to the readers' findings what only shows when places meet streets and each other."""
    remarks = [
        Remark(input=name, reason="unsnapped", found=f"{key} {row['name'] or ''}".strip())
        for name, table in (("residences", residences), ("facilities", facilities))
        for key, row in table[~table["snapped"]].iterrows()
    ]
    remarks += [
        Remark(
            input="facilities",
            field="serves_id",
            reason="serves_unknown_residence",
            found=f"{facility}: {residence}",
        )
        for facility, residence in unknown_serves_ids(facilities, listed).items()
    ]
    return pd.concat([inputs.quality, quality_table(remarks)], ignore_index=True)
