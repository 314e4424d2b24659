"""A whole sheet: one theme, its legend, and everything that a plan map has around it."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from matplotlib.figure import Figure
from pyproj import CRS

from lifecircle.labels import Language, label
from lifecircle.study import PlanSettings
from lifecircle.write.edition import Edition
from lifecircle.write.plan_map.backdrop import BEYOND, draw_borders, draw_ground
from lifecircle.write.plan_map.common_parts import ground_section, walk_limit
from lifecircle.write.plan_map.fonts import find_font
from lifecircle.write.plan_map.furniture import (
    draw_block,
    draw_frame,
    draw_location,
    draw_north_and_scale,
    draw_title,
)
from lifecircle.write.plan_map.legend import Note, Section, draw_legend
from lifecircle.write.plan_map.lettering import LetterStyle, Pen
from lifecircle.write.plan_map.names import write_names
from lifecircle.write.plan_map.panel import Panel, fitting_denominator, new_panel
from lifecircle.write.plan_map.paper import Layout, Page, page_layout
from lifecircle.write.plan_map.place_themes import (
    draw_catchments,
    draw_clusters,
    draw_facilities,
    draw_planned,
    draw_verdicts,
)
from lifecircle.write.plan_map.scene import Scene, Theme, real_zones, scene_bounds, whole_scene
from lifecircle.write.plan_map.shapes import AreaStyle
from lifecircle.write.plan_map.zone_themes import draw_served, draw_shortage
from lifecircle.write.walking_text import walking_notes
from lifecircle.write.years_text import as_of_mark

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["draw_plan_map", "draw_scene", "draw_sheet", "new_sheet", "subject_of", "title_cells"]

_ONE_MAP: Final = {
    "verdicts": draw_verdicts,
    "catchments": draw_catchments,
    "served": draw_served,
    "shortage": draw_shortage,
    "facilities": draw_facilities,
    "clusters": draw_clusters,
}
_MM_PER_INCH: Final = 25.4


def draw_plan_map(
    assessment: "Assessment",
    *,
    theme: Theme,
    page: Page | None = None,
    language: Language | None = None,
    level: str | None = None,
    figure_number: str | None = None,
    edition: Edition = "internal",
) -> Figure:
    """
    Draw one plan map of the whole study area.

    Parameters
    ----------
    assessment
        The result of a study.
    theme
        ``verdicts``, ``catchments``, ``served``, ``shortage``, ``facilities``, ``clusters`` or
        ``planned`` (before and after).
    page
        The sheet; A3, lying, if None.
    language
        Of every word that is not a name; the study's if None.
    level
        Of the zones that the themes ``served`` and ``shortage`` colour; if None, streets and
        communities, or what there is.
    figure_number
        Instead of the study's own.
    edition
        ``internal``: everything, marked as internal. ``public``: the themes ``served`` and
        ``shortage``, from sums by zone, without any residence or facility.

    Returns
    -------
    figure
        Of matplotlib, in the sheet's size; `savefig` writes it.

    Raises
    ------
    StudyError
        If a theme of zones finds none of its level, or the theme is none for the public.
    OutputError
        If no font has the characters that are needed.
    """
    scene = whole_scene(assessment, theme, level, edition)
    return draw_scene(
        scene,
        page=page or Page(),
        language=language or assessment.study.language,
        figure_number=figure_number,
    )


def draw_scene(
    scene: Scene, *, page: Page, language: Language, figure_number: str | None = None
) -> Figure:
    """
    Draw one sheet.

    Parameters
    ----------
    scene
        What it speaks of.
    page
        The sheet.
    language
        Of every word that is not a name.
    figure_number
        Instead of the study's own.

    Returns
    -------
    figure
        In the sheet's size.
    """
    return draw_sheet(
        scene,
        lambda panels: _draw_theme(panels, scene),
        page=page,
        language=language,
        figure_number=figure_number,
    )


def draw_sheet(
    scene: Scene,
    draw: Callable[[tuple[Panel, ...]], list[Section]],
    *,
    page: Page,
    language: Language,
    figure_number: str | None,
    index: bool = False,
) -> Figure:
    """
    Draw a sheet around what a function draws on its maps.

    Parameters
    ----------
    scene
        What it speaks of.
    draw
        Draws on the maps and returns the legend.
    page
        The sheet.
    language
        Of every word that is not a name.
    figure_number
        Instead of the study's own.
    index
        Whether it is the index of an atlas.

    Returns
    -------
    figure
        In the sheet's size.
    """
    pen = new_sheet(page, language, _texts(scene))
    layout = page_layout(page, panels=2 if scene.theme == "planned" and not index else 1)
    panels = _new_panels(pen, layout, scene)
    draw_legend(pen, layout.legend, draw(panels), columns=layout.columns)
    assessment = scene.assessment
    draw_location(pen, layout.location, assessment, panels[0], marked=scene.zone)
    draw_north_and_scale(pen, layout.furniture, panels[0], crs=assessment.crs, paper=page.paper)
    for box, key in zip(layout.captions, ("now", "with_planned"), strict=False):
        style = LetterStyle(size=10.5, bold=True, across="center")
        pen.write(pen.word(key), box.x + box.width / 2, box.y + box.height / 2, style)
    subject = subject_of(scene, pen)
    if index:
        subject = pen.word("index_of", subject=subject)
    made = [label("map", "made", language)] if assessment.study.made else []
    notice = "　".join([*as_of_mark(assessment.study, language), *made])
    draw_title(
        pen, layout.title, title=assessment.study.title, subject=subject, notice=notice,
        edition=label("edition", scene.edition, language),
    )  # fmt: skip
    study = assessment.study
    cells = title_cells(
        study.plan, pen, subject=subject, sources=study.sources, figure_number=figure_number
    )
    draw_block(pen, layout.block, cells, rows=1 if page.landscape else 2)
    draw_frame(pen, layout)
    return pen.figure


def _new_panels(pen: Pen, layout: Layout, scene: Scene) -> tuple[Panel, ...]:
    """Make the maps of a sheet, all of the same ground at the same scale."""
    bounds = scene_bounds(scene)
    centre = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    denominator = max(fitting_denominator(bounds, box) for box in layout.panels)
    return tuple(new_panel(pen, box, centre, denominator) for box in layout.panels)


def new_sheet(page: Page, language: Language, texts: Iterable[str]) -> Pen:
    """
    Take an empty sheet.

    Parameters
    ----------
    page
        Its size.
    language
        Of the words to come.
    texts
        Names that will be written.

    Returns
    -------
    pen
        That writes on it, with a font that has their characters.
    """
    width, height = page.size_mm
    words = ["北"] if language == "zh" else []
    font = find_font([*words, *texts])
    figure = Figure(figsize=(width / _MM_PER_INCH, height / _MM_PER_INCH), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), zorder=2, facecolor="none")
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    return Pen(figure=figure, axes=axes, font=font, language=language, unit=page.enlarged)


def subject_of(scene: Scene, pen: Pen) -> str:
    """
    Say what a map shows.

    Parameters
    ----------
    scene
        What it speaks of.
    pen
        Knows the words.

    Returns
    -------
    subject
        Its title.
    """
    limit = walk_limit(scene.assessment.study, pen)
    level = label("level", scene.level, pen.language) if scene.level else ""
    subject = pen.word(f"theme_{scene.theme}", limit=limit, level=level)
    if not scene.zone_id:
        return subject
    zone = str(scene.assessment.zones["name"].loc[scene.zone_id])
    return pen.word("of_zone", zone=zone, subject=subject)


def title_cells(
    plan: PlanSettings,
    pen: Pen,
    *,
    subject: str,
    sources: Sequence[str],
    figure_number: str | None = None,
) -> list[tuple[str, str, float]]:
    """
    Gather what the title block says.

    Parameters
    ----------
    plan
        Who made the map.
    pen
        Knows the words.
    subject
        What the map shows.
    sources
        Whose the data are.
    figure_number
        Instead of the plan's own.

    Returns
    -------
    cells
        Heading, text and share of the width of each; what the study does not say is blank, to be
        filled in by hand.
    """
    word = pen.word
    number = plan.figure_number if figure_number is None else figure_number
    split = "；" if pen.language == "zh" else "; "
    return [
        (word("figure_title"), subject, 15),
        (word("figure_number"), number, 8),
        (word("organisation"), plan.organisation, 15),
        (word("date"), plan.date, 9),
        (word("review_number"), plan.review_number, 11),
        (word("sources"), split.join(sources), 26),
    ]


def _draw_theme(panels: tuple[Panel, ...], scene: Scene) -> list[Section]:
    assessment = scene.assessment
    borders: list[str] = []
    for panel in panels:
        draw_ground(panel, assessment)
        borders = draw_borders(panel, real_zones(assessment))
        if scene.zone is not None:
            veil = AreaStyle(fill=BEYOND, opacity=0.66)
            beyond = shapely.difference(panel.view, scene.zone)
            panel.areas(np.array([beyond], dtype=object), veil, order=8.2)
            rim = AreaStyle(line="#3b3760", width=1.6)
            panel.areas(np.array([scene.zone], dtype=object), rim, order=8.4)
    if scene.theme == "planned":
        sections = draw_planned(panels, scene)
    else:
        sections = _ONE_MAP[scene.theme](panels[0], scene)
    left_out = sum(write_names(panel) for panel in panels)
    notes = _notes(scene, panels[0].pen)
    if left_out:
        notes.append(panels[0].pen.word("left_out", n=left_out))
    ground = ground_section(panels[0], scene, borders)
    kept = [section for section in sections if section.rows]
    return [*kept, ground, Section(title="", rows=tuple(Note(text=note) for note in notes))]


def _notes(scene: Scene, pen: Pen) -> list[str]:
    """Say by which standard, and how the walks were measured."""
    assessment, study = scene.assessment, scene.assessment.study
    notes = []
    if scene.theme not in {"facilities", "catchments", "served"}:
        title = getattr(assessment.standard.title, pen.language)
        notes.append(label("map", "standard_line", pen.language).format(title=title))
    if scene.theme != "facilities":
        speed = f"{study.walk.speed_m_s:g}"
        notes.append(pen.word("walks", limit=walk_limit(study, pen), speed=speed))
        notes += walking_notes(study, pen.language)
    notes.append(pen.word("system", crs=_system(assessment.crs, pen)))
    return notes


def _system(crs: CRS, pen: Pen) -> str:
    """Name the coordinate system, which the registry does in English alone."""
    datum, _, projection = crs.name.partition(" / ")
    operation = crs.coordinate_operation if "Gauss-Kruger" in projection else None
    parts = operation.params if operation else []
    degrees = [part.value for part in parts if part.name == "Longitude of natural origin"]
    if not degrees:
        return str(crs.name)
    return pen.word("gauss_kruger", datum=datum, degrees=f"{degrees[0]:g}")


def _texts(scene: Scene) -> list[str]:
    """Gather the names that a map may show."""
    study = scene.assessment.study
    plan = study.plan
    own = [study.title, plan.organisation, plan.date, plan.figure_number, plan.review_number]
    tables = (scene.residences, scene.facilities, scene.assessment.zones)
    names = [str(name) for table in tables for name in table["name"].dropna()]
    return [*own, *study.sources, *names]
