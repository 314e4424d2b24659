"""Streets drawn as lines, with or without the identifiers of their end nodes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from lifecircle.errors import NetworkError, TableError
from lifecircle.read.crossings import (
    Lines,
    meetings,
    reversed_where,
    rounded_lines,
    taken,
    with_vertices,
)
from lifecircle.read.line_tags import Tags, level_of, way_tags
from lifecircle.read.vectors import read_features
from lifecircle.tables import some
from lifecircle.walk.ways import StreetWays

__all__ = ["read_line_streets", "ways_from_lines"]

_ALONE: Final = 2  # votes of a line whose ends no other line names
_MOST_APART_M: Final = 1.0
_MOST_LACKING: Final = 0.2

Ints = npt.NDArray[np.int64]


def read_line_streets(
    path: str | Path, *, crs: CRS, node_crossings: bool = False, layer: str | None = None
) -> StreetWays:
    """
    Read streets from a vector file of lines.

    Parameters
    ----------
    path
        A GeoPackage, Shapefile, GeoParquet, GeoJSON or FlatGeobuf file.
    crs
        The study's coordinate system.
    node_crossings
        Whether lines that cross meet there: see `ways_from_lines`.
    layer
        Which layer; needed if there are several.

    Returns
    -------
    ways
        As `ways_from_lines` gives them.

    Raises
    ------
    NetworkError
        If the file cannot be read, or its lines cannot be made into ways.
    CrsError
        If the file names no coordinate system, or one that its numbers cannot be in.
    """
    try:
        lines = read_features(path, crs=crs, layer=layer)
    except TableError as fault:
        raise NetworkError(fault.subject, fault.problems) from fault
    return ways_from_lines(lines, node_crossings=node_crossings, source=Path(path).name)


def ways_from_lines(
    lines: gpd.GeoDataFrame, *, node_crossings: bool = False, source: str = "streets"
) -> StreetWays:
    """
    Make ways over shared nodes of lines.

    With the columns ``u`` and ``v``, lines meet where these name the same node. Without, they meet
    where an end of one lies on an end or a vertex of another, to the millimetre, and never where
    they merely cross.

    Parameters
    ----------
    lines
        Lines in a metric CRS. Columns that bear the name of an OSM tag become tags; a line without
        ``highway`` gets ``highway=road``. ``u`` and ``v`` identify end nodes, whichever way round
        the line is drawn.
    node_crossings
        Whether lines also meet where they cross or touch, if they have the same ``layer`` and
        neither or both are a ``bridge``, and a ``tunnel``. ``u`` and ``v`` are then left aside.
    source
        What messages call the lines.

    Returns
    -------
    ways
        One way a line, in an order that does not depend on that of `lines`; its ``counts`` are
        ``not_lines``, ``zero_length``, ``multi_part``, ``self_loops``, ``highway_assumed``,
        ``crossings_without_node`` and ``crossings_noded``.

    Raises
    ------
    NetworkError
        If there are no lines, ends of one node lie more than 1 m apart, or more than 20 % of the
        crossings have no shared node.
    """
    assert lines.crs is not None, "the lines have a CRS"  # noqa: S101 - readers see to it
    by_id = {"u", "v"} <= set(lines.columns) and not node_crossings
    drawn = _drawn(lines, source, by_id=by_id)
    if by_id:
        nodes = _nodes_by_id(drawn, source)
    else:
        nodes = _nodes_by_place(drawn, source, node_crossings=node_crossings)
    loops = nodes.refs[nodes.offsets[:-1]] == nodes.refs[nodes.offsets[1:] - 1]
    counts = {**drawn.counts, **nodes.counts, "self_loops": int(loops.sum())}
    return StreetWays(
        crs=lines.crs,
        node_ids=nodes.node_ids,
        xy=nodes.xy,
        way_ids=np.arange(1, len(drawn.tags) + 1, dtype=np.int64),
        offsets=nodes.offsets,
        refs=nodes.refs,
        way_tags=drawn.tags,
        counts=counts,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawn:
    lines: Lines
    tags: tuple[Tags, ...]
    ends: npt.NDArray[np.object_]  # the texts of u and v, shape (lines, 2)
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Nodes:
    node_ids: Ints
    xy: npt.NDArray[np.float64]
    offsets: Ints
    refs: Ints
    counts: dict[str, int]


def _drawn(features: gpd.GeoDataFrame, source: str, *, by_id: bool) -> _Drawn:
    """Take the lines apart, round them to millimetres, and put them in an order of their own."""
    geometry = features.geometry.to_numpy()
    kinds = shapely.get_type_id(geometry)
    is_many = kinds == shapely.GeometryType.MULTILINESTRING
    is_line = (kinds == shapely.GeometryType.LINESTRING) | is_many
    merged = geometry[is_line].copy()
    several = shapely.get_num_geometries(merged) > 1
    merged[several] = shapely.line_merge(merged[several])
    _refuse_parts(features, is_line, merged, source, by_id=by_id)
    parts, owner = shapely.get_parts(merged, return_index=True)
    rows = np.flatnonzero(is_line)[owner]
    lines, kept = rounded_lines(parts)
    rows = rows[kept]
    if not len(rows):
        raise NetworkError(source, ["there are no lines in it."])
    tags, assumed = way_tags(features, rows)
    ends = features[["u", "v"]].to_numpy(dtype=object) if by_id else np.full((len(features), 2), "")
    order = _own_order(lines, tags, ends[rows])
    counts = {
        "not_lines": int((~is_line).sum()),
        "zero_length": len(parts) - len(rows),
        "multi_part": int(several.sum()),
        "highway_assumed": assumed,
    }
    return _Drawn(
        lines=taken(lines, order),
        tags=tuple(tags[place] for place in order),
        ends=ends[rows][order],
        counts=counts,
    )


def _refuse_parts(
    features: gpd.GeoDataFrame,
    is_line: npt.NDArray[np.bool_],
    merged: npt.NDArray[np.object_],
    source: str,
    *,
    by_id: bool,
) -> None:
    if not by_id:
        return
    apart = features.index[is_line][shapely.get_num_geometries(merged) > 1]
    if len(apart):
        problem = (
            f"lines with `u` and `v` must be in one piece; look at the features {some(apart)}."
        )
        raise NetworkError(source, [problem])
    blank = features.index[is_line][(features.loc[is_line, ["u", "v"]] == "").any(axis=1)]
    if len(blank):
        raise NetworkError(source, [f"`u` or `v` is blank in the features {some(blank)}."])


def _own_order(lines: Lines, tags: list[Tags], ends: npt.NDArray[np.object_]) -> Ints:
    """Sort by what the lines are, so that the order of the file does not matter."""
    spans = zip(lines.offsets[:-1].tolist(), lines.offsets[1:].tolist(), strict=True)
    pieces = [lines.keys[start:stop].tobytes() for start, stop in spans]
    keys = [
        (piece, tuple(end), sorted(tag.items()))
        for piece, tag, end in zip(pieces, tags, ends, strict=True)
    ]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _nodes_by_id(drawn: _Drawn, source: str) -> _Nodes:
    ids, ends = _end_ids(drawn.ends)
    lines = _turned(drawn.lines, ends)
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    xy = np.empty((len(ids), 2), dtype=np.int64)
    xy[ends[::-1].ravel()] = lines.keys[np.column_stack([first, last])[::-1].ravel()]
    _refuse_far_ends(lines, ends, xy, ids, source)
    inner = np.ones(len(lines.keys), dtype=bool)
    inner[first] = inner[last] = False
    refs = np.empty(len(lines.keys), dtype=np.int64)
    refs[first], refs[last] = ends[:, 0], ends[:, 1]
    refs[inner] = len(ids) + np.arange(inner.sum())
    lowest = min(0, int(ids.min()))
    inner_ids = lowest - 1 - np.arange(inner.sum(), dtype=np.int64)
    return _Nodes(
        node_ids=np.concatenate([ids, inner_ids]),
        xy=np.concatenate([xy, lines.keys[inner]]) / 1000,
        offsets=lines.offsets,
        refs=refs,
        counts={},
    )


def _end_ids(texts: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Keep the nodes' own ids if these are whole numbers, else number them in order."""
    names, ends = np.unique(texts.astype(str), return_inverse=True)
    ends = ends.reshape(texts.shape).astype(np.int64)
    if all(re.fullmatch(r"-?\d{1,18}", name) for name in names):
        ids, place = np.unique(names.astype(np.int64), return_inverse=True)
        if len(ids) == len(names):
            return ids, place[ends].astype(np.int64)
    return np.arange(1, len(names) + 1, dtype=np.int64), ends


