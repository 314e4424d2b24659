"""Footprints of homes with their storeys, from a vector file or from OpenStreetMap."""

import itertools
import re
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.read.osm_areas import read_features as read_osm_features
from lifecircle.read.osm_homes import is_home
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.vectors import read_features
from lifecircle.study import BuildingsInput
from lifecircle.tables import some

__all__ = ["ReadBuildings", "read_buildings"]

_OSM: Final = (".pbf", ".osm", ".osm.bz2", ".osm.gz")
_LEVELS: Final = (
    *("floors", "floor", "levels", "building:levels", "storeys", "num_floors"),
    *("层数", "楼层", "楼层数", "总层数", "地上层数", "建筑层数"),
)
_NUMBER: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:层|f)?", re.ASCII | re.IGNORECASE)
_MOST_LEVELS: Final = 200.0  # the highest building has 163


class ReadBuildings(NamedTuple):
    """
    Buildings that people live in.

    Attributes
    ----------
    table
        One row a building: ``levels`` (never unknown) and its footprint, in the study's system.
    quality
        What was met, as `lifecircle.read.quality.quality_table` lays it out.
    """

    table: gpd.GeoDataFrame
    quality: pd.DataFrame


def read_buildings(settings: BuildingsInput, *, crs: CRS) -> ReadBuildings:
    """
    Read the footprints of homes.

    Parameters
    ----------
    settings
        The file, and how it is read.
    crs
        The study's coordinate system.

    Returns
    -------
    buildings
        Of a vector file all areas; of an OSM file those that people live in. Outlines that cross
        themselves are mended; points, lines and blanks are left out, and counted.

    Raises
    ------
    TableError
        If the file cannot be read, has not the header that is named, or holds no area.
    CrsError
        If its coordinate system is missing or wrong.
    """
    name = settings.file.name
    if name.lower().endswith(_OSM):
        shapes, levels = _from_osm(settings, crs)
    else:
        shapes, levels = _from_vectors(settings, crs)
    mended = _areas(shapes)
    whole = ~shapely.is_empty(mended)
    if not whole.any():
        raise TableError(name, ["it holds no area; buildings must be drawn as footprints."])
    unsaid = np.isnan(levels) & whole
    told = np.where(np.isnan(levels), settings.default_levels, levels)
    table = gpd.GeoDataFrame({"levels": told[whole]}, geometry=mended[whole], crs=crs)
    remarks = _remarks(settings, int((~whole).sum()), int(unsaid.sum()), len(table))
    return ReadBuildings(table, quality_table(remarks))


def _areas(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Mend outlines, and keep the areas of what is mended; empty where there is none."""
    solid = shapes.copy()
    solid[shapely.is_missing(solid)] = shapely.Polygon()
    broken = ~shapely.is_valid(solid)
    solid[broken] = shapely.make_valid(solid[broken])
    mixed = shapely.get_type_id(solid) == shapely.GeometryType.GEOMETRYCOLLECTION
    solid[mixed] = shapely.buffer(solid[mixed], 0)  # valid already: only lines and points go
    solid[shapely.area(solid) <= 0] = shapely.Polygon()
    return solid


def _from_osm(
    settings: BuildingsInput, crs: CRS
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    features = read_osm_features(settings.file, keys=("building",), crs=crs)
    tags = [row.tags for row in features.rows]
    homes = np.array(
        [one.get("building", "no") != "no" and is_home(one, in_area=True) for one in tags],
        dtype=bool,
    )
    texts = [one.get("building:levels", "") for one in itertools.compress(tags, homes)]
    levels = np.array([_levels(text) for text in texts], dtype=np.float64)
    return features.shapes[homes], levels


def _from_vectors(
    settings: BuildingsInput, crs: CRS
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    features = read_features(
        settings.file,
        crs=crs,
        datum=settings.datum,
        layer=settings.layer,
    )
    header = _levels_header(settings, [str(name) for name in features.columns])
    levels = np.full(len(features), np.nan)
    if header is not None:
        levels = features[header].map(lambda text: _levels(str(text))).to_numpy(dtype=np.float64)
    return features.geometry.to_numpy(dtype=object), levels


def _levels_header(settings: BuildingsInput, headers: list[str]) -> str | None:
    chosen = settings.columns.get("levels")
    if chosen is None:
        known = {header.strip().lower(): header for header in headers}
        return next((known[word] for word in _LEVELS if word in known), None)
    if chosen in headers:
        return chosen
    problem = f"there is no column {chosen!r} (`levels`); there are {some(headers, 20)}."
    raise TableError(settings.file.name, [problem])


def _levels(text: str) -> float:
    found = _NUMBER.fullmatch(text.strip())
    value = float(found[1]) if found else 0.0
    return value if 0 < value <= _MOST_LEVELS else float("nan")


def _remarks(settings: BuildingsInput, lost: int, unsaid: int, kept: int) -> list[Remark]:
    name, remarks = settings.file.name, []
    if lost:
        remarks.append(Remark(input=name, reason="buildings_not_areas", found=f"{lost:,} rows"))
    if unsaid:
        found = f"{unsaid:,} of {kept:,}: {settings.default_levels:g}"
        remark = Remark(
            input=name,
            field=settings.columns.get("levels"),
            reason="levels_assumed",
            found=found,
            severity="note",
        )
        remarks.append(remark)
    return remarks
