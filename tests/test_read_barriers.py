"""Barriers of the user's own: what is read, and what is refused."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from lifecircle.errors import CrsError, LifeCircleError, StudyError, TableError
from lifecircle.messages import in_language
from lifecircle.read.barriers import read_barriers, with_barriers
from lifecircle.study import BarriersInput, example_study, read_study
from worlds import METRES, World, street_ways

RIVER = shapely.LineString([(500_000, 3_000_000), (500_900, 3_000_000)])
POND = shapely.box(500_100, 3_000_100, 500_200, 3_000_200).difference(
    shapely.box(500_140, 3_000_140, 500_160, 3_000_160)
)


def saved(folder: Path, **columns: list[object]) -> BarriersInput:
    path = folder / "barriers.gpkg"
    gpd.GeoDataFrame(columns, crs=METRES).to_file(path)
    return BarriersInput(file=path)


def test_lines_stay_and_polygons_give_their_rings(tmp_path: Path) -> None:
    barriers = read_barriers(saved(tmp_path, geometry=[RIVER, POND]), crs=METRES)
    assert [round(line.length) for line in barriers.lines] == [900, 400, 80]
    assert barriers.kinds == ("wall",) * 3


@pytest.mark.parametrize(
    ("header", "words", "kinds"),
    [
        ("kind", ["water", "railway"], ("water", "railway")),
        ("类型", ["河流", "围栏"], ("water", "wall")),
        ("KIND", ["Motorway", ""], ("motorway", "railway")),
        ("remark", ["water", "river"], ("railway", "railway")),
    ],
)
def test_the_kind_stands_in_a_column_or_else_in_the_study(
    tmp_path: Path, header: str, words: list[object], kinds: tuple[str, str]
) -> None:
    settings = saved(tmp_path, **{header: words, "geometry": [RIVER, RIVER]})
    assert read_barriers(settings.model_copy(update={"kind": "railway"}), crs=METRES).kinds == kinds


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    settings = saved(
        tmp_path, kind=["water", "hill"], geometry=[shapely.Point(500_000, 3_000_000), RIVER]
    )
    with pytest.raises(TableError) as caught:
        read_barriers(settings, crs=METRES)
    assert caught.value.problems == (
        "barriers must be lines or polygons; look at the features 1.",
        (
            "the kind of a barrier must be one of 围墙 (wall), 水域 (water), 铁路 (railway), "
            "高速公路 (motorway); look at the features 2."
        ),
    )


def test_degrees_without_a_system_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "walls.gpkg"
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(114, 30), (114.1, 30)])])
    with pytest.warns(UserWarning, match="crs"):
        lines.to_file(path)
    with pytest.raises(CrsError):
        read_barriers(BarriersInput(file=path), crs=METRES)


def test_a_table_is_no_barrier(tmp_path: Path) -> None:
    path = tmp_path / "barriers.geojson"
    path.write_text("name,kind\na,wall\n", encoding="utf-8")
    with pytest.raises(LifeCircleError):
        read_barriers(BarriersInput(file=path), crs=METRES)


def test_barriers_that_lie_elsewhere_are_refused(tmp_path: Path) -> None:
    ways = street_ways(World(xy=[(0, 0), (100, 0)], ways=[([0, 1], {"highway": "residential"})]))
    more = read_barriers(saved(tmp_path, geometry=[RIVER]), crs=METRES)
    with pytest.raises(TableError, match="none of its 1 barriers lies where the streets do"):
        with_barriers(ways, more, source="barriers.gpkg")


def test_a_river_beside_the_only_street_lies_where_the_streets_do(tmp_path: Path) -> None:
    xy = [(499_000, 2_999_100), (501_000, 2_999_100)]
    ways = street_ways(World(xy=xy, ways=[([0, 1], {"highway": "residential"})]))
    more = read_barriers(saved(tmp_path, geometry=[RIVER]), crs=METRES)
    assert with_barriers(ways, more, source="river").barriers.kinds == ("wall",)


def test_own_barriers_stand_beside_those_of_the_streets(tmp_path: Path) -> None:
    xy = [(500_000, 2_999_900), (500_000, 3_000_100)]
    ways = street_ways(World(xy=xy, ways=[([0, 1], {"highway": "residential"})]))
    more = read_barriers(saved(tmp_path, geometry=[RIVER]), crs=METRES)
    twice = with_barriers(with_barriers(ways, more, source="a"), more, source="b")
    assert twice.barriers.kinds == ("wall", "wall")
    assert twice.counts["barriers"] == 2
    assert ways.barriers.kinds == ()


def study_text(tmp_path: Path, section: str, *, streets: bool = True) -> Path:
    example = example_study()
    text = example.read_text(encoding="utf-8")
    for name in ("boundaries", "facilities/"):
        text = text.replace(f'"{name}', f'"{(example.parent / name).as_posix()}'.rstrip("/") +
                            ("/" if name.endswith("/") else ""))  # fmt: skip
    if not streets:
        text = text.replace("[streets]", "[barriers]").replace("streets.osm.pbf", "zones.gpkg")
    path = tmp_path / "study.toml"
    path.write_text(text + section, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ('\n[barriers]\nfile = "none.gpkg"\n', "'barriers.file' names a file that is not there"),
        ('\n[barriers]\nfile = "a.gpkg"\nkind = "hill"\n', "'barriers.kind' must be 'wall'"),
        ('\n[barriers]\nfile = "a.gpkg"\nkinds = "wall"\n', "did you mean 'kind'?"),
        ("\n[barriers]\n", "'barriers.file' is missing"),
        ('\n[barriers]\nfile = "/vsicurl/a.gpkg"\n', "must be a file on this machine"),
    ],
)
def test_a_section_that_says_nothing_sensible_is_refused(
    tmp_path: Path, section: str, problem: str
) -> None:
    (tmp_path / "a.gpkg").touch()
    with pytest.raises(StudyError) as caught:
        read_study(study_text(tmp_path, section))
    assert problem in str(caught.value)


def test_barriers_without_streets_are_refused_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read_study(study_text(tmp_path, "", streets=False))
    (problem,) = caught.value.problems
    assert "'barriers' need streets" in problem
    assert "需要道路" in in_language(problem, "zh")


def test_the_study_reads_its_barriers(tmp_path: Path) -> None:
    from lifecircle.read.study_sources import study_crs_of, study_streets  # noqa: PLC0415 - one use

    study = read_study(example_study())
    crs = study_crs_of(study)
    streets = study_streets(study, crs)
    assert streets is not None
    middle = streets.xy.mean(axis=0)
    line = shapely.LineString(np.array([[-50, 0], [50, 0]]) + middle)
    path = tmp_path / "wall.gpkg"
    gpd.GeoDataFrame(geometry=[line], crs=CRS(crs)).to_file(path)
    more = study_streets(study.model_copy(update={"barriers": BarriersInput(file=path)}), crs)
    assert more is not None
    assert len(more.barriers.lines) == len(streets.barriers.lines) + 1
