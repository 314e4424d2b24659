"""The workbook says what the assessment says, as numbers, and holds no live text."""

import os
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from lifecircle.assessment import Assessment
from lifecircle.errors import OutputError
from lifecircle.labels import label
from lifecircle.supply.gaps import gap_list
from lifecircle.write.edition import edition_tables
from lifecircle.write.workbook import write_workbook
from lifecircle.write.workbook.parameters import worked_residence

HOSTILE = ("=1+1", "+1", "@SUM(A1)", "http://a.cn", "001", "<b>", "{=1}", "-2", '=HYPERLINK("x")')
Rows = list[list[object]]
CALC = Path("/usr/lib/libreoffice/program/libsclo.so")
needs_office = pytest.mark.skipif(
    "CI" not in os.environ and not CALC.exists(),
    reason="needs libreoffice-calc-nogui; `make browser`",
)


@pytest.fixture(scope="module")
def book(example: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("附表") / "workbook.xlsx"
    write_workbook(example, path)
    return path


def sheets(path: Path) -> dict[str, Rows]:
    read = CalamineWorkbook.from_path(path)
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


def column(rows: Rows, head: str) -> list[object]:
    at = rows[2].index(head)
    return [row[at] for row in rows[3:]]


def numbers(path: Path) -> dict[str, list[float]]:
    return {
        name: [cell for row in rows for cell in row if isinstance(cell, float)]
        for name, rows in sheets(path).items()
    }


def test_every_part_of_a_plan_has_its_sheet(book: Path) -> None:
    assert list(sheets(book)) == [
        "总体指标一览表",
        "分区县统计表",
        "分街道统计表",
        "分社区统计表",
        "居住区明细",
        "设施明细",
        "缺口清单（区县）",
        "缺口清单（街道）",
        "缺口清单（社区）",
        "短缺片区",
        "数据核对",
        "数据质量",
        "参数与说明",
    ]


def test_each_sheet_names_study_and_edition(book: Path, example: Assessment) -> None:
    for rows in sheets(book).values():
        assert str(rows[1][0]).split("　")[:2] == [example.study.title, "内部资料"]
        assert "示例数据" in str(rows[1][0])


@pytest.mark.parametrize(
    ("sheet", "head", "total"),
    [
        ("分街道统计表", "要求面积（平方米）", "requirement_m2"),
        ("分社区统计表", "缺口面积（平方米）", "shortage_m2"),
        ("分社区统计表", "达标户数（户）", "met_households"),
        ("居住区明细", "要求面积（平方米）", "requirement_m2"),
        ("居住区明细", "缺口面积（平方米）", "shortage_m2"),
        ("缺口清单（街道）", "缺口面积（平方米）", "shortage_m2"),
    ],
)
def test_totals_are_those_of_the_assessment(
    book: Path, example: Assessment, sheet: str, head: str, total: str
) -> None:
    cells = column(sheets(book)[sheet], head)
    assert sum(float(str(cell or 0)) for cell in cells[:-1]) == pytest.approx(cells[-1])
    assert cells[-1] == pytest.approx(example.totals[total])


def test_gaps_add_up_by_ledger(example: Assessment) -> None:
    gaps, rows = example.gaps, example.residences
    lacking = rows[rows["verdict"].isin(["short", "unreachable"])]
    for level, part in gaps.groupby("level"):
        assert part["shortage_m2"].sum() == pytest.approx(lacking["shortage_m2"].sum()), level
        assert part["residences_short"].sum() == len(lacking)
        both = part["own_ledger_shortage_m2"] + part["circle_ledger_shortage_m2"]
        assert both.tolist() == pytest.approx(part["shortage_m2"].tolist())
        assert part["shortage_m2"].is_monotonic_decreasing


def test_totals_are_formulas_over_all_rows(book: Path, example: Assessment) -> None:
    with zipfile.ZipFile(book) as parts:
        xml = parts.read("xl/worksheets/sheet5.xml").decode()
    formulas = re.findall(r"<f>SUBTOTAL\(109,[A-Z]+(\d+):[A-Z]+(\d+)\)</f>", xml)
    assert formulas
    assert set(formulas) == {("4", str(3 + len(example.residences)))}


def test_a_cluster_within_another_is_not_added_again(book: Path, example: Assessment) -> None:
    rows = sheets(book)["短缺片区"]
    outermost, lacking = column(rows, "是否最外层")[:-1], column(rows, "缺口面积（平方米）")
    assert {"是", "否"} <= set(outermost)
    known = [float(str(cell)) for cell in lacking]
    once = sum(m2 for m2, word in zip(known[:-1], outermost, strict=True) if word == "是")
    assert known[-1] == pytest.approx(once)
    # What the circle leaves missing is more: also those who reach nothing lack.
    assert known[-1] <= example.residences["circle_shortage_m2"].sum() + 0.005


def test_what_is_still_to_be_reported_is_not_called_computed(book: Path) -> None:
    rows = sheets(book)["总体指标一览表"]
    pairs = zip(column(rows, "数值来源"), column(rows, "解读口径"), strict=True)
    said = {source for source, reading in pairs if "地图无法计算" in str(reading)}
    assert said == {"待填报"}


@pytest.mark.heavy
@needs_office
def test_libreoffice_computes_what_is_stored_beside_the_formulas(
    book: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(book) as parts, zipfile.ZipFile(bare, "w") as without:
        for name in parts.namelist():
            xml = parts.read(name)
            if name.startswith("xl/worksheets/sheet"):
                xml = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", xml)
            without.writestr(name, xml)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    folder = tmp_path / "computed"
    convert = ["soffice", "--headless", home, "--convert-to", "xlsx", "--outdir", str(folder)]
    subprocess.run([*convert, str(bare)], check=True, capture_output=True, timeout=120)  # noqa: S603 - our own file
    stored, computed = numbers(book), numbers(folder / "bare.xlsx")
    assert stored.keys() == computed.keys()
    for name, cells in stored.items():
        assert computed[name] == pytest.approx(cells), name


def test_sheets_are_ready_to_print(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        for name in (name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")):
            xml = parts.read(name).decode()
            assert 'orientation="landscape"' in xml
            assert "内部资料" in xml  # the footer
            if name != "xl/worksheets/sheet13.xml":
                assert 'state="frozen"' in xml
                assert "<autoFilter" in xml
        assert "_xlnm.Print_Titles" in parts.read("xl/workbook.xml").decode()


def test_hostile_names_stay_text(example: Assessment, tmp_path: Path) -> None:
    rows = example.residences.copy()
    rows["name"] = [HOSTILE[at % len(HOSTILE)] for at in range(len(rows))]
    write_workbook(replace(example, residences=rows), tmp_path / "a.xlsx")
    assert (
        column(sheets(tmp_path / "a.xlsx")["居住区明细"], "小区名称")[:-1] == rows["name"].tolist()
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        xml = "".join(
            parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name
        )
    formulas = re.findall(r"<f>(.*?)</f>", xml)
    assert all(re.match(r"SUBTOTAL|SUM|ROUND", formula) for formula in formulas)
    assert "<hyperlink" not in xml


def test_the_worked_calculation_can_be_followed(book: Path, example: Assessment) -> None:
    worked = worked_residence(example)
    assert worked is not None
    # 户数 x 标准 / 100 - what is given = what is missing: the reader's own sum.
    asked = worked.households * worked.rate / 100
    given = sum(m2 for _, _, m2 in worked.parts)
    assert asked == pytest.approx(worked.requirement_m2, abs=0.01)
    assert asked - given == pytest.approx(worked.shortage_m2, abs=0.011)
    cells = {str(row[0]): row[1] for row in sheets(book)["参数与说明"]}
    assert cells["要求面积（平方米）"] == worked.requirement_m2
    assert cells["缺口（平方米）"] == worked.shortage_m2


def test_the_gap_list_offers_ways_and_fills_in_only_what_is_owed(book: Path) -> None:
    rows = sheets(book)["缺口清单（街道）"]
    circle = column(rows, "其中服务圈台账缺口（平方米）")[:-1]
    ways = column(rows, label("workbook", "remedy", "zh"))[:-1]
    assert [way == "新建" for way in ways] == [m2 == 0 for m2 in circle]
    with zipfile.ZipFile(book) as parts:
        xml = parts.read("xl/worksheets/sheet8.xml").decode()
    assert "购置,置换,租赁,新建" in xml


def test_the_public_edition_names_no_residence_and_no_facility(
    example: Assessment, tmp_path: Path
) -> None:
    write_workbook(example, tmp_path / "public.xlsx", edition="public")
    found = sheets(tmp_path / "public.xlsx")
    assert not {"居住区明细", "设施明细", "短缺片区", "数据质量"} & {*found}
    text = "\n".join(str(cell) for rows in found.values() for row in rows for cell in row)
    assert "公开版" in text
    assert "内部资料" not in text
    for table in (example.residences, example.facilities):
        named = [*table["name"].dropna(), *table.index]
        assert not [name for name in named if name in text]


def test_a_level_with_withheld_sums_has_the_totals_of_the_area(
    example: Assessment, tmp_path: Path
) -> None:
    write_workbook(example, tmp_path / "public.xlsx", edition="public")
    rows = sheets(tmp_path / "public.xlsx")["分街道统计表"]
    zones = edition_tables(example, "public")["zones"]
    assert zones.loc[zones["level"] == "street", "shortage_m2"].isna().any()
    missing = column(rows, "缺口面积（平方米）")
    assert missing[-1] == example.totals["shortage_m2"]


def test_the_same_assessment_gives_the_same_bytes(example: Assessment, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(example, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_path_that_cannot_be_written_is_an_error(example: Assessment, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_workbook(example, tmp_path / "nowhere" / "a.xlsx")


def test_a_study_without_zones_has_one_gap_row(example: Assessment, tmp_path: Path) -> None:
    gaps = gap_list(example.residences, example.zones.iloc[:0])
    assert gaps["level"].tolist() == ["area"]
    assert gaps["shortage_m2"].tolist() == pytest.approx([example.totals["shortage_m2"]])
    write_workbook(replace(example, zones=example.zones.iloc[:0], gaps=gaps), tmp_path / "a.xlsx")
    rows = sheets(tmp_path / "a.xlsx")["缺口清单（全域）"]
    assert column(rows, "缺口面积（平方米）") == pytest.approx([example.totals["shortage_m2"]] * 2)
