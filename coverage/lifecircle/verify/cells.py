"""Cells of a copy beside those of the table: the same number, or the word for the same code."""

from functools import cache
from typing import Final

from lifecircle.labels import Language, words
from lifecircle.verify.published import known

__all__ = ["differs", "other"]

# Where the words for codes stand; what is in none of them is shown as it is.
_SECTIONS: Final = (
    *("verdict", "ledger", "band", "status", "facility_status", "kind", "level", "entry", "step"),
    *("group", "input", "severity", "remedy_area", "robust_label", "assumption"),
    *("assumption_value", "reasons", "supply.reason", "supply.counted_reason", "supply.flag"),
    *("standard.verdict", "standard.nature", "standard.unit", "standard.counted"),
    *("standard.source", "standard.not_judged", "standard.last_note"),
    *("function", "operator", "area_basis", "delivered", "facility_label", "county_kind"),
)
_ANSWERS: Final = ("yes_no", "urban")
_NOISE: Final = 1e-9  # of a number that is written in another way


def differs(shown: object, value: object, language: Language, *, digits: int | None = None) -> bool:
    """
    Say whether a copy shows something else than the table has.

    Parameters
    ----------
    shown
        The cell of the copy; text, where everything is written as text.
    value
        The table's.
    language
        Of the copy's words.
    digits
        How many decimals the copy has; None: all.

    Returns
    -------
    different
        True also where one of the two is empty.

    Examples
    --------
    >>> differs("1.234", 1.23449, "zh", digits=3), differs("1.235", 1.23449, "zh", digits=3)
    (False, True)
    >>> differs("达标", "met", "zh"), differs("不足", "met", "zh"), differs("", None, "zh")
    (False, True, False)
    """
    empty = shown is None or shown == ""
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN
        return not empty
    if empty:
        return True
    if isinstance(value, bool):
        word = "yes" if value else "no"
        return str(shown) not in {words(section)[word][language] for section in _ANSWERS}
    if isinstance(value, int | float):
        return _other_number(shown, value, digits)
    return _other_text(str(shown), str(value), language)


def other(value: object, told: object, noise: float = _NOISE) -> bool:
    """
    Say whether what was computed again is not what is published.

    Parameters
    ----------
    value
        As it should be; None, NaN and an empty text are the same.
    told
        As published.
    noise
        By how much numbers may differ, as a part of them (or of 1): floats that were added up in
        another order.

    Returns
    -------
    different
        Whether the two differ.

    Examples
    --------
    >>> other(0.1 + 0.2, 0.3), other(1, 2), other(None, float("nan")), other("a", None)
    (False, True, False, True)
    """
    value, told = known(value), known(told)
    if isinstance(value, int | float) and isinstance(told, int | float):
        return not abs(value - told) <= noise * max(abs(value), 1.0)
    return bool(value != told)


def _other_number(shown: object, value: float, digits: int | None) -> bool:
    try:
        number = float(str(shown))
    except ValueError:
        return True
    rounding = 0.0 if digits is None else 0.5 * 10.0**-digits
    return not abs(number - value) <= rounding + _NOISE * max(abs(value), 1.0)


def _other_text(shown: str, value: str, language: Language) -> bool:
    bare = shown.removeprefix("'")  # keeps a spreadsheet from taking text for a formula
    if value in {shown, bare}:
        return False
    codes, said = value.split(";"), shown.split(";")
    return len(codes) != len(said) or any(
        word != code and word not in _said(code, language)
        for code, word in zip(codes, said, strict=True)
    )


@cache
def _said(code: str, language: Language) -> frozenset[str]:
    """Collect what a code is called; ``part_of:city`` by the whole's name."""
    plain, _, level = code.partition(":")
    known = (words(section).get(plain) for section in _SECTIONS)
    found = {each[language] for each in known if each is not None and language in each}
    if not level:
        return frozenset(found)
    whole = words("level").get(level, {}).get(language, level)
    return frozenset({f"{word}（{whole}）" for word in found}
                     | {word.replace("{whole}", whole) for word in found})  # fmt: skip
