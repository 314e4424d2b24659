"""
A large made study from files to an `Assessment`, step by step.

``python benchmarks/bench_study.py [SIDE] [FACILITIES] [--profile]`` makes a town of SIDE x SIDE
blocks (100: 10,000 residences) on a grid of streets 100 m apart, with FACILITIES (1,000) of 200 to
1,500 m² at random junctions, about as much in all as the residences ask for. It prints the seconds
of each step of `assess_study`, and the most memory; with ``--profile`` also the functions that
took longest.
"""

import argparse
import cProfile
import logging
import pstats
import resource
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import read_study

SIDE, FACILITIES = 100, 1000
STEP_M, BLOCK_M, PARTS = 100.0, 70.0, 5
CORNER_M = np.array([500_000.0, 3_380_000.0])
CRS = "EPSG:4547"
STUDY = """
title = "Made grid / 虚构方格城（示例数据）"
standard = "walk-20"
made = true
[streets]
file = "streets.gpkg"
[facilities]
file = "facilities.gpkg"
[residences]
file = "residences.gpkg"
[zones]
file = "zones.gpkg"
"""


def main() -> None:
    """Make the town, assess it, and say where the time went."""
    options = argparse.ArgumentParser()
    options.add_argument("side", type=int, nargs="?", default=SIDE)
    options.add_argument("facilities", type=int, nargs="?", default=FACILITIES)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = make_study(Path(folder), side=chosen.side, facilities=chosen.facilities)
        profiler = cProfile.Profile()
        if chosen.profile:
            profiler.enable()
        found = _timed(made)
        profiler.disable()
    print(
        f"{len(found.residences):,} residences, {len(found.facilities):,} facilities, "
        f"{len(found.links):,} links, {len(found.clusters):,} clusters, "
        f"{len(found.catchments):,} catchments"
    )
    if chosen.profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def make_study(folder: Path, *, side: int, facilities: int) -> Path:
    """Write the files of a made town; return its study file."""
    draw = np.random.default_rng(7)
    column, row = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))
    low = CORNER_M + np.column_stack([column, row]) * STEP_M + (STEP_M - BLOCK_M) / 2
    blocks = gpd.GeoDataFrame(
        {
            "residence_id": [f"R{number:06d}" for number in range(side * side)],
            "name": [f"虚构小区{number}" for number in range(side * side)],
            "households": draw.integers(50, 800, side * side),
            "status": draw.choice(["new", "existing"], side * side),
        },
        geometry=shapely.box(*low.T, *(low + BLOCK_M).T),
        crs=CRS,
    )
    blocks.to_file(folder / "residences.gpkg")
    corner = CORNER_M + draw.integers(0, side + 1, (facilities, 2)) * STEP_M + 5
    gpd.GeoDataFrame(
        {
            "facility_id": [f"F{number:05d}" for number in range(facilities)],
            "name": [f"虚构养老服务站{number}" for number in range(facilities)],
            "kind": draw.choice(["street_centre", "community_station", "day_care"], facilities),
            "floor_area_m2": draw.integers(200, 1500, facilities).astype(float),
        },
        geometry=shapely.points(corner),
        crs=CRS,
    ).to_file(folder / "facilities.gpkg")
    _streets(side).to_file(folder / "streets.gpkg")
    _zones(side).to_file(folder / "zones.gpkg")
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def _streets(side: int) -> gpd.GeoDataFrame:
    at = np.arange(side + 1) * STEP_M
    corners = np.stack(np.meshgrid(at, at), axis=-1) + CORNER_M
    along = np.stack([corners[:, :-1], corners[:, 1:]], axis=2).reshape(-1, 2, 2)
    across = np.stack([corners[:-1], corners[1:]], axis=2).reshape(-1, 2, 2)
    lines = shapely.linestrings(np.concatenate([along, across]))
    return gpd.GeoDataFrame({"highway": ["residential"] * len(lines)}, geometry=lines, crs=CRS)


def _zones(side: int) -> gpd.GeoDataFrame:
    """One district, PARTS x PARTS streets, and as many communities in each."""
    rows = [("district", "D", None, CORNER_M, side * STEP_M)]
    wide = side * STEP_M / PARTS
    for place in np.ndindex(PARTS, PARTS):
        low, street = CORNER_M + np.array(place) * wide, f"S{place[0]}{place[1]}"
        rows.append(("street", street, "D", low, wide))
        for part in np.ndindex(PARTS, PARTS):
            inner = low + np.array(part) * wide / PARTS
            name = f"{street}C{part[0]}{part[1]}"
            rows.append(("community", name, street, inner, wide / PARTS))
    levels, names, parents, lows, widths = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "zone_id": names,
            "name": [f"虚构{name}" for name in names],
            "level": levels,
            "parent_id": parents,
        },
        geometry=[
            shapely.box(*low, *(low + width)) for low, width in zip(lows, widths, strict=True)
        ],
        crs=CRS,
    )


class _Steps(logging.Handler):
    """Print what each line of the library's log took until the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.last = time.perf_counter(), "begin"

    def emit(self, record: logging.LogRecord) -> None:
        now = time.perf_counter()
        print(f"{now - self.last[0]:9.2f} s  {self.last[1]}", flush=True)
        self.last = now, record.getMessage()


def _timed(path: Path) -> Assessment:
    steps = _Steps()
    logger = logging.getLogger("lifecircle")
    logger.addHandler(steps)
    logger.setLevel(logging.INFO)
    start = time.perf_counter()
    found = assess_study(read_study(path))
    logger.info("end")
    logger.removeHandler(steps)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{time.perf_counter() - start:9.2f} s  in all; {memory:,.0f} MB")
    return found


if __name__ == "__main__":
    main()
