"""Walks, requirements, verdicts and clusters, computed again from the published rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Final

from lifecircle.verify.cells import other
from lifecircle.verify.published import (
    Found,
    Published,
    Row,
    known,
    level_mm,
    text,
    units,
    walk_limit_mm,
)
from lifecircle.verify.sums import summed

__all__ = ["cluster_problems", "link_problems", "requirement_problems", "verdict_problems"]

_LACKING: Final = ("short", "unreachable")
_SUMS: Final = ("requirement_m2", "shortage_m2", "allocated_m2")
_COUNTS: Final = ("met", "short", "unreachable", "no_data", "not_asked")
_ONE_SITE: Final = frozenset({"all_met", "with_others"})
_JUDGED: Final = ("met", "short", "unreachable")
_MM_PER_M, _MS_PER_S, _S_PER_MIN = 1000, 1000, 60


def link_problems(published: Published) -> Found:
    """
    Check minutes against millimetres, and that nobody walks farther than the limit.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Links looked at, and one sentence a breach.
    """
    speed = Fraction(str(published.manifest["settings"]["walk"]["speed_m_s"]))  # mm per ms as well
    limit_mm = walk_limit_mm(published)
    problems, seen = [], set()
    for row in published.tables["links"]:
        pair = (row["residence_id"], row["facility_id"])
        effort = level_mm(row)
        if effort > limit_mm:
            problems.append(f"{pair[0]} - {pair[1]}: longer than the limit.")
        if row["ms"] != ceil(effort / speed):
            problems.append(f"{pair[0]} - {pair[1]}: milliseconds do not fit the distance.")
        metres, minutes = row["walk_mm"] / _MM_PER_M, row["ms"] / _MS_PER_S / _S_PER_MIN
        if other(metres, row["walk_m"]) or other(minutes, row["minutes"]):
            problems.append(f"{pair[0]} - {pair[1]}: metres or minutes do not fit.")
        if pair in seen:
            problems.append(f"{pair[0]} - {pair[1]}: stands twice.")
        seen.add(pair)
    return len(seen), problems


def requirement_problems(published: Published) -> Found:
    """
    Check households x m² per 100 households, rounded up to 0.01 m².

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Residences looked at, and one sentence a breach.
    """
    rules = {
        rule["id"]: rule
        for rule in published.manifest["standard"]["rules"]
        if rule["arguments"]["measure"] == "floor_area_per_100_households"
    }
    problems, count = [], 0
    for row in published.tables["residences"]:
        key, households, rule = row["residence_id"], known(row["households"]), text(row["rule_id"])
        if rule is None:
            continue
        if rule not in rules:
            problems.append(f"{key}: no rule {rule!r} asks for floor area.")
            continue
        asking = rules[rule]
        of_status = asking["arguments"]["status"] in {"all", text(row["status"])}
        if not of_status or text(row["clause"]) != text(asking["clause"]):
            problems.append(f"{key}: rule {rule!r} is not for it, or has another clause.")
        if households is None:
            continue
        count += 1
        rate = Fraction(str(asking["limit"]))
        asked = ceil(Fraction(repr(households)) * rate)  # /100 m², *100 units
        if asked != units(row["requirement_m2"]):
            problems.append(f"{key}: {asked / 100:.2f} m² would be asked for.")
    return count, problems


def verdict_problems(published: Published) -> Found:
    """
    Judge every residence again by what it has on both ledgers.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Residences looked at, and one sentence a breach.
    """
    tolerance = Fraction(str(published.manifest["settings"]["tolerance_share"]))
    rows = published.tables["residences"]
    pools = _pools(rows)
    problems: list[str] = []
    for row in rows:
        problems += list(_verdict_breaches(row, tolerance, pools[_pool(row)]))
    return len(rows), problems


def cluster_problems(published: Published) -> Found:
    """
    Check each proven shortage cluster: what its members ask for less all that they reach.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Clusters looked at, and one sentence a breach.
    """
    rows = published.tables["clusters"]
    problems: list[str] = []
    larger = {row["cluster_id"]: text(row["parent_id"]) for row in rows}
    for row in rows:
        members = [
            home
            for home in published.tables["residences"]
            if row["cluster_id"] in _nested(text(home["cluster_id"]), larger)
        ]
        problems += _cluster_breaches(row, members, larger, published)
        if not row["proven"]:
            continue
        lack = (units(row["requirement_m2"]) or 0) - (units(row["capacity_m2"]) or 0)
        if lack != units(row["shortage_m2"]):
            problems.append(f"{row['cluster_id']}: requirement less capacity is another shortage.")
        if summed(members, "requirement_m2") != units(row["requirement_m2"]):
            problems.append(f"{row['cluster_id']}: its members ask for another amount.")
        if summed(members, "circle_shortage_m2") != units(row["shortage_m2"]):
            problems.append(f"{row['cluster_id']}: its members lack another amount.")
    return len(rows), problems


def _nested(cluster: str | None, larger: dict[str, str | None]) -> list[str]:
    """Name a cluster and all that hold it."""
    names = []
    while cluster is not None:
        names.append(cluster)
        cluster = larger[cluster]
    return names


def _verdict_breaches(row: Row, tolerance: Fraction, pool: tuple[int | None, int]) -> Iterator[str]:
    asked, key = units(row["requirement_m2"]) or 0, row["residence_id"]
    circle, own = text(row["circle_verdict"]), text(row["own_verdict"])
    spare = int(tolerance * asked)
    if circle in _JUDGED and ((units(row["circle_m2"]) or 0) >= asked - spare) != (circle == "met"):
        yield f"{key}: what it is given does not fit {circle!r} (circle)."
    has, owed = pool
    if own in ("met", "short") and has is not None and (has >= owed) != (own == "met"):
        yield f"{key}: what was built for it does not fit {own!r} (own)."
    ledger = text(row["ledger"])
    if ledger is None:
        return
    if row["verdict"] not in {row[f"{ledger}_verdict"], "not_asked"}:
        yield f"{key}: the verdict is not that of its ledger."
    if text(row["reason"]) != text(row[f"{ledger}_reason"]):
        yield f"{key}: the reason is not that of its ledger."
    later, lacks = text(row["verdict_with_planned"]), units(row["shortage_m2_with_planned"])
    if later not in _JUDGED or lacks is None or (ledger == "own" and text(row["pool_id"])):
        return
    if (lacks <= (0 if ledger == "own" else spare)) != (later == "met"):
        yield f"{key}: what it lacks with the planned ones does not fit {later!r}."


def _cluster_breaches(
    row: Row, members: list[Row], larger: Mapping[str, str | None], published: Published
) -> Iterator[str]:
    """Check what a cluster says of its members, those around it and where a facility would do."""
    key = row["cluster_id"]
    mine = {home["residence_id"] for home in members}
    if len(mine) > row["residences"] or (row["proven"] and len(mine) != row["residences"]):
        yield f"{key}: {len(mine)} residences name it."
    if row["outermost"] or row["minimal"]:  # of those between, nobody is listed
        homes, sites = (set(filter(None, (text(row[name]) or "").split(";")))
                        for name in ("residence_ids", "facility_ids"))  # fmt: skip
        if not mine <= homes or (len(homes), len(sites)) != (row["residences"], row["facilities"]):
            yield f"{key}: its residences or facilities are not those that it lists."
    if row["outermost"] != (larger[key] is None) or row["minimal"] == (key in larger.values()):
        yield f"{key}: what lies around or in it is not so."
    shares = [(units(home["circle_m2"]) or 0, asked) for home in members
              if (asked := units(home["requirement_m2"]))]  # fmt: skip
    plain = not any(other(home.get("priority"), 1.0) for home in members)
    part = Fraction(row["ratio_numerator"], row["ratio_denominator"])
    if row["proven"] and plain and shares and not any(abs(has - part * asked) < 1
                                                      for has, asked in shares):  # fmt: skip
        yield f"{key}: nobody in it has {part} of the requirement."
    kinds = {area["kind"] for area in published.tables.get("remedy_areas", ())
             if area["cluster_id"] == key}  # fmt: skip
    if "remedy_areas" in published.tables and row["single_site"] != bool(kinds & _ONE_SITE):
        yield f"{key}: whether one site will do is not what the areas say."


def _pool(row: Row) -> str:
    return text(row["pool_id"]) or f"alone {row['residence_id']}"


def _pools(rows: list[Row]) -> dict[str, tuple[int | None, int]]:
    """Add up what the residences of each pool have and owe; None where something is unknown."""
    has: dict[str, list[int | None]] = defaultdict(list)
    owed: dict[str, int] = defaultdict(int)
    for row in rows:
        has[_pool(row)].append(units(row["own_m2"]))
        owed[_pool(row)] += units(row["requirement_m2"]) or 0
    return {
        pool: (None if None in areas else sum(area or 0 for area in areas), owed[pool])
        for pool, areas in has.items()
    }
