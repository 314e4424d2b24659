"""What another table says about residences."""

from typing import Literal

import pandas as pd

from lifecircle.errors import TableError
from lifecircle.read.names import name_key
from lifecircle.read.quality import Remark
from lifecircle.read.values import Opened, Values, read_values, remark, text_of
from lifecircle.tables import some

__all__ = ["JoinKey", "joined"]

JoinKey = Literal["residence_id", "name"]


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
