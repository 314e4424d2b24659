"""Totals, zones, gaps and bands, added up again from residences and facilities."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Final

from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, Row, known, text, units

__all__ = ["band_problems", "gap_problems", "members", "summed", "total_problems", "zone_problems"]

_LACKING: Final = ("short", "unreachable")
_JUDGED: Final = ("met", *_LACKING)
_VERDICTS: Final = (*_JUDGED, "no_data", "not_asked")
_DECIMALS: Final = 6  # of the summary
# Bands of the part of the requirement that a residence has: what each begins with.
_EDGES: Final = (("full", 1), ("from_75", Fraction(3, 4)), ("from_50", Fraction(1, 2)),
                 ("from_25", Fraction(1, 4)))  # fmt: skip


def total_problems(published: Published) -> Found:
    """
    Add residences and facilities up to the totals of the summary.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Totals looked at, and one sentence a breach.
    """
    totals = published.summary["totals"]
    sums = _sums(published.tables["residences"], _inside(published), None)
    problems = [
        f"totals: {name} would be {value}."
        for name, value in sums.items()
        if other(None if value is None else round(value, _DECIMALS), totals[name])
    ]
    tolerance = Fraction(str(published.manifest["settings"]["tolerance_share"]))
    fully = sum(
        units(row["households"]) or 0
        for row in published.tables["residences"]
        if (asked := units(row["requirement_m2"])) is not None
        and row["verdict"] != "not_asked"
        and (units(row["circle_m2"]) or 0) >= asked - int(tolerance * asked)
    )
    if fully != units(totals["fully_met_households"]):
        problems.append(f"totals: fully_met_households would be {fully / 100}.")
    names = ("fully_met_households", "fully_met_households_best", "fully_met_households_bound")
    if sorted(totals[name] for name in names) != [totals[name] for name in names]:
        problems.append("totals: the fair share meets more than the best, or that than the bound.")
    return len(sums) + len(names), problems


def zone_problems(published: Published) -> Found:
    """
    Add residences and facilities up to the numbers of every zone.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach.
    """
    count, problems = 0, []
    facilities = _inside(published)
    for zone in published.tables["zones"]:
        homes = list(members(published.tables["residences"], zone))
        sums = _sums(homes, list(members(facilities, zone)), known(zone["households"]))
        count += len(sums)
        problems += [
            f"{zone['zone_id']}: {name} would be {value}."
            for name, value in sums.items()
            if other(value, zone[name])
        ]
    return count, problems


def gap_problems(published: Published) -> Found:
    """
    Add the residences that lack something up to the gap list.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach.
    """
    rows, problems = published.tables["gaps"], []
    names = {zone["zone_id"]: zone["name"] for zone in published.tables["zones"]}
    lacking = [row for row in published.tables["residences"] if row["verdict"] in _LACKING]
    sums: dict[str, object] = {}
    for gap in rows:
        inside = list(members(lacking, gap))
        sums = _gap_sums(inside) | {"zone": names.get(gap["zone_id"]) or gap["zone_id"]}
        problems += [
            f"{gap['zone_id'] or gap['level']}: another {name}."
            for name, value in sums.items()
            if other(value, gap[name])
        ]
    if len({row["level"] for row in rows}) * len(lacking) != sum(
        row["residences_short"] for row in rows
    ):
        problems.append("gaps: not every residence that lacks something is in it once a level.")
    return len(rows) * len(sums), problems


def band_problems(published: Published) -> Found:
    """
    Count residences by the part of their requirement that they have.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers looked at, and one sentence a breach.
    """
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in published.tables["residences"]:
        asked = units(row["requirement_m2"])
        for ledger in ("own", "circle"):
            has = units(row[f"{ledger}_m2"])
            if asked and has is not None:
                found[ledger, _band(has, asked)].append(row)
    rows = published.tables["bands"]
    problems = [
        f"bands: {row['ledger']}, {row['band']}: another number of {name}."
        for row in rows
        for name, value in (
            ("residences", len(found[row["ledger"], row["band"]])),
            ("households", summed(found[row["ledger"], row["band"]], "households") / 100),
        )
        if other(value, row[name])
    ]
    return 2 * len(rows), problems


def members(rows: Iterable[Row], place: Row) -> Iterator[Row]:
    """
    Choose the rows of a zone, of what lies outside all zones of its level, or all of them.

    Parameters
    ----------
    rows
        Residences or facilities.
    place
        With ``level`` and ``zone_id``; without a zone it is everywhere.

    Yields
    ------
    row
        In their order.
    """
    level, zone_id = place["level"], text(place["zone_id"])
    wanted = None if zone_id == f"outside_zones:{level}" else zone_id
    for row in rows:
        if zone_id is None or text(row[f"{level}_id"]) == wanted:
            yield row


def summed(rows: Iterable[Row], column: str) -> int:
    """
    Add up a column, unknown numbers as 0.

    Parameters
    ----------
    rows
        Of a table.
    column
        In square metres, or households.

    Returns
    -------
    sum
        In hundredths.
    """
    return sum(units(row[column]) or 0 for row in rows)


def _inside(published: Published) -> list[Row]:
    return [row for row in published.tables["facilities"] if row["inside"]]


def _sums(
    homes: list[Row], facilities: list[Row], households: float | None
) -> dict[str, float | None]:
    """Work out every sum and share of a zone; `households` are its own."""
    of_verdict = {word: [row for row in homes if row["verdict"] == word] for word in _VERDICTS}
    judged = [row for row in homes if row["verdict"] in _JUDGED]
    placed = [row for row in homes if row["snapped"]]
    asked = [row for row in homes if known(row["within_radius"]) is not None]
    living, served = summed(homes, "households"), sum(map(_served, placed))
    met = summed(of_verdict["met"], "households")
    return {
        "residences": len(homes),
        **{f"residences_{word}": len(rows) for word, rows in of_verdict.items()},
        "households_in_residences": living / 100,
        "households_ratio": _ratio(living, units(households)),
        "served_households": served / 100,
        "served_share": _ratio(served, summed(placed, "households")),
        "radius_share": _ratio(
            summed([row for row in asked if row["within_radius"]], "households"),
            summed(asked, "households"),
        ),
        "met_households": met / 100,
        "met_share": _ratio(met, summed(judged, "households")),
        "requirement_m2": summed(homes, "requirement_m2") / 100,
        "allocated_m2": summed(homes, "circle_m2") / 100,
        "shortage_m2": summed(homes, "shortage_m2") / 100,
        "supply_m2": summed(facilities, "counted_m2") / 100,
    }


def _served(row: Row) -> int:
    """Count the hundredths of households that reach floor area: all, none, or a part of them."""
    households = units(row["households"]) or 0
    if "served_share" not in row:
        return households if row["reachable_facilities"] > 0 else 0
    part = Decimal(households) * Decimal(repr(known(row["served_share"]) or 0.0))
    return int(part.quantize(Decimal(1), ROUND_HALF_EVEN))


def _gap_sums(inside: list[Row]) -> dict[str, object]:
    by_ledger = {
        f"{ledger}_ledger_shortage_m2": summed(
            [row for row in inside if row["ledger"] == ledger], "shortage_m2"
        ) / 100
        for ledger in ("own", "circle")
    }  # fmt: skip
    clusters = {cluster for row in inside if (cluster := text(row["cluster_id"]))}
    return {
        "residences_short": len(inside),
        "households_short": summed(inside, "households") / 100,
        "shortage_m2": summed(inside, "shortage_m2") / 100,
        "shortage_m2_with_planned": summed(inside, "shortage_m2_with_planned") / 100,
        "cluster_ids": ";".join(sorted(clusters)),
        **by_ledger,
    }


def _band(has: int, asked: int) -> str:
    if has <= 0:
        return "none"
    return next((name for name, edge in _EDGES if has >= edge * asked), "under_25")


def _ratio(part: int, whole: int | None) -> float | None:
    return part / whole if whole else None
