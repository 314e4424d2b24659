"""Opening hours as gates state them: 06:00-22:00, 早6点至晚10点, 24小时, 周一至周五 6-22点."""

import re
import unicodedata
from typing import Final

__all__ = ["Hours", "Week", "days_open", "parse_hours", "parse_week"]

Hours = tuple[tuple[int, int], ...]
"""Minutes of the day from and to, the end not included; past midnight beyond 1440."""

Week = tuple[Hours, ...]
"""The hours of the seven days, from Monday."""

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
_WEEKDAY: Final = (
    r"(?:(?:周|星期|礼拜)[一二三四五六日天]"
    r"|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)|(?:mo|tu|we|th|fr|sa|su))"
)
_SOME_DAYS: Final = rf"(?:{_WEEKDAY}(?:[-~—–至到]+{_WEEKDAY})?|工作日|双休日|周末)"
_RULE: Final = re.compile(rf"({_SOME_DAYS}(?:[,、和及]{_SOME_DAYS})*):?")
_FIRST_LETTERS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_NAMED_DAYS: Final = {"工作日": range(5), "双休日": range(5, 7), "周末": range(5, 7)}
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
    plain = _DAYS.sub("", _plain(text)).removesuffix("开放")
    if plain in _ALWAYS or text.strip() in _ALWAYS:
        return ((0, _DAY),)
    if plain in _NEVER:
        return ()
    spans = [_span(part) for part in _BETWEEN.split(plain)]
    known = [span for span in spans if span is not None]
    return tuple(known) if known and len(known) == len(spans) else None


def parse_week(text: str) -> Week | None:
    """
    Read opening hours that may differ by the day of the week.

    Parameters
    ----------
    text
        As for `parse_hours`; before the hours may stand the days that they hold for. A later rule
        behind a semicolon takes the place of an earlier one for its days.

    Returns
    -------
    week
        Days that no rule names have no hours; None if the text cannot be read.

    Examples
    --------
    >>> parse_week("周一至周五 06:00-22:00；周末 8:00-20:00")[4:6]
    (((360, 1320),), ((480, 1200),))
    >>> parse_week("Mo-Fr 06:00-22:00")[6], parse_week("假日另行通知")
    ((), None)
    """
    every = parse_hours(text)
    if every is not None:
        return (every,) * 7
    week: list[Hours] = [()] * 7
    for rules in _plain(text).split(";"):
        before, *rest = _RULE.split(rules)
        parts = list(zip(rest[::2], rest[1::2], strict=True))
        if before:
            parts.insert(0, ("mo-su", before))
        for days, said in parts:
            hours = parse_hours(said.strip(",、") or "24h")
            if hours is None:
                return None
            for day in _days(days):
                week[day] = hours
    return tuple(week)


def days_open(week: Week, minute: int) -> int:
    """
    Count the days of the week on which a gate is open at a time of day.

    Parameters
    ----------
    week
        As `parse_week` gives it.
    minute
        Of the day.

    Returns
    -------
    days
        Up to 7. What is open past midnight is open on the next day.

    Examples
    --------
    >>> days_open(parse_week("Mo-Fr 06:00-22:00"), 600), days_open(parse_week("Fr 22-2点"), 60)
    (5, 1)
    """
    return sum(
        any(start <= minute < end for start, end in today)
        or any(start <= minute + _DAY < end for start, end in yesterday)
        for yesterday, today in zip((week[-1], *week[:-1]), week, strict=True)
    )


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _days(text: str) -> set[int]:
    found: set[int] = set()
    for part in re.split(r"[,、和及]", text):
        if part in _NAMED_DAYS:
            found.update(_NAMED_DAYS[part])
            continue
        first, last = (_weekday(part), _weekday(re.split(r"[-~—–至到]+", part)[-1]))
        found.update(day % 7 for day in range(first, last + 1 + 7 * (last < first)))
    return found


def _weekday(text: str) -> int:
    chinese = re.match(r"(?:周|星期|礼拜)(.)", text)
    if chinese:
        return "一二三四五六日天".index(chinese[1]) - (chinese[1] == "天")
    return _FIRST_LETTERS.index(text[:2])


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