def _turned(lines: Lines, ends: Ints) -> Lines:
    """
    Turn the lines that are drawn from `v` to `u`.

    A node lies where most of the lines that name it have an end. Where that says nothing (a dead
    end) the other node of the line does.
    """
    first, last = lines.keys[lines.offsets[:-1]], lines.keys[lines.offsets[1:] - 1]
    if _spread(ends, first, last) <= _MOST_APART_M * 1000:
        return lines
    votes = _votes(ends, first, last)
    as_drawn = votes[:, 0] + votes[:, 3]
    other_way = votes[:, 1] + votes[:, 2]
    # Nothing but parallel lines between two dead ends: any order will do, if all have the same.
    is_open = (other_way == as_drawn) & (as_drawn > _ALONE)
    uphill = (ends[:, 0] < ends[:, 1]) == (_packed(first) < _packed(last))
    return reversed_where(lines, (other_way > as_drawn) | (is_open & ~uphill))


def _votes(ends: Ints, first: Ints, last: Ints) -> Ints:
    """Count, for (u, first), (u, last), (v, first), (v, last), the lines that agree."""
    nodes = ends[:, [0, 0, 1, 1]].ravel()
    spots = np.stack([first, last, first, last], axis=1).reshape(-1, 2)
    table = np.column_stack([nodes, spots])
    _, place, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return counts[place.ravel()].reshape(-1, 4).astype(np.int64)


