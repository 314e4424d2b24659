"""The method itself, step by step."""

import logging
from collections.abc import Sequence

import pandas as pd

from lifecircle.assessment.bordering import border_remarks, border_table
from lifecircle.assessment.choosing import taking_part
from lifecircle.assessment.dating import inputs_then, with_flags
from lifecircle.assessment.findings import Assessment
from lifecircle.assessment.indicating import (
    find_indicators,
    indicator_verdicts,
    straight_radius_m,
)
from lifecircle.assessment.pacing import pace_remarks
from lifecircle.assessment.peopling import find_people
from lifecircle.assessment.rehearsing import cut_off_remarks, unsnapped_remarks
from lifecircle.assessment.remedying import remedied
from lifecircle.assessment.setting_out import SetOut, judge, set_out
from lifecircle.assessment.surveying import survey
from lifecircle.assessment.walking import walk_everywhere
from lifecircle.assessment.yearly import walk_in_all_years, walked_of, year_table
from lifecircle.read.earlier_result import earlier_doubts
from lifecircle.read.losses import AcceptLoss, check_losses
from lifecircle.read.quality import Remark, quality_table, remark_counts
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.read.study_standard import PLAIN_STANDARD, StudyDocuments, documents_and_inputs
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.standards.year_on_year import EarlierResult
from lifecircle.study import Study
from lifecircle.supply.cluster_table import inside_clusters
from lifecircle.supply.counting import unknown_serves_ids
from lifecircle.supply.equity import equity_table, lorenz_table
from lifecircle.supply.gaps import gap_list, gap_totals
from lifecircle.supply.readings import (
    left_out_counts,
    reading_shortages,
    share_bands,
    verdict_sums,
)
from lifecircle.supply.reconciliation import reconciliation_table, with_people_steps
from lifecircle.supply.results import Walked, require_streets
from lifecircle.supply.served_walks import served_minutes
from lifecircle.walk.backdrop import barrier_table, street_table
from lifecircle.walk.places import chosen_places

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
    The steps: go to the year; choose what takes part; walk; count; share; judge; add up; survey.
    """
    dated, ever = inputs_then(inputs, study), walk_in_all_years(inputs, study)
    part = taking_part(dated.inputs, study)
    if ever is None:
        walked = walk_everywhere(
            inputs.streets, part.homes, part.goals, study, buildings=inputs.buildings
        )
    else:
        walked = walked_of(ever, part)
    if inputs.streets is not None:
        require_streets(walked.residences, walked.facilities, snap_limit_m=study.walk.snap_limit_m)
    _logger.info("sharing floor area between %d residences", len(part.homes))
    judged = judge(part, walked, study=study, standard=standard, plain=plain)
    radius_m = straight_radius_m(study, standard)
    found = set_out(part, walked, judged, study=study, standard=standard, radius_m=radius_m)
    indicators, zone_indicators = find_indicators(
        part,
        walked,
        found,
        study=study,
        standards=(standard, *also),
        earlier=earlier,
        radius_m=radius_m,
    )
    _logger.info("looking for remedies")
    circle = judged.rule.circle
    clusters, remedy_areas = remedied(
        inside_clusters(circle.clusters, found.residences["cluster_id"]),
        walked,
        judged.rule,
        part.homes,
        area=part.area,
        standard=standard,
        study=study,
    )
    streets = street_table(walked.network)
    border = border_table(
        part, inputs.residences, streets, study, found=(judged.rule, walked.links)
    )
    gaps = gap_list(found.residences, found.zones)
    verdicts = verdict_sums(found.residences)
    _logger.info("surveying travel times and drawing catchments")
    surveyed = survey(walked, found.facilities, found.zones, study, area=part.area)
    people = find_people(dated.inputs.population, surveyed.served, found, study)
    listed = part.listed if dated.listed is None else dated.listed
    quality = pd.concat(
        [
            _quality(inputs, listed, found, walked),
            quality_table(border_remarks(border, study)),
            dated.quality,
            quality_table(list(pace_remarks(walked.network))),
            quality_table(
                [] if earlier is None else earlier_doubts(earlier, study, (standard, *also))
            ),
        ],
        ignore_index=True,
    )
    return Assessment(
        residences=with_flags(found.residences, dated.residence_flags),
        facilities=with_flags(found.facilities, dated.facility_flags),
        links=found.links,
        clusters=clusters,
        remedy_areas=remedy_areas,
        catchments=surveyed.catchments,
        surfaces=surveyed.surfaces,
        travel_times=surveyed.table,
        gaps=gaps,
        gap_totals=gap_totals(gaps, found.zones),
        zones=people.zones,
        totals=people.totals,
        population=people.table,
        verdicts=verdicts,
        shortages=reading_shortages(verdicts),
        left_out=left_out_counts(found.residences, found.facilities),
        served_minutes=served_minutes(found.residences, found.facilities, found.links),
        bands=share_bands(found.residences),
        indicators=indicators,
        indicator_verdicts=indicator_verdicts(indicators),
        zone_indicators=zone_indicators,
        years=year_table(ever, study=study, standard=standard),
        reference=found.reference,
        equity=equity_table(found.residences),
        lorenz=lorenz_table(found.residences),
        reconciliation=with_people_steps(
            reconciliation_table(
                inputs.residences,
                inputs.facilities,
                found.residences,
                found.facilities,
                read=inputs.read,
                parsed=inputs.parsed,
                built=None if study.as_of is None else dated.inputs.residences,
            ),
            None if dated.inputs.population is None else dated.inputs.population.sums,
        ),
        quality=quality,
        remarks=remark_counts(quality),
        to_geocode=inputs.to_geocode,
        streets=streets,
        barriers=barrier_table(walked.network),
        network=walked.network,
        area=part.area,
        border=border,
        standard=standard,
        plain=plain,
        also=tuple(also),
        study=study,
        crs=walked.network.crs,
    )


def _quality(
    inputs: StudyInputs,
    listed: pd.DataFrame,
    found: SetOut,
    walked: Walked,
) -> pd.DataFrame:
    """Add to the readers' findings what only shows when places meet streets and each other."""
    remarks = [
        remark
        for name, table, places in (
            ("residences", found.residences, walked.residences),
            ("facilities", found.facilities, walked.facilities),
        )
        for remark in unsnapped_remarks(
            name, table[~table["snapped"].astype(bool)], barred=places.ids[places.barred]
        )
    ]
    for name, table, places in (
        ("residences", found.residences, walked.residences),
        ("facilities", found.facilities, walked.facilities),
    ):
        remarks += cut_off_remarks(name, chosen_places(places, table.index), walked.network)
    remarks += [
        Remark(
            input="facilities",
            field="serves_id",
            reason="serves_unknown_residence",
            found=f"{facility}: {residence}",
        )
        for facility, residence in unknown_serves_ids(found.facilities, listed).items()
    ]
    return pd.concat([inputs.quality, quality_table(remarks)], ignore_index=True)
