"""Everything a study names, read into one place."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.datum import study_crs
from lifecircle.errors import LifeCircleError, StudyError, TableError
from lifecircle.read.datum_check import outline_datum
from lifecircle.read.doubts import input_doubts
from lifecircle.read.graphml import read_graphml_streets
from lifecircle.read.inputs import (
    ReadTable,
    SourceOptions,
    read_facilities,
    read_residences,
    read_zones,
)
from lifecircle.read.lines import read_line_streets
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.read.osm_places import read_osm_facilities, read_osm_residences
from lifecircle.read.quality import Remark, quality_table, reasons
from lifecircle.read.reported_figures import read_reported_figures
from lifecircle.read.vectors import read_features
from lifecircle.standards.model import Standard
from lifecircle.study import FacilitiesInput, LossLimits, ResidencesInput, Study
from lifecircle.walk.ways import StreetWays

__all__ = ["StudyInputs", "check_losses", "input_files", "is_osm", "read_study_inputs"]

TO_GEOCODE: Final = ["input", "row", "id", "name", "address"]

_logger = logging.getLogger(__name__)

Part = TypeVar("Part")
Extent = tuple[float, float, float, float]

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
    quality
        What the readers found.
    read
        For ``"residences"`` and ``"facilities"`` the rows, households and m² in the files, where
        they hold more than the tables.
    to_geocode
        The rows with an address and no coordinates: see `ReadTable`.
    """

    streets: StreetWays | None
    facilities: gpd.GeoDataFrame
    residences: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame | None = None
    area: shapely.Geometry | None = None
    statistics: pd.DataFrame | None = None
    quality: pd.DataFrame = field(default_factory=lambda: quality_table([]))
    read: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    to_geocode: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TO_GEOCODE))


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
    crs = _kept(faults, lambda: _study_crs(study)) or CRS.from_epsg(_STAND_IN)
    streets = _kept(faults, lambda: _read_streets(study, crs))
    _logger.info("reading facilities and residences")
    extent = _extent(streets)
    facilities = _kept(faults, lambda: _read_facilities(study.facilities, crs, extent))
    residences = _kept(faults, lambda: _read_residences(study.residences, crs, extent, standard))
    zones = _kept(faults, lambda: _read_zones(study, crs))
    area = _kept(faults, lambda: _read_area(study, crs))
    statistics = _kept(faults, lambda: _read_statistics(study))
    if faults or facilities is None or residences is None:
        raise StudyError(study.title, dict.fromkeys(faults))
    tables = [facilities, residences, *([] if zones is None else [zones])]
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
        quality=pd.concat(
            [*(table.quality for table in tables), quality_table(doubts)], ignore_index=True
        ),
        read={"facilities": facilities.amounts, "residences": residences.amounts},
    )


def _listed(lists: Sequence[pd.DataFrame | None]) -> pd.DataFrame:
    some_rows = [rows for rows in lists if rows is not None]
    return pd.concat([pd.DataFrame(columns=TO_GEOCODE), *some_rows], ignore_index=True)


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
        "residences": study.residences.file,
        "residences.join": study.residences.join,
        "zones": None if study.zones is None else study.zones.file,
        "area": None if study.area is None else study.area.file,
        "statistics": None if study.statistics is None else study.statistics.file,
        "last_year": None if study.last_year is None else study.last_year / "manifest.json",
    }
    return {name: path for name, path in named.items() if path is not None}


def check_losses(inputs: StudyInputs, limits: LossLimits) -> None:
    """
    Refuse a run that would leave too much of its inputs out.

    Parameters
    ----------
    inputs
        What was read.
    limits
        How much may be lost.

    Raises
    ------
    TableError
        If more rows, households or m² could not be read or placed than the limits allow; the
        rows are named.
    """
    problems = []
    for name, table in (("residences", inputs.residences), ("facilities", inputs.facilities)):
        read = inputs.read.get(name, {})
        kept = {"rows": float(len(table))}
        if name == "residences":
            kept["households"] = float(table["households"].sum())
        else:
            kept["m2"] = float(table["floor_area_m2"].sum())
        for amount, share in limits.model_dump().items():
            unit = amount.removesuffix("_share")
            whole, left = read.get(unit, kept.get(unit, 0.0)), kept.get(unit, 0.0)
            if whole - left > share * whole:
                problems.append(
                    f"{whole - left:,.0f} of {whole:,.0f} {unit} of the {name} are lost "
                    f"({(whole - left) / whole:.1%}; the limit is {share:.1%})."
                )
    if not problems:
        return
    known = reasons()
    lost = inputs.quality[inputs.quality["severity"] == "lost"]
    rows = [
        f"{row.input} row {row.row}, {row.found}: {known[str(row.reason)]['en']}; {row.remedy}."
        for row in lost.itertuples()
    ]
    remedy = "Mend the rows below, or accept the loss with `--accept-loss`."
    raise TableError("inputs", [*problems, remedy, *rows])


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    table: gpd.GeoDataFrame
    quality: pd.DataFrame
    amounts: Mapping[str, float]
    addresses: pd.Series | None = None
    rows: pd.Series | None = None
    to_geocode: pd.DataFrame | None = None


