import pandas as pd

from lifecircle.supply.readings import READINGS, verdict_sums
from lifecircle.tables import VERDICTS


def judged() -> pd.DataFrame:
    """Three residences: two met under every reading but the own one, one of unknown households."""
    table = pd.DataFrame({"households": [300.0, 100.0, float("nan")]}, index=["R1", "R2", "R3"])
    for verdict, shortage in READINGS.values():
        table[verdict] = ["met", "met", "no_data"]
        table[shortage] = [0.0, 0.0, float("nan")]
    return table.assign(own_verdict="short", own_shortage_m2=[60.0, 20.0, float("nan")])


def test_residences_households_and_square_metres_are_added_up_by_reading_and_verdict() -> None:
    sums = verdict_sums(judged())
    assert sums.loc[("rule", "met")].tolist() == [2, 400, 0]
    assert sums.loc[("own", "short")].tolist() == [3, 400, 80]
    assert sums.loc[("circle", "no_data")].tolist() == [1, 0, 0]


def test_every_reading_counts_every_residence_once_and_names_every_verdict() -> None:
    sums = verdict_sums(judged())
    assert sums.index.tolist() == [(reading, word) for reading in READINGS for word in VERDICTS]
    assert sums["residences"].groupby("reading").sum().eq(3).all()
