"""What a study file says for the title block."""

from pathlib import Path

import pytest

from lifecircle.errors import StudyError
from lifecircle.study import Study, read_study

STUDY = """
title = "虚构"
[streets]
file = "a.pbf"
[facilities]
file = "a.pbf"
[residences]
file = "a.pbf"
[plan]
"""


def read(folder: Path, plan: str) -> Study:
    (folder / "a.pbf").write_bytes(b"")
    path = folder / "study.toml"
    path.write_text(STUDY + plan, encoding="utf-8")
    return read_study(path)


def test_everything_may_be_left_out(tmp_path: Path) -> None:
    plan = read(tmp_path, "").plan
    assert (plan.organisation, plan.date, plan.figure_number, plan.review_number) == ("",) * 4
    assert plan.sources == ()


@pytest.mark.parametrize("date", ["2026-11-01", '"2026年11月"'])
def test_a_date_is_printed_as_it_is_written(tmp_path: Path, date: str) -> None:
    assert read(tmp_path, f"date = {date}").plan.date == date.strip('"')


def test_an_unknown_key_and_a_wrong_value_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, 'organization = "虚构"\nfigure_number = 3')
    assert "did you mean 'organisation'" in str(caught.value)
    assert "'plan.figure_number' must be a valid string; found 3" in str(caught.value)
