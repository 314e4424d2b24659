"""What each measure needs to know: one model a measure, told apart by ``measure``."""

from decimal import Decimal
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from lifecircle.standards.vocabulary import (
    COMMUNITY_KINDS,
    CountyKind,
    Function,
    Label,
    Ledger,
    Operator,
    Places,
    RuleStatus,
    Setting,
)
from lifecircle.tables import AdminLevel, FacilityKind

__all__ = [
    "ARGUMENTS",
    "MEASURES",
    "SHARE_MEASURES",
    "Arguments",
    "CountArguments",
    "FloorAreaArguments",
    "LandArguments",
    "Measure",
    "NewAreasArguments",
    "PlacesArguments",
    "ReportedArguments",
    "ServedArguments",
    "ShareOfBedsArguments",
    "ZonesArguments",
]

_CONFIG = ConfigDict(frozen=True, extra="forbid")
_Positive = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
_Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
_Levels = Annotated[tuple[AdminLevel, ...], Field(min_length=1)]
_Year = Annotated[int, Field(ge=1990, le=2100)]


class FloorAreaArguments(BaseModel):
    """
    What `floor_area_per_100_households` needs to know.

    Attributes
    ----------
    measure
        The measure's name, by which the arguments of several measures are told apart.
    status
        The residences the rule asks: new ones, existing ones, or all.
    ledger
        The ledger that gives the verdict.
    kinds
        Facility kinds whose floor area counts.
    highest_floor
        The highest storey whose floor area counts, the ground floor being 1; None: every one above
        ground.
    min_site_m2
        A site below this counts 0 in the own ledger; None: every site counts.
    pooled
        Whether residences with one ``pool_id`` are judged as one sum.
    max_walk_m
        The longest walk of the circle in metres, instead of the study's; None: the study's.
    walk
        What `max_walk_m` is measured along: the ``network``, or ``straight`` as a radius
        (服务半径), which only shortens what can be walked to.
    """

    model_config = _CONFIG

    measure: Literal["floor_area_per_100_households"]
    status: RuleStatus
    ledger: Ledger
    kinds: Annotated[tuple[FacilityKind, ...], Field(min_length=1)] = COMMUNITY_KINDS
    highest_floor: Annotated[int, Field(ge=1, le=100)] | None = None
    min_site_m2: _Positive | None = None
    pooled: bool = True
    max_walk_m: _Positive | None = None
    walk: Literal["network", "straight"] = "network"

    @model_validator(mode="after")
    def _belongs_to_its_ledger(self) -> Self:
        if self.min_site_m2 is not None and self.ledger != "own":
            raise PydanticCustomError("rule", "'min_site_m2' is only applied in the ledger 'own'.")
        if self.max_walk_m is not None and self.ledger != "circle":
            problem = "'max_walk_m' is only applied in the ledger 'circle'."
            raise PydanticCustomError("rule", problem)
        return self


class LandArguments(BaseModel):
    """
    What `land_per_resident` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    status
        The residences the rule asks.
    """

    model_config = _CONFIG

    measure: Literal["land_per_resident"]
    status: RuleStatus


class NewAreasArguments(BaseModel):
    """
    What `new_areas_meeting` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    rule
        The floor-area or land rule of the same document that says what new residences owe; None
        where the document names no rate.
    """

    model_config = _CONFIG

    measure: Literal["new_areas_meeting"]
    rule: _Identifier | None = None


class ZonesArguments(BaseModel):
    """
    What `zones_with_facility` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    levels
        The zones that are asked: 街道 and 乡镇 are two levels.
    county_kinds
        Of districts and counties, those that are asked; empty: all.
    setting
        Urban or rural zones only.
    resettlement
        Resettlement communities only.
    kinds
        One of these kinds; empty: any kind.
    functions
        All of these functions, at one site.
    labels
        All of these labels, at one site.
    count
        How many such facilities a zone needs.
    """

    model_config = _CONFIG

    measure: Literal["zones_with_facility"]
    levels: _Levels
    county_kinds: tuple[CountyKind, ...] = ()
    setting: Setting | None = None
    resettlement: bool = False
    kinds: tuple[FacilityKind, ...] = ()
    functions: tuple[Function, ...] = ()
    labels: tuple[Label, ...] = ()
    count: Annotated[int, Field(ge=1)] = 1


