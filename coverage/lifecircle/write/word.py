"""The Word document that reports are made of: styles, Chinese fonts, captions, tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from lifecircle.labels import Language, label
from lifecircle.write.table_columns import column_widths, number_columns

__all__ = [
    "add_caption",
    "add_field",
    "add_heading",
    "add_table",
    "add_text",
    "new_document",
    "printable",
    "save_document",
]

# What a Chinese office has, and what its counterpart is: text in 宋体, headings in 黑体.
_FONTS: Final = {"body": ("Times New Roman", "宋体"), "heading": ("Arial", "黑体")}
_SIZES: Final = {"Normal": 10.5, "Title": 16.0, "Heading 1": 14.0, "Heading 2": 12.0,
                 "Caption": 9.0}  # fmt: skip
_MARGIN_CM: Final = 2.0
_PAGE_CM: Final = (21.0, 29.7)
_TABLE_PT: Final = 9.0
_SHORT_TABLE, _FIRST_TOGETHER = 16, 3  # rows
_SHADE: Final = "E7E6E6"
_CELL_MARGIN: Final = 30  # above and below the text of a cell, in twentieths of a point
# The same result gives the same document, whenever it is written.
_WRITTEN: Final = datetime(2000, 1, 1, tzinfo=UTC)


def new_document(*, title: str, language: Language) -> WordDocument:
    """
    Begin a document on A4 with our styles.

    Parameters
    ----------
    title
        Stands in the document's properties.
    language
        Of the text: what Word checks its spelling by.

    Returns
    -------
    document
        Empty; every style names a font for Latin text and one for Chinese.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(length) for length in _PAGE_CM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(_MARGIN_CM))
    for name, points in _SIZES.items():
        _set_style(document, name, points, language)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.core_properties.title = printable(title)
    document.core_properties.author = "LifeCircle"
    document.core_properties.comments = ""
    document.core_properties.created = _WRITTEN
    document.core_properties.modified = _WRITTEN
    return document


def add_heading(document: WordDocument, text: str, *, level: int) -> Paragraph:
    """
    Add a heading.

    Parameters
    ----------
    document
        The document.
    text
        The heading.
    level
        0 for the title, 1 and 2 below it.

    Returns
    -------
    paragraph
        The heading.
    """
    paragraph: Paragraph = document.add_heading(printable(text), level=level)
    return paragraph


def add_text(
    document: WordDocument, text: str, *, bold: bool = False, small: bool = False
) -> Paragraph:
    """
    Add a paragraph.

    Parameters
    ----------
    document
        The document.
    text
        The paragraph.
    bold, small
        How it looks.

    Returns
    -------
    paragraph
        The paragraph.
    """
    paragraph = document.add_paragraph()
    run = paragraph.add_run(printable(text))
    run.bold = bold or None
    if small:
        run.font.size = Pt(_TABLE_PT)
    return paragraph


