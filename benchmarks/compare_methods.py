"""
What other methods make of a study, beside the fair share.

``python benchmarks/compare_methods.py STUDY.toml [--accept-loss]`` assesses the study and asks
every method the same: which residences have what is asked for? All get the same walks,
requirements (less the study's tolerance) and floor area; own and reserved areas are open to all.

- **met**: residences and households that the method says have enough.
- **too many**: by how many that is more than any sharing can meet together, at least.
- **wrongly short**: said to lack although every maximum sharing meets them.
- **other verdict**: another one than under the fair share.
- **served**: the floor area handed out, each square metre once; for the reachable sum what it
  promises, which may be more than there is.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import read_study
from lifecircle.supply.area_units import to_units
from lifecircle.supply.fully_met import most_met
from lifecircle.supply.reference import reference_measures
from lifecircle.supply.sharing import FairShare, fair_share

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Case(NamedTuple):
    """Units of 0.01 m² by position; links sorted by residence, walk and facility."""

    capacity: Ints
    asked: Ints
    least: Ints
    households: Floats
    home: Ints
    goal: Ints
    walk_mm: Ints


def main() -> None:
    """Print the table."""
    files = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if len(files) != 1:
        raise SystemExit(__doc__)
    study = read_study(Path(files[0]))
    assessment = assess_study(study, accept_loss="--accept-loss" in sys.argv)
    case = case_of(assessment)
    print(f"{study.title}: {len(case.asked):,} residences that ask for floor area,")
    print(f"{len(case.capacity):,} facilities, {len(case.home):,} walks")
    print(comparison(case, limit_mm=study.walk.limit_mm).to_string(float_format="{:,.0f}".format))
    print(f"the two greedy orders differ on {turned_by_order(case):,} residences")


def case_of(assessment: Assessment) -> Case:
    """Take the residences that ask for floor area and are on a street, and what they reach."""
    homes = assessment.residences
    homes = homes[homes["requirement_m2"].gt(0) & homes["snapped"].astype(bool)].sort_index()
    goals = assessment.facilities[assessment.facilities["counted_m2"].gt(0)].sort_index()
    links = assessment.links
    kept = links["residence_id"].isin(homes.index) & links["facility_id"].isin(goals.index)
    links = links[kept].sort_values(["residence_id", "walk_mm", "facility_id"])
    asked = to_units(homes["requirement_m2"]).to_numpy(dtype=np.int64)
    tolerance = round(assessment.study.tolerance_share * 10**6)
    return Case(
        capacity=to_units(goals["counted_m2"]).to_numpy(dtype=np.int64),
        asked=asked,
        least=asked - asked * tolerance // 10**6,
        households=homes["households"].to_numpy(dtype=np.float64),
        home=homes.index.get_indexer(links["residence_id"]).astype(np.int64),
        goal=goals.index.get_indexer(links["facility_id"]).astype(np.int64),
        walk_mm=links["walk_mm"].to_numpy(dtype=np.int64),
    )


def comparison(case: Case, *, limit_mm: int) -> pd.DataFrame:
    """Set the methods side by side, a row each."""
    fair = fairly(case)
    sure = always_met(case)
    upwards, downwards = greedy_both_ways(case)
    measures = _measures(case, limit_mm)
    per_household = case.households / 100
    given = {
        "fair share": fair,
        "greedy, ids upwards": upwards,
        "greedy, ids downwards": downwards,
        "nearest assignment": measures["nearest_assigned_m2_per_100_households"] * per_household,
        "2SFCA": measures["two_step_m2_per_100_households"] * per_household,
        "reachable sum": measures["reachable_sum_m2"].to_numpy(),
    }
    units = {
        name: amount if amount.dtype == np.int64 else np.rint(np.asarray(amount) * 100)
        for name, amount in given.items()
    }
    fairly_met = fair >= case.least
    rows = {name: _row(case, got, fairly_met, sure) for name, got in units.items()}
    return pd.DataFrame(rows).T


def fairly(case: Case) -> Ints:
    """Share fairly: what each residence gets."""
    return np.bincount(case.home, weights=_shared(case).units, minlength=len(case.asked)).astype(
        np.int64
    )


def greedy(case: Case, order: Ints) -> Ints:
    """Let residences take, one after the other, from the nearest that has something left."""
    left, got = case.capacity.copy(), np.zeros_like(case.asked)
    first = np.searchsorted(case.home, np.arange(len(case.asked) + 1))
    for home in order:
        for link in range(first[home], first[home + 1]):
            amount = min(left[case.goal[link]], case.asked[home] - got[home])
            left[case.goal[link]] -= amount
            got[home] += amount
    return got


def greedy_both_ways(case: Case) -> tuple[Ints, Ints]:
    """Go through the residences from the first id, and from the last."""
    order = np.arange(len(case.asked))
    return greedy(case, order), greedy(case, order[::-1])


def turned_by_order(case: Case) -> int:
    """Count the residences that are met in one order only."""
    upwards, downwards = greedy_both_ways(case)
    return int(((downwards >= case.least) != (upwards >= case.least)).sum())


def always_met(case: Case) -> npt.NDArray[np.bool_]:
    """
    Tell who gets everything in every sharing of the largest total.

    What is missing in all is what the outermost shortage clusters miss, and who reaches nothing.
    So in a largest sharing nobody else misses anything.
    """
    reaches = np.isin(np.arange(len(case.asked)), case.home)
    return reaches & (_shared(case).clusters.of_residence < 0)


def _shared(case: Case) -> FairShare:
    links = pd.DataFrame({"facility_id": case.goal, "residence_id": case.home})
    return fair_share(pd.Series(case.capacity), pd.Series(case.asked), links)


def _measures(case: Case, limit_mm: int) -> pd.DataFrame:
    walks = {"residence_id": case.home, "facility_id": case.goal, "walk_mm": case.walk_mm}
    return reference_measures(
        pd.Series(case.capacity / 100),
        pd.Series(case.households),
        pd.DataFrame(walks),
        limit_mm=limit_mm,
    )


def _row(
    case: Case, got: Floats | Ints, fairly_met: npt.NDArray[np.bool_], sure: npt.NDArray[np.bool_]
) -> dict[str, float]:
    met = got >= case.least
    households = np.rint(case.households * 100).astype(np.int64)
    beyond = {}
    for name, weight in (("residences", np.ones_like(case.asked)), ("households", households)):
        chosen = np.where(met, weight, 0)
        most = most_met(case.capacity, case.least, chosen, case.goal, case.home)
        beyond[name] = int(chosen.sum()) - most.bound
    return {
        "met": met.sum(),
        "households met": case.households[met].sum(),
        "too many": beyond["residences"],
        "households too many": beyond["households"] / 100,
        "wrongly short": (sure & ~met).sum(),
        "households wrongly short": case.households[sure & ~met].sum(),
        "other verdict": (met != fairly_met).sum(),
        "households other verdict": case.households[met != fairly_met].sum(),
        "served m2": np.minimum(got, case.asked).sum() / 100,
    }


if __name__ == "__main__":
    main()
