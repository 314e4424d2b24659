"""Streets from an OpenStreetMap file, without keeping all its nodes."""

import logging
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from pyproj import CRS, Transformer

from lifecircle.errors import NetworkError
from lifecircle.read.osm_file import (
    open_osm,
    osm_faults,
    osm_nodes,
    osm_relations,
    osm_ways,
    require_metres,
)
from lifecircle.walk.access import RELEVANT_NODE_KEYS, RELEVANT_WAY_KEYS, way_access
from lifecircle.walk.waits import PACE_NODE_KEYS, PACE_WAY_KEYS
from lifecircle.walk.ways import Barriers, StreetWays

__all__ = ["read_osm_streets"]

logger = logging.getLogger(__name__)

_Ints = npt.NDArray[np.int64]
_Tags = Mapping[str, str]

_WAY_KEYS: Final = (
    RELEVANT_WAY_KEYS | PACE_WAY_KEYS | {"name", "highway", "bridge", "layer", "tunnel"}
)
_NODE_KEYS: Final = RELEVANT_NODE_KEYS | PACE_NODE_KEYS
_LOOKED_AT: Final = (
    "barrier",
    "highway",
    "landuse",
    "natural",
    "public_transport",
    "railway",
    "route",
    "waterway",
)
_WALLS: Final = frozenset({"wall", "fence", "retaining_wall", "city_wall", "hedge"})
_RAILS: Final = frozenset({"rail", "light_rail", "subway", "narrow_gauge", "monorail"})
_RIVERS: Final = frozenset({"river", "canal", "riverbank", "dock"})
_MOTORWAYS: Final = frozenset({"motorway", "motorway_link"})
_WATERS: Final = frozenset({"water", "coastline"})
_BASINS: Final = frozenset({"basin", "reservoir"})  # the older tags of natural=water
_UNDERGROUND: Final = frozenset({"underground", "underwater"})
_NO: Final = (None, "no")
# More nodes missing than this is no rim but a file whose nodes were lost.
_MOST_MISSING_SHARE: Final = 0.5


