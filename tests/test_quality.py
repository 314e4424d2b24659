import re
from pathlib import Path

import pytest

import lifecircle.read
from lifecircle.read.quality import QUALITY_COLUMNS, Remark, quality_table, reasons

READERS = Path(lifecircle.read.__file__).parent


def test_the_table_has_its_columns_even_if_nothing_was_met() -> None:
    table = quality_table([])
    assert list(table.columns) == list(QUALITY_COLUMNS)
    assert table.empty


def test_rows_are_whole_numbers_or_unknown() -> None:
    remarks = [Remark(input="a", reason="blank", row=7), Remark(input="a", reason="id_made")]
    rows = quality_table(remarks)["row"]
    assert rows.dtype == "Int64"
    assert rows[0] == 7
    assert rows.isna().tolist() == [False, True]


@pytest.mark.parametrize("code", reasons())
def test_every_reason_has_its_texts_in_both_languages(code: str) -> None:
    assert re.fullmatch(r"[a-z_]+", code)
    assert set(reasons()[code]) == {"zh", "en", "remedy_zh", "remedy_en"}
    assert all(reasons()[code].values())


def test_every_reason_that_a_reader_gives_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in READERS.glob("*.py"))
    source += (READERS.parent / "units.py").read_text(encoding="utf-8")
    given = re.findall(r'(?:remark\(|_lost\(|_nothing\(|nan, )[^")]*"([a-z_]+)"', source)
    assert set(given) - {"facilities"} <= set(reasons())
