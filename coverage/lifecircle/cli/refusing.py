"""How the program ends where something must be mended: what it says, in whose language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from lifecircle.cli.options import EXIT_ENVIRONMENT, EXIT_INPUT
from lifecircle.errors import FetchError, LifeCircleError, OutputError
from lifecircle.labels import Language
from lifecircle.messages import refusal

__all__ = ["refusals_of", "refuse"]


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
        from lifecircle.study import study_language

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
    for told in dict.fromkeys(refusal(error, language) for language in languages):
        Console(stderr=True).print(told, markup=False, highlight=False, soft_wrap=True)
    of_machine = isinstance(error, FetchError | OutputError)
    raise SystemExit(EXIT_ENVIRONMENT if of_machine else EXIT_INPUT) from None
