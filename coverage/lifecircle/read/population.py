"""Population rasters: who lives in the residences, who lives between them, and who elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.read.cell_parts import Dwellings, cell_shares, dwellings_on, known_shares
from lifecircle.read.geotiff import opened_tiles
from lifecircle.read.quality import Remark
from lifecircle.read.rasters import Raster, read_raster
from lifecircle.read.zone_counts import group_doubts, scaled_people
from lifecircle.study import PopulationInput
from lifecircle.supply.ground import ground_table
from lifecircle.tables import some

__all__ = [
    "GROUPS",
    "Population",
    "built_population",
    "check_rasters",
    "people_within",
    "raster_files",
    "read_population",
]

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

GROUPS: Final = ("population", "older_60", "older_65", "older_80", "under_3")
# A residence of which less is known is not counted.
_KNOWN_SHARE: Final = 0.5
_SLIVER_SHARE: Final = 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """
    A raster of one group of people.

    Attributes
    ----------
    raster
        Its cells.
    dwellings
        The buildings on it; None if none are known.
    """

    raster: Raster
    dwellings: Dwellings | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Population:
    """
    Who lives where, as rasters tell it.

    Attributes
    ----------
    ground
        As `lifecircle.supply.ground.ground_table` gives it, and the people on each part of it:
        ``population``, and the groups of ages of which there is a raster.
    sums
        For each group the people ``read`` (in the raster, or in what of it lies around the study),
        ``scaled`` (the same, with those of the zones scaled to the zones' own number), ``inside``
        (the ground) and ``assigned`` (to residences).
    layers
        The rasters by group.
    factors
        What the people of each part of the ground are multiplied with, by group.
    remarks
        What was met.
    """

    ground: gpd.GeoDataFrame
    sums: pd.DataFrame
    layers: Mapping[str, Layer]
    factors: pd.DataFrame
    remarks: tuple[Remark, ...]


def read_population(
    settings: PopulationInput,
    *,
    residences: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    area: shapely.Geometry,
    buildings: gpd.GeoDataFrame | None = None,
) -> Population:
    """
    Read who lives on the ground of a study.

    Parameters
    ----------
    settings
        The rasters, and how they are read.
    residences
        The contract table.
    zones
        The contract table; None if there are none.
    area
        The study area, in the residences' system.
    buildings
        Footprints with their ``levels``; None if they are not known.

    Returns
    -------
    population
        For each group: assigned to residences, between them, and (what is left) outside.

    Raises
    ------
    TableError
        If a raster cannot be read; if the people are to be scaled and no zone counts any.
    CrsError
        If a raster names no coordinate system, or a wrong one.

    Notes
    -----
    A residence takes part if it has an outline and at least half of its ground lies in cells that
    hold a number; of the others nothing is known, and their ground counts as between residences.
    """
    crs = CRS.from_user_input(residences.crs)
    layers = _layers(settings, residences, area, buildings)
    outlined = residences[shapely.area(residences.geometry.to_numpy(dtype=object)) > 0]
    raster = layers["population"].raster
    _, known = known_shares(raster, outlined.geometry.to_numpy(dtype=object), crs=crs)
    enough = known >= _KNOWN_SHARE
    ground = ground_table(outlined[enough], zones, area=area)
    people, sums = _counted(layers, ground.geometry.to_numpy(dtype=object), crs)
    remarks = [
        *_raster_remarks(raster, area, crs),
        *_unknown_remarks(raster, outlined.index[~enough], known[~enough]),
        *_point_remarks(raster, residences.index.difference(outlined.index)),
        *group_doubts(people, ground, zones, source=raster.source, scaled=settings.scale_to_zones),
    ]
    factors = pd.DataFrame(1.0, index=people.index, columns=people.columns)
    if settings.scale_to_zones:
        scaled = scaled_people(ground, people, zones, source=raster.source)
        factors, remarks = scaled.factors, [*remarks, *scaled.remarks]
    counted = people * factors
    homes = ground["residence_id"].notna()
    sums["scaled"] = sums["read"] + (counted - people).sum()
    sums["inside"] = counted.sum()
    sums["assigned"] = counted[homes].sum()
    return Population(
        ground=ground.join(counted),
        sums=sums,
        layers=layers,
        factors=factors,
        remarks=(*remarks, *_between_remarks(raster, sums)),
    )


def raster_files(settings: PopulationInput) -> dict[str, Path]:
    """
    Name the rasters of a study.

    Parameters
    ----------
    settings
        The section.

    Returns
    -------
    files
        By the setting that names them, tiles counted from 2: ``population.older_60.2``.
    """
    named: dict[str, Path] = {}
    for group in GROUPS:
        key = "population" if group == "population" else f"population.{group}"
        for number, path in enumerate(_files(settings, group), 1):
            named[key if number == 1 else f"{key}.{number}"] = path
    return named


def check_rasters(settings: PopulationInput) -> None:
    """
    Open the rasters of a study without reading them.

    Parameters
    ----------
    settings
        The section.

    Raises
    ------
    TableError
        If a raster is no GeoTIFF or damaged.
    CrsError
        If it names no coordinate system, or a wrong one.
    """
    opened_tiles(list(raster_files(settings).values()))


def built_population(population: Population, built: pd.Index) -> Population:
    """
    Count the ground of residences that are not built as ground between residences.

    Parameters
    ----------
    population
        Who lives where.
    built
        The residences that are there.

    Returns
    -------
    population
        The same people; those on the ground of other residences are assigned to none.
    """
    theirs = population.ground["residence_id"].isin(built)
    ground = population.ground.assign(
        residence_id=population.ground["residence_id"].where(theirs, None)
    )
    assigned = ground.loc[theirs, [*population.sums.index]].sum()
    return replace(population, ground=ground, sums=population.sums.assign(assigned=assigned))


def people_within(population: Population, area: shapely.Geometry) -> pd.DataFrame:
    """
    Count the people of each part of the ground who live within an area.

    Parameters
    ----------
    population
        As `read_population` gives it.
    area
        A polygon in the ground's coordinate system, such as a catchment.

    Returns
    -------
    people
        On the index of the ground, one column a group; never more than live on that part.
    """
    ground = population.ground
    shapes = ground.geometry.to_numpy(dtype=object)
    inside = shapely.intersection(shapes, area)
    mixed = shapely.get_type_id(inside) == shapely.GeometryType.GEOMETRYCOLLECTION
    inside[mixed] = shapely.buffer(inside[mixed], 0)
    inside[shapely.area(inside) <= 0] = shapely.Polygon()
    people, _ = _counted(population.layers, inside, CRS.from_user_input(ground.crs))
    counted = people * population.factors
    return counted.clip(upper=pd.DataFrame(ground[list(counted.columns)]))


def _layers(
    settings: PopulationInput,
    residences: gpd.GeoDataFrame,
    area: shapely.Geometry,
    buildings: gpd.GeoDataFrame | None,
) -> dict[str, Layer]:
    around = np.array([residences.total_bounds, shapely.bounds(area)])
    west, south = np.nanmin(around[:, :2], axis=0)
    east, north = np.nanmax(around[:, 2:], axis=0)
    layers: dict[str, Layer] = {}
    for group in GROUPS:
        files = _files(settings, group)
        if not files:
            continue
        raster = read_raster(
            files,
            extent=(float(west), float(south), float(east), float(north)),
            crs=CRS.from_user_input(residences.crs),
            holds="people",
            nodata=settings.nodata,
        )
        alike = [one for one in layers.values() if _one_grid(one.raster, raster)]
        dwellings = None
        if buildings is not None:
            dwellings = alike[0].dwellings if alike else dwellings_on(raster, buildings)
        layers[group] = Layer(raster=raster, dwellings=dwellings)
    return layers


def _files(settings: PopulationInput, group: str) -> tuple[Path, ...]:
    return tuple(getattr(settings, "file" if group == "population" else group) or ())


def _one_grid(one: Raster, other: Raster) -> bool:
    return bool(
        one.bounds == other.bounds and one.cells.shape == other.cells.shape and one.crs == other.crs
    )


def _counted(
    layers: Mapping[str, Layer], shapes: Shapes, crs: CRS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count the people in shapes, and all that the rasters hold."""
    columns: dict[str, Floats] = {}
    sums: dict[str, float] = {}
    last: tuple[Raster, pd.DataFrame] | None = None
    for group, layer in layers.items():
        if last is None or not _one_grid(last[0], layer.raster):
            shares = cell_shares(layer.raster, shapes, crs=crs, dwellings=layer.dwellings)
            last = (layer.raster, shares)
        cells = np.nan_to_num(layer.raster.cells.ravel().astype(np.float64))
        shape, cell, share = (last[1][name].to_numpy() for name in ("shape", "cell", "share"))
        columns[group] = np.zeros(len(shapes))
        np.add.at(columns[group], shape, share * cells[cell])
        sums[group] = float(cells.sum())
    return pd.DataFrame(columns), pd.DataFrame({"read": sums})


def _raster_remarks(raster: Raster, area: shapely.Geometry, crs: CRS) -> Iterator[Remark]:
    on, known = known_shares(raster, np.array([area], dtype=object), crs=crs)
    if on[0] < 1 - _SLIVER_SHARE:
        yield Remark(
            input=raster.source, reason="raster_too_small", found=f"{1 - float(on[0]):.1%}"
        )
    if on[0] - known[0] > _SLIVER_SHARE:
        yield Remark(
            input=raster.source,
            reason="raster_unknown_cells",
            found=f"{float(on[0] - known[0]):.1%}",
            severity="note",
        )


def _unknown_remarks(raster: Raster, ids: pd.Index, known: Floats) -> Iterator[Remark]:
    for name, share in zip(ids, known, strict=True):
        yield Remark(
            input=raster.source, reason="population_unknown_here", found=f"{name}: {share:.0%}"
        )


def _point_remarks(raster: Raster, ids: pd.Index) -> Iterator[Remark]:
    if len(ids):
        found = f"{len(ids)}: {some(ids)}"
        yield Remark(input=raster.source, reason="population_needs_outline", found=found)


def _between_remarks(raster: Raster, sums: pd.DataFrame) -> Iterator[Remark]:
    inside, assigned = (float(sums[name]["population"]) for name in ("inside", "assigned"))
    if inside > assigned:
        found = f"{inside - assigned:,.0f} ({(inside - assigned) / inside:.1%})"
        yield Remark(input=raster.source, reason="people_unassigned", found=found)
