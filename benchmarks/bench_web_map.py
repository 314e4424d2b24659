"""
The web map of a made city: its size, and how long a browser takes to its first paint.

``python benchmarks/bench_web_map.py [COPIES]`` assesses the made example, lays its district out
45 times side by side (10,170 residences, 2,340 facilities, 32,850 links), and prints megabytes,
and seconds until Chromium (``/usr/bin/chromium``), without a network, has painted every layer.
"""

import dataclasses
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
from playwright.sync_api import sync_playwright

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import example_study, read_study
from lifecircle.write import write_web_map

COPIES = 45
COLUMNS = 9
STEP_M = 7_000.0
ROUNDS = 3
# The columns that name rows of a table, by table.
NAMES = {
    "residences": ("nearest_facility_id", "cluster_id", "district_id", "street_id", "community_id"),
    "facilities": (),
    "links": ("residence_id", "facility_id"),
    "clusters": ("parent_id",),
    "remedy_areas": ("cluster_id",),
    "catchments": ("facility_id",),
    "zones": ("parent_id",),
    "zone_indicators": ("zone_id",),
    "streets": (),
    "barriers": (),
}
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now()))))"""


def main() -> None:
    """Make the city, draw it, open it."""
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else COPIES
    district = assess_study(read_study(example_study()))
    tables = {name: _laid_out(getattr(district, name), name, copies) for name in NAMES}
    city = dataclasses.replace(district, area=None, **tables)
    with tempfile.TemporaryDirectory() as folder:
        _measure(city, Path(folder) / "map.html")


def _laid_out(table: pd.DataFrame, name: str, copies: int) -> pd.DataFrame:
    """Repeat a table, each copy with its own names and, where it has geometry, its own place."""
    parts = []
    for copy in range(copies):
        part = table.copy()
        for column in NAMES[name]:
            known = part[column].notna()
            part[column] = part[column].where(~known, part[column].astype(str) + f"-{copy}")
        if part.index.name:
            part.index = part.index.astype(str) + f"-{copy}"
        if isinstance(part, gpd.GeoDataFrame):
            down, right = divmod(copy, COLUMNS)
            part.geometry = part.geometry.translate(right * STEP_M, down * STEP_M)
        parts.append(part)
    joined = pd.concat(parts)
    joined.index.name = table.index.name
    return joined if table.index.name else joined.reset_index(drop=True)


def _measure(city: Assessment, path: Path) -> None:
    start = time.perf_counter()
    write_web_map(city, path, language="zh")
    rows = f"{len(city.residences):,} residences, {len(city.facilities):,} facilities"
    print(f"{rows}, {len(city.links):,} links")
    print(f"written in {time.perf_counter() - start:.1f} s: {path.stat().st_size / 1e6:.2f} MB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
            page = context.new_page()
            page.goto(path.as_uri())
            painted = page.evaluate(PAINTED) / 1000
            start = time.perf_counter()
            page.evaluate("select({type: 'residence', row: 0}, true)")
            page.evaluate(PAINTED)
            explained = time.perf_counter() - start
            print(f"  painted after {painted:.2f} s; a residence explained in {explained:.2f} s")
        browser.close()


if __name__ == "__main__":
    main()
