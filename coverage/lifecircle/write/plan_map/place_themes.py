"""Themes of places: verdicts, catchments, facilities, shortage clusters, before and after."""

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.labels import label
from lifecircle.write.plan_map.classes import class_of, natural_breaks_m2
from lifecircle.write.plan_map.common_parts import (
    PLACE_NAME,
    count,
    draw_plain_residences,
    draw_small_facilities,
    draw_verdict_residences,
    name_residences,
    name_zones,
    verdict_section,
    walk_limit,
)
from lifecircle.write.plan_map.legend import Entry, Note, Section, Symbol
from lifecircle.write.plan_map.lettering import MM_PER_POINT
from lifecircle.write.plan_map.names import Name
from lifecircle.write.plan_map.panel import Panel
from lifecircle.write.plan_map.scene import Scene, points_of
from lifecircle.write.plan_map.shapes import AreaStyle, Shapes, shapes_of
from lifecircle.write.plan_map.symbols import CLUSTER_CLASSES, KIND_SYMBOLS, RING_CLASSES
from lifecircle.write.plan_map.zone_themes import range_text

__all__ = ["draw_catchments", "draw_clusters", "draw_facilities", "draw_planned", "draw_verdicts"]

REACHED: Final = AreaStyle(fill="none", line="#6f6b64", width=0.4)
UNREACHED: Final = AreaStyle(
    fill="#fbe9e4", line="#a6290c", width=0.8, hatch="xxxxx", hatch_color="#a6290c"
)
_CLUSTER_NAME: Final = replace(PLACE_NAME, size=9.2, bold=True)
_CLOSING_MM: Final = 2.4  # and nearer than twice this on the sheet
_CLOSING_M: Final = 140.0  # members nearer than twice this stand in one patch
_MOST_LISTED: Final = 10
_LEAST_WITH_NAMES: Final = 60_000
_SIZES_M2: Final = (100.0, 500.0, 2000.0)
_SMALLEST, _PER_ROOT_M2, _LARGEST = 5.0, 0.32, 22.0  # of a symbol, in points


