"""Slopes: heights along the streets, and what going up and down takes."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from lifecircle.walk.access import way_access
from lifecircle.walk.pace import Pace
from lifecircle.walk.walker import Walker, speed_share
from lifecircle.walk.ways import StreetWays, step_lengths

__all__ = ["STEEPEST", "Samples", "sample_points", "smoothed_heights", "with_slopes"]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STEEPEST: Final = 0.5
"""No street is steeper (the steepest known is 0.35): the raster shows a cliff, a wall or a hole."""

_SPACING_M: Final = 20.0
_DECIMALS: Final = 6  # heights in whole micrometres: what a solver adds behind them decides nothing
_NO: Final = frozenset({"", "no", "0", "false", "f", "n"})  # as shapefiles say it, too
_NOT_GROUND: Final = frozenset({"steps", "elevator"})


class Samples(NamedTuple):
    """
    Points along ways whose heights are wanted.

    Attributes
    ----------
    xy
        First the nodes of the ways, then the points between them, shape (points, 2), metres.
    inner_offsets
        The points inside step s are ``xy[nodes + inner_offsets[s]:nodes + inner_offsets[s + 1]]``.
    """

    xy: Floats
    inner_offsets: Integers


def sample_points(ways: StreetWays) -> Samples:
    """
    Place points along ways, at every vertex and no farther than 20 m apart.

    Parameters
    ----------
    ways
        The streets.

    Returns
    -------
    samples
        Where heights are wanted.

    Examples
    --------
    >>> from pyproj import CRS
    >>> ways = StreetWays(
    ...     crs=CRS.from_epsg(4547), node_ids=np.arange(2), xy=np.array([[0.0, 0.0], [30.0, 0.0]]),
    ...     way_ids=np.array([1]), offsets=np.array([0, 2]), refs=np.array([0, 1]),
    ...     way_tags=({"highway": "path"},),
    ... )
    >>> sample_points(ways).xy.tolist()
    [[0.0, 0.0], [30.0, 0.0], [15.0, 0.0]]
    """
    inside = _inside(ways)
    tail, head = ways.xy[ways.refs[:-1]], ways.xy[ways.refs[1:]]
    pieces = np.maximum(np.ceil(step_lengths(ways) / (1000 * _SPACING_M)).astype(np.int64), 1)
    count = np.where(inside, pieces - 1, 0)
    offsets = np.concatenate([[0], np.cumsum(count)])
    step = np.repeat(np.arange(len(count)), count)
    part = (np.arange(len(step)) - offsets[step] + 1) / pieces[step]
    inner = tail[step] + part[:, None] * (head[step] - tail[step])
    return Samples(np.concatenate([ways.xy, inner]), offsets)


def smoothed_heights(
    xy: Floats, heights: Callable[[Floats], Floats], *, smoothing_m: float
) -> Floats:
    """
    Take the mean height of a circle round each point, as far as no cliff parts it.

    Parameters
    ----------
    xy
        Points, metres.
    heights
        Looks up heights; NaN where nothing is known.
    smoothing_m
        The diameter of the circle; 0 takes the point itself.

    Returns
    -------
    heights_m
        NaN where the point itself has none.

    Notes
    -----
    The mean of the point and of eighteen points round it, six on half of the radius and twelve on
    it. Two opposite points count together or, where one of them is unknown or the way to it would
    be steeper than `STEEPEST`, not at all. So a plane keeps its slope, up to the rim of the raster
    and round its holes; and a sea, a hole or a gorge does not pull down the street beside it.

    Examples
    --------
    >>> flat = smoothed_heights(np.zeros((1, 2)), lambda xy: 5 + 0.1 * xy[:, 0], smoothing_m=100)
    >>> flat.round(6)
    array([5.])
    """
    own = heights(xy)
    total, count = own.copy(), np.ones(len(xy))
    if smoothing_m:
        for away in _half_circle(smoothing_m / 2):
            one, other = heights(xy + away), heights(xy - away)
            most = STEEPEST * np.hypot(*away)
            # What is unknown compares as False.
            near = (np.abs(one - own) <= most) & (np.abs(other - own) <= most)
            total += np.where(near, one + other, 0.0)
            count += 2 * near
    return np.asarray(total / count)


def _half_circle(radius_m: float) -> Floats:
    rings = [(radius_m / 2, 6), (radius_m, 12)]
    return np.concatenate(
        [
            radius * np.column_stack([np.cos(turn), np.sin(turn)])
            for radius, count in rings
            for turn in [2 * np.pi * np.arange(count // 2) / count]
        ]
    )


def with_slopes(ways: StreetWays, pace: Pace, heights_m: Floats, walker: Walker) -> Pace:
    """
    Let going up and down take its time.

    Parameters
    ----------
    ways
        The streets.
    pace
        What they take where they are level.
    heights_m
        At the points of `sample_points`; NaN where nothing is known.
    walker
        How fast these walkers are on slopes.

    Returns
    -------
    pace
        With the level millimetres of each step, either way. Its ``counts`` tell how many metres of
        street were given slopes, how many have no height, and how many are steeper than
        `STEEPEST`: these two are walked as if they were level.

    Notes
    -----
    Bridges and tunnels do not follow the ground: between the places where they meet it their
    height goes evenly, along their length. Stairs and lifts have their own times. A length is
    that on the map, as Tobler's function takes it.
    """
    samples = sample_points(ways)
    is_lifted, is_walked = _flags(ways, pace)
    height = _levelled(ways, samples, np.round(heights_m, _DECIMALS), is_lifted)
    step, rise = _rises(ways, samples, height)
    length = step_lengths(ways)
    run = (length / (np.diff(samples.inner_offsets) + 1))[step]
    slope = np.divide(rise * 1000, run, out=np.zeros_like(rise), where=run > 0)
    unknown, steep = np.isnan(slope), np.abs(slope) > STEEPEST
    slope = np.where(unknown | steep, 0.0, slope)
    sloped = pace.ahead_mm > 0  # the time of stairs is their own
    both = []
    for side in (slope, -slope):
        level = np.zeros(len(length))
        np.add.at(level, step, run / speed_share(side, walker.slope_table))
        flat = np.bincount(step, weights=side != 0, minlength=len(length)) == 0
        both.append(np.where(sloped & ~flat, np.rint(level).astype(np.int64), pace.ahead_mm))
    counted = is_walked[step] & sloped[step]
    metres = {
        "metres_with_slope": ~unknown & ~steep,
        "metres_without_height": unknown,
        "metres_too_steep": steep,
    }
    counts = {
        name: round(float(run[chosen & counted].sum()) / 1000) for name, chosen in metres.items()
    }
    return pace._replace(ahead_mm=both[0], back_mm=both[1], counts={**pace.counts, **counts})


def _inside(ways: StreetWays) -> Flags:
    """Tell which steps lie inside a way, and do not lead from one to the next."""
    way = np.repeat(np.arange(len(ways.way_tags)), np.diff(ways.offsets))
    return np.asarray(way[:-1] == way[1:])


def _flags(ways: StreetWays, pace: Pace) -> tuple[Flags, Flags]:
    """Tell which steps do not follow the ground, and which somebody walks."""
    lifted = [
        any(tags.get(key, "").lower() not in _NO for key in ("bridge", "tunnel", "indoor"))
        for tags in ways.way_tags
    ]
    walked = [way_access(tags).access != "closed" for tags in ways.way_tags]
    walked_ways = np.array(walked, dtype=bool) & ~pace.closed
    counts = np.diff(ways.offsets)
    inside = _inside(ways)
    return (
        np.repeat(np.array(lifted, dtype=bool), counts)[:-1] & inside,
        np.repeat(walked_ways, counts)[:-1] & inside,
    )


def _levelled(ways: StreetWays, samples: Samples, heights_m: Floats, is_lifted: Flags) -> Floats:
    """Lead bridges and tunnels evenly from where they meet the ground to where they meet it."""
    steps = np.flatnonzero(is_lifted)
    heights = heights_m.copy()
    if not len(steps):
        return heights
    nodes = len(ways.xy)
    tail, head = ways.refs[steps], ways.refs[steps + 1]
    fixed = np.zeros(nodes, dtype=bool)
    fixed[_ground_nodes(ways, is_lifted)] = True
    fixed &= ~np.isnan(heights[:nodes])
    own = np.union1d(tail, head)
    own = own[np.lexsort((ways.xy[own, 1], ways.xy[own, 0]))]  # not by the order of the ways
    heights[own] = _even_heights(own, tail, head, step_lengths(ways)[steps], heights, fixed)
    count = np.diff(samples.inner_offsets)[steps]
    at = np.repeat(np.arange(len(steps)), count)
    order = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    part = (order + 1) / (count[at] + 1)
    inner = nodes + np.repeat(samples.inner_offsets[steps], count) + order
    heights[inner] = heights[tail[at]] + part * (heights[head[at]] - heights[tail[at]])
    return np.round(heights, _DECIMALS)


def _ground_nodes(ways: StreetWays, is_lifted: Flags) -> Integers:
    """List the nodes of streets on the ground; a stair or lift does not tell how high it ends."""
    counts = np.diff(ways.offsets)
    firm = [tags.get("highway") not in _NOT_GROUND for tags in ways.way_tags]
    step = _inside(ways) & ~is_lifted & np.repeat(np.array(firm, dtype=bool), counts)[:-1]
    return np.union1d(ways.refs[:-1][step], ways.refs[1:][step])


def _even_heights(
    own: Integers, tail: Integers, head: Integers, length: Integers, heights: Floats, fixed: Flags
) -> Floats:
    """
    Find heights between fixed ones that change evenly along what joins them.

    On a line that is straight interpolation; where several meet, the height there is the mean of
    their next ones, each weighted by the inverse of its distance. NaN where nothing is fixed.
    """
    position = np.full(len(heights), -1, dtype=np.int64)
    position[own] = np.arange(len(own))
    one, two = position[tail], position[head]
    weight = 1.0 / np.maximum(length, 1)
    size = (len(own), len(own))
    ends = (np.r_[one, two], np.r_[two, one])
    joined = csr_array(coo_array((np.r_[weight, weight], ends), shape=size))
    _, part = connected_components(joined, directed=False)
    firm = fixed[own]
    anchored = np.isin(part, part[firm])
    free = np.flatnonzero(anchored & ~firm)
    result = np.where(firm, heights[own], np.nan)
    if len(free):
        laplacian = csr_array(diags_array(joined.sum(axis=1)) - joined)
        pull = joined[free][:, np.flatnonzero(firm)] @ result[firm]
        result[free] = spsolve(laplacian[free][:, free].tocsc(), pull)
    return np.asarray(result)


def _rises(ways: StreetWays, samples: Samples, heights: Floats) -> tuple[Integers, Floats]:
    """List the pieces between neighbouring points of a step: which step, and how far up."""
    count = np.diff(samples.inner_offsets) + 1
    step = np.repeat(np.arange(len(count)), count)
    first = np.cumsum(count) - count
    before = np.empty(len(step))
    behind = np.empty(len(step))
    inner = heights[len(ways.xy) :]
    starts = np.zeros(len(step), dtype=bool)
    starts[first] = True
    ends = np.zeros(len(step), dtype=bool)
    ends[first + count - 1] = True
    before[starts], before[~starts] = heights[ways.refs[:-1]], inner
    behind[ends], behind[~ends] = heights[ways.refs[1:]], inner
    return step, behind - before
