"""The one table of words, in Chinese and English."""

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final, Literal

__all__ = ["Language", "filled", "label", "simplified", "words"]

Language = Literal["zh", "en"]

# Traditional characters that headers, units and kinds of facilities are written with.
_TRADITIONAL: Final = str.maketrans(
    "設稱機構養類編號積築數戶經緯狀態樓層運營啟關閉開業時間標籤區縣鄉鎮總計護務項單點場綜體屬況詳細規劃歲齡嬰兒舊級別轉長廳飯託園莊棟畝萬億兩無"
    "資據暫東門牌產權獨築鄰車電話負責備註說來報審會員費圍現狀與為應處將從縱橫坐標連絡線圖書館",
    "设称机构养类编号积筑数户经纬状态楼层运营启关闭开业时间标签区县乡镇总计护务项单点场综体属况详细规划岁龄婴儿旧级别转长厅饭托园庄栋亩万亿两无"
    "资据暂东门牌产权独筑邻车电话负责备注说来报审会员费围现状与为应处将从纵横坐标连络线图书馆",
)


@cache
def words(section: str) -> dict[str, dict[str, str]]:
    """
    Return one section of ``labels.toml``.

    Parameters
    ----------
    section
        Its name, dotted where it is nested: ``"verdict"``, ``"columns.residences"``.

    Returns
    -------
    words
        For each key its ``zh`` and ``en`` text (and what else the section holds).
    """
    table: Any = _all_words()
    for part in section.split("."):
        table = table[part]
    found: dict[str, dict[str, str]] = table
    return found


def label(section: str, key: str, language: Language) -> str:
    """
    Return one word in one language.

    Parameters
    ----------
    section
        A section of ``labels.toml``.
    key
        The word's key in it.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    text
        The word as it is printed.

    Examples
    --------
    >>> label("verdict", "met", "zh"), label("verdict", "met", "en")
    ('达标', 'met')
    """
    return words(section)[key][language]


def filled(sentence: str, /, **parts: object) -> str:
    """
    Fill a sentence in; a word may go by the number beside it.

    Parameters
    ----------
    sentence
        With ``{name}`` where a part goes, and ``{name:one|many}`` where a word hangs on it.
    **parts
        What goes there.

    Returns
    -------
    text
        The sentence, right for one and for any other number.

    Examples
    --------
    >>> sentence = "{n} {n:residence is|residences are} short"
    >>> filled(sentence, n="1"), filled(sentence, n="0")
    ('1 residence is short', '0 residences are short')
    """
    return _Sentences().format(sentence, **parts)


class _Sentences(Formatter):
    """Reads ``{name:one|many}`` as one of two words."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, is_choice, many = format_spec.partition("|")
        if not is_choice:
            return str(super().format_field(value, format_spec))
        return one if str(value) == "1" else many


def simplified(text: str) -> str:
    """
    Write the traditional characters of headers, units and names of kinds in their simple form.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    text
        Of the same length; other characters stay as they are.

    Examples
    --------
    >>> simplified("設施名稱")
    '设施名称'
    """
    return text.translate(_TRADITIONAL)


@cache
def _all_words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("lifecircle").joinpath("labels.toml").read_text(encoding="utf-8"))
