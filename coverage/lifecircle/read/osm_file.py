"""Opening OpenStreetMap files: what they really are, what is wrong with them, where they lie."""

import bz2
import gzip
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END
from pathlib import Path
from typing import Final, cast

import numpy as np
import osmium
from pyproj import CRS

from lifecircle.errors import CrsError, LifeCircleError, NetworkError

__all__ = [
    "open_osm",
    "osm_centre",
    "osm_faults",
    "osm_nodes",
    "osm_relations",
    "osm_ways",
    "require_metres",
]

_HEAD_BYTES: Final = 2**16
_TAIL_BYTES: Final = 2**12
_AGAIN: Final = "fetch the file again"
# What pyosmium and the unpackers raise over bytes that make no sense.
_DAMAGE: Final = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    osmium.InvalidLocationError,
    zlib.error,
)


def open_osm(path: Path) -> osmium.io.File:
    """
    Find out by its first bytes what an OSM file is, and refuse what it must not be.

    Parameters
    ----------
    path
        A ``.osm.pbf``, ``.osm``, ``.osm.bz2`` or ``.osm.gz`` file. The content decides, not the
        name.

    Returns
    -------
    file
        For pyosmium's readers, its format named.

    Raises
    ------
    NetworkError
        If it is no local file, is empty, is a web page or anything else that is no OSM file,
        declares XML entities, or is an answer that the server broke off.
    """
    text = str(path)
    if text.startswith(("/vsi", "{", "<")) or ":/" in text[2:]:
        raise NetworkError(text, ["Streets are read from a file on this computer only."])
    if not path.is_file():
        raise NetworkError(text, ["There is no such file; look at the path in the study file."])
    with osm_faults(path):
        kind = _kind(path)
    # An absolute path, since osmium takes "-" for its input and "http:..." for an address.
    return osmium.io.File(str(path.resolve()), kind)


@contextmanager
def osm_faults(path: Path) -> Iterator[None]:
    """
    Turn what a damaged file makes the readers raise into one `NetworkError`.

    Parameters
    ----------
    path
        The file, for the message.

    Yields
    ------
    nothing
        The block that reads the file.

    Raises
    ------
    NetworkError
        If the file is damaged or cut off.
    """
    try:
        yield
    except LifeCircleError:
        raise
    except _DAMAGE as error:
        problem = f"The file is damaged or cut off ({error}); {_AGAIN}."
        if "out of order" in str(error):
            problem = f"The file is not sorted by ids ({error}); sort it with `osmium sort`."
        raise NetworkError(str(path), [problem]) from error


def osm_centre(path: Path) -> tuple[float, float]:
    """
    Return where an OSM file lies, to choose a coordinate system by.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    longitude, latitude
        In degrees (WGS 84): the middle of the bounds that the file states, or else the median of
        its nodes.

    Raises
    ------
    NetworkError
        If the file cannot be read or has no nodes.
    """
    file = open_osm(path)
    with osm_faults(path):
        with osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
            box = reader.header().box()
        if box.valid():
            south_west, north_east = box.bottom_left, box.top_right
            return (
                (south_west.lon + north_east.lon) / 2,
                (south_west.lat + north_east.lat) / 2,
            )
        longitudes, latitudes = array("d"), array("d")
        for node in osm_nodes(file):
            if node.location.valid():
                longitudes.append(node.location.lon)
                latitudes.append(node.location.lat)
    if not longitudes:
        raise NetworkError(str(path), [f"The file holds no nodes; {_AGAIN}."])
    return float(np.median(longitudes)), float(np.median(latitudes))


def osm_nodes(file: osmium.io.File) -> Iterator[osmium.osm.Node]:
    """
    Read a file's nodes, one after the other.

    Parameters
    ----------
    file
        From `open_osm`.

    Returns
    -------
    nodes
        Each is gone once the next one is asked for.
    """
    return cast("Iterator[osmium.osm.Node]", iter(osmium.FileProcessor(file, osmium.osm.NODE)))


def osm_ways(file: osmium.io.File, *keys: str) -> Iterator[osmium.osm.Way]:
    """
    Read a file's ways, one after the other.

    Parameters
    ----------
    file
        From `open_osm`.
    *keys
        Only the ways with one of these keys; all ways if none is named.

    Returns
    -------
    ways
        Each is gone once the next one is asked for.
    """
    ways = osmium.FileProcessor(file, osmium.osm.WAY)
    if keys:
        ways.with_filter(osmium.filter.KeyFilter(*keys))
    return cast("Iterator[osmium.osm.Way]", iter(ways))


def osm_relations(file: osmium.io.File, *keys: str) -> Iterator[osmium.osm.Relation]:
    """
    Read a file's relations, one after the other.

    Parameters
    ----------
    file
        From `open_osm`.
    *keys
        Only the relations with one of these keys; at least one.

    Returns
    -------
    relations
        Each is gone once the next one is asked for.
    """
    relations = osmium.FileProcessor(file, osmium.osm.RELATION)
    relations.with_filter(osmium.filter.KeyFilter(*keys))
    return cast("Iterator[osmium.osm.Relation]", iter(relations))


def require_metres(crs: CRS) -> None:
    """
    Refuse a coordinate system that is not in metres.

    Parameters
    ----------
    crs
        What an OSM file shall be brought into.

    Raises
    ------
    CrsError
        If it is not projected, or in another unit.
    """
    if not crs.is_projected or crs.axis_info[0].unit_conversion_factor != 1:
        raise CrsError("OSM", [f"`crs` must be projected and in metres, not {crs.name!r}."])


def _kind(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise NetworkError(str(path), [f"The file is empty; {_AGAIN}."])
    if head[4:].startswith(b"\x0a\x09OSMHeader"):
        return "pbf"
    if head.startswith(b"BZh"):
        with bz2.open(path) as unpacked:
            _check_xml(path, unpacked.read(_HEAD_BYTES))
        return "osm.bz2"
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(path) as unpacked:
            _check_xml(path, unpacked.read(_HEAD_BYTES))
        return "osm.gz"
    _check_xml(path, head)
    _check_remark(path)
    return "osm"


def _check_xml(path: Path, head: bytes) -> None:
    prolog, root, _ = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"<osm")
    if b"<html" in prolog.lower() or b"<!doctype html" in prolog.lower():
        raise NetworkError(str(path), [f"It is a web page, no OSM file; {_AGAIN}."])
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        problem = "It declares XML entities, which OSM files never do; it is not read."
        raise NetworkError(str(path), [problem])
    if not root or (prolog and not prolog.startswith((b"<?xml", b"<!--"))):
        problem = (
            f"It is no OSM file, it begins with {head[:16]!r}; "
            "give a .osm.pbf, .osm, .osm.bz2 or .osm.gz file."
        )
        raise NetworkError(str(path), [problem])


def _check_remark(path: Path) -> None:
    with path.open("rb") as stream:
        stream.seek(-min(_TAIL_BYTES, path.stat().st_size), SEEK_END)
        _, remark, text = stream.read().decode("utf-8", "replace").partition("<remark>")
    if remark:
        said = text.partition("</remark>")[0].strip()
        problem = f"The server broke off and said {said!r}; ask for a smaller area, or later."
        raise NetworkError(str(path), [problem])
