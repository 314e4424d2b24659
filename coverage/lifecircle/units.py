"""Numbers as people write them, the units beside them, and whole millimetres and milliseconds."""

import math
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from lifecircle.errors import StudyError
from lifecircle.labels import simplified

__all__ = [
    "QUANTITIES",
    "Quantity",
    "header_unit",
    "parse_number",
    "speed_mm_s",
    "walk_limit_mm",
    "walk_ms",
]

Quantity = Literal["area", "households", "people", "places", "year", "storey", "degrees", "weight"]
QUANTITIES: Final = get_args(Quantity)

# Square metres in one unit. 15 mu are a hectare.
_AREA_UNITS: Final = {
    **dict.fromkeys(("平方米", "平米", "平", "sqm"), Fraction(1)),
    **dict.fromkeys(("亩", "mu"), Fraction(2000, 3)),
    **dict.fromkeys(("公顷", "ha", "hectare", "hectares"), Fraction(10_000)),
    **dict.fromkeys(("平方公里", "平方千米"), Fraction(1_000_000)),
}
_UNITS: Final[dict[Quantity, dict[str, Fraction]]] = {
    "area": _AREA_UNITS,
    "households": dict.fromkeys(("户", "户数", "套", "households"), Fraction(1)),
    "people": dict.fromkeys(("人", "名", "口", "people", "persons"), Fraction(1)),
    "places": dict.fromkeys(("张", "床", "张床", "个", "位", "床位", "beds"), Fraction(1)),
    "year": dict.fromkeys(("年",), Fraction(1)),
    "storey": dict.fromkeys(("层", "楼", "f"), Fraction(1)),
    "weight": dict.fromkeys(("倍",), Fraction(1)),
    "degrees": dict.fromkeys(("°", "度", "°e", "°n"), Fraction(1)),
}
_MULTIPLES: Final = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_DIGITS: Final = {
    digit: value
    for spelling in ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖")
    for value, digit in enumerate(spelling)
} | {"两": 2, "貳": 2}
_STEPS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CHINESE: Final = "".join([*_DIGITS, *_STEPS, "万萬亿億"])
_POWERS: Final = (("km2", "平方公里"), ("hm2", "公顷"), ("m2", "平方米"))
_TEN: Final = 10
_LONGEST: Final = 200
_ROUNDING: Final = 1e-6  # 1.1 m/s * 1000 is 1100.0000000000002

_NUMBER: Final = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d{1,2})?|[+-]?\.\d+"
_MULTIPLE: Final = r"[百千万亿]?"
_LABEL: Final = r"(?:[一-鿿]*(?:面积|户数|人口|床位|套数)(?:数|为|[::])*)?"

# Nothing but these words in a cell says that nobody knows.
_NOT_STATED: Final = re.compile(
    r"暂无(?:资料|数据|信息)?|无(?:数据|资料)?|没有|未知|不详|不明|未填|未统计|待定|待补|待核实|缺"
    r"|[-–—/\\?.*]+|n/?a|nan|none|null|nil|unknown|tbd"
)
_ERROR_CELL: Final = re.compile(r"#(?:div/0!|n/a|name\?|null!|num!|ref!|value!|spill!|calc!|#+)")
_DATE: Final = re.compile(
    r"(\d{4})(?:[-/]|年)(?:0?[1-9]|1[0-2])(?:月|(?:[-/]|月)\d{1,2}日?(?: [\d:.]+)?)?"
)
_BUILT: Final = re.compile(r"(?:建成?于|建于)?(\d{4})年?(?:建成?|竣工|启用|投入使用|投用)?")
_BARE: Final = re.compile(_NUMBER)
_TOTAL: Final = re.compile(
    rf"总[一-鿿]*(?:为|[::])*({_NUMBER})({_MULTIPLE})([^\d\s]*)(?:[\s;,].*)?"
)
_RANGE: Final = re.compile(rf"{_LABEL}({_NUMBER})[^\d\s]*\s*(?:-|–|—|~|至|到)\s*({_NUMBER})[^\d]*")
_PLAIN: Final = re.compile(rf"{_LABEL}({_NUMBER})({_MULTIPLE})([^\d]*)")
_WORDS: Final = re.compile(rf"{_LABEL}([{_CHINESE}]+)([^{_CHINESE}\d]*)")
_BASEMENT: Final = re.compile(rf"(?:b|地下|负)(\d+|[{_CHINESE}]+)(?:层|楼|f)?")

