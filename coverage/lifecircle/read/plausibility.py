"""What is read without fault and yet hardly true: duplicates, outliers, guessed places."""

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.read.names import name_key
from lifecircle.read.quality import Remark

__all__ = ["implausible_rows"]

_SAME_NAME_M: Final = 50.0
_SAME_POINT_M: Final = 1.0
_FEWEST_ON_A_POINT: Final = 5  # so many names on one point are a geocoder's way out
_LEAST_M2, _MOST_M2 = 20.0, 200_000.0
_MOST_HOUSEHOLDS: Final = 50_000
_PERSONS: Final = (1.5, 6.0)  # per household


def implausible_rows(
    table: gpd.GeoDataFrame,
    *,
    source: str,
    rows: pd.Series | None = None,
    area: shapely.Geometry | None = None,
) -> list[Remark]:
    """
    Remark what is hardly true in a table of places.

    Parameters
    ----------
    table
        Facilities or residences in a metric CRS.
    source
        The file's name.
    rows
        On the table's index, the rows of the file; left out where the file has none.
    area
        The study area, in the same CRS.

    Returns
    -------
    remarks
        Warnings: places of one name (width, brackets and endings apart) within 50 m that share no
        site; floor areas under 20 or over 200,000 m²; over 50,000 households; fewer than 1.5 or
        more than 6 persons a household; five or more names on one point; places outside the area.
    """
    where = {} if rows is None else {str(key): int(row) for key, row in rows.items()}
    found = [
        *_same_name(table),
        *_outliers(table),
        *_on_one_point(table),
        *_outside(table, area),
    ]
    return [
        Remark(input=source, row=where.get(str(key)), field=field, reason=reason, found=text[:200])
        for key, field, reason, text in found
    ]


_Found = tuple[object | None, str | None, str, str]


def _same_name(table: gpd.GeoDataFrame) -> Iterator[_Found]:
    keys = table["name"].map(name_key, na_action="ignore")
    sites = table["site_id"] if "site_id" in table else pd.Series(None, index=table.index)
    shapes = pd.Series(table.geometry.to_numpy(), index=table.index, dtype=object)
    keys = keys[keys.notna() & keys.ne("") & keys.duplicated(keep=False)]
    for _, group in keys.groupby(keys):
        for place, key in enumerate(group.index[1:], start=1):
            former = group.index[:place]
            one_site = sites[former].eq(sites[key]) & pd.notna(sites[key])
            metres = shapely.distance(shapes[former].to_numpy(dtype=object), shapes[key])
            near = (metres <= _SAME_NAME_M) & ~one_site.to_numpy(dtype=bool)
            if near.any():
                text = f"{table.loc[key, 'name']}: {key}, {former[near][0]}"
                yield key, "name", "same_name_near", text


def _outliers(table: gpd.GeoDataFrame) -> Iterator[_Found]:
    names = table["name"].fillna("")
    if "floor_area_m2" in table:
        area = table["floor_area_m2"]
        for key in table.index[area.gt(_MOST_M2) | (area.gt(0) & area.lt(_LEAST_M2))]:
            yield key, "floor_area_m2", "area_implausible", f"{names[key]} {area[key]:,.10g} m²"
    if "households" not in table:
        return
    homes = table["households"]
    for key in table.index[homes.gt(_MOST_HOUSEHOLDS)]:
        yield key, "households", "households_implausible", f"{names[key]} {homes[key]:,.10g}"
    persons = table["population"] / homes.where(homes > 0)
    for key in table.index[persons.lt(_PERSONS[0]) | persons.gt(_PERSONS[1])]:
        yield key, "population", "persons_implausible", f"{names[key]} {persons[key]:.2f}"


def _on_one_point(table: gpd.GeoDataFrame) -> Iterator[_Found]:
    points = table[table.geometry.geom_type == "Point"]
    spots = np.round(shapely.get_coordinates(points.geometry.to_numpy()) / _SAME_POINT_M)
    shared = pd.DataFrame(spots).duplicated(keep=False).to_numpy(dtype=bool)
    for _, group in points[shared].groupby([spots[shared, 0], spots[shared, 1]]):
        names = group["name"].dropna().unique()
        if len(names) >= _FEWEST_ON_A_POINT:
            text = f"{len(group)}: {', '.join(map(str, names[:5]))}"
            yield group.index[0], "geometry", "many_on_one_point", text


def _outside(table: gpd.GeoDataFrame, area: shapely.Geometry | None) -> Iterator[_Found]:
    if area is None:
        return
    shapely.prepare(area)
    away = table.index[~shapely.intersects(area, table.geometry.to_numpy())]
    if len(away):
        names = ", ".join(str(name) for name in table.loc[away[:5], "name"])
        yield None, "geometry", "outside_area", f"{len(away)} / {len(table)}: {names}"
