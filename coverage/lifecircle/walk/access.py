"""
Who may walk where: the access table, one row a rule, from OpenStreetMap's tags.

The rows of an element ("way" or "node") are tried from the top; the first whose tags all match
decides. Their order is the method:

1. what is not there, or not fit for older people, whatever else is said (works, plans, ferries,
   alpine paths);
2. what is said of walkers (``foot``, ``foot:conditional``);
3. what is said of everybody, where it shuts walkers out or in (``access``, ``military``): a
   pavement does not make a private road public;
4. where pavements are said to be (``sidewalk``);
5. what is said of the road itself (``motorroad``, ``expressway``, elevated roads, tunnels);
6. water on the way (``ford``), and what is often taken for a closure and is none
   (``motor_vehicle``, ``vehicle``, ``access=destination``, ``toll``, ...);
7. the default of the kind of way.

Separate rows say in which direction a walker may go; one-way streets never bind walkers.

``private`` means: a walk may start or end there, but not pass through. ``closed`` means: nobody
walks there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final, Literal, cast

__all__ = [
    "ACCESS_RULES",
    "RELEVANT_NODE_KEYS",
    "RELEVANT_WAY_KEYS",
    "Access",
    "AccessRule",
    "Decision",
    "node_access",
    "way_access",
]

Access = Literal["public", "private", "closed"]
Element = Literal["way", "node"]
Effect = Literal["public", "private", "closed", "forward", "backward"]

ANY: Final = ("*",)
ABSENT: Final = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRule:
    """
    One row of the access table.

    Attributes
    ----------
    id
        The row's own name, unique.
    element
        Whether it speaks of ways or of nodes.
    tags
        For each key the values that match; all keys must match. ``*`` stands for any text, an
        empty tuple for a key that is absent.
    effect
        The access it gives; or, for the rows of direction, the only way one may walk.
    reason
        Why, in one sentence.
    source
        The page of the OpenStreetMap wiki, or the Chinese practice or rule, that it rests on.
    """

    id: str
    element: Element
    tags: Mapping[str, tuple[str, ...]]
    effect: Effect
    reason: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """
    What the table says of one way or node.

    Attributes
    ----------
    access
        Public, private (a walk may start or end there) or closed.
    forward
        Whether one may walk in the direction in which the way is drawn.
    backward
        Whether one may walk against it.
    rule
        The row that decided the access.
    tags
        The tags that decided, the access first and then the direction.
    direction_rule
        The row that decided the direction; None where both are open to all.
    """

    access: Access
    forward: bool
    backward: bool
    rule: str
    tags: tuple[tuple[str, str], ...]
    direction_rule: str | None = None


def _way(
    id_: str, tags: Mapping[str, tuple[str, ...]], effect: Effect, reason: str, source: str
) -> AccessRule:
    return AccessRule(id=id_, element="way", tags=tags, effect=effect, reason=reason, source=source)


def _node(
    id_: str, tags: Mapping[str, tuple[str, ...]], effect: Effect, reason: str, source: str
) -> AccessRule:
    return AccessRule(
        id=id_, element="node", tags=tags, effect=effect, reason=reason, source=source
    )


_ALLOWED = ("yes", "designated", "official", "permissive", "public", "discouraged")
_INSIDERS = (
    "private",
    "residents",
    "resident",
    "permit",
    "members",
    "employees",
    "staff",
    "students",
)
_VEHICLE_LIMITS = ("no", "private", "destination", "permit", "delivery")
_WALLS = ("wall", "fence", "retaining_wall", "city_wall", "hedge", "guard_rail", "ditch")
_MOTORWAYS = ("motorway", "motorway_link")
_TRUNKS = ("trunk", "trunk_link")
_ROADS = (
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
)
_PATHS = (
    "footway",
    "path",
    "pedestrian",
    "steps",
    "corridor",
    "elevator",
    "platform",
    "cycleway",
    "bridleway",
    "track",
)
_PAVED = (*_TRUNKS, *_ROADS, *_PATHS)
_FAST_NAMES = ("*高架*", "*快速路*", "*高速公路*", "*高速")
_FAST_LIMITS = ("80", "90", "100", "110", "120")
_OFF_ROAD = ("path", "footway", "track", "bridleway", "steps")
_PLANS = ("construction", "proposed", "planned", "abandoned", "razed", "demolished", "disused")

_NOT_THERE = (
    _way(
        "way-not-built",
        {"highway": _PLANS},
        "closed",
        "A road that is planned, being built or gone is none to walk on.",
        "Lifecycle prefix",
    ),
    _way(
        "way-under-construction",
        {
            "highway": (*_MOTORWAYS, *_PAVED, "busway"),
            "construction": ("yes", "major", "widening", *_MOTORWAYS, *_PAVED, "busway"),
        },
        "closed",
        "Works close a road to walkers until the mapper takes the tag away.",
        "Key:construction",
    ),
    _way(
        "way-abandoned",
        {"abandoned": ("yes",)},
        "closed",
        "What is abandoned is nobody's to keep safe.",
        "Key:abandoned",
    ),
    _way(
        "way-disused",
        {"disused": ("yes",)},
        "closed",
        "What is out of use may be fenced or blocked; no older person is sent there.",
        "Key:disused",
    ),
    *(
        _way(
            f"way-prefix-{stage}",
            {"highway": ABSENT, f"{stage}:highway": ANY},
            "closed",
            f"The highway is under the lifecycle prefix {stage!r}: not there now.",
            "Lifecycle prefix",
        )
        for stage in _PLANS
    ),
    _way(
        "way-ferry",
        {"route": ("ferry",)},
        "closed",
        "Waiting for a ferry is no part of a 15 minute walk, and its timetable is not in the map.",
        "Tag:route=ferry",
    ),
    _way(
        "way-via-ferrata",
        {"highway": ("via_ferrata", "ladder")},
        "closed",
        "Climbing is not walking.",
        "Tag:highway=via_ferrata",
    ),
    _way(
        "way-guideway",
        {"highway": ("bus_guideway",)},
        "closed",
        "A guided busway has no surface to walk on.",
        "Tag:highway=bus_guideway",
    ),
    _way(
        "way-raceway",
        {"highway": ("raceway",)},
        "closed",
        "A race track is no street.",
        "Tag:highway=raceway",
    ),
    _way(
        "way-escape",
        {"highway": ("escape", "emergency_bay")},
        "closed",
        "A lane for runaway lorries or breakdowns leads nowhere on foot.",
        "Tag:highway=escape",
    ),
    _way(
        "way-rest-area",
        {"highway": ("rest_area", "services")},
        "closed",
        "The outline of a motorway's rest area is no way.",
        "Tag:highway=services",
    ),
    _way(
        "way-ice-road",
        {"ice_road": ("yes",)},
        "closed",
        "A road over ice is there some weeks a year.",
        "Key:ice_road",
    ),
    _way(
        "way-winter-road",
        {"winter_road": ("yes",)},
        "closed",
        "A winter road is a swamp or a river for the rest of the year.",
        "Key:winter_road",
    ),
    _way(
        "way-alpine",
        {
            "sac_scale": (
                "demanding_mountain_hiking",
                "alpine_hiking",
                "demanding_alpine_hiking",
                "difficult_alpine_hiking",
            )
        },
        "closed",
        "From this grade on a path asks for sure feet and hands: not for older people.",
        "Key:sac_scale",
    ),
    _way(
        "way-no-trail",
        {"trail_visibility": ("horrible", "no")},
        "closed",
        "A path one cannot see is no way to a facility.",
        "Key:trail_visibility",
    ),
    _way(
        "way-crossing-no",
        {"footway": ("crossing",), "crossing": ("no",)},
        "closed",
        "Here the carriageway must not be crossed.",
        "Key:crossing",
    ),
)

_WALKERS = (
    _way(
        "way-foot-yes",
        {"foot": _ALLOWED},
        "public",
        "What is said of walkers beats what is said of all and what the road is.",
        "Key:foot",
    ),
    _way(
        "way-foot-use-sidepath",
        {"foot": ("use_sidepath",)},
        "closed",
        "Walkers must take the pavement beside it, which is a way of its own.",
        "Tag:foot=use_sidepath",
    ),
    _way(
        "way-foot-insiders",
        {"foot": _INSIDERS},
        "private",
        "Those who live or work there walk in and out; nobody walks through.",
        "Key:foot",
    ),
    _way(
        "way-foot-visitors",
        {"foot": ("customers", "destination")},
        "private",
        "Open to those who go there, not to those who pass through.",
        "Key:access",
    ),
    _way(
        "way-foot-by-hours",
        {"foot:conditional": ("yes*", "designated*", "permissive*")},
        "public",
        "Open to walkers at some hours, counted as the daytime is.",
        "Conditional restrictions",
    ),
    _way(
        "way-foot-no",
        {"foot": ("no", "delivery", "restricted", "emergency", "military")},
        "closed",
        "Said of walkers: no.",
        "Key:foot",
    ),
)

_EVERYBODY = (
    _way(
        "way-military",
        {"military": ANY},
        "closed",
        "Military ground is closed without a word about hours or passes.",
        "Key:military",
    ),
    _way(
        "way-access-insiders",
        {"access": _INSIDERS},
        "private",
        "A walled compound (小区) lets its people in and out; a walk does not pass through it.",
        "Key:access; China: gated compounds are tagged access=private",
    ),
    _way(
        "way-access-customers",
        {"access": ("customers",)},
        "private",
        "Open to those who go there, not to those who pass through.",
        "Key:access",
    ),
    _way(
        "way-access-no-pavement",
        {"access": ("no",), "sidewalk": ("both", "left", "right", "yes", "separate")},
        "public",
        "A road closed to traffic that still has pavements is closed to vehicles (a bus lane).",
        "Key:sidewalk",
    ),
    _way(
        "way-access-no",
        {"access": ("no", "restricted", "emergency", "military", "bus", "psv")},
        "closed",
        "Said of everybody, and nothing said of walkers.",
        "Key:access",
    ),
    _way(
        "way-access-delivery",
        {"access": ("delivery",)},
        "closed",
        "For deliveries only.",
        "Key:access",
    ),
)

_PAVEMENTS = (
    _way(
        "way-motorway-sidewalk-separate",
        {"highway": _MOTORWAYS, "sidewalk": ("separate",)},
        "closed",
        "The pavement of a motorway's bridge is a way of its own, the carriageway stays closed.",
        "Tag:sidewalk=separate",
    ),
    _way(
        "way-sidewalk",
        {"highway": (*_MOTORWAYS, *_PAVED, "busway"), "sidewalk": ("both", "left", "right", "yes")},
        "public",
        "Where there is a pavement one walks, whatever the road is.",
        "Key:sidewalk",
    ),
    _way(
        "way-sidewalk-both",
        {"highway": (*_MOTORWAYS, *_PAVED, "busway"), "sidewalk:both": ("yes",)},
        "public",
        "Pavements on both sides.",
        "Key:sidewalk",
    ),
    _way(
        "way-sidewalk-left",
        {"highway": (*_MOTORWAYS, *_PAVED, "busway"), "sidewalk:left": ("yes",)},
        "public",
        "A pavement on the left side.",
        "Key:sidewalk",
    ),
    _way(
        "way-sidewalk-right",
        {"highway": (*_MOTORWAYS, *_PAVED, "busway"), "sidewalk:right": ("yes",)},
        "public",
        "A pavement on the right side.",
        "Key:sidewalk",
    ),
    _way(
        "way-trunk-no-sidewalk",
        {"highway": _TRUNKS, "sidewalk": ("no", "none")},
        "closed",
        "A trunk road without pavements is not walked.",
        "Key:sidewalk",
    ),
    _way(
        "way-trunk-no-sidewalk-both",
        {"highway": _TRUNKS, "sidewalk:both": ("no",)},
        "closed",
        "A trunk road without pavements is not walked.",
        "Key:sidewalk",
    ),
)

_MOTOR_ROADS = (
    _way(
        "way-motorway",
        {"highway": _MOTORWAYS},
        "closed",
        "Walkers are barred from motorways.",
        "Tag:highway=motorway; 道路交通安全法 art. 67",
    ),
    _way(
        "way-motorroad",
        {"motorroad": ("yes",)},
        "closed",
        "A road for motor vehicles only.",
        "Key:motorroad",
    ),
    _way(
        "way-expressway",
        {"expressway": ("yes",), "highway": (*_TRUNKS, "primary", "primary_link")},
        "closed",
        "An urban expressway (快速路) is for motor vehicles; its pavement is the side road's.",
        "Key:expressway; CJJ 129",
    ),
    _way(
        "way-elevated-name",
        {
            "highway": (*_TRUNKS, "primary", "primary_link"),
            "name": _FAST_NAMES,
        },
        "closed",
        "China's elevated roads and expressways say so in their names, seldom in their tags.",
        "China: 南北高架路 is highway=trunk bridge=yes and nothing else",
    ),
    _way(
        "way-trunk-fast",
        {"highway": _TRUNKS, "maxspeed": _FAST_LIMITS},
        "closed",
        "From 80 km/h on a trunk road is an expressway: arterials are built for 60 at most.",
        "Key:maxspeed; CJJ 37, design speeds of 快速路 and 主干路",
    ),
    _way(
        "way-trunk-tunnel-name",
        {"highway": _TRUNKS, "name": ("*隧道",)},
        "closed",
        "The open ends of a trunk tunnel bear its name, and bar walkers as it does.",
        "China: the ramps of 延安东路隧道 are highway=trunk and nothing else",
    ),
    _way(
        "way-trunk-viaduct",
        {"highway": _TRUNKS, "bridge": ("viaduct",)},
        "closed",
        "A trunk road on a viaduct is an elevated road, without pavements unless tagged.",
        "Key:bridge",
    ),
    _way(
        "way-trunk-ramp",
        {"highway": ("trunk_link",), "bridge": ("yes",)},
        "closed",
        "A raised slip road is a ramp to an elevated road.",
        "China: 匝道 of elevated roads are highway=trunk_link bridge=yes",
    ),
    _way(
        "way-trunk-tunnel",
        {"highway": _TRUNKS, "tunnel": ("yes",)},
        "closed",
        "Trunk tunnels (越江隧道, 下穿) bar walkers unless a pavement or foot=yes is tagged.",
        "China: 延安东路隧道 is highway=trunk tunnel=yes and nothing else",
    ),
    _way(
        "way-busway",
        {"highway": ("busway",)},
        "closed",
        "A road for buses only (BRT).",
        "Tag:highway=busway",
    ),
    _way(
        "way-service-bus",
        {"highway": ("service",), "service": ("bus",)},
        "closed",
        "The lanes of a bus station are for buses.",
        "Key:service",
    ),
)

_NO_CLOSURE = (
    _way(
        "way-ford-path",
        {"highway": _OFF_ROAD, "ford": ("yes", "boat", "intermittent")},
        "closed",
        "A path through water means wading: not for older people.",
        "Key:ford",
    ),
    _way(
        "way-ford-stones",
        {"highway": _PAVED, "ford": ("stepping_stones",)},
        "closed",
        "Stepping stones (汀步) ask for sure feet: not for older people.",
        "Tag:ford=stepping_stones",
    ),
    _way(
        "way-ford-road",
        {"highway": _PAVED, "ford": ("yes", "boat", "intermittent")},
        "public",
        "A road over a low crossing (漫水桥) is dry but for a few days.",
        "Key:ford; China: 漫水桥",
    ),
    _way(
        "way-access-farm",
        {"access": ("agricultural", "forestry"), "highway": _PAVED},
        "public",
        "The sign is meant for vehicles: farm and forest roads are walked by everybody.",
        "Key:access; China: 机耕路",
    ),
    _way(
        "way-access-destination",
        {"access": ("destination",), "highway": _PAVED},
        "public",
        "The sign keeps through traffic out; mappers mean vehicles (foot=destination binds).",
        "Key:access",
    ),
    _way(
        "way-minor-works",
        {"highway": _PAVED, "construction": ("no", "minor")},
        "public",
        "Minor works leave room to pass.",
        "Key:construction",
    ),
    _way(
        "way-motor-vehicle",
        {
            "highway": _PAVED,
            "motor_vehicle": _VEHICLE_LIMITS,
        },
        "public",
        "It binds motor vehicles, never walkers.",
        "Key:motor_vehicle",
    ),
    _way(
        "way-vehicle",
        {"highway": _PAVED, "vehicle": _VEHICLE_LIMITS},
        "public",
        "It binds vehicles, never walkers.",
        "Key:vehicle",
    ),
    _way(
        "way-sidewalk-separate",
        {"highway": (*_TRUNKS, *_ROADS), "sidewalk": ("separate",)},
        "public",
        "The pavement drawn beside it is seldom joined at every door; the road stays walkable.",
        "Tag:sidewalk=separate",
    ),
    _way(
        "way-sidewalk-none",
        {"highway": _ROADS, "sidewalk": ("no", "none")},
        "public",
        "Lanes and village roads without pavements are walked all the same.",
        "Key:sidewalk; China: 胡同, 村道",
    ),
    _way(
        "way-toll",
        {"highway": _PAVED, "toll": ("yes",)},
        "public",
        "The toll is for vehicles.",
        "Key:toll",
    ),
    _way(
        "way-seasonal",
        {"highway": _PAVED, "seasonal": ANY},
        "public",
        "Open for a part of the year, counted as open.",
        "Key:seasonal",
    ),
    _way(
        "way-opening-hours",
        {"highway": _PAVED, "opening_hours": ANY},
        "public",
        "Open at some hours (a park), counted as the daytime is.",
        "Key:opening_hours",
    ),
    _way(
        "way-access-by-hours",
        {"highway": _PAVED, "access:conditional": ANY},
        "public",
        "A condition of hours or weights does not close the way by day.",
        "Conditional restrictions",
    ),
    _way(
        "way-smoothness",
        {"highway": _PAVED, "smoothness": ("impassable", "very_horrible")},
        "public",
        "It speaks of wheels: steps are impassable too, and walked.",
        "Key:smoothness",
    ),
    _way(
        "way-building-passage",
        {"highway": _PAVED, "tunnel": ("building_passage",)},
        "public",
        "A passage through a building (过街楼) is walked.",
        "Tag:tunnel=building_passage",
    ),
    _way(
        "way-tunnel",
        {"highway": (*_ROADS, *_PATHS), "tunnel": ANY},
        "public",
        "Underpasses and small tunnels are walked.",
        "Key:tunnel",
    ),
    _way(
        "way-bridge",
        {"highway": _PAVED, "bridge": ANY},
        "public",
        "Bridges and footbridges (人行天桥) are walked; trunk roads cross rivers with pavements.",
        "Key:bridge",
    ),
    _way(
        "way-covered",
        {"highway": _PAVED, "covered": ("yes", "arcade", "colonnade")},
        "public",
        "A roof keeps nobody out (骑楼).",
        "Key:covered",
    ),
    _way(
        "way-indoor",
        {"highway": _PATHS, "indoor": ("yes", "corridor", "room", "area")},
        "public",
        "Indoor ways that are not private lead through stations and malls.",
        "Key:indoor",
    ),
    _way(
        "way-area",
        {"highway": _PAVED, "area": ("yes",)},
        "public",
        "A square is walked; its outline stands for it.",
        "Key:area",
    ),
)

_DEFAULTS = (
    _way(
        "way-trunk",
        {"highway": _TRUNKS},
        "public",
        "China's trunk roads (国道, 主干路) run through towns and have pavements.",
        "Tag:highway=trunk; China: GB 51038, GB/T 51328 pavements on arterials",
    ),
    _way(
        "way-main-road",
        {
            "highway": (
                "primary",
                "primary_link",
                "secondary",
                "secondary_link",
                "tertiary",
                "tertiary_link",
            )
        },
        "public",
        "Main streets have pavements.",
        "Key:highway",
    ),
    _way(
        "way-street",
        {"highway": ("unclassified", "residential")},
        "public",
        "Streets are for walkers too.",
        "Key:highway",
    ),
    _way(
        "way-living-street",
        {"highway": ("living_street",)},
        "public",
        "Walkers come first.",
        "Tag:highway=living_street",
    ),
    _way(
        "way-driveway",
        {"highway": ("service",), "service": ("driveway",)},
        "public",
        "Without access=private a driveway is walked to the door.",
        "Tag:service=driveway",
    ),
    _way(
        "way-parking-aisle",
        {"highway": ("service",), "service": ("parking_aisle",)},
        "public",
        "Who parks there walks there.",
        "Tag:service=parking_aisle",
    ),
    _way(
        "way-alley",
        {"highway": ("service",), "service": ("alley",)},
        "public",
        "Alleys (弄堂, 巷) are walked.",
        "Tag:service=alley",
    ),
    _way(
        "way-emergency-access",
        {"highway": ("service",), "service": ("emergency_access",)},
        "public",
        "A fire lane (消防通道) bars cars, not walkers.",
        "Tag:service=emergency_access",
    ),
    _way(
        "way-drive-through",
        {"highway": ("service",), "service": ("drive-through", "drive_through")},
        "public",
        "A lane at a counter is slow, and no sign keeps walkers out.",
        "Tag:service=drive-through",
    ),
    _way(
        "way-service",
        {"highway": ("service",)},
        "public",
        "Service roads are walked.",
        "Tag:highway=service",
    ),
    _way(
        "way-unknown-road",
        {"highway": ("road",)},
        "public",
        "A road whose class nobody knows yet.",
        "Tag:highway=road",
    ),
    _way(
        "way-track",
        {"highway": ("track",)},
        "public",
        "Farm tracks (机耕路) are walked.",
        "Tag:highway=track",
    ),
    _way(
        "way-sidewalk-line",
        {"highway": ("footway", "path"), "footway": ("sidewalk",)},
        "public",
        "A pavement drawn as a way of its own.",
        "Tag:footway=sidewalk",
    ),
    _way(
        "way-crossing",
        {"highway": ("footway", "path", "cycleway"), "footway": ("crossing", "traffic_island")},
        "public",
        "A crossing drawn as a way of its own.",
        "Tag:footway=crossing",
    ),
    _way(
        "way-footway",
        {"highway": ("footway",)},
        "public",
        "Made for walkers.",
        "Tag:highway=footway",
    ),
    _way("way-path", {"highway": ("path",)}, "public", "Open to walkers.", "Tag:highway=path"),
    _way(
        "way-pedestrian",
        {"highway": ("pedestrian",)},
        "public",
        "Made for walkers.",
        "Tag:highway=pedestrian",
    ),
    _way(
        "way-steps",
        {"highway": ("steps",)},
        "public",
        "Steps are walked; what they cost is the network's affair.",
        "Tag:highway=steps",
    ),
    _way(
        "way-cycleway",
        {"highway": ("cycleway",)},
        "public",
        "Without foot=no a cycle track (非机动车道) is walked.",
        "Tag:highway=cycleway; China",
    ),
    _way(
        "way-bridleway",
        {"highway": ("bridleway",)},
        "public",
        "Without foot=no it is walked.",
        "Tag:highway=bridleway",
    ),
    _way(
        "way-corridor",
        {"highway": ("corridor",)},
        "public",
        "A way inside a building.",
        "Tag:highway=corridor",
    ),
    _way(
        "way-elevator",
        {"highway": ("elevator",)},
        "public",
        "A lift is open to walkers.",
        "Tag:highway=elevator",
    ),
    _way(
        "way-bus-platform",
        {"highway": ("platform",)},
        "public",
        "One waits and walks there.",
        "Tag:highway=platform",
    ),
    _way(
        "way-rail-platform",
        {"highway": ABSENT, "railway": ("platform",)},
        "public",
        "One waits and walks there.",
        "Tag:railway=platform",
    ),
    _way(
        "way-transport-platform",
        {"highway": ABSENT, "public_transport": ("platform",)},
        "public",
        "One waits and walks there.",
        "Tag:public_transport=platform",
    ),
    _way(
        "way-unknown-value",
        {"highway": ANY},
        "closed",
        "A value that the table does not know; nothing is guessed.",
        "Key:highway",
    ),
    _way("way-no-street", {}, "closed", "No street at all.", "Key:highway"),
)

_DIRECTIONS = (
    _way(
        "way-oneway-foot",
        {"oneway:foot": ("yes", "1", "true")},
        "forward",
        "The one one-way sign that binds walkers.",
        "Key:oneway:foot",
    ),
    _way(
        "way-oneway-foot-reverse",
        {"oneway:foot": ("-1", "reverse")},
        "backward",
        "The one one-way sign that binds walkers, against the line.",
        "Key:oneway:foot",
    ),
    _way(
        "way-oneway-foot-no",
        {"oneway:foot": ("no", "0", "false"), "conveying": ABSENT},
        "public",
        "Said to be open both ways.",
        "Key:oneway:foot",
    ),
    _way(
        "way-foot-backward-no",
        {"foot:backward": ("no",)},
        "forward",
        "Walkers go with the line only.",
        "Key:foot",
    ),
    _way(
        "way-foot-forward-no",
        {"foot:forward": ("no",)},
        "backward",
        "Walkers go against the line only.",
        "Key:foot",
    ),
    _way(
        "way-escalator-forward",
        {"conveying": ("forward",)},
        "forward",
        "An escalator or moving walkway is not walked against.",
        "Key:conveying",
    ),
    _way(
        "way-escalator-backward",
        {"conveying": ("backward",)},
        "backward",
        "An escalator or moving walkway is not walked against.",
        "Key:conveying",
    ),
)

_NODES = (
    _node(
        "node-foot-yes",
        {"foot": _ALLOWED},
        "public",
        "What is said of walkers beats what is said of all and what stands there.",
        "Key:foot",
    ),
    _node(
        "node-foot-private",
        {"foot": (*_INSIDERS, "customers", "destination")},
        "private",
        "Those who belong there pass; nobody walks through.",
        "Key:foot",
    ),
    _node(
        "node-crossing-foot-no",
        {"highway": ("crossing",), "foot": ("no",)},
        "public",
        "It bars crossing the carriageway, not walking along it, and the node lies on the latter.",
        "Tag:highway=crossing",
    ),
    _node(
        "node-foot-no",
        {"foot": ("no", "use_sidepath", "delivery", "restricted", "emergency", "military")},
        "closed",
        "Said of walkers: no.",
        "Key:foot",
    ),
    _node(
        "node-access-private",
        {"access": (*_INSIDERS, "customers")},
        "private",
        "The gate of a compound (小区大门): its people pass, with a key where it is locked.",
        "Key:access; China: gated compounds",
    ),
    _node(
        "node-bollard-access-no",
        {"barrier": ("bollard", "block", "kerb", "planter", "log"), "access": ("no",)},
        "public",
        "One steps past it; the tag is meant for vehicles.",
        "Tag:barrier=bollard",
    ),
    _node(
        "node-access-no",
        {"access": ("no", "restricted", "emergency", "military", "delivery")},
        "closed",
        "Said of everybody, and nothing said of walkers.",
        "Key:access",
    ),
    _node(
        "node-locked",
        {"locked": ("yes",)},
        "closed",
        "Locked, and nobody is said to have the key.",
        "Key:locked",
    ),
    _node(
        "node-crossing-no",
        {"crossing": ("no",)},
        "public",
        "It bars crossing the carriageway, not walking along it; the way across is closed.",
        "Key:crossing",
    ),
    _node(
        "node-crossing",
        {"highway": ("crossing",)},
        "public",
        "Here one crosses.",
        "Tag:highway=crossing",
    ),
    _node(
        "node-elevator",
        {"highway": ("elevator",)},
        "public",
        "A lift is open to walkers.",
        "Tag:highway=elevator",
    ),
    _node(
        "node-level-crossing",
        {"railway": ("level_crossing", "crossing", "tram_level_crossing", "tram_crossing")},
        "public",
        "Here one crosses the rails.",
        "Tag:railway=level_crossing",
    ),
    _node(
        "node-gate-hours",
        {"barrier": ANY, "opening_hours": ANY},
        "public",
        "Open at some hours, counted as the daytime is.",
        "Key:opening_hours",
    ),
    _node(
        "node-gate",
        {"barrier": ("gate", "sliding_gate", "wicket_gate", "hampshire_gate", "bump_gate")},
        "public",
        "A gate of which nothing is said is open to walkers.",
        "Tag:barrier=gate",
    ),
    _node(
        "node-lift-gate",
        {"barrier": ("lift_gate", "sliding_beam", "bar")},
        "public",
        "A boom (道闸) stops cars; one walks past it.",
        "Tag:barrier=lift_gate",
    ),
    _node(
        "node-swing-gate",
        {"barrier": ("swing_gate",)},
        "public",
        "It stops cars; one walks past it.",
        "Tag:barrier=swing_gate",
    ),
    _node(
        "node-kissing-gate",
        {"barrier": ("kissing_gate",)},
        "public",
        "Made for walkers.",
        "Tag:barrier=kissing_gate",
    ),
    _node(
        "node-stile",
        {"barrier": ("stile",)},
        "closed",
        "Climbing over a fence is not for older people.",
        "Tag:barrier=stile",
    ),
    _node(
        "node-turnstile",
        {"barrier": ("turnstile",)},
        "public",
        "Made for walkers.",
        "Tag:barrier=turnstile",
    ),
    _node(
        "node-full-height-turnstile",
        {"barrier": ("full-height_turnstile", "full_height_turnstile")},
        "private",
        "It opens to a card or a face: the people of a compound.",
        "Tag:barrier=full-height_turnstile; China: compounds' pedestrian gates",
    ),
    _node(
        "node-sally-port",
        {"barrier": ("sally_port",)},
        "public",
        "A gateway through a city wall (城门).",
        "Tag:barrier=sally_port",
    ),
    _node(
        "node-toll-booth",
        {"barrier": ("toll_booth",)},
        "public",
        "The toll is for vehicles.",
        "Tag:barrier=toll_booth",
    ),
    _node(
        "node-border-control",
        {"barrier": ("border_control",)},
        "closed",
        "No daily walk leads through a border (口岸).",
        "Tag:barrier=border_control",
    ),
    _node(
        "node-bollard",
        {"barrier": ("bollard", "planter")},
        "public",
        "It stops cars.",
        "Tag:barrier=bollard",
    ),
    _node(
        "node-cycle-barrier",
        {"barrier": ("cycle_barrier", "motorcycle_barrier", "horse_stile")},
        "public",
        "It slows bicycles; one walks round it.",
        "Tag:barrier=cycle_barrier",
    ),
    _node(
        "node-block",
        {"barrier": ("block", "jersey_barrier", "debris", "log", "height_restrictor", "bus_trap")},
        "public",
        "It stops cars; one walks round it.",
        "Tag:barrier=block",
    ),
    _node(
        "node-kerb",
        {"barrier": ("kerb", "handrail", "cattle_grid", "spikes")},
        "public",
        "One steps over it.",
        "Tag:barrier=kerb",
    ),
    _node(
        "node-chain",
        {"barrier": ("chain", "rope")},
        "public",
        "It stops cars; one walks past it.",
        "Tag:barrier=chain",
    ),
    _node(
        "node-barrier-entrance",
        {"barrier": ("entrance",)},
        "public",
        "A gap in a wall.",
        "Tag:barrier=entrance",
    ),
    _node(
        "node-wall",
        {"barrier": _WALLS},
        "closed",
        "A way drawn through a wall without a gate has none.",
        "Key:barrier",
    ),
    _node(
        "node-unknown-barrier",
        {"barrier": ANY},
        "public",
        "Most barriers drawn on a way stop cars only.",
        "Key:barrier",
    ),
    _node(
        "node-emergency-exit",
        {"entrance": ("emergency",)},
        "closed",
        "Nobody goes in or out there on a common day.",
        "Key:entrance",
    ),
    _node("node-entrance", {"entrance": ANY}, "public", "A door.", "Key:entrance"),
    _node(
        "node-ford",
        {"ford": ("yes", "stepping_stones")},
        "public",
        "The way that runs through the water decides, not its middle point.",
        "Key:ford",
    ),
    _node("node-plain", {}, "public", "Nothing stands in the way.", "Key:barrier"),
)

_WAYS: Final = (
    *_NOT_THERE,
    *_WALKERS,
    *_EVERYBODY,
    *_PAVEMENTS,
    *_MOTOR_ROADS,
    *_NO_CLOSURE,
    *_DEFAULTS,
)

ACCESS_RULES: Final[tuple[AccessRule, ...]] = (*_WAYS, *_DIRECTIONS, *_NODES)
"""The whole table: the ways' access, the ways' direction, the nodes; each is tried from its top."""


def _accepted(rules: Iterable[AccessRule]) -> dict[str, tuple[str, ...]]:
    accepted: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        for key, values in rule.tags.items():
            # Where a row asks that a key is absent, its presence matters whatever it says.
            accepted[key] = accepted.get(key, ()) + (values or ANY)
    return {key: ANY if "*" in values else values for key, values in accepted.items()}


_WAY_VALUES: Final = _accepted((*_WAYS, *_DIRECTIONS))
_NODE_VALUES: Final = _accepted(_NODES)

RELEVANT_WAY_KEYS: Final = frozenset(_WAY_VALUES)
"""The keys that any row about ways looks at."""

RELEVANT_NODE_KEYS: Final = frozenset(_NODE_VALUES)
"""The keys that any row about nodes looks at."""


def way_access(tags: Mapping[str, str]) -> Decision:
    """
    Decide who may walk along a way, and in which direction.

    Parameters
    ----------
    tags
        The way's tags; keys outside `RELEVANT_WAY_KEYS` change nothing.

    Returns
    -------
    decision
        The access, the directions, and the row and tags that decided.

    Examples
    --------
    >>> way_access({"highway": "residential", "oneway": "yes"}).access
    'public'
    >>> way_access({"highway": "service", "access": "private"}).rule
    'way-access-insiders'
    """
    return _way_decision(_relevant(tags, _WAY_VALUES))


def node_access(tags: Mapping[str, str]) -> Decision:
    """
    Decide who may pass a node.

    Parameters
    ----------
    tags
        The node's tags; keys outside `RELEVANT_NODE_KEYS` change nothing.

    Returns
    -------
    decision
        The access, and the row and tags that decided; both directions are always open.

    Examples
    --------
    >>> node_access({"barrier": "bollard"}).access
    'public'
    >>> node_access({"barrier": "gate", "locked": "yes"}).access
    'closed'
    """
    return _node_decision(_relevant(tags, _NODE_VALUES))


_Tags = tuple[tuple[str, str], ...]


def _relevant(tags: Mapping[str, str], accepted: Mapping[str, tuple[str, ...]]) -> _Tags:
    kept = [
        (key, value)
        for key, value in tags.items()
        if key in accepted and _matches(value, accepted[key])
    ]
    return tuple(sorted(kept))


@lru_cache(maxsize=2**14)
def _matches(value: str, accepted: tuple[str, ...]) -> bool:
    if accepted == ANY:
        return True
    parts = [part.strip().lower() for part in value.split(";")]
    return any(fnmatchcase(part, pattern) for part in parts for pattern in accepted)


@lru_cache(maxsize=2**14)
def _way_decision(tags: _Tags) -> Decision:
    found = dict(tags)
    rule = next(rule for rule in _WAYS if _applies(rule, found))
    direction = next((row for row in _DIRECTIONS if _applies(row, found)), None)
    return _decision(rule, direction, found)


@lru_cache(maxsize=2**12)
def _node_decision(tags: _Tags) -> Decision:
    found = dict(tags)
    return _decision(next(rule for rule in _NODES if _applies(rule, found)), None, found)


def _applies(rule: AccessRule, tags: Mapping[str, str]) -> bool:
    return all(
        (key in tags and _matches(tags[key], values)) if values else key not in tags
        for key, values in rule.tags.items()
    )


def _decision(rule: AccessRule, direction: AccessRule | None, tags: Mapping[str, str]) -> Decision:
    effect = direction.effect if direction else "public"
    keys = [*rule.tags, *(direction.tags if direction else ())]
    return Decision(
        access=cast("Access", rule.effect),  # the rows of direction are tried apart
        forward=effect != "backward",
        backward=effect != "forward",
        rule=rule.id,
        tags=tuple((key, tags[key]) for key in keys if key in tags),
        direction_rule=direction.id if direction else None,
    )
