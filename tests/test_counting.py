import math

import pandas as pd
import pytest

from lifecircle.standards.vocabulary import COMMUNITY_KINDS
from lifecircle.supply.counting import counted_area, unknown_serves_ids

ROW = {
    "kind": "day_care",
    "status": "operating",
    "floor": 1.0,
    "floor_area_m2": 300.0,
    "area_basis": None,
    "site_id": None,
    "serves_id": None,
    "delivered": None,
}


def facilities(**rows: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame({name: {**ROW, **row} for name, row in rows.items()}).T.infer_objects()
    numbers = table[["floor", "floor_area_m2"]].astype("float64")
    return table.assign(**{name: numbers[name] for name in numbers}).rename_axis("facility_id")


@pytest.mark.parametrize(
    ("row", "units", "reason", "flags"),
    [
        ({}, 30000, None, ""),
        ({"kind": "nursing_home"}, 0, "kind", ""),
        ({"kind": None}, 0, "kind", ""),
        ({"status": "planned"}, 0, "not_operating", ""),
        ({"status": "closed"}, 0, "not_operating", ""),
        ({"status": None}, 30000, None, "facility_status_unknown"),
        ({"floor": -1.0}, 0, "basement", ""),
        ({"floor": 0.0}, 30000, None, ""),
        ({"floor": 3.0}, 30000, None, ""),
        ({"floor": 4.0}, 0, "storey_too_high", ""),
        ({"floor": math.nan}, 30000, None, "storey_unknown"),
        ({"floor_area_m2": math.nan}, pd.NA, "area_unknown", ""),
        ({"floor_area_m2": 0.0}, 0, None, ""),
    ],
)
def test_what_counts(row: dict[str, object], units: int, reason: str | None, flags: str) -> None:
    counted = counted_area(facilities(A=row), kinds=COMMUNITY_KINDS, highest_floor=3).loc["A"]
    assert (counted["counted_units"], counted["reason"], counted["flags"]) == (units, reason, flags)


def test_planned_facility_counts_in_the_second_column() -> None:
    table = facilities(A={"status": "planned"}, B={"status": "closed"})
    counted = counted_area(table, kinds=COMMUNITY_KINDS, with_planned=True)
    assert counted["counted_units"].tolist() == [30000, 0]


def test_kinds_of_the_profile_decide() -> None:
    counted = counted_area(facilities(A={}, B={"kind": "nursery"}), kinds=["nursery"])
    assert counted["counted_units"].tolist() == [0, 30000]


def test_site_counts_once_by_its_largest_row() -> None:
    table = facilities(
        A={"site_id": "S", "floor_area_m2": 200.0}, B={"site_id": "S"}, C={"site_id": "S"}
    )
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["counted_units"].tolist() == [0, 30000, 0]
    assert counted["site"].tolist() == ["B", "B", "B"]
    assert counted["reason"].tolist() == ["site_counted_once", None, "site_counted_once"]
    assert set(counted["flags"]) == {"site_areas_differ"}


def test_inadmissible_row_does_not_stand_for_its_site() -> None:
    table = facilities(A={"site_id": "S", "kind": "nursing_home", "floor_area_m2": 9000.0}, B={})
    table["site_id"] = "S"
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["counted_units"].tolist() == [0, 30000]
    assert counted["site"].tolist() == [None, "B"]
    assert set(counted["flags"]) == {""}


def test_known_row_speaks_for_a_site_with_an_unknown_one() -> None:
    table = facilities(A={"site_id": "S", "floor_area_m2": math.nan}, B={"site_id": "S"})
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["counted_units"].tolist() == [0, 30000]
    assert counted["reason"].tolist() == ["site_counted_once", None]


def test_site_of_unknown_rows_is_unknown_once() -> None:
    table = facilities(B={"site_id": "S"}, A={"site_id": "S"}).assign(floor_area_m2=math.nan)
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["counted_units"].tolist() == [0, pd.NA]
    assert counted["reason"].tolist() == ["site_counted_once", "area_unknown"]


def test_site_takes_serves_id_and_delivery_from_its_other_rows() -> None:
    table = facilities(
        A={"site_id": "S"}, B={"site_id": "S", "serves_id": "R1", "delivered": "built"}
    )
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["serves_id"].tolist() == ["R1", None]
    assert counted["delivered"].tolist() == ["built", None]


def test_site_that_serves_two_residences_is_flagged() -> None:
    table = facilities(A={"site_id": "S", "serves_id": "R2"}, B={"site_id": "S", "serves_id": "R1"})
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    assert counted["serves_id"].tolist() == ["R2", None]
    assert set(counted["flags"]) == {"site_serves_several"}


def test_gross_and_usable_areas_beside_each_other_are_flagged() -> None:
    table = facilities(A={"area_basis": "gross"}, B={"area_basis": "usable"}, C={})
    flags = counted_area(table, kinds=COMMUNITY_KINDS)["flags"]
    assert flags.tolist() == ["area_basis_mixed", "area_basis_mixed", ""]


def test_one_basis_is_not_flagged() -> None:
    table = facilities(A={"area_basis": "gross"}, B={"kind": "other", "area_basis": "usable"})
    assert set(counted_area(table, kinds=COMMUNITY_KINDS)["flags"]) == {""}


def test_order_of_rows_does_not_matter_and_the_table_is_left_alone() -> None:
    table = facilities(
        A={"site_id": "S"}, B={"site_id": "S"}, C={"site_id": "T", "serves_id": "R"}, D={}
    )
    before = table.copy()
    counted = counted_area(table, kinds=COMMUNITY_KINDS)
    turned = counted_area(table.iloc[::-1], kinds=COMMUNITY_KINDS)
    pd.testing.assert_frame_equal(turned.iloc[::-1], counted)
    pd.testing.assert_frame_equal(table, before)


def test_no_facilities_count_nothing() -> None:
    assert counted_area(facilities(A={}).iloc[:0], kinds=COMMUNITY_KINDS).empty


def test_facility_for_an_unknown_residence_is_listed() -> None:
    table = facilities(A={"serves_id": "R1"}, B={"serves_id": "R9"}, C={})
    strays = unknown_serves_ids(table, pd.DataFrame(index=["R1"]))
    assert strays.to_dict() == {"B": "R9"}
