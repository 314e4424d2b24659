"""The table of shortage clusters: what a pencil finds, and nothing of the order of rows."""

import numpy as np
import pandas as pd
import pytest

from lifecircle.supply.bounds import Known
from lifecircle.supply.cluster_table import cluster_ids, inside_clusters, list_clusters
from lifecircle.supply.town import Town, build_town, give_out


def town_of(order: list[int] | None = None) -> Town:
    """
    R1 reaches F1 alone, R2 reaches F1 and F2, R3 has F3 to itself, R4 nothing but its own 5 m².

    By hand: F1 has 20 m², so R1 gets at most 0.2 of its 100; R2 then has the 60 of F2, 0.6. R3 has
    all. Below 0.6 is R1, with F1: 80 are missing. Below 1 are R1 and R2, with F1 and F2: 120.
    """
    terms = pd.DataFrame(
        {
            "requirement_units": [10_000, 10_000, 1_000, 2_000],
            "own_units": [0, 0, 0, 500],
        },
        index=["R1", "R2", "R3", "R4"],
    )
    counted = pd.DataFrame(
        {"counted_units": [2_000, 6_000, 5_000], "site": ["F1", "F2", "F3"], "serves_id": None},
        index=["F1", "F2", "F3"],
    )
    links = pd.DataFrame(
        {"residence_id": ["R1", "R2", "R2", "R3"], "facility_id": ["F1", "F1", "F2", "F3"]}
    )
    if order is not None:
        terms = terms.iloc[order]
        links = links.iloc[order].reset_index(drop=True)
        counted = counted.iloc[::-1]
    return build_town(terms, counted, links)


def listed(town: Town) -> pd.DataFrame:
    return list_clusters(town, give_out(town, town.owed, unlimited=False).clusters)


def test_clusters_are_those_a_pencil_finds() -> None:
    table = listed(town_of())
    assert table.index.tolist() == ["C1", "C2", "C3"]
    assert table["requirement_m2"].tolist() == [200.0, 100.0, 20.0]
    assert table["capacity_m2"].tolist() == [80.0, 20.0, 5.0]
    assert table["shortage_m2"].tolist() == [120.0, 80.0, 15.0]
    assert table["parent_id"].tolist() == [None, "C1", None]
    assert table["outermost"].tolist() == [True, False, True]
    assert table["minimal"].tolist() == [False, True, True]
    assert table["residences"].tolist() == [2, 1, 1]
    assert table["facilities"].tolist() == [2, 1, 0]  # own floor area is no facility
    assert table["residence_ids"].tolist() == ["R1;R2", "R1", "R4"]
    assert table["facility_ids"].tolist() == ["F1;F2", "F1", None]
    assert table["proven"].all()
    ratio = table["ratio_numerator"] / table["ratio_denominator"]
    assert ratio.tolist() == pytest.approx([0.6, 0.2, 0.25])


def test_everything_has_its_smallest_cluster() -> None:
    town = town_of()
    found = give_out(town, town.owed, unlimited=False).clusters
    homes, sites = cluster_ids(town, found, list_clusters(town, found))
    assert homes.to_dict() == {"R1": "C2", "R2": "C1", "R3": None, "R4": "C3"}
    assert sites.to_dict() == {"F1": "C2", "F2": "C1", "F3": None}


def test_a_residence_that_may_walk_elsewhere_leaves_it_unproven() -> None:
    town = town_of()
    choices = pd.Series([True, False, True, True], index=["R1", "R2", "R3", "R4"])
    known = Known(choices, pd.Series(data=True, index=town.sites))
    found = give_out(town, town.owed, unlimited=False).clusters
    table = list_clusters(town, found, known=known)
    assert table["proven"].to_dict() == {"C1": False, "C2": True, "C3": True}


def test_only_clusters_with_residences_inside_are_shown_and_what_holds_them() -> None:
    table = listed(town_of())
    assert inside_clusters(table, pd.Series(["C2"])).index.tolist() == ["C1", "C2"]
    assert inside_clusters(table, pd.Series(["C1", None])).index.tolist() == ["C1"]


def test_the_order_of_rows_changes_nothing() -> None:
    expected = listed(town_of())
    for seed in range(6):
        order = np.random.default_rng(seed).permutation(4).tolist()
        pd.testing.assert_frame_equal(listed(town_of(order)), expected)
