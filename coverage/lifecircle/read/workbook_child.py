"""
A workbook's cells as text, read by a program of its own.

On Linux this file runs as a script with bounds on its memory and time: what a workbook made in bad
faith does to its parser stays there. It imports nothing of ours, so that it starts at once.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

__all__ = ["workbook_cells"]


def workbook_cells(path: str, sheet: str | None) -> dict[str, Any]:
    """
    Read a sheet of a workbook.

    Parameters
    ----------
    path
        The workbook.
    sheet
        Which sheet; None for the only visible one with data.

    Returns
    -------
    told
        Either ``rows`` (of text), the ``sheet`` read and its ``merged`` ranges (first row, first
        column, last row, last column, from 0); or ``sheets``, the names to choose from, and
        whether the sheet is ``unknown``; or the parser's ``fault``.
    """
    from python_calamine import (  # noqa: PLC0415 - only workbooks need it
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        if sheet is not None and sheet not in names:
            return {"sheets": names, "unknown": True}
        if sheet is None:
            shown = [
                about.name
                for about in book.sheets_metadata
                if about.visible == SheetVisibleEnum.Visible
            ]
            shown = [name for name in shown if book.get_sheet_by_name(name).height > 1]
            if len(shown) != 1:
                return {"sheets": shown, "unknown": False}
            sheet = shown[0]
        found = book.get_sheet_by_name(sheet)
        rows = found.to_python(skip_empty_area=False)
        merged = [[*first, *last] for first, last in found.merged_cell_ranges or []]
    except CalamineError as fault:
        return {"fault": str(fault)}
    return {
        "sheet": sheet,
        "rows": [[_as_shown(cell) for cell in row] for row in rows],
        "merged": merged,
    }


def _as_shown(cell: object) -> str:
    """Write a cell as Excel shows it: 1.0 as 1, fifteen digits, dates in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        plain = format(Decimal(f"{cell:.15g}"), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(cell, dt.datetime):
        at_midnight = cell.time() == dt.time()
        return cell.date().isoformat() if at_midnight else cell.isoformat(sep=" ")
    return str(cell)


def _main() -> None:
    import resource  # noqa: PLC0415 - not on Windows

    path, sheet, memory, seconds = sys.argv[1:5]
    for what, most in ((resource.RLIMIT_AS, int(memory)), (resource.RLIMIT_CPU, int(seconds))):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = workbook_cells(path, json.loads(sheet))
    sys.stdout.buffer.write(json.dumps(told).encode())


if __name__ == "__main__":
    _main()
