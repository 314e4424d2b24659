"""Which kind of facility a feature of OpenStreetMap is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from lifecircle.labels import words
from lifecircle.tables import FacilityKind

__all__ = ["KindFound", "facility_kind", "place_name"]

_Clients = Literal["seniors", "others", "unsaid"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KindFound:
    """
    The kind of a facility, and what decided it.

    Attributes
    ----------
    kind
        The kind.
    reason
        ``kind_from_name`` or ``kind_from_tags``.
    because
        The name, or the tags.
    """

    kind: FacilityKind
    reason: Literal["kind_from_name", "kind_from_tags"]
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _KindRule:
    kind: FacilityKind
    tags: Mapping[str, tuple[str, ...]]
    clients: frozenset[_Clients]


_FOR_SENIORS: Final[frozenset[_Clients]] = frozenset({"seniors"})
_NOT_OTHERS: Final[frozenset[_Clients]] = frozenset({"seniors", "unsaid"})
_FOR_ANYBODY: Final[frozenset[_Clients]] = frozenset({"seniors", "unsaid", "others"})

# The first that fits decides; a Chinese name that says what the place is comes before them all.
_KIND_RULES: Final = (
    _KindRule(kind="nursing_home", tags={"amenity": ("nursing_home",)}, clients=_NOT_OTHERS),
    _KindRule(
        kind="nursing_home", tags={"social_facility": ("nursing_home",)}, clients=_NOT_OTHERS
    ),
    _KindRule(
        kind="care_home", tags={"healthcare": ("nursing", "nursing_home")}, clients=_NOT_OTHERS
    ),
    _KindRule(
        kind="nursing_home",
        tags={"social_facility": ("group_home", "assisted_living")},
        clients=_FOR_SENIORS,
    ),
    _KindRule(
        kind="day_care", tags={"social_facility": ("day_care", "daycare")}, clients=_FOR_SENIORS
    ),
    _KindRule(
        kind="community_station",
        tags={"social_facility": ("outreach", "ambulatory_care")},
        clients=_FOR_SENIORS,
    ),
    _KindRule(
        kind="canteen", tags={"social_facility": ("soup_kitchen", "meals")}, clients=_FOR_SENIORS
    ),
    _KindRule(
        kind="community_station",
        tags={"amenity": ("community_centre", "social_centre")},
        clients=_FOR_SENIORS,
    ),
    # For seniors, but who knows what: it counts for nothing until somebody looks.
    _KindRule(kind="other", tags={"amenity": ("social_facility",)}, clients=_FOR_SENIORS),
    _KindRule(kind="nursery", tags={"amenity": ("childcare",)}, clients=_FOR_ANYBODY),
    _KindRule(
        kind="nursery",
        tags={"amenity": ("kindergarten",), "childcare": ("yes", "nursery")},
        clients=_FOR_ANYBODY,
    ),
)
_CLIENT_KEYS: Final = ("social_facility:for", "community_centre:for")
_SENIORS: Final = frozenset({"senior", "seniors", "elderly"})
# What a name is believed of: a car park or a bus stop is called after the home next to it.
_NAMED_PLACES: Final = frozenset(
    {
        "canteen",
        "childcare",
        "clinic",
        "college",
        "community_centre",
        "hospital",
        "kindergarten",
        "nursing_home",
        "restaurant",
        "school",
        "social_centre",
        "social_facility",
    }
)
_HOMES_FOR_SOME: Final = frozenset({"nursing_home", "social_facility"})
_CHILD_CARE: Final = frozenset({"childcare", "kindergarten", "social_facility"})
_SENIOR_WORDS: Final = (
    "养老",
    "老年",
    "老人",
    "长者",
    "敬老",
    "托老",
    "为老",
    "颐养",
    "日间照料",
    "幸福院",
    "护理院",
    "养护院",
)


def facility_kind(tags: Mapping[str, str]) -> KindFound | None:
    """
    Tell the kind of a facility from its Chinese name, else from its tags.

    Parameters
    ----------
    tags
        All tags of one feature.

    Returns
    -------
    kind
        None if the feature is no place of eldercare or nursery care.

    Examples
    --------
    >>> facility_kind({"amenity": "social_facility", "name": "滨河社区日间照料中心"}).kind
    'day_care'
    >>> facility_kind({"amenity": "social_facility", "social_facility": "group_home"}) is None
    True
    """
    named = _kind_in_name(tags)
    if named:
        return KindFound(kind=named, reason="kind_from_name", because=place_name(tags))
    clients = _clients(tags)
    for rule in _KIND_RULES:
        fits = all(tags.get(key) in values for key, values in rule.tags.items())
        if fits and clients in rule.clients:
            because = ", ".join(f"{key}={tags[key]}" for key in rule.tags)
            return KindFound(kind=rule.kind, reason="kind_from_tags", because=because)
    return None


def place_name(tags: Mapping[str, str]) -> str:
    """
    Return what a feature is called, in Chinese where the map knows it.

    Parameters
    ----------
    tags
        All tags of one feature.

    Returns
    -------
    name
        Empty if it has none.
    """
    return tags.get("name:zh") or tags.get("name") or ""


def _kind_in_name(tags: Mapping[str, str]) -> FacilityKind | None:
    name, amenity = place_name(tags), tags.get("amenity")
    if not (amenity in _NAMED_PLACES or "healthcare" in tags or "social_facility" in tags):
        return None
    lines = words("values.kind_in_name").values()
    kind = next(
        (line["kind"] for line in lines if any(word in name for word in line["zh"].split("|"))),
        None,
    )
    clients = _clients(tags)
    if kind == "nursery":
        believed = amenity in _CHILD_CARE
    else:
        believed = clients == "seniors" or (clients == "unsaid" and amenity in _HOMES_FOR_SOME)
    return cast("FacilityKind", kind) if kind and believed else None


def _clients(tags: Mapping[str, str]) -> _Clients:
    said = {word.strip() for key in _CLIENT_KEYS for word in tags.get(key, "").split(";")} - {""}
    if said:
        return "seniors" if said & _SENIORS else "others"
    return "seniors" if any(word in place_name(tags) for word in _SENIOR_WORDS) else "unsaid"