def draw_verdicts(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw the verdict of each residence.

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
    draw_verdict_residences(panel, scene.residences, "verdict")
    entries = draw_small_facilities(panel, scene.facilities, planned=False)
    name_zones(panel, scene)
    name_residences(panel, scene)
    places = Section(title="", rows=tuple(entries))
    return [verdict_section(panel, scene.residences, ["verdict"]), places]


def draw_planned(panels: tuple[Panel, ...], scene: Scene) -> list[Section]:
    """
    Draw the verdicts now and with the planned facilities, side by side.

    Parameters
    ----------
    panels
        The two maps.
    scene
        What they speak of.

    Returns
    -------
    sections
        Of the legend.
    """
    columns = ("verdict", "verdict_with_planned")
    entries: list[Entry] = []
    for panel, column in zip(panels, columns, strict=True):
        draw_verdict_residences(panel, scene.residences, column)
        planned = column == "verdict_with_planned"
        entries = draw_small_facilities(panel, scene.facilities, planned=planned)
        name_zones(panel, scene)
    pen = panels[0].pen
    changed = scene.residences["verdict"].ne(scene.residences["verdict_with_planned"])
    note = Note(text=pen.word("changed", residences=count(changed.sum())))
    verdicts = verdict_section(panels[0], scene.residences, columns)
    return [replace(verdicts, rows=(*verdicts.rows, note)), Section(title="", rows=tuple(entries))]


def draw_catchments(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw how far the facilities that count can be walked from, and who lives beyond.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.

    Returns
    -------
    sections
        Of the legend; the households within each time are counted from the walks.
    """
    catchments = scene.assessment.catchments
    rings = catchments[catchments["kind"].eq("all") & catchments["facility_id"].isna()]
    rings = rings[~rings.geometry.is_empty].sort_values("minutes")
    homes, rows = scene.residences, []
    outermost = len(rings) - 1
    for at, (minutes, shape) in enumerate(zip(rings["minutes"], rings.geometry, strict=True)):
        style = RING_CLASSES[-1 if at == outermost else min(at, len(RING_CLASSES) - 1)]
        key = f"{minutes:g}"
        panel.areas(np.array([shape], dtype=object), style, order=1.8 - at / 10, key=key)
        within = homes["households"][homes["nearest_minutes"].le(minutes)].sum()
        text = panel.pen.word("within_minutes", minutes=key)
        rows.append(Entry(symbol=Symbol(area=style), text=text, values=(count(within),), key=key))
    entries = _draw_reached(panel, homes, walk_limit(scene.assessment.study, panel.pen))
    entries += draw_small_facilities(panel, scene.facilities, planned=False)
    name_zones(panel, scene)
    name_residences(panel, scene)
    heads = (panel.pen.word("households_within"),)
    none = (Note(text=panel.pen.word("no_rings")),)
    return [
        Section(title=panel.pen.word("catchment_rings"), columns=heads, rows=tuple(rows) or none),
        Section(title=panel.pen.word("places"), rows=tuple(entries)),
    ]


def _draw_reached(panel: Panel, homes: gpd.GeoDataFrame, limit: str) -> list[Entry]:
    """Draw residences that can walk to a facility quietly, and the others loudly."""
    beyond = homes["reachable_facilities"].eq(0)
    entries = [draw_plain_residences(panel, homes[~beyond], REACHED)] if (~beyond).any() else []
    if not beyond.any():
        return entries
    flat = homes.geometry.geom_type.str.endswith("Polygon")
    panel.areas(shapes_of(homes.geometry[beyond & flat]), UNREACHED, order=5, key="unreached")
    points = homes[beyond & ~flat]
    if len(points):
        panel.points(points_of(points), UNREACHED, marker="X", sizes=5.0, order=5, key="unreached")
    symbol = Symbol(
        area=UNREACHED if (beyond & flat).any() else None,
        point=UNREACHED if len(points) else None, marker="X",
    )  # fmt: skip
    text = panel.pen.word("residence_beyond", n=count(beyond.sum()), limit=limit)
    return [*entries, Entry(symbol=symbol, text=text, key="unreached")]


def draw_facilities(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw each facility by its kind and size.

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
    homes = draw_plain_residences(panel, scene.residences)
    seen = scene.facilities[scene.facilities.geometry.within(panel.view)]
    seen = seen.sort_values("floor_area_m2", ascending=False, na_position="first", kind="stable")
    sizes = _symbol_sizes(seen["floor_area_m2"])
    kinds = seen["kind"].where(seen["kind"].isin(list(KIND_SYMBOLS)), "other")
    panel.keep_free(points_of(seen), sizes.to_numpy())
    places = zip(points_of(seen), kinds, seen["status"], sizes, strict=True)
    for order, (point, kind, status, size) in enumerate(places):
        symbol = KIND_SYMBOLS[kind]
        panel.points(
            point[None, :], _facility_style(kind, hollow=status == "planned"),
            marker=symbol.marker, sizes=size * symbol.scale, order=9 + order / 1e4, key=kind,
        )  # fmt: skip
    name_zones(panel, scene)
    _name_facilities(panel, seen)
    sections = [_kind_section(panel, seen, kinds), _size_section(panel, seen)]
    return [*sections, Section(title="", rows=(homes,))]


def _name_facilities(panel: Panel, facilities: gpd.GeoDataFrame) -> None:
    if panel.denominator > _LEAST_WITH_NAMES:
        return
    named = facilities[facilities["name"].notna()]
    for (x, y), name, m2 in zip(
        points_of(named), named["name"], named["floor_area_m2"], strict=True
    ):
        size = float(_symbol_sizes(pd.Series([m2])).iloc[0]) * panel.unit * MM_PER_POINT
        panel.names.append(
            Name(lines=(str(name),), x=x, y=y, style=PLACE_NAME, beside_mm=size / 2 + 0.3)
        )


def _kind_section(panel: Panel, seen: gpd.GeoDataFrame, kinds: pd.Series) -> Section:
    word, language = panel.pen.word, panel.pen.language
    rows = []
    for kind in [name for name in KIND_SYMBOLS if kinds.eq(name).any()]:
        chosen = kinds.eq(kind)
        symbol = KIND_SYMBOLS[kind]
        drawn = Symbol(
            point=_facility_style(kind, hollow=False), marker=symbol.marker,
            size=8.5 * symbol.scale,
        )  # fmt: skip
        values = (count(chosen.sum()), count(seen["floor_area_m2"][chosen].sum(min_count=1)))
        rows.append(
            Entry(symbol=drawn, text=label("kind", kind, language), values=values, key=kind)
        )
    return Section(
        title=word("facilities_by_kind"), columns=(word("places_counted"), "m²"), rows=tuple(rows)
    )


def _size_section(panel: Panel, seen: gpd.GeoDataFrame) -> Section:
    word = panel.pen.word
    grey = AreaStyle(fill="#8d8d8d", line="#ffffff", width=0.7)
    areas: list[tuple[str, float]] = [(f"{count(m2)} m²", m2) for m2 in _SIZES_M2]
    if seen["floor_area_m2"].isna().any():
        areas.append((word("area_unknown"), float("nan")))
    sizes = _symbol_sizes(pd.Series([m2 for _, m2 in areas]))
    rows = [
        Entry(symbol=Symbol(point=grey, size=float(size)), text=text)
        for (text, _), size in zip(areas, sizes, strict=True)
    ]
    if seen["status"].eq("planned").any():
        hollow = AreaStyle(fill="#ffffff", line="#555555", width=1.2)
        rows.append(Entry(symbol=Symbol(point=hollow, size=8.0), text=word("hollow_planned")))
    return Section(title=word("symbol_size"), rows=tuple(rows))


def _facility_style(kind: str, *, hollow: bool) -> AreaStyle:
    color = KIND_SYMBOLS[kind].color
    if hollow:
        return AreaStyle(fill="#ffffff", line=color, width=1.3)
    return AreaStyle(fill=color, line="#ffffff", width=0.7)


def _symbol_sizes(m2: pd.Series) -> pd.Series:
    """Let a symbol's surface grow with the floor area; unknown areas have the smallest."""
    sizes: pd.Series = (_PER_ROOT_M2 * np.sqrt(m2.fillna(0).clip(lower=0))).clip(
        lower=_SMALLEST, upper=_LARGEST
    )
    return sizes


def draw_clusters(panel: Panel, scene: Scene) -> list[Section]:
    """
    Draw the groups of residences that lack floor area however it is shared.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.

    Returns
    -------
    sections
        Of the legend, with a list of the largest.
    """
    homes = draw_plain_residences(panel, scene.residences)
    clusters = scene.assessment.clusters
    members = clusters["residence_ids"].fillna("").str.split(";")
    spoken_of = set(scene.residences.index)
    here = members.map(lambda ids: not spoken_of.isdisjoint(ids))
    chosen = clusters[clusters["outermost"] & here]
    breaks = natural_breaks_m2(chosen["shortage_m2"])
    drawn: set[int] = set()
    listed = chosen.head(_MOST_LISTED)
    for cluster_id, shortage in zip(chosen.index, chosen["shortage_m2"], strict=True):
        ids = scene.residences.index.intersection(members.loc[cluster_id])
        step = class_of(shortage, breaks)
        drawn.add(step)
        patch = _patch(shapes_of(scene.residences.geometry.loc[ids]), panel)
        style = replace(CLUSTER_CLASSES[step], width=1.1, opacity=0.78)
        panel.areas(np.array([patch], dtype=object), style, order=4.8, key=f"shortage {step}")
        if cluster_id in listed.index:
            largest = max(shapely.get_parts(patch), key=lambda part: part.area)
            spot = largest.representative_point()
            text = panel.pen.word("cluster_name", name=cluster_id, m2=count(shortage))
            panel.names.append(
                Name(lines=(text,), x=spot.x, y=spot.y, style=_CLUSTER_NAME, leader=True)
            )
    entries = [homes, *draw_small_facilities(panel, scene.facilities, planned=False)]
    name_zones(panel, scene)
    return [
        _cluster_classes(panel, breaks, drawn),
        Section(title="", rows=tuple(entries)),
        _cluster_list(panel, chosen),
    ]


def _patch(shapes: Shapes, panel: Panel) -> shapely.Geometry:
    """Draw what stands together as one piece of ground, large enough to be seen."""
    mm = panel.denominator / 1000 * panel.unit
    closing, rim = max(_CLOSING_M, _CLOSING_MM * mm), max(30.0, mm)
    grown = shapely.union_all(shapely.buffer(shapes, closing))
    return shapely.simplify(shapely.buffer(grown, rim - closing), rim / 8)


def _cluster_classes(panel: Panel, breaks: list[float], drawn: set[int]) -> Section:
    word = panel.pen.word
    rows: list[Entry | Note] = [
        Entry(
            symbol=Symbol(area=CLUSTER_CLASSES[step]),
            text=range_text(breaks, step),
            key=f"shortage {step}",
        )
        for step in sorted(drawn)
    ]
    return Section(
        title=word("cluster_shortage"), rows=tuple(rows) or (Note(text=word("no_clusters")),)
    )


def _cluster_list(panel: Panel, chosen: pd.DataFrame) -> Section:
    word = panel.pen.word
    listed = chosen.head(_MOST_LISTED)
    rows: list[Entry | Note] = [
        Entry(symbol=Symbol(), text=str(name), values=tuple(map(count, numbers)))
        for name, numbers in zip(
            listed.index,
            listed[["residences", "requirement_m2", "capacity_m2", "shortage_m2"]].to_numpy(),
            strict=True,
        )
    ]
    if len(chosen) > len(listed):
        rows.append(Note(text=word("more_clusters", n=count(len(chosen) - len(listed)))))
    heads = ("cluster_residences", "required", "available", "missing")
    return Section(
        title=word("clusters") if rows else "", columns=tuple(map(word, heads)), rows=tuple(rows)
    )
