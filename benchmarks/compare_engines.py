"""
How LifeCircle's walks differ from those of Valhalla, networkx and osmnx, and why.

``python benchmarks/compare_engines.py STREETS.osm.pbf BOUNDARY.geojson [--write]`` draws 500 pairs
of places in the boundary, always the same ones: random points of random streets, by length, with
200 m to 2.5 km between them as the crow flies. Every engine reads the same file and walks between
the same places at 1 m/s. Printed are the tables of docs/engines.md (``--write`` puts them there and
into the Chinese page), then each pair that is off, with the parts of its difference.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import osmnx as ox
import pandas as pd
import shapely
from engine_tables import OFF_SHARE, write_pages, written
from other_engines import (
    Route,
    cut_ways,
    networkx_walks,
    one_way_walks,
    osmnx_graph,
    osmnx_walks,
    osmnx_walks_along,
    valhalla_routes,
    valhalla_tiles,
    ways_of_route,
)
from pyproj import CRS, Transformer

from lifecircle.datum import study_crs
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.walk.access import node_access, way_access
from lifecircle.walk.links import walk_links
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.places import chosen_places, snap_places
from lifecircle.walk.ways import StreetWays

if TYPE_CHECKING:
    import networkx as nx

Floats = npt.NDArray[np.float64]
Tags = Mapping[str, str]
Named = TypeVar("Named")

PAIRS = 500
SEED = 7
NEAREST_M, FARTHEST_M = 200.0, 2500.0
LIMITS_MM = (6_000_000, 50_000_000)  # nearly all walks are found within the first

# Valhalla's reading of tags, one change to ours each: what is left of a way's tags. "oneway" and
# "cut" are put there from the file (`told`); no rule of ours looks at them.
READINGS: Mapping[str, Callable[[Tags], Tags]] = {
    "squares": lambda tags: {} if tags.get("area") == "yes" else tags,
    "cycle tracks": lambda tags: {} if way_access(tags).rule == "way-cycleway" else tags,
    "mountain paths": lambda tags: {} if tags.get("sac_scale") == "mountain_hiking" else tags,
    "cut ways": lambda tags: {} if "cut" in tags else tags,
    "one-way walks": lambda tags: (
        {**tags, "oneway:foot": tags["oneway"]} if "oneway" in tags else tags
    ),
    "fast roads": lambda tags: _opened(tags, way_access(tags).rule.startswith("way-trunk-")),
    "private ways": lambda tags: _opened(tags, way_access(tags).access == "private"),
    "fords": lambda tags: {key: value for key, value in tags.items() if key != "ford"},
    "barriers": lambda tags: tags,  # on nodes: `read_alike`
}
_HEEDED = ("node-foot-no", "node-access-no")  # closed nodes that are closed in Valhalla too

STEPS = ("start", "tags", "rest", "preferences", "sphere", "waits")


class Pairs(NamedTuple):
    """The places, in metres and in degrees."""

    starts: gpd.GeoSeries
    ends: gpd.GeoSeries
    degrees: tuple[Floats, Floats]


class Routes(NamedTuple, Generic[Named]):
    """Ways by their ids: what a place stands on, and what the walks run over."""

    stands: Named
    default: Named
    shortest: Named
    ours: Named


class Comparison(NamedTuple):
    """
    All walks in metres or, at 1 m/s, seconds; infinite where there is no way.

    `walks` has a row a pair: ``ours``, a column each of `engine_tables.ROWS`, and ``there`` and
    ``ours_alike``, our walks from where Valhalla's begin, the second with its tags; ``moved_m``
    and ``snap_m`` are how far Valhalla and we move a place. `causes` has the pairs that are off.
    """

    walks: pd.DataFrame
    causes: pd.DataFrame


def main() -> None:
    """Print the tables."""
    files = [argument for argument in sys.argv[1:] if argument != "--write"]
    if len(files) != 2:  # noqa: PLR2004 - the streets and the boundary
        raise SystemExit(__doc__)
    found = compare(*map(Path, files))
    for lines in written(found.walks, found.causes).values():
        print("\n".join(lines), end="\n\n")
    print(found.causes.to_string(float_format="{:,.0f}".format))
    if "--write" in sys.argv:
        write_pages(found.walks, found.causes)


def compare(streets: Path, boundary: Path) -> Comparison:
    """Walk between the pairs by every engine, and find out why Valhalla's times are others."""
    crs = study_crs(*osm_centre(streets))
    ways = told(read_osm_streets(streets, crs=crs), streets)
    network = build_network(ways)
    pairs = draw_pairs(network, gpd.read_file(boundary).to_crs(crs).union_all())
    starts, ends = (snap_places(network, each) for each in pairs[:2])
    exact = networkx_walks(network, starts, ends)
    with tempfile.TemporaryDirectory() as folder:
        actor = valhalla_tiles(streets, Path(folder))
        default = valhalla_routes(actor, *pairs.degrees)
        shortest = valhalla_routes(actor, *pairs.degrees, shortest=True)
        over = [[ways_of_route(actor, each) for each in routes] for routes in (default, shortest)]
        graph = osmnx_graph(streets, Path(folder), without=cut_ways(streets))
    there = standing_where(pairs, shortest)
    walks = pd.DataFrame(
        {
            "ours": our_walks(network, *pairs[:2]),
            "time": [route.seconds for route in default],
            "metres": [route.metres for route in default],
            "plane": on_the_plane(default, crs),
            "shortest": on_the_plane(shortest, crs),
            "there": our_walks(network, *there, connectors=False),
            "ours_alike": our_walks(read_alike(ways, READINGS), *there, connectors=False),
            "networkx": [walk.mm / 1000 for walk in exact],
            **by_osmnx(ox.project_graph(graph, to_crs=crs), pairs),
            "moved_m": np.maximum(*(a.distance(b) for a, b in zip(pairs[:2], there, strict=True))),
            "snap_m": np.maximum(starts.snap_m, ends.snap_m),
        },
        index=pairs.starts.index,
    )
    mine = [[way for edge in walk.edges for way in ways_of_edge(network, edge)] for walk in exact]
    routes = Routes(streets_of(network, pairs, there), *over, mine)
    return Comparison(walks, causes_of(walks, ways, there, routes))


