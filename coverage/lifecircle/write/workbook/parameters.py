"""The sheet of settings, readings, and one residence worked out so that a reader can follow."""

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from lifecircle.labels import Language, label
from lifecircle.write.walking_text import walking_notes
from lifecircle.write.workbook.layout import Writer

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from lifecircle.assessment import Assessment

__all__ = ["Worked", "add_parameters", "method_settings", "worked_residence"]

_COLUMNS: Final = 4
_FIRST_ROW: Final = 2


class Worked(NamedTuple):
    """
    A residence whose verdict can be followed with a pencil.

    Attributes
    ----------
    name
        The residence.
    households, rate
        How many, and m² per 100 of them.
    requirement_m2, shortage_m2
        As assessed.
    parts
        What it is given: the giver's name, minutes on foot (None for what is reserved for it),
        and m².
    """

    name: str
    households: float
    rate: float
    requirement_m2: float
    shortage_m2: float
    parts: tuple[tuple[str, float | None, float], ...]


def worked_residence(assessment: "Assessment") -> Worked | None:
    """
    Choose the residence that is worked out: short if one is, given something if one is.

    Parameters
    ----------
    assessment
        What was found.

    Returns
    -------
    worked
        Of the residences with the circle ledger the one that is short, has the fewest facilities
        that give it something, and the lowest id; None if none is given anything.
    """
    rows = assessment.residences
    rates = {rule.id: rule.limit for rule in assessment.standard.rules}
    given = assessment.links[assessment.links["allocated_m2"] > 0]
    counts = given.groupby("residence_id").size()
    fit = rows[
        rows["ledger"].eq("circle") & rows.index.isin(counts.index) & rows["households"].notna()
    ]
    if fit.empty:
        return None
    order = fit.assign(short=fit["verdict"] != "short", givers=counts.reindex(fit.index))
    key = order.rename_axis("key").sort_values(["short", "givers", "key"], kind="stable").index[0]
    row = rows.loc[key]
    return Worked(
        name=str(row["name"] or key),
        households=float(row["households"]),
        rate=float(rates[row["rule_id"]] or 0),
        requirement_m2=float(row["requirement_m2"]),
        shortage_m2=float(row["circle_shortage_m2"]),
        parts=_parts(assessment, str(key), given[given["residence_id"] == key]),
    )


def _parts(
    assessment: "Assessment", key: str, links: pd.DataFrame
) -> tuple[tuple[str, float | None, float], ...]:
    names = assessment.facilities["name"].reindex(links["facility_id"])
    parts: list[tuple[str, float | None, float]] = [
        (str(name or facility), float(minutes), float(m2))
        for facility, name, minutes, m2 in zip(
            links["facility_id"], names, links["minutes"], links["allocated_m2"], strict=True
        )
    ]
    reserved = float(assessment.residences["reserved_m2"][key])
    if reserved > 0:
        own = label("worked", "reserved", assessment.study.language)
        parts.append((own, None, reserved))
    return tuple(parts)


def add_parameters(
    writer: Writer, assessment: "Assessment", language: Language, *, worked: Worked | None
) -> None:
    """
    Add the sheet.

    Parameters
    ----------
    writer
        Of the workbook.
    assessment
        What was found.
    language
        Of every word.
    worked
        The residence that is worked out; None to leave it out.
    """
    name = label("workbook", "parameters", language)
    page = writer.begin(name, name, columns=_COLUMNS)
    page.set_column(0, 0, 34)
    page.set_column(1, 3, 22)
    row = _FIRST_ROW
    for key, value in method_settings(assessment, language):
        page.write_string(row, 0, label("parameter_sheet", key, language), writer.look())
        if isinstance(value, float):
            page.write_number(row, 1, value, writer.look(align="left"))
        else:
            page.write_string(row, 1, value, writer.look())
        row += 1
    for key in ("formula_requirement", "formula_circle", "formula_own", "formula_short"):
        row += 1
        page.write_string(row, 0, label("parameter_sheet", key, language), writer.look())
    if worked is not None:
        _work_out(writer, page, row + 2, worked, language)


def method_settings(assessment: "Assessment", language: Language) -> list[tuple[str, str | float]]:
    """
    List the settings that the numbers hang on.

    Parameters
    ----------
    assessment
        What was found.
    language
        Of the words.

    Returns
    -------
    settings
        Key in the labels' section ``parameter_sheet``, and value.
    """
    study, standard = assessment.study, assessment.standard
    walk = study.walk
    horizon = "" if standard.horizon is None else str(standard.horizon)
    status = label("map", f"status_{standard.status}", language).format(horizon=horizon)
    as_of = [] if study.as_of is None else [("as_of", str(study.as_of))]
    return [
        *as_of,
        ("standard", standard.title.zh if language == "zh" else standard.title.en),
        ("number", standard.number or label("standard.page", "unknown", language)),
        ("status", status),
        ("ledger", label("parameter_sheet", f"ledger_{study.ledger}", language)),
        ("speed_m_s", walk.speed_m_s),
        ("limit_level_m" if study.is_timed else "limit_m", walk.limit_mm / 1000),
        ("snap_limit_m", walk.snap_limit_m),
        *(("walkers", note) for note in walking_notes(study, language)),
        ("tolerance", f"{study.tolerance_share:.1%}"),
        ("crs", assessment.crs.to_string()),
        ("sources", "；".join(study.attribution)),
    ]


def _work_out(
    writer: Writer, page: "Worksheet", row: int, worked: Worked, language: Language
) -> None:
    """Write the steps with live formulas, and beside each what it comes to."""
    bold, number = writer.look(bold=True), writer.look(num_format="#,##0.00", align="left")

    def line(key: str, value: float | None = None, formula: str | None = None) -> int:
        nonlocal row
        page.write_string(row, 0, label("worked", key, language), writer.look())
        if formula is not None:
            page.write_formula(row, 1, formula, number, value)
        elif value is not None:
            page.write_number(row, 1, value, number)
        row += 1
        return row

    title = label("worked", "title", language).format(name=worked.name)
    page.write_string(row, 0, title, bold)
    row += 1
    households = line("households", worked.households)
    rate = line("rate", worked.rate)
    asked = f"=ROUNDUP(ROUND(B{households}*B{rate}/100,6),2)"
    requirement = line("requirement", worked.requirement_m2, asked)
    first = row + 1
    for giver, minutes, m2 in worked.parts:
        page.write_string(row, 0, giver, writer.look(indent=1))
        page.write_number(row, 1, m2, number)
        if minutes is not None:
            walk = label("worked", "minutes", language).format(minutes=f"{minutes:.1f}")
            page.write_string(row, 2, walk, writer.look())
        row += 1
    given = sum(m2 for _, _, m2 in worked.parts)
    total = line("given", round(given, 2), f"=SUM(B{first}:B{row})")
    line("shortage", worked.shortage_m2, f"=ROUND(B{requirement}-B{total},2)")
