"""What looks wrong in inputs that were read without fault: their datum, and hardly true rows."""

from collections.abc import Iterable
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.read.datum_check import DatumFinding, datum_finding
from lifecircle.read.plausibility import implausible_rows
from lifecircle.read.quality import Remark, Severity
from lifecircle.study import FacilitiesInput, ResidencesInput
from lifecircle.walk.ways import StreetWays

__all__ = ["input_doubts"]

_FEWEST_PLACES: Final = 5  # of fewer one can only note that nothing tells their datum

_Table = tuple[
    FacilitiesInput | ResidencesInput, gpd.GeoDataFrame, pd.Series | None, pd.Series | None
]


def input_doubts(
    tables: Iterable[_Table],
    *,
    streets: StreetWays | None,
    zones: gpd.GeoDataFrame | None,
    area: shapely.Geometry | None,
) -> list[Remark]:
    """
    Look at tables of places together with streets, zones and the study area.

    Parameters
    ----------
    tables
        For each its settings, its rows, their addresses, and which rows of the file they are.
    streets
        The streets, if there are any.
    zones
        The zones, if there are any.
    area
        The study area, if there is one.

    Returns
    -------
    remarks
        Warnings.
    """
    remarks = []
    for settings, table, addresses, rows in tables:
        finding = datum_finding(
            table[~table["geocoded"]],  # a geocoder's datum is its own
            datum=settings.datum or "wgs84",
            streets=streets,
            zones=zones,
            addresses=addresses,
        )
        if finding is not None:
            remarks += _datum_doubts(settings, finding, count=len(table))
        remarks += implausible_rows(table, source=settings.file.name, rows=rows, area=area)
    return remarks


def _datum_doubts(
    settings: FacilitiesInput | ResidencesInput, finding: DatumFinding, *, count: int
) -> list[Remark]:
    datum, name = settings.datum or "wgs84", settings.file.name
    if finding.better is not None:
        found = f"{datum!r}, but {finding.better!r} fits better; {finding.evidence}"
        return [Remark(input=name, field="datum", reason="datum_doubtful", found=found)]
    if finding.decided:
        return []
    found = f"{datum!r}: {finding.evidence}"
    severity: Severity = "note" if count < _FEWEST_PLACES else "warning"
    reason = "datum_undecided"
    return [Remark(input=name, field="datum", reason=reason, found=found, severity=severity)]
