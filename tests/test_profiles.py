"""Profiles and heights in a study: as settings, and from the command line."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lifecircle.assessment.pacing import network_of, walker_of
from lifecircle.cli import main
from lifecircle.errors import StudyError
from lifecircle.study import example_study, read_profile, read_study
from lifecircle.write.walking_text import limit_metres
from test_assessment import assessed, study, toy_town
from worlds import World, street_ways

SHIPPED = read_profile("older")


def study_file(folder: Path, walk: str, more: str = "") -> Path:
    """Write a study whose inputs are there, and whose walk is the given one."""
    for name in ("f.csv", "r.csv"):
        (folder / name).write_text("id\n", encoding="utf-8")
    text = 'title = "t"\n[facilities]\nfile = "f.csv"\n[residences]\nfile = "r.csv"\n'
    text += f"{more}[walk]\n{walk}\n"
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def own_profile(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """Write the profile of older people beside the study, with one change."""
    shipped = Path(sys.modules["lifecircle.study"].__path__[0]) / "profiles" / "older.toml"
    text = shipped.read_text(encoding="utf-8")
    assert change[0] in text
    path = folder / "ours.toml"
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    return path


def test_without_a_profile_nothing_is_timed() -> None:
    assert study().walk.profile is None
    assert walker_of(study()).signal_ms == 0


@pytest.mark.parametrize(("name", "speed"), [("older", 1.0), ("adult", 1.3), ("wheelchair", 0.9)])
def test_a_shipped_profile_brings_its_speed(tmp_path: Path, name: str, speed: float) -> None:
    found = read_study(study_file(tmp_path, f'profile = "{name}"'))
    assert found.walk.profile is not None
    assert found.walk.speed_m_s == speed


def test_a_given_speed_stands_before_the_profiles(tmp_path: Path) -> None:
    found = read_study(study_file(tmp_path, 'profile = "adult"\nspeed_m_s = 0.8'))
    assert found.walk.speed_m_s == 0.8


def test_a_profile_of_ones_own_lies_beside_the_study(tmp_path: Path) -> None:
    own_profile(tmp_path, ("wait_s = 30.0", "wait_s = 55.5"))
    found = read_study(study_file(tmp_path, 'profile = "ours.toml"'))
    assert walker_of(found).signal_ms == 55_500


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("wait_s = 30.0", "wait_s = -1.0"), "'signal.wait_s' must be greater than or equal to 0"),
        (("wait_s = 30.0", "wait_s = 30.05"), "'signal.wait_s' must be a multiple of 0.1"),
        (("wait_s = 30.0", "waits = 30.0"), "did you mean 'wait_s'?"),
        (("riser_up_s = 0.7\n", ""), "needs 'riser_up_s', since 'usable' is true"),
        (("usable = true", "usable = false"), "takes no times of steps"),
        (("[lift]", "[lifts]"), "'lift' is missing; every profile needs it."),
        (("[slope]", "[slope]\ntable = [[0.1, 0.5], [-0.1, 0.5]]"), "from the steepest downhill"),
        (("[slope]", "[slope]\ntable = [[-0.1, 0.5], [0.1, 0.5]]"), "must give 1 at slope 0"),
        (("[slope]", "[slope"), "is not TOML"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    own_profile(tmp_path, change)
    with pytest.raises(StudyError, match=r"ours\.toml: ") as refused:
        read_study(study_file(tmp_path, 'profile = "ours.toml"'))
    assert said in str(refused.value)


def test_faults_of_study_and_profile_are_said_at_once(tmp_path: Path) -> None:
    own_profile(tmp_path, ("m_s = 1.0", "m_s = 0.0"))
    with pytest.raises(StudyError) as refused:
        read_study(study_file(tmp_path, 'profile = "ours.toml"\nminuets = 15'))
    assert len(refused.value.problems) == 2


def test_a_misspelt_profile_is_told_its_name(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="did you mean 'older'"):
        read_study(study_file(tmp_path, 'profile = "oldr"'))


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_profile_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError):
        read_study(study_file(tmp_path, f'profile = "{name}"'))


def test_metres_know_no_waits_and_no_slopes(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="metres know no waits"):
        read_study(study_file(tmp_path, 'profile = "older"\nlimit_m = 1000'))
    (tmp_path / "made.tif").write_bytes(b"")
    with pytest.raises(StudyError, match="metres know no slopes"):
        read_study(study_file(tmp_path, "limit_m = 1000", '[elevation]\nfile = "made.tif"\n'))


def test_downhill_the_reach_is_wider_than_the_limit() -> None:
    level = study(walk={"minutes": 10, "snap_limit_m": 100})
    steep = level.model_copy(update={"elevation": object()})
    assert level.reach_m == 700
    assert steep.reach_m == pytest.approx(600 * np.exp(0.175) + 100)


def test_stairs_slow_the_walk_and_both_numbers_are_told() -> None:
    # The street of 4 km with 20 m of stairs: 67 steps by length, up and down alike: 43.55 s.
    inputs = toy_town()
    xy = [(0.0, 0.0), (200.0, 0.0), (220.0, 0.0), (4000.0, 0.0)]
    street, stairs = {"highway": "residential"}, {"highway": "steps"}
    ways = [([0, 1], street), ([1, 2], stairs), ([2, 3], street)]
    streets = street_ways(World(xy=xy, ways=ways))
    timed = assessed(
        type(inputs)(streets=streets, residences=inputs.residences, facilities=inputs.facilities),
        walk={"profile": SHIPPED},
    )
    link = timed.links.set_index(["residence_id", "facility_id"]).loc[("r1", "A")]
    assert (link["walk_mm"], link["level_mm"]) == (250_000, 230_000 + 67 * 650)
    assert link["walk_m"] == 250
    assert link["minutes"] == pytest.approx((230 + 43.55) / 60)
    home = timed.residences.loc["r1"]
    assert home["nearest_m"] == 250
    assert home["nearest_minutes"] == pytest.approx((230 + 43.55) / 60)
    told = timed.quality.set_index("reason")["found"]
    assert told["stairs_without_step_count"] == "1 / 1"


def test_a_plain_study_has_no_level_column() -> None:
    assert "level_mm" not in assessed().links


def test_the_way_back_is_the_other_way() -> None:
    xy = [(0.0, 0.0), (9.0, 0.0)]
    stairs = {"highway": "steps", "step_count": "10", "incline": "up"}
    ways = street_ways(World(xy=xy, ways=[([0, 1], stairs)]))
    there = network_of(ways, study(walk={"profile": SHIPPED}))
    back = network_of(ways, study(walk={"profile": SHIPPED, "direction": "back"}))
    assert (there.ahead_mm.tolist(), there.back_mm.tolist()) == ([7000], [6000])
    assert (back.ahead_mm.tolist(), back.back_mm.tolist()) == ([6000], [7000])


# --- from the command line, on the made example and its made heights


def run(*arguments: object) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lifecircle", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the example for older people on its made hills."""
    folder = tmp_path_factory.mktemp("older") / "data"
    shutil.copytree(example_study().parent, folder, ignore=shutil.ignore_patterns("make_example"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("speed_m_s = 1.0", 'profile = "older"', 1)
    text = text[: text.index("# Which verdicts hold")]
    text += '[elevation]\nfile = "boundaries/elevation_made.tif"\n'
    text = text.replace('"../demo-result"', '"result"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert run("run", folder / "study.toml") == 0
    return folder


def test_the_result_says_how_it_was_timed(folder: Path) -> None:
    manifest = json.loads((folder / "result/manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["walk"]["profile"]["title_en"] == "older people"
    assert manifest["settings"]["elevation"] == {"nodata": None, "smoothing_m": 100.0}
    assert manifest["inputs"]["elevation"]["file"] == "elevation_made.tif"
    assert manifest["streets"]["metres_with_slope"] > 10_000
    page = (folder / "result/map.html").read_text(encoding="utf-8")
    assert "按“老年人”计时" in page


def test_minutes_are_those_of_the_level_walk(folder: Path) -> None:
    links = pd.read_parquet(folder / "result/tables/links.parquet")
    assert (links["ms"] == links["level_mm"]).all()  # at 1 m/s
    assert (links["level_mm"] <= 900_000).all()
    assert (links["walk_m"] == links["walk_mm"] / 1000).all()
    assert (links["level_mm"] != links["walk_mm"]).any()


def test_other_code_walks_the_same(folder: Path) -> None:
    assert run("verify", folder / "result", "--study", folder / "study.toml") == 0


def test_a_limit_is_one_of_level_ground_where_metres_take_their_time(tmp_path: Path) -> None:
    # 15 minutes at 1.0 m/s.
    walks = ("minutes = 15", 'profile = "older"')
    plain, timed = (read_study(study_file(tmp_path, walk)) for walk in walks)
    assert (limit_metres(plain, "zh"), limit_metres(plain, "en")) == ("900 米", "900 m")
    assert limit_metres(timed, "zh") == "折合平路 900 米"
    assert limit_metres(timed, "en") == "900 m on level ground"
