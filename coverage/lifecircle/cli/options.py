"""What several commands share: arguments, exit codes, naming the files that were written."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lifecircle.labels import Language, label

__all__ = [
    "EXIT_BUG",
    "EXIT_ENVIRONMENT",
    "EXIT_INPUT",
    "AcceptLoss",
    "AcceptLossOf",
    "OutFolder",
    "StudyFile",
    "accepted_losses",
    "name_files",
]

EXIT_INPUT, EXIT_ENVIRONMENT, EXIT_BUG = 2, 3, 70

StudyFile = Annotated[Path, typer.Argument(help="The study file (TOML). 研究配置文件")]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", help="The result folder, instead of the study's own. 结果目录"),
]
AcceptLoss = Annotated[
    bool,
    typer.Option(
        "--accept-loss", help="Run although rows could not be read or placed. 接受数据丢失并继续"
    ),
]
AcceptLossOf = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-loss-of",
        metavar="KIND",
        help="Accept only losses of this kind: residences, facilities, or a reason such as "
        "no_coordinates; may be repeated. 只接受此类丢失",
    ),
]


def accepted_losses(
    accept_loss: bool,  # noqa: FBT001 - as the option has it
    kinds: list[str] | None,
) -> bool | tuple[str, ...]:
    """
    Put the two options for losses into one answer.

    Parameters
    ----------
    accept_loss
        Whether all are accepted.
    kinds
        Those that are, where not all.

    Returns
    -------
    accepted
        As `lifecircle.read.losses.check_losses` takes it.

    Raises
    ------
    StudyError
        If a kind is unknown.
    """
    from lifecircle.read.losses import check_accepted

    check_accepted(kinds or ())
    return accept_loss or tuple(dict.fromkeys(kinds or ())) or False


def name_files(folder: Path, console: Console, language: Language) -> None:
    """
    Print which files stand in a folder.

    Parameters
    ----------
    folder
        The folder.
    console
        Where to.
    language
        Of the sentence before them.
    """
    written = label("summary", "written", language).format(folder=folder)
    console.print(written, markup=False, soft_wrap=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
