"""Beds, nursery places and numbers of facilities."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from lifecircle.standards.arguments import (
    CountArguments,
    PlacesArguments,
    ShareOfBedsArguments,
)
from lifecircle.standards.evidence import Evidence, setting_of, site_of, working
from lifecircle.standards.measures.measured import Measured, nothing, states, units_table
from lifecircle.standards.measures.selection import absent_kinds, chosen_sites
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["count_at_least", "group_size", "places_per_1000", "share_of_beds"]

# A facility of these kinds has beds or places; a blank is not known. In others a blank is none.
_HAVING: Final = {"beds": ("nursing_home", "care_home"), "nursery_places": ("nursery",)}
_PRIVATE: Final = ("private", "public_private")  # 公建民营 is run by a private operator


def places_per_1000(evidence: Evidence, arguments: PlacesArguments) -> Measured:
    """
    Find the beds or nursery places for 1000 people of a group.

    Parameters
    ----------
    evidence
        Facilities and zones.
    arguments
        Places of what kind, and of whom there are 1000.

    Returns
    -------
    measured
        A unit is a facility; the people are the zones' own (`group_size`), not the residences'.

    Notes
    -----
    Places x 1000 / people. A home with unknown beds can only add to them.
    """
    of = arguments.numerator
    missing = (*_unfilled(evidence, of), *absent_kinds(evidence, arguments.kinds))
    if missing:
        return nothing(missing, sums="ratio", counted=of)
    rows = _of_kinds(working(evidence.facilities), arguments.kinds)
    places, unknown = _places(rows, of)
    units = units_table(
        rows,
        state=states(~unknown, unknown=unknown),
        part=places,
        whole=pd.Series(0.0, index=rows.index),
        more=pd.Series(0.0, index=rows.index).mask(unknown, np.inf),
    )
    return Measured(
        units=units,
        sums="ratio",
        counted=of,
        per=1000,
        missing=(*_named(rows[unknown], of), *_group_missing(evidence, arguments.group)),
    )


def group_size(zones: pd.DataFrame, group: str) -> float:
    """
    Add up how many people of a group there are.

    Parameters
    ----------
    zones
        With the columns ``level`` and `group`.
    group
        ``population``, ``older_60``, ...

    Returns
    -------
    people
        Over the widest level that knows them of all its zones; NaN if none does.
    """
    for level in ADMIN_LEVELS:
        people = zones.loc[zones["level"] == level, group] if group in zones else pd.Series()
        if len(people) and people.notna().all():
            return float(people.sum())
    return float("nan")


def share_of_beds(evidence: Evidence, arguments: ShareOfBedsArguments) -> Measured:
    """
    Find the part of beds, or of nursery places, that is of some sort.

    Parameters
    ----------
    evidence
        Facilities, and zones where urban and rural are told apart.
    arguments
        Which part, of which facilities.

    Returns
    -------
    measured
        A unit is a facility with beds; with `each`, a zone: its own share is its part.

    Notes
    -----
    Beds of the part / beds. If one facility's beds, or what tells its part, is unknown, so is
    the share.
    """
    column = {"nursing": "nursing_beds", "private": "operator", "government": "operator"}
    tells = column.get(arguments.part, "labels")
    missing = (
        *_unfilled(evidence, arguments.of),
        *_unfilled(evidence, tells),
        *absent_kinds(evidence, arguments.kinds),
    )
    if missing:
        return nothing(missing, sums="share", counted=arguments.of)
    rows, unsure = _in_setting(evidence, arguments.setting)
    rows = _of_kinds(rows, arguments.kinds)
    if arguments.operators:
        rows = rows[rows["operator"].isin(arguments.operators) | rows["operator"].isna()]
    places, unknown = _places(rows, arguments.of)
    rows, places, unknown = _with_some(rows, places, unknown)
    part, untold = _part(rows, places, arguments.part)
    blind = unknown | untold | unsure.reindex(rows.index, fill_value=False)
    units = units_table(
        rows,
        state=states(part.gt(0), unknown=blind),
        part=part.where(~blind, 0.0),
        whole=places.where(~blind, 0.0),
        more=pd.Series(0.0, index=rows.index).mask(blind, np.inf),
        blind=blind,
    )
    told = (*_named(rows[unknown], arguments.of), *_named(rows[untold & ~unknown], tells))
    told += ("zones.urban",) if unsure.any() else ()
    told += () if len(rows) else (f"facilities.{arguments.of}",)
    measured = Measured(units=units, sums="share", counted=arguments.of, missing=told)
    return measured if arguments.each is None else _each(evidence, arguments.each, measured)


def count_at_least(evidence: Evidence, arguments: CountArguments) -> Measured:
    """
    Count facilities, or their beds or places.

    Parameters
    ----------
    evidence
        Facilities.
    arguments
        Which ones, and since when.

    Returns
    -------
    measured
        A unit is a site, or a facility with places. One of unknown year, function or label may
        add to the count.

    Notes
    -----
    Sites, or the sum of places. Of a site in several rows the site counts once.
    """
    column = None if arguments.of == "facilities" else arguments.of
    missing = absent_kinds(evidence, arguments.kinds)
    labels = "labels" if arguments.labels and column else None  # sites tell by themselves
    for needed in (column, "open_year" if arguments.since else None, labels):
        missing += () if needed is None else _unfilled(evidence, needed)
    if missing:
        return nothing(missing, sums="count", counted=arguments.of)
    rows, unsure = _in_setting(evidence, arguments.setting)
    if arguments.since is not None:
        rows = rows[rows["open_year"].ge(arguments.since) | rows["open_year"].isna()]
        undated = rows["open_year"].isna()
    else:
        undated = pd.Series(data=False, index=rows.index)
    unsure = unsure.reindex(rows.index) | undated
    told = _named(rows[undated], "open_year")
    if column is not None:
        return _sum_of_places(rows, unsure, arguments, told)
    sites, untold = chosen_sites(
        replace(evidence, facilities=rows),
        kinds=arguments.kinds,
        functions=arguments.functions,
        labels=arguments.labels,
    )
    doubtful = unsure.groupby(site_of(rows)).all()
    certain = sites["certain"] & ~doubtful.reindex(sites.index, fill_value=False)
    return Measured(
        units=units_table(
            sites,
            state=states(certain, unknown=~certain),
            part=certain.astype(float),
            whole=pd.Series(0.0, index=sites.index),
            more=(~certain).astype(float),
        ),
        sums="count",
        counted="facilities",
        missing=(*told, *untold),
    )


def _sum_of_places(
    rows: pd.DataFrame, unsure: pd.Series, arguments: CountArguments, told: tuple[str, ...]
) -> Measured:
    rows = _of_kinds(rows, arguments.kinds)
    bears = [set(arguments.labels) <= set(str(cell).split(";")) for cell in rows["labels"]]
    rows = rows[pd.Series(bears, index=rows.index, dtype=bool)]
    places, unknown = _places(rows, arguments.of)
    rows, places, unknown = _with_some(rows, places, unknown)
    doubtful = unsure.reindex(rows.index)
    more = places.where(doubtful, 0.0).mask(unknown, np.inf)
    units = units_table(
        rows,
        state=states(~unknown, unknown=unknown | doubtful),
        part=places.where(~doubtful, 0.0),
        whole=pd.Series(0.0, index=rows.index),
        more=more,
    )
    missing = (*told, *_named(rows[unknown], arguments.of))
    return Measured(units=units, sums="count", counted=arguments.of, missing=missing)


def _of_kinds(rows: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    return rows[rows["kind"].isin(kinds)] if kinds else rows


def _places(rows: pd.DataFrame, of: str) -> tuple[pd.Series, pd.Series]:
    """Return the places of each row, and whether they are unknown."""
    unknown = rows[of].isna() & rows["kind"].isin(_HAVING[of])
    return rows[of].astype(float).fillna(0.0), unknown


def _with_some(
    rows: pd.DataFrame, places: pd.Series, unknown: pd.Series
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    keep = places.gt(0) | unknown
    return rows[keep], places[keep], unknown[keep]


def _part(rows: pd.DataFrame, places: pd.Series, part: str) -> tuple[pd.Series, pd.Series]:
    """Return the places of a part, and where it cannot be told."""
    never = pd.Series(data=False, index=rows.index)
    if part == "nursing":
        return rows["nursing_beds"].astype(float).fillna(0.0), rows["nursing_beds"].isna()
    if part in {"private", "government"}:
        runs = _PRIVATE if part == "private" else ("public",)
        return places.where(rows["operator"].isin(runs), 0.0), rows["operator"].isna()
    bears = [part in str(cell).split(";") for cell in rows["labels"]]
    return places.where(pd.Series(bears, index=rows.index, dtype=bool), 0.0), never


def _in_setting(evidence: Evidence, setting: str | None) -> tuple[pd.DataFrame, pd.Series]:
    """Keep the working facilities of urban or rural zones, and those that may be in them."""
    rows = working(evidence.facilities)
    if setting is None:
        return rows, pd.Series(data=False, index=rows.index)
    lies = setting_of(rows, evidence.zones)
    kept = rows[lies.isna() | lies.eq(setting)]
    return kept, lies.isna().reindex(kept.index)


def _each(evidence: Evidence, level: str, measured: Measured) -> Measured:
    """Give every zone of a level its own share."""
    zones = evidence.zones[evidence.zones["level"] == level]
    if zones.empty:
        return nothing((f"zones.level = {level}",), sums="least", counted=level)
    sums = measured.units.groupby(f"{level}_id")[["part", "whole"]].sum()
    blind = measured.units.groupby(f"{level}_id")["blind"].any()
    sums = sums.reindex(zones.index, fill_value=0.0)
    unknown = blind.reindex(zones.index, fill_value=False) | sums["whole"].eq(0)
    units = units_table(
        zones,
        state=states(~unknown, unknown=unknown),
        part=sums["part"],
        whole=sums["whole"],
        blind=unknown,
    )
    without = tuple(f"facilities.{measured.counted} in {name}" for name in zones["name"][unknown])
    missing = tuple(dict.fromkeys((*measured.missing, *without)))
    return Measured(units=units, sums="least", counted=level, missing=missing)


def _unfilled(evidence: Evidence, column: str) -> tuple[str, ...]:
    return () if column in evidence.filled else (f"facilities.{column}",)


def _group_missing(evidence: Evidence, group: str) -> tuple[str, ...]:
    return (f"zones.{group}",) if np.isnan(group_size(evidence.zones, group)) else ()


def _named(rows: pd.DataFrame, column: str, most: int = 5) -> tuple[str, ...]:
    """Say in which rows a column is blank."""
    if rows.empty:
        return ()
    more = f", +{len(rows) - most}" if len(rows) > most else ""
    return (f"facilities.{column}: {', '.join(map(str, rows.index[:most]))}{more}",)
