"""A toy town for the tests of the web map, in place of an assessment."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, Point, box

from lifecircle.study import FacilitiesInput, ResidencesInput, Study
from lifecircle.supply.readings import reading_shortages, verdict_sums
from lifecircle.supply.served_walks import served_minutes
from lifecircle.tables import VERDICTS

CRS = "EPSG:4547"  # CGCS2000, 3 degrees around 114 E: at easting 500 km, longitude is 114
EAST, NORTH = 500_000, 3_400_000
HOSTILE = (
    "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
    "${window.pwned=3}`\\'\"{{ 7*7 }}{% raw %}<!--\u2028\u2029\x0b\x00=1+1👵🏼老人"
)


def web_town() -> SimpleNamespace:
    """Stand in for an assessment: a grid of streets, six residences, three facilities."""
    residences = _residences()
    return SimpleNamespace(
        residences=residences,
        verdicts=verdict_sums(residences),
        shortages=reading_shortages(verdict_sums(residences)),
        served_minutes=served_minutes(residences, _facilities(), _links()),
        facilities=_facilities(),
        links=_links(),
        clusters=_clusters(),
        remedy_areas=_remedy_areas(),
        catchments=_catchments(),
        zones=_zones(),
        zone_indicators=_zone_indicators(),
        gaps=pd.DataFrame({"zone_id": ["Z1"], "cluster_ids": ["C1"], "shortage_m2": [254.5]}),
        indicators=_zone_indicators().drop(columns="zone_id"),
        reconciliation=pd.DataFrame({"input": ["residences"], "rows": [6]}),
        totals=_zones().iloc[0].drop(["name", "level", "parent_id", "geometry"]),
        streets=_streets(),
        area=_place(box(-50, -50, 1050, 1050)),
        standard=_document("weihai-2022", "horizon_passed", [("new", 20.0), ("existing", 15.0)]),
        plain=_document("walk-20", "in_force", [("plain", 20.0)]),
        study=Study(
            title="玩具镇",
            facilities=FacilitiesInput.model_construct(),
            residences=ResidencesInput.model_construct(),
            made=True,
            attribution=("© OpenStreetMap contributors (ODbL)",),
        ),
        barriers=_barriers(),
        crs=residences.crs,
    )


def with_settings(town: SimpleNamespace, **settings: object) -> SimpleNamespace:
    """Give the toy town's study other settings, unchecked: any text comes in."""
    town.study = town.study.model_copy(update=settings)
    return town


def read_path(text: str) -> np.ndarray:
    """Read an encoded polyline's whole numbers, pair by pair, as Google's page undoes it."""
    numbers, bits, shift = [], 0, 0
    for letter in text.encode():
        bits |= (letter - 63 & 31) << shift
        shift += 5
        if letter - 63 < 32:
            numbers.append(~(bits >> 1) if bits & 1 else bits >> 1)
            bits = shift = 0
    return np.cumsum(np.reshape(numbers, (-1, 2)), axis=0)


def _place(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy + np.array([EAST, NORTH]))


def _table(rows: dict, shapes: list, ids: list[str], index: str) -> gpd.GeoDataFrame:
    geometry = [None if shape is None else _place(shape) for shape in shapes]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=CRS, index=pd.Index(ids, name=index))


def _document(name: str, status: str, rates: list[tuple[str, float]]) -> SimpleNamespace:
    rules = [SimpleNamespace(id=rule, clause="二(二)", limit=rate) for rule, rate in rates]
    return SimpleNamespace(
        id=name,
        title=SimpleNamespace(zh=f"{name} 文件", en=f"{name} document"),
        number="威政字〔2022〕57号",
        horizon=2025,
        status=status,
        floor_area_rules=rules,
    )


def _barriers() -> gpd.GeoDataFrame:
    pond = LineString([(900, 900), (950, 900), (950, 950), (900, 900)])
    lines = [pond, LineString([(0, 450), (1000, 450)])]
    return gpd.GeoDataFrame(
        {"kind": ["water", "railway"]}, geometry=[_place(line) for line in lines], crs=CRS
    )


