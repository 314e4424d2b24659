"""QGIS styles: a layer opened there looks as it does on the map."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from lifecircle.labels import Language, words
from lifecircle.write.palette import (
    CLUSTER_COLOR,
    KIND_COLORS,
    REMEDY_COLOR,
    RING_COLORS,
    VERDICT_COLORS,
)

__all__ = ["qgis_style"]

_ALPHA: Final = 255
# The fuller, the better a site does; a line that is broken says: not by itself.
_REMEDIES: Final = {"all_met": (87, "solid"), "with_others": (33, "dash"), "helps": (13, "dot")}
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
    if table == "remedy_areas":
        return _classes(heads["kind"][language], _remedies(language))
    if table == "clusters":
        return _classes(heads["outermost"][language], _clusters(language))
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


def _remedies(language: Language) -> Iterator[tuple[str, ET.Element]]:
    known = words("remedy_area")
    for at, (kind, (alpha, line_style)) in enumerate(_REMEDIES.items()):
        symbol = _area(
            str(at), REMEDY_COLOR.fill, REMEDY_COLOR.line, alpha=alpha, line_style=line_style
        )
        yield known[kind][language], symbol


def _clusters(language: Language) -> Iterator[tuple[str, ET.Element]]:
    """Fill the outermost clusters, and outline what lies inside them."""
    known = words("yes_no")
    for at, (answer, alpha, width) in enumerate((("yes", 70, 0.8), ("no", 0, 0.4))):
        color = CLUSTER_COLOR
        symbol = _area(str(at), color.fill, color.line, alpha=alpha, width=width)
        yield known[answer][language], symbol


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
    for at, color in enumerate(RING_COLORS):
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


def _area(
    name: str,
    fill: str,
    line: str,
    *,
    alpha: int = 190,
    width: float = 0.26,
    line_style: str = "solid",
) -> ET.Element:
    symbol = ET.Element("symbol", type="fill", name=name, alpha="1")
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1"})
    _options(
        layer,
        color=_rgba(fill, alpha),
        outline_color=_rgba(line, _ALPHA),
        outline_width=f"{width}",
        outline_style=line_style,
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