def _spread(ends: Ints, first: Ints, last: Ints) -> float:
    """Return how far apart the ends of one node lie at most, in millimetres, along an axis."""
    nodes, spots = ends.T.ravel(), np.concatenate([first, last])
    order = np.argsort(nodes, kind="stable")
    starts = np.flatnonzero(np.diff(nodes[order], prepend=-1))
    high = np.maximum.reduceat(spots[order], starts)
    low = np.minimum.reduceat(spots[order], starts)
    return float((high - low).max())


def _refuse_far_ends(lines: Lines, ends: Ints, xy: Ints, ids: Ints, source: str) -> None:
    first, last = lines.keys[lines.offsets[:-1]], lines.keys[lines.offsets[1:] - 1]
    away = [np.hypot(*(spots - xy[ends[:, side]]).T) for side, spots in ((0, first), (1, last))]
    far = [ids[ends[apart > _MOST_APART_M * 1000, side]] for side, apart in enumerate(away)]
    nodes = np.unique(np.concatenate(far)).tolist()
    if nodes:
        problem = (
            "lines that name the same end node (`u`, `v`) must end in the same place, but their "
            f"ends lie more than {_MOST_APART_M:g} m apart at {some(nodes)}."
        )
        raise NetworkError(source, [problem])


def _nodes_by_place(drawn: _Drawn, source: str, *, node_crossings: bool) -> _Nodes:
    lines = drawn.lines
    met = meetings(lines, [level_of(tags) for tags in drawn.tags])
    without = len(np.unique(met.keys, axis=0))
    ends = np.concatenate([lines.keys[lines.offsets[:-1]], lines.keys[lines.offsets[1:] - 1]])
    if node_crossings:
        lines = with_vertices(lines, met)
        ends = np.concatenate([ends, met.keys])
    elif without > _MOST_LACKING * (without + met.junctions):
        problem = (
            f"{without:,} of {without + met.junctions:,} crossings have no shared node: the lines "
            "cross without being cut there, as in most CAD drawings. If lines that cross do meet, "
            "set `node_crossings = true` (other `layer`s, bridges and tunnels stay apart)."
        )
        raise NetworkError(source, [problem])
    spots, place = np.unique(_packed(lines.keys), return_inverse=True)
    own = len(spots) + np.arange(len(place))
    label = np.where(np.isin(spots, _packed(ends))[place], place, own)
    _, where, refs = np.unique(label, return_index=True, return_inverse=True)
    return _Nodes(
        node_ids=np.arange(1, len(where) + 1, dtype=np.int64),
        xy=lines.keys[where] / 1000,
        offsets=lines.offsets,
        refs=refs.astype(np.int64),
        counts={
            "crossings_without_node": 0 if node_crossings else without,
            "crossings_noded": without if node_crossings else 0,
        },
    )


def _packed(keys: Ints) -> npt.NDArray[np.complex128]:
    """Pack two whole millimetres into one sortable number."""
    return keys[:, 0] + 1j * keys[:, 1]
