"""
The access table, row by row, on drawn mini-maps.

A mini-map is one line: ``A1B2C`` is the way 1 from node A to node B and the way 2 from B to C.
What walkers may use is drawn below it, sign for sign: ``=`` public, ``~`` private, ``>`` and ``<``
only this way, a blank closed; a node keeps its capital when it is public, is a small letter when it
is private, and ``x`` when nobody passes it.
"""

import re
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS

from lifecircle.walk.access import (
    ACCESS_RULES,
    RELEVANT_NODE_KEYS,
    RELEVANT_WAY_KEYS,
    Decision,
    node_access,
    way_access,
)
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import build_network
from lifecircle.walk.places import snap_places
from lifecircle.walk.ways import StreetWays

STEP_M = 100.0
STREET = "highway=residential"


@dataclass(frozen=True)
class MiniMap:
    """One row of the table at work: the map, its tags, and what walkers may use of it."""

    rule: str
    drawn: str
    tags: dict[str, str]
    walkers: str


def tags_of(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(", ")) if text else {}


def street_ways(mini: MiniMap) -> StreetWays:
    """Lay a mini-map out: a node every 100 m from west to east, A first."""
    nodes = mini.drawn[::2]
    ways = mini.drawn[1::2]
    return StreetWays(
        crs=CRS("EPSG:4549"),
        node_ids=np.array([ord(node) for node in nodes]),
        xy=np.array([[STEP_M * place, 0.0] for place in range(len(nodes))]),
        way_ids=np.array([int(way) for way in ways]),
        offsets=np.arange(0, 2 * len(ways) + 1, 2),
        refs=np.array([end for place in range(len(ways)) for end in (place, place + 1)]),
        way_tags=tuple(tags_of(mini.tags[way]) for way in ways),
        node_tags={
            place: tags_of(mini.tags[node]) for place, node in enumerate(nodes) if node in mini.tags
        },
    )


def decisions(mini: MiniMap) -> dict[str, Decision]:
    ways = street_ways(mini)
    found = {
        str(way): way_access(tags)
        for way, tags in zip(ways.way_ids.tolist(), ways.way_tags, strict=True)
    }
    for place, node in enumerate(ways.node_ids.tolist()):
        found[chr(node)] = node_access(ways.node_tags.get(place, {}))
    return found


def sign(name: str, decision: Decision) -> str:
    if decision.access == "closed":
        return "x" if name.isalpha() else " "
    if name.isalpha():
        return name if decision.access == "public" else name.lower()
    if decision.access == "private":
        return "~"
    return {(True, True): "=", (True, False): ">", (False, True): "<"}[
        decision.forward, decision.backward
    ]


def way(rule: str, tags: str, walked: str) -> MiniMap:
    """Draw a street, the way in question, and a street behind it."""
    return MiniMap(rule, "A1B2C3D", {"1": STREET, "2": tags, "3": STREET}, f"A=B{walked}C=D")


def node(rule: str, tags: str, passed: str) -> MiniMap:
    """Draw two streets that meet in the node in question."""
    return MiniMap(rule, "A1B2C", {"1": STREET, "2": STREET, "B": tags}, f"A={passed}=C")


NOT_THERE = [
    way("way-not-built", "highway=construction, construction=residential", " "),
    way("way-not-built", "highway=construction, foot=yes", " "),
    way("way-not-built", "highway=proposed, proposed=primary", " "),
    way("way-not-built", "highway=abandoned", " "),
    way("way-not-built", "highway=razed", " "),
    way("way-not-built", "highway=planned", " "),
    way("way-under-construction", "highway=residential, construction=yes", " "),
    way("way-under-construction", "highway=footway, construction=footway, foot=yes", " "),
    way("way-abandoned", "highway=track, abandoned=yes", " "),
    way("way-disused", "highway=steps, disused=yes", " "),
    way("way-prefix-construction", "construction:highway=footway", " "),
    way("way-prefix-proposed", "proposed:highway=footway", " "),
    way("way-prefix-planned", "planned:highway=footway", " "),
    way("way-prefix-abandoned", "abandoned:highway=path, foot=yes", " "),
    way("way-prefix-razed", "razed:highway=residential", " "),
    way("way-prefix-demolished", "demolished:highway=residential", " "),
    way("way-prefix-disused", "disused:highway=residential", " "),
    way("way-ferry", "route=ferry", " "),
    way("way-ferry", "route=ferry, foot=yes, motor_vehicle=no", " "),
    way("way-via-ferrata", "highway=via_ferrata, foot=yes", " "),
    way("way-via-ferrata", "highway=ladder", " "),
    way("way-guideway", "highway=bus_guideway", " "),
    way("way-raceway", "highway=raceway", " "),
    way("way-escape", "highway=escape", " "),
    way("way-rest-area", "highway=services", " "),
    way("way-rest-area", "highway=rest_area", " "),
    way("way-ice-road", "highway=track, ice_road=yes", " "),
    way("way-winter-road", "highway=track, winter_road=yes", " "),
    way("way-alpine", "highway=path, foot=yes, sac_scale=alpine_hiking", " "),
    way("way-alpine", "highway=path, sac_scale=demanding_mountain_hiking", " "),
    way("way-no-trail", "highway=path, trail_visibility=horrible", " "),
    way("way-crossing-no", "highway=footway, footway=crossing, crossing=no", " "),
]

