"""A real city over years, through the command line: Wuhan with made facilities and made years."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle import cli
from test_wuhan import STUDY, WUHAN, made_facilities

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not WUHAN.exists(), reason="needs shared/data beside the checkout"),
]


def made_years(folder: Path) -> Path:
    """Let a seventh of the stations be planned for 2026 to 2030, the others open 2012 to 2024."""
    stations = made_facilities()
    number = np.arange(len(stations))
    planned = number % 7 == 0
    stations["状态"] = np.where(planned, "规划", "运营")
    stations["启用年份"] = np.where(planned, 2026 + number % 5, 2012 + number % 13)
    stations.to_csv(folder / "made_facilities.csv", index=False)
    text = STUDY.format(wuhan=WUHAN.as_posix())
    study = folder / "study.toml"
    study.write_text("as_of = 2025\nyears = [2020, 2025, 2030]\n" + text, encoding="utf-8")
    return study


def test_three_years_of_a_city_in_one_run(tmp_path: Path) -> None:
    study = made_years(tmp_path)
    ended = CliRunner().invoke(
        cli.app, ["run", str(study), "--out", str(tmp_path / "r"), "--accept-loss"]
    )
    assert ended.exit_code == 0, ended.output
    summary = json.loads((tmp_path / "r" / "summary.json").read_text(encoding="utf-8"))
    rows = {row["year"]: row for row in summary["years"]}
    shared = rows[2025].keys() & summary["totals"].keys()
    assert len(shared) == 15
    assert {name: rows[2025][name] for name in shared} == {
        name: summary["totals"][name] for name in shared
    }
    supplies = [rows[year]["supply_m2"] for year in (2020, 2025, 2030)]
    assert supplies == sorted(set(supplies))  # stations open and none closes
    assert len({row["requirement_m2"] for row in rows.values()}) == 1  # no year of completion
    assert rows[2030]["residences_year_unknown"] == rows[2030]["residences"]
    table = pd.read_parquet(tmp_path / "r" / "tables" / "years.parquet")
    zones = table[table["level"] == "district"].groupby("year")["shortage_m2"].sum()
    assert zones.to_dict() == pytest.approx(
        {year: row["shortage_m2"] for year, row in rows.items()}
    )
