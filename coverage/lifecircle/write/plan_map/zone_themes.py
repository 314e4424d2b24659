"""Themes of zones: the served share, and the shortage in square metres."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.labels import label
from lifecircle.write.plan_map.classes import class_of, natural_breaks_m2
from lifecircle.write.plan_map.common_parts import (
    PLACE_NAME,
    ZONE_NAME,
    anchor,
    count,
    draw_small_facilities,
)
from lifecircle.write.plan_map.legend import Entry, Section, Symbol
from lifecircle.write.plan_map.names import Name
from lifecircle.write.plan_map.panel import Panel
from lifecircle.write.plan_map.scene import Scene
from lifecircle.write.plan_map.shapes import AreaStyle, shapes_of
from lifecircle.write.plan_map.symbols import SHARE_CLASSES, SHORTAGE_CLASSES, VERDICT_STYLES

__all__ = ["draw_served", "draw_shortage", "range_text"]

SHARE_ENDS: Final = (0.25, 0.5, 0.75, 0.95)  # the web map's
NO_SHORTAGE: Final = AreaStyle(fill="#f3f9fd", line="#7a4a10")
NO_DATA: Final = VERDICT_STYLES["no_data"]
HOMES: Final = AreaStyle(fill="none", line="#4d4a45", width=0.3)
_OPACITY: Final = 0.82
_MANY: Final = 14


def draw_served(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw which share of each zone's households can walk to a facility.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.

    Returns
    -------
    sections
        Of the legend.
    """
    share = scene.zones["served_share"]
    steps = share.map(lambda value: sum(value >= end for end in SHARE_ENDS))
    ends = [0, *SHARE_ENDS, 1]
    texts = [f"{low:.0%}–{high:.0%}" for low, high in itertools.pairwise(ends)]
    keys = pd.Series(np.where(share.isna(), "no_data", "share " + steps.astype(str)), share.index)
    classes = {
        f"share {step}": (SHARE_CLASSES[step], texts[step])
        for step in reversed(range(len(SHARE_CLASSES)))
    }
    digits = 0 if scene.edition == "public" else 1  # the public is told whole per cent
    values = share.map(lambda value: "" if np.isnan(value) else f"{value:.{digits}%}")
    section = _draw_zones(panel, scene, keys, classes, values)
    entries = draw_small_facilities(panel, scene.facilities, planned=False)
    title = panel.pen.word("served_share")
    return [replace(section, title=title), Section(title="", rows=tuple(entries))]


def draw_shortage(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw how many square metres each zone's residences lack.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.

    Returns
    -------
    sections
        Of the legend.
    """
    zones = scene.all_zones
    judged = zones[["residences_met", "residences_short", "residences_unreachable"]].sum(axis=1)
    everywhere = zones["shortage_m2"].where(judged > 0)
    breaks = natural_breaks_m2(everywhere)
    shortage = everywhere.loc[scene.zones.index]
    keys = shortage.map(lambda value: _shortage_key(value, breaks))
    classes = {"none": (NO_SHORTAGE, panel.pen.word("no_shortage"))} | {
        f"shortage {step}": (SHORTAGE_CLASSES[step], range_text(breaks, step))
        for step in range(len(breaks) + 1)
    }
    values = shortage.map(lambda value: count(value) if value > 0 else "")
    section = _draw_zones(panel, scene, keys, classes, values)
    entries = draw_small_facilities(panel, scene.facilities, planned=False)
    title = panel.pen.word("shortage_m2")
    return [replace(section, title=title), Section(title="", rows=tuple(entries))]


def range_text(breaks: Sequence[float], step: int) -> str:
    """
    Say what a class of square metres holds.

    Parameters
    ----------
    breaks
        The upper ends of the classes but the highest.
    step
        Which class.

    Returns
    -------
    text
        Such as ``"200–400"``.

    Examples
    --------
    >>> [range_text([200.0, 400.0], step) for step in range(3)], range_text([], 0)
    (['≤ 200', '200–400', '> 400'], '> 0')
    """
    if not breaks:
        return "> 0"
    if step == 0:
        return f"≤ {count(breaks[0])}"
    if step == len(breaks):
        return f"> {count(breaks[-1])}"
    return f"{count(breaks[step - 1])}–{count(breaks[step])}"


def _shortage_key(value: float, breaks: Sequence[float]) -> str:
    if np.isnan(value):
        return "no_data"
    return f"shortage {class_of(value, breaks)}" if value > 0 else "none"


def _draw_zones(
    panel: Panel,
    scene: Scene,
    keys: pd.Series,
    classes: dict[str, tuple[AreaStyle, str]],
    values: pd.Series,
) -> Section:
    """Colour zones by their class, and name them with their number."""
    zones, homes = scene.zones, scene.residences
    classes = classes | {"no_data": (NO_DATA, _blank_text(panel, scene))}
    rows = []
    for key, (style, text) in classes.items():
        chosen = keys.eq(key)
        if chosen.any():
            filled = replace(style, line="none", opacity=_OPACITY)
            panel.areas(shapes_of(zones.geometry[chosen]), filled, order=3.5, key=key)
            symbol = Symbol(area=replace(style, opacity=_OPACITY))
            rows.append(Entry(symbol=symbol, text=text, values=(count(chosen.sum()),), key=key))
    flat = homes.geometry.geom_type.str.endswith("Polygon")
    panel.areas(shapes_of(homes.geometry[flat]), HOMES, order=4.5)
    letters = ZONE_NAME if len(zones) <= _MANY else replace(PLACE_NAME, size=8.6, bold=True)
    for name, value, shape in zip(zones["name"], values, zones.geometry, strict=True):
        spot = anchor(shape, panel.view)
        lines = tuple(filter(None, (str(name), value)))
        panel.names.append(Name(lines=lines, x=spot.x, y=spot.y, style=letters, leader=True))
    level = label("level", scene.level, panel.pen.language)
    return Section(
        title="", columns=(panel.pen.word("zones_counted", level=level),), rows=tuple(rows)
    )


def _blank_text(panel: Panel, scene: Scene) -> str:
    language = panel.pen.language
    if scene.edition == "public":
        return label("map", "zone_blank", language)
    return label("verdict", "no_data", language)
