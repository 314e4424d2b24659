"""How the columns of a printed table are laid out: how wide each, and which hold numbers."""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import east_asian_width

import pandas as pd

__all__ = ["column_widths", "number_columns", "text_signs"]

_NARROWEST, _PADDING = 6, 3  # half widths of a sign
_LONGEST_KEPT, _LEAST_PADDING = 14, 2.5  # what a crowded table keeps of a word
_WORD: Final = re.compile(r"[!-\u2e7f]+")  # not broken: Latin signs without a space
_NUMBER: Final = re.compile(r"[–\u2212+-]?[\d,. ]*(%|‰)?")


def number_columns(rows: pd.DataFrame) -> list[bool]:
    """
    Tell which columns hold nothing but numbers, and are set to the right.

    Parameters
    ----------
    rows
        Cells as text.

    Returns
    -------
    numbers
        One for each column; none where there are no rows.

    Examples
    --------
    >>> number_columns(pd.DataFrame({"street": ["A", "B"], "m2": ["1,240.00", "–"]}))
    [False, True]
    """
    return [
        len(rows) > 0 and all(_NUMBER.fullmatch(str(cell)) for cell in column)
        for _, column in rows.items()
    ]


def column_widths(lines: Sequence[Sequence[str]], *, room: float) -> list[float]:
    """
    Share the width of a page out among columns.

    Parameters
    ----------
    lines
        Cells as text, the header first.
    room
        The width between the margins, in half widths of a sign of a table.

    Returns
    -------
    widths
        Their sum is `room`: each column has what its longest text needs (a header may take two
        lines) and a part of what is left; where there is not enough, the widest give way, if
        they can to no less than their longest word or number.

    Examples
    --------
    >>> column_widths([["m²", "street"], ["1,240.00", "East"]], room=22)
    [12.1, 9.9]
    >>> column_widths([["m²", "street"], ["1,240.00", "In the far East of the city"]], room=22)
    [11.0, 11.0]
    """
    columns = list(zip(*lines, strict=True))
    needs, least = [], []
    for head, *body in columns:
        word = max(_longest_word(cell) for cell in (head, *body))
        signs = max([-(-text_signs(head) // 2), word, *map(text_signs, body)])
        needs.append(float(max(signs + _PADDING, _NARROWEST)))
        least.append(min(word, _LONGEST_KEPT) + _LEAST_PADDING)
    if sum(needs) <= room:
        return [need * room / sum(needs) for need in needs]
    if sum(least) > room:
        return [part * room / sum(least) for part in least]
    return _levelled(needs, least, room)


def _levelled(needs: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Fill the room with the same width for all that need more, but no less than their least."""
    held: set[int] = set()
    while True:
        free = [at for at in range(len(needs)) if at not in held]
        most = _water_level([needs[at] for at in free], room - sum(least[at] for at in held))
        above = {at for at in free if least[at] > most}
        if not above:
            return [least[at] if at in held else min(needs[at], most) for at in range(len(needs))]
        held |= above


def _water_level(needs: Sequence[float], room: float) -> float:
    """Find the width that, as the most of each column, fills the room."""
    left = room
    for done, need in enumerate(sorted(needs)):
        most = left / (len(needs) - done)
        if need >= most:
            return most
        left -= need
    return max(needs)


def _longest_word(text: str) -> int:
    return max(map(len, _WORD.findall(text)), default=0)


def text_signs(text: str) -> int:
    """
    Count the width of a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    signs
        In half widths; a Chinese sign is two wide.

    Examples
    --------
    >>> text_signs("m² 面积")
    7
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
