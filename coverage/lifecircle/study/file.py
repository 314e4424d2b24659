"""The study file: one TOML file a study; everything wrong with it is said at once."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lifecircle.errors import StudyError
from lifecircle.labels import Language
from lifecircle.study.faults import fault_text
from lifecircle.study.profile_file import read_profile
from lifecircle.study.settings import Study

if TYPE_CHECKING:
    from lifecircle.study.profile import WalkProfile

__all__ = ["example_study", "read_study", "study_language"]


def example_study() -> Path:
    """
    Find the study file of the made example district.

    Returns
    -------
    path
        ``study.toml`` in the installed package, or in the checkout of an editable install.
    """
    package = Path(__file__).parents[1]
    installed = package / "example" / "study.toml"
    return installed if installed.exists() else package.parents[1] / "data" / "study.toml"


def read_study(path: Path) -> Study:
    """
    Read a study file.

    Parameters
    ----------
    path
        A TOML file; the paths in it are relative to its folder.

    Returns
    -------
    study
        The settings, with paths that hold from anywhere.

    Raises
    ------
    StudyError
        If the file is not there, is not UTF-8 or not TOML, or for every setting in it that is
        unknown, missing or unusable, all at once.
    """
    settings = _parsed(path)
    if "standard" in settings:
        settings["standard"] = _beside(path, settings["standard"])
    if isinstance(settings.get("also"), list):
        settings["also"] = [_beside(path, one) for one in settings["also"]]
    settings, wrong = _with_profile(path, settings)
    try:
        study = Study.model_validate(settings, context={"folder": path.parent.resolve()})
    except ValidationError as error:
        problems = [fault_text(fault, Study) for fault in error.errors()]
        raise StudyError(str(path), [*problems, *wrong, *_unknown_standards(settings)]) from None
    if wrong:
        raise StudyError(str(path), wrong)
    return study


def study_language(path: Path) -> Language | None:
    """
    Tell in which language a study wants to be answered, whatever else is wrong with its file.

    Parameters
    ----------
    path
        The study file.

    Returns
    -------
    language
        ``"zh"`` where the file names none; None where it cannot be read.
    """
    try:
        language = _parsed(path).get("language")
    except StudyError:
        return None
    return "en" if language == "en" else "zh"


def _with_profile(
    path: Path, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Put the profile itself where the study names it."""
    walk = settings.get("walk")
    if not isinstance(walk, dict) or not isinstance(walk.get("profile"), str):
        return dict(settings), ()
    profile: WalkProfile | None = None
    problems: tuple[str, ...] = ()
    try:
        profile = read_profile(walk["profile"], folder=path.parent)
    except StudyError as error:
        problems = error.problems
    return {**settings, "walk": {**walk, "profile": profile}}, problems


def _beside(study: Path, standard: object) -> object:
    """Find a profile of one's own beside the study file."""
    own = isinstance(standard, str) and standard.endswith(".toml")
    return str(study.parent / str(standard)) if own else standard


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        problem = "there is no such file; `lifecircle new DIR` makes one to start from."
    except IsADirectoryError:
        problem = "this is a folder; name the study file in it."
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})."
    except UnicodeDecodeError as error:
        problem = f"it is not UTF-8 (byte {error.start}); save it as UTF-8, not as ANSI or GBK."
    except tomllib.TOMLDecodeError as error:
        problem = f"it is not TOML: {error}."
    raise StudyError(str(path), [problem])


def _unknown_standards(settings: Mapping[str, Any]) -> Iterator[str]:
    """Name misspelt standards beside other faults; alone they are told with the inputs'."""
    profiles = Path(__file__).parents[1] / "standards" / "profiles"
    known = sorted(profile.stem for profile in profiles.glob("*.toml"))
    also = settings.get("also")
    named = {"standard": [settings.get("standard")], "also": also if isinstance(also, list) else []}
    for key, names in named.items():
        for name in names:
            if isinstance(name, str) and not name.endswith(".toml") and name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" did you mean {near[0]!r}?" if near else ""
                listed = ", ".join(known)
                yield f"'{key}' names no shipped standard: {name!r};{hint} known: {listed}."