WALKERS = [
    way("way-foot-yes", "highway=motorway, foot=yes", "="),
    way("way-foot-yes", "highway=trunk, motorroad=yes, foot=designated", "="),
    way("way-foot-yes", "highway=service, access=private, foot=permissive", "="),
    way("way-foot-yes", "highway=cycleway, foot=official", "="),
    way("way-foot-yes", "highway=tertiary, foot=discouraged", "="),
    way("way-foot-yes", "highway=busway, foot=yes", "="),
    way("way-foot-use-sidepath", "highway=primary, foot=use_sidepath, sidewalk=separate", " "),
    way("way-foot-insiders", "highway=footway, foot=private", "~"),
    way("way-foot-insiders", "highway=footway, foot=residents", "~"),
    way("way-foot-visitors", "highway=footway, foot=destination", "~"),
    way("way-foot-visitors", "highway=footway, foot=customers", "~"),
    way("way-foot-by-hours", "highway=path, access=no, foot:conditional=yes @ (06:00-22:00)", "="),
    way("way-foot-no", "highway=cycleway, foot=no", " "),
    way("way-foot-no", "highway=residential, foot=no, sidewalk=both", " "),
    way("way-foot-no", "highway=service, foot=delivery", " "),
]

EVERYBODY = [
    way("way-military", "highway=service, military=yes", " "),
    way("way-access-insiders", "highway=service, access=private", "~"),
    way("way-access-insiders", "highway=residential, access=residents", "~"),
    way("way-access-insiders", "highway=residential, access=private, sidewalk=both", "~"),
    way("way-access-customers", "highway=service, service=parking_aisle, access=customers", "~"),
    way("way-access-no-pavement", "highway=primary, access=no, bus=yes, sidewalk=both", "="),
    way("way-access-no", "highway=footway, access=no", " "),
    way("way-access-no", "highway=service, access=military", " "),
    way("way-access-delivery", "highway=service, access=delivery", " "),
    way("way-access-farm", "highway=track, access=agricultural", "="),
    way("way-access-farm", "highway=track, access=forestry", "="),
    way("way-access-destination", "highway=residential, access=destination", "="),
]

PAVEMENTS = [
    way("way-motorway-sidewalk-separate", "highway=motorway, sidewalk=separate", " "),
    way("way-sidewalk", "highway=motorway, sidewalk=right", "="),
    way("way-sidewalk", "highway=trunk, motorroad=yes, sidewalk=both", "="),
    way("way-sidewalk", "highway=trunk_link, bridge=yes, sidewalk=left", "="),
    way("way-sidewalk-both", "highway=busway, sidewalk:both=yes", "="),
    way("way-sidewalk-left", "highway=trunk, tunnel=yes, sidewalk:left=yes", "="),
    way("way-sidewalk-right", "highway=trunk, tunnel=yes, sidewalk:right=yes", "="),
    way("way-trunk-no-sidewalk", "highway=trunk, sidewalk=no", " "),
    way("way-trunk-no-sidewalk", "highway=trunk_link, sidewalk=none", " "),
    way("way-trunk-no-sidewalk-both", "highway=trunk, sidewalk:both=no", " "),
]

MOTOR_ROADS = [
    way("way-motorway", "highway=motorway", " "),
    way("way-motorway", "highway=motorway_link, access=yes", " "),
    way("way-motorroad", "highway=trunk, motorroad=yes", " "),
    way("way-motorroad", "highway=primary, motorroad=yes", " "),
    way("way-motorroad", "highway=primary, motorroad=yes, access=destination", " "),
    way("way-motorroad", "highway=primary, motorroad=yes, motor_vehicle=permit", " "),
    way("way-expressway", "highway=trunk, expressway=yes", " "),
    way("way-elevated-name", "highway=trunk, bridge=yes, name=南北高架路", " "),
    way("way-trunk-fast", "highway=trunk, maxspeed=80", " "),
    way("way-trunk-tunnel-name", "highway=trunk, name=延安东路隧道", " "),
    way("way-trunk-viaduct", "highway=trunk, bridge=viaduct", " "),
    way("way-trunk-ramp", "highway=trunk_link, bridge=yes", " "),
    way("way-trunk-tunnel", "highway=trunk, tunnel=yes", " "),
    way("way-busway", "highway=busway", " "),
    way("way-service-bus", "highway=service, service=bus", " "),
]

