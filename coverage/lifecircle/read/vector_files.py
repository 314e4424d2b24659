"""Which driver opens a vector file: its ending and bytes must agree, and no link is followed."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from lifecircle.errors import CrsError, TableError
from lifecircle.tables import some

__all__ = ["VECTORS", "checked_driver", "checked_path", "unzipped"]

VECTORS: Final = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".zip": "zipped Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".geoparquet": "Parquet",
    ".kml": "KML",
    ".dxf": "DXF",
    ".gdb": "OpenFileGDB",
}
_MAGIC: Final = {
    "GPKG": re.compile(rb"SQLite format 3\x00"),
    "ESRI Shapefile": re.compile(rb"\x00\x00\x27\x0a"),
    "zipped Shapefile": re.compile(rb"PK\x03\x04"),
    "GeoJSON": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
    "FlatGeobuf": re.compile(rb"fgb"),
    "Parquet": re.compile(rb"PAR1"),
    "KML": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml[^>]*>.{0,2000}?<)?kml[\s>]", re.DOTALL),
    "DXF": re.compile(rb"(?:\xef\xbb\xbf)?(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n"),
}
_LINK: Final = tuple(
    re.compile(pattern) for pattern in (rb'"crs"\s*:\s*\{', rb'"type"\s*:\s*"link"', rb'"href"\s*:')
)
_CRS_NAME: Final = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{\s*"name"\s*:\s*"([^"]*)"')
_KML_LINK: Final = (b"<!DOCTYPE", b"<!ENTITY", b"<NetworkLink", b":NetworkLink")
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MOST_BYTES: Final = 2_000_000_000
_MOST_RATIO: Final = 200
_SMALL_BYTES: Final = 10_000_000
_CHUNK: Final = 1 << 20


def checked_path(path: str | Path) -> Path:
    """
    Return a path that names a plain local file, or a File Geodatabase.

    Parameters
    ----------
    path
        What the user wrote.

    Returns
    -------
    path
        The same, as a path.

    Raises
    ------
    TableError
        If it is an address, a virtual file system's path, or a text that drivers take for a
        document; or if there is no such file.
    """
    text = str(path)
    if text.startswith(("/vsi", "{", "<")) or "://" in text or "\x00" in text:
        raise TableError(text[:80], ["the input must be a file of this machine."])
    plain = Path(path)
    if not plain.is_file() and not (plain.suffix.lower() == ".gdb" and plain.is_dir()):
        raise TableError(plain.name, [f"there is no such file: {text}"])
    return plain


def checked_driver(path: Path) -> str:
    """
    Name the driver of a vector file.

    Parameters
    ----------
    path
        A path that `checked_path` passed.

    Returns
    -------
    driver
        A value of `VECTORS`.

    Raises
    ------
    TableError
        If the ending is not known, the bytes are of another kind, or the file would make its
        driver follow a link.
    CrsError
        If a GeoJSON names a coordinate system that nobody knows.
    """
    driver = VECTORS.get(path.suffix.lower())
    if driver is None:
        problem = f"the ending {path.suffix!r} is none of {', '.join(VECTORS)}."
        raise TableError(path.name, [problem])
    if driver == "OpenFileGDB":
        if not path.is_dir() or not any(path.glob("*.gdbtable")):
            raise TableError(path.name, ["the folder is no File Geodatabase."])
        return driver
    data = path.read_bytes() if driver in ("GeoJSON", "KML") else _head(path)
    if not _MAGIC[driver].match(data):
        raise TableError(path.name, [f"the name says {driver}, but the content does not."])
    if driver == "GeoJSON" and all(pattern.search(data) for pattern in _LINK):
        problem = "its `crs` is a link; name the coordinate system itself (EPSG:4326, EPSG:4490)."
        raise TableError(path.name, [problem])
    if driver == "GeoJSON":
        _refuse_unknown_crs(data, path.name)
    if driver == "KML" and any(mark in data for mark in _KML_LINK):
        raise TableError(path.name, ["it points to other files; save its places themselves."])
    return driver


@contextmanager
def unzipped(path: Path, layer: str | None) -> Iterator[Path]:
    """
    Offer the Shapefile in a zip file, unpacked for as long as it is read.

    Parameters
    ----------
    path
        The zip file.
    layer
        The name of the Shapefile, if there are several.

    Yields
    ------
    shapefile
        Its ``.shp``, in a folder that is deleted afterwards.

    Raises
    ------
    TableError
        If the package is damaged or would unpack to too much, or holds no such Shapefile.
    """
    try:
        with zipfile.ZipFile(path) as package, tempfile.TemporaryDirectory() as folder:
            yield _unpacked(package, path, layer, Path(folder))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise TableError(path.name, [f"the zip file is damaged: {fault}."]) from fault


def _refuse_unknown_crs(data: bytes, source: str) -> None:
    """Refuse a `crs` that nobody knows, which the driver would take for WGS84 in silence."""
    named = _CRS_NAME.search(data)
    if named is None:
        return
    name = named[1].decode("utf-8", errors="replace")
    try:
        CRS.from_user_input(name)
    except CRSError as fault:
        problem = f"its `crs` is not known: {name!r}; name EPSG:4326, EPSG:4490 or another code."
        raise CrsError(source, [problem]) from fault


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _unpacked(package: zipfile.ZipFile, path: Path, layer: str | None, folder: Path) -> Path:
    parts = {PurePosixPath(_name(about)): about for about in package.infolist()}
    shapes = {str(name.stem): name for name in parts if name.suffix.lower() == ".shp"}
    if ".." in {piece for name in parts for piece in name.parts}:
        raise TableError(path.name, ["parts of it want to lie elsewhere (`../`)."])
    if layer is None and len(shapes) != 1:
        told = f"name one (`layer`): {some(shapes)}" if shapes else "there is none"
        raise TableError(path.name, [f"it must hold one Shapefile; {told}."])
    chosen = next(iter(shapes)) if layer is None else layer
    if chosen not in shapes:
        raise TableError(path.name, [f"there is no Shapefile {layer!r}; there are {some(shapes)}."])
    whole = [
        (name.suffix.lower(), about)
        for name, about in parts.items()
        if name.with_suffix("") == shapes[chosen].with_suffix("") and name.suffix.lower() in _PARTS
    ]
    unpacked = sum(about.file_size for _, about in whole)
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > _MOST_BYTES or (unpacked > _SMALL_BYTES and ratio > _MOST_RATIO):
        problem = f"it would unpack to {unpacked:,} bytes, {ratio:,.0f} times its size."
        raise TableError(path.name, [problem])
    for suffix, about in whole:
        _copy(package, about, folder / f"shapes{suffix}")
    return folder / "shapes.shp"


def _name(about: zipfile.ZipInfo) -> str:
    """Read a part's name as Windows writes it in China, where no flag says UTF-8."""
    if about.flag_bits & 0x800:
        return about.filename
    try:
        return about.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return about.filename


def _copy(package: zipfile.ZipFile, about: zipfile.ZipInfo, target: Path) -> None:
    with package.open(about) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
