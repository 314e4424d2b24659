"""What pydantic found in a file of settings, in a user's words."""

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

__all__ = ["fault_text"]


def fault_text(fault: Mapping[str, Any], model: type[BaseModel], *, called: str = "study") -> str:
    """
    Say in a user's words what pydantic found.

    Parameters
    ----------
    fault
        One of ``ValidationError.errors()``.
    model
        What was validated.
    called
        What it is to the user.

    Returns
    -------
    text
        One sentence.
    """
    where = [str(part) for part in fault["loc"]]
    name = ".".join(where)
    if fault["type"] == "extra_forbidden":
        known = _known_keys(where[:-1], model)
        near = difflib.get_close_matches(where[-1], known, n=1)
        hint = f" did you mean {near[0]!r}?" if near else ""
        return f"'{name}' is no setting;{hint} known here: {', '.join(known)}."
    if fault["type"] == "missing":
        return f"'{name}' is missing; every {called} needs it."
    said = str(fault["msg"]).removeprefix("Value error, ").removesuffix(".")
    said = said.replace("Input should be", "must be", 1)
    if fault["type"] == "model_type":
        said = f"must be a table, as in `[{name}]`"
    if where[0] == "base_map":  # what was found there may be a key
        return f"'{name}' {said}."
    return f"'{name}' {said}; found {fault['input']!r}."


def _known_keys(where: list[str], whole: type[BaseModel]) -> list[str]:
    model: Any = whole
    for part in where:
        options = [model.model_fields[part].annotation]
        options += getattr(options[0], "__args__", ())
        model = next(one for one in options if isinstance(one, type) and issubclass(one, BaseModel))
    return list(model.model_fields)
