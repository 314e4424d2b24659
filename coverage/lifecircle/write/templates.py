"""Workbooks to be filled in: facilities, residences, gates, and what a standard asks for."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import xlsxwriter

from lifecircle.labels import Language, label, words
from lifecircle.standards.arguments import ReportedArguments
from lifecircle.standards.model import Standard
from lifecircle.tables import Column, columns_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["TEMPLATE_COLUMNS", "choices", "write_statistics_template", "write_table_template"]

Listed = Literal["facilities", "residences", "gates"]

_ID: Final[Mapping[Listed, str]] = {
    "facilities": "facility_id",
    "residences": "residence_id",
    "gates": "gate_id",
}
_PLACE: Final[Mapping[Listed, tuple[str, ...]]] = {
    "facilities": ("longitude", "latitude", "address"),
    "residences": ("longitude", "latitude", "address"),
    "gates": ("longitude", "latitude"),
}
_NEEDED: Final = ("name", "kind", "households", "longitude", "latitude")
_LEFT_OUT: Final = ("geocoded",)  # the program marks it

# In the order in which a person fills them in: what is needed first.
TEMPLATE_COLUMNS: Final[Mapping[Listed, tuple[str, ...]]] = {
    table: (
        _ID[table],
        *(name for name in columns_of(table) if name in _NEEDED),
        *_PLACE[table],
        *(
            name
            for name, column in columns_of(table).items()
            if column.holds != "points" and name not in (*_NEEDED, *_LEFT_OUT)
        ),
    )
    for table in _ID
}
_ROWS: Final = 5000  # that drop-downs and checks reach
_TITLE, _NOTE, _TAGS, _HEADER, _EXAMPLE = range(5)
_WIDE: Final = {"name": 28, "kind": 24, "address": 30, "functions": 20}
_WIDTH: Final = 15
_A3: Final = 8  # as Excel numbers it
_ON_SCREEN: Final = 5  # the last column that a laptop shows
_HEIGHTS: Final = {_TITLE: 28, _NOTE: 132, _HEADER: 36}
_UNITS: Final = {"area": "area", "households": "households", "people": "people", "places": "places"}
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# What stands in the example row; it is recognised and never read.
_EXAMPLE_NUMBERS: Final[Mapping[str, float]] = {
    "longitude": 116.391267,
    "latitude": 39.907356,
    "floor_area_m2": 320.5,
    "land_area_m2": 500,
    "beds": 20,
    "nursing_beds": 10,
    "nursery_places": 0,
    "open_year": 2019,
    "floor": 1,
    "households": 1200,
    "population": 3200,
    "older_60": 640,
    "older_65": 450,
    "older_80": 90,
    "under_3": 80,
    "year": 2008,
    "own_floor_area_m2": 240,
    "own_land_m2": 300,
}


_EXAMPLE_WORDS: Final = {
    "kind": "community_station",
    "functions": "day_care",
    "operator": "public",
    "area_basis": "gross",
    "delivered": "handed_over",
    "labels": "inclusive",
    "publish": "no",
    "households_estimated": "no",
    "direction": "both",
}
_EXAMPLE_STATUS: Final[Mapping[Listed, tuple[str, str]]] = {
    "facilities": ("facility_status", "operating"),
    "residences": ("status", "existing"),
}


def choices(table: Listed, column: str, language: Language) -> list[str]:
    """
    List the words of a drop-down.

    Parameters
    ----------
    table
        Which template.
    column
        A column of the contract.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    words
        As the reader understands them; none for a column that holds no words.

    Examples
    --------
    >>> choices("residences", "status", "zh")
    ['新建', '既有']
    """
    if column not in columns_of(table):
        return []
    if columns_of(table)[column].holds not in ("word", "words", "mark", "flag"):
        return []
    return list(_spelt(table, column, language).values())


def write_table_template(path: Path, table: Listed, *, language: Language) -> None:
    """
    Write a workbook for a list of facilities, residences or gates.

    Parameters
    ----------
    path
        Where to.
    table
        Which list.
    language
        Of its headers, words and explanations.

    Notes
    -----
    From the top: title, explanations, which columns are needed, the headers, an example row. The
    readers find the headers, leave the example out, and take what stands below.
    """
    names = TEMPLATE_COLUMNS[table]
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        sheet = book.add_worksheet(label("template", table, language))
        head, needed, grey, text = _formats(book)
        sheet.merge_range(_TITLE, 0, _TITLE, _ON_SCREEN, _title(table, language), head)
        sheet.merge_range(_NOTE, 0, _NOTE, _ON_SCREEN, _note(language), text)
        for place, name in enumerate(names):
            is_needed = name in _NEEDED and (table, name) != ("gates", "name")
            tag = "needed" if is_needed else "optional"
            sheet.set_column(place, place, _WIDE.get(name, _WIDTH), _cell_format(book, table, name))
            sheet.write_string(_TAGS, place, label("template", tag, language), grey)
            header = _header(table, name, language)
            sheet.write_string(_HEADER, place, header, needed if is_needed else head)
            _write_example(sheet, table, place, language, grey)
            sheet.data_validation(
                _EXAMPLE + 1, place, _EXAMPLE + _ROWS, place, _validation(table, name, language)
            )
        for row, height in _HEIGHTS.items():
            sheet.set_row(row, height)
        _fit_page(sheet)
        sheet.freeze_panes(_HEADER + 1, 2)


def write_statistics_template(path: Path, standard: Standard, *, language: Language) -> bool:
    """
    Write a workbook for the figures that a standard asks for and no map can compute.

    Parameters
    ----------
    path
        Where to.
    standard
        The standard; its keys stand in the first column.
    language
        Of the explanations.

    Returns
    -------
    written
        False if the standard asks for none; then there is no file.
    """
    rules = {
        rule.arguments.key: rule
        for rule in standard.rules
        if isinstance(rule.arguments, ReportedArguments)
    }
    if not rules:
        return False
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        sheet = book.add_worksheet(label("template", "statistics_title", language))
        head, needed, grey, _ = _formats(book)
        columns = [label("template.statistics", name, language) for name in _STATISTICS]
        title = f"{label('template', 'statistics_title', language)} – {_of(standard, language)}"
        sheet.merge_range(0, 0, 0, len(columns) - 1, title, head)
        for place, (name, width) in enumerate(_STATISTICS.items()):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, columns[place], needed if name == "value" else head)
        for row, (key, rule) in enumerate(rules.items(), start=2):
            unit = label("standard.unit", rule.unit, language) if rule.unit else ""
            named = rule.title.zh if language == "zh" else rule.title.en
            for place, cell in ((0, key), (1, named), (3, unit)):
                sheet.write_string(row, place, cell, grey)
        sheet.freeze_panes(2, 2)
        _fit_page(sheet)
    return True


_STATISTICS: Final = {"key": 34, "title": 44, "value": 12, "unit": 16, "year": 10, "source": 30}


def _spelt(table: Listed, column: str, language: Language) -> dict[str, str]:
    """Spell the words of a column as they are offered."""
    section = f"status_{table}" if column == "status" else column
    return {code: text[language].split("|")[0] for code, text in words(f"values.{section}").items()}


def _formats(book: xlsxwriter.Workbook) -> "tuple[Format, Format, Format, Format]":
    shared = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
    head = book.add_format({**shared, "bg_color": "#DDEBF7"})
    needed = book.add_format({**shared, "bg_color": "#FCE4D6"})
    grey = book.add_format({"italic": True, "font_color": "#7F7F7F", "align": "center"})
    text = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    return head, needed, grey, text


def _of(standard: Standard, language: Language) -> str:
    return standard.title.zh if language == "zh" else standard.title.en


def _fit_page(sheet: "Worksheet") -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)


def _note(language: Language) -> str:
    return "\n".join(text[language] for text in words("template.note").values())


def _title(table: Listed, language: Language) -> str:
    return f"{label('template', table, language)} – {label('template', 'title', language)}"


def _header(table: Listed, name: str, language: Language) -> str:
    plain = words(f"columns.{table}")[name][language]
    unit = _UNITS.get(_quantity(table, name))
    return plain if unit is None else plain + label("template.unit", unit, language)


def _quantity(table: Listed, name: str) -> str:
    return columns_of(table).get(name, Column()).quantity or ""


def _holds(table: Listed, name: str) -> str:
    if name in ("longitude", "latitude"):
        return "number"
    return columns_of(table).get(name, Column()).holds


def _cell_format(book: xlsxwriter.Workbook, table: Listed, name: str) -> "Format | None":
    """Keep ids and addresses as text: 007 stays 007."""
    return book.add_format({"num_format": "@"}) if _holds(table, name) == "text" else None


def _write_example(
    sheet: "Worksheet", table: Listed, place: int, language: Language, grey: "Format"
) -> None:
    name = TEMPLATE_COLUMNS[table][place]
    fixed = {
        _ID[table]: label("template", "example", language),
        "name": label("template", f"example_{table}", language),
        "address": label("template", "example_address", language),
        "residence_id": label("template", "example", language),
        "residence_name": label("template", "example_residences", language),
        "hours": "06:00-22:00",
    }
    if table in _EXAMPLE_STATUS:
        fixed["status"] = label(*_EXAMPLE_STATUS[table], language)
    if name in _EXAMPLE_NUMBERS:
        sheet.write_number(_EXAMPLE, place, _EXAMPLE_NUMBERS[name], grey)
    elif name in _EXAMPLE_WORDS:
        word = _spelt(table, name, language)[_EXAMPLE_WORDS[name]]
        sheet.write_string(_EXAMPLE, place, word, grey)
    elif name in fixed:
        sheet.write_string(_EXAMPLE, place, fixed[name], grey)


def _validation(table: Listed, name: str, language: Language) -> dict[str, object]:
    """Offer the words, check the numbers, and say of every column what belongs there."""
    column = columns_of(table).get(name, Column())
    told: dict[str, object] = {
        "input_title": words(f"columns.{table}")[name][language],
        "input_message": _explained(table, name, language),
        "error_type": "warning",
    }
    offered = choices(table, name, language)
    if offered:
        strict = "information" if column.holds == "words" else "stop"
        return {**told, "validate": "list", "source": offered, "error_type": strict}
    if name in ("longitude", "latitude"):
        most = 180 if name == "longitude" else 90
        return {
            **told, "validate": "decimal", "criteria": "between", "minimum": -most, "maximum": most,
        }  # fmt: skip
    if column.holds == "number":
        kind = "decimal" if column.quantity in ("area", "storey") else "integer"
        return {
            **told, "validate": kind, "criteria": "between",
            "minimum": column.low, "maximum": column.high,
        }  # fmt: skip
    return {**told, "validate": "any"}


def _explained(table: Listed, name: str, language: Language) -> str:
    own = words("template.column")
    for key in (f"{name}_of_{table}", name):
        if key in own:
            return own[key][language]
    quantity = _quantity(table, name)
    known = words("template.holds")
    kind = quantity if quantity in known else _holds(table, name)
    return known[kind][language]
