"""In which characters the attributes of a Shapefile are written."""

import struct
from pathlib import Path
from typing import Final

import numpy as np

from lifecircle.errors import TableError

__all__ = ["dbf_encoding"]

_CHINESE: Final = ("utf-8", "gb18030")
# Language driver ids that name a code page; 0x57 (ANSI) and 0 name none.
_PAGES: Final = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252"}
_NAMES: Final = {
    **dict.fromkeys(("936", "cp936", "gbk", "gb2312", "gb18030", "ansi936", "ansi 936"), "gb18030"),
    **dict.fromkeys(("utf-8", "utf8", "65001"), "utf-8"),
    **dict.fromkeys(("950", "big5", "cp950"), "big5"),
    **dict.fromkeys(("iso-8859-1", "iso88591", "88591", "latin1", "1252", "ansi 1252"), "cp1252"),
}
_SINGLE: Final = ("cp1252",)
_HEADER: Final = 32
_END: Final = 0x0D
_MARK: Final = 29
_LEAD: Final = (0xA1, 0xF7)  # of GB 2312, in which nearly all Chinese text is written
_PAIRED_SHARE: Final = 0.9


def dbf_encoding(shapefile: Path) -> str | None:
    """
    Tell the encoding of a Shapefile's attributes.

    Parameters
    ----------
    shapefile
        The ``.shp`` file.

    Returns
    -------
    encoding
        What the ``.cpg`` file says, else the ``.dbf`` file's own mark, if the bytes bear it out.
        Without either, strict UTF-8, then strict GB18030. None if there are no attributes.

    Raises
    ------
    TableError
        If the encoding that is named cannot be that of the bytes, or none fits.
    """
    table = _beside(shapefile, ".dbf")
    if table is None:
        return None
    mark, text = _texts(table)
    declared = _declared(shapefile, mark)
    if text.isascii():
        return declared or "utf-8"
    fitting = next((name for name in _CHINESE if _decodes(text, name)), None)
    if declared is None:
        if fitting is None:
            problem = "its attributes are neither UTF-8 nor GB18030; name the `encoding`."
            raise TableError(table.name, [problem])
        return fitting
    if _lies(declared, fitting, text):
        problem = (
            f"its .cpg file or header says {declared}, but the bytes are not "
            f"({fitting or 'nothing known'} fits); mend the .cpg file, or name the `encoding`."
        )
        raise TableError(table.name, [problem])
    return declared


def _beside(shapefile: Path, suffix: str) -> Path | None:
    for spelling in (suffix, suffix.upper()):
        path = shapefile.with_suffix(spelling)
        if path.is_file():
            return path
    return None


def _declared(shapefile: Path, mark: int) -> str | None:
    page = _beside(shapefile, ".cpg")
    if page is None:
        return _PAGES.get(mark)
    said = page.read_bytes()[:64].decode("ascii", "replace").strip().lower()
    return _NAMES.get(said, said) or None


def _texts(table: Path) -> tuple[int, bytes]:
    """Return the language mark and the bytes of all text cells, a line each."""
    data = table.read_bytes()
    if len(data) <= _HEADER:
        raise TableError(table.name, ["the file of attributes is damaged: it has no header."])
    rows, start, width = struct.unpack("<IHH", data[4:12])
    fields, offset, place = [], 1, _HEADER
    while place + _HEADER <= min(start, len(data)) and data[place] != _END:
        length = data[place + 16]
        if data[place + 11 : place + 12] == b"C":
            fields.append((offset, length))
        offset, place = offset + length, place + _HEADER
    names = data[_HEADER:place]
    whole = np.frombuffer(data[start : start + rows * width], dtype=np.uint8)
    whole = whole[: len(whole) // max(width, 1) * width].reshape(-1, max(width, 1))
    cells = [
        cell.rstrip(b" \0")
        for at, length in fields
        for cell in np.ascontiguousarray(whole[:, at : at + length]).view(f"S{length}").ravel()
    ]
    heads = [names[at : at + 11].split(b"\0")[0] for at in range(0, len(names), _HEADER)]
    mark = data[_MARK]
    return mark, b"\n".join([*heads, *cells])


def _decodes(text: bytes, encoding: str) -> bool:
    """Decode line by line; a full field may have been cut within its last character."""
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return all(_line_decodes(line, encoding) for line in text.split(b"\n"))
    except LookupError:
        return False
    return True


def _line_decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as fault:
        cut = len(line) - fault.start
        return fault.start > 0 and cut <= 3 and "incomplete" in _why(fault)  # noqa: PLR2004 - bytes of a sign
    return True


def _why(fault: UnicodeDecodeError) -> str:
    return "incomplete" if fault.end >= len(fault.object) else fault.reason


def _lies(declared: str, fitting: str | None, text: bytes) -> bool:
    if not _decodes(text, declared):
        return True
    if declared != "utf-8" and fitting == "utf-8":
        return True
    return declared in _SINGLE and fitting == "gb18030" and _is_paired(text)


def _is_paired(text: bytes) -> bool:
    """Tell Chinese from accents: its high bytes come in pairs."""
    codes = np.frombuffer(text, dtype=np.uint8)
    high = np.flatnonzero(codes >= _LEAD[0])
    lead = (codes[:-1] >= _LEAD[0]) & (codes[:-1] <= _LEAD[1]) & (codes[1:] >= _LEAD[0])
    near = np.concatenate([lead, [False]]) | np.concatenate([[False], lead])
    return len(high) > 1 and bool(near[high].mean() >= _PAIRED_SHARE)
