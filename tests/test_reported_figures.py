"""Reported figures as a bureau fills them in."""

from pathlib import Path

import pytest

from lifecircle.errors import TableError
from lifecircle.read.reported_figures import read_reported_figures


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "statistics.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_figures_with_chinese_headers_in_gbk(tmp_path: Path) -> None:
    text = '编号,数值,年份,来源\nmonthly_visits,100%,2024年,民政局\njobs,"4,000",,\n'
    table = read_reported_figures(written(tmp_path, text, "gb18030"))
    assert table["key"].tolist() == ["monthly_visits", "jobs"]
    assert table["value"].tolist() == [100, 4000]
    assert table["year"].tolist()[0] == 2024
    assert table["source"].tolist() == ["民政局", None]


def test_year_and_source_may_be_left_out(tmp_path: Path) -> None:
    table = read_reported_figures(written(tmp_path, "key,value\na,\nb,2.5\n"))
    assert table["value"].isna().tolist() == [True, False]
    assert table["year"].isna().all()


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "key,value,year\na,many,2024\nb,1,later\nc,1,2024\nc,2,2024\n")
    with pytest.raises(TableError) as error:
        read_reported_figures(path)
    assert error.value.problems == (
        "row 2: 'value' must be a number, found 'many'.",
        "row 3: 'year' must be a number, found 'later'.",
        "row 5: 'c' stands twice for one year.",
    )


def test_a_table_without_keys_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="column 'key' is missing"):
        read_reported_figures(written(tmp_path, "name,value\na,1\n"))
