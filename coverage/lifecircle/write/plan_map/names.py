"""Names on a map: none over another, none over the edge."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lifecircle.write.plan_map.lettering import LetterStyle
from lifecircle.write.plan_map.paper import Box

if TYPE_CHECKING:
    from lifecircle.write.plan_map.panel import Panel

__all__ = ["Name", "write_names"]

_GAP_MM: Final = 0.7
# Where a name is tried, in its own heights from its place: there, below, above, aside, farther.
_SHIFTS: Final = (
    (0.0, 0.0),
    *((0.0, step) for step in (-0.7, 0.7, -1.4, 1.4)),
    *((side, step) for side in (-1.5, 1.5) for step in (0.0, -0.7, 0.7)),
    *((0.0, step) for step in (-2.2, 2.2, -3.0, 3.0)),
    *((side, step) for side in (-3.0, 3.0) for step in (0.0, -1.2, 1.2)),
)


# With a line to the place: around it, ever farther.
_FAR: Final = tuple(
    (distance * math.cos(math.tau * turn / 16), distance * math.sin(math.tau * turn / 16))
    for distance in (4.0, 6.0, 8.5, 11.0, 14.0)
    for turn in range(16)
)
_LEADER_MM: Final = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """
    What is to be written on a map.

    Attributes
    ----------
    lines
        The text, from above.
    x, y
        Its middle, on the ground.
    style
        Of the letters.
    beside_mm
        How far above or below the place it is put at least, so that a symbol there stays free.
    needed
        Whether it is tried at all the places, or given up where there is no room.
    leader
        Whether it may also stand farther off, with a line to its place.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    style: LetterStyle
    beside_mm: float = 0.0
    needed: bool = True
    leader: bool = False


def write_names(panel: "Panel") -> int:
    """
    Write the names of a map, in their order, each where there is room.

    Parameters
    ----------
    panel
        The map.

    Returns
    -------
    left_out
        How many that were needed found no place.
    """
    taken = [_shrunk(symbol) for symbol in panel.symbols]
    left_out = 0
    for name in panel.names:
        found = next((box for box in _places(panel, name) if _is_free(panel.box, box, taken)), None)
        if found is None:
            left_out += name.needed
            continue
        taken.append(found)
        _write(panel, name, found)
        if name.leader:
            _lead(panel, name, found)
    return left_out


def _places(panel: "Panel", name: Name) -> Iterable[Box]:
    pen, style = panel.pen, name.style
    width = max(pen.width_mm(line, style) for line in name.lines)
    line_height = pen.height_mm(style)
    height = line_height * len(name.lines)
    x, y = panel.on_sheet(name.x, name.y)
    for across, along in _shifts(name, width, height, line_height):
        yield Box(x + across * line_height - width / 2, y + along - height / 2, width, height)


def _shifts(
    name: Name, width: float, height: float, line_height: float
) -> Sequence[tuple[float, float]]:
    if not name.beside_mm:
        chosen = (*_SHIFTS, *(_FAR if name.leader else ())) if name.needed else _SHIFTS[:1]
        return [(across, along * line_height) for across, along in chosen]
    off = name.beside_mm + height / 2
    above = [(across, along) for across in (0.0, -1.2, 1.2, -2.4, 2.4) for along in (-off, off)]
    aside = (name.beside_mm + _GAP_MM + width / 2) / line_height
    return [*above, (aside, 0.0), (-aside, 0.0)]


def _shrunk(symbol: Box) -> Box:
    """Take the gap off, which a name need not keep from a symbol."""
    return symbol.inset(min(_GAP_MM, symbol.width / 2.5))


def _is_free(inside: Box, box: Box, taken: Iterable[Box]) -> bool:
    within = (
        box.x > inside.x + _GAP_MM
        and box.right < inside.right - _GAP_MM
        and box.y > inside.y + _GAP_MM
        and box.top < inside.top - _GAP_MM
    )
    return within and not any(_overlap(box, other) for other in taken)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right + _GAP_MM
        and other.x < one.right + _GAP_MM
        and one.y < other.top + _GAP_MM / 2
        and other.y < one.top + _GAP_MM / 2
    )


def _lead(panel: "Panel", name: Name, box: Box) -> None:
    """Draw a line from a name to its place, if that is not under it."""
    x, y = panel.on_sheet(name.x, name.y)
    end = (min(max(x, box.x), box.right), min(max(y, box.y), box.top))
    if math.hypot(end[0] - x, end[1] - y) < _LEADER_MM:
        return
    unit = panel.unit
    panel.pen.axes.plot([x, end[0]], [y, end[1]], color="#ffffff", linewidth=1.8 * unit, zorder=28)
    panel.pen.axes.plot([x, end[0]], [y, end[1]], color="#23262b", linewidth=0.6 * unit, zorder=29)


def _write(panel: "Panel", name: Name, box: Box) -> None:
    line_height = box.height / len(name.lines)
    for at, line in enumerate(name.lines):
        text = panel.pen.write(
            line, box.x + box.width / 2, box.top - (at + 0.5) * line_height, name.style
        )
        text.set_label("name")
