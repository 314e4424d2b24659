"""The step that follows the town over years: one walk for all of them, one sharing for each."""

import logging
from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.choosing import TakingPart, taking_part
from lifecircle.assessment.walking import walk_everywhere
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.standards.model import Standard
from lifecircle.study import Study
from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.supply.home_shares import with_served_share
from lifecircle.supply.judging import judged_by
from lifecircle.supply.results import Judged, Walked, is_snapped
from lifecircle.supply.years import built_by, facilities_then, facility_year_flags
from lifecircle.supply.zoning import with_zones, zone_sums, zone_totals
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.walk.places import chosen_places
from lifecircle.walk.reach import HomeWalks

__all__ = ["AllYears", "walk_in_all_years", "walked_of", "year_table"]

_logger = logging.getLogger(__name__)

_SUMS: Final = (
    "residences", "households_in_residences", "requirement_m2", "supply_m2", "allocated_m2",
    "shortage_m2", "served_households", "served_share", "met_households", "met_share",
    "residences_met", "residences_short", "residences_unreachable", "residences_no_data",
    "residences_not_asked",
)  # fmt: skip
_COUNTS: Final = (
    "facilities_counted", "residences_not_built", "residences_year_unknown",
    "facilities_year_unknown",
)  # fmt: skip


class AllYears(NamedTuple):
    """
    The town whatever the year.

    Attributes
    ----------
    part
        All residences and facilities near enough to the area, those that are not built yet or
        have closed among them.
    walked
        Who would walk to what, if everything stood at once.
    """

    part: TakingPart
    walked: Walked


def walk_in_all_years(inputs: StudyInputs, study: Study) -> AllYears | None:
    """
    Walk once for all years of a study.

    Parameters
    ----------
    inputs
        Streets and tables, as they were read.
    study
        The settings.

    Returns
    -------
    ever
        None if the study names no years.

    Raises
    ------
    TableError
        For everything that breaks the tables' contracts; if nothing is left to assess.
    NetworkError
        If no street may be walked on.
    CrsError
        If the tables and the streets are in different systems.
    """
    if study.years is None:
        return None
    part = taking_part(inputs, study)
    standing = part.goals.assign(status="operating")
    walked = walk_everywhere(
        inputs.streets, part.homes, standing, study, buildings=inputs.buildings
    )
    return AllYears(part, walked)


def walked_of(ever: AllYears, part: TakingPart) -> Walked:
    """
    Take the walks of one year out of those of all.

    Parameters
    ----------
    ever
        The town whatever the year.
    part
        What takes part in that year.

    Returns
    -------
    walked
        As `walk_everywhere` finds it for that year alone.
    """
    walked = ever.walked
    return walked._replace(
        residences=chosen_places(walked.residences, part.homes.index),
        facilities=chosen_places(walked.facilities, part.goals.index),
        links=_walks_of(walked.links, part.homes, part.goals),
        homes=_homes_of(walked.homes, part.homes, part.goals),
    )


def year_table(ever: AllYears | None, *, study: Study, standard: Standard) -> pd.DataFrame:
    """
    Set out what each year comes to, in all and by zone.

    Parameters
    ----------
    ever
        The town whatever the year; None if the study names no years.
    study
        The settings, and the years.
    standard
        What the verdicts go by.

    Returns
    -------
    years
        For each year a row for the whole area (``level`` is ``area``, ``zone_id`` None), and one
        for each zone: ``year``, ``level``, ``zone_id``, ``zone`` (its name); as in
        `supply.zoning.zone_sums` residences by verdict, households, m² and shares; and
        ``facilities_counted`` (whose floor area counts then), ``residences_not_built``,
        ``residences_year_unknown`` (taken as built) and ``facilities_year_unknown`` (taken as the
        list has them). No row without years.

    Notes
    -----
    Nothing but the years differs from row to row: a run with ``as_of`` set to one of them gives
    just these sums.
    """
    blocks = [] if ever is None else _blocks(ever, study.years or (), study, standard)
    columns = ["year", "level", "zone_id", "zone", *_SUMS, *_COUNTS]
    if not blocks:
        return pd.DataFrame(columns=columns)
    return pd.concat(blocks, ignore_index=True)[columns]


