"""What is wrong with a study's inputs: for a terminal, a machine, and as a workbook, 问题清单."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import xlsxwriter

from lifecircle.assessment.rehearsing import rehearse
from lifecircle.errors import LifeCircleError, Located, OutputError
from lifecircle.labels import Language, label
from lifecircle.messages import in_language
from lifecircle.read.geocoded import TO_GEOCODE
from lifecircle.read.losses import check_losses
from lifecircle.read.quality import Remark, found_in, quality_table, reasons
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.study import read_study
from lifecircle.write.bundle import what_to_do
from lifecircle.write.labelled import TO_GEOCODE_FILE, write_addresses

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ISSUE_COLUMNS", "checked_study", "issue_lines", "issue_table", "write_issues"]

ISSUE_COLUMNS: Final = ("severity", "input", "sheet", "row", "field", "reason", "found", "remedy")
_WIDTHS: Final = (8, 22, 12, 8, 18, 32, 48, 40)
_ORDER: Final = {"error": 0, "lost": 1, "warning": 2, "note": 3}


def checked_study(study_file: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Find everything that is wrong with a study's inputs, without assessing them.

    Parameters
    ----------
    study_file
        The study file.

    Returns
    -------
    quality
        As `quality_table` gives it, the worst first; what must be mended is an ``error``.
    to_geocode
        The rows with an address and no coordinates.
    """
    nothing = pd.DataFrame(columns=list(TO_GEOCODE))
    try:
        study = read_study(study_file)
        _, inputs = documents_and_inputs(study)
    except LifeCircleError as fault:
        return _errors(fault, "must_be_mended"), nothing
    tables = [inputs.quality]
    try:
        check_losses(inputs, study.losses)
    except LifeCircleError as fault:
        tables.append(_errors(fault, "loss_limit").head(_limits_named(fault)))
    try:
        tables.append(rehearse(inputs, study))
    except LifeCircleError as fault:
        tables.append(_errors(fault, "must_be_mended"))
    whole = pd.concat(tables, ignore_index=True)
    order = whole["severity"].map(_ORDER)
    return whole.loc[order.sort_values(kind="stable").index].reset_index(drop=True), (
        inputs.to_geocode
    )


def issue_table(quality: pd.DataFrame, language: Language) -> pd.DataFrame:
    """
    Lay out findings for people.

    Parameters
    ----------
    quality
        As `checked_study` gives it.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    issues
        One row a finding, all in `language`, with its headers.
    """
    known = reasons()
    table = quality.reindex(columns=list(ISSUE_COLUMNS)).astype(object)
    table["found"] = found_in(quality, language)
    table["input"] = [in_language(str(name), language) for name in quality["input"]]
    table["remedy"] = [known[str(code)][f"remedy_{language}"] for code in quality["reason"]]
    table["reason"] = [known[str(code)][language] for code in quality["reason"]]
    table["severity"] = [label("severity", str(word), language) for word in quality["severity"]]
    return table.rename(columns={name: label("issues", name, language) for name in ISSUE_COLUMNS})


def issue_lines(quality: pd.DataFrame, language: Language) -> Iterator[str]:
    """
    Write findings as lines of text.

    Parameters
    ----------
    quality
        As `checked_study` gives it.
    language
        ``"zh"`` or ``"en"``.

    Yields
    ------
    line
        One finding, its parts divided by bars.
    """
    for row in issue_table(quality, language).fillna("").itertuples(index=False):
        yield " | ".join(str(cell) for cell in row if str(cell))


def write_issues(
    quality: pd.DataFrame, to_geocode: pd.DataFrame, folder: Path, *, language: Language
) -> list[Path]:
    """
    Write the findings as a workbook, and the rows to be geocoded as a list.

    Parameters
    ----------
    quality, to_geocode
        As `checked_study` gives them.
    folder
        Where to; made if it is not there. Its other files stay.
    language
        Of the workbook.

    Returns
    -------
    paths
        What was written.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    book, addresses = (
        folder / f"{label('issues', 'title', language)}.xlsx",
        folder / TO_GEOCODE_FILE,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_workbook(issue_table(quality, language), book, language)
        if to_geocode.empty:
            return [book]
        write_addresses(to_geocode, addresses)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as fault:
        why = what_to_do(fault) if isinstance(fault, OSError) else f"it cannot be written: {fault}."
        raise OutputError(str(folder), [why]) from fault
    return [book, addresses]


def _errors(fault: LifeCircleError, reason: str) -> pd.DataFrame:
    return quality_table(
        Remark(
            input=problem.subject if isinstance(problem, Located) else fault.subject,
            reason=reason,
            found=problem.problem if isinstance(problem, Located) else problem,
            severity="error",
        )
        for problem in fault.problems
    )


def _limits_named(fault: LifeCircleError) -> int:
    """Count the limits that are passed; the rows behind them are in the table already."""
    return sum("the limit is" in problem for problem in fault.problems)


def _write_workbook(issues: pd.DataFrame, path: Path, language: Language) -> None:
    texts: Sequence[Sequence[object]] = issues.to_numpy(dtype=object).tolist()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet(label("issues", "title", language))
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        for column, (header, width) in enumerate(zip(issues.columns, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width, wrapped)
            sheet.write_string(0, column, str(header), bold)
        for row, cells in enumerate(texts, start=1):
            for column, cell in enumerate(cells):
                if cell is None or cell is pd.NA or cell != cell:  # noqa: PLR0124 - NaN
                    continue
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell)
                else:
                    sheet.write_string(row, column, str(cell))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(texts), len(issues.columns) - 1)
