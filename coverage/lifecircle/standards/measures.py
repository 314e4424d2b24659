"""The measures that rules name: from judged residences to one value a rule."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from lifecircle.standards.model import Rule, Standard

__all__ = ["MeasureValue", "floor_area_per_100_households", "indicator_table"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureValue:
    """
    What one rule comes to, summed up over the residences it asks.

    Attributes
    ----------
    value
        Share of the judged residences that are met; NaN if none is judged.
    numerator, denominator
        Residences that are met, and residences that are judged (met, short or unreachable).
    households_share
        Share of the judged residences' households that live in a met one; NaN if there are none.
    no_data
        Residences that the rule asks, or may ask, and that cannot be judged.
    verdict
        ``met`` if every residence is; ``not_met`` if one is not; ``no_data`` if none is known to
        fall short, and some cannot be judged or there are none.
    """

    value: float
    numerator: int
    denominator: int
    households_share: float
    no_data: int
    verdict: Literal["met", "not_met", "no_data"]


def floor_area_per_100_households(residences: pd.DataFrame, rule: Rule) -> MeasureValue:
    """
    Sum up how many residences have the floor area that a rule asks for.

    Parameters
    ----------
    residences
        The assessed residences, with the columns ``rule_id``, ``verdict``, ``reason`` and
        ``households``.
    rule
        One rule of the standard they were assessed by.

    Returns
    -------
    value
        Shares of residences and of households.

    Examples
    --------
    >>> from lifecircle.standards.profile import read_standard
    >>> residences = pd.DataFrame(
    ...     {
    ...         "rule_id": "walk-20-all",
    ...         "verdict": ["met", "short", "met", "met"],
    ...         "reason": None,
    ...         "households": [300.0, 100.0, 0.0, 0.0],
    ...     }
    ... )
    >>> value = floor_area_per_100_households(residences, read_standard("walk-20").rules[0])
    >>> value.value, value.households_share, value.verdict
    (0.75, 0.75, 'not_met')
    """
    asked = residences[residences["rule_id"] == rule.id]
    judged = asked[asked["verdict"].isin(["met", "short", "unreachable"])]
    met = judged[judged["verdict"] == "met"]
    status_unknown = residences["rule_id"].isna() & (residences["reason"] == "status_unknown")
    no_data = int((asked["verdict"] == "no_data").sum() + status_unknown.sum())
    return MeasureValue(
        value=_share(len(met), len(judged)),
        numerator=len(met),
        denominator=len(judged),
        households_share=_share(met["households"].sum(), judged["households"].sum()),
        no_data=no_data,
        verdict=_verdict(met=len(met), judged=len(judged), no_data=no_data),
    )


def indicator_table(residences: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """
    List what every rule of a standard comes to.

    Parameters
    ----------
    residences
        As for `floor_area_per_100_households`.
    standard
        The standard they were assessed by.

    Returns
    -------
    indicators
        One row a rule: ``rule_id``, ``clause``, ``title_zh``, ``title_en``, ``value`` (share of
        residences), ``limit`` and ``unit`` (of the rule), ``comparison``, ``verdict``,
        ``numerator``, ``denominator``, ``households_share``, ``no_data``, ``reading`` (in
        Chinese) and ``reading_en``.

    Examples
    --------
    >>> from lifecircle.standards.profile import read_standard
    >>> residences = pd.DataFrame(
    ...     {"rule_id": ["walk-20-all"], "verdict": "met", "reason": None, "households": 100.0}
    ... )
    >>> table = indicator_table(residences, read_standard("walk-20"))
    >>> table[["rule_id", "value", "limit", "verdict"]].to_dict("records")
    [{'rule_id': 'walk-20-all', 'value': 1.0, 'limit': 20.0, 'verdict': 'met'}]
    """
    return pd.DataFrame([_row(residences, rule) for rule in standard.rules])


def _row(residences: pd.DataFrame, rule: Rule) -> dict[str, object]:
    measured = floor_area_per_100_households(residences, rule)
    return {
        "rule_id": rule.id,
        "clause": rule.clause,
        "title_zh": rule.title.zh,
        "title_en": rule.title.en,
        "value": measured.value,
        "limit": float(rule.limit),
        "unit": rule.unit,
        "comparison": rule.comparison,
        "verdict": measured.verdict,
        "numerator": measured.numerator,
        "denominator": measured.denominator,
        "households_share": measured.households_share,
        "no_data": measured.no_data,
        "reading": rule.reading.zh,
        "reading_en": rule.reading.en,
    }


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _verdict(*, met: int, judged: int, no_data: int) -> Literal["met", "not_met", "no_data"]:
    if met < judged:
        return "not_met"
    return "no_data" if no_data or not judged else "met"
