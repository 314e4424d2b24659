"""
The check of a new development: what it owes, what it could walk to, and who would pay for it.

The development is added to the inputs as one more new residence, and the town is assessed before
and after. So every number here is one that the assessment itself gives.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.assessment import Assessment, assess
from lifecircle.errors import StudyError
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.standards.arguments import FloorAreaArguments, LandArguments, NewAreasArguments
from lifecircle.standards.model import Rule, Standard
from lifecircle.study import Study
from lifecircle.tables import complete
from lifecircle.whatif.proposal import (
    Development,
    as_residences,
    asking_new,
    place_problems,
    problems_of,
    with_local_rate,
)

__all__ = ["DevelopmentCheck", "check_development", "check_developments"]

_logger = logging.getLogger(__name__)

_WORST_FIRST: Final = ("unreachable", "short", "no_data", "met", "not_asked")
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class DevelopmentCheck:
    """
    What a development would owe, find and take.

    Attributes
    ----------
    development, standard
        What was checked, and by which document.
    rules
        The rules of the document that speak of new residences.
    ledger
        The ledger that gives the verdict; None where no rule asks.
    verdict, reason
        By the rule's ledger; ``not_asked`` if the document has no floor-area rule for new
        residences.
    own_verdict
        By the own ledger.
    requirement_m2, own_m2, missing_m2
        Of the own ledger: what is owed, what counts of what is built with it, what is missing.
    min_site_m2
        Below it a site counts nothing; None without such a limit.
    phases
        One row a phase in the order they are built: ``name``, ``households``, ``requirement_m2``,
        ``own_m2``, ``missing_m2`` in the end; and once it and those before it stand, together:
        ``households_so_far``, ``requirement_so_far_m2``, ``own_so_far_m2``, ``missing_so_far_m2``,
        ``verdict_so_far``, ``from_circle_so_far_m2``, ``losing_so_far`` (residences that get less
        than before it all) and ``lost_so_far_m2``.
    land
        One row a land rule: ``rule_id``, ``clause``, ``m2_per_resident``, ``residents``,
        ``required_m2``, ``land_m2``, ``missing_m2``, ``verdict`` (``no_data`` if residents or land
        are not known).
    reachable
        One row a facility within the walk, the nearest first, indexed by ``facility_id``:
        ``name``, ``kind``, ``walk_m``, ``minutes``, ``counted_m2``, ``counted_reason``,
        ``idle_before_m2`` (NaN where it is not known), ``given_m2``.
    spare_m2
        Floor area within the walk that nobody needed before.
    from_circle_m2
        What it would get from facilities around it.
    snapped
        Whether a street is near enough to walk from.
    losses
        One row a residence of the study area that gets less than before or has another verdict,
        indexed by ``residence_id``: ``name``, ``households``, ``requirement_m2``,
        ``circle_before_m2``, ``circle_after_m2``, ``lost_m2``, ``verdict_before``,
        ``verdict_after``.
    """

    development: Development
    standard: Standard
    rules: tuple[Rule, ...]
    ledger: str | None
    verdict: str
    reason: str | None
    own_verdict: str
    requirement_m2: float
    own_m2: float
    missing_m2: float
    min_site_m2: float | None
    phases: pd.DataFrame
    land: pd.DataFrame
    reachable: pd.DataFrame
    spare_m2: float
    from_circle_m2: float
    snapped: bool
    losses: pd.DataFrame


def check_development(
    inputs: StudyInputs,
    development: Development,
    *,
    study: Study,
    standard: Standard,
    plain: Standard,
) -> DevelopmentCheck:
    """
    Say what a new development owes, what it could walk to, and who would lose by it.

    Parameters
    ----------
    inputs
        The town as it is.
    development
        What is to be built; its place is brought into the CRS of the streets.
    study
        The settings; the files it names are not read.
    standard
        What the development is checked by.
    plain
        The plain reading that an assessment needs beside it.

    Returns
    -------
    check
        Requirement, context, losses and clauses.

    Raises
    ------
    StudyError
        For everything that is wrong with the development.

    Notes
    -----
    Floor area built with the development is kept for it; only what it still lacks competes for
    the facilities around, on equal terms with everybody.
    """
    only = check_developments(inputs, [development], study=study, standard=standard, plain=plain)
    return only[0]


def check_developments(
    inputs: StudyInputs,
    developments: Sequence[Development],
    *,
    study: Study,
    standard: Standard,
    plain: Standard,
) -> tuple[DevelopmentCheck, ...]:
    """
    Check several developments, each as if it alone were built.

    Parameters
    ----------
    inputs
        The town as it is.
    developments
        What may be built.
    study
        The settings; the files it names are not read.
    standard
        What the developments are checked by.
    plain
        The plain reading that an assessment needs beside it.

    Returns
    -------
    checks
        In the order of `developments`.

    Raises
    ------
    StudyError
        For everything that is wrong with any of them.
    """
    standard = with_local_rate(standard, study.new_area_m2_per_100_households)
    study = study.model_copy(update={"years": None})  # a series would be worked out for nothing
    _require(problem for one in developments for problem in problems_of(one, standard))
    _logger.info("assessing the town as it is")
    before = assess(inputs, study=study, standard=standard, plain=plain)
    there = [_moved(one, inputs) for one in developments]
    _require(problem for one in there for problem in place_problems(one, before.area))
    checks = []
    for one in there:
        new = as_residences(one, taken=inputs.residences.index)
        old = complete(inputs.residences, "residences")
        stages = []
        for count in range(1, len(new) + 1):
            _logger.info("assessing the town with %s, phase %d", one.name, count)
            both = gpd.GeoDataFrame(pd.concat([old, new.iloc[:count]]), crs=inputs.residences.crs)
            town = replace(inputs, residences=both)
            stages.append(assess(town, study=study, standard=standard, plain=plain))
        checks.append(_set_out(one, new.index, before, stages))
    return tuple(checks)


def _require(problems: Iterator[str]) -> None:
    found = list(problems)
    if found:
        raise StudyError("the development", found)


def _moved(one: Development, inputs: StudyInputs) -> Development:
    crs = CRS.from_user_input(inputs.residences.crs)

    def there(place: shapely.Geometry) -> shapely.Geometry:
        return gpd.GeoSeries([place], crs=one.crs).to_crs(crs).iloc[0]

    phases = (
        phase if phase.place is None else replace(phase, place=there(phase.place))
        for phase in one.phases
    )
    return replace(one, place=there(one.place), crs=crs, phases=tuple(phases))


def _set_out(
    one: Development, index: pd.Index, before: Assessment, stages: Sequence[Assessment]
) -> DevelopmentCheck:
    after = stages[-1]
    rows = after.residences.loc[index]
    standard = after.standard
    asking = asking_new(standard)
    reachable = _reachable(index, before, after)
    least = None if asking is None or asking.min_site_m2 is None else float(asking.min_site_m2)
    worst = rows.iloc[int(np.argmin([_WORST_FIRST.index(word) for word in rows["verdict"]]))]
    return DevelopmentCheck(
        development=one,
        standard=standard,
        rules=tuple(_cited(standard)),
        ledger=worst["ledger"],
        verdict=worst["verdict"],
        reason=worst["reason"],
        own_verdict=min(rows["own_verdict"], key=_WORST_FIRST.index),
        requirement_m2=_sum(rows["requirement_m2"]),
        own_m2=_sum(rows["own_m2"]),
        missing_m2=_sum(rows["own_shortage_m2"]),
        min_site_m2=least,
        phases=_phases(index, before, stages),
        land=_land(one, standard),
        reachable=reachable,
        spare_m2=_sum(reachable["idle_before_m2"]),
        from_circle_m2=_sum(reachable["given_m2"]),
        snapped=bool(rows["snapped"].all()),
        losses=_losses(before.residences, after.residences),
    )


def _sum(values: pd.Series) -> float:
    """Add square metres that are whole hundredths, and leave no binary dust."""
    return round(float(values.sum()), 2)


def _phases(index: pd.Index, before: Assessment, stages: Sequence[Assessment]) -> pd.DataFrame:
    columns = ["name", "households", "requirement_m2", "own_m2", "own_shortage_m2"]
    last = stages[-1].residences.loc[index, columns]
    so_far = []
    for count, stage in enumerate(stages, start=1):
        rows = stage.residences.loc[index[:count]]
        links = stage.links[stage.links["residence_id"].isin(rows.index)]
        losses = _losses(before.residences, stage.residences)
        so_far.append(
            {
                "households_so_far": rows["households"].sum(),
                "requirement_so_far_m2": _sum(rows["requirement_m2"]),
                "own_so_far_m2": _sum(rows["own_m2"]),
                "missing_so_far_m2": _sum(rows["own_shortage_m2"]),
                "verdict_so_far": min(rows["verdict"], key=_WORST_FIRST.index),
                "from_circle_so_far_m2": _sum(links["allocated_m2"]),
                "losing_so_far": int(losses["lost_m2"].gt(0).sum()),
                "lost_so_far_m2": _sum(losses["lost_m2"].clip(lower=0)),
            }
        )
    told = last.rename(columns={"own_shortage_m2": "missing_m2"})
    return pd.DataFrame(told.join(pd.DataFrame(so_far, index=index)))


def _cited(standard: Standard) -> Iterator[Rule]:
    """Choose the rules that speak of new residences."""
    for rule in standard.rules:
        told = rule.arguments
        if isinstance(told, FloorAreaArguments | LandArguments):
            if told.status in {"new", "all"}:
                yield rule
        elif isinstance(told, NewAreasArguments):
            yield rule


def _land(one: Development, standard: Standard) -> pd.DataFrame:
    residents = _residents(one)
    land = None if one.land_area_m2 is None else Decimal(repr(one.land_area_m2))
    rows = []
    for rule in _cited(standard):
        if not isinstance(rule.arguments, LandArguments) or rule.limit is None:
            continue
        owed = None if residents is None else (residents * rule.limit).quantize(
            _CENT, rounding=ROUND_CEILING
        )  # fmt: skip
        lack = None if owed is None or land is None else max(owed - land, Decimal(0))
        rows.append(
            {
                "rule_id": rule.id,
                "clause": rule.clause,
                "m2_per_resident": float(rule.limit),
                "residents": _number(residents),
                "required_m2": _number(owed),
                "land_m2": _number(land),
                "missing_m2": _number(lack),
                "verdict": "no_data" if lack is None else "short" if lack else "met",
            }
        )
    columns = ["rule_id", "clause", "m2_per_resident", "residents", "required_m2", "land_m2",
               "missing_m2", "verdict"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _residents(one: Development) -> Decimal | None:
    if one.population is not None:
        return Decimal(repr(float(one.population)))
    if one.household_size is None:
        return None
    return Decimal(repr(float(one.households))) * Decimal(repr(float(one.household_size)))


def _number(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def _reachable(index: pd.Index, before: Assessment, after: Assessment) -> pd.DataFrame:
    links = after.links[after.links["residence_id"].isin(index)]
    groups = links.groupby("facility_id")
    walks = groups[["walk_m", "minutes"]].min().assign(given_m2=groups["allocated_m2"].sum())
    goals = after.facilities.loc[walks.index, ["name", "kind", "counted_m2", "counted_reason"]]
    idle = before.facilities["idle_m2"].reindex(walks.index).where(goals["counted_m2"].ne(0), 0.0)
    found = pd.DataFrame(goals.join(walks).assign(idle_before_m2=idle))
    columns = ["name", "kind", "walk_m", "minutes", "counted_m2", "counted_reason",
               "idle_before_m2", "given_m2"]  # fmt: skip
    return found[columns].reset_index().sort_values(["walk_m", "facility_id"]).set_index(
        "facility_id"
    )  # fmt: skip


def _losses(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Choose who gets less than before, or another verdict; the arithmetic is in whole 0.01 m²."""
    then = after.loc[before.index]
    table = pd.DataFrame(
        {
            "name": before["name"],
            "households": before["households"],
            "requirement_m2": before["requirement_m2"],
            "circle_before_m2": before["circle_m2"],
            "circle_after_m2": then["circle_m2"],
            "lost_m2": (before["circle_m2"] - then["circle_m2"]).round(2),
            "verdict_before": before["verdict"],
            "verdict_after": then["verdict"],
        }
    )
    changed = table["lost_m2"].gt(0) | before["verdict"].ne(then["verdict"])
    return table[changed]
