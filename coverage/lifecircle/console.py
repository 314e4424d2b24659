"""What a command says beside its results: the step it takes, and why it refuses."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console
from rich.markup import escape

from lifecircle.errors import FetchError, LifeCircleError, OutputError
from lifecircle.labels import Language
from lifecircle.messages import refusal

__all__ = ["EXIT_ENVIRONMENT", "EXIT_INPUT", "refusals_of", "refuse", "status_line"]

EXIT_INPUT: Final = 2
EXIT_ENVIRONMENT: Final = 3


@contextmanager
def status_line(console: Console) -> Iterator[None]:
    """
    Show the step that is being taken, from the library's own log lines.

    Parameters
    ----------
    console
        The terminal.

    Yields
    ------
    nothing
        The block that takes the steps.
    """
    logger = logging.getLogger("lifecircle")
    with console.status("lifecircle") as status:
        handler = _StatusHandler(status.update)
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)


class _StatusHandler(logging.Handler):
    """Hand each log line to the status line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__()
        self.show = show

    def emit(self, record: logging.LogRecord) -> None:
        self.show(escape(record.getMessage()))


@contextmanager
def refusals_of(study_file: Path) -> Iterator[None]:
    """
    End the program in the study's language where something of its input must be mended.

    Parameters
    ----------
    study_file
        The study file; where it cannot be read both languages are spoken.

    Yields
    ------
    nothing
        An error that leaves the block is printed, and the program ends.
    """
    try:
        yield
    except LifeCircleError as error:
        from lifecircle.study import study_language  # noqa: PLC0415 - takes seconds to import

        language = study_language(study_file)
        refuse(error, ("zh", "en") if language is None else (language,))


def refuse(error: LifeCircleError, languages: Sequence[Language]) -> NoReturn:
    """
    Print what an error says, and end the program with the code that fits.

    Parameters
    ----------
    error
        What must be mended.
    languages
        In which languages.
    """
    for language in languages:
        told = refusal(error, language)
        Console(stderr=True).print(told, markup=False, highlight=False, soft_wrap=True)
    of_machine = isinstance(error, FetchError | OutputError)
    raise SystemExit(EXIT_ENVIRONMENT if of_machine else EXIT_INPUT) from None
