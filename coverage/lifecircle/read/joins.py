"""What other files say about residences: a table to join, and surveyed gates."""

from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from lifecircle.errors import TableError
from lifecircle.read.names import name_key
from lifecircle.read.opening import with_columns
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, Values, read_values, remark, text_of
from lifecircle.read.vectors import read_features
from lifecircle.tables import some

__all__ = ["JoinKey", "joined", "with_gates"]

JoinKey = Literal["residence_id", "name"]

_POINTS: Final = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_GATE_SNAP_M: Final = 20.0  # a gate without a residence's id belongs to the outline this near


def joined(opened: Opened, values: Values, other: Opened, join_on: JoinKey) -> Values:
    """
    Fill what a file leaves blank from another table.

    Parameters
    ----------
    opened
        The first file.
    values
        What its cells say.
    other
        The other table.
    join_on
        What the two have in common; names are compared as `lifecircle.read.names.name_key` writes
        them.

    Returns
    -------
    values
        Of both; rows that match nothing are remarked on both sides.

    Raises
    ------
    TableError
        If one of the files has no column for `join_on`.
    """
    _require_key(opened, join_on)
    _require_key(other, join_on)
    more = read_values(other)
    keys, other_keys = _keys(opened, join_on), _keys(other, join_on)
    repeated = other_keys[other_keys.duplicated(keep=False) & (other_keys != "")]
    problems = [*values.problems, *more.problems]
    if len(repeated):
        problems.append(
            f"{other.input}: '{other.columns[join_on]}' must not repeat; look at "
            f"{some(dict.fromkeys(repeated))}."
        )
    found = more.frame.set_axis(other_keys, axis="index")
    found = found[~found.index.duplicated()].reindex(keys).set_axis(keys.index, axis="index")
    frame = values.frame.copy()
    for name in found.columns:
        frame[name] = (
            frame[name].where(frame[name].notna(), found[name]) if name in frame else found[name]
        )
    remarks = [*values.remarks, *more.remarks]
    remarks += _unmatched(opened, keys, other_keys, "join_unmatched", join_on)
    remarks += _unmatched(other, other_keys, keys, "join_row_unused", join_on)
    matched = keys.isin(set(other_keys)) & (keys != "")
    rate = f"{matched.sum()} / {len(keys)} ({matched.mean():.1%})"
    remarks.append(remark(opened, "join_rate", column=join_on, found=rate, severity="note"))
    return Values(frame=frame, remarks=remarks, problems=problems)


def _require_key(opened: Opened, join_on: str) -> None:
    if join_on not in opened.columns:
        problem = f"there is no column for '{join_on}', on which the two tables are joined."
        raise TableError(opened.input, [problem])


def _keys(opened: Opened, join_on: str) -> pd.Series:
    text = text_of(opened, join_on)
    if join_on == "name":
        return text.map(name_key)
    return text


def _unmatched(
    opened: Opened, keys: pd.Series, others: pd.Series, reason: str, join_on: str
) -> list[Remark]:
    alone = keys[~keys.isin(set(others)) | (keys == "")]
    return [
        remark(
            opened, reason, row=int(str(row)), column=join_on, found=text_of(opened, join_on)[row]
        )
        for row in alone.index
    ]


def with_gates(
    residences: gpd.GeoDataFrame, path: str | Path, layer: str | None
) -> tuple[gpd.GeoDataFrame, list[Remark]]:
    """
    Give residences their gates.

    Parameters
    ----------
    residences
        A complete contract table.
    path
        A vector file of points.
    layer
        Its layer; None if it has only one.

    Returns
    -------
    residences
        With ``gates`` as MultiPoint, None where there is none.
    remarks
        The gates that belong to no residence.
    """
    features = read_features(path, crs=residences.crs, layer=layer)
    cells = pd.DataFrame(features.drop(columns="geometry"))
    opened = with_columns(Path(path).name, layer, "residences", cells, None)
    points = features.geometry.to_numpy()
    usable = np.isin(shapely.get_type_id(points), _POINTS) & ~shapely.is_empty(points)
    owners = text_of(opened, "residence_id").to_numpy(dtype=object, copy=True)
    unnamed = np.flatnonzero((owners == "") & usable)
    tree = shapely.STRtree(shapely.boundary(residences.geometry.to_numpy()))
    gate, outline = tree.query_nearest(
        points[unnamed], max_distance=_GATE_SNAP_M, all_matches=False
    )
    owners[unnamed[gate]] = residences.index.to_numpy()[outline]
    known = np.isin(owners, residences.index.to_numpy()) & usable
    places = np.full(len(residences), None, dtype=object)
    places[:] = [_multipoint(points[known & (owners == key)]) for key in residences.index]
    placed = gpd.GeoSeries(places, index=residences.index, crs=residences.crs)
    remarks = [
        remark(opened, "gate_unmatched", row=int(row), found=str(owner))
        for row, owner in zip(features.index[~known], owners[~known], strict=True)
    ]
    return residences.assign(gates=placed), remarks


def _multipoint(points: npt.NDArray[np.object_]) -> shapely.MultiPoint | None:
    return shapely.MultiPoint(shapely.get_coordinates(points)) if len(points) else None