class ServedArguments(BaseModel):
    """
    What `served_share` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    of
        Whose share: ``households``, ``population``, ``older_60``, ``older_65``; ``residences``;
        or ``zones``.
    kinds
        Facility kinds that serve.
    minutes
        The walk limit; None: the study's.
    levels
        Where `of` is ``zones``: which.
    zone_min_share
        The share of a zone's households that must be served for the zone to be.
    status
        The residences that are asked.
    setting
        Residences in urban or rural zones only.
    """

    model_config = _CONFIG

    measure: Literal["served_share"]
    of: Literal["households", "population", "older_60", "older_65", "residences", "zones"] = (
        "households"
    )
    kinds: Annotated[tuple[FacilityKind, ...], Field(min_length=1)] = COMMUNITY_KINDS
    minutes: _Positive | None = None
    levels: tuple[AdminLevel, ...] = ()
    zone_min_share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)
    status: RuleStatus = "all"
    setting: Setting | None = None

    @model_validator(mode="after")
    def _levels_belong_to_zones(self) -> Self:
        if bool(self.levels) != (self.of == "zones"):
            problem = "'levels' must be given where 'of' is 'zones', and only there."
            raise PydanticCustomError("rule", problem)
        return self


class PlacesArguments(BaseModel):
    """
    What `places_per_1000` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    numerator
        Beds or nursery places.
    group
        Of whom there are 1000: a column of the zones.
    kinds
        Facility kinds whose places count; empty: any kind.
    """

    model_config = _CONFIG

    measure: Literal["places_per_1000"]
    numerator: Places
    group: Literal["population", "older_60", "older_65", "under_3"]
    kinds: tuple[FacilityKind, ...] = ()


class ShareOfBedsArguments(BaseModel):
    """
    What `share_of_beds` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    part
        Nursing beds; beds run ``private`` (private or 公建民营) or by ``government``; beds of
        facilities with the label ``public_interest`` or ``inclusive``.
    of
        Beds or nursery places.
    kinds
        Facility kinds whose beds are the whole; empty: any kind.
    operators
        Operators whose beds are the whole; empty: any.
    setting
        Facilities in urban or rural zones only.
    each
        The level of which every zone must reach the limit by itself; None: the whole study.
    """

    model_config = _CONFIG

    measure: Literal["share_of_beds"]
    part: Literal["nursing", "private", "government", "public_interest", "inclusive"]
    of: Places = "beds"
    kinds: tuple[FacilityKind, ...] = ()
    operators: tuple[Operator, ...] = ()
    setting: Setting | None = None
    each: AdminLevel | None = None

    @model_validator(mode="after")
    def _nursing_beds_are_beds(self) -> Self:
        if self.part == "nursing" and self.of != "beds":
            raise PydanticCustomError("rule", "'of' must be 'beds' for the part 'nursing'.")
        return self


class CountArguments(BaseModel):
    """
    What `count_at_least` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    of
        Facilities, beds or nursery places.
    kinds, functions, labels
        Which facilities, as for zones.
    since
        Only what opened in this year or later; None: all.
    setting
        Facilities in urban or rural zones only.
    """

    model_config = _CONFIG

    measure: Literal["count_at_least"]
    of: Literal["facilities", "beds", "nursery_places"] = "facilities"
    kinds: tuple[FacilityKind, ...] = ()
    functions: tuple[Function, ...] = ()
    labels: tuple[Label, ...] = ()
    since: _Year | None = None
    setting: Setting | None = None

    @model_validator(mode="after")
    def _functions_are_of_sites(self) -> Self:
        if self.functions and self.of != "facilities":
            problem = "'functions' is only applied where 'of' is 'facilities'."
            raise PydanticCustomError("rule", problem)
        return self


class ReportedArguments(BaseModel):
    """
    What `reported` needs to know.

    Attributes
    ----------
    measure
        The measure's name.
    key
        The figure's key in the study's table of statistics.
    """

    model_config = _CONFIG

    measure: Literal["reported"]
    key: _Key


Measure = Literal[
    "floor_area_per_100_households",
    "land_per_resident",
    "new_areas_meeting",
    "zones_with_facility",
    "served_share",
    "places_per_1000",
    "share_of_beds",
    "count_at_least",
    "reported",
]
MEASURES: Final = get_args(Measure)
# Their value is a share; the documents write it in per cent.
SHARE_MEASURES: Final = (
    "new_areas_meeting",
    "zones_with_facility",
    "served_share",
    "share_of_beds",
)
ARGUMENTS: Final[dict[Measure, type[BaseModel]]] = {
    "floor_area_per_100_households": FloorAreaArguments,
    "land_per_resident": LandArguments,
    "new_areas_meeting": NewAreasArguments,
    "zones_with_facility": ZonesArguments,
    "served_share": ServedArguments,
    "places_per_1000": PlacesArguments,
    "share_of_beds": ShareOfBedsArguments,
    "count_at_least": CountArguments,
    "reported": ReportedArguments,
}

Arguments = Annotated[
    FloorAreaArguments
    | LandArguments
    | NewAreasArguments
    | ZonesArguments
    | ServedArguments
    | PlacesArguments
    | ShareOfBedsArguments
    | CountArguments
    | ReportedArguments,
    Field(discriminator="measure"),
]
