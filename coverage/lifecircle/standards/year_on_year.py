"""Year on year (同比): the indicators beside those of an earlier result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.standards.model import Rule, Standard

__all__ = ["EarlierResult", "differences", "with_last_year"]

_RULE: Final = ("standard_id", "rule_id")
_ZONE: Final = (*_RULE, "level", "zone_id", "zone")
# What makes two values answers to two questions, and what only moves the limit.
_QUESTION: Final = ("arguments", "unit")
_LIMIT: Final = ("comparison", "limit")


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierResult:
    """
    What an earlier result folder says of the indicators.

    Attributes
    ----------
    folder
        What it is called.
    indicators, zone_indicators
        As `side_by_side` gave them then.
    standards
        The documents of then as data, by id.
    settings
        The settings of then as data.
    """

    folder: str
    indicators: pd.DataFrame
    zone_indicators: pd.DataFrame
    standards: Mapping[str, Mapping[str, object]]
    settings: Mapping[str, object]


def with_last_year(
    table: pd.DataFrame, earlier: EarlierResult | None, *, standards: Sequence[Standard]
) -> pd.DataFrame:
    """
    Set beside each indicator what it came to in an earlier result.

    Parameters
    ----------
    table
        Indicators, or those of the zones.
    earlier
        The earlier result; None: there is none.
    standards
        The documents of now.

    Returns
    -------
    table
        The same rows with four more columns:

        - ``last_value``: matched by ``standard_id`` and ``rule_id``; in zones by ``level``,
          ``zone_id`` and ``zone`` as well.
        - ``change``: value less last value, in the unit of the value (percentage points for
          per cent).
        - ``change_share``: change / last value; NaN for values in per cent and where that is 0.
        - ``last_note``: ``;``-joined codes: ``limit_changed``; ``rule_changed`` (another measure,
          arguments or unit: then there is no change to tell); ``not_in_last_year``;
          ``zone_not_in_last_year``; else None.
    """
    if earlier is None:
        none = dict.fromkeys(("last_value", "change", "change_share"), np.nan)
        return table.assign(**none, last_note=pd.Series(None, index=table.index, dtype=object))
    by_zone = "zone_id" in table
    keys = list(_ZONE if by_zone else _RULE)
    before = earlier.zone_indicators if by_zone else earlier.indicators
    last = pd.MultiIndex.from_frame(table[keys])
    known = before.set_index(keys)["value"].astype(float)
    notes = _notes(earlier, standards)
    asked = zip(table["standard_id"], table["rule_id"], strict=True)
    note = pd.Series([notes[key] for key in asked], index=table.index, dtype=object)
    found = last.isin(known.index)
    note = note.mask(~found & note.ne("not_in_last_year"), "zone_not_in_last_year")
    values = pd.Series(known.reindex(last).to_numpy(), index=table.index)
    comparable = ~note.str.contains("rule_changed", regex=False)
    change = (table["value"].astype(float) - values).where(comparable)
    relative = table["value_unit"].ne("%") & values.ne(0)
    return table.assign(
        last_value=values,
        change=change,
        change_share=(change / values).where(relative),
        last_note=note.where(note.ne(""), None),
    )


def differences(
    earlier: EarlierResult, *, standards: Sequence[Standard], settings: Mapping[str, object]
) -> list[str]:
    """
    Say what an earlier result went by that holds no more.

    Parameters
    ----------
    earlier
        The earlier result.
    standards
        The documents of now.
    settings
        The settings of now, as data.

    Returns
    -------
    differences
        One text each: settings that change values, documents of another date or number, and
        rules of then that are gone.
    """
    return [
        *_of_settings("", earlier.settings, settings),
        *_of_documents(earlier, standards),
    ]


def _notes(earlier: EarlierResult, standards: Sequence[Standard]) -> dict[tuple[str, str], str]:
    notes = {}
    for standard in standards:
        rules = _rules_of(earlier.standards.get(standard.id, {}))
        for rule in standard.rules:
            notes[standard.id, rule.id] = _note(rule, rules.get(rule.id))
    return notes


def _note(rule: Rule, before: Mapping[str, object] | None) -> str:
    if before is None:
        return "not_in_last_year"
    now = rule.model_dump(mode="json")
    changed = {
        name for name in (*_QUESTION, *_LIMIT) if _exact(now[name]) != _exact(before.get(name))
    }
    codes = {"rule_changed": _QUESTION, "limit_changed": _LIMIT}
    return ";".join(code for code, names in codes.items() if changed & set(names))


def _rules_of(standard: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    rules = standard.get("rules", ())
    return {str(rule["id"]): rule for rule in rules} if isinstance(rules, list) else {}


def _exact(value: object) -> object:
    """Take numbers written as text for numbers: 20 and 20.0 are one limit."""
    if isinstance(value, Mapping):
        return {key: _exact(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    try:
        return Decimal(str(value)) if isinstance(value, str | int | float) else value
    except InvalidOperation:
        return value


def _of_settings(
    name: str, before: Mapping[str, object], now: Mapping[str, object]
) -> Iterator[str]:
    for key in sorted(before.keys() & now.keys()):
        then, present = before[key], now[key]
        here = f"{name}.{key}".removeprefix(".")
        if isinstance(then, Mapping) and isinstance(present, Mapping):
            yield from _of_settings(here, then, present)
        elif _exact(then) != _exact(present):
            yield f"{here}: {then} -> {present}"


def _of_documents(earlier: EarlierResult, standards: Sequence[Standard]) -> Iterator[str]:
    for standard in standards:
        before = earlier.standards.get(standard.id)
        if before is None:
            yield f"{standard.id}: not in {earlier.folder}"
            continue
        now = standard.model_dump(mode="json")
        for name in ("number", "date", "status"):
            if before.get(name) != now[name]:
                yield f"{standard.id} {name}: {before.get(name)} -> {now[name]}"
        gone = set(_rules_of(before)) - {rule.id for rule in standard.rules}
        yield from (f"{standard.id}: rule {rule!r} is gone" for rule in sorted(gone))
