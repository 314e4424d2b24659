"""What is said of robustness, years, travel times and data, as far as it follows from itself."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Final

from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, Row, known, text, units
from lifecircle.verify.sums import summed

__all__ = ["data_problems", "robustness_problems"]

_AMOUNTS: Final = ("rows", "households", "m2", "people")
_S_PER_MIN: Final = 60


def robustness_problems(published: Published) -> Found:
    """
    Check labels against runs, and runs and assumptions against each other.

    The runs themselves are not made again.

    Parameters
    ----------
    published
        A result; without ``[robustness]`` there is nothing to look at.

    Returns
    -------
    count, problems
        Rows looked at, and one sentence a breach.
    """
    tables, settings = published.tables, published.manifest["settings"].get("robustness")
    if settings is None or "robustness_runs" not in tables:
        return 0, []
    homes = {row["residence_id"]: row for row in tables["residences"]}
    rows, runs = tables["robustness_residences"], tables["robustness_runs"]
    problems = [each for row in rows for each in _label_breaches(row, homes, settings)]
    if homes.keys() != {row["residence_id"] for row in rows}:
        problems.append("robustness: not the residences of the result.")
    for name in ("met", "no_data"):
        by_run = sum(row[f"{name}_residences"] for row in runs)
        if by_run != sum(row[f"{name}_runs"] for row in rows):
            problems.append(f"robustness: runs and residences count another number of {name!r}.")
    problems += [each for run in runs for each in _run_breaches(run, settings)]
    if [row["run"] for row in runs] != list(range(1, settings["runs"] + 1)):
        problems.append("robustness: not the runs that the settings ask for.")
    problems += list(_summary_breaches(published))
    return len(rows) + len(runs) + len(tables["robustness_tornado"]), problems


def data_problems(published: Published) -> Found:
    """
    Check that every line of the reconciliation adds up, and ends with the tables' own rows.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Lines looked at, and one sentence a breach.
    """
    rows, problems = published.tables["reconciliation"], []
    before: dict[str, Row] = {}
    for row in rows:
        name, last = row["input"], before.get(row["input"])
        for amount in _AMOUNTS:
            now, lost = known(row.get(amount)), known(row.get(f"lost_{amount}"))
            then = None if last is None else known(last.get(amount))
            if last is None and lost:
                problems.append(f"reconciliation, {name}, {row['step']}: lost {amount} do not fit.")
            if now is None or then is None:
                continue
            if amount == "m2" and row["step"] == "counted":
                continue  # from here on the counted ones
            if other(then - now, lost or 0.0):
                problems.append(f"reconciliation, {name}, {row['step']}: lost {amount} do not fit.")
        before[name] = row
    problems += list(_end_breaches(published))
    return len(rows), problems


def _summary_breaches(published: Published) -> Iterator[str]:
    told, met = published.summary["robustness"], published.summary["totals"]["met_households"]
    tornado = published.tables["robustness_tornado"]
    for row in tornado:
        ends = [row[f"met_households_{end}"] for end in ("low", "own", "high")]
        if other(max(ends) - min(ends), row["range_households"]) or other(ends[1], met):
            yield f"robustness, {row['assumption']}: the range is not that of its ends."
    labels = _labels(published.tables["robustness_residences"])
    if told["tornado"] != tornado or told["labels"] != labels:
        yield "summary.json: robustness is not that of the tables."


def _label_breaches(row: Row, homes: dict[str, Row], settings: Row) -> Iterator[str]:
    key, runs = row["residence_id"], settings["runs"]
    home = homes.get(key, {})
    for name in ("name", "households", "verdict"):
        if other(home.get(name), row[name]):
            yield f"robustness, {key}: another {name}."
    least = ceil(Fraction(str(settings["robust_share"])) * runs)
    met, blank = row["met_runs"], row["no_data_runs"]
    if text(row["verdict"]) == "not_asked" or row["robust_label"] == "not_asked":
        return
    worst, best = (_label(count, runs, least) for count in (met, met + blank))
    label = worst if worst == best else "no_data"
    if label != row["robust_label"]:
        yield f"robustness, {key}: it would be {label!r}."
    if blank < runs and other(met / runs, row["met_runs_share"]):
        yield f"robustness, {key}: another part of the runs."


def _label(met: int, runs: int, least: int) -> str:
    if met >= least:
        return "robustly_met"
    return "robustly_short" if runs - met >= least else "borderline"


def _run_breaches(run: Row, settings: Row) -> Iterator[str]:
    for name in ("speed_m_s", "minutes", "household_share", "floor_area_share", "snap_limit_m"):
        low, high = settings[name]
        if not low <= run[name] <= high:
            yield f"robustness, run {run['run']}: {name} lies outside its range."
    walked_m = run["speed_m_s"] * run["minutes"] * _S_PER_MIN
    if known(run["limit_m"]) is not None and abs(run["limit_m"] - walked_m) > 0.001 * walked_m:
        yield f"robustness, run {run['run']}: the limit is not speed times minutes."


def _labels(rows: list[Row]) -> dict[str, dict[str, float]]:
    found = Counter(row["robust_label"] for row in rows)
    names = ("robustly_met", "borderline", "robustly_short", "no_data", "not_asked")
    return {
        name: {
            "residences": found[name],
            "households": summed([row for row in rows if row["robust_label"] == name],
                                 "households") / 100,
        }
        for name in names
    }  # fmt: skip


def _end_breaches(published: Published) -> Iterator[str]:
    """Compare what came through with the rows of the tables."""
    lines = {(row["input"], row["step"]): row for row in published.tables["reconciliation"]}
    homes = published.tables["residences"]
    goals = [row for row in published.tables["facilities"] if row["inside"]]
    counting = [row for row in goals if (units(row["counted_m2"]) or 0) > 0]
    expected = {
        ("residences", "inside"): (homes, "households"),
        ("residences", "snapped"): ([row for row in homes if row["snapped"]], "households"),
        ("residences", "allocated"): (
            [row for row in homes if (units(row["circle_m2"]) or 0) > 0], "households",
        ),
        ("facilities", "inside"): (goals, "m2"),
        ("facilities", "counted"): (counting, "m2"),
        ("facilities", "allocated"): (
            [row for row in counting if (units(row["allocated_m2"]) or 0) > 0], "m2",
        ),
    }  # fmt: skip
    for (name, step), (rows, amount) in expected.items():
        line = lines.get((name, step))
        if line is None:
            continue
        if len(rows) != line["rows"]:
            yield f"reconciliation, {name}, {step}: {len(rows)} rows are in the table."
        column = {"inside": "floor_area_m2", "counted": "counted_m2", "allocated": "allocated_m2"}
        wanted = "households" if amount == "households" else column[step]
        if other(summed(rows, wanted) / 100, line[amount]):
            yield f"reconciliation, {name}, {step}: another sum of {amount}."
