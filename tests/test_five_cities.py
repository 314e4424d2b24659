"""
Real lists of five cities, and one of eldercare places, through ``lifecircle check``.

The oracle is a plain reading: Python's ``csv`` and one regular expression. By eye, every cell of
户数 is digits and 户 (``7400户``) but the blank ones, which `BLANK` counts; a blank is unknown.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from lifecircle import cli
from lifecircle.read.inputs import read_facilities, read_residences

CITIES: Final = Path(__file__).parents[2] / "shared" / "data"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not CITIES.exists(), reason="needs shared/data beside the checkout"),
]

ENCODING: Final = {
    "wuhan": "utf-8",
    "weihai": "gb18030",
    "zhenjiang": "utf-8-sig",
    "xianyang": "utf-8",
    "dongguan": "gb18030",
}
ROWS: Final = {"wuhan": 3010, "weihai": 1578, "zhenjiang": 1345, "xianyang": 893, "dongguan": 1688}
BLANK: Final = {"wuhan": 7, "weihai": 1, "zhenjiang": 1, "xianyang": 5, "dongguan": 3}
# Rows without coordinates, by eye: they wait to be geocoded, with their households.
UNPLACED: Final = {"wuhan": 50, "weihai": 1, "zhenjiang": 1, "xianyang": 151, "dongguan": 3}

STUDY: Final = """
title = "{city}（设施为虚构）"
made = true
language = "en"
[facilities]
file = "made_facilities.csv"
datum = "bd09"
[residences]
file = "{folder}/compounds.csv"
datum = "{datum}"
[zones]
file = "{folder}/{zones}"
level = "district"
columns = {columns}
"""
STREETS: Final = '[streets]\nfile = "{folder}/streets.parquet"\n'
AREA: Final = '[area]\nfile = "{folder}/districts.geojson"\n'

Finding = dict[str, Any]


def plain_rows(city: str) -> list[dict[str, str]]:
    path = CITIES / city / "compounds.csv"
    with path.open(encoding=ENCODING[city], newline="") as file:
        return list(csv.DictReader(file))


def plain_households(cell: str) -> int:
    written = re.fullmatch(r"(\d+)户", cell)
    assert written or not cell, f"look at {cell!r} by eye"
    return int(written[1]) if written else 0


def written_study(folder: Path, city: str, datum: str, *, zones: str = "", more: str = "") -> Path:
    place = plain_rows(city)[0]
    (folder / "made_facilities.csv").write_text(
        f"名称,类型,经度,纬度,建筑面积,状态\n虚构站,日间照料中心,{place['经度']},{place['纬度']},300,运营\n",
        encoding="utf-8",
    )
    text = STUDY.format(
        city=city,
        folder=(CITIES / city).as_posix(),
        datum=datum,
        zones=zones or "districts.geojson",
        columns='{ name = "district" }' if zones else "{}",
    )
    study = folder / "study.toml"
    more = more.format(folder=(CITIES / city).as_posix())
    study.write_text(text + more, encoding="utf-8")
    return study


def told(study: Path) -> list[Finding]:
    """Run ``check --json`` and return what it finds."""
    ended = CliRunner().invoke(cli.app, ["check", str(study), "--json"])
    found: list[Finding] = json.loads(ended.stdout)
    is_over_the_limits = "loss_limit" in {one["reason"] for one in found}
    assert ended.exit_code == (2 if is_over_the_limits else 0)
    return found


def of_datum(findings: list[Finding]) -> dict[str, Finding]:
    """Keep what is said of the datum of the list and of the zones."""
    return {
        found["input"]: found for found in findings if str(found["reason"]).startswith("datum_")
    }


@pytest.mark.parametrize("city", ENCODING)
def test_households_are_those_of_a_plain_reading(city: str) -> None:
    rows = plain_rows(city)
    by_hand = [plain_households(row["户数"]) for row in rows]
    assert (len(rows), by_hand.count(0)) == (ROWS[city], BLANK[city])
    read = read_residences(CITIES / city / "compounds.csv", datum="bd09")
    assert read.amounts == {"rows": len(rows), "households": sum(by_hand)}
    placed = [bool(row["经度"] and row["纬度"]) for row in rows]
    assert (len(read.table), placed.count(False)) == (sum(placed), UNPLACED[city])
    on_the_map = [count for there, count in zip(placed, by_hand, strict=True) if there]
    assert read.table["households"].fillna(0).tolist() == on_the_map


@pytest.mark.parametrize("city", ["wuhan", "weihai", "zhenjiang", "xianyang"])
def test_bd09_declared_wgs84_is_detected(city: str, tmp_path: Path) -> None:
    more = STREETS if city == "wuhan" else ""
    findings = told(written_study(tmp_path, city, "wgs84", more=more))
    doubt = of_datum(findings)["compounds.csv"]
    assert (doubt["reason"], doubt["severity"]) == ("datum_doubtful", "warning")
    assert "'bd09' fits better" in doubt["found"]
    evidence = "median distance to streets" if more else "in the zone that the address names"
    assert evidence in doubt["found"]
    blank = [one for one in findings if (one["reason"], one["field"]) == ("blank", "户数")]
    assert len(blank) == BLANK[city]


@pytest.mark.parametrize("city", ["wuhan", "weihai", "zhenjiang", "xianyang"])
def test_bd09_declared_so_raises_no_doubt(city: str, tmp_path: Path) -> None:
    more = STREETS if city == "wuhan" else ""
    findings = told(written_study(tmp_path, city, "bd09", more=more))
    assert "datum_doubtful" not in {found["reason"] for found in findings}


@pytest.mark.parametrize("city", ["weihai", "xianyang"])
def test_what_has_no_coordinates_is_an_error_over_the_limits(city: str, tmp_path: Path) -> None:
    findings = told(written_study(tmp_path, city, "bd09"))
    said = [one["found"] for one in findings if one["reason"] == "loss_limit"]
    lost = [one for one in findings if one["reason"] == "no_coordinates"]
    assert len(lost) == UNPLACED[city]
    assert len(said) == (2 if city == "xianyang" else 0)  # rows, and households


@pytest.mark.parametrize("datum", ["wgs84", "bd09"])
def test_dongguan_is_undecided_and_never_fine(datum: str, tmp_path: Path) -> None:
    doubt = of_datum(told(written_study(tmp_path, "dongguan", datum)))["compounds.csv"]
    assert (doubt["reason"], doubt["severity"]) == ("datum_undecided", "warning")


def test_districts_in_gcj02_are_told_from_the_true_ones(tmp_path: Path) -> None:
    shifted = written_study(tmp_path, "weihai", "bd09", zones="districts_gcj02.geojson", more=AREA)
    doubt = of_datum(told(shifted))["districts_gcj02.geojson"]
    assert doubt["reason"] == "datum_doubtful"
    assert "'gcj02'" in doubt["found"]
    true = written_study(tmp_path, "weihai", "bd09", more=AREA)
    assert "districts.geojson" not in of_datum(told(true))


def test_latitude_before_longitude_is_read_by_its_header() -> None:
    path = CITIES / "shanghai" / "eldercare_poi.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[2:] == ["纬度", "经度"]
    read = read_facilities(path, datum="wgs84").table.to_crs(4326)
    by_hand = {row["名称"]: (float(row["经度"]), float(row["纬度"])) for row in rows}
    assert len(read) == len(rows) == 103
    for name, point in zip(read["name"], read.geometry, strict=True):
        assert (point.x, point.y) == pytest.approx(by_hand[name], abs=1e-6)


def test_the_poi_list_of_shanghai_is_checked_by_the_command(tmp_path: Path) -> None:
    path = CITIES / "shanghai" / "eldercare_poi.csv"
    ring = [[120.8, 30.6], [122.1, 30.6], [122.1, 31.9], [120.8, 31.9], [120.8, 30.6]]
    area = {"type": "Polygon", "coordinates": [ring]}
    (tmp_path / "area.geojson").write_text(json.dumps(area), encoding="utf-8")
    (tmp_path / "made.csv").write_text(
        "名称,经度,纬度,户数\n虚构里,121.47,31.23,100\n", encoding="utf-8"
    )
    study = tmp_path / "study.toml"
    study.write_text(
        f'title = "上海"\nmade = true\nlanguage = "en"\n[facilities]\nfile = "{path.as_posix()}"\n'
        'datum = "wgs84"\n[residences]\nfile = "made.csv"\ndatum = "wgs84"\n'
        '[area]\nfile = "area.geojson"\n',
        encoding="utf-8",
    )
    findings = told(study)
    assert of_datum(findings)[path.name]["reason"] == "datum_undecided"
    assert "outside_area" not in {found["reason"] for found in findings}
