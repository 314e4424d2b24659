"""The workbooks to be filled in: read as they are, and filled in as a user would."""

import sys
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pyproj import CRS

from lifecircle import cli
from lifecircle.labels import Language
from lifecircle.read.columns import to_words
from lifecircle.read.inputs import ReadTable, read_facilities, read_residences
from lifecircle.read.reported_figures import read_reported_figures
from lifecircle.read.study_inputs import read_study_inputs
from lifecircle.standards.arguments import ReportedArguments
from lifecircle.standards.profile import read_standard
from lifecircle.study import read_study
from lifecircle.tables import columns_of
from lifecircle.write.new_study import write_new_study
from lifecircle.write.templates import (
    TEMPLATE_COLUMNS,
    choices,
    write_statistics_template,
    write_table_template,
)

Listed = Literal["facilities", "residences"]
LISTS: tuple[Listed, ...] = ("facilities", "residences")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CRS_HERE = CRS("EPSG:4547")
FIRST_ROW = 6
IDS = {"facilities": "facility_id", "residences": "residence_id"}
EACH = [(table, language) for table in LISTS for language in LANGUAGES]
each = pytest.mark.parametrize(("table", "language"), EACH)


def template(folder: Path, table: Listed, language: Language) -> Path:
    path = folder / f"{table}.xlsx"
    write_table_template(path, table, language=language)
    return path


def read(path: Path, table: Listed) -> ReadTable:
    reader = read_facilities if table == "facilities" else read_residences
    return reader(path, crs=CRS_HERE, datum="wgs84")


def filled_in(path: Path, cells: dict[int, object]) -> Path:
    book = openpyxl.load_workbook(path)
    for column, value in cells.items():
        book.worksheets[0].cell(FIRST_ROW, column + 1).value = value
    book.save(path)
    return path


def sheet_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


@each
def test_a_template_is_read_as_an_empty_table(
    table: Listed, language: Language, tmp_path: Path
) -> None:
    found = read(template(tmp_path, table, language), table)
    assert found.table.empty
    assert list(found.table.columns) == [*columns_of(table), "geometry"]
    assert found.amounts["rows"] == 0
    reasons = found.quality["reason"].tolist()
    assert reasons.count("example_row") == 1
    assert set(reasons) <= {"example_row", "title_skipped", "status_assumed", "id_made"}
    assert found.quality["severity"].eq("note").all()


def legal(table: Listed, name: str, language: Language) -> object:
    """Give a value that belongs into a column, as a person writes it."""
    if name in ("longitude", "latitude"):
        return {"longitude": 114.29, "latitude": 30.59}[name]
    offered = choices(table, name, language)
    if offered:
        return offered[-1]
    column = columns_of(table).get(name)
    if column is not None and column.holds == "number":
        return 2015 if column.quantity == "year" else 7
    return f"00{name}"


@each
def test_a_row_that_is_filled_in_is_read_to_the_cell(
    table: Listed, language: Language, tmp_path: Path
) -> None:
    names = TEMPLATE_COLUMNS[table]
    values = {place: legal(table, name, language) for place, name in enumerate(names)}
    found = read(filled_in(template(tmp_path, table, language), values), table)
    assert found.table.index.tolist() == [f"00{IDS[table]}"]
    row = found.table.iloc[0]
    for place, name in enumerate(names):
        if name in ("longitude", "latitude", "address", IDS[table]):
            continue
        written = values[place]
        offered = choices(table, name, language)
        if offered:
            section = f"status_{table}" if name == "status" else name
            (word,), strays = to_words(str(written), section)
            assert not strays
            written = {"yes": True, "no": False}.get(word, word)
        assert row[name] == written, name
    assert set(found.quality["severity"]) == {"note"}


@each
def test_every_column_of_the_contract_can_be_filled_in(table: Listed, language: Language) -> None:
    drawn = {name for name, column in columns_of(table).items() if column.holds == "points"}
    assert {*TEMPLATE_COLUMNS[table]} == {
        *columns_of(table),
        IDS[table],
        "longitude",
        "latitude",
        "address",
    } - drawn - {"geocoded"}
    for name in TEMPLATE_COLUMNS[table]:
        section = f"status_{table}" if name == "status" else name
        for word in choices(table, name, language):
            known, strays = to_words(word, section)
            assert (len(known), strays) == (1, []), word