Outcome = tuple[float, str | None]


def parse_number(text: str, *, quantity: Quantity, unit: float = 1.0) -> Outcome:
    """
    Read a number as people write it, in the base unit of its quantity.

    What cannot be read is NaN with a reason, never 0. A negative number is read as it stands;
    the contract of the table decides whether it may be.

    Parameters
    ----------
    text
        The cell, as text.
    quantity
        What is counted or measured. Areas are returned in square metres.
    unit
        What a bare number is multiplied by: the unit that the header names (`header_unit`).

    Returns
    -------
    number
        The number, or NaN.
    reason
        None, or why there is no number: ``blank``, ``not_stated``, ``error_cell``, ``range``,
        ``date``, ``other_unit``, ``not_a_number``.

    Notes
    -----
    A total wins over the parts beside it: "总户数1400户 当期户数649户" is 1400. Arithmetic is
    exact until the last step.

    Examples
    --------
    >>> parse_number("约3.5万平方米", quantity="area")
    (35000.0, None)
    >>> parse_number("１，２００户", quantity="households")
    (1200.0, None)
    >>> parse_number("10栋", quantity="households")
    (nan, 'other_unit')
    """
    tidy = _tidy(text)
    if len(tidy) > _LONGEST:
        return math.nan, "not_a_number"
    for pattern, read in _PATTERNS:
        found = pattern.fullmatch(tidy)
        outcome = read(found, quantity) if found else None
        if outcome:
            return (outcome[0] * unit if _BARE.fullmatch(tidy) else outcome[0]), outcome[1]
    return math.nan, "not_a_number"


def header_unit(header: str) -> float:
    """
    Return the square metres in the area unit that a column's header names.

    Parameters
    ----------
    header
        The header as it is written: ``"用地面积(亩)"``, ``"建筑面积/万平方米"``.

    Returns
    -------
    factor
        1.0 if the header names no unit. A unit in a cell counts more than that of the header.

    Examples
    --------
    >>> header_unit("建筑面积(万平方米)"), header_unit("用地面积（公顷）"), header_unit("面积")
    (10000.0, 10000.0, 1.0)
    """
    tidy = _half_width(header)
    for name, factor in sorted(_AREA_UNITS.items(), key=lambda unit: -len(unit[0])):
        found = re.search(rf"[(\[/:,\s_]({_MULTIPLE}){re.escape(name)}(?:[)\]\s]|$)", tidy)
        if found:
            return float(_MULTIPLES[found[1]] * factor)
    return 1.0


def speed_mm_s(speed_m_s: float) -> int:
    """
    Return a walking speed in whole millimetres a second.

    Parameters
    ----------
    speed_m_s
        Metres a second; a positive multiple of 0.001.

    Returns
    -------
    speed
        Millimetres a second.

    Raises
    ------
    StudyError
        If the speed is not a positive multiple of 0.001 m/s.

    Examples
    --------
    >>> speed_mm_s(1.1)
    1100
    """
    return _whole(speed_m_s, per=1000, name="speed_m_s", step="0.001")


def walk_limit_mm(minutes: float, speed_m_s: float) -> int:
    """
    Return how far one can walk within a time, in whole millimetres, rounded down.

    Parameters
    ----------
    minutes
        The limit, inclusive; a whole number of milliseconds.
    speed_m_s
        Walking speed in metres a second; a multiple of 0.001.

    Returns
    -------
    limit
        Millimetres; a walk of exactly this length is within the limit.

    Raises
    ------
    StudyError
        If the time or the speed is not positive, or too fine.

    Examples
    --------
    >>> walk_limit_mm(15, 1.0)
    900000
    """
    minutes_ms = _whole(minutes, per=60_000, name="minutes", step="1/60000")
    return minutes_ms * speed_mm_s(speed_m_s) // 1000


