from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lifecircle.errors import StandardError
from lifecircle.standards.profile import read_standard, shipped_standards
from lifecircle.standards.vocabulary import COMMUNITY_KINDS

PROFILE = """
id = "my-city"
title = { zh = "本市", en = "My city" }
status = "in_force"

[[rules]]
id = "new"
title = { zh = "新建", en = "New" }
reading = { zh = "口径", en = "Reading" }
measure = "floor_area_per_100_households"
arguments = { status = "new", ledger = "own" }
comparison = ">="
limit = 12.5
unit = "m² per 100 households"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "本市.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def problems(path: Path, *changes: tuple[str, str]) -> tuple[str, ...]:
    """Read the profile after some of its text is replaced; return what is told."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StandardError) as error:
        read_standard(path)
    return error.value.problems


@pytest.mark.parametrize("name", shipped_standards())
def test_shipped_profile_bears_the_name_of_its_file(name: str) -> None:
    assert read_standard(name).id == name


@pytest.mark.parametrize(
    ("name", "number", "issued", "horizon", "clause"),
    [
        ("weihai-2022", "威政字〔2022〕57号", date(2022, 9, 30), 2025, "二(二)"),
        ("dongguan-2020", "东府办〔2020〕57号", date(2020, 8, 27), 2022, "二(十一)"),
    ],
)
def test_document_is_cited(name: str, number: str, issued: date, horizon: int, clause: str) -> None:
    standard = read_standard(name)
    assert (standard.number, standard.date, standard.horizon) == (number, issued, horizon)
    assert standard.status == "horizon_passed"
    assert {rule.clause for rule in standard.floor_area_rules} == {clause}


@pytest.mark.parametrize("name", ["weihai-2022", "dongguan-2020"])
def test_new_residences_owe_twenty_of_their_own_and_existing_ones_fifteen(name: str) -> None:
    asked = {
        rule.arguments.status: (rule.limit, rule.arguments.ledger)
        for rule in read_standard(name).floor_area_rules
    }
    assert asked == {"new": (20, "own"), "existing": (15, "circle")}


def test_plain_reading_asks_twenty_of_all_and_cites_no_document() -> None:
    standard = read_standard("walk-20")
    [rule] = standard.floor_area_rules
    assert (rule.limit, rule.arguments.status, rule.arguments.ledger) == (20, "all", "circle")
    assert rule.arguments.kinds == COMMUNITY_KINDS
    assert (standard.number, standard.date, standard.issuer, rule.clause) == (None,) * 4


def test_own_profile_is_read_with_exact_numbers(profile: Path) -> None:
    [rule] = read_standard(profile).rules
    assert rule.limit == Decimal("12.5")
    assert rule.measure == "floor_area_per_100_households"
    assert read_standard(str(profile)) == read_standard(profile)


def test_byte_order_mark_of_windows_is_no_fault(profile: Path) -> None:
    profile.write_text(PROFILE, encoding="utf-8-sig")
    assert read_standard(profile).id == "my-city"


def test_unknown_id_lists_the_known_ones_and_the_near_one() -> None:
    with pytest.raises(StandardError) as error:
        read_standard("weihai-2020")
    [problem] = error.value.problems
    assert "known are community-services-2021, county-2021, dongguan-2020," in problem
    assert "Did you mean 'weihai-2022'?" in problem


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match="the file cannot be read"):
        read_standard(tmp_path / "none.toml")


def test_file_saved_as_gbk_is_an_error(profile: Path) -> None:
    profile.write_text(PROFILE, encoding="gb18030")
    with pytest.raises(StandardError, match="must be saved as UTF-8"):
        read_standard(profile)


def test_text_that_is_not_toml_is_an_error(profile: Path) -> None:
    [problem] = problems(profile, ('id = "my-city"', "id = my city"))
    assert problem.startswith("the file is not TOML:")
    assert "line 2" in problem


