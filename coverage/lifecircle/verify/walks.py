"""Every walk once more from the inputs, by a plain Dijkstra with a heap."""

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from lifecircle.assessment.dating import inputs_then
from lifecircle.assessment.walking import walk_everywhere
from lifecircle.read.study_inputs import StudyInputs, input_files
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.tables import TableName, checked, columns_of
from lifecircle.verify.cells import other
from lifecircle.verify.published import Found, Published, Row, known, level_mm
from lifecircle.write.bundle import file_hash

if TYPE_CHECKING:
    from lifecircle.study import Study
    from lifecircle.supply.results import Walked
    from lifecircle.walk.network import WalkNetwork
    from lifecircle.walk.places import Places

__all__ = ["input_problems", "read_again", "walk_problems"]

Cost = tuple[int, int]  # level millimetres, and millimetres on the ground

# On private ways that the walk began on; on public ones; on private ways that it will end on.
_LEAVING, _PUBLIC, _ARRIVING = range(3)
_KEYS: Final[Mapping[TableName, str]] = {
    "residences": "residence_id",
    "facilities": "facility_id",
    "zones": "zone_id",
}
_SHAPES: Final = frozenset({"gates", "entrances"})


class _Spot(NamedTuple):
    """Where a place meets the streets."""

    edge: int
    offset_mm: int
    connector_mm: int
    fallback: bool


def read_again(study: "Study") -> StudyInputs:
    """
    Read a study's inputs once more.

    Parameters
    ----------
    study
        The study of the result.

    Returns
    -------
    inputs
        Streets and tables.
    """
    return documents_and_inputs(study)[1]


def input_problems(published: Published, study: "Study", inputs: StudyInputs) -> Found:
    """
    Check that the inputs are those of the result.

    Parameters
    ----------
    published
        A result.
    study
        Its study.
    inputs
        As read once more.

    Returns
    -------
    count, problems
        Files and rows looked at, and one sentence a breach.
    """
    hashes = published.manifest["inputs"]
    then = inputs_then(inputs, study).inputs
    problems, count = [], 0
    for name, path in input_files(study).items():
        count += 1
        if name not in hashes or hashes[name]["sha256"] != file_hash(path):
            problems.append(f"{path.name} is not the file that the result was made from.")
    for table, key in _KEYS.items():
        read = None if getattr(then, table) is None else checked(getattr(then, table), table)
        columns = [] if read is None else [*columns_of(table).keys() & {*read.columns} - _SHAPES]
        for row in published.tables[table]:
            if read is None or row[key].startswith("outside_zones:"):
                continue
            count += 1
            listed = read.loc[row[key]] if row[key] in read.index else None
            problems += [
                f"{row[key]}: the input has another {column}."
                for column in columns
                if listed is None or _changed(_cell(listed[column]), row[column], column)
            ]
    return count, problems


def _changed(read: object, told: object, column: str) -> bool:
    """Compare a cell; where the input has no priority, the study gives one."""
    return other(read, told) and not (column == "priority" and known(read) is None)


def _cell(value: object) -> object:
    """Return a plain cell in place of pandas' own."""
    return None if value is pd.NA else value.item() if isinstance(value, np.generic) else value


def walk_problems(published: Published, study: "Study", inputs: StudyInputs) -> Found:
    """
    Walk from every published residence again, and compare with the links.

    Streets are read, given their slopes and waits, and places put on them, as the run did it; the
    search, and what it takes of a part of a street, share nothing with the engine's.

    Parameters
    ----------
    published
        A result.
    study
        Its study.
    inputs
        As read once more.

    Returns
    -------
    count, problems
        Walks looked at, and one sentence for each that differs by a millimetre or is not there.
    """
    if inputs.streets is None:
        return 0, []
    wanted = {row["residence_id"] for row in published.tables["residences"]}
    then = inputs_then(inputs, study).inputs
    homes = checked(then.residences, "residences")
    goals = checked(then.facilities, "facilities")
    walked = walk_everywhere(
        inputs.streets,
        homes[homes.index.isin(wanted)],
        goals[goals["status"].ne("closed")],
        study,
        buildings=inputs.buildings,
    )
    found = {
        (home, goal): mm
        for home, goals_mm in _of_residences(walked, _walks(walked, study.walk.limit_mm))
        for goal, mm in goals_mm.items()
    }
    told = {(row["residence_id"], row["facility_id"]): _told(row)
            for row in published.tables["links"]}  # fmt: skip
    problems = [
        f"{home} - {goal}: {_said(found.get((home, goal)))} mm, "
        f"the result has {_said(told.get((home, goal)))}."
        for home, goal in sorted(found.keys() | told.keys())
        if found.get((home, goal)) != told.get((home, goal))
    ]
    return len(told), problems


