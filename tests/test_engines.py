"""Walks beside those of other engines: the tables of docs/engines.md, made again."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import networkx as nx
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
LAS_PALMAS = ROOT.parent / "shared" / "data" / "las_palmas"
PAGES = {"en": ROOT / "docs/engines.md", "zh": ROOT / "docs/engines-zh.md"}

pytest.importorskip("valhalla", reason="Valhalla has wheels for some machines only")
pytestmark = pytest.mark.skipif(
    not (ROOT / "benchmarks").exists(), reason="an installed package has no benchmarks"
)


def script(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def comparison() -> tuple[pd.DataFrame, pd.DataFrame]:
    if not LAS_PALMAS.exists():
        pytest.skip("needs shared/data beside the checkout")
    found: tuple[pd.DataFrame, pd.DataFrame] = script("compare_engines").compare(
        LAS_PALMAS / "streets.osm.pbf", LAS_PALMAS / "boundary.geojson"
    )
    return found


def test_an_engine_that_finds_no_way_is_compared_where_both_find_one() -> None:
    # Off by 0.5 %, by 10 % and by nothing; the last pair is for one of them only.
    walks = pd.DataFrame({"ours": [200.0, 200, 300, np.inf], "time": [201.0, 180, 300, 50]})
    cells = script("engine_tables").spread(walks["ours"], walks["time"])
    assert cells == ["3", "0.50%", "9.05%", "10.00%", "66.7%", "66.7%"]


def test_the_most_frequent_cause_comes_first_with_one_of_its_ways() -> None:
    causes = pd.DataFrame(
        {
            "ours": [np.inf, 10.0, 20.0],
            "cause": ["squares", "fords", "squares"],
            "ways": ["", "7", "8 9"],
        }
    )
    table = script("engine_tables").counted(causes)
    assert list(table.items()) == [("squares", ["2", "1", "8"]), ("fords", ["1", "0", "7"])]


@pytest.mark.parametrize(
    ("reading", "tags", "left"),
    [
        ("squares", {"highway": "pedestrian", "area": "yes"}, {}),
        ("cycle tracks", {"highway": "cycleway"}, {}),
        ("cycle tracks", {"highway": "cycleway", "foot": "yes"}, None),
        ("mountain paths", {"highway": "path", "sac_scale": "mountain_hiking"}, {}),
        ("cut ways", {"highway": "path", "cut": "yes"}, {}),
        ("fast roads", {"highway": "primary"}, None),
        ("fords", {"highway": "track", "ford": "yes"}, {"highway": "track"}),
    ],
)
def test_a_reading_of_valhalla_s_changes_the_tags_it_is_about(
    reading: str, tags: dict[str, str], left: dict[str, str] | None
) -> None:
    read = script("compare_engines").READINGS[reading](tags)
    assert read == (tags if left is None else left)


@pytest.mark.parametrize(
    ("reading", "tags"),
    [
        ("fast roads", {"highway": "trunk", "maxspeed": "80"}),
        ("private ways", {"highway": "service", "access": "private"}),
    ],
)
def test_what_valhalla_opens_is_open(reading: str, tags: dict[str, str]) -> None:
    compare_engines = script("compare_engines")
    assert compare_engines.way_access(tags).access != "public"
    assert compare_engines.way_access(compare_engines.READINGS[reading](tags)).access == "public"


def test_osmnx_s_own_filter_is_put_upon_tags() -> None:
    other = script("other_engines")
    clauses = other.osmnx_clauses()
    assert other.passes({"highway": "residential"}, clauses)
    assert not other.passes({"highway": "cycleway"}, clauses)
    assert not other.passes({"highway": "service", "access": "private"}, clauses)
    assert not other.passes({"building": "yes"}, clauses)


def test_osmnx_is_asked_between_points_of_edges() -> None:
    # One street of 100 m: its length says 200, so half of the way is 100.
    graph = nx.MultiDiGraph(crs="EPSG:32628")
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=100.0, y=0.0)
    graph.add_edge(1, 2, length=200.0)
    walked = script("other_engines").osmnx_walks_along(
        graph, np.array([[25.0, 0.0]]), np.array([[75.0, 0.0]])
    )
    assert walked.tolist() == [100.0]


@pytest.mark.heavy
@pytest.mark.parametrize("language", PAGES)
def test_the_tables_of_the_page_are_those_that_the_command_makes(
    comparison: tuple[pd.DataFrame, pd.DataFrame], language: str
) -> None:
    text = PAGES[language].read_text(encoding="utf-8")
    for name, lines in script("engine_tables").written(*comparison, language=language).items():
        table = "\n".join(lines)
        assert f"<!-- {name} -->\n\n{table}\n\n" in text


@pytest.mark.heavy
def test_networkx_walks_our_network_to_the_millimetre(
    comparison: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    walks = comparison[0]
    np.testing.assert_array_equal(walks["networkx"], walks["ours"])


@pytest.mark.heavy
def test_with_valhalla_s_tags_and_starts_every_pair_agrees(
    comparison: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    walks = comparison[0]
    assert len(walks) == 500
    # Places are told in 1e-6 degrees, which is 0.1 m; two of them in 200 m are 0.1 %.
    np.testing.assert_allclose(walks["shortest"], walks["ours_alike"], rtol=0.002)


@pytest.mark.heavy
def test_valhalla_as_it_comes_is_within_the_bounds_of_the_page(
    comparison: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    walks, causes = comparison
    off = (walks["time"] / walks["ours"] - 1).abs()[np.isfinite(walks["ours"])]
    assert off.median() < 0.01
    assert off.quantile(0.95) < 0.15
    assert set(causes.index) >= set(off.index[off > 0.05])
    assert "rest" not in set(causes["cause"])