@dataclass(kw_only=True, slots=True)
class _Lines:
    """Ways as they stand in the file: their ids, tags, and references to nodes."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    sizes: "array[int]" = field(default_factory=lambda: array("q"))
    refs: "array[int]" = field(default_factory=lambda: array("q"))
    tags: list[_Tags] = field(default_factory=list)

    def add(self, way: osmium.osm.Way, tags: _Tags) -> None:
        self.ids.append(way.id)
        self.sizes.append(len(way.nodes))
        self.refs.extend(node.ref for node in way.nodes)
        self.tags.append(tags)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Nodes:
    """The nodes asked for: sorted ids, whether the file has them, where they lie, their tags."""

    ids: _Ints
    found: npt.NDArray[np.bool_]
    xy: npt.NDArray[np.float64]
    tags: dict[int, _Tags]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pieces:
    """What is left of lines once they are cut where nodes are missing."""

    line: _Ints
    offsets: _Ints
    nodes: _Ints
    nodes_asked: int
    counts: dict[str, int]


def read_osm_streets(path: Path, *, crs: CRS) -> StreetWays:
    """
    Read the ways that walkers might use, and the lines that nobody walks through.

    Streets are the ways with ``highway``, the ferries and platforms, and the outlines of
    multipolygons with ``highway`` (squares); those that `walk.access` closes are kept, so that the
    network can say why. Barriers are walls, fences and hedges, rivers, canals, coasts and the
    outlines of waters, railways, motorways and roads for motor vehicles only, but for what lies on
    a bridge, in a tunnel or above the ground. Streams and ditches are none: one steps over them.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file.
    crs
        The projected coordinate system, in metres, to bring the streets into.

    Returns
    -------
    ways
        The streets, in the order of their ids. A way some of whose nodes are not in the file (at
        the rim of an extract) is cut there; its pieces share its id. ``counts`` holds

        - ``ways_read``: streets in the file; ``ways_repeated``: those that stood in it again;
        - ``nodes_kept``: nodes that the streets use; ``missing_nodes``: those that the file lacks;
        - ``ways_with_missing_nodes``, of which ``ways_lost`` have no piece left;
          ``ways_cut_at_rim``: pieces that are left of them;
        - ``pieces_dropped``: pieces of fewer than two nodes;
        - ``duplicate_refs``: nodes named twice in a row, of which one was taken;
        - ``self_loops``: pieces that end where they begin;
        - ``zero_length_ways``: pieces all of whose nodes lie on one spot (kept: they join nodes);
        - ``closed_ways``: streets that `walk.access` closes to everybody;
        - ``barriers``: lines that nobody walks through.

    Raises
    ------
    NetworkError
        If the file cannot be read, holds no street, or lacks over half of its streets' nodes.
    CrsError
        If `crs` is not in metres.
    """
    require_metres(crs)
    file = open_osm(path)
    with osm_faults(path):
        streets, barriers = _lines(file)
        if not streets.ids:
            raise _no_streets(path)
        nodes = _nodes(file, np.concatenate([streets.refs, barriers.refs]), crs)
    pieces = _pieces(streets, nodes)
    _check_nodes(path, pieces)
    ways = _street_ways(streets, pieces, nodes, _barrier_lines(barriers, nodes), crs)
    logger.info("%s: %s", path.name, ways.counts)
    return ways


def _no_streets(path: Path) -> NetworkError:
    problem = (
        "The file holds no way with 'highway'; it may have been cut off after its nodes, "
        "or filtered: fetch it again, with all ways."
    )
    return NetworkError(str(path), [problem])


def _check_nodes(path: Path, pieces: _Pieces) -> None:
    missing = pieces.counts["missing_nodes"]
    if missing > _MOST_MISSING_SHARE * pieces.nodes_asked or not len(pieces.line):
        problem = (
            f"{missing} of the {pieces.nodes_asked} nodes that its streets run over are not in "
            "the file: fetch it again, with all nodes."
        )
        raise NetworkError(str(path), [problem])


def _lines(file: osmium.io.File) -> tuple[_Lines, _Lines]:
    streets, barriers = _Lines(), _Lines()
    outlines = _outlines(file)
    if outlines:
        # Most outlines carry no tag of their own, so that no filter by key would find them.
        for way in osm_ways(file):
            if way.id in outlines:
                _add(way, {**outlines[way.id], **dict(way.tags)}, streets, barriers)
    for way in osm_ways(file, *_LOOKED_AT):
        if way.id not in outlines:
            _add(way, dict(way.tags), streets, barriers)
    return streets, barriers


def _outlines(file: osmium.io.File) -> dict[int, _Tags]:
    outlines: dict[int, _Tags] = {}
    for relation in osm_relations(file, "highway", "natural", "landuse", "waterway"):
        tags = dict(relation.tags)
        if tags.get("type") != "multipolygon":
            continue
        if "highway" in tags:
            tags["area"] = "yes"
        elif not _is_water(tags):
            continue
        outlines.update({member.ref: tags for member in relation.members if member.type == "w"})
    return outlines


def _add(way: osmium.osm.Way, tags: _Tags, streets: _Lines, barriers: _Lines) -> None:
    if _is_street(tags):
        streets.add(way, {key: value for key, value in tags.items() if key in _WAY_KEYS})
    kind = _barrier_kind(tags)
    if kind is not None:
        barriers.add(way, {"kind": kind})


def _is_street(tags: _Tags) -> bool:
    return (
        "highway" in tags
        or tags.get("route") == "ferry"
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
    )


def _barrier_kind(tags: _Tags) -> str | None:
    """Tell what nobody walks through; None for what one may."""
    if _is_over_or_under(tags):
        return None
    if tags.get("barrier") in _WALLS:
        return "wall"
    if _is_water(tags):
        return "water"
    if tags.get("railway") in _RAILS:
        return "railway"
    is_motorway = tags.get("highway") in _MOTORWAYS
    return "motorway" if is_motorway or _is_motorroad(tags) else None


def _is_over_or_under(tags: _Tags) -> bool:
    """Tell whether walkers pass below or above: bridges, tunnels, culverts, what is elevated."""
    level = _level(tags)
    if level > 0 or tags.get("location") in _UNDERGROUND:
        return True
    if tags.get("barrier") in _WALLS:
        return False
    if tags.get("railway") == "subway" and level < 0:
        return True
    return any(tags.get(key) not in _NO for key in ("tunnel", "bridge", "covered", "culvert"))


def _level(tags: _Tags) -> int:
    # Of waters and roads a layer below 0 says what lies over them, not that they are covered.
    try:
        return int(tags.get("layer", "0"))
    except ValueError:
        return 0


def _is_water(tags: _Tags) -> bool:
    return (
        tags.get("waterway") in _RIVERS
        or tags.get("natural") in _WATERS
        or tags.get("landuse") in _BASINS
    )


def _is_motorroad(tags: _Tags) -> bool:
    return tags.get("motorroad") == "yes" and "highway" in tags


def _nodes(file: osmium.io.File, refs: _Ints, crs: CRS) -> _Nodes:
    ids = np.unique(refs)
    position = {ref: index for index, ref in enumerate(ids.tolist())}
    places, longitudes, latitudes = array("q"), array("d"), array("d")
    tags: dict[int, _Tags] = {}
    for node in osm_nodes(file):
        place = position.get(node.id)
        if place is None or not (location := node.location).valid():
            continue
        places.append(place)
        longitudes.append(location.lon)
        latitudes.append(location.lat)
        if len(node.tags) and (kept := _matching(node.tags)):
            tags[place] = kept
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.full((len(ids), 2), np.nan)
    xy[places] = np.column_stack(transformer.transform(longitudes, latitudes))
    return _Nodes(ids=ids, found=np.isfinite(xy).all(axis=1), xy=xy, tags=tags)


def _matching(tags: osmium.osm.TagList) -> _Tags:
    return {tag.k: tag.v for tag in tags if tag.k in _NODE_KEYS}


def _pieces(lines: _Lines, nodes: _Nodes) -> _Pieces:
    line, places, doubled = _steps_in_order(lines, nodes)
    found = nodes.found[places]
    # A piece goes on while both the line and the number of gaps passed stay the same.
    gaps = np.cumsum(~found)[found]
    starts = np.flatnonzero(~(_same_as_before(line[found]) & _same_as_before(gaps)))
    sizes = np.diff(np.append(starts, len(gaps)))
    long_enough = sizes >= 2  # noqa: PLR2004 - a line has two ends
    piece_line = line[found][starts][long_enough]
    piece_nodes = places[found][np.repeat(long_enough, sizes)]
    torn = np.unique(line[~found])
    counts = {
        "ways_read": len(np.unique(line)),
        "ways_repeated": len(lines.ids) - len(np.unique(line)),
        "nodes_kept": len(np.unique(piece_nodes)),
        "missing_nodes": len(np.unique(places[~found])),
        "ways_with_missing_nodes": len(torn),
        "ways_lost": len(np.setdiff1d(torn, piece_line)),
        "ways_cut_at_rim": int(np.isin(piece_line, torn).sum()),
        "pieces_dropped": int((~long_enough).sum()),
        "duplicate_refs": doubled,
    }
    offsets = np.concatenate([[0], np.cumsum(sizes[long_enough])]).astype(np.int64)
    return _Pieces(
        line=piece_line,
        offsets=offsets,
        nodes=piece_nodes,
        nodes_asked=len(np.unique(places)),
        counts=counts,
    )


def _steps_in_order(lines: _Lines, nodes: _Nodes) -> tuple[_Ints, _Ints, int]:
    # By the ways' ids, each once: neither the file's order nor a repeated way changes anything.
    _, order = np.unique(np.asarray(lines.ids, dtype=np.int64), return_index=True)
    sizes = np.asarray(lines.sizes, dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    line = np.repeat(order, sizes[order])
    within = np.arange(len(line)) - np.repeat(np.cumsum(sizes[order]) - sizes[order], sizes[order])
    refs = np.asarray(lines.refs, dtype=np.int64)[begins[line] + within]
    places = np.searchsorted(nodes.ids, refs)
    doubled = _same_as_before(line) & _same_as_before(places)
    return line[~doubled], places[~doubled], int(doubled.sum())


def _same_as_before(values: _Ints | npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    same = np.zeros(len(values), dtype=bool)
    same[1:] = values[1:] == values[:-1]
    return same


def _barrier_lines(barriers: _Lines, nodes: _Nodes) -> Barriers:
    pieces = _pieces(barriers, nodes)
    owner = np.repeat(np.arange(len(pieces.line)), np.diff(pieces.offsets))
    return Barriers(
        lines=np.asarray(shapely.linestrings(nodes.xy[pieces.nodes], indices=owner), dtype=object),
        kinds=tuple(barriers.tags[line]["kind"] for line in pieces.line.tolist()),
    )


def _street_ways(
    streets: _Lines,
    pieces: _Pieces,
    nodes: _Nodes,
    barriers: Barriers,
    crs: CRS,
) -> StreetWays:
    kept, refs = np.unique(pieces.nodes, return_inverse=True)
    xy = nodes.xy[kept]
    steps = np.hypot(*np.diff(xy[refs], axis=0).T)
    # The step from one piece's end to the next one's beginning is no part of any.
    steps[pieces.offsets[1:-1] - 1] = 0.0
    lengths = np.add.reduceat(np.append(steps, 0.0), pieces.offsets[:-1])
    way_tags = tuple(streets.tags[line] for line in pieces.line.tolist())
    counts = {
        **pieces.counts,
        "self_loops": int((refs[pieces.offsets[:-1]] == refs[pieces.offsets[1:] - 1]).sum()),
        "zero_length_ways": int((lengths == 0.0).sum()),
        "closed_ways": sum(way_access(tags).access == "closed" for tags in way_tags),
        "barriers": len(barriers.lines),
    }
    node_tags = {
        index: nodes.tags[node] for index, node in enumerate(kept.tolist()) if node in nodes.tags
    }
    return StreetWays(
        crs=crs,
        node_ids=nodes.ids[kept],
        xy=xy,
        way_ids=np.asarray(streets.ids, dtype=np.int64)[pieces.line],
        offsets=pieces.offsets,
        refs=refs.astype(np.int64),
        way_tags=way_tags,
        node_tags=node_tags,
        barriers=barriers,
        counts=counts,
    )
