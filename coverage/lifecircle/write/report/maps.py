"""The plan maps of a report, as pictures."""

import io
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from lifecircle.write.plan_map import Page, Theme, draw_plan_map
from lifecircle.write.plan_map.scene import LEVELS, real_zones
from lifecircle.write.report.content import Chapter, Part, Picture, Text
from lifecircle.write.report.material import Material

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["map_chapter", "packed_picture"]

_THEMES: Final[tuple[Theme, ...]] = ("verdicts", "catchments", "served", "shortage", "clusters")
_DPI: Final = 200
_COLOURS: Final = 192  # flat fills and thin lines need no more, and take a quarter of the room
_WIDTH_MM, _HEIGHT_MM = 155.0, 155.0 * 297 / 210


def map_chapter(material: Material) -> Chapter:
    """
    Draw the maps.

    Parameters
    ----------
    material
        What the report is made of; the public edition has maps of zones only.

    Returns
    -------
    chapter
        One picture a map.
    """
    themes = _themes(material)
    base = material.assessment.study.plan.figure_number
    parts: list[Part] = []
    for at, theme in enumerate(themes, start=1):
        figure = draw_plan_map(
            material.assessment,
            theme=theme,
            page=Page(paper="A4", landscape=False),
            figure_number=f"{base}-{at}" if base else "",
            edition=material.edition,
        )
        caption = material.say(f"figure_{theme}")
        png = packed_picture(figure)
        parts.append(Picture(caption=caption, png=png, width_mm=_WIDTH_MM, height_mm=_HEIGHT_MM))
    if not parts:
        parts = [Text(text=material.say("no_maps"))]
    return Chapter(title=material.say("maps"), parts=parts)


def _themes(material: Material) -> list[Theme]:
    has_zones = len(real_zones(material.assessment)) > 0
    themes = [theme for theme in _THEMES if has_zones or theme not in LEVELS]
    if not material.is_internal:
        themes = [theme for theme in themes if theme in LEVELS]
    if material.assessment.clusters.empty:
        themes = [theme for theme in themes if theme != "clusters"]
    return themes


def packed_picture(figure: "Figure") -> bytes:
    """
    Draw a figure into a small file.

    Parameters
    ----------
    figure
        Of matplotlib.

    Returns
    -------
    png
        With as many colours as flat fills and thin lines need.
    """
    figure.set_dpi(_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's  # matplotlib's own
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # matplotlib's
    drawn = Image.fromarray(pixels).convert("RGB")
    few = drawn.quantize(_COLOURS, dither=Image.Dither.NONE)
    kept = io.BytesIO()
    few.save(kept, format="png", dpi=(_DPI, _DPI))
    return kept.getvalue()
