"""The table in a sheet: its header under titles, and its rows among totals and footnotes."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.workbooks import Grid
from lifecircle.tables import some

__all__ = ["Cells", "RowNote", "arranged"]

_SEARCHED: Final = 30  # a header stands near the top
_TOTAL: Final = re.compile(
    r"(?:本页|全[市区县镇街省]|总)?(?:合|总|小|共|累|計|计)[计計](?:[::(].*)?|(?:grand|sub)?-?totals?|sum"
)
_FOOTNOTE: Final = re.compile(
    r"(?:备?注|備註|说明|說明|数据来源|资料来源|来源|填[表报](?:人|单位|日期)?|制表人?|审核人?|复核人?|单位负责人|负责人|联系人|联系电话"
    r"|截至|截止|统计时间|日期|note|source|remark)s?[\d一二三四五]*[::.、)(].*"
)
_SHORTEST_HEADER: Final = 2
# The example in a template: its first cell is the mark, and its name says it once more.
_EXAMPLE: Final = ("示例", "example")
_NAMED_EXAMPLE: Final = ("(示例)", "(example)")

RowNote = tuple[str, int | None, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """
    A table as text.

    Attributes
    ----------
    input
        The file's name.
    sheet
        The sheet or layer, if the file has such.
    frame
        One column a header as it is written, one row a record, all text (``""`` where a cell is
        empty); the index counts rows as Excel shows them, from 1.
    notes
        What was left out or filled: reason code, row, and what stood there.
    uncalculated
        Formulas without a stored result: row (as the index) and header.
    """

    input: str
    sheet: str | None
    frame: pd.DataFrame
    notes: tuple[RowNote, ...] = ()
    uncalculated: tuple[tuple[int, str], ...] = ()


def arranged(
    grid: Grid,
    *,
    source: str,
    column_of: Callable[[str], str | None],
    is_amount: Callable[[str], bool],
    ragged_is_a_fault: bool,
) -> Cells:
    """
    Find the table in a grid of cells.

    Parameters
    ----------
    grid
        The cells.
    source
        The file's name.
    column_of
        Which column a header names, if any.
    is_amount
        Whether a column holds amounts: a merged one must not be counted once a row.
    ragged_is_a_fault
        Whether a row of another length than the header's is an error.

    Returns
    -------
    cells
        The records. The header is the row, among the first 30, that names most columns, and at
        least two; if none does, the first with more than one cell filled. There are none in a
        template with nothing below its example row.

    Raises
    ------
    TableError
        If there is no table, or rows differ in length.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in grid.rows]
    whole = _filled_downwards(grid, grid.rows)
    start = _header_row(whole, filled, column_of)
    if start is None:
        where = f" ({grid.sheet!r})" if grid.sheet else ""
        raise TableError(source, [f"there is no table in it{where}."])
    headers = _headers(whole, start, grid.merged)
    body = [place for place in range(start + 1, len(whole)) if filled[place]]
    left_out = {place: why for place in body if (why := _left_out(grid, place, headers))}
    body = [place for place in body if place not in left_out]
    if not body and "example_row" not in left_out.values():
        raise TableError(source, ["there are no rows below the header."])
    if ragged_is_a_fault:
        _refuse_ragged(grid.rows, body, len(headers), source)
    amounts = [is_amount(column_of(header) or "") for header in headers]
    block = np.empty((len(body), len(headers)), dtype=object)
    for place, row in enumerate(body):
        own, shared = grid.rows[row], whole[row]
        block[place, :] = [own[at] if amounts[at] else shared[at] for at in range(len(headers))]
    frame = pd.DataFrame(
        block, columns=pd.Index(headers, dtype=object), index=[row + 1 for row in body]
    )
    bare = [name for name, column in frame.items() if not name and not (column != "").any()]
    return Cells(
        input=source,
        sheet=grid.sheet,
        frame=frame.drop(columns=bare),
        notes=_notes(grid, filled, start, body, left_out, amounts),
        uncalculated=tuple(
            (row + 1, headers[column])
            for row, column in sorted(grid.uncalculated)
            if row in set(body) and column < len(headers)
        ),
    )


