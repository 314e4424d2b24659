"""The words that rules are written in."""

from typing import Final, Literal

from lifecircle.tables import FacilityKind

__all__ = [
    "COMMUNITY_KINDS",
    "FUNCTIONS_OF_KIND",
    "CountyKind",
    "Function",
    "Label",
    "Ledger",
    "Operator",
    "Places",
    "RuleStatus",
    "Setting",
]

Ledger = Literal["own", "circle"]
RuleStatus = Literal["new", "existing", "all"]
Setting = Literal["urban", "rural"]
Function = Literal[
    "full_care",
    "day_care",
    "home_service",
    "meals",
    "guidance",
    "rehabilitation",
    "learning",
    "nursery",
]
Label = Literal["public_interest", "inclusive", "demonstration", "graded", "high_end"]
Operator = Literal["public", "private", "public_private"]
CountyKind = Literal["county", "county_city", "district"]
Places = Literal["beds", "nursery_places"]

# DESIGN "What counts": beds and community floor area are two ledgers.
COMMUNITY_KINDS: Final[tuple[FacilityKind, ...]] = (
    "street_centre",
    "township_centre",
    "community_station",
    "day_care",
    "canteen",
    "rural_mutual_aid",
)
# What a facility does because of what it is, whatever its list of functions says.
FUNCTIONS_OF_KIND: Final[dict[FacilityKind, Function]] = {
    "day_care": "day_care",
    "canteen": "meals",
    "nursing_home": "full_care",
    "care_home": "full_care",
    "elder_school": "learning",
    "nursery": "nursery",
}