MEASURE = 'measure = "floor_area_per_100_households"\n'
UNIT = 'unit = "'
ARGUMENTS = '{ status = "new", ledger = "own" }'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (UNIT, "limitt = 3\n" + UNIT, "unknown key 'limitt' in rule 1; known are arguments, base"),
        (UNIT, "limitt = 3\n" + UNIT, "Did you mean 'limit'?"),
        (UNIT, "base = true\n" + UNIT, "'base' in rule 1 must be a number, found True."),
        (UNIT, 'nature = "list"\n' + UNIT, "rule 1: 'nature' cannot be 'list'"),
        (UNIT, 'scope = { setting = "rural" }\n' + UNIT, "'scope.setting' cannot be applied to"),
        (UNIT, 'scope = { status = "all" }\n' + UNIT, "'scope.status' must be the arguments' 's"),
        ("limit = 12.5\n", "", "rule 1: 'limit' is missing; 'floor_area_per_100_households' needs"),
        (MEASURE, 'measure = "share_of_beds"\n', "unknown key 'arguments.status' in rule 1"),
        (UNIT, 'nature = "lists"\n' + UNIT, "'nature' in rule 1 must be 'binding', 'expected' or"),
        ('"own"', '"own", max_walk_m = 700', "'max_walk_m' is only applied in the ledger 'circle'"),
        ("limit = 12.5", "limit = -3.5", "'limit' in rule 1 must be greater than 0, found -3.5."),
        ("limit = 12.5", "limit = 0", "'limit' in rule 1 must be greater than 0, found 0."),
        ("limit = 12.5", "limit = inf", "'limit' in rule 1 must be a finite number"),
        ("limit = 12.5", 'limit = "many"', "'limit' in rule 1 must be a number, found 'many'."),
        (
            MEASURE,
            'measure = "flor_area"\n',
            "'measure' in rule 1 names no known measure: 'flor_ar",
        ),
        (MEASURE, 'measure = "floor_area_per_100"\n', "mean 'floor_area_per_100_households'?"),
        (MEASURE, "", "'measure' in rule 1 is missing."),
        ('">="', '"=>"', "must be '>=', '>', '<=', '=' or 'about', found '=>'."),
        ('">="', '"<="', "rule 1: 'comparison' must be '>=' for 'floor_area_per_100_households'."),
        ('"my-city"', '"My City"', "'id' must be lower-case words, joined by hyphens, found 'My C"),
        ('"in_force"', '"valid"', "'status' must be 'in_force', 'horizon_passed', 'replaced' or"),
        ('status = "new", ', "", "'arguments.status' in rule 1 is missing."),
        (
            '"own"',
            '"own", kind = []',
            "unknown key 'arguments.kind' in rule 1; known are highest_floor, k",
        ),
        ('"own"', '"own", kinds = ["school"]', "'arguments.kinds[0]' in rule 1 must be"),
        ('"own"', '"own", kinds = []', "'arguments.kinds' in rule 1 must be a list that is not e"),
        ('"circle"', '"circle", min_site_m2 = 350', "'min_site_m2' is only applied in the ledger"),
        (ARGUMENTS, "3", "'arguments' in rule 1 must be a table, found 3."),
        ('{ zh = "本市", en = "My city" }', '"本市"', "'title' must be a table, found '本市'."),
        ('"本市"', '""', "'title.zh' must be a text, found ''."),
    ],
)
def test_fault_is_told_in_the_users_words(profile: Path, old: str, new: str, told: str) -> None:
    to_circle = [('"own"', '"circle"')] if old == '"circle"' else []
    assert any(told in problem for problem in problems(profile, *to_circle, (old, new)))


@pytest.mark.parametrize("rules", ["rules = 3", "rules = []", "rules = [3]", ""])
def test_profile_without_usable_rules_is_an_error(profile: Path, rules: str) -> None:
    text = PROFILE[: PROFILE.index("[[rules]]")] + rules
    profile.write_text(text, encoding="utf-8")
    assert len(problems(profile)) == 1


def test_all_faults_are_told_at_once(profile: Path) -> None:
    second = PROFILE[PROFILE.index("[[rules]]") :].replace('id = "new"', 'id = "again"')
    text = PROFILE + second.replace("limit = 12.5", "limit = -1")
    profile.write_text(text, encoding="utf-8")
    missing, negative, unknown, clash = problems(
        profile, ('status = "in_force"', "horizont = 2025")
    )
    assert missing == "'status' is missing."
    assert negative == "'limit' in rule 2 must be greater than 0, found -1."
    assert unknown.startswith("unknown key 'horizont'; known are date, horizon, id, issuer,")
    assert unknown.endswith("Did you mean 'horizon'?")
    assert clash == "'rules': two rules ask residences of status 'new': 'new', 'again'."


def test_rule_for_all_clashes_with_any_other(profile: Path) -> None:
    second = PROFILE[PROFILE.index("[[rules]]") :].replace('status = "new"', 'status = "all"')
    profile.write_text(PROFILE + second, encoding="utf-8")
    [problem] = problems(profile)
    assert "rule id 'new' stands twice." in problem
    assert "two rules ask residences of status 'new'" in problem


def test_rules_of_different_kinds_are_an_error(profile: Path) -> None:
    second = (
        PROFILE[PROFILE.index("[[rules]]") :]
        .replace('id = "new"', 'id = "old"')
        .replace('status = "new"', 'status = "existing", kinds = ["canteen"]')
    )
    profile.write_text(PROFILE + second, encoding="utf-8")
    [problem] = problems(profile)
    assert "the rules must name the same 'kinds'" in problem
