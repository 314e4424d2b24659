"""
Fonts whose outlines every PDF viewer takes.

Noto's Chinese fonts have cubic outlines (CFF). Matplotlib puts those into a PDF as if they were
TrueType, which strict viewers refuse. So the characters of a map become a small TrueType font.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath
from matplotlib.text import Text

__all__ = ["with_true_type"]

_LARGEST_ERROR = 0.7  # thousandths of the letter's size


@contextmanager
def with_true_type(figures: Sequence[Figure]) -> Iterator[None]:
    """
    Write the texts of figures with TrueType fonts while the block runs.

    Parameters
    ----------
    figures
        Their fonts are as before afterwards.

    Yields
    ------
    nothing
        The block that writes a PDF.
    """
    by_font: dict[tuple[str, int], list[Text]] = {}
    for figure in figures:
        for text in figure.findobj(Text):
            face = text.get_fontproperties().get_file()
            if isinstance(face, FontPath) and text.get_text():
                by_font.setdefault((face.path, face.face_index), []).append(text)
    with ExitStack() as later:
        folder = Path(later.enter_context(tempfile.TemporaryDirectory()))
        for number, ((path, index), texts) in enumerate(
            sorted(by_font.items(), key=lambda one: one[0])
        ):
            font = TTFont(path, fontNumber=index, recalcTimestamp=False)
            if "CFF " not in font:
                continue
            signs = sorted({sign for text in texts for sign in text.get_text()})
            small = folder / f"{number}.ttf"
            _to_true_type(font, "".join(signs)).save(small)
            for text in texts:
                text.get_fontproperties().set_file(FontPath(str(small), 0))
                later.callback(text.get_fontproperties().set_file, FontPath(path, index))
        yield


def _to_true_type(font: TTFont, characters: str) -> TTFont:
    """Keep some characters of a font, and make their curves quadratic."""
    options = Options(layout_features=[], notdef_outline=True, name_IDs=["*"], hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    order = font.getGlyphOrder()
    glyphs = font.getGlyphSet()
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder = order
    table.glyphs = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, _LARGEST_ERROR, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    _describe_true_type(font)
    return font


def _describe_true_type(font: TTFont) -> None:
    for name in ("CFF ", "VORG", "DSIG", "BASE", "vhea", "vmtx"):
        if name in font:
            del font[name]
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    for field in [
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
        "maxComponentDepth",
    ]:
        setattr(profile, field, 0)
    profile.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
