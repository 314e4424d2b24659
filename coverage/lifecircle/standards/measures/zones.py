"""Zones that have a facility."""

import pandas as pd

from lifecircle.standards.arguments import ZonesArguments
from lifecircle.standards.evidence import Evidence, setting_of
from lifecircle.standards.measures.measured import Measured, nothing, states, units_table
from lifecircle.standards.measures.selection import absent_kinds, chosen_sites

__all__ = ["asked_zones", "zones_with_facility"]


def zones_with_facility(evidence: Evidence, arguments: ZonesArguments) -> Measured:
    """
    Find which zones have facilities of some kinds.

    Parameters
    ----------
    evidence
        Facilities and zones.
    arguments
        Which zones, and which facilities.

    Returns
    -------
    measured
        A unit is a zone: met if it has as many working sites as asked for.

    Notes
    -----
    Zones with at least `count` sites / zones. A facility belongs where its point stands. A site
    whose functions or labels are not known leaves a zone without others undecided.
    """
    counted = arguments.levels[0]
    zones, missing = asked_zones(evidence, arguments)
    absent = absent_kinds(evidence, arguments.kinds)
    if zones.empty or absent:
        none = f"zones.level = {' / '.join(arguments.levels)}"
        lacking = missing or (none,) if zones.empty else ()
        return nothing((*lacking, *absent), sums="share", counted=counted)
    sites, unsure = chosen_sites(
        evidence, kinds=arguments.kinds, functions=arguments.functions, labels=arguments.labels
    )
    sure = _sites_by_zone(sites[sites["certain"]], zones)
    most = _sites_by_zone(sites, zones)
    met = sure.ge(arguments.count)
    unknown = (~met & most.ge(arguments.count)) | zones["uncertain"]
    ones = pd.Series(1.0, index=zones.index)
    units = units_table(
        zones,
        state=states(met, unknown=unknown),
        part=(met & ~unknown).astype(float),
        whole=ones,
        more=unknown.astype(float),
    )
    told = (*missing, *(unsure if unknown.any() else ()))
    return Measured(units=units, sums="share", counted=counted, missing=told)


def asked_zones(
    evidence: Evidence, arguments: ZonesArguments
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """
    Keep the zones that a rule asks, or may ask.

    Parameters
    ----------
    evidence
        Its zones.
    arguments
        Levels, kinds of county, urban or rural, resettlement.

    Returns
    -------
    zones
        With the column ``uncertain``: whether the rule asks this zone is not known.
    missing
        Columns that would tell.
    """
    zones = evidence.zones[evidence.zones["level"].isin(arguments.levels)]
    uncertain = pd.Series(data=False, index=zones.index)
    missing = []
    filters: list[tuple[str, pd.Series, tuple[object, ...]]] = []
    if arguments.county_kinds:
        filters.append(("zones.county_kind", zones["county_kind"], arguments.county_kinds))
    if arguments.setting:
        filters.append(("zones.urban", setting_of(zones, evidence.zones), (arguments.setting,)))
    if arguments.resettlement:
        filters.append(("zones.resettlement", zones["resettlement"], (True,)))
    for name, has, wanted in filters:
        blank = has.isna().reindex(zones.index)
        keep = blank | has.reindex(zones.index).isin(wanted)
        missing += [name] if blank.any() else []
        zones, uncertain = zones[keep], (uncertain | blank)[keep]
    return zones.assign(uncertain=uncertain), tuple(missing)


def _sites_by_zone(sites: pd.DataFrame, zones: pd.DataFrame) -> pd.Series:
    columns = [f"{level}_id" for level in zones["level"].unique() if f"{level}_id" in sites]
    found = pd.concat([sites[name] for name in columns]) if columns else pd.Series(dtype=object)
    return found.value_counts().reindex(zones.index, fill_value=0)