NO_CLOSURE = [
    way("way-ford-path", "highway=path, ford=yes", " "),
    way("way-ford-stones", "highway=footway, ford=stepping_stones", " "),
    way("way-ford-road", "highway=unclassified, ford=yes", "="),
    way("way-minor-works", "highway=residential, construction=minor", "="),
    way("way-motor-vehicle", "highway=residential, motor_vehicle=private", "="),
    way("way-motor-vehicle", "highway=service, motor_vehicle=no", "="),
    way("way-vehicle", "highway=pedestrian, vehicle=no", "="),
    way("way-sidewalk-separate", "highway=primary, sidewalk=separate", "="),
    way("way-sidewalk-separate", "highway=trunk, sidewalk=separate", "="),
    way("way-sidewalk-none", "highway=residential, sidewalk=no", "="),
    way("way-toll", "highway=primary, toll=yes", "="),
    way("way-seasonal", "highway=path, seasonal=summer", "="),
    way("way-opening-hours", "highway=footway, opening_hours=06:00-21:00", "="),
    way("way-access-by-hours", "highway=service, access:conditional=no @ (22:00-06:00)", "="),
    way("way-smoothness", "highway=steps, smoothness=impassable", "="),
    way("way-building-passage", "highway=service, tunnel=building_passage", "="),
    way("way-tunnel", "highway=footway, tunnel=yes, layer=-1", "="),
    way("way-bridge", "highway=footway, bridge=yes, layer=1", "="),
    way("way-bridge", "highway=trunk, bridge=yes, name=长江大桥", "="),
    way("way-covered", "highway=footway, covered=arcade", "="),
    way("way-indoor", "highway=corridor, indoor=yes", "="),
    way("way-area", "highway=pedestrian, area=yes", "="),
]

DEFAULTS = [
    way("way-trunk", "highway=trunk", "="),
    way("way-trunk", "highway=trunk, maxspeed=60, name=解放大道", "="),
    way("way-trunk", "highway=trunk_link", "="),
    *(
        way("way-main-road", f"highway={value}", "=")
        for value in ("primary", "primary_link", "secondary", "secondary_link")
    ),
    way("way-main-road", "highway=tertiary, oneway=yes", "="),
    way("way-main-road", "highway=tertiary_link, oneway=-1", "="),
    way("way-street", "highway=residential", "="),
    way("way-street", "highway=unclassified", "="),
    way("way-living-street", "highway=living_street", "="),
    way("way-driveway", "highway=service, service=driveway", "="),
    way("way-parking-aisle", "highway=service, service=parking_aisle", "="),
    way("way-alley", "highway=service, service=alley", "="),
    way("way-emergency-access", "highway=service, service=emergency_access", "="),
    way("way-drive-through", "highway=service, service=drive-through", "="),
    way("way-service", "highway=service", "="),
    way("way-unknown-road", "highway=road", "="),
    way("way-track", "highway=track, tracktype=grade3", "="),
    way("way-sidewalk-line", "highway=footway, footway=sidewalk", "="),
    way("way-crossing", "highway=footway, footway=crossing, crossing=marked", "="),
    way("way-footway", "highway=footway", "="),
    way("way-path", "highway=path, sac_scale=hiking", "="),
    way("way-pedestrian", "highway=pedestrian", "="),
    way("way-steps", "highway=steps", "="),
    way("way-cycleway", "highway=cycleway", "="),
    way("way-bridleway", "highway=bridleway", "="),
    way("way-corridor", "highway=corridor", "="),
    way("way-elevator", "highway=elevator", "="),
    way("way-bus-platform", "highway=platform", "="),
    way("way-rail-platform", "railway=platform", "="),
    way("way-transport-platform", "public_transport=platform", "="),
    way("way-unknown-value", "highway=bus_stop", " "),
    way("way-no-street", "waterway=river", " "),
]

