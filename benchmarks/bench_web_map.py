"""
The web map of a made city: its size, and how long a browser takes to its first paint.

``python benchmarks/bench_web_map.py [COPIES]`` assesses the made example, lays its district out
45 times side by side (10,170 residences, 2,340 facilities, 32,850 links), and prints megabytes,
and seconds until Chromium (``/usr/bin/chromium``), without a network, has painted every layer;
also the processor's seconds of the page's main thread, which a busy machine does not stretch as
much. 111 copies are 25,086 residences, which are drawn from vector tiles.
"""

import dataclasses
import statistics
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
from playwright.sync_api import Browser, sync_playwright

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import example_study, read_study
from lifecircle.write import write_web_map

COPIES = 45
COLUMNS = 9
STEP_M = 7_000.0
ROUNDS = 5
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
TILES_READ = "() => !layers.tiles || (layers.tiles.tiles.size && !layers.tiles.isLoading())"
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
        rounds = [_opened(browser, path) for _ in range(ROUNDS)]
        browser.close()
    painted, processor, explained, requests = map(statistics.median, zip(*rounds, strict=True))
    print(
        f"median of {ROUNDS}: painted after {painted:.2f} s ({processor:.2f} s of the processor),"
    )
    print(f"a residence explained in {explained:.2f} s; {requests:.0f} requests beside the file")


def _opened(browser: Browser, path: Path) -> tuple[float, float, float, int]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    page.wait_for_function(TILES_READ)
    painted = page.evaluate(PAINTED) / 1000
    metrics = tools.send("Performance.getMetrics")["metrics"]
    processor = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
    start = time.perf_counter()
    page.evaluate("select({type: 'residence', row: 0}, true)")
    page.evaluate(PAINTED)
    explained = time.perf_counter() - start
    context.close()
    return painted, processor, explained, len(requests) - 1


if __name__ == "__main__":
    main()
