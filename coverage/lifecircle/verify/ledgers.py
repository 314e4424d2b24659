"""What was built for each residence, and the plain reading beside the standard's."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Final

from lifecircle.read.study_standard import PLAIN_STANDARD
from lifecircle.standards import read_standard
from lifecircle.verify.published import Found, Published, Row, known, text, units

__all__ = ["own_problems", "plain_problems"]

_JUDGED: Final = ("met", "short", "unreachable")
_COUNTED_FOR: Final = (None, "handed_over")


def own_problems(published: Published) -> Found:
    """
    Add up what was built for each residence and handed over.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Residences looked at, and one sentence a breach; those of rules with a least size of a
        site are left out.
    """
    sites: dict[str, list[Row]] = defaultdict(list)
    for row in _sites(published.tables["facilities"]):
        sites[row["serves_id"]].append(row)
    planned = {text(row["serves_id"]) for row in published.tables["facilities"]
               if text(row["status"]) == "planned"}  # fmt: skip
    limited = {rule["id"] for rule in published.manifest["standard"]["rules"]
               if rule["arguments"].get("min_site_m2") is not None}  # fmt: skip
    problems, count = [], 0
    for row in published.tables["residences"]:
        if text(row["rule_id"]) in limited:
            continue
        count += 1
        key, wanted = row["residence_id"], units(row["own_floor_area_m2"])
        if sites[key]:
            areas = [None if text(site["counted_reason"]) else units(site["counted_m2"])
                     for site in sites[key] if text(site["delivered"]) in _COUNTED_FOR]  # fmt: skip
            wanted = None if None in areas else sum(area or 0 for area in areas)
        elif wanted is None and key in planned:
            wanted = 0
        if wanted != units(row["own_m2"]):
            said = "unknown" if wanted is None else f"{wanted / 100:.2f} m²"
            problems.append(f"{key}: built for it and handed over: {said}.")
    return count, problems


def plain_problems(published: Published) -> Found:
    """
    Check requirement, share and verdict under the plain reading, and that nothing is given twice.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Residences and facilities looked at, and one sentence a breach.
    """
    [rule] = read_standard(PLAIN_STANDARD).floor_area_rules
    tolerance = Fraction(str(published.manifest["settings"]["tolerance_share"]))
    got: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for link in published.tables["links"]:
        amount = units(link["plain_allocated_m2"]) or 0
        got[link["residence_id"]] += amount
        given[link["facility_id"]] += amount
    problems: list[str] = []
    for row in published.tables["residences"]:
        problems += _plain_breaches(row, got[row["residence_id"]], Fraction(rule.limit or 0),
                                    tolerance)  # fmt: skip
    problems += [
        f"{row['facility_id']}: gives more than it has (plain)."
        for row in published.tables["facilities"]
        if text(row["site_id"]) is None
        and (units(row["counted_m2"]) or 0) < given[row["facility_id"]]
        and text(row["counted_reason"]) != "area_unknown"
    ]
    return len(published.tables["residences"]) + len(published.tables["facilities"]), problems


def _plain_breaches(row: Row, got: int, rate: Fraction, tolerance: Fraction) -> Iterator[str]:
    key, households = row["residence_id"], known(row["households"])
    asked, has = units(row["plain_requirement_m2"]), units(row["plain_m2"]) or 0
    if households is not None and (wanted := ceil(Fraction(repr(households)) * rate)) != asked:
        yield f"{key}: {wanted / 100:.2f} m² would be asked for (plain)."
    verdict = text(row["plain_verdict"])
    if (verdict == "no_data") != (text(row["plain_reason"]) is not None):
        yield f"{key}: a reason and a verdict do not go together (plain)."
    if has < got:
        yield f"{key}: its links give more than it is given (plain)."
    if asked is None or verdict not in _JUDGED:
        return
    if max(asked - has, 0) != units(row["plain_shortage_m2"]):
        yield f"{key}: another amount is missing (plain)."
    if (has >= asked - int(tolerance * asked)) != (verdict == "met"):
        yield f"{key}: what it is given does not fit {verdict!r} (plain)."


def _sites(facilities: list[Row]) -> list[Row]:
    """Choose the rows that stand for a site, with what any row of the site says of whom for."""
    told: dict[str, dict[str, str]] = defaultdict(dict)
    there = [row for row in facilities if text(row["counted_reason"]) in
             {None, "area_unknown", "site_counted_once"}]  # fmt: skip
    for row in sorted(there, key=lambda row: str(row["facility_id"])):
        for name in ("serves_id", "delivered"):
            word, site = text(row[name]), text(row["site_id"])
            if word is not None and site is not None:
                told[site].setdefault(name, word)
    standing = [row for row in there if text(row["counted_reason"]) != "site_counted_once"]
    of_sites = [
        row
        | {
            name: text(row[name]) or told[text(row["site_id"]) or ""].get(name)
            for name in ("serves_id", "delivered")
        }
        for row in standing
    ]
    return [row for row in of_sites if text(row["serves_id"]) is not None]
