"""Commands on finished results: verify, export."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from lifecircle.cli.options import EXIT_INPUT, name_files
from lifecircle.console import status_line
from lifecircle.labels import Language, label

__all__ = ["export", "verify"]

_MOST_TOLD = 20

ResultFolder = Annotated[
    Path, typer.Argument(help="A folder that `lifecircle run` wrote. 结果目录")
]


def verify(  # numpydoc ignore=PR01
    folder: ResultFolder,
    *,
    study: Annotated[
        Path | None,
        typer.Option(
            "--study", help="The study file: read its inputs and walk again. 研究配置文件"
        ),
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the report. 语言")] = "zh",
) -> None:
    """Compute a result's numbers again by other code, and compare every file. 复核结果."""
    from lifecircle.study import read_study
    from lifecircle.verify import verify_result

    console = Console()
    with status_line(Console(stderr=True)):
        checks = verify_result(folder, study=None if study is None else read_study(study))
    for check in checks:
        state = label("verify", "holds" if not check.problems else "fails", language)
        name = label("verify", check.name, language)
        line = label("verify", "line", language).format(
            state=state, name=name, count=check.looked_at
        )
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        for problem in check.problems[:_MOST_TOLD]:
            console.print(f"    {problem}", markup=False, highlight=False, soft_wrap=True)
        if len(check.problems) > _MOST_TOLD:
            more = len(check.problems) - _MOST_TOLD
            console.print(label("verify", "more", language).format(count=more))
    if any(check.problems for check in checks):
        raise typer.Exit(EXIT_INPUT)


def export(  # numpydoc ignore=PR01
    folder: ResultFolder,
    out: Annotated[Path, typer.Option("--out", help="The folder to make. 输出目录")],
    *,
    form: Annotated[
        Literal["geopackage", "shapefile", "geojson"],
        typer.Option("--format", help="Of the layers. 格式"),
    ] = "shapefile",
    language: Annotated[
        Language, typer.Option("--language", help="Of layers, headers and words. 语言")
    ] = "zh",
) -> None:
    """Write a result's layers for QGIS, ArcGIS and others. 导出 GIS 图层."""
    from lifecircle.read.result_tables import read_result_tables
    from lifecircle.write.geodata import export_layers

    console = Console()
    with status_line(Console(stderr=True)):
        export_layers(read_result_tables(folder), out, form=form, language=language)
    name_files(out, console, language)
