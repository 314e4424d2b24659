"""
The border of the study area: inputs that end at it, and whose verdict that leaves open.

A street along y = 0. The area lies from x = 0 to 5,000 and is so high that only its west side is
near anybody. People walk 300 m and snap within 100 m: a walk reaches 400 m over the border.
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lifecircle.assessment import Assessment
from lifecircle.assessment.rehearsing import rehearse
from lifecircle.messages import in_language
from lifecircle.read.study_inputs import StudyInputs
from lifecircle.supply.rim import border_ends, rim_near
from lifecircle.write.records import summary_record
from test_assessment import STREET, assessed, study, table
from worlds import METRES, World, street_ways

AREA = shapely.box(0, -2000, 5000, 2000)
WALK = {"walk": {"limit_m": 300, "snap_limit_m": 100}, "language": "en"}
HOMES = {"r1": (100, 100), "r2": (2500, 200), "r3": (500, 200), "r4": (1000, 100)}
BEYOND = {"r9": (-100, 100)}


def town(
    west: float = -1000,
    homes: dict[str, tuple[float, float]] | None = None,
    sites: dict[str, tuple[float, float]] | None = None,
    status: str = "existing",
) -> StudyInputs:
    """Name homes with (x, households), sites with (x, m²)."""
    places = {
        key: {"name": key, "households": float(households), "status": status,
              "geometry": shapely.Point(x, 0)}
        for key, (x, households) in (homes or HOMES).items()
    }  # fmt: skip
    stations = {
        key: {"name": key, "kind": "community_station", "floor_area_m2": float(m2),
              "status": "operating", "floor": 1.0, "geometry": shapely.Point(x, 0)}
        for key, (x, m2) in (sites or {"A": (300, 60), "F": (750, 40)}).items()
    }  # fmt: skip
    return StudyInputs(
        streets=street_ways(World(xy=[(west, 0), (6000, 0)], ways=[([0, 1], STREET)])),
        residences=table(places, "residence_id"),
        facilities=table(stations, "facility_id"),
        area=AREA,
    )


def found(inputs: StudyInputs, standard: str = "walk-20") -> Assessment:
    return assessed(inputs, standard, **WALK)


def counted(assessment: Assessment, name: str) -> tuple[float, float]:
    row = assessment.border.loc[name]
    return row["near_households"], row["bound_households"]


def warned(assessment: Assessment) -> set[str]:
    reasons = assessment.quality["reason"]
    return set(reasons[reasons.str.endswith("_end_at_border")].str.removesuffix("_end_at_border"))


def test_inputs_that_go_on_are_not_warned_of() -> None:
    whole = town(homes=HOMES | BEYOND, sites={"A": (300, 60), "F": (750, 40), "G": (-50, 10)})
    assert warned(found(whole)) == set()


def test_each_input_that_ends_is_warned_of_once() -> None:
    result = found(town(west=-150))
    assert warned(result) == {"streets", "facilities", "residences"}
    assert result.quality["severity"].eq("warning").all()
    # r1 lives 100 m from the west side: 2 √(400² − 100²) m of it are within 400 m, to a piece.
    assert result.border["rim_m"].iloc[0] == pytest.approx(2 * np.sqrt(400**2 - 100**2), abs=80)


@pytest.mark.parametrize(("west", "ends"), [(-199, True), (-201, False)])
def test_streets_go_on_if_they_reach_half_a_walk_beyond(west: float, *, ends: bool) -> None:
    assert bool(found(town(west=west)).border.loc["streets", "ends"]) is ends


def test_nobody_near_the_rim_depends_on_it() -> None:
    inland = town(west=50, homes={"r2": (2500, 200)}, sites={"A": (2600, 60)})
    result = found(inland)
    assert warned(result) == set()
    assert result.border["rim_m"].eq(0).all()
    assert result.border["beyond_share"].isna().all()


def test_without_an_area_or_streets_there_is_no_rim() -> None:
    assert found(replace(town(), area=None)).border.empty
    assert found(replace(town(), streets=None)).border.empty


# Asked are 20, 40, 20 and 40 m²; 100 m² are there. r1 and r3 walk to A, r3 and r4 to F; r2 is
# alone. r1 lives within 400 m of the rim, and A stands within 400 m of it.


def test_missing_residences_could_take_from_those_who_are_met() -> None:
    assert counted(found(town()), "residences") == (300, 400)  # r1, r3; r4 over F
    assert found(town()).border.loc["residences", "near_share"] == pytest.approx(300 / 600)


def test_missing_facilities_could_help_only_those_who_are_not_met() -> None:
    assert counted(found(town()), "facilities") == (0, 0)
    scarce = found(town(sites={"A": (300, 10), "F": (750, 10)}))
    assert counted(scarce, "facilities") == (100, 400)  # r1; with those who share A and F with it
    assert counted(scarce, "residences") == (0, 0)


def test_missing_streets_could_do_either() -> None:
    assert counted(found(town(west=-150)), "streets") == (100, 400)


def test_who_is_judged_by_what_is_built_for_it_depends_on_no_border() -> None:
    result = found(town(west=-150, status="new"), "weihai-2022")
    for name in ("streets", "facilities", "residences"):
        assert counted(result, name) == (0, 0)


def test_the_warning_says_how_many_in_both_languages() -> None:
    quality = found(town()).quality.set_index("reason")["found"]
    said = quality["residences_end_at_border"]
    assert said.endswith("households near 300 (50.0%), at most 400 (66.7%)")
    assert "临近边界 300 (50.0%) 户，至多 400 (66.7%) 户" in in_language(said, "zh")


def test_checking_warns_before_anybody_is_judged() -> None:
    quality = rehearse(town(west=-150), study(**WALK))
    assert set(quality["reason"]) == {
        f"{name}_end_at_border" for name in ("streets", "facilities", "residences")
    }
    assert all(in_language(text, "zh") != text for text in quality["found"])


def test_the_summary_tells_it_and_the_public_one_does_not() -> None:
    result = found(town())
    record = summary_record(result, edition="internal", robustness=None)["border"]
    assert isinstance(record, dict)
    assert set(record) == {"facilities", "residences"}
    assert record["residences"]["bound_households"] == 400
    assert "border" not in summary_record(result, edition="public", robustness=None)


def test_a_gap_between_zones_is_no_rim() -> None:
    halves = shapely.union_all([shapely.box(0, 0, 999, 2000), shapely.box(1001, 0, 2000, 2000)])
    homes = gpd.GeoSeries([shapely.Point(1000, 1000)], crs=METRES)
    assert len(rim_near(halves, homes, border_m=400).pieces) == 0


def test_few_facilities_end_only_if_they_are_fewer_outside_than_inside() -> None:
    # A village every 2 km along a side of 20 km, and a station every 4 km inside. Outside: as many.
    area = shapely.box(0, 0, 20_000, 5000)
    homes = gpd.GeoSeries.from_xy(np.arange(1000, 20_000, 2000), [100] * 10, crs=METRES)
    streets = gpd.GeoSeries([], crs=METRES)
    inside = [shapely.Point(x, 100) for x in range(1000, 20_000, 4000)]
    outside = [shapely.Point(x, -100) for x in range(3000, 20_000, 4000)]
    rim = rim_near(area, homes, border_m=400)
    for beyond, ends in ((outside, False), (outside[:2], True), ([], True)):
        listed = gpd.GeoSeries([*inside, *beyond], crs=METRES)
        rows, _ = border_ends(rim, area, streets=streets, facilities=listed, residences=homes)
        assert bool(rows.loc["facilities", "ends"]) is ends


@pytest.mark.parametrize("seed", range(6))
def test_no_verdict_beyond_the_bound_changes_when_the_missing_rows_come(seed: int) -> None:
    draw = np.random.default_rng(seed)

    def row(low: int, high: int, count: int, most: int, name: str) -> dict[str, tuple[int, int]]:
        spots = draw.integers(low, high, count).tolist()
        amounts = draw.integers(1, most, count).tolist()
        return {f"{name}{at}": pair for at, pair in enumerate(zip(spots, amounts, strict=True))}

    homes, sites = row(20, 2500, 12, 200, "r"), row(20, 2500, 7, 60, "A")
    before = found(town(homes=homes, sites=sites))
    more_sites = found(town(homes=homes, sites=sites | row(-390, 0, 2, 60, "G")))
    more_homes = found(town(homes=homes | row(-390, 0, 2, 200, "q"), sites=sites))
    for name, after in (("facilities", more_sites), ("residences", more_homes)):
        was, now = (one.residences["verdict"] for one in (before, after))
        changed = was.index[was.ne(now.reindex(was.index))]
        turned = before.residences.loc[changed, "households"].sum()
        assert turned <= np.nan_to_num(counted(before, name)[1])
