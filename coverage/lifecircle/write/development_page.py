"""The check of new developments as JSON, and as a page for each: HTML and Word."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.labels import label
from lifecircle.write.bundle import result_folder, write_json, write_manifest
from lifecircle.write.development_text import Part, answer_of, development_parts
from lifecircle.write.development_word import development_document
from lifecircle.write.word import save_document

if TYPE_CHECKING:
    from lifecircle.study import Study
    from lifecircle.whatif import DevelopmentCheck

__all__ = ["development_html", "development_record", "write_developments"]

_STYLE = """
body { font: 14px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #222;
  max-width: 60em; margin: 1.5em auto; padding: 0 1em; }
h1 { font-size: 1.4em; margin-bottom: .2em; }
h2 { font-size: 1.05em; margin: 1.1em 0 .3em; }
.answer { font-size: 1.15em; font-weight: bold; }
.made { color: #a33; }
.note { color: #555; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: .15em .5em; text-align: left; vertical-align: top; }
th { background: #eee; }
@media print { body { margin: 0; font-size: 11px; } }
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{study}</p>
<p class="answer">{answer}</p>
{parts}
<p class="note">{attribution}</p>
</body>
</html>
"""


def development_html(check: "DevelopmentCheck", study: "Study") -> str:
    """
    Write one check as a page that needs nothing else: no network, no script.

    Parameters
    ----------
    check
        The check.
    study
        Whose language, title and sources the page bears.

    Returns
    -------
    page
        HTML; names are text in it, whatever they hold.
    """
    language = study.language
    made = f' <span class="made">{label("map", "made", language)}</span>' if study.made else ""
    heading = label("develop", "heading", language)
    return _PAGE.format(
        language="zh-CN" if language == "zh" else "en",
        title=escape(f"{check.development.name} – {heading}"),
        style=_STYLE,
        study=escape(study.title) + made,
        answer=escape(answer_of(check, language)),
        parts="\n".join(_part_html(part) for part in development_parts(check, language)),
        attribution=escape("; ".join(study.attribution)),
    )


def development_record(check: "DevelopmentCheck") -> dict[str, object]:
    """
    Write one check as data.

    Parameters
    ----------
    check
        The check.

    Returns
    -------
    record
        What JSON can hold; None for what is not known.
    """
    one, standard = check.development, check.standard
    plain = ("households", "population", "household_size", "floor_area_m2", "land_area_m2")
    found = ("ledger", "verdict", "reason", "own_verdict", "requirement_m2", "own_m2",
             "missing_m2", "min_site_m2", "spare_m2", "from_circle_m2", "snapped")  # fmt: skip
    tables = ("phases", "land", "reachable", "losses")
    date = None if standard.date is None else standard.date.isoformat()
    return {
        "name": one.name,
        **{name: getattr(one, name) for name in plain},
        **{name: getattr(check, name) for name in found},
        **{name: _records(getattr(check, name)) for name in tables},
        "standard": {
            **standard.model_dump(mode="json", include={"id", "title", "number", "horizon",
                                                        "status"}),
            "date": date,
        },
        "clauses": [
            rule.model_dump(mode="json", include={"id", "clause", "title", "text", "reading",
                                                  "comparison", "limit", "unit"})
            for rule in check.rules
        ],
    }  # fmt: skip


def write_developments(
    checks: Sequence["DevelopmentCheck"], folder: Path, *, study: "Study"
) -> None:
    """
    Write pages (HTML, Word) for each check, and all of them as JSON, whole or not at all.

    Parameters
    ----------
    checks
        What was found.
    folder
        Where to; an older result there is replaced.
    study
        Whose language, title and sources the pages bear.

    Raises
    ------
    OutputError
        If the folder cannot be written or replaced.
    """
    with result_folder(folder) as staging:
        for number, check in enumerate(checks, start=1):
            name = "development" if len(checks) == 1 else f"development-{number}"
            page = development_html(check, study)
            (staging / f"{name}.html").write_text(page, encoding="utf-8", newline="\n")
            save_document(development_document(check, study), staging / f"{name}.docx")
        records = [development_record(check) for check in checks]
        write_json({"developments": records}, staging / "developments.json")
        write_manifest({"study": study.title, "made": study.made}, staging)


def _part_html(part: Part) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in part.headings)
    rows = [f"<tr>{head}</tr>"] if head and part.rows else []
    rows += [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in part.rows]
    table = f"<table>{''.join(rows)}</table>" if rows else ""
    note = f'<p class="note">{escape(part.note)}</p>' if part.note else ""
    return f"<h2>{escape(part.title)}</h2>\n{table}{note}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    flat = table.reset_index() if table.index.name else table
    known = flat.astype(object).where(flat.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]
