"""Draw the made city's streets, river, railway and motorway with OSM's own tags."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely
from city import (
    BRIDGES_J,
    PARKS,
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
    U_LINES,
    V_LINES,
    WEST,
    Floats,
    Place,
    metres_of,
    rectangle,
)
from osm import OsmFile

Edge = tuple[Literal["h", "v"], int, int]

MEDIAN: Final = 0.04  # half the distance between the carriageways, about 12 m
CROSSINGS_J: Final = (1, *SECONDARY_J, 9, 20)  # rows with traffic lights over the arterial
MIDBLOCK_CROSSINGS_J: Final = (7.4, 15.5)
FOOTBRIDGE_J: Final = 12.6
BRIDGE_SPAN: Final = (RIVER - 0.65, RIVER + 0.65)
TUNNEL_SPAN: Final = (RAIL - 0.6, RAIL + 0.6)
WATER_HALF_WIDTH: Final = 0.58
GREENWAYS_I: Final = (RIVER - 0.8, RIVER + 0.8)
THIN_SHARE: Final = 0.2  # of the streets outside the district, left out
MOTORWAY_CLEARANCE_M: Final = 45.0
MOTORWAY_PLAN: Final = (
    [(4100, -700), (3500, -1050), (2950, -1450), (2450, -1950)],
    [(2450, -1950), (2150, -2350), (1980, -2800)],
    [(1980, -2800), (1900, -3200)],  # the viaduct over the street on line 2
    [(1900, -3200), (1860, -3600), (1850, -4100)],
)
VIADUCT_PART: Final = 2
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
    motorway = _motorway_line()
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


def write_arterial_crossings(grid: StreetGrid) -> None:
    """
    Add the crossings between junctions and the footbridge.

    Parameters
    ----------
    grid
        The streets.
    """
    for j in MIDBLOCK_CROSSINGS_J:
        ends = [grid.join_arterial(side, j) for side in (-1, 1)]
        for end in ends:
            grid.osm.node(end, highway="crossing", crossing="marked")
        grid.osm.way(ends, highway="footway", footway="crossing")
    top = []
    for side in (-1, 1):
        foot = grid.join_arterial(side, FOOTBRIDGE_J - 0.1)
        outer = ARTERIAL + side * (MEDIAN + 0.045)
        landing, deck = (outer, FOOTBRIDGE_J - 0.1), (outer, FOOTBRIDGE_J)
        grid.osm.way([foot, landing], highway="footway", footway="sidewalk")
        grid.osm.way([landing, deck], highway="steps", incline="up", step_count="32")
        top.append(deck)
    deck_places = [top[0], (float(ARTERIAL), FOOTBRIDGE_J), top[1]]
    grid.osm.way(deck_places, highway="footway", bridge="yes", layer="1", name="示例天桥")


def write_river(grid: StreetGrid) -> None:
    """
    Add the river, its water and the footways on both banks.

    Parameters
    ----------
    grid
        The streets.
    """
    stops = [k / 4 for k in range(LAST_J * 4 + 1)]
    osm = grid.osm
    osm.way([(float(RIVER), j) for j in stops], waterway="river", name="示例河")
    banks = [(RIVER - _half_width(j), j) for j in stops]
    banks += [(RIVER + _half_width(j), j) for j in reversed(stops)]
    osm.way([*banks, banks[0]], natural="water", water="river", name="示例河")
    for greenway, road in zip(GREENWAYS_I, (RIVER - 1, RIVER + 1), strict=True):
        for j in BRIDGES_J:
            grid.join((greenway, float(j)))
        path = [(greenway, k / 4) for k in range(2 * 4, 19 * 4 + 1)]
        osm.way(path, highway="footway", surface="paving_stones", name="示例河绿道")
        for j in range(2, 20, 2):
            osm.way([(float(road), float(j)), (greenway, float(j))], highway="footway")


def write_railway_and_motorway(grid: StreetGrid) -> None:
    """
    Add the railway and the motorway, which no street joins.

    Parameters
    ----------
    grid
        The streets.
    """
    track = [(float(RAIL), k / 3) for k in range(LAST_J * 3 + 1)]
    grid.osm.way(track, railway="rail", gauge="1435", name="示例铁路")
    for side in (-1, 1):
        for number, places in enumerate(_motorway_parts(side)):
            viaduct = {"bridge": "yes", "layer": "1"} if number == VIADUCT_PART else {}
            ordered = places[::-1] if side > 0 else places  # traffic keeps right
            grid.osm.way(
                ordered, highway="motorway", oneway="yes", ref="S99", name="示例高速", **viaduct
            )


def write_parks(grid: StreetGrid) -> None:
    """
    Add the parks with their paths, and the steps up the hill.

    Parameters
    ----------
    grid
        The streets.
    """
    osm = grid.osm
    for name, (i0, i1, j0, j1) in PARKS.items():
        outline = rectangle(i0 + 0.12, i1 - 0.12, j0 + 0.1, j1 - 0.1, steps=2)
        osm.way([*outline, outline[0]], leisure="park", name=name)
        middle, j_mid = (i0 + i1) / 2 + 0.1, (j0 + j1) / 2
        south, north = grid.join((middle - 0.3, float(j0))), grid.join((middle + 0.2, float(j1)))
        up = [south, (middle - 0.2, j_mid - 0.3), (middle, j_mid)]
        down = [(middle, j_mid), (middle + 0.25, j_mid + 0.3), north]
        if name == "北山公园":
            osm.way(up, highway="footway")
            osm.way(down[:2], highway="steps", incline="up", step_count="120", name="北山阶")
            osm.way(down[1:], highway="path")
            continue
        osm.way(up + down[1:], highway="footway")
        osm.way([*_park_entrance(grid, i0, j_mid, 1), (middle, j_mid)], highway="footway")
        osm.way([*_park_entrance(grid, i1, j_mid, -1), (middle, j_mid)], highway="footway")


def _park_entrance(grid: StreetGrid, line: int, j: float, inward: int) -> list[Place]:
    if line == ARTERIAL:
        return [grid.join_arterial(inward, j), (line + inward * 0.3, j + 0.08)]
    return [grid.join((float(line), j)), (line + inward * 0.3, j + 0.08)]


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


def _half_width(j: float) -> float:
    return WATER_HALF_WIDTH + 0.06 * float(np.sin(1.7 * j))


def _motorway_line() -> shapely.LineString:
    return shapely.LineString(metres_of(_places_of_plan(np.vstack(MOTORWAY_PLAN))))


def _motorway_parts(side: int) -> list[list[Place]]:
    """Give one carriageway, from north to south, in the parts of the plan."""
    parts = [np.asarray(part, dtype=np.float64) for part in MOTORWAY_PLAN]
    whole = np.vstack(parts)
    ahead = np.array([-1.0, -1.4]) / np.hypot(1.0, 1.4)
    aside = side * 11 * np.array([-ahead[1], ahead[0]])
    ends = np.cumsum([len(part) for part in parts])
    return [_places_of_plan(part + aside) for part in np.split(whole, ends[:-1])]


def _places_of_plan(plan: Floats) -> list[Place]:
    i = np.interp(plan[:, 0], U_LINES, np.arange(LAST_I + 1))
    j = np.interp(plan[:, 1], V_LINES, np.arange(LAST_J + 1))
    return [(float(a), float(b)) for a, b in zip(i, j, strict=True)]
