"""How equally the floor area is spread, measured again."""

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from lifecircle.tables import ADMIN_LEVELS
from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, known, text

__all__ = ["equity_problems"]

_JUDGED: Final = ("met", "short", "unreachable")
_EVERYWHERE: Final = ("area", None)

Place = tuple[str, str | None]
Point = tuple[float, float]


class _Home(NamedTuple):
    """A residence as the measures see it."""

    ratio: float
    households: float
    older: float | None


def equity_problems(published: Published) -> Found:
    """
    Measure again how equally served ratios are spread, and draw the Lorenz curves.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach.
    """
    groups = dict(_groups(published))
    problems, count = [], 0
    for row in published.tables["equity"]:
        place = row["level"], text(row["zone_id"])
        measures = _measures(groups.pop(place, []))
        count += len(measures)
        problems += [
            f"equity, {place[1] or place[0]}: {name} would be {value}."
            for name, value in measures.items()
            if other(value, row[name])
        ]
    problems += [f"equity: there is no row for {place[1] or place[0]}." for place in groups]
    curves: dict[Place, list[Point]] = defaultdict(list)
    for row in published.tables["lorenz"]:
        point = known(row["households_share"]), known(row["ratio_share"])
        curves[row["level"], text(row["zone_id"])].append(point)
        count += 2
    for place, homes in _groups(published):
        wanted, told = _curve(homes), curves[place]
        if len(wanted) != len(told) or any(
            other(each, seen)
            for point, shown in zip(wanted, told, strict=True)
            for each, seen in zip(point, shown, strict=True)
        ):
            problems.append(f"lorenz, {place[1] or place[0]}: another curve.")
    return count, problems


def _groups(published: Published) -> Iterator[tuple[Place, list[_Home]]]:
    """Yield all residences that are measured, and those of each zone."""
    groups: dict[Place, list[_Home]] = {_EVERYWHERE: []}
    for row in published.tables["residences"]:
        households, asked = known(row["households"]), known(row["requirement_m2"])
        if text(row["circle_verdict"]) not in _JUDGED or not households or not asked:
            continue
        people, older = known(row["population"]), known(row["older_60"])
        home = _Home(
            min((known(row["circle_m2"]) or 0.0) / asked, 1.0),
            households,
            older / people if people and older is not None else None,
        )
        groups[_EVERYWHERE].append(home)
        for level in ADMIN_LEVELS:
            zone = text(row.get(f"{level}_id"))
            if zone is not None:
                groups.setdefault((level, zone), []).append(home)
    yield from groups.items()


def _measures(homes: list[_Home]) -> dict[str, float | None]:
    households = math.fsum(home.households for home in homes)
    has = math.fsum(home.households * home.ratio for home in homes)
    curve = _curve(homes)
    found: dict[str, float | None] = {
        "residences": len(homes),
        "households": households,
        "mean_served_ratio": has / households if households else None,
    }
    names = ("gini", "palma_ratio", "theil", "worst_decile_share", "older_concentration")
    if not has:
        return found | dict.fromkeys(names)
    mean, least = has / households, _at(curve, 0.4)
    below = math.fsum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(curve))
    told = math.fsum(
        home.households * (home.ratio / mean) * math.log(home.ratio / mean)
        for home in homes
        if home.ratio
    )
    return found | {
        "gini": 1 - below,
        "palma_ratio": (1 - _at(curve, 0.9)) / least if least > 0 else None,
        "theil": told / households,
        "worst_decile_share": _at(curve, 0.1),
        "older_concentration": _concentration(homes),
    }


def _curve(homes: list[_Home]) -> list[Point]:
    """Add households and what they have up, the worst-off first; one point for each ratio."""
    of_ratio: dict[float, float] = defaultdict(float)
    for home in homes:
        of_ratio[home.ratio] += home.households
    total = math.fsum(of_ratio.values())
    whole = math.fsum(ratio * count for ratio, count in of_ratio.items())
    points, so_far, having = [(0.0, 0.0)], 0.0, 0.0
    for ratio in sorted(of_ratio):
        so_far += of_ratio[ratio]
        having += ratio * of_ratio[ratio]
        points.append((so_far / total, having / whole if whole else math.nan))
    return points


def _at(curve: list[Point], share: float) -> float:
    """Read the curve, straight between its points."""
    for (left, low), (right, high) in pairwise(curve):
        if left <= share <= right:
            return low + (high - low) * (share - left) / (right - left)
    return curve[-1][1]


def _concentration(homes: list[_Home]) -> float | None:
    """Rank households by the share of older people; those of one share stand in the middle."""
    ranked = [(home.older, home) for home in homes if home.older is not None]
    households = math.fsum(home.households for _, home in ranked)
    has = math.fsum(home.households * home.ratio for _, home in ranked)
    if not has:
        return None
    total, lower = 0.0, 0.0
    for older in sorted({share for share, _ in ranked}):
        same = [home for share, home in ranked if share == older]
        count = math.fsum(home.households for home in same)
        middle = (lower + count / 2) / households
        total += middle * math.fsum(home.households * home.ratio for home in same)
        lower += count
    return 2 * total / has - 1
