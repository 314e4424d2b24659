"""The result folder: tables for machines, tables for people, the map, the summary."""

import logging
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from lifecircle.assessment import Assessment
from lifecircle.labels import Language
from lifecircle.read.losses import AcceptLoss
from lifecircle.write.bundle import file_hash, result_folder, write_json, write_manifest
from lifecircle.write.cluster_text import with_sentences
from lifecircle.write.edition import INTERNAL_TABLES, edition_tables
from lifecircle.write.geodata import one_geometry, write_geopackage
from lifecircle.write.labelled import (
    TO_GEOCODE_FILE,
    labelled_table,
    readable_numbers,
    spreadsheet_safe,
    write_addresses,
)
from lifecircle.write.robustness_text import robustness_frames, robustness_summary
from lifecircle.write.web_map import write_web_map
from lifecircle.write.workbook import write_workbook

if TYPE_CHECKING:
    from lifecircle.whatif.robustness import Robustness

__all__ = ["write_results"]

_logger = logging.getLogger(__name__)

_LISTS: Final = (
    "residences",
    "facilities",
    "zones",
    "links",
    "clusters",
    "gaps",
    "bands",
    "indicators",
    "zone_indicators",
    "reference",
    "equity",
    "lorenz",
    "reconciliation",
)
_VERSIONS: Final = ("lifecircle", "geopandas", "numba", "numpy", "osmium", "pandas", "shapely")


def write_results(
    assessment: Assessment,
    folder: Path,
    *,
    inputs: Mapping[str, Path],
    accept_loss: AcceptLoss = False,
    robustness: "Robustness | None" = None,
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

    Raises
    ------
    OutputError
        If the folder cannot be written or replaced.
    """
    with result_folder(folder) as staging:
        _logger.info("writing tables")
        tables = edition_tables(assessment, "internal")
        _write_parquet(assessment, staging / "tables")
        _write_lists(assessment, staging)
        _write_robustness(robustness, staging, assessment.study.language)
        _write_unplaced(assessment, staging)
        write_geopackage(tables, staging / "results.gpkg", assessment.study.language)
        summary = _summary(assessment)
        if robustness is not None:
            summary["robustness"] = robustness_summary(robustness)
        write_json(summary, staging / "summary.json")
        _logger.info("writing the workbook")
        write_workbook(assessment, staging / "workbook.xlsx")
        _logger.info("writing the map")
        language = assessment.study.language
        write_web_map(assessment, staging / "map.html", language=language, robustness=robustness)
        write_manifest(_manifest(assessment, inputs, accept_loss=accept_loss), staging)


def _write_parquet(assessment: Assessment, folder: Path) -> None:
    folder.mkdir()
    for name in INTERNAL_TABLES:
        table: pd.DataFrame = getattr(assessment, name)
        if isinstance(table, gpd.GeoDataFrame):
            one_geometry(table).to_parquet(folder / f"{name}.parquet")
        else:
            table.to_parquet(folder / f"{name}.parquet")


def _write_lists(assessment: Assessment, folder: Path) -> None:
    lists = {name: getattr(assessment, name) for name in _LISTS}
    lists["clusters"] = with_sentences(assessment.clusters, assessment.study.language)
    quality = assessment.quality
    lists["quality"] = quality
    lists["quarantine"] = quality[quality["severity"] == "lost"]
    for name, table in lists.items():
        drawn = isinstance(table, gpd.GeoDataFrame)
        plain = pd.DataFrame(one_geometry(table)).drop(columns="geometry") if drawn else table
        kind = "quality" if name == "quarantine" else name
        _write_csv(plain, folder / f"{name}.csv", kind, assessment.study.language)


def _write_csv(table: pd.DataFrame, path: Path, kind: str, language: Language) -> None:
    people = labelled_table(readable_numbers(table), kind, language)
    spreadsheet_safe(people).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_robustness(robustness: "Robustness | None", folder: Path, language: Language) -> None:
    for name, table in robustness_frames(robustness).items():
        table.to_parquet(folder / "tables" / f"{name}.parquet")
        _write_csv(table, folder / f"{name}.csv", name, language)


def _write_unplaced(assessment: Assessment, folder: Path) -> None:
    if len(assessment.to_geocode):
        write_addresses(assessment.to_geocode, folder / TO_GEOCODE_FILE)


def _summary(assessment: Assessment) -> dict[str, object]:
    numbers = {
        str(name): None if pd.isna(value) else round(float(value), 6)
        for name, value in assessment.totals.items()
    }
    standard = assessment.standard
    return {
        "title": assessment.study.title,
        "made": assessment.study.made,
        "standard": {
            "id": standard.id,
            "title_zh": standard.title.zh,
            "number": standard.number,
            "status": standard.status,
            "horizon": standard.horizon,
        },
        "totals": numbers,
        "indicators": assessment.indicators.astype(object)
        .where(assessment.indicators.notna(), None)
        .to_dict("records"),
    }


def _manifest(
    assessment: Assessment, inputs: Mapping[str, Path], *, accept_loss: AcceptLoss
) -> dict[str, object]:
    lost = assessment.quality[assessment.quality["severity"] == "lost"]
    return {
        "versions": {
            **{name: version(name) for name in _VERSIONS},
            "python": platform.python_version(),
        },
        "settings": assessment.study.model_dump(
            mode="json",
            exclude={
                "streets",
                "facilities",
                "residences",
                "zones",
                "area",
                "statistics",
                "last_year",
                "geocoding",
                "output",
            },
        ),
        "accept_loss": accept_loss if isinstance(accept_loss, bool) else sorted(accept_loss),
        "lost_rows": {str(name): len(rows) for name, rows in lost.groupby("input")},
        "standard": assessment.standard.model_dump(mode="json"),
        "also": [standard.model_dump(mode="json") for standard in assessment.also],
        "crs": assessment.crs.to_string(),
        "streets": dict(assessment.network.counts),
        "inputs": {
            name: {"file": path.name, "sha256": file_hash(path)} for name, path in inputs.items()
        },
    }
