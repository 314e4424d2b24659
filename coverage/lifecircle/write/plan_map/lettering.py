"""Writing on the sheet: how wide a text is, how it is broken, how it is made to fit."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patheffects import Stroke
from matplotlib.text import Text

from lifecircle.labels import Language, label
from lifecircle.write.plan_map.fonts import PlanFont, printable

__all__ = ["INK", "MM_PER_POINT", "SOFT_INK", "LetterStyle", "Pen"]

INK: Final = "#23262b"
SOFT_INK: Final = "#5c6169"
MM_PER_POINT: Final = 25.4 / 72
LINE_HEIGHT: Final = 1.32  # of the letters' size
_SMALLEST_SHARE: Final = 0.6  # how far a text is made smaller before it is cut
_MEASURED_AT: Final = 100.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterStyle:
    """
    How a text is written.

    Attributes
    ----------
    size
        In points on A3.
    bold
        Whether in the bold face.
    color
        Of the letters.
    across, along
        Which of its edges stands at the place that is named.
    halo
        Width of a white rim in points on A3.
    """

    size: float = 9.0
    bold: bool = False
    color: str = INK
    across: Literal["left", "center", "right"] = "left"
    along: Literal["top", "center", "bottom", "baseline"] = "center"
    halo: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pen:
    """
    What is needed to write on a sheet.

    Attributes
    ----------
    figure
        The sheet.
    axes
        The whole sheet, in millimetres.
    font
        The font.
    language
        Of the words.
    unit
        How much larger than on A3 everything is.
    """

    figure: Figure
    axes: Axes
    font: PlanFont
    language: Language
    unit: float

    def word(self, key: str, **parts: object) -> str:  # numpydoc ignore=PR01,RT01
        """Return a word of the plan maps, with its braces filled in."""
        return label("plan_map", key, self.language).format(**parts)

    def width_mm(self, text: str, style: LetterStyle) -> float:  # numpydoc ignore=PR01,RT01
        """Return how wide a text will be."""
        face = self.font.bold if style.bold else self.font.regular
        at_hundred = _width_points(face.path, face.face_index, printable(text, self.font))
        return at_hundred * style.size * self.unit / _MEASURED_AT * MM_PER_POINT

    def height_mm(self, style: LetterStyle) -> float:  # numpydoc ignore=PR01,RT01
        """Return how high a line is."""
        return style.size * self.unit * MM_PER_POINT * LINE_HEIGHT

    def write(
        self, text: str, x: float, y: float, style: LetterStyle
    ) -> Text:  # numpydoc ignore=PR01,RT01
        """Write one line at a place in millimetres."""
        shown = printable(text, self.font)
        if style.halo:  # by itself: what has an effect is drawn as outlines, and is text no more
            rim = self._written(shown, x, y, style, order=29.5)
            rim.set_path_effects([Stroke(linewidth=style.halo * self.unit * 2, foreground="white")])
            rim.set_label("halo")
        return self._written(shown, x, y, style, order=30)

    def _written(self, text: str, x: float, y: float, style: LetterStyle, *, order: float) -> Text:
        font = FontProperties(
            family=list(self.font.families),
            size=style.size * self.unit,
            weight="bold" if style.bold else "normal",
            fname=self.font.bold if style.bold else self.font.regular,
        )
        return self.axes.text(
            x, y, text, fontproperties=font, color=style.color, ha=style.across, va=style.along,
            parse_math=False, zorder=order,
        )  # fmt: skip

    def fitted(
        self, text: str, width_mm: float, style: LetterStyle
    ) -> tuple[str, LetterStyle]:  # numpydoc ignore=PR01,RT01
        """Make a line small enough for its place; at the last, cut it."""
        wide = self.width_mm(text, style)
        share = min(1.0, width_mm / wide) if wide else 1.0
        smaller = replace(style, size=style.size * max(share, _SMALLEST_SHARE))
        if share >= _SMALLEST_SHARE:
            return text, smaller
        return self.cut(text, width_mm, smaller), smaller

    def cut(
        self, text: str, width_mm: float, style: LetterStyle
    ) -> str:  # numpydoc ignore=PR01,RT01
        """Leave out the end of a line that is too long."""
        kept = printable(text, self.font)
        while kept and self.width_mm(kept + "…", style) > width_mm:
            kept = kept[: int(len(kept) * 0.95) if len(kept) > _LONG else -1]
        return kept + "…"

    def broken(
        self, text: str, width_mm: float, style: LetterStyle
    ) -> list[str]:  # numpydoc ignore=PR01,RT01
        """Break a text into lines: between words, or between Chinese characters."""
        lines, line = [], ""
        for piece in _pieces(printable(text, self.font)):
            if line and self.width_mm((line + piece).rstrip(), style) > width_mm:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        return [*lines, line.rstrip()] if line.strip() else lines


_LONG: Final = 60
_NOT_FIRST: Final = frozenset("，。、；：！？）》”’％%,.;:!?)]}")
_NOT_LAST: Final = frozenset("（《“‘([{")


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end."""
    pieces = [""]
    for sign in text:
        last = pieces[-1][-1:]
        together = (
            not last
            or sign in _NOT_FIRST
            or last in _NOT_LAST
            or (_is_narrow(sign) and _is_narrow(last) and last != " ")
        )
        if together:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _is_narrow(sign: str) -> bool:
    return sign < "⺀"  # the first of the Chinese signs


@cache
def _width_points(path: str, face: int, text: str) -> float:
    font = _face(path, face)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64


@cache
def _face(path: str, face: int) -> FT2Font:
    font = FT2Font(FontPath(path, face), face_index=face)
    font.set_size(_MEASURED_AT, 72)
    return font
