"""A real city from one OpenStreetMap file: made and run from the command line."""

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from lifecircle.assessment import Assessment, assess_study
from lifecircle.cli import main
from lifecircle.datum import study_crs
from lifecircle.read.osm import read_osm_streets
from lifecircle.read.osm_file import osm_centre
from lifecircle.study import WalkSettings, read_study
from lifecircle.walk.network import build_network

LAS_PALMAS = Path(__file__).parents[2] / "shared" / "data" / "las_palmas"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not LAS_PALMAS.exists(), reason="needs shared/data beside the checkout"),
]

# Counted by hand in the file: 16 amenity=social_facility, of which 10 say that they are for seniors
# (among them a relation and its two outer ways: one home), and 2 amenity=nursing_home.
FACILITIES = {
    *("osm:n439213087", "osm:n4353910988"),  # nursing homes
    *("osm:n4353911100", "osm:n5086545382", "osm:n5214997448", "osm:n5215000345"),  # assisted
    *("osm:n5198453563", "osm:w393394234", "osm:w686174652", "osm:r7491447"),  # group homes
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the study and run it, as a user does."""
    folder = tmp_path_factory.mktemp("studies") / "Las Palmas"
    osm, boundary = LAS_PALMAS / "streets.osm.pbf", LAS_PALMAS / "boundary.geojson"
    for arguments in (
        ["new", folder, "--osm", osm, "--boundary", boundary, "--language", "en"],
        ["run", folder / "study.toml"],
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["lifecircle", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                main()
        assert not ended.value.code
    return folder


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "result" / "tables" / f"{name}.parquet")


def test_the_facilities_are_those_that_one_counts_by_hand(folder: Path) -> None:
    facilities = table(folder, "facilities")
    assert set(facilities.index) == FACILITIES
    assert set(facilities["kind"]) == {"nursing_home"}
    # Garden walls lie between this one and every street within 300 m: none of 5,033 straight
    # lines to their points, 2 m apart, is free of a barrier.
    kept_in = facilities.index[~facilities["snapped"]]
    assert kept_in.tolist() == ["osm:n5214997448"]
    assert facilities.loc[kept_in, "flags"].str.contains("barred").all()


def test_homes_for_seniors_count_no_community_floor_area_and_the_result_says_why(
    folder: Path,
) -> None:
    facilities, homes = table(folder, "facilities"), table(folder, "residences")
    assert set(facilities["counted_reason"]) == {"kind"}
    assert facilities["counted_m2"].sum() == 0
    assert set(homes["verdict"]) == {"unreachable", "no_data"}
    assert set(homes["reason"].dropna()) == {"households_unknown"}


def test_residences_are_estimated_and_said_to_be(folder: Path) -> None:
    homes = table(folder, "residences")
    assert homes["households_estimated"].all()
    known = homes["households"].dropna()
    assert (known >= 1).all()
    assert (known % 1 == 0).all()
    # Most buildings are only drawn as building=yes outside the residential areas: not the 140,000
    # households that the city has, but those of the 6,600 buildings said to be homes.
    assert 20_000 < known.sum() < 50_000
    quality = table(folder, "quality")
    assert (quality["reason"] == "households_estimated").sum() == 1


def test_the_manifest_names_the_utm_zone(folder: Path) -> None:
    manifest = json.loads((folder / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["crs"] == "EPSG:32628"


def test_links_lie_within_the_limit_and_take_no_less_than_the_straight_line(folder: Path) -> None:
    links = table(folder, "links")
    assert len(links) > 100
    assert links["walk_mm"].between(0, 900_000).all()
    assert (links["ms"] == links["walk_mm"]).all()  # at 1 m/s
    homes = gpd.read_parquet(folder / "result" / "tables" / "residences.parquet")
    places = gpd.read_parquet(folder / "result" / "tables" / "facilities.parquet")
    straight = (
        homes.geometry.loc[links["residence_id"]]
        .reset_index(drop=True)
        .distance(places.geometry.loc[links["facility_id"]].reset_index(drop=True), align=True)
    )
    assert (links["walk_m"] >= straight - 0.01).all()


def test_the_reconciliation_adds_up(folder: Path) -> None:
    for _, steps in table(folder, "reconciliation").groupby("input", sort=False):
        rows = steps["rows"].to_numpy()
        np.testing.assert_array_equal(rows[:-1] - rows[1:], steps["lost_rows"].to_numpy()[1:])


def test_the_map_is_small_enough_to_send_by_mail(folder: Path) -> None:
    assert (folder / "result" / "map.html").stat().st_size < 25e6


@pytest.mark.parametrize(
    ("name", "code"),
    [("beijing_tsinghua", 4548), ("guixi", 4548), ("shanghai_huangpu", 4549)],
)
def test_networks_of_clipped_extracts_end_at_the_rim(name: str, code: int) -> None:
    path = LAS_PALMAS.parent / "osm" / f"{name}.osm"
    crs = study_crs(*osm_centre(path))
    assert crs.to_epsg() == code
    ways = read_osm_streets(path, crs=crs)
    network = build_network(ways)
    assert network.counts["missing_nodes"] == ways.counts["missing_nodes"]
    assert np.isfinite(network.vertex_xy).all()
    assert network.length_mm.max() < 10_000_000  # no straight line over a gap


@pytest.fixture(scope="module")
def by_minutes(folder: Path) -> dict[int, Assessment]:
    """Put made day cares of 1,000 m² where the homes stand, and walk for 10 and for 15 minutes."""
    homes = gpd.read_parquet(folder / "result" / "tables" / "facilities.parquet").to_crs(4326)
    made = pd.DataFrame(
        {
            "facility_id": homes.index,
            "name": "made",
            "kind": "day_care",
            "floor_area_m2": 1000,
            "lon": homes.geometry.x,
            "lat": homes.geometry.y,
        }
    )
    made.to_csv(folder / "made_facilities.csv", index=False)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    before = '[facilities]\nfile = "streets.osm.pbf"'
    assert before in text
    after = '[facilities]\nfile = "made_facilities.csv"\ndatum = "wgs84"'
    path = folder / "made.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    study = read_study(path)
    return {
        minutes: assess_study(study.model_copy(update={"walk": WalkSettings(minutes=minutes)}))
        for minutes in (10, 15)
    }


def test_a_longer_walk_never_serves_fewer(by_minutes: dict[int, Assessment]) -> None:
    ten, fifteen = by_minutes[10], by_minutes[15]
    assert 0 < ten.totals["served_households"] <= fifteen.totals["served_households"]
    assert ten.totals["allocated_m2"] <= fifteen.totals["allocated_m2"]
    pairs = [
        set(zip(one.links["residence_id"], one.links["facility_id"], strict=True))
        for one in (ten, fifteen)
    ]
    assert pairs[0] <= pairs[1]


@pytest.mark.parametrize("minutes", [10, 15])
def test_each_square_metre_is_given_once(by_minutes: dict[int, Assessment], minutes: int) -> None:
    one = by_minutes[minutes]
    assert one.totals["supply_m2"] == 10_000
    assert one.facilities["allocated_m2"].sum() == pytest.approx(one.totals["allocated_m2"])
    assert one.links["allocated_m2"].sum() == pytest.approx(one.totals["allocated_m2"])
    whole = one.facilities["allocated_m2"] + one.facilities["idle_m2"]
    assert whole.to_numpy() == pytest.approx(1000)
    left = one.totals["requirement_m2"] - one.totals["allocated_m2"]
    assert one.totals["shortage_m2"] == pytest.approx(left, abs=0.01)


def test_catchments_grow_with_the_minutes(by_minutes: dict[int, Assessment]) -> None:
    together = by_minutes[15].catchments.query("kind == 'all'").set_index("minutes").geometry
    assert together.loc[15].buffer(0.5).covers(together.loc[10])
    assert together.loc[10].buffer(0.5).covers(together.loc[5])
