"""What the rules ask of every residence: the rule, its ledger, the floor area."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.standards.model import FloorAreaRule
from lifecircle.supply.area_units import MOST_UNITS, to_units
from lifecircle.supply.codes import none_for_missing
from lifecircle.tables import RESIDENCE_STATUS, some

__all__ = ["required_units", "residence_terms"]


def required_units(
    households: pd.Series,
    *,
    m2_per_100_households: Decimal | Fraction | int,
) -> pd.Series:
    """
    Work out the floor area that households are owed, in exact arithmetic.

    Parameters
    ----------
    households
        Number of households; NaN where unknown.
    m2_per_100_households
        Floor area that the policy asks for.

    Returns
    -------
    requirement_units
        ``Int64`` units of 0.01 m² on the same index, rounded up; <NA> where households are
        unknown.

    Raises
    ------
    TableError
        If a number of households is negative or infinite, or a requirement is beyond 2^62 units.

    Notes
    -----
    ``m²/100 households x households / 100`` m² is ``m²/100 households x households`` units of
    0.01 m².

    Examples
    --------
    >>> homes = pd.Series([101.0, 3.0, float("nan")])
    >>> required_units(homes, m2_per_100_households=20).tolist()
    [2020, 60, <NA>]
    >>> required_units(homes, m2_per_100_households=Decimal("12.5")).tolist()
    [1263, 38, <NA>]
    """
    values = households.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    bad = known & ~((values >= 0) & np.isfinite(values))
    if bad.any():
        problem = f"'households' must be finite and >= 0; look at {some(households.index[bad])}."
        raise TableError("residences", [problem])

    rate = Fraction(m2_per_100_households)
    distinct, place = np.unique(values[known], return_inverse=True)
    exact = [_rounded_up(value, rate) for value in distinct.tolist()]
    if max(exact, default=0) > MOST_UNITS:
        problem = f"{distinct[-1]:g} households at {float(rate):g} m² per 100 are too many."
        raise TableError("residences", [problem])
    units = pd.array(np.zeros(len(values), dtype=np.int64), dtype="Int64")
    units[known] = np.array(exact, dtype=np.int64)[place]
    units[~known] = pd.NA
    return pd.Series(units, index=households.index, name="requirement_units")


def residence_terms(residences: pd.DataFrame, rules: Sequence[FloorAreaRule]) -> pd.DataFrame:
    """
    Say for every residence which rule asks it for what.

    Parameters
    ----------
    residences
        Indexed by ``residence_id``, with the columns ``households``, ``status``,
        ``own_floor_area_m2`` and ``pool_id``.
    rules
        The floor-area rules of one standard: at most one for each status.

    Returns
    -------
    terms
        On the index of `residences`:

        - ``rule_id``, ``clause``, ``ledger``: of the rule that asks; None without one.
        - ``asked``: False only if it is certain that no rule asks.
        - ``reason``: ``households_unknown`` or ``status_unknown`` where the requirement is not
          known, else None.
        - ``requirement_units``: ``Int64`` units of 0.01 m²; <NA> where unknown, 0 where not asked.
        - ``own_units``: `own_floor_area_m2` in the same units; <NA> where unknown.
        - ``min_site_units``: below it a site counts 0 in the own ledger; 0 without such a limit.
        - ``pool_id``: None where the residence is judged alone.

    Examples
    --------
    >>> from lifecircle.standards.profile import read_standard
    >>> residences = pd.DataFrame(
    ...     {
    ...         "households": [200.0, 200.0],
    ...         "status": ["new", "existing"],
    ...         "own_floor_area_m2": [40.0, float("nan")],
    ...         "pool_id": [None, None],
    ...     },
    ...     index=["R1", "R2"],
    ... )
    >>> terms = residence_terms(residences, read_standard("weihai-2022").floor_area_rules)
    >>> terms[["ledger", "requirement_units"]].to_dict("list")
    {'ledger': ['own', 'circle'], 'requirement_units': [4000, 3000]}
    """
    for_all = len(rules) == 1 and rules[0].arguments.status == "all"
    status_known = residences["status"].isin(RESIDENCE_STATUS) | for_all
    households = residences["households"]
    terms = _unasked(residences, asked=~status_known & bool(rules))
    for rule in rules:
        chosen = status_known & (for_all | (residences["status"] == rule.arguments.status))
        area = required_units(households[chosen], m2_per_100_households=rule.limit)
        terms.loc[chosen, ["rule_id", "clause", "ledger"]] = [
            rule.id,
            rule.clause,
            rule.arguments.ledger,
        ]
        terms.loc[chosen, "asked"] = True
        terms.loc[chosen, "requirement_units"] = area
        terms.loc[chosen, "min_site_units"] = _min_site_units(rule)
        if rule.arguments.pooled:
            terms.loc[chosen, "pool_id"] = residences.loc[chosen, "pool_id"]
    terms.loc[terms["asked"] & households.isna(), "reason"] = "households_unknown"
    terms.loc[terms["asked"] & ~status_known, "reason"] = "status_unknown"
    terms.loc[terms["reason"].notna(), "requirement_units"] = pd.NA
    words = ["rule_id", "clause", "ledger", "reason", "pool_id"]
    return terms.assign(**{word: none_for_missing(terms[word]) for word in words})


def _unasked(residences: pd.DataFrame, *, asked: pd.Series) -> pd.DataFrame:
    nothing = pd.Series(None, index=residences.index, dtype=object)
    return pd.DataFrame(
        {
            "rule_id": nothing,
            "clause": nothing,
            "ledger": nothing,
            "asked": asked,
            "reason": nothing,
            "requirement_units": pd.Series(0, index=residences.index, dtype="Int64"),
            "own_units": to_units(residences["own_floor_area_m2"]),
            "min_site_units": pd.Series(0, index=residences.index, dtype=np.int64),
            "pool_id": nothing,
        }
    )


def _rounded_up(households: float, rate: Fraction) -> int:
    area = Fraction(repr(households)) * rate  # the decimal text counts, not the binary value
    return -(-area.numerator // area.denominator)


def _min_site_units(rule: FloorAreaRule) -> int:
    least_m2 = rule.arguments.min_site_m2
    return 0 if least_m2 is None else _rounded_up(100.0, Fraction(least_m2))
