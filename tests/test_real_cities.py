"""Real compounds and districts of four cities under their own standard, without any street."""

import re
from pathlib import Path

import pandas as pd
import pytest

from lifecircle.assessment import Assessment, assess_study
from lifecircle.study import read_study

CITIES = Path(__file__).parents[2] / "shared" / "data"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not CITIES.exists(), reason="needs shared/data beside the checkout"),
]
STANDARDS = {
    "weihai": "weihai-2022",
    "zhenjiang": "zhenjiang-2021",
    "dongguan": "dongguan-2020",
    "xianyang": "xianyang-2019",
}
ENCODINGS = {"weihai": "gb18030", "dongguan": "gb18030"}
STUDY = """
title = "{city}（设施为虚构）"
standard = "{standard}"
made = true
[facilities]
file = "made_facilities.csv"
datum = "bd09"
[residences]
file = "{folder}/compounds.csv"
datum = "bd09"
new_from_year = 2100
[zones]
file = "{folder}/districts.geojson"
level = "district"
[losses]
rows_share = 1
households_share = 1
m2_share = 1
"""


def compounds(city: str) -> pd.DataFrame:
    path = CITIES / city / "compounds.csv"
    return pd.read_csv(path, dtype=str, encoding=ENCODINGS.get(city, "utf-8-sig"))


def made_facilities(city: str) -> pd.DataFrame:
    """Put a made home with 100 beds, 55 of them nursing beds, at every tenth compound."""
    chosen = compounds(city).dropna(subset=["经度", "纬度"]).iloc[::10]
    return pd.DataFrame(
        {
            "设施名称": "虚构养老院",
            "设施类型": "养老院",
            "经度": chosen["经度"],
            "纬度": chosen["纬度"],
            "建筑面积": 3000,
            "床位数": 100,
            "护理床位": 55,
            "运营性质": "民办",
        }
    )


@pytest.fixture(scope="module", params=STANDARDS)
def city(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def result(city: str, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = tmp_path_factory.mktemp(city)
    made_facilities(city).to_csv(folder / "made_facilities.csv", index=False)
    text = STUDY.format(city=city, standard=STANDARDS[city], folder=(CITIES / city).as_posix())
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return assess_study(read_study(folder / "study.toml"), accept_loss=True)


def test_nothing_is_walked_and_every_walk_says_why(result: Assessment) -> None:
    assert result.links.empty
    assert set(result.residences["verdict"]) <= {"no_data", "not_asked"}
    table = result.indicators
    served = table[table["rule_id"].str.contains("home-service|circle")]
    served = served[served["source"].eq("computed") & ~served["missing"].str.contains("stat")]
    assert set(served["verdict"]) <= {"no_data"}
    assert served["missing"].str.contains("streets").all()


def test_households_are_those_of_the_file(result: Assessment, city: str) -> None:
    plain = compounds(city)["户数"].str.extract(r"^(\d+)户$")[0].astype(float).sum()
    inside = result.residences["households"].sum()
    assert 0.5 * plain < inside <= 1.2 * plain  # some lie in another city


def test_made_homes_have_55_per_cent_nursing_beds(result: Assessment) -> None:
    table = result.indicators[result.indicators["rule_id"].str.fullmatch(r".*20\d\d-nursing-beds")]
    assert table["value"].tolist() == pytest.approx([55.0] * len(table))


def test_what_is_missing_names_columns_of_the_tables(result: Assessment) -> None:
    missing = result.indicators.loc[result.indicators["verdict"] == "no_data", "missing"]
    words = r"(statistics|zones|facilities|residences|study|streets|walk)\b"
    assert all(re.match(words, text) for text in missing)
