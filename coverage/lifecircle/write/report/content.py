"""What a report holds, before it becomes a Word document or a PDF: headings, text, tables, maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width

import pandas as pd

from lifecircle.labels import Language

__all__ = [
    "Chapter",
    "Content",
    "Cover",
    "Part",
    "Picture",
    "Rows",
    "Section",
    "Text",
    "headings",
    "numeral",
    "title_points",
]

_CHINESE: Final = "〇一二三四五六七八九"
_TEN: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """
    A paragraph.

    Attributes
    ----------
    text
        What it says.
    listed
        Whether it is a point of a list.
    """

    text: str
    listed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """
    The heading of a section.

    Attributes
    ----------
    title
        Without its number.
    """

    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """
    A table with its numbered caption above it.

    Attributes
    ----------
    caption
        Without its number.
    rows
        Cells as text, columns named as the header reads.
    total
        Whether the last row is the sum of the others.
    note
        Stands below.
    """

    caption: str
    rows: pd.DataFrame
    total: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """
    A map with its numbered caption below it.

    Attributes
    ----------
    caption
        Without its number.
    png
        The picture.
    width_mm, height_mm
        Its size on the page.
    """

    caption: str
    png: bytes
    width_mm: float
    height_mm: float


Part = Text | Section | Rows | Picture


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """
    A chapter; it begins on a new page.

    Attributes
    ----------
    title
        Without its number.
    parts
        What it holds, in order.
    landscape
        Whether its pages lie, for wide tables.
    """

    title: str
    parts: Sequence[Part]
    landscape: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """
    The first page.

    Attributes
    ----------
    title, subtitle
        Of the study, and what this is.
    marks
        Who it is for; that its data are made up.
    fields
        Name and text of each; what is blank is a line to fill in by hand.
    """

    title: str
    subtitle: str
    marks: Sequence[str]
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """
    A whole report.

    Attributes
    ----------
    cover
        The first page.
    chapters
        All that follows the table of contents.
    footer
        Stands on every page, beside its number.
    language
        Of every word.
    """

    cover: Cover
    chapters: Sequence[Chapter]
    footer: str
    language: Language


def numeral(number: int, language: Language, *, level: int) -> str:
    """
    Count headings, in Chinese by 一、 and （一）, in English by 1 and (1).

    Parameters
    ----------
    number
        From 1 to 99.
    language
        Of the report.
    level
        1 for chapters, 2 for their sections.

    Returns
    -------
    numeral
        To stand before the title.

    Examples
    --------
    >>> numeral(1, "zh", level=1), numeral(12, "zh", level=2), numeral(20, "zh", level=1)
    ('一、', '（十二）', '二十、')
    >>> numeral(3, "en", level=1)
    '3  '
    """
    if language == "en":
        return f"{number}  " if level == 1 else f"({number})  "
    tens, ones = divmod(number, _TEN)
    text = ("" if tens < 1 else "十" if tens == 1 else f"{_CHINESE[tens]}十") + (
        _CHINESE[ones] if ones else ""
    )
    return f"{text}、" if level == 1 else f"（{text}）"


def headings(content: Content) -> list[tuple[int, str]]:
    """
    List all headings with their numbers.

    Parameters
    ----------
    content
        A report.

    Returns
    -------
    headings
        Level, from 1, and text of each, in order.
    """
    found = []
    for number, chapter in enumerate(content.chapters, start=1):
        found.append((1, numeral(number, content.language, level=1) + chapter.title))
        sections = [part for part in chapter.parts if isinstance(part, Section)]
        for at, section in enumerate(sections, start=1):
            found.append((2, numeral(at, content.language, level=2) + section.title))
    return found


def title_points(title: str, *, most: float, room: float) -> float:
    """
    Choose a size in which a title stands on one line, if that is not too small.

    Parameters
    ----------
    title
        The title.
    most
        The size of a short one, in points.
    room
        The width of the line, in points.

    Returns
    -------
    points
        At least two thirds of `most`; a title that is still too long takes two lines of `most`.

    Examples
    --------
    >>> [title_points("字" * signs, most=24, room=480) for signs in (10, 24, 40)]
    [24, 20.0, 24]
    """
    widths = sum(1.0 if east_asian_width(sign) in "WF" else 0.5 for sign in title)
    points = min(most, room // max(widths, 1.0))
    return points if points >= most * 2 / 3 else most
