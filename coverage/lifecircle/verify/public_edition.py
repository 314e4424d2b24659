"""What can be checked of a public edition: that its own sums fit each other."""

from typing import Final

from lifecircle.verify.published import Published, Row, units

__all__ = ["public_sum_problems"]

_SUMS: Final = (
    "residences",
    "households_in_residences",
    "met_households",
    "served_households",
    "requirement_m2",
    "allocated_m2",
    "shortage_m2",
    "supply_m2",
)


def public_sum_problems(published: Published) -> tuple[int, list[str]]:
    """
    Add the zones of each level up to the totals, where none of them is withheld.

    Parameters
    ----------
    published
        A public edition.

    Returns
    -------
    count, problems
        Sums looked at, and one sentence a breach.
    """
    totals = published.summary["totals"]
    count, problems = 0, []
    for level, zones in _by_level(published.tables["zones"]).items():
        for name in _SUMS:
            parts = [units(zone[name]) for zone in zones]
            known = [part for part in parts if part is not None]
            whole = units(totals[name])
            if len(known) < len(parts) or whole is None:
                continue
            count += 1
            if sum(known) != whole:
                problems.append(f"{level}: the zones do not add up to the total {name}.")
    return count, problems


def _by_level(zones: list[Row]) -> dict[str, list[Row]]:
    levels = dict.fromkeys(str(zone["level"]) for zone in zones)
    return {level: [zone for zone in zones if zone["level"] == level] for level in levels}
