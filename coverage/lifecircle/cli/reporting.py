"""The command that writes the report: report."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from lifecircle.cli.options import AcceptLoss, StudyFile
from lifecircle.cli.refusing import refusals_of
from lifecircle.console import status_line
from lifecircle.labels import label

__all__ = ["report"]


def report(  # numpydoc ignore=PR01
    study: StudyFile,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The file, .docx or .pdf; report.docx if none. 输出文件"),
    ] = None,
    form: Annotated[
        Literal["docx", "pdf"] | None,
        typer.Option("--format", help="Where --out does not say it. 格式"),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Sums by zone only. 公开版：只列分区合计")
    ] = False,
    accept_loss: AcceptLoss = False,
) -> None:
    """Write the report of a study, as a Word document or a PDF. 编写研究报告."""
    path = out or Path(f"report.{form or 'docx'}")
    with refusals_of(study):
        _write(study, path, form, public=public, accept_loss=accept_loss)


def _write(
    study_file: Path, path: Path, form: str | None, *, public: bool, accept_loss: bool
) -> None:
    from lifecircle.errors import OutputError
    from lifecircle.study import read_study
    from lifecircle.whatif.robustness import assess_under_doubt
    from lifecircle.write.edition import require_review_number
    from lifecircle.write.report import check_report_path, write_report

    if form is not None and path.suffix != f".{form}":
        ending = path.suffix.removeprefix(".")
        problem = f"{path.name} ends with {ending!r} and the format is {form}: name one."
        raise OutputError(str(path), [problem])
    check_report_path(path)
    study = read_study(study_file)
    if public:
        require_review_number(study)
    console = Console()
    with status_line(console):
        assessment, robustness = assess_under_doubt(study, accept_loss=accept_loss)
        write_report(
            assessment,
            path,
            robustness=robustness,
            edition="public" if public else "internal",
        )
    written = label("plan_map", "written", study.language).format(path=path)
    console.print(written, markup=False, highlight=False, soft_wrap=True)
    if not study.plan.review_number:
        note = label("plan_map", "no_review_number", study.language)
        console.print(note, markup=False, highlight=False, soft_wrap=True)
