"""Everything a study names, read into one place."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.errors import StudyError
from lifecircle.read.buildings import ReadBuildings, read_buildings
from lifecircle.read.datum_check import outline_datum
from lifecircle.read.doubts import input_doubts
from lifecircle.read.elevation import read_heights
from lifecircle.read.gates import GateSource, with_gates
from lifecircle.read.geocoded import TO_GEOCODE
from lifecircle.read.inputs import (
    ReadTable,
    SourceOptions,
    read_facilities,
    read_residences,
)
from lifecircle.read.losses import amounts_of
from lifecircle.read.osm_places import read_osm_facilities, read_osm_residences
from lifecircle.read.peopled import answered, with_people
from lifecircle.read.population import Population, check_rasters, raster_files, read_population
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.reported_figures import read_reported_figures
from lifecircle.read.study_sources import (
    Extent,
    is_osm,
    kept,
    source_options,
    street_extent,
    study_area,
    study_crs_of,
    study_streets,
    study_zones,
)
from lifecircle.standards.model import Standard
from lifecircle.study import FacilitiesInput, ResidencesInput, Study
from lifecircle.walk.ways import StreetWays

__all__ = ["StudyInputs", "input_files", "read_study_inputs"]

_logger = logging.getLogger(__name__)

_STAND_IN: Final = 3857
_OSM: Final = (".pbf", ".osm", ".osm.bz2", ".osm.gz")


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyInputs:
    """
    What an assessment starts from; every table in one CRS.

    Attributes
    ----------
    streets
        Ways over shared nodes, if there are any.
    facilities, residences
        Contract tables, or less: missing columns are unknown.
    zones
        The administrative zones, if there are any.
    area
        The study area; without one the union of the zones, or else everything.
    statistics
        Reported figures, if there are any.
    buildings
        Dwellings with their ``levels``, if there are any.
    population
        Who lives where by rasters, if there are any.
    quality
        What the readers found.
    read
        For ``"residences"`` and ``"facilities"`` the rows, households and m² in the files, where
        they hold more than the tables.
    parsed
        The same of the rows whose place could be understood.
    lost
        For each input the rows that were lost: see `lifecircle.read.losses.lost_rows`.
    to_geocode
        The rows with an address and no coordinates: see `ReadTable`.
    """

    streets: StreetWays | None
    facilities: gpd.GeoDataFrame
    residences: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame | None = None
    area: shapely.Geometry | None = None
    statistics: pd.DataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    population: Population | None = None
    quality: pd.DataFrame = field(default_factory=lambda: quality_table([]))
    read: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parsed: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    lost: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    to_geocode: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TO_GEOCODE)))


def read_study_inputs(study: Study, *, standard: Standard) -> StudyInputs:
    """
    Read everything that a study names.

    Parameters
    ----------
    study
        The study.
    standard
        Its standard, whose year tells new residences from existing ones.

    Returns
    -------
    inputs
        Streets and tables in one metric CRS: the one that fits the zones, else the area, else
        the streets.

    Raises
    ------
    StudyError
        For everything that is wrong with any of the inputs, all at once.
    """
    faults: list[str] = []
    # Without a CRS the run fails anyway; a stand-in lets the rest be read, and its faults be told.
    crs = kept(faults, lambda: study_crs_of(study)) or CRS.from_epsg(_STAND_IN)
    streets = kept(faults, lambda: _with_heights(study_streets(study, crs), study))
    _logger.info("reading facilities and residences")
    extent = street_extent(streets)
    facilities = kept(faults, lambda: _read_facilities(study.facilities, crs, extent))
    residences = kept(faults, lambda: _read_residences(study, crs, extent, standard))
    zones = kept(faults, lambda: study_zones(study, crs))
    area = kept(faults, lambda: study_area(study, crs))
    statistics = kept(faults, lambda: _read_statistics(study))
    buildings = kept(faults, lambda: _read_buildings(study, crs))
    population = kept(
        faults,
        lambda: _read_population(study, faults, residences, zones, (area, extent), buildings),
    )
    if faults or facilities is None or residences is None:
        raise StudyError(study.title, dict.fromkeys(faults))
    people: list[Remark] = []
    if population is not None and study.population is not None:
        residences, people = _filled(residences, population, study)
    lists = {"facilities": facilities, "residences": residences}
    doubts = input_doubts(
        [
            (settings, read.table, read.addresses, read.rows)
            for settings, read in ((study.facilities, facilities), (study.residences, residences))
            if not is_osm(settings.file)
        ],
        streets=streets,
        zones=None if zones is None else zones.table,
        area=area,
    )
    doubts += _zones_doubts(study, zones, area)
    return StudyInputs(
        streets=streets,
        facilities=facilities.table,
        residences=residences.table,
        zones=None if zones is None else zones.table,
        area=area,
        to_geocode=_listed([facilities.to_geocode, residences.to_geocode]),
        statistics=statistics,
        buildings=None if buildings is None else buildings.table,
        population=population,
        quality=pd.concat(
            [
                *(read.quality for read in lists.values()),
                *([] if zones is None else [zones.quality]),
                *([] if buildings is None else [buildings.quality]),
                quality_table([*doubts, *people]),
            ],
            ignore_index=True,
        ),
        read={name: read.amounts for name, read in lists.items()},
        parsed={name: read.parsed for name, read in lists.items() if read.parsed is not None},
        lost={name: read.lost for name, read in lists.items() if read.lost is not None},
    )


def _with_heights(streets: StreetWays | None, study: Study) -> StreetWays | None:
    if streets is None or study.elevation is None:
        return streets
    return replace(streets, heights_m=read_heights(study.elevation, streets))


def _listed(lists: Sequence[pd.DataFrame | None]) -> pd.DataFrame:
    some_rows = [rows for rows in lists if rows is not None]
    return pd.concat([pd.DataFrame(columns=list(TO_GEOCODE)), *some_rows], ignore_index=True)


def input_files(study: Study) -> dict[str, Path]:
    """
    Name the files that a study reads.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    files
        By the setting that names them.
    """
    named = {
        "streets": None if study.streets is None else study.streets.file,
        "facilities": study.facilities.file,
        "facilities.geocoded": study.facilities.geocoded,
        "residences": study.residences.file,
        "residences.geocoded": study.residences.geocoded,
        "residences.join": study.residences.join,
        "residences.gates": study.residences.gates,
        "zones": None if study.zones is None else study.zones.file,
        "area": None if study.area is None else study.area.file,
        "barriers": None if study.barriers is None else study.barriers.file,
        "statistics": None if study.statistics is None else study.statistics.file,
        "last_year": None if study.last_year is None else study.last_year / "manifest.json",
        "buildings": None if study.buildings is None else study.buildings.file,
        **({} if study.population is None else raster_files(study.population)),
        **({} if study.elevation is None else _numbered("elevation", study.elevation.file)),
    }
    return {name: path for name, path in named.items() if path is not None}


def _numbered(name: str, files: Sequence[Path]) -> dict[str, Path]:
    """Name tiles by their setting, counted from 2."""
    return {name if at == 1 else f"{name}.{at}": path for at, path in enumerate(files, 1)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    table: gpd.GeoDataFrame
    quality: pd.DataFrame
    amounts: Mapping[str, float]
    addresses: pd.Series | None = None
    rows: pd.Series | None = None
    to_geocode: pd.DataFrame | None = None
    parsed: Mapping[str, float] | None = None
    lost: pd.DataFrame | None = None


def _of(read: ReadTable) -> _Read:
    return _Read(**read._asdict())


def _zones_doubts(
    study: Study, zones: ReadTable | None, area: shapely.Geometry | None
) -> list[Remark]:
    """Compare the outline of the zones with the study area, where they are one place."""
    if zones is None or area is None or study.zones is None:
        return []
    outline = shapely.union_all(zones.table.geometry.to_numpy(), grid_size=0.001)
    better = outline_datum(outline, area, crs=CRS.from_user_input(zones.table.crs))
    if better is None:
        return []
    found = f"{better!r} would put the zones on the study area"
    name = study.zones.file.name
    return [Remark(input=name, field="datum", reason="datum_doubtful", found=found)]


def _read_facilities(settings: FacilitiesInput, crs: CRS, extent: Extent | None) -> _Read:
    if is_osm(settings.file):
        _refuse_geocoded(settings)
        table, quality = read_osm_facilities(settings.file, crs=crs)
        return _Read(table=table, quality=quality, amounts=amounts_of(table))
    return _of(read_facilities(settings.file, crs=crs, **source_options(settings, extent)))


def _read_residences(study: Study, crs: CRS, extent: Extent | None, standard: Standard) -> _Read:
    settings, people = study.residences, study.population
    gates = _gate_source(study, extent)
    if is_osm(settings.file):
        _refuse_geocoded(settings)
        table, quality = read_osm_residences(settings.file, crs=crs, rule=settings.household_rule)
        if gates is not None:
            table, remarks = with_gates(table, gates)
            quality = pd.concat([quality, quality_table(remarks)], ignore_index=True)
        return _Read(table=table, quality=quality, amounts=amounts_of(table))
    read = read_residences(
        settings.file,
        crs=crs,
        join=settings.join,
        join_on=settings.join_on,
        gates=gates,
        persons_per_household=settings.persons_per_household
        or (None if people is None else people.persons_per_household),
        years=(settings.new_from_year, None if standard.date is None else standard.date.year),
        **source_options(settings, extent),
    )
    return _of(read)


def _gate_source(study: Study, extent: Extent | None) -> GateSource | None:
    settings = study.residences
    if settings.gates is None and settings.gates_layer is None:
        return None
    options = SourceOptions(datum=settings.datum, layer=settings.gates_layer, extent=extent)
    return GateSource(settings.gates or settings.file, options, study.walk.at_minute)


def _read_buildings(study: Study, crs: CRS) -> ReadBuildings | None:
    return None if study.buildings is None else read_buildings(study.buildings, crs=crs)


def _read_population(
    study: Study,
    faults: Sequence[str],
    residences: _Read | None,
    zones: ReadTable | None,
    reach: tuple[shapely.Geometry | None, Extent | None],
    buildings: ReadBuildings | None,
) -> Population | None:
    """Read the rasters; where other inputs are at fault, only tell what is wrong with them."""
    settings = study.population
    if settings is None:
        return None
    if faults or residences is None:
        check_rasters(settings)
        return None
    _logger.info("reading who lives where")
    return read_population(
        settings,
        residences=residences.table,
        zones=None if zones is None else zones.table,
        area=_ground(reach, zones, residences),
        buildings=None if buildings is None else buildings.table,
    )


def _ground(
    reach: tuple[shapely.Geometry | None, Extent | None], zones: ReadTable | None, homes: _Read
) -> shapely.Geometry:
    """Tell where people are counted: the area, else the zones, else the streets' rectangle."""
    area, extent = reach
    if area is not None:
        return area
    if zones is not None:
        return shapely.union_all(zones.table.geometry.to_numpy(), grid_size=0.001)
    return shapely.box(*(homes.table.total_bounds if extent is None else extent))


