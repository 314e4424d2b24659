"""A report as a PDF, set by typst from the same content as the Word document."""

import importlib
import importlib.util
import json
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lifecircle.errors import OutputError
from lifecircle.labels import label
from lifecircle.write.plan_map.fonts import find_font
from lifecircle.write.report.content import (
    Chapter,
    Content,
    Picture,
    Rows,
    Section,
    Text,
    headings,
    title_points,
)
from lifecircle.write.table_columns import column_widths, number_columns
from lifecircle.write.word import printable

__all__ = ["pdf_report", "require_typst"]

TYPESETTER: Final = "typst"
_TEMPLATE: Final = Path(__file__).with_name("report.typ")
_TITLE_PT, _TITLE_ROOM_PT = 24, 475
_ROOM: Final = 107.0  # half widths of a sign of 9 pt on 17 cm
_LYING_ROOM: Final = 161.0  # and on 25.7 cm
_LONG_TABLE: Final = 16  # rows; a shorter one stays on one page


def require_typst() -> None:
    """
    Refuse to begin without typst.

    Raises
    ------
    OutputError
        If it is not installed.
    """
    if importlib.util.find_spec(TYPESETTER) is None:
        raise OutputError("pdf", ["typst is not installed; `pip install lifecircle[pdf]`."])


def pdf_report(content: Content) -> bytes:
    """
    Set a report as a PDF.

    Parameters
    ----------
    content
        What it holds.

    Returns
    -------
    pdf
        The same content, fonts and version of typst give the same bytes.

    Raises
    ------
    OutputError
        If typst is not installed, or no font has the characters.
    """
    require_typst()
    typst = importlib.import_module(TYPESETTER)
    font = find_font(_texts(content))
    with TemporaryDirectory() as name:
        folder = Path(name)
        plain = {**_plain(content, folder), "fonts": list(font.families[:1])}
        text = json.dumps(plain, ensure_ascii=False)
        (folder / "content.json").write_text(text, encoding="utf-8")
        main = folder / "report.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        fonts = [str(Path(font.regular.path).parent)]
        pdf: bytes = typst.compile(str(main), root=name, font_paths=fonts, timestamp=0)
    return pdf


def _plain(content: Content, folder: Path) -> dict[str, object]:
    """Put the content into lists and texts, and its pictures into a folder."""
    cover, language = content.cover, content.language
    titles = iter([text for _, text in headings(content)])
    counts = {"table": 0, "figure": 0}

    def part(one: Text | Section | Rows | Picture, room: float) -> dict[str, object]:
        if isinstance(one, Section):
            return {"kind": "section", "text": printable(next(titles))}
        if isinstance(one, Text):
            return {"kind": "listed" if one.listed else "paragraph", "text": printable(one.text)}
        kind = "table" if isinstance(one, Rows) else "figure"
        counts[kind] += 1
        caption = f"{label('word', kind, language)}{counts[kind]}  {printable(one.caption)}"
        if isinstance(one, Rows):
            return {"kind": "rows", "caption": caption, **_rows(one, room)}
        file = f"figure-{counts[kind]}.png"
        (folder / file).write_bytes(one.png)
        sizes = {"width_mm": one.width_mm, "height_mm": one.height_mm}
        return {"kind": "picture", "caption": caption, "file": file, **sizes}

    def chapter(one: Chapter) -> dict[str, object]:
        room = _LYING_ROOM if one.landscape else _ROOM
        title = printable(next(titles))
        parts = [part(piece, room) for piece in one.parts]
        return {"title": title, "landscape": one.landscape, "parts": parts}

    return {
        "title": printable(cover.title),
        "title_points": title_points(cover.title, most=_TITLE_PT, room=_TITLE_ROOM_PT),
        "subtitle": cover.subtitle,
        "marks": "　".join(cover.marks),
        "fields": [[printable(name), printable(text)] for name, text in cover.fields],
        "footer": printable(content.footer),
        "page": label("report", "page", language).split("{page}"),
        "contents": label("report", "contents", language),
        "language": language,
        "region": "cn" if language == "zh" else "gb",
        "chapters": [chapter(one) for one in content.chapters],
    }


def _rows(part: Rows, room: float) -> dict[str, object]:
    head = [printable(str(name)) for name in part.rows.columns]
    lines = [[printable(str(cell)) for cell in line] for line in part.rows.itertuples(index=False)]
    return {
        "head": head,
        "lines": lines,
        "widths": column_widths([head, *lines], room=room),
        "to_right": number_columns(part.rows),
        "total": part.total,
        "long": len(lines) > _LONG_TABLE,
        "note": part.note,
    }


def _texts(content: Content) -> list[str]:
    """Gather what tells which characters are needed: Chinese ones, or none."""
    return [content.footer, *chain.from_iterable(content.cover.fields)]
