"""The example district under all nine documents, against a second, plain computation."""

from collections.abc import Callable

import pandas as pd
import pytest

from lifecircle.assessment import Assessment, assess_study
from lifecircle.standards.profile import shipped_standards
from lifecircle.study import example_study, read_study
from lifecircle.write.terminal import summary_tables

COMMUNITY = {"street_centre", "township_centre", "community_station", "day_care", "canteen",
             "rural_mutual_aid"}  # fmt: skip
CENTRES = {"street_centre", "township_centre"}


@pytest.fixture(scope="module")
def result() -> Assessment:
    also = [name for name in shipped_standards() if name not in {"weihai-2022", "walk-20"}]
    study = read_study(example_study()).model_copy(update={"also": tuple(also)})
    return assess_study(study)


def operating(result: Assessment) -> list[pd.Series]:
    """Go through the facilities one by one: operating, above ground."""
    rows = [row for _, row in result.facilities.iterrows() if row["inside"]]
    return [row for row in rows if row["status"] == "operating" and not row["floor"] < 0]


def words(cell: object) -> set[str]:
    return set(cell.split(";")) if isinstance(cell, str) else set()


def beds(result: Assessment, which: Callable[[pd.Series], bool], column: str = "beds") -> float:
    chosen = [row[column] for row in operating(result) if which(row)]
    return sum(value for value in chosen if value == value)  # noqa: PLR0124 - NaN is not itself


def zones_with(
    result: Assessment, level: str, which: Callable[[pd.Series], bool], *, urban: object = None
) -> float:
    there = {row[f"{level}_id"] for row in operating(result) if which(row)}
    zones = result.zones[result.zones["level"] == level]
    asked = [name for name, zone in zones.iterrows() if urban is None or zone["urban"] == urban]
    return 100 * len(there & set(asked)) / len(asked)


def served(result: Assessment, minutes: float = 15) -> set[str]:
    kinds = {row.name for row in operating(result) if row["kind"] in COMMUNITY}
    found = set()
    for _, link in result.links.iterrows():
        if link["facility_id"] in kinds and link["walk_mm"] <= minutes * 60_000:
            found.add(link["residence_id"])
    return found


def offers_day_care(row: pd.Series) -> bool:
    return row["kind"] == "day_care" or "day_care" in words(row["functions"])


def values(result: Assessment) -> dict[str, float]:
    """Compute every value that needs no street and no ledger once more, plainly."""
    people, old = 255_161, 55_304  # of the district's row in zones.gpkg
    all_beds = beds(result, lambda _: True)
    homes = {"nursing_home", "care_home"}
    nursing = beds(result, lambda _: True, "nursing_beds") / all_beds * 100
    home_beds = beds(result, lambda row: row["kind"] in homes)
    home_nursing = beds(result, lambda row: row["kind"] in homes, "nursing_beds")
    private = beds(result, lambda row: row["operator"] in {"private", "public_private"})
    public = beds(result, lambda row: "public_interest" in words(row["labels"]))
    government = beds(result, lambda row: row["operator"] == "public")
    places = beds(result, lambda _: True, "nursery_places")
    centre = zones_with(result, "street", lambda row: row["kind"] in CENTRES)
    school = zones_with(result, "district", lambda row: row["kind"] == "elder_school")
    day = zones_with(result, "community", offers_day_care)
    stations = CENTRES | {"community_station", "day_care"}
    three = {"day_care", "home_service", "guidance"}
    return {
        "weihai-2022-beds": all_beds / old * 1000,
        "weihai-2022-public-interest-beds": public / all_beds * 100,
        "weihai-2022-nursing-beds": nursing,
        "weihai-2022-nursery-places-per-1000": places / people * 1000,
        "weihai-2022-nursery-places": places,
        "weihai-2022-registered-nurseries": 3,  # YL013, YL035, YL044
        "weihai-2022-inclusive-nursery-places": 100,  # all three are
        "weihai-2022-demonstration-nursery-districts": 0,  # none is
        "weihai-2022-demonstration-nurseries": 0,
        "dongguan-2020-canteens": zones_with(
            result, "street", lambda row: row["kind"] == "canteen"
        ),
        "dongguan-2020-home-care-bodies": zones_with(
            result, "street", lambda row: three <= words(row["functions"])
        ),
        "dongguan-2020-day-care-communities": day,
        "dongguan-2020-high-end-institutions": 1,  # YL041
        "dongguan-2020-new-beds": beds(result, lambda row: row["open_year"] >= 2020),
        "dongguan-2020-privately-run-beds": private / all_beds * 100,
        "dongguan-2020-nursing-beds": home_nursing / home_beds * 100,
        "zhenjiang-2021-beds": all_beds / old * 1000,
        "zhenjiang-2021-street-centres": centre,
        "zhenjiang-2021-care-homes": 100,  # YL040 in the one district
        "zhenjiang-2021-nursing-beds": home_nursing / home_beds * 100,
        "zhenjiang-2021-rural-centres": 0,  # YL043 is planned
        "zhenjiang-2021-nursery-places-per-1000": places / people * 1000,
        "zhenjiang-2021-demonstration-nurseries": 0,
        "xianyang-2019-government-beds": government / all_beds * 100,
        "xianyang-2019-urban-communities": zones_with(
            result, "community", lambda row: row["kind"] in stations, urban=True
        ),
        "xianyang-2019-rural-communities": zones_with(
            result, "community", lambda row: row["kind"] == "rural_mutual_aid", urban=False
        ),
        "xianyang-2019-elder-schools": school,
        "liaoning-2022-beds": all_beds,
        "liaoning-2022-nursing-beds": nursing,
        "liaoning-2022-nursery-places-per-1000": places / people * 1000,
        "liaoning-2022-streets": centre,
        "liaoning-2022-urban-communities": zones_with(
            result, "community",
            lambda row: row["kind"] in stations | {"rural_mutual_aid"}, urban=True,
        ),
        "liaoning-2022-rural-communities": zones_with(
            result, "community",
            lambda row: row["kind"] in stations | {"rural_mutual_aid"}, urban=False,
        ),
        "gansu-2021-street-centres": centre,
        "gansu-2021-day-care-communities": day,
        "gansu-2021-elder-schools": school,
        "county-2021-street-centres": centre,
        "county-2021-day-care-communities": day,
        "county-2021-elder-schools": school,
        "longnan-2022-county-homes": 100,
        "longnan-2022-nursing-beds": home_nursing / home_beds * 100,  # one district
        "longnan-2022-street-centres": centre,
        "longnan-2022-day-care-communities": day,
        "longnan-2022-new-inclusive-beds": 0,  # no home bears the label
        "longnan-2022-new-inclusive-nursery-places": 90,  # YL013, of 2021
        "longnan-2022-elder-schools": school,
    }  # fmt: skip


