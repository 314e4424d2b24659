import math

import pandas as pd
import pytest

from lifecircle.standards.measures import floor_area_per_100_households, indicator_table
from lifecircle.standards.profile import read_standard

STANDARD = read_standard("weihai-2022")
NEW, EXISTING = STANDARD.rules


def residences(
    *verdicts: str, rule: str | None = NEW.id, reason: str | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        {"rule_id": rule, "verdict": verdicts, "reason": reason, "households": 100.0}
    )


@pytest.mark.parametrize(
    ("verdicts", "share", "verdict"),
    [
        (("met", "met"), 1.0, "met"),
        (("met", "short"), 0.5, "not_met"),
        (("met", "unreachable"), 0.5, "not_met"),
        (("met", "no_data"), 1.0, "no_data"),
        (("short", "no_data"), 0.0, "not_met"),
    ],
)
def test_rule_is_met_if_every_residence_is(
    verdicts: tuple[str, ...], share: float, verdict: str
) -> None:
    measured = floor_area_per_100_households(residences(*verdicts), NEW)
    assert (measured.value, measured.verdict) == (share, verdict)


def test_rule_that_asks_nobody_has_no_data() -> None:
    measured = floor_area_per_100_households(residences("met"), EXISTING)
    assert math.isnan(measured.value)
    assert math.isnan(measured.households_share)
    assert (measured.verdict, measured.denominator) == ("no_data", 0)


def test_residence_of_unknown_status_may_be_asked_by_either_rule() -> None:
    unknown = residences("no_data", rule=None, reason="status_unknown")
    table = pd.concat([residences("met"), unknown])
    measured = floor_area_per_100_households(table, NEW)
    assert (measured.verdict, measured.no_data, measured.value) == ("no_data", 1, 1.0)


def test_households_are_shared_beside_residences() -> None:
    table = residences("met", "short").assign(households=[300.0, 100.0])
    assert floor_area_per_100_households(table, NEW).households_share == 0.75


def test_every_rule_has_a_row_with_its_clause_and_reading() -> None:
    table = indicator_table(residences("met"), STANDARD)
    assert table["rule_id"].tolist() == [NEW.id, EXISTING.id]
    assert table["clause"].tolist() == ["二(二)", "二(二)"]
    assert table["limit"].tolist() == [20.0, 15.0]
    assert table["verdict"].tolist() == ["met", "no_data"]
    assert table["reading"].tolist() == [NEW.reading.zh, EXISTING.reading.zh]
