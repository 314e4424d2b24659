"""The sheet of paper, and where on it everything goes; all in millimetres from its lower left."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

__all__ = ["Box", "Layout", "Page", "Paper", "page_layout"]

Paper = Literal["A4", "A3", "A1"]

_LONG_AND_SHORT_MM: Final = {"A4": (297, 210), "A3": (420, 297), "A1": (841, 594)}  # ISO 216
_ENLARGED: Final = {"A4": 0.76, "A3": 1.0, "A1": 1.9}  # letters and lines; a wall map is read afar


class Box(NamedTuple):
    """A rectangle on the sheet: its lower left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:  # numpydoc ignore=RT01
        """Return its right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:  # numpydoc ignore=RT01
        """Return its upper edge."""
        return self.y + self.height

    def inset(self, margin: float) -> "Box":  # numpydoc ignore=PR01,RT01
        """Return the box that lies within, a margin away from every edge."""
        return Box(
            self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """
    A sheet of paper.

    Attributes
    ----------
    paper
        ``A4``, ``A3`` or ``A1``.
    landscape
        Whether its long side lies.
    """

    paper: Paper = "A3"
    landscape: bool = True

    @property
    def size_mm(self) -> tuple[float, float]:  # numpydoc ignore=RT01
        """Return its width and height."""
        long, short = _LONG_AND_SHORT_MM[self.paper]
        return (long, short) if self.landscape else (short, long)

    @property
    def enlarged(self) -> float:  # numpydoc ignore=RT01
        """Return how much larger than on A3 letters and lines are."""
        return _ENLARGED[self.paper]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """
    Where everything on a sheet goes.

    Attributes
    ----------
    border
        The outer line.
    frame
        The thick line within, that holds everything.
    title
        The band with the title.
    panels
        The map, or the maps side by side.
    captions
        Where each of several maps says what it shows.
    legend
        The column or band of the legend.
    columns
        How many columns the legend has.
    location
        The small map that shows where this one lies.
    furniture
        The north arrow and the scale.
    block
        The title block.
    """

    border: Box
    frame: Box
    title: Box
    panels: tuple[Box, ...]
    captions: tuple[Box, ...]
    legend: Box
    columns: int
    location: Box
    furniture: Box
    block: Box


def page_layout(page: Page, *, panels: int = 1) -> Layout:
    """
    Divide a sheet.

    Parameters
    ----------
    page
        The sheet.
    panels
        How many maps stand side by side (one above the other on an upright sheet).

    Returns
    -------
    layout
        Its parts, none of which overlap.
    """
    unit = page.enlarged
    border = Box(0, 0, *page.size_mm).inset(5 * unit)
    frame = border.inset(3 * unit)
    block = frame._replace(height=(13 if page.landscape else 21) * unit)
    title_height = 19 * unit
    title = Box(frame.x, frame.top - title_height, frame.width, title_height)
    body = Box(frame.x, block.top, frame.width, title.y - block.top)
    parts = _beside(body, unit) if page.landscape else _below(body, unit)
    maps, captions = _panels(parts.pop("panel"), panels, unit, across=page.landscape)
    return Layout(
        border=border, frame=frame, title=title, block=block,
        panels=maps, captions=captions, columns=1 if page.landscape else 3, **parts,
    )  # fmt: skip


def _beside(body: Box, unit: float) -> dict[str, Box]:
    """Put the legend in a column at the right."""
    width = 78 * unit
    column = Box(body.right - width, body.y, width, body.height)
    furniture = column._replace(height=25 * unit)
    location = Box(column.x, column.top - 52 * unit, width, 52 * unit)
    legend = Box(column.x, furniture.top, width, location.y - furniture.top)
    return {
        "panel": body._replace(width=body.width - width),
        "legend": legend,
        "location": location,
        "furniture": furniture,
    }


def _below(body: Box, unit: float) -> dict[str, Box]:
    """Put the legend in a band at the foot."""
    height, width = 68 * unit, 66 * unit
    band = body._replace(height=height)
    side = Box(band.right - width, band.y, width, height)
    furniture = side._replace(height=25 * unit)
    return {
        "panel": Box(body.x, band.top, body.width, body.height - height),
        "legend": band._replace(width=band.width - width),
        "location": Box(side.x, furniture.top, width, height - furniture.height),
        "furniture": furniture,
    }


def _panels(
    whole: Box, count: int, unit: float, *, across: bool
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    if count == 1:
        return (whole,), ()
    head = 7.5 * unit
    maps, captions = [], []
    for at in range(count):
        if across:
            width = whole.width / count
            part = Box(whole.x + at * width, whole.y, width, whole.height)
        else:
            height = whole.height / count
            part = Box(whole.x, whole.top - (at + 1) * height, whole.width, height)
        maps.append(part._replace(height=part.height - head))
        captions.append(Box(part.x, part.top - head, part.width, head))
    return tuple(maps), tuple(captions)
