"""Tagged points and areas from an OpenStreetMap file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from pyproj import CRS, Transformer

from lifecircle.read.osm_file import open_osm, osm_faults
from lifecircle.walk.access import node_access

__all__ = ["Feature", "Features", "read_features"]

_AREA_RELATIONS: Final = frozenset({"multipolygon", "boundary"})  # as osmium has it
# Those who come in by the emergency exit do not come for a visit.
_NO_DOORS: Final = frozenset({"emergency", "exit", "no"})
_GATES: Final = frozenset(
    (
        *("gate", "sliding_gate", "wicket_gate", "hampshire_gate", "bump_gate", "swing_gate"),
        *("lift_gate", "sliding_beam", "bar", "kissing_gate", "stile", "turnstile"),
        *("full-height_turnstile", "full_height_turnstile", "sally_port", "entrance"),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """
    A tagged node, closed way or multipolygon.

    Attributes
    ----------
    id
        ``osm:n123`` for a node, ``osm:w123`` for a way, ``osm:r123`` for a relation.
    tags
        All its tags.
    doors
        The doors on its outline, by their ids, in rising order.
    """

    id: str
    tags: dict[str, str]
    doors: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """
    Tagged nodes and areas, in a metric CRS.

    Attributes
    ----------
    rows
        The features: nodes, ways, relations, each in the order of their ids.
    shapes
        Their points and polygons, in the order of `rows`.
    doors
        Where the doors lie: nodes with ``entrance``; gates too, where they were asked for.
    broken
        The areas whose outline could not be put together.
    """

    rows: tuple[Feature, ...]
    shapes: npt.NDArray[np.object_]
    doors: dict[int, shapely.Point]
    broken: tuple[Feature, ...]


@dataclass(kw_only=True, slots=True)
class _Gathered:
    with_gates: bool
    rows: list[Feature] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)
    doors: dict[int, str] = field(default_factory=dict)
    candidates: dict[str, Feature] = field(default_factory=dict)
    outer_ways: dict[str, list[str]] = field(default_factory=dict)
    factory: osmium.geom.WKBFactory = field(default_factory=osmium.geom.WKBFactory)


def read_features(
    path: Path, *, keys: Iterable[str], crs: CRS, with_gates: bool = False
) -> Features:
    """
    Read the nodes and areas that have one of some keys.

    An outer way of a multipolygon is no area of its own, even where it repeats its tags.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file.
    keys
        The keys asked for.
    crs
        The coordinate system to bring them into.
    with_gates
        Whether gates in a fence (``barrier``) are doors, too, if they let people through.

    Returns
    -------
    features
        None where the file has none.

    Raises
    ------
    NetworkError
        If the file cannot be read.
    """
    asked = osmium.filter.KeyFilter(*keys)
    wanted = osmium.filter.KeyFilter(*keys, "entrance", *(["barrier"] if with_gates else []))
    gathered = _Gathered(with_gates=with_gates)
    file = open_osm(path)
    with osm_faults(path):
        for item in osmium.FileProcessor(file).with_areas(asked).with_filter(wanted):
            _gather(item, gathered)
    return _features(gathered, frozenset(keys), crs)


def _gather(item: osmium.osm.types.OSMEntity, gathered: _Gathered) -> None:
    if isinstance(item, osmium.osm.Node):
        _gather_node(item, gathered)
    elif isinstance(item, osmium.osm.Way):
        if item.is_closed() and item.tags.get("area") != "no":
            _gather_candidate(f"osm:w{item.id}", item, gathered)
    elif isinstance(item, osmium.osm.Relation):
        if item.tags.get("type") in _AREA_RELATIONS:
            name = f"osm:r{item.id}"
            _gather_candidate(name, item, gathered)
            members = [member for member in item.members if member.type == "w"]
            gathered.outer_ways[name] = [
                f"osm:w{way.ref}" for way in members if way.role != "inner"
            ]
    elif isinstance(item, osmium.osm.Area) and item.num_rings()[0]:
        _gather_area(item, gathered)


def _gather_node(node: osmium.osm.Node, gathered: _Gathered) -> None:
    if not node.location.valid():
        return
    tags = dict(node.tags)
    point = gathered.factory.create_point(node)
    if _is_door(tags) or (gathered.with_gates and _is_gate(tags)):
        gathered.doors[node.id] = point
    gathered.rows.append(Feature(id=f"osm:n{node.id}", tags=tags))
    gathered.wkb.append(point)


def _is_door(tags: Mapping[str, str]) -> bool:
    return tags.get("entrance", "no") not in _NO_DOORS


def _is_gate(tags: Mapping[str, str]) -> bool:
    return tags.get("barrier") in _GATES and node_access(tags).access != "closed"


def _gather_candidate(
    name: str, item: osmium.osm.Way | osmium.osm.Relation, gathered: _Gathered
) -> None:
    gathered.candidates[name] = Feature(id=name, tags=dict(item.tags))


def _gather_area(area: osmium.osm.Area, gathered: _Gathered) -> None:
    doors = {node.ref for ring in area.outer_rings() for node in ring if node.ref in gathered.doors}
    kind = "w" if area.from_way() else "r"
    gathered.rows.append(
        Feature(id=f"osm:{kind}{area.orig_id()}", tags=dict(area.tags), doors=tuple(sorted(doors)))
    )
    gathered.wkb.append(gathered.factory.create_multipolygon(area))


def _features(gathered: _Gathered, keys: frozenset[str], crs: CRS) -> Features:
    whole = {row.id: row for row in gathered.rows}
    broken = [
        row
        for name, row in gathered.candidates.items()
        if name not in whole and keys & row.tags.keys()
    ]
    repeated = {
        way
        for relation, ways in gathered.outer_ways.items()
        for way in ways
        if relation in whole
        and way in whole
        and keys & whole[way].tags.keys() <= whole[relation].tags.keys()
    }
    places = {row.id: place for place, row in enumerate(gathered.rows)}
    asked = (row for row in whole.values() if keys & row.tags.keys() and row.id not in repeated)
    kept = sorted(asked, key=_rank)
    doors = _projected(list(gathered.doors.values()), crs)
    return Features(
        rows=tuple(kept),
        shapes=_projected([gathered.wkb[places[row.id]] for row in kept], crs),
        doors=dict(zip(gathered.doors, doors.tolist(), strict=True)),
        broken=tuple(sorted(broken, key=_rank)),
    )


def _rank(row: Feature) -> tuple[int, int]:
    return "nwr".index(row.id[4]), int(row.id[5:])


def _projected(wkb: list[str], crs: CRS) -> npt.NDArray[np.object_]:
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def move(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(degrees[:, 0], degrees[:, 1]))

    shapes = np.asarray(shapely.from_wkb(np.array(wkb, dtype=object)), dtype=object)
    moved = shapely.transform(shapes, move)
    return np.asarray(shapely.make_valid(moved, method="structure"), dtype=object)
