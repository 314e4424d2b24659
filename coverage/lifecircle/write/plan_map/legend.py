"""The legend: every class that is drawn, with its symbol and what it comes to."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from matplotlib.patches import Rectangle

from lifecircle.write.plan_map.lettering import SOFT_INK, LetterStyle, Pen
from lifecircle.write.plan_map.paper import Box
from lifecircle.write.plan_map.shapes import DASHES, AreaStyle, LineStyle, pattern

__all__ = ["Entry", "Note", "Section", "Symbol", "draw_legend"]

HEADING: Final = LetterStyle(size=10.5, bold=True)
TEXT: Final = LetterStyle(size=9.2)
SMALL: Final = LetterStyle(size=8.2, color=SOFT_INK)
_ROW_MM, _HEADING_MM, _GAP_MM, _SWATCH_MM = 5.1, 6.2, 2.0, 7.0
_TIGHTEST: Final = 0.8  # 5 points on A4, for the smallest letters


@dataclass(frozen=True, kw_only=True, slots=True)
class Symbol:
    """
    The symbol of an entry: an area, a point, a line, or several of them.

    Attributes
    ----------
    area
        How areas of the class look.
    point
        How points of the class look, with their `marker` and `size` in points.
    line
        How the line looks.
    marker, size
        Of the point.
    """

    area: AreaStyle | None = None
    point: AreaStyle | None = None
    line: LineStyle | None = None
    marker: str = "o"
    size: float = 6.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """
    A line of the legend.

    Attributes
    ----------
    symbol
        What it explains.
    text
        What it says.
    values
        Numbers at its right.
    key
        The class that it explains, as what is drawn names it.
    """

    symbol: Symbol
    text: str
    values: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """
    A sentence in the legend.

    Attributes
    ----------
    text
        The sentence.
    """

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """
    A part of the legend.

    Attributes
    ----------
    title
        Its heading, with the unit.
    columns
        Headings of the numbers.
    rows
        Its lines.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[Entry | Note, ...] = ()


def draw_legend(pen: Pen, box: Box, sections: Sequence[Section], *, columns: int) -> None:
    """
    Draw the legend into its place, as tight as it must be.

    Parameters
    ----------
    pen
        Writes on the sheet.
    box
        Its place.
    sections
        Its parts.
    columns
        How many stand side by side.
    """
    inner = box.inset(3.5 * pen.unit)
    width = (inner.width - (columns - 1) * 5 * pen.unit) / columns
    place = inner._replace(width=width)
    drawer, laid = _tightened(pen, place, sections, columns) or (
        replace(pen, unit=pen.unit * _TIGHTEST),
        _shortened(pen, place, sections, columns),
    )
    for at, column in enumerate(laid):
        x, y = inner.x + at * (width + 5 * pen.unit), inner.top
        for section in column:
            y = _draw_section(drawer, section, Box(x, y, width, 0))


def _tightened(
    pen: Pen, place: Box, sections: Sequence[Section], columns: int
) -> tuple[Pen, list[list[Section]]] | None:
    """Lay it out with letters as large as fit; None if even the smallest do not."""
    # The lowest of some heights makes columns of equal length.
    parts = (0.5, 0.65, 0.8, 1.0) if columns > 1 else (1.0,)
    for share, part in itertools.product((1.0, 0.95, 0.9, 0.85, _TIGHTEST), parts):
        drawer = replace(pen, unit=pen.unit * share)
        laid = _laid_out(drawer, sections, place.width, place.height * part, columns)
        if laid is not None:
            return drawer, laid
    return None


def _shortened(
    pen: Pen, place: Box, sections: Sequence[Section], columns: int
) -> list[list[Section]]:
    """Leave out rows of the longest section, and say how many, till the rest fits."""
    drawer = replace(pen, unit=pen.unit * _TIGHTEST)
    longest = max(sections, key=lambda section: len(section.rows))
    for kept in reversed(range(1, len(longest.rows))):
        note = Note(text=pen.word("more_rows", n=len(longest.rows) - kept))
        cut = replace(longest, rows=(*longest.rows[:kept], note))
        shown = [cut if section is longest else section for section in sections]
        laid = _laid_out(drawer, shown, place.width, place.height, columns)
        if laid is not None:
            return laid
    return [list(sections)]


def _laid_out(
    pen: Pen, sections: Sequence[Section], width: float, height: float, columns: int
) -> list[list[Section]] | None:
    """Fill column after column; None if there are too few."""
    laid: list[list[Section]] = [[]]
    left = height
    for section in sections:
        needed = _height(pen, section, width)
        if needed > left and laid[-1]:
            laid.append([])
            left = height
        if needed > left + _GAP_MM * pen.unit:
            return None
        laid[-1].append(section)
        left -= needed
    return laid if len(laid) <= columns else None


def _height(pen: Pen, section: Section, width: float) -> float:
    rows = sum(
        _ROW_MM * pen.unit if isinstance(row, Entry) else _note_height(pen, row, width)
        for row in section.rows
    )
    return rows + (_GAP_MM + _HEADING_MM * bool(section.title)) * pen.unit


def _note_height(pen: Pen, note: Note, width: float) -> float:
    return len(pen.broken(note.text, width, SMALL)) * pen.height_mm(SMALL) + 0.8 * pen.unit


