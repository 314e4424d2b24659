"""Who can walk to a facility within the limit."""

from fractions import Fraction

import pandas as pd

from lifecircle.standards.arguments import ServedArguments
from lifecircle.standards.evidence import Evidence, setting_of, working
from lifecircle.standards.measures.measured import Measured, nothing, states, units_table
from lifecircle.standards.measures.selection import absent_kinds

__all__ = ["served_share"]

_MS_PER_MINUTE = 60_000
_HALF = 0.5


def served_share(evidence: Evidence, arguments: ServedArguments) -> Measured:
    """
    Find who can walk to a working facility of some kinds.

    Parameters
    ----------
    evidence
        Residences, facilities and links.
    arguments
        Of whom, to what kinds, within how many minutes.

    Returns
    -------
    measured
        A unit is a residence, weighed by its households or people; or a zone, met if the share
        of its households that are served reaches `zone_min_share`.

    Notes
    -----
    Served households / households of the residences in question. A residence that could not be
    placed on a street is unknown. One whose households are unknown weighs nothing, and keeps the
    rule from being met for certain. Where walks begin in the homes of a residence, as many of its
    households or people are served as of its homes; counted as one, it is served if half of them
    are.
    """
    counted = "zones" if arguments.of == "zones" else arguments.of
    missing = (*_missing_walk(evidence, arguments), *absent_kinds(evidence, arguments.kinds))
    if missing:
        return nothing(missing, sums="share", counted=counted)
    homes, uncertain, unsure = _asked(evidence, arguments)
    weight = _weights(homes, arguments.of)
    share = _served_homes(evidence, homes, arguments)
    served = share.ge(_HALF)
    if arguments.of == "residences":
        share = served.astype(float)
    unknown = ~homes["snapped"].astype(bool) | uncertain
    known = weight.fillna(0.0)
    units = units_table(
        homes,
        state=states(served, unknown=unknown),
        part=(known * share).round(2).where(~unknown, 0.0),
        whole=known,
        more=known.where(unknown, 0.0),
        blind=weight.isna(),
    )
    told = list(unsure)
    told += ["residences: on the network"] if (~homes["snapped"].astype(bool)).any() else []
    if weight.isna().any():
        column = "households" if arguments.of == "zones" else arguments.of
        told.append(f"residences.{column}")
    measured = Measured(units=units, sums="share", counted=counted, missing=tuple(told))
    return _by_zone(evidence, arguments, measured) if arguments.of == "zones" else measured


def _missing_walk(evidence: Evidence, arguments: ServedArguments) -> tuple[str, ...]:
    if evidence.walk_minutes is None:
        return ("streets",)
    if arguments.minutes is not None and arguments.minutes > Fraction(repr(evidence.walk_minutes)):
        return (f"walk.minutes >= {arguments.minutes}",)
    return ()


def _asked(
    evidence: Evidence, arguments: ServedArguments
) -> tuple[pd.DataFrame, pd.Series, tuple[str, ...]]:
    homes = evidence.residences
    uncertain = pd.Series(data=False, index=homes.index)
    missing = []
    filters: list[tuple[str, pd.Series, str]] = []
    if arguments.status != "all":
        filters.append(("residences.status", homes["status"], arguments.status))
    if arguments.setting is not None:
        setting = setting_of(homes, evidence.zones)
        filters.append(("zones.urban", setting, arguments.setting))
    for name, has, wanted in filters:
        blank = has.isna().reindex(homes.index)
        keep = blank | has.reindex(homes.index).eq(wanted)
        missing += [name] if blank.any() else []
        homes, uncertain = homes[keep], (uncertain | blank)[keep]
    return homes, uncertain, tuple(missing)


def _weights(homes: pd.DataFrame, of: str) -> pd.Series:
    if of == "residences":
        return pd.Series(1.0, index=homes.index)
    return homes["households" if of == "zones" else of].astype(float)


def _served_homes(evidence: Evidence, homes: pd.DataFrame, arguments: ServedArguments) -> pd.Series:
    """Tell for each residence the share of its homes that are served; 0 or 1 without homes."""
    links = working(evidence.links if evidence.home_walks is None else evidence.home_walks)
    links = links[links["kind"].isin(arguments.kinds)]
    if arguments.minutes is not None:
        links = links[links["ms"] <= int(arguments.minutes * _MS_PER_MINUTE)]
    if evidence.home_walks is None:
        return pd.Series(homes.index.isin(links["residence_id"]), index=homes.index).astype(float)
    of = links.drop_duplicates("home").groupby("residence_id")
    share: pd.Series = of["weight"].sum() / of["total"].first()
    return share.reindex(homes.index, fill_value=0.0)


def _by_zone(evidence: Evidence, arguments: ServedArguments, homes: Measured) -> Measured:
    zones = evidence.zones[evidence.zones["level"].isin(arguments.levels)]
    if zones.empty:
        level = " / ".join(arguments.levels)
        return nothing((f"zones.level = {level}",), sums="share", counted=arguments.levels[0])
    units = homes.units
    by_zone = [
        units.groupby(f"{level}_id")[["part", "more", "whole"]].sum()
        for level in zones["level"].unique()
    ]
    blind = [
        units[units["blind"]].groupby(f"{level}_id").size() for level in zones["level"].unique()
    ]
    sums = pd.concat(by_zone).reindex(zones.index, fill_value=0.0)
    is_blind = pd.concat(blind).reindex(zones.index, fill_value=0).gt(0)
    least = sums["whole"] * float(arguments.zone_min_share)
    met = sums["part"].ge(least) & sums["whole"].gt(0) & ~is_blind
    unknown = ~met & ((sums["part"] + sums["more"]).ge(least) | is_blind)
    table = units_table(
        zones,
        state=states(met, unknown=unknown),
        part=met.astype(float),
        whole=pd.Series(1.0, index=zones.index),
        more=unknown.astype(float),
    )
    missing = homes.missing
    if sums["whole"].eq(0).any():
        missing = (*missing, "residences in every zone")
    return Measured(units=table, sums="share", counted=arguments.levels[0], missing=missing)
