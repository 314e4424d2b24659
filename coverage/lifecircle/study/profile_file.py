"""Profiles of walkers: those of the package, and a file of one's own."""

import difflib
import tomllib
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from lifecircle.errors import Located, StudyError
from lifecircle.study.faults import fault_text
from lifecircle.study.profile import WalkProfile

__all__ = ["profile_names", "read_profile"]

_SHIPPED: Final = Path(__file__).parent / "profiles"


def profile_names() -> tuple[str, ...]:
    """
    Name the profiles of the package.

    Returns
    -------
    names
        Ascending.

    Examples
    --------
    >>> profile_names()
    ('adult', 'older', 'wheelchair')
    """
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def read_profile(name: str, *, folder: Path | None = None) -> WalkProfile:
    """
    Read a profile of walkers.

    Parameters
    ----------
    name
        One of `profile_names`, or the path of a TOML file of one's own.
    folder
        Where such a path begins.

    Returns
    -------
    profile
        What each thing on the way takes these walkers.

    Raises
    ------
    StudyError
        If there is no such profile, or for everything that is wrong with its file, at once.

    Examples
    --------
    >>> read_profile("older").speed.m_s
    1.0
    """
    if not name.endswith(".toml"):
        path = _SHIPPED / f"{name}.toml"
        if name not in profile_names():
            near = difflib.get_close_matches(name, profile_names(), n=1)
            hint = f" did you mean {near[0]!r}?" if near else ""
            known = ", ".join(profile_names())
            problem = f"'walk.profile' names no shipped profile: {name!r};{hint} known: {known}."
            raise StudyError("walk.profile", [problem])
    else:
        path = Path(name) if folder is None else folder / name
    try:
        return WalkProfile.model_validate(tomllib.loads(_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(name, [Located(path.name, f"it is not TOML: {error}.")]) from None
    except ValidationError as error:
        faults = (fault_text(one, WalkProfile, called="profile") for one in error.errors())
        problems = [Located(path.name, fault) for fault in faults]
        raise StudyError(name, problems) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"it is not UTF-8 (byte {error.start}); save it as UTF-8, not as ANSI or GBK."
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})."
    raise StudyError(path.name, [Located(path.name, problem)])
