"""A new study from one OpenStreetMap file, made and run from the command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from lifecircle.cli import main
from lifecircle.errors import OutputError, StudyError
from lifecircle.labels import Language
from lifecircle.study import HouseholdRule, WalkSettings, read_study
from lifecircle.write.new_study import write_new_study

# Gauss-Krueger about 120 E; a few hundred metres off the meridian, where lengths are true.
TO_DEGREES = Transformer.from_crs("EPSG:4549", "EPSG:4326", always_xy=True).transform
EAST_M, NORTH_M = 500_100.0, 3_330_000.0

Command = Callable[..., int]
Spots = list[tuple[float, float]]
Tags = dict[str, str]
Command = Callable[..., int]

# A main street from west to east, and a side street that leads north through a residential area
# with one block of flats; a day care on the main street; a house 1.3 km farther on.
MAIN_STREET: Spots = [(0, 0), (100, 0), (2000, 0)]
SIDE_STREET: Spots = [(100, 0), (100, 200)]
DAY_CARE: Tags = {
    "amenity": "social_facility",
    "social_facility": "day_care",
    "social_facility:for": "senior",
    "building": "yes",
    "building:levels": "2",
    "name": "Day care",
}


def box(west: float, south: float, east: float, north: float) -> Spots:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def town(day_care: Tags) -> list[tuple[Spots, Tags]]:
    return [
        (MAIN_STREET, {"highway": "residential"}),
        (SIDE_STREET, {"highway": "service"}),
        (box(60, 100, 140, 160), {"landuse": "residential", "name": "Garden"}),
        # 30 m x 15 m x 10 storeys x 0.8 / 90 m2: 40 households
        (box(105, 120, 135, 135), {"building": "apartments", "building:levels": "10"}),
        (box(600, -20, 610, -10), day_care),
        (box(1900, 10, 1910, 20), {"building": "house"}),
    ]


def write_osm(path: Path, ways: list[tuple[Spots, Tags]]) -> Path:
    """Write an OSM file; ways meet where they have a spot in common."""
    each = dict.fromkeys(spot for way, _ in ways for spot in way)
    spots = {spot: number for number, spot in enumerate(each, 1)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">']
    for (x_m, y_m), number in spots.items():
        longitude, latitude = TO_DEGREES(EAST_M + x_m, NORTH_M + y_m)
        lines.append(f'<node id="{number}" lon="{longitude:.9f}" lat="{latitude:.9f}"/>')
    for number, (way, tags) in enumerate(ways, 1):
        steps = "".join(f'<nd ref="{spots[spot]}"/>' for spot in way)
        told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{number}">{steps}{told}</way>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def write_boundary(path: Path, spots: Spots) -> Path:
    degrees = [TO_DEGREES(EAST_M + x_m, NORTH_M + y_m) for x_m, y_m in spots]
    gpd.GeoDataFrame(geometry=[shapely.Polygon(degrees)], crs="EPSG:4326").to_file(path)
    return path


@pytest.fixture
def osm(tmp_path: Path) -> Path:
    return write_osm(tmp_path / "town.osm", town(DAY_CARE))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["lifecircle", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return run


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "result" / "tables" / f"{name}.parquet")


def totals(folder: Path) -> dict[str, float]:
    summary = json.loads((folder / "result" / "summary.json").read_text(encoding="utf-8"))
    return dict(summary["totals"])


def test_a_new_study_runs_and_its_numbers_are_those_worked_out_by_hand(
    tmp_path: Path, osm: Path, command: Command
) -> None:
    folder = tmp_path / "研究 1"
    assert command("new", folder, "--osm", osm, "--title", "Toy town") == 0
    assert command("run", folder / "study.toml") == 0
    homes, links = table(folder, "residences"), table(folder, "links")
    assert homes["households"].to_dict() == {"osm:w3": 40, "osm:block:w6": 1}
    assert homes["households_estimated"].all()
    assert homes["verdict"].to_dict() == {"osm:w3": "met", "osm:block:w6": "unreachable"}
    # From the area's southern side 100 m to the main street, 505 m along it, 15 m to the middle.
    assert links["walk_m"].tolist() == pytest.approx([620], abs=0.05)
    assert links["minutes"].tolist() == pytest.approx([620 / 60], abs=1e-3)
    # 20 m2 per 100 households; the day care is 10 m x 10 m on two storeys, drawn to the centimetre.
    assert links["allocated_m2"].tolist() == [8.0]
    assert totals(folder)["requirement_m2"] == pytest.approx(8.2)
    assert totals(folder)["supply_m2"] == pytest.approx(200, abs=0.3)
    assert totals(folder)["shortage_m2"] == pytest.approx(0.2)
    assert totals(folder)["served_share"] == pytest.approx(40 / 41, abs=1e-6)


def test_only_who_lives_within_the_boundary_takes_part(
    tmp_path: Path, osm: Path, command: Command
) -> None:
    boundary = write_boundary(tmp_path / "area.shp", box(-100, -100, 1000, 300))
    folder = tmp_path / "study"
    command("new", folder, "--osm", osm, "--boundary", boundary, "--language", "en")
    assert command("run", folder / "study.toml") == 0
    assert table(folder, "residences").index.tolist() == ["osm:w3"]
    reconciliation = table(folder, "reconciliation").set_index(["input", "step"])
    assert reconciliation.loc[("residences", "placed"), "households"] == 41
    assert reconciliation.loc[("residences", "inside"), "lost_households"] == 1


def test_a_day_care_of_unknown_size_leaves_the_verdict_open_and_the_summary_says_so(
    tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = {key: value for key, value in DAY_CARE.items() if key != "building:levels"}
    osm = write_osm(tmp_path / "town.osm", town(unknown))
    command("new", tmp_path / "study", "--osm", osm, "--language", "en")
    assert command("run", tmp_path / "study" / "study.toml") == 0
    homes = table(tmp_path / "study", "residences")
    assert homes.loc["osm:w3", ["verdict", "reason"]].tolist() == [
        "no_data",
        "facility_area_unknown",
    ]
    said = capsys.readouterr().out
    assert "area unknown" in said
    assert "1 of 1" in said  # facilities


def test_a_home_for_seniors_counts_nothing_and_the_summary_says_so(
    tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    home = {**DAY_CARE, "social_facility": "nursing_home"}
    osm = write_osm(tmp_path / "town.osm", town(home))
    command("new", tmp_path / "study", "--osm", osm, "--language", "en")
    assert command("run", tmp_path / "study" / "study.toml") == 0
    assert set(table(tmp_path / "study", "residences")["verdict"]) == {"unreachable"}
    assert "kind does not count" in capsys.readouterr().out


def test_the_folder_stands_alone(tmp_path: Path, osm: Path) -> None:
    boundary = write_boundary(tmp_path / "area.shp", box(-100, -100, 1000, 300))
    path = write_new_study(tmp_path / "study", osm=osm, boundary=boundary)
    osm.unlink()
    for part in tmp_path.glob("area.*"):
        part.unlink()
    moved = (tmp_path / "study").rename(tmp_path / "moved")
    study = read_study(moved / path.name)
    assert study.streets.file == study.facilities.file == moved / "town.osm"
    assert {part.suffix for part in moved.glob("area.*")} >= {".shp", ".shx", ".dbf", ".prj"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_values_that_are_commented_out_are_the_defaults(
    tmp_path: Path, osm: Path, language: Language
) -> None:
    path = write_new_study(tmp_path / "study", osm=osm, language=language)
    before = read_study(path)
    text = path.read_text(encoding="utf-8")
    for name in ("[residences.household_rule]", "[walk]"):
        start = text.index(f"# {name}")
        end = (text + "\n\n").index("\n\n", start)
        opened = "\n".join(line.removeprefix("# ") for line in text[start:end].splitlines())
        text = text[:start] + opened + text[end:]
    path.write_text(text, encoding="utf-8")
    after = read_study(path)
    assert "household_rule" in after.residences.model_fields_set
    assert after.residences.household_rule == HouseholdRule() == before.residences.household_rule
    assert after.walk == WalkSettings()
    assert after.language == language


def test_any_title_is_kept(tmp_path: Path, osm: Path) -> None:
    title = 'He said "生活圈" \\ ${x}\x7f\n2'
    assert read_study(write_new_study(tmp_path / "study", osm=osm, title=title)).title == title


def test_the_title_is_the_folders_name_unless_given(tmp_path: Path, osm: Path) -> None:
    assert read_study(write_new_study(tmp_path / "滨河区", osm=osm)).title == "滨河区"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_study_without_files_names_what_is_to_be_put_there(
    tmp_path: Path, language: Language
) -> None:
    path = write_new_study(tmp_path / "study", language=language)
    with pytest.raises(StudyError) as caught:
        read_study(path)
    named = [problem.split("'")[1] for problem in caught.value.problems]
    assert named == ["streets.file"]
    assert (path.parent / "facilities.xlsx").is_file()
    assert (path.parent / "residences.xlsx").is_file()
    assert all("that is not there" in problem for problem in caught.value.problems)


def test_a_profile_is_taken_along(tmp_path: Path, osm: Path) -> None:
    profile = tmp_path / "ours.toml"
    shipped = Path(write_new_study.__code__.co_filename).parents[1] / "standards" / "profiles"
    profile.write_bytes((shipped / "walk-20.toml").read_bytes())
    path = write_new_study(tmp_path / "study", osm=osm, standard=str(profile))
    assert read_study(path).standard == str(tmp_path / "study" / "ours.toml")
    assert (tmp_path / "study" / "ours.toml").is_file()


def test_a_folder_that_holds_something_is_left_as_it_is(
    tmp_path: Path, osm: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    assert command("new", folder, "--osm", osm) == 3
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert {path.name for path in tmp_path.iterdir()} == {"study", "town.osm"}


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path, osm: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    before = folder.stat().st_ino
    write_new_study(folder, osm=osm)
    assert folder.stat().st_ino == before
    assert {path.name for path in folder.iterdir()} == {"study.toml", "town.osm"}
    assert {path.name for path in tmp_path.iterdir()} == {"study", "town.osm"}


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(
    tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.osm.pbf"
    page.write_text("<!DOCTYPE html><html>Too many requests</html>")
    lines = tmp_path / "lines.geojson"
    gpd.GeoDataFrame(
        geometry=[shapely.LineString([(120, 30), (120.1, 30)])], crs="EPSG:4326"
    ).to_file(lines)
    arguments = ("--osm", page, "--boundary", lines, "--standard", "walk-21", "--title", " ")
    assert command("new", tmp_path / "study", *arguments) == 2
    said = capsys.readouterr().err
    for fault in ("4 problem(s)", "title is empty", "web page", "no polygon", "walk-20"):
        assert fault in said
    assert not (tmp_path / "study").exists()


def test_an_osm_file_needs_a_name_that_the_study_file_can_tell_it_by(
    tmp_path: Path, osm: Path
) -> None:
    with pytest.raises(StudyError, match=r"must end in \.osm\.pbf"):
        write_new_study(tmp_path / "study", osm=osm.rename(tmp_path / "town.xml"))


def test_a_file_in_the_way_is_an_error(osm: Path) -> None:
    with pytest.raises(OutputError, match="a part of the path is a file"):
        write_new_study(osm / "study", osm=osm)
