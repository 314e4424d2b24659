"""What lies over, under and beside the streets: river, railway, motorway, parks, crossings."""

from typing import Final

import numpy as np
from city import BRIDGES_J, PARKS
from lattice import ARTERIAL, LAST_J, RAIL, RIVER, Place, rectangle
from motorway import VIADUCT_PART, motorway_parts
from streets import MEDIAN, StreetGrid

MIDBLOCK_CROSSINGS_J: Final = (7.4, 15.5)
FOOTBRIDGE_J: Final = 12.6
WATER_HALF_WIDTH: Final = 0.58
GREENWAYS_I: Final = (RIVER - 0.8, RIVER + 0.8)


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
        for number, places in enumerate(motorway_parts(side)):
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


def _half_width(j: float) -> float:
    return WATER_HALF_WIDTH + 0.06 * float(np.sin(1.7 * j))
