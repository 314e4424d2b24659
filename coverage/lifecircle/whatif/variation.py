"""One run: the study's town under other assumptions, judged by the method itself."""

import logging
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.assessment import Assessment
from lifecircle.assessment.dating import inputs_then
from lifecircle.assessment.entering import bounded_links, entered, walked_from
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import Study
from lifecircle.supply.border import Neighbourhood, neighbourhood
from lifecircle.supply.judging import judged_by
from lifecircle.supply.results import Walked
from lifecircle.tables import checked
from lifecircle.units import speed_mm_s
from lifecircle.walk.places import chosen_places, snap_places
from lifecircle.walk.turning import at_speed
from lifecircle.whatif.designs import Setting

__all__ = ["judged_runs", "varied_study"]

_logger = logging.getLogger(__name__)


def judged_runs(
    inputs: StudyInputs, assessment: Assessment, settings: Sequence[Setting]
) -> dict[Setting, pd.DataFrame]:
    """
    Judge a town under several settings.

    Parameters
    ----------
    inputs
        Streets and tables.
    assessment
        The same under the study's own settings.
    settings
        What to assume; a setting that comes again is judged once.

    Returns
    -------
    found
        For each setting a table on the index of the assessment's residences: ``verdict``,
        ``requirement_m2``, ``circle_m2`` and ``shortage_m2``, as an assessment with these
        settings gives them.

    Notes
    -----
    Where places meet the streets depends on the snap limit and the gates, and on nothing else; so
    places are snapped and walked from once for each of these (and for each speed where waits or
    stairs are counted, which no speed shortens), to the widest limit of all runs. A
    run keeps the places that lie near enough for its own limit, and the walks within it, in whole
    millimetres. One run follows the other: its tables are small, and would only wait in threads.
    """
    then = inputs_then(inputs, assessment.study).inputs
    town = _Town(
        checked(then.residences, "residences"),
        checked(then.facilities, "facilities"),
        assessment,
        inputs.buildings,
    )
    distinct = list(dict.fromkeys(settings))
    widest_mm = max(varied_study(assessment.study, one).walk.limit_mm for one in distinct)
    found: dict[Setting, pd.DataFrame] = {}
    waited = town.found.network.fixed is not None

    def walk_of(one: Setting) -> tuple[float, str, float]:
        # What is waited for is worth more level millimetres to who walks faster.
        return one.snap_limit_m, one.gates, one.speed_m_s if waited else 0.0

    for _, group in groupby(sorted(distinct, key=walk_of), key=walk_of):
        runs = list(group)
        walked = _walked(town, runs[0], widest_mm)
        for run in runs:
            _logger.info("judging under other assumptions: %d of %d", len(found) + 1, len(distinct))
            found[run] = _judged(town, walked, run)
    return {one: found[one] for one in distinct}


def varied_study(study: Study, setting: Setting) -> Study:
    """
    Give a study the walk of a setting.

    Parameters
    ----------
    study
        The study.
    setting
        What to assume.

    Returns
    -------
    varied
        With its speed, minutes and snap limit; a walk set in metres stays.
    """
    walk = {name: getattr(setting, name) for name in ("speed_m_s", "minutes", "snap_limit_m")}
    return study.model_copy(update={"walk": study.walk.model_copy(update=walk)})


class _Town(NamedTuple):
    residences: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    found: Assessment
    buildings: gpd.GeoDataFrame | None = None

    def near(self, study: Study, limit_mm: int) -> Neighbourhood:
        """Choose what takes part when people walk so far."""
        border_m = study.reach_beyond_m(limit_mm)
        return neighbourhood(self.residences, self.facilities, self.found.area, border_m=border_m)


def _walked(town: _Town, setting: Setting, widest_mm: int) -> Walked:
    """Snap all that takes part in any run, and walk to the widest limit."""
    study = varied_study(town.found.study, setting)
    near = town.near(study, widest_mm)
    homes = town.residences[near.residences["kept"]]
    goals = town.facilities[near.facilities["kept"]]
    network = at_speed(town.found.network, speed_mm_s(setting.speed_m_s))
    snap_limit_m = study.walk.snap_limit_m
    gates_known = setting.gates != "unknown"
    here = entered(network, homes, study, buildings=town.buildings, gates_known=gates_known)
    there = snap_places(
        network, goals.geometry, gates=goals["entrances"], snap_limit_m=snap_limit_m
    )
    open_or_planned = chosen_places(there, goals.index[goals["status"].ne("closed")])
    links, walks = walked_from(network, here, open_or_planned, limit_mm=widest_mm)
    walked = Walked(network, here.residences, there, links)
    if setting.gates in {"far", "best"}:
        links = bounded_links(
            walked._replace(homes=walks), homes, open_or_planned,
            worst=setting.gates == "far", snap_limit_m=snap_limit_m, limit_mm=widest_mm,
        )  # fmt: skip
    return walked._replace(links=links)


def _judged(town: _Town, walked: Walked, setting: Setting) -> pd.DataFrame:
    study = varied_study(town.found.study, setting)
    near = town.near(study, study.walk.limit_mm)
    homes = town.residences[near.residences["kept"]]
    goals = town.facilities[near.facilities["kept"]]
    links = walked.links
    links = links[
        (links["level_mm"] <= study.walk.limit_mm)
        & links["residence_id"].isin(homes.index)
        & links["facility_id"].isin(goals.index)
    ]
    judged = judged_by(
        homes.assign(
            households=_times(homes["households"], setting.household_share),
            own_floor_area_m2=_times(homes["own_floor_area_m2"], setting.floor_area_share),
        ),
        goals.assign(floor_area_m2=_times(goals["floor_area_m2"], setting.floor_area_share)),
        walked._replace(links=links),
        near,
        standard=town.found.standard,
        study=study,
        with_planned=setting.planned,
    )
    final = judged.final[["verdict", "requirement_m2", "shortage_m2"]]
    table = final.assign(circle_m2=judged.circle.residences["circle_m2"])
    return pd.DataFrame(table.loc[town.found.residences.index])


def _times(amounts: pd.Series, share: float) -> pd.Series:
    """Multiply decimal numbers: what the binary product adds behind the sixth place is dust."""
    return amounts if share == 1 else (amounts * share).round(6)
