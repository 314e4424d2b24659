import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.errors import TableError
from lifecircle.supply.area_units import to_units
from lifecircle.supply.bounds import Known
from lifecircle.supply.circle import CircleLedger, circle_ledger

NA = pd.NA


def terms(**owed: int | None) -> pd.DataFrame:
    """Say what every residence is owed, in units; None: its households are unknown."""
    return pd.DataFrame(
        {
            "asked": True,
            "reason": [
                None if units is not None else "households_unknown" for units in owed.values()
            ],
            "requirement_units": pd.array(list(owed.values()), dtype="Int64"),
            "own_units": pd.array([NA] * len(owed), dtype="Int64"),
        },
        index=pd.Index(list(owed), dtype=object),
    )


def sites(**units: int | None) -> pd.DataFrame:
    """Say what every facility has, in units; None: unknown."""
    names = list(units)
    return pd.DataFrame(
        {
            "counted_units": pd.array(list(units.values()), dtype="Int64"),
            "site": names,
            "serves_id": pd.Series(None, index=names, dtype=object),
        },
        index=pd.Index(names, dtype=object),
    )


def links(*pairs: str) -> pd.DataFrame:
    """Write ``R1-A`` for: R1 walks to A."""
    ends = [pair.split("-") for pair in pairs]
    return pd.DataFrame(ends, columns=["residence_id", "facility_id"], dtype=object)


def verdicts(circle: CircleLedger) -> list[str]:
    return circle.residences["circle_verdict"].tolist()


def reasons(circle: CircleLedger) -> list[str | None]:
    return circle.residences["circle_reason"].tolist()


def test_three_residences_share_two_facilities() -> None:
    # A (50 m²) is walked to by R1 and R2, B (30 m²) by R2 and R3; they are owed 40, 30 and 20.
    circle = circle_ledger(
        terms(R1=4000, R2=3000, R3=2000),
        sites(A=5000, B=3000),
        links("R1-A", "R2-A", "R2-B", "R3-B"),
    )
    # 80 of 90 m²: 8/9 of each, in whole 0.01 m²; the last two go to the largest fractions.
    assert circle.residences["circle_m2"].tolist() == [35.55, 26.67, 17.78]
    assert circle.residences["circle_shortage_m2"].tolist() == [4.45, 3.33, 2.22]
    assert verdicts(circle) == ["short", "short", "short"]
    assert circle.facilities["allocated_m2"].tolist() == [50.0, 30.0]
    assert circle.links["allocated_m2"].tolist() == [35.55, 14.45, 12.22, 17.78]
    assert circle.residences["reachable_facilities"].tolist() == [1, 2, 1]
    assert circle.residences["reachable_m2"].tolist() == [50.0, 80.0, 30.0]


def test_nothing_within_the_walk_is_unreachable() -> None:
    circle = circle_ledger(terms(R1=100), sites(A=100), links())
    assert verdicts(circle) == ["unreachable"]
    assert circle.residences["circle_shortage_m2"].tolist() == [1.0]
    assert circle.facilities["idle_m2"].tolist() == [1.0]


def test_facility_of_zero_square_metres_is_not_reached() -> None:
    circle = circle_ledger(terms(R1=100), sites(A=0), links("R1-A"))
    assert verdicts(circle) == ["unreachable"]
    assert circle.residences["reachable_facilities"].tolist() == [0]


def test_inadmissible_facility_is_not_reached() -> None:
    counted = sites(A=0).assign(site=pd.Series([None], index=["A"], dtype=object))
    assert verdicts(circle_ledger(terms(R1=100), counted, links("R1-A"))) == ["unreachable"]


def test_town_without_residences_gives_nothing() -> None:
    circle = circle_ledger(terms(), sites(A=100, B=None), links())
    assert circle.residences.empty
    assert circle.facilities["allocated_m2"].tolist() == [0.0, 0.0]


def test_town_without_facilities_reaches_nothing() -> None:
    assert verdicts(circle_ledger(terms(R1=100), sites(), links())) == ["unreachable"]


