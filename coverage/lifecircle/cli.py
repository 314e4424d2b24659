"""The command line: run, check, demo, new, fetch, standards, develop."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from lifecircle.console import EXIT_INPUT, refusals_of, refuse, status_line
from lifecircle.errors import LifeCircleError
from lifecircle.labels import Language, label

if TYPE_CHECKING:
    from lifecircle.whatif.request import Request

__all__ = ["app", "main"]

_SEVERITIES = ("error", "lost", "warning", "note")
EXIT_BUG = 70

app = typer.Typer(
    help="LifeCircle 生活圈: who can walk to eldercare, and where floor area is missing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

StudyFile = Annotated[Path, typer.Argument(help="The study file (TOML). 研究配置文件")]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", help="The result folder, instead of the study's own. 结果目录"),
]
AcceptLoss = Annotated[
    bool,
    typer.Option(
        "--accept-loss", help="Run although rows could not be read or placed. 接受数据丢失并继续"
    ),
]


def main() -> None:
    """
    Run the command line, and end with the exit code that fits.

    Notes
    -----
    0: done; 2: something in the input must be mended; 3: something on the machine must be mended;
    70: a bug of ours, with its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a GBK console cannot show every sign
    try:
        app()
    except LifeCircleError as error:
        refuse(error, ("en",))
    except Exception:  # noqa: BLE001 - the last resort: shown whole, with its own exit code
        Console(stderr=True).print_exception()
        raise SystemExit(EXIT_BUG) from None


@app.command()
def run(  # numpydoc ignore=PR01
    study: StudyFile, out: OutFolder = None, *, accept_loss: AcceptLoss = False
) -> None:
    """Run a study and write its result folder. 运行研究并输出结果."""
    with refusals_of(study):
        _run(study, out, accept_loss=accept_loss)


@app.command()
def check(  # numpydoc ignore=PR01
    study: StudyFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the list as a workbook into this folder. 问题清单目录"),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON. 以 JSON 输出")
    ] = False,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of the list; the study's own. 语言")
    ] = None,
) -> None:
    """Tell everything that is wrong with a study's inputs. 检查输入数据."""
    from lifecircle.read.quality import found_in  # noqa: PLC0415 - see _run
    from lifecircle.study import study_language  # noqa: PLC0415 - see _run
    from lifecircle.write.issue_list import (  # noqa: PLC0415 - see _run
        checked_study,
        issue_table,
        write_issues,
    )

    console = Console()
    language = language or study_language(study) or "zh"
    with status_line(Console(stderr=True)):
        quality, to_geocode = checked_study(study)
    if as_json:
        spoken = quality.assign(found=found_in(quality, language))
        told = spoken.to_json(orient="records", force_ascii=False, indent=2)
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    else:
        for row in issue_table(quality, language).fillna("").itertuples(index=False):
            line = " | ".join(str(cell) for cell in row if str(cell))
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        counts = {name: int((quality["severity"] == name).sum()) for name in _SEVERITIES}
        said = label("issues", "counted", language).format(**counts)
        console.print(said if len(quality) else label("issues", "none", language))
    if out is not None:
        for path in write_issues(quality, to_geocode, out, language=language):
            text = label("issues", "written", language).format(path=path)
            Console(stderr=as_json).print(text, markup=False, highlight=False, soft_wrap=True)
    if quality["severity"].eq("error").any():
        raise typer.Exit(EXIT_INPUT)


@app.command()
def demo(  # numpydoc ignore=PR01
    out: Annotated[Path, typer.Option("--out", help="The result folder. 结果目录")] = Path(
        "demo-result"
    ),
) -> None:
    """Run the made example study, 示例区. 运行示例研究."""
    from lifecircle.study import example_study  # noqa: PLC0415 - see _run

    _run(example_study(), out, accept_loss=False)


@app.command()
def new(  # numpydoc ignore=PR01
    folder: Annotated[
        Path, typer.Argument(help="The folder to make, not there yet or empty. 新建目录")
    ],
    *,
    osm: Annotated[
        Path | None,
        typer.Option(
            "--osm",
            help="OpenStreetMap data for streets, facilities, residences. 道路、设施与小区",
        ),
    ] = None,
    boundary: Annotated[
        Path | None, typer.Option("--boundary", help="Polygons of the study area. 研究范围")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="Stands on every output. 标题")
    ] = None,
    standard: Annotated[
        str, typer.Option("--standard", help="A shipped standard, or a profile's path. 标准")
    ] = "walk-20",
    language: Annotated[
        Language, typer.Option("--language", help="Of study file and outputs. 语言")
    ] = "zh",
) -> None:
    """Make the folder of a new study, from one OpenStreetMap file or to be filled. 新建研究."""
    from lifecircle.write.new_study import write_new_study  # noqa: PLC0415 - see _run

    path = write_new_study(
        folder, osm=osm, boundary=boundary, title=title, standard=standard, language=language
    )
    for key in ("written", "next_fill" if osm is None else "next_run"):
        text = label("new_study", key, language).format(path=path)
        Console().print(text, markup=False, highlight=False, soft_wrap=True)


