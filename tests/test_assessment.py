"""The toy town: one street, every answer in the reader's head."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.assessment import Assessment, assess
from lifecircle.errors import TableError
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.standards.profile import read_standard
from lifecircle.study import Study
from worlds import METRES, World, street_ways

STREET = {"highway": "residential"}


def study(**settings: object) -> Study:
    files = {name: {"file": "made"} for name in ("streets", "facilities", "residences")}
    return Study.model_validate({"title": "玩具镇", **files, **settings})


def table(rows: dict[str, dict[str, object]], index_name: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows).T
    frame.index.name = index_name
    geometry = gpd.GeoSeries(frame.pop("geometry"), crs=METRES)
    return gpd.GeoDataFrame(frame.infer_objects(), geometry=geometry)


def toy_town() -> StudyInputs:
    """
    Draw a street of 4 km along y = 0, west to east, and a loose end 10 km away.

    West: A (60 m² station) between Old West (300 households, at 100) and Old Mid (200, at 600).
    East: New East (100 households, own 20 m² handed over) and Old Far (100, 2,000 m from any).
    """
    streets = World(
        xy=[(0, 0), (4000, 0), (0, 10_000), (1000, 10_000)],
        ways=[([0, 1], STREET), ([2, 3], STREET)],
    )
    point = shapely.Point
    residences = {
        "r1": {"name": "Old West", "households": 300.0, "status": "existing",
               "geometry": point(100, 0)},
        "r2": {"name": "Old Mid", "households": 200.0, "status": "existing",
               "geometry": point(600, 0)},
        "r3": {"name": "New East", "households": 100.0, "status": "new",
               "own_floor_area_m2": 20.0, "geometry": point(3000, 0)},
        "r4": {"name": "Old Far", "households": 100.0, "status": "existing",
               "geometry": point(500, 10_000)},
        "r5": {"name": "Unknown", "households": np.nan, "status": "existing",
               "geometry": point(200, 0)},
        "r6": {"name": "In the lake", "households": 50.0, "status": "existing",
               "geometry": point(2000, 5000)},
    }  # fmt: skip
    facilities = {
        "A": {"name": "Station", "kind": "community_station", "floor_area_m2": 60.0,
              "status": "operating", "floor": 1.0, "geometry": point(350, 0)},
        "B": {"name": "Home", "kind": "nursing_home", "floor_area_m2": 9000.0,
              "status": "operating", "floor": 1.0, "geometry": point(400, 0)},
        "C": {"name": "Plan", "kind": "canteen", "floor_area_m2": 500.0, "status": "planned",
              "floor": 1.0, "geometry": point(500, 0)},
    }  # fmt: skip
    return StudyInputs(
        streets=street_ways(streets),
        residences=table(residences, "residence_id"),
        facilities=table(facilities, "facility_id"),
    )


def assessed(
    inputs: StudyInputs | None = None, standard: str = "weihai-2022", **settings: object
) -> Assessment:
    return assess(
        inputs or toy_town(),
        study=study(**settings),
        standard=read_standard(standard),
        plain=read_standard("walk-20"),
    )


def test_the_five_verdicts() -> None:
    verdict = assessed().residences["verdict"].to_dict()
    # Existing: 15 m² per 100 households. r1 owes 45 m², r2 30 m²; A has 60 m²: 4/5 for both.
    assert verdict["r4"] == "unreachable"
    assert verdict["r3"] == "met"  # 20 m² owed, 20 m² its own
    assert verdict["r5"] == verdict["r6"] == "no_data"
    assert verdict["r1"] == verdict["r2"] == "short"


def test_reasons_say_why_there_is_no_data() -> None:
    reason = assessed().residences["reason"].to_dict()
    assert reason["r5"] == "households_unknown"
    assert reason["r6"] == "unsnapped"


def test_the_circle_shares_each_square_metre_once() -> None:
    result = assessed()
    assert result.residences["circle_m2"].sum() == pytest.approx(60 + 20)
    assert result.residences.loc[["r1", "r2"], "shortage_m2"].sum() == pytest.approx(15)
    assert result.facilities.loc["A", ["allocated_m2", "idle_m2"]].tolist() == [60, 0]


def test_walks_are_to_the_millimetre_and_homes_do_not_count() -> None:
    links = assessed().links.set_index(["residence_id", "facility_id"])
    assert links.loc[("r1", "A"), "walk_mm"] == 250_000
    assert links.loc[("r1", "A"), "ms"] == 250_000
    assert links.loc[("r1", "B"), "allocated_m2"] == 0
    counted = assessed().facilities["counted_reason"].to_dict()
    assert counted == {"A": None, "B": "kind", "C": "not_operating"}


def test_with_the_planned_canteen_everybody_near_is_met() -> None:
    result = assessed().residences
    assert result.loc[["r1", "r2"], "verdict_with_planned"].tolist() == ["met", "met"]
    assert result.loc["r4", "verdict_with_planned"] == "unreachable"


def test_the_plain_reading_asks_20_of_everybody() -> None:
    result = assessed().residences
    assert result.loc["r1", "plain_requirement_m2"] == 60
    assert result.loc["r3", "plain_verdict"] == "met"  # its own 20 m² are reserved for it
    assert result.loc[["r1", "r2"], "plain_shortage_m2"].sum() == pytest.approx(60 + 40 - 60)


def test_nearest_facility_stands_beside_an_unreachable_one() -> None:
    inputs = toy_town()
    result = assessed(inputs).residences
    assert result.loc["r3", ["nearest_facility_id", "nearest_m"]].tolist() == ["A", 2650]
    assert pd.isna(result.loc["r4", "nearest_facility_id"])


def test_totals_are_sums() -> None:
    totals = assessed().totals
    assert totals["residences"] == 6
    assert totals["households_in_residences"] == 750
    assert totals["requirement_m2"] == pytest.approx(45 + 30 + 20 + 15 + 7.5)
    assert totals["supply_m2"] == 60
    assert totals["residences_no_data"] == 2


def test_zone_totals_add_up_to_the_totals() -> None:
    zones = table(
        {
            "w": {"name": "West", "level": "street", "geometry": shapely.box(-9, -9, 300, 9)},
            "e": {"name": "East", "level": "street", "geometry": shapely.box(300, -9, 4000, 9)},
        },
        "zone_id",
    )
    inputs = toy_town()
    whole = StudyInputs(
        streets=inputs.streets,
        residences=inputs.residences,
        facilities=inputs.facilities,
        zones=zones,
        area=shapely.box(-100, -100, 5000, 11_000),
    )
    result = assessed(whole)
    summed = result.zones[["residences", "requirement_m2", "shortage_m2"]].sum()
    for name, value in summed.items():
        assert value == pytest.approx(result.totals[name]), name
    assert "outside_zones:street" in result.zones.index


def test_the_arguments_are_left_as_they_were() -> None:
    inputs = toy_town()
    before = inputs.residences.copy(), inputs.facilities.copy()
    assessed(inputs)
    pd.testing.assert_frame_equal(inputs.residences, before[0])
    pd.testing.assert_frame_equal(inputs.facilities, before[1])


def test_the_order_of_the_rows_does_not_matter() -> None:
    inputs = toy_town()
    turned = StudyInputs(
        streets=inputs.streets,
        residences=inputs.residences.iloc[::-1],
        facilities=inputs.facilities.iloc[::-1],
    )
    one, two = assessed(inputs), assessed(turned)
    pd.testing.assert_frame_equal(one.links, two.links)
    pd.testing.assert_frame_equal(one.residences, two.residences.loc[one.residences.index])


def test_nothing_in_the_area_is_an_error() -> None:
    inputs = toy_town()
    far = StudyInputs(
        streets=inputs.streets,
        residences=inputs.residences,
        facilities=inputs.facilities,
        area=shapely.box(1e6, 1e6, 1e6 + 10, 1e6 + 10),
    )
    with pytest.raises(TableError, match="datum and the CRS"):
        assessed(far)


def test_the_reconciliation_adds_up_line_by_line() -> None:
    lines = assessed().reconciliation
    for _, steps in lines.groupby("input"):
        for name in ("rows", "households", "m2"):
            came, lost = steps[name], steps[f"lost_{name}"]
            np.testing.assert_allclose(came.shift()[1:].to_numpy(), (came + lost)[1:].to_numpy())


def test_a_ledger_for_all_judges_new_residences_by_the_circle_but_leaves_the_plain_reading() -> (
    None
):
    result = assessed(ledger="own").residences
    assert result.loc["r1", "verdict"] == "no_data"  # nobody knows what was built for it
    assert result.loc["r1", "reason"] == "own_area_unknown"
    assert result.loc["r4", "plain_verdict"] == "unreachable"
    by_circle = assessed(ledger="circle").residences
    assert by_circle.loc["r3", "ledger"] == "circle"
    assert by_circle.loc["r3", "verdict"] == "met"


def test_a_limit_in_metres_replaces_the_minutes() -> None:
    # r1 is 250 m from A, r2 is 250 m on the other side.
    within = assessed(walk={"limit_m": 250.0}).links
    beyond = assessed(walk={"limit_m": 249.999}).links
    pairs = [("r1", "A"), ("r2", "A")]
    found = set(zip(within["residence_id"], within["facility_id"], strict=True))
    assert found >= set(pairs)
    assert not set(zip(beyond["residence_id"], beyond["facility_id"], strict=True)) & set(pairs)


def along_a_street(facilities: dict[str, int]) -> StudyInputs:
    """
    Put homes at 1,000 and 2,800 m and canteens on one street; the area ends at 1,000 m.

    Each home asks for 20 m², each canteen has as much. People walk 900 m, and 300 m to the street:
    homes are given to 3,400 m, canteens to 4,600 m.
    """
    streets = World(xy=[(0, 0), (9000, 0)], ways=[([0, 1], STREET)])
    home = {"households": 100.0, "status": "existing", "name": "home"}
    homes = {name: {**home, "geometry": shapely.Point(x, 0)}
             for name, x in (("r", 1000), ("a neighbour", 2800))}  # fmt: skip
    sites = {
        name: {"name": name, "kind": "canteen", "floor_area_m2": 20.0, "floor": 1.0,
               "status": "operating", "geometry": shapely.Point(x, 0)}
        for name, x in facilities.items()
    }  # fmt: skip
    return StudyInputs(
        streets=street_ways(streets),
        residences=table(homes, "residence_id"),
        facilities=table(sites, "facility_id"),
        area=shapely.box(0, -10, 1000, 10),
    )


def test_a_neighbour_beyond_the_border_all_of_whose_choices_are_known_is_counted_in_full() -> None:
    # Both walk to F alone: whatever lies farther out, each has half of what is asked for.
    result = assessed(along_a_street({"F": 1900}), standard="walk-20")
    assert result.residences.index.tolist() == ["r"]
    assert result.residences["verdict"].tolist() == ["short"]
    assert result.totals["supply_m2"] == 0  # what stands outside is in the sharing only
    assert result.facilities["inside"].tolist() == [False]


def test_a_verdict_that_hangs_on_what_lies_beyond_the_border_is_no_data() -> None:
    # The neighbour needs nothing of F if it has G; but people from beyond 3,400 m may walk to G.
    result = assessed(along_a_street({"F": 1900, "G": 3700}), standard="walk-20")
    assert result.residences["circle_m2"].tolist() == [20]
    assert result.residences["reason"].tolist() == ["border_dependent"]
    # With G within 1,200 m of the area all who may walk there are given.
    nearer = assessed(along_a_street({"F": 1900, "G": 2200}), standard="walk-20")
    assert nearer.residences["verdict"].tolist() == ["met"]


def test_a_document_that_speaks_of_counties_runs_without_zones() -> None:
    indicators = assessed(standard="liaoning-2022").indicators
    assert len(indicators) == 13
    assert not indicators["verdict"].eq("met").any()
