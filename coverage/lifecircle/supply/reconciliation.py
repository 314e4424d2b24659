"""The reconciliation: what of each input came through each step, and what did not."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum

import pandas as pd

__all__ = ["reconciled", "reconciliation_table", "with_people_steps"]


def reconciled(name: str, steps: Sequence[tuple[str, Mapping[str, float]]]) -> pd.DataFrame:
    """
    Set out what came through each step and what was left behind at it.

    Parameters
    ----------
    name
        The input: ``"residences"`` or ``"facilities"``.
    steps
        In order: the step's name and what came through it, ``rows``, ``households`` and ``m2``
        (those that the input has).

    Returns
    -------
    reconciliation
        One row a step with ``input``, ``step``, what came through, and ``lost_rows``,
        ``lost_households``, ``lost_m2``: what the step before had and this one has not, so that
        every line adds up. What an input has not is NaN.

    Examples
    --------
    >>> table = reconciled("residences", [("read", {"rows": 5}), ("placed", {"rows": 3})])
    >>> table[["step", "rows", "lost_rows"]].to_dict("list")
    {'step': ['read', 'placed'], 'rows': [5.0, 3.0], 'lost_rows': [0.0, 2.0]}
    """
    amounts = ["rows", "households", "m2"]
    came = pd.DataFrame([dict(amount) for _, amount in steps], columns=amounts).astype(float)
    lost = (came.shift().fillna(came) - came).round(6).add_prefix("lost_")
    table = pd.concat([came, lost], axis=1)
    table.insert(0, "input", name)
    table.insert(1, "step", [step for step, _ in steps])
    return table


def reconciliation_table(
    homes: pd.DataFrame,
    goals: pd.DataFrame,
    residences: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    read: Mapping[str, Mapping[str, float]],
    parsed: Mapping[str, Mapping[str, float]],
    built: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Reconcile what an assessment was given with what it found.

    Parameters
    ----------
    homes, goals
        The residences and facilities that it was given.
    residences, facilities
        The tables that it set out.
    read
        For each input what was read, if more than was given.
    parsed
        The same of the rows whose place could be understood.
    built
        The residences that are built by the year that is looked at; None if none is.

    Returns
    -------
    reconciliation
        As `reconciled` gives it, for both inputs.
    """
    placed, sites = _homes(homes), _sites(goals)
    snapped = residences[residences["snapped"]]
    given = residences[residences["circle_m2"] > 0]
    there = facilities[facilities["inside"]]
    counted = there[there["counted_m2"] > 0]
    reached = counted[counted["snapped"]]
    used = reached[reached["allocated_m2"] > 0]
    return pd.concat(
        [
            reconciled(
                "residences",
                [
                    ("read", read.get("residences", placed)),
                    ("parsed", parsed.get("residences", read.get("residences", placed))),
                    ("placed", placed),
                    *([] if built is None else [("built", _homes(built))]),
                    ("inside", _homes(residences)),
                    ("snapped", _homes(snapped)),
                    ("allocated", _homes(given)),
                ],
            ),
            reconciled(
                "facilities",
                [
                    ("read", read.get("facilities", sites)),
                    ("parsed", parsed.get("facilities", read.get("facilities", sites))),
                    ("placed", sites),
                    ("inside", _sites(there)),
                    ("counted", _sites(counted, "counted_m2")),
                    ("snapped", _sites(reached, "counted_m2")),
                    ("allocated", _sites(used, "allocated_m2")),
                ],
            ),
        ],
        ignore_index=True,
    )


def with_people_steps(table: pd.DataFrame, people: pd.DataFrame | None) -> pd.DataFrame:
    """
    Add what became of the people of rasters.

    Parameters
    ----------
    table
        As `reconciliation_table` gives it.
    people
        Of each group the people ``read`` in a raster, ``scaled`` to the zones, ``inside`` the area
        and ``assigned`` to residences; None without a raster.

    Returns
    -------
    reconciliation
        With the groups at the end, in the columns ``people`` and ``lost_people``; without a raster
        the table as it is.
    """
    if people is None:
        return table
    return pd.concat([table, *_people_steps(people)], ignore_index=True)


def _people_steps(people: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """
    Set out what became of the people of rasters.

    What is lost between ``inside`` and ``assigned`` lives between the residences, what is lost
    before it outside the area; what scaling adds is lost in the negative.
    """
    is_scaled = not people["scaled"].equals(people["read"])
    steps = ["read", *(["scaled"] if is_scaled else []), "inside", "assigned"]
    for group, sums in people.iterrows():
        came = sums[steps].to_numpy(dtype=float)
        yield pd.DataFrame(
            {
                "input": str(group),
                "step": steps,
                "people": came,
                "lost_people": [0.0, *(came[:-1] - came[1:])],
            }
        )


def _homes(table: pd.DataFrame) -> dict[str, float]:
    return {"rows": len(table), "households": fsum(table["households"].dropna())}


def _sites(table: pd.DataFrame, area: str = "floor_area_m2") -> dict[str, float]:
    return {"rows": len(table), "m2": fsum(table[area].dropna())}
