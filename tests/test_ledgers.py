import math

import pandas as pd
import pytest

from lifecircle.supply.ledgers import final_verdict, own_ledger

NA = pd.NA


def terms(**rows: dict[str, object]) -> pd.DataFrame:
    """Every residence is new and is owed 40 m², unless said otherwise."""
    plain = {
        "rule_id": "new",
        "clause": "1",
        "ledger": "own",
        "asked": True,
        "reason": None,
        "requirement_units": 4000,
        "own_units": NA,
        "min_site_units": 0,
        "pool_id": None,
    }
    table = pd.DataFrame([{**plain, **row} for row in rows.values()], index=list(rows))
    units = ["requirement_units", "own_units"]
    return table.astype({"asked": bool, **dict.fromkeys(units, "Int64")})


def counted(**rows: dict[str, object]) -> pd.DataFrame:
    """Every facility has 40 m², serves R1 and is handed over, unless said otherwise."""
    plain = {"counted_units": 4000, "serves_id": "R1", "delivered": "handed_over"}
    columns = ["counted_units", "site", "serves_id", "delivered"]
    table = pd.DataFrame(
        [{"site": name, **plain, **row} for name, row in rows.items()],
        index=list(rows),
        columns=columns,
    )
    return table.astype({"counted_units": "Int64"})


NOTHING = counted()


def own(
    residences: pd.DataFrame, now: pd.DataFrame, later: pd.DataFrame | None = None
) -> pd.Series:
    return own_ledger(residences, now, now if later is None else later).iloc[0]


def test_area_built_for_the_residence_meets_it() -> None:
    row = own(terms(R1={}), counted(A={"counted_units": 1500}, B={"counted_units": 2500}))
    assert (row["own_m2"], row["own_verdict"], row["own_shortage_m2"]) == (40.0, "met", 0.0)


def test_one_hundredth_of_a_square_metre_less_is_short() -> None:
    row = own(terms(R1={}), counted(A={"counted_units": 3999}))
    assert (row["own_verdict"], row["own_shortage_m2"]) == ("short", 0.01)


def test_area_of_others_does_not_count() -> None:
    row = own(terms(R1={"own_units": 0}), counted(A={"serves_id": "R2"}, B={"serves_id": None}))
    assert (row["own_m2"], row["own_verdict"], row["own_shortage_m2"]) == (0.0, "short", 40.0)


def test_own_floor_area_stands_in_where_no_facility_serves() -> None:
    assert own(terms(R1={"own_units": 4000}), NOTHING)["own_verdict"] == "met"


def test_facilities_count_where_the_residence_says_otherwise() -> None:
    row = own(terms(R1={"own_units": 9000}), counted(A={"counted_units": 1000}))
    assert (row["own_m2"], row["own_verdict"]) == (10.0, "short")
    assert row["flags"] == "own_area_differs"


def test_agreeing_numbers_are_not_flagged() -> None:
    assert own(terms(R1={"own_units": 4000}), counted(A={}))["flags"] == ""


@pytest.mark.parametrize("delivered", ["planned", "built", "accepted"])
def test_area_not_handed_over_is_pending(delivered: str) -> None:
    row = own(terms(R1={}), counted(A={"delivered": delivered}))
    assert (row["own_m2"], row["own_pending_m2"], row["own_verdict"]) == (0.0, 40.0, "short")


def test_unknown_delivery_counts_and_is_flagged() -> None:
    row = own(terms(R1={}), counted(A={"delivered": None}))
    assert (row["own_verdict"], row["flags"]) == ("met", "delivery_unknown")


def test_planned_facility_is_pending_beside_what_the_residence_has() -> None:
    row = own(terms(R1={"own_units": 1000}), NOTHING, counted(A={"counted_units": 3000}))
    assert (row["own_m2"], row["own_pending_m2"], row["own_verdict"]) == (10.0, 30.0, "short")


def test_a_planned_facility_alone_says_that_nothing_is_handed_over_yet() -> None:
    row = own(terms(R1={}), NOTHING, counted(P={"delivered": "built"}))
    assert (row["own_m2"], row["own_pending_m2"], row["own_verdict"]) == (0.0, 40.0, "short")


