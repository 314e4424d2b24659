"""The tables that an assessment sets out: what was found for residences, links, facilities."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from lifecircle.errors import NetworkError
from lifecircle.supply.border import Neighbourhood
from lifecircle.supply.circle import CircleLedger
from lifecircle.supply.codes import merged_flags
from lifecircle.supply.counting import unknown_serves_ids
from lifecircle.walk.exits import shut_in
from lifecircle.walk.links import nearest_facilities
from lifecircle.walk.network import WalkNetwork
from lifecircle.walk.places import Places, chosen_places
from lifecircle.walk.reach import HomeWalks, middle_nearest, reach_shares

__all__ = [
    "Judged",
    "Walked",
    "is_snapped",
    "rejudged",
    "require_streets",
    "set_out_facilities",
    "set_out_links",
    "set_out_residences",
    "without_streets",
]


class Judged(NamedTuple):
    """
    Both ledgers and the verdicts under one standard.

    Attributes
    ----------
    terms
        What the standard asks of each residence.
    counted
        What counts of each facility.
    own, circle
        The two ledgers.
    final
        The verdicts.
    """

    terms: pd.DataFrame
    counted: pd.DataFrame
    own: pd.DataFrame
    circle: CircleLedger
    final: pd.DataFrame


class Walked(NamedTuple):
    """
    Where everything meets the streets, and who walks to what.

    Attributes
    ----------
    network
        The streets.
    residences, facilities
        Places on it.
    links
        Walks within the limit.
    homes
        The walks of the homes in the residences; None where walks begin at the gate.
    """

    network: WalkNetwork
    residences: Places
    facilities: Places
    links: pd.DataFrame
    homes: HomeWalks | None = None


def set_out_residences(
    homes: gpd.GeoDataFrame,
    walked: Walked,
    judged: Judged,
    planned: Judged,
    plainly: Judged,
    *,
    speed_m_s: float,
) -> gpd.GeoDataFrame:
    """
    Set out what was found for each residence.

    Parameters
    ----------
    homes
        The residences that take part.
    walked
        Where they meet the streets, and who walks to what.
    judged
        The ledgers and verdicts under the standard.
    planned
        The same with what is planned.
    plainly
        The same under the plain reading.
    speed_m_s
        Walking speed in metres a second.

    Returns
    -------
    table
        The contract's columns and what was found, on the index of `homes`.
    """
    circle = judged.circle.residences
    table = homes.assign(
        **_placed_columns(walked.residences, homes.index),
        **_nearest_columns(walked, judged.counted, speed_m_s),
        **{name: circle[name] for name in ("reachable_facilities", "reachable_m2", "cluster_id")},
        **{str(name): judged.final[name] for name in judged.final.columns},
        **{name: judged.own[name] for name in judged.own.columns if name.startswith("own_")},
        **{name: circle[name] for name in circle.columns if name.startswith("circle_")},
        reserved_m2=circle["reserved_m2"],
        gain_m2_per_m2=circle["gain_m2_per_m2"],
        unknown_facilities=circle["unknown_facilities"].where(
            judged.final["ledger"] != "own", judged.own["unknown_facilities"]
        ),
        verdict_with_planned=planned.final["verdict"],
        shortage_m2_with_planned=planned.final["shortage_m2"],
        plain_requirement_m2=plainly.final["requirement_m2"],
        plain_m2=plainly.circle.residences["circle_m2"],
        plain_shortage_m2=plainly.final["shortage_m2"],
        plain_verdict=plainly.final["verdict"],
        plain_reason=plainly.final["reason"],
    )
    table["flags"] = merged_flags(
        [
            _placing_flags(walked.residences, homes.index),
            _barred_flags(walked.residences, homes.index),
            _geocoded_flags(homes),
            judged.own["flags"],
            circle["flags"],
        ]
    )
    barred = walked.residences.ids[walked.residences.barred]
    return _with_reason(table, table.index.isin(barred), "barred")


def rejudged(table: pd.DataFrame, judged: Judged, planned: Judged) -> pd.DataFrame:
    """
    Judge residences that were set out by another standard.

    Parameters
    ----------
    table
        As `set_out_residences` gives it.
    judged
        The ledgers and verdicts under the other standard.
    planned
        The same with what is planned.

    Returns
    -------
    table
        The same rows, with the other standard's rules, ledgers and verdicts.
    """
    own = [name for name in judged.own.columns if name.startswith("own_")]
    columns = {
        **{str(name): judged.final[name] for name in judged.final.columns},
        **{name: judged.own[name] for name in own},
        "verdict_with_planned": planned.final["verdict"],
        "shortage_m2_with_planned": planned.final["shortage_m2"],
    }
    return table.assign(**{name: column.reindex(table.index) for name, column in columns.items()})


def without_streets(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Say why nobody is on the network where there is none.

    Parameters
    ----------
    table
        As `set_out_residences` gives it.

    Returns
    -------
    table
        With the reason ``no_streets`` in place of ``unsnapped``.
    """
    return _with_reason(table, np.ones(len(table), dtype=bool), "no_streets")


