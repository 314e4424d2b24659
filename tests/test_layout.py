import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from lifecircle.errors import TableError
from lifecircle.read.columns import column_named
from lifecircle.read.inputs import read_facilities
from lifecircle.read.layout import Cells, arranged
from lifecircle.read.spreadsheets import read_cells
from lifecircle.read.workbooks import Grid

HEADER = ["区", "设施名称", "建筑面积", "经度", "纬度"]
ROW = ["甲区", "一站", "100", "114.3", "30.6"]


def table(*rows: list[str], merged: tuple[tuple[int, int, int, int], ...] = ()) -> Cells:
    return arranged(
        Grid(sheet=None, rows=list(rows), merged=merged),
        source="a.xlsx",
        column_of=lambda header: column_named(header, "facilities"),
        is_amount=lambda column: column == "floor_area_m2",
        ragged_is_a_fault=False,
    )


def reasons(cells: Cells) -> list[tuple[str, int | None]]:
    return [(reason, row) for reason, row, _ in cells.notes]


def test_the_header_is_the_row_that_names_most_columns() -> None:
    cells = table(
        ["设施一览表", "", "", "", ""], ["填报单位：民政局", "", "", "2024年", ""], HEADER, ROW
    )
    assert list(cells.frame.columns) == HEADER
    assert list(cells.frame.index) == [4]
    assert reasons(cells) == [("title_skipped", 1), ("title_skipped", 2)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["合 计", "", "100", "", ""], "total_row"),
        (["", "小计：1家", "100", "", ""], "total_row"),
        (["Total", "", "100", "", ""], "total_row"),
        (["注：面积为建筑面积", "", "", "", ""], "footnote"),
        (["填表人：张三", "", "审核人：李四", "", ""], "footnote"),
        (HEADER, "header_repeated"),
    ],
)
def test_rows_that_are_no_records_are_left_out_and_counted(row: list[str], why: str) -> None:
    cells = table(HEADER, ROW, row, ROW)
    assert list(cells.frame.index) == [2, 4]
    assert reasons(cells) == [(why, 3)]


def test_a_facility_is_no_total_because_of_its_name() -> None:
    cells = table(HEADER, ["甲区", "总计路养老站", "100", "114.3", "30.6"])
    assert len(cells.frame) == 1


def test_blank_rows_are_counted_once() -> None:
    blank = [""] * 5
    cells = table(HEADER, ROW, blank, blank, ROW, blank)
    assert cells.notes == (("blank_rows", None, "2"),)


def test_merged_words_are_filled_downwards_and_merged_amounts_are_not() -> None:
    other = ["", "二站", "", "114.4", "30.6"]
    cells = table(HEADER, ROW, other, merged=((1, 0, 2, 0), (1, 2, 2, 2)))
    assert cells.frame["区"].tolist() == ["甲区", "甲区"]
    assert cells.frame["建筑面积"].tolist() == ["100", ""]
    assert reasons(cells) == [("merged_filled", 2), ("merged_amount", 2)]


def test_a_header_of_two_rows_is_read_at_its_lower_row() -> None:
    upper = ["区", "设施名称", "规模", "位置", ""]
    lower = ["", "", "建筑面积", "经度", "纬度"]
    cells = table(upper, lower, ROW, merged=((0, 0, 1, 0), (0, 1, 1, 1), (0, 3, 0, 4)))
    assert list(cells.frame.columns) == HEADER
    assert list(cells.frame.index) == [3]


def test_a_heading_across_the_table_is_no_record() -> None:
    cells = table(HEADER, ["一、甲区", "", "", "", ""], ROW, merged=((1, 0, 1, 4),))
    assert reasons(cells) == [("section_row", 2)]


def written(path: Path, fill: Callable[[xlsxwriter.Workbook, object], None]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("设施")
        sheet.write_row(2, 0, ["名称", "类型", "建筑面积", "经度", "纬度"])
        sheet.write_row(3, 0, ["一站", "养老服务站", 100, 114.3, 30.6])
        sheet.write_row(4, 0, ["二站", "养老服务站", 100, 114.3, 30.6])
        fill(book, sheet)
    return path


def test_hidden_rows_of_a_workbook_are_read_and_told(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx", lambda _, sheet: sheet.set_row(4, None, None, {"hidden": True})
    )
    cells = read_cells(path)
    assert len(cells.frame) == 2
    assert reasons(cells) == [("hidden_row", 5)]


def test_a_formula_without_a_stored_result_is_an_error_that_names_the_cell(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", lambda _, sheet: sheet.write_formula(4, 2, "=SUM(C4,1)"))
    with pytest.raises(TableError, match="建筑面积 row 5"):
        read_facilities(path, datum="wgs84")


def test_a_formula_with_its_result_is_a_number(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.xlsx", lambda _, sheet: sheet.write_formula(4, 2, "=SUM(C4,1)", None, 101)
    )
    assert read_facilities(path, datum="wgs84").table["floor_area_m2"].tolist() == [100, 101]


def test_a_date_in_an_area_column_is_an_error_that_names_the_row(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", lambda _, sheet: sheet.write(4, 2, dt.date(2024, 1, 2)))
    with pytest.raises(TableError, match=r"建筑面积.*holds dates \(rows 5\)"):
        read_facilities(path, datum="wgs84")


def test_traditional_headers_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "設施名稱,設施類型,建築面積,經度,緯度\n甲,日間照料中心,3畝,114.3,30.6\n", encoding="utf-8"
    )
    facilities = read_facilities(path, datum="wgs84").table
    assert facilities["kind"].tolist() == ["day_care"]
    assert facilities["floor_area_m2"].tolist() == [2000.0]
