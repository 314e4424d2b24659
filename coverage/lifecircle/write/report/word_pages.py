"""A report as a Word document: cover, table of contents, chapters."""

import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from lifecircle.labels import Language, label
from lifecircle.write.report.content import (
    Chapter,
    Content,
    Cover,
    Picture,
    Rows,
    Section,
    Text,
    headings,
    title_points,
)
from lifecircle.write.table_columns import text_signs
from lifecircle.write.word import (
    add_caption,
    add_field,
    add_heading,
    add_table,
    add_text,
    new_document,
    printable,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

__all__ = ["word_report"]

TO_FILL: Final = "＿" * 12
_SIZES_PT: Final = {"title": 24, "subtitle": 16, "field": 12, "footer": 9}
_TITLE_ROOM_PT: Final = 475  # a little less than between the margins
_FIELDS_CM, _FIELD_NAME_CM = 6.2, 4.4
_NOTHING_PT: Final = 2
_FOOTER_SIGNS: Final = 90  # half widths; the number of the page comes to it
_INDENT_CM: Final = 0.74  # two signs of the text

_DOTS: Final = (WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)

_Heading = tuple[int, str]


def word_report(content: Content) -> "Document":
    """
    Set a report as a Word document.

    Parameters
    ----------
    content
        What it holds.

    Returns
    -------
    document
        To be saved by `save_document`. Its contents are a line for each heading, linked to it,
        with a field for the page, which nobody knows before the pages are laid out: LibreOffice
        puts the pages in by itself, Word when it opens the file. The lines stand in no field
        ``TOC``: in that LibreOffice would leave the pages blank until somebody updates it.
    """
    document = new_document(title=content.cover.title, language=content.language)
    _add_cover(document, content.cover)
    _add_footer(document, content)
    _add_contents(document, content)
    places = enumerate(headings(content))
    for chapter in content.chapters:
        _add_chapter(document, chapter, places, content.language)
    update = OxmlElement("w:updateFields")  # else the page numbers wait for F9
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)
    return document


def _add_cover(document: "Document", cover: Cover) -> None:
    marks = _centred(document, "　".join(cover.marks), _SIZES_PT["field"], bold=True)
    marks.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    marks.paragraph_format.space_after = Pt(150)
    points = title_points(cover.title, most=_SIZES_PT["title"], room=_TITLE_ROOM_PT)
    title = _centred(document, cover.title, points, bold=True)
    title.paragraph_format.space_after = Pt(18)
    subtitle = _centred(document, cover.subtitle, _SIZES_PT["subtitle"], bold=False)
    subtitle.paragraph_format.space_after = Pt(150)
    for name, text in cover.fields:
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Cm(_FIELDS_CM)
        line.paragraph_format.first_line_indent = Cm(-_FIELD_NAME_CM)
        line.paragraph_format.right_indent = Cm(1)
        line.paragraph_format.space_after = Pt(9)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(_FIELDS_CM))
        line.add_run(f"{printable(name)}\t").bold = True
        line.add_run(printable(text) or TO_FILL)
        for run in line.runs:
            run.font.size = Pt(_SIZES_PT["field"])


def _centred(document: "Document", text: str, points: float, *, bold: bool) -> "Paragraph":
    paragraph = add_text(document, text, bold=bold)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.runs[0].font.size = Pt(points)
    return paragraph


def _add_footer(document: "Document", content: Content) -> None:
    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.footer.paragraphs[0]
    before, _, after = label("report", "page", content.language).partition("{page}")
    title = printable(content.cover.title)
    marks = printable(content.footer).removeprefix(title).lstrip("　")
    is_long = text_signs(title + marks) > _FOOTER_SIGNS  # else it breaks at any word
    split = "\n" if is_long else "　"
    paragraph.add_run(f"{title}{split}{marks}　　{before}")
    add_field(paragraph, "PAGE", "")
    paragraph.add_run(after)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for run in paragraph.runs:
        run.font.size = Pt(_SIZES_PT["footer"])


