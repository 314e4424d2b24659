"""A new development in the toy town: what it owes, what it finds, who pays."""

from dataclasses import replace

import numpy as np
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


def test_who_loses_what_worked_with_a_pencil() -> None:
    """
    Share A's 60 m² by hand.

    Before, r1 (240 households at 15 m² per 100) owes 36 m² and r2 (160) 24 m²: A has just that.
    275 new households owe 55 m²: now 115 m² are asked of 60, and each gets 60/115 of its own:
    r1 18.7826, r2 12.5217, the development 28.6957. In whole 0.01 m², downwards, 59.99 are given;
    the last 0.01 goes where the remainder is largest: 0.57 of the development's.
    """
    inputs = toy_town()
    residences = inputs.residences.drop(index="r5")  # whose households nobody knows
    residences.loc[["r1", "r2"], "households"] = [240.0, 160.0]
    check = check_development(
        replace(inputs, residences=residences),
        development(households=275.0),
        study=study(),
        standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
    )
    columns = ["circle_before_m2", "circle_after_m2", "lost_m2", "verdict_before", "verdict_after"]
    assert check.losses[columns].to_numpy().tolist() == [
        [36, 18.78, 17.22, "met", "short"],
        [24, 12.52, 11.48, "met", "short"],
    ]
    assert check.from_circle_m2 == 28.70
    assert check.losses["lost_m2"].sum() == pytest.approx(28.70)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_gets_more_because_a_development_relies_on_its_neighbours(seed: int) -> None:
    draw = np.random.default_rng(seed)
    inputs = toy_town()
    homes = {
        f"h{place}": {"name": None, "status": draw.choice(["new", "existing"]),
                      "households": float(draw.integers(1, 400)),
                      "geometry": shapely.Point(draw.integers(0, 4000), 0)}
        for place in range(12)
    }  # fmt: skip
    goals = {
        f"f{place}": {"name": None, "kind": "canteen", "status": "operating", "floor": 1.0,
                      "floor_area_m2": float(draw.integers(1, 90)),
                      "geometry": shapely.Point(draw.integers(0, 4000), 0)}
        for place in range(5)
    }  # fmt: skip
    check = check_development(
        replace(
            inputs,
            residences=table(homes, "residence_id"),
            facilities=table(goals, "facility_id"),
        ),
        development(x=float(draw.integers(0, 4000))),
        study=study(),
        standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
    )
    assert check.losses["lost_m2"].ge(-0.011).all()  # whole 0.01 m² are dealt out anew


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


def test_phases_at_places_of_their_own_are_judged_one_after_the_other() -> None:
    # 100 households a phase owe 20 m² each. The first (at A) has its 20, the second (at 3900, from
    # where nothing can be walked to) nothing, the third (at A) 10: 0, then 20, then 30 are missing.
    # Only the third takes from A, which r1 (45 owed) and r2 (30) share.
    near, far = shapely.Point(350, 0), shapely.Point(3900, 0)
    phases = (Phase(name="一期", households=100, floor_area_m2=20.0, place=near),
              Phase(name="二期", households=100, place=far),
              Phase(name="三期", households=100, floor_area_m2=10.0, place=near))  # fmt: skip
    check = checked(development(households=300.0, phases=phases), _changed(pooled=False))
    rows = check.phases
    assert rows["households_so_far"].tolist() == [100, 200, 300]
    assert rows["requirement_so_far_m2"].tolist() == [20, 40, 60]
    assert rows["own_so_far_m2"].tolist() == [20, 20, 30]
    assert rows["missing_so_far_m2"].tolist() == [0, 20, 30]
    assert rows["verdict_so_far"].tolist() == ["met", "short", "short"]
    assert rows["losing_so_far"].tolist() == [0, 0, 2]
    # A's 60 m² and its own 10 meet 45 + 30 + 20 = 95 of need: everybody gets 70/95 of it, the
    # third phase 20 * 70/95 = 14.7368, 10 of it its own.
    taken = 20 * 70 / 95 - 10
    assert rows["from_circle_so_far_m2"].tolist() == pytest.approx([0, 0, taken], abs=0.01)
    assert rows["lost_so_far_m2"].iloc[2] == pytest.approx(taken, abs=0.01)


def test_a_phase_outside_the_study_area_is_named() -> None:
    inputs = replace(toy_town(), area=shapely.box(0, -10, 3000, 10))
    phases = (Phase(name="一期", households=100, place=shapely.Point(3500, 0)),
              Phase(name="二期", households=100))  # fmt: skip
    plain = read_standard("walk-20")
    with pytest.raises(
        StudyError, match=r"'新城', phase '一期' lies outside the study area \(500 m"
    ):
        check_development(
            inputs, development(phases=phases), study=study(), standard=plain, plain=plain
        )


@pytest.mark.parametrize(
    ("standard", "rate", "owed"),
    [("zhenjiang-2021", 30.0, 60), ("zhenjiang-2021", None, 0), ("county-2021", 30.0, 0)],
)
def test_the_studys_own_rate_holds_where_the_document_says_by_the_standard(
    standard: str, rate: float | None, owed: float
) -> None:
    check = check_development(
        toy_town(),
        development(),  # 200 households
        study=study(new_area_m2_per_100_households=rate),
        standard=read_standard(standard),
        plain=read_standard("walk-20"),
    )
    assert check.requirement_m2 == check.missing_m2 == owed
    cited = [rule.id for rule in check.rules]
    assert ("zhenjiang-2021-new-local" in cited) == bool(owed)


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
