"""The report: cover, summary, method, maps, gap list and annex, as a Word document or a PDF."""

from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.errors import OutputError
from lifecircle.write.bundle import what_to_do
from lifecircle.write.edition import Edition
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
        If it is a folder or ends with neither ``.docx`` nor ``.pdf``, or typst is not installed
        and needed.
    """
    if path.suffix not in {".docx", ".pdf"}:
        raise OutputError(str(path), ["the report is a .docx or a .pdf; end the name with one."])
    if path.is_dir():
        raise OutputError(str(path), ["this is a folder; name a file."])
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
    OutputError
        If the file cannot be written, no font has the characters, or typst is needed and not
        installed.
    """
    check_report_path(path)
    content = report_content(assessment, robustness=robustness, edition=edition)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".pdf":
            part.write_bytes(pdf_report(content))
        else:
            save_document(word_report(content), part)
        part.replace(path)
    except OutputError:  # it is an OSError too
        raise
    except OSError as error:
        raise OutputError(str(path), [what_to_do(error)]) from error
    finally:
        part.unlink(missing_ok=True)
