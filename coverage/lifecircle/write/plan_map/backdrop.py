"""The ground under a theme: waters, streets, railways, borders; in quiet colours."""

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from lifecircle.write.plan_map.shapes import AreaStyle, LineStyle, Shapes, shapes_of
from lifecircle.write.web_backdrop import STREET_CLASSES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from lifecircle.assessment import Assessment
    from lifecircle.write.plan_map.panel import Panel

__all__ = ["BORDER_STYLES", "draw_borders", "draw_ground", "inside", "study_outline"]

LAND: Final = "#fbfaf7"
BEYOND: Final = "#e9e7e1"
WATER: Final = AreaStyle(fill="#c9e0ec", line="#9fc4d6", width=0.5)
GROUND_LINES: Final = {
    "water": LineStyle(color="#b5d3e2", width=1.0),
    "motorway": LineStyle(color="#c4bcaa", width=1.4),
    "railway": LineStyle(color="#8d8982", width=0.9, dashes="dashed"),
}
# Surface and casing in metres of road at large scales; a line in points below that.
STREET_LINES: Final = {
    "path": LineStyle(color="#dedad1", width=0.35),
    "minor": LineStyle(color="#cfcac0", width=0.55),
    "middle": LineStyle(color="#b9b3a7", width=0.9),
    "major": LineStyle(color="#a8a093", width=1.4),
}
# The smallest scale, by its denominator, at which a class of streets is still drawn.
SMALLEST_SCALES: Final = {"path": 16_000, "minor": 60_000, "middle": 250_000, "major": 2_000_000}
BORDER_STYLES: Final = {
    "province": LineStyle(color="#5b5870", width=1.3, dashes="dash_dot"),
    "city": LineStyle(color="#5b5870", width=1.3, dashes="dash_dot"),
    "district": LineStyle(color="#5b5870", width=1.2, dashes="dash_dot"),
    "street": LineStyle(color="#6a6680", width=0.9, dashes="dashed"),
    "township": LineStyle(color="#6a6680", width=0.9, dashes="dashed"),
    "community": LineStyle(color="#5f5b78", width=0.8, dashes="dotted"),
    "village": LineStyle(color="#5f5b78", width=0.8, dashes="dotted"),
}


def study_outline(assessment: "Assessment") -> shapely.Geometry:
    """
    Find the outline of the study area.

    Parameters
    ----------
    assessment
        The result of a study.

    Returns
    -------
    outline
        The area; else what the zones cover; else what the residences stand on.
    """
    if assessment.area is not None:
        return assessment.area
    zones = shapes_of(assessment.zones.geometry)
    if len(zones):
        return shapely.union_all(zones)
    homes = shapes_of(assessment.residences.geometry)
    return shapely.convex_hull(shapely.union_all(homes))


def inside(shapes: Shapes, view: shapely.Geometry) -> Shapes:
    """
    Choose what can be seen.

    Parameters
    ----------
    shapes
        Any geometries.
    view
        The ground that a map shows.

    Returns
    -------
    chosen
        Those that touch it, in their order.
    """
    return shapes[shapely.intersects(shapes, view)]


def draw_ground(panel: "Panel", assessment: "Assessment") -> None:
    """
    Draw land, waters, streets and railways.

    Parameters
    ----------
    panel
        The map.
    assessment
        The result of a study.
    """
    outline = study_outline(assessment)
    beyond = shapely.difference(panel.view, outline)
    panel.areas(np.array([panel.view], dtype=object), AreaStyle(fill=LAND), order=0)
    _draw_barriers(panel, assessment.barriers)
    _draw_streets(panel, assessment.streets)
    veil = AreaStyle(fill=BEYOND, opacity=0.62)
    panel.areas(np.array([beyond], dtype=object), veil, order=3)
    edge = LineStyle(color="#77736b", width=0.9, dashes="dash_dot")
    panel.lines(np.array([shapely.boundary(outline)], dtype=object), edge, order=8)


def draw_borders(panel: "Panel", zones: "gpd.GeoDataFrame") -> list[str]:
    """
    Draw the borders of zones, each shared one once.

    Parameters
    ----------
    panel
        The map.
    zones
        With their ``level``.

    Returns
    -------
    levels
        Those that were drawn, the highest first.
    """
    drawn = []
    for at, level in enumerate(BORDER_STYLES):
        shapes = shapes_of(zones.geometry[zones["level"].eq(level)])
        if len(shapes) > 1:
            merged = shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
            panel.lines(np.array([merged], dtype=object), BORDER_STYLES[level], order=7 - at / 10)
            drawn.append(level)
    return drawn


def _draw_barriers(panel: "Panel", barriers: "gpd.GeoDataFrame") -> None:
    shapes = shapes_of(barriers.geometry)
    kinds = barriers["kind"].to_numpy()
    closed = shapely.is_closed(shapes) & (kinds == "water")
    waters = [shapely.Polygon(shapely.get_coordinates(ring)) for ring in shapes[closed]]
    panel.areas(np.array(waters, dtype=object), WATER, order=1)
    for kind, style in GROUND_LINES.items():
        panel.lines(inside(shapes[(kinds == kind) & ~closed], panel.view), style, order=1.5)


def _draw_streets(panel: "Panel", streets: "gpd.GeoDataFrame") -> None:
    classes = _street_classes(streets["highway"])
    for at, (street_class, style) in enumerate(STREET_LINES.items()):
        if panel.denominator <= SMALLEST_SCALES[street_class]:
            chosen = shapes_of(streets.geometry[classes == street_class])
            panel.lines(inside(chosen, panel.view), style, order=2 + at / 10)


def _street_classes(highway: "pd.Series[str]") -> "pd.Series[str]":
    by_value = {value: name for name, values in STREET_CLASSES.items() for value in values}
    return highway.astype("string").str.removesuffix("_link").map(by_value).fillna("path")