DIRECTIONS = [
    way("way-oneway-foot", "highway=footway, oneway:foot=yes", ">"),
    way("way-oneway-foot-reverse", "highway=footway, oneway:foot=-1", "<"),
    way("way-oneway-foot-no", "highway=residential, oneway=yes, oneway:foot=no", "="),
    way("way-foot-backward-no", "highway=path, foot:backward=no", ">"),
    way("way-foot-forward-no", "highway=path, foot:forward=no", "<"),
    way("way-escalator-forward", "highway=steps, conveying=forward", ">"),
    way("way-escalator-backward", "highway=steps, conveying=backward", "<"),
]

NODES = [
    node("node-foot-yes", "barrier=gate, locked=yes, foot=yes", "B"),
    node("node-foot-yes", "barrier=wall, foot=designated", "B"),
    node("node-foot-yes", "barrier=gate, access=private, foot=yes", "B"),
    node("node-foot-private", "barrier=gate, foot=private", "b"),
    node("node-crossing-foot-no", "highway=crossing, foot=no, bicycle=yes", "B"),
    node("node-foot-no", "barrier=gate, foot=no", "x"),
    node("node-access-private", "barrier=gate, access=private", "b"),
    node("node-access-private", "barrier=gate, access=residents, locked=yes", "b"),
    node("node-access-private", "barrier=lift_gate, access=private", "b"),
    node("node-bollard-access-no", "barrier=bollard, access=no", "B"),
    node("node-access-no", "barrier=gate, access=no", "x"),
    node("node-access-no", "access=no", "x"),
    node("node-locked", "barrier=gate, locked=yes", "x"),
    node("node-crossing-no", "highway=crossing, crossing=no", "B"),
    node("node-crossing", "highway=crossing, crossing=traffic_signals", "B"),
    node("node-elevator", "highway=elevator", "B"),
    node("node-level-crossing", "railway=level_crossing", "B"),
    node("node-gate-hours", "barrier=gate, opening_hours=06:00-22:00", "B"),
    node("node-gate", "barrier=gate", "B"),
    node("node-lift-gate", "barrier=lift_gate", "B"),
    node("node-swing-gate", "barrier=swing_gate", "B"),
    node("node-kissing-gate", "barrier=kissing_gate", "B"),
    node("node-stile", "barrier=stile", "x"),
    node("node-turnstile", "barrier=turnstile", "B"),
    node("node-full-height-turnstile", "barrier=full-height_turnstile", "b"),
    node("node-sally-port", "barrier=sally_port", "B"),
    node("node-toll-booth", "barrier=toll_booth", "B"),
    node("node-border-control", "barrier=border_control", "x"),
    node("node-bollard", "barrier=bollard", "B"),
    node("node-cycle-barrier", "barrier=cycle_barrier", "B"),
    node("node-block", "barrier=block", "B"),
    node("node-kerb", "barrier=kerb", "B"),
    node("node-chain", "barrier=chain", "B"),
    node("node-barrier-entrance", "barrier=entrance", "B"),
    node("node-wall", "barrier=wall", "x"),
    node("node-wall", "barrier=fence", "x"),
    node("node-unknown-barrier", "barrier=yes", "B"),
    node("node-emergency-exit", "entrance=emergency", "x"),
    node("node-entrance", "entrance=main", "B"),
    node("node-ford", "ford=yes", "B"),
    node("node-plain", "", "B"),
    node("node-plain", "highway=traffic_signals", "B"),
]

MINI_MAPS = [
    *NOT_THERE,
    *WALKERS,
    *EVERYBODY,
    *PAVEMENTS,
    *MOTOR_ROADS,
    *NO_CLOSURE,
    *DEFAULTS,
    *DIRECTIONS,
    *NODES,
]


def deciding(mini: MiniMap) -> set[str | None]:
    asked = decisions(mini)["B" if mini.rule.startswith("node-") else "2"]
    return {asked.rule, asked.direction_rule}


@pytest.mark.parametrize("mini", MINI_MAPS, ids=lambda mini: f"{mini.rule}: {mini.tags}")
def test_walkers_may_use_what_is_drawn(mini: MiniMap) -> None:
    found = decisions(mini)
    assert "".join(sign(name, found[name]) for name in mini.drawn) == mini.walkers


@pytest.mark.parametrize("mini", MINI_MAPS, ids=lambda mini: f"{mini.rule}: {mini.tags}")
def test_the_row_named_is_the_row_that_decided(mini: MiniMap) -> None:
    assert mini.rule in deciding(mini)


