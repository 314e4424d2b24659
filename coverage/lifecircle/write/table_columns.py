"""How the columns of a printed table are laid out: how wide each, and which hold numbers."""

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import east_asian_width

import pandas as pd

__all__ = ["column_widths", "number_columns"]

_NARROWEST, _PADDING = 6, 3  # half widths of a sign
_WORD: Final = re.compile(r"[!-\u2e7f]+")  # not broken: Latin signs without a space
_NUMBER: Final = re.compile(r"[–+-]?[\d,. ]*(%|‰)?")


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
        lines) and a part of what is left; where there is not enough, the widest give way.

    Examples
    --------
    >>> column_widths([["m²", "street"], ["1,240.00", "East"]], room=22)
    [12.1, 9.9]
    >>> column_widths([["m²", "street"], ["1,240.00", "In the far East of the city"]], room=22)
    [11.0, 11.0]
    """
    needs = []
    for head, *body in zip(*lines, strict=True):
        words = map(len, _WORD.findall(head))
        signs = max([-(-_signs(head) // 2), *words, *map(_signs, body)])
        needs.append(float(max(signs + _PADDING, _NARROWEST)))
    if sum(needs) <= room:
        return [need * room / sum(needs) for need in needs]
    most = _water_level(needs, room)
    return [min(need, most) for need in needs]


def _water_level(needs: Sequence[float], room: float) -> float:
    """Find the width that, as the most of each column, fills the room."""
    left = room
    for done, need in enumerate(sorted(needs)):
        most = left / (len(needs) - done)
        if need >= most:
            return most
        left -= need
    return max(needs)


def _signs(text: str) -> int:
    """Count the width of a text; a Chinese sign is two wide."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
