"""The quality table: what a reader met, row by row, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

import pandas as pd

from lifecircle.labels import Language, words
from lifecircle.messages import in_language

__all__ = [
    "QUALITY_COLUMNS",
    "Remark",
    "Severity",
    "found_in",
    "quality_table",
    "reasons",
    "remark_counts",
]

Severity = Literal["error", "warning", "lost", "note"]

QUALITY_COLUMNS: Final = (
    "input",
    "sheet",
    "row",
    "field",
    "reason",
    "found",
    "remedy",
    "severity",
)
# What `found` says under these is said by us; under the others it is what stood in the file.
_SAID: Final = (
    *("datum_doubtful", "datum_undecided", "must_be_mended", "loss_limit", "id_made"),
    *("coordinates_in_one_cell", "geometry_type", "status_assumed", "status_from_year"),
    *("streets_end_at_border", "facilities_end_at_border", "residences_end_at_border"),
    *("status_same_year", "kind_from_name", "kind_from_tags"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """
    One thing that a reader met.

    Attributes
    ----------
    input
        The file's name.
    sheet
        The sheet or layer, if the file has such.
    row
        The row as Excel counts it, or the feature's place in its layer, from 1; None if it is not
        about a row.
    field
        The column, as the file calls it.
    reason
        A code of `reasons`.
    found
        What stood there.
    severity
        ``error``; ``warning``; ``lost`` (the row cannot be used); ``note``.
    """

    input: str
    sheet: str | None = None
    row: int | None = None
    field: str | None = None
    reason: str
    found: str = ""
    severity: Severity = "warning"


def reasons() -> dict[str, dict[str, str]]:
    """
    Return the reason codes of the quality table.

    Returns
    -------
    reasons
        For each code its text (``zh``, ``en``) and what to do (``remedy_zh``, ``remedy_en``). The
        codes are stable.

    Examples
    --------
    >>> reasons()["range"]["en"]
    'a range, not a number'
    """
    return words("reasons")


def found_in(quality: pd.DataFrame, language: Language) -> pd.Series:
    """
    Return what was found, in one language.

    Parameters
    ----------
    quality
        As `quality_table` gives it.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    found
        The column ``found``. What stood in the file is left as it stood there.

    Examples
    --------
    >>> remark = Remark(input="a.csv", reason="id_made", found="3 rows")
    >>> found_in(quality_table([remark]), "zh").tolist()
    ['3 行']
    """
    said = quality["reason"].isin(_SAID)
    texts = quality["found"].where(said, None)
    ours = texts.map(lambda text: in_language(text, language), na_action="ignore")
    return ours.where(said, quality["found"])


def quality_table(remarks: Iterable[Remark]) -> pd.DataFrame:
    """
    Make the quality table.

    Parameters
    ----------
    remarks
        What was met, in any number of readers.

    Returns
    -------
    quality
        One row a remark, in their order, with the columns ``input``, ``sheet``, ``row``,
        ``field``, ``reason``, ``found``, ``remedy`` (in English) and ``severity``.

    Examples
    --------
    >>> remark = Remark(input="a.csv", row=3, field="面积", reason="range", found="300-500")
    >>> quality_table([remark]).loc[0, ["input", "remedy", "severity"]].to_list()
    ['a.csv', 'write one number', 'warning']
    """
    known = reasons()
    rows = [{**asdict(remark), "remedy": known[remark.reason]["remedy_en"]} for remark in remarks]
    table = pd.DataFrame(rows, columns=list(QUALITY_COLUMNS), dtype=object)
    return table.astype({"row": "Int64"})


def remark_counts(quality: pd.DataFrame) -> pd.DataFrame:
    """
    Count what was met.

    Parameters
    ----------
    quality
        As `quality_table` gives it.

    Returns
    -------
    counts
        One row for each ``severity``, ``reason`` and ``input``, in their order, with ``remarks``,
        and ``in_all``: those of the same severity and reason in all inputs.

    Examples
    --------
    >>> remarks = [Remark(input=name, reason="range") for name in ("a.csv", "b.csv", "b.csv")]
    >>> remark_counts(quality_table(remarks))[["input", "remarks", "in_all"]]
       input  remarks  in_all
    0  a.csv        1       3
    1  b.csv        2       3
    """
    keys = ["severity", "reason", "input"]
    counts = quality.groupby(keys).size().reset_index(name="remarks")
    return counts.assign(in_all=counts.groupby(keys[:2])["remarks"].transform("sum"))
