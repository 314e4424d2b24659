"""What nobody walks through, from a vector file of the user's own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.labels import words
from lifecircle.read.vectors import read_features
from lifecircle.study.barriers import BarriersInput
from lifecircle.tables import some
from lifecircle.walk.ways import Barriers, StreetWays

__all__ = ["read_barriers", "with_barriers"]

_HEADERS: Final = ("kind", "类型", "类别", "障碍类型", "barrier")
_NEAR_M: Final = 1000.0  # a river beside the only street lies where the streets do


def read_barriers(settings: BarriersInput, *, crs: CRS) -> Barriers:
    """
    Read lines and outlines that nobody walks through.

    Parameters
    ----------
    settings
        The file, and what its features are.
    crs
        The study's coordinate system.

    Returns
    -------
    barriers
        One line or more a feature: the parts of a line, the rings of a polygon.

    Raises
    ------
    TableError
        If the file cannot be read, a feature is neither line nor polygon, or a kind is unknown;
        every fault at once.
    CrsError
        If the file names no coordinate system, or one that its numbers cannot be in.
    """
    path = Path(settings.file)
    features = read_features(path, crs=crs, layer=settings.layer, datum=settings.datum)
    kinds = _kinds(features, settings.kind)
    problems = [*_shape_problems(features), *_kind_problems(features, kinds)]
    if problems:
        raise TableError(path.name, problems)
    shapes = features.geometry.to_numpy()
    polygons = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - polygons
    lines = np.where(polygons, shapely.boundary(shapes), shapes)
    parts, owner = shapely.get_parts(lines, return_index=True)
    return Barriers(lines=parts, kinds=tuple(kinds.iloc[owner]))


def with_barriers(ways: StreetWays, more: Barriers, *, source: str) -> StreetWays:
    """
    Add barriers to those that the streets came with.

    Parameters
    ----------
    ways
        The streets.
    more
        Further barriers, in their coordinate system.
    source
        What messages call them.

    Returns
    -------
    ways
        The same streets; ``counts`` has all ``barriers``.

    Raises
    ------
    TableError
        If the barriers all lie elsewhere than the streets.
    """
    extent = shapely.box(*ways.xy.min(axis=0), *ways.xy.max(axis=0))
    if not shapely.dwithin(extent, more.lines, _NEAR_M).any():
        problem = (
            f"none of its {len(more.lines)} barriers lies where the streets do; look at its CRS "
            "and datum."
        )
        raise TableError(source, [problem])
    both = Barriers(
        lines=np.concatenate([ways.barriers.lines, more.lines]),
        kinds=(*ways.barriers.kinds, *more.kinds),
    )
    counts = {**ways.counts, "barriers": len(both.lines)}
    return replace(ways, barriers=both, counts=counts)


def _kinds(features: gpd.GeoDataFrame, assumed: str) -> pd.Series:
    """Read the kinds; blank cells are of the assumed kind, unknown words are missing."""
    heads = {str(name).strip().lower(): name for name in features.columns}
    header = next((heads[name] for name in _HEADERS if name in heads), None)
    if header is None:
        return pd.Series(assumed, index=features.index, dtype=object)
    known = {
        word: kind
        for kind, texts in words("values.barrier").items()
        for word in (kind, *texts["zh"].split("|"), *texts["en"].split("|"))
    }
    text = features[header].astype(str).str.strip().str.lower()
    return text.map({**known, "": assumed}).astype(object)


def _shape_problems(features: gpd.GeoDataFrame) -> Iterator[str]:
    shapes = features.geometry.to_numpy()
    unusable = (shapely.get_dimensions(shapes) < 1) | shapely.is_empty(shapes)
    if unusable.any():
        rows = some(features.index[unusable])
        yield f"barriers must be lines or polygons; look at the features {rows}."


def _kind_problems(features: gpd.GeoDataFrame, kinds: pd.Series) -> Iterator[str]:
    if kinds.isna().any():
        listed = ", ".join(
            f"{texts['zh'].split('|')[0]} ({kind})"
            for kind, texts in words("values.barrier").items()
        )
        rows = some(features.index[kinds.isna()])
        yield f"the kind of a barrier must be one of {listed}; look at the features {rows}."
