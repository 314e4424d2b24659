"""The calculation written in the documents is what the engine gives."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lifecircle.supply.fully_met import most_met
from lifecircle.supply.sharing import fair_share

ROOT = Path(__file__).parents[1]
PAGES = {
    "docs/method.md": r"\*\*(\w)\*\* has ([\d,]+) m²",
    "docs/method-zh.md": r"\*\*(\w)\*\*有 ([\d,]+) m²",
}
READMES = ("README.md", "README.zh.md")

pytestmark = pytest.mark.skipif(
    not (ROOT / "docs/method.md").exists(), reason="an installed package has no documents"
)


def written(page: str) -> tuple[pd.Series, pd.DataFrame]:
    """Read the facilities, and the table of asked for, reached, ratio and given."""
    text = (ROOT / page).read_text(encoding="utf-8")
    areas = {
        name: int(amount.replace(",", "")) * 100 for name, amount in re.findall(PAGES[page], text)
    }
    lines = re.findall(
        r"^\| (\S+) \| (\d+) \| (\S[^|]*) \| (\d+/\d+) \| (\d+) \|$", text, re.MULTILINE
    )
    table = pd.DataFrame(lines, columns=["residence", "asked", "reached", "ratio", "given"])
    return pd.Series(areas), table.set_index("residence")


@pytest.mark.parametrize("page", PAGES)
def test_the_engine_gives_the_ratios_and_areas_of_the_page(page: str) -> None:
    areas, table = written(page)
    assert len(areas) == 2
    assert len(table) == 3
    asked = table["asked"].astype(int) * 100
    pairs = [
        (home, goal)
        for home, cell in table["reached"].items()
        for goal in re.split(r"[,、]\s*", cell)
    ]
    links = pd.DataFrame(pairs, columns=["residence_id", "facility_id"])
    share = fair_share(areas, asked, links)
    given = share.units.groupby(links["residence_id"]).sum()
    assert given.to_dict() == (table["given"].astype(int) * 100).to_dict()
    ratios = {home: str(Fraction(int(given[home]), int(asked[home]))) for home in table.index}
    assert ratios == table["ratio"].to_dict()
    text = (ROOT / page).read_text(encoding="utf-8")
    for lack in share.clusters.requirement - share.clusters.capacity:
        assert f"**{lack // 100} m²" in text
    homes, goals = table.index, areas.index
    best = most_met(
        areas.to_numpy(),
        asked.to_numpy(),
        np.array([1, 1, 1]),
        goals.get_indexer(links["facility_id"]),
        homes.get_indexer(links["residence_id"]),
    )
    assert (int((given.reindex(homes) >= asked).sum()), best.reached, best.bound) == (0, 2, 2)


@pytest.mark.parametrize("page", READMES)
def test_the_readmes_tell_the_same_calculation(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for number in ("**1/2**", "**5/6**", "250 m²", "**200 m²**", "**300 m²**", "700 m²"):
        assert number in text
