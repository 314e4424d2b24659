"""Commands that make a study's inputs: new, fetch, geocode."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lifecircle.cli.options import StudyFile
from lifecircle.cli.refusing import refusals_of
from lifecircle.console import status_line
from lifecircle.labels import Language, label

__all__ = ["fetch", "geocode", "new"]


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
    from lifecircle.write.new_study import write_new_study

    path = write_new_study(
        folder, osm=osm, boundary=boundary, title=title, standard=standard, language=language
    )
    for key in ("written", "next_fill" if osm is None else "next_run"):
        text = label("new_study", key, language).format(path=path)
        Console().print(text, markup=False, highlight=False, soft_wrap=True)


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
    from lifecircle.read.fetch import fetch_streets
    from lifecircle.write.street_graph import (
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


def geocode(  # numpydoc ignore=PR01
    study: StudyFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The list, instead of geocoded.csv by the study. 结果清单"),
    ] = None,
) -> None:
    """Find coordinates for rows that have an address alone. 地理编码（需联网）."""
    from lifecircle.read.geocoding import ask_addresses, read_geocoding_task
    from lifecircle.write.geocoded_list import check_geocoded_list, write_geocoded_list
    from lifecircle.write.issue_list import issue_lines

    console = Console()
    with refusals_of(study), status_line(Console(stderr=True)):
        task = read_geocoding_task(study, out=out)
        check_geocoded_list(task.path)
        outcome = ask_addresses(task, save=partial(write_geocoded_list, path=task.path))
    language = task.study.language
    said = list(issue_lines(outcome.refused, language))
    counts = {"found": outcome.found, "kept": task.kept, "refused": len(outcome.refused)}
    if not any(counts.values()):
        said.append(label("geocoding", "nothing", language))
    else:
        said.append(label("geocoding", "done", language).format(**counts))
    if outcome.found:
        said.append(label("geocoding", "written", language).format(path=task.path))
    folder = study.resolve().parent
    named = task.path.name if task.path.parent == folder else str(task.path)
    if outcome.found or task.kept:
        said += [
            label("geocoding", "name_it", language).format(
                section=section, path=json.dumps(named, ensure_ascii=False)
            )
            for section in task.unnamed
        ]
    for line in said:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
