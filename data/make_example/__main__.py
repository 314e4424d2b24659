"""Make the example study's input files: ``python data/make_example [FOLDER]``."""

import os
import sys
from pathlib import Path

from city import make_blocks
from homes import build_homes
from landmarks import (
    write_arterial_crossings,
    write_parks,
    write_railway_and_motorway,
    write_river,
)
from osm import OsmFile
from rasters import write_elevation, write_population
from services import dated_services, own_services
from sources import write_sources
from streets import lay_streets, write_streets
from tables import write_facilities, write_households, write_residences, write_zones

GEOPACKAGE_DATE = "2026-01-01T00:00:00.000Z"  # else every run writes its own time


def make_example(folder: Path) -> None:
    """
    Write all files of the made district.

    Parameters
    ----------
    folder
        Gets the folders ``boundaries`` and ``facilities`` and ``SOURCES.toml``.
    """
    os.environ["OGR_CURRENT_DATE"] = GEOPACKAGE_DATE
    boundaries, facilities = folder / "boundaries", folder / "facilities"
    for subfolder in (boundaries, facilities):
        subfolder.mkdir(parents=True, exist_ok=True)
    for old in boundaries.glob("*.gpkg"):
        old.unlink()  # layers would be added to it

    blocks = make_blocks()
    osm = OsmFile()
    grid = lay_streets(osm, blocks)
    homes = build_homes(grid, blocks)
    built_for_homes, said = own_services(homes)
    write_arterial_crossings(grid)
    write_parks(grid)
    write_river(grid)
    write_railway_and_motorway(grid)
    write_streets(grid)

    osm.write(boundaries / "streets.osm.pbf")
    write_zones(boundaries / "zones.gpkg", homes)
    write_residences(boundaries / "residences.gpkg", homes)
    write_population(boundaries / "population_made.tif", homes)
    write_elevation(boundaries / "elevation_made.tif")
    write_facilities(facilities / "facilities.xlsx", [*dated_services(), *built_for_homes])
    write_households(facilities / "households.csv", homes, said)
    write_sources(folder)


if __name__ == "__main__":
    make_example(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
