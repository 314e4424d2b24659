"""Profiles for people: listed, shown, compared, and as pages of the documentation."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from lifecircle.labels import Language, label
from lifecircle.standards.arguments import ReportedArguments
from lifecircle.standards.model import Rule, Standard, Wording
from lifecircle.write.indicators import limit_text

__all__ = ["comparison_table", "standard_markdown", "standard_table", "standards_table"]

_FACTS = ("place", "issuer", "number", "date", "horizon", "status")


def standards_table(standards: Sequence[Standard], language: Language) -> Table:
    """
    List standards.

    Parameters
    ----------
    standards
        In the order to list them.
    language
        Of the table.

    Returns
    -------
    table
        One row a document.
    """
    table = Table()
    for heading in ("id", "title", "number", "rules", "floor_area", "status"):
        table.add_column(
            _word(heading, language),
            justify="right" if heading == "rules" else "left",
            overflow="fold",
            no_wrap=heading == "id",
        )
    for standard in standards:
        rates = sorted({rule.limit for rule in standard.floor_area_rules}, reverse=True)
        table.add_row(
            standard.id,
            _in(standard.title, language),
            standard.number or "–",
            str(len(standard.rules)),
            " / ".join(str(rate) for rate in rates) or "–",
            label("standard.status", standard.status, language),
        )
    return table


def standard_table(standard: Standard, language: Language) -> Table:
    """
    Show one standard, rule by rule.

    Parameters
    ----------
    standard
        The document.
    language
        Of the table.

    Returns
    -------
    table
        One row a rule.
    """
    facts = "  ".join(f"{name}: {text}" for name, text in _facts(standard, language))
    table = Table(title=f"{_in(standard.title, language)}\n{facts}", show_lines=True)
    headings = _headings(language)
    for heading in headings:
        table.add_column(heading)
    for rule in standard.rules:
        table.add_row(*_cells(rule, language))
    return table


def comparison_table(one: Standard, other: Standard, language: Language) -> Table:
    """
    Set two standards side by side, measure by measure.

    Parameters
    ----------
    one, other
        Two documents.
    language
        Of the table.

    Returns
    -------
    table
        One row a measure, arguments and key; blank where a document does not ask for it.
    """
    table = Table(show_lines=True)
    for heading in (_word("measure", language), one.id, other.id):
        table.add_column(heading)
    subjects = dict.fromkeys(_subject(rule) for rule in (*one.rules, *other.rules))
    for subject in subjects:
        sides = [
            "\n".join(_side(rule, language) for rule in standard.rules if _subject(rule) == subject)
            for standard in (one, other)
        ]
        table.add_row(label("standard.measure", subject[0], language), *sides)
    return table


def standard_markdown(standard: Standard, language: Language) -> str:
    """
    Write a standard as a page of the documentation.

    Parameters
    ----------
    standard
        The document.
    language
        Of the page.

    Returns
    -------
    text
        A heading, what the document is, and a table of its rules.
    """
    headings = _headings(language)
    lines = [f"# {_in(standard.title, language)}", "", f"`{standard.id}`", ""]
    lines += [f"- {name}: {text}" for name, text in _facts(standard, language)]
    lines += ["", _row(headings), _row(["---"] * len(headings))]
    lines += [_row(_cells(rule, language)) for rule in standard.rules]
    return "\n".join(lines) + "\n"


def _headings(language: Language) -> list[str]:
    names = ("clause", "indicator", "nature", "base", "limit", "year", "measure", "reading")
    return [_word(name, language) for name in names]


def _cells(rule: Rule, language: Language) -> list[str]:
    limit = float("nan") if rule.limit is None else float(rule.limit)
    measure = label("standard.measure", rule.measure, language)
    if isinstance(rule.arguments, ReportedArguments):
        measure += f" `{rule.arguments.key}`"
    base = "" if rule.base is None else str(rule.base)
    if rule.base_year is not None:
        base += f" ({rule.base_year})"
    return [
        rule.clause or "",
        _in(rule.title, language),
        "" if rule.nature is None else label("standard.nature", rule.nature, language),
        base,
        limit_text(rule.comparison, limit, rule.unit, language),
        "" if rule.year is None else str(rule.year),
        measure,
        _in(rule.reading, language),
    ]


def _facts(standard: Standard, language: Language) -> Iterator[tuple[str, str]]:
    for name in _FACTS:
        value = getattr(standard, name)
        if isinstance(value, Wording):
            text = _in(value, language)
        elif name == "status":
            text = label("standard.status", standard.status, language)
        else:
            text = _word("unknown", language) if value is None else str(value)
        yield _word(name, language), text


def _subject(rule: Rule) -> tuple[str, str]:
    """Name what a rule asks about, without how much: rules of two documents meet by it."""
    how_much = {"rule", "pooled", "min_site_m2", "highest_floor"}
    arguments = rule.arguments.model_dump(mode="json", exclude=how_much)
    return rule.measure, repr(sorted((key, value) for key, value in arguments.items()))


def _side(rule: Rule, language: Language) -> str:
    limit = float("nan") if rule.limit is None else float(rule.limit)
    asked = limit_text(rule.comparison, limit, rule.unit, language)
    by = "" if rule.year is None else f" ({rule.year})"
    return f"{_in(rule.title, language)}: {asked}{by}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _in(wording: Wording, language: Language) -> str:
    return wording.zh if language == "zh" else wording.en


def _word(name: str, language: Language) -> str:
    return label("standard.page", name, language)
