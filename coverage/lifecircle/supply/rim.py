"""The rim of the study area: which inputs end at it, and whose walks it touches."""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

__all__ = ["RIM_COLUMNS", "Rim", "border_ends", "rim_near", "touching"]

RIM_COLUMNS: Final = ("border_m", "rim_m", "beyond_share", "ends")
"""What is said of each input."""

# An input that is found along less than this part of the rim, of where it could be, ends there.
_ENDS_BELOW: Final = 0.5

_Lines = npt.NDArray[np.object_]
_Flags = npt.NDArray[np.bool_]


class Rim(NamedTuple):
    """
    The outline of the study area in short pieces, where anything lies within a walk of it.

    Attributes
    ----------
    pieces
        Lines.
    border_m
        How far a walk can lead over the border.
    """

    pieces: _Lines
    border_m: float


def rim_near(area: shapely.Geometry, places: gpd.GeoSeries, *, border_m: float) -> Rim:
    """
    Cut the outline of the study area into pieces, and keep those within a walk of some place.

    Parameters
    ----------
    area
        The study area. Its gaps and bays that are narrower than `border_m` are taken as closed.
    places
        The residences and facilities of the area, in the same metric CRS.
    border_m
        How far a walk can lead over the border: the limit and the snap limit.

    Returns
    -------
    rim
        The pieces, each at most a tenth of `border_m` long, within `border_m` of a place.

    Examples
    --------
    >>> homes = gpd.GeoSeries([shapely.Point(0, 505)], crs=4547)
    >>> rim = rim_near(shapely.box(0, 0, 5000, 1000), homes, border_m=100)
    >>> round(float(shapely.length(rim.pieces).sum()), -1)
    210.0
    """
    closed = shapely.buffer(shapely.buffer(area, border_m / 2), -border_m / 2)
    outline = shapely.simplify(shapely.boundary(closed), border_m / 100)
    corners, line = shapely.get_coordinates(
        shapely.get_parts(shapely.segmentize(outline, border_m / 10)), return_index=True
    )
    ends = np.stack([corners[:-1], corners[1:]], axis=1)[line[:-1] == line[1:]]
    pieces = shapely.linestrings(ends)
    return Rim(pieces[_near(pieces, places.to_numpy(), border_m)], border_m)


def border_ends(
    rim: Rim,
    area: shapely.Geometry,
    *,
    streets: gpd.GeoSeries,
    facilities: gpd.GeoSeries,
    residences: gpd.GeoSeries,
) -> tuple[pd.DataFrame, dict[str, _Lines]]:
    """
    Tell which inputs end at the border of the study area.

    Parameters
    ----------
    rim
        Of the area.
    area
        The study area.
    streets
        Lines, in and around the area.
    facilities, residences
        All that are listed, in and around the area.

    Returns
    -------
    ends
        One row an input, indexed by ``input``: ``border_m``, ``rim_m`` (the length of the
        rim), ``beyond_share`` (of it, the part beyond which the input goes on; NaN where there is
        none) and ``ends``.
    closed
        For each input the pieces beyond which there is nothing of it.

    Notes
    -----
    Streets go on beyond a piece if one of them, within `border_m` of it, crosses the line that
    runs half of `border_m` outside the area: streets that are cut at their first junction
    outside have not gone on. Facilities and residences go on if one of them lies outside within
    `border_m` of the piece. An input ends at the border if it is nowhere beyond it, or along
    less than half as much of the rim as it could be: streets and residences along all of it,
    facilities, which are few, along as much as there are some inside within `border_m`.

    Examples
    --------
    A street runs on to the west and ends at the east; the only facility is inside.

    >>> area = shapely.box(0, 0, 1000, 200)
    >>> homes = gpd.GeoSeries([shapely.Point(50, 100)], crs=4547)
    >>> found, closed = border_ends(
    ...     rim_near(area, homes, border_m=400),
    ...     area,
    ...     streets=gpd.GeoSeries([shapely.LineString([(-900, 100), (1010, 100)])], crs=4547),
    ...     facilities=homes,
    ...     residences=gpd.GeoSeries([shapely.Point(-9, 100)], crs=4547),
    ... )
    >>> found["ends"].to_dict()
    {'streets': False, 'facilities': True, 'residences': False}
    """
    inside, outside = _parted(area, facilities)
    beyond = {
        "streets": _crossings(area, streets, rim.border_m),
        "facilities": outside,
        "residences": _parted(area, residences)[1],
    }
    goes_on = {name: _near(rim.pieces, found, rim.border_m) for name, found in beyond.items()}
    could_be = dict.fromkeys(beyond, np.ones(len(rim.pieces), dtype=bool))
    could_be["facilities"] = _near(rim.pieces, inside, rim.border_m)
    rows = {name: _row(rim, goes_on[name], could_be[name]) for name in beyond}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(RIM_COLUMNS))
    return table.rename_axis("input"), {name: rim.pieces[~goes_on[name]] for name in beyond}


def touching(shapes: gpd.GeoSeries, pieces: _Lines, *, border_m: float) -> pd.Series:
    """
    Tell what lies within a walk of some pieces of the rim.

    Parameters
    ----------
    shapes
        Residences or facilities.
    pieces
        Of the rim.
    border_m
        How far a walk can lead.

    Returns
    -------
    near
        True or False on the index of `shapes`.

    Examples
    --------
    >>> homes = gpd.GeoSeries.from_xy([5, 50], [5, 5])
    >>> touching(homes, np.array([shapely.LineString([(0, 0), (0, 9)])]), border_m=10).tolist()
    [True, False]
    """
    return pd.Series(_near(shapes.to_numpy(), pieces, border_m), index=shapes.index)


def _near(shapes: _Lines, others: _Lines, distance_m: float) -> _Flags:
    """Tell which shapes lie within a distance of any of the others."""
    near = np.zeros(len(shapes), dtype=bool)
    near[shapely.STRtree(others).query(shapes, predicate="dwithin", distance=distance_m)[0]] = True
    return near


def _parted(area: shapely.Geometry, places: gpd.GeoSeries) -> tuple[_Lines, _Lines]:
    shapes = places.to_numpy()
    shapely.prepare(area)
    inside = shapely.intersects(area, shapes)
    return shapes[inside], shapes[~inside]


def _crossings(area: shapely.Geometry, streets: gpd.GeoSeries, border_m: float) -> _Lines:
    """Find where streets cross the line that runs half of the border outside the area."""
    half = shapely.boundary(shapely.buffer(area, border_m / 2))
    lines = streets.to_numpy()
    pieces = shapely.get_parts(shapely.segmentize(half, border_m))
    crossing = np.unique(shapely.STRtree(lines).query(pieces, predicate="intersects")[1])
    points: _Lines = shapely.intersection(lines[crossing], half)
    return points


def _row(rim: Rim, goes_on: _Flags, could_be: _Flags) -> tuple[float, float, float, bool]:
    length = shapely.length(rim.pieces)
    total, found, possible = (float(length[some].sum()) for some in (..., goes_on, could_be))
    ends = total > 0 and (found == 0 or found < _ENDS_BELOW * possible)
    return rim.border_m, total, found / total if total else np.nan, ends
