"""The table of indicators that a document asks for: for the whole study, and for each zone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from lifecircle.standards.arguments import FloorAreaArguments, PlacesArguments, ZonesArguments
from lifecircle.standards.evidence import Evidence, as_the_crow_flies, with_planned
from lifecircle.standards.measures import Measured, group_size, measure_rule
from lifecircle.standards.model import Rule, Standard
from lifecircle.standards.values import Value, distance_to, verdict_of, zone_values
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["indicator_table", "side_by_side", "zone_indicator_table"]

_ALL: Final = "all"
_NAMED: Final = ("zones_with_facility", "new_areas_meeting", "floor_area_per_100_households",
                 "land_per_resident", "served_share")  # fmt: skip


def indicator_table(standard: Standard, evidence: Evidence) -> pd.DataFrame:
    """
    List what every rule of a standard comes to.

    Parameters
    ----------
    standard
        The document.
    evidence
        The tables, assessed by it.

    Returns
    -------
    indicators
        One row a rule, in the document's order:

        - ``standard_id``, ``rule_id``, ``clause``, ``title_zh``, ``title_en``, ``nature``,
          ``year``, ``base``, ``base_year``, ``comparison``, ``limit``, ``unit``: the document's.
        - ``value``, ``value_unit``: in the document's unit; of a floor-area rule the per cent of
          its residences that have what it asks.
        - ``verdict``: ``met``, ``not_met``, ``no_data``, ``not_judged``.
        - ``not_judged``: why there is no verdict: ``list``, ``about``, ``no_limit``,
          ``part_of:{level}`` (the number is meant for a whole of that level); else None.
        - ``distance``, ``distance_in``, ``distance_names``: what is lacking, in real things.
        - ``missing``: columns and keys that would tell, ``;``-joined.
        - ``value_with_planned``, ``verdict_with_planned``: were all that is planned there.
        - ``progress_share``: of the way from the base to the limit.
        - ``radius_m``, ``radius_value``: of served shares, what the value would be within that
          straight radius (服务半径) instead of on the streets; never judged.
        - ``source``: of a reported figure; ``computed`` otherwise.
        - ``numerator``, ``denominator``, ``no_data`` (units without data), ``households_share``
          (of floor-area rules: of the judged households, those in residences that are met).
        - ``reading`` (in Chinese), ``reading_en``.
    """
    rows = []
    levels = set(evidence.zones["level"])
    later, nearby = with_planned(evidence), as_the_crow_flies(evidence)
    for rule in standard.rules:
        whole = rule.scope.level is None or rule.scope.level in levels
        now = _measured(rule, standard, evidence)
        value = _of_all(rule, now, evidence)
        planned = _of_all(rule, _measured(rule, standard, later), later)
        straight = _measured_straight(rule, standard, nearby)
        rows.append(
            {
                **_document_columns(rule, standard),
                **_value_columns(rule, now, value, whole=whole),
                "value_with_planned": planned.value,
                "verdict_with_planned": verdict_of(rule, planned, whole=whole),
                "progress_share": _progress(rule, value.value),
                **_radius_columns(
                    evidence, None if straight is None else _of_all(rule, straight, evidence)
                ),
                "source": now.source or "computed",
                "households_share": _households_share(now),
                "reading": rule.reading.zh,
                "reading_en": rule.reading.en,
            }
        )
    numbers = dict.fromkeys(("base", "base_year", "year"), float)
    return pd.DataFrame(rows).astype(
        {"nature": object, **numbers, "distance_in": object, "not_judged": object}
    )


def zone_indicator_table(standard: Standard, evidence: Evidence) -> pd.DataFrame:
    """
    List what the rules of a standard come to in each zone (分街道统计表).

    Parameters
    ----------
    standard
        The document.
    evidence
        The tables, assessed by it.

    Returns
    -------
    zone_indicators
        One row a rule and zone in which the rule asks something, from the widest level down:
        ``standard_id``, ``level``, ``zone_id``, ``zone``, ``rule_id``, ``clause``, ``title_zh``,
        ``title_en``, ``comparison`` to ``missing``, ``radius_m`` and ``radius_value`` as in
        `indicator_table`. Reported figures are the study's, not a zone's.
    """
    rows = []
    nearby = as_the_crow_flies(evidence)
    levels = [level for level in ADMIN_LEVELS if (evidence.zones["level"] == level).any()]
    computed = [rule for rule in standard.rules if rule.measure != "reported"]
    for rule in computed:
        measured = _measured(rule, standard, evidence)
        straight = _measured_straight(rule, standard, nearby)
        for level in levels:
            zones = evidence.zones[evidence.zones["level"] == level]
            values = _of_zones(rule, measured, evidence, level)
            beside = {} if straight is None else _of_zones(rule, straight, evidence, level)
            whole = rule.scope.level in {None, level}
            rows += [
                {
                    "standard_id": standard.id,
                    "level": level,
                    "zone_id": zone_id,
                    "zone": zones["name"][zone_id],
                    **_rule_columns(rule),
                    **_value_columns(rule, measured, values[zone_id], whole=whole),
                    **_radius_columns(evidence, beside.get(zone_id)),
                }
                for zone_id in zones.index
                if zone_id in values
            ]
    columns = ["standard_id", "level", "zone_id", "zone", "rule_id"]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)


def side_by_side(
    assessed: Sequence[tuple[Standard, Evidence]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Set the indicators of several documents out, one below the other.

    Parameters
    ----------
    assessed
        Each document, and the tables assessed by it.

    Returns
    -------
    indicators
        As `indicator_table`, with the column ``stricter``: whether two documents disagree on what
        residences of a status owe, and this rule asks the most.
    zone_indicators
        As `zone_indicator_table`.
    """
    tables = [indicator_table(standard, evidence) for standard, evidence in assessed]
    by_zone = [zone_indicator_table(standard, evidence) for standard, evidence in assessed]
    strictest = _strictest([standard for standard, _ in assessed])
    table = pd.concat(tables, ignore_index=True)
    keys = zip(table["standard_id"], table["rule_id"], strict=True)
    table = table.assign(stricter=[key in strictest for key in keys])
    return _with_none(table), _with_none(pd.concat(by_zone, ignore_index=True))


