import ast
import re
from pathlib import Path

import pytest

import lifecircle.read
from lifecircle.read.quality import QUALITY_COLUMNS, Remark, quality_table, reasons

TAKE_A_REASON = ("remark", "_lost", "_nothing")
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


def positional_words(path: Path) -> set[str]:
    """Every word that a module hands by position to the functions that take a reason code."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    named = [call for call in calls if getattr(call.func, "id", "") in TAKE_A_REASON]
    words = [arg.value for call in named for arg in call.args[:3] if isinstance(arg, ast.Constant)]
    return {word for word in words if isinstance(word, str) and word}


@pytest.mark.parametrize("name", ["inputs", "joins", "opening", "places", "values"])
def test_every_reason_that_a_reader_gives_is_documented(name: str) -> None:
    assert positional_words(READERS / f"{name}.py") <= set(reasons())


def test_every_reason_for_no_number_is_documented() -> None:
    assert positional_words(READERS.parent / "units.py") <= set(reasons())
    assert "blank" in positional_words(READERS.parent / "units.py")


@pytest.mark.parametrize(("ending", "language"), [("", "en"), ("-zh", "zh")])
def test_the_page_of_reason_codes_is_up_to_date(ending: str, language: str) -> None:
    page = Path(__file__).parents[1] / "docs" / f"reasons{ending}.md"
    if not page.is_file():
        pytest.skip("an installed package has no docs")
    rows = page.read_text(encoding="utf-8").splitlines()
    told = {row.split("`")[1]: row for row in rows if row.startswith("| `")}
    assert list(told) == sorted(reasons())
    for code, text in reasons().items():
        assert all(text[word] in told[code] for word in (language, f"remedy_{language}"))
