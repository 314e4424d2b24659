"""What lies in sight of the streets: walking off them on a grid, never through a barrier."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from numba import njit

from lifecircle.walk.crossing import ON_STREET_M, is_stepped_off
from lifecircle.walk.network import WalkNetwork

__all__ = ["BarrierGrid", "Ground", "barrier_grid", "spread_in_sight", "walk_ground"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_LONGEST_PIECE_M = 10.0  # no longer than a cell is wide, so that each is known by its middle


class Ground(NamedTuple):
    """
    A network's streets and barriers, ready for any number of surfaces.

    Attributes
    ----------
    network
        The streets.
    stepped_off
        Whether one may step off each edge: not from a bridge or tunnel over or under a barrier.
    pieces
        The barriers as straight pieces, the two ends of each; shape (pieces, 4).
    """

    network: WalkNetwork
    stepped_off: Flags
    pieces: Floats


class BarrierGrid(NamedTuple):
    """
    Barriers on the grid of a surface.

    Attributes
    ----------
    pieces
        Their straight pieces, in metres from the grid's corner, ordered by the cell their middle
        lies in.
    cell
        The number of that cell of each piece, ascending; row times columns plus column.
    guarded
        The cells from which a barrier could be met.
    fraction
        For each cell beside which a barrier crosses the line to a neighbour's middle, what part
        of that line lies before the barrier, seen from the neighbour; the least of four. Infinite
        elsewhere.
    """

    pieces: Floats
    cell: Integers
    guarded: Flags
    fraction: npt.NDArray[np.float32]


def walk_ground(network: WalkNetwork) -> Ground:
    """
    Get a network ready for surfaces.

    Parameters
    ----------
    network
        The streets.

    Returns
    -------
    ground
        For `walk.surface.walk_surface`.
    """
    lines = network.barriers.lines
    dense = shapely.segmentize(lines[shapely.length(lines) > 0], _LONGEST_PIECE_M)
    parts = shapely.get_parts(dense)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    inside = np.flatnonzero(line[:-1] == line[1:])
    pieces = np.column_stack([xy[inside], xy[inside + 1]]).reshape(-1, 4)
    return Ground(network, is_stepped_off(network, network.lines), pieces)


def barrier_grid(
    ground: Ground, corner: Floats, shape: tuple[int, int], *, cell_m: float, reach_m: float
) -> BarrierGrid | None:
    """
    Lay the barriers on a grid.

    Parameters
    ----------
    ground
        The barriers.
    corner
        Metres of the middle of the grid's first cell.
    shape
        Rows and columns.
    cell_m
        Metres from one middle to the next.
    reach_m
        How far from its cell a walk off the street goes.

    Returns
    -------
    grid
        None where no barrier lies on it.
    """
    pieces = ground.pieces - np.tile(corner, 2)
    middle = np.rint((pieces[:, :2] + pieces[:, 2:]) / 2 / cell_m).astype(np.int64)
    on_grid = np.all((middle >= 0) & (middle < (shape[1], shape[0])), axis=1)
    if not on_grid.any():
        return None
    cell = middle[on_grid, 1] * shape[1] + middle[on_grid, 0]
    order = np.argsort(cell, kind="stable")
    cell, pieces = cell[order], np.ascontiguousarray(pieces[on_grid][order])
    guarded = np.zeros(shape, dtype=np.bool_)
    _guard(guarded, np.unique(cell), _width(reach_m, cell_m))
    fraction = np.full(shape, np.inf, dtype=np.float32)
    _measure_gaps(fraction, pieces, cell_m)
    return BarrierGrid(pieces, cell, guarded, fraction)


def _width(reach_m: float, cell_m: float) -> int:
    # One cell more for a street point off its cell's middle, one for a piece off its middle.
    return int(np.floor(reach_m / cell_m)) + 2


@njit(cache=True, nogil=True)
def _guard(guarded: Flags, cells: Integers, width: int) -> None:
    columns = guarded.shape[1]
    for cell in cells:
        row, column = cell // columns, cell % columns
        guarded[
            max(0, row - width) : row + width + 1, max(0, column - width) : column + width + 1
        ] = True


@njit(cache=True, nogil=True)
def _measure_gaps(fraction: npt.NDArray[np.float32], pieces: Floats, cell_m: float) -> None:
    """Find where pieces cross the lines between neighbouring middles."""
    rows, columns = fraction.shape
    for at in range(len(pieces)):
        for axis in range(2):
            # Along x, then along y: one coordinate is fixed by the line of middles.
            one, other = pieces[at, 1 - axis] / cell_m, pieces[at, 3 - axis] / cell_m
            low, high = pieces[at, axis] / cell_m, pieces[at, 2 + axis] / cell_m
            for line in range(int(np.ceil(min(one, other))), int(np.floor(max(one, other))) + 1):
                part = 0.0 if one == other else (line - one) / (other - one)
                hit = low + part * (high - low)
                begin = int(np.floor(hit))
                for side in range(2):
                    row, column = (line, begin + side) if axis == 0 else (begin + side, line)
                    if 0 <= row < rows and 0 <= column < columns:
                        gap = 1 - (hit - begin) if side == 0 else hit - begin
                        fraction[row, column] = min(fraction[row, column], gap)


@njit(cache=True, nogil=True)
def spread_in_sight(
    points: Floats,
    surface: Floats,
    corner: Floats,
    cell_m: float,
    reach_m: float,
    pieces: Floats,
    cell: Integers,
) -> None:
    """
    Walk on from street points to the cells in sight of them.

    Parameters
    ----------
    points
        Easting, northing and the walk from there, in millimetres; shape (points, 3).
    surface
        The walk from each cell; lowered where it is shorter this way.
    corner
        Metres of the middle of the first cell.
    cell_m
        Metres from one middle to the next.
    reach_m
        How far a street point is left.
    pieces, cell
        The barriers, as `BarrierGrid` has them.
    """
    rows, columns = surface.shape
    width = int(np.floor(reach_m / cell_m)) + 1
    for at in range(len(points)):
        x, y = points[at, 0] - corner[0], points[at, 1] - corner[1]
        row, column = int(np.rint(y / cell_m)), int(np.rint(x / cell_m))
        near = _pieces_near(x, y, row, column, width + 1, columns, rows, pieces, cell)
        for to_row in range(max(0, row - width), min(rows, row + width + 1)):
            for to_column in range(max(0, column - width), min(columns, column + width + 1)):
                away = np.hypot(to_row * cell_m - y, to_column * cell_m - x)
                total = points[at, 2] + away * 1000
                if away > reach_m or total >= surface[to_row, to_column]:
                    continue
                if not _is_barred(x, y, to_column * cell_m, to_row * cell_m, pieces, near):
                    surface[to_row, to_column] = total


@njit(cache=True, nogil=True)
def _pieces_near(  # noqa: PLR0913, PLR0917 - compiled, positional
    x: float,
    y: float,
    row: int,
    column: int,
    width: int,
    columns: int,
    rows: int,
    pieces: Floats,
    cell: Integers,
) -> Integers:
    """List the pieces in the cells around a point, but for those that the point stands on."""
    found = np.empty(64, dtype=np.int64)
    count = 0
    first, last = max(0, column - width), min(columns - 1, column + width)
    for at_row in range(max(0, row - width), min(rows, row + width + 1)):
        begin = np.searchsorted(cell, at_row * columns + first)
        stop = np.searchsorted(cell, at_row * columns + last, side="right")
        for at in range(begin, stop):
            if _away(x, y, pieces[at]) <= ON_STREET_M:
                continue
            if count == len(found):
                larger = np.empty(2 * count, dtype=np.int64)
                larger[:count] = found
                found = larger
            found[count] = at
            count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def _away(x: float, y: float, piece: Floats) -> float:
    """Measure how far a point lies from a straight piece."""
    along_x, along_y = piece[2] - piece[0], piece[3] - piece[1]
    square = along_x * along_x + along_y * along_y
    part = 0.0
    if square > 0:
        part = ((x - piece[0]) * along_x + (y - piece[1]) * along_y) / square
        part = min(1.0, max(0.0, part))
    return float(np.hypot(x - piece[0] - part * along_x, y - piece[1] - part * along_y))


@njit(cache=True, nogil=True)
def _is_barred(
    x: float, y: float, to_x: float, to_y: float, pieces: Floats, near: Integers
) -> bool:
    """Tell whether a straight walk meets one of some pieces, their ends included."""
    go_x, go_y = to_x - x, to_y - y
    if go_x == 0 and go_y == 0:
        return False
    for at in near:
        one_x, one_y = pieces[at, 0] - x, pieces[at, 1] - y
        two_x, two_y = pieces[at, 2] - x, pieces[at, 3] - y
        left, right = go_x * one_y - go_y * one_x, go_x * two_y - go_y * two_x
        if (left > 0 and right > 0) or (left < 0 and right < 0):
            continue
        if left == 0 and right == 0:
            ahead = go_x * one_x + go_y * one_y, go_x * two_x + go_y * two_y
            if max(ahead) >= 0 and min(ahead) <= go_x * go_x + go_y * go_y:
                return True
            continue
        along_x, along_y = two_x - one_x, two_y - one_y
        here = along_y * one_x - along_x * one_y
        there = along_x * (go_y - one_y) - along_y * (go_x - one_x)
        if (here >= 0 and there <= 0) or (here <= 0 and there >= 0):
            return True
    return False