def _blocks(
    ever: AllYears, years: Sequence[int], study: Study, standard: Standard
) -> list[pd.DataFrame]:
    part = ever.part
    zoned = with_zones(part.homes.loc[part.inside].assign(flags=""), part.zones, of_points=False)
    there = part.near.facilities.loc[part.goals.index, "inside"]
    places = with_zones(part.goals[there].assign(flags=""), part.zones, of_points=True)
    blocks = []
    for year in years:
        _logger.info("looking at the end of %d", year)
        homes = part.homes[built_by(part.homes, year=year)]
        goals = facilities_then(part.goals, year=year)
        links = _walks_of(ever.walked.links, homes, goals)
        judged = judged_by(
            homes, goals, ever.walked._replace(links=links), part.near,
            standard=standard, study=study,
        )  # fmt: skip
        assessed = with_served_share(
            _assessed(zoned[zoned.index.isin(homes.index)], judged, ever.walked),
            _homes_of(ever.walked.homes, homes, goals), judged,
            rules=standard.floor_area_rules, goals=goals, limit_mm=study.walk.limit_mm,
        )  # fmt: skip
        counted = judged.counted["counted_units"].astype("Float64").astype(float) / 100
        sites = places.assign(counted_m2=counted.reindex(places.index))
        sums = _sums(assessed, sites, part.zones)
        blocks.append(sums.join(_counts(zoned, sites, sums.index, year)).assign(year=year))
    return blocks


def _walks_of(walks: pd.DataFrame, homes: pd.DataFrame, goals: pd.DataFrame) -> pd.DataFrame:
    standing = goals.index[goals["status"].ne("closed")]
    kept = walks["residence_id"].isin(homes.index) & walks["facility_id"].isin(standing)
    return walks[kept].reset_index(drop=True)


def _homes_of(
    walks: HomeWalks | None, homes: pd.DataFrame, goals: pd.DataFrame
) -> HomeWalks | None:
    return None if walks is None else walks._replace(walks=_walks_of(walks.walks, homes, goals))


def _assessed(homes: gpd.GeoDataFrame, judged: Judged, walked: Walked) -> gpd.GeoDataFrame:
    circle = judged.circle.residences
    return homes.assign(
        snapped=is_snapped(walked.residences).reindex(homes.index),
        reachable_facilities=circle["reachable_facilities"],
        circle_m2=circle["circle_m2"],
        **{name: judged.final[name] for name in ("verdict", "requirement_m2", "shortage_m2")},
    )


def _sums(
    homes: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Add up the whole area and each zone; the index names the zone, or the whole."""
    whole = zone_sums(homes, sites).to_frame().T.assign(level="area", zone_id=None, zone=None)
    whole.index = pd.Index([WHOLE_AREA])
    if zones is None:
        return whole
    found = zone_totals(homes, sites, zones)
    ids = pd.Series(found.index, index=found.index, dtype=object)
    named = pd.DataFrame(found).assign(
        zone_id=ids, zone=found["name"].astype(object).where(found["name"].notna(), ids)
    )
    return pd.concat([whole, named[whole.columns]])


def _counts(
    homes: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, places: pd.Index, year: int
) -> pd.DataFrame:
    """Count by zone what counts, what is not built, and whose years nobody knows."""
    codes = facility_year_flags(sites, year=year)
    marks = {
        "facilities_counted": (sites, sites["counted_m2"].ne(0)),
        "residences_not_built": (homes, ~built_by(homes, year=year)),
        "residences_year_unknown": (homes, homes["year"].isna()),
        "facilities_year_unknown": (sites, codes.str.endswith("year_unknown")),
    }
    return pd.DataFrame(
        {name: _count(table[marked], places) for name, (table, marked) in marks.items()},
        index=places,
    )


def _count(rows: gpd.GeoDataFrame, places: pd.Index) -> pd.Series:
    levels = [level for level in ADMIN_LEVELS if f"{level}_id" in rows]
    ids = [rows[f"{level}_id"].astype(object).fillna(f"outside_zones:{level}") for level in levels]
    found = pd.concat([pd.Series(dtype=object), *ids]).value_counts()
    counts: pd.Series = found.reindex(places, fill_value=0).astype(int)
    counts[WHOLE_AREA] = len(rows)
    return counts