def test_nothing_owed_is_met() -> None:
    assert verdicts(circle_ledger(terms(R1=0), sites(), links())) == ["met"]


@pytest.mark.parametrize(
    ("units", "verdict"), [(995, "met"), (994, "short"), (1000, "met"), (2000, "met")]
)
def test_tolerance_is_half_a_percent(units: int, verdict: str) -> None:
    circle = circle_ledger(terms(R1=1000), sites(A=units), links("R1-A"))
    assert verdicts(circle) == [verdict]
    assert circle.residences["circle_shortage_m2"].tolist() == [max(0, 1000 - units) / 100]


def test_tolerance_is_rounded_down() -> None:
    # 0.5 % of 399 units is 1.995: one unit may be missing, not two.
    assert verdicts(circle_ledger(terms(R1=399), sites(A=398), links("R1-A"))) == ["met"]
    assert verdicts(circle_ledger(terms(R1=399), sites(A=397), links("R1-A"))) == ["short"]


def test_tolerance_may_be_none() -> None:
    circle = circle_ledger(terms(R1=1000), sites(A=999), links("R1-A"), tolerance=Decimal(0))
    assert verdicts(circle) == ["short"]


def test_facility_is_reserved_for_the_residence_it_was_built_for() -> None:
    # A has 50 m² and was built for R2, which cannot walk there; R1 gets what R2 leaves.
    counted = sites(A=5000)
    counted["serves_id"] = "R2"
    circle = circle_ledger(terms(R1=4000, R2=3000), counted, links("R1-A"))
    assert circle.residences["circle_m2"].tolist() == [20.0, 30.0]
    assert circle.residences["reserved_m2"].tolist() == [0.0, 30.0]
    assert verdicts(circle) == ["short", "met"]
    assert circle.facilities["reserved_m2"].tolist() == [30.0]
    assert circle.facilities["allocated_m2"].tolist() == [50.0]
    assert circle.links["allocated_m2"].tolist() == [20.0]


def test_reserved_parts_are_taken_in_the_order_of_ids() -> None:
    # R1 is owed 30 m²: A gives its 20, B the missing 10; B's other 10 are open to R2.
    counted = sites(B=2000, A=2000)
    counted["serves_id"] = "R1"
    circle = circle_ledger(terms(R1=3000, R2=3000), counted, links("R2-A", "R2-B"))
    assert circle.facilities["reserved_m2"].to_dict() == {"B": 10.0, "A": 20.0}
    assert circle.residences["circle_m2"].tolist() == [30.0, 10.0]


def test_own_floor_area_without_a_facility_is_for_the_residence_alone() -> None:
    table = terms(R1=3000, R2=3000)
    table["own_units"] = pd.array([5000, 1000], dtype="Int64")
    circle = circle_ledger(table, sites(), links())
    assert circle.residences["circle_m2"].tolist() == [30.0, 10.0]
    assert verdicts(circle) == ["met", "short"]


def test_own_floor_area_is_not_counted_beside_the_facility_that_it_is() -> None:
    table = terms(R1=3000).assign(own_units=pd.array([2000], dtype="Int64"))
    counted = sites(A=2000)
    counted["serves_id"] = "R1"
    assert circle_ledger(table, counted, links()).residences["circle_m2"].tolist() == [20.0]


def test_facility_for_an_unknown_residence_is_open_to_all() -> None:
    counted = sites(A=2000)
    counted["serves_id"] = "R9"
    assert verdicts(circle_ledger(terms(R1=2000), counted, links("R1-A"))) == ["met"]


def test_links_of_a_sites_other_rows_are_links_of_the_site() -> None:
    counted = sites(A=0, B=3000, C=0).assign(site="B")
    circle = circle_ledger(terms(R1=1000, R2=1000), counted, links("R1-A", "R1-C", "R2-A", "R2-B"))
    assert circle.residences["circle_m2"].tolist() == [10.0, 10.0]
    assert circle.residences["reachable_facilities"].tolist() == [1, 1]
    assert circle.links["allocated_m2"].tolist() == [10.0, 0.0, 0.0, 10.0]
    assert circle.facilities["allocated_m2"].tolist() == [0.0, 20.0, 0.0]
    assert circle.facilities["idle_m2"].tolist() == [0.0, 10.0, 0.0]