def _of(read: ReadTable) -> _Read:
    return _Read(**read._asdict())


def _kept(faults: list[str], read: Callable[[], Part]) -> Part | None:
    """Read one input, or keep what is wrong with it for the common message."""
    try:
        return read()
    except LifeCircleError as error:
        faults += [f"{error.subject}: {problem}" for problem in error.problems]
        return None


def _study_crs(study: Study) -> CRS:
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


def _read_streets(study: Study, crs: CRS) -> StreetWays | None:
    if study.streets is None:
        return None
    file = study.streets.file
    _logger.info("reading streets from %s", file.name)
    if is_osm(file):
        return read_osm_streets(file, crs=crs)
    if file.suffix == ".graphml":
        return read_graphml_streets(file, crs=crs)
    return read_line_streets(
        file, crs=crs, layer=study.streets.layer, node_crossings=study.streets.node_crossings
    )


def _extent(streets: StreetWays | None) -> Extent | None:
    if streets is None:
        return None
    (west, south), (east, north) = streets.xy.min(axis=0), streets.xy.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _zones_doubts(study: Study, zones: _Read | None, area: shapely.Geometry | None) -> list[Remark]:
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


def _source(settings: FacilitiesInput | ResidencesInput, extent: Extent | None) -> SourceOptions:
    return SourceOptions(
        datum=settings.datum,
        sheet=settings.sheet,
        layer=settings.layer,
        encoding=settings.encoding,
        columns=settings.columns or None,
        extent=extent,
    )


def _read_facilities(settings: FacilitiesInput, crs: CRS, extent: Extent | None) -> _Read:
    if is_osm(settings.file):
        table, quality = read_osm_facilities(settings.file, crs=crs)
        known = {"rows": float(len(table)), "m2": float(table["floor_area_m2"].sum())}
        return _Read(table=table, quality=quality, amounts=known)
    return _of(read_facilities(settings.file, crs=crs, **_source(settings, extent)))


def _read_residences(
    settings: ResidencesInput, crs: CRS, extent: Extent | None, standard: Standard
) -> _Read:
    if is_osm(settings.file):
        table, quality = read_osm_residences(settings.file, crs=crs, rule=settings.household_rule)
        known = {"rows": float(len(table)), "households": float(table["households"].sum())}
        return _Read(table=table, quality=quality, amounts=known)
    gates = None if settings.gates_layer is None else (settings.file, settings.gates_layer)
    read = read_residences(
        settings.file,
        crs=crs,
        join=settings.join,
        join_on=settings.join_on,
        gates=gates,
        persons_per_household=settings.persons_per_household,
        years=(settings.new_from_year, None if standard.date is None else standard.date.year),
        **_source(settings, extent),
    )
    return _of(read)


def _read_zones(study: Study, crs: CRS) -> _Read | None:
    settings = study.zones
    if settings is None:
        return None
    read = read_zones(
        settings.file,
        crs=crs,
        level=settings.level,
        layer=settings.layer,
        columns=settings.columns or None,
        datum=settings.datum,
    )
    return _of(read)


def _read_statistics(study: Study) -> pd.DataFrame | None:
    settings = study.statistics
    if settings is None:
        return None
    return read_reported_figures(settings.file, sheet=settings.sheet, encoding=settings.encoding)


def _read_area(study: Study, crs: CRS) -> shapely.Geometry | None:
    settings = study.area
    if settings is None:
        return None
    shapes = read_features(settings.file, crs=crs, layer=settings.layer).geometry
    polygons = shapes[shapely.get_dimensions(shapes.to_numpy()) == 2]  # noqa: PLR2004 - polygons
    if polygons.empty:
        raise StudyError(settings.file.name, ["holds no polygon; the study area must be one."])
    return shapely.union_all(polygons.to_numpy(), grid_size=0.001)
