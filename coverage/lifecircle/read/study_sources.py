"""The parts of a study, each read by itself: streets, zones, area, and where places may lie."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import study_crs
from lifecircle.errors import LifeCircleError, Located, StudyError
from lifecircle.read.barriers import read_barriers, with_barriers
from lifecircle.read.geocoded import TO_GEOCODE, rows_to_geocode
from lifecircle.read.graphml import read_graphml_streets
from lifecircle.read.inputs import ReadTable, SourceOptions, read_zones
from lifecircle.read.lines import read_line_streets
from lifecircle.read.opening import open_cells
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.read.spreadsheets import DELIMITED, WORKBOOKS
from lifecircle.read.values import Opened
from lifecircle.read.vector_files import checked_path
from lifecircle.read.vectors import read_features
from lifecircle.study import FacilitiesInput, ResidencesInput, StreetsInput, Study
from lifecircle.tables import TableName
from lifecircle.walk.ways import StreetWays

__all__ = [
    "Extent",
    "is_osm",
    "kept",
    "source_options",
    "street_extent",
    "study_area",
    "study_crs_of",
    "study_reach",
    "study_streets",
    "study_zones",
    "unplaced_rows",
]

_logger = logging.getLogger(__name__)

Part = TypeVar("Part")
Extent = tuple[float, float, float, float]

_OSM: Final = (".pbf", ".osm", ".osm.bz2", ".osm.gz")


def is_osm(path: Path) -> bool:
    """
    Tell whether a file is OpenStreetMap data, by its name.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    osm
        Whether its name ends like an OSM file's.
    """
    return path.name.lower().endswith(_OSM)


def kept(faults: list[str], read: Callable[[], Part]) -> Part | None:
    """
    Read one input, or keep what is wrong with it for the common message.

    Parameters
    ----------
    faults
        What is wrong so far; more is added to it.
    read
        Reads the input.

    Returns
    -------
    part
        None if it cannot be read.
    """
    try:
        return read()
    except LifeCircleError as error:
        faults += [Located(error.subject, problem) for problem in error.problems]
        return None


def study_crs_of(study: Study) -> CRS:
    """
    Tell the coordinate system of a study.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    crs
        The one that fits the zones, else the area, else the streets.
    """
    if study.zones is not None:
        return _crs_of(study.zones.file, study.zones.layer)
    if study.area is not None:
        return _crs_of(study.area.file, study.area.layer)
    if study.streets is None:
        problem = "a study without streets needs zones or an area, whose CRS it takes."
        raise StudyError(study.title, [problem])
    file = study.streets.file
    if is_osm(file):
        return study_crs(*osm_centre(file))
    if file.suffix == ".graphml":
        return read_graphml_streets(file).crs
    return _crs_of(file, study.streets.layer)


def _crs_of(path: Path, layer: str | None) -> CRS:
    return CRS.from_user_input(read_features(path, crs=None, layer=layer).crs)


def study_streets(study: Study, crs: CRS) -> StreetWays | None:
    """
    Read the streets of a study.

    Parameters
    ----------
    study
        The study.
    crs
        Its coordinate system.

    Returns
    -------
    streets
        With the study's own barriers beside those of their file; None if it has none.
    """
    if study.streets is None:
        return None
    ways = _ways(study.streets, crs)
    if study.barriers is None:
        return ways
    barriers = read_barriers(study.barriers, crs=crs)
    return with_barriers(ways, barriers, source=study.barriers.file.name)


def _ways(settings: StreetsInput, crs: CRS) -> StreetWays:
    file = settings.file
    _logger.info("reading streets from %s", file.name)
    if is_osm(file):
        return read_osm_streets(file, crs=crs)
    if file.suffix == ".graphml":
        return read_graphml_streets(file, crs=crs)
    return read_line_streets(
        file, crs=crs, layer=settings.layer, node_crossings=settings.node_crossings
    )


def street_extent(streets: StreetWays | None) -> Extent | None:
    """
    Tell how far streets reach.

    Parameters
    ----------
    streets
        The streets, if there are any.

    Returns
    -------
    extent
        West, south, east and north; None without streets.
    """
    if streets is None:
        return None
    (west, south), (east, north) = streets.xy.min(axis=0), streets.xy.max(axis=0)
    return float(west), float(south), float(east), float(north)


def study_zones(study: Study, crs: CRS) -> ReadTable | None:
    """
    Read the zones of a study.

    Parameters
    ----------
    study
        The study.
    crs
        Its coordinate system.

    Returns
    -------
    zones
        None if it has none.
    """
    settings = study.zones
    if settings is None:
        return None
    return read_zones(
        settings.file,
        crs=crs,
        level=settings.level,
        layer=settings.layer,
        columns=settings.columns or None,
        datum=settings.datum,
    )


def study_area(study: Study, crs: CRS) -> shapely.Geometry | None:
    """
    Read the area of a study.

    Parameters
    ----------
    study
        The study.
    crs
        Its coordinate system.

    Returns
    -------
    area
        None if the study names none.
    """
    settings = study.area
    if settings is None:
        return None
    shapes = read_features(settings.file, crs=crs, layer=settings.layer).geometry
    polygons = shapes[shapely.get_dimensions(shapes.to_numpy()) == 2]  # noqa: PLR2004 - polygons
    if polygons.empty:
        raise StudyError(settings.file.name, ["holds no polygon; the study area must be one."])
    return shapely.union_all(polygons.to_numpy(), grid_size=0.001)


def source_options(
    settings: FacilitiesInput | ResidencesInput, extent: Extent | None
) -> SourceOptions:
    """
    Tell how the file of a table is to be read.

    Parameters
    ----------
    settings
        What the study says of it.
    extent
        How far the streets reach.

    Returns
    -------
    options
        For the readers.
    """
    return SourceOptions(
        datum=settings.datum,
        sheet=settings.sheet,
        layer=settings.layer,
        encoding=settings.encoding,
        columns=settings.columns or None,
        extent=extent,
        geocoded=settings.geocoded,
    )


def unplaced_rows(study: Study) -> pd.DataFrame:
    """
    List the rows of a study's tables that have an address and no coordinates.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    rows
        As `lifecircle.read.geocoded.rows_to_geocode` gives them, of facilities and residences;
        what a geocoder has answered already is among them.

    Raises
    ------
    StudyError
        For everything that is wrong with the tables, at once.
    """
    tables: list[tuple[TableName, FacilitiesInput | ResidencesInput]] = [
        ("facilities", study.facilities),
        ("residences", study.residences),
    ]
    faults: list[str] = []
    lists = [
        kept(faults, lambda: rows_to_geocode(_cells(name, settings)))  # noqa: B023 - called here
        for name, settings in tables
        if settings.file.suffix.lower() in (*DELIMITED, *WORKBOOKS)
    ]
    if faults:
        raise StudyError(study.title, faults)
    return pd.concat(
        [pd.DataFrame(columns=list(TO_GEOCODE)), *(rows for rows in lists if rows is not None)],
        ignore_index=True,
    )


def study_reach(study: Study) -> tuple[CRS, shapely.Geometry]:
    """
    Tell where the places of a study may lie.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    crs
        The study's coordinate system.
    reach
        The study area, else the zones, else the rectangle of the streets; and what lies within a
        walk of it.

    Raises
    ------
    StudyError
        For everything that is wrong with these inputs, at once.
    """
    faults: list[str] = []
    crs = kept(faults, lambda: study_crs_of(study))
    area = None if crs is None else kept(faults, lambda: _outline(study, crs))
    if crs is None or area is None:
        raise StudyError(study.title, faults)
    return crs, shapely.buffer(area, study.reach_m)


def _outline(study: Study, crs: CRS) -> shapely.Geometry:
    area, zones = study_area(study, crs), study_zones(study, crs)
    if area is not None:
        return area
    if zones is not None:
        return shapely.union_all(zones.table.geometry.to_numpy(), grid_size=0.001)
    extent = street_extent(study_streets(study, crs))
    assert extent is not None  # noqa: S101 - a study without them has no CRS
    return shapely.box(*extent)


def _cells(table: TableName, settings: FacilitiesInput | ResidencesInput) -> Opened:
    return open_cells(checked_path(settings.file), table, source_options(settings, None))[0]
