"""What lies behind the verdicts on the web map: streets, waters, walls."""

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from lifecircle.datum import Datum
from lifecircle.write.web_shapes import encoded, in_degrees

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ground_groups", "street_groups"]

# OSM highway value -> how the backdrop draws it, in order of importance.
STREET_CLASSES: Final = {
    "major": ("motorway", "trunk", "primary"),
    "middle": ("secondary", "tertiary"),
    "minor": ("residential", "unclassified", "living_street", "road", "pedestrian", "busway"),
    "path": (),  # everything else that one can walk on
}
STREET_TOLERANCE_M: Final = 1.5
MOST_STREET_VERTICES: Final = 400_000  # about 4 MB; less important classes give way


def ground_groups(barriers: gpd.GeoDataFrame, datum: Datum) -> list[dict[str, object]]:
    """
    Group what lies between the streets: waters with an outline as areas, the rest as lines.

    Parameters
    ----------
    barriers
        Lines with their ``kind``.
    datum
        That of the base map.

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
        {"kind": kind, "shape": _encoded(_joined(shapes), barriers, datum)}
        for kind, shapes in groups
        if len(shapes)
    ]


def street_groups(streets: gpd.GeoDataFrame, datum: Datum) -> list[dict[str, object]]:
    """
    Group the backdrop's streets by the way they are drawn, joined and slightly simplified.

    Parameters
    ----------
    streets
        Edges with ``highway``, ``bridge`` and ``access``.
    datum
        That of the base map.

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
                "lines": _encoded(lines, streets, datum),
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
    parts = shapely.get_parts(shapely.line_merge(merged) if lines else merged)
    # One by one: GEOS takes minutes for all streets of a large city in one geometry.
    light = shapely.simplify(parts, STREET_TOLERANCE_M)
    return shapely.MultiLineString(list(light)) if lines else shapely.MultiPolygon(list(light))


def _encoded(geometry: shapely.Geometry, source: gpd.GeoDataFrame, datum: Datum) -> object:
    return encoded(in_degrees(gpd.GeoSeries([geometry], crs=source.crs), datum).iloc[0])