def _add_contents(document: "Document", content: Content) -> None:
    title = _centred(
        document, label("report", "contents", content.language), _SIZES_PT["subtitle"], bold=True
    )
    title.paragraph_format.page_break_before = True
    title.paragraph_format.space_after = Pt(12)
    for level in (1, 2):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Cm(_INDENT_CM * (level - 1))
        style.paragraph_format.tab_stops.add_tab_stop(Cm(17), *_DOTS)
    for place, (level, text) in enumerate(headings(content)):
        _add_link(document.add_paragraph(style=f"toc {level}"), text, _bookmark(place))


def _add_link(paragraph: "Paragraph", text: str, bookmark: str) -> None:
    """Lead to a heading, and say on which page it stands."""
    paragraph.add_run(f"{printable(text)}\t")
    add_field(paragraph, rf"PAGEREF {bookmark} \h", "")
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark)
    for run in paragraph.runs:
        link.append(run._r)  # noqa: SLF001 - no public way
    paragraph._p.append(link)  # noqa: SLF001 - no public way


def _bookmark(place: int) -> str:
    return f"_Toc{place + 1:08d}"


def _add_chapter(
    document: "Document",
    chapter: Chapter,
    places: Iterator[tuple[int, _Heading]],
    language: Language,
) -> None:
    if chapter.landscape:
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.different_first_page_header_footer = False
    heading = _add_marked_heading(document, *next(places))
    heading.paragraph_format.page_break_before = not chapter.landscape
    for part, following in zip_longest(chapter.parts, chapter.parts[1:]):
        if isinstance(part, Section):
            _add_marked_heading(document, *next(places))
        elif isinstance(part, Text):
            before_table = isinstance(following, Rows | Picture)
            _add_paragraph(document, part).paragraph_format.keep_with_next = before_table
        elif isinstance(part, Rows):
            _add_rows(document, part, language)
        else:
            _add_picture(document, part, language)


def _add_marked_heading(document: "Document", place: int, heading: _Heading) -> "Paragraph":
    """Add a heading that the table of contents finds."""
    level, text = heading
    paragraph = add_heading(document, text, level=level)
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (begin, end):
        mark.set(qn("w:id"), str(place))
    begin.set(qn("w:name"), _bookmark(place))
    paragraph.runs[0]._r.addprevious(begin)  # noqa: SLF001 - no public way
    paragraph._p.append(end)  # noqa: SLF001 - no public way
    return paragraph


def _add_paragraph(document: "Document", part: Text) -> "Paragraph":
    paragraph = add_text(document, f"• {part.text}" if part.listed else part.text)
    paragraph.paragraph_format.line_spacing = 1.3
    if part.listed:
        paragraph.paragraph_format.left_indent = Cm(_INDENT_CM / 2)
        paragraph.paragraph_format.first_line_indent = Cm(-_INDENT_CM / 2)
    else:
        paragraph.paragraph_format.first_line_indent = Cm(_INDENT_CM)
    return paragraph


def _add_rows(document: "Document", part: Rows, language: Language) -> None:
    caption = add_caption(document, part.caption, kind="table", language=language)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.space_before = Pt(8)
    table = add_table(document, part.rows)
    if part.total:
        _make_bold(table)
    if part.note:
        for cell in table.rows[-1].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    after = add_text(document, part.note, small=True)
    after.paragraph_format.space_after = Pt(6)
    if not part.note:  # Word wants a paragraph here, which must not fill a page by itself
        after.paragraph_format.line_spacing = Pt(_NOTHING_PT)


def _make_bold(table: "Table") -> None:
    for cell in table.rows[-1].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def _add_picture(document: "Document", part: Picture, language: Language) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(
        io.BytesIO(part.png), width=Mm(part.width_mm), height=Mm(part.height_mm)
    )
    shape._inline.docPr.set("descr", printable(part.caption))  # noqa: SLF001 - no public way
    caption = add_caption(document, part.caption, kind="figure", language=language)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = False
