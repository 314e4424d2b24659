"""Put residences on the blocks: outlines, walls, gates, inside ways, households."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import shapely
from city import LONG_WALL, SECONDARY_I, SECONDARY_J, TERTIARY_I, TERTIARY_J, Block
from lattice import ARTERIAL, SEED, U_LINES, V_LINES, Place, metres_of, rectangle
from streets import StreetGrid

FloatBox = tuple[float, float, float, float]

HOUSEHOLDS_LEAST: Final = 150
HOUSEHOLDS_MOST: Final = 3500
LANE_M: Final = 7.0  # from the middle of a lane to the houses
PHASE_GAP_M: Final = 3.0
NEW_OLD_SHARE: Final = 0.12
OLD_ENDINGS: Final = (
    *("一村", "二村", "小区", "新村", "家属院", "东院", "西院", "里", "南里", "北里", "苑", "花园"),
)
NEW_ENDINGS: Final = ("雅居", "华庭", "澜湾", "新城", "公馆", "书院", "云府", "尚品", "和园")
OWN_NAMES: Final = {
    "西关一村": "西关㐂乐苑",  # in GB18030, not in GBK
    "北岭雅居": "北岭龘府",
    "长墙小区": "长墙大院",
}


class Style(NamedTuple):
    """How the residences of a street district look and who lives there."""

    walled_share: float
    halved_share: float  # of its blocks, cut in two by a lane
    households_per_hectare: float
    older_60_share: float


STYLES: Final = {
    "老城街道": Style(0.35, 0.72, 76, 0.31),
    "北岭街道": Style(0.75, 0.20, 58, 0.22),
    "南园街道": Style(0.70, 0.30, 74, 0.27),
    "铁西街道": Style(0.60, 0.15, 39, 0.25),
    "河东街道": Style(0.85, 0.00, 47, 0.18),
    "新港街道": Style(0.50, 0.00, 27, 0.24),
}


@dataclass(kw_only=True, slots=True)
class Home:
    """
    A residence of the made city.

    Attributes
    ----------
    residence_id, name
        Number and name.
    block
        The block it stands on.
    ring
        Lattice addresses of its outline.
    walled
        Whether a wall stands on the outline.
    gates
        Lattice addresses of the gates in the wall.
    street_places
        Where its gates or lanes join the streets; the address for what is built for it.
    households, population, older_60, older_65, older_80, under_3, year
        Its people.
    pool_id
        Shared by the phases of one development, else empty.
    """

    residence_id: str
    name: str
    block: Block
    ring: list[Place]
    walled: bool
    gates: list[Place]
    street_places: list[Place]
    households: int = 0
    population: int = 0
    older_60: int = 0
    older_65: int = 0
    older_80: int = 0
    under_3: int = 0
    year: int = 0
    pool_id: str = ""

    @property
    def metric(self) -> shapely.Polygon:
        """The outline in metres."""
        return shapely.Polygon(metres_of(self.ring))


def build_homes(grid: StreetGrid, blocks: list[Block]) -> list[Home]:
    """
    Build the residences of all blocks, and draw their walls and ways.

    Parameters
    ----------
    grid
        The streets; gates and lanes are joined to them.
    blocks
        The district's blocks.

    Returns
    -------
    homes
        In the order of the blocks.
    """
    rng = np.random.default_rng(SEED + 3)
    homes: list[Home] = []
    names: dict[str, int] = {}
    for block in (block for block in blocks if block.use == "homes"):
        parts = _parts(grid, block, rng)
        for box, sides in parts:
            home = _home(grid, block, box, sides, rng)
            home.residence_id = f"SL{len(homes) + 1:03d}"
            home.name = _name(block, names)
            if len(parts) > 1 and block.new:
                home.pool_id = f"DK{block.box[0]:02d}{block.box[2]:02d}"
            _people(home, rng)
            homes.append(home)
    return homes


def _parts(grid: StreetGrid, block: Block, rng: np.random.Generator) -> list[tuple[FloatBox, str]]:
    """Give the outlines on a block, each with the sides that may have gates."""
    i0, i1, j0, j1 = block.box
    outer = (
        i0 + _inset(i0, _width(U_LINES, i0), SECONDARY_I, TERTIARY_I, axis="v"),
        i1 - _inset(i1, _width(U_LINES, i1 - 1), SECONDARY_I, TERTIARY_I, axis="v"),
        j0 + _inset(j0, _width(V_LINES, j0), SECONDARY_J, TERTIARY_J, axis="h"),
        j1 - _inset(j1, _width(V_LINES, j1 - 1), SECONDARY_J, TERTIARY_J, axis="h"),
    )
    sides = "".join(side for side in "SNWE" if _may_have_gate(grid, block, side))
    draw = rng.random()
    if len(block.cells) == 1 and not block.new and draw < STYLES[block.street].halved_share:
        middle = i0 + round(float(rng.uniform(0.42, 0.58)), 2)
        if {"S", "N"} <= set(sides):
            lane = [grid.join((middle, float(j0))), (middle, j0 + 0.5), (middle, float(j1))]
            grid.osm.way([*lane[:2], grid.join(lane[2])], highway="living_street")
        return _cut(outer, middle, LANE_M / _width(U_LINES, i0), sides)
    if len(block.cells) == 2 and i1 - i0 == 2:  # noqa: PLR2004 - a superblock in two phases
        return _cut(outer, i0 + 1.0, PHASE_GAP_M / _width(U_LINES, i0), sides)
    return [(outer, sides)]


def _cut(outer: FloatBox, middle: float, gap: float, sides: str) -> list[tuple[FloatBox, str]]:
    i0, i1, j0, j1 = outer
    west, east = (i0, middle - gap, j0, j1), (middle + gap, i1, j0, j1)
    return [(west, sides.replace("E", "")), (east, sides.replace("W", ""))]


def _width(lines: np.ndarray, index: int) -> float:
    return float(lines[index + 1] - lines[index])


def _inset(
    line: int, width: float, secondary: tuple[int, ...], tertiary: tuple[int, ...], *, axis: str
) -> float:
    metres = 22.0 if line in secondary else 18.0 if line in tertiary else 13.0
    if axis == "v" and line == ARTERIAL:
        metres = 44.0
    return round(metres / width, 5)


def _side_place(box: FloatBox, side: str, along: float) -> Place:
    i0, i1, j0, j1 = box
    if side in "SN":
        return (i0 + along * (i1 - i0), j0 if side == "S" else j1)
    return (i0 if side == "W" else i1, j0 + along * (j1 - j0))


def _may_have_gate(grid: StreetGrid, block: Block, side: str) -> bool:
    i0, i1, j0, j1 = block.box
    places = [_side_place((i0, i1, j0, j1), side, along) for along in (0.3, 0.7)]
    return all(grid.edge_at(place) is not None for place in places)


def _home(
    grid: StreetGrid, block: Block, box: FloatBox, sides: str, rng: np.random.Generator
) -> Home:
    walled = bool(
        block.new or len(block.cells) > 1 or rng.random() < STYLES[block.street].walled_share
    )
    chosen = "SN" if len(block.cells) > 2 else _two_sides(sides, rng)  # noqa: PLR2004 - the long wall
    joints, gates = [], []
    for side in chosen:
        along = 0.47 if chosen == "SN" else float(rng.uniform(0.3, 0.7))
        gate = _rounded(_side_place(box, side, along))
        joints.append(grid.join(_outward(block, side, gate)))
        gates.append(gate)
    centre = ((box[0] + box[1]) / 2 + 0.01, (box[2] + box[3]) / 2)
    rounded = (round(box[0], 4), round(box[1], 4), round(box[2], 4), round(box[3], 4))
    open_ways = not walled and rng.random() < 0.5  # noqa: PLR2004 - half the open ones
    if walled:
        _write_compound(grid, rounded, joints, gates, centre)
    elif open_ways:
        path = [joints[0], gates[0], centre, *reversed(gates[1:]), *reversed(joints[1:])]
        grid.osm.way(path, highway="service")
    return Home(
        residence_id="",
        name="",
        block=block,
        ring=_ring(rounded, gates if walled else []),
        walled=walled,
        gates=gates if walled else [],
        street_places=joints,
    )


def _two_sides(sides: str, rng: np.random.Generator) -> str:
    return "".join(rng.permutation(list(sides))[:2]) if sides else ""


def _rounded(place: Place) -> Place:
    return (round(place[0], 4), round(place[1], 4))


def _outward(block: Block, side: str, gate: Place) -> Place:
    i0, i1, j0, j1 = block.box
    if side in "SN":
        return (gate[0], float(j0 if side == "S" else j1))
    return (float(i0 if side == "W" else i1), gate[1])


def _write_compound(
    grid: StreetGrid, box: FloatBox, joints: list[Place], gates: list[Place], centre: Place
) -> None:
    """Draw a wall, its gates, and the private ways behind them."""
    osm = grid.osm
    for joint, gate in zip(joints, gates, strict=True):
        osm.node(gate, barrier="gate")
        osm.way([joint, gate], highway="service", service="driveway")
        elbow = ((gate[0] + centre[0]) / 2, (gate[1] + centre[1]) / 2 + 0.03)
        osm.way([gate, elbow, centre], highway="service", access="private")
    osm.way([centre, (centre[0] + 0.12, centre[1])], highway="service", access="private")
    ring = _ring(box, gates)
    osm.way([*ring, ring[0]], barrier="wall")


def _ring(box: FloatBox, gates: list[Place]) -> list[Place]:
    i0, i1, j0, j1 = box

    def turn(place: Place) -> tuple[int, float]:
        i, j = place
        if j == j0 and i < i1:
            return (0, i)
        if i == i1 and j < j1:
            return (1, j)
        return (2, -i) if j == j1 and i > i0 else (3, -j)

    return sorted({*map(_rounded, rectangle(*box, steps=3)), *gates}, key=turn)


def _name(block: Block, names: dict[str, int]) -> str:
    endings = NEW_ENDINGS if block.new else OLD_ENDINGS
    key = f"{block.community}{block.new}"
    number = names.get(key, 0)
    names[key] = number + 1
    again = "" if number < len(endings) else f"{number // len(endings) + 1}区"
    name = f"{block.community}{endings[number % len(endings)]}{again}"
    return OWN_NAMES.get(name, name)


def _people(home: Home, rng: np.random.Generator) -> None:
    block = home.block
    density = STYLES[block.street].households_per_hectare * (1.35 if block.new else 1.0)
    density *= 2.5 if block.box == LONG_WALL else 1.0
    drawn = density * home.metric.area / 10_000 * float(rng.lognormal(0, 0.33))
    least = HOUSEHOLDS_LEAST + drawn / 5  # no two small ones alike
    home.households = round(min(max(drawn, least), HOUSEHOLDS_MOST))
    home.population = round(home.households * float(rng.uniform(2.3, 2.8)))
    share = NEW_OLD_SHARE if block.new else STYLES[block.street].older_60_share
    home.older_60 = round(home.population * share * float(rng.uniform(0.85, 1.15)))
    home.older_65 = round(home.older_60 * float(rng.uniform(0.66, 0.74)))
    home.older_80 = round(home.older_60 * float(rng.uniform(0.1, 0.16)))
    home.under_3 = round(home.population * (0.035 if block.new else 0.018))
    home.year = int(rng.integers(2023, 2026) if block.new else rng.integers(1982, 2019))
