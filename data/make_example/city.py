"""What the made district consists of: its zones, its blocks, and what stands on them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from lattice import ARTERIAL, EAST, NORTH, RAIL, RIVER, SEED, SOUTH, WEST

Cell = tuple[int, int]
Box = tuple[int, int, int, int]

DISTRICT: Final = ("379901", "示例区")
COMMUNITIES_PER_STREET: Final = 5

# Lines without a street: the river and the railway themselves.
SECONDARY_I, SECONDARY_J = (10, 19), (5, 11, 14, 17)
TERTIARY_I, TERTIARY_J = (3, 6, 8, 14, 15, 17, 22), (3, 7, 9, 18)
BRIDGES_J: Final = (5, 17)
UNDERPASS_J: Final = 11

# Streets with their communities: west, east, south and north line of each.
ZONES: Final[dict[str, dict[str, Box]]] = {
    "老城街道": {
        "钟楼": (7, 11, 9, 11),
        "南门": (11, 16, 9, 11),
        "西关": (7, 11, 11, 14),
        "文庙": (11, 13, 11, 14),
        "东关": (13, 16, 11, 14),
    },
    "北岭街道": {
        "岭下": (7, 10, 14, 16),
        "松岗": (10, 13, 14, 16),
        "桥头": (13, 16, 14, 16),
        "北岭": (7, 12, 16, 18),
        "新岭": (12, 16, 16, 18),
    },
    "南园街道": {
        "公园西": (7, 11, 7, 9),
        "公园东": (11, 16, 7, 9),
        "棉纺": (7, 10, 3, 7),
        "南园": (10, 13, 3, 7),
        "柳营": (13, 16, 3, 7),
    },
    "铁西街道": {
        "南洼": (3, 7, 3, 6),
        "长墙": (3, 7, 6, 8),
        "道洞": (3, 7, 8, 12),
        "铁中": (3, 7, 12, 15),
        "北坡": (3, 7, 15, 18),
    },
    "河东街道": {
        "河东桥头": (16, 22, 16, 18),
        "芦荡": (16, 19, 12, 16),
        "望河": (16, 19, 8, 12),
        "东塘": (19, 22, 12, 16),
        "东岗": (19, 22, 8, 12),
    },
    "新港街道": {
        "港西": (16, 19, 6, 8),
        "港北": (19, 22, 6, 8),
        "滩头": (16, 19, 3, 6),
        "盐场": (19, 22, 5, 6),
        "远角": (19, 22, 3, 5),
    },
}
RURAL: Final = {"滩头", "盐场", "远角", "南洼"}

# Blocks where nobody lives. Whole numbers of lattice lines: west, east, south, north.
PARKS: Final[dict[str, Box]] = {
    "南园公园西园": (9, 12, 8, 9),
    "南园公园东园": (12, 14, 8, 9),
    "北山公园": (9, 10, 17, 18),
}
INDUSTRY: Final[list[Box]] = [(3, 4, 12, 14), (3, 4, 8, 10), (8, 9, 3, 5), (20, 22, 3, 4)]
OTHER_USES: Final[set[Cell]] = {
    *((8, 8), (14, 8), (10, 11), (12, 12), (8, 13), (14, 9), (11, 15), (9, 16), (13, 14)),
    *((9, 5), (12, 6), (4, 14), (5, 8), (3, 3), (4, 3), (18, 10), (20, 10), (19, 13)),
    *((18, 3), (21, 4)),
}
LONG_WALL: Final[Box] = (3, 6, 6, 7)  # one walled compound as wide as its street district

NEW_CELLS: Final[set[Cell]] = {
    (13, 13),
    *((12, 16), (12, 17), (13, 16), (13, 17), (14, 16), (14, 17), (10, 17), (11, 17)),
    *((3, 16), (4, 16), (5, 16), (3, 17), (4, 17)),
    *((19, 16), (20, 16), (21, 16), (19, 17), (20, 17), (21, 17)),
    *((20, 14), (21, 14), (20, 15), (21, 15), (21, 12), (21, 13)),
    *((17, 6), (18, 6), (17, 7), (18, 7), (19, 6), (19, 7), (20, 7), (17, 5), (18, 5), (17, 4)),
    *((13, 3), (14, 3), (14, 4)),
}
MERGE_SHARE: Final = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """
    A piece of ground between streets.

    Attributes
    ----------
    box
        West, east, south and north lattice line.
    use
        ``"homes"``, ``"park"``, ``"industry"`` or ``"other"``.
    street, community
        Names of the zones it lies in.
    new
        Whether its homes were built after the policy.
    """

    box: Box
    use: str
    street: str
    community: str
    new: bool = False

    @property
    def cells(self) -> list[Cell]:
        """The lattice cells of the block."""
        return cells_of(self.box)


def cells_of(box: Box) -> list[Cell]:
    """
    List the lattice cells of a rectangle.

    Parameters
    ----------
    box
        West, east, south and north lattice line.

    Returns
    -------
    cells
        South-west corners, column by column.
    """
    i0, i1, j0, j1 = box
    return [(i, j) for i in range(i0, i1) for j in range(j0, j1)]


def zone_of_cell() -> dict[Cell, tuple[str, str]]:
    """
    Look up the zones of every cell of the district.

    Returns
    -------
    zones
        Names of street and community, by cell.
    """
    return {
        cell: (street, community)
        for street, communities in ZONES.items()
        for community, box in communities.items()
        for cell in cells_of(box)
    }


def is_corridor(cell: Cell) -> bool:
    """
    Say whether a cell is the strip of the railway or of the river.

    Parameters
    ----------
    cell
        South-west corner.

    Returns
    -------
    corridor
        Whether no block lies there.
    """
    return cell[0] in {RAIL - 1, RAIL, RIVER - 1, RIVER}


def make_blocks() -> list[Block]:
    """
    Divide the district into blocks, some of two cells.

    Returns
    -------
    blocks
        In a fixed order, without overlap; the strips of river and railway are left out.
    """
    zones = zone_of_cell()
    fixed = dict.fromkeys(PARKS.values(), "park")
    fixed |= dict.fromkeys(INDUSTRY, "industry") | {LONG_WALL: "homes"}
    fixed |= {(i, i + 1, j, j + 1): "other" for i, j in OTHER_USES}
    taken = {cell for box in fixed for cell in cells_of(box)}
    free = [
        (i, j)
        for i in range(WEST, EAST)
        for j in range(SOUTH, NORTH)
        if not is_corridor((i, j)) and (i, j) not in taken
    ]
    boxes = fixed | dict.fromkeys(_merged(free, zones), "homes")
    blocks = []
    for box in sorted(boxes):
        street, community = zones[box[0], box[2]]
        new = boxes[box] == "homes" and (box[0], box[2]) in NEW_CELLS
        use = boxes[box]
        blocks.append(Block(box=box, use=use, street=street, community=community, new=new))
    return blocks


def _merged(free: list[Cell], zones: dict[Cell, tuple[str, str]]) -> list[Box]:
    """Join some neighbours to superblocks, never across a main street or a zone's border."""
    rng = np.random.default_rng(SEED + 1)
    left = set(free)
    boxes: list[Box] = []
    for cell in free:
        if cell not in left:
            continue
        left.remove(cell)
        i, j = cell
        wide = (i + 1, j) in left and _is_side_street(i + 1, SECONDARY_I + TERTIARY_I)
        tall = (i, j + 1) in left and _is_side_street(j + 1, SECONDARY_J + TERTIARY_J)
        mate = (i + 1, j) if wide else (i, j + 1)
        alike = zones.get(mate) == zones[cell] and (mate in NEW_CELLS) == (cell in NEW_CELLS)
        drawn = rng.random() < MERGE_SHARE and zones[cell][0] != "老城街道"
        if drawn and alike and (wide or tall):
            left.remove(mate)
            boxes.append((i, mate[0] + 1, j, mate[1] + 1))
        else:
            boxes.append((i, i + 1, j, j + 1))
    return boxes


def _is_side_street(line: int, main_lines: tuple[int, ...]) -> bool:
    return line != ARTERIAL and line not in main_lines
