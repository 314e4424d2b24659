"""The result folder: tables for machines, tables for people, the map, the summary."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from lifecircle.assessment import Assessment
from lifecircle.labels import Language, label
from lifecircle.read.losses import AcceptLoss
from lifecircle.write.bundle import result_folder, write_json, write_manifest
from lifecircle.write.cluster_text import with_sentences
from lifecircle.write.edition import Edition, edition_tables, require_review_number
from lifecircle.write.geodata import one_geometry, write_geopackage
from lifecircle.write.labelled import (
    TO_GEOCODE_FILE,
    labelled_table,
    readable_numbers,
    spreadsheet_safe,
    write_addresses,
)
from lifecircle.write.records import manifest_record, summary_record
from lifecircle.write.robustness_text import robustness_frames
from lifecircle.write.travel_time import write_travel_times
from lifecircle.write.web_map import write_web_map
from lifecircle.write.workbook import write_workbook

if TYPE_CHECKING:
    from lifecircle.whatif.robustness import Robustness

__all__ = ["write_results"]

_logger = logging.getLogger(__name__)

# Mere areas: layers of the GeoPackage, but no lists.
_ONLY_DRAWN: Final = frozenset({"remedy_areas", "catchments"})


def write_results(
    assessment: Assessment,
    folder: Path,
    *,
    inputs: Mapping[str, Path],
    accept_loss: AcceptLoss = False,
    robustness: "Robustness | None" = None,
    edition: Edition = "internal",
) -> None:
    """
    Write everything that a run gives into one folder, whole or not at all.

    Parameters
    ----------
    assessment
        What was found.
    folder
        Where to; an older result there is replaced once the new one is whole.
    inputs
        The files that were read, by the setting that names them; their hashes go into the
        manifest.
    accept_loss
        Whether the user went on although too much was lost, or the kinds of losses that were
        accepted; the manifest says so.
    robustness
        Which verdicts hold under doubt, if that was asked.
    edition
        ``internal``: everything; ``public``: sums by zone, nothing of a single residence.

    Raises
    ------
    OutputError
        If the folder cannot be written or replaced.
    StudyError
        If a public edition has no number of its maps' approval.
    """
    if edition == "public":
        require_review_number(assessment.study)
    language = assessment.study.language
    tables = edition_tables(assessment, edition)
    with result_folder(folder) as staging:
        _logger.info("writing tables")
        _write_parquet(tables, staging / "tables")
        _write_lists(tables, staging, language)
        mark = label("edition", edition, language)
        layers = tables if edition == "internal" else {"zones": tables["zones"]}
        write_geopackage(layers, staging / "results.gpkg", language, description=mark)
        summary = summary_record(assessment, edition=edition, robustness=robustness)
        write_json(summary, staging / "summary.json")
        _logger.info("writing the workbook")
        write_workbook(assessment, staging / "workbook.xlsx", edition=edition)
        _logger.info("writing the map")
        write_web_map(
            assessment,
            staging / "map.html",
            language=language,
            robustness=robustness if edition == "internal" else None,
            edition=edition,
        )
        if edition == "internal":
            _write_of_single_places(assessment, staging, robustness)
        manifest = manifest_record(assessment, inputs, edition=edition, accept_loss=accept_loss)
        write_manifest(manifest, staging)


def _write_of_single_places(
    assessment: Assessment, folder: Path, robustness: "Robustness | None"
) -> None:
    """Write what the public edition has not."""
    language = assessment.study.language
    for name, table in robustness_frames(robustness).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet")
        _write_csv(table, folder / f"{name}.csv", name, language)
    _logger.info("writing travel times")
    write_travel_times(assessment, folder / "travel_time")
    if len(assessment.to_geocode):
        write_addresses(assessment.to_geocode, folder / TO_GEOCODE_FILE)


def _write_parquet(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    folder.mkdir()
    for name, table in tables.items():
        if isinstance(table, gpd.GeoDataFrame):
            one_geometry(table).to_parquet(folder / f"{name}.parquet")
        else:
            table.to_parquet(folder / f"{name}.parquet")


def _write_lists(tables: Mapping[str, pd.DataFrame], folder: Path, language: Language) -> None:
    for name, table in tables.items():
        if name in _ONLY_DRAWN:
            continue
        said = with_sentences(table, language) if name == "clusters" else table
        if isinstance(said, gpd.GeoDataFrame):
            said = pd.DataFrame(one_geometry(said)).drop(columns="geometry")
        _write_csv(said, folder / f"{name}.csv", name, language)
    if "quality" in tables:
        lost = tables["quality"][tables["quality"]["severity"] == "lost"]
        _write_csv(lost, folder / "quarantine.csv", "quality", language)


def _write_csv(table: pd.DataFrame, path: Path, kind: str, language: Language) -> None:
    people = labelled_table(readable_numbers(table), kind, language)
    spreadsheet_safe(people).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
