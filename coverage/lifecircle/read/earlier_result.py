"""Last year's result folder, for the comparison year on year (同比)."""

import json
from pathlib import Path
from typing import Final

import pandas as pd

from lifecircle.errors import StudyError
from lifecircle.read.quality import Remark
from lifecircle.standards.model import Standard
from lifecircle.standards.year_on_year import EarlierResult, differences
from lifecircle.study import Study

__all__ = ["earlier_doubts", "read_earlier_result"]

_MANIFEST: Final = "manifest.json"
_TABLES: Final = {
    "indicators": {"standard_id", "rule_id", "value", "unit"},
    "zone_indicators": {"standard_id", "rule_id", "level", "zone_id"},
}
# What changes values without a change in the town.
_SETTINGS: Final = ("walk", "ledger", "tolerance_share", "new_area_m2_per_100_households")

_ONLY_SHOWN: Final = {"rings", "off_street_m", "straight_radius_m"}


def read_earlier_result(folder: Path, *, title: str) -> EarlierResult:
    """
    Read the indicators of an earlier result of the same study.

    Parameters
    ----------
    folder
        A result folder.
    title
        The study's title, which the folder must bear.

    Returns
    -------
    earlier
        Its indicators, and the standards and settings that they went by.

    Raises
    ------
    StudyError
        If the folder holds no whole result, or one of another study.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        settings = dict(manifest["settings"])
        documents = [manifest["standard"], *manifest["also"]]
        standards = {str(one["id"]): one for one in documents}
    except OSError:
        problem = f"the folder is no result (no {_MANIFEST}); name one that `lifecircle run` wrote."
        raise StudyError(_named(folder), [problem]) from None
    except (ValueError, KeyError, TypeError):
        problem = f"{_MANIFEST} is not the manifest of a run; name a folder that one wrote."
        raise StudyError(_named(folder), [problem]) from None
    if settings.get("title") != title:
        problem = (
            f"this is the result of another study, {settings.get('title')!r}; a comparison year on "
            f"year needs one of {title!r}."
        )
        raise StudyError(_named(folder), [problem])
    return EarlierResult(
        folder=folder.name,
        standards=standards,
        settings={name: settings.get(name) for name in _SETTINGS},
        **_read_tables(folder),
    )


def earlier_doubts(
    earlier: EarlierResult, study: Study, standards: tuple[Standard, ...]
) -> list[Remark]:
    """
    Remark on everything that an earlier result went by and that holds no more.

    Parameters
    ----------
    earlier
        The earlier result.
    study
        The settings of now.
    standards
        The documents of now.

    Returns
    -------
    remarks
        Warnings with the code ``last_year_differs``.
    """
    settings = study.model_dump(mode="json", include=set(_SETTINGS), exclude={"walk": _ONLY_SHOWN})
    return [
        Remark(input=earlier.folder, reason="last_year_differs", found=text)
        for text in differences(earlier, standards=standards, settings=settings)
    ]


def _read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    problems, tables = [], {}
    for name, columns in _TABLES.items():
        path = folder / "tables" / f"{name}.parquet"
        try:
            tables[name] = pd.read_parquet(path)
        except (OSError, ValueError):
            problems.append(f"tables/{path.name} is missing or cannot be read; run that year anew.")
            continue
        lacking = sorted(columns - set(tables[name]))
        if lacking:
            listed = ", ".join(repr(column) for column in lacking)
            problems.append(f"tables/{path.name} lacks the columns {listed}; run that year anew.")
    if problems:
        raise StudyError(_named(folder), problems)
    return tables


def _named(folder: Path) -> str:
    return f"last_year = {folder.name!r}"
