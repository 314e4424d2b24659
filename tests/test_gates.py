"""Gates: from a file, with hours and directions; where nobody knows them; and homes behind them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer

from lifecircle.assessment import Assessment
from lifecircle.errors import CrsError, StudyError, TableError
from lifecircle.labels import Language
from lifecircle.read.gates import GateSource, with_gates
from lifecircle.read.hours import days_open, parse_hours, parse_week
from lifecircle.read.inputs import read_residences
from lifecircle.read.osm_places import read_osm_residences
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import HouseholdRule, RobustnessSettings, Study
from lifecircle.tables import checked
from lifecircle.whatif.robustness import robust_verdicts
from lifecircle.write.templates import TEMPLATE_COLUMNS, choices, write_table_template
from test_assessment import assessed, study, table
from test_osm_places import EAST_M, GK_120, NORTH_M, Town
from worlds import World, street_ways

METRIC = CRS.from_epsg(4547)
EAST, NORTH = 500_000.0, 3_380_000.0
TO_DEGREES = Transformer.from_crs(METRIC, 4490, always_xy=True).transform
STREET = {"highway": "residential"}


def box(x: float, y: float, wide: float = 100.0) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + wide, NORTH + y + wide)


def compounds() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"name": ["幸福里", "和平里", "和平里"], "households": [1, 2, 4]},
        geometry=[box(0, 0), box(200, 0), box(1000, 0)],
        index=["a", "b", "c"],
        crs=METRIC,
    )
    return checked(frame, "residences")


def gate_file(folder: Path, header: str, *rows: tuple[float, float, str]) -> Path:
    path = folder / "made_gates.csv"
    lines = [f"经度,纬度,{header}"]
    for x, y, cells in rows:
        longitude, latitude = TO_DEGREES(EAST + x, NORTH + y)
        lines.append(f"{longitude:.9f},{latitude:.9f},{cells}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(
    path: Path, at_minute: int | None = None
) -> tuple[dict[str, list[list[float]] | None], dict[str, list[str]]]:
    """Give for each residence its gates in metres, and what was remarked on by reason."""
    source = GateSource(path, {"datum": "cgcs2000"}, at_minute)
    found, remarks = with_gates(compounds(), source)
    corner = [EAST, NORTH]
    gates = {
        key: None if points is None else
        np.rint(shapely.get_coordinates(points) - corner).tolist()
        for key, points in found["gates"].items()
    }  # fmt: skip
    said: dict[str, list[str]] = {}
    for remark in remarks:
        said.setdefault(remark.reason, []).append(remark.found)
    return gates, said


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("06:00-22:00", ((360, 1320),)),
        ("6:00～22:00", ((360, 1320),)),
        ("６：００－２２：００", ((360, 1320),)),
        ("6时-22时", ((360, 1320),)),
        ("6点到22点", ((360, 1320),)),
        ("早6点半至晚10点", ((390, 1320),)),
        ("上午7:30—下午6:00", ((450, 1080),)),
        ("每天 06:00-22:00", ((360, 1320),)),
        ("6:00-9:00，17:00-20:00", ((360, 540), (1020, 1200))),
        ("22:00-次日06:00", ((1320, 1800),)),
        ("6am-10pm", ((360, 1320),)),
        ("06:00-24:00", ((360, 1440),)),
        ("24h", ((0, 1440),)),
        ("24/7", ((0, 1440),)),
        ("全天开放", ((0, 1440),)),
        ("24小时", ((0, 1440),)),
        ("常闭", ()),
    ],
)
def test_hours_are_read_as_offices_write_them(text: str, hours: object) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    "text",
    ["看情况", "25:00-26:00", "6:75-9:00", "06:00", "节假日 6-22点", "Mo-Fr off; PH 6-22"],
)
def test_other_hours_are_not_guessed(text: str) -> None:
    assert parse_week(text) is None


@pytest.mark.parametrize(
    ("text", "at", "shut_at"),
    [
        ("06:00-22:00", (360, 1319), (359, 1320)),
        ("22:00-06:00", (1320, 1439, 0, 359), (360, 1319)),
        ("24h", (0, 1439), ()),
        ("常闭", (), (0, 600, 1439)),
    ],
)
def test_a_gate_is_open_from_its_first_minute_to_before_its_last(
    text: str, at: tuple[int, ...], shut_at: tuple[int, ...]
) -> None:
    week = parse_week(text)
    assert week is not None
    assert [days_open(week, minute) for minute in at] == [7] * len(at)
    assert not any(days_open(week, minute) for minute in shut_at)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mo-Fr 06:00-22:00", "1111100"),
        ("周一至周五 6点-22点", "1111100"),
        ("星期一到星期五：06:00—22:00", "1111100"),
        ("工作日06:00-22:00", "1111100"),
        ("周末 8:00-20:00", "0000011"),
        ("Sat,Sun 08:00-20:00", "0000011"),
        ("Mo-Fr 06:00-22:00; Sa,Su 08:00-20:00", "1111111"),
        ("周一至周五6:00-22:00，周六、周日8:00-20:00", "1111111"),
        ("周一至周日 06:00-22:00", "1111111"),
        ("06:00-22:00; Su off", "1111110"),
        ("Mo,We 06:00-22:00", "1010000"),
        ("Sa-Mo 06:00-22:00", "1000011"),
        ("周天 24小时", "0000001"),
        ("Mo-Fr 06:00-09:00,17:00-20:00", "0000000"),
        ("Monday-Friday 6am-10pm", "1111100"),
    ],
)
def test_hours_may_differ_by_the_day_of_the_week(text: str, days: str) -> None:
    week = parse_week(text)
    assert week is not None
    ten = 600
    assert [any(start <= ten < end for start, end in hours) for hours in week] == [
        day == "1" for day in days
    ]


def test_what_is_open_past_midnight_is_open_on_the_next_day() -> None:
    week = parse_week("Fr,Sa 22:00-02:00")
    assert week is not None
    assert days_open(week, 60) == days_open(week, 1380) == 2
    assert days_open(week, 180) == 0


def test_a_gate_that_is_shut_on_some_days_is_not_counted_on(tmp_path: Path) -> None:
    rows = [(50, 0, "a,Mo-Fr 06:00-22:00"), (50, 100, "a,06:00-22:00"), (200, 50, "b,周末 6-22点")]
    path = gate_file(tmp_path, "小区编号,开放时间", *rows)
    gates, said = read(path, 600)
    assert gates == {"a": [[50, 100]], "b": [], "c": None}
    assert said["gate_shut_some_days"] == ["Mo-Fr 06:00-22:00", "周末 6-22点"]
    assert said["gates_all_shut"] == ["b"]
    gates, said = read(path)
    assert gates["b"] == [[200, 50]]
    assert "gate_shut_some_days" not in said


def test_gates_belong_by_id_by_name_or_by_the_outline(tmp_path: Path) -> None:
    rows = [(50, 0, "a,"), (0, 50, ",幸福 里"), (200, 50, ","), (600, 600, ",")]
    gates, said = read(gate_file(tmp_path, "小区编号,小区名称", *rows))
    assert gates == {"a": [[0, 50], [50, 0]], "b": [[200, 50]], "c": None}
    assert len(said["gate_unmatched"]) == 1


def test_a_gate_of_an_unknown_residence_is_remarked_on(tmp_path: Path) -> None:
    gates, said = read(gate_file(tmp_path, "小区编号", (50, 0, "x"), (200, 50, "b")))
    assert gates == {"a": None, "b": [[200, 50]], "c": None}
    assert said["gate_unmatched"] == ["x"]


def test_a_name_that_two_bear_goes_to_the_outline_with_a_warning(tmp_path: Path) -> None:
    gates, said = read(gate_file(tmp_path, "大门名称,小区名称", (1000, 50, "西门,和平里")))
    assert gates == {"a": None, "b": None, "c": [[1000, 50]]}
    assert said["gate_name_unclear"] == ["西门"]


def test_a_gate_far_from_its_outline_is_told_and_beyond_500_m_left_out(tmp_path: Path) -> None:
    rows = [(50, -120, "a"), (200, -480, "b"), (200, -501, "b")]
    gates, said = read(gate_file(tmp_path, "小区编号", *rows))
    assert gates == {"a": [[50, -120]], "b": [[200, -480]], "c": None}
    assert said["gate_far"] == ["a: 120 m", "b: 480 m"]
    assert said["gate_left_out"] == ["b: 501 m"]


def test_a_gate_listed_twice_counts_once(tmp_path: Path) -> None:
    gates, said = read(gate_file(tmp_path, "名称,小区编号", (50, 0, "南门,a"), (50, 0, "大门,a")))
    assert gates["a"] == [[50, 0]]
    assert said["gate_twice"] == ["大门"]


def test_hours_that_cannot_be_read_are_told_and_the_gate_is_open(tmp_path: Path) -> None:
    gates, said = read(gate_file(tmp_path, "小区编号,开放时间", (50, 0, "a,看门卫")), at_minute=600)
    assert gates["a"] == [[50, 0]]
    assert said["hours_unreadable"] == ["看门卫"]


def test_hours_matter_only_at_a_time_of_day(tmp_path: Path) -> None:
    rows = [(50, 0, "a,06:00-22:00"), (0, 50, "a,全天")]
    path = gate_file(tmp_path, "小区编号,开放时间", *rows)
    assert read(path)[0]["a"] == [[0, 50], [50, 0]]
    assert read(path, at_minute=1380)[0]["a"] == [[0, 50]]


def test_people_do_not_leave_by_a_gate_that_only_lets_in(tmp_path: Path) -> None:
    rows = [(50, 0, "a,只进"), (0, 50, "a,双向"), (200, 0, "b,只进"), (1000, 0, "c,出口")]
    gates, said = read(gate_file(tmp_path, "小区编号,通行方向", *rows))
    assert gates == {"a": [[0, 50]], "b": [], "c": [[1000, 0]]}
    assert said["gates_all_shut"] == ["b"]


def test_an_unknown_direction_is_refused_with_the_known_words(tmp_path: Path) -> None:
    path = gate_file(tmp_path, "小区编号,通行方向", (50, 0, "a,随缘"))
    with pytest.raises(TableError, match=r"'随缘'.*双向 \(both\), 只进 \(in\), 只出 \(out\)"):
        read(path)


def test_gates_without_a_datum_are_refused(tmp_path: Path) -> None:
    path = gate_file(tmp_path, "小区编号", (50, 0, "a"))
    with pytest.raises(CrsError, match="say what its longitudes"):
        with_gates(compounds(), GateSource(path, {}))


def test_lines_are_no_gates(tmp_path: Path) -> None:
    lines = [shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])]
    gpd.GeoDataFrame({"小区编号": ["a"]}, geometry=lines, crs=METRIC).to_file(tmp_path / "g.gpkg")
    with pytest.raises(TableError, match="no feature has a usable shape"):
        with_gates(compounds(), GateSource(tmp_path / "g.gpkg", {}))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_of_gates_is_read_as_it_is_filled_in(
    language: Language, tmp_path: Path
) -> None:
    path = tmp_path / "gates.xlsx"
    write_table_template(path, "gates", language=language)
    book = openpyxl.load_workbook(path)
    longitude, latitude = TO_DEGREES(EAST + 50, NORTH)
    values = {
        "name": "南门", "residence_id": "a", "hours": "06:00-22:00",
        "longitude": longitude, "latitude": latitude,
        "direction": choices("gates", "direction", language)[0],
    }  # fmt: skip
    for place, name in enumerate(TEMPLATE_COLUMNS["gates"], start=1):
        book.worksheets[0].cell(6, place).value = values.get(name)
    book.save(path)
    gates, said = read(path, at_minute=600)
    assert gates == {"a": [[50, 0]], "b": None, "c": None}
    assert set(said) <= {"title_skipped", "example_row"}


def test_an_empty_template_has_no_gates(tmp_path: Path) -> None:
    write_table_template(tmp_path / "gates.xlsx", "gates", language="zh")
    gates, said = read(tmp_path / "gates.xlsx")
    assert gates == {"a": None, "b": None, "c": None}
    assert "gate_unmatched" not in said


def test_gates_and_entrances_on_the_outline_are_those_of_osm_areas(tmp_path: Path) -> None:
    town = Town()
    corners = [(0, 0), (50, 0), (100, 0), (100, 100), (50, 100), (0, 100)]
    tags: dict[int, dict[str, str]] = {
        0: {"entrance": "emergency"},
        1: {"barrier": "gate"},
        2: {"barrier": "gate", "locked": "yes"},
        3: {"barrier": "bollard"},
        4: {"entrance": "yes"},
    }
    nodes = [town.point(x, y, tags.get(at)) for at, (x, y) in enumerate(corners)]
    town.way([*nodes, nodes[0]], {"landuse": "residential"})
    town.point(50, 50, {"barrier": "gate"})  # inside, on no outline
    found, quality = read_osm_residences(town.save(tmp_path), crs=GK_120, rule=HouseholdRule())
    gates = shapely.get_coordinates(found["gates"].iloc[0]) - [EAST_M, NORTH_M]
    assert np.rint(gates).tolist() == [[50, 0], [50, 100]]
    assert quality.loc[quality["reason"] == "gates_from_osm", "found"].str.startswith("1: ").all()


def test_gates_of_a_file_take_the_place_of_those_of_osm(tmp_path: Path) -> None:
    gated = compounds()
    gated["gates"] = gpd.GeoSeries(
        [shapely.MultiPoint([(EAST + x, NORTH + 50)]) for x in (100, 300, 1100)],
        index=gated.index,
        crs=METRIC,
    )
    path = gate_file(tmp_path, "小区编号", (50, 0, "a"))
    found, _ = with_gates(gated, GateSource(path, {"datum": "cgcs2000"}))
    here = shapely.get_coordinates(found["gates"]["a"]) - [EAST, NORTH]
    assert np.rint(here).tolist() == [[50, 0]]
    assert found["gates"]["b"].equals(gated["gates"]["b"])


def residence_file(folder: Path, *gates: str) -> Path:
    path = folder / "made_residences.csv"
    longitude, latitude = TO_DEGREES(EAST, NORTH)
    rows = [f'{at},{longitude:.9f},{latitude:.9f},100,"{cell}"' for at, cell in enumerate(gates)]
    path.write_text("\n".join(["小区编号,经度,纬度,户数,大门坐标", *rows]) + "\n", encoding="utf-8")
    return path


def degrees(x: float, y: float) -> str:
    longitude, latitude = TO_DEGREES(EAST + x, NORTH + y)
    return f"{longitude:.9f},{latitude:.9f}"


def test_a_table_of_residences_may_have_a_column_of_gates(tmp_path: Path) -> None:
    near, other, far = degrees(50, 0), degrees(0, -80), degrees(0, 700)
    path = residence_file(
        tmp_path, f"{near}；{other}", "", f"({near})，({other})", "北门", f"{near};{far}", far
    )
    found = read_residences(path, crs=METRIC, datum="cgcs2000")
    corner = [EAST, NORTH]
    gates = [
        None if each is None else np.rint(shapely.get_coordinates(each) - corner).tolist()
        for each in found.table["gates"]
    ]
    both = [[50, 0], [0, -80]]
    assert gates == [both, None, both, None, [[50, 0]], None]
    said = found.quality[found.quality["reason"].str.startswith("gate")]
    assert said[["row", "reason"]].to_numpy().tolist() == [
        [5, "gates_unreadable"], [6, "gate_left_out"], [7, "gate_left_out"]
    ]  # fmt: skip


def test_a_file_of_gates_comes_before_the_column(tmp_path: Path) -> None:
    path = residence_file(tmp_path, degrees(50, 0), degrees(0, -80))
    gates = gate_file(tmp_path, "小区编号", (30, 0, "0"))
    source = GateSource(gates, {"datum": "cgcs2000"})
    found = read_residences(path, crs=METRIC, datum="cgcs2000", gates=source).table["gates"]
    spots = [np.rint(shapely.get_coordinates(each) - [EAST, NORTH]).tolist() for each in found]
    assert spots == [[[30, 0]], [[0, -80]]]


@pytest.mark.parametrize("at", ["25:00", "8:00", "10点", "10:60"])
def test_a_time_of_day_is_written_with_two_digits(at: str) -> None:
    with pytest.raises(ValueError, match=r"walk\.at"):
        study(walk={"at": at})


# A compound of 360 m x 360 m inside a ring of streets, and a station at its south wall.


def walled(**more: object) -> StudyInputs:
    ring = World(
        xy=[(0, 0), (400, 0), (400, 400), (0, 400)],
        ways=[([0, 1, 2, 3, 0], STREET)],
    )
    home = {"name": "围墙小区", "households": 640.0, "status": "existing",
            "geometry": shapely.box(20, 20, 380, 380), **more}  # fmt: skip
    station = {"name": "Station", "kind": "community_station", "floor_area_m2": 500.0,
               "status": "operating", "floor": 1.0, "geometry": shapely.Point(200, 10)}  # fmt: skip
    residences = table({"r": home}, "residence_id")
    if "gates" in more:
        residences["gates"] = gpd.GeoSeries(residences["gates"], crs=residences.crs)
    return StudyInputs(
        streets=street_ways(ring),
        residences=residences,
        facilities=table({"s": station}, "facility_id"),
    )


NORTH_GATE = shapely.MultiPoint([(200, 380)])


def sampled(inputs: StudyInputs, standard: str = "walk-20", **settings: object) -> Assessment:
    residences = {"file": "made", "homes": "sampled"}
    return assessed(inputs, standard=standard, residences=residences, **settings)


def middle_metres() -> float:
    """Sort the walks of 64 homes, 45 m apart, to the north gate: the 32nd is in the middle."""
    metres = [
        np.hypot(42.5 + 45 * x - 200, 380 - 42.5 - 45 * y) for x in range(8) for y in range(8)
    ]
    return float(sorted(metres)[31])


def test_from_the_north_gate_one_walks_around_the_wall() -> None:
    links = assessed(walled(gates=NORTH_GATE), standard="walk-20").links
    # 20 m to the street, 200 + 400 + 200 m around, 10 m to the station.
    assert links["walk_mm"].tolist() == [830_000]
    assert "reach_share" not in links


def test_homes_far_from_the_gate_are_not_served() -> None:
    found = sampled(walled(gates=NORTH_GATE))
    # 830 m from the gate leave 70 m of 900: two homes of 64 are 31.8 m from it, the next 71.2 m.
    assert found.links.empty
    assert found.residences.loc["r", "served_share"] == 2 / 64
    assert found.residences.loc["r", "verdict"] == "unreachable"
    assert found.totals["served_households"] == 20  # of 640
    assert found.facilities.loc["s", "reached_households"] == 20


def test_the_middle_home_gives_the_walk_of_the_residence() -> None:
    found = sampled(walled(gates=NORTH_GATE), walk={"minutes": 25})
    link = found.links.iloc[0]
    assert link["walk_mm"] == pytest.approx(830_000 + 1000 * middle_metres(), abs=2)
    assert link["reach_share"] == 1
    assert found.residences.loc["r", "nearest_m"] == link["walk_m"]
    assert found.residences.loc["r", "served_share"] == 1
    assert found.totals["served_households"] == 640


def test_a_rule_of_served_households_counts_homes() -> None:
    found = sampled(walled(gates=NORTH_GATE), "liaoning-2022")
    rules = [rule.id for rule in found.standard.rules if rule.measure == "served_share"]
    served = found.indicators.set_index("rule_id").loc[rules[0]]
    assert (served["numerator"], served["denominator"]) == (20, 640)


def test_more_minutes_never_serve_fewer() -> None:
    shares = [
        sampled(walled(gates=NORTH_GATE), walk={"minutes": minutes}).residences["served_share"]["r"]
        for minutes in (13, 14, 15, 16, 18, 20)
    ]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


def test_with_shut_gates_nobody_leaves_and_the_row_says_so() -> None:
    found = assessed(walled(gates=shapely.MultiPoint()), standard="walk-20").residences.loc["r"]
    assert found["verdict"] == "unreachable"
    assert found["flags"] == "gates_shut"
    assert found["entry"] == "gates"
    assert found["snapped"]


def beside_the_street(**home: object) -> StudyInputs:
    """Draw a compound from 20 m to 280 m north of a street, and a station 700 m east of it."""
    streets = World(xy=[(0, 0), (3000, 0)], ways=[([0, 1], STREET)])
    rows = {"name": "街边小区", "households": 100.0, "status": "existing",
            "geometry": shapely.box(100, 20, 200, 280), **home}  # fmt: skip
    station = {"name": "Station", "kind": "community_station", "floor_area_m2": 500.0,
               "status": "operating", "floor": 1.0, "geometry": shapely.Point(900, 0)}  # fmt: skip
    return StudyInputs(
        streets=street_ways(streets),
        residences=table({"r": rows}, "residence_id"),
        facilities=table({"s": station}, "facility_id"),
    )


def bounds(inputs: StudyInputs, **settings: object) -> pd.Series:
    residences = {"file": "made", "unknown_gates": "bounds"}
    found = assessed(inputs, standard="walk-20", residences=residences, **settings)
    return found.residences.loc["r"]


def test_both_bounds_of_an_unknown_gate_stand_in_the_result() -> None:
    # Near: 20 m and at most 800 m along. Far: 280 m and 700 m or more along: beyond 900 m.
    found = bounds(beside_the_street())
    assert found["verdict"] == "met"
    assert found["verdict_far_gate"] == "unreachable"
    assert found["flags"] == "gates_unknown;gates_matter"


def test_with_time_to_spare_the_unknown_gate_does_not_matter() -> None:
    found = bounds(beside_the_street(), walk={"minutes": 20})
    assert found["verdict"] == found["verdict_far_gate"] == "met"
    assert found["flags"] == "gates_unknown"


def test_a_known_gate_has_no_bounds() -> None:
    inputs = beside_the_street()
    gates = gpd.GeoSeries([shapely.MultiPoint([(200, 20)])], index=["r"], crs=inputs.residences.crs)
    found = bounds(
        StudyInputs(
            streets=inputs.streets,
            residences=inputs.residences.assign(gates=gates),
            facilities=inputs.facilities,
        )
    )
    assert found["verdict"] == found["verdict_far_gate"] == "met"


def test_without_the_setting_no_column_is_added() -> None:
    found = assessed(beside_the_street(), standard="walk-20")
    assert "verdict_far_gate" not in found.residences
    assert "served_share" not in found.residences
    assert found.residences.loc["r", "flags"] == "gates_unknown"


@pytest.mark.parametrize(("gates", "label"), [(["known"], "robustly_met"),
                                              (["known", "far"], "borderline")])  # fmt: skip
def test_an_unknown_gate_widens_the_robust_label(gates: list[str], label: str) -> None:
    settings = RobustnessSettings.model_validate(
        {"design": "grid", "speed_m_s": [1.0], "minutes": [15], "household_share": [1.0],
         "floor_area_share": [1.0], "snap_limit_m": [300], "planned": [False], "gates": gates}
    )  # fmt: skip
    inputs = beside_the_street()
    found = robust_verdicts(inputs, assessed(inputs, standard="walk-20"), settings=settings)
    assert found.residences.loc["r", "robust_label"] == label


def test_homes_are_judged_at_the_longer_of_both_walks() -> None:
    residences = {"file": "made", "unknown_gates": "bounds", "homes": "sampled"}
    found = assessed(
        beside_the_street(), standard="walk-20", residences=residences, walk={"minutes": 17}
    ).residences.loc["r"]
    # 1,020 m. Near: about 820 m and at most 260 m inside. Far: 980 m and half of them over 130 m.
    assert found["verdict"] == "met"
    assert found["verdict_far_gate"] == "unreachable"


def test_homes_of_buildings_weigh_in() -> None:
    inputs = walled(gates=NORTH_GATE)
    footprints = [shapely.box(190, 350, 210, 360), shapely.box(190, 30, 210, 40)]
    buildings = gpd.GeoDataFrame({"levels": [11.0, 5.0]}, geometry=footprints,
                                 crs=inputs.residences.crs)  # fmt: skip
    built = StudyInputs(
        streets=inputs.streets,
        residences=inputs.residences,
        facilities=inputs.facilities,
        buildings=buildings,
    )
    found = sampled(built, buildings={"file": "made"})
    # The tower of 11 storeys is 25 m from the gate, the block of 5 storeys 345 m.
    assert found.links["walk_mm"].tolist() == [855_000]
    assert found.links["reach_share"].tolist() == [11 / 16]
    assert found.totals["served_households"] == 440


def test_the_order_of_rows_does_not_matter_to_homes() -> None:
    one = walled(gates=NORTH_GATE)
    twin = one.residences.rename(index={"r": "q"}).assign(
        geometry=shapely.box(420, 20, 520, 380), households=320.0
    )
    both = pd.concat([one.residences, twin])
    found = [
        sampled(
            StudyInputs(streets=one.streets, residences=rows, facilities=one.facilities),
            walk={"minutes": 25},
        )
        for rows in (both, both.iloc[::-1])
    ]
    pd.testing.assert_frame_equal(found[0].links, found[1].links)
    pd.testing.assert_series_equal(found[0].totals, found[1].totals)
    first, second = (each.residences.sort_index()["served_share"] for each in found)
    pd.testing.assert_series_equal(first, second)


def test_settings_refuse_other_words() -> None:
    with pytest.raises((StudyError, ValueError), match="homes"):
        Study.model_validate({"title": "x", "facilities": {"file": "made"},
                              "residences": {"file": "made", "homes": "everywhere"}})  # fmt: skip