def _residences() -> gpd.GeoDataFrame:
    squares = [box(x, y, x + 80, y + 80) for x in (110, 510, 810) for y in (110, 610)]
    verdicts = ["met", "short", "met", "unreachable", "no_data", "not_asked"]
    households = [1000.0, 2000.0, 400.0, 300.0, np.nan, 500.0]
    rows = {
        "name": ["东苑", HOSTILE, "西苑", "岛上", None, "旧村"],
        "status": ["existing"] * 5 + [None],
        "households": households,
        "households_estimated": [False, True, False, False, False, False],
        "nearest_facility_id": ["A", "A", "B", "B", None, "C"],
        "nearest_m": [300.0, 500.0, 200.0, 1234.0, np.nan, 700.0],
        "nearest_minutes": [5.0, 8.34, 3.34, 20.57, np.nan, 11.67],
        "reachable_facilities": [2, 1, 1, 0, 0, 1],
        "reachable_m2": [300.0, 200.0, 100.0, 0.0, 0.0, 0.0],
        "rule_id": ["existing"] * 5 + [None],
        "clause": ["二(二)"] * 5 + [None],
        "ledger": ["circle"] * 5 + [None],
        "requirement_m2": [150.0, 300.0, 60.0, 45.0, np.nan, 0.0],
        "own_m2": 0.0,
        "own_pending_m2": [0.0, 120.0, 0.0, 0.0, 0.0, 0.0],
        "own_verdict": ["short"] * 4 + ["no_data", "not_asked"],
        "own_reason": None,
        "circle_m2": [150.0, 90.5, 60.0, 0.0, np.nan, 0.0],
        "own_shortage_m2": 0.0,
        "circle_shortage_m2": [0.0, 209.5, 0.0, 45.0, np.nan, 0.0],
        "circle_verdict": verdicts,
        "circle_reason": [None] * 4 + ["households_unknown", None],
        "verdict": verdicts,
        "reason": [None] * 4 + ["households_unknown", None],
        "shortage_m2": [0.0, 209.5, 0.0, 45.0, np.nan, 0.0],
        "verdict_with_planned": ["met", "met", "met", "unreachable", "no_data", "not_asked"],
        "plain_requirement_m2": [200.0, 400.0, 80.0, 60.0, np.nan, 100.0],
        "plain_m2": [150.0, 90.5, 60.0, 0.0, np.nan, 0.0],
        "plain_shortage_m2": [50.0, 309.5, 20.0, 60.0, np.nan, 100.0],
        "plain_verdict": ["short", "short", "short", "unreachable", "no_data", "short"],
        "plain_reason": [None] * 4 + ["households_unknown", None],
        "cluster_id": [None, "C2", "C1", None, None, None],
        "flags": ["", "gates_unknown;households_estimated", "", "", "", ""],
        "street_id": ["Z1", "Z1", "Z2", "Z2", "Z2", "Z2"],
    }
    return _table(
        rows, [*squares[:5], Point(850, 650)], [f"R{i}" for i in range(6)], "residence_id"
    )


def _facilities() -> gpd.GeoDataFrame:
    rows = {
        "name": ["一站", f"饭堂{HOSTILE}", "养老院"],
        "kind": ["community_station", "canteen", "nursing_home"],
        "status": ["operating", "planned", "operating"],
        "floor_area_m2": [200.0, 100.25, 3000.0],
        "beds": [np.nan, np.nan, 80.0],
        "floor": [1.0, np.nan, 1.0],
        "open_year": [2015.0, np.nan, 2001.0],
        "counted_m2": [200.0, 0.0, 0.0],
        "counted_reason": [None, "not_operating", "kind"],
        "allocated_m2": [200.0, 0.0, 0.0],
        "idle_m2": [0.0, 0.0, 0.0],
        "gain_m2_per_m2": [1.0, 1.0, 0.0],
        "reached_households": [3000, 400, 0],
        "flags": ["", "storey_unknown", ""],
    }
    return _table(
        rows, [Point(300, 300), Point(600, 400), Point(900, 900)], list("ABC"), "facility_id"
    )


