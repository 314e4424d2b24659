"""The sharing, checked from the published links alone: the largest there is, and fair."""

from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

from lifecircle.verify.published import Row, text, units

__all__ = ["fairness_problems", "flow_problems"]


class _Site(NamedTuple):
    """What a site has open to all, what it gave inside, and to whom."""

    area: int | None
    given_inside: int
    given_in_all: int
    takers: dict[str, int]
    reachers: set[str]

    @property
    def idles(self) -> bool:
        """Whether it has something left."""
        return self.area is not None and self.given_in_all < self.area


def flow_problems(
    residences: list[Row], facilities: list[Row], links: list[Row]
) -> tuple[int, list[str]]:
    """
    Check that each square metre is given once, and arrives.

    Parameters
    ----------
    residences, facilities, links
        The published tables.

    Returns
    -------
    count
        Residences and facilities looked at.
    problems
        One sentence a breach.
    """
    got: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    problems = []
    for row in links:
        amount = units(row["allocated_m2"]) or 0
        got[row["residence_id"]] += amount
        given[row["facility_id"]] += amount
        if amount < 0:
            problems.append(f"{row['residence_id']} - {row['facility_id']}: gives less than 0.")
    for row in residences:
        key, whole = row["residence_id"], units(row["circle_m2"])
        if whole is not None and whole != got[key] + (units(row["reserved_m2"]) or 0):
            problems.append(f"{key}: what its links give is not what it is given.")
    sites = _sites(facilities, links)
    for key, site in sites.items():
        if site.area is not None and not site.given_inside <= site.given_in_all <= site.area:
            problems.append(f"{key}: gives more than it has.")
    return len(residences) + len(sites), problems


def fairness_problems(
    residences: list[Row], facilities: list[Row], links: list[Row]
) -> tuple[int, list[str]]:
    """
    Check the certificate of the fair share.

    Parameters
    ----------
    residences, facilities, links
        The published tables.

    Returns
    -------
    count
        Sites looked at.
    problems
        One sentence a breach.

    Notes
    -----
    Nobody who lacks something can be given more: neither by a site that idles, nor by one that
    gives to somebody better off, to one unit of 0.01 m² for each end; neither directly nor along
    a chain of residences that have all they ask for and could take it elsewhere. Then those who
    lack are given everything that they can reach, so no sharing gives more in total (the min
    cut), and none raises one of them but at the cost of one that has no larger part (leximin).
    With weights (``priority``) parts are compared by weight. What a site gives beyond the study
    area is taken off it first.
    """
    asked = {row["residence_id"]: units(row["requirement_m2"]) for row in residences}
    has = {row["residence_id"]: units(row["circle_m2"]) for row in residences}
    weight = {row["residence_id"]: Fraction(str(row.get("priority") or 1)) for row in residences}
    sites = _sites(facilities, links)
    full = {home for home, amount in asked.items() if (has[home] or 0) >= (amount or 0)}
    reach: dict[str, list[str]] = defaultdict(list)
    for key, site in sites.items():
        for home in site.reachers:
            reach[home].append(key)
    problems = []
    for key, site in sites.items():
        wanting = site.reachers - full
        if not wanting:
            continue
        least = min((_part(has[home], asked[home], weight[home], 1), home) for home in wanting)
        for giver in _chained(key, sites, reach, full):
            if sites[giver].idles:
                problems.append(f"{giver}: idles while {least[1]} lacks floor area.")
            problems += [
                f"{giver}: gives to {home}, though {least[1]} is worse off."
                for home, amount in sites[giver].takers.items()
                if amount and _part(has[home], asked[home], weight[home], -1) >= least[0]
            ]
    return len(sites), list(dict.fromkeys(problems))


def _chained(
    start: str, sites: dict[str, _Site], reach: dict[str, list[str]], full: set[str]
) -> list[str]:
    """List a site and those whose floor area could take its place for residences that are full."""
    seen, todo = {start: None}, [start]
    while todo:
        for home, amount in sites[todo.pop()].takers.items():
            if amount and home in full:
                fresh = [key for key in reach[home] if key not in seen]
                seen |= dict.fromkeys(fresh)
                todo += fresh
    return list(seen)


def _part(has: int | None, asked: int | None, weight: Fraction, units_off: int) -> Fraction:
    return Fraction((has or 0) + units_off, asked or 1) / weight


def _sites(facilities: list[Row], links: list[Row]) -> dict[str, _Site]:
    """Put the rows of one site together; its area stands in one of them."""
    site_of = {row["facility_id"]: _site_name(row) for row in facilities}
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in facilities:
        rows[site_of[row["facility_id"]]].append(row)
    sites: dict[str, _Site] = {}
    for name, members in rows.items():
        counted = [units(row["counted_m2"]) for row in members if row["counted_reason"] is None]
        whole = None if None in counted else sum(one or 0 for one in counted)
        held = sum(units(row["reserved_m2"]) or 0 for row in members)
        given = sum(units(row["allocated_m2"]) or 0 for row in members)
        unknown = any(row["counted_reason"] == "area_unknown" for row in members)
        area = None if whole is None or unknown else whole - held
        if counted or unknown:
            sites[name] = _Site(area, 0, given - held, defaultdict(int), set())
    for row in links:
        name = site_of[row["facility_id"]]
        if name not in sites:
            continue
        amount = units(row["allocated_m2"]) or 0
        sites[name].takers[row["residence_id"]] += amount
        sites[name].reachers.add(row["residence_id"])
        sites[name] = sites[name]._replace(given_inside=sites[name].given_inside + amount)
    return sites


def _site_name(row: Row) -> str:
    return text(row["site_id"]) or str(row["facility_id"])