@app.command()
def fetch(  # numpydoc ignore=PR01
    place: Annotated[
        str, typer.Argument(help="As OpenStreetMap knows it, such as 'Huancui, Weihai'. 地名")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write, .graphml. 输出文件")],
    *,
    buffer_m: Annotated[
        float,
        typer.Option("--buffer-m", help="How far beyond the place to go on. 外扩距离（米）"),
    ] = 1500.0,
) -> None:
    """Download the streets of a place from OpenStreetMap. 下载道路（需联网）."""
    from lifecircle.read.fetch import fetch_streets  # noqa: PLC0415 - see _run
    from lifecircle.write.street_graph import (  # noqa: PLC0415 - see _run
        check_street_graph_path,
        write_street_graph,
    )

    console = Console()
    check_street_graph_path(out)
    with status_line(console):
        graph = fetch_streets(place, buffer_m=buffer_m)
        write_street_graph(graph, out)
    for language in ("zh", "en"):
        text = label("fetch", "written", language).format(path=out, edges=graph.number_of_edges())
        console.print(text, markup=False, highlight=False, soft_wrap=True)


standards = typer.Typer(
    help="Policy documents as data: listed, shown, compared. 政策标准", invoke_without_command=True
)
app.add_typer(standards, name="standards")

StandardName = Annotated[
    str, typer.Argument(help="A shipped standard's id, or a profile's path. 标准编号或文件")
]
PageLanguage = Annotated[Language, typer.Option("--language", help="Of the table. 语言")]


@standards.callback()
def list_standards(  # numpydoc ignore=PR01
    context: typer.Context, language: PageLanguage = "zh"
) -> None:
    """List the standards that come with lifecircle. 列出自带标准."""
    if context.invoked_subcommand is not None:
        return
    from lifecircle.standards import read_standard, shipped_standards  # noqa: PLC0415 - see _run
    from lifecircle.write.standard_pages import standards_table  # noqa: PLC0415 - see _run

    shipped = [read_standard(name) for name in shipped_standards()]
    Console().print(standards_table(shipped, language))


@standards.command()
def show(  # numpydoc ignore=PR01
    standard: StandardName,
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a page of the documentation. 输出文档页")
    ] = False,
    language: PageLanguage = "zh",
) -> None:
    """Show one standard, rule by rule. 显示一份标准."""
    from lifecircle.standards import read_standard  # noqa: PLC0415 - see _run
    from lifecircle.write import standard_pages  # noqa: PLC0415 - see _run

    read = read_standard(standard)
    if markdown:
        page = standard_pages.standard_markdown(read, language)
        Console().print(page, markup=False, highlight=False, soft_wrap=True, end="")
    else:
        Console().print(standard_pages.standard_table(read, language))


@standards.command()
def compare(  # numpydoc ignore=PR01
    one: StandardName, other: StandardName, *, language: PageLanguage = "zh"
) -> None:
    """Set two standards side by side. 比较两份标准."""
    from lifecircle.standards import read_standard  # noqa: PLC0415 - see _run
    from lifecircle.write.standard_pages import comparison_table  # noqa: PLC0415 - see _run

    table = comparison_table(read_standard(one), read_standard(other), language)
    Console().print(table)


@app.command()
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
            help="Several developments: name, longitude, latitude, households, floor area. 项目表",
        ),
    ] = None,
    datum: Annotated[
        str | None,
        typer.Option(
            "--datum",
            help="Of the degrees: wgs84 (default), cgcs2000, gcj02 (AMap 高德), bd09 (Baidu 百度).",
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
        typer.Option("--household-size", help="People a household, if not. 户均人口"),
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
        typer.Option("--phase", help="NAME:HOUSEHOLDS[:M2], once for each. 分期"),
    ] = None,
    standard: Annotated[
        str | None,
        typer.Option("--standard", help="Instead of the study's own. 标准编号或文件"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON. 输出 JSON")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A folder for HTML pages and JSON (Word: later). 输出目录"),
    ] = None,
) -> None:
    """Check a new development: what it owes, what it finds, who pays. 新建项目核查."""
    from lifecircle.whatif.request import Request  # noqa: PLC0415 - see _run

    request = Request(
        at=at, polygon=polygon, table=table, datum=datum, name=name, households=households,
        population=population, household_size=household_size, floor_area=floor_area,
        land_area=land_area, phases=tuple(phase or ()),
    )  # fmt: skip
    with refusals_of(study):
        _develop(study, request, standard, out, as_json=as_json)


def _develop(
    study_file: Path, request: "Request", standard: str | None, out: Path | None, *, as_json: bool
) -> None:
    from lifecircle.whatif.answer import answer_request  # noqa: PLC0415 - see _run
    from lifecircle.write import development_page, development_text  # noqa: PLC0415 - see _run
    from lifecircle.write.bundle import check_target  # noqa: PLC0415 - see _run

    console = Console()
    if out is not None:
        check_target(out)
    with status_line(Console(stderr=True) if as_json else console):
        study, checks = answer_request(study_file, request, standard=standard)
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
        console.print(label("develop", "word_later", study.language), markup=False)
        _name_files(out, console, study.language)


def _run(study_file: Path, out: Path | None, *, accept_loss: bool) -> None:
    # The scientific libraries take seconds to import: `lifecircle --help` must not wait for them.
    from lifecircle.assessment import assess_study  # noqa: PLC0415
    from lifecircle.read.study_inputs import input_files  # noqa: PLC0415
    from lifecircle.study import read_study  # noqa: PLC0415
    from lifecircle.write.bundle import check_target  # noqa: PLC0415
    from lifecircle.write.results import write_results  # noqa: PLC0415
    from lifecircle.write.terminal import summary_tables  # noqa: PLC0415

    console = Console()
    study = read_study(study_file)
    folder = out or study.output
    check_target(folder)
    with status_line(console):
        assessment = assess_study(study, accept_loss=accept_loss)
        write_results(
            assessment,
            folder,
            inputs={"study": study_file, **input_files(study)},
            accept_loss=accept_loss,
        )
    for table in summary_tables(assessment):
        console.print(table)
    _name_files(folder, console, study.language)


def _name_files(folder: Path, console: Console, language: Language) -> None:
    written = label("summary", "written", language).format(folder=folder)
    console.print(written, markup=False, soft_wrap=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
