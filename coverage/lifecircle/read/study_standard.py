"""A study's standard and its inputs, and everything that is wrong with either."""

from lifecircle.errors import Located, StandardError, StudyError
from lifecircle.read.study_inputs import StudyInputs, read_study_inputs
from lifecircle.standards.model import Standard
from lifecircle.standards.profile import read_standard
from lifecircle.study import Study

__all__ = ["PLAIN_STANDARD", "standard_and_inputs"]

PLAIN_STANDARD = "walk-20"
"""The reading that stands beside every standard's own."""


def standard_and_inputs(study: Study) -> tuple[Standard, StudyInputs]:
    """
    Read the standard and everything else that a study names.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    standard
        What the verdicts go by.
    inputs
        Streets and tables.

    Raises
    ------
    StudyError
        For everything that is wrong with the standard and the inputs, all at once.
    """
    faults: list[str] = []
    try:
        standard = read_standard(study.standard)
    except StandardError as error:
        faults = [Located(error.subject, problem) for problem in error.problems]
        standard = read_standard(PLAIN_STANDARD)  # so that the inputs' faults are told as well
    try:
        inputs = read_study_inputs(study, standard=standard)
    except StudyError as error:
        raise StudyError(error.subject, [*faults, *error.problems]) from None
    if faults:
        raise StudyError(study.title, faults)
    return standard, inputs
