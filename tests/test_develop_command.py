"""`lifecircle develop`: from words on the command line to an answer."""

import json
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from docx import Document
from typer.testing import CliRunner

from lifecircle.cli import app, main
from lifecircle.errors import StudyError
from lifecircle.study import example_study
from lifecircle.whatif.request import Request, read_request

HERE = "122.045,37.40"  # in the old town of 示例区


def ran(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["develop", str(example_study()), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def faults(**words: object) -> tuple[str, ...]:
    with pytest.raises(StudyError) as error:
        read_request(Request(**words), name="X")  # type: ignore[arg-type]  # a test names the fields
    return error.value.problems


def test_the_example_district_answers_in_json_and_writes_a_page(tmp_path: Path) -> None:
    out = tmp_path / "答复"
    told = ran("--at", HERE, "--households", "1,200", "--floor-area", "100", "--json",
               "--name", "<b>翠湖</b>", "--out", str(out))  # fmt: skip
    one = json.loads(told)["developments"][0]
    assert (one["requirement_m2"], one["own_m2"], one["missing_m2"]) == (240, 100, 140)
    assert one["clauses"][0]["clause"] == "二(二)"
    assert one["standard"]["number"] == "威政字〔2022〕57号"
    assert min(each["minutes"] for each in one["reachable"]) < 15
    page = (out / "development.html").read_text(encoding="utf-8")
    assert "<b>翠湖" not in page
    assert "&lt;b&gt;翠湖" in page
    assert "二(二)" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http-equiv", "")
    document = Document(str(out / "development.docx"))
    assert document.paragraphs[0].text.startswith("<b>翠湖</b> – 新建项目")
    assert "应配建 240 平方米，计入 100 平方米，还缺 140 平方米。" in [
        paragraph.text for paragraph in document.paragraphs
    ]
    assert json.loads((out / "developments.json").read_text(encoding="utf-8"))["developments"] == [
        one
    ]


def test_several_developments_of_a_table_and_what_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "项目.csv"
    path.write_text(
        "name,longitude,latitude,households,floor area\n[甲],122.045,37.40,500,100\n"
        "乙,122.046,37.40,1000,\n",
        encoding="utf-8",
    )
    told = ran("--table", str(path))
    assert "[甲]: 应配建 100 平方米，计入 100 平方米，达到要求。" in told
    assert "乙: 应配建 200 平方米，计入 0 平方米，还缺 200 平方米。" in told
    assert "WGS84" in told
    none = ran("--at", HERE, "--households", "500", "--standard", "county-2021", "--json")
    assert json.loads(none)["developments"][0]["verdict"] == "not_asked"


def test_the_land_rule_is_answered_too() -> None:
    told = ran("--at", HERE, "--households", "500", "--household-size", "2.6", "--land-area", "100",
               "--standard", "liaoning-2022")  # fmt: skip
    assert "该文件未对新建小区的养老服务设施建筑面积作出规定。" in told
    assert "养老服务用地应有 130 平方米，还缺 30 平方米。" in told


def test_bad_input_is_told_at_once_and_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "--at",
        "37.4,122",
        "--polygon",
        "x.gpkg",
        "--households",
        "0",
        "--standard",
        "nowhere",
    ]
    monkeypatch.setattr(sys, "argv", ["lifecircle", "develop", str(example_study()), *words])
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr().err
    assert end.value.code == 2
    assert "`--at`、`--polygon`、`--table` 须给出且只给一个" in told
    assert "`--households` 应为 > 0 的数；实为 '0'" in told
    assert "37.4,122" in told
    assert "nowhere" in told


def test_a_point_outside_the_district_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--at", "121.0,37.4", "--households", "100"]
    monkeypatch.setattr(sys, "argv", ["lifecircle", "develop", str(example_study()), *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "在研究范围之外" in capsys.readouterr().err


def test_every_word_is_checked() -> None:
    told = faults(at="122", households="many", datum="gps", phases=("一期", "二期:x"))
    assert len(told) == 5
    assert faults(households="1")[0].startswith("give exactly one of")
    assert faults(phases=("一期:5@122,37.4", "二期:5"))[0].startswith("give exactly one of")
    assert "`--phase 一期` must be LON,LAT" in faults(at=HERE, phases=("一期:5@37.4,122",))[0]
    assert "`--households` is missing (or give `--phase`)." in faults(at=HERE)


def test_phases_give_the_households() -> None:
    (one,) = read_request(Request(at=HERE, phases=("一期：300：60", "二期:200")), name="新建项目")
    assert (one.name, one.households) == ("新建项目", 500)
    assert [phase.floor_area_m2 for phase in one.phases] == [60, None]


def test_each_phase_may_have_a_place_of_its_own() -> None:
    phases = ("一期:300@122.04,37.40", "二期:200:40@122.05,37.41")
    (one,) = read_request(Request(phases=phases), name="X")
    assert [phase.place.x for phase in one.phases] == pytest.approx([122.04, 122.05])
    assert one.place.geom_type == "MultiPoint"
    (one,) = read_request(Request(at=HERE, phases=(phases[0], "二期:200")), name="X")
    assert one.phases[1].place is None


@pytest.mark.parametrize("head", ["项目,分期", "project,phase", "项目名称,分期"])
def test_rows_of_one_project_are_its_phases(tmp_path: Path, head: str) -> None:
    path = tmp_path / "项目.csv"
    path.write_text(
        f"{head},经度,纬度,户数,人口,建筑面积\n翠湖,一期,122.04,37.40,300,800,60\n"
        "东城,全部,122.06,37.41,100,,\n翠湖,二期,122.05,37.41,200,500,\n",
        encoding="utf-8",
    )
    lake, east = read_request(Request(table=path), name="X")
    assert (lake.name, lake.households, lake.population) == ("翠湖", 500, 1300)
    assert [(phase.name, phase.floor_area_m2) for phase in lake.phases] == [
        ("一期", 60), ("二期", None),
    ]  # fmt: skip
    assert (east.name, east.phases, east.population) == ("东城 全部", (), None)


def test_the_datum_moves_the_point() -> None:
    (gps,) = read_request(Request(at=HERE, households="1"), name="X")
    (amap,) = read_request(Request(at=HERE, households="1", datum="gcj02"), name="X")
    assert 0.002 < gps.place.distance(amap.place) < 0.01  # degrees: some hundred metres


def test_a_polygon_is_read_and_a_line_is_none(tmp_path: Path) -> None:
    path = tmp_path / "plot.gpkg"
    box = shapely.box(122.04, 37.40, 122.041, 37.401)
    gpd.GeoSeries([box], crs=4326).to_file(path)
    (one,) = read_request(Request(polygon=path, households="10"), name="X")
    assert one.place.area == pytest.approx(88.6 * 111, rel=0.01)  # m: 0.001° of each
    line = tmp_path / "line.gpkg"
    gpd.GeoSeries([shapely.boundary(box)], crs=4326).to_file(line)
    assert faults(polygon=line, households="10") == (
        "line.gpkg: holds no polygon; draw the development as one.",
    )
    bare = tmp_path / "bare.shp"
    gpd.GeoSeries([box], crs=4326).to_file(bare)
    bare.with_suffix(".prj").unlink()
    assert "names no coordinate system" in faults(polygon=bare, households="10")[0]


def test_a_table_has_its_own_households_and_says_which_rows_are_bad(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,longitude,latitude,households\na,122,37,0\nb,,37,5\n", encoding="utf-8")
    told = faults(table=path, households="5")
    assert any("is a column" in fault for fault in told)
    assert any("'households' must be a number > 0" in fault for fault in told)
    assert any("row 3" in fault for fault in told)
