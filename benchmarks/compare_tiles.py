"""
What a study comes to in tiles, beside one run over everything.

``python benchmarks/compare_tiles.py STUDY.toml [--square METRES ...]`` walks once, judges all that
takes part in one run, and then tile by tile as if each were the study area: with the zones of the
study, a row for each of their levels, and with squares of so many metres, laid from the origin of
its coordinates. A tile is given what lies within twice and three times the border of it. The
verdicts are those of the study's standard, with unknown gates where they are likeliest.

- **tiles**: those that hold some residence; **residences** and **households** in them. Half of a
  residence or more makes it the tile's, so one on the line between two counts in both.
- **without a verdict because of the border**: residences, their households, and the share of all.
- **other verdict than one run**: of those that have one in their tile.
- **judging**: seconds of processor time for all tiles; **of it for the border**: the two more
  sharings that bound what each residence is given.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.choosing import taking_part
from lifecircle.assessment.dating import inputs_then
from lifecircle.assessment.walking import walk_everywhere
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.standards.model import Standard
from lifecircle.study import Study, read_study
from lifecircle.supply.border import Neighbourhood, neighbourhood
from lifecircle.supply.bounds import Known, certain_verdicts
from lifecircle.supply.judging import judged_by
from lifecircle.supply.results import Judged, Walked

COLUMNS = (
    "tiles", "residences", "households", "without a verdict because of the border: residences",
    "households", "share", "other verdict than one run", "judging", "of it for the border",
)  # fmt: skip


class Town(NamedTuple):
    """All that takes part in a study, who walks to what, and how it is judged."""

    homes: gpd.GeoDataFrame
    goals: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame | None
    walked: Walked
    standard: Standard
    study: Study


class Row(NamedTuple):
    """What the tiles of one kind come to together."""

    tiles: int
    residences: int
    households: float
    flagged: int
    flagged_households: float
    other_verdict: int
    seconds: float
    border_seconds: float


class Tile(NamedTuple):
    """Verdicts and reasons of the residences in a tile, and the seconds that these took."""

    verdicts: pd.DataFrame
    seconds: float
    border_seconds: float


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("study", type=Path)
    options.add_argument("--square", type=float, nargs="+", default=[], metavar="METRES")
    chosen = options.parse_args()
    if not all(0 < size_m < np.inf for size_m in chosen.square):
        options.error("--square needs sizes above 0.")
    study = read_study(chosen.study)
    documents, inputs = documents_and_inputs(study)
    town = town_of(inputs, study, documents.standard)
    tilings = zone_tiles(town.zones)
    tilings |= {
        f"squares of {size_m:g} m": squares(town.homes, size_m=size_m) for size_m in chosen.square
    }
    if not tilings:
        options.error("the study has no zones; give --square.")
    households = town.homes["households"].sum()
    print(f"{study.title}: {len(town.homes):,} residences, {households:,.0f} households,")
    print(f"{len(town.goals):,} facilities, {len(town.walked.links):,} walks\n")
    print_table(town, tilings)


def town_of(inputs: StudyInputs, study: Study, standard: Standard) -> Town:
    """Choose what takes part, and walk."""
    inputs = inputs_then(inputs, study).inputs
    part = taking_part(inputs, study)
    walked = walk_everywhere(
        inputs.streets, part.homes, part.goals, study, buildings=inputs.buildings
    )
    return Town(part.homes, part.goals, part.zones, walked, standard, study)


def zone_tiles(zones: gpd.GeoDataFrame | None) -> dict[str, list[shapely.Geometry]]:
    """Take the zones of each level as tiles."""
    if zones is None:
        return {}
    return {
        f"zones ({level})": list(of_level.geometry)
        for level, of_level in zones.groupby("level", sort=False)
    }


def squares(homes: gpd.GeoDataFrame, *, size_m: float) -> list[shapely.Geometry]:
    """Lay squares over all residences, from the origin of the coordinates."""
    first, last = np.split(np.floor(homes.total_bounds / size_m).astype(int), 2)
    return [
        shapely.box(*np.multiply((x, y, x + 1, y + 1), size_m))
        for x in range(first[0], last[0] + 1)
        for y in range(first[1], last[1] + 1)
    ]


def print_table(town: Town, tilings: Mapping[str, Sequence[shapely.Geometry]]) -> None:
    """Print a row of Markdown for the tiles of each kind."""
    truth = in_one_run(town)
    _print_row(COLUMNS)
    _print_row(["---"] * len(COLUMNS))
    for name, areas in tilings.items():
        _print_row(_cells(name, row_of(town, areas, truth)))


def in_one_run(town: Town) -> pd.Series:
    """Judge everything at once."""
    everything = neighbourhood(town.homes, town.goals, None, border_m=town.study.reach_m)
    verdicts: pd.Series = _judged(town, everything).final["verdict"]
    return verdicts


def row_of(town: Town, areas: Sequence[shapely.Geometry], truth: pd.Series) -> Row:
    """Judge tile by tile, and set the verdicts beside the true ones."""
    tiles = [judged_tile(town, area) for area in areas]
    found = pd.concat([tile.verdicts for tile in tiles])
    households = town.homes["households"].reindex(found.index)
    flagged = found["reason"].eq("border_dependent")
    other = found["verdict"].ne("no_data") & found["verdict"].ne(truth.reindex(found.index))
    return Row(
        tiles=sum(not tile.verdicts.empty for tile in tiles),
        residences=len(found),
        households=float(households.sum()),
        flagged=int(flagged.sum()),
        flagged_households=float(households[flagged].sum()),
        other_verdict=int(other.sum()),
        seconds=sum(tile.seconds for tile in tiles),
        border_seconds=sum(tile.border_seconds for tile in tiles),
    )


def judged_tile(town: Town, area: shapely.Geometry) -> Tile:
    """Judge the residences of an area by what is given around it, and take the time."""
    near = neighbourhood(town.homes, town.goals, area, border_m=town.study.reach_m)
    if not near.residences["inside"].any():
        return Tile(pd.DataFrame(columns=["verdict", "reason"]), 0.0, 0.0)
    homes, goals = (table[table["kept"]] for table in (near.residences, near.facilities))
    start = time.process_time()
    judged = _judged(town, near)
    seconds = time.process_time() - start
    known = Known(homes["choices_known"], goals["users_known"])
    inside = homes.index[homes["inside"]]
    verdicts = judged.final.loc[inside, ["verdict", "reason"]]
    return Tile(verdicts, seconds, _border_seconds(judged, known))


def _judged(town: Town, near: Neighbourhood) -> Judged:
    homes = town.homes[near.residences["kept"]]
    goals = town.goals[near.facilities["kept"]]
    links = town.walked.links
    given = links["residence_id"].isin(homes.index) & links["facility_id"].isin(goals.index)
    walked = town.walked._replace(links=links[given])
    return judged_by(homes, goals, walked, near, standard=town.standard, study=town.study)


def _border_seconds(judged: Judged, known: Known) -> float:
    """Time once more what the ledger does where not all is known."""
    if known.choices.all() and known.users.all():
        return 0.0
    start = time.process_time()
    certain_verdicts(judged.circle.town, judged.circle.town.owed, known, judged.counted["site"])
    return time.process_time() - start


def _cells(name: str, row: Row) -> list[str]:
    share = row.flagged_households / row.households if row.households else 0.0
    return [
        f"{row.tiles} {name}",
        f"{row.residences:,}",
        f"{row.households:,.0f}",
        f"{row.flagged:,}",
        f"{row.flagged_households:,.0f}",
        f"{share:.2%}",
        f"{row.other_verdict:,}",
        f"{row.seconds:.1f} s",
        f"{row.border_seconds:.1f} s",
    ]


def _print_row(cells: Sequence[str]) -> None:
    print("|", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