def _filled(read: _Read, population: Population, study: Study) -> tuple[_Read, list[Remark]]:
    """Fill the residences; what is filled counts as read."""
    assert study.population is not None  # noqa: S101 - it was read
    people = with_people(read.table, population, study.population)
    more = float(people.table["households"].sum() - read.table["households"].sum())
    quality = read.quality
    if read.rows is not None:
        rows = read.rows[read.rows.index.isin(people.filled)]
        quality = answered(quality, study.residences.file.name, rows)
    filled = replace(
        read,
        table=people.table,
        quality=quality,
        amounts=_with_households(read.amounts, more),
        parsed=None if read.parsed is None else _with_households(read.parsed, more),
    )
    return filled, [*population.remarks, *people.remarks]


def _with_households(amounts: Mapping[str, float], more: float) -> dict[str, float]:
    return {**amounts, "households": amounts.get("households", 0.0) + more}


def _refuse_geocoded(settings: FacilitiesInput | ResidencesInput) -> None:
    if settings.geocoded is not None:
        problem = "`geocoded` is for tables; OpenStreetMap has a place for everything."
        raise StudyError(settings.file.name, [problem])


def _read_statistics(study: Study) -> pd.DataFrame | None:
    settings = study.statistics
    if settings is None:
        return None
    return read_reported_figures(settings.file, sheet=settings.sheet, encoding=settings.encoding)
