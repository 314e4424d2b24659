"""The tags of streets drawn as lines: which columns count, and what their texts say."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt

__all__ = ["Tags", "level_of", "way_tags"]

Tags = Mapping[str, str]

# The tags that can bear on walking, and the name.
_TAGS: Final = frozenset(
    {
        "abandoned",
        "access",
        "area",
        "barrier",
        "bicycle",
        "bridge",
        "construction",
        "conveying",
        "covered",
        "crossing",
        "crossing:signals",
        "cycleway",
        "disused",
        "foot",
        "footway",
        "ford",
        "highway",
        "ice_road",
        "incline",
        "indoor",
        "junction",
        "layer",
        "level",
        "man_made",
        "motor_vehicle",
        "motorcar",
        "motorroad",
        "name",
        "oneway",
        "oneway:foot",
        "path",
        "pedestrian",
        "proposed",
        "public_transport",
        "railway",
        "ramp:wheelchair",
        "route",
        "service",
        "sidewalk",
        "sidewalk:both",
        "sidewalk:left",
        "sidewalk:right",
        "step_count",
        "surface",
        "tracktype",
        "tunnel",
        "vehicle",
        "waterway",
        "wheelchair",
        "width",
    }
)
_FIRST_OF_LIST: Final = re.compile(r"[\[('\"\s]*([^;,'\"\])]*)")


def way_tags(features: gpd.GeoDataFrame, rows: npt.NDArray[np.int64]) -> tuple[list[Tags], int]:
    """
    Take the tags of lines from the columns that can bear on walking.

    Parameters
    ----------
    features
        The lines as they were read.
    rows
        Positions in `features`, one a line that is kept.

    Returns
    -------
    tags
        For each of `rows`; a line without a class is a ``road``.
    assumed
        How many those were.
    """
    columns = {name: features[name] for name in features.columns if str(name).lower() in _TAGS}
    cells = [column.iloc[rows].astype(str).str.strip() for column in columns.values()]
    names = [str(name).lower() for name in columns]
    shared: dict[tuple[str, ...], Tags] = {}
    assumed = 0
    tags: list[Tags] = []
    for texts in zip(*cells, strict=True) if cells else [()] * len(rows):
        if texts not in shared:
            shared[texts] = MappingProxyType(_one_way_tags(names, texts))
        tags.append(shared[texts])
        assumed += not any(
            name == "highway" and text for name, text in zip(names, texts, strict=True)
        )
    return tags, assumed


def _one_way_tags(names: list[str], texts: tuple[str, ...]) -> dict[str, str]:
    found = {name: text for name, text in zip(names, texts, strict=True) if text}
    first = _FIRST_OF_LIST.match(found.get("highway", ""))
    return {**found, "highway": (first[1].strip() if first else "") or "road"}


def level_of(tags: Tags) -> tuple[str, bool, bool]:
    """
    Tell on which level a line lies: lines on two levels cross without meeting.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    level
        Its layer, whether it is a bridge, whether it is a tunnel.
    """
    return (
        tags.get("layer", "0").removeprefix("+"),
        tags.get("bridge", "no").lower() not in ("no", "0", "false", "f", "n"),
        tags.get("tunnel", "no").lower() not in ("no", "0", "false", "f", "n"),
    )
