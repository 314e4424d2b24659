"""The indicators of the documents, counted and judged again."""

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from lifecircle.tables import ADMIN_LEVELS
from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, Row, known, text, units
from lifecircle.verify.sums import members

__all__ = ["indicator_problems"]

Counted = tuple[float, float | None]  # numerator and denominator

_JUDGED: Final = ("met", "short", "unreachable")
_PER: Final = {"places_per_1000": 1000, "land_per_resident": 1}
_WITHOUT_DENOMINATOR: Final = ("count_at_least", "reported")
# A blank is not known in these kinds; in others it is none.
_HAVING: Final = {"beds": ("nursing_home", "care_home"), "nursery_places": ("nursery",)}
_PRIVATE: Final = ("private", "public_private")
_FLOOR_AREA: Final = "floor_area_per_100_households"


class _Town(NamedTuple):
    """What a rule is counted over."""

    homes: list[Row]
    facilities: list[Row]
    goals: list[Row]  # wherever they stand
    links: list[Row]
    zones: list[Row]
    rules: Mapping[str, Row]


def indicator_problems(published: Published) -> Found:
    """
    Count what every rule comes to, in all and in each zone, and compare it with its limit.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Indicators looked at, and one sentence a breach. What hangs on unknown numbers, reported
        figures, and verdicts under further documents, whose ledgers have no columns, are checked
        for what follows from their own row only.
    """
    documents = [published.manifest["standard"], *published.manifest["also"]]
    rules = {(one["id"], rule["id"]): rule for one in documents for rule in one["rules"]}
    everything = _town(published, published.manifest["standard"])
    rows = published.tables["indicators"]
    problems = []
    for row, town in _placed(published, everything):
        rule = rules.get((row["standard_id"], row["rule_id"]))
        where = f"{text(row.get('zone')) or row['standard_id']}, {row['rule_id']}"
        if rule is None:
            problems.append(f"{where}: no document has this rule.")
            continue
        first = row["standard_id"] == published.manifest["standard"]["id"]
        problems += _breaches(where, row, rule, town, first=first)
    wanted, told = list(rules), [(row["standard_id"], row["rule_id"]) for row in rows]
    if wanted != told:
        problems.append("indicators: not one row for each rule of the documents.")
    beside = published.summary["indicators"]
    problems += [
        f"summary.json: {row['rule_id']}: another {name}."
        for row, copy in zip(rows, beside, strict=False)
        for name in row
        if other(row[name], copy.get(name))
    ]
    count = len(rows) + len(published.tables.get("zone_indicators", ()))
    return count, problems + (["summary.json: other rows."] if len(beside) != len(rows) else [])


def _town(published: Published, standard: Row) -> _Town:
    return _Town(
        published.tables["residences"],
        [row for row in published.tables["facilities"] if row["inside"]],
        published.tables["facilities"],
        published.tables["links"],
        published.tables["zones"],
        {rule["id"]: rule for rule in standard["rules"]},
    )


def _placed(published: Published, town: _Town) -> Iterator[tuple[Row, _Town]]:
    """Yield every row of both tables with what lies in its place."""
    for row in published.tables["indicators"]:
        yield row, town
    places: dict[tuple[str, str], _Town] = {}
    for row in published.tables.get("zone_indicators", ()):
        place = row["level"], row["zone_id"]
        if place not in places:
            homes, facilities = (list(members(rows, row)) for rows in town[:2])
            zones = [zone for zone in town.zones if zone["zone_id"] == row["zone_id"]]
            places[place] = town._replace(homes=homes, facilities=facilities, zones=zones)
        yield row, places[place]


def _breaches(where: str, row: Row, rule: Row, town: _Town, *, first: bool) -> Iterator[str]:
    measure = rule["arguments"]["measure"]
    document = {"clause": rule["clause"], "comparison": rule["comparison"], "unit": rule["unit"],
                "value_unit": "%" if measure == _FLOOR_AREA else rule["unit"],
                "title_zh": rule["title"]["zh"], "title_en": rule["title"]["en"],
                "limit": None if rule["limit"] is None else float(rule["limit"])}  # fmt: skip
    for name, value in document.items():
        if other(value, row[name]):
            yield f"{where}: its {name} is not the document's."
    counted = _COUNTED[measure](rule, town) if measure in _COUNTED else None
    numerator, denominator = known(row["numerator"]), known(row["denominator"])
    if numerator is None or (measure == _FLOOR_AREA and not first):
        counted = None
    if counted is not None and any(
        one is not None and other(one, seen)
        for one, seen in zip(counted, (numerator, denominator), strict=True)
    ):
        yield f"{where}: it would be {counted[0]:g} of {counted[1]}."
    value = _divided(measure, numerator, denominator)
    if other(value, row["value"]):
        yield f"{where}: what was divided comes to {value}."
    if known(row["no_data"]) == 0 and not text(row["missing"]):
        yield from _judged(where, row, rule, measure)


def _divided(measure: str, numerator: float | None, denominator: float | None) -> float | None:
    if measure in _WITHOUT_DENOMINATOR or numerator is None:
        return numerator
    return numerator * _PER.get(measure, 100) / denominator if denominator else None