def add_caption(document: WordDocument, text: str, *, kind: str, language: Language) -> Paragraph:
    """
    Add a numbered caption; it stays with what follows.

    Parameters
    ----------
    document
        The document.
    text
        What the caption says after its number.
    kind
        What is counted: ``"table"`` or ``"figure"``. Each is numbered by itself, by a field that
        Word counts anew where captions are added or taken out.
    language
        Of the word before the number.

    Returns
    -------
    paragraph
        The caption.
    """
    word = label("word", kind, language)
    captions = document.element.xpath("//w:body/w:p[w:pPr/w:pStyle/@w:val='Caption']")
    number = 1 + sum(caption.text.startswith(word) for caption in captions)
    paragraph = document.add_paragraph(style="Caption")
    paragraph.add_run(word)
    add_field(paragraph, f"SEQ {word.strip()} \\* ARABIC", str(number))
    paragraph.add_run(f"  {printable(text)}")
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def add_table(document: WordDocument, rows: pd.DataFrame, *, header: bool = True) -> Table:
    """
    Add a table whose header stands on every page that it reaches.

    Parameters
    ----------
    document
        The document.
    rows
        Cells as text, columns named as the header is to read; columns of numbers are set to the
        right.
    header
        Whether there is a header.

    Returns
    -------
    table
        The table; no row is split between two pages, and a short table is not either.
    """
    to_right = number_columns(rows)
    body = [[str(cell) for cell in line] for line in rows.itertuples(index=False)]
    lines = [[str(name) for name in rows.columns], *body] if header else body
    table: Table = document.add_table(rows=len(lines), cols=len(rows.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    table._tblPr.append(_cell_margins())  # noqa: SLF001 - no public way
    widths = _widths(document, lines)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    together = len(lines) - 1 if len(lines) <= _SHORT_TABLE else _FIRST_TOGETHER
    rows_of_table = list(table.rows)
    cells = iter(table._cells)  # noqa: SLF001 - row.cells searches the whole table at every call
    for place, line in enumerate(lines):
        is_header = header and place == 0
        for column, text in enumerate(line):
            cell = next(cells)
            cell.width = widths[column]  # Word goes by the cells, others by the columns
            _fill(cell, text, is_header=is_header, to_right=to_right[column])
            cell.paragraphs[0].paragraph_format.keep_with_next = place < together or None
        properties = rows_of_table[place]._tr.get_or_add_trPr()  # noqa: SLF001 - no public way
        properties.append(OxmlElement("w:cantSplit"))
        if is_header:
            properties.append(OxmlElement("w:tblHeader"))
    return table


def add_field(paragraph: Paragraph, code: str, shown: str) -> None:
    """
    Add a field: what Word computes, such as a number of a page.

    Parameters
    ----------
    paragraph
        Where to.
    code
        What Word is to compute.
    shown
        What stands there until it does.
    """
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    for part in (_field_mark("begin"), instruction, _field_mark("separate")):
        paragraph.add_run()._r.append(part)  # noqa: SLF001 - no public way
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(_field_mark("end"))  # noqa: SLF001 - no public way


def save_document(document: WordDocument, path: Path) -> None:
    """
    Write a document.

    Parameters
    ----------
    document
        The document.
    path
        Where to, ``.docx``. The same document gives the same bytes.
    """
    packed = BytesIO()
    document.save(packed)
    with ZipFile(packed) as parts, ZipFile(path, "w", ZIP_DEFLATED) as fixed:
        for name in parts.namelist():
            part = ZipInfo(name, _WRITTEN.timetuple()[:6])
            part.compress_type = ZIP_DEFLATED
            fixed.writestr(part, parts.read(name))


def printable(text: str) -> str:
    r"""
    Leave out what a Word file cannot hold: control characters.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    printable
        The same without them; tabs and line breaks stay.

    Examples
    --------
    >>> printable("a\x0bb\tc")
    'ab\tc'
    """
    return "".join(sign for sign in text if sign in "\t\n" or _is_xml(ord(sign)))


def _widths(document: WordDocument, lines: Sequence[Sequence[str]]) -> list[Length]:
    """Share the width between the margins of the last section's page out."""
    page = document.sections[-1]
    edges = (page.page_width, page.left_margin, page.right_margin)
    whole, left, right = (edge or Cm(_MARGIN_CM) for edge in edges)
    room = (whole - left - right) / Pt(_TABLE_PT / 2)
    return [Emu(int(width * Pt(_TABLE_PT / 2))) for width in column_widths(lines, room=room)]


def _is_xml(code: int) -> bool:
    """Tell whether XML 1.0 can hold a character: https://www.w3.org/TR/xml/#charsets."""
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000  # noqa: PLR2004 - XML's


def _set_style(document: WordDocument, name: str, points: float, language: Language) -> None:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - python-docx's own template has them
    latin, chinese = _FONTS["body" if name == "Normal" else "heading"]
    style.font.name = latin
    style.font.size = Pt(points)
    style.font.bold = name not in {"Normal", "Caption"}
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme's font would win over ours
    for script, font in (("ascii", latin), ("hAnsi", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{script}"), font)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN" if language == "zh" else "en-GB")
    properties.append(spoken)


def _cell_margins() -> BaseOxmlElement:
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    return margins


def _field_mark(kind: str) -> BaseOxmlElement:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _fill(cell: _Cell, text: str, *, is_header: bool, to_right: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if to_right else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(printable(text))
    run.font.size = Pt(_TABLE_PT)
    if not is_header:
        return
    run.bold = True
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _SHADE)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - no public way
