import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle import units
from lifecircle.errors import StudyError
from lifecircle.units import Quantity

WRITTEN = [
    ("1,200", 1200),
    ("１，２００", 1200),
    ("３５０", 350),
    ("约300㎡", 300),
    ("300 m²", 300),
    ("300余平方米", 300),
    ("300平方米左右", 300),
    ("300平方米余", 300),
    ("300平方米（含附属用房）", 300),
    ("1,200平方米", 1200),
    ("3.5万平方米", 35_000),
    ("3.3万", 33_000),
    ("1公顷", 10_000),
    ("1.2hm2", 12_000),
    ("3亩", 2000),
    ("建筑面积：300平方米", 300),
    ("总建筑面积1200㎡ 使用面积800㎡", 1200),
    ("三百", 300),
    ("两万平方米", 20_000),
    ("一千零二", 1002),
    ("十五", 15),
    ("1E+05", 100_000),
    ("2020.5", 2020.5),
    ("0", 0),
    ("-50", -50),
    ("−50", -50),
]
NOT_READ = [
    ("", "blank"),
    ("　", "blank"),
    ("无", "not_stated"),
    ("暂无资料", "not_stated"),
    ("/", "not_stated"),
    ("#DIV/0!", "error_cell"),
    ("500-800", "range"),
    ("500㎡～800㎡", "range"),
    ("2015-06-01", "date"),
    ("10栋", "other_unit"),
    ("1,20", "not_a_number"),
    ("一百二", "not_a_number"),
    ("12.5.3", "not_a_number"),
    ("9" * 40_000, "not_a_number"),
]


@pytest.mark.parametrize(("text", "square_metres"), WRITTEN)
def test_areas_as_people_write_them(text: str, square_metres: float) -> None:
    assert units.parse_number(text, quantity="area") == (square_metres, None)


@pytest.mark.parametrize(("text", "reason"), NOT_READ)
def test_what_is_no_number_is_unknown_with_a_reason(text: str, reason: str) -> None:
    number, why = units.parse_number(text, quantity="area")
    assert math.isnan(number)
    assert why == reason


def test_two_mu_are_two_thirds_of_two_thousand_square_metres() -> None:
    assert units.parse_number("2亩", quantity="area") == (4000 / 3, None)


@pytest.mark.parametrize(
    ("text", "households"),
    [("7400户", 7400), ("980户", 980), ("总户数1400户 当期户数649户", 1400), ("1.2万户", 12_000)],
)
def test_households_as_property_pages_write_them(text: str, households: float) -> None:
    assert units.parse_number(text, quantity="households") == (households, None)


@pytest.mark.parametrize("text", ["10栋", "300平方米"])
def test_a_count_of_something_else_is_no_household_count(text: str) -> None:
    assert units.parse_number(text, quantity="households")[1] == "other_unit"


@pytest.mark.parametrize(
    "text", ["2015", "2015年", "2015-06", "2015年6月", "2015-06-01", "2015年建成"]
)
def test_years_are_read_from_dates(text: str) -> None:
    assert units.parse_number(text, quantity="year") == (2015.0, None)


def test_a_span_of_years_is_a_range() -> None:
    assert units.parse_number("2005-2010", quantity="year")[1] == "range"


@pytest.mark.parametrize(
    ("text", "storey"),
    [("3", 3), ("3F", 3), ("一层", 1), ("B1", -1), ("地下一层", -1), ("负2层", -2), ("-1", -1)],
)
def test_storeys_below_ground_are_negative(text: str, storey: float) -> None:
    assert units.parse_number(text, quantity="storey") == (storey, None)


@given(st.integers(0, 10**9), st.sampled_from(["{:,}", "{}", "约{}", "{}㎡", "{:,}平方米", " {} "]))
def test_whole_numbers_are_read_back_from_every_written_form(number: int, form: str) -> None:
    assert units.parse_number(form.format(number), quantity="area") == (number, None)


@given(st.text(max_size=40), st.sampled_from(units.QUANTITIES))
def test_any_text_gives_a_number_or_a_reason_and_never_both(text: str, quantity: Quantity) -> None:
    number, reason = units.parse_number(text, quantity=quantity)
    assert math.isnan(number) == (reason is not None)


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("建筑面积(㎡)", 1),
        ("建筑面积（万平方米）", 10_000),
        ("面积/公顷", 10_000),
        ("floor_area_m2", 1),
    ],
)
def test_headers_name_their_unit(header: str, factor: float) -> None:
    assert units.header_unit(header) == factor


def test_fifteen_minutes_at_a_metre_a_second_are_nine_hundred_metres() -> None:
    assert units.walk_limit_mm(15, 1.0) == 900_000


def test_a_limit_is_rounded_down() -> None:
    assert units.walk_limit_mm(1 / 60_000, 1.1) == 1


def test_times_are_rounded_up() -> None:
    assert units.walk_ms(np.array([1, 1200, 1201]), 1.2).tolist() == [1, 1000, 1001]


@given(st.integers(0, 10**9), st.integers(1, 3000))
def test_a_walk_is_within_the_limit_exactly_if_its_time_is(walk_mm: int, speed: int) -> None:
    limit = units.walk_limit_mm(15, speed / 1000)
    in_time = int(units.walk_ms(np.array([walk_mm]), speed / 1000)[0]) <= 15 * 60_000
    assert (walk_mm <= limit) == in_time


@pytest.mark.parametrize("speed", [0.0, -1.0, 1.00005, math.nan, math.inf])
def test_a_speed_must_be_whole_millimetres_a_second(speed: float) -> None:
    with pytest.raises(StudyError, match=r"`speed_m_s` must be a positive multiple of 0\.001"):
        units.speed_mm_s(speed)