def _told(row: Row) -> Cost:
    return level_mm(row), int(row["walk_mm"])


def _said(cost: Cost | None) -> str:
    """Say the length on the ground, and before it the level one if that is another."""
    if cost is None:
        return "None"
    return str(cost[1]) if cost[0] == cost[1] else f"{cost[0]} level, {cost[1]} walked"


def _of_residences(
    walked: "Walked", walks: Iterator[tuple[str, dict[str, Cost]]]
) -> Iterator[tuple[str, dict[str, Cost]]]:
    """Yield the walks of the home in the middle of each residence, where walks begin in homes."""
    if walked.homes is None:
        yield from walks
        return
    homes = walked.homes.homes
    of_home = dict(walks)
    mine: dict[str, list[tuple[int, dict[str, Cost]]]] = defaultdict(list)
    for home, residence in enumerate(homes.residence.tolist()):
        name = str(homes.ids[residence])
        mine[name].append((int(homes.weight[home]), of_home.get(str(home), {})))
    for name, walkers in mine.items():
        goals = {goal for _, goals_mm in walkers for goal in goals_mm}
        middle = {goal: _middle(goal, walkers) for goal in goals}
        yield name, {goal: mm for goal, mm in middle.items() if mm is not None}


def _middle(goal: str, walkers: list[tuple[int, dict[str, Cost]]]) -> Cost | None:
    """Count homes by distance until half of their weight is reached; None if that never is."""
    total, so_far = sum(weight for weight, _ in walkers), 0
    for mm, weight in sorted((goals[goal], weight) for weight, goals in walkers if goal in goals):
        so_far += weight
        if 2 * so_far >= total:
            return mm
    return None


def _walks(walked: "Walked", limit_mm: int) -> Iterator[tuple[str, dict[str, Cost]]]:
    """Yield for each residence what it walks to within the limit."""
    network = walked.network
    starts = walked.residences if walked.homes is None else walked.homes.places
    homes, goals = _spots(starts), _spots(walked.facilities)
    pieces = {goal: _pieces(network, spots) for goal, spots in goals.items()}
    on_edge: dict[int, list[tuple[str, _Spot]]] = defaultdict(list)
    for goal, spots in goals.items():
        for spot in spots:
            on_edge[spot.edge].append((goal, spot))
    for home, spots in homes.items():
        mine = _pieces(network, spots)
        best: dict[str, Cost] = {}
        for (goal, _), mm in _arrivals(network, spots, on_edge, limit_mm).items():
            if not mine & pieces[goal]:
                best[goal] = min(mm, best.get(goal, mm))
        own = [spot for spot in spots if not spot.fallback]
        along = _arrivals(network, own, on_edge, limit_mm) if mine else {}
        for (goal, spot), mm in along.items():
            if mine & pieces[goal] and not spot.fallback:
                best[goal] = min(mm, best.get(goal, mm))
        yield home, best


def _spots(places: "Places") -> dict[str, list[_Spot]]:
    spots: dict[str, list[_Spot]] = defaultdict(list)
    for place, edge, offset, connector, fallback in zip(
        places.place.tolist(),
        places.edge.tolist(),
        places.offset_mm.tolist(),
        places.connector_mm.tolist(),
        places.fallback.tolist(),
        strict=True,
    ):
        spots[str(places.ids[place])].append(_Spot(edge, offset, connector, fallback))
    return spots


def _pieces(network: "WalkNetwork", spots: list[_Spot]) -> set[int]:
    """Name the loose pieces of street that a place lies on, if it has another way out."""
    if not any(spot.fallback for spot in spots):
        return set()
    return {int(network.component[spot.edge]) for spot in spots if not spot.fallback}


