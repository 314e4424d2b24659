import datetime as dt
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from lifecircle.errors import TableError
from lifecircle.read.spreadsheets import Cells, read_cells

CORPUS = Path(__file__).parent / "corpus"
BOMBS = ["b20_far_cell", "x31_zip_bomb", "x32_entities"]
# Prints the seconds of processor time and the most megabytes that reading a file takes more. The
# parser's program starts with its parent's mark of memory; below it, its own bounds hold it.
MEASURE = """
import resource, sys, time
from pathlib import Path
from lifecircle.errors import TableError
from lifecircle.read.spreadsheets import read_cells
def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both), [one.ru_maxrss for one in both]
before, (own, _) = used()
try:
    read_cells(Path(sys.argv[1]))
except TableError:
    after, (most, child) = used()
    print(after - before, (most - own + max(0, child - own)) / 1024)
"""

TEXT = "编号,名称,户数\n001,幸福里,980户\n1,和平里,120\n"


def written(folder: Path, data: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def values(cells: Cells) -> list[list[str]]:
    return cells.frame.to_numpy().tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    cells = read_cells(written(tmp_path, TEXT.encode(encoding)))
    assert list(cells.frame.columns) == ["编号", "名称", "户数"]
    assert values(cells) == [["001", "幸福里", "980户"], ["1", "和平里", "120"]]


def test_rare_characters_of_gb18030(tmp_path: Path) -> None:
    cells = read_cells(written(tmp_path, "名称,户数\n㐂龘里,1\n".encode("gb18030")))
    assert values(cells) == [["㐂龘里", "1"]]


def test_rows_are_counted_as_excel_shows_them(tmp_path: Path) -> None:
    cells = read_cells(written(tmp_path, 'a,b\n\n"two\nlines",2\n3,4\n'))
    assert list(cells.frame.index) == [3, 4]


def test_an_encoding_that_cannot_be_told_names_the_byte(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"byte 6 \(0xff\) is not utf-8") as caught:
        read_cells(written(tmp_path, b"a,b\n1\xff,2\n"))
    assert len(caught.value.problems) == 3


def test_a_named_encoding_is_taken_at_its_word(tmp_path: Path) -> None:
    path = written(tmp_path, "名稱,户数\n幸福,1\n".encode("big5", errors="replace"))
    assert next(iter(read_cells(path, encoding="big5").frame.columns)) == "名稱"
    with pytest.raises(TableError, match="is not utf-8"):
        read_cells(path, encoding="utf-8")
    with pytest.raises(TableError, match="`encoding` is unknown: 'klingon'"):
        read_cells(path, encoding="klingon")


@pytest.mark.parametrize("row", ["1,2,", "1,200,2"])
def test_a_comma_too_many_is_an_error(tmp_path: Path, row: str) -> None:
    with pytest.raises(TableError, match="header has 2 cells, but these rows have more or fewer"):
        read_cells(written(tmp_path, f"a,b\n{row}\n{row}\n"))


def test_tabs_and_semicolons_divide_too(tmp_path: Path) -> None:
    assert values(read_cells(written(tmp_path, "a\tb\n1\t2,5\n", "a.txt"))) == [["1", "2,5"]]
    assert values(read_cells(written(tmp_path, "a;b\n1;2,5\n"))) == [["1", "2,5"]]


def test_rows_above_the_header_are_titles(tmp_path: Path) -> None:
    cells = read_cells(workbook(tmp_path, s=[["设施一览表"], ["编号", "名称"], ["1", "甲"]]))
    assert list(cells.frame.columns) == ["编号", "名称"]
    assert cells.notes == (("title_skipped", 1, "设施一览表"),)


def test_cells_of_a_workbook_are_as_excel_shows_them(tmp_path: Path) -> None:
    row = [1.0, 0.1 + 0.2, "001", dt.date(2020, 1, 2), True, 1e15, 123456789012345678]
    cells = read_cells(workbook(tmp_path, s=[[*"abcdefg"], row]))
    shown = ["1", "0.3", "001", "2020-01-02", "TRUE", "1000000000000000", "123456789012346000"]
    assert values(cells) == [shown]


def test_several_sheets_with_data_must_be_told_apart(tmp_path: Path) -> None:
    path = workbook(tmp_path, 一=[["a", "b"], [1, 2]], 二=[["a", "b"], [3, 4]], 空=[])
    with pytest.raises(TableError, match=r"several sheets hold data; name one.*: '一', '二'"):
        read_cells(path)
    assert values(read_cells(path, sheet="二")) == [["3", "4"]]
    with pytest.raises(TableError, match="there is no sheet '三'; there are '一', '二', '空'"):
        read_cells(path, sheet="三")


def test_the_only_sheet_with_data_needs_no_name(tmp_path: Path) -> None:
    cells = read_cells(workbook(tmp_path, 说明=[], 数据=[["a", "b"], [1, 2]]))
    assert cells.sheet == "数据"


def test_cells_far_apart_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, 1)
        sheet.write(1_048_575, 16_383, 1)
    with pytest.raises(TableError, match="spans 1,048,576 rows and 16,384 columns"):
        read_cells(path)


def test_far_cells_are_found_though_the_sheet_declares_a_small_one(tmp_path: Path) -> None:
    honest = workbook(tmp_path, s=[["a", "b"], [1, 2]])
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b'r="B2"', b'r="XFD1048576"'))
    with pytest.raises(TableError, match="delete stray cells"):
        read_cells(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", b"\0" * 20_000_000)
    with pytest.raises(TableError, match="would unpack to 20,000,000 bytes"):
        read_cells(path)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.xlsx", b"a,b\n1,2\n", "perhaps plain text"),
        ("a.xls", b"<html><table></table></html>", "a web page"),
        ("a.csv", b"PK\x03\x04....", "a zipped workbook"),
        ("a.xlsx", b"PK\x03\x04....", "damaged"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    tmp_path: Path, name: str, data: bytes, what: str
) -> None:
    with pytest.raises(TableError, match=what):
        read_cells(written(tmp_path, data, name))


@pytest.mark.parametrize("text", ["", "\n\n", "title only\n"])
def test_a_file_without_a_table_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match="there is no table in it"):
        read_cells(written(tmp_path, text))


def test_a_quote_that_never_ends_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not a clean table"):
        read_cells(written(tmp_path, 'a,b\n"1,2\n'))


def measured(path: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", MEASURE, str(path)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - ours
    seconds, megabytes = map(float, told.stdout.split())
    return seconds, megabytes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parser has bounds on Linux")
@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_is_an_error_within_two_seconds_and_200_megabytes(case: str) -> None:
    seconds, megabytes = measured(CORPUS / case / "facilities.xlsx")
    assert seconds < 2
    assert megabytes < 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parser has bounds on Linux")
def test_a_parser_that_breaks_is_an_error_within_two_seconds_and_200_megabytes(
    tmp_path: Path,
) -> None:
    """The texts of its cells break off in the middle."""
    honest = workbook(tmp_path, s=[["a", "b"], ["c", "d"]])
    path = tmp_path / "greedy.xlsx"
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/sharedStrings.xml":
                data = data[: len(data) // 2]
            new.writestr(name, data)
    seconds, megabytes = measured(path)
    assert seconds < 2
    assert megabytes < 200
