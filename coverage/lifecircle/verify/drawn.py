"""The numbers on the web map beside the tables."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lifecircle.verify.cells import differs
from lifecircle.verify.published import Found, Published, Row

__all__ = ["map_problems"]

_ISLAND: Final = re.compile(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', re.DOTALL)
_DIGITS: Final = {"served_share": 5, "met_share": 5, "walk_m": 0, "nearest_m": 0}
_OTHER_DIGITS: Final = 2
# What is called otherwise there, or is laid out in another way.
_IDS: Final = {"residences": "residence_id", "facilities": "facility_id", "zones": "zone_id"}
_OF_CLUSTER: Final = ("residences", "requirement_m2", "capacity_m2", "shortage_m2", "least_m2")


def map_problems(published: Published) -> Found:
    """
    Compare every number and code that the map shows of a row with its table, and the totals.

    Parameters
    ----------
    published
        A result.

    Returns
    -------
    count, problems
        Numbers and codes looked at, and one sentence a breach.
    """
    path = published.folder / "map.html"
    if not path.is_file():
        return 0, []
    island = _ISLAND.search(path.read_text(encoding="utf-8"))
    if island is None:
        return 1, ["map.html: it holds no data."]
    shown = json.loads(island[1])
    compared = [*_of_totals(published, shown), *_of_rows(published, shown)]
    problems = [
        f"map.html: {place}: {seen!r} is shown, not {known!r}."
        for place, name, seen, known in compared
        if differs(seen, known, "en", digits=_DIGITS.get(name, _OTHER_DIGITS))
    ]
    for table, key in _IDS.items():
        if len(shown[table]["id"]) != len(_drawn(published, table, shown[table]["id"], key)):
            problems.append(f"map.html: {table}: not those of the table.")
    return len(compared), problems


Compared = tuple[str, str, object, object]


def _of_totals(published: Published, shown: Row) -> Iterator[Compared]:
    """Yield where, which column, what is shown and what is known."""
    totals = published.summary["totals"]
    for name, value in shown["totals"].items():
        if name in totals:
            yield "totals", name, value, totals[name]
    readings = shown["readings"] or {}
    for word, (count, *_) in readings.get("rule", {}).get("counts", {}).items():
        yield "readings", word, count, totals[f"residences_{word}"]


def _of_rows(published: Published, shown: Row) -> Iterator[Compared]:
    for table, key in _IDS.items():
        columns = shown[table]
        rows = _drawn(published, table, columns["id"], key)
        yield from _columns(table, columns, rows)
    if published.is_public:
        return
    links = published.tables["links"]
    yield from _columns("links", shown["links"], links)
    for table, end in (("residences", "residence"), ("facilities", "facility")):
        ids = shown[table]["id"]
        for at, row in zip(shown["links"][end], links, strict=False):
            yield "links", f"{end}_id", ids[at], row[f"{end}_id"]
    known = {row["cluster_id"]: row for row in published.tables["clusters"]}
    for cluster, numbers in shown["clusters"].items():
        for name in _OF_CLUSTER:
            yield f"clusters {cluster}", name, numbers[name], known.get(cluster, {}).get(name)


def _drawn(published: Published, table: str, ids: Sequence[str], key: str) -> list[Row]:
    """Choose the rows that the map has, in its order."""
    known = {row[key]: row for row in published.tables.get(table, ())}
    return [known[one] for one in ids if one in known]


def _columns(
    table: str, columns: Mapping[str, Sequence[object]], rows: Sequence[Row]
) -> Iterator[Compared]:
    for name in columns.keys() & (rows[0].keys() if rows else set()):
        for seen, row in zip(columns[name], rows, strict=False):
            yield f"{table}, {row.get(_IDS.get(table, ''), '')} {name}", name, seen, row[name]
