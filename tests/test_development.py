"""A new development in the toy town: what it owes, what it finds, who pays."""

from dataclasses import replace

import pandas as pd
import pytest
import shapely
from pyproj import CRS

from lifecircle.errors import StudyError
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.whatif import Development, DevelopmentCheck, Phase, check_development
from test_assessment import METRES, study, table, toy_town


def development(x: float = 350, **told: object) -> Development:
    base = Development(
        name="新城", place=shapely.Point(x, 0), crs=CRS.from_user_input(METRES), households=200.0
    )
    return replace(base, **told)  # type: ignore[arg-type]  # a test names the fields


def checked(one: Development, standard: str | Standard = "weihai-2022") -> DevelopmentCheck:
    return check_development(
        toy_town(),
        one,
        study=study(),
        standard=read_standard(standard) if isinstance(standard, str) else standard,
        plain=read_standard("walk-20"),
    )


def test_it_owes_20_m2_per_100_households_built_with_it() -> None:
    check = checked(development(floor_area_m2=15.0))
    assert (check.requirement_m2, check.own_m2, check.missing_m2) == (40, 15, 25)
    assert (check.ledger, check.own_verdict, check.verdict) == ("own", "short", "short")


@pytest.mark.parametrize(("built", "missing"), [(None, 40), (0.0, 40), (40.0, 0), (100.0, 0)])
def test_what_is_missing_is_never_less_than_nothing(built: float | None, missing: float) -> None:
    check = checked(development(floor_area_m2=built))
    assert check.missing_m2 == missing
    assert check.verdict == ("short" if missing else "met")


def test_who_builds_enough_takes_from_nobody() -> None:
    check = checked(development(floor_area_m2=40.0))
    assert check.from_circle_m2 == 0
    assert check.losses.empty


def test_who_relies_on_neighbours_takes_from_them() -> None:
    # A's 60 m² are all given to r1 (45 owed) and r2 (30); whoever takes some takes it from them.
    check = checked(development())
    assert 0 < check.from_circle_m2 <= 40
    assert set(check.losses.index) <= {"r1", "r2"}
    assert check.losses["circle_before_m2"].sum() <= 60
    assert check.losses["lost_m2"].sum() == pytest.approx(check.from_circle_m2)


def test_what_it_could_walk_to_stands_with_metres_and_spare_room() -> None:
    check = checked(development(x=450))
    assert check.reachable.index.tolist() == ["B", "C", "A"]  # 50 m, 50 m, 100 m
    assert check.reachable.loc["A", ["walk_m", "minutes"]].tolist() == [100, 100 / 60]
    assert check.reachable.loc["A", ["counted_m2", "idle_before_m2"]].tolist() == [60, 0]
    assert check.reachable.loc["B", "counted_reason"] == "kind"
    assert check.spare_m2 == 0


def test_spare_room_is_what_nobody_needed_before() -> None:
    inputs = toy_town()
    inputs.facilities.loc["A", "floor_area_m2"] = 100.0  # r1 and r2 need 75
    check = check_development(
        inputs, development(), study=study(), standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
    )  # fmt: skip
    assert check.spare_m2 == 25
    assert check.reachable.loc["A", "idle_before_m2"] == 25


def test_a_development_far_away_changes_nothing_here() -> None:
    check = checked(development(x=3900))  # 3,550 m from A; r3 has its own
    assert check.losses.empty
    assert check.reachable.empty
    assert (check.spare_m2, check.from_circle_m2) == (0, 0)
    assert check.missing_m2 == 40


def test_phases_of_one_pool_are_one_sum() -> None:
    # They owe 20 and 20; the first has 35, the second 0: together 5 are missing.
    phases = (Phase(name="一期", households=100, floor_area_m2=35.0),
              Phase(name="二期", households=100))  # fmt: skip
    check = checked(development(phases=phases))
    assert check.phases["requirement_m2"].tolist() == [20, 20]
    assert (check.requirement_m2, check.own_m2, check.missing_m2) == (40, 35, 5)
    enough = checked(development(floor_area_m2=40.0, phases=(phases[1], phases[1])))
    assert enough.missing_m2 == 0


