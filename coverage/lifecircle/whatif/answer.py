"""From a study file and a user's words to the checks of their developments."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lifecircle.assessment import PLAIN_STANDARD
from lifecircle.errors import LifeCircleError, Located, StudyError
from lifecircle.labels import label
from lifecircle.read.losses import AcceptLoss, check_losses
from lifecircle.read.study_inputs import read_study_inputs
from lifecircle.standards.profile import read_standard
from lifecircle.study import Study, read_study
from lifecircle.whatif.development import DevelopmentCheck, check_developments
from lifecircle.whatif.request import Request, read_request

__all__ = ["answer_request"]

Part = TypeVar("Part")


def answer_request(
    study_file: Path, request: Request, *, standard: str | None, accept_loss: AcceptLoss = False
) -> tuple[Study, tuple[DevelopmentCheck, ...]]:
    """
    Check the developments of a request in the town of a study.

    Parameters
    ----------
    study_file
        The study.
    request
        The user's words.
    standard
        A shipped standard or a profile's path, instead of the study's; None for the study's.
    accept_loss
        Whether to go on though more rows are lost than the study's limits allow.

    Returns
    -------
    study
        The settings.
    checks
        One a development.

    Raises
    ------
    StudyError
        For everything that is wrong with the study, the standard and the request.
    TableError
        If too much of the inputs is lost.
    """
    faults: list[str] = []
    study = _kept(faults, lambda: read_study(study_file))
    name = standard or (None if study is None else study.standard)
    document = None if name is None else _kept(faults, lambda: read_standard(name))
    language = "zh" if study is None else study.language
    called = label("develop", "default_name", language)
    developments = _kept(faults, lambda: read_request(request, name=called))
    if faults or study is None or document is None or developments is None:
        raise StudyError("lifecircle develop", faults)
    inputs = read_study_inputs(study, standard=document)
    check_losses(inputs, study.losses, accept_loss=accept_loss)
    plain = read_standard(PLAIN_STANDARD)
    checks = check_developments(inputs, developments, study=study, standard=document, plain=plain)
    return study, checks


def _kept(faults: list[str], read: Callable[[], Part]) -> Part | None:
    try:
        return read()
    except LifeCircleError as error:
        own = error.subject == "lifecircle develop"
        faults += [each if own else Located(error.subject, each) for each in error.problems]
        return None
