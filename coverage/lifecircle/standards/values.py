"""From units to values: what a measure adds up to, how it stands to a limit, what is missing."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

import pandas as pd

from lifecircle.standards.measures import Measured
from lifecircle.standards.model import WHOLE, Comparison, Rule

__all__ = ["IndicatorVerdict", "Value", "distance_to", "target_of", "verdict_of", "zone_values"]

IndicatorVerdict = Literal["met", "not_met", "no_data", "not_judged"]
Bound = Fraction | None

_SUMMED: Final = ("part", "more", "whole", "known", "shortage_m2", "met", "not_met", "no_data")


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """
    What a measure comes to, in one place.

    Attributes
    ----------
    value
        In the unit of the document: a share in per cent. Of what is known; NaN if nothing is.
    numerator, denominator
        What was divided; the denominator of a count is NaN.
    low, high
        What the value is at least and at most, exactly, whatever the unknown turns out to be;
        None: no bound.
    met, not_met, no_data
        Numbers of units.
    names
        Of the units that are not met.
    shortage_m2
        What they lack, where that is an area.
    """

    value: float
    numerator: float
    denominator: float
    low: Bound
    high: Bound
    met: int
    not_met: int
    no_data: int
    names: tuple[str, ...]
    shortage_m2: float


def zone_values(
    measured: Measured, places: pd.Series, *, people: pd.Series | None = None
) -> dict[str, Value]:
    """
    Add up the units of a measure, place by place.

    Parameters
    ----------
    measured
        The measure.
    places
        Where each unit lies, on the index of its units.
    people
        For a measure per 1000 people: how many there are in each place.

    Returns
    -------
    values
        By place; places without a unit are left out, unless `people` names them.

    Examples
    --------
    >>> from lifecircle.standards.measures.measured import units_table
    >>> table = pd.DataFrame({"name": ["A", "B", "C"]})
    >>> numbers = pd.Series([1.0, 0.0, 1.0])
    >>> units = units_table(
    ...     table, state=pd.Series(["met", "not_met", "met"]), part=numbers, whole=numbers * 0 + 1
    ... )
    >>> measured = Measured(units=units, sums="share", counted="street")
    >>> value = zone_values(measured, pd.Series("Z", index=table.index))["Z"]
    >>> round(value.value, 1), value.low, value.names
    (66.7, Fraction(200, 3), ('B',))
    """
    units = measured.units.assign(place=places)
    state = units["state"]
    units = units.assign(
        known=units["whole"].where(state != "no_data", 0.0),
        **{word: state.eq(word).astype(int) for word in ("met", "not_met", "no_data")},
    )
    none = units.iloc[:0]
    empty = {} if people is None else {str(place): none for place in people.index}
    groups = empty | {str(place): rows for place, rows in units.groupby("place")}
    return {
        place: _value(
            measured,
            rows,
            people=None if people is None else float(people.get(place, math.nan)),
        )
        for place, rows in groups.items()
    }


def verdict_of(rule: Rule, value: Value, *, whole: bool = True) -> IndicatorVerdict:
    """
    Compare a value with the limit of its rule.

    Parameters
    ----------
    rule
        The rule.
    value
        What its measure comes to.
    whole
        Whether the place is the one that the number is meant for (`Scope.level`), or no such
        place is named.

    Returns
    -------
    verdict
        ``met`` or ``not_met`` only if it is certain; ``not_judged`` if the document gives no
        limit, or means a whole of which this is a part.
    """
    if not rule.is_judged or not whole:
        return "not_judged"
    if rule.measure == "land_per_resident":
        return _by_states(value)
    target = target_of(rule)
    low, high = value.low, value.high
    if rule.measure == "served_share" and value.low is None and target != WHOLE:
        high = None  # a residence of unknown households may weigh enough
    match rule.comparison:
        case ">=" | ">":
            return _is_reached(low, high, target, strict=rule.comparison == ">")
        case "<=":
            return _is_reached(_minus(high), _minus(low), -target, strict=False)
        case _:
            return _is_equal(low, high, target)


def target_of(rule: Rule) -> Fraction:
    """
    Return what the value of a rule is compared with.

    Parameters
    ----------
    rule
        A rule that is judged.

    Returns
    -------
    target
        The limit; for floor area 100 (%): every residence must have it.
    """
    if rule.measure == "floor_area_per_100_households" or rule.limit is None:
        return Fraction(WHOLE)
    return Fraction(rule.limit)


def distance_to(
    rule: Rule, measured: Measured, value: Value, *, per: int = 1
) -> tuple[float, str | None]:
    """
    Say in real things how far a value is from its limit.

    Parameters
    ----------
    rule
        A rule that is judged.
    measured
        Its measure.
    value
        What it comes to.
    per
        As in `Measured`.

    Returns
    -------
    distance
        How many more (or less, for ``<=``) are needed, whole things rounded up; 0 if none; NaN
        if it cannot be told.
    counted
        What they are: a level of zones, ``residences``, ``beds``, ``m2``, ...; None if none are.
    """
    if measured.sums == "figure" or measured.counted == "m2":
        return _plain_distance(rule, measured, value)
    if rule.measure == "floor_area_per_100_households":
        return value.shortage_m2, "m2"
    if measured.sums == "least":
        return float(value.not_met), measured.counted
    target = target_of(rule)
    if measured.sums == "count":
        needed = target - _exact(value.numerator)
    else:
        whole = _exact(value.denominator) if not math.isnan(value.denominator) else None
        if whole is None:
            return math.nan, None
        scale = per if measured.sums == "ratio" else WHOLE
        needed = target * whole / scale - _exact(value.numerator)
    return _needed(needed, rule.comparison), measured.counted


def _value(measured: Measured, rows: pd.DataFrame, *, people: float | None) -> Value:
    columns = {name: rows[name].dropna().astype(float) for name in _SUMMED}
    sums = pd.Series({name: math.fsum(cells) for name, cells in columns.items()})  # in any order
    blind = bool(rows["blind"].any())
    names = tuple(str(name) for name in rows.loc[rows["state"] == "not_met", "name"])
    numerator, denominator, low, high = _bounded(measured, rows, sums, blind=blind, people=people)
    value = _divided(measured, numerator, denominator)
    return Value(
        value=value,
        numerator=numerator,
        denominator=denominator,
        low=low,
        high=high,
        met=int(sums["met"]),
        not_met=int(sums["not_met"]),
        no_data=int(sums["no_data"]),
        names=names,
        shortage_m2=float(sums["shortage_m2"]),
    )


def _divided(measured: Measured, numerator: float, denominator: float) -> float:
    if measured.sums in {"count", "figure"}:
        return numerator
    if math.isnan(denominator) or denominator == 0:
        return math.nan
    scale = measured.per if measured.sums == "ratio" else WHOLE
    return numerator * scale / denominator


def _bounded(
    measured: Measured, rows: pd.DataFrame, sums: pd.Series, *, blind: bool, people: float | None
) -> tuple[float, float, Bound, Bound]:
    """Return numerator, denominator, and the least and most that the value can be."""
    part, more = float(sums["part"]), float(sums["more"])
    unknown = rows.empty and bool(measured.missing)
    match measured.sums:
        case "figure" | "count":
            part = math.nan if unknown else part
            return part, math.nan, _exact_or_none(part), _exact_or_none(part + more)
        case "least":
            return _least(rows)
        case "ratio":
            whole = float(sums["whole"]) if people is None else people
            return _ratio(math.nan if unknown else part, more, whole, per=measured.per)
        case _:
            return _shares(sums, part, more, blind=blind)


def _ratio(
    part: float, more: float, whole: float, *, per: int
) -> tuple[float, float, Bound, Bound]:
    if math.isnan(part) or not whole > 0:
        return math.nan, whole, None, None
    scale = Fraction(per) / _exact(whole)
    high = _exact_or_none(part + more)
    return part, whole, _exact(part) * scale, None if high is None else high * scale


def _shares(
    sums: pd.Series, part: float, more: float, *, blind: bool
) -> tuple[float, float, Bound, Bound]:
    whole, known = float(sums["whole"]), float(sums["known"])
    if not whole > 0:
        return part, known, None, None
    low = None if blind else _exact(part) * WHOLE / _exact(whole)
    high = _exact_or_none(part + more)
    return part, known, low, None if high is None else high * WHOLE / _exact(whole)


def _least(rows: pd.DataFrame) -> tuple[float, float, Bound, Bound]:
    known = rows[~rows["blind"]]
    if known.empty:
        return math.nan, math.nan, None, None
    shares = [
        (_exact(part) / _exact(whole), part, whole)
        for part, whole in zip(known["part"], known["whole"], strict=True)
    ]
    share, part, whole = min(shares)
    return part, whole, share * WHOLE if len(known) == len(rows) else None, share * WHOLE


def _by_states(value: Value) -> IndicatorVerdict:
    if value.not_met:
        return "not_met"
    return "no_data" if value.no_data or not value.met else "met"


def _is_reached(low: Bound, high: Bound, target: Fraction, *, strict: bool) -> IndicatorVerdict:
    if low is not None and (low > target if strict else low >= target):
        return "met"
    if high is not None and (high <= target if strict else high < target):
        return "not_met"
    return "no_data"


def _is_equal(low: Bound, high: Bound, target: Fraction) -> IndicatorVerdict:
    if low is not None and low == high == target:
        return "met"
    beyond = (low is not None and low > target) or (high is not None and high < target)
    return "not_met" if beyond else "no_data"


def _plain_distance(rule: Rule, measured: Measured, value: Value) -> tuple[float, str | None]:
    if measured.counted == "m2":
        return value.shortage_m2, "m2"
    if rule.limit is None or math.isnan(value.value):
        return math.nan, None
    apart = rule.limit - Decimal(repr(value.value))
    return float(max(apart if rule.comparison != "<=" else -apart, Decimal(0))), "figure"


def _needed(needed: Fraction, comparison: Comparison) -> float:
    if comparison == ">":
        return float(max(math.floor(needed) + 1, 0))
    return float(max(math.ceil(-needed if comparison == "<=" else needed), 0))


def _minus(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _exact(number: float) -> Fraction:
    return Fraction(repr(float(number)))  # the decimal text counts, not the binary value


def _exact_or_none(number: float) -> Bound:
    return _exact(number) if math.isfinite(number) else None
