"""The walk that makes a residence served, over a table of three facilities."""

import pandas as pd
import pytest

from lifecircle.supply.served_walks import served_minutes

LINKS = pd.DataFrame(
    {"residence_id": ["R", "R", "R"], "facility_id": ["A", "B", "C"], "minutes": [2.0, 5.0, 9.0]}
)


def minutes(reason: str | None, *, reachable: int = 1) -> float:
    """Time the walk where A is of a kind that does not count, B as told, and C has 300 m²."""
    residences = pd.DataFrame({"reachable_facilities": [reachable]}, index=["R"])
    facilities = pd.DataFrame(
        {"counted_m2": [0.0, 0.0, 300.0], "counted_reason": ["kind", reason, None]},
        index=["A", "B", "C"],
    )
    return served_minutes(residences, facilities, LINKS)["R"]


def test_a_nearer_facility_that_does_not_count_serves_nobody() -> None:
    assert minutes("basement") == 9


@pytest.mark.parametrize("reason", ["area_unknown", "site_counted_once"])
def test_unknown_area_and_another_part_of_a_site_serve(reason: str) -> None:
    assert minutes(reason) == 5


def test_who_reaches_no_floor_area_has_no_minutes() -> None:
    assert pd.isna(minutes(None, reachable=0))
