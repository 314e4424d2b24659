"""What goes out: everything to the office itself, sums by zone to the public."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from lifecircle.tables import ADMIN_LEVELS

if TYPE_CHECKING:
    from lifecircle.assessment import Assessment

__all__ = ["FEWEST_RESIDENCES", "INTERNAL_TABLES", "Edition", "edition_tables"]

Edition = Literal["internal", "public"]

# Sums over fewer residences would tell of single ones.
FEWEST_RESIDENCES: Final = 3

INTERNAL_TABLES: Final = (
    "residences",
    "facilities",
    "zones",
    "links",
    "clusters",
    "gaps",
    "remedy_areas",
    "catchments",
    "bands",
    "indicators",
    "zone_indicators",
    "reference",
    "equity",
    "lorenz",
    "reconciliation",
    "quality",
)
_OF_ZONES: Final = ("level", "county_kind", "urban", "parent_id")
_NAMED: Final = "distance_names"


def edition_tables(assessment: "Assessment", edition: Edition) -> Mapping[str, pd.DataFrame]:
    """
    Choose the tables of an edition.

    Parameters
    ----------
    assessment
        What was found.
    edition
        ``internal``: all tables as they are. ``public``: sums by zone only.

    Returns
    -------
    tables
        By name, in the order of `INTERNAL_TABLES`. The public edition holds ``zones``, ``gaps``,
        ``indicators``, ``zone_indicators`` and ``reconciliation``: no residence and no facility,
        no name and no place of one. Where a zone has fewer than `FEWEST_RESIDENCES` residences
        its sums are blank; if it is the only one under its parent, so are those of the
        zone with the next fewest, since the difference would give it away.
    """
    if edition == "internal":
        return {name: getattr(assessment, name) for name in INTERNAL_TABLES}
    withheld = _withheld(assessment.zones)
    indicators = assessment.indicators
    return {
        "zones": _blank_sums(assessment.zones, withheld),
        "gaps": assessment.gaps[~assessment.gaps["zone_id"].isin(withheld)]
        .drop(columns="cluster_ids")
        .reset_index(drop=True),
        "indicators": _without_names(indicators),
        "zone_indicators": _without_names(
            assessment.zone_indicators[~assessment.zone_indicators["zone_id"].isin(withheld)]
        ).reset_index(drop=True),
        "reconciliation": assessment.reconciliation,
    }


def _withheld(zones: pd.DataFrame) -> pd.Index:
    """Name the zones whose sums stay in the office."""
    counts = zones["residences"]
    few = zones.index[(counts > 0) & (counts < FEWEST_RESIDENCES)]
    more = []
    for _, beside in zones.groupby(["level", zones["parent_id"].fillna("")]):
        if len(few.intersection(beside.index)) == 1:
            others = beside[~beside.index.isin(few) & (beside["residences"] > 0)]
            more += others.sort_values("residences", kind="stable").index[:1].tolist()
    return few.append(pd.Index(more, dtype=object))


def _blank_sums(zones: pd.DataFrame, withheld: pd.Index) -> pd.DataFrame:
    first = list(zones.columns).index("residences")
    sums = zones.columns[first:]
    table = zones.copy()
    table[sums] = table[sums].astype("float64")
    table.loc[withheld, sums] = float("nan")
    return table


def _without_names(indicators: pd.DataFrame) -> pd.DataFrame:
    """Keep the names of zones, and drop those of residences and facilities."""
    of_zones = indicators["distance_in"].isin(ADMIN_LEVELS)
    return indicators.assign(**{_NAMED: indicators[_NAMED].where(of_zones, "")})
