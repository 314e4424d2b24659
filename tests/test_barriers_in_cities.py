"""Real cities: ways to the street that crossed a barrier once, and none that does now."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.ops

from lifecircle.datum import study_crs, to_wgs84
from lifecircle.read.lines import read_line_streets
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.walk.crossing import DIGITISING_M, ON_STREET_M
from lifecircle.walk.network import WalkNetwork, build_network
from lifecircle.walk.places import snap_places
from lifecircle.walk.ways import Barriers
from test_barriers import feet

CITIES = Path(__file__).parents[2] / "shared" / "data"
SNAP_LIMIT_M = 300

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not CITIES.exists(), reason="needs shared/data beside the checkout"),
]


def las_palmas() -> tuple[WalkNetwork, gpd.GeoSeries]:
    """Take every fifth street over 20 m and a place 40 m to its left, from its middle."""
    path = CITIES / "las_palmas" / "streets.osm.pbf"
    network = build_network(read_osm_streets(path, crs=study_crs(*osm_centre(path))))
    lines = network.lines[network.length_mm > 20_000][::5]
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, at, normalized=True))
        for at in (0.5, 0.52)
    )
    along = (ahead - here) / np.hypot(*(ahead - here).T)[:, None]
    spots = shapely.points(here + 40 * np.column_stack([-along[:, 1], along[:, 0]]))
    names = [f"p{at}" for at in range(len(spots))]
    return network, gpd.GeoSeries(spots, index=names, crs=network.crs)


def wuhan() -> tuple[WalkNetwork, gpd.GeoSeries]:
    """Take the compounds, and the motorways (there is no other barrier in the file) as barriers."""
    table = pd.read_csv(CITIES / "wuhan" / "compounds.csv", dtype=str).dropna(
        subset=["经度", "纬度"]
    )
    degrees = table[["经度", "纬度"]].astype(float).to_numpy()
    crs = study_crs(114.3, 30.6)
    ways = read_line_streets(CITIES / "wuhan" / "streets.parquet", crs=crs)
    fast = [tags["highway"].startswith("motorway") for tags in ways.way_tags]
    lines = np.array(
        [
            shapely.LineString(ways.xy[ways.refs[ways.offsets[at] : ways.offsets[at + 1]]])
            for at in np.flatnonzero(fast)
        ],
        dtype=object,
    )
    barriers = Barriers(lines=lines, kinds=("motorway",) * len(lines))
    spots = gpd.GeoSeries(
        gpd.points_from_xy(*to_wgs84(degrees[:, 0], degrees[:, 1], "bd09"), crs=4326),
        index=[f"c{at}" for at in range(len(table))],
    )
    return build_network(replace(ways, barriers=barriers)), spots.to_crs(crs)


def links(network: WalkNetwork, spots: gpd.GeoSeries) -> np.ndarray:
    found = snap_places(network, spots, snap_limit_m=SNAP_LIMIT_M)
    places = shapely.get_coordinates(spots.loc[found.ids[found.place]].to_numpy())
    return shapely.linestrings(np.stack([feet(network, found), places], axis=1))


def crossing(network: WalkNetwork, drawn: np.ndarray) -> int:
    """Count the lines that meet a barrier farther from their ends than is forgiven."""
    long = drawn[shapely.length(drawn) > DIGITISING_M + ON_STREET_M + 0.02]
    between = [
        shapely.ops.substring(line, ON_STREET_M + 0.01, line.length - DIGITISING_M - 0.01)
        for line in long
    ]
    tree = shapely.STRtree(network.barriers.lines)
    return len(np.unique(tree.query(between, predicate="crosses")[0]))


@pytest.mark.parametrize(
    ("city", "crossed"),
    [(las_palmas, True), (wuhan, False)],  # Wuhan's motorways run beside other streets
)
def test_ways_to_the_street_crossed_barriers_and_none_does_now(
    city: Callable[[], tuple[WalkNetwork, gpd.GeoSeries]], *, crossed: bool
) -> None:
    network, spots = city()
    blind = links(replace(network, barriers=Barriers()), spots)
    assert (crossing(network, blind) > 0) == crossed
    seeing = links(network, spots)
    assert crossing(network, seeing) == 0
    assert len(seeing) > 0.9 * len(blind)