def _with_reason(
    table: gpd.GeoDataFrame, rows: npt.NDArray[np.bool_], reason: str
) -> gpd.GeoDataFrame:
    """Say more of some rows than that they are ``unsnapped``."""
    names = [str(name) for name in table if str(name).endswith("reason")]
    return table.assign(
        **{name: table[name].mask(table[name].eq("unsnapped") & rows, reason) for name in names}
    )


def require_streets(residences: Places, facilities: Places, *, snap_limit_m: float) -> None:
    """
    Refuse places that are all far from the streets: the streets or the places are elsewhere.

    Parameters
    ----------
    residences, facilities
        Places on the network.
    snap_limit_m
        How far from a street a place may be.

    Raises
    ------
    NetworkError
        If no residence, or no facility, meets a street.
    """
    problems = [
        f"0 of {len(places.ids)} {name} lie within {snap_limit_m:g} m of a street that may be "
        "walked on; look at the datum and the CRS of the inputs, and whether the streets lie there."
        for name, places in (("residences", residences), ("facilities", facilities))
        if not is_snapped(places).any()
    ]
    if problems:
        raise NetworkError("streets", problems)


def _placed_columns(places: Places, index: pd.Index) -> dict[str, pd.Series]:
    columns = {
        "entry": pd.Series(places.entry, index=places.ids),
        "snap_m": pd.Series(places.snap_m, index=places.ids),
        "snapped": is_snapped(places),
    }
    return {name: column.reindex(index) for name, column in columns.items()}


def _geocoded_flags(table: pd.DataFrame) -> pd.Series:
    return pd.Series(np.where(table["geocoded"].isin([True]), "geocoded", ""), index=table.index)


def _placing_flags(places: Places, index: pd.Index) -> pd.Series:
    unknown = np.where(places.entry == "gates_unknown", "gates_unknown", "")
    loose = np.where(places.gave_way, "loose_street", "")
    shut = np.where(shut_in(places), "gates_shut", "")
    flags = merged_flags([pd.Series(each, index=places.ids) for each in (unknown, loose, shut)])
    return flags.reindex(index)


def _barred_flags(places: Places, index: pd.Index) -> pd.Series:
    return pd.Series(np.where(places.barred, "barred", ""), index=places.ids).reindex(index)


def _nearest_columns(
    walked: Walked, counted: pd.DataFrame, speed_m_s: float
) -> dict[str, pd.Series]:
    """Find the nearest facility whose floor area counts, or may count, for each residence."""
    open_ones = counted.index[
        counted["site"].notna() & counted["counted_units"].ne(0).fillna(value=True)
    ]
    goals = chosen_places(walked.facilities, open_ones)
    if walked.homes is None:
        nearest = nearest_facilities(walked.network, walked.residences, goals)
    else:
        of_homes = nearest_facilities(walked.network, walked.homes.places, goals)
        nearest = middle_nearest(of_homes, walked.homes.homes)
    metres = (nearest["walk_mm"] / 1000).where(nearest["walk_mm"] >= 0)
    level = (nearest["level_mm"] / 1000).where(nearest["walk_mm"] >= 0)
    return {
        "nearest_facility_id": nearest["facility_id"].astype(object).where(metres.notna(), None),
        "nearest_m": metres,
        "nearest_minutes": level / speed_m_s / 60,
    }


