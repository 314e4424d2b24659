"""The report: cover, summary, method, maps, gap list and annex, as a Word document or a PDF."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.errors import OutputError
from lifecircle.write.bundle import what_to_do
from lifecircle.write.edition import Edition, require_review_number
from lifecircle.write.report.cover import report_content
from lifecircle.write.report.pdf_pages import pdf_report, require_typst
from lifecircle.write.report.word_pages import word_report
from lifecircle.write.word import save_document

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = ["check_report_path", "write_report"]


def check_report_path(path: Path) -> None:
    """
    Refuse, before any work is done, what cannot be written.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    OutputError
        If it is a folder, lies in a file, or ends with neither ``.docx`` nor ``.pdf``; if typst is
        needed and not installed.
    """
    if path.suffix not in {".docx", ".pdf"}:
        raise OutputError(str(path), ["the report is a .docx or a .pdf; end the name with one."])
    if path.is_dir():
        raise OutputError(str(path), ["this is a folder; name a file."])
    nearest = next(one for one in path.absolute().parents if one.exists())
    if not nearest.is_dir():
        raise OutputError(str(nearest), ["this is a file; name a folder."])
    if path.suffix == ".pdf":
        require_typst()


def write_report(
    assessment: "Assessment",
    path: Path,
    *,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> None:
    """
    Write the report of an assessment.

    Parameters
    ----------
    assessment
        What was found.
    path
        The file: ``.docx``, to be edited, or ``.pdf``. An older file is replaced by a whole one.
    robustness
        Which verdicts hold under doubt, if that was asked.
    edition
        ``internal``: everything; ``public``: sums by zone only.

    Raises
    ------
    StudyError
        If a public edition lacks the number of its maps' approval.
    OutputError
        If the file cannot be written, no font has the characters, or typst is needed and not
        installed.
    """
    check_report_path(path)
    if edition == "public":
        require_review_number(assessment.study)
    content = report_content(assessment, robustness=robustness, edition=edition)
    if path.suffix == ".pdf":
        pdf = pdf_report(content)
        _put_in_place(path, lambda part: part.write_bytes(pdf))
    else:
        document = word_report(content)
        _put_in_place(path, lambda part: save_document(document, part))


def _put_in_place(path: Path, write: Callable[[Path], object]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OutputError(str(path), [what_to_do(error)]) from error
