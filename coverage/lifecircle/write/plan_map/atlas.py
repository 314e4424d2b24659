"""An atlas: an index of sheets, then one sheet a zone, each at its own scale."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from lifecircle.labels import Language
from lifecircle.write.edition import Edition
from lifecircle.write.plan_map.backdrop import draw_borders, draw_ground
from lifecircle.write.plan_map.common_parts import ZONE_NAME, anchor, count, ground_section
from lifecircle.write.plan_map.legend import Entry, Section, Symbol
from lifecircle.write.plan_map.names import Name, write_names
from lifecircle.write.plan_map.paper import Page
from lifecircle.write.plan_map.scene import Scene, Theme, atlas_scenes, real_zones
from lifecircle.write.plan_map.shapes import AreaStyle
from lifecircle.write.plan_map.sheet import draw_scene, draw_sheet

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment
    from lifecircle.write.plan_map.panel import Panel

__all__ = ["draw_atlas"]

_SHEET = AreaStyle(fill="#e3e8f2", line="#3b3760", width=1.0)


def draw_atlas(  # noqa: PLR0913 - those of `draw_plan_map`, and by which zones
    assessment: "Assessment",
    *,
    theme: Theme,
    by: str,
    page: Page | None = None,
    language: Language | None = None,
    level: str | None = None,
    figure_number: str | None = None,
    edition: Edition = "internal",
) -> Iterator[Figure]:
    """
    Draw an atlas, sheet after sheet.

    Parameters
    ----------
    assessment
        The result of a study.
    theme
        As for `draw_plan_map`.
    by
        The level that has a sheet for each zone: ``street``.
    page
        The sheets; A3, lying, if None.
    language
        Of every word that is not a name; the study's if None.
    level
        Of the zones that the themes ``served`` and ``shortage`` colour; if None, finer than `by`.
    figure_number
        Instead of the study's own; sheets continue it by -1, -2, ...
    edition
        As for `draw_plan_map`.

    Yields
    ------
    figure
        The index first, then the zones that have a residence, in their order.

    Raises
    ------
    StudyError
        If there are no zones of the level, or none with a residence, or the theme is none for
        the public.
    OutputError
        If no font has the characters that are needed.
    """
    page, language = page or Page(), language or assessment.study.language
    scenes = atlas_scenes(assessment, theme, by, level, edition)
    number = assessment.study.plan.figure_number if figure_number is None else figure_number
    yield _index_sheet(scenes, page=page, language=language, figure_number=number)
    for at, scene in enumerate(scenes, start=1):
        own = f"{number}-{at}" if number else ""
        yield draw_scene(scene, page=page, language=language, figure_number=own)


def _index_sheet(
    scenes: list[Scene], *, page: Page, language: Language, figure_number: str
) -> Figure:
    """Draw which sheet shows what."""
    whole = replace(scenes[0], zone_id="", residences=scenes[0].assessment.residences)
    assessment = whole.assessment

    def draw(panels: "tuple[Panel, ...]") -> list[Section]:
        panel = panels[0]
        draw_ground(panel, assessment)
        borders = draw_borders(panel, real_zones(assessment))
        rows = []
        for at, scene in enumerate(scenes, start=1):
            assert scene.zone is not None  # noqa: S101 - every page has one
            panel.areas(np.array([scene.zone], dtype=object), _SHEET, order=4, key=f"sheet {at}")
            spot = anchor(scene.zone, panel.view)
            name = str(assessment.zones["name"].loc[scene.zone_id])
            lines = (str(at), name)
            panel.names.append(Name(lines=lines, x=spot.x, y=spot.y, style=ZONE_NAME, leader=True))
            text, values = f"{at}  {name}", (_residences_of(scene),)
            rows.append(
                Entry(symbol=Symbol(area=_SHEET), text=text, values=values, key=f"sheet {at}")
            )
        write_names(panel)
        ground = ground_section(panel, whole, borders)
        return [Section(title=panel.pen.word("pages"), rows=tuple(rows)), ground]

    return draw_sheet(
        whole, draw, page=page, language=language, figure_number=figure_number, index=True
    )


def _residences_of(scene: Scene) -> str:
    """Count the residences of a sheet; a dash where that is not published."""
    return count(scene.assessment.zones["residences"].loc[scene.zone_id])
