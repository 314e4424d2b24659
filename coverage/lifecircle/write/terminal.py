"""What the terminal shows at the end of a run."""

from typing import TYPE_CHECKING, Final

import pandas as pd
from rich.markup import escape
from rich.table import Table

from lifecircle.labels import Language, label, words
from lifecircle.read.quality import found_in
from lifecircle.supply.people import PEOPLE_OF_ZONES
from lifecircle.write.cluster_text import with_sentences
from lifecircle.write.indicators import indicator_tables
from lifecircle.write.left_out_text import left_out_rows
from lifecircle.write.robustness_text import robustness_tables
from lifecircle.write.years_text import as_of_mark, year_tables

if TYPE_CHECKING:
    from rich.console import JustifyMethod

    from lifecircle.assessment import Assessment
    from lifecircle.whatif.robustness import Robustness

__all__ = ["summary_tables"]

_REMARKED: Final = ("error", "warning", "lost")
_MOST_CLUSTERS: Final = 5


def summary_tables(assessment: "Assessment", robustness: "Robustness | None" = None) -> list[Table]:
    """
    Lay out the totals, what stands behind them, the zones, indicators and reconciliation.

    Parameters
    ----------
    assessment
        What was found.
    robustness
        Which verdicts hold under doubt, if that was asked.

    Returns
    -------
    tables
        To be printed one after the other.
    """
    language = assessment.study.language
    tables = [
        _verdicts(assessment, language),
        _totals(assessment, language),
        _fully_met(assessment, language),
    ]
    reasons = _reasons(assessment, language)
    if reasons.row_count:
        tables.append(reasons)
    if robustness is not None:
        tables += robustness_tables(robustness, language)
    if len(assessment.clusters):
        tables.append(_clusters(assessment, language))
    if len(assessment.zones):
        tables.append(_zones(assessment, language))
    tables += year_tables(assessment.years, language)
    tables += indicator_tables(assessment, language)
    if assessment.quality["severity"].isin(_REMARKED).any():
        tables.append(_remarks(assessment, language))
    return [*tables, _reconciliation(assessment, language)]


def _verdicts(assessment: "Assessment", language: Language) -> Table:
    standard = assessment.standard
    title = escape(assessment.study.title)  # brackets in a name are no markup
    if assessment.study.made:
        title += f" ({label('map', 'made', language)})"
    title += "".join(f"  {mark}" for mark in as_of_mark(assessment.study, language))
    title += f"  {label('edition', 'internal', language)}"  # it tells of single residences
    horizon = "" if standard.horizon is None else str(standard.horizon)
    status = label("map", f"status_{standard.status}", language).format(horizon=horizon)
    named = standard.title.zh if language == "zh" else standard.title.en
    table = Table(title=f"{title}\n{named}  {status}", title_style="bold")
    table.add_column(label("summary", "verdict", language))
    table.add_column(label("columns.results", "residences", language), justify="right")
    table.add_column(label("map", "households", language), justify="right")
    table.add_column(label("columns.results", "shortage_m2", language), justify="right")
    priority = assessment.residences["priority"]
    if priority.max() > priority.min():
        table.caption = label("summary", "weighted", language)
    sums = assessment.verdicts.loc["rule"]
    for verdict, row in sums[sums["residences"] > 0].iterrows():
        table.add_row(
            label("verdict", str(verdict), language),
            f"{row['residences']:,.0f}",
            f"{row['households']:,.0f}",
            f"{row['shortage_m2']:,.2f}",
        )
    return table


def _totals(assessment: "Assessment", language: Language) -> Table:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("served_share", "met_share"):
        table.add_row(label("columns.results", name, language), _percent(assessment.totals[name]))
    for name in ("requirement_m2", "supply_m2", "allocated_m2", "shortage_m2"):
        table.add_row(label("columns.results", name, language), f"{assessment.totals[name]:,.2f}")
    if assessment.population is not None:
        for name in PEOPLE_OF_ZONES:
            people = f"{assessment.totals[name]:,.0f}"
            table.add_row(label("columns.results", name, language), people)
    return table


