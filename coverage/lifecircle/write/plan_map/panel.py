"""One map on a sheet: what piece of ground it shows, at which scale."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes

from lifecircle.write.plan_map.classes import scale_denominator
from lifecircle.write.plan_map.lettering import MM_PER_POINT, Pen
from lifecircle.write.plan_map.names import Name
from lifecircle.write.plan_map.paper import Box
from lifecircle.write.plan_map.shapes import (
    AreaStyle,
    LineStyle,
    Shapes,
    draw_areas,
    draw_lines,
    draw_points,
)

__all__ = ["Panel", "fitting_denominator", "new_panel"]

_PATTERN_MM = 1.8
_MARGIN_SHARE = 0.035  # on each side of what is shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """
    One map on a sheet.

    Attributes
    ----------
    axes
        In metres of the study's system.
    pen
        Writes on the sheet.
    box
        Where on the sheet it is.
    denominator
        Of its scale.
    names
        What is to be written on it, once all is drawn.
    symbols
        Where on the sheet there are symbols that no name may hide.
    """

    axes: Axes
    pen: Pen
    box: Box
    denominator: int
    names: list[Name] = field(default_factory=list)
    symbols: list[Box] = field(default_factory=list)

    @property
    def unit(self) -> float:  # numpydoc ignore=RT01
        """Return how much larger than on A3 everything is."""
        return self.pen.unit

    @property
    def view(self) -> shapely.Geometry:  # numpydoc ignore=RT01
        """Return the ground that it shows."""
        (left, right), (low, high) = self.axes.get_xlim(), self.axes.get_ylim()
        return shapely.box(left, low, right, high)

    @property
    def shrunk(self) -> float:  # numpydoc ignore=RT01
        """Return how much smaller symbols are than at 1:50,000; on a map of a city they crowd."""
        return float(np.clip((self.denominator / 50_000) ** -0.45, 0.42, 1.0))

    def on_sheet(self, x: float, y: float) -> tuple[float, float]:  # numpydoc ignore=PR01,RT01
        """Tell where on the sheet, in millimetres, a place on the ground is."""
        (left, _), (low, _) = self.axes.get_xlim(), self.axes.get_ylim()
        scale = 1000 / self.denominator
        return self.box.x + (x - left) * scale, self.box.y + (y - low) * scale

    def keep_free(
        self, points: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64]
    ) -> None:  # numpydoc ignore=PR01
        """Remember symbols that no name may hide; their sizes are in points on A3."""
        for (x, y), size in zip(points, np.broadcast_to(sizes, len(points)), strict=True):
            middle = self.on_sheet(x, y)
            side = size * self.shrunk * self.unit * MM_PER_POINT
            self.symbols.append(Box(middle[0] - side / 2, middle[1] - side / 2, side, side))

    def areas(
        self, shapes: Shapes, style: AreaStyle, *, order: float, key: str = ""
    ) -> None:  # numpydoc ignore=PR01
        """Draw areas; see `draw_areas`. Small ones have no pattern, which would hide them."""
        side_mm = np.sqrt(shapely.area(shapes)) * 1000 / self.denominator
        small = side_mm < _PATTERN_MM * self.unit
        plain = replace(style, hatch="", width=style.width * 0.5, dashes="solid")
        for chosen, look in ((shapes[small], plain), (shapes[~small], style)):
            draw_areas(self.axes, chosen, look, unit=self.unit, order=order, key=key)

    def lines(
        self, shapes: Shapes, style: LineStyle, *, order: float
    ) -> None:  # numpydoc ignore=PR01
        """Draw lines; see `draw_lines`."""
        if len(shapes):
            draw_lines(self.axes, shapes, style, unit=self.unit, order=order)

    def points(
        self,
        points: npt.NDArray[np.float64],
        style: AreaStyle,
        *,
        marker: str,
        sizes: npt.NDArray[np.float64] | float,
        order: float,
        key: str = "",
    ) -> None:  # numpydoc ignore=PR01
        """Draw points; see `draw_points`."""
        draw_points(
            self.axes, points, style, marker=marker,
            sizes=np.asarray(sizes) * self.unit * self.shrunk, order=order, key=key,
        )  # fmt: skip


def new_panel(pen: Pen, box: Box, centre: tuple[float, float], denominator: int) -> Panel:
    """
    Make an empty map.

    Parameters
    ----------
    pen
        Writes on the sheet.
    box
        Where on the sheet.
    centre
        Of the ground it shows, in metres.
    denominator
        Of its scale.

    Returns
    -------
    panel
        Its axes have just this scale.
    """
    (_, sheet_width), (_, sheet_height) = pen.axes.get_xlim(), pen.axes.get_ylim()
    axes = pen.figure.add_axes(
        (
            box.x / sheet_width,
            box.y / sheet_height,
            box.width / sheet_width,
            box.height / sheet_height,
        ),
        zorder=1,
    )
    axes.set_axis_off()
    half = [side / 1000 * denominator / 2 for side in (box.width, box.height)]
    axes.set_xlim(centre[0] - half[0], centre[0] + half[0])
    axes.set_ylim(centre[1] - half[1], centre[1] + half[1])
    return Panel(axes=axes, pen=pen, box=box, denominator=denominator)


def fitting_denominator(bounds: tuple[float, float, float, float], box: Box) -> int:
    """
    Choose the largest scale at which a piece of ground fits.

    Parameters
    ----------
    bounds
        Left, lower, right and upper end, in metres.
    box
        Where it must fit.

    Returns
    -------
    denominator
        Of a scale that plans use.
    """
    room = 1 - 2 * _MARGIN_SHARE
    across = (bounds[2] - bounds[0]) * 1000 / (box.width * room)
    along = (bounds[3] - bounds[1]) * 1000 / (box.height * room)
    return scale_denominator(max(across, along, _LARGEST_SCALE))


_LARGEST_SCALE = 1000