def walked_values(result: Assessment) -> dict[str, float]:
    """Compute what needs walks and ledgers once more, residence by residence."""
    near = served(result)
    homes = result.residences
    households = {name: row["households"] for name, row in homes.iterrows()}
    known = {name: number for name, number in households.items() if number == number}  # noqa: PLR0124 - NaN
    share = 100 * sum(known[name] for name in known if name in near) / sum(known.values())
    urban = {name for name, row in homes.iterrows()
             if result.zones["urban"][row["community_id"]]} & set(known)  # fmt: skip
    in_town = 100 * sum(known[name] for name in urban & near) / sum(known[name] for name in urban)
    old = [name for name, row in homes.iterrows() if row["status"] == "existing"]
    new = homes[homes["status"] == "new"]
    judged = new[new["own_verdict"].isin(["met", "short"])]
    meeting = 100 * (judged["own_verdict"] == "met").sum() / len(judged)
    existing = homes[(homes["status"] == "existing") & homes["verdict"].ne("no_data")]
    return {
        "weihai-2022-new": meeting,
        "weihai-2022-new-areas": meeting,
        "weihai-2022-existing": 100 * (existing["verdict"] == "met").sum() / len(existing),
        "weihai-2022-home-service": share,
        "dongguan-2020-new": meeting,
        "dongguan-2020-new-areas": meeting,
        "dongguan-2020-existing": 100 * (existing["verdict"] == "met").sum() / len(existing),
        "dongguan-2020-home-care-circle": circle(result, near),
        "liaoning-2022-home-care-circle": share,
        "longnan-2022-existing": 100 * sum(name in near for name in old) / len(old),
        "community-services-2021-convenience-circle": in_town,
    }


def circle(result: Assessment, near: set[str]) -> float:
    """Count communities all of whose residences are served, but the one of unknown households."""
    zones = result.zones[result.zones["level"] == "community"].index
    verdicts = []
    for zone in zones:
        rows = result.residences[result.residences["community_id"] == zone]
        if rows["households"].notna().all():
            verdicts.append(all(name in near for name in rows.index))
        elif not all(name in near for name in rows.index[rows["households"].gt(0)]):
            verdicts.append(False)
    return 100 * sum(verdicts) / len(verdicts)


def test_every_computed_value_agrees_with_a_plain_computation(result: Assessment) -> None:
    expected = values(result) | walked_values(result)
    table = result.indicators.set_index("rule_id")["value"].dropna()
    assert set(table.index) == set(expected)
    assert table.to_dict() == pytest.approx(expected)


def test_what_cannot_be_computed_says_what_is_missing(result: Assessment) -> None:
    table = result.indicators.set_index("rule_id")
    silent = table[table["value"].isna()]
    assert len(table) == 37 + 16 + 27 + 11 + 13 + 9 + 22 + 9 + 7
    assert (silent["missing"] != "").all()
    assert set(silent["verdict"]) == {"no_data", "not_judged"}
    other = silent[~silent["missing"].str.startswith("statistics.")]
    assert other["missing"].to_dict() == {
        "zhenjiang-2021-new-areas": "study.new_area_m2_per_100_households",
        "zhenjiang-2021-rural-nursing-beds": "facilities.beds",
        "xianyang-2019-new-land": "residences.own_land_m2",
        "xianyang-2019-existing-land": "residences.own_land_m2",
        "liaoning-2022-new-land": "residences.own_land_m2",
        "liaoning-2022-new-areas": "residences.own_land_m2",
        "liaoning-2022-existing-land": "residences.own_land_m2",
        "liaoning-2022-townships": "zones.level = township",
        "liaoning-2022-county-homes": "zones.county_kind",
        "longnan-2022-township-centres": "zones.level = township",
        "longnan-2022-new-areas": "study.new_area_m2_per_100_households",
    }


def test_the_district_in_the_zone_table_is_the_whole(result: Assessment) -> None:
    whole = result.indicators.set_index("rule_id")
    zones = result.zone_indicators
    district = zones[zones["level"] == "district"].set_index("rule_id")
    pd.testing.assert_series_equal(
        district["value"], whole["value"].reindex(district.index), check_names=False
    )
    judged = whole["verdict"].reindex(district.index).ne("not_judged")
    assert (district["verdict"] == whole["verdict"].reindex(district.index))[judged].all()


def test_weihai_and_dongguan_agree_so_that_no_rule_is_stricter(result: Assessment) -> None:
    assert not result.indicators["stricter"].any()


def test_the_terminal_shows_a_table_of_indicators_a_document(result: Assessment) -> None:
    titles = [str(table.title) for table in summary_tables(result)]
    assert sum("指标表" in title for title in titles) == 9