def _fully_met(assessment: "Assessment", language: Language) -> Table:
    """Say in a sentence how many households are met in full, and how many could be at best."""
    names = {"fair": "", "best": "_best", "bound": "_bound"}
    totals = assessment.totals
    counts = {
        key: f"{totals[f'fully_met_households{ending}']:,.0f}" for key, ending in names.items()
    }
    key = "fully_met" if counts["best"] == counts["bound"] else "fully_met_between"
    table = Table(show_header=False, box=None)
    table.add_row(label("summary", key, language).format(**counts))
    return table


def _reasons(assessment: "Assessment", language: Language) -> Table:
    """Say why facilities count for nothing, and why residences have no verdict."""
    table = Table(title=label("summary", "reasons", language))
    table.add_column("")
    table.add_column(label("summary", "reason", language))
    table.add_column("", justify="right")
    for row in left_out_rows(assessment.left_out, language):
        table.add_row(*row)
    return table


def _clusters(assessment: "Assessment", language: Language) -> Table:
    """Say of the largest outermost clusters what they need, have and lack."""
    table = Table(title=label("clusters", "heading", language), show_header=False)
    outermost = assessment.clusters[assessment.clusters["outermost"]]
    said = with_sentences(outermost.head(_MOST_CLUSTERS), language)
    for cluster_id, row in said.iterrows():
        table.add_row(str(cluster_id), row["sentence"] + row["remedy_sentence"])
    return table


def _zones(assessment: "Assessment", language: Language) -> Table:
    """List the zones of the widest level that has more than one."""
    zones = assessment.zones
    sizes = zones.groupby("level").size()
    several = [level for level in words("level") if sizes.get(level, 0) > 1]
    level = several[0] if several else zones["level"].iloc[0]
    table = Table(title=label("level", level, language))
    table.add_column("")
    columns = ("residences", "served_share", "met_share", "requirement_m2", "shortage_m2")
    for name in columns:
        table.add_column(label("terminal", name, language), justify="right", overflow="fold")
    for zone_id, row in zones[zones["level"] == level].iterrows():
        numbers = [
            _percent(row[column]) if column.endswith("share") else f"{row[column]:,.0f}"
            for column in columns
        ]
        table.add_row(escape(str(row["name"] or zone_id)), *numbers)
    return table


def _remarks(assessment: "Assessment", language: Language) -> Table:
    """Say how often something was remarked, by reason, each with its first case."""
    counts = assessment.remarks.drop_duplicates(["severity", "reason"])
    in_all = counts.set_index(["severity", "reason"])["in_all"]
    quality = assessment.quality[assessment.quality["severity"].isin(_REMARKED)]
    quality = quality.assign(found=found_in(quality, language))
    table = Table(title=label("summary", "remarks", language))
    table.add_column(label("summary", "reason", language))
    table.add_column(label("summary", "count", language), justify="right")
    table.add_column(label("summary", "first", language), overflow="fold")
    for _, rows in quality.groupby(["severity", "reason"], sort=False):
        first = rows.iloc[0]
        severity, reason = str(first["severity"]), str(first["reason"])
        place = "" if pd.isna(first["row"]) else f":{first['row']}"
        told = f"{label('severity', severity, language)}: {label('reasons', reason, language)}"
        table.add_row(
            told,
            f"{in_all[severity, reason]:,}",
            escape(f"{first['input']}{place} {first['found']}"),
        )
    return table


def _reconciliation(assessment: "Assessment", language: Language) -> Table:
    table = Table(title=label("summary", "reconciliation", language))
    columns = [
        "input",
        "step",
        "rows",
        "households",
        "m2",
        "lost_rows",
        "lost_households",
        "lost_m2",
        *(name for name in ("people", "lost_people") if name in assessment.reconciliation),
    ]
    for name in columns:
        heading = label("terminal", name, language)
        justify: JustifyMethod = "left" if name in {"input", "step"} else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for _, row in assessment.reconciliation.iterrows():
        words_of_row = [
            label("input", row["input"], language),
            label("step", row["step"], language),
        ]
        table.add_row(*words_of_row, *(_amount(row[name]) for name in columns[2:]))
    return table


def _percent(share: float) -> str:
    return "–" if pd.isna(share) else f"{share:.1%}"


def _amount(value: float) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
