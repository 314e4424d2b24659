"""Profiles as the command line and the documentation show them."""

from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.standards.profile import read_standard, shipped_standards
from lifecircle.write.indicators import limit_text, value_text
from lifecircle.write.standard_pages import comparison_table, standard_markdown, standards_table

PAGES = Path(__file__).parents[1] / "docs" / "standards"
FOLDERS = {"en": PAGES, "zh": PAGES.with_name("standards-zh")}


def printed(table: Table) -> str:
    stream = StringIO()
    Console(width=400, file=stream).print(table)
    return stream.getvalue()


@pytest.mark.skipif(not PAGES.exists(), reason="an installed package has no documentation")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", shipped_standards())
def test_the_documentation_has_the_page_that_the_command_prints(
    name: str, language: Literal["en", "zh"]
) -> None:
    folder = FOLDERS[language]
    page = (folder / f"{name}.md").read_text(encoding="utf-8")
    assert page == standard_markdown(read_standard(name), language)
    assert f"\n{name}\n" in (folder / "index.md").read_text(encoding="utf-8")


def test_a_page_has_a_row_a_rule_and_says_what_is_not_known() -> None:
    page = standard_markdown(read_standard("zhenjiang-2021"), "zh")
    assert page.count("\n| 表1 |") == 27
    assert "- 文号: 文件未载明" in page
    assert "| 表1 | 县（区）护理院建成率 | 约束性 | 66.7 (2020) | ≥ 100 % | 2025 |" in page


def test_the_list_names_every_document_with_its_rates() -> None:
    lines = printed(standards_table([read_standard(name) for name in shipped_standards()], "en"))
    [weihai] = [line for line in lines.splitlines() if "weihai-2022" in line]
    assert "威政字〔2022〕57号" in weihai
    assert "20 / 15" in weihai
    assert "horizon passed" in weihai


def test_two_documents_meet_where_they_ask_the_same() -> None:
    table = comparison_table(read_standard("weihai-2022"), read_standard("zhenjiang-2021"), "en")
    [beds] = [line for line in printed(table).splitlines() if "beds per 1000" in line]
    assert "≥ 53 beds per 1000 older people (2025)" in beds
    assert "≥ 41 beds per 1000 older people (2025)" in beds


def test_the_commands() -> None:
    run = CliRunner().invoke
    assert "xianyang-2019" in run(app, ["standards"], env={"COLUMNS": "300"}).output
    shown = run(app, ["standards", "show", "dongguan-2020", "--markdown"])
    assert shown.output == standard_markdown(read_standard("dongguan-2020"), "zh")
    assert "每百户" in run(app, ["standards", "show", "walk-20"]).output
    assert run(app, ["standards", "compare", "gansu-2021", "county-2021"]).exit_code == 0


def test_numbers_are_written_with_their_units() -> None:
    assert limit_text(">=", 14750, "places", "en") == "≥ 14,750 places"
    assert limit_text("about", 2.4, "‰", "zh") == "≈ 2.4 ‰"
    assert limit_text("about", float("nan"), "%", "en") == "no number"
    assert (value_text(100, "%"), value_text(0.9014, "x"), value_text(float("nan"), "x")) == (
        "100.0 %",
        "0.9",
        "–",
    )
