"""Geocode the rows of a study that have an address alone: what is to be asked, and the asking."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from lifecircle.errors import FetchError, StudyError
from lifecircle.read.geocoded import GEOCODED, is_answered, read_geocoded
from lifecircle.read.geocoder import Question, ask_geocoder, open_geocoder
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_sources import study_reach, unplaced_rows
from lifecircle.study import GeocodingSettings, Study, read_study

__all__ = ["Geocoded", "GeocodingTask", "ask_addresses", "read_geocoding_task"]

_FILE: Final = "geocoded.csv"
_SAVED_EVERY: Final = 20  # answers: what a power cut may cost


@dataclass(frozen=True, kw_only=True, slots=True)
class GeocodingTask:
    """
    What there is to be geocoded.

    Attributes
    ----------
    study
        The settings.
    geocoding
        Those of the service.
    path
        The list of answers: where those before stand, and new ones go.
    before
        What the list holds, as `lifecircle.read.geocoded.read_geocoded` reads it.
    rows
        The rows without coordinates and without an answer in any list that the study names.
    kept
        How many have an answer.
    unnamed
        The sections of the study that do not name the list yet and have rows in it.
    """

    study: Study
    geocoding: GeocodingSettings
    path: Path
    before: pd.DataFrame
    rows: pd.DataFrame
    kept: int
    unnamed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Geocoded:
    """
    What the service said.

    Attributes
    ----------
    found
        How many rows were found.
    refused
        The rows that were not, as `quality_table` lays them out.
    """

    found: int
    refused: pd.DataFrame


def read_geocoding_task(study_file: Path, *, out: Path | None = None) -> GeocodingTask:
    """
    Read which addresses of a study have no coordinates and no answer yet.

    Parameters
    ----------
    study_file
        The study file; its section ``[geocoding]`` names the service.
    out
        The list of answers, which is gone on with if it is there; left out, the one that the study
        names, else ``geocoded.csv`` beside the study file.

    Returns
    -------
    task
        What to ask, and what was answered before.

    Raises
    ------
    StudyError
        For everything that is wrong with the settings and the tables.
    TableError
        If a list that is there cannot be used.
    """
    study = read_study(study_file)
    settings = _settings_of(study, study_file)
    tables = (study.facilities, study.residences)
    named = [table.geocoded.resolve() for table in tables if table.geocoded is not None]
    path = (out or next(iter(named), study_file.parent / _FILE)).resolve()
    rows = unplaced_rows(study)
    before = read_geocoded(path) if path.exists() else pd.DataFrame(columns=list(GEOCODED))
    known = [before, *(read_geocoded(other) for other in named if other != path)]
    answered = is_answered(rows, pd.concat(known, ignore_index=True))
    return GeocodingTask(
        study=study,
        geocoding=settings,
        path=path,
        before=before,
        rows=rows[~answered],
        kept=int(answered.sum()),
        unnamed=_unnamed(study, path, rows),
    )


def ask_addresses(task: GeocodingTask, *, save: Callable[[pd.DataFrame], None]) -> Geocoded:
    """
    Ask the study's geocoder for each address that is left.

    Parameters
    ----------
    task
        As `read_geocoding_task` gives it.
    save
        Keeps the whole list, that is the answers before and the new ones; called every few
        answers and at last, whatever happens.

    Returns
    -------
    geocoded
        What was found and what was not.

    Raises
    ------
    StudyError
        For what is wrong with the service's settings.
    FetchError
        If the service fails; what was found until then is saved.
    """
    question = open_geocoder(task.geocoding)
    lines: list[dict[str, object]] = []
    refused: list[Remark] = []
    try:
        for line, refusal in _asked(task, question):
            if refusal is not None:
                refused.append(_remark(line, refusal))
                continue
            lines.append({**line, "service": task.geocoding.geocoder})
            if len(lines) % _SAVED_EVERY == 0:
                save(_whole(task.before, lines))
    except FetchError as fault:
        kept = f"the {len(lines)} rows found so far are kept in {task.path}; run it again to go on."
        raise FetchError(fault.subject, [*fault.problems, *([kept] if lines else [])]) from None
    finally:
        if lines:
            save(_whole(task.before, lines))
    return Geocoded(found=len(lines), refused=quality_table(refused))


def _settings_of(study: Study, study_file: Path) -> GeocodingSettings:
    if study.geocoding is None:
        problem = (
            'it names no geocoder; write `[geocoding]` and below it `geocoder = "nominatim"`, or '
            "another service that geopy knows."
        )
        raise StudyError(str(study_file), [problem])
    return study.geocoding


def _asked(
    task: GeocodingTask, question: Question
) -> Iterator[tuple[dict[str, object], str | None]]:
    if task.rows.empty:
        return
    datum = task.geocoding.answers_in
    assert datum is not None  # noqa: S101 - `open_geocoder` asks for it
    crs, reach = study_reach(task.study)
    yield from ask_geocoder(task.rows, question, datum=datum, crs=crs, reach=reach)


def _whole(before: pd.DataFrame, lines: Sequence[dict[str, object]]) -> pd.DataFrame:
    new = pd.DataFrame(lines, columns=list(GEOCODED)).round({"longitude": 7, "latitude": 7})
    return pd.concat([table for table in (before, new) if len(table)], ignore_index=True)


def _remark(line: dict[str, object], reason: str) -> Remark:
    matched = line.get("matched")
    where = "" if matched is None else f" -> {matched} ({line['longitude']}, {line['latitude']})"
    return Remark(
        input=str(line["input"]),
        sheet=str(line["sheet"]) or None,
        row=int(str(line["row"])),
        reason=reason,
        found=f"{line['name']} {line['address']}{where}".strip(),
        severity="warning",
    )


def _unnamed(study: Study, path: Path, rows: pd.DataFrame) -> tuple[str, ...]:
    sections = {"facilities": study.facilities, "residences": study.residences}
    return tuple(
        name
        for name, settings in sections.items()
        if rows["input"].eq(settings.file.name).any()
        and (settings.geocoded is None or settings.geocoded.resolve() != path)
    )
