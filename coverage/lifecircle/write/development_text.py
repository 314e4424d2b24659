"""The check of a new development in words: the same short tables for terminal and page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
from rich.markup import escape
from rich.table import Table

from lifecircle.labels import Language, label
from lifecircle.write.indicators import limit_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecircle.standards import Rule
    from lifecircle.whatif import DevelopmentCheck

__all__ = ["Part", "answer_of", "development_parts", "development_tables"]

_MOST_ROWS: Final = 12
_TAKEN: Final = ("from_circle_so_far_m2", "lost_so_far_m2")
_AREAS: Final = ("requirement_m2", "own_m2", "missing_m2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """
    One short table of the answer.

    Attributes
    ----------
    title
        What it is about.
    headings
        Of the columns; none for a list of facts.
    rows
        Cells as text.
    note
        A sentence below it; may be empty.
    """

    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


def answer_of(check: "DevelopmentCheck", language: Language) -> str:
    """
    Say in a sentence or two what came out.

    Parameters
    ----------
    check
        The check.
    language
        Of the words.

    Returns
    -------
    answer
        Requirement, what counts and what is missing, of floor area and land.
    """
    name = "answer_short" if check.missing_m2 else "answer_met"
    name = "answer_not_asked" if check.ledger is None else name
    said = _word(name, language).format(
        required=_m2(check.requirement_m2), own=_m2(check.own_m2), missing=_m2(check.missing_m2)
    )
    land = [
        _word(f"answer_land_{row['verdict']}", language).format(
            required=_m2(row["required_m2"]), missing=_m2(row["missing_m2"])
        )
        for _, row in check.land.iterrows()
    ]
    return " ".join([said, *land])


def development_parts(
    check: "DevelopmentCheck", language: Language, *, most_rows: int = _MOST_ROWS
) -> "Iterator[Part]":
    """
    Lay the answer out.

    Parameters
    ----------
    check
        The check.
    language
        Of the words.
    most_rows
        How many facilities, and how many residences, are listed.

    Yields
    ------
    part
        Requirement, phases, land, what can be walked to, who loses, clauses.
    """
    yield _requirement(check, language)
    if check.development.phases:
        yield _phases(check, language)
    if len(check.land):
        yield _land(check, language)
    yield _reachable(check, language, most_rows)
    yield _losses(check, language, most_rows)
    yield _clauses(check, language)


def development_tables(check: "DevelopmentCheck", language: Language) -> list[Table]:
    """
    Lay the answer out for the terminal.

    Parameters
    ----------
    check
        The check.
    language
        Of the words.

    Returns
    -------
    tables
        To be printed one after the other.
    """
    return [_table(part) for part in development_parts(check, language)]


def _table(part: Part) -> Table:
    rows = part.rows or ((part.note,),)
    headings = part.headings if part.rows else ()
    table = Table(
        title=part.title, caption=escape(part.note) if part.rows else None,
        show_header=bool(headings), title_justify="left", caption_justify="left",
    )  # fmt: skip
    for heading in headings or ("",) * len(rows[0]):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _requirement(check: "DevelopmentCheck", language: Language) -> Part:
    verdict = label("verdict", check.own_verdict, language)
    rows = [
        (_word("households", language), f"{check.development.households:,g}"),
        (_word("requirement_m2", language), _m2(check.requirement_m2)),
        (_word("own_m2", language), _m2(check.own_m2)),
        (_word("missing_m2", language), _m2(check.missing_m2)),
        (_word("own_verdict", language), verdict),
        (_word("from_circle_m2", language), _m2(check.from_circle_m2)),
        (_word("spare_m2", language), _m2(check.spare_m2)),
    ]
    if check.min_site_m2 is not None:
        rows.insert(3, (_word("min_site_m2", language), _m2(check.min_site_m2)))
    if check.ledger == "circle":
        told = label("verdict", check.verdict, language)
        rows.insert(-2, (_word("verdict", language), told))
    given = [each.floor_area_m2 for each in check.development.phases]
    unknown = check.development.floor_area_m2 is None and not any(one is not None for one in given)
    note = _word("own_unknown", language) if unknown else ""
    return Part(title=_word("requirement", language), rows=tuple(rows), note=note)


def _phases(check: "DevelopmentCheck", language: Language) -> Part:
    rows = tuple(
        (
            str(row["name"]),
            f"{row['households']:,g}",
            *(_m2(row[name]) for name in _AREAS),
            _m2(row["missing_so_far_m2"]),
            label("verdict", str(row["verdict_so_far"]), language),
            *(_m2(row[name]) for name in _TAKEN),
        )
        for _, row in check.phases.iterrows()
    )
    headings = ("phase", "households", *_AREAS, "missing_so_far_m2", "verdict_so_far", *_TAKEN)
    return Part(
        title=_word("phases", language),
        headings=_words(headings, language),
        rows=rows,
        note=_word("so_far", language),
    )


def _land(check: "DevelopmentCheck", language: Language) -> Part:
    names = ("residents", "required_m2", "land_m2", "missing_m2")
    rows = tuple(
        (
            str(row["clause"] or row["rule_id"]),
            *(_m2(row[name]) for name in names),
            label("verdict", str(row["verdict"]), language),
        )
        for _, row in check.land.iterrows()
    )
    unknown = check.land["verdict"].eq("no_data").any()
    return Part(
        title=_word("land", language),
        headings=_words(("clause", *names, "verdict"), language),
        rows=rows,
        note=_word("land_unknown", language) if unknown else "",
    )


def _reachable(check: "DevelopmentCheck", language: Language, most_rows: int) -> Part:
    shown = check.reachable[check.reachable["counted_m2"].ne(0)].head(most_rows)
    rows = tuple(
        (
            str(row["name"] or key),
            label("kind", str(row["kind"]), language),
            f"{row['minutes']:.1f}",
            f"{row['walk_m']:,.0f}",
            _m2(row["counted_m2"]),
            _m2(row["idle_before_m2"]),
            _m2(row["given_m2"]),
        )
        for key, row in shown.iterrows()
    )
    headings = ("facility", "kind", "minutes", "walk_m", "counted_m2", "idle_before_m2", "given_m2")
    note = _more(len(check.reachable) - len(shown), language)
    if not check.snapped:
        note = _word("unsnapped", language)
    elif check.reachable.empty:
        note = _word("nothing_near", language)
    return Part(title=_word("reachable", language), headings=_words(headings, language),
                rows=rows, note=note)  # fmt: skip


def _losses(check: "DevelopmentCheck", language: Language, most_rows: int) -> Part:
    shown = check.losses.sort_values("lost_m2", ascending=False, kind="stable").head(most_rows)
    rows = tuple(
        (
            str(row["name"] or key),
            *(_m2(row[name]) for name in ("circle_before_m2", "circle_after_m2", "lost_m2")),
            label("verdict", str(row["verdict_before"]), language),
            label("verdict", str(row["verdict_after"]), language),
        )
        for key, row in shown.iterrows()
    )
    headings = ("residence", "circle_before_m2", "circle_after_m2", "lost_m2", "verdict_before",
                "verdict_after")  # fmt: skip
    note = _more(len(check.losses) - len(shown), language)
    if check.losses.empty:
        note = _word("nobody_loses", language)
    return Part(title=_word("losses", language), headings=_words(headings, language),
                rows=rows, note=note)  # fmt: skip


def _clauses(check: "DevelopmentCheck", language: Language) -> Part:
    standard = check.standard
    horizon = "" if standard.horizon is None else str(standard.horizon)
    status = label("map", f"status_{standard.status}", language).format(horizon=horizon)
    named = standard.title.zh if language == "zh" else standard.title.en
    rows = tuple(_clause(rule, language) for rule in check.rules)
    return Part(
        title=_word("clauses", language),
        headings=_words(("clause", "title", "limit", "reading"), language),
        rows=rows,
        note=" ".join(filter(None, [named, standard.number, status])),
    )


def _clause(rule: "Rule", language: Language) -> tuple[str, ...]:
    limit = float("nan") if rule.limit is None else float(rule.limit)
    zh = language == "zh"
    return (
        rule.clause or rule.id,
        rule.title.zh if zh else rule.title.en,
        limit_text(rule.comparison, limit, rule.unit, language),
        rule.reading.zh if zh else rule.reading.en,
    )


def _more(count: int, language: Language) -> str:
    return _word("more", language).format(count=count) if count else ""


def _m2(value: float) -> str:
    if pd.isna(value):
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _words(names: tuple[str, ...], language: Language) -> tuple[str, ...]:
    return tuple(_word(name, language) for name in names)


def _word(name: str, language: Language) -> str:
    return label("develop", name, language)
