"""Layers for QGIS, ArcGIS and others, styled, in the study's language."""

from lifecircle.write.geodata.files import (
    export_layers,
    new_folder,
    write_geopackage,
    write_layer,
)
from lifecircle.write.geodata.layers import LAYERS, gis_layers, one_geometry

__all__ = [
    "LAYERS",
    "export_layers",
    "gis_layers",
    "new_folder",
    "one_geometry",
    "write_geopackage",
    "write_layer",
]
