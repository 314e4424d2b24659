"""Draw the made city's streets, river, railway and motorway with OSM's own tags."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely
from city import (
    BRIDGES_J,
    SECONDARY_I,
    SECONDARY_J,
    TERTIARY_I,
    TERTIARY_J,
    UNDERPASS_J,
    Block,
)
from lattice import (
    ARTERIAL,
    EAST,
    LAST_I,
    LAST_J,
    NORTH,
    RAIL,
    RIVER,
    SEED,
    SOUTH,
    WEST,
    Place,
    metres_of,
)
from motorway import motorway_line
from osm import OsmFile

Edge = tuple[Literal["h", "v"], int, int]

MEDIAN: Final = 0.04  # half the distance between the carriageways, about 12 m
CROSSINGS_J: Final = (1, *SECONDARY_J, 9, 20)  # rows with traffic lights over the arterial
BRIDGE_SPAN: Final = (RIVER - 0.65, RIVER + 0.65)
TUNNEL_SPAN: Final = (RAIL - 0.6, RAIL + 0.6)
THIN_SHARE: Final = 0.2  # of the streets outside the district, left out
MOTORWAY_CLEARANCE_M: Final = 45.0
UNDER_VIADUCT: Final[Edge] = ("h", 20, 2)
NAMES_I: Final = {
    3: "西环路", 6: "铁西路", 8: "站前路", 10: "文昌路", 12: "示例大道", 14: "东关路",
    15: "滨河西路", 17: "滨河东路", 19: "东塘路", 22: "东环路",
}  # fmt: skip
NAMES_J: Final = {
    3: "南环路", 5: "盐场路", 7: "棉纺路", 9: "公园路", 11: "钟楼路", 14: "岭前路",
    17: "北岭路", 18: "北环路",
}  # fmt: skip


@dataclass(kw_only=True, slots=True)
class StreetGrid:
    """
    Which lattice edges are streets, and where something joins them.

    Attributes
    ----------
    osm
        The collection that nodes are made in.
    edges
        Lattice edges that carry a street.
    cuts
        Positions along each edge that are nodes.
    carriageway_cuts
        The same along the arterial, west (-1) and east (+1) of its median.
    """

    osm: OsmFile
    edges: set[Edge]
    cuts: dict[Edge, set[float]] = field(default_factory=dict)
    carriageway_cuts: dict[int, set[float]] = field(default_factory=dict)

    def edge_at(self, place: Place) -> Edge | None:
        """
        Find the street that passes a place.

        Parameters
        ----------
        place
            Lattice address on a line.

        Returns
        -------
        edge
            None where no plain street passes, which includes the arterial.
        """
        i, j = place
        edge: Edge = ("h", int(i), int(j)) if float(j).is_integer() else ("v", int(i), int(j))
        return edge if edge in self.edges and edge[:2] != ("v", ARTERIAL) else None

    def join(self, place: Place) -> Place:
        """
        Make a place on a street a node of it.

        Parameters
        ----------
        place
            Lattice address on a street.

        Returns
        -------
        place
            The same address.

        Raises
        ------
        LookupError
            If no street passes there.
        """
        edge = self.edge_at(place)
        if edge is None:
            raise LookupError(f"no street passes {place!r}")
        self.cuts[edge].add(place[0] if edge[0] == "h" else place[1])
        return place

    def join_arterial(self, side: int, j: float) -> Place:
        """
        Make a place on a carriageway of the arterial a node of it.

        Parameters
        ----------
        side
            -1 west of the median, +1 east of it.
        j
            East-west line, or between.

        Returns
        -------
        place
            Its lattice address.
        """
        self.carriageway_cuts[side].add(j)
        return (ARTERIAL + side * MEDIAN, j)


def lay_streets(osm: OsmFile, blocks: list[Block]) -> StreetGrid:
    """
    Decide which lattice edges carry a street.

    Parameters
    ----------
    osm
        The collection that nodes are made in.
    blocks
        The district's blocks; no street runs inside one.

    Returns
    -------
    grid
        The streets, not yet written as ways.
    """
    motorway = motorway_line()
    inside = {edge for block in blocks for edge in _inner_edges(block)}
    rng = np.random.default_rng(SEED + 2)
    edges: set[Edge] = set()
    for edge in _lattice_edges():
        thin = _is_outside(edge) and rng.random() < THIN_SHARE and not _street_name(edge)
        near = motorway.distance(_line(edge)) < MOTORWAY_CLEARANCE_M
        if edge == UNDER_VIADUCT or not (thin or near or edge in inside):
            edges.add(edge)
    grid = StreetGrid(osm=osm, edges=edges)
    grid.cuts = {edge: _shape_points(edge) for edge in sorted(edges)}
    grid.carriageway_cuts = {
        side: {k / 4 for k in range(LAST_J * 4 + 1) if k % 4}
        | {float(j) for j in range(LAST_J + 1) if _meets_arterial(grid, side, j)}
        for side in (-1, 1)
    }
    return grid


def write_streets(grid: StreetGrid) -> None:
    """
    Write the streets as ways, one for each unbroken stretch.

    Parameters
    ----------
    grid
        The streets with everything joined to them.
    """
    for axis, last in (("h", LAST_J), ("v", LAST_I)):
        for line in range(last + 1):
            if (axis, line) != ("v", ARTERIAL):
                _write_line(grid, "h" if axis == "h" else "v", line)
    for side in (-1, 1):
        stops = sorted(grid.carriageway_cuts[side], reverse=side < 0)  # traffic keeps right
        places = [(ARTERIAL + side * MEDIAN, j) for j in stops]
        grid.osm.way(
            places, highway="primary", name=NAMES_I[ARTERIAL], oneway="yes",
            dual_carriageway="yes", sidewalk="right", lanes="3",
        )  # fmt: skip
    for j in CROSSINGS_J:
        for side in (-1, 1):
            place = (ARTERIAL + side * MEDIAN, float(j))
            grid.osm.node(place, highway="crossing", crossing="traffic_signals")


def _lattice_edges() -> list[Edge]:
    lines_i = [i for i in range(LAST_I + 1) if i not in {RAIL, RIVER}]
    rows: list[Edge] = [
        ("h", i, j)
        for j in range(LAST_J + 1)
        for i in range(LAST_I)
        if (i not in {RAIL - 1, RAIL} or j == UNDERPASS_J)
        and (i not in {RIVER - 1, RIVER} or j in BRIDGES_J)
    ]
    columns: list[Edge] = [("v", i, j) for i in lines_i for j in range(LAST_J)]
    return rows + columns


def _inner_edges(block: Block) -> set[Edge]:
    cells = set(block.cells)
    inner: set[Edge] = {("v", i, j) for i, j in cells if (i - 1, j) in cells}
    return inner | {("h", i, j) for i, j in cells if (i, j - 1) in cells}


def _is_outside(edge: Edge) -> bool:
    axis, i, j = edge
    beyond_i = not WEST <= i < EAST + (axis == "v")
    return beyond_i or not SOUTH <= j < NORTH + (axis == "h")


def _street_name(edge: Edge) -> str | None:
    axis, i, j = edge
    return NAMES_J.get(j) if axis == "h" else NAMES_I.get(i)


def _line(edge: Edge) -> shapely.LineString:
    axis, i, j = edge
    places: list[Place] = [(i, j), (i + (axis == "h"), j + (axis == "v"))]
    return shapely.LineString(metres_of(places))


def _shape_points(edge: Edge) -> set[float]:
    axis, i, j = edge
    start = i if axis == "h" else j
    points = {start + k / 4 for k in range(5)}
    if axis == "h" and ARTERIAL in {i, i + 1}:
        points.remove(float(ARTERIAL))
        points.add(ARTERIAL + (MEDIAN if i == ARTERIAL else -MEDIAN))
    return points


def _meets_arterial(grid: StreetGrid, side: int, j: int) -> bool:
    return j in CROSSINGS_J or ("h", ARTERIAL - (side < 0), j) in grid.edges


def _write_line(grid: StreetGrid, axis: Literal["h", "v"], line: int) -> None:
    edges = sorted(edge for edge in grid.edges if edge[0] == axis and _across(edge) == line)
    stops = sorted({stop for edge in edges for stop in grid.cuts[edge]})
    spans = _special_spans(axis, line)
    stops = sorted({*stops, *(end for span in spans for end in span)})
    run: list[float] = []
    for start, end in pairwise(stops):
        edge: Edge = (axis, int(start), line) if axis == "h" else (axis, line, int(start))
        if not (edge in grid.edges or _over_median(axis, line, start)):
            _write_run(grid, axis, line, run)
            run = []
            continue
        ends_here = bool(run) and any(start in span for span in spans)
        if ends_here or _class_changes(axis, line, run, start):
            _write_run(grid, axis, line, run)
            run = []
        run = [*run, end] if run else [start, end]
    _write_run(grid, axis, line, run)


def _across(edge: Edge) -> int:
    return edge[2] if edge[0] == "h" else edge[1]


def _over_median(axis: str, line: int, start: float) -> bool:
    return axis == "h" and line in CROSSINGS_J and round(start, 4) == ARTERIAL - MEDIAN


def _class_changes(axis: str, line: int, run: list[float], start: float) -> bool:
    border = {WEST, EAST} if axis == "h" else {SOUTH, NORTH}
    return bool(run) and start in border and not _is_main(axis, line)


def _is_main(axis: str, line: int) -> bool:
    return line in (SECONDARY_J if axis == "h" else SECONDARY_I)


def _special_spans(axis: str, line: int) -> list[tuple[float, float]]:
    if axis == "h" and line in BRIDGES_J:
        return [BRIDGE_SPAN]
    return [TUNNEL_SPAN] if (axis, line) == ("h", UNDERPASS_J) else []


def _write_run(grid: StreetGrid, axis: str, line: int, run: list[float]) -> None:
    if not run:
        return
    places = [(stop, float(line)) if axis == "h" else (float(line), stop) for stop in run]
    tags = _street_tags(axis, line, run[0])
    if axis == "h" and (run[0], run[-1]) == BRIDGE_SPAN and line in BRIDGES_J:
        tags |= {"bridge": "yes", "layer": "1"}
    if (axis, line) == ("h", UNDERPASS_J) and (run[0], run[-1]) == TUNNEL_SPAN:
        tags |= {"tunnel": "yes", "layer": "-1"}
    grid.osm.way(places, **tags)


def _street_tags(axis: str, line: int, start: float) -> dict[str, str]:
    name = (NAMES_J if axis == "h" else NAMES_I).get(line)
    named = {"name": name} if name else {}
    low, high = (WEST, EAST) if axis == "h" else (SOUTH, NORTH)
    across = (SOUTH, NORTH) if axis == "h" else (WEST, EAST)
    if _is_main(axis, line):
        return {"highway": "secondary", "sidewalk": "both", **named}
    if line in (TERTIARY_J if axis == "h" else TERTIARY_I):
        return {"highway": "tertiary", **named}
    if not (low <= start < high and across[0] <= line <= across[1]):
        return {"highway": "unclassified", **named}
    return {"highway": "residential", **named}
