"""Geocode the rows of a study that have an address alone, and keep every answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from lifecircle.errors import FetchError, OutputError, StudyError
from lifecircle.read.geocoded import GEOCODED, is_answered, read_geocoded
from lifecircle.read.geocoder import Question, ask_geocoder, open_geocoder
from lifecircle.read.quality import Remark, quality_table
from lifecircle.read.study_sources import study_reach, unplaced_rows
from lifecircle.study import GeocodingSettings, Study, read_study
from lifecircle.write.bundle import discard, what_to_do
from lifecircle.write.labelled import spreadsheet_safe

__all__ = ["GeocodedList", "geocode_study"]

_FILE: Final = "geocoded.csv"
_SAVED_EVERY: Final = 20  # answers: what a power cut may cost


@dataclass(frozen=True, kw_only=True, slots=True)
class GeocodedList:
    """
    What geocoding has come to.

    Attributes
    ----------
    study
        The settings.
    path
        The list of answers.
    found
        How many rows were found now.
    kept
        How many had been found before.
    refused
        The rows that were not, as `quality_table` lays them out.
    unnamed
        The sections of the study that do not name the list yet and have rows in it.
    """

    study: Study
    path: Path
    found: int
    kept: int
    refused: pd.DataFrame
    unnamed: tuple[str, ...]


def geocode_study(study_file: Path, *, out: Path | None = None) -> GeocodedList:
    """
    Ask the study's geocoder for each address that has no coordinates and no answer yet.

    Parameters
    ----------
    study_file
        The study file; its section ``[geocoding]`` names the service.
    out
        The list to write, which is gone on with if it is there; left out, the one that the study
        names, else ``geocoded.csv`` beside the study file.

    Returns
    -------
    outcome
        The list holds the answers of earlier calls as well, as they stand there.

    Raises
    ------
    StudyError
        For everything that is wrong with the settings and the tables.
    TableError
        If a list that is there cannot be used.
    FetchError
        If the service fails; what was found until then is in the list.
    OutputError
        If the list cannot be written.
    """
    study = read_study(study_file)
    settings = _settings_of(study, study_file)
    tables = (study.facilities, study.residences)
    named = [table.geocoded.resolve() for table in tables if table.geocoded is not None]
    path = (out or next(iter(named), study_file.parent / _FILE)).resolve()
    rows, before = unplaced_rows(study), _before(path)
    known = [before, *(read_geocoded(other) for other in named if other != path)]
    answered = is_answered(rows, pd.concat(known, ignore_index=True))
    question = open_geocoder(settings)
    lines: list[dict[str, object]] = []
    refused: list[Remark] = []
    try:
        for line, refusal in _asked(rows[~answered], question, study, settings):
            if refusal is not None:
                refused.append(_remark(line, refusal))
                continue
            lines.append({**line, "service": settings.geocoder})
            if len(lines) % _SAVED_EVERY == 0:
                _write_answers(before, lines, path)
    except FetchError as fault:
        kept = f"the {len(lines)} rows found so far are kept in {path}; run it again to go on."
        raise FetchError(fault.subject, [*fault.problems, *([kept] if lines else [])]) from None
    finally:
        if lines:
            _write_answers(before, lines, path)
    return GeocodedList(
        study=study,
        path=path,
        found=len(lines),
        kept=int(answered.sum()),
        refused=quality_table(refused),
        unnamed=_unnamed(study, path, rows),
    )


def _settings_of(study: Study, study_file: Path) -> GeocodingSettings:
    if study.geocoding is None:
        problem = (
            'it names no geocoder; write `[geocoding]` and below it `geocoder = "nominatim"`, or '
            "another service that geopy knows."
        )
        raise StudyError(str(study_file), [problem])
    return study.geocoding


def _asked(
    rows: pd.DataFrame, question: Question, study: Study, settings: GeocodingSettings
) -> Iterator[tuple[dict[str, object], str | None]]:
    if rows.empty:
        return
    datum = settings.answers_in
    assert datum is not None  # noqa: S101 - `open_geocoder` asks for it
    crs, reach = study_reach(study)
    yield from ask_geocoder(rows, question, datum=datum, crs=crs, reach=reach)


def _before(path: Path) -> pd.DataFrame:
    """Read what was found before, and see that the list may be written, before anyone is asked."""
    if not path.exists():
        if not path.parent.is_dir():
            raise OutputError(str(path), ["its folder is not there; make it, or name another."])
        return pd.DataFrame(columns=list(GEOCODED))
    try:
        with path.open("r+b"):
            pass
    except OSError as fault:
        raise OutputError(str(path), [what_to_do(fault)]) from fault
    return read_geocoded(path)


def _write_answers(before: pd.DataFrame, lines: Sequence[dict[str, object]], path: Path) -> None:
    new = pd.DataFrame(lines, columns=list(GEOCODED)).round({"longitude": 7, "latitude": 7})
    whole = pd.concat([table for table in (before, new) if len(table)], ignore_index=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        spreadsheet_safe(whole.astype(object)).to_csv(beside, index=False, encoding="utf-8-sig")
        beside.replace(path)
    except OSError as fault:
        raise OutputError(str(path), [what_to_do(fault)]) from fault
    finally:
        discard(beside)


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
