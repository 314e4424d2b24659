"""The Word document that reports are made of, read back by python-docx."""

from pathlib import Path

import pandas as pd
from docx import Document
from docx.oxml.ns import qn

from lifecircle.write.word import (
    add_caption,
    add_heading,
    add_table,
    add_text,
    new_document,
    save_document,
)

ROWS = pd.DataFrame({"街道": ["老城\x0b街道", "=1+1"], "平方米": ["1,240", "–"]})


def written(path: Path) -> Path:
    document = new_document(title="报告\x00", language="zh")
    add_heading(document, "一、现状", level=1)
    for title in ("需求", "供给"):
        add_caption(document, title, kind="table", language="zh")
        add_table(document, ROWS)
    add_caption(document, "位置", kind="figure", language="zh")
    add_text(document, "说明", small=True)
    save_document(document, path)
    return path


def test_captions_are_numbered_by_kind_and_stay_with_their_table(tmp_path: Path) -> None:
    document = Document(str(written(tmp_path / "a.docx")))
    captions = [one for one in document.paragraphs if one.style.name == "Caption"]
    assert [one.text for one in captions] == ["表 1  需求", "表 2  供给", "图 1  位置"]
    assert all(one.paragraph_format.keep_with_next for one in captions)
    fields = [one.text.strip() for one in document.element.iter(qn("w:instrText"))]
    assert fields == [r"SEQ 表 \* ARABIC"] * 2 + [r"SEQ 图 \* ARABIC"]


def test_the_header_stands_on_every_page_and_no_row_is_split(tmp_path: Path) -> None:
    table = Document(str(written(tmp_path / "a.docx"))).tables[0]
    header, *rows = (row._tr.trPr for row in table.rows)  # noqa: SLF001 - no public way
    assert header.find(qn("w:tblHeader")) is not None
    assert all(row.find(qn("w:tblHeader")) is None for row in rows)
    assert all(row.find(qn("w:cantSplit")) is not None for row in (header, *rows))


def test_cells_hold_the_text_and_no_control_characters(tmp_path: Path) -> None:
    table = Document(str(written(tmp_path / "a.docx"))).tables[0]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells == [["街道", "平方米"], ["老城街道", "1,240"], ["=1+1", "–"]]
    assert table.cell(1, 1).paragraphs[0].alignment == 2  # numbers to the right
    assert table.cell(1, 0).paragraphs[0].alignment == 0


def test_styles_name_a_chinese_font_that_no_theme_overrides(tmp_path: Path) -> None:
    document = Document(str(written(tmp_path / "a.docx")))
    for style, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Title", "黑体")):
        fonts = document.styles[style].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert document.core_properties.title == "报告"


def test_the_same_document_has_the_same_bytes(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    assert one == other


def test_a_table_without_rows_or_header_is_still_one(tmp_path: Path) -> None:
    document = new_document(title="", language="en")
    add_table(document, ROWS.iloc[:0])
    add_table(document, ROWS, header=False)
    save_document(document, tmp_path / "a.docx")
    assert [len(one.rows) for one in Document(str(tmp_path / "a.docx")).tables] == [1, 2]
