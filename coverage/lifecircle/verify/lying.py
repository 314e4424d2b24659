"""Where residences and facilities lie: their zones, and straight lines between them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
import shapely

from lifecircle.tables import ADMIN_LEVELS
from lifecircle.verify.published import Found, Published, Row, known, text

__all__ = ["lying_problems"]

_NOISE_M: Final = 0.000501  # straight lines are told to the millimetre
_NOISE_M2: Final = 0.01  # zones with as much of a residence, to a unit


def lying_problems(published: Published) -> Found:
    """
    Find the zones of every residence and facility, and the nearest in a straight line, again.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Rows looked at, and one sentence a breach.
    """
    tables, folder = published.tables, published.folder / "tables"
    homes, goals, areas = (_shapes(folder / f"{name}.parquet")
                           for name in ("residences", "facilities", "zones"))  # fmt: skip
    zones = list(zip(tables["zones"], areas, strict=True))
    problems = []
    for level in ADMIN_LEVELS:
        here = [(row["zone_id"], area) for row, area in zones
                if row["level"] == level and area is not None]  # fmt: skip
        if not here:
            continue
        for name, shapes in (("residence", homes), ("facility", goals)):
            rows = tables["residences" if name == "residence" else "facilities"]
            problems += [
                f"{row[f'{name}_id']}: it lies in another {level}."
                for row, shape in zip(rows, shapes, strict=True)
                if not _lies(shape, text(row[f"{level}_id"]), here)
            ]
    problems += _straight(published, homes, goals)
    return len(homes) + len(goals), problems


def _shapes(path: Path) -> list[shapely.Geometry | None]:
    if "geometry" not in pq.read_schema(path).names:
        return []
    written = pq.read_table(path, columns=["geometry"])["geometry"].to_pylist()
    return [None if shape is None else shapely.from_wkb(shape) for shape in written]


def _lies(
    shape: shapely.Geometry | None,
    told: str | None,
    zones: Sequence[tuple[str, shapely.Geometry]],
) -> bool:
    """Say whether no other zone holds more of a place; of a point, whether its zone touches it."""
    if shape is None:
        return told is None
    areas = np.array([area for _, area in zones], dtype=object)
    touched = np.flatnonzero(shapely.intersects(areas, shape)).tolist()
    if shapely.area(shape) == 0:
        return told in {zones[at][0] for at in touched} or (told is None and not touched)
    held = {zones[at][0]: float(shapely.area(shapely.intersection(areas[at], shape)))
            for at in touched}  # fmt: skip
    most = max(held.values(), default=0.0)
    if told is None:
        return most <= _NOISE_M2
    return held.get(told, 0.0) >= most - _NOISE_M2


def _straight(
    published: Published,
    homes: Sequence[shapely.Geometry | None],
    goals: Sequence[shapely.Geometry | None],
) -> list[str]:
    """Measure from every outline to the nearest facility that counts; others may lie outside."""
    whole = not any(known(row["lost_rows"]) for row in published.tables["reconciliation"]
                    if (row["input"], row["step"]) == ("facilities", "inside"))  # fmt: skip
    counting = [shape for row, shape in zip(published.tables["facilities"], goals, strict=True)
                if _may_count(row)]  # fmt: skip
    problems = []
    for row, shape in zip(published.tables["residences"], homes, strict=True):
        told = known(row["straight_m"])
        near = float(np.min(shapely.distance(counting, shape))) if counting else None
        apart = 0.0 if told is None or near is None else told - near
        if apart > _NOISE_M or (whole and (apart < -_NOISE_M or (told is None) != (near is None))):
            problems.append(f"{row['residence_id']}: the straight line is {near} m long.")
        radius = published.manifest["settings"]["walk"]["straight_radius_m"]
        within = known(row["within_radius"])
        if radius is not None and told is not None and within is not (told <= radius):
            problems.append(f"{row['residence_id']}: not so within the radius.")
    return problems


def _may_count(row: Row) -> bool:
    return text(row["counted_reason"]) in {None, "site_counted_once", "area_unknown"} and (
        row["counted_m2"] != 0 or text(row["counted_reason"]) is not None
    )