def told(ways: StreetWays, streets: Path) -> StreetWays:
    """Tell each way what the file says of it and our reader leaves out."""
    cut, one_way = cut_ways(streets), one_way_walks(streets)
    tags = [
        {
            **tags,
            **({"cut": "yes"} if way in cut else {}),
            **({"oneway": one_way[way]} if way in one_way else {}),
        }
        for way, tags in zip(ways.way_ids.tolist(), ways.way_tags, strict=True)
    ]
    return replace(ways, way_tags=tuple(tags))


def draw_pairs(network: WalkNetwork, area: shapely.Geometry) -> Pairs:
    """Draw places on the streets of an area, as whole 1e-7 degrees."""
    rng = np.random.default_rng(SEED)
    lines = shapely.intersection(network.lines, area)
    length = shapely.length(lines)
    drawn = rng.choice(len(lines), size=(40 * PAIRS, 2), p=length / length.sum())
    spots = shapely.line_interpolate_point(lines[drawn], rng.random(drawn.shape), normalized=True)
    apart = shapely.distance(spots[:, 0], spots[:, 1])
    spots = spots[(apart >= NEAREST_M) & (apart <= FARTHEST_M)][:PAIRS]
    ids = [f"{number:03}" for number in range(1, PAIRS + 1)]
    degrees, metres = [], []
    for column in (0, 1):
        places = gpd.GeoSeries(spots[:, column], index=ids, crs=network.crs).to_crs(4326)
        lonlat = np.round(shapely.get_coordinates(places.array), 7)
        degrees.append(lonlat)
        exact = gpd.GeoSeries(shapely.points(lonlat), index=ids, crs=4326)
        metres.append(exact.to_crs(network.crs))
    return Pairs(metres[0], metres[1], (degrees[0], degrees[1]))


def our_walks(
    network: WalkNetwork, starts: gpd.GeoSeries, ends: gpd.GeoSeries, *, connectors: bool = True
) -> Floats:
    """Walk from each start to its end by LifeCircle, with or without the way to the street."""
    homes, goals = snap_places(network, starts), snap_places(network, ends)
    if not connectors:
        homes, goals = (
            replace(places, connector_mm=np.zeros_like(places.connector_mm))
            for places in (homes, goals)
        )
    walked = []
    for name in starts.index:
        pair = [chosen_places(places, pd.Index([name])) for places in (homes, goals)]
        for limit_mm in LIMITS_MM:
            links = walk_links(network, *pair, limit_mm=limit_mm)
            if len(links):
                break
        walked.append(links["walk_mm"].min() / 1000)
    return np.nan_to_num(np.array(walked), nan=np.inf)


def on_the_plane(routes: Sequence[Route], crs: CRS) -> Floats:
    """Measure Valhalla's lines as LifeCircle measures streets."""
    project = Transformer.from_crs(4326, crs, always_xy=True)
    return np.array(
        [
            shapely.length(shapely.linestrings(*project.transform(*route.line.T)))
            if route.shape
            else np.inf
            for route in routes
        ]
    )


def standing_where(pairs: Pairs, routes: Sequence[Route]) -> tuple[gpd.GeoSeries, gpd.GeoSeries]:
    """Return where Valhalla's walks begin and end; the places where it finds no way."""
    found = []
    for side, (places, degrees) in enumerate(zip(pairs[:2], pairs.degrees, strict=True)):
        spots = [
            route.line[-side] if route.shape else own
            for route, own in zip(routes, degrees, strict=True)
        ]
        series = gpd.GeoSeries(shapely.points(spots), index=places.index, crs=4326)
        found.append(series.to_crs(places.crs))
    return found[0], found[1]