def _with_none(table: pd.DataFrame) -> pd.DataFrame:
    """Write words that are not there as None, whatever pandas made of them."""
    words = [str(name) for name in table if table[name].dtype == object]
    return table.assign(**{name: table[name].where(table[name].notna(), None) for name in words})


def _strictest(standards: Sequence[Standard]) -> set[tuple[str, str]]:
    rates = [
        (standard.id, rule.id, status, rule.limit)
        for standard in standards
        for rule in standard.floor_area_rules
        for status in ("new", "existing")
        if rule.arguments.status in {status, "all"}
    ]
    found = set()
    for status in ("new", "existing"):
        asked = {(one, rule): limit for one, rule, of, limit in rates if of == status}
        if len(set(asked.values())) > 1:
            found |= {key for key, limit in asked.items() if limit == max(asked.values())}
    return found


def _measured(rule: Rule, standard: Standard, evidence: Evidence) -> Measured:
    measured = measure_rule(rule, standard, evidence)
    if measured.sums != "least" or rule.limit is None:
        return measured
    units = measured.units  # each zone by itself, now that the limit is known
    reached = units["part"].mul(100).ge(units["whole"] * float(rule.limit))
    state = reached.map({True: "met", False: "not_met"}).astype(object)
    state = state.mask(units["state"].eq("no_data"), "no_data")
    return replace(measured, units=units.assign(state=state))


def _measured_straight(rule: Rule, standard: Standard, nearby: Evidence | None) -> Measured | None:
    if nearby is None or rule.measure != "served_share":
        return None
    return _measured(rule, standard, nearby)


