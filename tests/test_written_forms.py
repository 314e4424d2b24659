"""The number parser against a generator of what people write, whose value one knows beforehand."""

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lifecircle.units import parse_number

DIGITS = "零一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
ABOUT = ("{}", "约{}", "大约{}", "{}左右", " {} ", "{}余", "共{}", "≈{}")
UNITS = {
    "": Fraction(1),
    "㎡": Fraction(1),
    "m²": Fraction(1),
    "m2": Fraction(1),
    "平方米": Fraction(1),
    "平米": Fraction(1),
    "亩": Fraction(2000, 3),
    "公顷": Fraction(10_000),
    "万平方米": Fraction(10_000),
    "万㎡": Fraction(10_000),
}
numbers = st.integers(1, 9_999_999)
decimals = st.tuples(st.integers(0, 99_999), st.integers(1, 99))


def in_words(number: int) -> str:
    """Write a number below 10,000 as it is read out: 一千二百零五."""
    text, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
        gap = not digit
    return text


@given(numbers, st.booleans(), st.booleans(), st.sampled_from(ABOUT), st.sampled_from(list(UNITS)))
def test_whole_numbers(number: int, grouped: bool, wide: bool, about: str, unit: str) -> None:  # noqa: FBT001 - hypothesis gives them
    digits = f"{number:,}" if grouped else str(number)
    text = digits.translate(FULL_WIDTH) if wide else digits
    read, reason = parse_number(about.format(text + unit), quantity="area")
    assert (read, reason) == (float(number * UNITS[unit]), None)


@given(decimals, st.sampled_from(list(UNITS)))
def test_decimals(parts: tuple[int, int], unit: str) -> None:
    whole, hundredths = parts
    value = (whole + Fraction(hundredths, 100)) * UNITS[unit]
    assert parse_number(f"{whole}.{hundredths:02}{unit}", quantity="area") == (float(value), None)


@given(st.integers(1, 9999), st.sampled_from(["", "户", "套"]))
def test_chinese_numerals(number: int, unit: str) -> None:
    assert parse_number(in_words(number) + unit, quantity="households") == (number, None)


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_chinese_numerals_of_ten_thousands(upper: int, lower: int) -> None:
    joint = "零" if 0 < lower < 1000 else ""
    text = in_words(upper) + "万" + joint + (in_words(lower) if lower else "")
    assert parse_number(text, quantity="households") == (upper * 10_000 + lower, None)


@given(st.integers(1, 99), st.integers(0, 6))
def test_powers_of_ten(mantissa: int, power: int) -> None:
    for text in (f"{mantissa}e{power}", f"{mantissa}E+{power:02}"):
        assert parse_number(text, quantity="area") == (float(mantissa * 10**power), None)


@given(numbers, numbers, st.sampled_from([" ", "，", "；"]))
def test_a_total_wins_over_the_phase_beside_it(whole: int, phase: int, between: str) -> None:
    text = f"总户数{whole}户{between}当期户数{phase}户"
    assert parse_number(text, quantity="households") == (whole, None)


@given(numbers, numbers, st.sampled_from("-–—~～至到"), st.sampled_from(["", "㎡", "万", "户"]))
def test_ranges_are_unknown(one: int, other: int, dash: str, unit: str) -> None:
    number, reason = parse_number(f"{one}{unit}{dash}{other}{unit}", quantity="area")
    assert math.isnan(number)
    assert reason in ("range", "date")  # 2015-06 might be either


@given(numbers, st.sampled_from(["栋", "幢", "单元", "平方米", "元", "人"]))
def test_another_unit_is_unknown(number: int, unit: str) -> None:
    read, reason = parse_number(f"{number}{unit}", quantity="households")
    assert (math.isnan(read), reason) == (True, "other_unit")
