"""Each measure on a few rows, worked out by hand."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lifecircle.standards.evidence import Evidence, gathered
from lifecircle.standards.indicators import indicator_table, zone_indicator_table
from lifecircle.standards.model import Standard

NONE = float("nan")


def zones() -> pd.DataFrame:
    """Lay out a district of two streets and one township with one village, a rural one."""
    rows = {
        "D": ("District", "district", "county", True, 10_000.0, 2000.0, "D", None, None, None),
        "S1": ("East", "street", None, True, 4000.0, 900.0, "D", "S1", None, None),
        "S2": ("West", "street", None, True, 3000.0, 700.0, "D", "S2", None, None),
        "T1": ("Hill", "township", None, None, 3000.0, NONE, "D", None, "T1", None),
        "V1": ("Brook", "village", None, False, NONE, NONE, "D", None, "T1", "V1"),
    }
    columns = ["name", "level", "county_kind", "urban", "population", "older_60"]
    columns += [f"{level}_id" for level in ("district", "street", "township", "village")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).assign(resettlement=None)


def residences(**changes: object) -> pd.DataFrame:
    """R1 and R2 in the east, R3 in the west, R4 in the village."""
    table = pd.DataFrame(
        {
            "name": ["R1", "R2", "R3", "R4"],
            "status": ["new", "existing", "existing", "new"],
            "households": [100.0, 300.0, 200.0, 400.0],
            "population": [250.0, 800.0, 500.0, 1000.0],
            "older_60": [50.0, 200.0, 100.0, 300.0],
            "snapped": True,
            "own_land_m2": [25.0, 79.99, 0.0, NONE],
            "rule_id": None,
            "ledger": None,
            "reason": None,
            "verdict": "not_asked",
            "verdict_with_planned": "not_asked",
            "shortage_m2": 0.0,
            "shortage_m2_with_planned": 0.0,
            "own_verdict": "not_asked",
            "own_m2": [20.0, NONE, NONE, 79.0],
            "own_pending_m2": 0.0,
            "district_id": "D",
            "street_id": ["S1", "S1", "S2", None],
            "township_id": [None, None, None, "T1"],
            "village_id": [None, None, None, "V1"],
        },
        index=["R1", "R2", "R3", "R4"],
    )
    return table.assign(**changes)


FACILITIES = {
    # kind, functions, labels, operator, status, beds, nursing, places, floor, site, year, where
    "F1": ("street_centre", "day_care;home_service", "public_interest", "public", "operating",
           50.0, 30.0, NONE, 1.0, "P", 2015.0, "S1"),
    "F2": ("canteen", "guidance", None, "public", "operating",
           NONE, NONE, NONE, 1.0, "P", 2015.0, "S1"),
    "F3": ("nursing_home", None, "public_interest", "private", "operating",
           150.0, 60.0, NONE, 1.0, None, 2021.0, "S2"),
    "F4": ("nursery", None, "inclusive;demonstration", "private", "operating",
           NONE, NONE, 30.0, 2.0, None, 2022.0, "S2"),
    "F5": ("day_care", None, None, "public", "planned",
           NONE, NONE, NONE, 1.0, None, 2027.0, "S2"),
    "F6": ("canteen", None, None, "public", "operating",
           NONE, NONE, NONE, -1.0, None, 2019.0, "S2"),
    "F7": ("nursing_home", None, None, "public", "operating",
           40.0, 10.0, NONE, 1.0, None, NONE, "T1"),
    "F8": ("rural_mutual_aid", None, None, "public", "closed",
           NONE, NONE, NONE, 1.0, None, 2010.0, "T1"),
}  # fmt: skip


def facilities(**changes: object) -> pd.DataFrame:
    names = ["kind", "functions", "labels", "operator", "status", "beds", "nursing_beds"]
    names += ["nursery_places", "floor", "site_id", "open_year", "where"]
    table = pd.DataFrame.from_dict(FACILITIES, orient="index", columns=names)
    rural = table["where"].eq("T1")
    return table.assign(
        name=table.index,
        serves_id=None,
        land_area_m2=NONE,
        district_id="D",
        street_id=table["where"].where(~rural, None),
        township_id=table["where"].where(rural, None),
        village_id=np.where(rural, "V1", None),
    ).assign(**changes)


def links() -> pd.DataFrame:
    """R1 walks 5 minutes to F1, R2 15 minutes; R3 only to the home F3 and the planned F5."""
    rows = [
        ("R1", "F1", 300_000),
        ("R2", "F1", 900_000),
        ("R3", "F3", 1000),
        ("R3", "F5", 1000),
        ("R3", "F6", 1000),
    ]
    table = pd.DataFrame(rows, columns=["residence_id", "facility_id", "ms"])
    return table.join(facilities()[["kind", "status", "floor"]], on="facility_id")


def evidence(**changes: object) -> Evidence:
    given: dict[str, object] = {
        "residences": residences(),
        "facilities": facilities(),
        "zones": zones(),
        "links": links(),
        "walk_minutes": 15.0,
        **changes,
    }
    return gathered(given.pop("residences"), given.pop("facilities"), **given)


def standard(measure: str, limit: float | None = 100, **rule: object) -> Standard:
    known = {"comparison", "nature", "base", "scope", "unit"}
    own = {key: value for key, value in rule.items() if key in known}
    arguments = {key: value for key, value in rule.items() if key not in known}
    both = {"zh": "题", "en": "Title"}
    one = {"id": "a", "title": both, "reading": both, "unit": "%", "measure": measure, **own}
    number = {} if limit is None else {"limit": Decimal(str(limit))}
    rules = [{**one, **number, "arguments": arguments}]
    return Standard.model_validate({"id": "s", "title": both, "status": "unknown", "rules": rules})


def row(measure: str, limit: float | None = 100, *, given: Evidence | None = None,
        **rule: object) -> pd.Series:  # fmt: skip
    table = indicator_table(standard(measure, limit, **rule), given or evidence())
    return table.iloc[0]


def told(indicator: pd.Series) -> list[object]:
    return [indicator[name] for name in ("value", "verdict", "distance", "distance_names")]


# --- zones with a facility ---------------------------------------------------------------------


def test_one_street_of_two_has_a_centre() -> None:
    found = row("zones_with_facility", levels=["street"], kinds=["street_centre"])
    assert told(found) == [50, "not_met", 1, "West"]
    assert found["distance_in"] == "street"


def test_streets_and_townships_are_asked_together() -> None:
    found = row(
        "zones_with_facility", 60, levels=["street", "township"], kinds=["nursing_home"]
    )  # West and Hill of three: 66.7 %
    assert told(found) == [pytest.approx(200 / 3), "met", 0, ""]


def test_functions_of_one_site_are_taken_together() -> None:
    wanted = ["day_care", "home_service", "guidance"]  # F1 has two, F2 on its site the third
    found = row("zones_with_facility", levels=["street"], functions=wanted)
    assert told(found) == [50, "not_met", 1, "West"]


def test_a_day_care_centre_offers_day_care_and_planned_ones_stand_beside() -> None:
    found = row("zones_with_facility", levels=["street"], functions=["day_care"])
    assert found["value"] == 50  # F1 by its list
    assert (found["value_with_planned"], found["verdict_with_planned"]) == (100, "met")  # F5


def test_a_basement_does_not_count() -> None:
    found = row("zones_with_facility", levels=["street"], kinds=["canteen"])
    assert told(found) == [50, "not_met", 1, "West"]  # F6 stands in one


def test_a_closed_home_is_a_place_without() -> None:
    found = row("zones_with_facility", 80, levels=["village"], kinds=["rural_mutual_aid"])
    assert told(found) == [0, "not_met", 1, "Brook"]


def test_rural_villages_only() -> None:
    found = row("zones_with_facility", levels=["village"], kinds=["nursing_home"], setting="rural")
    assert told(found)[:2] == [100, "met"]
    none = row("zones_with_facility", levels=["village"], kinds=["nursing_home"], setting="urban")
    assert (none["verdict"], none["missing"]) == ("no_data", "zones.level = village")


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ({"levels": ["community"], "kinds": ["canteen"]}, "zones.level = community"),
        ({"levels": ["street"], "kinds": ["elder_school"]}, "facilities.kind = elder_school"),
        ({"levels": ["street"], "kinds": ["nursery"], "resettlement": True}, "zones.resettlement"),
    ],
)
def test_what_a_study_lacks_is_said_and_is_no_error(
    arguments: dict[str, object], missing: str
) -> None:
    found = row("zones_with_facility", **arguments)
    assert (found["verdict"], found["missing"]) == ("no_data", missing)


def test_without_any_function_in_the_list_a_zone_with_sites_is_undecided() -> None:
    given = evidence(facilities=facilities(functions=None))
    found = row("zones_with_facility", levels=["street"], functions=["guidance"], given=given)
    assert (found["verdict"], found["missing"]) == ("no_data", "facilities.functions")


def test_counties_of_unknown_kind_are_undecided() -> None:
    given = evidence(zones=zones().assign(county_kind=None))
    asked = {"levels": ["district"], "county_kinds": ["county"], "kinds": ["nursing_home"]}
    assert row("zones_with_facility", **asked)["verdict"] == "met"
    found = row("zones_with_facility", given=given, **asked)
    assert (found["verdict"], found["missing"]) == ("no_data", "zones.county_kind")


def test_two_are_more_than_one() -> None:
    asked = {"levels": ["district"], "kinds": ["nursing_home"]}
    assert row("zones_with_facility", count=2, **asked)["verdict"] == "met"
    assert row("zones_with_facility", count=3, **asked)["verdict"] == "not_met"


# --- who is served -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "value", "lacking"),
    [
        ("households", 40, 600),  # R1 and R2: 400 of 1000
        ("population", 1050 / 2550 * 100, 1500),
        ("older_60", 250 / 650 * 100, 400),
        ("residences", 50, 2),
    ],
)
def test_share_served(of: str, value: float, lacking: int) -> None:
    found = row("served_share", of=of)
    assert told(found) == [pytest.approx(value), "not_met", lacking, "R3; R4"]
    assert found["distance_in"] == of


def test_fewer_minutes_serve_fewer_and_the_limit_is_inclusive() -> None:
    assert row("served_share", minutes=15)["value"] == 40
    assert row("served_share", minutes=14.99)["value"] == 10
    found = row("served_share", minutes=16)
    assert (found["verdict"], found["missing"]) == ("no_data", "walk.minutes >= 16")


def test_without_streets_nobody_knows() -> None:
    found = row("served_share", given=evidence(walk_minutes=None))
    assert (found["verdict"], found["missing"]) == ("no_data", "streets")
    assert np.isnan(found["value"])


def test_a_planned_day_care_centre_would_serve_r3() -> None:
    assert row("served_share")["value_with_planned"] == 60


def test_a_zone_is_served_if_all_its_households_are() -> None:
    found = row("served_share", of="zones", levels=["street"])
    assert told(found) == [50, "not_met", 1, "West"]
    most = {"of": "zones", "levels": ["district"], "zone_min_share": "0.4"}
    assert row("served_share", **most)["verdict"] == "met"  # 400 of 1000
    assert row("served_share", **{**most, "zone_min_share": "0.41"})["verdict"] == "not_met"


def test_an_unplaced_residence_may_be_served_or_not() -> None:
    given = evidence(residences=residences(snapped=[True, True, True, False]))
    # R4's 400 households may be served: 40 % at least, 80 % at most, 66.7 % of the known.
    assert row("served_share", 40, given=given)["verdict"] == "met"
    assert row("served_share", 81, given=given)["verdict"] == "not_met"
    found = row("served_share", 70, given=given)
    assert (found["verdict"], found["value"]) == ("no_data", pytest.approx(200 / 3))
    assert found["missing"] == "residences: on the network"


def test_unknown_households_keep_a_share_from_being_met_but_not_from_failing() -> None:
    given = evidence(residences=residences(households=[100.0, NONE, 200.0, 400.0]))
    found = row("served_share", 100, given=given)
    assert (found["verdict"], found["missing"]) == ("not_met", "residences.households")
    assert row("served_share", 10, given=given)["verdict"] == "no_data"


def test_a_list_names_whom_it_asks_and_has_no_verdict() -> None:
    found = row("served_share", None, of="residences", status="existing", nature="list")
    assert (found["verdict"], found["not_judged"]) == ("not_judged", "list")
    assert found["distance_names"] == "R3"


# --- places ------------------------------------------------------------------------------------


def test_beds_per_1000_older_people_use_the_zones_own_people() -> None:
    found = row("places_per_1000", 125, numerator="beds", group="older_60", unit="beds")
    assert told(found)[:3] == [120, "not_met", 10]  # 240 beds, 2000 people; 250 are asked
    assert (found["numerator"], found["denominator"]) == (240, 2000)


def test_unknown_beds_can_only_add() -> None:
    beds = facilities()["beds"].mask(facilities().index == "F7")
    given = evidence(facilities=facilities(beds=beds))
    asked = {"numerator": "beds", "group": "older_60", "unit": "beds", "given": given}
    assert row("places_per_1000", 100, **asked)["verdict"] == "met"  # 200 known beds
    found = row("places_per_1000", 101, **asked)
    assert (found["verdict"], found["missing"]) == ("no_data", "facilities.beds: F7")


def test_people_unknown_at_the_widest_level_are_summed_over_the_next() -> None:
    table = zones()
    table.loc["D", "population"] = NONE
    found = row("places_per_1000", 3, numerator="nursery_places", group="population",
                unit="places", given=evidence(zones=table))  # fmt: skip
    assert found["denominator"] == 7000  # the streets know theirs


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"part": "nursing"}, 100 / 240),
        ({"part": "private"}, 150 / 240),
        ({"part": "government"}, 90 / 240),
        ({"part": "public_interest"}, 200 / 240),
        ({"part": "inclusive", "of": "nursery_places"}, 1),
        ({"part": "nursing", "kinds": ["nursing_home"]}, 70 / 190),
        ({"part": "nursing", "kinds": ["nursing_home"], "setting": "rural"}, 10 / 40),
        ({"part": "nursing", "operators": ["public"]}, 40 / 90),
    ],
)
def test_share_of_beds(arguments: dict[str, object], value: float) -> None:
    assert row("share_of_beds", 50, **arguments)["value"] == pytest.approx(value * 100)


def test_exactly_the_limit_is_met_and_over_it_is_more() -> None:
    assert row("share_of_beds", 62.5, part="private")["verdict"] == "met"
    assert row("share_of_beds", 62.5, part="private", comparison=">")["verdict"] == "not_met"
    found = row("share_of_beds", 62.5, part="private", comparison=">")
    assert (found["distance"], found["distance_in"]) == (1, "beds")


def test_at_most() -> None:
    assert row("share_of_beds", 37.5, part="government", comparison="<=")["verdict"] == "met"
    found = row("share_of_beds", 30, part="government", comparison="<=")
    assert told(found)[1:3] == ["not_met", 18]  # 90 beds where 72 may be


def test_one_blank_operator_makes_the_share_unknown() -> None:
    operator = facilities()["operator"].mask(facilities().index == "F3")
    found = row("share_of_beds", 1, part="private",
                given=evidence(facilities=facilities(operator=operator)))  # fmt: skip
    assert (found["verdict"], found["missing"]) == ("no_data", "facilities.operator: F3")


def test_each_street_must_reach_the_share_by_itself() -> None:
    found = row("share_of_beds", 50, part="nursing", each="street")
    assert told(found) == [40, "not_met", 1, "West"]  # East has 60 %, West 40 %
    assert row("share_of_beds", 40, part="nursing", each="street")["verdict"] == "met"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"kinds": ["nursing_home"]}, 2),
        ({"of": "beds"}, 240),
        ({"of": "beds", "since": 2021}, 150),
        ({"labels": ["public_interest"]}, 2),
        ({"kinds": ["street_centre", "canteen"]}, 1),  # one site in two rows; F6 in a basement
        ({"of": "nursery_places", "labels": ["inclusive"], "since": 2022}, 30),
        ({"kinds": ["nursing_home"], "setting": "rural"}, 1),
    ],
)
def test_count(arguments: dict[str, object], value: float) -> None:
    assert row("count_at_least", 1000, unit="beds", **arguments)["value"] == value


def test_a_home_of_unknown_year_may_be_new() -> None:
    asked = {"of": "beds", "since": 2021, "unit": "beds"}
    assert row("count_at_least", 150, **asked)["verdict"] == "met"
    found = row("count_at_least", 190, **asked)
    assert (found["verdict"], found["missing"]) == ("no_data", "facilities.open_year: F7")
    assert row("count_at_least", 191, **asked)["verdict"] == "not_met"


def test_a_number_for_a_whole_city_is_not_judged_in_a_part() -> None:
    found = row("count_at_least", 1, unit="beds", of="beds", scope={"level": "city"})
    assert (found["value"], found["verdict"]) == (240, "not_judged")
    assert found["not_judged"] == "part_of:city"
    inside = row("count_at_least", 1, unit="beds", of="beds", scope={"level": "district"})
    assert inside["verdict"] == "met"


# --- residences --------------------------------------------------------------------------------


def test_land_is_that_of_all_residents_and_each_residence_must_have_it() -> None:
    asked = {"unit": "m² per resident", "status": "existing"}
    found = row("land_per_resident", 0.1, **asked)
    # R2: 79.99 of 80 m², R3: 0 of 50 m².
    assert told(found) == [pytest.approx(79.99 / 1300), "not_met", pytest.approx(50.01), "R2; R3"]


def test_a_tenth_of_250_is_25() -> None:
    given = evidence(residences=residences().loc[["R1"]])
    assert row("land_per_resident", 0.1, unit="m²", status="new", given=given)["verdict"] == "met"


def test_unknown_land_is_no_data() -> None:
    found = row("land_per_resident", 0.1, unit="m² per resident", status="new")
    assert (found["verdict"], found["missing"]) == ("no_data", "residences.own_land_m2")


def test_land_of_the_facilities_built_for_a_residence_goes_before_its_own_column() -> None:
    built = facilities(serves_id=["R3", "R3", *[None] * 6]).assign(
        land_area_m2=[50.0, 40.0, *[NONE] * 6]
    )  # one site: 50 m² once
    given = evidence(facilities=built, residences=residences().loc[["R3"]])
    found = row("land_per_resident", 0.1, unit="m²", status="existing", given=given)
    assert (found["verdict"], found["numerator"]) == ("met", 50)


def test_new_areas_without_any_rate_are_no_data_and_the_studys_own_is_taken() -> None:
    found = row("new_areas_meeting")
    assert (found["verdict"], found["missing"]) == (
        "no_data",
        "study.new_area_m2_per_100_households",
    )
    given = evidence(new_area_m2_per_100_households=20.0)
    assert told(row("new_areas_meeting", given=given)) == [50, "not_met", 1, "R4"]  # 79 of 80 m²


# --- figures -----------------------------------------------------------------------------------


def test_the_latest_figure_is_taken_with_its_source_and_progress() -> None:
    figures = pd.DataFrame(
        {
            "key": ["visits", "visits", "other"],
            "value": [60.0, 70.0, 1.0],
            "year": [2023.0, 2024.0, 2024.0],
            "source": ["民政局", "民政局年报", None],
        }
    )
    found = row("reported", key="visits", base=40, given=evidence(statistics=figures))
    assert told(found)[:3] == [70, "not_met", 30]
    assert (found["source"], found["progress_share"]) == ("民政局年报, 2024", 0.5)
    none = row("reported", key="missing_one", given=evidence(statistics=figures))
    assert (none["verdict"], none["missing"]) == ("no_data", "statistics.missing_one")


@pytest.mark.parametrize(
    ("comparison", "limit", "verdict"),
    [("=", 70, "met"), ("=", 71, "not_met"), ("about", 70, "not_judged"), ("<=", 69, "not_met")],
)
def test_comparisons(comparison: str, limit: float, verdict: str) -> None:
    figures = pd.DataFrame({"key": ["a"], "value": [70.0], "year": [NONE], "source": [None]})
    found = row("reported", limit, key="a", comparison=comparison,
                given=evidence(statistics=figures))  # fmt: skip
    assert (found["verdict"], found["source"]) == (verdict, "statistics")


# --- zone by zone ------------------------------------------------------------------------------


def test_zones_have_the_same_measures() -> None:
    asked = standard("places_per_1000", 60, numerator="beds", group="older_60", unit="beds")
    table = zone_indicator_table(asked, evidence()).set_index("zone_id")
    assert table.loc["D", "value"] == 120
    assert table.loc[["S1", "S2"], "value"].tolist() == [
        pytest.approx(50 / 0.9),
        pytest.approx(150 / 0.7),
    ]
    assert table.loc[["S1", "S2", "T1"], "verdict"].tolist() == ["not_met", "met", "no_data"]


def test_parts_of_shares_add_up_to_the_whole() -> None:
    asked = standard("served_share")
    table = zone_indicator_table(asked, evidence())
    whole = indicator_table(asked, evidence()).iloc[0]
    parts = table[table["level"].isin(["street", "township"])]
    assert parts["numerator"].sum() == whole["numerator"]
    assert parts["denominator"].sum() == whole["denominator"]


def test_a_zone_is_not_asked_for_zones_wider_than_itself() -> None:
    asked = standard("zones_with_facility", levels=["street"], kinds=["street_centre"])
    table = zone_indicator_table(asked, evidence())
    assert table["zone_id"].tolist() == ["D", "S1", "S2"]
    assert table["value"].tolist() == [50, 100, 0]


def test_a_study_without_zones_has_indicators_and_no_zone_table() -> None:
    given = evidence(zones=None)
    assert row("served_share", given=given)["value"] == 40
    found = row("places_per_1000", 3, numerator="beds", group="older_60", unit="b", given=given)
    assert (found["verdict"], found["missing"]) == ("no_data", "zones.older_60")
    assert zone_indicator_table(standard("served_share"), given).empty
