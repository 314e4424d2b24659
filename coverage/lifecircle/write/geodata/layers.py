"""The layers for geographic information systems: names, headers and words in one language."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.labels import Language, label
from lifecircle.write.cluster_text import with_sentences
from lifecircle.write.labelled import labelled_table

__all__ = ["LAYERS", "Layer", "gis_layers", "one_geometry"]

LAYERS: Final = (
    "residences",
    "facilities",
    "catchments",
    "clusters",
    "remedy_areas",
    "zones",
    "links",
)
_POINT_M: Final = 25.0  # the radius of the circle that stands for a residence without an outline

# Columns of the contract that hold geometry, and are of that type even where nothing is known.
_SHAPES: Final = ("gates", "entrances")


class Layer(NamedTuple):
    """
    One layer.

    Attributes
    ----------
    table
        Which table of the assessment it is.
    name
        What it is called in the study's language.
    rows
        With headers and words in that language; a `GeoDataFrame` but for the links.
    fields
        What the table itself calls each column.
    """

    table: str
    name: str
    rows: pd.DataFrame
    fields: tuple[str, ...]


def gis_layers(tables: Mapping[str, pd.DataFrame], language: Language) -> Iterator[Layer]:
    """
    Lay out tables as layers.

    Parameters
    ----------
    tables
        As `edition.edition_tables` gives them.
    language
        Of names, headers and words.

    Yields
    ------
    layer
        One for each table of `LAYERS` that is there, in that order. A shortage cluster is where
        its residences are, those of the clusters that it holds among them.
    """
    for table in LAYERS:
        if table not in tables:
            continue
        rows = tables[table]
        if table == "clusters":
            said = with_sentences(rows, language)
            rows = _placed(said, gpd.GeoDataFrame(tables["residences"]))
        fields = tuple(map(str, [*filter(None, [rows.index.name]), *rows.columns]))
        if isinstance(rows, gpd.GeoDataFrame):
            people = labelled_table(one_geometry(rows), table, language)
            people = gpd.GeoDataFrame(people, geometry="geometry", crs=rows.crs)
        else:
            people = labelled_table(rows, table, language)
        yield Layer(table, label("layers", table, language), people, fields)


def one_geometry(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Write further geometry columns as text: few programs read two in one layer.

    Parameters
    ----------
    table
        A layer's rows.

    Returns
    -------
    table
        The same with gates and entrances as WKT, to the millimetre.
    """
    others = table.drop(columns=table.geometry.name)
    shapes = [str(name) for name in others if others[name].map(_is_shape).any()]
    empty = [name for name in _SHAPES if name in table and others[name].isna().all()]
    return table.assign(**{name: _as_text(table[name]) for name in {*shapes, *empty}})


def _placed(clusters: pd.DataFrame, residences: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    members: dict[str, list[shapely.Geometry]] = {str(name): [] for name in clusters.index}
    parents = clusters["parent_id"].to_dict()
    known = residences[residences["cluster_id"].notna()]
    shapes = known.geometry.where(known.geometry.geom_type != "Point", known.buffer(_POINT_M))
    for shape, smallest in zip(shapes, known["cluster_id"], strict=True):
        cluster = smallest
        while cluster in members:  # blank above the outermost
            members[cluster].append(shape)
            cluster = parents[cluster]
    places = [shapely.union_all(members[str(name)]) for name in clusters.index]
    return gpd.GeoDataFrame(clusters, geometry=places, crs=residences.crs)


def _is_shape(cell: object) -> bool:
    return isinstance(cell, shapely.Geometry)


def _as_text(geometry: pd.Series) -> pd.Series:
    shapes = geometry.to_numpy(dtype=object)
    written = shapely.to_wkt(shapes, rounding_precision=3)
    text = pd.Series(written, index=geometry.index, dtype=object)
    return text.where(~shapely.is_missing(shapes), None)