def set_out_links(links: pd.DataFrame, judged: Judged, plainly: Judged) -> pd.DataFrame:
    """
    Set out who walks to what, and what each is given there.

    Parameters
    ----------
    links
        ``walk_mm`` and ``ms`` of each link.
    judged
        The sharing under the standard.
    plainly
        The sharing under the plain reading.

    Returns
    -------
    table
        The same rows with ``walk_m``, ``minutes``, ``allocated_m2`` and ``plain_allocated_m2``.
    """
    shares = (judged.circle.links["allocated_m2"], plainly.circle.links["allocated_m2"])
    allocated, plain = (share.reindex(links.index, fill_value=0.0) for share in shares)
    return links.assign(
        walk_m=links["walk_mm"] / 1000,
        minutes=links["ms"] / 60_000,
        allocated_m2=allocated,
        plain_allocated_m2=plain,
    )


def set_out_facilities(
    goals: gpd.GeoDataFrame,
    walked: Walked,
    judged: Judged,
    near: Neighbourhood,
    homes: gpd.GeoDataFrame,
    links: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """
    Set out what was found for each facility.

    Parameters
    ----------
    goals
        The facilities that take part.
    walked
        Where they meet the streets.
    judged
        What counts of each and who is given it.
    near
        Where they lie, seen from the study area.
    homes
        The residences of the study area.
    links
        Who walks to what.

    Returns
    -------
    table
        The contract's columns and what was found: one row a facility in the area or used from it.
    """
    reached = _reached_households(walked, homes, links)
    unknown = goals.index.isin(unknown_serves_ids(goals, homes).index)
    around = near.outside_demand_unknown.reindex(goals.index)
    shared = judged.circle.facilities
    table = goals.assign(
        inside=near.facilities["inside"].reindex(goals.index),
        **{
            name: column
            for name, column in _placed_columns(walked.facilities, goals.index).items()
            if name != "entry"
        },
        counted_m2=judged.counted["counted_units"].astype("Float64").astype(float) / 100,
        counted_reason=judged.counted["reason"],
        allocated_m2=shared["allocated_m2"],
        reserved_m2=shared["reserved_m2"],
        idle_m2=shared["idle_m2"],
        **{name: shared[name] for name in ("cluster_id", "gain_m2_per_m2", "gains_cluster_id")},
        reached_households=reached.reindex(goals.index, fill_value=0.0),
    )
    table["flags"] = merged_flags(
        [
            _geocoded_flags(goals),
            judged.counted["flags"],
            _barred_flags(walked.facilities, goals.index),
            pd.Series(np.where(unknown, "serves_unknown_residence", ""), index=goals.index),
            pd.Series(np.where(around, "outside_demand_unknown", ""), index=goals.index),
        ]
    )
    used = table.index.isin(links.loc[links["residence_id"].isin(homes.index), "facility_id"])
    return table[table["inside"] | used]


def _reached_households(walked: Walked, homes: gpd.GeoDataFrame, links: pd.DataFrame) -> pd.Series:
    """Add up who reaches each facility: whole residences, or the share of their homes."""
    if walked.homes is None:
        households = links["residence_id"].map(homes["households"]).astype(float)  # of no link too
        return households.groupby(links["facility_id"]).sum()
    shares = reach_shares(walked.homes.walks, walked.homes.homes)
    ends = shares.index.to_frame(index=False)
    households = ends["residence_id"].map(homes["households"]).astype(float) * shares.to_numpy()
    reached: pd.Series = households.groupby(ends["facility_id"]).sum().round(2)
    return reached


def is_snapped(places: Places) -> pd.Series:
    """
    Tell which places meet the streets.

    Parameters
    ----------
    places
        Places on the network.

    Returns
    -------
    snapped
        True or False on the identifiers of the places.
    """
    return pd.Series(np.isfinite(places.snap_m), index=places.ids)
