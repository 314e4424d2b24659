import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pytest
from pyproj import Transformer

from lifecircle.datum import Datum, from_wgs84
from lifecircle.read.datum_check import better_datum, street_distances
from lifecircle.walk.ways import StreetWays
from worlds import METRES, World, street_ways

Points = npt.NDArray[np.float64]

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