def _of_all(rule: Rule, measured: Measured, evidence: Evidence) -> Value:
    people = None
    if isinstance(rule.arguments, PlacesArguments):
        people = pd.Series({_ALL: group_size(evidence.zones, rule.arguments.group)})
    places = pd.Series(_ALL, index=measured.units.index, dtype=object)
    found = zone_values(measured, places, people=people)
    return found[_ALL] if found else _nothing(measured)


def _nothing(measured: Measured) -> Value:
    """Value a measure that asks nobody; a count of nothing is 0, if nothing is missing."""
    empty = measured.units.iloc[:0]
    [value] = zone_values(
        replace(measured, units=empty), pd.Series(dtype=object), people=pd.Series({_ALL: math.nan})
    ).values()
    return value


def _of_zones(
    rule: Rule, measured: Measured, evidence: Evidence, level: str
) -> Mapping[str, Value]:
    column = f"{level}_id"
    if isinstance(rule.arguments, ZonesArguments) and measured.units.empty:
        return {}
    people = None
    zones = evidence.zones[evidence.zones["level"] == level]
    if isinstance(rule.arguments, PlacesArguments):
        people = zones[rule.arguments.group].astype(float)
    elif measured.sums == "count" and not measured.missing:
        people = pd.Series(0.0, index=zones.index)  # no facility is a count of 0
    if column not in measured.units:
        return {}
    return zone_values(measured, measured.units[column], people=people)


def _document_columns(rule: Rule, standard: Standard) -> dict[str, object]:
    return {
        "standard_id": standard.id,
        **_rule_columns(rule),
        "nature": rule.nature,
        "year": rule.year,
        "base": None if rule.base is None else float(rule.base),
        "base_year": rule.base_year,
    }


def _rule_columns(rule: Rule) -> dict[str, object]:
    return {
        "rule_id": rule.id,
        "clause": rule.clause,
        "title_zh": rule.title.zh,
        "title_en": rule.title.en,
    }


def _value_columns(
    rule: Rule, measured: Measured, value: Value, *, whole: bool
) -> dict[str, object]:
    verdict = verdict_of(rule, value, whole=whole)
    distance, counted = math.nan, None
    if verdict in {"not_met", "met"}:
        distance, counted = distance_to(rule, measured, value, per=measured.per)
    names = value.names if rule.measure in _NAMED or measured.sums == "least" else ()
    lists = verdict == "not_met" or rule.nature == "list"
    by_share = isinstance(rule.arguments, FloorAreaArguments)
    return {
        "comparison": rule.comparison,
        "limit": math.nan if rule.limit is None else float(rule.limit),
        "unit": rule.unit,
        "value": value.value,
        "value_unit": "%" if by_share else rule.unit,
        "verdict": verdict,
        "not_judged": _why_not_judged(rule, whole=whole),
        "distance": distance,
        "distance_in": counted,
        "distance_names": "; ".join(names) if lists else "",
        "missing": "; ".join(measured.missing) if value.low is None or value.no_data else "",
        "numerator": value.numerator,
        "denominator": value.denominator,
        "no_data": value.no_data,
    }


def _radius_columns(evidence: Evidence, value: Value | None) -> dict[str, object]:
    if value is None:
        return {"radius_m": math.nan, "radius_value": math.nan}
    return {"radius_m": evidence.radius_m, "radius_value": value.value}


def _why_not_judged(rule: Rule, *, whole: bool) -> str | None:
    if rule.nature == "list":
        return "list"
    if rule.comparison == "about" and rule.limit is not None:
        return "about"
    if rule.limit is None:
        return "no_limit"
    return None if whole else f"part_of:{rule.scope.level}"


def _progress(rule: Rule, value: float) -> float:
    if rule.base is None or rule.limit is None or rule.base == rule.limit:
        return math.nan
    return (value - float(rule.base)) / float(rule.limit - rule.base)


def _households_share(measured: Measured) -> float:
    if "households" not in measured.units:
        return math.nan
    judged = measured.units[measured.units["state"] != "no_data"]
    met = judged.loc[judged["state"] == "met", "households"].sum()
    whole = judged["households"].sum()
    return float(met / whole) if whole > 0 else math.nan
