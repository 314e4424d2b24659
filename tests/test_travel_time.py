"""Rasters of travel time: the catchments' own surface, as it is read back."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from lifecircle.assessment import Assessment
from lifecircle.assessment.surveying import survey, zone_travel_times
from lifecircle.supply.results import Walked
from lifecircle.units import walk_limit_mm
from lifecircle.walk.catchments import area_within
from lifecircle.walk.places import snap_places
from lifecircle.walk.sight import barrier_grid, walk_ground
from lifecircle.walk.surface import CELL_M, FAR_MM, WalkSurface, held_at
from lifecircle.walk.travel_time import pack_seconds
from lifecircle.write.travel_time import write_travel_times


@pytest.fixture(scope="module")
def folder(example: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rasters") / "travel_time"
    write_travel_times(example, folder)
    return folder


def surface_of(path: Path, assessment: Assessment) -> WalkSurface:
    """Read a raster as the surface it was written from."""
    walk = assessment.study.walk
    with rasterio.open(path) as raster:
        seconds = raster.read(1, masked=True)[::-1]
        corner = np.array([raster.bounds.left, raster.bounds.bottom]) + CELL_M / 2
    walk_mm = (seconds.astype(np.float64) * 1000 * walk.speed_m_s).filled(FAR_MM)
    barriers = barrier_grid(
        walk_ground(assessment.network), corner, walk_mm.shape, cell_m=CELL_M, reach_m=45
    )
    return WalkSurface(corner, walk_mm, None if barriers is None else barriers.fraction)


def zones_of(*areas: shapely.Geometry) -> gpd.GeoDataFrame:
    names = [str(number) for number in range(len(areas))]
    return gpd.GeoDataFrame(
        {"level": "street", "zone_id": names}, geometry=list(areas), crs="EPSG:4547"
    )


@pytest.mark.parametrize("kind", ["all", "day_care", "community_station"])
def test_the_contours_of_the_raster_are_the_catchments(
    example: Assessment, folder: Path, kind: str
) -> None:
    surface = surface_of(folder / f"{kind}.tif", example)
    drawn = example.catchments
    drawn = drawn[drawn["kind"].eq(kind) & drawn["facility_id"].isna()].set_index("minutes")
    assert list(drawn.index) == [5, 10, 15]
    for minutes, area in drawn.geometry.items():
        limit = walk_limit_mm(minutes, example.study.walk.speed_m_s)
        contour = area_within(held_at(surface, limit, off_street_m=50), surface.corner, limit)
        assert contour.symmetric_difference(area).area < 1e-5 * area.area  # 32 bits of seconds


def test_a_raster_reads_back_as_it_was_surveyed(example: Assessment, folder: Path) -> None:
    kinds = []
    for times in example.surfaces:
        kinds.append(times.kind)
        with rasterio.open(folder / f"{times.kind}.tif") as raster:
            np.testing.assert_array_equal(raster.read(1), times.seconds)
            assert raster.crs.to_epsg() == example.crs.to_epsg()
            assert raster.bounds.left == times.west
            assert raster.bounds.top == times.north
            assert np.isnan(raster.nodata)
            assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert sorted(kinds) == sorted(path.stem for path in folder.iterdir())


def test_rings_and_limit_are_contours_of_one_surface(example: Assessment) -> None:
    # One ring of 5 minutes: the surface is known to the limit of 15 all the same.
    kept = example.facilities[example.facilities["kind"].eq("community_station")]
    places = snap_places(example.network, kept.geometry, gates=kept["entrances"], snap_limit_m=300)
    walked = Walked(example.network, places, places, example.links, example.links)
    walk = example.study.walk.model_copy(update={"rings": (5,)})
    study = example.study.model_copy(update={"walk": walk})
    found = survey(walked, kept, example.zones, study, area=example.area)
    (known,) = (each for each in example.surfaces if each.kind == "community_station")
    np.testing.assert_array_equal(found.surfaces[1].seconds, known.seconds)
    of_kind = found.catchments["kind"].eq("community_station")
    ring = found.catchments[of_kind & found.catchments["facility_id"].isna()]
    drawn = example.catchments[example.catchments["facility_id"].isna()]
    drawn = drawn[drawn["kind"].eq("community_station")].set_index("minutes").geometry
    assert ring["minutes"].tolist() == [5]
    assert shapely.equals(ring.geometry.iloc[0], drawn[5])
    whole = found.catchments[found.catchments["kind"].eq("all")].geometry.iloc[0]
    assert whole.difference(found.served).area == pytest.approx(0, abs=1e-6)
    assert found.served.area > 2 * whole.area


def test_a_raster_is_written_alike_twice(example: Assessment, folder: Path, tmp_path: Path) -> None:
    write_travel_times(example, tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_no_time_is_longer_than_what_the_last_contour_needs(folder: Path) -> None:
    with rasterio.open(folder / "all.tif") as raster:
        seconds = raster.read(1, masked=True)
    assert seconds.min() >= 0
    assert seconds.max() <= 15 * 60 + 70  # off_street_m and two cells, at 1 m/s


def test_sums_by_zone_weigh_cells_by_their_part_in_it() -> None:
    # Four cells of 10 m; the zone holds the western two and half of the eastern two.
    seconds = np.array([[100, 200], [300, np.nan]], dtype=np.float32)
    times = pack_seconds(seconds, kind="day_care", west=0.0, north=20.0)
    row = zone_travel_times(times, zones_of(shapely.box(0, 0, 15, 20)), limit_s=900).iloc[0]
    assert row["mean_seconds"] == pytest.approx((100 + 300 + 200 / 2) / 2.5)
    assert row["median_seconds"] == pytest.approx(200)
    assert row["within_area_share"] == pytest.approx(2.5 * 100 / 300)


def test_ground_that_nobody_reaches_has_no_time_and_no_share() -> None:
    seconds = np.full((2, 2), np.nan, dtype=np.float32)
    times = pack_seconds(seconds, kind="all", west=0.0, north=20.0)
    zones = zones_of(shapely.box(0, 0, 20, 20), shapely.box(900, 900, 910, 910))
    table = zone_travel_times(times, zones, limit_s=900)
    assert table["mean_seconds"].isna().all()
    assert table["within_area_share"].tolist() == [0, 0]


def test_the_share_within_the_limit_is_the_catchments_but_for_its_rim(example: Assessment) -> None:
    table = example.travel_times
    table = table[table["kind"].eq("all")].set_index("zone_id")
    drawn = example.catchments
    area = drawn[drawn["kind"].eq("all") & drawn["minutes"].eq(15)].geometry.iloc[0]
    zone = example.zones.index[example.zones["level"].eq("district")][0]
    outline = example.zones.geometry[zone]
    share = area.intersection(outline).area / outline.area
    assert table.loc[zone, "within_area_share"] == pytest.approx(share, abs=0.03)
