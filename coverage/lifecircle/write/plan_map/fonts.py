"""A font that has the characters of a Chinese map: of the system, else of a package."""

import importlib.util
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.font_manager import FontEntry, FontPath, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font

from lifecircle.errors import OutputError

__all__ = ["MISSING_SIGN", "PlanFont", "find_font", "printable"]

# In order of preference: upright sans serif first, as plans have it; Song faces last.
FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimSun",
    "Songti SC",
)
FONT_PACKAGE: Final = "pylopdf_fonts_zh_cn"
MISSING_SIGN: Final = "〓"  # what Chinese typesetters put for a character that they do not have
_ALWAYS_NEEDED: Final = frozenset(
    map(ord, "图例比例尺北养老服务设施街道社区小区缺口数据来源审图号")
)
_REGULAR, _BOLD = 400, 700
_ANYWHERE: Final = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFont:
    """
    The font of a map.

    Attributes
    ----------
    regular, bold
        The files, with the face in them; the same where there is no bold face.
    families
        Names to try where the file is not there, the font's own first.
    characters
        Code points that it has.
    """

    regular: FontPath
    bold: FontPath
    families: tuple[str, ...]
    characters: frozenset[int]


def find_font(texts: Iterable[str]) -> PlanFont:
    """
    Find a font for some texts.

    Parameters
    ----------
    texts
        What is to be written. Without a Chinese character among them, the font that comes with
        matplotlib will do where no other is found.

    Returns
    -------
    font
        One that has the common Chinese characters, if there are any in the texts.

    Raises
    ------
    OutputError
        If there are, and no font on this machine has them.
    """
    for family, faces in chinese_faces():
        font = _plan_font(family, faces)
        if font.characters >= _ALWAYS_NEEDED:
            return font
    latin = _plan_font("DejaVu Sans", _bundled_faces())
    wanted = {ord(sign) for text in texts for sign in text if sign.isprintable()}
    if wanted <= latin.characters:
        return latin
    problem = (
        "no font on this machine has Chinese characters, and the map would show boxes; install one "
        "(Windows: Microsoft YaHei, Debian and Ubuntu: `apt install fonts-noto-cjk`), or "
        "`pip install lifecircle[fonts]`."
    )
    raise OutputError("fonts", [problem])


def chinese_faces() -> list[tuple[str, list[FontEntry]]]:
    """
    List the fonts that are made for Chinese, the preferred first.

    Returns
    -------
    families
        Name and faces of each.
    """
    found = _families(fontManager.ttflist)
    if not found:  # matplotlib's list is as old as its first use on this machine
        _look_again()
        found = _families(fontManager.ttflist)
    return found or _packaged_faces()


def printable(text: str, font: PlanFont) -> str:
    """
    Make a text ready to be drawn.

    Parameters
    ----------
    text
        Any text, such as a name from a file.
    font
        The font it will be drawn with.

    Returns
    -------
    text
        On one line, without control characters; a sign stands for each character that the font
        lacks.
    """
    kept = (" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    stand_in = MISSING_SIGN if ord(MISSING_SIGN) in font.characters else "?"
    signs = (
        sign if ord(sign) in font.characters else stand_in
        for sign in kept
        if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
    )  # fmt: skip
    return " ".join("".join(signs).split())


def _families(entries: Iterable[FontEntry]) -> list[tuple[str, list[FontEntry]]]:
    upright = [entry for entry in entries if entry.style == "normal"]
    by_name = ((name, [one for one in upright if one.name == name]) for name in FAMILIES)
    return [
        (name, sorted(faces, key=lambda face: (face.fname, face.index)))
        for name, faces in by_name
        if faces
    ]


def _look_again() -> None:
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known):
        try:
            fontManager.addfont(path)
        except (OSError, RuntimeError):  # a font file that FreeType cannot read
            continue


def _packaged_faces() -> list[tuple[str, list[FontEntry]]]:
    package = importlib.util.find_spec(FONT_PACKAGE)
    if package is None or package.origin is None:
        return []
    path = Path(package.origin).with_name("NotoSansSC-Regular.otf")
    return [("Noto Sans SC", [FontEntry(fname=str(path), weight=_REGULAR)])]


def _bundled_faces() -> list[FontEntry]:
    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    return [
        FontEntry(fname=str(folder / "DejaVuSans.ttf"), weight=_REGULAR),
        FontEntry(fname=str(folder / "DejaVuSans-Bold.ttf"), weight=_BOLD),
    ]


def _plan_font(family: str, faces: list[FontEntry]) -> PlanFont:
    regular, bold = (
        min(faces, key=lambda face: abs(_weight(face) - wanted)) for wanted in (_REGULAR, _BOLD)
    )
    others = tuple(name for name in _ANYWHERE if name != family)
    return PlanFont(
        regular=FontPath(regular.fname, regular.index),
        bold=FontPath(bold.fname, bold.index),
        families=(family, *others, "sans-serif"),
        characters=_characters(regular.fname, regular.index) & _characters(bold.fname, bold.index),
    )


def _weight(face: FontEntry) -> int:
    return face.weight if isinstance(face.weight, int) else _REGULAR


@cache
def _characters(path: str, face: int) -> frozenset[int]:
    return frozenset(FT2Font(path, face_index=face).get_charmap())
