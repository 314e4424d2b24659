"""
Everything that lifecircle raises on purpose.

::

    LifeCircleError
    ├── TableError      (ValueError)    an input table breaks its contract
    ├── CrsError        (ValueError)    a coordinate system is missing, wrong or mixed up
    ├── NetworkError    (ValueError)    streets cannot be made into a walk network
    ├── StandardError   (ValueError)    a policy profile cannot be used
    ├── StudyError      (ValueError)    the study file, or what it names, is at fault
    ├── FetchError      (OSError)       a service on the internet fails, or answers in part only
    └── OutputError     (OSError)       the results cannot be written where they should go

The command line ends with exit code 2 for the first five (mend the input) and 3 for the last two
(mend the machine: see to the connection, close the file, free the disk, choose another folder).
"""

from collections.abc import Iterable
from typing import Self

__all__ = [
    "CrsError",
    "FetchError",
    "LifeCircleError",
    "Located",
    "NetworkError",
    "OutputError",
    "StandardError",
    "StudyError",
    "TableError",
]


class LifeCircleError(Exception):
    """
    Base class of every error that lifecircle raises on purpose.

    Parameters
    ----------
    subject
        What is at fault, in the caller's words: ``"facilities"``, or a file name.
    problems
        Every fault found, one sentence each, so that a user mends a file in one go.
    """

    def __init__(self, subject: str, problems: Iterable[str]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        listing = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{subject}: {len(self.problems)} problem(s){listing}")


class Located(str):
    """
    A problem of one among several inputs.

    Notes
    -----
    Made of the ``subject``, which input it is, and the ``problem``, one sentence. The text is both;
    they are kept apart beside it.

    Examples
    --------
    >>> located = Located("a.csv", "there is no table in it.")
    >>> print(located, "|", located.subject)
    a.csv: there is no table in it. | a.csv
    """

    __slots__ = ("problem", "subject")

    subject: str
    problem: str

    def __new__(cls, subject: str, problem: str) -> Self:  # noqa: D102 - the class says it
        text = super().__new__(cls, f"{subject}: {problem}")
        text.subject, text.problem = subject, problem
        return text


class TableError(LifeCircleError, ValueError):
    """An input table breaks its contract."""


class CrsError(LifeCircleError, ValueError):
    """A coordinate system is missing, wrong, or two tables have different ones."""


class NetworkError(LifeCircleError, ValueError):
    """Streets cannot be read, or cannot be made into a walk network."""


class StandardError(LifeCircleError, ValueError):
    """A policy profile cannot be found or breaks its contract."""


class StudyError(LifeCircleError, ValueError):
    """A study file, or what it names, is at fault."""


class FetchError(LifeCircleError, OSError):
    """A service on the internet cannot be reached, refuses, or does not answer in full."""


class OutputError(LifeCircleError, OSError):
    """Results cannot be written where they should go."""