def _draw_section(pen: Pen, section: Section, place: Box) -> float:
    """Draw a section from its upper left down; return where it ends."""
    x, y, width, _ = place
    unit = pen.unit
    columns = _column_ends(pen, section, x + width)
    if section.title:
        room = (columns[0][1] if columns else x + width) - x - unit
        heading, style = pen.fitted(section.title, room, HEADING)
        pen.write(heading, x, y - _HEADING_MM / 2 * unit, style)
        for end, _, text in columns:
            right = replace(SMALL, across="right")
            pen.write(text, end, y - _HEADING_MM / 2 * unit, right)
        y -= _HEADING_MM * unit
    for row in section.rows:
        if isinstance(row, Note):
            y = _draw_note(pen, row, Box(x, y, width, 0))
        else:
            _draw_entry(pen, row, Box(x, y - _ROW_MM * unit, width, _ROW_MM * unit), columns)
            y -= _ROW_MM * unit
    return y - _GAP_MM * unit


def _column_ends(pen: Pen, section: Section, right: float) -> list[tuple[float, float, str]]:
    """Find for each column of numbers its right and left end, and its heading."""
    entries = [row for row in section.rows if isinstance(row, Entry)]
    count = max((len(entry.values) for entry in entries), default=0)
    heads = (*section.columns, *("",) * count)[:count]
    ends: list[tuple[float, float, str]] = []
    for at in reversed(range(count)):
        cells = [entry.values[at] for entry in entries if len(entry.values) > at]
        widest = max(
            [pen.width_mm(cell, TEXT) for cell in cells] + [pen.width_mm(heads[at], SMALL)]
        )
        ends.insert(0, (right, right - widest, heads[at]))
        right -= widest + 2.4 * pen.unit
    return ends


def _draw_note(pen: Pen, note: Note, place: Box) -> float:
    y = place.y
    for line in pen.broken(note.text, place.width, SMALL):
        y -= pen.height_mm(SMALL)
        pen.write(line, place.x, y + pen.height_mm(SMALL) / 2, SMALL)
    return y - 0.8 * pen.unit


def _draw_entry(
    pen: Pen, entry: Entry, row: Box, columns: Sequence[tuple[float, float, str]]
) -> None:
    middle = row.y + row.height / 2
    start = row.x
    if entry.symbol != Symbol():
        swatch = Box(row.x, row.y, _SWATCH_MM * pen.unit, row.height)
        _draw_symbol(pen, entry, swatch)
        start = swatch.right + 2 * pen.unit
    end = columns[0][1] - 1.5 * pen.unit if columns else row.right
    text, style = pen.fitted(entry.text, end - start, TEXT)
    pen.write(text, start, middle, style)
    for value, (right, _, _) in zip(entry.values, columns, strict=False):
        pen.write(value, right, middle, replace(TEXT, across="right"))


def _draw_symbol(pen: Pen, entry: Entry, place: Box) -> None:
    symbol, unit = entry.symbol, pen.unit
    middle = place.y + place.height / 2
    label = f"key:{entry.key}" if entry.key else ""
    shared = symbol.area is not None and symbol.point is not None
    if symbol.area is not None:
        width = place.width * (0.55 if shared else 1)
        _draw_swatch(pen, symbol.area, Box(place.x, middle - 1.75 * unit, width, 3.5 * unit), label)
    if symbol.line is not None:
        pen.axes.plot(
            [place.x, place.right],
            [middle, middle],
            color=symbol.line.color,
            linewidth=symbol.line.width * unit,
            linestyle=_dash_style(symbol.line),
            zorder=20,
        )
    if symbol.point is not None:
        x = place.right - 1.6 * unit if shared else place.x + place.width / 2
        pen.axes.scatter(
            [x], [middle], s=(symbol.size * unit) ** 2, marker=symbol.marker,
            facecolors=symbol.point.fill, edgecolors=symbol.point.line,
            linewidths=symbol.point.width * unit, zorder=20, label=label or None,
        )  # fmt: skip


def _draw_swatch(pen: Pen, style: AreaStyle, box: Box, label: str) -> None:
    corner, width, height = (box.x, box.y), box.width, box.height
    fill = Rectangle(corner, width, height, facecolor=style.fill, linewidth=0, zorder=20)
    fill.set_alpha(style.opacity)
    fill.set_label(label)
    pen.axes.add_patch(fill)
    if style.hatch:
        hatched = Rectangle(
            corner, width, height, fill=False, linewidth=0, hatch=pattern(style, pen.unit),
            edgecolor=style.hatch_color, zorder=20.1,
        )  # fmt: skip
        hatched.set_hatch_linewidth(0.55 * pen.unit)
        pen.axes.add_patch(hatched)
    if style.line != "none":
        outline = Rectangle(
            corner, width, height, fill=False, edgecolor=style.line,
            linewidth=style.width * pen.unit, zorder=20.2,
            linestyle=_dash_style(LineStyle(color="", width=0, dashes=style.dashes)),
        )  # fmt: skip
        pen.axes.add_patch(outline)


def _dash_style(style: LineStyle) -> str | tuple[float, tuple[float, ...]]:
    dashes = DASHES[style.dashes]
    return (0.0, dashes) if dashes else "solid"
