"""The check of a new development as a page in Word."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from lifecircle.labels import label
from lifecircle.write.development_text import Part, answer_of, development_parts
from lifecircle.write.word import add_caption, add_heading, add_table, add_text, new_document

if TYPE_CHECKING:
    from docx.document import Document

    from lifecircle.study import Study
    from lifecircle.whatif import DevelopmentCheck

__all__ = ["development_document"]

# So many facilities and residences fit on one page beside the clauses.
_MOST_ROWS: Final = 6


def development_document(check: "DevelopmentCheck", study: "Study") -> "Document":
    """
    Write one check as a Word document of one page.

    Parameters
    ----------
    check
        The check.
    study
        Whose language, title and sources the page bears.

    Returns
    -------
    document
        The answer, numbered tables, and the clauses.
    """
    language = study.language
    heading = label("develop", "heading", language)
    document = new_document(title=f"{check.development.name} – {heading}", language=language)
    add_heading(document, f"{check.development.name} – {heading}", level=0)
    made = f" {label('map', 'made', language)}" if study.made else ""
    add_text(document, study.title + made, small=True)
    add_text(document, answer_of(check, language), bold=True)
    for part in development_parts(check, language, most_rows=_MOST_ROWS):
        if part.rows:
            add_caption(document, part.title, kind="table", language=language)
            add_table(document, _frame(part), header=bool(part.headings))
            text = part.note
        else:
            text = (
                f"{part.title}: {part.note}" if language == "en" else f"{part.title}：{part.note}"
            )
        if text:
            add_text(document, text, small=True)
    if study.attribution:
        add_text(document, "; ".join(study.attribution), small=True)
    return document


def _frame(part: Part) -> pd.DataFrame:
    """Set a list of facts out in two pairs of columns, to save room."""
    if part.headings:
        return pd.DataFrame(list(part.rows), columns=list(part.headings))
    half = (len(part.rows) + 1) // 2
    pairs = [[*part.rows[place], *("", "")] for place in range(half)]
    for place, row in enumerate(part.rows[half:]):
        pairs[place][2:] = row
    return pd.DataFrame(pairs)
