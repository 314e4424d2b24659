"""The step before all others: the town at the end of the year that the study asks for."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.study import Study
from lifecircle.supply.codes import merged_flags
from lifecircle.supply.years import (
    built_by,
    facilities_then,
    facility_year_flags,
    residence_year_flags,
    year_problems,
)
from lifecircle.tables import checked

__all__ = ["Dated", "inputs_then", "with_flags"]

_STATES = ("planned_operates_then", "not_open_then", "closed_then", "closed_since")
_UNKNOWN = ("open_year_unknown", "close_year_unknown")


class Dated(NamedTuple):
    """
    The inputs as they are at the end of a year.

    Attributes
    ----------
    inputs
        Without the residences that are not built yet, facilities with the status of then.
    quality
        What that changed and what it rests on, as `quality_table` gives it.
    facility_flags, residence_flags
        The same, row by row; empty without a year.
    listed
        All residences, those that are not built yet among them; None without a year.
    """

    inputs: StudyInputs
    quality: pd.DataFrame
    facility_flags: pd.Series
    residence_flags: pd.Series
    listed: pd.DataFrame | None = None


def inputs_then(inputs: StudyInputs, study: Study) -> Dated:
    """
    Set the inputs into the state of the study's ``as_of``.

    Parameters
    ----------
    inputs
        Streets and tables, as they were read.
    study
        The settings.

    Returns
    -------
    dated
        The inputs themselves if the study names no year.

    Raises
    ------
    TableError
        If the tables break their contracts; if a facility closes before it opens and the study
        asks for years; if no residence is built by the first of them.
    """
    asked = [year for year in (study.as_of, *(study.years or ())) if year is not None]
    none = pd.Series(dtype=object)
    if not asked:
        return Dated(inputs, quality_table([]), none, none)
    homes, goals = (
        checked(inputs.residences, "residences"),
        checked(inputs.facilities, "facilities"),
    )
    _require_years(homes, goals, first=min(asked))
    remarks = [*_unknown_years(homes, goals, year=min(asked))]
    if study.as_of is None:
        return Dated(inputs, quality_table(remarks), none, none)
    year = study.as_of
    there = built_by(homes, year=year)
    flags = facility_year_flags(goals, year=year)
    remarks += [*_not_built(homes[~there]), *_changed_states(goals, flags)]
    return Dated(
        inputs=replace(
            inputs, residences=homes[there], facilities=facilities_then(goals, year=year)
        ),
        quality=quality_table(remarks),
        facility_flags=flags,
        residence_flags=residence_year_flags(homes[there]),
        listed=homes,
    )


def with_flags(table: gpd.GeoDataFrame, flags: pd.Series) -> gpd.GeoDataFrame:
    """
    Add flags to those of a table.

    Parameters
    ----------
    table
        With the column ``flags``.
    flags
        On ids of which the table has some; empty for none.

    Returns
    -------
    table
        The same rows.
    """
    if flags.empty:
        return table
    return table.assign(flags=merged_flags([table["flags"], flags.reindex(table.index)]))


def _require_years(homes: pd.DataFrame, goals: pd.DataFrame, *, first: int) -> None:
    if problems := [*year_problems(goals)]:
        raise TableError("facilities", problems)
    if len(homes) and not built_by(homes, year=first).any():
        earliest = int(homes["year"].min())
        problem = f"none is built by the end of {first}, the first in {earliest}; name later years."
        raise TableError("residences", [problem])


def _unknown_years(homes: pd.DataFrame, goals: pd.DataFrame, *, year: int) -> Iterator[Remark]:
    """Count the rows whose state no year tells, each input once."""
    codes = facility_year_flags(goals, year=year).str.split(";")
    for code in _UNKNOWN:
        rows = goals[[code in found for found in codes]]
        yield from _counted("facilities", code, rows, of=len(goals))
    rows = homes[homes["year"].isna()]
    yield from _counted("residences", "built_year_unknown", rows, of=len(homes))


def _counted(name: str, code: str, rows: pd.DataFrame, *, of: int) -> Iterator[Remark]:
    fields = {"open_year_unknown": "open_year", "close_year_unknown": "close_year"}
    if len(rows):
        first = ", ".join(_called(row) for row in rows.head(5)["name"].items())
        found = f"{len(rows)} / {of}: {first}"
        yield Remark(input=name, field=fields.get(code, "year"), reason=code, found=found)


def _not_built(rows: pd.DataFrame) -> Iterator[Remark]:
    for key, name, built in zip(rows.index, rows["name"], rows["year"], strict=True):
        yield Remark(
            input="residences", field="year", reason="not_built_then",
            found=f"{_called((key, name))}: {built:.0f}", severity="note",
        )  # fmt: skip


def _changed_states(goals: pd.DataFrame, flags: pd.Series) -> Iterator[Remark]:
    years = zip(goals["open_year"], goals["close_year"], strict=True)
    for row, codes, (opens, closes) in zip(goals["name"].items(), flags, years, strict=True):
        for code in (one for one in codes.split(";") if one in _STATES):
            ends = code in ("closed_then", "closed_since")
            yield Remark(
                input="facilities", field="close_year" if ends else "open_year", reason=code,
                found=f"{_called(row)}: {closes if ends else opens:.0f}", severity="note",
            )  # fmt: skip


def _called(row: tuple[object, object]) -> str:
    key, name = row
    return f"{key} {name or ''}".strip()
