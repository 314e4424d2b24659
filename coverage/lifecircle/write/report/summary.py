"""The summary: what a mayor reads, on one page."""

import pandas as pd

from lifecircle.labels import label
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.report.content import Chapter, Part, Rows, Text
from lifecircle.write.report.lorenz import equity_sentence
from lifecircle.write.report.material import (
    Material,
    printed_count,
    printed_m2,
    printed_share,
    zone_name,
)
from lifecircle.write.walking_text import limit_metres

__all__ = ["standard_status", "summary_chapter"]

_MOST_NAMED = 3


def summary_chapter(material: Material) -> Chapter:
    """
    Write the summary.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapter
        Sentences with the numbers in, and the table of verdicts.
    """
    parts: list[Part] = [Text(text=_asked(material))]
    parts += [Text(text=text, listed=True) for text in _findings(material)]
    if material.is_internal:
        parts.append(_verdicts(material))
    return Chapter(title=material.say("summary"), parts=parts)


def standard_status(material: Material) -> str:
    """
    Say whether the standard is in force; every output does.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    text
        Such as ``现行有效``.
    """
    standard = material.assessment.standard
    horizon = "" if standard.horizon is None else str(standard.horizon)
    return label("map", f"status_{standard.status}", material.language).format(horizon=horizon)


def _asked(material: Material) -> str:
    standard, totals = material.assessment.standard, material.totals
    few = _is_withheld(material, "residences", "households_in_residences")
    return material.say(
        "asked_few" if few else "asked",
        title=getattr(standard.title, material.language),
        number=standard.number or material.say("number_unknown"),
        status=standard_status(material),
        residences=printed_count(totals["residences"]),
        households=printed_count(totals["households_in_residences"]),
    )


def _is_withheld(material: Material, *names: str) -> bool:
    """Tell whether a sentence would have blanks: the public edition does not list sums over few."""
    return not material.is_internal and bool(material.totals[[*names]].isna().any())


def _findings(material: Material) -> list[str]:
    said = [_served(material), _met(material), _lacking(material), _largest(material)]
    if material.is_internal:
        said += [
            _idle(material),
            _fully_met(material),
            equity_sentence(material),
            _robust(material),
        ]
    return [text for text in [*said, _judged(material)] if text]


def _served(material: Material) -> str:
    totals, walk = material.totals, material.assessment.study.walk
    if _is_withheld(material, "served_households", "served_share"):
        return material.say("withheld", subject=material.say("subject_served"))
    return material.say(
        "served",
        households=printed_count(totals["served_households"]),
        minutes=f"{walk.minutes:g}",
        metres=limit_metres(material.assessment.study, material.language),
        share=printed_share(totals["served_share"]),
    )


def _met(material: Material) -> str:
    totals = material.totals
    if _is_withheld(material, "residences_met", "met_households", "met_share"):
        return material.say("withheld", subject=material.say("subject_met"))
    counts = {
        name: printed_count(totals[f"residences_{name}"])
        for name in ("short", "unreachable", "no_data")
    }
    return material.say(
        "met",
        residences=printed_count(totals["residences_met"]),
        households=printed_count(totals["met_households"]),
        share=printed_share(totals["met_share"]),
        **counts,
    )


def _lacking(material: Material) -> str:
    totals = material.totals
    if _is_withheld(material, "requirement_m2", "supply_m2", "shortage_m2"):
        return material.say("withheld", subject=material.say("subject_lacking"))
    areas = {
        name: printed_m2(totals[f"{name}_m2"]) for name in ("requirement", "supply", "shortage")
    }
    return material.say("lacking", **areas)


def _idle(material: Material) -> str:
    """Say what the facilities give, what is left, and what stands off the network: all there is."""
    steps = material.assessment.reconciliation
    steps = steps[steps["input"] == "facilities"].set_index("step")
    if "allocated" not in steps.index:
        return ""
    given, idle = (float(str(steps.loc["allocated", name])) for name in ("m2", "lost_m2"))
    key = "idle" if idle > 0 else "idle_none"
    said = material.say(key, given=printed_m2(given), idle=printed_m2(idle))
    off = float(str(steps.loc["snapped", "lost_m2"])) if "snapped" in steps.index else 0.0
    return said + (material.say("idle_off", off=printed_m2(off)) if off > 0 else "")


def _largest(material: Material) -> str:
    """Name the zones that lack most, of the widest level with several of them."""
    gaps, language = material.tables["gaps"], material.language
    sizes = gaps.groupby("level").size()
    several = [level for level in ADMIN_LEVELS if sizes.get(level, 0) > 1]
    if not several:
        return ""
    listed = gaps[gaps["level"] == several[0]]
    there = material.assessment.gaps["level"].eq(several[0]).sum()
    rows = listed.head(_MOST_NAMED)
    named = [
        material.say(
            "zone_m2",
            zone=zone_name(row["zone_id"], row["zone"], language),
            m2=printed_m2(float(row["shortage_m2"])),
        )
        for row in rows.to_dict("records")
    ]
    level = label("level", several[0], language)
    key = "largest" if len(listed) == there else "largest_listed"
    return material.say(key, level=level, zones=material.say("list_and").join(named))


def _fully_met(material: Material) -> str:
    endings = {"fair": "", "best": "_best", "bound": "_bound"}
    totals = material.totals
    counts = {
        key: printed_count(totals[f"fully_met_households{ending}"])
        for key, ending in endings.items()
    }
    key = "fully_met" if counts["best"] == counts["bound"] else "fully_met_between"
    return label("summary", key, material.language).format(**counts)


def _judged(material: Material) -> str:
    counts = material.assessment.indicator_verdicts
    return material.say("judged", **{str(name): int(count) for name, count in counts.items()})


def _robust(material: Material) -> str:
    if material.robustness is None:
        return ""
    counts = material.robustness.labels["residences"]
    names = ("robustly_met", "robustly_short", "borderline", "no_data")
    runs = len(material.robustness.runs)
    return material.say("robust", runs=runs, **{name: int(counts[name]) for name in names})


def _verdicts(material: Material) -> Rows:
    language = material.language
    sums = material.assessment.verdicts.loc["rule"]
    heads = (
        label("summary", "verdict", language),
        label("columns.results", "residences", language),
        label("columns.reconciliation", "households", language),
        label("columns.results", "shortage_m2", language),
    )
    rows = [
        (
            label("verdict", str(verdict), language),
            printed_count(row["residences"]),
            printed_count(row["households"]),
            printed_m2(float("nan") if verdict == "no_data" else row["shortage_m2"]),
        )
        for verdict, row in sums[sums["residences"] > 0].iterrows()
    ]
    table = pd.DataFrame(rows, columns=list(heads))
    return Rows(caption=material.say("table_verdicts"), rows=table)
