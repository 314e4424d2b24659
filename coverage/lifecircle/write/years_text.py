"""Years, for the terminal, the summary and the marks on every output."""

from typing import TYPE_CHECKING, Final

import pandas as pd
from rich.table import Table

from lifecircle.labels import Language, filled, label
from lifecircle.supply.gaps import WHOLE_AREA

if TYPE_CHECKING:
    from lifecircle.study import Study

__all__ = ["as_of_mark", "year_summary", "year_tables"]

_SHOWN: Final = (
    "residences", "facilities_counted", "requirement_m2", "supply_m2", "allocated_m2",
    "shortage_m2", "served_share", "met_share",
)  # fmt: skip
_UNSURE: Final = ("residences_year_unknown", "facilities_year_unknown")


def as_of_mark(study: "Study", language: Language) -> list[str]:
    """
    Say at which year's end a result looks at the town.

    Parameters
    ----------
    study
        Of the result.
    language
        Of the words.

    Returns
    -------
    marks
        One; none if it looks at the lists as they are.
    """
    if study.as_of is None:
        return []
    return [label("years", "as_of", language).format(year=study.as_of)]


def year_summary(years: pd.DataFrame) -> list[dict[str, object]]:
    """
    Set out a series for programs.

    Parameters
    ----------
    years
        As in the `Assessment`.

    Returns
    -------
    rows
        Of the whole area, one a year; unknown numbers are None.
    """
    whole = _of_the_whole(years).drop(columns=["level", "zone_id", "zone"])
    return [
        {
            "year": int(row["year"]),
            **{
                str(name): None if pd.isna(value) else round(float(value), 6)
                for name, value in row.items()
                if name != "year"
            },
        }
        for row in whole.to_dict("records")
    ]


def year_tables(years: pd.DataFrame, language: Language) -> list[Table]:
    """
    Lay out a series for the terminal.

    Parameters
    ----------
    years
        As in the `Assessment`; without rows there is no table.
    language
        Of the words.

    Returns
    -------
    tables
        One with a line a year, of the whole area.
    """
    if years.empty:
        return []
    whole = _of_the_whole(years)
    unsure = {name: int(whole[name].max()) for name in _UNSURE}
    table = Table(title=label("years", "heading", language))
    if any(unsure.values()):
        table.caption = filled(label("years", "unsure", language), **unsure)
    table.add_column(label("years", "year", language))
    for name in _SHOWN:
        table.add_column(label("years", name, language), justify="right", overflow="fold")
    for _, row in whole.iterrows():
        cells = [
            _percent(row[name]) if name.endswith("_share") else f"{row[name]:,.0f}"
            for name in _SHOWN
        ]
        table.add_row(f"{row['year']:.0f}", *cells)
    return [table]


def _of_the_whole(years: pd.DataFrame) -> pd.DataFrame:
    return years[years["level"] == WHOLE_AREA]


def _percent(share: float) -> str:
    return "–" if pd.isna(share) else f"{share:.1%}"
