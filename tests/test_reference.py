"""Reference measures against loops over a matrix, PySAL's `access`, and three by two by hand."""

from collections.abc import Callable
from math import exp

import numpy as np
import pandas as pd
import pytest
from access import fca
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.reference import gaussian_weight, reference_measures, reference_table

LIMIT_MM = 900_000
Table = tuple[pd.Series, pd.Series, pd.DataFrame]


def zoned(walk_mm: int) -> float:
    return 1.0 if walk_mm <= 300_000 else 0.68 if walk_mm <= 600_000 else 0.22


def belled(walk_mm: int) -> float:
    return (exp(-((walk_mm / LIMIT_MM) ** 2) / 2) - exp(-0.5)) / (1 - exp(-0.5))


TWO_STEP = {
    "two_step": lambda walk: float(walk <= LIMIT_MM),
    "enhanced_two_step": zoned,
    "gaussian_two_step": belled,
}


def three_by_two() -> Table:
    """R1 walks 300 m to A; R2 450 m to A and 300 m to B; R3 800 m to B."""
    walks = pd.DataFrame(
        [("R1", "A", 300_000), ("R2", "A", 450_000), ("R2", "B", 300_000), ("R3", "B", 800_000)],
        columns=["residence_id", "facility_id", "walk_mm"],
    )
    areas = pd.Series({"A": 60.0, "B": 30.0})
    return areas, pd.Series({"R1": 100.0, "R2": 200.0, "R3": 100.0}), walks


def measured(table: Table) -> pd.DataFrame:
    return reference_measures(*table, limit_mm=LIMIT_MM)


def test_reachable_sum_counts_the_same_room_for_everybody() -> None:
    assert measured(three_by_two())["reachable_sum_m2"].tolist() == [60, 90, 30]


def test_two_step_by_hand() -> None:
    # A: 60 m² / 300 households = 0.2; B: 30 / 300 = 0.1; R2 adds both up.
    found = measured(three_by_two())["two_step_m2_per_100_households"]
    assert found.tolist() == pytest.approx([20, 30, 10])


def test_enhanced_two_step_by_hand() -> None:
    # A: 60 / (100 + 0.68 x 200) = 60 / 236; B: 30 / (200 + 0.22 x 100) = 30 / 222.
    found = measured(three_by_two())["enhanced_two_step_m2_per_100_households"]
    a, b = 6000 / 236, 3000 / 222
    assert found.tolist() == pytest.approx([a, 0.68 * a + b, 0.22 * b])


def test_everybody_goes_to_the_nearest_by_hand() -> None:
    # R2 goes to B with R3: A has 60 m² for 100 households, B 30 m² for 300.
    found = measured(three_by_two())
    assert found["nearest_assigned_facility_id"].tolist() == ["A", "B", "B"]
    assert found["nearest_assigned_m"].tolist() == [300, 300, 800]
    assert found["nearest_assigned_m2_per_100_households"].tolist() == pytest.approx([60, 10, 10])


def test_balanced_by_hand() -> None:
    # R1 and R2 at A's door: 60 m² for 200 households, and half of that ratio for each of the two.
    walks = pd.DataFrame({"residence_id": ["R1", "R2"], "facility_id": "A", "walk_mm": 0})
    table = pd.Series({"A": 60.0}), pd.Series({"R1": 50.0, "R2": 150.0}), walks
    assert measured(table)["balanced_m2_per_100_households"].tolist() == pytest.approx([15, 15])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    goals, homes = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    areas = draw(st.lists(st.integers(0, 500), min_size=goals, max_size=goals))
    people = draw(st.lists(st.integers(1, 900), min_size=homes, max_size=homes))
    pairs = st.tuples(st.integers(0, homes - 1), st.integers(0, goals - 1))
    chosen = draw(st.lists(pairs, unique=True, min_size=1))
    lengths = st.integers(0, LIMIT_MM - 1)
    rows = [(f"R{home}", f"F{goal}", draw(lengths)) for home, goal in chosen]
    walks = pd.DataFrame(rows, columns=["residence_id", "facility_id", "walk_mm"])
    return (
        pd.Series(areas, index=[f"F{place}" for place in range(goals)], dtype=float),
        pd.Series(people, index=[f"R{place}" for place in range(homes)], dtype=float),
        walks,
    )


def pairs_of(table: Table) -> dict[tuple[str, str], int]:
    walks = table[2]
    return {(row.residence_id, row.facility_id): int(row.walk_mm) for row in walks.itertuples()}


def two_step_by_loops(table: Table, weight: Callable[[int], float]) -> list[float]:
    areas, people, _ = table
    walks = pairs_of(table)
    ratio = {}
    for goal in areas.index:
        asked = sum(
            weight(walk) * people[home] for (home, end), walk in walks.items() if end == goal
        )
        ratio[goal] = areas[goal] / asked if asked > 0 else 0.0
    return [
        100
        * sum(weight(walk) * ratio[end] for (start, end), walk in walks.items() if start == home)
        for home in people.index
    ]


@settings(deadline=None)
@given(tables())
def test_two_step_measures_are_those_of_plain_loops(table: Table) -> None:
    found = measured(table)
    for name, weight in TWO_STEP.items():
        expected = two_step_by_loops(table, weight)
        assert found[f"{name}_m2_per_100_households"].tolist() == pytest.approx(expected), name


