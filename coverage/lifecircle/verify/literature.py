"""The measures of the literature, worked out again from the published walks."""

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, known, level_mm, text, walk_limit_mm

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["reference_problems"]

Walks = dict[str, dict[str, tuple[int, int]]]  # by residence and site: effort, metres walked

_MM_PER_M: Final = 1000
# Luo & Qi 2009, the slower decay: one weight for each third of the limit.
_THIRDS: Final = (1.0, 0.68, 0.22)
_OF_SITES: Final = (None, "site_counted_once", "area_unknown")


def reference_problems(published: Published) -> Found:
    """
    Work out the measures of the literature again.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach; nothing is looked at where residences or
        facilities outside the area take part, which have no rows.
    """
    if _has_others(published):
        return 0, []
    homes = {row["residence_id"]: row for row in published.tables["residences"]}
    told = {row["residence_id"]: row for row in published.tables["reference"]}
    people = {key: known(row["households"]) or 0.0 for key, row in homes.items()}
    problems = [f"reference: not the same rows: {key}." for key in sorted(homes.keys() ^ told)]
    count = 0
    for key, measures in _measures(published, people).items():
        for name, value in measures.items():
            count += 1
            unplaced = not homes[key]["snapped"] and not isinstance(value, str)
            if key in told and other(None if unplaced else value, told[key][name]):
                problems.append(f"reference, {key}: {name} would be {value}.")
    return count, problems


def _has_others(published: Published) -> bool:
    """Say whether the inputs hold places outside the study area."""
    return any(
        row["step"] == "inside" and known(row["lost_rows"])
        for row in published.tables["reconciliation"]
    )


def _measures(published: Published, people: dict[str, float]) -> dict[str, dict[str, object]]:
    area, walks = _sites(published)
    limit = walk_limit_mm(published)
    weights: dict[str, Callable[[int], float]] = {
        "two_step": lambda _: 1.0,
        "enhanced_two_step": lambda mm: _by_thirds(mm, limit),
        "gaussian_two_step": lambda mm: _bell(mm / limit),
    }
    found: dict[str, dict[str, object]] = {
        home: {"reachable_sum_m2": math.fsum(area[site] for site in walks.get(home, {}))}
        for home in people
    }
    for name, weight in weights.items():
        weighed = {home: {site: weight(mm) for site, (mm, _) in goals.items()}
                   for home, goals in walks.items()}  # fmt: skip
        demand = _summed(weighed, people)
        for home in people:
            found[home][f"{name}_m2_per_100_households"] = 100 * math.fsum(
                each * area[site] / demand[site]
                for site, each in weighed.get(home, {}).items()
                if demand[site]
            )
    bells = {home: {site: _bell(mm / limit) for site, (mm, _) in goals.items()}
             for home, goals in walks.items()}  # fmt: skip
    for home, value in _balanced(bells, area, people).items():
        found[home]["balanced_m2_per_100_households"] = value
    for home, assigned in _assigned(walks, area, people).items():
        found[home] |= assigned
    return found


def _sites(published: Published) -> tuple[dict[str, float], Walks]:
    """Collect what counts of every site, and the quickest walk to it from every residence."""
    rows = [row for row in published.tables["facilities"]
            if text(row["counted_reason"]) in _OF_SITES]  # fmt: skip
    stands = {text(row["site_id"]) or row["facility_id"]: row["facility_id"] for row in rows
              if text(row["counted_reason"]) != "site_counted_once"}  # fmt: skip
    site_of = {row["facility_id"]: stands[text(row["site_id"]) or row["facility_id"]]
               for row in rows}  # fmt: skip
    area = {row["facility_id"]: known(row["counted_m2"]) or 0.0 for row in rows
            if row["facility_id"] in stands.values()}  # fmt: skip
    walks: Walks = defaultdict(dict)
    for link in published.tables["links"]:
        if link["facility_id"] in site_of:
            cost = level_mm(link), link["walk_mm"]
            goals, site = walks[link["residence_id"]], site_of[link["facility_id"]]
            goals[site] = min(cost, goals.get(site, cost))
    return area, walks


def _by_thirds(mm: int, limit_mm: int) -> float:
    return _THIRDS[max(-(-3 * mm // limit_mm) - 1, 0)]


def _bell(part: float) -> float:
    """Fall from 1 at the door to 0 at the limit (Dai 2010)."""
    end = math.exp(-0.5)
    return max((math.exp(-0.5 * part**2) - end) / (1 - end), 0.0)


def _summed(weighed: dict[str, dict[str, float]], people: dict[str, float]) -> dict[str, float]:
    demand: dict[str, float] = defaultdict(float)
    for home, goals in weighed.items():
        for site, weight in goals.items():
            demand[site] += weight * people[home]
    return demand


def _balanced(
    bells: dict[str, dict[str, float]], area: dict[str, float], people: dict[str, float]
) -> dict[str, float]:
    """Give every household and every facility out once (Paez et al. 2019)."""
    of_goal: dict[str, float] = defaultdict(float)
    for goals in bells.values():
        for site, weight in goals.items():
            of_goal[site] += weight
    parts = {
        home: {site: weight / math.fsum(goals.values()) for site, weight in goals.items()}
        for home, goals in bells.items()
        if math.fsum(goals.values())
    }
    demand = _summed(parts, people)
    return {
        home: 100 * math.fsum(
            weight / of_goal[site] * area[site] / demand[site]
            for site, weight in bells.get(home, {}).items()
            if of_goal[site] and demand[site]
        )
        for home in people
    }  # fmt: skip


def _assigned(
    walks: Walks, area: dict[str, float], people: dict[str, float]
) -> dict[str, dict[str, object]]:
    """Let everybody go to the nearest facility with floor area, and share it by heads."""
    nearest = {
        home: min((mm, site, walked) for site, (mm, walked) in goals.items() if area[site])
        for home, goals in walks.items()
        if any(area[site] for site in goals)
    }
    comers: dict[str, float] = defaultdict(float)
    for home, (_, nearby, _) in nearest.items():
        comers[nearby] += people[home]
    found: dict[str, dict[str, object]] = {}
    for home in people:
        goal = nearest.get(home)
        site, walked = (None, None) if goal is None else goal[1:]
        share = area[site] / comers[site] if site is not None and comers[site] else 0.0
        found[home] = {
            "nearest_assigned_facility_id": site,
            "nearest_assigned_m": None if walked is None else walked / _MM_PER_M,
            "nearest_assigned_m2_per_100_households": 100 * share,
        }
    return found
