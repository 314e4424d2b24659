"""How the web map carries geometry, and what lies behind the verdicts: streets, waters, walls."""

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["encoded", "ground_groups", "in_degrees", "street_groups"]

# OSM highway value -> how the backdrop draws it, in order of importance.
STREET_CLASSES: Final = {
    "major": ("motorway", "trunk", "primary"),
    "middle": ("secondary", "tertiary"),
    "minor": ("residential", "unclassified", "living_street", "road", "pedestrian", "busway"),
    "path": (),  # everything else that one can walk on
}
STREET_TOLERANCE_M: Final = 1.5
MOST_STREET_VERTICES: Final = 400_000  # about 4 MB; less important classes give way


def ground_groups(barriers: gpd.GeoDataFrame, crs: CRS) -> list[dict[str, object]]:
    """
    Group what lies between the streets: waters with an outline as areas, the rest as lines.

    Parameters
    ----------
    barriers
        Lines with their ``kind``.
    crs
        Of the lines.

    Returns
    -------
    groups
        For each kind, ``waters`` first, its ``kind`` and its encoded ``shape``.
    """
    closed = shapely.is_closed(barriers.geometry.to_numpy()) & barriers["kind"].eq("water")
    rings = [shapely.get_coordinates(ring) for ring in barriers.geometry[closed]]
    waters = np.array([shapely.Polygon(ring) for ring in rings], dtype=np.object_)
    groups = [("waters", waters)]
    groups += [
        (str(kind), part.to_numpy()) for kind, part in barriers[~closed].groupby("kind").geometry
    ]
    return [
        {"kind": kind, "shape": encoded(in_degrees(_joined(shapes), crs))}
        for kind, shapes in groups
        if len(shapes)
    ]


def street_groups(streets: gpd.GeoDataFrame, crs: CRS) -> list[dict[str, object]]:
    """
    Group the backdrop's streets by the way they are drawn, joined and slightly simplified.

    Parameters
    ----------
    streets
        Edges with ``highway``, ``bridge`` and ``access``.
    crs
        Of the edges.

    Returns
    -------
    groups
        ``class``, ``private``, ``bridge`` and encoded ``lines``, from the most important class on,
        as many classes as there is room for.
    """
    classes = _street_classes(streets["highway"])
    groups: list[dict[str, object]] = []
    room = MOST_STREET_VERTICES
    for street_class in STREET_CLASSES:
        drawn = list(_by_access(streets[classes == street_class]))
        room -= sum(int(shapely.get_num_coordinates(lines)) for *_, lines in drawn)
        if room < 0:
            break
        groups += [
            {
                "class": street_class,
                "private": private,
                "bridge": bridge,
                "lines": encoded(in_degrees(lines, crs)),
            }
            for private, bridge, lines in drawn
        ]
    return groups


def _by_access(streets: gpd.GeoDataFrame) -> Iterator[tuple[bool, bool, shapely.Geometry]]:
    is_private = streets["access"] == "private"
    for private, bridge in product((False, True), repeat=2):
        part = streets[(is_private == private) & (streets["bridge"] == bridge)]
        if not part.empty:
            yield private, bridge, _joined(part.geometry.to_numpy())


def _street_classes(highway: "pd.Series[str]") -> "pd.Series[str]":
    """Name the drawing class of each highway value; links go with the road they serve."""
    by_value = {
        value: street_class for street_class, values in STREET_CLASSES.items() for value in values
    }
    return highway.astype("string").str.removesuffix("_link").map(by_value).fillna("path")


def _joined(shapes: npt.NDArray[np.object_]) -> shapely.Geometry:
    merged = shapely.union_all(shapes)
    lines = shapely.get_dimensions(merged) == 1
    return shapely.simplify(shapely.line_merge(merged) if lines else merged, STREET_TOLERANCE_M)


def in_degrees(geometry: shapely.Geometry, crs: CRS) -> shapely.Geometry:
    """
    Bring a geometry to longitude and latitude.

    Parameters
    ----------
    geometry
        Any geometry.
    crs
        The system it is in.

    Returns
    -------
    geometry
        The same in WGS 84.
    """
    return gpd.GeoSeries([geometry], crs=crs).to_crs("EPSG:4326").iloc[0]


def encoded(geometry: shapely.Geometry | None) -> list[object] | None:
    """
    Encode a geometry as nested lists.

    Parameters
    ----------
    geometry
        In degrees.

    Returns
    -------
    lists
        A point is a path of one pair, a line a list of paths, a polygon a list of parts, each a
        list of rings with the outer one first; None for nothing.

    Notes
    -----
    A path holds its first corner and then the steps, in millionths of a degree.
    """
    if geometry is None or shapely.is_empty(geometry):
        return None
    dimensions = int(shapely.get_dimensions(geometry))
    if dimensions == 0:
        return _path(geometry)
    parts = shapely.get_parts(geometry)
    if dimensions == 1:
        return [_path(line) for line in parts]
    return [[_path(ring) for ring in shapely.get_rings(surface)] for surface in parts]


def _path(geometry: shapely.Geometry) -> list[object]:
    corners = np.rint(shapely.get_coordinates(geometry) * 1e6).astype(np.int64)
    steps: list[object] = np.diff(corners, axis=0, prepend=0).ravel().tolist()
    return steps
