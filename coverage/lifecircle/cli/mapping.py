"""The command that draws plan maps: map."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from lifecircle.cli.options import AcceptLoss, StudyFile
from lifecircle.cli.refusing import refusals_of
from lifecircle.console import status_line
from lifecircle.labels import Language, label

if TYPE_CHECKING:
    from lifecircle.write.plan_map.orders import MapOrder

__all__ = ["draw_maps"]

# Repeated here, since matplotlib takes long to import and `--help` lists them; a test compares.
THEME_NAMES = "verdicts, catchments, served, shortage, facilities, clusters, planned"
PaperName = Literal["A4", "A3", "A1"]


def draw_maps(  # noqa: PLR0913 - one argument an option  # numpydoc ignore=PR01
    study: StudyFile,
    *,
    theme: Annotated[
        list[str] | None,
        typer.Option("--theme", help=f"Once for each of {THEME_NAMES}; else all. 专题，可重复"),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help="Once for each of png, pdf, svg; else png. 格式，可重复"),
    ] = None,
    page: Annotated[PaperName, typer.Option("--page", help="The sheet. 图幅")] = "A3",
    landscape: Annotated[
        bool, typer.Option("--landscape/--portrait", help="How the sheet lies. 横版或竖版")
    ] = True,
    atlas: Annotated[
        str | None,
        typer.Option("--atlas", help="A sheet for each zone of this level: street. 按区分幅"),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", help="Of the zones that served and shortage colour. 分区级别"),
    ] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Instead of the study's. 语言")
    ] = None,
    dpi: Annotated[int, typer.Option("--dpi", min=72, max=1200, help="Of a PNG. 分辨率")] = 300,
    out: Annotated[
        Path, typer.Option("--out", help="A folder; or a file, for one theme. 输出目录或文件")
    ] = Path("plan-maps"),
    public: Annotated[
        bool, typer.Option("--public", help="Zones with their sums only. 公开版：只绘分区")
    ] = False,
    accept_loss: AcceptLoss = False,
) -> None:
    """Draw plan maps of a study: PNG, PDF, SVG. 绘制规划图集."""
    from lifecircle.write.plan_map import Page
    from lifecircle.write.plan_map.orders import MapOrder

    order = MapOrder(
        out=out, themes=tuple(dict.fromkeys(theme or ())), formats=tuple(dict.fromkeys(form or ())),
        page=Page(paper=page, landscape=landscape), language=language, level=level, atlas=atlas,
        dpi=dpi, edition="public" if public else "internal",
    )  # fmt: skip
    with refusals_of(study):
        _draw(study, order, accept_loss=accept_loss)


def _draw(study_file: Path, order: "MapOrder", *, accept_loss: bool) -> None:
    from lifecircle.assessment import assess_study
    from lifecircle.study import read_study
    from lifecircle.write.edition import require_review_number
    from lifecircle.write.plan_map import THEMES
    from lifecircle.write.plan_map.orders import check_order, ordered_themes, write_plan_maps

    console = Console()
    check_order(order)
    study = read_study(study_file)
    if order.edition == "public":
        require_review_number(study)
    with status_line(console):
        assessment = assess_study(study, accept_loss=accept_loss)
        paths = list(write_plan_maps(assessment, order))
    for path in paths:
        _say(console, "written", study.language, path=path)
    drawn = ordered_themes(assessment, order)
    if not order.themes and order.edition == "internal" and len(drawn) < len(THEMES):
        missing = ", ".join(theme for theme in THEMES if theme not in drawn)
        _say(console, "theme_left_out", study.language, themes=missing)
    if not study.plan.review_number:
        _say(console, "no_review_number", study.language)


def _say(console: Console, key: str, language: Language, **parts: object) -> None:
    text = label("plan_map", key, language).format(**parts)
    console.print(text, markup=False, highlight=False, soft_wrap=True)
