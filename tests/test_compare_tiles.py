"""The script that sets tiles beside one run, on a street that a reader can follow."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import shapely

from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.standards.profile import read_standard
from lifecircle.study import example_study, read_study
from test_assessment import study
from test_tiles import STREET_TILES, WALK, street_inputs

SCRIPT = Path(__file__).parents[1] / "benchmarks/compare_tiles.py"

pytestmark = pytest.mark.skipif(
    not SCRIPT.exists(), reason="an installed package has no benchmarks"
)


@cache
def compare_tiles() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_tiles", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def street(m2: float) -> object:
    """Put 16 homes of 100 households along a street, with 15 canteens between them."""
    return compare_tiles().town_of(street_inputs(m2), study(**WALK), read_standard("walk-20"))


@pytest.mark.parametrize(("m2", "flagged"), [(10, 0), (20, 16), (40, 0)])
def test_who_has_no_verdict_is_counted(m2: float, flagged: int) -> None:
    # With 20 m2 a canteen all hangs on what lies farther out; see test_tiles.
    town = street(m2)
    row = compare_tiles().row_of(town, STREET_TILES, compare_tiles().in_one_run(town))
    assert row[:6] == (4, 16, 1600, flagged, 100 * flagged, 0)


def test_another_verdict_is_counted_where_there_is_one() -> None:
    lie = pd.Series("met", index=compare_tiles().in_one_run(street(10)).index)
    row = compare_tiles().row_of(street(10), STREET_TILES, lie)
    assert row.other_verdict == 16  # 10 m2 for 20: all short
    assert compare_tiles().row_of(street(20), STREET_TILES, lie).other_verdict == 0  # none given


def test_tiles_without_residences_are_not_counted() -> None:
    tiles = [*STREET_TILES, shapely.box(9000, 0, 9999, 9)]
    truth = compare_tiles().in_one_run(street(10))
    assert compare_tiles().row_of(street(10), tiles, truth).tiles == 4


def test_squares_hold_all_residences_from_round_coordinates() -> None:
    tiles = compare_tiles().squares(street(10).homes, size_m=700)  # homes from 0 to 3,000 m
    assert [tile.bounds for tile in tiles] == [
        (west, 0, west + 700, 700) for west in (0, 700, 1400, 2100, 2800)
    ]


def test_the_example_in_tiles(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = read_study(example_study())
    documents, inputs = documents_and_inputs(chosen)
    town = compare_tiles().town_of(inputs, chosen, documents.standard)
    tilings = compare_tiles().zone_tiles(town.zones)
    assert list(tilings) == ["zones (district)", "zones (street)", "zones (community)"]
    compare_tiles().print_table(town, {"zones (street)": tilings["zones (street)"]})
    line = capsys.readouterr().out.splitlines()[-1]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:2] == ["6 zones (street)", str(len(inputs.residences))]
    assert cells[6] == "0"  # no other verdict
