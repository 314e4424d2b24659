"""The sheets that are tables: indicators, zones, residences, facilities, gaps, clusters, data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pandas as pd

from lifecircle.labels import Language, label, words
from lifecircle.supply.people import PEOPLE_OF_ZONES, PEOPLE_SUMS
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.indicators import distance_text, limit_text, unreported
from lifecircle.write.labelled import labelled_table
from lifecircle.write.remedy_text import proposed_ways, remedy_ways
from lifecircle.write.workbook.layout import Column, Sheet, Total

__all__ = ["column_form", "named_zones", "table_sheets"]

_PLACE: Final = tuple(f"{level}_id" for level in ADMIN_LEVELS)
_RESIDENCES: Final = (
    "residence_id", "name", *_PLACE, "status", "households", "nearest_facility_id", "nearest_m",
    "nearest_minutes", "reachable_facilities", "reachable_m2", "clause", "ledger",
    "requirement_m2", "own_m2", "own_pending_m2", "circle_m2", "verdict", "reason", "shortage_m2",
    "verdict_with_planned", "shortage_m2_with_planned", "cluster_id", "flags",
)  # fmt: skip
_FACILITIES: Final = (
    "facility_id", "name", "kind", *_PLACE, "inside", "status", "floor_area_m2", "beds",
    "nursing_beds", "nursery_places", "serves_id", "delivered", "counted_m2", "counted_reason",
    "allocated_m2", "idle_m2", "reached_households", "flags",
)  # fmt: skip
_ZONES: Final = (
    "zone_id", "name", "population", "households", "older_60", "residences",
    "households_in_residences", "served_households", "served_share", "met_households",
    "met_share", "residences_met", "residences_short", "residences_unreachable",
    "residences_no_data", "residences_not_asked", "requirement_m2", "supply_m2", "allocated_m2",
    "shortage_m2", "people_raster", "people_unassigned", "served_people_raster", "served_people",
)  # fmt: skip
_GAPS: Final = (
    "zone_id", "zone", "residences_short", "households_short", "shortage_m2",
    "own_ledger_shortage_m2", "circle_ledger_shortage_m2", "shortage_m2_with_planned",
    "cluster_ids",
)  # fmt: skip
_CLUSTERS: Final = (
    "cluster_id", "parent_id", "outermost", "residences", "facilities", "requirement_m2",
    "capacity_m2", "shortage_m2", "proven", "residence_ids", "facility_ids",
)  # fmt: skip
_INDICATORS: Final = (
    "clause", "title", "nature", "year", "base", "value", "value_with_planned", "limit",
    "verdict", "distance", "source", "reading",
)  # fmt: skip
_YEARS: Final = (
    "year", "level", "zone", "residences", "residences_not_built", "residences_year_unknown",
    "facilities_counted", "facilities_year_unknown", "households_in_residences", "requirement_m2",
    "supply_m2", "allocated_m2", "shortage_m2", "served_households", "served_share",
    "met_households", "met_share", "residences_met", "residences_short",
    "residences_unreachable", "residences_no_data", "residences_not_asked",
)  # fmt: skip
_SHARES: Final = ("served_share", "met_share")
_WHOLE: Final = (
    "households", "population", "older_60", "beds", "nursing_beds", "nursery_places",
    "reached_households", "reachable_facilities", "residences", "facilities",
    "households_in_residences", "served_households", "met_households", "residences_met",
    "residences_short", "residences_unreachable", "residences_no_data", "residences_not_asked",
    "residences_not_built", "residences_year_unknown", "facilities_counted",
    "facilities_year_unknown", "households_short", "rows", "lost_rows", "lost_households", "row",
    "people", "lost_people", *PEOPLE_OF_ZONES, *PEOPLE_SUMS,
)  # fmt: skip
_DECIMAL: Final = (
    "nearest_minutes", "nearest_m", "value", "value_with_planned", "base",
)  # fmt: skip
_NOT_ADDED: Final = ("reachable_facilities", "reachable_m2", "reached_households", "row")
_TO_FILL: Final = ("remedy", "responsible", "by_year", "remark")

Tables = Mapping[str, pd.DataFrame]


def table_sheets(
    tables: Tables, totals: pd.Series, *, title: str, language: Language
) -> Iterator[Sheet]:
    """
    Lay out the tables of an edition, one sheet after the other.

    Parameters
    ----------
    tables
        As `edition.edition_tables` gives them; what is not among them has no sheet.
    totals
        Of the whole area.
    title
        Of the standard, over the indicators.
    language
        Of headers and words.

    Yields
    ------
    sheet
        Indicators; zones, a sheet a level; residences; facilities; gaps, a sheet a level;
        shortage clusters; years, if there is a series; reconciliation; people, where there is a
        raster; findings in the inputs.
    """
    yield _indicator_sheet(tables["indicators"], title, language)
    names = tables["zones"]["name"]
    yield from _zone_sheets(tables["zones"], totals, language)
    for name, columns in (("residences", _RESIDENCES), ("facilities", _FACILITIES)):
        if name in tables:
            placed = named_zones(tables[name], names)
            yield _sheet(placed, name, columns, language)
    yield from _gap_sheets(tables["gaps"], language)
    if "clusters" in tables:
        yield _cluster_sheet(tables["clusters"], language)
    if "years" in tables:
        yield _sheet(tables["years"], "years", _YEARS, language, total=False)
    yield _sheet(tables["reconciliation"], "reconciliation", None, language, total=False)
    if "population" in tables:
        yield _sheet(tables["population"], "population", None, language, total=False)
    if "quality" in tables:
        yield _sheet(tables["quality"], "quality", None, language, total=False)


def _sheet(
    table: pd.DataFrame,
    name: str,
    columns: Sequence[str] | None,
    language: Language,
    *,
    total: bool = True,
    level: str | None = None,
) -> Sheet:
    """Lay out a table of the assessment with the columns that it has."""
    heads = labelled_table(table, name, language)
    flat = table.reset_index() if table.index.name else table
    heads_of = dict(zip(flat.columns, heads.columns, strict=True))
    wanted = [column for column in columns or flat.columns if column in heads_of]
    laid = [
        _column(str(column), heads_of[column], heads[heads_of[column]], added=total)
        for column in wanted
    ]
    word = label("workbook", "total", language) if total else None
    tab = _tab(name, language, level)
    return Sheet(tab, tab, laid, word)


def _column(name: str, head: str, cells: pd.Series, *, added: bool) -> Column:
    form = column_form(name)
    kept = cells.astype(object).tolist()
    numbers = form in {"whole", "m2", "decimal"}
    total = None
    if added and numbers and name not in _NOT_ADDED and not name.startswith("nearest"):
        known = pd.to_numeric(cells).fillna(0)
        total = Total("SUBTOTAL(109,{self})", round(float(known.sum()), 2))
    return Column(name, head, kept, form, total)


def column_form(name: str) -> str:
    """
    Say how the numbers of a column are printed.

    Parameters
    ----------
    name
        Of the column, as in the contract.

    Returns
    -------
    form
        As in `layout.Column`.

    Examples
    --------
    >>> column_form("served_share"), column_form("shortage_m2"), column_form("rows")
    ('share', 'm2', 'whole')
    """
    if name.endswith("_share"):
        return "share"
    if name in _WHOLE:
        return "whole"
    if name in _DECIMAL:
        return "decimal"
    if name in {"m2", "lost_m2"}:
        return "m2"
    if "_m2" in name:
        return "m2"
    return "year" if name == "year" else "text"


def _zone_sheets(zones: pd.DataFrame, totals: pd.Series, language: Language) -> Iterator[Sheet]:
    """
    Give each level a sheet, with the shares of the whole area in its last row.

    Where sums are withheld the lines do not add up, and the last row has the area's.
    """
    for level in ADMIN_LEVELS:
        rows = zones[zones["level"] == level]
        if rows.empty:
            continue
        sheet = _sheet(rows, "zones", _ZONES, language, level=level)
        columns = [
            one._replace(total=_of_area(totals[one.name]))
            if one.name in totals and (one.name in _SHARES or rows[one.name].isna().any())
            else one
            for one in sheet.columns
        ]
        yield sheet._replace(columns=columns)


def _of_area(total: float) -> Total | None:
    return None if pd.isna(total) else Total(None, float(total))


def named_zones(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """
    Write zones by their names; an identifier without a name stays.

    Parameters
    ----------
    table
        With columns of zone ids.
    names
        By zone id.

    Returns
    -------
    named
        The same rows.
    """
    known = names.dropna()
    places = [name for name in _PLACE if name in table]
    return table.assign(
        **{name: table[name].map(known).where(table[name].isin(known.index), table[name])
           for name in places}
    )  # fmt: skip


def _gap_sheets(gaps: pd.DataFrame, language: Language) -> Iterator[Sheet]:
    """List what is missing by zone, with columns for the office to fill in."""
    levels = [level for level in (*ADMIN_LEVELS, "area") if level in set(gaps["level"])]
    for level in levels:
        rows = gaps[gaps["level"] == level].drop(columns="level").reset_index(drop=True)
        sheet = _sheet(rows, "gaps", _GAPS, language, level=level)
        yield sheet._replace(columns=[*sheet.columns, *_to_fill(rows, language)])


def _to_fill(rows: pd.DataFrame, language: Language) -> Iterator[Column]:
    """Offer ways to put it right; what only new residences owe is to be built."""
    ways, proposed = remedy_ways(language), proposed_ways(rows, language)
    for name in _TO_FILL:
        cells = proposed.tolist() if name == "remedy" else [None] * len(rows)
        choices = ways if name == "remedy" else ()
        yield Column(name, label("workbook", name, language), cells, choices=choices, width=14)


def _indicator_sheet(indicators: pd.DataFrame, title: str, language: Language) -> Sheet:
    said = indicators.assign(
        title=indicators[f"title_{language}"],
        reading=indicators["reading" if language == "zh" else "reading_en"],
        limit=[
            limit_text(row["comparison"], row["limit"], row["unit"], language)
            for row in indicators.to_dict("records")
        ],
        distance=[distance_text(row, language) for _, row in indicators.iterrows()],
        source=_sources(indicators, language),
    )
    heads = labelled_table(indicators, "indicators", language)
    translated = dict(zip(indicators.columns, heads.columns, strict=True))
    columns = []
    for name in _INDICATORS:
        taken = name in {"title", "limit", "distance", "reading", "clause", "value", "source"}
        cells = said[name] if taken else heads[translated[name]]
        head = label("indicator_sheet", name, language)
        columns.append(_column(name, head, cells, added=False))
    units = [words("standard.unit").get(unit, {}).get(language, unit)
             for unit in indicators["value_unit"].fillna("")]  # fmt: skip
    columns.insert(7, Column("unit", label("indicator_sheet", "unit", language), units))
    documents = Column(
        "document", label("indicator_sheet", "document", language),
        indicators["standard_id"].tolist(),
    )  # fmt: skip
    whole = label("workbook", "indicators", language)
    return Sheet(whole, f"{whole}：{title}", [documents, *columns])


def _sources(indicators: pd.DataFrame, language: Language) -> pd.Series:
    """Say where each value is from; what is to be reported, and is not, is no computed value."""
    said = {key: word[language] for key, word in words("standard.source").items()}
    named = indicators["source"].map(said).astype(object)
    return named.mask(unreported(indicators), said["to_report"])


def _cluster_sheet(clusters: pd.DataFrame, language: Language) -> Sheet:
    """List the clusters; those inside others are in the others' sums, and are not added again."""
    sheet = _sheet(clusters, "clusters", _CLUSTERS, language)
    places = {column.name: at for at, column in enumerate(sheet.columns)}
    yes = label("yes_no", "yes", language)
    chosen = f'SUMIF({{{places["outermost"]}}},"{yes}",{{self}})'
    outermost = clusters[clusters["outermost"].astype(bool)]
    columns = [
        column
        if column.total is None
        else column._replace(total=Total(chosen, round(float(outermost[column.name].sum()), 2)))
        for column in sheet.columns
    ]
    word = label("workbook", "total_outermost", language)
    return sheet._replace(columns=columns, total_word=word)


def _tab(name: str, language: Language, level: str | None) -> str:
    word = label("workbook", name, language)
    return word.format(level=_level(level, language))


def _level(level: str | None, language: Language) -> str:
    known = words("level")
    return known[level][language] if level in known else label("workbook", "whole", language)