def read_alike(ways: StreetWays, names: Iterable[str]) -> WalkNetwork:
    """Build our network with some of Valhalla's readings."""
    way_tags, node_tags = ways.way_tags, ways.node_tags
    for name in names:
        way_tags = tuple(READINGS[name](tags) for tags in way_tags)
        if name == "barriers":
            node_tags = {
                node: tags for node, tags in node_tags.items() if node_access(tags).rule in _HEEDED
            }
    return build_network(replace(ways, way_tags=way_tags, node_tags=node_tags))


def _opened(tags: Tags, wanted: bool) -> Tags:  # noqa: FBT001 - a shorthand
    return {**tags, "foot": "yes"} if wanted else tags


def by_osmnx(graph: "nx.MultiDiGraph[int]", pairs: Pairs) -> dict[str, Floats]:
    """Walk between the places on a projected graph of osmnx's."""
    spots = [shapely.get_coordinates(each.array) for each in pairs[:2]]
    return {"along": osmnx_walks_along(graph, *spots), "junctions": osmnx_walks(graph, *spots)}


def causes_of(
    walks: pd.DataFrame,
    ways: StreetWays,
    there: Sequence[gpd.GeoSeries],
    routes: Routes[list[list[int]]],
) -> pd.DataFrame:
    """
    Explain the pairs that are off.

    From our walk to Valhalla's time one thing after the other is made as Valhalla has it; each
    adds its part, and the largest part names the cause. If it is the tags, it is that reading of
    them that alone changes our walk most.
    """
    chain = ["ours", "there", "ours_alike", "shortest", "plane", "metres", "time"]
    # Where no way becomes one, or is none before and after, the difference of infinities says so.
    steps = walks[chain].diff(axis=1).iloc[:, 1:].fillna(0.0).set_axis(STEPS, axis=1)
    off = ~((walks["time"] / walks["ours"] - 1).abs() <= OFF_SHARE)
    causes = walks.loc[off, ["ours", "time"]].join(steps)
    causes["cause"] = causes[[*STEPS]].abs().idxmax(axis=1)
    lost = np.isinf(causes["ours"]) & causes["cause"].eq("start")
    causes.loc[lost, "cause"] = "loose pieces"
    read = causes.index[causes["cause"] == "tags"]
    chosen = [places.loc[read] for places in there]
    alone = {
        name: our_walks(read_alike(ways, [name]), *chosen, connectors=False) for name in READINGS
    }
    change = pd.DataFrame(alone, index=read).sub(walks.loc[read, "there"], axis=0)
    causes.loc[read, "cause"] = change.fillna(0.0).abs().idxmax(axis=1)
    tags = dict(zip(ways.way_ids.tolist(), ways.way_tags, strict=True))
    rows = [walks.index.get_loc(pair) for pair in causes.index]
    causes["ways"] = [
        ways_that_matter(tags, cause, Routes(*(each[row] for each in routes)))
        for row, cause in zip(rows, causes["cause"], strict=True)
    ]
    return causes


def ways_that_matter(tags: Mapping[int, Tags], cause: str, routes: Routes[list[int]]) -> str:
    """Name the ways that a cause is about, of those that either engine walks or starts on."""
    if cause in {"start", "loose pieces"}:
        found = routes.stands
    elif cause == "preferences":
        found = [way for way in routes.shortest if way not in routes.default]
    elif cause in READINGS:
        walked = dict.fromkeys([*routes.shortest, *routes.ours])
        found = [way for way in walked if READINGS[cause](tags.get(way, {})) != tags.get(way, {})]
    else:
        found = []
    return " ".join(map(str, found))


def streets_of(
    network: WalkNetwork, pairs: Pairs, there: Sequence[gpd.GeoSeries]
) -> list[list[int]]:
    """Name the street that a place stands on: the one of the pair that Valhalla moves farther."""
    moved = [a.distance(b).to_numpy() for a, b in zip(pairs[:2], there, strict=True)]
    streets = []
    for places in (snap_places(network, each) for each in pairs[:2]):
        own = np.searchsorted(places.place, np.arange(len(places.ids)))
        streets.append([ways_of_edge(network, edge) for edge in places.edge[own]])
    return [
        start if start_m >= end_m else end
        for start, end, start_m, end_m in zip(*streets, *moved, strict=True)
    ]


def ways_of_edge(network: WalkNetwork, edge: int) -> list[int]:
    """Name the ways that an edge of ours runs over."""
    first, last = network.piece_offsets[edge : edge + 2]
    return list(dict.fromkeys(network.piece_ways[first:last].tolist()))


if __name__ == "__main__":
    main()
