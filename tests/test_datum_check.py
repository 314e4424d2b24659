from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from lifecircle.datum import Datum, from_wgs84
from lifecircle.read.datum_check import better_datum, datum_finding, outline_datum, street_distances
from lifecircle.walk.ways import StreetWays
from worlds import METRES, World, street_ways

Points = npt.NDArray[np.float64]

REAL = Path(__file__).parents[2] / "shared" / "data"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real data stand beside the checkout only")
EAST, NORTH = 500_000.0, 3_386_000.0  # on the central meridian, 114 E


@pytest.fixture
def streets() -> StreetWays:
    """Lay one street of 4 km, west to east."""
    world = World(
        xy=[(EAST, NORTH), (EAST + 4000, NORTH)], ways=[([0, 1], {"highway": "residential"})]
    )
    return street_ways(world)


def beside_the_street(count: int) -> Points:
    return np.column_stack([EAST + 500.0 * np.arange(count), np.full(count, NORTH + 12.0)])


def read_as_wgs84(xy: Points, datum: Datum) -> gpd.GeoSeries:
    """Write points down in `datum`, and read the numbers as WGS84."""
    there = Transformer.from_crs(METRES, 4326, always_xy=True)
    back = Transformer.from_crs(4326, METRES, always_xy=True)
    moved = back.transform(*from_wgs84(*there.transform(*xy.T), datum))
    return gpd.GeoSeries.from_xy(*moved, crs=METRES)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_datum_that_points_were_in_puts_them_back_beside_the_street(
    streets: StreetWays, datum: Datum
) -> None:
    medians = street_distances(read_as_wgs84(beside_the_street(7), datum), streets, datum="wgs84")
    assert medians[datum] == pytest.approx(12.0, abs=0.01)
    assert better_datum(medians, datum="wgs84") == datum


def test_the_right_datum_raises_no_doubt(streets: StreetWays) -> None:
    medians = street_distances(read_as_wgs84(beside_the_street(7), "wgs84"), streets, datum="wgs84")
    assert medians["wgs84"] == pytest.approx(12.0, abs=0.01)
    assert better_datum(medians, datum="cgcs2000") is None


def test_few_places_say_nothing(streets: StreetWays) -> None:
    places = read_as_wgs84(beside_the_street(4), "gcj02")
    assert street_distances(places, streets, datum="wgs84") == {}


def test_places_far_from_all_streets_say_nothing(streets: StreetWays) -> None:
    far = beside_the_street(7) + np.array([0.0, 5000.0])
    assert street_distances(read_as_wgs84(far, "wgs84"), streets, datum="wgs84") == {}


def real_places(city: str, encoding: str) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Read a city's compounds as WGS84, which they are not: they are BD-09."""
    table = pd.read_csv(REAL / city / "compounds.csv", encoding=encoding, dtype=str)
    degrees = gpd.GeoSeries.from_xy(
        table["经度"].astype(float), table["纬度"].astype(float), crs=4326
    )
    places = gpd.GeoDataFrame(geometry=degrees).to_crs(METRES)
    return places, table["地址"]


def real_zones(city: str, file: str = "districts.geojson") -> gpd.GeoDataFrame:
    zones = gpd.read_file(REAL / city / file).to_crs(METRES)
    return zones.rename(columns={"district": "name"})


@real
@pytest.mark.parametrize(
    ("city", "encoding"),
    [("weihai", "gb18030"), ("zhenjiang", "utf-8-sig"), ("xianyang", "utf-8")],
)
def test_addresses_tell_the_datum_of_real_compounds(city: str, encoding: str) -> None:
    places, addresses = real_places(city, encoding)
    finding = datum_finding(places, datum="wgs84", zones=real_zones(city), addresses=addresses)
    assert finding is not None
    assert finding.better == "bd09"


@real
def test_one_polygon_and_no_streets_decide_nothing() -> None:
    places, addresses = real_places("dongguan", "gb18030")
    zones = real_zones("dongguan")
    finding = datum_finding(places, datum="wgs84", zones=zones, addresses=addresses)
    assert finding is not None
    assert (finding.better, finding.decided) == (None, False)


@real
def test_districts_in_gcj02_are_told_from_the_true_ones() -> None:
    true = real_zones("weihai").geometry.union_all()
    shifted = real_zones("weihai", "districts_gcj02.geojson").geometry.union_all()
    assert outline_datum(shifted, true, crs=METRES) == "gcj02"
    assert outline_datum(true, true, crs=METRES) is None


def test_places_in_the_right_zone_raise_no_doubt() -> None:
    box = shapely.box(EAST - 300, NORTH - 300, EAST + 300, NORTH + 300)
    zones = gpd.GeoDataFrame({"name": ["甲区"]}, geometry=[box], crs=METRES)
    xy = np.column_stack([EAST + 10.0 * np.arange(20), np.full(20, NORTH)])
    addresses = pd.Series(["(甲区)某路"] * 20)
    right = gpd.GeoDataFrame(geometry=read_as_wgs84(xy, "wgs84"))
    wrong = gpd.GeoDataFrame(geometry=read_as_wgs84(xy, "gcj02"))
    found = [
        datum_finding(places, datum="wgs84", zones=zones, addresses=addresses)
        for places in (right, wrong)
    ]
    assert [(one.better, one.decided) for one in found if one] == [(None, True), ("gcj02", True)]


def test_in_a_dense_grid_the_many_places_decide() -> None:
    """A street every 100 m: no point is over 50 m from one, yet BD-09 does not pass for fine."""
    rows = range(41)
    xy = [(EAST + x, NORTH + 100.0 * row) for row in rows for x in (0, 4000)]
    ways = [([2 * row, 2 * row + 1], {"highway": "residential"}) for row in rows]
    grid = street_ways(World(xy=xy, ways=ways))
    random = np.random.default_rng(3)
    beside = np.column_stack(
        [EAST + random.uniform(0, 4000, 300), NORTH + 100.0 * random.integers(0, 41, 300) + 8.0]
    )
    places = gpd.GeoDataFrame(geometry=read_as_wgs84(beside, "bd09"))
    finding = datum_finding(places, datum="wgs84", streets=grid)
    assert finding is not None
    assert finding.better == "bd09"
    right = datum_finding(
        gpd.GeoDataFrame(geometry=read_as_wgs84(beside, "wgs84")), datum="wgs84", streets=grid
    )
    assert right is not None
    assert (right.better, right.decided) == (None, True)
