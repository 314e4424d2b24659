"""Las Palmas with its 723 stairs, on made hills: networks, the command line, the second opinion."""

import sys
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest
import rasterio

from lifecircle.assessment.pacing import network_of
from lifecircle.cli import main
from lifecircle.datum import study_crs
from lifecircle.read.elevation import read_heights
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.study import ElevationInput, read_profile
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.slope import with_slopes
from lifecircle.walk.waits import street_pace
from lifecircle.walk.walker import Walker
from lifecircle.walk.ways import StreetWays
from test_assessment import study

LAS_PALMAS = Path(__file__).parents[2] / "shared" / "data" / "las_palmas"
WEST, EAST, SOUTH, NORTH = -15.54, -15.38, 28.01, 28.20
SEA = -15.40  # east of it the raster knows nothing
CELL = 1 / 3600

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not LAS_PALMAS.exists(), reason="needs shared/data beside the checkout"),
]


def made_hills(path: Path) -> Path:
    """Make a raster that climbs 60 m a kilometre to the west, with noise of one metre."""
    columns, rows = round((EAST - WEST) / CELL), round((NORTH - SOUTH) / CELL)
    longitude = WEST + (np.arange(columns) + 0.5) * CELL
    heights = np.tile((SEA - longitude) * 98_200 * 0.06, (rows, 1))
    heights += np.random.default_rng(1).normal(0, 1, heights.shape)
    heights[:, longitude > SEA] = -9999
    shape = {"height": rows, "width": columns, "count": 1, "dtype": "float32"}
    place = {"crs": "EPSG:4326", "transform": rasterio.Affine(CELL, 0, WEST, 0, -CELL, NORTH)}
    with rasterio.open(path, "w", driver="GTiff", nodata=-9999, **shape, **place) as raster:
        raster.write(heights.astype(np.float32), 1)
    return path


@pytest.fixture(scope="module")
def ways() -> StreetWays:
    path = LAS_PALMAS / "streets.osm.pbf"
    return read_osm_streets(path, crs=study_crs(*osm_centre(path)))


@pytest.fixture(scope="module")
def older(ways: StreetWays) -> WalkNetwork:
    return network_of(ways, study(walk={"profile": read_profile("older")}))


def test_all_stairs_that_may_be_walked_are_timed(older: WalkNetwork) -> None:
    counted = {"all": 0, "with_count": 0}
    for way in osmium.FileProcessor(LAS_PALMAS / "streets.osm.pbf", osmium.osm.WAY):
        counted["all"] += way.tags.get("highway") == "steps"
    assert counted["all"] == 723
    closed = 723 - older.counts["stairs"]
    assert 0 <= closed <= 5  # private or shut ones
    stairs = np.array([tags.get("highway") == "steps" for tags in older.tags])
    factor = older.ahead_mm[stairs] / older.length_mm[stairs]
    assert np.median(factor) == pytest.approx(0.65 / 0.3, rel=0.02)  # most have no step_count


def test_wheelchairs_have_no_stairs(ways: StreetWays) -> None:
    rolling = network_of(ways, study(walk={"profile": read_profile("wheelchair")}))
    ramped = [tags for tags in rolling.tags if tags.get("highway") == "steps"]
    assert len(ramped) < 20
    assert rolling.counts["ways_closed_to_profile"] > 700


def test_made_hills_slow_the_way_west_and_the_rim_is_counted(
    ways: StreetWays, tmp_path: Path
) -> None:
    hills = made_hills(tmp_path / "made_hills.tif")
    heights = read_heights(ElevationInput(file=(hills,)), ways)
    walker = Walker(1000)
    pace = with_slopes(ways, street_pace(ways, walker), heights, walker)
    assert pace.counts["metres_without_height"] > 1000
    # The noise of 1 m is smoothed over 100 m, so that hardly anything is steeper than the hill.
    network = build_network(ways, pace=pace)
    assert not network.is_plain
    vertex = network.vertex_xy
    first, last = network.vertex_offsets[:-1], network.vertex_offsets[1:] - 1
    east = vertex[last, 0] - vertex[first, 0]
    straight = np.abs(east) > 0.99 * network.length_mm / 1000
    bridged = np.array(["bridge" in tags or "tunnel" in tags for tags in network.tags])
    chosen = straight & ~bridged & (np.abs(east) > 50)
    uphill = np.where(east > 0, network.back_mm, network.ahead_mm)[chosen]
    factor = uphill / network.length_mm[chosen]
    assert chosen.sum() > 50
    assert np.median(factor) == pytest.approx(np.exp(3.5 * 0.06), rel=0.03)


def run(*arguments: object) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lifecircle", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0)


def test_older_people_on_made_hills_from_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "Las Palmas"
    osm, boundary = LAS_PALMAS / "streets.osm.pbf", LAS_PALMAS / "boundary.geojson"
    assert not run("new", folder, "--osm", osm, "--boundary", boundary, "--language", "en")
    made_hills(folder / "made_hills.tif")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text += '\n[walk]\nprofile = "older"\n[elevation]\nfile = "made_hills.tif"\n'
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert not run("run", folder / "study.toml")
    links = pd.read_parquet(folder / "result" / "tables" / "links.parquet")
    assert links["level_mm"].between(0, 900_000).all()
    assert (links["ms"] == links["level_mm"]).all()
    quality = pd.read_parquet(folder / "result" / "tables" / "quality.parquet")
    assert {"stairs_without_step_count", "metres_without_height"} <= set(quality["reason"])
    assert not run("verify", folder / "result", "--study", folder / "study.toml")
