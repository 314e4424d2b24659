"""Several plan maps at once: what was asked for, and the files it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from lifecircle.errors import OutputError, StudyError
from lifecircle.labels import Language
from lifecircle.write.edition import Edition
from lifecircle.write.plan_map.atlas import draw_atlas
from lifecircle.write.plan_map.files import FORMATS, PRINT_DPI, write_pages, write_sheet
from lifecircle.write.plan_map.paper import Page
from lifecircle.write.plan_map.scene import LEVELS, THEMES, Theme, edition_problems, real_zones
from lifecircle.write.plan_map.sheet import draw_plan_map

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["MapOrder", "check_order", "ordered_themes", "write_plan_maps"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MapOrder:
    """
    Which plan maps are wanted.

    Attributes
    ----------
    out
        A folder; or a file whose ending says the format, for one theme.
    themes
        Which; if none, all that the study has the data for.
    formats
        ``png``, ``pdf``, ``svg``; if none, what `out` ends with, else ``png``.
    page
        The sheet.
    language
        Of every word that is not a name; the study's if None.
    level
        Of the zones that the themes ``served`` and ``shortage`` colour; chosen if None.
    atlas
        The level that gets a sheet for each zone, instead of one map of the whole area.
    dpi
        Dots per inch of a PNG.
    edition
        ``internal``: everything; ``public``: sums by zone only.
    """

    out: Path
    themes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    page: Page = field(default_factory=Page)
    language: Language | None = None
    level: str | None = None
    atlas: str | None = None
    dpi: float = PRINT_DPI
    edition: Edition = "internal"

    @property
    def file(self) -> Path | None:  # numpydoc ignore=RT01
        """Return `out` where it is a file."""
        return self.out if self.out.suffix.removeprefix(".") in FORMATS else None


def check_order(order: MapOrder) -> None:
    """
    Refuse, before any work is done, what cannot be drawn or written.

    Parameters
    ----------
    order
        What is wanted.

    Raises
    ------
    StudyError
        If a theme or format is not known, or a file is named for several maps or another format.
    OutputError
        If a file is named as the folder, or a folder as the file.
    """
    problems = [
        f"there is no {what} {name!r}; known: {', '.join(known)}."
        for what, names, known in (
            ("theme", order.themes, THEMES), ("format", order.formats, FORMATS)
        )
        for name in names
        if name not in known
    ]  # fmt: skip
    if order.file is not None:
        ending = order.file.suffix.removeprefix(".")
        if len(order.themes) != 1:
            problems.append(
                f"{order.out} is one file: name one theme, or a folder for all of them."
            )
        if set(order.formats) - {ending}:
            asked = ", ".join(order.formats)
            problems.append(
                f"{order.out} ends with {ending!r} and the format is {asked}: name one."
            )
        if order.atlas and ending != "pdf":
            problems.append(f"an atlas has many sheets: name a .pdf, or a folder, not {order.out}.")
    problems += edition_problems(order.themes, order.edition)
    if problems:
        raise StudyError("plan map", problems)
    if order.file is not None and order.out.is_dir():
        raise OutputError(
            str(order.out), ["this is a folder; name a file, or a folder without it."]
        )
    nearest = next(path for path in (order.out, *order.out.parents) if path.exists())
    if nearest.is_file() and nearest != order.file:
        raise OutputError(str(nearest), ["this is a file; name a folder."])


def ordered_themes(assessment: "Assessment", order: MapOrder) -> tuple[Theme, ...]:
    """
    Choose the themes to draw.

    Parameters
    ----------
    assessment
        The result of a study.
    order
        What is wanted.

    Returns
    -------
    themes
        Those named; else all, without those of zones where there are no zones, and for the
        public none but those of zones.
    """
    has_zones = len(real_zones(assessment)) > 0
    possible = tuple(theme for theme in THEMES if has_zones or theme not in LEVELS)
    if order.edition == "public":
        possible = tuple(LEVELS)
    by_name = {str(theme): theme for theme in THEMES}
    return tuple(by_name[name] for name in order.themes) or possible


def write_plan_maps(assessment: "Assessment", order: MapOrder) -> Iterator[Path]:
    """
    Draw plan maps and write them, one after the other.

    Parameters
    ----------
    assessment
        The result of a study.
    order
        What is wanted.

    Yields
    ------
    path
        Each file, once it is whole: ``THEME.png``; of an atlas ``THEME-LEVEL.pdf``, or
        ``THEME-LEVEL-00.png`` (the index), ``-01``, ...

    Raises
    ------
    StudyError
        If there are no zones of a level that is needed, or a theme is none for the public.
    OutputError
        If a file cannot be written, or no font has the characters.
    """
    check_order(order)
    themes = ordered_themes(assessment, order)
    base = assessment.study.plan.figure_number
    for at, theme in enumerate(themes, start=1):
        number = f"{base}-{at}" if base and len(themes) > 1 else base
        if order.atlas is None:
            figure = draw_plan_map(
                assessment, theme=theme, page=order.page, language=order.language,
                level=order.level, figure_number=number, edition=order.edition,
            )  # fmt: skip
            for path in _paths(order, theme):
                write_sheet(figure, path, dpi=order.dpi)
                yield path
        else:
            figures = draw_atlas(
                assessment, theme=theme, by=order.atlas, page=order.page, language=order.language,
                level=order.level, figure_number=number, edition=order.edition,
            )  # fmt: skip
            yield from _write_atlas(order, f"{theme}-{order.atlas}", figures)


def _paths(order: MapOrder, name: str) -> list[Path]:
    if order.file is not None:
        return [order.file]
    return [order.out / f"{name}.{ending}" for ending in order.formats or ("png",)]


def _write_atlas(order: MapOrder, name: str, figures: Iterator[Figure]) -> Iterator[Path]:
    paths = _paths(order, name)
    pages = []
    for at, figure in enumerate(figures):
        pages.append(figure)
        for path in paths:
            if path.suffix != ".pdf":
                own = path.with_name(f"{name}-{at:02d}{path.suffix}")
                write_sheet(figure, own, dpi=order.dpi)
                yield own
    for path in paths:
        if path.suffix == ".pdf":
            write_pages(pages, path)
            yield path
