"""People of rasters: in residences, between them, outside; scaled, served, none lost."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from lifecircle.errors import TableError
from lifecircle.read.peopled import with_people
from lifecircle.read.population import Population, people_within, raster_files, read_population
from lifecircle.study import PopulationInput
from lifecircle.supply.people import people_table
from lifecircle.tables import complete
from made_rasters import write_tif

GRID = CRS.from_epsg(4547)
WEST, NORTH = 500_000.0, 3_300_000.0


def box(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    """Draw a box by metres east and south of the corner."""
    return shapely.box(WEST + left, NORTH - bottom, WEST + right, NORTH - top)


def raster(folder: Path, cells: object, name: str = "made.tif", **options: object) -> Path:
    return write_tif(folder / name, cells, corner=(WEST, NORTH), **options)


def homes(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs=GRID)
    return complete(table, "residences")


def zones(level: str = "street", **shapes: tuple[shapely.Geometry, float]) -> gpd.GeoDataFrame:
    outlines, people = zip(*shapes.values(), strict=True)
    columns = {"level": level, "population": list(people)}
    table = gpd.GeoDataFrame(columns, geometry=list(outlines), index=list(shapes), crs=GRID)
    return complete(table, "zones")


def section(*files: Path, **options: object) -> PopulationInput:
    given_ones: dict[str, object] = {"persons_per_household": 2.5, **options}
    return PopulationInput.model_validate({"file": [str(one) for one in files], **given_ones})


CELLS = 2.0 ** np.arange(16).reshape(4, 4)
"""Powers of two: a sum says which cells are in it."""
AREA = box(0, 0, 400, 200)


def read(
    residences: gpd.GeoDataFrame,
    settings: PopulationInput,
    zoned: gpd.GeoDataFrame | None = None,
    area: shapely.Geometry = AREA,
) -> Population:
    return read_population(settings, residences=residences, zones=zoned, area=area)


def test_people_are_in_residences_or_between_them_or_outside(tmp_path: Path) -> None:
    found = read(homes(R=box(0, 0, 100, 100)), section(raster(tmp_path, CELLS)))
    sums = found.sums.loc["population"]
    assert sums.to_dict() == {
        "read": 2**16 - 1,
        "scaled": 2**16 - 1,
        "inside": 2**8 - 1,  # the upper two rows
        "assigned": 1,
    }
    assert found.ground["population"].tolist() == [1, 2**8 - 2]


def test_people_between_residences_are_told_by_zone(tmp_path: Path) -> None:
    both = zones(Z1=(box(0, 0, 200, 200), np.nan), Z2=(box(200, 0, 400, 200), np.nan))
    found = read(homes(R=box(0, 0, 100, 100)), section(raster(tmp_path, CELLS)), both)
    between = found.ground[found.ground["residence_id"].isna()].set_index("street_id")
    assert between["population"].to_dict() == {"Z1": 2 + 16 + 32, "Z2": 4 + 8 + 64 + 128}
    assert [one.reason for one in found.remarks] == ["people_unassigned"]
    assert found.remarks[0].found == "254 (99.6%)"


def test_scaled_people_are_the_zones_own(tmp_path: Path) -> None:
    both = zones(Z1=(box(0, 0, 200, 200), 510.0), Z2=(box(200, 0, 400, 200), 408.0))
    settings = section(raster(tmp_path, CELLS), scale_to_zones=True)
    found = read(homes(R=box(0, 0, 100, 100)), settings, both)
    by_zone = found.ground.groupby("street_id")["population"].sum()
    # 51 people become 510, 204 become 408.
    assert by_zone.to_dict() == pytest.approx({"Z1": 510, "Z2": 408})
    assert found.ground.loc[0, "population"] == pytest.approx(10)
    sums = found.sums.loc["population"]
    assert sums["scaled"] - sums["read"] == pytest.approx(918 - 255)
    assert sums["scaled"] - sums["inside"] == pytest.approx(2**16 - 2**8)


def test_ages_that_no_zone_counts_are_scaled_with_the_population(tmp_path: Path) -> None:
    both = zones(Z1=(box(0, 0, 400, 200), 510.0))
    settings = section(
        raster(tmp_path, CELLS),
        older_80=[str(raster(tmp_path, CELLS / 4, "made_80.tif"))],
        scale_to_zones=True,
    )
    found = read(homes(R=box(0, 0, 100, 100)), settings, both)
    assert found.ground["older_80"].sum() == pytest.approx(510 / 4)


def test_a_zone_that_cannot_be_scaled_is_named(tmp_path: Path) -> None:
    three = zones(
        Z1=(box(0, 0, 100, 200), 100.0),
        Z2=(box(100, 0, 200, 200), np.nan),
        Z3=(box(200, 0, 400, 200), 7.0),
    )
    cells = CELLS.copy()
    cells[:2, 2:] = 0
    settings = section(raster(tmp_path, cells), scale_to_zones=True)
    found = read(homes(R=box(0, 0, 100, 100)), settings, three)
    told = {one.reason: one.found for one in found.remarks}
    assert told["zone_count_unknown"] == "1: 'Z2'"
    assert told["zone_without_people"] == "1: 'Z3'"
    by_zone = found.ground.groupby("street_id")["population"].sum()
    assert by_zone.to_dict() == pytest.approx({"Z1": 100, "Z2": 34, "Z3": 0})


def test_a_density_in_place_of_counts_is_remarked_beside_the_zones(tmp_path: Path) -> None:
    # 100 people on each of eight cells of 100 m, given as people a square kilometre.
    counted = zones(Z1=(box(0, 0, 400, 200), 800.0))
    density = raster(tmp_path, np.full((4, 4), 10_000.0))
    found = read(homes(R=box(0, 0, 100, 100)), section(density), counted)
    told = {one.reason: (one.found, one.severity) for one in found.remarks}
    assert told["raster_unlike_zones"] == ("80,000 / 800", "warning")
    found = read(homes(R=box(0, 0, 100, 100)), section(density, scale_to_zones=True), counted)
    told = {one.reason: (one.found, one.severity) for one in found.remarks}
    assert told["raster_unlike_zones"] == ("80,000 / 800", "note")


@pytest.mark.parametrize(
    ("people", "doubted"), [(100, False), (125, False), (126, True), (74, True)]
)
def test_a_quarter_more_or_fewer_than_the_zones_count_is_let_pass(
    tmp_path: Path, people: float, *, doubted: bool
) -> None:
    counted = zones(Z1=(box(0, 0, 400, 200), 800.0))
    cells = raster(tmp_path, np.full((4, 4), float(people)))
    found = read(homes(R=box(0, 0, 100, 100)), section(cells), counted)
    assert ("raster_unlike_zones" in [one.reason for one in found.remarks]) == doubted


def test_more_old_people_than_people_are_remarked(tmp_path: Path) -> None:
    old = raster(tmp_path, np.full((4, 4), 3.0), "made_60.tif")
    settings = section(raster(tmp_path, np.full((4, 4), 2.0)), older_60=[str(old)])
    found = read(homes(R=box(0, 0, 100, 100)), settings)
    told = {one.reason: (one.field, one.found) for one in found.remarks}
    assert told["group_above_population"] == ("older_60", "24 > 16")  # eight cells of the area


def test_nothing_to_scale_to_is_refused(tmp_path: Path) -> None:
    settings = section(raster(tmp_path, CELLS), scale_to_zones=True)
    with pytest.raises(TableError, match="no zone counts its population"):
        read(homes(R=box(0, 0, 100, 100)), settings)


def test_households_follow_from_people_and_are_marked(tmp_path: Path) -> None:
    table = homes(R1=box(0, 100, 100, 200), R2=box(100, 100, 200, 200), R3=box(200, 100, 300, 200))
    table.loc["R2", "households"] = 77.0
    table.loc["R3", ["population", "households"]] = [50.0, 20.0]
    settings = section(raster(tmp_path, CELLS))
    filled = with_people(table, read(table, settings), settings)
    # 16 people are 6.4 households; R2 keeps its own, R3 both.
    assert filled.table["population"].tolist() == [16, 32, 50]
    assert filled.table["households"].tolist() == [6, 77, 20]
    assert filled.table["households_estimated"].tolist() == [True, False, False]
    assert [one.found for one in filled.remarks] == ["R1: 16.0 -> 6", "R2: 32.0 -> 77"]


def test_given_numbers_are_replaced_only_if_the_study_says_so(tmp_path: Path) -> None:
    table = homes(R3=box(200, 100, 300, 200))
    table.loc["R3", ["population", "households"]] = [50.0, 20.0]
    settings = section(raster(tmp_path, CELLS), replace_given=True)
    filled = with_people(table, read(table, settings), settings)
    assert filled.table["population"].tolist() == [64]
    assert filled.table["households"].tolist() == [26]
    assert filled.table["households_estimated"].tolist() == [True]


def test_ages_are_filled_from_rasters_of_their_own(tmp_path: Path) -> None:
    table = homes(R=box(0, 0, 200, 200))
    coarse = raster(tmp_path, [[12.0]], "made_60.tif", cell=200.0)
    settings = section(raster(tmp_path, CELLS), older_60=[str(coarse)])
    filled = with_people(table, read(table, settings), settings)
    assert filled.table.loc["R", ["population", "older_60"]].tolist() == [1 + 2 + 16 + 32, 12]
    assert np.isnan(filled.table.loc["R", "older_65"])


def test_a_residence_mostly_off_the_raster_stays_unknown(tmp_path: Path) -> None:
    table = homes(R1=box(-200, 0, 100, 100), R2=box(-50, 100, 100, 200))
    found = read(table, section(raster(tmp_path, CELLS)), area=box(-200, 0, 400, 200))
    told = [(one.reason, one.found) for one in found.remarks]
    assert ("population_unknown_here", "R1: 33%") in told
    assert ("raster_too_small", "33.3%") in told
    # Its ground counts as ground between residences, so nobody is lost.
    assert found.ground["residence_id"].dropna().tolist() == ["R2"]
    assert found.sums.loc["population", "inside"] == 2**8 - 1


def test_unknown_cells_are_told_and_hold_nobody(tmp_path: Path) -> None:
    cells = CELLS.copy()
    cells[1, 3] = -1
    found = read(homes(R=box(0, 0, 100, 100)), section(raster(tmp_path, cells, nodata=-1)))
    told = {one.reason: (one.severity, one.found) for one in found.remarks}
    assert told["raster_unknown_cells"] == ("note", "12.5%")
    assert found.sums.loc["population", "inside"] == 2**8 - 1 - 128


def test_points_have_no_ground(tmp_path: Path) -> None:
    found = read(homes(P=shapely.Point(WEST + 50, NORTH - 50)), section(raster(tmp_path, CELLS)))
    told = {one.reason: one.found for one in found.remarks}
    assert told["population_needs_outline"] == "1: 'P'"
    assert found.sums.loc["population", "assigned"] == 0


def test_the_files_are_named_by_setting(tmp_path: Path) -> None:
    settings = section(tmp_path / "a.tif", tmp_path / "b.tif", older_60=[str(tmp_path / "c.tif")])
    names = {key: path.name for key, path in raster_files(settings).items()}
    assert names == {
        "population": "a.tif", "population.2": "b.tif", "population.older_60": "c.tif"
    }  # fmt: skip


# Served.


def test_people_within_a_catchment_by_both_ways(tmp_path: Path) -> None:
    table = homes(R1=box(0, 0, 100, 100), R2=box(100, 0, 200, 100))
    both = zones(Z1=(box(0, 0, 200, 200), np.nan), Z2=(box(200, 0, 400, 200), np.nan))
    found = read(table, section(raster(tmp_path, CELLS)), both)
    # Half of R1 (1), all of R2 (2), half of what lies below R1 (16); nobody of Z2.
    within = people_within(found, shapely.union(box(50, 0, 100, 200), box(100, 0, 200, 100)))
    assert within["population"].tolist() == pytest.approx([0.5, 2, 8, 0])
    # R1 gives 10 people itself and is served; R2 has 2 and is not.
    residences = pd.DataFrame(
        {"population": [10.0, 2.0], "snapped": True, "reachable_facilities": [1, 0],
         "street_id": "Z1"}, index=["R1", "R2"],
    )  # fmt: skip
    rows = people_table(found.ground, within, residences, both).set_index("zone_id")
    first = rows.loc["Z1"]
    assert first["people_in_residences"] == 12
    assert first[["people_assigned", "people_unassigned"]].tolist() == [3, 48]
    assert (first["served_in_residences"], first["served_raster"]) == (10, 10.5)
    assert first["difference"] == pytest.approx(0.5)
    explained = first[["from_unassigned", "from_ground", "from_given"]].tolist()
    # 8 between residences; R1 half a person less, R2 two more than by the whole; 1 is not 10.
    assert explained == pytest.approx([8, -0.5 + 2, -9])
    assert rows.loc["Z2", "people_raster"] == 204
    assert rows.iloc[-1][["level", "people_raster"]].tolist() == ["area", 255]


def test_a_share_of_homes_counts_as_a_share(tmp_path: Path) -> None:
    found = read(homes(R=box(0, 0, 100, 100)), section(raster(tmp_path, CELLS)))
    within = people_within(found, box(0, 0, 50, 100))
    residences = pd.DataFrame(
        {"population": [1.0], "snapped": True, "reachable_facilities": 1, "served_share": 0.75},
        index=["R"],
    )
    row = people_table(found.ground, within, residences, pd.DataFrame(columns=["level", "name"]))
    assert row["served_in_residences"].tolist() == [0.75]
    assert row["from_ground"].tolist() == [-0.25]


corners = st.tuples(*[st.integers(-50, 420)] * 2, st.integers(5, 200), st.integers(5, 200))


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    places=st.lists(corners, min_size=1, max_size=5),
    cells=st.lists(st.integers(0, 2**24), min_size=16, max_size=16),
    border=st.integers(20, 380),
    census=st.none() | st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)),
    catchment=corners,
)
def test_nobody_is_lost_counted_twice_or_served_without_being_there(
    tmp_path: Path,
    places: list[tuple[int, int, int, int]],
    cells: list[int],
    border: int,
    census: tuple[int, int] | None,
    catchment: tuple[int, int, int, int],
) -> None:
    values = np.array(cells, dtype=np.float64).reshape(4, 4) + 1
    table = homes(**{f"R{n}": box(x, y, x + w, y + h) for n, (x, y, w, h) in enumerate(places)})
    own = (np.nan, np.nan) if census is None else census
    both = zones(Z1=(box(0, 0, border, 200), own[0]), Z2=(box(border, 0, 400, 200), own[1]))
    file = section(raster(tmp_path, values), scale_to_zones=census is not None)
    found = read(table, file, both)
    sums, ground = found.sums.loc["population"], found.ground
    elsewhere = sums["scaled"] - sums["inside"]
    assert ground["population"].sum() == pytest.approx(sums["inside"], rel=1e-12)
    assert ground["population"].sum() + elsewhere == pytest.approx(sums["scaled"], abs=1e-6)
    if census is None:
        assert sums["scaled"] == sums["read"] == pytest.approx(values.sum())
        assert elsewhere >= -1e-6
    else:
        by_zone = ground.groupby("street_id")["population"].sum()
        for zone, people in zip(("Z1", "Z2"), census, strict=True):
            assert by_zone.get(zone, people) == pytest.approx(people)
    x, y, w, h = catchment
    within = people_within(found, box(x, y, x + w, y + h))["population"]
    assert (within <= ground["population"]).all()
    assert (within >= 0).all()
