"""Colours, the same on every map: Okabe and Ito's, told apart by the colour-blind and in grey."""

from typing import Final, NamedTuple

__all__ = [
    "CHANGE_COLORS",
    "CLUSTER_COLOR",
    "KIND_COLORS",
    "REMEDY_COLOR",
    "RING_COLORS",
    "VERDICT_COLORS",
    "AreaColor",
]


class AreaColor(NamedTuple):
    """
    The colours of an area.

    Attributes
    ----------
    fill, line
        As ``#rrggbb``.
    """

    fill: str
    line: str


VERDICT_COLORS: Final = {
    "met": AreaColor("#2f86bd", "#0a4f7d"),
    "short": AreaColor("#f0a818", "#9a6500"),
    "unreachable": AreaColor("#a6290c", "#5e1200"),
    "no_data": AreaColor("#9a9a9a", "#6b6b6b"),
    "not_asked": AreaColor("#dedede", "#a9a9a9"),
}

KIND_COLORS: Final = {
    "street_centre": "#00664d",
    "township_centre": "#00664d",
    "community_station": "#00936a",
    "day_care": "#7a3c97",
    "canteen": "#c2478d",
    "rural_mutual_aid": "#7a6a00",
    "nursing_home": "#4a4a4a",
    "care_home": "#4a4a4a",
    "elder_school": "#7d7d7d",
    "nursery": "#7d7d7d",
    "other": "#7d7d7d",
}

# Catchments, the nearest ring first; shortage clusters; where a new facility would do.
RING_COLORS: Final = ("#1c7c54", "#73b98d", "#c5e3cf")
CLUSTER_COLOR: Final = AreaColor("#a6290c", "#5e1200")
REMEDY_COLOR: Final = AreaColor("#a3397d", "#7a1f5c")

# How a residence fares in the later of two results; better and worse as met and unreachable.
CHANGE_COLORS: Final = {
    "better": AreaColor("#2f86bd", "#0a4f7d"),
    "worse": AreaColor("#a6290c", "#5e1200"),
    "unlike": AreaColor("#9a9a9a", "#6b6b6b"),
    "same": AreaColor("#dedede", "#a9a9a9"),
    "added": AreaColor("#00936a", "#005a41"),
    "gone": AreaColor("#f0a818", "#9a6500"),
}
