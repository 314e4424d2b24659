"""The tables of a result folder, read back."""

import json
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lifecircle.errors import TableError

__all__ = ["read_result_manifest", "read_result_tables"]


def read_result_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """
    Read the tables of a result folder.

    Parameters
    ----------
    folder
        What ``lifecircle run`` wrote.

    Returns
    -------
    tables
        By name; those with geometry as `GeoDataFrame`.

    Raises
    ------
    TableError
        If the folder is no result, or a table cannot be read.

    Examples
    --------
    >>> read_result_tables(Path("nowhere"))
    Traceback (most recent call last):
    lifecircle.errors.TableError: nowhere: 1 problem(s)
      - it is no result of `lifecircle run` (no manifest.json).
    """
    if not (folder / "manifest.json").is_file():
        problem = "it is no result of `lifecircle run` (no manifest.json)."
        raise TableError(str(folder), [problem])
    try:
        return {path.stem: _table(path) for path in sorted(folder.glob("tables/*.parquet"))}
    except (OSError, ValueError, pa.ArrowException) as fault:
        raise TableError(str(folder), [f"it cannot be read: {fault}"]) from fault


def read_result_manifest(folder: Path) -> Mapping[str, object]:
    """
    Read what a result was made from.

    Parameters
    ----------
    folder
        What ``lifecircle run`` wrote.

    Returns
    -------
    manifest
        The content of ``manifest.json``.

    Raises
    ------
    TableError
        If it cannot be read.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and isinstance(manifest.get("settings"), dict):
            return manifest
        fault = "it names no settings"
    except (OSError, ValueError) as error:
        fault = str(error)
    problem = f"manifest.json is not that of a run ({fault}); name a folder that one wrote."
    raise TableError(str(folder), [problem])


def _table(path: Path) -> pd.DataFrame:
    drawn = b"geo" in (pq.read_schema(path).metadata or {})
    return gpd.read_parquet(path) if drawn else pd.read_parquet(path)
