"""What is wrong with an input, in Chinese: sentences looked up in the table of words."""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from lifecircle.errors import LifeCircleError, Located
from lifecircle.labels import Language, label, words

__all__ = ["in_language", "refusal"]

_SLOT: Final = re.compile(r"\{(\w+)\}")
_COUNT: Final = r"[\d,.]+"
_SHAPE: Final = r"[A-Z]\w+"
_FULL_STOP: Final = r"\."
_LONGEST: Final = 20_000
# Slots that hold a word of another section.
_CODES: Final = {"kind": "kind", "status": "status"}


class _Sentence(NamedTuple):
    pieces: tuple[str, ...]
    pattern: re.Pattern[str]
    quoted: frozenset[str]  # slots between quotation marks: what the user wrote, or is to write
    chinese: str


def in_language(text: str, language: Language) -> str:
    """
    Say a sentence of the code in one language.

    Parameters
    ----------
    text
        English, as it was raised or remarked, with its values filled in.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    text
        As it is in English; in Chinese by the section ``messages`` of the table of words. What
        stands in no table (another program's own words) stays as it is.

    Examples
    --------
    >>> in_language("there is no layer 'a'; there are 'b', 'c' and 2 more.", "zh")
    "没有图层 'a'；现有 'b', 'c' 等，另有 2 项。"
    """
    if language == "en" or len(text) > _LONGEST:
        return text
    if isinstance(text, Located):
        return f"{_chinese(text.subject)}：{_chinese(text.problem)}"
    return _chinese(text)


def refusal(error: LifeCircleError, language: Language) -> str:
    """
    Lay out what an error says, in one language.

    Parameters
    ----------
    error
        With one sentence a problem.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    text
        A line that counts the problems, and a line for each.

    Examples
    --------
    >>> print(refusal(LifeCircleError("a.csv", ["there is no table in it."]), "zh"))
    a.csv：1 处问题
      - 其中没有表格。
    """
    first, *_ = str(error).split("\n", 1)
    lines = [in_language(problem, language) for problem in error.problems]
    return "\n  - ".join([in_language(first, language), *lines])


@lru_cache(maxsize=1 << 14)
def _chinese(text: str) -> str:
    fixed, sentences = _table()
    if text in fixed:
        return fixed[text]
    for sentence in sentences:
        whole = sentence.pattern.pattern.endswith(_FULL_STOP) == text.endswith(".")
        if whole and all(piece in text for piece in sentence.pieces):
            found = sentence.pattern.fullmatch(text)
            if found:
                values = {
                    name: value if name in sentence.quoted else _filled(name, value)
                    for name, value in found.groupdict().items()
                }
                return sentence.chinese.format(**values)
    return text


def _filled(slot: str, value: str) -> str:
    if slot in _CODES:
        known = words(_CODES[slot])
        return label(_CODES[slot], value, "zh") if value in known else value
    if slot.endswith("_items"):
        return "、".join(_chinese(part) for part in value.split(", "))
    return _chinese(value)


@cache
def _table() -> tuple[dict[str, str], list[_Sentence]]:
    """Sort the sentences, those with most words of their own first: a short one fits much."""
    pairs = [(text["en"], text["zh"]) for text in words("messages").values()]
    for reason in words("reasons").values():
        pairs += [(reason["en"], reason["zh"]), (reason["remedy_en"], reason["remedy_zh"])]
    fixed = {english: chinese for english, chinese in pairs if not _SLOT.search(english)}
    sentences = [_sentence(*pair) for pair in pairs if _SLOT.search(pair[0])]
    return fixed, sorted(sentences, key=lambda one: -sum(map(len, one.pieces)))


def _sentence(english: str, chinese: str) -> _Sentence:
    parts = _SLOT.split(english)
    pieces, slots = parts[::2], parts[1::2]
    pattern = re.escape(pieces[0])
    for slot, piece in zip(slots, pieces[1:], strict=True):
        holds = {"count": _COUNT, "shape": _SHAPE}.get(slot, ".+?")
        pattern += f"(?P<{slot}>{holds}){re.escape(piece)}"
    quoted = frozenset(
        slot
        for slot, before, after in zip(slots, pieces, pieces[1:], strict=False)
        if slot not in _CODES and before.endswith("'") and after.startswith("'")
    )
    whole = re.compile(pattern, re.DOTALL)
    return _Sentence(tuple(filter(None, pieces)), whole, quoted, chinese)
