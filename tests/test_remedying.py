"""What a remedy promises on the example study, tried by running the whole engine again."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lifecircle.assessment import PLAIN_STANDARD, Assessment, assess
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.read.study_standard import documents_and_inputs
from lifecircle.standards.profile import read_standard
from lifecircle.study import example_study, read_study
from lifecircle.supply.area_units import to_units
from lifecircle.walk.sites import CELL_M

pytestmark = pytest.mark.slow

SURE_M = 2 * CELL_M  # the outline passes half-way between two points


@pytest.fixture(scope="module")
def inputs() -> StudyInputs:
    return documents_and_inputs(read_study(example_study()))[1]


def assessed(inputs: StudyInputs) -> Assessment:
    study = read_study(example_study())
    documents, _ = documents_and_inputs(study)
    return assess(
        inputs, study=study, standard=documents.standard, plain=read_standard(PLAIN_STANDARD)
    )


@pytest.fixture(scope="module")
def before(inputs: StudyInputs) -> Assessment:
    return assessed(inputs)


def with_a_station(inputs: StudyInputs, point: shapely.Point, m2: float) -> Assessment:
    known = inputs.facilities
    station = known[known["kind"].eq("community_station") & known["status"].eq("operating")].iloc[
        :1
    ]
    new = station.assign(
        floor_area_m2=m2, floor=1.0, serves_id=None, site_id=None, entrances=None,
        geometry=gpd.GeoSeries([point], index=station.index, crs=known.crs),
    ).set_axis(pd.Index(["ZZ"], name=known.index.name))  # fmt: skip
    facilities = gpd.GeoDataFrame(pd.concat([known, new]), crs=known.crs)
    return assessed(replace(inputs, facilities=facilities))


def shortage(found: Assessment, homes: list[str]) -> int:
    return int(to_units(found.residences.loc[homes, "circle_shortage_m2"]).sum())


def surely_inside(area: shapely.Geometry, streets: gpd.GeoDataFrame) -> list[shapely.Point]:
    """Choose a public street's point well inside the area, in its widest part; none if none is."""
    parts = shapely.get_parts(shapely.buffer(area, -SURE_M))
    core = max(parts, key=shapely.area, default=shapely.Polygon())
    public = streets[streets["access"].eq("public")]
    lines = shapely.get_parts(shapely.intersection(public.union_all(), core))
    line = max(lines, key=shapely.length, default=shapely.LineString())
    return [] if line.is_empty else [line.interpolate(0.5, normalized=True)]


def area_of(found: Assessment, cluster: str, kind: str) -> shapely.Geometry:
    areas = found.remedy_areas.set_index(["cluster_id", "kind"]).geometry
    return areas.get((cluster, kind), shapely.MultiPolygon())


def test_the_least_at_a_point_of_the_area_meets_everyone_and_nothing_is_lost(
    inputs: StudyInputs, before: Assessment
) -> None:
    # Some areas lie behind a wall, where no public street leads.
    cluster, point = next(
        (str(name), point)
        for name in before.clusters.index
        for point in surely_inside(area_of(before, str(name), "all_met"), before.streets)
    )
    row = before.clusters.loc[cluster]
    after = with_a_station(inputs, point, row["least_m2"])
    homes = row["residence_ids"].split(";")
    known = before.residences.index[before.residences["circle_shortage_m2"].notna()].tolist()
    assert shortage(before, homes) == round(row["least_m2"] * 100)
    assert shortage(after, homes) == 0
    assert shortage(before, known) - shortage(after, known) == round(row["least_m2"] * 100)


def test_where_it_only_helps_even_plenty_leaves_someone_short(
    inputs: StudyInputs, before: Assessment
) -> None:
    cluster = before.clusters.index[before.clusters["outermost"] & ~before.clusters["single_site"]][
        0
    ]
    homes = before.clusters.loc[cluster, "residence_ids"].split(";")
    (point,) = surely_inside(area_of(before, cluster, "helps"), before.streets)
    after = with_a_station(inputs, point, 100_000.0)
    assert 0 < shortage(after, homes) < shortage(before, homes)
    assert area_of(before, cluster, "all_met").is_empty