def _clusters() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parent_id": [None, "C1"],
            "outermost": [True, False],
            "least_m2": [250.0, 200.0],
            "single_site": [True, False],
            "proven": [True, True],
            "residences": [2, 1],
            "requirement_m2": [400.0, 300.0],
            "capacity_m2": [150.0, 100.0],
            "shortage_m2": [250.0, 200.0],
        },
        index=pd.Index(["C1", "C2"], name="cluster_id"),
    )


def _links() -> pd.DataFrame:
    links = pd.DataFrame(
        {
            "residence_id": ["R0", "R0", "R1", "R2"],
            "facility_id": ["A", "B", "A", "B"],
            "walk_mm": [300_000, 720_000, 500_000, 200_000],
            "allocated_m2": [110.0, 0.0, 90.0, 0.0],
            "plain_allocated_m2": [100.0, 0.0, 100.0, 0.0],
        }
    )
    return links.assign(
        ms=links["walk_mm"], walk_m=links["walk_mm"] / 1000, minutes=links["walk_mm"] / 60_000
    )


def _remedy_areas() -> gpd.GeoDataFrame:
    rows = {"cluster_id": ["C1", "C1", "C2"], "kind": ["all_met", "helps", "helps"]}
    disks = [Point(300, 300).buffer(radius) for radius in (200, 400, 300)]
    return _table(rows, disks, ["0", "1", "2"], "area")


def _catchments() -> gpd.GeoDataFrame:
    disks = [Point(300, 300).buffer(60 * minutes) for minutes in (5, 10, 15)]
    rows = {"kind": "all", "facility_id": None, "minutes": [5.0, 10.0, 15.0]}
    return _table(rows, disks, ["0", "1", "2"], "ring")


def _zones() -> gpd.GeoDataFrame:
    numbers = {
        "population": 12_000.0,
        "residences": 3,
        "households_in_residences": 4200.0,
        "served_households": 3400.0,
        "served_share": [0.8095238, 0.9, np.nan],
        "met_households": 1400.0,
        "met_share": 0.3333333,
        "requirement_m2": 555.0,
        "supply_m2": 200.0,
        "allocated_m2": 300.5,
        "shortage_m2": 254.5,
    } | {f"residences_{verdict}": 1 for verdict in VERDICTS}
    names = {"parent_id": None, "name": [f"东街{HOSTILE}", "西街", None], "level": "street"}
    shapes = [box(-50, -50, 500, 1050), box(500, -50, 1050, 1050), None]
    zones = _table(names | numbers, shapes, ["Z1", "Z2", "outside_zones:street"], "zone_id")
    return zones[[*names, "geometry", *numbers]]  # what was given comes first, as in a result


def _streets() -> gpd.GeoDataFrame:
    lines = [LineString([(x, 0), (x, 500), (x, 1000)]) for x in range(0, 1001, 250)]
    lines += [LineString([(0, y), (1000, y)]) for y in range(0, 1001, 250)]
    rows = {
        "highway": ["primary", "residential", "trunk_link", "footway", None] * 2,
        "access": ["public"] * 8 + ["private"] * 2,
        "bridge": [False] * 7 + [True] * 3,
    }
    return _table(rows, lines, [str(i) for i in range(10)], "edge")


def _zone_indicators() -> pd.DataFrame:
    """Two rules in zone Z2; the second is only reported, and was not."""
    return pd.DataFrame(
        {
            "standard_id": "weihai-2022",
            "zone_id": "Z2",
            "title_zh": ["每百户面积", "护理型床位占比"],
            "title_en": ["floor area per 100 households", "share of nursing beds"],
            "clause": ["二(二)", "表1"],
            "comparison": ">=",
            "limit": [15.0, 60.0],
            "unit": ["m² per 100 households", "%"],
            "value": [12.345, np.nan],
            "value_unit": ["m² per 100 households", "%"],
            "verdict": ["not_met", "no_data"],
            "missing": ["", "statistics.nursing_beds_share"],
            "distance_in": "m2",
            "distance_names": "",
        }
    )
