"""A standard of one's own, as the documentation shows it, on the toy town."""

from pathlib import Path

import pytest

from lifecircle.assessment import Assessment, assess
from lifecircle.errors import StandardError
from lifecircle.standards.profile import read_standard
from test_assessment import study, toy_town

PAGE = Path(__file__).parents[1] / "docs" / "standards" / "index.md"
# The rates and sites that other cities are said to use; an example, no document.
TEN_LINES = """
id = "my-city"
title = { zh = "本市标准（示例）", en = "My city (an example)" }
status = "unknown"
[[rules]]
id = "my-city-existing"
title = { zh = "既有小区每百户20平方米", en = "Existing residences: 20 m² per 100 households" }
reading = { zh = "步行可达", en = "within the walk" }
measure = "floor_area_per_100_households"
arguments = { status = "existing", ledger = "circle" }
limit = 20
unit = "m² per 100 households"
"""
NEW = """
[[rules]]
id = "my-city-new"
title = { zh = "新建小区每百户30平方米", en = "New residences: 30 m² per 100 households" }
reading = { zh = "配建", en = "built with them" }
measure = "floor_area_per_100_households"
arguments = { status = "new", ledger = "own", min_site_m2 = 350, pooled = true }
limit = 30
unit = "m² per 100 households"
"""


def by(tmp_path: Path, text: str, **settings: object) -> Assessment:
    path = tmp_path / "my-city.toml"
    path.write_text(text, encoding="utf-8")
    plain = read_standard("walk-20")
    settings_of = study(**settings)
    return assess(toy_town(), study=settings_of, standard=read_standard(path), plain=plain)


def test_ten_lines_are_a_standard_and_leave_new_residences_unasked(tmp_path: Path) -> None:
    result = by(tmp_path, TEN_LINES).residences
    assert result.loc["r1", "requirement_m2"] == 60  # 300 households at 20 m² per 100
    assert result.loc["r3", "verdict"] == "not_asked"


@pytest.mark.skipif(not PAGE.exists(), reason="an installed package has no documentation")
def test_the_ten_lines_of_the_documentation_are_a_standard(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    lines = text[text.index('id = "my-city"') :].split("```")[0]
    (tmp_path / "my-city.toml").write_text(lines, encoding="utf-8")
    [rule] = read_standard(tmp_path / "my-city.toml").floor_area_rules
    assert (rule.limit, rule.arguments.min_site_m2, rule.arguments.pooled) == (30, 350, True)


def test_thirty_for_new_ones(tmp_path: Path) -> None:
    result = by(tmp_path, TEN_LINES + NEW.replace("min_site_m2 = 350, ", "")).residences
    assert result.loc["r3", ["requirement_m2", "own_m2", "own_verdict"]].tolist() == [
        30, 20, "short",
    ]  # fmt: skip


def test_a_site_below_the_least_size_counts_nothing(tmp_path: Path) -> None:
    rule = NEW.replace("limit = 30", "limit = 20")
    result = by(tmp_path, TEN_LINES + rule).residences  # r3 has 20 m² of 20, in a site below 350
    assert result.loc["r3", ["own_m2", "verdict"]].tolist() == [0, "short"]


def test_floor_area_above_the_highest_storey_does_not_count(tmp_path: Path) -> None:
    low = TEN_LINES.replace('"circle"', '"circle", highest_floor = 2')
    town = toy_town()
    plain = by(tmp_path, TEN_LINES).facilities
    counting = plain.index[plain["counted_m2"] > 0]
    town.facilities.loc[counting[0], "floor"] = 3.0
    (tmp_path / "low.toml").write_text(low, encoding="utf-8")
    found = assess(
        town,
        study=study(),
        standard=read_standard(tmp_path / "low.toml"),
        plain=read_standard("walk-20"),
    ).facilities.loc[counting[0]]
    assert (found["counted_m2"], found["counted_reason"]) == (0, "storey_too_high")


def test_rules_of_one_document_name_one_highest_storey(tmp_path: Path) -> None:
    path = tmp_path / "my-city.toml"
    path.write_text(TEN_LINES + NEW.replace('"own"', '"own", highest_floor = 3'), encoding="utf-8")
    with pytest.raises(StandardError, match="the rules must name the same 'highest_floor'"):
        read_standard(path)


# A stands at 350: r1 at 100 is 250 m off, r2 at 600 is 250 m off.
@pytest.mark.parametrize(("metres", "reached"), [(250, 1), (249.999, 0)])
@pytest.mark.parametrize("walk", ["network", "straight"])
def test_a_walk_of_its_own_counts_to_the_millimetre(
    tmp_path: Path, metres: float, reached: int, walk: str
) -> None:
    more = f'ledger = "circle", max_walk_m = {metres}, walk = "{walk}"'
    result = by(tmp_path, TEN_LINES.replace('ledger = "circle"', more))
    homes = result.residences
    assert homes.loc[["r1", "r2"], "reachable_facilities"].tolist() == [reached, reached]
    assert homes.loc["r1", "verdict"] in ({"met", "short"} if reached else {"unreachable"})
    assert homes.loc["r1", "plain_verdict"] in {"met", "short"}  # the plain reading has its own
    assert result.links["allocated_m2"].sum() == (60 if reached else 0)
    if walk == "straight":  # the radius of the rule is the one that is printed: r1, r2 of 750
        assert result.totals["radius_share"] == pytest.approx(reached * 500 / 750)


def test_a_walk_beyond_the_studys_is_an_error(tmp_path: Path) -> None:
    text = TEN_LINES.replace('ledger = "circle"', 'ledger = "circle", max_walk_m = 1000')
    with pytest.raises(StandardError, match=r"only 900 m; set 'walk\.limit_m'"):
        by(tmp_path, text)
    assert by(tmp_path, text, walk={"limit_m": 1000.0}).links is not None


def test_beside_another_standard_the_stricter_rule_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "my-city.toml"
    path.write_text(TEN_LINES + NEW, encoding="utf-8")
    result = assess(
        toy_town(),
        study=study(),
        standard=read_standard("weihai-2022"),
        plain=read_standard("walk-20"),
        also=[read_standard(path), read_standard("dongguan-2020")],
    )
    table = result.indicators.set_index("rule_id")
    assert set(table.index[table["stricter"]]) == {"my-city-existing", "my-city-new"}
    assert result.residences.loc["r1", "rule_id"] == "weihai-2022-existing"
    # 30 m² are owed by r3's 100 households and 20 m² are too small a site: 30 m² are missing.
    assert table.loc["my-city-new", ["value", "distance", "distance_in"]].tolist() == [0, 30, "m2"]


def test_a_document_without_floor_area_asks_nobody_and_still_has_its_indicators() -> None:
    result = assess(
        toy_town(),
        study=study(),
        standard=read_standard("zhenjiang-2021"),
        plain=read_standard("walk-20"),
    )
    assert set(result.residences["verdict"]) == {"not_asked"}
    assert len(result.indicators) == 27
    assert result.totals["requirement_m2"] == 0
