"""The workbook (附表): the tables of a plan, with units, totals as formulas, ready to print."""

from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.labels import label
from lifecircle.write.edition import Edition, edition_tables, edition_totals
from lifecircle.write.workbook.layout import Writer
from lifecircle.write.workbook.parameters import add_parameters, worked_residence
from lifecircle.write.workbook.sheets import table_sheets
from lifecircle.write.years_text import as_of_mark

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["write_workbook"]


def write_workbook(assessment: "Assessment", path: Path, *, edition: Edition = "internal") -> None:
    """
    Write the workbook of an assessment.

    Numbers are numbers, names are text whatever they begin with, totals are formulas with the
    value beside them. The same assessment gives the same bytes.

    Parameters
    ----------
    assessment
        What was found.
    path
        The file to write, ``.xlsx``.
    edition
        ``internal``: everything; ``public``: sums by zone only.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    study = assessment.study
    language = study.language
    standard = assessment.standard
    title = standard.title.zh if language == "zh" else standard.title.en
    marks = [study.title, label("edition", edition, language)]
    marks += as_of_mark(study, language)
    if study.made:
        marks.append(label("map", "made", language))
    if edition == "public" and study.plan.review_number:
        number = label("plan_map", "review_number", language)
        marks.append(f"{number} {study.plan.review_number}")
    tables, totals = edition_tables(assessment, edition), edition_totals(assessment, edition)
    writer = Writer(str(path), subtitle="　".join(marks), footer="　".join(marks))
    for sheet in table_sheets(tables, totals, title=title, language=language):
        writer.add(sheet)
    worked = worked_residence(assessment) if edition == "internal" else None
    add_parameters(writer, assessment, language, worked=worked)
    writer.close()