def test_a_rule_that_does_not_pool_judges_each_phase() -> None:
    standard = _changed(pooled=False)
    phases = (Phase(name="一期", households=100, floor_area_m2=35.0),
              Phase(name="二期", households=100))  # fmt: skip
    check = checked(development(phases=phases), standard)
    assert check.phases["missing_m2"].tolist() == [0, 20]
    assert (check.missing_m2, check.verdict) == (20, "short")


def test_a_site_below_the_least_size_counts_nothing() -> None:
    check = checked(development(floor_area_m2=40.0), _changed(min_site_m2=50))
    assert (check.own_m2, check.missing_m2, check.min_site_m2) == (0, 40, 50)


def land_by(one: Development) -> pd.DataFrame:
    zone = {"name": "West", "level": "street", "geometry": shapely.box(-9, -9, 4000, 9)}
    inputs = replace(toy_town(), zones=table({"w": zone}, "zone_id"))
    standard, plain = read_standard("liaoning-2022"), read_standard("walk-20")
    return check_development(inputs, one, study=study(), standard=standard, plain=plain).land


def test_land_is_a_tenth_of_a_square_metre_per_resident() -> None:
    one = development(household_size=2.6, land_area_m2=40.0)  # 520 residents owe 52 m²
    land = land_by(one)
    assert land[["residents", "required_m2", "missing_m2"]].to_numpy().tolist() == [[520, 52, 12]]
    land = land_by(replace(one, population=400.0))
    assert land[["required_m2", "verdict"]].to_numpy().tolist() == [[40, "met"]]


def test_land_of_unknown_residents_is_no_data() -> None:
    assert land_by(development())["verdict"].tolist() == ["no_data"]


def test_a_standard_without_a_rule_for_new_residences_asks_nothing() -> None:
    check = checked(development(), "county-2021")
    assert (check.verdict, check.ledger, check.requirement_m2) == ("not_asked", None, 0)
    assert check.losses.empty


def test_the_clause_is_cited() -> None:
    rules = checked(development()).rules
    assert next((rule.id, rule.clause) for rule in rules) == ("weihai-2022-new", "二(二)")


def test_the_arguments_are_left_as_they_were() -> None:
    inputs = toy_town()
    before = inputs.residences.copy()
    plain = read_standard("walk-20")
    check_development(inputs, development(), study=study(), standard=plain, plain=plain)
    pd.testing.assert_frame_equal(inputs.residences, before)


def test_everything_wrong_with_it_is_said_at_once() -> None:
    phases = (Phase(name="一期", households=-1), Phase(name="二期", households=300))
    with pytest.raises(StudyError) as error:
        checked(development(floor_area_m2=-5.0, phases=phases))
    told = str(error.value)
    assert "floor_area_m2 must be a number >= 0; found -5.0" in told
    assert "households of phase '一期' must be a number > 0" in told
    assert "the phases have 299 households together" in told


def test_a_place_outside_the_study_area_is_an_error() -> None:
    inputs = replace(toy_town(), area=shapely.box(0, -10, 3000, 10))
    plain = read_standard("walk-20")
    with pytest.raises(StudyError, match=r"outside the study area \(500 m from it"):
        check_development(inputs, development(x=3500), study=study(), standard=plain, plain=plain)


def _changed(**arguments: object) -> Standard:
    """Take Weihai's rule for new residences with other arguments."""
    standard = read_standard("weihai-2022")
    rules = tuple(
        rule.model_copy(update={"arguments": rule.arguments.model_copy(update=arguments)})
        if rule.id == "weihai-2022-new"
        else rule
        for rule in standard.rules
    )
    return standard.model_copy(update={"rules": rules})
