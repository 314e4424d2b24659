"""Layers written as GeoPackage, Shapefile or GeoJSON, and read back the same."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import geopandas as gpd
import pandas as pd
import pyogrio
from pandas.api.types import is_numeric_dtype
from pyogrio.errors import DataSourceError

from lifecircle.errors import OutputError
from lifecircle.labels import Language, label
from lifecircle.write.bundle import what_to_do
from lifecircle.write.geodata.layers import Layer, gis_layers
from lifecircle.write.geodata.styles import qgis_style

__all__ = ["Form", "export_layers", "new_folder", "write_geopackage", "write_layer"]

Form = Literal["geopackage", "shapefile", "geojson"]

# GeoPackages store when they were written; the same result gives the same file.
_FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"
_NAME_BYTES, _TEXT_BYTES = 10, 254  # what a DBF file holds
_HEADS: Final = ("layer", "short", "name", "head", "cut")
_WGS84: Final = "EPSG:4326"


def write_geopackage(
    tables: Mapping[str, pd.DataFrame], path: Path, language: Language, *, description: str = ""
) -> None:
    """
    Write all layers into one GeoPackage, with their QGIS styles as the default ones.

    Parameters
    ----------
    tables
        As `edition.edition_tables` gives them.
    path
        The file to write.
    language
        Of layers, headers and words.
    description
        Stands with every layer: who it is for.
    """
    with _fixed_date():
        layers = list(gis_layers(tables, language))
        for layer in layers:
            options = {"driver": "GPKG", "layer": layer.name, "append": path.exists()}
            if description:
                options["layer_options"] = {"DESCRIPTION": description}
            if isinstance(layer.rows, gpd.GeoDataFrame):
                options["geometry_type"] = None
            pyogrio.write_dataframe(layer.rows, path, **options)
        styles = pd.DataFrame(_style_rows(layers, language))
        pyogrio.write_dataframe(styles, path, driver="GPKG", layer="layer_styles", append=True)


def export_layers(
    tables: Mapping[str, pd.DataFrame], folder: Path, *, form: Form, language: Language
) -> None:
    """
    Write all layers into a new folder, whole or not at all.

    Parameters
    ----------
    tables
        Of a result.
    folder
        Where to; not there yet, or empty.
    form
        ``geopackage``: one file with styles. ``geojson``: a file a layer, in longitude and
        latitude as the standard wants (RFC 7946). ``shapefile``: a file a layer with its QGIS
        style, and the table of short names (字段对照表): field names have ten bytes there and
        texts 254, so names are shortened and texts cut, and the table says which and how many.
    language
        Of layers, headers and words; a Shapefile's own field names are always ASCII.

    Raises
    ------
    OutputError
        If the folder is in use, or cannot be written.
    """
    with new_folder(folder) as whole:
        if form == "geopackage":
            write_geopackage(tables, whole / "results.gpkg", language)
        elif form == "geojson":
            _write_geojson(tables, whole, language)
        else:
            _write_shapefiles(tables, whole, language)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """
    Offer a folder to write into, and put it in place once it is whole.

    Parameters
    ----------
    folder
        Where it is to stand; not there yet, or empty.

    Yields
    ------
    whole
        An empty folder beside it. If the block fails it is deleted.

    Raises
    ------
    OutputError
        If the folder is in use, or cannot be written.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise OutputError(str(folder), ["it is in use; name a folder that may be made anew."])
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".lifecircle", dir=folder.parent) as staging:
            whole = Path(staging) / folder.name
            whole.mkdir()
            yield whole
            if folder.is_dir():
                folder.rmdir()
            whole.replace(folder)
    except (OSError, DataSourceError) as fault:
        if isinstance(fault, OutputError):
            raise
        why = what_to_do(fault) if isinstance(fault, OSError) else f"{fault}"
        raise OutputError(str(folder), [why]) from fault


def write_layer(rows: gpd.GeoDataFrame, path: Path, name: str) -> None:
    """
    Write one layer as a GeoPackage.

    Parameters
    ----------
    rows
        With headers and words for people.
    path
        The file to write.
    name
        Of the layer.
    """
    with _fixed_date():
        pyogrio.write_dataframe(rows, path, driver="GPKG", layer=name, geometry_type="Unknown")


def _write_geojson(tables: Mapping[str, pd.DataFrame], folder: Path, language: Language) -> None:
    for layer in gis_layers(tables, language):
        if isinstance(layer.rows, gpd.GeoDataFrame):
            path = folder / f"{layer.name}.geojson"
            degrees = layer.rows.to_crs(_WGS84)
            pyogrio.write_dataframe(degrees, path, driver="GeoJSON", RFC7946="YES")


def _write_shapefiles(tables: Mapping[str, pd.DataFrame], folder: Path, language: Language) -> None:
    named: list[tuple[str, str, str, str, int]] = []
    for layer in gis_layers(tables, language):
        if not isinstance(layer.rows, gpd.GeoDataFrame):
            continue
        short, cut = _shortened(layer.rows, layer.fields)
        path = folder / f"{layer.name}.shp"
        pyogrio.write_dataframe(short, path, driver="ESRI Shapefile", encoding="UTF-8")
        heads = dict(zip(layer.rows.columns, short.columns, strict=True))
        style = qgis_style(layer.table, language)
        if style is not None:  # it names the header; here that is the short name
            for head, brief in heads.items():
                style = style.replace(f'attr="{head}"', f'attr="{brief}"')
            path.with_suffix(".qml").write_text(style, encoding="utf-8")
        named += [
            (layer.name, brief, name, head, cut[brief])
            for name, (head, brief) in zip(layer.fields, heads.items(), strict=True)
            if brief != "geometry"
        ]
    heading = [label("field_names", one, language) for one in _HEADS]
    path = folder / f"{label('layers', 'field_names', language)}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([heading, *named])


def _style_rows(layers: Iterable[Layer], language: Language) -> Iterator[dict[str, object]]:
    for layer in layers:
        style = qgis_style(layer.table, language)
        if style is None:
            continue
        yield {
            "f_table_catalog": "", "f_table_schema": "", "f_table_name": layer.name,
            "f_geometry_column": "geom", "styleName": layer.name, "styleQML": style,
            "styleSLD": "", "useAsDefault": True, "description": "", "owner": "", "ui": None,
            "update_time": _FIXED_DATE,
        }  # fmt: skip


def _shortened(
    rows: gpd.GeoDataFrame, names: Sequence[str]
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Shorten names to ten bytes, all different, and texts to 254; count the texts cut."""
    brief: list[str] = []
    for name in names:
        short, number = name[:_NAME_BYTES], 1
        while short in brief:
            number += 1
            short = f"{name[: _NAME_BYTES - len(str(number))]}{number}"
        brief.append("geometry" if name == "geometry" else short)
    renamed = rows.set_axis(brief, axis="columns").set_geometry("geometry", crs=rows.crs)
    cut = dict.fromkeys(brief, 0)
    for name in brief:
        if name != "geometry" and not is_numeric_dtype(renamed[name]):
            fits = renamed[name].map(_fitting)
            cut[name] = int((fits != renamed[name])[renamed[name].notna()].sum())
            renamed[name] = fits
    return renamed, cut


def _fitting(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    return cell.encode()[:_TEXT_BYTES].decode(errors="ignore")


@contextmanager
def _fixed_date() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