def _arrivals(
    network: "WalkNetwork",
    starts: list[_Spot],
    on_edge: dict[int, list[tuple[str, _Spot]]],
    limit_mm: int,
) -> dict[tuple[str, _Spot], Cost]:
    """Find the quickest walks from some spots to all others within the limit."""
    best: dict[tuple[str, _Spot], Cost] = {}

    def arrive(goal: str, spot: _Spot, cost: Cost) -> None:
        whole = _plus(cost, spot.connector_mm, spot.connector_mm)
        if whole[0] <= limit_mm:
            best[goal, spot] = min(whole, best.get((goal, spot), whole))

    heap: list[tuple[Cost, int, int]] = []
    for start in starts:
        begun = start.connector_mm, start.connector_mm
        for goal, spot in on_edge.get(start.edge, ()):
            ahead = spot.offset_mm - start.offset_mm
            if _may(network, start.edge, ahead):
                level = _level_mm(network, start.edge, start.offset_mm, spot.offset_mm)
                arrive(goal, spot, _plus(begun, level, abs(ahead)))
        state = _LEAVING if network.private[start.edge] else _PUBLIC
        length = int(network.length_mm[start.edge])
        for node, to in (
            (int(network.start[start.edge]), 0),
            (int(network.end[start.edge]), length),
        ):
            ahead = to - start.offset_mm
            if _may(network, start.edge, ahead):
                level = _level_mm(network, start.edge, start.offset_mm, to)
                heapq.heappush(heap, (_plus(begun, level, abs(ahead)), state, node))
    _search(network, heap, on_edge, limit_mm, arrive)
    return best


def _search(
    network: "WalkNetwork",
    heap: list[tuple[Cost, int, int]],
    on_edge: dict[int, list[tuple[str, _Spot]]],
    limit_mm: int,
    arrive: Callable[[str, _Spot, Cost], None],
) -> None:
    """Go on from the nearest junction, and say which spots are met on the way."""
    done: set[tuple[int, int]] = set()
    while heap:
        cost, state, node = heapq.heappop(heap)
        if cost[0] > limit_mm or (state, node) in done:
            continue
        done.add((state, node))
        for edge, forward, there in _ways_on(network, node):
            private = bool(network.private[edge])
            if state == _ARRIVING and not private:
                continue
            after = _PUBLIC if not private else _LEAVING if state == _LEAVING else _ARRIVING
            length = int(network.length_mm[edge])
            begin, stop = (0, length) if forward else (length, 0)
            may = _may(network, edge, 1 if forward else -1)
            if may:
                level = _level_mm(network, edge, begin, stop)
                heapq.heappush(heap, (_plus(cost, level, length), after, there))
            for goal, spot in on_edge.get(edge, ()):
                along = abs(spot.offset_mm - begin)
                if may or along == 0:
                    level = _level_mm(network, edge, begin, spot.offset_mm)
                    arrive(goal, spot, _plus(cost, level, along))


def _ways_on(network: "WalkNetwork", node: int) -> Iterator[tuple[int, bool, int]]:
    """Yield the edges at a node, from which end they are walked, and where they lead."""
    for edge in set(network.adjacent[network.indptr[node] : network.indptr[node + 1]].tolist()):
        start, end = int(network.start[edge]), int(network.end[edge])
        if start == node:
            yield edge, True, end
        if end == node:
            yield edge, False, start


def _may(network: "WalkNetwork", edge: int, ahead: int) -> bool:
    """Say whether an edge may be walked from its start (ahead > 0) or back."""
    if ahead == 0:
        return True
    return bool(network.forward[edge] if ahead > 0 else network.backward[edge])


def _plus(cost: Cost, level_mm: int, ground_mm: int) -> Cost:
    return cost[0] + level_mm, cost[1] + ground_mm


def _level_mm(network: "WalkNetwork", edge: int, begin_mm: int, stop_mm: int) -> int:
    """Measure the way from one place of an edge to another in level millimetres."""
    if network.is_plain:
        return abs(stop_mm - begin_mm)
    sums = network.vertex_ahead_mm if stop_mm >= begin_mm else network.vertex_back_mm
    first, last = (int(one) for one in network.vertex_offsets[edge : edge + 2])
    mm, level = network.vertex_mm[first:last].tolist(), sums[first:last].tolist()
    return abs(_level_at(mm, level, stop_mm) - _level_at(mm, level, begin_mm))


def _level_at(mm: list[int], level: list[int], offset_mm: int) -> int:
    """Take the proportion of a straight piece, rounded half up."""
    if offset_mm <= 0 or offset_mm >= mm[-1]:
        return 0 if offset_mm <= 0 else level[-1]
    at = bisect_right(mm, offset_mm) - 1
    part = Fraction(offset_mm - mm[at], mm[at + 1] - mm[at]) * (level[at + 1] - level[at])
    return level[at] + floor(part + Fraction(1, 2))