@settings(deadline=None)
@given(tables())
def test_balanced_is_that_of_plain_loops(table: Table) -> None:
    areas, people, _ = table
    weights = {pair: belled(walk) for pair, walk in pairs_of(table).items()}
    expected = []
    for home in people.index:
        total = 0.0
        for goal in areas.index:
            if (home, goal) not in weights:
                continue
            comers = sum(
                people[other] * weight / sum(w for (r, _), w in weights.items() if r == other)
                for (other, end), weight in weights.items()
                if end == goal
            )
            around = sum(weight for (_, end), weight in weights.items() if end == goal)
            total += areas[goal] / comers * weights[home, goal] / around
        expected.append(100 * total)
    found = measured(table)["balanced_m2_per_100_households"]
    assert found.tolist() == pytest.approx(expected)


@settings(deadline=None)
@given(tables())
def test_reachable_sum_and_nearest_are_those_of_plain_loops(table: Table) -> None:
    areas, people, _ = table
    walks = pairs_of(table)
    nearest = {}
    for home in people.index:
        ways = [(walk, end) for (start, end), walk in walks.items() if start == home]
        nearest[home] = min([way for way in ways if areas[way[1]] > 0], default=(0, None))[1]
    found = measured(table)
    for home in people.index:
        reached = [areas[end] for start, end in walks if start == home]
        assert found.loc[home, "reachable_sum_m2"] == sum(reached)
        goal = nearest[home]
        assert found.loc[home, "nearest_assigned_facility_id"] == goal
        comers = sum(people[other] for other in people.index if nearest[other] == goal)
        share = 0.0 if goal is None else 100 * areas[goal] / comers
        assert found.loc[home, "nearest_assigned_m2_per_100_households"] == pytest.approx(share)


@settings(deadline=None)
@given(tables())
def test_two_step_measures_are_those_of_pysal(table: Table) -> None:
    areas, people, walks = table
    demand = pd.DataFrame({"geoid": people.index, "demand": people.to_numpy()})
    supply = pd.DataFrame({"supply": areas.to_numpy()}, index=areas.index)
    costs = walks.rename(columns={"residence_id": "origin", "facility_id": "dest"})
    found = measured(table)
    for name, weight in TWO_STEP.items():
        theirs = fca.two_stage_fca(demand, supply, costs, cost_name="walk_mm", weight_fn=weight)
        ours = found.loc[theirs.index, f"{name}_m2_per_100_households"]
        assert ours.tolist() == pytest.approx((100 * theirs).tolist()), name


@settings(deadline=None)
@given(tables())
def test_two_step_measures_hand_out_what_there_is_and_balanced_each_ratio_once(
    table: Table,
) -> None:
    # 2SFCA: sum of P_r A_r is the floor area that somebody can walk to (weights cancel out).
    areas, people, walks = table
    reached = areas[areas.index.isin(walks["facility_id"])].sum()
    found = measured(table)
    for name in TWO_STEP:
        given_out = (found[f"{name}_m2_per_100_households"] * people).sum() / 100
        assert given_out == pytest.approx(reached), name


@given(tables(), st.randoms())
def test_order_of_rows_does_not_matter_to_the_last_bit(table: Table, chance: object) -> None:
    areas, people, walks = table
    order = list(range(len(walks)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # hypothesis draws a random.Random
    turned = areas.iloc[::-1], people.iloc[::-1], walks.iloc[order]
    pd.testing.assert_frame_equal(
        measured(table), measured(turned).loc[people.index], check_exact=True
    )


def test_the_bell_curve_lies_between_0_and_1_and_falls() -> None:
    weight = gaussian_weight(np.arange(0, 1_000_000, 1000), LIMIT_MM)
    assert (np.diff(weight) <= 0).all()
    assert weight[0] == 1
    assert weight[-1] == 0


def test_who_reaches_nothing_has_nothing() -> None:
    areas, people, walks = three_by_two()
    found = measured((areas, pd.Series({**people, "R4": 50.0}), walks)).loc["R4"]
    assert found["reachable_sum_m2"] == 0
    assert found["two_step_m2_per_100_households"] == 0
    assert found["nearest_assigned_facility_id"] is None
    assert np.isnan(found["nearest_assigned_m"])


def test_a_facility_without_known_households_or_area_gives_nothing() -> None:
    areas, _, walks = three_by_two()
    unknown = measured((areas.replace(30.0, np.nan), pd.Series({"R1": np.nan}), walks.iloc[:1]))
    assert unknown.loc["R1", "reachable_sum_m2"] == 60
    assert unknown.loc["R1", "two_step_m2_per_100_households"] == 0
    assert unknown.loc["R1", "nearest_assigned_m2_per_100_households"] == 0


def test_a_site_counts_once_by_its_shortest_walk() -> None:
    # B is a second row of the site A; C does not count.
    counted = pd.DataFrame(
        {
            "counted_units": pd.array([6000, 0, 0], dtype="Int64"),
            "site": ["A", "A", None],
        },
        index=["A", "B", "C"],
    )
    links = pd.DataFrame(
        {"residence_id": "R1", "facility_id": ["A", "B", "C"], "walk_mm": [500_000, 200_000, 0]}
    )
    homes = pd.DataFrame({"households": [300.0, 50.0], "snapped": [True, False]}, ["R1", "R2"])
    table = reference_table(homes, counted, links, limit_mm=LIMIT_MM)
    assert table.loc["R2"].drop("nearest_assigned_facility_id").isna().all()  # on no street
    found = table.loc["R1"]
    assert found["reachable_sum_m2"] == 60
    assert found["nearest_assigned_m"] == 200
    assert found["enhanced_two_step_m2_per_100_households"] == pytest.approx(20)
