"""Readers: files of every kind become contract tables and street ways."""

from lifecircle.read.graphml import read_graphml_streets
from lifecircle.read.inputs import read_facilities, read_residences, read_zones
from lifecircle.read.lines import read_line_streets
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_places import read_osm_facilities, read_osm_residences
from lifecircle.read.study_inputs import read_study_inputs

__all__ = [
    "read_facilities",
    "read_graphml_streets",
    "read_line_streets",
    "read_osm_facilities",
    "read_osm_residences",
    "read_osm_streets",
    "read_residences",
    "read_study_inputs",
    "read_zones",
]
