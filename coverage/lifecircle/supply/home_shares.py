"""What is known of the homes within residences: how many reach something, and how sure it is."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.standards.model import FloorAreaRule
from lifecircle.supply.codes import merged_flags
from lifecircle.supply.radius import links_within
from lifecircle.supply.results import Judged
from lifecircle.walk.reach import HomeWalks, served_shares

__all__ = ["home_evidence", "with_gate_verdicts", "with_served_share"]


def with_served_share(
    residences: gpd.GeoDataFrame,
    walks: HomeWalks | None,
    judged: Judged,
    *,
    rules: Sequence[FloorAreaRule],
    goals: gpd.GeoDataFrame,
    limit_mm: int,
) -> gpd.GeoDataFrame:
    """
    Say which share of a residence's homes walks to floor area that counts.

    Parameters
    ----------
    residences
        As `supply.results.set_out_residences` gives them.
    walks
        The walks of their homes; None where walks begin at the gate.
    judged
        What is asked of them, and what counts of the facilities.
    rules
        Those that ask for floor area.
    goals
        The facilities that take part.
    limit_mm
        The longest walk.

    Returns
    -------
    table
        With ``served_share``, from 0 to 1: the homes within the limit of one admissible facility
        at least, in those of the residence. Without walks of homes the table as it is.
    """
    if walks is None:
        return residences
    site = judged.counted["site"].reindex(walks.walks["facility_id"])
    units = judged.counted["counted_units"].reindex(site).ne(0).fillna(value=True)
    there = walks.walks[site.notna().to_numpy() & units.to_numpy(dtype=bool)]
    within = links_within(
        there, judged.terms["rule_id"], rules, homes=residences, goals=goals, limit_mm=limit_mm
    )
    shares = served_shares(within, walks.homes)
    return residences.assign(served_share=shares.reindex(residences.index))


def with_gate_verdicts(
    residences: gpd.GeoDataFrame, bounds: tuple[Judged, Judged] | None
) -> gpd.GeoDataFrame:
    """
    Say what the verdict would be with the worst gates that nobody knows of, and with the best.

    Parameters
    ----------
    residences
        As `supply.results.set_out_residences` gives them.
    bounds
        The ledgers and verdicts where residences with unknown gates are left by the worst point of
        their outline, and by the best; None if they were not asked for.

    Returns
    -------
    table
        With ``verdict_far_gate`` and ``verdict_best_gate``, and the flag ``gates_matter`` where one
        of them is another than ``verdict``. Without `bounds` the table as it is.
    """
    if bounds is None:
        return residences
    far, best = (one.final["verdict"].reindex(residences.index) for one in bounds)
    differs = far.ne(residences["verdict"]) | best.ne(residences["verdict"])
    matters = pd.Series(np.where(differs, "gates_matter", ""), index=residences.index)
    flags = merged_flags([residences["flags"], matters])
    return residences.assign(verdict_far_gate=far, verdict_best_gate=best, flags=flags)


def home_evidence(walks: HomeWalks | None, facilities: pd.DataFrame) -> pd.DataFrame | None:
    """
    Set the walks of homes out for the indicators.

    Parameters
    ----------
    walks
        The walks of the homes; None where walks begin at the gate.
    facilities
        The assessed facilities, with ``kind``, ``status`` and ``floor``.

    Returns
    -------
    table
        The walks, with these columns of their facilities, the ``weight`` of the home and the
        ``total`` of its residence; None without walks.
    """
    if walks is None:
        return None
    homes, home = walks.homes, walks.walks["home"].to_numpy(dtype=np.int64)
    table = walks.walks.assign(weight=homes.weight[home], total=homes.total[homes.residence[home]])
    return table.join(facilities[["kind", "status", "floor"]], on="facility_id")