def with_detour(mini: MiniMap) -> StreetWays:
    """Join the west end to the east end by a street of 800 m and the map's own length."""
    ways = street_ways(mini)
    east = ways.xy[-1, 0]
    corners = [[0.0, -400.0], [east, -400.0]]
    first = len(ways.xy)
    return replace(
        ways,
        node_ids=np.concatenate([ways.node_ids, [1, 2]]),
        xy=np.concatenate([ways.xy, corners]),
        way_ids=np.append(ways.way_ids, 9),
        offsets=np.append(ways.offsets, ways.offsets[-1] + 4),
        refs=np.concatenate([ways.refs, [0, first, first + 1, first - 1]]),
        way_tags=(*ways.way_tags, {"highway": "footway"}),
    )


@pytest.mark.parametrize("mini", MINI_MAPS, ids=lambda mini: f"{mini.rule}: {mini.tags}")
def test_walks_take_what_is_drawn_and_go_round_the_rest(mini: MiniMap) -> None:
    ways = with_detour(mini)
    network = build_network(ways)
    length = ways.xy[: len(street_ways(mini).xy), 0].max()
    ends = gpd.GeoSeries(gpd.points_from_xy([0, length], [0, 0]), index=["A", "Z"], crs=ways.crs)
    places = snap_places(network, ends)
    links = walk_links(network, places, places, limit_mm=10**9)
    walked = links.set_index(["residence_id", "facility_id"])["walk_mm"] / 1000
    barred = set(mini.walkers) - set("=<>") - set(mini.drawn)
    eastward = length if not barred and "<" not in mini.walkers else length + 800
    westward = length if not barred and ">" not in mini.walkers else length + 800
    assert (walked["A", "Z"], walked["Z", "A"]) == (eastward, westward)


def test_every_row_is_drawn_and_decides() -> None:
    decided = {rule for mini in MINI_MAPS for rule in deciding(mini) & {mini.rule}}
    assert decided == {rule.id for rule in ACCESS_RULES}


def test_the_table_has_sixty_rows_with_names_of_their_own() -> None:
    names = [rule.id for rule in ACCESS_RULES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


def test_every_row_gives_a_reason_in_one_sentence_and_a_source() -> None:
    for rule in ACCESS_RULES:
        assert re.fullmatch(r"[A-Z].*\.", rule.reason), rule.id
        assert rule.source, rule.id
        assert rule.id.startswith(f"{rule.element}-")


def test_relevant_keys_are_those_of_the_table() -> None:
    for element, keys in (("way", RELEVANT_WAY_KEYS), ("node", RELEVANT_NODE_KEYS)):
        named = {key for rule in ACCESS_RULES if rule.element == element for key in rule.tags}
        assert named == keys


def test_only_rows_of_direction_have_a_direction() -> None:
    bound = {rule.id for rule in ACCESS_RULES if rule.effect in {"forward", "backward"}}
    access_rows = {way_access(street_ways(mini).way_tags[1]).rule for mini in MINI_MAPS}
    assert not bound & access_rows


def test_decision_names_the_tags_that_decided() -> None:
    decision = way_access({"name": "滨河路", "highway": "steps", "conveying": "forward"})
    assert decision.tags == (("highway", "steps"), ("conveying", "forward"))
    assert decision.direction_rule == "way-escalator-forward"


def test_decision_of_an_access_tag_names_it_alone() -> None:
    decision = way_access({"highway": "service", "access": "private", "service": "driveway"})
    assert decision.tags == (("access", "private"),)


def test_oneway_streets_and_bicycles_never_bind_walkers() -> None:
    decision = way_access({"highway": "primary", "oneway": "yes", "oneway:bicycle": "yes"})
    assert (decision.forward, decision.backward) == (True, True)
    assert decision.direction_rule is None


def test_a_planned_upgrade_does_not_close_a_street() -> None:
    assert way_access({"highway": "residential", "proposed:highway": "primary"}).access == "public"


@pytest.mark.parametrize("value", ["private;customers", "Private", " private "])
def test_lists_capitals_and_blanks_in_values_are_read(value: str) -> None:
    assert way_access({"highway": "service", "access": value}).access == "private"


def test_order_of_tags_changes_nothing() -> None:
    tags = {"highway": "trunk", "bridge": "yes", "name": "内环高架路", "layer": "1"}
    backwards = dict(reversed(tags.items()))
    assert way_access(tags) == way_access(backwards)


def test_names_do_not_fill_the_cache() -> None:
    first = way_access({"highway": "residential", "name": "解放路"})
    assert way_access({"highway": "residential", "name": "人民路"}) is first


def test_arguments_stay_as_they_were() -> None:
    tags = {"name": "解放路", "highway": "residential"}
    way_access(tags)
    assert tags == {"name": "解放路", "highway": "residential"}