def test_pending_area_counts_when_asked_for() -> None:
    later = counted(A={"counted_units": 3000})
    table = own_ledger(terms(R1={"own_units": 1000}), NOTHING, later, pending_counts=True)
    assert table.loc["R1", "own_verdict"] == "met"


def test_unknown_own_area_is_no_data() -> None:
    row = own(terms(R1={}), NOTHING)
    assert (row["own_verdict"], row["own_reason"]) == ("no_data", "own_area_unknown")
    assert math.isnan(row["own_m2"])
    assert math.isnan(row["own_shortage_m2"])


def test_unknown_area_of_a_facility_is_no_data() -> None:
    row = own(terms(R1={}), counted(A={"counted_units": NA}, B={"counted_units": 100}))
    assert (row["own_verdict"], row["own_reason"]) == ("no_data", "facility_area_unknown")
    assert row["unknown_facilities"] == "A"


def test_unknown_area_of_a_planned_facility_is_no_data_once_it_counts() -> None:
    residences, later = terms(R1={"own_units": 0}), counted(P={"counted_units": NA})
    now = own_ledger(residences, NOTHING, later).loc["R1"]
    then = own_ledger(residences, NOTHING, later, pending_counts=True).loc["R1"]
    assert (now["own_verdict"], now["unknown_facilities"]) == ("short", None)
    assert then["own_reason"] == "facility_area_unknown"
    assert then["unknown_facilities"] == "P"


def test_unknown_area_does_not_matter_where_the_known_suffices() -> None:
    row = own(terms(R1={}), counted(A={"counted_units": NA}, B={}))
    assert (row["own_verdict"], row["own_reason"], row["own_shortage_m2"]) == ("met", None, 0.0)


def test_unknown_requirement_is_no_data() -> None:
    row = own(terms(R1={"requirement_units": NA, "reason": "households_unknown"}), counted(A={}))
    assert (row["own_verdict"], row["own_reason"]) == ("no_data", "households_unknown")


def test_nothing_owed_is_met() -> None:
    assert own(terms(R1={"requirement_units": 0}), NOTHING)["own_verdict"] == "met"


def test_residence_without_a_rule_is_not_asked() -> None:
    row = own(terms(R1={"asked": False, "requirement_units": 0}), NOTHING)
    assert (row["own_verdict"], row["own_reason"]) == ("not_asked", None)


def test_site_below_the_minimum_counts_nothing() -> None:
    row = own(terms(R1={"min_site_units": 35000}), counted(A={}))
    assert (row["own_m2"], row["own_verdict"]) == (0.0, "short")
    assert (row["own_shortage_m2"], row["flags"]) == (40.0, "site_below_minimum")


def test_own_area_below_the_minimum_counts_nothing() -> None:
    row = own(terms(R1={"min_site_units": 35000, "own_units": 4000}), NOTHING)
    assert (row["own_m2"], row["flags"]) == (0.0, "site_below_minimum")


def test_parts_of_a_pools_site_are_measured_together() -> None:
    half = {"min_site_units": 35000, "own_units": 20000, "pool_id": "P"}
    table = own_ledger(terms(R1=half, R2=half), NOTHING, NOTHING)
    assert table["own_m2"].tolist() == [200.0, 200.0]


def test_pool_is_judged_as_one_sum() -> None:
    table = own_ledger(
        terms(R1={"pool_id": "P"}, R2={"pool_id": "P", "own_units": 0}, R3={"own_units": 0}),
        counted(A={"counted_units": 8000}),
        NOTHING,
    )
    assert table["own_verdict"].tolist() == ["met", "met", "short"]
    assert table["own_shortage_m2"].tolist() == [0.0, 0.0, 40.0]


