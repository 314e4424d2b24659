"""The command that checks new developments: develop."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from lifecircle.cli.options import AcceptLoss, AcceptLossOf, StudyFile, accepted_losses, name_files
from lifecircle.cli.refusing import refusals_of
from lifecircle.console import status_line
from lifecircle.labels import label

if TYPE_CHECKING:
    from lifecircle.whatif.request import Request

__all__ = ["develop"]


def develop(  # noqa: PLR0913 - one argument an option  # numpydoc ignore=PR01
    study: StudyFile,
    *,
    at: Annotated[
        str | None, typer.Option("--at", help="LON,LAT in degrees, WGS84 by default. 经度,纬度")
    ] = None,
    polygon: Annotated[
        Path | None, typer.Option("--polygon", help="A vector file with its outline. 用地范围")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            help="Several developments: name, longitude, latitude, households, floor area; "
            "project and phase (项目, 分期) for phases. 项目表",
        ),
    ] = None,
    datum: Annotated[
        str | None,
        typer.Option(
            "--datum",
            help="Of the degrees: wgs84 (default), cgcs2000, gcj02 (AMap 高德), "
            "bd09 (Baidu 百度). 坐标系",
        ),
    ] = None,
    households: Annotated[
        str | None, typer.Option("--households", help="How many households. 户数")
    ] = None,
    population: Annotated[
        str | None, typer.Option("--population", help="Residents, for the land rule. 人口")
    ] = None,
    household_size: Annotated[
        str | None,
        typer.Option(
            "--household-size",
            help="Residents of one household, on average. 户均人口",
        ),
    ] = None,
    floor_area: Annotated[
        str | None,
        typer.Option("--floor-area", help="Eldercare m² built with it. 配建养老面积（平方米）"),
    ] = None,
    land_area: Annotated[
        str | None, typer.Option("--land-area", help="Eldercare land in m². 养老用地（平方米）")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Of the development. 名称")] = None,
    phase: Annotated[
        list[str] | None,
        typer.Option(
            "--phase", help="NAME:HOUSEHOLDS[:M2][@LON,LAT], once for each, in order. 分期"
        ),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option("--standard", help="Instead of the study's own. 标准编号或文件"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON. 输出 JSON")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A folder for Word and HTML pages and JSON. 输出目录"),
    ] = None,
    accept_loss: AcceptLoss = False,
    accept_loss_of: AcceptLossOf = None,
) -> None:
    """Check a new development: what it owes, what it finds, who pays. 新建项目核查."""
    from lifecircle.whatif.request import Request

    request = Request(
        at=at, polygon=polygon, table=table, datum=datum, name=name, households=households,
        population=population, household_size=household_size, floor_area=floor_area,
        land_area=land_area, phases=tuple(phase or ()),
    )  # fmt: skip
    with refusals_of(study):
        accepted = accepted_losses(accept_loss, accept_loss_of)
        _develop(study, request, standard, out, as_json=as_json, accept_loss=accepted)


def _develop(
    study_file: Path,
    request: "Request",
    standard: str | None,
    out: Path | None,
    *,
    as_json: bool,
    accept_loss: bool | tuple[str, ...],
) -> None:
    from lifecircle.whatif.answer import answer_request
    from lifecircle.write import development_page, development_text
    from lifecircle.write.bundle import check_target

    console = Console()
    if out is not None:
        check_target(out)
    with status_line(Console(stderr=True) if as_json else console):
        study, checks = answer_request(
            study_file, request, standard=standard, accept_loss=accept_loss
        )
        if out is not None:
            development_page.write_developments(checks, out, study=study)
    if as_json:
        records = [development_page.development_record(check) for check in checks]
        found = {"title": study.title, "made": study.made, "developments": records}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))
        return
    for check in checks:
        said = f"{check.development.name}: {development_text.answer_of(check, study.language)}"
        console.print(said, markup=False, highlight=False, soft_wrap=True, style="bold")
        for part in development_text.development_tables(check, study.language):
            console.print(part)
    if request.datum is None and request.polygon is None:
        console.print(label("develop", "at_wgs84", study.language), markup=False, soft_wrap=True)
    if out is not None:
        name_files(out, console, study.language)
