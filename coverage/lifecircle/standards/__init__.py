"""Policy documents as data, and the measures that their rules name."""

from lifecircle.standards.evidence import Evidence, gathered
from lifecircle.standards.indicators import indicator_table, zone_indicator_table
from lifecircle.standards.model import Rule, Standard
from lifecircle.standards.profile import read_standard, shipped_standards

__all__ = [
    "Evidence",
    "Rule",
    "Standard",
    "gathered",
    "indicator_table",
    "read_standard",
    "shipped_standards",
    "zone_indicator_table",
]
