"""Opening hours as gates state them: 06:00-22:00, 早6点至晚10点, 24小时."""

import re
import unicodedata
from typing import Final

__all__ = ["Hours", "is_open", "parse_hours"]

Hours = tuple[tuple[int, int], ...]
"""Minutes of the day from and to, the end not included; past midnight beyond 1440."""

_DAY: Final = 24 * 60
_NOON: Final = 12
_ALWAYS: Final = frozenset(
    ("24h", "24/7", "24hours", "24小时", "全天", "全天开放", "全天候", "24小时开放", "不限", "常开")
)
_NEVER: Final = frozenset(("closed", "off", "关闭", "常闭", "不开放", "封闭", "停用"))
_DAYS: Final = re.compile(r"^(?:每天|每日|天天|mo-su|daily|:)+")
_BETWEEN: Final = re.compile(r"[,;、/及和]+")
_CLOCK: Final = (
    r"(凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里|夜间|am|pm)?"
    r"(\d{1,2})(?:[::时点](\d{1,2})?(半)?分?|h)?(am|pm)?"
)
_SPAN: Final = re.compile(rf"{_CLOCK}(?:-|~|—|–|至|到|to)+(?:次日|第二天)?{_CLOCK}")
_LATER: Final = frozenset(("下午", "傍晚", "晚上", "晚", "夜里", "夜间", "pm"))


def parse_hours(text: str) -> Hours | None:
    """
    Read opening hours.

    Parameters
    ----------
    text
        As it is written: spans of the clock, in Chinese or with colons, divided by commas; or a
        word for always or never. A span that ends before it begins goes past midnight.

    Returns
    -------
    hours
        Empty for a gate that never opens; None if the text cannot be read.

    Examples
    --------
    >>> parse_hours("06:00-22:00"), parse_hours("早6点半至晚10点")
    (((360, 1320),), ((390, 1320),))
    >>> parse_hours("24小时"), parse_hours("关闭"), parse_hours("看情况")
    (((0, 1440),), (), None)
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    plain = _DAYS.sub("", plain).removesuffix("开放")
    if plain in _ALWAYS or text.strip() in _ALWAYS:
        return ((0, _DAY),)
    if plain in _NEVER:
        return ()
    spans = [_span(part) for part in _BETWEEN.split(plain)]
    known = [span for span in spans if span is not None]
    return tuple(known) if known and len(known) == len(spans) else None


def is_open(hours: Hours, minute: int) -> bool:
    """
    Tell whether a gate is open.

    Parameters
    ----------
    hours
        As `parse_hours` gives them.
    minute
        Of the day.

    Returns
    -------
    open
        Whether the minute lies in a span; the minute at which it shuts does not.

    Examples
    --------
    >>> is_open(parse_hours("22:00-06:00"), 60), is_open(parse_hours("06:00-22:00"), 1320)
    (True, False)
    """
    return any(start <= minute + day < end for start, end in hours for day in (0, _DAY))


def _span(text: str) -> tuple[int, int] | None:
    found = _SPAN.fullmatch(text)
    if not found:
        return None
    words = found.groups()
    start, end = _minute(*words[:5]), _minute(*words[5:])
    if start is None or end is None or start >= _DAY:
        return None
    return start, end if end > start else end + _DAY


def _minute(
    before: str | None, hour: str, minutes: str | None, half: str | None, after: str | None
) -> int | None:
    clock, past = int(hour), 30 if half else int(minutes or 0)
    if clock < _NOON and {before, after} & _LATER:
        clock += _NOON
    if past >= 60 or 60 * clock + past > _DAY:  # noqa: PLR2004 - minutes of an hour
        return None
    return 60 * clock + past