def test_unknown_area_is_no_data_for_whom_it_could_help() -> None:
    circle = circle_ledger(
        terms(R1=1000, R2=1000, R3=1000),
        sites(A=1000, B=None, C=500),
        links("R1-A", "R2-B", "R3-C"),
    )
    assert verdicts(circle) == ["met", "no_data", "short"]
    assert reasons(circle) == [None, "facility_area_unknown", None]
    assert circle.residences["unknown_facilities"].tolist() == [None, "B", None]
    assert math.isnan(circle.facilities.loc["B", "idle_m2"])


def test_unknown_area_helps_even_those_who_do_not_walk_there() -> None:
    # R1 and R2 share A (10 m²), half each; if B is large, R1 turns to B and R2 has A for itself.
    circle = circle_ledger(
        terms(R1=1000, R2=1000), sites(A=1000, B=None), links("R1-A", "R2-A", "R1-B")
    )
    assert verdicts(circle) == ["no_data", "no_data"]
    assert circle.residences["unknown_facilities"].tolist() == ["B", "B"]


def test_unknown_area_of_ones_own_facility_is_no_data() -> None:
    counted = sites(A=None)
    counted["serves_id"] = "R1"
    circle = circle_ledger(terms(R1=1000), counted, links())
    assert (verdicts(circle), reasons(circle)) == (["no_data"], ["facility_area_unknown"])


def test_unknown_households_draw_nothing_and_flag_their_component() -> None:
    circle = circle_ledger(
        terms(R1=1000, R2=None, R3=1000), sites(A=1000, B=1000), links("R1-A", "R2-A", "R3-B")
    )
    assert verdicts(circle) == ["met", "no_data", "met"]
    assert reasons(circle) == [None, "households_unknown", None]
    flag = "component_has_unknown_households"
    assert circle.residences["flags"].tolist() == [flag, flag, ""]
    assert math.isnan(circle.residences.loc["R2", "circle_shortage_m2"])


def known(table: pd.DataFrame, counted: pd.DataFrame, *unknown: str) -> Known:
    """Say of whom not all choices, and not all users, are given."""
    return Known(*(pd.Series(~part.index.isin(unknown), part.index) for part in (table, counted)))


def test_a_residence_that_may_walk_elsewhere_makes_who_shares_with_it_border_dependent() -> None:
    # R1 and R2 share A, which has as much as either asks for; R3 has B. R1 may need nothing of A.
    table, counted = terms(R1=1000, R2=1000, R3=1000), sites(A=1000, B=1000)
    given = known(table, counted, "R1")
    circle = circle_ledger(table, counted, links("R1-A", "R2-A", "R3-B"), known=given)
    assert verdicts(circle)[1:] == ["no_data", "met"]
    assert reasons(circle)[1:] == ["border_dependent", None]


def test_a_facility_that_strangers_may_use_makes_who_lives_off_it_border_dependent() -> None:
    table, counted = terms(R1=1000, R2=1000), sites(A=1000, B=1000)
    circle = circle_ledger(table, counted, links("R1-A", "R2-B"), known=known(table, counted, "A"))
    assert reasons(circle) == ["border_dependent", None]


def test_what_a_facility_holds_for_a_residence_no_stranger_gets() -> None:
    table, counted = terms(R1=1000), sites(A=3000)
    counted["serves_id"] = "R1"
    circle = circle_ledger(table, counted, links(), known=known(table, counted, "A"))
    assert verdicts(circle) == ["met"]


def test_where_all_is_known_there_is_no_doubt() -> None:
    table, counted = terms(R1=1000), sites(A=1000)
    assert verdicts(circle_ledger(table, counted, links("R1-A"), known=known(table, counted))) == [
        "met"
    ]


