"""Which header names which column, and which word in a cell means which word of the contract."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from lifecircle.errors import TableError
from lifecircle.labels import simplified, words
from lifecircle.tables import TableName, some

__all__ = [
    "column_named",
    "kind_in_name",
    "known_words",
    "match_columns",
    "near_misses",
    "plain",
    "to_words",
]

_UNIT_BEHIND: Final = re.compile(r"[/:](?:㎡|m2|万?平方米|万m2|亩|公顷|ha|户|人|张|个|年)$")
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_BETWEEN: Final = re.compile(r"[;,、/|\s]+")


def match_columns(
    headers: Sequence[str],
    table: TableName,
    *,
    source: str,
    given: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    Tell which header holds which column.

    Width, case, spaces and units in brackets do not matter.

    Parameters
    ----------
    headers
        As they are written in the file.
    table
        Which contract they are read for.
    source
        The file's name, for messages.
    given
        The user's own choice: column to header. It wins over everything.

    Returns
    -------
    columns
        Column to header, for every column that was found.

    Raises
    ------
    TableError
        If two headers name one column, or `given` names a column or header that does not exist.

    Examples
    --------
    >>> match_columns(["机构名称", "建筑面积（㎡）", "Lng"], "facilities", source="a.csv")
    {'name': '机构名称', 'floor_area_m2': '建筑面积（㎡）', 'longitude': 'Lng'}
    """
    given = dict(given or {})
    problems = _given_problems(given, headers, table)
    found: dict[str, list[str]] = {}
    spare: dict[str, list[str]] = {}
    for header in [header for header in headers if header not in given.values()]:
        column, is_spare = _aliases(table).get(plain(header), (None, False))
        if column is not None and column not in given:
            (spare if is_spare else found).setdefault(column, []).append(header)
    for column, named in found.items():
        if len(named) > 1:
            problems.append(
                f"several headers name the column '{column}': {some(named)}; say which one "
                f"(`columns`: {column} = {named[0]!r})."
            )
    if problems:
        raise TableError(source, problems)
    return {column: names[0] for column, names in {**spare, **found}.items()} | given


def column_named(header: str, table: TableName) -> str | None:
    """
    Tell which column a header names.

    Parameters
    ----------
    header
        As it is written.
    table
        Which contract it is read for.

    Returns
    -------
    column
        None if it names none.

    Examples
    --------
    >>> column_named("設施名稱", "facilities")
    'name'
    """
    return _aliases(table).get(plain(header), (None, False))[0]


def near_misses(column: str, headers: Iterable[str], table: TableName) -> list[str]:
    """
    Find headers that look like the ones of a column.

    Parameters
    ----------
    column
        The column that was not found.
    headers
        The headers of the file.
    table
        Which contract they are read for.

    Returns
    -------
    headers
        Those that look alike, at most three.
    """
    spellings = [key for key, (name, _) in _aliases(table).items() if name == column]
    return [
        header
        for header in headers
        if difflib.get_close_matches(plain(header), spellings, n=1, cutoff=0.6)
    ][:3]


@cache
def known_words(section: str) -> dict[str, str]:
    """
    Return the spellings of the words that a column may hold.

    Parameters
    ----------
    section
        A subsection of ``values`` in the label table: ``"kind"``.

    Returns
    -------
    words
        Spelling, half width, in lower case and without spaces, to the contract's word.
    """
    table = words(f"values.{section}")
    return {
        _packed(spelling): word
        for word, texts in table.items()
        for spelling in [word, *texts["zh"].split("|"), *texts["en"].split("|")]
    }


def to_words(text: str, section: str) -> tuple[list[str], list[str]]:
    """
    Read words that stand in one cell.

    Parameters
    ----------
    text
        The cell; words are divided by commas, semicolons, enumeration commas, slashes or spaces.
    section
        A subsection of ``values`` in the label table.

    Returns
    -------
    known
        The contract's words, each once, in their order.
    unknown
        What is none of them, as it is written.

    Examples
    --------
    >>> to_words("助餐、日托；唱歌", "functions")
    (['meals', 'day_care'], ['唱歌'])
    """
    spellings = known_words(section)
    for form in (_packed(text), plain(text)):
        if form in spellings:
            return [spellings[form]], []
    parts = [part for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)) if part]
    known = [spellings[_packed(part)] for part in parts if _packed(part) in spellings]
    unknown = [part for part in parts if _packed(part) not in spellings]
    return list(dict.fromkeys(known)), unknown


def kind_in_name(name: str) -> tuple[str, str] | None:
    """
    Tell a facility's kind from its name.

    Parameters
    ----------
    name
        The facility's name.

    Returns
    -------
    decided
        The kind, and the word that decided; None if no rule fits. The rules are tried in the order
        of the label table, on the name without brackets first.

    Examples
    --------
    >>> kind_in_name("幸福街道日间照料中心")
    ('day_care', '日间照料')
    """
    whole = simplified(unicodedata.normalize("NFKC", name))
    for tidy in (_BRACKETS.sub("", whole), whole):
        for rule in words("values.kind_in_name").values():
            word = next((word for word in rule["zh"].split("|") if word in tidy), None)
            if word is not None:
                return rule["kind"], word
    return None


def plain(text: str) -> str:
    """
    Give a header or word the form in which it is compared.

    Parameters
    ----------
    text
        As it is written.

    Returns
    -------
    text
        Half width, lower case, without spaces, underscores, asterisks, brackets and units behind.

    Examples
    --------
    >>> plain("建筑面积（㎡）"), plain("Facility_ID *")
    ('建筑面积', 'facilityid')
    """
    tidy = simplified(unicodedata.normalize("NFKC", text)).strip().lower()
    tidy = _UNIT_BEHIND.sub("", _BRACKETS.sub("", tidy).strip())
    return _packed(tidy)


def _packed(text: str) -> str:
    return re.sub(r"[\s_*\"'’-]+", "", simplified(unicodedata.normalize("NFKC", text)).lower())


@cache
def _aliases(table: TableName) -> dict[str, tuple[str, bool]]:
    """Map each spelling to its column, and whether it counts only if nothing better is there."""
    found: dict[str, tuple[str, bool]] = {}
    for column, texts in words(f"columns.{table}").items():
        for spelling in texts.get("spare", "").split("|"):
            found.setdefault(plain(spelling), (column, True))
    for column, texts in words(f"columns.{table}").items():
        for spelling in [column, texts["zh"], texts["en"], *texts.get("also", "").split("|")]:
            found[plain(spelling)] = (column, False)
    found.pop("", None)
    return found


def _given_problems(
    given: Mapping[str, str], headers: Sequence[str], table: TableName
) -> list[str]:
    known = words(f"columns.{table}")
    problems = [
        f"`columns` names the column {column!r}; the columns are {', '.join(known)}."
        for column in given
        if column not in known
    ]
    problems += [
        f"`columns` names the header {header!r}, which is not there; the file has "
        f"{some(headers, most=20)}."
        for header in given.values()
        if header not in headers
    ]
    return problems
