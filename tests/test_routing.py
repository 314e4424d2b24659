from typing import cast

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.supply.area_units import to_units
from lifecircle.supply.certificates import verify_sharing
from lifecircle.supply.circle import CircleLedger, circle_ledger
from test_circle import links, sites, terms
from test_circle import towns as circle_towns

Town = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@st.composite
def towns(draw: st.DrawFn) -> Town:
    table, counted, walked = draw(circle_towns())
    walk = st.integers(0, 5).map(lambda hundred: hundred * 100_000)
    metres = draw(st.lists(walk, min_size=len(walked), max_size=len(walked)))
    return table, counted, walked.assign(walk_mm=np.array(metres, dtype=np.int64))


def walked_units(circle: CircleLedger, walk_mm: pd.Series) -> int:
    return cast("int", (to_units(circle.links["allocated_m2"]) * walk_mm).sum())


def test_the_nearer_of_two_that_have_enough_gives() -> None:
    walked = links("R1-A", "R1-B").assign(walk_mm=[800_000, 100_000])
    circle = circle_ledger(terms(R1=1000), sites(A=1000, B=1000), walked)
    assert circle.links["allocated_m2"].tolist() == [0.0, 10.0]
    assert circle.facilities["idle_m2"].tolist() == [10.0, 0.0]


def test_who_lacks_keeps_what_only_they_can_reach() -> None:
    # R1 (near A) could walk to B; R2 has only A: both get all, so R1 must go to B in part.
    walked = links("R1-A", "R1-B", "R2-A").assign(walk_mm=[100_000, 900_000, 500_000])
    circle = circle_ledger(terms(R1=600, R2=600), sites(A=1000, B=600), walked)
    assert circle.links["allocated_m2"].tolist() == [4.0, 2.0, 6.0]


def test_what_is_reserved_is_taken_first_however_far() -> None:
    counted = sites(A=1000, B=1000).assign(serves_id=["R1", None])
    walked = links("R1-A", "R1-B").assign(walk_mm=[900_000, 100_000])
    circle = circle_ledger(terms(R1=1000), counted, walked)
    assert circle.residences.loc["R1", "reserved_m2"] == 10.0
    assert circle.links["allocated_m2"].tolist() == [0.0, 0.0]


@settings(deadline=None, max_examples=40)
@given(towns())
def test_shares_stay_and_walks_get_no_longer(town: Town) -> None:
    table, counted, walked = town
    before = circle_ledger(table, counted, walked.drop(columns="walk_mm"))
    after = circle_ledger(*town)
    pd.testing.assert_frame_equal(after.residences, before.residences)
    pd.testing.assert_frame_equal(after.clusters, before.clusters)
    assert walked_units(after, walked["walk_mm"]) <= walked_units(before, walked["walk_mm"])
    by_site = to_units(after.links["allocated_m2"]).groupby(walked["facility_id"]).sum()
    open_units = to_units(after.facilities["allocated_m2"] - after.facilities["reserved_m2"])
    assert (by_site == open_units.reindex(by_site.index)).all()
    assert (after.facilities["idle_m2"].dropna() >= 0).all()
    in_need = after.facilities["cluster_id"].notna()  # all of it is needed, whoever walks where
    assert (after.facilities.loc[in_need, "idle_m2"].dropna() == 0).all()


@settings(deadline=None, max_examples=40)
@given(towns())
def test_the_certificate_of_fairness_holds_for_the_shortest_walks(town: Town) -> None:
    table, counted, walked = town
    table = table.assign(own_units=pd.array([0] * len(table), dtype="Int64"))
    counted = counted.assign(serves_id=pd.Series(None, index=counted.index, dtype=object))
    circle = circle_ledger(table, counted, walked)
    groups: dict[str, set[str]] = {str(name): set() for name in circle.clusters.index}
    for home, smallest in circle.residences["cluster_id"].dropna().items():
        cluster = smallest
        while cluster is not None:
            groups[cluster].add(str(home))
            cluster = circle.clusters.loc[cluster, "parent_id"]
    problems = verify_sharing(
        counted["counted_units"].fillna(0).astype(int).to_dict(),
        table["requirement_units"].fillna(0).astype(int).to_dict(),
        list(zip(walked["residence_id"], walked["facility_id"], strict=True)),
        to_units(circle.links["allocated_m2"]).astype(int).tolist(),
        map(frozenset, groups.values()),
    )
    assert problems == []


@settings(deadline=None, max_examples=30)
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_who_goes_where(town: Town, draw: object) -> None:
    table, counted, walked = town
    order = list(range(len(walked)))
    draw.shuffle(order)  # type: ignore[attr-defined]  # a random.Random
    circle = circle_ledger(table, counted, walked)
    turned = circle_ledger(table.iloc[::-1], counted.iloc[::-1], walked.iloc[order])
    pd.testing.assert_frame_equal(turned.links.sort_index(), circle.links)
