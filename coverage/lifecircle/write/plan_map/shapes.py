"""Geometry onto axes, in the coordinates that it has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "AreaStyle",
    "LineStyle",
    "Shapes",
    "draw_areas",
    "draw_lines",
    "draw_points",
    "pattern",
    "shapes_of",
]

Shapes = npt.NDArray[np.object_]
DASHES: Final[dict[str, tuple[float, ...]]] = {
    "solid": (),
    "dashed": (5, 2.5),
    "dotted": (1, 2),
    "dash_dot": (8, 2, 1.5, 2),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaStyle:
    """
    How an area looks.

    Attributes
    ----------
    fill
        Its colour; none where it is empty.
    line
        The colour of its outline; none where it has none.
    width
        Of the outline in points.
    dashes
        ``solid``, ``dashed``, ``dotted`` or ``dash_dot``.
    hatch
        A pattern of matplotlib's.
    hatch_color
        Of the pattern.
    opacity
        Of the fill, 0 to 1.
    """

    fill: str = "none"
    line: str = "none"
    width: float = 0.5
    dashes: str = "solid"
    hatch: str = ""
    hatch_color: str = "#ffffff"
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LineStyle:
    """
    How a line looks.

    Attributes
    ----------
    color
        Its colour.
    width
        In points.
    dashes
        As for `AreaStyle`.
    """

    color: str
    width: float
    dashes: str = "solid"


def pattern(style: AreaStyle, unit: float) -> str:
    """
    Space a pattern as wide as its lines are; matplotlib's has so many lines an inch.

    Parameters
    ----------
    style
        With its pattern as on A3.
    unit
        How much larger than on A3 lines are.

    Returns
    -------
    hatch
        Of matplotlib.

    Examples
    --------
    >>> pattern(AreaStyle(hatch="//////"), 1.0), pattern(AreaStyle(hatch="//////"), 2.0)
    ('//////', '///')
    """
    return style.hatch[:1] * max(1, round(len(style.hatch) / max(unit, 1)))


def shapes_of(geometry: "pd.Series[Any] | gpd.GeoSeries") -> Shapes:
    """
    Take the geometries of a table without those that are missing.

    Parameters
    ----------
    geometry
        Its column.

    Returns
    -------
    shapes
        In its order.
    """
    found: Shapes = np.asarray(geometry.dropna(), dtype=object)
    return found


def draw_areas(
    axes: Axes, shapes: Shapes, style: AreaStyle, *, unit: float, order: float, key: str = ""
) -> None:
    """
    Draw areas.

    Parameters
    ----------
    axes
        Where.
    shapes
        Polygons and multipolygons; what is empty is left out.
    style
        How.
    unit
        How much larger than on A3 lines and patterns are.
    order
        What is higher lies above.
    key
        The class that they belong to, as the legend names it.
    """
    paths = [_area_path(shape) for shape in shapes if shape is not None and not shape.is_empty]
    if not paths:
        return
    common: dict[str, Any] = {"zorder": order, "label": f"class:{key}" if key else None}
    filled = PathCollection(paths, facecolors=style.fill, linewidths=0, **common)
    filled.set_alpha(style.opacity)
    axes.add_collection(filled, autolim=False)
    if style.hatch:
        hatched = PathCollection(
            paths, facecolors="none", edgecolors=style.hatch_color, linewidths=0,
            hatch=pattern(style, unit),
            zorder=order + 0.1,
        )  # fmt: skip
        hatched.set_hatch_linewidth(0.55 * unit)
        axes.add_collection(hatched, autolim=False)
    if style.line != "none":
        outline = PathCollection(
            paths, facecolors="none", edgecolors=style.line, linewidths=style.width * unit,
            linestyles=_dashes(style.dashes), zorder=order + 0.2,
        )  # fmt: skip
        axes.add_collection(outline, autolim=False)


def draw_lines(
    axes: Axes, shapes: Shapes, style: LineStyle, *, unit: float, order: float
) -> None:  # numpydoc ignore=PR01
    """Draw lines, as `draw_areas` does areas."""
    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    lines = [shapely.get_coordinates(line) for line in parts if not line.is_empty]
    collection = LineCollection(
        lines,
        colors=style.color,
        linewidths=style.width * unit,
        linestyles=_dashes(style.dashes),
        capstyle="round" if style.dashes == "solid" else "butt",
        zorder=order,
    )
    axes.add_collection(collection, autolim=False)


def draw_points(
    axes: Axes,
    points: npt.NDArray[np.float64],
    style: AreaStyle,
    *,
    marker: str | Path | MarkerStyle,
    sizes: npt.NDArray[np.float64] | float,
    order: float,
    key: str = "",
) -> None:
    """
    Draw points as symbols.

    Parameters
    ----------
    axes
        Where.
    points
        A row each, x and y.
    style
        How.
    marker
        Which symbol.
    sizes
        Their widths in points on paper.
    order
        What is higher lies above.
    key
        The class that they belong to, as the legend names it.
    """
    axes.scatter(
        points[:, 0],
        points[:, 1],
        s=np.square(sizes),
        marker=marker,
        facecolors=style.fill,
        edgecolors=style.line,
        linewidths=style.width,
        zorder=order,
        label=f"class:{key}" if key else None,
        clip_on=True,
    )


def _dashes(name: str) -> Any:  # noqa: ANN401 - matplotlib's own union
    return (0, DASHES[name]) if DASHES[name] else "solid"


def _area_path(shape: shapely.Geometry) -> Path:
    """Make one path of all rings; holes run the other way round."""
    surfaces = [part for part in shapely.get_parts(shape) if shapely.area(part) > 0]
    rings = [
        shapely.get_coordinates(ring)
        for surface in surfaces
        for ring in shapely.get_rings(shapely.orient_polygons(surface))
    ]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
