"""What measures are computed from: the tables of one assessment, and what is known in them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pandas as pd

from lifecircle.tables import ADMIN_LEVELS, columns_of

__all__ = [
    "Evidence",
    "as_the_crow_flies",
    "gathered",
    "setting_of",
    "site_of",
    "with_planned",
    "working",
]

# A blank in these is only "none" if anything stands in the column at all.
_SPARSE: Final = (
    "functions",
    "labels",
    "beds",
    "nursing_beds",
    "nursery_places",
    "operator",
    "open_year",
    "land_area_m2",
)
_LONGEST_MINUTES: Final = 1e6  # a straight line has no minutes: no rule's limit may bind it
_LINKS: Final = ("residence_id", "facility_id", "ms", "kind", "status", "floor")


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """
    The tables that measures are computed from.

    Attributes
    ----------
    residences
        The assessed residences, with ``{level}_id`` for each level of the zones.
    facilities
        The assessed facilities in the area, with ``{level}_id``.
    zones
        Indexed by ``zone_id``, with ``level`` and ``{level}_id`` of the zones that hold it; itself
        in its own level.
    links
        Who walks to what: ``residence_id``, ``facility_id``, ``ms``, and the facility's ``kind``,
        ``status`` and ``floor``: it may lie beyond the area.
    statistics
        Reported figures: ``key``, ``value``, ``year``, ``source``.
    walk_minutes
        The limit of the links; None without streets.
    new_area_m2_per_100_households
        What the study says new residences owe where its document names no rate; None: nothing.
    filled
        Facility columns with anything in them, and ``kind:K`` for each kind that is there. Without
        them "none" cannot be told from "not listed".
    near
        Who lives within the straight radius of what: as `links`; None where no radius is declared.
    radius_m
        That radius.
    home_walks
        Who walks to what from which home: as `links`, with ``home``, its ``weight`` and the
        ``total`` of its residence; None where walks begin at the gate.
    """

    residences: pd.DataFrame
    facilities: pd.DataFrame
    zones: pd.DataFrame
    links: pd.DataFrame
    statistics: pd.DataFrame
    walk_minutes: float | None
    new_area_m2_per_100_households: Decimal | None
    filled: frozenset[str]
    near: pd.DataFrame | None = None
    radius_m: float | None = None
    home_walks: pd.DataFrame | None = None


def gathered(
    residences: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    zones: pd.DataFrame | None = None,
    links: pd.DataFrame | None = None,
    statistics: pd.DataFrame | None = None,
    walk_minutes: float | None = None,
    new_area_m2_per_100_households: float | None = None,
) -> Evidence:
    """
    Put the tables of one assessment together.

    Parameters
    ----------
    residences, facilities
        The assessed tables; only what lies in the area.
    zones
        With ``{level}_id`` columns; None: there are none.
    links
        None: nobody can walk anywhere.
    statistics
        None: no figure is reported.
    walk_minutes
        The limit of the links; None without streets.
    new_area_m2_per_100_households
        As in `Evidence`.

    Returns
    -------
    evidence
        The same tables, and what is filled in them.
    """
    filled = {name for name in _SPARSE if name in facilities and facilities[name].notna().any()}
    rate = new_area_m2_per_100_households
    kinds = {f"kind:{kind}" for kind in facilities["kind"].unique()}
    return Evidence(
        residences=residences,
        facilities=facilities,
        zones=_none(*columns_of("zones")) if zones is None else zones,
        links=_none(*_LINKS) if links is None else links,
        statistics=_none("key", "value", "year", "source") if statistics is None else statistics,
        walk_minutes=walk_minutes,
        new_area_m2_per_100_households=None if rate is None else Decimal(repr(rate)),
        filled=frozenset(filled | kinds),
    )


def as_the_crow_flies(evidence: Evidence) -> Evidence | None:
    """
    Take everything within the straight radius as walked to.

    Parameters
    ----------
    evidence
        As it is.

    Returns
    -------
    nearby
        With the straight lines in the place of the links; None where no radius is declared.
        Nobody needs a street for them.
    """
    if evidence.near is None:
        return None
    return replace(
        evidence,
        links=evidence.near.assign(ms=0),
        home_walks=None,
        walk_minutes=_LONGEST_MINUTES,
        residences=evidence.residences.assign(snapped=True),
    )


def with_planned(evidence: Evidence) -> Evidence:
    """
    Take everything planned as if it were working.

    Parameters
    ----------
    evidence
        As it is.

    Returns
    -------
    later
        Planned facilities operate; a residence has its verdict and shortage with planned.
    """
    facilities, residences = evidence.facilities, evidence.residences
    status = facilities["status"].replace("planned", "operating")
    links = evidence.links.assign(status=evidence.links["status"].replace("planned", "operating"))
    walks = evidence.home_walks
    if walks is not None:
        walks = walks.assign(status=walks["status"].replace("planned", "operating"))
    if "verdict_with_planned" in residences:
        by_own = residences["ledger"].eq("own")
        own = residences["verdict_with_planned"].where(by_own, residences["own_verdict"])
        residences = residences.assign(
            verdict=residences["verdict_with_planned"],
            shortage_m2=residences["shortage_m2_with_planned"],
            own_verdict=own,
            own_m2=residences["own_m2"] + residences["own_pending_m2"].fillna(0),
        )
    return replace(
        evidence,
        facilities=facilities.assign(status=status),
        residences=residences,
        links=links,
        home_walks=walks,
    )


def working(facilities: pd.DataFrame) -> pd.DataFrame:
    """
    Keep the facilities that count: operating, and not in a basement.

    Parameters
    ----------
    facilities
        With the columns ``status`` and ``floor``.

    Returns
    -------
    working
        Some of the rows; an unknown storey counts.
    """
    return facilities[facilities["status"].eq("operating") & ~facilities["floor"].lt(0)]


def site_of(facilities: pd.DataFrame) -> pd.Series:
    """
    Name the site of every facility.

    Parameters
    ----------
    facilities
        Indexed by ``facility_id``, with the column ``site_id``.

    Returns
    -------
    sites
        ``site_id``, or where there is none the facility itself.
    """
    own = pd.Series(facilities.index, index=facilities.index, dtype=object)
    return facilities["site_id"].astype(object).where(facilities["site_id"].notna(), own)


def setting_of(table: pd.DataFrame, zones: pd.DataFrame) -> pd.Series:
    """
    Tell urban from rural by the narrowest zone that says so.

    Parameters
    ----------
    table
        With ``{level}_id`` columns.
    zones
        With the columns ``level`` and ``urban``.

    Returns
    -------
    setting
        ``"urban"``, ``"rural"`` or None, on the index of `table`.
    """
    setting = pd.Series(None, index=table.index, dtype=object)
    if "urban" not in zones:
        return setting
    words = zones["urban"].map({True: "urban", False: "rural"})
    for level in ADMIN_LEVELS:
        if f"{level}_id" in table:
            here = table[f"{level}_id"].map(words[zones["level"] == level])
            setting = here.astype(object).where(here.notna(), setting)
    return setting


def _none(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