def test_doubts_that_only_turn_a_verdict_together_count() -> None:
    # R1 (who may walk elsewhere) and R2 drain A, of which R3 asks for all. R2 has all it asks for
    # if B has; R3 only if B has and R1 needs nothing of A: that is not certain without the border.
    table, counted = terms(R1=1000, R2=1000, R3=2000), sites(A=2000, B=None)
    walks, given = links("R1-A", "R2-A", "R3-A", "R2-B"), known(table, counted, "R1")
    assert reasons(circle_ledger(table, counted, walks))[2] is None
    circle = circle_ledger(table, counted, walks, known=given)
    assert reasons(circle)[1:] == ["facility_area_unknown", "border_dependent"]


def test_unsnapped_residence_is_no_data() -> None:
    table = terms(R1=1000, R2=1000)
    snapped = pd.Series([False, True], index=table.index)
    circle = circle_ledger(table, sites(A=1000), links("R2-A"), snapped=snapped)
    assert (verdicts(circle), reasons(circle)) == (["no_data", "met"], ["unsnapped", None])


def test_unsnapped_residence_with_enough_of_its_own_is_met() -> None:
    table = terms(R1=1000).assign(own_units=pd.array([1000], dtype="Int64"))
    snapped = pd.Series([False], index=table.index)
    assert verdicts(circle_ledger(table, sites(), links(), snapped=snapped)) == ["met"]


def test_residence_without_a_rule_is_not_asked_and_draws_nothing() -> None:
    table = terms(R1=0, R2=1000)
    table["asked"] = [False, True]
    circle = circle_ledger(table, sites(A=1000), links("R1-A", "R2-A"))
    assert verdicts(circle) == ["not_asked", "met"]


def test_links_to_nothing_known_are_an_error() -> None:
    with pytest.raises(TableError) as error:
        circle_ledger(terms(R1=1), sites(A=1), links("R9-A", "R1-Z"))
    assert error.value.problems == (
        "'residence_id' names nothing known: 'R9'.",
        "'facility_id' names nothing known: 'Z'.",
    )


