"""QGIS styles: a layer opened there looks as it does on the map."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from lifecircle.labels import Language, words
from lifecircle.write.palette import KIND_COLORS, VERDICT_COLORS

__all__ = ["qgis_style"]

_RINGS: Final = ("#1c7c54", "#73b98d", "#c5e3cf")  # the nearest ring first
_ALPHA: Final = 255
_SHAPES: Final = {
    "square": ("street_centre", "nursing_home"),
    "diamond": ("township_centre", "care_home"),
    "triangle": ("day_care", "nursery"),
    "pentagon": ("canteen",),
    "hexagon": ("rural_mutual_aid",),
    "cross": ("other",),
}


def qgis_style(table: str, language: Language) -> str | None:
    """
    Write the style of a layer in QGIS's own form (QML).

    Parameters
    ----------
    table
        Which table of the assessment the layer is.
    language
        Of its headers and words.

    Returns
    -------
    qml
        None for a layer without geometry.
    """
    heads = words("columns.results")
    if table == "residences":
        head = heads["verdict"][language]
        return _classes(head, _verdicts(language))
    if table == "facilities":
        return _classes(heads["kind"][language], _kinds(language))
    if table == "zones":
        root, renderer = _root("singleSymbol")
        symbols = ET.SubElement(renderer, "symbols")
        symbols.append(_area("0", "#000000", "#3b3760", alpha=0, width=0.6))
        return _text(root)
    return _rings(heads["minutes"][language]) if table == "catchments" else None


def _verdicts(language: Language) -> Iterator[tuple[str, ET.Element]]:
    known = words("verdict")
    for at, (verdict, color) in enumerate(VERDICT_COLORS.items()):
        yield known[verdict][language], _area(str(at), color.fill, color.line)


def _kinds(language: Language) -> Iterator[tuple[str, ET.Element]]:
    known = words("kind")
    for at, (kind, color) in enumerate(KIND_COLORS.items()):
        shape = next((name for name, kinds in _SHAPES.items() if kind in kinds), "circle")
        yield known[kind][language], _marker(str(at), shape, color)


def _classes(head: str, classes: Iterator[tuple[str, ET.Element]]) -> str:
    root, renderer = _root("categorizedSymbol", attr=head)
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for word, symbol in classes:
        ET.SubElement(
            categories, "category", value=word, label=word, symbol=symbol.get("name", ""),
            type="string", render="true",
        )  # fmt: skip
        symbols.append(symbol)
    return _text(root)


def _rings(head: str) -> str:
    """Colour catchments by their minutes, whatever they are: the nearest in three classes."""
    root, renderer = _root("graduatedSymbol", attr=head, graduatedMethod="GraduatedColor")
    ranges = ET.SubElement(renderer, "ranges")
    symbols = ET.SubElement(renderer, "symbols")
    bounds = (0, 5, 10, 240)
    for at, color in enumerate(_RINGS):
        low, high = bounds[at], bounds[at + 1]
        ET.SubElement(
            ranges, "range", lower=str(low), upper=str(high), symbol=str(at),
            label=f"{low} - {high}", render="true",
        )  # fmt: skip
        symbols.append(_area(str(at), color, color, alpha=110))
    return _text(root)


def _root(kind: str, **options: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version="3.28", styleCategories="Symbology")
    known = {"type": kind, "symbollevels": "0"} | options
    return root, ET.SubElement(root, "renderer-v2", known)


def _area(name: str, fill: str, line: str, *, alpha: int = 190, width: float = 0.26) -> ET.Element:
    symbol = ET.Element("symbol", type="fill", name=name, alpha="1")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1"})
    _options(
        layer,
        color=_rgba(fill, alpha),
        outline_color=_rgba(line, _ALPHA),
        outline_width=f"{width}",
        outline_style="solid",
        style="solid",
    )
    return symbol


def _marker(name: str, shape: str, color: str) -> ET.Element:
    symbol = ET.Element("symbol", type="marker", name=name, alpha="1")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleMarker", "enabled": "1"})
    _options(
        layer, name=shape, color=_rgba(color, _ALPHA), outline_color=_rgba("#ffffff", _ALPHA),
        size="3", size_unit="MM",
    )  # fmt: skip
    return symbol


def _options(layer: ET.Element, **options: str) -> None:
    held = ET.SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        ET.SubElement(held, "Option", name=name, value=value, type="QString")


def _rgba(color: str, alpha: int) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _text(root: ET.Element) -> str:
    ET.indent(root)
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(root, encoding="unicode") + "\n"