@each
def test_the_drop_downs_stand_in_the_workbook(
    table: Listed, language: Language, tmp_path: Path
) -> None:
    sheet = sheet_of(template(tmp_path, table, language))
    lists = {
        str(rule.sqref).split(":")[0]: str(rule.formula1).strip('"').split(",")
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    expected = [choices(table, name, language) for name in TEMPLATE_COLUMNS[table]]
    assert list(lists.values()) == [words for words in expected if words]
    assert all(cell.endswith(str(FIRST_ROW)) for cell in lists)
    assert sheet.freeze_panes == "C5"
    assert sheet.column_dimensions["A"].number_format == "@" or sheet["A6"].number_format == "@"


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ({0: "示例", 1: "西园（示例）"}, []),
        ({0: "示 例", 1: "西园(示例)"}, []),
        ({0: "R1", 1: "西园（示例）"}, ["R1"]),  # written over: data
        ({0: "示例", 1: "西园"}, ["示例"]),
        ({0: "示例区1", 1: "示例区西园"}, ["示例区1"]),
    ],
)
def test_only_the_example_is_left_out(
    cells: dict[int, object], kept: list[str], tmp_path: Path
) -> None:
    path = template(tmp_path, "residences", "zh")
    names = TEMPLATE_COLUMNS["residences"]
    here = {"longitude": 114.29, "latitude": 30.59, "households": 10}
    cells |= {names.index(name): value for name, value in here.items()}
    assert read(filled_in(path, cells), "residences").table.index.tolist() == kept


def test_an_example_above_the_rows_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "residences.csv"
    path.write_text(
        "小区编号,小区名称,经度,纬度,户数\n示例,阳光花园（示例）,116.4,39.9,1200\n"
        "R1,西园,114.29,30.59,100\n",
        encoding="utf-8",
    )
    found = read(path, "residences")
    assert found.table.index.tolist() == ["R1"]
    assert found.amounts == {"rows": 1, "households": 100}
    note = found.quality.query("reason == 'example_row'")
    assert note["row"].tolist() == [2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_of_a_standard_are_listed_and_read(language: Language, tmp_path: Path) -> None:
    standard = read_standard("weihai-2022")
    path = tmp_path / "statistics.xlsx"
    assert write_statistics_template(path, standard, language=language)
    keys = {
        rule.arguments.key
        for rule in standard.rules
        if isinstance(rule.arguments, ReportedArguments)
    }
    found = read_reported_figures(path)
    assert set(found["key"]) == keys
    assert found["value"].isna().all()
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C3"].value = "12.5%"
    book.worksheets[0]["E3"].value = 2021
    book.save(path)
    found = read_reported_figures(path)
    assert found.loc[0, ["value", "year"]].tolist() == [12.5, 2021]


def test_a_standard_without_figures_needs_no_table(tmp_path: Path) -> None:
    path = tmp_path / "statistics.xlsx"
    assert not write_statistics_template(path, read_standard("walk-20"), language="zh")
    assert not path.exists()


@pytest.mark.parametrize("standard", ["walk-20", "weihai-2022"])
def test_a_new_study_is_read_once_it_has_streets(standard: str, tmp_path: Path) -> None:
    study_file = write_new_study(tmp_path / "新 研究", standard=standard)
    streets = Path(__file__).parent / "corpus" / "b00_base" / "streets.osm"
    (study_file.parent / "streets.osm").write_bytes(streets.read_bytes())
    text = study_file.read_text("utf-8").replace('streets.osm.pbf"', 'streets.osm"')
    study_file.write_text(text, "utf-8")
    inputs = read_study_inputs(read_study(study_file), standard=read_standard(standard))
    assert inputs.residences.empty
    assert inputs.facilities.empty
    assert set(inputs.quality["severity"]) == {"note"}


def test_an_empty_template_cannot_be_run_and_the_message_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    study_file = write_new_study(tmp_path / "study")
    streets = Path(__file__).parent / "corpus" / "b00_base" / "streets.osm"
    (study_file.parent / "streets.osm").write_bytes(streets.read_bytes())
    text = study_file.read_text("utf-8").replace('streets.osm.pbf"', 'streets.osm"')
    study_file.write_text(text, "utf-8")
    monkeypatch.setattr(sys, "argv", ["lifecircle", "run", str(study_file)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "小区 清单还没有数据行" in told
    assert "设施 清单还没有数据行" in told
