"""The map of what changed: residences by how they fare in the later of two results."""

from dataclasses import dataclass, field, replace
from typing import Final

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure

from lifecircle.labels import Language, label
from lifecircle.study import PlanSettings
from lifecircle.whatif.comparison import CHANGES
from lifecircle.write.palette import CHANGE_COLORS
from lifecircle.write.plan_map.common_parts import name_finest_zones
from lifecircle.write.plan_map.furniture import (
    draw_block,
    draw_frame,
    draw_north_and_scale,
    draw_title,
)
from lifecircle.write.plan_map.legend import Entry, Section, Symbol, draw_legend
from lifecircle.write.plan_map.lettering import Pen
from lifecircle.write.plan_map.names import write_names
from lifecircle.write.plan_map.panel import Panel, fitting_denominator, new_panel
from lifecircle.write.plan_map.paper import Layout, Page, page_layout
from lifecircle.write.plan_map.scene import points_of
from lifecircle.write.plan_map.shapes import AreaStyle, shapes_of
from lifecircle.write.plan_map.sheet import new_sheet, title_cells

__all__ = ["ComparisonHeading", "draw_comparison"]

# Patterns tell them apart in grey.
_HATCHES: Final = {"better": "", "worse": "////", "unlike": "....", "added": "++", "gone": "xx"}
_MARKERS: Final = {
    "better": "^", "worse": "v", "unlike": "D", "same": "o", "added": "P", "gone": "X",
}  # fmt: skip
_POINT_SIZE: Final = 6.0
_BORDER: Final = AreaStyle(line="#55526b", width=0.7, dashes="dashed")


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonHeading:
    """
    What a map of changes says of itself.

    Attributes
    ----------
    title
        What is compared.
    made
        Whether data of either result are made up.
    plan
        Who made the later result.
    sources
        Whose the data of both are.
    """

    title: str
    made: bool = False
    plan: PlanSettings = field(default_factory=PlanSettings)
    sources: tuple[str, ...] = ()


def draw_comparison(
    residences: gpd.GeoDataFrame,
    zones: pd.DataFrame,
    *,
    heading: ComparisonHeading,
    language: Language,
) -> Figure:
    """
    Draw residences by how they fare in the later result.

    Parameters
    ----------
    residences
        As `whatif.comparison.Comparison` has them, with outlines or points in metres.
    zones
        Of the later result; their outlines are drawn.
    heading
        What the sheet says of itself.
    language
        Of the other words.

    Returns
    -------
    figure
        An A3 sheet; `plan_map.write_sheet` writes it.

    Raises
    ------
    OutputError
        If no font has the characters.
    """
    page = Page()
    words = [label("change", change, language) for change in CHANGES]
    subject = label("comparison", "subject", language)
    names = [str(name) for name in zones["name"].dropna()] if "name" in zones else []
    own = [heading.title, heading.plan.organisation, *heading.sources]
    pen = new_sheet(page, language, [*own, subject, *words, *names])
    layout = _without_location(page_layout(page))
    left, low, right, high = residences.total_bounds
    panel = new_panel(
        pen,
        layout.panels[0],
        ((left + right) / 2, (low + high) / 2),
        fitting_denominator((left, low, right, high), layout.panels[0]),
    )
    if isinstance(zones, gpd.GeoDataFrame):
        panel.areas(shapes_of(zones.geometry), _BORDER, order=2)
        name_finest_zones(panel, zones[zones.geometry.notna()])
    draw_legend(pen, layout.legend, [_draw_changes(panel, residences)], columns=layout.columns)
    write_names(panel)
    if residences.crs is not None:
        draw_north_and_scale(pen, layout.furniture, panel, crs=residences.crs, paper=page.paper)
    _sign(pen, layout, heading, subject=subject)
    draw_frame(pen, layout)
    return pen.figure


def _sign(pen: Pen, layout: Layout, heading: ComparisonHeading, *, subject: str) -> None:
    """Say what it shows, who it is for, who made it and from whose data."""
    notice = label("map", "made", pen.language) if heading.made else ""
    edition = label("edition", "internal", pen.language)
    draw_title(
        pen, layout.title, title=heading.title, subject=subject, notice=notice, edition=edition
    )
    cells = title_cells(
        heading.plan, pen, subject=subject, sources=heading.sources, figure_number=""
    )
    draw_block(pen, layout.block, cells, rows=1)


def _draw_changes(panel: Panel, residences: gpd.GeoDataFrame) -> Section:
    """Draw the residences and explain them."""
    language = panel.pen.language
    flat = residences.geometry.geom_type.str.endswith("Polygon")
    rows = []
    for change in CHANGES:
        chosen = residences["change"].eq(change)
        if not chosen.any():
            continue
        style = _style(change)
        panel.areas(shapes_of(residences.geometry[chosen & flat]), style, order=5, key=change)
        points = residences[chosen & ~flat]
        if len(points):
            panel.points(
                points_of(points), style, marker=_MARKERS[change], sizes=_POINT_SIZE, order=5.5,
                key=change,
            )  # fmt: skip
        symbol = Symbol(
            area=style if (chosen & flat).any() else None,
            point=style if len(points) else None,
            marker=_MARKERS[change],
        )
        text, number = label("change", change, language), f"{chosen.sum():,}"
        rows.append(Entry(symbol=symbol, text=text, values=(number,), key=change))
    return Section(
        title=label("comparison", "counts", language),
        columns=(label("comparison", "counted", language),),
        rows=tuple(rows),
    )


def _style(change: str) -> AreaStyle:
    color = CHANGE_COLORS[change]
    return AreaStyle(fill=color.fill, line=color.line, hatch=_HATCHES.get(change, ""))


def _without_location(layout: Layout) -> Layout:
    """Give the legend the room of the inset map."""
    legend, inset = layout.legend, layout.location
    whole = legend._replace(y=min(legend.y, inset.y), height=legend.height + inset.height)
    return replace(layout, legend=whole, location=whole)
