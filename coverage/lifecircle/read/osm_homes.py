"""Which buildings of OpenStreetMap people live in."""

from collections.abc import Mapping
from typing import Final

__all__ = ["HOUSES", "ROWS", "is_home"]

_HOMES: Final = frozenset({"residential", "apartments", "dormitory"})
HOUSES: Final = frozenset({"house", "detached", "bungalow"})
ROWS: Final = frozenset({"terrace", "semidetached_house"})
# A building=yes with one of these is no home.
_OTHER_USES: Final = (
    "amenity",
    "shop",
    "office",
    "tourism",
    "leisure",
    "man_made",
    "power",
    "public_transport",
    "healthcare",
    "industrial",
    "craft",
    "historic",
)
_CARE: Final = frozenset({"nursing_home", "social_facility"})
_LODGINGS: Final = frozenset({"apartment", "guest_house", "hostel", "hotel", "motel"})


def is_home(tags: Mapping[str, str], *, in_area: bool) -> bool:
    """
    Tell whether people live in a building.

    Parameters
    ----------
    tags
        Of the building, ``building`` among them.
    in_area
        Whether a plain ``building=yes`` counts, as within a residential area.

    Returns
    -------
    home
        False for homes for the aged and for lodgings.

    Examples
    --------
    >>> is_home({"building": "apartments"}, in_area=False)
    True
    >>> is_home({"building": "yes", "shop": "mall"}, in_area=True)
    False
    """
    kind = tags["building"]
    if kind == "yes":
        return in_area and not any(key in tags for key in _OTHER_USES)
    if tags.get("amenity") in _CARE or tags.get("tourism") in _LODGINGS:
        return False
    return kind in _HOMES or kind in HOUSES or kind in ROWS