def _judged(where: str, row: Row, rule: Row, measure: str) -> Iterator[str]:
    """Compare a value that nothing unknown could change with its limit."""
    verdict, value = row["verdict"], known(row["value"])
    if verdict == "not_judged" or value is None or measure == "land_per_resident":
        return
    limit = Fraction(100 if measure == _FLOOR_AREA else rule["limit"])
    exact = _exact(measure, row)
    holds = {">=": exact >= limit, ">": exact > limit, "<=": exact <= limit, "=": exact == limit}
    if holds.get(rule["comparison"], verdict == "met") != (verdict == "met"):
        yield f"{where}: {value} {rule['comparison']} {float(limit):g} is not {verdict!r}."
    if measure in {"share_of_beds", "new_areas_meeting", "zones_with_facility", "count_at_least"}:
        scale = Fraction(1) if measure == "count_at_least" else _whole(row["denominator"]) / 100
        lacks = limit * scale - _whole(row["numerator"])
        wanted = max(math.ceil(lacks), 0)
        if rule["comparison"] == ">=" and other(float(wanted), row["distance"]):
            yield f"{where}: {wanted} more would be needed."


def _exact(measure: str, row: Row) -> Fraction:
    part = _whole(row["numerator"])
    if measure in _WITHOUT_DENOMINATOR:
        return part
    return part * _PER.get(measure, 100) / _whole(row["denominator"])


def _whole(number: float) -> Fraction:
    return Fraction(repr(float(number)))


def _floor_area(rule: Row, town: _Town) -> Counted:
    asked = [row for row in town.homes if row["rule_id"] == rule["id"]]
    judged = [row for row in asked if row["verdict"] in _JUDGED]
    return float(sum(row["verdict"] == "met" for row in judged)), float(len(judged))


def _new_areas(rule: Row, town: _Town) -> Counted | None:
    owing = town.rules.get(rule["arguments"]["rule"] or "")
    if owing is None or owing["arguments"]["measure"] != _FLOOR_AREA:
        return None
    judged = [row for row in town.homes if text(row["status"]) == "new"
              and text(row["own_verdict"]) in _JUDGED]  # fmt: skip
    return float(sum(row["own_verdict"] == "met" for row in judged)), float(len(judged))


def _served(rule: Row, town: _Town) -> Counted | None:
    asked = rule["arguments"]
    if asked["of"] not in {"households", "population"} or asked["setting"] is not None:
        return None
    if town.homes and "served_share" in town.homes[0]:
        return None
    wanted = {row["facility_id"] for row in _working(town.goals) if row["kind"] in asked["kinds"]}
    limit = None if asked["minutes"] is None else Fraction(asked["minutes"]) * 60_000
    served = {link["residence_id"] for link in town.links if link["facility_id"] in wanted
              and (limit is None or link["ms"] <= limit)}  # fmt: skip
    homes = [row for row in town.homes if row["snapped"]
             and asked["status"] in {"all", text(row["status"])}]  # fmt: skip
    living = {row["residence_id"]: units(row[asked["of"]]) or 0 for row in homes}
    return (sum(count for key, count in living.items() if key in served) / 100,
            sum(living.values()) / 100)  # fmt: skip


def _places(rule: Row, town: _Town) -> Counted:
    asked = rule["arguments"]
    rows = [
        row
        for row in _working(town.facilities)
        if not asked["kinds"] or row["kind"] in asked["kinds"]
    ]
    places = math.fsum(known(row[asked["numerator"]]) or 0.0 for row in rows)
    for level in ADMIN_LEVELS:
        people = [known(zone[asked["group"]]) for zone in town.zones if zone["level"] == level
                  and not zone["zone_id"].startswith("outside_zones:")]  # fmt: skip
        if people and None not in people:
            return places, math.fsum(people)
    return places, None


def _share_of_beds(rule: Row, town: _Town) -> Counted | None:
    asked = rule["arguments"]
    if asked["setting"] is not None or asked["each"] is not None:
        return None
    part, whole = [], []
    for row in _working(town.facilities):
        if asked["kinds"] and row["kind"] not in asked["kinds"]:
            continue
        if asked["operators"] and text(row["operator"]) not in {None, *asked["operators"]}:
            continue
        beds, share = known(row[asked["of"]]), _part_of_beds(row, asked["part"], asked["of"])
        if beds and share is not None:
            part.append(share)
            whole.append(beds)
    return math.fsum(part), math.fsum(whole)


def _part_of_beds(row: Row, part: str, of: str) -> float | None:
    """Tell how many beds of a facility are of a part; None if it cannot be told."""
    beds, operator = known(row[of]) or 0.0, text(row["operator"])
    if part == "nursing":
        nursing: float | None = known(row["nursing_beds"])
        return nursing
    if part in {"private", "government"}:
        runs = _PRIVATE if part == "private" else ("public",)
        return None if operator is None else beds * (operator in runs)
    return beds if part in (text(row["labels"]) or "").split(";") else 0.0


def _count(rule: Row, town: _Town) -> Counted | None:
    asked = rule["arguments"]
    if asked["setting"] is not None or asked["since"] is not None or asked["functions"]:
        return None
    labels = set(asked["labels"])
    rows = [
        row
        for row in _working(town.facilities)
        if not asked["kinds"] or row["kind"] in asked["kinds"]
    ]
    if asked["of"] != "facilities":
        bearing = [row for row in rows if labels <= set((text(row["labels"]) or "").split(";"))]
        return math.fsum(known(row[asked["of"]]) or 0.0 for row in bearing), None
    if labels:
        return None  # a site bears the labels of all its rows
    return float(len({text(row["site_id"]) or row["facility_id"] for row in rows})), None


def _working(rows: list[Row]) -> list[Row]:
    return [row for row in rows if text(row["status"]) in {None, "operating"}
            and not (known(row["floor"]) or 0) < 0]  # fmt: skip


_COUNTED: Final[Mapping[str, Callable[[Row, _Town], Counted | None]]] = {
    _FLOOR_AREA: _floor_area,
    "new_areas_meeting": _new_areas,
    "served_share": _served,
    "places_per_1000": _places,
    "share_of_beds": _share_of_beds,
    "count_at_least": _count,
}
