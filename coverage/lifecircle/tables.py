"""The contract tables: which columns they have, which words the columns may hold."""

from collections.abc import Iterable
from typing import Final, Literal, get_args

__all__ = [
    "ADMIN_LEVELS",
    "DELIVERED",
    "FACILITY_KINDS",
    "FACILITY_STATUS",
    "FUNCTIONS",
    "RESIDENCE_STATUS",
    "VERDICTS",
    "AdminLevel",
    "FacilityKind",
    "Verdict",
    "some",
]

Verdict = Literal["met", "short", "unreachable", "no_data", "not_asked"]
VERDICTS: Final = get_args(Verdict)

AdminLevel = Literal["province", "city", "district", "street", "township", "community", "village"]
ADMIN_LEVELS: Final = get_args(AdminLevel)

FacilityKind = Literal[
    "street_centre",
    "township_centre",
    "community_station",
    "day_care",
    "canteen",
    "nursing_home",
    "care_home",
    "rural_mutual_aid",
    "elder_school",
    "nursery",
    "other",
]
FACILITY_KINDS: Final = get_args(FacilityKind)

FUNCTIONS: Final = (
    "full_care",
    "day_care",
    "home_service",
    "meals",
    "guidance",
    "rehabilitation",
    "learning",
    "nursery",
)
FACILITY_STATUS: Final = ("operating", "planned", "closed")
DELIVERED: Final = ("planned", "built", "accepted", "handed_over")
RESIDENCE_STATUS: Final = ("new", "existing")


def some(values: Iterable[object], most: int = 5) -> str:
    """
    Name a few of many things, for an error message.

    Parameters
    ----------
    values
        The things; each is shown by its ``repr``.
    most
        How many are named; the rest are counted.

    Returns
    -------
    text
        The first ones, and how many more there are.

    Examples
    --------
    >>> some(["A", "B", "C"], most=2)
    "'A', 'B' and 1 more"
    """
    shown = [repr(value) for value in values]
    if len(shown) <= most:
        return ", ".join(shown)
    return f"{', '.join(shown[:most])} and {len(shown) - most} more"
