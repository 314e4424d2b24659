import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lifecircle import datum
from lifecircle.datum import Datum

METRES_A_DEGREE = 111_320.0


def china_points(count: int = 20_000) -> tuple[datum.Degrees, datum.Degrees]:
    random = np.random.default_rng(7)
    return random.uniform(73.5, 135.0, count), random.uniform(3.9, 53.5, count)


@pytest.mark.parametrize("name", datum.DATUMS)
def test_there_and_back_is_exact_to_a_micrometre(name: Datum) -> None:
    longitude, latitude = china_points()
    back = datum.to_wgs84(*datum.from_wgs84(longitude, latitude, name), name)
    assert_allclose(back, (longitude, latitude), rtol=0, atol=1e-6 / METRES_A_DEGREE)


def test_gcj02_of_a_published_point() -> None:
    # The example that the open converters share (coordtransform's README): BD-09 (116.404, 39.915)
    # is GCJ-02 (116.39762729119315, 39.90865673957631); its one-step inverse is good to about 1 m.
    longitude, latitude = datum.to_wgs84([116.404], [39.915], "bd09")
    there = datum.from_wgs84(longitude, latitude, "gcj02")
    assert_allclose(np.ravel(there), [116.397627, 39.908657], rtol=0, atol=2e-5)


def test_wgs84_to_gcj02_of_a_published_point() -> None:
    # coordtransform's README names this point and its answer.
    there = datum.from_wgs84([116.404], [39.915], "gcj02")
    assert_allclose(np.ravel(there), [116.41024449916938, 39.91640428150164], rtol=0, atol=1e-12)


def test_cgcs2000_is_taken_as_wgs84() -> None:
    longitude, latitude = china_points(5)
    assert_array_equal(datum.to_wgs84(longitude, latitude, "cgcs2000"), (longitude, latitude))


def test_outside_china_gcj02_is_wgs84() -> None:
    assert_array_equal(datum.to_wgs84([-15.4], [28.1], "gcj02"), ([-15.4], [28.1]))


def test_arguments_are_left_as_they_were() -> None:
    longitude, latitude = china_points(5)
    before = longitude.copy(), latitude.copy()
    datum.to_wgs84(longitude, latitude, "bd09")
    assert_array_equal((longitude, latitude), before)


def test_an_unknown_place_stays_unknown_and_disturbs_no_other() -> None:
    longitude, latitude = datum.to_wgs84([np.nan, 116.404], [np.nan, 39.915], "bd09")
    alone = datum.to_wgs84([116.404], [39.915], "bd09")
    assert np.isnan(longitude[0])
    assert (longitude[1], latitude[1]) == (alone[0][0], alone[1][0])


@pytest.mark.parametrize(
    ("longitude", "latitude", "code"),
    [
        (114.3, 30.6, 4547),  # Wuhan: 114 E
        (122.1, 37.5, 4550),  # Weihai: 123 E
        (75.9, 39.5, 4534),  # Kashgar: 75 E
        (135.5, 48.3, 4554),  # Fuyuan: 135 E
        (-15.4, 28.1, 32628),  # Las Palmas
        (151.2, -33.9, 32756),  # Sydney
    ],
)
def test_study_crs_follows_the_longitude(longitude: float, latitude: float, code: int) -> None:
    assert datum.study_crs(longitude, latitude).to_epsg() == code


@pytest.mark.parametrize("meridian", range(75, 136, 3))
def test_every_chinese_zone_has_its_meridian(meridian: int) -> None:
    operation = datum.study_crs(float(meridian), 30.0).coordinate_operation
    assert operation is not None
    values = {parameter.name: parameter.value for parameter in operation.params}
    assert values["Longitude of natural origin"] == meridian
    assert values["False easting"] == 500_000
