"""Plan maps: sheets that go straight into a plan."""

from lifecircle.write.plan_map.atlas import draw_atlas
from lifecircle.write.plan_map.files import FORMATS, Format, write_pages, write_sheet
from lifecircle.write.plan_map.paper import Page, Paper
from lifecircle.write.plan_map.scene import THEMES, Theme
from lifecircle.write.plan_map.sheet import draw_plan_map

__all__ = [
    "FORMATS",
    "THEMES",
    "Format",
    "Page",
    "Paper",
    "Theme",
    "draw_atlas",
    "draw_plan_map",
    "write_pages",
    "write_sheet",
]
