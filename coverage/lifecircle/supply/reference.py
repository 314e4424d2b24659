"""
Reference measures: what the literature would say of the same walks.

They are shown beside the fair share for comparison and never give a verdict. None of them is a
sharing: what they promise to all together may be more than there is, or less.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.supply.area_units import to_m2
from lifecircle.supply.codes import none_for_missing
from lifecircle.supply.effort import effort_mm

__all__ = [
    "gaussian_weight",
    "reference_measures",
    "reference_table",
    "site_walks",
    "step_weight",
]

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]

# Luo & Qi 2009, their slower decay: one weight for each third of the limit.
ZONE_WEIGHTS: Final = (1.0, 0.68, 0.22)


def reference_measures(
    area_m2: pd.Series, households: pd.Series, walks: pd.DataFrame, *, limit_mm: int
) -> pd.DataFrame:
    """
    Measure what each residence can walk to, as the literature does.

    Parameters
    ----------
    area_m2
        Floor area of each facility, indexed by ``facility_id``; NaN counts as 0.
    households
        Of each residence, indexed by ``residence_id``; NaN counts as 0.
    walks
        Who can walk to what, with the columns ``residence_id``, ``facility_id`` and ``walk_mm``;
        each pair once, none beyond the limit.
    limit_mm
        The longest walk.

    Returns
    -------
    measures
        On the index of `households`:

        - ``reachable_sum_m2``: all floor area within the limit.
        - ``two_step_m2_per_100_households``: 2SFCA.
        - ``enhanced_two_step_m2_per_100_households``: E2SFCA, with the weights of
          `step_weight`.
        - ``gaussian_two_step_m2_per_100_households``: 2SFCA with those of `gaussian_weight`.
        - ``balanced_m2_per_100_households``: balanced FCA, with those of `gaussian_weight`.
        - ``nearest_assigned_facility_id``, ``nearest_assigned_m`` and
          ``nearest_assigned_m2_per_100_households``: everybody goes to the nearest facility
          that has floor area (of two, to the lower id) and all who go there have equal parts.

        Who reaches nothing has 0, and no nearest facility.

    Notes
    -----
    With ``P_r`` households, ``S_f`` floor area and the weight ``w_rf`` of a walk:

    - Two-step floating catchment area (Luo & Wang 2003, Environment and Planning B 30): ``R_f =
      S_f / sum_r(w_rf P_r)``; ``A_r = sum_f(w_rf R_f)``; w is 1 within the limit.
    - Enhanced (Luo & Qi 2009, Health & Place 15): w falls by zones of the walk.
    - Gaussian (Dai 2010, Health & Place 16): w falls smoothly to 0 at the limit.
    - Balanced (Paez, Higgins & Vivona 2019, PLoS ONE 14): ``L_f = S_f / sum_r(P_r w_rf /
      sum_g(w_rg))``; ``A_r = sum_f(L_f w_rf / sum_q(w_qf))``. Each household is counted once over
      its facilities, and each ratio handed out once over its residences.

    A facility that only walks of weight 0 lead to, or nobody with households, gives nothing.

    Examples
    --------
    >>> walks = pd.DataFrame(
    ...     {"residence_id": ["R1", "R2"], "facility_id": ["A", "A"], "walk_mm": [0, 400_000]}
    ... )
    >>> measures = reference_measures(
    ...     pd.Series({"A": 60.0}), pd.Series({"R1": 100, "R2": 200}), walks, limit_mm=900_000
    ... )
    >>> measures["two_step_m2_per_100_households"].tolist()
    [20.0, 20.0]
    """
    walks = walks.sort_values(["residence_id", "facility_id"])
    people = households.fillna(0).to_numpy(dtype=np.float64)
    supply = area_m2.fillna(0).to_numpy(dtype=np.float64)
    home = households.index.get_indexer(pd.Index(walks["residence_id"]))
    goal = area_m2.index.get_indexer(pd.Index(walks["facility_id"]))
    length = effort_mm(walks).to_numpy(dtype=np.int64)
    plain = np.ones(len(walks))
    steps, gauss = step_weight(length, limit_mm), gaussian_weight(length, limit_mm)
    per_household = {
        "two_step": _two_step(supply, people, home, goal, plain),
        "enhanced_two_step": _two_step(supply, people, home, goal, steps),
        "gaussian_two_step": _two_step(supply, people, home, goal, gauss),
        "balanced": _balanced(supply, people, home, goal, gauss),
    }
    table = pd.DataFrame(
        {
            "reachable_sum_m2": _summed(home, supply[goal], len(people)),
            **{
                f"{name}_m2_per_100_households": 100 * values
                for name, values in per_household.items()
            },
        },
        index=households.index,
    )
    return table.join(_nearest(area_m2, households, walks))


def step_weight(walk_mm: _Ints, limit_mm: int) -> _Floats:
    """
    Weigh walks by thirds of the limit, as in E2SFCA.

    Parameters
    ----------
    walk_mm
        Lengths of walks.
    limit_mm
        The longest walk.

    Returns
    -------
    weight
        1 in the first third, 0.68 in the second, 0.22 in the last, ends included; 0 beyond.

    Examples
    --------
    >>> step_weight(np.array([300_000, 300_001, 900_000, 900_001]), 900_000).tolist()
    [1.0, 0.68, 0.22, 0.0]
    """
    zone = np.where(walk_mm > 0, -(-3 * walk_mm // limit_mm) - 1, 0)
    weight: _Floats = np.append(ZONE_WEIGHTS, 0.0)[np.minimum(zone, len(ZONE_WEIGHTS))]
    return weight


def gaussian_weight(walk_mm: _Ints, limit_mm: int) -> _Floats:
    """
    Weigh walks by a bell curve that ends at the limit (Dai 2010).

    Parameters
    ----------
    walk_mm
        Lengths of walks.
    limit_mm
        The longest walk.

    Returns
    -------
    weight
        ``(exp(-(d / limit)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2))``: 1 at the door, 0 from the
        limit on.

    Examples
    --------
    >>> gaussian_weight(np.array([0, 900_000, 1_000_000]), 900_000).tolist()
    [1.0, 0.0, 0.0]
    """
    end = np.exp(-0.5)
    bell = np.exp(-0.5 * (walk_mm / limit_mm) ** 2)
    weight: _Floats = np.clip((bell - end) / (1 - end), 0.0, 1.0)
    return weight


def reference_table(
    residences: pd.DataFrame, counted: pd.DataFrame, links: pd.DataFrame, *, limit_mm: int
) -> pd.DataFrame:
    """
    Measure residences against the floor area that counts, each site once.

    Own floor area without a facility, and what is reserved of a facility for the residence that it
    was built for, mean nothing to these measures: all counted area is open to all.

    Parameters
    ----------
    residences
        Those that take part, with the columns ``households`` and ``snapped``.
    counted
        What counts of every facility, from `counting.counted_area`.
    links
        Walks, with the columns ``residence_id``, ``facility_id`` and ``walk_mm``.
    limit_mm
        The longest walk.

    Returns
    -------
    measures
        As from `reference_measures`, on the index of `residences`; NaN where one could not be
        placed on a street.
    """
    sites = counted[counted["site"] == counted.index]
    area_m2 = to_m2(sites["counted_units"]).sort_index()
    walks = site_walks(counted, links)
    walks = walks[walks["residence_id"].isin(residences.index)]
    table = reference_measures(area_m2, residences["households"], walks, limit_mm=limit_mm)
    placed = residences["snapped"].astype(bool)
    numbers = table.select_dtypes("number").columns
    return table.assign(**{str(name): table[name].where(placed) for name in numbers})


def site_walks(counted: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """
    Lead every walk to the site that its facility belongs to.

    Parameters
    ----------
    counted
        What counts of every facility, from `counting.counted_area`.
    links
        Walks, with the columns ``residence_id``, ``facility_id`` and ``walk_mm``.

    Returns
    -------
    walks
        The same columns: the quickest walk of each residence to each site whose floor area may
        count.

    Examples
    --------
    >>> counted = pd.DataFrame({"site": ["A", "A", None]}, index=["A", "B", "C"])
    >>> links = pd.DataFrame(
    ...     {"residence_id": "R", "facility_id": ["A", "B", "C"], "walk_mm": [500, 200, 0]}
    ... )
    >>> site_walks(counted, links).to_dict("list")
    {'residence_id': ['R'], 'facility_id': ['A'], 'walk_mm': [200]}
    """
    walks = links.assign(facility_id=links["facility_id"].map(counted["site"]))
    walks = walks[walks["facility_id"].notna()]
    ends, known = ["residence_id", "facility_id"], walks.columns.intersection(["level_mm"])
    walks = walks.assign(effort=effort_mm(walks)).sort_values([*ends, "effort", "walk_mm"])
    return walks[[*ends, "walk_mm", *known]].drop_duplicates(ends, ignore_index=True)


def _two_step(
    supply: _Floats, people: _Floats, home: _Ints, goal: _Ints, weight: _Floats
) -> _Floats:
    ratio = _ratio(supply, _summed(goal, weight * people[home], len(supply)))
    return _summed(home, weight * ratio[goal], len(people))


def _balanced(
    supply: _Floats, people: _Floats, home: _Ints, goal: _Ints, weight: _Floats
) -> _Floats:
    of_home = _ratio(weight, _summed(home, weight, len(people))[home])
    of_goal = _ratio(weight, _summed(goal, weight, len(supply))[goal])
    level = _ratio(supply, _summed(goal, of_home * people[home], len(supply)))
    return _summed(home, of_goal * level[goal], len(people))


def _summed(place: _Ints, amounts: _Floats, size: int) -> _Floats:
    return np.bincount(place, weights=amounts, minlength=size).astype(np.float64)


def _ratio(part: _Floats, whole: _Floats) -> _Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _nearest(area_m2: pd.Series, households: pd.Series, walks: pd.DataFrame) -> pd.DataFrame:
    walks = walks[walks["facility_id"].map(area_m2 > 0).astype(bool)]
    walks = walks.assign(effort=effort_mm(walks))
    ordered = walks.sort_values(["residence_id", "effort", "facility_id"])
    chosen = ordered.drop_duplicates("residence_id").set_index("residence_id")
    chosen = chosen.reindex(households.index)
    goal = chosen["facility_id"].astype(object)
    comers = households.fillna(0).groupby(goal).sum()
    share = (area_m2 / comers.where(comers > 0)).reindex(area_m2.index)
    return pd.DataFrame(
        {
            "nearest_assigned_facility_id": none_for_missing(goal),
            "nearest_assigned_m": chosen["walk_mm"].astype(np.float64) / 1000,
            "nearest_assigned_m2_per_100_households": 100
            * goal.map(share).astype(np.float64).fillna(0.0),
        }
    )