@st.composite
def towns(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw towns where all can be: unknown, own, built for someone, on one site."""
    units = st.none() | st.integers(0, 60)
    homes = draw(st.dictionaries(st.sampled_from(["R1", "R2", "R3", "R4"]), units, min_size=1))
    places = draw(st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), units, min_size=1))
    table, counted = terms(**homes), sites(**places)
    owns = draw(st.lists(units, min_size=len(homes), max_size=len(homes)))
    table["own_units"] = pd.array(owns, dtype="Int64")
    someone = st.none() | st.sampled_from(sorted(homes))
    serves = draw(st.lists(someone, min_size=len(places), max_size=len(places)))
    counted["serves_id"] = pd.Series(serves, index=counted.index, dtype=object)
    pairs = [f"{home}-{place}" for home in homes for place in places]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    return table, counted, links(*chosen)


@settings(deadline=None, max_examples=60)
@given(towns())
def test_every_square_metre_is_accounted_for(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    table, counted, walked = town
    circle = circle_ledger(table, counted, walked)
    received = to_units(circle.residences["circle_m2"])
    reserved = to_units(circle.residences["reserved_m2"])
    allocated = to_units(circle.facilities["allocated_m2"])
    held = to_units(circle.facilities["reserved_m2"])
    along = to_units(circle.links["allocated_m2"])
    idle = to_units(circle.facilities["idle_m2"])
    short = to_units(circle.residences["circle_shortage_m2"])
    assert (allocated + idle).equals(counted["counted_units"])
    assert (received + short).equals(table["requirement_units"])
    assert allocated.sum() - held.sum() == along.sum() == received.sum() - reserved.sum()
    by_home = along.groupby(walked["residence_id"]).sum().reindex(table.index, fill_value=0)
    assert (by_home + reserved).tolist() == received.tolist()


@settings(deadline=None, max_examples=40)
@given(towns())
def test_order_of_rows_does_not_matter(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    table, counted, walked = town
    circle = circle_ledger(table, counted, walked)
    turned = circle_ledger(table.iloc[::-1], counted.iloc[::-1], walked.iloc[::-1])
    pd.testing.assert_frame_equal(turned.residences.iloc[::-1], circle.residences)
    pd.testing.assert_frame_equal(turned.facilities.iloc[::-1], circle.facilities)
    pd.testing.assert_frame_equal(turned.links.iloc[::-1], circle.links)
    pd.testing.assert_frame_equal(turned.clusters, circle.clusters)


@settings(deadline=None, max_examples=40)
@given(towns())
def test_what_is_reserved_never_idles(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    table, counted, walked = town
    reserved = to_units(circle_ledger(table, counted, walked).residences["reserved_m2"])
    built = counted["counted_units"].fillna(0).groupby(counted["serves_id"]).sum()
    owed = table["requirement_units"].fillna(0)
    own = table["own_units"].fillna(0)
    for home in table.index:
        has = built[home] if home in built.index else own[home]
        assert reserved[home] == min(has, owed[home])


@settings(deadline=None, max_examples=40)
@given(towns(), st.integers(1, 60))
def test_more_area_never_lowers_the_total(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], more: int
) -> None:
    table, counted, walked = town
    richer = counted.assign(counted_units=counted["counted_units"] + more)
    before = circle_ledger(table, counted, walked).residences["circle_m2"].sum()
    after = circle_ledger(table, richer, walked).residences["circle_m2"].sum()
    assert round(after * 100) >= round(before * 100)


def test_clusters_say_who_lacks_what_and_what_is_certain() -> None:
    # R1 has only A (1 of 4 m²); R2 and R3 share B (6 of 8 m²), R2 reaches A too; R4 has C, unknown.
    circle = circle_ledger(
        terms(R1=400, R2=400, R3=400, R4=100),
        sites(A=100, B=600, C=None, D=50),
        links("R1-A", "R2-A", "R2-B", "R3-B", "R4-C", "R4-D"),
    )
    table = circle.clusters
    assert table.index.tolist() == ["C1", "C2", "C3"]
    assert table["parent_id"].tolist() == [None, "C1", None]
    assert table["residence_ids"].tolist() == ["R1;R2;R3", "R1", "R4"]
    assert table["facility_ids"].tolist() == ["A;B", "A", "D"]
    assert table["shortage_m2"].tolist() == [5.0, 3.0, 0.5]
    assert table["proven"].tolist() == [True, True, False]
    assert circle.residences["cluster_id"].tolist() == ["C2", "C1", "C1", "C3"]
    assert circle.facilities["cluster_id"].tolist() == ["C2", "C1", None, "C3"]


@settings(deadline=None, max_examples=60)
@given(towns())
def test_outermost_clusters_and_the_unreachable_lack_all_that_is_missing(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    circle = circle_ledger(*town)
    short = to_units(circle.residences["circle_shortage_m2"])
    table = circle.clusters
    lack = to_units(table.loc[table["outermost"], "shortage_m2"]).sum()
    alone = circle.residences["cluster_id"].isna()
    assert (short[alone & (circle.residences["circle_m2"] > 0)] == 0).all()
    assert lack + short[alone].sum() == short.sum()
    listed = table[table["minimal"] | table["outermost"]]
    assert listed["residences"].tolist() == (listed["residence_ids"].str.count(";") + 1).tolist()


@settings(deadline=None, max_examples=60)
@given(towns(), st.integers(1, 60))
def test_more_area_lowers_nobodys_share_by_more_than_the_rounding(
    town: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], more: int
) -> None:
    table, counted, walked = town
    # What is reserved grows too, for its residence alone: leave it out of this law.
    counted = counted.assign(serves_id=pd.Series(None, index=counted.index, dtype=object))
    richer = counted.assign(counted_units=counted["counted_units"] + more)
    before = to_units(circle_ledger(table, counted, walked).residences["circle_m2"])
    after = to_units(circle_ledger(table, richer, walked).residences["circle_m2"])
    assert (after >= before - 1).all()
