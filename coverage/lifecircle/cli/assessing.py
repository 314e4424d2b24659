"""Commands that assess a study or look at its inputs: run, demo, check."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lifecircle.cli.options import (
    EXIT_INPUT,
    AcceptLoss,
    AcceptLossOf,
    OutFolder,
    StudyFile,
    accepted_losses,
    name_files,
)
from lifecircle.cli.refusing import refusals_of
from lifecircle.console import status_line
from lifecircle.labels import Language, label

__all__ = ["check", "demo", "run"]

_SEVERITIES = ("error", "lost", "warning", "note")


def run(  # numpydoc ignore=PR01
    study: StudyFile,
    out: OutFolder = None,
    *,
    accept_loss: AcceptLoss = False,
    accept_loss_of: AcceptLossOf = None,
    public: Annotated[
        bool,
        typer.Option("--public", help="The public edition: sums by zone only. 公开版"),
    ] = False,
) -> None:
    """Run a study and write its result folder. 运行研究并输出结果."""
    with refusals_of(study):
        accepted = accepted_losses(accept_loss, accept_loss_of)
        _run(study, out, accept_loss=accepted, public=public)


def demo(  # numpydoc ignore=PR01
    out: Annotated[Path, typer.Option("--out", help="The result folder. 结果目录")] = Path(
        "demo-result"
    ),
) -> None:
    """Run the made example study, 示例区. 运行示例研究."""
    from lifecircle.study import example_study

    _run(example_study(), out, accept_loss=False)


def check(  # numpydoc ignore=PR01
    study: StudyFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the list as a workbook into this folder. 问题清单目录"),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON. 以 JSON 输出")
    ] = False,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of the list; the study's own. 语言")
    ] = None,
) -> None:
    """Tell everything that is wrong with a study's inputs. 检查输入数据."""
    from lifecircle.assessment.checking import checked_study
    from lifecircle.read.quality import found_in
    from lifecircle.study import study_language
    from lifecircle.write.issue_list import issue_lines, write_issues

    console = Console()
    language = language or study_language(study) or "zh"
    with status_line(Console(stderr=True)):
        quality, to_geocode = checked_study(study)
    if as_json:
        spoken = quality.assign(found=found_in(quality, language))
        told = spoken.to_json(orient="records", force_ascii=False, indent=2)
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    else:
        for line in issue_lines(quality, language):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        counts = {name: int((quality["severity"] == name).sum()) for name in _SEVERITIES}
        said = label("issues", "counted", language).format(**counts)
        console.print(said if len(quality) else label("issues", "none", language))
    if out is not None:
        for path in write_issues(quality, to_geocode, out, language=language):
            text = label("issues", "written", language).format(path=path)
            Console(stderr=as_json).print(text, markup=False, highlight=False, soft_wrap=True)
    if quality["severity"].eq("error").any():
        raise typer.Exit(EXIT_INPUT)


def _run(
    study_file: Path,
    out: Path | None,
    *,
    accept_loss: bool | tuple[str, ...],
    public: bool = False,
) -> None:
    from lifecircle.read.study_inputs import input_files
    from lifecircle.study import read_study
    from lifecircle.whatif.robustness import assess_under_doubt
    from lifecircle.write.bundle import check_target
    from lifecircle.write.edition import require_review_number
    from lifecircle.write.results import write_results
    from lifecircle.write.terminal import summary_tables

    console = Console()
    study = read_study(study_file)
    folder = out or study.output
    if public:
        require_review_number(study)
        folder = out or study.output.with_name(f"{study.output.name}-public")
        study = study.model_copy(update={"robustness": None})  # nothing of it is published
    check_target(folder)
    with status_line(console):
        assessment, robustness = assess_under_doubt(study, accept_loss=accept_loss)
        write_results(
            assessment,
            folder,
            inputs={"study": study_file, **input_files(study)},
            accept_loss=accept_loss,
            robustness=robustness,
            edition="public" if public else "internal",
        )
    for table in summary_tables(assessment, robustness):
        console.print(table)
    name_files(folder, console, study.language)
