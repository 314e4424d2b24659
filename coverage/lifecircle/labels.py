"""The one table of words, in Chinese and English."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["Language", "label", "words"]

Language = Literal["zh", "en"]


@cache
def words(section: str) -> dict[str, dict[str, str]]:
    """
    Return one section of ``labels.toml``.

    Parameters
    ----------
    section
        Its name, dotted where it is nested: ``"verdict"``, ``"columns.residences"``.

    Returns
    -------
    words
        For each key its ``zh`` and ``en`` text (and what else the section holds).
    """
    table: Any = _all_words()
    for part in section.split("."):
        table = table[part]
    found: dict[str, dict[str, str]] = table
    return found


def label(section: str, key: str, language: Language) -> str:
    """
    Return one word in one language.

    Parameters
    ----------
    section
        A section of ``labels.toml``.
    key
        The word's key in it.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    text
        The word as it is printed.

    Examples
    --------
    >>> label("verdict", "met", "zh"), label("verdict", "met", "en")
    ('达标', 'met')
    """
    return words(section)[key][language]


@cache
def _all_words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("lifecircle").joinpath("labels.toml").read_text(encoding="utf-8"))
