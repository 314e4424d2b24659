"""What several themes draw: residences, facilities, names of zones, the ground's legend."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.labels import label
from lifecircle.write.plan_map.backdrop import BORDER_STYLES, GROUND_LINES, STREET_LINES, WATER
from lifecircle.write.plan_map.legend import Entry, Section, Symbol
from lifecircle.write.plan_map.lettering import LetterStyle, Pen
from lifecircle.write.plan_map.names import Name
from lifecircle.write.plan_map.panel import Panel
from lifecircle.write.plan_map.scene import Scene, points_of, real_zones
from lifecircle.write.plan_map.shapes import AreaStyle, LineStyle, shapes_of
from lifecircle.write.plan_map.symbols import VERDICT_MARKERS, VERDICT_STYLES

if TYPE_CHECKING:
    from lifecircle.study import Study

__all__ = [
    "PLAIN_RESIDENCE",
    "count",
    "draw_plain_residences",
    "draw_small_facilities",
    "draw_verdict_residences",
    "ground_section",
    "name_finest_zones",
    "name_residences",
    "name_zones",
    "verdict_section",
    "walk_limit",
]

PLAIN_RESIDENCE: Final = AreaStyle(fill="#dcd8cf", line="#aaa59a", width=0.35)
FACILITY_DOT: Final = AreaStyle(fill="#111111", line="#ffffff", width=0.7)
PLANNED_DOT: Final = AreaStyle(fill="#ffffff", line="#111111", width=1.1)
ZONE_NAME: Final = LetterStyle(size=11, bold=True, color="#3b3760", across="center", halo=1.5)
PLACE_NAME: Final = LetterStyle(size=8.2, color="#33363b", across="center", halo=1.0)
_POINT_SIZE, _DOT_SIZE = 5.0, 5.6
_MOST_NAMES: Final = 24
_LEAST_WITH_DOTS: Final = 100_000


def count(number: float) -> str:  # numpydoc ignore=PR01,RT01
    """Write a whole number with commas; an unknown one as a dash."""
    return "—" if np.isnan(number) else f"{number:,.0f}"


def walk_limit(study: "Study", pen: Pen) -> str:
    """
    Say how far people walk at most.

    Parameters
    ----------
    study
        The study.
    pen
        Knows the words.

    Returns
    -------
    limit
        The minutes; the metres, where the study sets those.
    """
    walk = study.walk
    if walk.limit_m is not None:
        return pen.word("limit_metres", metres=f"{walk.limit_m:,g}")
    return pen.word("limit_minutes", minutes=f"{walk.minutes:g}")


def draw_verdict_residences(panel: Panel, residences: gpd.GeoDataFrame, column: str) -> None:
    """
    Draw residences by their verdict: outlines as areas, points as symbols.

    Parameters
    ----------
    panel
        The map.
    residences
        With their verdicts.
    column
        Which verdict.
    """
    flat = residences.geometry.geom_type.str.endswith("Polygon")
    for verdict, style in VERDICT_STYLES.items():
        chosen = residences[column].eq(verdict)
        panel.areas(
            shapes_of(residences.geometry[chosen & flat]),
            replace(style, width=0.5), order=5, key=verdict,
        )  # fmt: skip
        points = residences[chosen & ~flat]
        if len(points):
            panel.points(
                points_of(points), replace(style, width=0.4), marker=VERDICT_MARKERS[verdict],
                sizes=_POINT_SIZE, order=5.5, key=verdict,
            )  # fmt: skip


def verdict_section(panel: Panel, residences: gpd.GeoDataFrame, columns: Sequence[str]) -> Section:
    """
    Explain the verdicts that are drawn.

    Parameters
    ----------
    panel
        The map.
    residences
        With their verdicts.
    columns
        Which verdicts: one, or two to be compared.

    Returns
    -------
    section
        For each verdict the residences, and with one column the households.
    """
    flat = residences.geometry.geom_type.str.endswith("Polygon")
    rows = []
    for verdict, style in VERDICT_STYLES.items():
        chosen = [residences[column].eq(verdict) for column in columns]
        if not any(one.any() for one in chosen):
            continue
        either = np.logical_or.reduce(chosen)
        symbol = Symbol(
            area=style if (either & flat).any() else None,
            point=style if (either & ~flat).any() else None,
            marker=VERDICT_MARKERS[verdict],
            size=_POINT_SIZE * 1.2,
        )
        values = [count(one.sum()) for one in chosen]
        if len(columns) == 1:
            values.append(count(residences["households"][chosen[0]].sum(min_count=1)))
        text = label("verdict", verdict, panel.pen.language)
        rows.append(Entry(symbol=symbol, text=text, values=tuple(values), key=verdict))
    word = panel.pen.word
    heads = ("residences", "households") if len(columns) == 1 else ("now", "with_planned")
    return Section(
        title=word("residences_by_verdict" if len(columns) == 1 else "verdict_counts"),
        columns=tuple(map(word, heads)),
        rows=tuple(rows),
    )


def draw_plain_residences(
    panel: Panel, residences: gpd.GeoDataFrame, style: AreaStyle = PLAIN_RESIDENCE
) -> Entry:
    """
    Draw residences all alike.

    Parameters
    ----------
    panel
        The map.
    residences
        Any.
    style
        How.

    Returns
    -------
    entry
        Of the legend.
    """
    flat = residences.geometry.geom_type.str.endswith("Polygon")
    panel.areas(shapes_of(residences.geometry[flat]), style, order=4.5, key="residence")
    if (~flat).any():
        panel.points(
            points_of(residences[~flat]), style, marker="o", sizes=3.0, order=4.6,
            key="residence",
        )  # fmt: skip
    symbol = Symbol(
        area=style if flat.any() else None,
        point=style if (~flat).any() else None,
        size=4.0,
    )
    return Entry(symbol=symbol, text=panel.pen.word("residence"), key="residence")


def draw_small_facilities(
    panel: Panel, facilities: gpd.GeoDataFrame, *, planned: bool
) -> list[Entry]:
    """
    Draw facilities as dots: those whose floor area counts, and on request the planned ones.

    On a map of a whole city, at less than 1:100,000, they would hide what it is about; then only
    the planned ones are drawn.

    Parameters
    ----------
    panel
        The map.
    facilities
        Those not closed.
    planned
        Whether planned ones are drawn.

    Returns
    -------
    entries
        Of the legend, for what there is.
    """
    groups = {"counted_facility": (facilities["counted_m2"].gt(0), FACILITY_DOT)}
    if planned:
        groups["planned_facility"] = (facilities["status"].eq("planned"), PLANNED_DOT)
    entries = []
    for key, (chosen, style) in groups.items():
        dots = facilities[chosen & facilities.geometry.within(panel.view)]
        always = key == "planned_facility"
        if len(dots) and (always or panel.denominator <= _LEAST_WITH_DOTS):
            panel.points(points_of(dots), style, marker="o", sizes=_DOT_SIZE, order=9, key=key)
            panel.keep_free(points_of(dots), np.array(_DOT_SIZE))
            symbol = Symbol(point=style, size=_DOT_SIZE)
            entries.append(Entry(symbol=symbol, text=panel.pen.word(key), key=key))
    return entries


def name_zones(panel: Panel, scene: Scene) -> None:
    """
    Put the names of zones down to be written: of the finest level with few enough.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.
    """
    zones = real_zones(scene.assessment)
    seen = zones[zones.geometry.intersects(panel.view)]
    if scene.zone is not None:
        seen = seen[seen.geometry.representative_point().within(scene.zone)]
        seen = seen.drop(index=scene.zone_id, errors="ignore")
    name_finest_zones(
        panel, seen, ZONE_NAME if scene.zone is None else replace(ZONE_NAME, size=9.5)
    )


def name_finest_zones(
    panel: Panel, zones: gpd.GeoDataFrame, style: LetterStyle = ZONE_NAME
) -> None:
    """
    Put the names of zones down to be written: of the finest level with few enough.

    Parameters
    ----------
    panel
        The map.
    zones
        With their ``level`` and outlines.
    style
        Of the letters.
    """
    levels = [name for name in BORDER_STYLES if 0 < zones["level"].eq(name).sum() <= _MOST_NAMES]
    if not levels:
        return
    chosen = zones[zones["level"].eq(levels[-1])]
    for name, shape in zip(chosen["name"], chosen.geometry, strict=True):
        spot = anchor(shape, panel.view)
        panel.names.append(Name(lines=(str(name),), x=spot.x, y=spot.y, style=style))


def name_residences(panel: Panel, scene: Scene) -> None:
    """
    Put the names of residences down, on a page of an atlas, where there is room for them.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.
    """
    if scene.zone is None:
        return
    named = scene.residences[scene.residences["name"].notna()]
    named = named.sort_values("households", ascending=False, kind="stable")
    for (x, y), name in zip(points_of(named), named["name"], strict=True):
        panel.names.append(Name(lines=(str(name),), x=x, y=y, style=PLACE_NAME, needed=False))


def anchor(shape: shapely.Geometry, view: shapely.Geometry) -> shapely.Point:
    """
    Choose where the name of a zone goes: the middle of the largest circle in what is seen of it.

    Parameters
    ----------
    shape
        Its outline.
    view
        The ground that the map shows.

    Returns
    -------
    point
        Within both.
    """
    seen = shapely.intersection(shape, view)
    largest = max(shapely.get_parts(seen), key=shapely.area, default=None)
    if largest is None or not shapely.area(largest):
        return shapely.Point(shapely.get_coordinates(shapely.point_on_surface(shape))[0])
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(largest.length / 500, 1))
    return shapely.Point(shapely.get_coordinates(circle)[0])


def ground_section(panel: Panel, scene: Scene, borders: Sequence[str]) -> Section:
    """
    Explain the ground.

    Parameters
    ----------
    panel
        The map.
    scene
        What it speaks of.
    borders
        Levels whose borders are drawn.

    Returns
    -------
    section
        The lines that are drawn on it.
    """
    word, language = panel.pen.word, panel.pen.language
    edge = LineStyle(color="#77736b", width=1.0, dashes="dash_dot")
    rows = [Entry(symbol=Symbol(line=edge), text=word("study_area"))]
    rows += [
        Entry(
            symbol=Symbol(line=BORDER_STYLES[level]),
            text=word("border_of", level=label("level", level, language)),
        )
        for level in borders
    ]
    if len(scene.assessment.streets):
        road = replace(STREET_LINES["major"], color="#a8a093")
        rows.append(Entry(symbol=Symbol(line=road), text=word("road")))
    kinds = scene.assessment.barriers["kind"]
    if kinds.eq("water").any():
        rows.append(Entry(symbol=Symbol(area=WATER), text=word("water")))
    if kinds.eq("railway").any():
        rows.append(Entry(symbol=Symbol(line=GROUND_LINES["railway"]), text=word("railway")))
    return Section(title=word("ground"), rows=tuple(rows))
