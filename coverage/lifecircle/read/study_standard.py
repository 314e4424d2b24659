"""A study's standards, its earlier result and its inputs, and everything wrong with any of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from lifecircle.errors import StudyError
from lifecircle.read.earlier_result import read_earlier_result
from lifecircle.read.study_inputs import StudyInputs, read_study_inputs
from lifecircle.read.study_sources import kept
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.standards.year_on_year import EarlierResult
from lifecircle.study import Study

__all__ = ["PLAIN_STANDARD", "StudyDocuments", "documents_and_inputs"]

PLAIN_STANDARD = "walk-20"
"""The reading that stands beside every standard's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyDocuments:
    """
    What the inputs of a study are judged by and compared with.

    Attributes
    ----------
    standard
        What the verdicts go by.
    also
        The standards whose indicators stand beside.
    earlier
        The earlier result to compare with; None without one.
    """

    standard: Standard
    also: tuple[Standard, ...]
    earlier: EarlierResult | None


def documents_and_inputs(study: Study) -> tuple[StudyDocuments, StudyInputs]:
    """
    Read the standards and everything else that a study names.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    documents
        The standards, and the earlier result.
    inputs
        Streets and tables.

    Raises
    ------
    StudyError
        For everything that is wrong with standards, earlier result and inputs, all at once.
    """
    faults: list[str] = []
    standard = kept(faults, lambda: read_standard(study.standard))
    also = [kept(faults, partial(read_standard, name)) for name in study.also]
    there = [one for one in (standard, *also) if one is not None]
    faults += _repeated(there)
    folder = study.last_year
    earlier = None if folder is None else kept(
        faults, lambda: read_earlier_result(folder, title=study.title)
    )  # fmt: skip
    # A stand-in lets the inputs' faults be told as well.
    standing = standard or read_standard(PLAIN_STANDARD)
    try:
        inputs = read_study_inputs(study, standard=standing)
    except StudyError as error:
        raise StudyError(error.subject, [*faults, *error.problems]) from None
    if faults:
        raise StudyError(study.title, faults)
    return StudyDocuments(standard=standing, also=tuple(there[1:]), earlier=earlier), inputs


def _repeated(standards: list[Standard]) -> Iterator[str]:
    counts = Counter(one.id for one in standards)
    for name, count in counts.items():
        if count > 1:
            yield f"'standard' and 'also' name {name!r} {count} times; name each once."
