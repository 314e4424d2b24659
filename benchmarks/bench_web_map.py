"""
The web map of a made town of 10,000 residences and 1,000 facilities: its size and its first paint.

``python benchmarks/bench_web_map.py [RESIDENCES]`` prints megabytes and seconds until the browser
has painted every layer, measured in Chromium (``/usr/bin/chromium``) without a network, three
times. The town is a square of blocks of 150 m with a street round each and a residence of sixteen
corners in each; a facility stands at every tenth of them, by chance.
"""

import math
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import sync_playwright

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import read_study
from lifecircle.write import write_web_map

RESIDENCES = 10_000
BLOCK_M = 150.0
EAST, NORTH = 500_000.0, 3_400_000.0
CRS = "EPSG:4547"
ROUNDS = 3
STUDY = """
title = "示例城（示例数据）"
made = true
standard = "walk-20"
streets = { file = "streets.gpkg" }
residences = { file = "residences.gpkg" }
facilities = { file = "facilities.gpkg" }
zones = { file = "zones.gpkg" }
"""
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now()))))"""


def main() -> None:
    """Make the town, draw it, open it."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else RESIDENCES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_town(folder, math.isqrt(wanted))
        start = time.perf_counter()
        assessment = assess_study(read_study(folder / "study.toml"))
        print(f"assessed in {time.perf_counter() - start:.1f} s")
        _measure(assessment, folder / "map.html")


def _measure(assessment: Assessment, path: Path) -> None:
    start = time.perf_counter()
    write_web_map(assessment, path, language="zh")
    rows = f"{len(assessment.residences):,} residences, {len(assessment.facilities):,} facilities"
    print(f"{rows}, {len(assessment.links):,} links")
    print(f"written in {time.perf_counter() - start:.1f} s: {path.stat().st_size / 1e6:.2f} MB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for _ in range(ROUNDS):
            page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
            tab = page.new_page()
            tab.goto(path.as_uri(), wait_until="commit")
            tab.wait_for_selector(".legend tr, .zones", timeout=60_000)
            print(f"  painted after {tab.evaluate(PAINTED) / 1000:.2f} s")
            start = time.perf_counter()
            tab.evaluate("select({type: 'residence', row: 0}, true)")
            tab.evaluate(PAINTED)
            print(f"  explained a residence in {time.perf_counter() - start:.2f} s")
        browser.close()


def _make_town(folder: Path, side: int) -> None:
    """Write streets, residences, facilities and zones of a town of `side` by `side` blocks."""
    chance = np.random.default_rng(0)
    column, row = np.divmod(np.arange(side * side), side)
    corner = np.column_stack([column, row]) * BLOCK_M + [EAST, NORTH]
    _write(_streets(side), folder / "streets.gpkg", highway="residential")
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    radius = chance.uniform(45, 68, (len(corner), 16, 1))
    homes = shapely.polygons(corner[:, None] + BLOCK_M / 2 + ring * radius)
    _write(
        homes,
        folder / "residences.gpkg",
        residence_id=[f"R{i:05}" for i in range(len(homes))],
        name=[f"示例小区{i}" for i in range(len(homes))],
        households=chance.integers(200, 2000, len(homes)),
        status="existing",
    )
    chosen = chance.choice(len(corner), len(corner) // 10, replace=False)
    _write(
        shapely.points(corner[chosen] + [BLOCK_M / 2, 4.0]),
        folder / "facilities.gpkg",
        facility_id=[f"F{i:04}" for i in range(len(chosen))],
        name=[f"示例服务站{i}" for i in range(len(chosen))],
        kind="community_station",
        status="operating",
        floor_area_m2=chance.integers(100, 1500, len(chosen)),
    )
    _write_zones(folder, side)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")


def _streets(side: int) -> np.ndarray:
    """Return a street along every side of every block, in two bends of a metre."""
    span = np.arange(side + 1) * BLOCK_M
    ends = np.stack(np.meshgrid(span[:-1], span, indexing="ij"), axis=-1).reshape(-1, 2)
    steps = np.array([[0.0, 0.0], [BLOCK_M / 3, 1.0], [2 * BLOCK_M / 3, -1.0], [BLOCK_M, 0.0]])
    along = ends[:, None] + steps
    lines = np.concatenate([along, along[..., ::-1]]) + np.array([EAST, NORTH])
    return shapely.linestrings(lines)


def _write_zones(folder: Path, side: int) -> None:
    """Write streets of ten by ten blocks."""
    size = 10 * BLOCK_M
    parts = [(x, y) for x in range(-(-side // 10)) for y in range(-(-side // 10))]
    boxes = [
        shapely.box(
            EAST + x * size, NORTH + y * size, EAST + (x + 1) * size, NORTH + (y + 1) * size
        )
        for x, y in parts
    ]
    _write(
        np.array(boxes),
        folder / "zones.gpkg",
        zone_id=[f"Z{i:03}" for i in range(len(boxes))],
        name=[f"示例街道{i}" for i in range(len(boxes))],
        level="street",
    )


def _write(shapes: np.ndarray, path: Path, **columns: object) -> None:
    gpd.GeoDataFrame(columns, index=range(len(shapes)), geometry=shapes, crs=CRS).to_file(
        path, layer=path.stem
    )


if __name__ == "__main__":
    main()
