"""The ground that people live on: residences, and what lies between them zone by zone."""

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.supply.zoning import zone_of_residences
from lifecircle.tables import ADMIN_LEVELS

__all__ = ["apart", "ground_table"]

Shapes = npt.NDArray[np.object_]

# What is smaller, or thinner on average, is left by the overlay, and is no ground.
_LEAST_M2: Final = 0.01
_THINNEST_M: Final = 0.05


def apart(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """
    Give ground that several areas claim to the smallest of them.

    Parameters
    ----------
    shapes
        Polygons in a CRS in metres, indexed by their id.

    Returns
    -------
    apart
        The same areas without what smaller ones claim; of equally large ones the lower id has it.

    Examples
    --------
    >>> both = gpd.GeoSeries([shapely.box(0, 0, 9, 9), shapely.box(0, 0, 3, 3)], crs=4547)
    >>> apart(both).area.tolist()
    [72.0, 9.0]
    """
    areas = shapes.to_numpy(dtype=object)
    rank = np.empty(len(areas), dtype=np.int64)
    # In whole units, so that the last digits do not choose.
    size = np.rint(shapely.area(areas) / _LEAST_M2)
    rank[np.lexsort((shapes.index.astype(str).to_numpy(), size))] = np.arange(len(areas))
    large, small = shapely.STRtree(areas).query(areas, predicate="intersects")
    claimed = rank[small] < rank[large]
    large, small = large[claimed], small[claimed]
    claimed = shapely.area(shapely.intersection(areas[large], areas[small])) > 0
    large, small = large[claimed], small[claimed]
    left = areas.copy()
    for one in np.unique(large):
        left[one] = shapely.difference(areas[one], shapely.union_all(areas[small[large == one]]))
    return gpd.GeoSeries(_solid(left), index=shapes.index, crs=shapes.crs)


def ground_table(
    residences: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None, *, area: shapely.Geometry
) -> gpd.GeoDataFrame:
    """
    Part the ground of a study into residences and what lies between them.

    Parameters
    ----------
    residences
        Those drawn as polygons, indexed by ``residence_id``.
    zones
        Indexed by ``zone_id``, with ``level``; None for no zones.
    area
        The study area.

    Returns
    -------
    ground
        One row a residence, then one row for each part of the area between them that lies in other
        zones: ``residence_id`` (None between them), ``{level}_id`` (None outside all zones of the
        level; a residence belongs whole to the zone with most of it) and areas that do not overlap.

    Examples
    --------
    >>> residences = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 6, 5)], index=["R1"], crs=4547)
    >>> zones = gpd.GeoDataFrame(
    ...     {"level": "street"},
    ...     geometry=[shapely.box(0, 0, 5, 5), shapely.box(5, 0, 10, 5)],
    ...     index=["Z1", "Z2"],
    ...     crs=4547,
    ... )
    >>> ground = ground_table(residences, zones, area=shapely.box(0, 0, 10, 5))
    >>> ground["residence_id"].tolist(), ground["street_id"].tolist(), ground.area.tolist()
    (['R1', None], ['Z1', 'Z2'], [30.0, 20.0])
    """
    levels = [] if zones is None else [one for one in ADMIN_LEVELS if one in set(zones["level"])]
    outlines = apart(residences.geometry)
    homes = gpd.GeoDataFrame(
        {"residence_id": residences.index.to_numpy(dtype=object)}, geometry=outlines.to_numpy(),
        crs=residences.crs,
    )  # fmt: skip
    if zones is not None:
        ids = zone_of_residences(residences, zones)
        homes = homes.assign(**{f"{one}_id": ids[f"{one}_id"].to_numpy() for one in levels})
    rest = shapely.difference(area, shapely.union_all(outlines.to_numpy()))
    between = gpd.GeoDataFrame({"residence_id": [None]}, geometry=[rest], crs=residences.crs)
    for level in levels:
        assert zones is not None  # noqa: S101 - it has levels
        between = _in_zones(between, zones[zones["level"] == level], f"{level}_id")
    between = between.set_geometry(_solid(between.geometry.to_numpy(dtype=object)))
    area_m2, edge_m = between.geometry.area, between.geometry.length
    wide = area_m2.ge(_LEAST_M2) & area_m2.ge(_THINNEST_M / 2 * edge_m)
    between = between[wide].astype({"residence_id": object})
    columns = ["residence_id", *(f"{level}_id" for level in levels), "geometry"]
    return pd.concat([homes[columns], between[columns]], ignore_index=True)


def _in_zones(ground: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Cut ground along the zones of one level; what lies outside all of them comes last."""
    shapes = ground.geometry.to_numpy(dtype=object)
    areas = zones.geometry.to_numpy(dtype=object)
    piece, zone = shapely.STRtree(areas).query(shapes, predicate="intersects")
    inside = ground.iloc[piece].assign(**{column: zones.index.to_numpy(dtype=object)[zone]})
    inside = inside.set_geometry(shapely.intersection(shapes[piece], areas[zone]))
    outside = ground.assign(**{column: None})
    outside = outside.set_geometry(shapely.difference(shapes, shapely.union_all(areas)))
    both = pd.concat([inside, outside.astype({column: object})], ignore_index=True)
    some = shapely.area(both.geometry.to_numpy(dtype=object)) > 0
    return gpd.GeoDataFrame(both[some].reset_index(drop=True))


def _solid(shapes: Shapes) -> Shapes:
    """Drop the lines and points that an overlay leaves."""
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    solid = shapes.copy()
    solid[mixed] = shapely.buffer(shapes[mixed], 0)
    return solid
