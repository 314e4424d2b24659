"""Whose the people of cells are: exact parts of the ground, or floor area."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from lifecircle.read.cell_parts import cell_shares, dwellings_on, ground_shares, known_shares
from lifecircle.read.rasters import Raster

GRID = CRS.from_epsg(4547)
WGS84 = CRS.from_epsg(4326)
WEST, NORTH = 500_000.0, 3_300_000.0


def raster(cells: object, *, crs: CRS = GRID, cell: float = 100.0) -> Raster:
    """Lay cells from (WEST, NORTH) to the south-east; their people are powers of two."""
    return Raster(
        source="made.tif", cells=np.asarray(cells, dtype=np.float64), west=WEST, north=NORTH,
        cell_width=cell, cell_height=cell, crs=crs, whole=True,
    )  # fmt: skip


def box(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    """Draw a box by metres east and south of the corner."""
    return shapely.box(WEST + left, NORTH - bottom, WEST + right, NORTH - top)


def array(*shapes: shapely.Geometry) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def people(shares: pd.DataFrame, cells: object, count: int) -> list[float]:
    values = np.asarray(cells, dtype=np.float64).ravel()
    sums = np.zeros(count)
    np.add.at(sums, shares["shape"].to_numpy(), shares["share"] * values[shares["cell"]])
    return [float(one) for one in sums]


FOUR = [[1, 2], [4, 8]]


def test_a_quarter_of_four_cells() -> None:
    shares = cell_shares(raster(FOUR), array(box(50, 50, 150, 150)), crs=GRID)
    assert shares["share"].tolist() == [0.25] * 4
    assert people(shares, FOUR, 1) == [15 / 4]


def test_a_residence_in_two_parts_is_one() -> None:
    parts = shapely.MultiPolygon([box(0, 0, 100, 50), box(100, 100, 200, 200)])
    shares = cell_shares(raster(FOUR), array(parts), crs=GRID)
    assert people(shares, FOUR, 1) == [0.5 * 1 + 8]


def test_what_lies_off_the_raster_has_nobody() -> None:
    shapes = array(box(-100, 0, 100, 100), box(900, 900, 950, 950), shapely.Polygon())
    assert people(cell_shares(raster(FOUR), shapes, crs=GRID), FOUR, 3) == [1, 0, 0]


def test_how_much_of_a_shape_is_known() -> None:
    cells = [[1, np.nan], [4, 8]]
    shapes = array(box(0, 0, 200, 100), box(-100, 0, 100, 100), box(0, 100, 200, 200))
    on, known = known_shares(raster(cells), shapes, crs=GRID)
    np.testing.assert_allclose(on, [1, 0.5, 1])
    np.testing.assert_allclose(known, [0.5, 0.5, 1])


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 400)] * 4), min_size=1, max_size=6),
    st.floats(5, 120),
)
def test_shares_are_those_of_plain_intersections(
    places: list[tuple[int, int, int, int]], radius: float
) -> None:
    lines = [shapely.LineString([(WEST + a, NORTH - b), (WEST + c, NORTH - d + 1)])
             for a, b, c, d in places]  # fmt: skip
    shapes = shapely.buffer(array(*lines), radius)
    found = ground_shares(raster(np.ones((4, 4))), shapes, crs=GRID)
    sums = found.set_index(["shape", "cell"])["share"]
    for shape, outline in enumerate(shapes):
        for cell in range(16):
            row, column = divmod(cell, 4)
            square = box(100 * column, 100 * row, 100 * column + 100, 100 * row + 100)
            plain = shapely.intersection(outline, square).area / 10_000
            assert sums.get((shape, cell), 0.0) == pytest.approx(plain, abs=1e-6)


def test_shapes_are_brought_to_the_rasters_own_system() -> None:
    # A raster in degrees under a residence in metres: exactextract itself would find nobody.
    degrees = gpd.GeoSeries([box(0, 0, 200, 200)], crs=GRID).to_crs(WGS84)
    west, south, east, north = degrees.total_bounds
    wide, high = (east - west) / 2, (north - south) / 2
    grid = Raster(
        source="made.tif", cells=np.array(FOUR, dtype=float), west=west, north=north,
        cell_width=wide, cell_height=high, crs=WGS84, whole=True,
    )  # fmt: skip
    middle = gpd.GeoSeries([shapely.box(west + wide / 2, south + high / 2, east, north)], crs=WGS84)
    shares = cell_shares(grid, middle.to_crs(GRID).to_numpy(dtype=object), crs=GRID)
    # Half of 1, all of 2, a quarter of 4 and half of 8, save for 10 nanodegrees.
    assert people(shares, FOUR, 1)[0] == pytest.approx(0.5 + 2 + 1 + 4, abs=1e-3)


# Buildings.


def homes(*boxes: tuple[shapely.Polygon, float]) -> gpd.GeoDataFrame:
    shapes, levels = zip(*boxes, strict=True)
    return gpd.GeoDataFrame({"levels": list(levels)}, geometry=list(shapes), crs=GRID)


def test_people_live_in_buildings_by_floor_area() -> None:
    # In the first cell: 10 x 10 m of 6 storeys in A, 20 x 10 m of 1 storey in B: 600 to 200 m².
    grid = raster(FOUR)
    built = homes((box(0, 0, 10, 10), 6), (box(60, 60, 80, 70), 1))
    shapes = array(box(0, 0, 50, 100), box(50, 0, 100, 100), box(100, 0, 200, 200))
    shares = cell_shares(grid, shapes, crs=GRID, dwellings=dwellings_on(grid, built))
    # No building stands in the other cells: the third shape has their ground, 2 and 8.
    assert people(shares, FOUR, 3) == pytest.approx([0.75, 0.25, 10])


def test_a_building_across_an_outline_is_cut() -> None:
    grid = raster(FOUR)
    built = homes((box(40, 0, 80, 10), 3))
    shares = cell_shares(
        grid, array(box(0, 0, 50, 100)), crs=GRID, dwellings=dwellings_on(grid, built)
    )
    assert people(shares, FOUR, 1) == pytest.approx([0.25])


def test_a_building_across_cells_is_cut() -> None:
    grid = raster(FOUR)
    # 30 m in the first cell beside 10 x 10 m of another; 10 m alone in the second.
    built = homes((box(70, 0, 110, 10), 1), (box(0, 0, 10, 10), 1))
    shapes = array(box(60, 0, 120, 20))
    shares = cell_shares(grid, shapes, crs=GRID, dwellings=dwellings_on(grid, built))
    assert people(shares, FOUR, 1) == pytest.approx([0.75 * 1 + 2])


def test_people_in_buildings_between_residences_are_not_given_to_them() -> None:
    grid = raster(FOUR)
    built = homes((box(80, 80, 90, 90), 2))
    shares = cell_shares(
        grid, array(box(0, 0, 50, 100)), crs=GRID, dwellings=dwellings_on(grid, built)
    )
    assert people(shares, FOUR, 1) == [0]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-50, 350), st.integers(-50, 350), st.integers(1, 90),
                       st.integers(1, 30)), max_size=8),
    st.lists(st.integers(0, 2**20), min_size=16, max_size=16),
    st.tuples(st.floats(10, 390), st.floats(10, 390)),
)  # fmt: skip
def test_nobody_is_made_or_lost(
    buildings: list[tuple[int, int, int, int]], cells: list[int], cut: tuple[float, float]
) -> None:
    values = np.array(cells, dtype=np.float64).reshape(4, 4)
    x, y = cut
    parts = array(box(0, 0, x, y), box(x, 0, 400, y), box(0, y, x, 400), box(x, y, 400, 400))
    grid = raster(values)
    dwellings = None
    if buildings:
        built = homes(
            *((box(a, b, a + side, b + side), levels) for a, b, side, levels in buildings)
        )
        dwellings = dwellings_on(grid, built)
    shares = cell_shares(grid, parts, crs=GRID, dwellings=dwellings)
    assert sum(people(shares, values, 4)) == pytest.approx(values.sum(), rel=1e-12, abs=1e-6)
    assert (shares.groupby("cell")["share"].sum() <= 1 + 1e-12).all()
