"""Policy documents as data, and the measures that their rules name."""

from lifecircle.standards.measures import indicator_table
from lifecircle.standards.model import Rule, Standard
from lifecircle.standards.profile import read_standard, shipped_standards

__all__ = ["Rule", "Standard", "indicator_table", "read_standard", "shipped_standards"]