def _filled_downwards(grid: Grid, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    whole = [list(row) for row in rows]
    for top, left, bottom, _ in grid.merged:
        for row in range(top + 1, min(bottom + 1, len(whole))):
            whole[row][left] = whole[top][left]
    return whole


def _header_row(
    rows: Sequence[Sequence[str]],
    filled: Sequence[int],
    column_of: Callable[[str], str | None],
) -> int | None:
    several = [place for place, count in enumerate(filled) if count > 1]
    known = {
        place: len({column_of(_tidy(cell)) for cell in rows[place] if cell.strip()} - {None})
        for place in several[:_SEARCHED]
    }
    best = max(known, key=lambda place: (known[place], -place), default=None)
    if best is not None and known[best] >= _SHORTEST_HEADER:
        return best
    return several[0] if several else None


def _headers(
    rows: Sequence[Sequence[str]], start: int, merged: Sequence[tuple[int, int, int, int]]
) -> list[str]:
    """Take a merged header above for a cell that has none of its own."""
    headers = [_tidy(cell) for cell in rows[start]]
    for top, left, _, right in merged:
        if top < start and right == left and top >= start - 1 and not headers[left]:
            headers[left] = _tidy(rows[top][left])
    return headers


def _tidy(cell: str) -> str:
    return re.sub(r"\s+", " ", cell).strip()


def _plain(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).lower()


def _left_out(grid: Grid, place: int, headers: Sequence[str]) -> str | None:
    """Say why a row below the header is no record, if it is none."""
    row = grid.rows[place]
    written = [_plain(cell) for cell in row if cell.strip()]
    if [_tidy(cell) for cell in row] == list(headers):
        return "header_repeated"
    if written[0] in _EXAMPLE and any(cell.endswith(_NAMED_EXAMPLE) for cell in written):
        return "example_row"
    if _TOTAL.fullmatch(written[0]):
        return "total_row"
    if all(_FOOTNOTE.fullmatch(cell) for cell in written):
        return "footnote"
    wide = any(
        top == place == bottom and right - left + 1 > len(headers) / 2
        for top, left, bottom, right in grid.merged
    )
    return "section_row" if wide and len(written) == 1 else None


def _refuse_ragged(
    rows: Sequence[Sequence[str]], body: Sequence[int], width: int, source: str
) -> None:
    ragged = [place + 1 for place in body if len(rows[place]) != width]
    if ragged:
        problem = (
            f"the header has {width} cells, but these rows have more or fewer: {some(ragged)}; "
            "look for commas that belong to a text (put the text in quotes) or end a row."
        )
        raise TableError(source, [problem])


def _notes(
    grid: Grid,
    filled: Sequence[int],
    start: int,
    body: Sequence[int],
    left_out: dict[int, str],
    amounts: Sequence[bool],
) -> tuple[RowNote, ...]:
    notes: list[RowNote] = [
        ("title_skipped", place + 1, _shown(grid.rows[place]))
        for place in range(start)
        if filled[place]
    ]
    notes += [(why, place + 1, _shown(grid.rows[place])) for place, why in left_out.items()]
    last = max([start, *body])
    blank = sum(not filled[place] for place in range(start + 1, last))
    if blank:
        notes.append(("blank_rows", None, str(blank)))
    records = {place + 1 for place in body}
    notes += [("hidden_row", row, "") for row in grid.hidden if row in records]
    shared = [
        (top, left, bottom)
        for top, left, bottom, _ in grid.merged
        if bottom > top and top in set(body) and left < len(amounts)
    ]
    for top, left, bottom in shared:
        reason = "merged_amount" if amounts[left] else "merged_filled"
        notes.append((reason, top + 1, f"{grid.rows[top][left]} ({top + 1}-{bottom + 1})"))
    return tuple(notes)


def _shown(row: Sequence[str]) -> str:
    return " | ".join(cell.strip() for cell in row if cell.strip())
