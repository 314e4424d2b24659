"""Rules with a walk of their own: the links that they let count."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import StandardError
from lifecircle.standards.model import FloorAreaRule

__all__ = ["links_within"]


def links_within(
    links: pd.DataFrame,
    rule_ids: pd.Series,
    rules: Sequence[FloorAreaRule],
    *,
    homes: gpd.GeoDataFrame,
    goals: gpd.GeoDataFrame,
    limit_mm: int,
) -> pd.DataFrame:
    """
    Keep the links that the rule of their residence lets count.

    Parameters
    ----------
    links
        ``residence_id``, ``facility_id``, ``walk_mm``: all within `limit_mm`.
    rule_ids
        The rule that asks each residence; None without one: then all its links count.
    rules
        Some may have `max_walk_m`: along the network or straight, as each says. A straight one
        (服务半径) is measured between the geometries, border included.
    homes, goals
        Residences and facilities in one CRS in metres.
    limit_mm
        The longest walk of the links.

    Returns
    -------
    links
        Some of the rows.

    Raises
    ------
    StandardError
        If a rule lets people walk farther on the network than the links go.
    """
    bounded = [rule for rule in rules if rule.arguments.max_walk_m is not None]
    farther = [
        f"rule {rule.id!r} lets people walk {rule.arguments.max_walk_m} m, but the study only "
        f"{limit_mm / 1000:g} m; set 'walk.limit_m' to at least that, or raise "
        "'walk.minutes'."
        for rule in bounded
        if rule.arguments.walk == "network" and (rule.arguments.max_walk_m or 0) * 1000 > limit_mm
    ]
    if farther:
        raise StandardError("max_walk_m", farther)
    keep = pd.Series(data=True, index=links.index)
    asked = links["residence_id"].map(rule_ids)
    for rule in bounded:
        most_mm = int((rule.arguments.max_walk_m or 0) * 1000)
        along = links["walk_mm"] if rule.arguments.walk == "network" else _straight_mm(
            links, homes, goals
        )  # fmt: skip
        keep &= asked.ne(rule.id) | (along <= most_mm)
    return links[keep]


def _straight_mm(
    links: pd.DataFrame, homes: gpd.GeoDataFrame, goals: gpd.GeoDataFrame
) -> pd.Series:
    here = homes.geometry.to_numpy()[homes.index.get_indexer(pd.Index(links["residence_id"]))]
    there = goals.geometry.to_numpy()[goals.index.get_indexer(pd.Index(links["facility_id"]))]
    return pd.Series(np.rint(shapely.distance(here, there) * 1000), index=links.index)