def test_shortage_of_a_pool_adds_up() -> None:
    # R3 has 30 m² more than it owes; R1 lacks 40 and R2 40: 50 are missing in all.
    pool = {"pool_id": "P", "own_units": 0}
    table = own_ledger(terms(R2=pool, R1=pool, R3={**pool, "own_units": 7000}), NOTHING, NOTHING)
    assert table["own_verdict"].tolist() == ["short"] * 3
    assert table["own_shortage_m2"].to_dict() == {"R1": 10.0, "R2": 40.0, "R3": 0.0}


def test_unknown_member_leaves_a_pool_open_only_if_it_could_turn_it() -> None:
    unknown = {"pool_id": "P", "requirement_units": NA, "reason": "households_unknown"}
    rich = own_ledger(
        terms(R1={"pool_id": "P", "own_units": 9000}, R2={**unknown, "own_units": 0}),
        NOTHING,
        NOTHING,
    )
    poor = own_ledger(
        terms(R1={"pool_id": "P", "own_units": 0}, R2={**unknown, "own_units": 0}), NOTHING, NOTHING
    )
    assert rich["own_verdict"].tolist() == ["no_data", "no_data"]
    assert rich["own_reason"].tolist() == ["households_unknown"] * 2
    assert poor["own_verdict"].tolist() == ["short", "no_data"]
    assert poor["own_shortage_m2"].isna().all()


def test_order_of_rows_does_not_matter_and_the_tables_are_left_alone() -> None:
    residences = terms(R1={}, R2={"pool_id": "P", "own_units": 0}, R3={"pool_id": "P"})
    facilities = counted(A={"counted_units": 500}, B={}, C={"serves_id": "R3", "delivered": None})
    before = residences.copy(), facilities.copy()
    table = own_ledger(residences, facilities, facilities)
    turned = own_ledger(residences.iloc[::-1], facilities.iloc[::-1], facilities)
    pd.testing.assert_frame_equal(turned.iloc[::-1], table)
    pd.testing.assert_frame_equal(residences, before[0])
    pd.testing.assert_frame_equal(facilities, before[1])


OWN = pd.DataFrame(
    {
        "own_verdict": ["short", "no_data"],
        "own_reason": [None, "own_area_unknown"],
        "own_shortage_m2": [5.0, math.nan],
    },
    index=["R1", "R2"],
)
CIRCLE = pd.DataFrame(
    {"circle_verdict": "met", "circle_reason": None, "circle_shortage_m2": 0.1}, index=["R1", "R2"]
)


def test_the_ledger_of_the_rule_gives_the_verdict() -> None:
    final = final_verdict(terms(R1={}, R2={"ledger": "circle"}), OWN, CIRCLE)
    assert final["verdict"].tolist() == ["short", "met"]
    assert final["shortage_m2"].tolist() == [5.0, 0.1]
    assert final["ledger"].tolist() == ["own", "circle"]
    assert final["requirement_m2"].tolist() == [40.0, 40.0]


def test_reason_comes_with_the_verdict() -> None:
    final = final_verdict(terms(R1={}, R2={}), OWN, CIRCLE)
    assert final["reason"].tolist() == [None, "own_area_unknown"]
    assert math.isnan(final.loc["R2", "shortage_m2"])


def test_a_study_may_name_one_ledger_for_all() -> None:
    final = final_verdict(terms(R1={}, R2={}), OWN, CIRCLE, ledger="circle")
    assert final["verdict"].tolist() == ["met", "met"]
    assert final["ledger"].tolist() == ["circle", "circle"]


def test_status_without_a_rule_stays_not_asked_in_any_ledger() -> None:
    unasked = {"asked": False, "ledger": None, "requirement_units": 0, "rule_id": None}
    for ledger in (None, "own", "circle"):
        final = final_verdict(terms(R1=unasked, R2={}), OWN, CIRCLE, ledger=ledger).loc["R1"]
        assert (final["verdict"], final["ledger"], final["shortage_m2"]) == ("not_asked", None, 0.0)


def test_unknown_status_is_no_data() -> None:
    unknown = {"ledger": None, "reason": "status_unknown", "requirement_units": NA}
    final = final_verdict(terms(R1=unknown, R2={}), OWN, CIRCLE).loc["R1"]
    assert (final["verdict"], final["reason"]) == ("no_data", "status_unknown")
