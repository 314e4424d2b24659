"""
How equally the floor area is spread: measures of inequality over served ratios.

The value of a residence is its served ratio, the part of its requirement that it is given in the
circle, and its weight are its households: every household has the ratio of its residence.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.codes import none_for_missing
from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.tables import ADMIN_LEVELS

__all__ = [
    "concentration_index",
    "equity_table",
    "gini",
    "lorenz_curve",
    "lorenz_table",
    "lowest_share",
    "palma_ratio",
    "theil",
]

_Floats = npt.NDArray[np.float64]
_Curve = tuple[_Floats, _Floats]  # share of the households, share of all they have


def gini(values: pd.Series, weights: pd.Series) -> float:
    """
    Measure how far values lie apart, against their mean.

    Parameters
    ----------
    values
        Numbers >= 0.
    weights
        How often each counts; numbers >= 0.

    Returns
    -------
    coefficient
        0 if all are equal, towards 1 if one has all; NaN if nobody has anything.

    Notes
    -----
    ``G = sum_i sum_j w_i w_j |x_i - x_j| / (2 m W^2)`` with the mean ``m`` and the sum of the
    weights ``W`` (Gini 1912; Sen 1973, On Economic Inequality): 1 less twice the area under the
    Lorenz curve.

    Examples
    --------
    One household has 1, three have 0: 1 - 1/4.

    >>> gini(pd.Series([1.0, 0.0]), pd.Series([1, 3]))
    0.75
    """
    return _gini(_curve(*_counted(values, weights)))


def palma_ratio(values: pd.Series, weights: pd.Series) -> float:
    """
    Compare what the best-off tenth has with what the worst-off four tenths have.

    Parameters
    ----------
    values, weights
        As for `gini`.

    Returns
    -------
    ratio
        1/4 if all are equal; NaN if the worst-off four tenths have nothing.

    Notes
    -----
    ``(1 - L(0.9)) / L(0.4)`` with the Lorenz curve L (Palma 2011, Development and Change 42;
    Cobham & Sumner 2013). A row that lies across a border counts on both sides by its parts.

    Examples
    --------
    The best tenth has 2 of 11 in all, the worst four tenths have 4.

    >>> round(palma_ratio(pd.Series([1.0, 2.0]), pd.Series([9, 1])), 9)
    0.5
    """
    return _palma_ratio(_curve(*_counted(values, weights)))


def theil(values: pd.Series, weights: pd.Series) -> float:
    """
    Measure inequality as information.

    Parameters
    ----------
    values, weights
        As for `gini`.

    Returns
    -------
    index
        0 if all are equal, ``ln(W / w)`` if only those of weight w have anything; NaN if nobody
        has.

    Notes
    -----
    ``T = sum_i (w_i / W) (x_i / m) ln(x_i / m)``, where 0 ln 0 is 0 (Theil 1967, Economics and
    Information Theory).

    Examples
    --------
    >>> round(float(theil(pd.Series([1.0, 0.0]), pd.Series([1, 3])) / np.log(4)), 9)
    1.0
    """
    return _theil(*_counted(values, weights))


def lowest_share(values: pd.Series, weights: pd.Series, *, part: float = 0.1) -> float:
    """
    Say what part of everything the worst-off have.

    Parameters
    ----------
    values, weights
        As for `gini`.
    part
        Who they are: the worst-off decile by default.

    Returns
    -------
    share
        The Lorenz curve at `part`: `part` itself if all are equal; NaN if nobody has anything.

    Examples
    --------
    Ten households; the worst-off has 1 of 19.

    >>> round(lowest_share(pd.Series([1.0, 2.0]), pd.Series([1, 9])) * 19, 9)
    1.0
    """
    return _lowest_share(_curve(*_counted(values, weights)), part)


def concentration_index(values: pd.Series, weights: pd.Series, ranks: pd.Series) -> float:
    """
    Measure whether values gather where the ranking number is high.

    Parameters
    ----------
    values, weights
        As for `gini`.
    ranks
        What the rows are put in order by; those of one number stand side by side. Rows without
        one are left out.

    Returns
    -------
    index
        Above 0 if those ranked high have more than their part, below 0 if less, between -1 and
        1; NaN if nobody ranked has anything.

    Notes
    -----
    ``C = (2 / (m W)) sum_i w_i x_i R_i - 1`` with the fractional rank ``R_i``: the weight ranked
    lower and half of that ranked the same, over ``W`` (Wagstaff, Paci & van Doorslaer 1991;
    O'Donnell et al. 2008, World Bank). Ranked by the values themselves it is the Gini coefficient.

    Examples
    --------
    All is in the older half.

    >>> concentration_index(pd.Series([1.0, 0.0]), pd.Series([5, 5]), pd.Series([0.3, 0.1]))
    0.5
    """
    known = ranks.notna()
    value, weight = _counted(values[known], weights[known])
    rank = ranks[known][weights[known] > 0].to_numpy(dtype=np.float64)
    total = (value * weight).sum()
    if total == 0:
        return float("nan")
    _, place = np.unique(rank, return_inverse=True)
    same = np.bincount(place, weights=weight)
    middle = (np.cumsum(same) - same / 2) / weight.sum()
    return float(2 * (value * weight * middle[place]).sum() / total - 1)


def lorenz_curve(values: pd.Series, weights: pd.Series) -> pd.DataFrame:
    """
    Draw the Lorenz curve: what part of everything the worst-off part of all has.

    Parameters
    ----------
    values, weights
        As for `gini`.

    Returns
    -------
    curve
        Points from (0, 0) to (1, 1), one for each different value: ``households_share`` (of the
        weights, worst-off first) and ``ratio_share`` (of the sum of value times weight; NaN but at
        0 if nobody has anything). Between points it is straight.

    Examples
    --------
    >>> lorenz_curve(pd.Series([1.0, 0.0]), pd.Series([1, 3])).to_dict("list")
    {'households_share': [0.0, 0.75, 1.0], 'ratio_share': [0.0, 0.0, 1.0]}
    """
    share, part = _curve(*_counted(values, weights))
    return pd.DataFrame({"households_share": share, "ratio_share": part}, dtype=np.float64)


def equity_table(residences: pd.DataFrame) -> pd.DataFrame:
    """
    Measure how equally residences are served, in all and in each zone.

    Parameters
    ----------
    residences
        The assessed residences, with ``households``, ``population``, ``older_60``,
        ``requirement_m2``, ``circle_m2``, ``circle_verdict`` and the zone ids by level.

    Returns
    -------
    equity
        One row for all residences (``level`` is ``area``, no ``zone_id``) and one for each zone
        with a residence in it, by level and id:

        - ``residences``, ``households``: those measured: with households and a requirement above
          0, and judged in the circle.
        - ``mean_served_ratio``: over households.
        - ``gini``, ``palma_ratio``, ``theil``: of the served ratios.
        - ``worst_decile_share``: the part of all that the worst-off tenth of the households has.
        - ``older_concentration``: the concentration index by the share of residents of 60 and
          more; above 0 if older residences are served better. Over residences where it is known.

        NaN where a measure is not defined.
    """
    measured = _measured(residences)
    rows = [
        {"level": level, "zone_id": zone, **_measures(group)}
        for level, zone, group in _groups(measured)
    ]
    table = pd.DataFrame(rows)
    return table.assign(zone_id=none_for_missing(table["zone_id"].astype(object)))


def lorenz_table(residences: pd.DataFrame) -> pd.DataFrame:
    """
    Draw the Lorenz curve of the served ratios, in all and in each zone.

    Parameters
    ----------
    residences
        As for `equity_table`.

    Returns
    -------
    lorenz
        ``level``, ``zone_id`` and the points of `lorenz_curve`, in its order.
    """
    levels, zones, curves = zip(
        *(
            (level, zone, _curve(*_counted(group["ratio"], group["households"])))
            for level, zone, group in _groups(_measured(residences))
        ),
        strict=True,
    )
    points = [len(share) for share, _ in curves]
    zone_id = pd.Series(np.repeat(np.array(zones, dtype=object), points), dtype=object)
    return pd.DataFrame(
        {
            "level": np.repeat(np.array(levels, dtype=object), points),
            "zone_id": none_for_missing(zone_id),
            "households_share": np.concatenate([share for share, _ in curves]),
            "ratio_share": np.concatenate([part for _, part in curves]),
        }
    )


def _counted(values: pd.Series, weights: pd.Series) -> tuple[_Floats, _Floats]:
    """Leave out what does not count, in an order that does not depend on the rows."""
    value, weight = (each.to_numpy(dtype=np.float64) for each in (values, weights))
    return value[weight > 0], weight[weight > 0]


def _curve(value: _Floats, weight: _Floats) -> _Curve:
    distinct, place = np.unique(value, return_inverse=True)
    count = np.bincount(place, weights=weight, minlength=len(distinct)).astype(np.float64)
    return _cumulated(count), _cumulated(distinct * count)


def _gini(curve: _Curve) -> float:
    share, part = curve
    if not part[-1] > 0:
        return float("nan")
    below = np.diff(share) * (part[1:] + part[:-1])
    return float(1 - np.concatenate([[0.0], below]).sum())


def _palma_ratio(curve: _Curve) -> float:
    least = _lowest_share(curve, 0.4)
    return (1 - _lowest_share(curve, 0.9)) / least if least > 0 else float("nan")


def _lowest_share(curve: _Curve, part: float) -> float:
    return float(np.interp(part, *curve, right=np.nan))


def _theil(value: _Floats, weight: _Floats) -> float:
    total = (value * weight).sum()
    if total == 0:
        return float("nan")
    against = value * weight.sum() / total
    parts = against * np.log(against, out=np.zeros_like(against), where=against > 0)
    return float((weight * parts).sum() / weight.sum())


def _cumulated(parts: _Floats) -> _Floats:
    sums = np.concatenate([[0.0], np.cumsum(parts)])
    shares: _Floats = np.divide(sums, sums[-1], out=np.full_like(sums, np.nan), where=sums[-1] > 0)
    shares[0] = 0.0
    return shares


def _measured(residences: pd.DataFrame) -> pd.DataFrame:
    judged = residences["circle_verdict"].isin(["met", "short", "unreachable"])
    kept = residences[judged & (residences["households"] > 0) & (residences["requirement_m2"] > 0)]
    ratio = (kept["circle_m2"] / kept["requirement_m2"]).clip(upper=1.0)
    older = kept["older_60"] / kept["population"].where(kept["population"] > 0)
    zones = [f"{level}_id" for level in ADMIN_LEVELS if f"{level}_id" in kept]
    plain = pd.DataFrame(kept[["households", *zones]])  # groups of shapes are slow to make
    return plain.assign(ratio=ratio, older_share=older).sort_index()


def _groups(measured: pd.DataFrame) -> Iterator[tuple[str, str | None, pd.DataFrame]]:
    yield WHOLE_AREA, None, measured
    for level in ADMIN_LEVELS:
        if f"{level}_id" in measured:
            for zone, group in measured.groupby(measured[f"{level}_id"].astype(object)):
                yield level, str(zone), group


def _measures(group: pd.DataFrame) -> dict[str, float]:
    value, weight = _counted(group["ratio"], group["households"])
    curve, total = _curve(value, weight), weight.sum()
    measures = {
        "mean_served_ratio": (value * weight).sum() / total if total > 0 else np.nan,
        "gini": _gini(curve),
        "palma_ratio": _palma_ratio(curve),
        "theil": _theil(value, weight),
        "worst_decile_share": _lowest_share(curve, 0.1),
        "older_concentration": concentration_index(
            group["ratio"], group["households"], group["older_share"]
        ),
    }
    # Twelve digits: where all are equal, what is left is the noise of adding up, and no -0.
    rounded = {name: round(float(value), 12) + 0.0 for name, value in measures.items()}
    return {"residences": len(group), "households": total, **rounded}
