"""Colours and symbols as on the web map; lightness or pattern tells them apart in grey."""

from dataclasses import dataclass
from typing import Final

from lifecircle.write.palette import KIND_COLORS, VERDICT_COLORS
from lifecircle.write.plan_map.shapes import AreaStyle

__all__ = [
    "CLUSTER_CLASSES",
    "KIND_SYMBOLS",
    "RING_CLASSES",
    "SHARE_CLASSES",
    "SHORTAGE_CLASSES",
    "VERDICT_MARKERS",
    "VERDICT_STYLES",
    "KindSymbol",
]

# Okabe and Ito's colours as on the web map; patterns tell them apart where there is no colour.
VERDICT_STYLES: Final = {
    "met": AreaStyle(fill=VERDICT_COLORS["met"].fill, line=VERDICT_COLORS["met"].line),
    "short": AreaStyle(
        fill=VERDICT_COLORS["short"].fill,
        line=VERDICT_COLORS["short"].line,
        hatch="//////",
        hatch_color="#8a5a00",
    ),
    "unreachable": AreaStyle(
        fill=VERDICT_COLORS["unreachable"].fill,
        line=VERDICT_COLORS["unreachable"].line,
        hatch="xxxxx",
        hatch_color="#f2c8bd",
    ),
    "no_data": AreaStyle(
        fill="#f4f4f4",
        line=VERDICT_COLORS["no_data"].line,
        dashes="dashed",
        hatch="......",
        hatch_color="#6b6b6b",
    ),
    "not_asked": AreaStyle(
        fill=VERDICT_COLORS["not_asked"].fill, line=VERDICT_COLORS["not_asked"].line
    ),
}
VERDICT_MARKERS: Final = {
    "met": "o",
    "short": "^",
    "unreachable": "s",
    "no_data": "D",
    "not_asked": "h",
}

# From light to dark, so that a copy in grey keeps the order.
SHARE_CLASSES: Final = (
    AreaStyle(fill="#f7f5fa", line="#4a3f6b", hatch="xxx", hatch_color="#9a92b3"),
    AreaStyle(fill="#d6d2e8", line="#4a3f6b", hatch="///", hatch_color="#8d84b0"),
    AreaStyle(fill="#ada7d0", line="#4a3f6b"),
    AreaStyle(fill="#8379b6", line="#4a3f6b"),
    AreaStyle(fill="#54278f", line="#4a3f6b"),
)
SHORTAGE_CLASSES: Final = (
    AreaStyle(fill="#f9d999", line="#7a4a10"),
    AreaStyle(fill="#efae48", line="#7a4a10"),
    AreaStyle(fill="#dd8420", line="#7a4a10", hatch="///", hatch_color="#a35a0c"),
    AreaStyle(fill="#97400a", line="#7a4a10", hatch="xxx", hatch_color="#c98050"),
)
CLUSTER_CLASSES: Final = SHORTAGE_CLASSES

# The nearest is the darkest; each rim has its own dashes.
RING_CLASSES: Final = (
    AreaStyle(fill="#3f9c86", line="#0f5a4a", width=0.7),
    AreaStyle(fill="#8fcdbd", line="#0f5a4a", width=0.7, dashes="dashed"),
    AreaStyle(fill="#d5ece6", line="#0f5a4a", width=0.8, dashes="dotted"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class KindSymbol:
    """
    The symbol of a kind of facility.

    Attributes
    ----------
    marker
        Matplotlib's name of the shape.
    color
        Its colour.
    scale
        What makes all shapes look equally large.
    """

    marker: str
    color: str
    scale: float = 1.0


KIND_SYMBOLS: Final = {
    "street_centre": KindSymbol(marker="s", color=KIND_COLORS["street_centre"], scale=0.92),
    "township_centre": KindSymbol(marker="D", color=KIND_COLORS["township_centre"], scale=0.84),
    "community_station": KindSymbol(marker="o", color=KIND_COLORS["community_station"]),
    "day_care": KindSymbol(marker="^", color=KIND_COLORS["day_care"], scale=1.04),
    "canteen": KindSymbol(marker="p", color=KIND_COLORS["canteen"], scale=1.08),
    "rural_mutual_aid": KindSymbol(marker="h", color=KIND_COLORS["rural_mutual_aid"], scale=1.05),
    "nursing_home": KindSymbol(marker="s", color=KIND_COLORS["nursing_home"], scale=0.92),
    "care_home": KindSymbol(marker="D", color=KIND_COLORS["care_home"], scale=0.84),
    "elder_school": KindSymbol(marker="o", color=KIND_COLORS["elder_school"]),
    "nursery": KindSymbol(marker="^", color=KIND_COLORS["nursery"], scale=1.04),
    "other": KindSymbol(marker="P", color=KIND_COLORS["other"], scale=1.05),
}
