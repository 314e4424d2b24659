"""A new study folder: the study file, explained, beside the files that it names."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

import shapely

from lifecircle.errors import LifeCircleError, OutputError, StudyError
from lifecircle.labels import Language, label
from lifecircle.read.osm_file import open_osm
from lifecircle.read.study_sources import is_osm
from lifecircle.read.vectors import read_features
from lifecircle.standards.profile import read_standard, shipped_standards
from lifecircle.study import HouseholdRule, WalkSettings
from lifecircle.write.bundle import what_to_do
from lifecircle.write.templates import write_statistics_template, write_table_template

__all__ = ["STUDY_FILE", "write_new_study"]

STUDY_FILE: Final = "study.toml"

# What a study without files is to be filled with.
_TO_FILL: Final = {
    "streets": "streets.osm.pbf",
    "facilities": "facilities.xlsx",
    "residences": "residences.xlsx",
    "area": "boundary.geojson",
}
_GATES: Final = "gates.xlsx"
_STATISTICS: Final = "statistics.xlsx"


def write_new_study(
    folder: Path,
    *,
    osm: Path | None = None,
    boundary: Path | None = None,
    title: str | None = None,
    standard: str = "walk-20",
    language: Language = "zh",
) -> Path:
    """
    Make the folder of a new study, whole or not at all.

    Parameters
    ----------
    folder
        Where to; it must not exist, or be empty.
    osm
        An OpenStreetMap file to take the streets, the facilities and the residences from; it is
        copied into the folder. Without one there are workbooks of facilities and residences to be
        filled in, and the study names streets that its user must put there.
    boundary
        Polygons of the study area; copied too. Without it everything is in the area.
    title
        Of the study; by default the folder's name.
    standard
        The identifier of a shipped standard, or the path of a profile, which is copied too.
    language
        Of the study's outputs, and of the explanations in the study file.

    Returns
    -------
    study_file
        ``study.toml`` in the folder.

    Raises
    ------
    StudyError
        For everything that is wrong with the files, the title and the standard, all at once.
    OutputError
        If the folder holds something, or cannot be written.
    """
    folder = folder.absolute()
    title = folder.name if title is None else title
    profile = Path(standard) if standard.endswith(".toml") else None
    _check_inputs(folder, osm, boundary, title, standard)
    named = {"streets": osm, "facilities": osm, "residences": osm, "area": boundary}
    with _new_folder(folder) as staging:
        for source in (osm, boundary, profile):
            for part in () if source is None else _parts(source):
                shutil.copyfile(part, staging / part.name)
        text = _study_text(
            named,
            title=title,
            standard=standard if profile is None else profile.name,
            language=language,
            statistics=osm is None and _write_templates(staging, standard, language),
        )
        (staging / STUDY_FILE).write_text(text, encoding="utf-8", newline="\n")
    return folder / STUDY_FILE


def _write_templates(folder: Path, standard: str, language: Language) -> bool:
    """Write the workbooks to be filled in; tell whether there is one of statistics."""
    write_table_template(folder / _TO_FILL["facilities"], "facilities", language=language)
    write_table_template(folder / _TO_FILL["residences"], "residences", language=language)
    write_table_template(folder / _GATES, "gates", language=language)
    return write_statistics_template(
        folder / _STATISTICS, read_standard(standard), language=language
    )


def _check_inputs(
    folder: Path, osm: Path | None, boundary: Path | None, title: str, standard: str
) -> None:
    problems: list[str] = [] if title.strip() else ["the title is empty; give the study a name."]
    checks: list[Callable[[], object]] = [lambda: read_standard(standard)]
    if osm is not None:
        checks.append(lambda: _check_osm(osm))
    if boundary is not None:
        checks.append(lambda: _check_boundary(boundary))
    for check in checks:
        try:
            check()
        except LifeCircleError as error:
            problems += [f"{error.subject}: {problem}" for problem in error.problems]
    if problems:
        raise StudyError(str(folder / STUDY_FILE), problems)


def _check_osm(osm: Path) -> None:
    open_osm(osm)
    if not is_osm(osm):
        problem = "its name must end in .osm.pbf, .osm, .osm.bz2 or .osm.gz; rename it."
        raise StudyError(str(osm), [problem])


def _check_boundary(boundary: Path) -> None:
    shapes = read_features(boundary, crs=None).geometry.to_numpy()
    if not (shapely.get_dimensions(shapes) == 2).any():  # noqa: PLR2004 - polygons
        raise StudyError(str(boundary), ["it holds no polygon; the study area must be one."])


def _study_text(
    named: Mapping[str, Path | None],
    *,
    title: str,
    standard: str,
    language: Language,
    statistics: bool,
) -> str:
    osm, area = named["streets"], named["area"]
    paths = {key: _TO_FILL[key] if path is None else path.name for key, path in named.items()}
    rule, walk = HouseholdRule(), WalkSettings()
    template = files("lifecircle.write").joinpath(f"study_{language}.toml")
    source = label("new_study", "osm_attribution", language)
    return Template(template.read_text(encoding="utf-8")).substitute(
        {key: _quoted(text) for key, text in paths.items()},
        state=label("new_study", "to_fill" if osm is None else "ready", language),
        title=_quoted(title),
        standard=_quoted(standard),
        standards=", ".join(shipped_standards()),
        attribution="" if osm is None else _quoted(source),
        no_statistics="" if statistics else "# ",
        statistics=_quoted(_STATISTICS),
        no_area="# " if area is None else "",
        rings=", ".join(f"{ring:g}" for ring in walk.rings),
        **rule.model_dump(),
        **walk.model_dump(include={"speed_m_s", "minutes", "snap_limit_m"}),
    )


def _quoted(text: str) -> str:
    """Write a text as TOML does; JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parts(source: Path) -> list[Path]:
    """List the files that one input consists of: a Shapefile is several."""
    if source.suffix.lower() != ".shp":
        return [source]
    return sorted(path for path in source.parent.iterdir() if path.stem == source.stem)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Offer a folder to write into, and move what was written into place, the study file last."""
    staging = folder.with_name(f".{folder.name}.new")
    try:
        _require_empty(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(staging, ignore_errors=True)  # left by a run that was killed
        staging.mkdir()
        yield staging
        if folder.exists():  # perhaps the folder that the user stands in: it must stay the same
            for path in sorted(staging.iterdir(), key=lambda path: path.name == STUDY_FILE):
                path.rename(folder / path.name)
        else:
            staging.rename(folder)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(str(folder), [what_to_do(error)]) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = "it exists and is not empty; name a folder that is not there yet."
        raise OutputError(str(folder), [problem])
