"""What is wrong with a study's inputs: for a terminal, a machine, and as a workbook, 问题清单."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from lifecircle.errors import OutputError
from lifecircle.labels import Language, label
from lifecircle.messages import in_language
from lifecircle.read.quality import found_in, reasons
from lifecircle.write.bundle import what_to_do
from lifecircle.write.labelled import TO_GEOCODE_FILE, write_addresses
from lifecircle.write.workbook.layout import Column, Sheet, Writer

__all__ = ["ISSUE_COLUMNS", "issue_lines", "issue_table", "write_issues"]

ISSUE_COLUMNS: Final = ("severity", "input", "sheet", "row", "field", "reason", "found", "remedy")


def issue_table(quality: pd.DataFrame, language: Language) -> pd.DataFrame:
    """
    Lay out findings for people.

    Parameters
    ----------
    quality
        As `assessment.checking.checked_study` gives it.
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
        As `assessment.checking.checked_study` gives it.
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
        As `assessment.checking.checked_study` gives them.
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
    except OSError as fault:
        raise OutputError(str(folder), [what_to_do(fault)]) from fault
    return [book, addresses]


def _write_workbook(issues: pd.DataFrame, path: Path, language: Language) -> None:
    title = label("issues", "title", language)
    writer = Writer(str(path), subtitle="", footer=title)
    cells = issues.astype(object).where(issues.notna(), None)
    columns = [
        Column(name, str(head), cells[head].tolist(), form="year" if name == "row" else "text")
        for name, head in zip(ISSUE_COLUMNS, cells.columns, strict=True)
    ]
    writer.add(Sheet(title, title, columns))
    writer.close()
