"""Commands on finished results: verify, export, compare."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from lifecircle.cli.options import EXIT_INPUT, name_files
from lifecircle.console import status_line
from lifecircle.labels import Language, label
from lifecircle.messages import in_language

__all__ = ["compare", "export", "verify"]

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
    if any(check.name == "public_sums" for check in checks):
        said = label("verify", "public_only", language)
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    for check in checks:
        state = label("verify", "holds" if not check.problems else "fails", language)
        name = label("verify", check.name, language)
        line = label("verify", "line", language).format(
            state=state, name=name, count=check.looked_at
        )
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        for problem in check.problems[:_MOST_TOLD]:
            console.print(
                f"    {in_language(problem, language)}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
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


def compare(  # numpydoc ignore=PR01
    before: ResultFolder,
    after: ResultFolder,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder to make for the lists. 输出目录")
    ] = None,
    *,
    language: Annotated[Language, typer.Option("--language", help="Of the lists. 语言")] = "zh",
) -> None:
    """Tell what changed from one result to another. 对比两次结果."""
    from lifecircle.read.result_tables import read_result_manifest, read_result_tables
    from lifecircle.whatif.comparison import compare_results, comparison_doubts
    from lifecircle.write.comparison import (
        comparison_heading,
        comparison_tables,
        comparison_warnings,
        write_comparison,
    )

    console = Console()
    names = label("comparison", "title", language).format(before=before, after=after)
    with status_line(Console(stderr=True)):
        manifests = [read_result_manifest(folder) for folder in (before, after)]
        earlier, later = read_result_tables(before), read_result_tables(after)
        comparison = compare_results(earlier, later)
        if out is not None:
            title = label("comparison", "title", language).format(
                before=before.name, after=after.name
            )
            heading = comparison_heading(*manifests, title=title)
            write_comparison(comparison, earlier, later, out, heading=heading, language=language)
    console.print(names, markup=False, highlight=False, soft_wrap=True)
    for warning in comparison_warnings(comparison, comparison_doubts(*manifests), language):
        console.print(warning, markup=False, highlight=False, soft_wrap=True)
    for table in comparison_tables(comparison, language):
        console.print(table)
    if out is not None:
        name_files(out, console, language)
