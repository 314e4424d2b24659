"""The series of years: what the whole area and its zones come to, year by year."""

from typing import Final

from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.report.content import Chapter, Part, Rows, Text
from lifecircle.write.report.material import Material, printed_table, zone_name

__all__ = ["year_chapters"]

_COLUMNS: Final = (
    "year", "residences", "residences_not_built", "facilities_counted",
    "households_in_residences", "requirement_m2", "supply_m2", "shortage_m2", "served_share",
    "met_share",
)  # fmt: skip
_VERDICTS: Final = (
    "year", "residences_met", "residences_short", "residences_unreachable",
    "residences_no_data", "residences_not_asked",
)  # fmt: skip
_OF_ZONES: Final = ("year", "requirement_m2", "supply_m2", "shortage_m2", "served_share",
                    "met_share")  # fmt: skip


def year_chapters(material: Material) -> list[Chapter]:
    """
    Write the chapter on the series of years, if there is one.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapters
        One or none: the whole area, and the zones of the widest level with several.
    """
    if "years" not in material.tables:
        return []
    years, language = material.tables["years"], material.language
    whole = years[years["level"] == WHOLE_AREA]
    parts: list[Part] = [
        Text(text=material.say("years_method")),
        Rows(
            caption=material.say("table_years"),
            rows=printed_table(whole, "years", _COLUMNS, language),
            note=_unsure(material),
        ),
        Rows(
            caption=material.say("table_year_verdicts"),
            rows=printed_table(whole, "years", _VERDICTS, language),
        ),
        *_zones(material),
    ]
    return [Chapter(title=material.say("years"), parts=parts)]


def _unsure(material: Material) -> str:
    years = material.tables["years"]
    counts = {
        name: int(years[name].max())
        for name in ("residences_year_unknown", "facilities_year_unknown")
    }
    return material.say("years_unsure", **counts) if any(counts.values()) else ""


def _zones(material: Material) -> list[Part]:
    years, language = material.tables["years"], material.language
    sizes = years.groupby("level")["zone_id"].nunique()
    several = [level for level in ADMIN_LEVELS if sizes.get(level, 0) > 1]
    if not several:
        return []
    rows = years[years["level"] == several[0]].sort_values(["zone_id", "year"], kind="stable")
    named = [zone_name(row["zone_id"], row["zone"], language) for row in rows.to_dict("records")]
    table = printed_table(rows, "years", _OF_ZONES, language)
    table.insert(0, material.say("zone"), named)
    return [Rows(caption=material.say("table_year_zones"), rows=table)]
