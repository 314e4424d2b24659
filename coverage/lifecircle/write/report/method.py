"""Documents, method with its sources, and the settings that the numbers hang on."""

from typing import TYPE_CHECKING

import pandas as pd

from lifecircle.labels import label
from lifecircle.write.report.content import Chapter, Part, Rows, Section, Text
from lifecircle.write.report.material import Material
from lifecircle.write.walking_text import limit_metres, walking_notes
from lifecircle.write.workbook.parameters import method_settings

if TYPE_CHECKING:
    from lifecircle.standards.model import Standard

__all__ = ["method_chapter"]

_FORMULAS = ("formula_requirement", "formula_circle", "formula_own", "formula_short")
_SETTINGS = (
    "as_of",
    "ledger",
    "speed_m_s",
    "limit_m",
    "limit_level_m",
    "snap_limit_m",
    "tolerance",
    "crs",
)


def method_chapter(material: Material) -> Chapter:
    """
    Write the chapter on documents and method.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapter
        The documents, how the numbers come about, the settings, the literature.
    """
    study, language = material.assessment.study, material.language
    walk = study.walk
    walking = material.say(
        "walking", speed=f"{walk.speed_m_s:g}", metres=limit_metres(study, language)
    )
    formulas = [label("parameter_sheet", key, language) for key in _FORMULAS]
    parts: list[Part] = [
        Section(title=material.say("documents")),
        _documents(material),
        Section(title=material.say("calculation")),
        Text(text=walking, listed=True),
        *(Text(text=note, listed=True) for note in walking_notes(study, language)),
        *(Text(text=text, listed=True) for text in formulas),
        _settings(material),
        Section(title=material.say("references")),
        Text(text=material.say("literature")),
    ]
    return Chapter(title=material.say("method"), parts=parts)


def _documents(material: Material) -> Rows:
    language, assessment = material.language, material.assessment
    heads = [
        label("standard.page", key, language)
        for key in ("title", "number", "issuer", "date", "status")
    ]
    documents = (assessment.standard, *assessment.also)
    rows = [_document(material, one) for one in documents]
    table = pd.DataFrame(rows, columns=heads)
    return Rows(caption=material.say("table_documents"), rows=table)


def _document(material: Material, standard: "Standard") -> list[str]:
    language = material.language
    unknown = label("standard.page", "unknown", language)
    horizon = "" if standard.horizon is None else str(standard.horizon)
    return [
        getattr(standard.title, language),
        standard.number or unknown,
        unknown if standard.issuer is None else getattr(standard.issuer, language),
        unknown if standard.date is None else standard.date.isoformat(),
        label("map", f"status_{standard.status}", language).format(horizon=horizon),
    ]


def _settings(material: Material) -> Rows:
    language = material.language
    known = dict(method_settings(material.assessment, language))
    rows = [
        (label("parameter_sheet", key, language), _value(known[key]))
        for key in _SETTINGS
        if key in known
    ]
    table = pd.DataFrame(rows, columns=[material.say("setting"), material.say("value")])
    return Rows(caption=material.say("table_settings"), rows=table)


def _value(value: str | float) -> str:
    return f"{value:,g}" if isinstance(value, float) else value
