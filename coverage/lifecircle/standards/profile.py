"""Read a standard from a shipped profile or from a TOML file, with every fault at once."""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lifecircle.errors import StandardError
from lifecircle.standards.arguments import ARGUMENTS, MEASURES
from lifecircle.standards.model import Rule, Scope, Standard, Wording, status_clashes

__all__ = ["read_standard", "shipped_standards"]

# Which model a table of the file is read into, by the names on the way to it.
_MODELS: Final[dict[tuple[str, ...], type[BaseModel]]] = {
    (): Standard,
    ("title",): Wording,
    ("place",): Wording,
    ("issuer",): Wording,
    ("rules",): Rule,
    ("rules", "title"): Wording,
    ("rules", "reading"): Wording,
    ("rules", "scope"): Scope,
    **{("rules", "arguments", name): model for name, model in ARGUMENTS.items()},
}
# What must stand there instead, where pydantic would speak of its own things.
_WANTED: Final = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "date_type": "a date (2022-09-30)",
    "date_parsing": "a date (2022-09-30)",
    "finite_number": "a finite number",
    "model_attributes_type": "a table",
    "model_type": "a table",
    "string_pattern_mismatch": "lower-case words, joined by hyphens",
    "string_too_short": "a text",
    "string_type": "a text",
    "too_short": "a list that is not empty",
    "tuple_type": "a list",
}


def shipped_standards() -> tuple[str, ...]:
    """
    Name the profiles that come with lifecircle.

    Returns
    -------
    ids
        Sorted; each can be given to `read_standard`.

    Examples
    --------
    >>> shipped_standards()  # doctest: +ELLIPSIS
    ('community-services-2021', 'county-2021', ..., 'xianyang-2019', 'zhenjiang-2021')
    """
    names = (Path(entry.name) for entry in _profiles().iterdir())
    return tuple(sorted(name.stem for name in names if name.suffix == ".toml"))


def read_standard(name_or_path: str | Path) -> Standard:
    """
    Read one standard.

    Parameters
    ----------
    name_or_path
        The id of a shipped profile, or the path of a TOML file: a `Path`, or a text that ends in
        ``.toml``.

    Returns
    -------
    standard
        The document as data; its numbers are exact decimals.

    Raises
    ------
    StandardError
        If there is no such profile or file, or it breaks the contract; every fault is named.

    Examples
    --------
    >>> standard = read_standard("weihai-2022")
    >>> standard.number, [str(rule.limit) for rule in standard.floor_area_rules]
    ('威政字〔2022〕57号', ['20', '15'])
    """
    source = _source(name_or_path)
    raw = _toml(source, subject=str(name_or_path))
    try:
        return Standard.model_validate(raw)
    except ValidationError as error:
        told = [_told(detail) for detail in error.errors()]
        problems = dict.fromkeys([*told, *_clashes(raw)])
        raise StandardError(str(name_or_path), problems) from error


def _profiles() -> Traversable:
    return files("lifecircle.standards").joinpath("profiles")


def _source(name_or_path: str | Path) -> Traversable:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path)
    known = shipped_standards()
    if name_or_path in known:
        return _profiles().joinpath(f"{name_or_path}.toml")
    problem = f"no shipped standard has this id; known are {', '.join(known)}."
    raise StandardError(name_or_path, [problem + _near(name_or_path, known)])


def _toml(source: Traversable, *, subject: str) -> dict[str, Any]:
    try:
        text = source.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise StandardError(subject, [f"the file cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise StandardError(subject, ["the file must be saved as UTF-8."]) from error
    except tomllib.TOMLDecodeError as error:
        raise StandardError(subject, [f"the file is not TOML: {error}."]) from error


def _told(detail: ErrorDetails) -> str:
    """Say one fault that pydantic found in the words of the person who wrote the file."""
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return _told_measure(detail)
    *table, key = detail["loc"] or ("",)
    here = _place(tuple(detail["loc"]))
    if detail["type"] == "extra_forbidden":
        known = _known_keys(tuple(table))
        return f"unknown key {here}; known are {', '.join(known)}.{_near(str(key), known)}"
    if detail["type"] == "missing":
        return f"{here} is missing."
    if detail["type"] == "rule":
        return f"{here}: {detail['msg']}"
    wanted = _WANTED.get(detail["type"], detail["msg"].removeprefix("Input should be "))
    return f"{here} must be {wanted}, found {_found(detail['input'])}."


def _told_measure(detail: ErrorDetails) -> str:
    here = f"'measure'{_place(tuple(detail['loc'][:2]), bare=True)}"
    if detail["type"] == "union_tag_not_found":
        return f"{here} is missing."
    found = str(detail["input"]["measure"])
    listed = ", ".join(MEASURES)
    return f"{here} names no known measure: {found!r}; known are {listed}.{_near(found, MEASURES)}"


def _place(location: tuple[int | str, ...], *, bare: bool = False) -> str:
    """Write ``("rules", 0, "arguments", MEASURE, "kinds", 1)`` as ``'kinds[1]' in rule 1``."""
    rule = f" in rule {int(location[1]) + 1}" if location[:1] == ("rules",) and location[1:] else ""
    steps = location[2:] if rule else location
    if steps[:1] == ("arguments",):  # the model's tag is no key of the file
        steps = ("arguments", *(step for step in steps[1:] if step not in MEASURES))
    if bare:
        return rule
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return f"'{named.removeprefix('.')}'{rule}" if named else rule.removeprefix(" in ")


def _known_keys(table: tuple[int | str, ...]) -> tuple[str, ...]:
    model = _MODELS[tuple(str(step) for step in table if not isinstance(step, int))]
    keys = set(model.model_fields)
    if model is Rule:
        keys.add("measure")
    if model in ARGUMENTS.values():
        keys.discard("measure")
    return tuple(sorted(keys))


def _near(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _found(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)


def _clashes(raw: Mapping[str, Any]) -> Iterator[str]:
    """Look for rules that clash even where another fault kept pydantic from it."""
    rules = raw.get("rules")
    tables = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    named = [
        (rule.get("id"), rule["arguments"].get("status"))
        for rule in tables
        if isinstance(rule.get("arguments"), dict)
        and rule.get("measure") == "floor_area_per_100_households"
    ]
    clashes = status_clashes(named)
    if clashes:
        yield f"'rules': {' '.join(clashes)}"
