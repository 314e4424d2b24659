"""How a sheet of the workbook looks: titles, headers, numbers as numbers, totals as formulas."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Final, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from lifecircle.errors import OutputError
from lifecircle.write.bundle import what_to_do

__all__ = ["Column", "Sheet", "Total", "Writer"]

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FONT: Final = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_FRAME: Final = {"border": 1, "border_color": "#9a9a9a"}
_NUMBERS: Final = {
    "text": "@",
    "whole": "#,##0",
    "m2": "#,##0.00",
    "share": "0.0%",
    "decimal": "#,##0.0##",
    "year": "0",
}
_FIXED_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same result, the same bytes
_HEAD_ROW: Final = 2
_LINE_HEIGHT: Final = 15  # points
_MOST_LINES: Final = 6
_HEAD_HEIGHT: Final = 44  # points: three lines
_A4, _A3 = 9, 8
_MOST_ON_A4: Final = 12
_WIDEST: Final = 60
_CELL_LIMIT: Final = 32_767
_NUMBER_WIDTH: Final = 10
_FIRST_WIDE: Final = 0x2E80  # from here on characters are as wide as two Latin ones


class Total(NamedTuple):
    """
    What stands under a column.

    Attributes
    ----------
    formula
        Excel's, where ``{self}`` is the column's cells and ``{0}`` those of the first column; None
        for a number that the table alone does not give.
    value
        What it comes to; stored beside it, so that programs that compute nothing show it too.
    """

    formula: str | None
    value: float


class Column(NamedTuple):
    """
    One column of a sheet.

    Attributes
    ----------
    name
        What formulas call it.
    head
        The header, with the unit.
    cells
        One cell a row; None and NaN are left blank.
    form
        ``text``, ``whole``, ``m2``, ``share``, ``decimal`` or ``year``.
    total
        What stands under it; None for nothing.
    choices
        Words to choose from in a drop-down.
    width
        In characters; None to go by the cells.
    """

    name: str
    head: str
    cells: Sequence[object]
    form: str = "text"
    total: Total | None = None
    choices: tuple[str, ...] = ()
    width: float | None = None


class Sheet(NamedTuple):
    """
    One sheet.

    Attributes
    ----------
    name
        On the tab; at most 31 characters.
    title
        Over the table.
    columns
        All of one length.
    total_word
        Stands before the totals; None for a sheet without them.
    """

    name: str
    title: str
    columns: Sequence[Column]
    total_word: str | None = None


class Writer:
    """
    Writes sheets of one look into one workbook.

    Text is always text: nothing a cell holds becomes a formula, a link or a number.

    Parameters
    ----------
    path
        The file to write.
    subtitle
        Under each sheet's title: the study, the edition, the date.
    footer
        At the foot of each printed page; Excel's codes for page numbers follow it.
    """

    def __init__(self, path: str, *, subtitle: str, footer: str) -> None:
        self._path = path
        self.book = xlsxwriter.Workbook(path, _OPTIONS)
        self.book.set_properties({"created": _FIXED_DATE})
        self._subtitle = subtitle
        self._footer = footer.replace("&", "&&")
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def close(self) -> None:
        """
        Write the file.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            self.book.close()
        except OSError as fault:
            raise OutputError(self._path, [what_to_do(fault)]) from fault
        except XlsxWriterException as fault:
            raise OutputError(self._path, [f"it cannot be written: {fault}."]) from fault

    def look(self, **properties: object) -> Format:
        """
        Return a cell format, made once.

        Parameters
        ----------
        **properties
            XlsxWriter's; the common font is in all of them.

        Returns
        -------
        look
            The format.
        """
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(_FONT | properties)
        return self._formats[key]

    def add(self, sheet: Sheet) -> Worksheet:
        """
        Add a sheet with a table.

        Parameters
        ----------
        sheet
            What it holds.

        Returns
        -------
        worksheet
            The sheet as written.
        """
        page = self.begin(sheet.name, sheet.title, columns=len(sheet.columns))
        rows = len(sheet.columns[0].cells)
        first, last = _HEAD_ROW + 1, _HEAD_ROW + rows
        page.set_row(_HEAD_ROW, _HEAD_HEIGHT)
        for row, lines in enumerate(_lines(sheet.columns), start=first):
            page.set_row(row, _LINE_HEIGHT * lines)
        for at, column in enumerate(sheet.columns):
            page.write_string(_HEAD_ROW, at, column.head, self._head())
            page.set_column(at, at, _width(column))
            for row, cell in enumerate(column.cells, start=first):
                self._write(page, row, at, cell, column.form)
            if column.choices and rows:
                choices = {"validate": "list", "source": list(column.choices)}
                page.data_validation(first, at, last, at, {**choices, "error_type": "warning"})
        if sheet.total_word is not None and rows:
            self._add_totals(page, sheet, first, last)
        page.freeze_panes(first, min(2, len(sheet.columns) - 1))
        page.autofilter(_HEAD_ROW, 0, max(last, first), len(sheet.columns) - 1)
        page.repeat_rows(_HEAD_ROW)
        return page

    def begin(self, name: str, title: str, *, columns: int) -> Worksheet:
        """
        Add an empty sheet with its title, subtitle and print set-up.

        Parameters
        ----------
        name
            On the tab.
        title
            Over the table.
        columns
            How many it will have; wide ones are printed on A3.

        Returns
        -------
        worksheet
            The sheet; its own rows begin below the second.
        """
        page = self.book.add_worksheet(name)
        page.set_row(0, 26)
        page.write_string(0, 0, title, self.look(bold=True, font_name="黑体", font_size=15))
        page.write_string(1, 0, self._subtitle, self.look(font_color="#555555"))
        page.set_landscape()
        page.set_paper(_A3 if columns > _MOST_ON_A4 else _A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.set_footer(f"&L&9{self._footer}&R&9&P / &N")
        return page

    def _head(self) -> Format:
        return self.look(
            bold=True,
            font_name="黑体",
            text_wrap=True,
            align="center",
            bg_color="#e8eef2",
            **_FRAME,
        )

    def _write(self, page: Worksheet, row: int, at: int, cell: object, form: str) -> None:
        look = self.look(num_format=_NUMBERS[form], text_wrap=form == "text", **_FRAME)
        if cell is None or pd.isna(cell):  # type: ignore[call-overload]  # one cell, never a list
            page.write_blank(row, at, None, look)
        elif form == "text":
            page.write_string(row, at, str(cell)[:_CELL_LIMIT], look)
        else:
            page.write_number(row, at, float(str(cell)), look)

    def _add_totals(self, page: Worksheet, sheet: Sheet, first: int, last: int) -> None:
        row = last + 1
        cells = [
            f"{xl_col_to_name(at)}{first + 1}:{xl_col_to_name(at)}{last + 1}"
            for at in range(len(sheet.columns))
        ]
        for at, column in enumerate(sheet.columns):
            look = self.look(
                bold=True, num_format=_NUMBERS[column.form], bg_color="#f4f4f4", **_FRAME
            )
            if column.total is None:
                page.write_string(row, at, str(sheet.total_word) if at == 0 else "", look)
            elif column.total.formula is None:
                page.write_number(row, at, column.total.value, look)
            else:
                formula = column.total.formula.format(*cells, self=cells[at])
                page.write_formula(row, at, f"={formula}", look, column.total.value)


def _width(column: Column) -> float:
    """Go by the longest cell, and by a header that may break over three lines."""
    if column.width is not None:
        return column.width
    longest = max((_spaces(str(cell)) for cell in column.cells if cell is not None), default=0)
    cells = longest if column.form == "text" else _NUMBER_WIDTH
    head = -(-_spaces(column.head) // 3) + 3
    return float(min(max(cells + 2, head, 8), _WIDEST))


def _spaces(text: str) -> int:
    """Count character cells: a Chinese character takes two."""
    return sum(2 if ord(sign) >= _FIRST_WIDE else 1 for sign in text)


def _lines(columns: Sequence[Column]) -> list[int]:
    """Count the lines of each row: programs that only read the file do not fit its height."""
    lines = [1] * len(columns[0].cells)
    for column in columns:
        width = _width(column)
        for row, cell in enumerate(column.cells):
            if column.form == "text" and cell is not None:
                lines[row] = max(lines[row], min(_MOST_LINES, ceil(_spaces(str(cell)) / width)))
    return lines
