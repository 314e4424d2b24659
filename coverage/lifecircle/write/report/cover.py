"""The cover, and a whole report put together."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lifecircle.labels import label
from lifecircle.write.edition import Edition, edition_tables, edition_totals
from lifecircle.write.report.annex import annex_chapter
from lifecircle.write.report.certainty import quality_chapter
from lifecircle.write.report.content import Content, Cover
from lifecircle.write.report.judged import indicator_chapter
from lifecircle.write.report.maps import map_chapter
from lifecircle.write.report.material import Material, shortened
from lifecircle.write.report.method import method_chapter
from lifecircle.write.report.missing import gap_chapter
from lifecircle.write.report.summary import standard_status, summary_chapter
from lifecircle.write.report.yearly import year_chapters
from lifecircle.write.years_text import as_of_mark

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = ["report_content"]

_NAMED: Final = (
    ("residences", "name"),
    ("facilities", "name"),
    ("zones", "name"),
    ("gaps", "zone"),
)


def report_content(
    assessment: "Assessment",
    *,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> Content:
    """
    Put a report together, the same for every format.

    Parameters
    ----------
    assessment
        What was found.
    robustness
        Which verdicts hold under doubt, if that was asked.
    edition
        ``internal``: everything; ``public``: sums by zone only.

    Returns
    -------
    content
        Cover and chapters.

    Raises
    ------
    OutputError
        If no font has the characters of the maps.
    """
    assessment = _with_short_names(assessment)
    material = Material(
        assessment=assessment,
        tables=edition_tables(assessment, edition),
        totals=edition_totals(assessment, edition),
        robustness=robustness,
        edition=edition,
    )
    chapters = [
        summary_chapter(material),
        method_chapter(material),
        indicator_chapter(material),
        map_chapter(material),
        gap_chapter(material),
        *year_chapters(material),
        quality_chapter(material),
        annex_chapter(material),
    ]
    cover = _cover(material)
    return Content(
        cover=cover,
        chapters=chapters,
        footer="　".join((cover.title, *cover.marks)),
        language=material.language,
    )


def _with_short_names(assessment: "Assessment") -> "Assessment":
    """Cut names that would fill a page: the tables of the result hold them whole."""
    tables = {
        table: getattr(assessment, table).assign(
            **{column: shortened(getattr(assessment, table)[column])}
        )
        for table, column in _NAMED
    }
    return replace(assessment, **tables)


def _cover(material: Material) -> Cover:
    study, language = material.assessment.study, material.language
    standard = material.assessment.standard
    marks = [label("edition", material.edition, language)]
    marks += as_of_mark(study, language)
    if study.made:
        marks.append(label("map", "made", language))
    named = [getattr(standard.title, language), standard.number, standard_status(material)]
    split = "；" if language == "zh" else "; "
    fields = [
        (material.say("organisation"), study.plan.organisation),
        (material.say("date"), study.plan.date),
        (material.say("standard"), split.join(filter(None, named))),
        (material.say("sources"), split.join(study.sources)),
        (material.say("review_number"), study.plan.review_number),
    ]
    if not material.is_internal:
        fields.append((material.say("edition"), material.say("is_public")))
    return Cover(title=study.title, subtitle=material.say("subtitle"), marks=marks, fields=fields)