def walk_ms(walk_mm: npt.NDArray[np.int64], speed_m_s: float) -> npt.NDArray[np.int64]:
    """
    Return the time that walks take, in whole milliseconds, rounded up once.

    Parameters
    ----------
    walk_mm
        Lengths in millimetres, not negative.
    speed_m_s
        Walking speed in metres a second; a multiple of 0.001.

    Returns
    -------
    ms
        Milliseconds, in the shape of `walk_mm`.

    Examples
    --------
    >>> walk_ms(np.array([0, 1, 900_000]), 1.2)
    array([     0,      1, 750000])
    """
    speed = speed_mm_s(speed_m_s)
    return -(-np.asarray(walk_mm, dtype=np.int64) * 1000 // speed)


def _tidy(text: str) -> str:
    """Leave out brackets behind a number, and words that say "about"."""
    plain = _half_width(text)
    plain = re.sub(r"\s*\([^()\d]*\)$", "", plain)
    plain = re.sub(r"^(?:大约|约为|约|近|共计|共|合计|approx\.?|about|ca\.?|[~≈])\s*", "", plain)
    plain = re.sub(r"(?<=[\d万千百])\s*(?:余|多)(?=\D|$)", "", plain)
    return re.sub(r"\s*(?:左右|上下|余|多)$", "", plain)


def _half_width(text: str) -> str:
    plain = simplified(unicodedata.normalize("NFKC", str(text))).strip().lower()
    plain = plain.replace("−", "-").replace("'", "").replace("\u200b", "")
    for written, unit in _POWERS:
        plain = plain.replace(written, unit).replace(f"{written[:-1]}^2", unit)
    return plain


def _nothing(reason: str) -> Callable[[re.Match[str], Quantity], Outcome | None]:
    return lambda _, __: (math.nan, reason)


def _number(number: str, multiple: str, unit: str, quantity: Quantity) -> Outcome:
    factor = {"": Fraction(1), **_UNITS[quantity]}.get(unit.strip(" ()。.;,"))
    if factor is None:
        return math.nan, "other_unit"
    return float(Fraction(number.replace(",", "")) * _MULTIPLES[multiple] * factor), None


def _plain(found: re.Match[str], quantity: Quantity) -> Outcome | None:
    return _number(found[1], found[2], found[3], quantity)


def _words(found: re.Match[str], quantity: Quantity) -> Outcome | None:
    value = _chinese_number(found[1])
    return None if value is None else _number(str(value), "", found[2], quantity)


def _date(found: re.Match[str], quantity: Quantity) -> Outcome | None:
    return (float(found[1]), None) if quantity == "year" else (math.nan, "date")


def _built(found: re.Match[str], quantity: Quantity) -> Outcome | None:
    return (float(found[1]), None) if quantity == "year" else None


def _basement(found: re.Match[str], quantity: Quantity) -> Outcome | None:
    depth = int(found[1]) if found[1].isdecimal() else _chinese_number(found[1])
    return (float(-depth), None) if quantity == "storey" and depth else None


def _chinese_number(text: str) -> int | None:
    """Read Chinese numerals; None for what is short for something else ("一百二")."""
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = section = digit = 0
    last_step = _TEN
    for sign in text.replace("萬", "万").replace("億", "亿"):
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            last_step = _TEN if digit == 0 else last_step
        elif sign in _STEPS:
            section += max(digit, 1) * _STEPS[sign]
            digit, last_step = 0, _STEPS[sign]
        else:
            total = (total + section + digit) * _MULTIPLES[sign]
            section, digit, last_step = 0, 0, _MULTIPLES[sign]
    return None if digit and last_step > _TEN else total + section + digit


def _whole(value: float, *, per: int, name: str, step: str) -> int:
    scaled = value * per
    if not (math.isfinite(scaled) and scaled > 0 and abs(scaled - round(scaled)) < _ROUNDING):
        problem = f"`{name}` must be a positive multiple of {step}, but is {value!r}."
        raise StudyError("walk settings", [problem])
    return round(scaled)


# The first pattern that fits and gives an outcome decides.
_PATTERNS: Final[
    tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Quantity], Outcome | None]], ...]
] = (
    (re.compile(r""), _nothing("blank")),
    (_ERROR_CELL, _nothing("error_cell")),
    (_NOT_STATED, _nothing("not_stated")),
    (_DATE, _date),
    (_BUILT, _built),
    (_BASEMENT, _basement),
    (_TOTAL, _plain),
    (_RANGE, _nothing("range")),
    (_PLAIN, _plain),
    (_WORDS, _words),
)
