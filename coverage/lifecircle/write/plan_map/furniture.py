"""What every plan map has around it: title, frame, title block, scale bar, north arrow, inset."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.patches import Polygon, Rectangle
from pyproj import CRS, Transformer

from lifecircle.write.plan_map.backdrop import BEYOND, study_outline
from lifecircle.write.plan_map.classes import scale_length_m
from lifecircle.write.plan_map.lettering import INK, SOFT_INK, LetterStyle, Pen
from lifecircle.write.plan_map.panel import Panel, new_panel
from lifecircle.write.plan_map.paper import Box, Layout
from lifecircle.write.plan_map.shapes import AreaStyle, LineStyle, shapes_of

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = [
    "draw_block",
    "draw_frame",
    "draw_location",
    "draw_north_and_scale",
    "draw_title",
    "north_angle",
]

_RULE: Final = 0.5
_SEGMENTS: Final = 4


def draw_frame(pen: Pen, layout: Layout) -> None:
    """
    Draw the lines that divide a sheet.

    Parameters
    ----------
    pen
        Draws on the sheet.
    layout
        Its parts.
    """
    parts = [layout.title, layout.legend, layout.location, layout.furniture]
    for box in (layout.border, *parts, *layout.panels, *layout.captions):
        _outline(pen, box, _RULE)
    _outline(pen, layout.frame, 1.6)


def draw_title(
    pen: Pen, box: Box, *, title: str, subject: str, notice: str, edition: str = ""
) -> None:
    """
    Draw the title band.

    Parameters
    ----------
    pen
        Writes on the sheet.
    box
        Its place.
    title
        Of the study, in small letters above.
    subject
        What the map shows.
    notice
        What must be said of the data; may be blank.
    edition
        Who it is for, at the left; may be blank.
    """
    centre = box.x + box.width / 2
    mark = LetterStyle(size=10, bold=True)
    pen.write(edition, box.x + 4 * pen.unit, box.y + box.height / 2, mark)
    side = pen.width_mm(edition, mark) + 6 * pen.unit if edition else 0.0
    if notice:
        style = LetterStyle(size=10, bold=True, color="#6b4700", across="right")
        text, style = pen.fitted(notice, box.width * 0.22, style)
        width = pen.width_mm(text, style) + 6 * pen.unit
        side = max(side, width + 4 * pen.unit)
        middle = box.y + box.height / 2
        height = 7 * pen.unit
        corner = (box.right - 3 * pen.unit - width, middle - height / 2)
        pen.axes.add_patch(
            Rectangle(corner, width, height, facecolor="#fff3c4", edgecolor="#c79400",
                      linewidth=0.8 * pen.unit, zorder=15)
        )  # fmt: skip
        pen.write(text, box.right - 6 * pen.unit, middle, style)
    room = box.width - 2 * side - 8 * pen.unit
    small = LetterStyle(size=10.5, color=SOFT_INK, across="center")
    large = LetterStyle(size=22, bold=True, across="center")
    for text, style, share in ((title, small, 0.8), (subject, large, 0.37)):
        fitting, fitted = pen.fitted(text, room, style)
        pen.write(fitting, centre, box.y + box.height * share, fitted)


def draw_block(pen: Pen, box: Box, cells: list[tuple[str, str, float]], *, rows: int) -> None:
    """
    Draw the title block.

    Parameters
    ----------
    pen
        Writes on the sheet.
    box
        Its place.
    cells
        For each its heading, its text and its share of the width; what is blank is left blank.
    rows
        How many rows of cells; the last cell has the last row to itself.
    """
    split = [cells] if rows == 1 else [cells[:-1], cells[-1:]]
    height = box.height / rows
    for at, row in enumerate(split):
        x = box.x
        whole = sum(share for *_, share in row)
        for heading, text, share in row:
            width = box.width * share / whole
            cell = Box(x, box.top - (at + 1) * height, width, height)
            _outline(pen, cell, _RULE)
            _draw_cell(pen, cell, heading, text)
            x += width


def _draw_cell(pen: Pen, cell: Box, heading: str, text: str) -> None:
    unit = pen.unit
    pen.write(
        heading, cell.x + 1.6 * unit, cell.top - 2.5 * unit,
        LetterStyle(size=8.2, color=SOFT_INK),
    )  # fmt: skip
    room = cell.inset(1.6 * unit)._replace(height=cell.height - 5 * unit)
    for size in (10.0, 9.0, 8.2, 7.4, 6.6):  # the last is 5 points on A4
        style = LetterStyle(size=size)
        lines = pen.broken(text, room.width, style)
        if len(lines) * pen.height_mm(style) <= room.height:
            break
    fitting = max(int(room.height / pen.height_mm(style)), 1)
    if len(lines) > fitting:
        rest = ("" if pen.language == "zh" else " ").join(lines[fitting - 1 :])
        lines = [*lines[: fitting - 1], pen.cut(rest, room.width, style)]
    top = cell.y + 0.6 * unit + room.height / 2 + len(lines) * pen.height_mm(style) / 2
    for at, line in enumerate(lines):
        pen.write(line, room.x, top - (at + 0.5) * pen.height_mm(style), style)


def draw_north_and_scale(pen: Pen, box: Box, panel: Panel, *, crs: CRS, paper: str) -> None:
    """
    Draw the north arrow, the scale bar, and the scale as a number.

    Parameters
    ----------
    pen
        Draws on the sheet.
    box
        Their place.
    panel
        The map that they speak of.
    crs
        The system of its metres.
    paper
        The name of the sheet's size, for which the number holds.
    """
    unit = pen.unit
    _draw_north(pen, box.x + 10 * unit, box.y + box.height / 2, north_angle(panel, crs))
    left = box.x + 22 * unit
    number = pen.word("scale", denominator=_figure(panel.denominator, pen), paper=paper)
    pen.write(number, left, box.top - 6 * unit, LetterStyle(size=9.5, bold=True))
    _draw_bar(pen, left, box.y + 7.5 * unit, box.right - 8 * unit - left, panel.denominator)


def north_angle(panel: Panel, crs: CRS) -> float:
    """
    Find where north is on a map.

    Parameters
    ----------
    panel
        The map.
    crs
        The system of its metres.

    Returns
    -------
    degrees
        From straight up, clockwise, at the middle of the map.
    """
    centre = shapely.get_coordinates(shapely.centroid(panel.view))[0]
    there = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    longitude, latitude = there.transform(*centre)
    x, y = there.transform([longitude] * 2, [latitude, latitude + 0.01], direction="INVERSE")
    return math.degrees(math.atan2(x[1] - x[0], y[1] - y[0]))


def draw_location(
    pen: Pen, box: Box, assessment: "Assessment", panel: Panel, *, marked: shapely.Geometry | None
) -> None:
    """
    Draw the small map that shows where in the study area the map lies.

    Parameters
    ----------
    pen
        Draws on the sheet.
    box
        Its place.
    assessment
        The result of a study.
    panel
        The map itself.
    marked
        The zone that it is about, on a page of an atlas.
    """
    heading = LetterStyle(size=9.2, bold=True)
    pen.write(pen.word("location"), box.x + 3.5 * pen.unit, box.top - 4.5 * pen.unit, heading)
    inner = box.inset(3.5 * pen.unit)
    inner = inner._replace(height=inner.height - 5 * pen.unit)
    outline = study_outline(assessment)
    seen = shapely.union(outline, panel.view)
    left, low, right, high = shapely.bounds(seen)
    needed = max((right - left) / inner.width, (high - low) / inner.height) * 1000 * 1.02
    small = new_panel(pen, inner, ((left + right) / 2, (low + high) / 2), math.ceil(needed))
    land = AreaStyle(fill=BEYOND, line="#77736b", width=0.7)
    small.areas(np.array([outline], dtype=object), land, order=1)
    zones = assessment.zones
    for level in ("district", "street", "township"):
        borders = shapes_of(zones.geometry[zones["level"].eq(level)])
        small.lines(shapely.boundary(borders), LineStyle(color="#a8a49b", width=0.4), order=2)
    if marked is not None:
        mark = AreaStyle(fill="#f0a818", line="#9a6500", width=0.8)
        small.areas(np.array([marked], dtype=object), mark, order=3)
    rim = AreaStyle(line="#a6290c", width=1.1)
    small.areas(np.array([panel.view], dtype=object), rim, order=4)


def _draw_north(pen: Pen, x: float, y: float, degrees: float) -> None:
    """Draw an arrow of two halves, turned to where north is."""
    unit = pen.unit
    turn = math.radians(degrees)

    def turned(across: float, along: float) -> tuple[float, float]:
        return (
            x + (across * math.cos(turn) + along * math.sin(turn)) * unit,
            y + (along * math.cos(turn) - across * math.sin(turn)) * unit,
        )

    tip, notch = turned(0, 6.0), turned(0, -5.2)
    for corner, fill in ((turned(-3.4, -8.0), INK), (turned(3.4, -8.0), "#ffffff")):
        half = Polygon(
            [tip, corner, notch], facecolor=fill, edgecolor=INK, linewidth=0.8 * unit,
            joinstyle="miter", zorder=20,
        )  # fmt: skip
        pen.axes.add_patch(half)
    letter = LetterStyle(size=10.5, bold=True, across="center")
    pen.write(pen.word("north"), *turned(0, 8.9), letter)


def _draw_bar(pen: Pen, left: float, low: float, room: float, denominator: int) -> None:
    length_m = scale_length_m(room * denominator / 1000)
    width = length_m * 1000 / denominator
    height = 1.7 * pen.unit
    for at in range(_SEGMENTS):
        part = Rectangle(
            (left + width * at / _SEGMENTS, low), width / _SEGMENTS, height, zorder=20,
            facecolor=INK if at % 2 == 0 else "#ffffff", edgecolor=INK, linewidth=0.6 * pen.unit,
        )  # fmt: skip
        part.set_label("scale bar")
        pen.axes.add_patch(part)
    style = LetterStyle(size=8.4, across="center", along="bottom")
    per_unit, unit_word = (1000, "kilometres") if length_m >= 1000 else (1, "metres")  # noqa: PLR2004 - km
    for share in (0.0, 0.5, 1.0):
        figure = f"{length_m * share / per_unit:g}"
        x = left + width * share
        text = pen.write(figure, x, low + height + 0.7 * pen.unit, style)
        if share == 1:
            end = x + pen.width_mm(figure, style) / 2 + 0.8 * pen.unit
            word = pen.word(unit_word)
            pen.write(word, end, low + height + 0.7 * pen.unit, replace(style, across="left"))
        text.set_label("scale figure")


def _figure(denominator: int, pen: Pen) -> str:
    return str(denominator) if pen.language == "zh" else f"{denominator:,}"


def _outline(pen: Pen, box: Box, width: float) -> None:
    corner, across, along = (box.x, box.y), box.width, box.height
    pen.axes.add_patch(
        Rectangle(corner, across, along, fill=False, edgecolor=INK, linewidth=width * pen.unit,
                  joinstyle="miter", zorder=25)
    )  # fmt: skip
