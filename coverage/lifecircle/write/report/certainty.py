"""How good the data are, and how far the findings hold."""

import pandas as pd

from lifecircle.labels import Language, label, words
from lifecircle.supply.gaps import WHOLE_AREA
from lifecircle.tables import ADMIN_LEVELS
from lifecircle.write.left_out_text import left_out_rows
from lifecircle.write.report.content import Chapter, Part, Rows, Section, Text
from lifecircle.write.report.lorenz import equity_parts
from lifecircle.write.report.material import (
    Material,
    printed_count,
    printed_share,
    printed_table,
    zone_name,
)

__all__ = ["quality_chapter"]

_STEPS = ("input", "step", "rows", "households", "m2", "lost_rows", "lost_households", "lost_m2")
_PEOPLE_STEPS = ("input", "step", "people", "lost_people")
_PEOPLE = (
    "zone", "people_in_residences", "people_raster", "people_unassigned", "served_in_residences",
    "served_raster", "difference", "from_unassigned", "from_ground", "from_given",
)  # fmt: skip
_SAID = {
    "raster": "people_raster", "unassigned": "people_unassigned",
    "served": "served_in_residences", "served_raster": "served_raster",
    "difference": "difference", "from_unassigned": "from_unassigned",
    "from_ground": "from_ground", "from_given": "from_given",
}  # fmt: skip
_TORNADO = (
    "assumption", "low", "high", "met_households_low", "met_households_own",
    "met_households_high", "range_households", "turned_residences",
)  # fmt: skip


def quality_chapter(material: Material) -> Chapter:
    """
    Write the chapter on data and robustness.

    Parameters
    ----------
    material
        What the report is made of.

    Returns
    -------
    chapter
        What came through each step, what was found and left out, how equally residences are
        served, and which verdicts hold.
    """
    table = material.tables["reconciliation"]
    steps = printed_table(table[table["rows"].notna()], "reconciliation", _STEPS, material.language)
    parts: list[Part] = [
        Section(title=material.say("input_data")),
        Rows(caption=material.say("table_reconciliation"), rows=steps),
    ]
    if material.is_internal:
        parts += [*_reasons(material), *_findings(material), *_people(material)]
        parts += [*_border(material), *_equity(material), *_robustness(material)]
    return Chapter(title=material.say("quality"), parts=parts)


def _border(material: Material) -> list[Part]:
    """Say of each input that ends at the border how many verdicts hang on that."""
    border = material.assessment.border
    ended = border[border["ends"].astype(bool)]
    if ended.empty:
        return []
    said = [
        material.say(
            f"{name}_end",
            beyond=printed_share(row["beyond_share"]),
            **{key: printed_count(row[f"{key}_households"]) for key in ("near", "bound")},
            **{f"{key}_share": printed_share(row[f"{key}_share"]) for key in ("near", "bound")},
        )
        for name, row in ended.iterrows()
    ]
    length = f"{ended['rim_m'].iloc[0] / 1000:,.1f}"
    metres = f"{ended['border_m'].iloc[0]:,.0f}"
    return [
        Section(title=material.say("border")),
        Text(text=material.say("border_method", km=length, metres=metres)),
        *(Text(text=text, listed=True) for text in said),
    ]


def _people(material: Material) -> list[Part]:
    """Tell of people by residences and by the raster, of the zones of the widest level."""
    if "population" not in material.tables:
        return []
    table, language = material.tables["population"], material.language
    everybody = table[table["group"] == "population"]
    whole = everybody[everybody["level"] == WHOLE_AREA].iloc[0]
    said = {key: printed_count(float(whole[name])) for key, name in _SAID.items()}
    share = printed_share(whole["unassigned_share"])
    sentence = material.say("people", share=share, **said)
    steps = material.tables["reconciliation"]
    steps = printed_table(steps[steps["people"].notna()], "reconciliation", _PEOPLE_STEPS, language)
    rows = printed_table(_widest(everybody, language), "population", _PEOPLE, language)
    return [
        Section(title=material.say("people_title")),
        Text(text=sentence),
        Rows(caption=material.say("table_people_steps"), rows=steps),
        Rows(caption=material.say("table_people"), rows=rows),
    ]


def _widest(people: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Keep the zones of the widest level that has several, and the whole area."""
    sizes = people.groupby("level").size()
    several = [level for level in ADMIN_LEVELS if sizes.get(level, 0) > 1][:1]
    kept = people[people["level"].isin([*several, WHOLE_AREA])]
    names = [zone_name(row["zone_id"], row["zone"], language) for row in kept.to_dict("records")]
    return kept.assign(zone=names)


def _reasons(material: Material) -> list[Part]:
    left_out = _left_out(material)
    if left_out.empty:
        return []
    return [Rows(caption=material.say("table_reasons"), rows=left_out)]


def _findings(material: Material) -> list[Part]:
    if material.tables["quality"].empty:
        return []
    return [
        Section(title=material.say("findings")),
        Rows(caption=material.say("table_quality"), rows=_remarks(material)),
    ]


def _left_out(material: Material) -> pd.DataFrame:
    language = material.language
    rows = left_out_rows(material.assessment.left_out, language)
    columns = [material.say("what"), label("summary", "reason", language), material.say("all")]
    return pd.DataFrame(rows, columns=columns)


def _remarks(material: Material) -> pd.DataFrame:
    """Say how often something was met in the inputs, by reason."""
    language = material.language
    rows = [
        (
            label("severity", row["severity"], language),
            label("reasons", row["reason"], language),
            row["input"],
            printed_count(row["remarks"]),
        )
        for row in material.assessment.remarks.to_dict("records")
    ]
    columns = [
        label("columns.results", "severity", language),
        label("summary", "reason", language),
        material.say("file"),
        label("summary", "count", language),
    ]
    return pd.DataFrame(rows, columns=columns)


def _equity(material: Material) -> list[Part]:
    parts = equity_parts(material)
    return [Section(title=material.say("equality")), *parts] if parts else []


def _robustness(material: Material) -> list[Part]:
    robustness, language = material.robustness, material.language
    if robustness is None:
        return []
    about = label("robustness", "heading", language).format(
        runs=len(robustness.runs), least=robustness.least_runs
    )
    sums = robustness.labels
    heads = (
        label("robustness", "label", language),
        label("columns.results", "residences", language),
        label("columns.reconciliation", "households", language),
    )
    rows = [
        (label("robust_label", str(name), language), *map(printed_count, row))
        for name, row in sums[sums["residences"] > 0].iterrows()
    ]
    known = words("assumption_value")
    tornado = robustness.tornado.assign(
        **{
            end: [known.get(str(one), {}).get(language, one) for one in robustness.tornado[end]]
            for end in ("low", "high")
        }
    )
    return [
        Section(title=material.say("robustness")),
        Text(text=about),
        Rows(caption=material.say("table_labels"), rows=pd.DataFrame(rows, columns=list(heads))),
        Rows(
            caption=material.say("table_tornado"),
            rows=printed_table(tornado, "robustness_tornado", _TORNADO, language),
        ),
    ]
