"""The measures that rules name, each from tables to units that add up."""

from typing import assert_never

from lifecircle.standards.arguments import (
    CountArguments,
    FloorAreaArguments,
    LandArguments,
    NewAreasArguments,
    PlacesArguments,
    ReportedArguments,
    ServedArguments,
    ShareOfBedsArguments,
    ZonesArguments,
)
from lifecircle.standards.evidence import Evidence
from lifecircle.standards.measures.figures import reported
from lifecircle.standards.measures.homes import (
    floor_area_per_100_households,
    land_per_resident,
    new_areas_meeting,
)
from lifecircle.standards.measures.measured import Measured
from lifecircle.standards.measures.places import (
    count_at_least,
    group_size,
    places_per_1000,
    share_of_beds,
)
from lifecircle.standards.measures.served import served_share
from lifecircle.standards.measures.zones import zones_with_facility
from lifecircle.standards.model import Rule, Standard

__all__ = [
    "Measured",
    "count_at_least",
    "floor_area_per_100_households",
    "group_size",
    "land_per_resident",
    "measure_rule",
    "new_areas_meeting",
    "places_per_1000",
    "reported",
    "served_share",
    "share_of_beds",
    "zones_with_facility",
]


def measure_rule(rule: Rule, standard: Standard, evidence: Evidence) -> Measured:
    """
    Compute the measure that a rule names.

    Parameters
    ----------
    rule
        The rule.
    standard
        Its document, in which it may name another rule.
    evidence
        The tables, assessed by that document.

    Returns
    -------
    measured
        Unit by unit.
    """
    arguments = rule.arguments
    if isinstance(arguments, FloorAreaArguments | LandArguments | NewAreasArguments):
        return _of_homes(rule, standard, evidence)
    if isinstance(arguments, PlacesArguments | ShareOfBedsArguments | CountArguments):
        return _of_places(arguments, evidence)
    match arguments:
        case ZonesArguments():
            return zones_with_facility(evidence, arguments)
        case ServedArguments():
            return served_share(evidence, arguments)
        case ReportedArguments():
            return reported(evidence, arguments)
        case _:  # pragma: no cover - mypy proves that no measure is left out
            assert_never(arguments)


def _of_homes(rule: Rule, standard: Standard, evidence: Evidence) -> Measured:
    match rule.arguments:
        case LandArguments() as land:
            return land_per_resident(evidence, rule, land)
        case NewAreasArguments() as areas:
            owing = [other for other in standard.rules if other.id == areas.rule]
            return new_areas_meeting(evidence, areas, owing=owing[0] if owing else None)
        case _:
            return floor_area_per_100_households(evidence, rule)


def _of_places(
    arguments: PlacesArguments | ShareOfBedsArguments | CountArguments, evidence: Evidence
) -> Measured:
    match arguments:
        case PlacesArguments():
            return places_per_1000(evidence, arguments)
        case ShareOfBedsArguments():
            return share_of_beds(evidence, arguments)
        case CountArguments():
            return count_at_least(evidence, arguments)
