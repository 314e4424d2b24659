"""Layers for other programs: named in Chinese, styled, and the same when read back."""

import csv
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pandas.api.types import is_numeric_dtype
from typer.testing import CliRunner

from lifecircle.assessment import Assessment
from lifecircle.cli import app
from lifecircle.labels import Language, words
from lifecircle.read.result_tables import read_result_tables
from lifecircle.write.edition import edition_tables
from lifecircle.write.geodata import export_layers, gis_layers, write_geopackage
from lifecircle.write.geodata.styles import qgis_style
from lifecircle.write.palette import (
    CLUSTER_COLOR,
    KIND_COLORS,
    REMEDY_COLOR,
    RING_COLORS,
    VERDICT_COLORS,
)

HOSTILE = ("=1+1", "NA", "null", "<script>", "${x}", "a'b\"c", "养老`院", "🏠", "001", "一" * 200)


@pytest.fixture(scope="module")
def tables(example: Assessment) -> dict[str, pd.DataFrame]:
    """Take the example's tables, with hostile names in it."""
    homes = example.residences.copy()
    homes["name"] = [HOSTILE[at % len(HOSTILE)] for at in range(len(homes))]
    return dict(edition_tables(replace(example, residences=homes), "internal"))


def same(mine: pd.DataFrame, theirs: pd.DataFrame, *, fields: list[str] | None = None) -> None:
    """Compare cell by cell; what is missing is missing, whatever it is called."""
    assert len(mine) == len(theirs)
    for column, there in zip(mine.columns, fields or list(mine.columns), strict=True):
        if column == "geometry":
            continue
        left, right = mine[column], theirs[there]
        assert (left.isna() == right.isna()).all(), column
        known = left.notna()
        if left.dtype.kind in "fiu":
            np.testing.assert_allclose(
                left[known].astype(float), right[known].astype(float), rtol=1e-12, err_msg=column
            )
        else:
            assert left[known].astype(str).tolist() == right[known].astype(str).tolist(), column


def test_the_geopackage_reads_back_the_same(
    tables: dict[str, pd.DataFrame], example: Assessment, tmp_path: Path
) -> None:
    path = tmp_path / "results.gpkg"
    write_geopackage(tables, path, "zh")
    for layer in gis_layers(tables, "zh"):
        back = pyogrio.read_dataframe(path, layer=layer.name)
        same(layer.rows, back)
        if isinstance(layer.rows, gpd.GeoDataFrame):
            assert back.crs == example.crs
            there = layer.rows.geometry.notna()
            assert shapely.equals(
                layer.rows.geometry[there].to_numpy(), back.geometry[there].to_numpy()
            ).all()


def test_geopackage_layers_are_styled_by_default(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    path = tmp_path / "results.gpkg"
    write_geopackage(tables, path, "zh")
    styles = pyogrio.read_dataframe(path, layer="layer_styles").set_index("f_table_name")
    assert set(styles.index) == {
        "居住小区", "养老设施", "步行范围", "短缺片区", "可选址范围", "行政分区",
    }  # fmt: skip
    assert styles["useAsDefault"].all()
    for name, style in styles["styleQML"].items():
        renderer = ET.fromstring(style).find("renderer-v2")  # noqa: S314 - our own text
        assert renderer is not None
        column = renderer.get("attr")
        assert column is None or column in pyogrio.read_info(path, layer=str(name))["fields"]


def test_a_cluster_lies_where_its_residences_are(
    tables: dict[str, pd.DataFrame], example: Assessment
) -> None:
    layer = next(one for one in gis_layers(tables, "zh") if one.table == "clusters")
    assert layer.name == "短缺片区"
    assert len(layer.rows) == len(example.clusters)
    homes, parents = example.residences, example.clusters["parent_id"]
    places = layer.rows.set_index("缺口片区编号").geometry
    for cluster, place in places.items():
        inside = homes["cluster_id"].map(
            lambda smallest, cluster=cluster: cluster in chain_of(smallest, parents)
        )
        assert place.area == pytest.approx(homes[inside].area.sum())
        assert shapely.covers(place.buffer(0.01), homes[inside].union_all())
    assert layer.rows["说明"].str.contains("无论").all()


def chain_of(cluster: str | None, parents: pd.Series) -> list[str]:
    return [] if cluster is None else [cluster, *chain_of(parents[cluster], parents)]


def test_a_residence_without_an_outline_is_a_circle_in_its_cluster(
    tables: dict[str, pd.DataFrame],
) -> None:
    homes = gpd.GeoDataFrame(tables["residences"]).copy()
    homes.geometry = homes.geometry.centroid
    layers = gis_layers(tables | {"residences": homes}, "en")
    rows = next(one.rows for one in layers if one.table == "clusters")
    assert set(rows.geometry.geom_type) <= {"Polygon", "MultiPolygon"}


def opaque(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue}"


PALETTE = {
    "residences": [side for color in VERDICT_COLORS.values() for side in color],
    "facilities": [*KIND_COLORS.values(), "#ffffff"],
    "catchments": [*RING_COLORS],
    "clusters": [*CLUSTER_COLOR],
    "remedy_areas": [*REMEDY_COLOR],
}


@pytest.mark.parametrize("table", PALETTE)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_style_fits_the_rows_of_its_layer(
    table: str, language: Language, tables: dict[str, pd.DataFrame]
) -> None:
    rows = next(one.rows for one in gis_layers(tables, language) if one.table == table)
    style = qgis_style(table, language)
    assert style is not None
    root = ET.fromstring(style)  # noqa: S314 - our own text
    renderer = root.find("renderer-v2")
    assert renderer is not None
    values = rows[renderer.get("attr")].dropna()
    classes = {one.get("value") for one in root.iter("category")}
    ranges = [(float(one.get("lower")), float(one.get("upper"))) for one in root.iter("range")]
    for value in set(values):
        assert value in classes or any(low < value <= high for low, high in ranges), value
    options = [one for one in root.iter("Option") if (one.get("name") or "").endswith("color")]
    used = {(one.get("value") or "").rpartition(",")[0] for one in options}
    assert used == {opaque(color) for color in PALETTE[table]}
    assert {one.get("symbol") for one in [*root.iter("category"), *root.iter("range")]} == {
        one.get("name") for one in root.iter("symbol")
    }


def test_the_web_map_has_the_colours_of_the_remedies() -> None:
    script = Path(str(files("lifecircle") / "write/web/layers.js")).read_text(encoding="utf-8")
    styles = script[script.index("REMEDY_STYLES") :].partition("};")[0]
    assert set(re.findall("#[0-9a-f]{6}", styles)) == set(REMEDY_COLOR)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("residences", "verdict"),
        ("facilities", "kind"),
        ("remedy_areas", "remedy_area"),
        ("clusters", "yes_no"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_style_has_a_symbol_for_every_word(table: str, column: str, language: str) -> None:
    style = qgis_style(table, language)  # type: ignore[arg-type]  # a parameter
    assert style is not None
    root = ET.fromstring(style)  # noqa: S314 - our own text
    symbols = [symbol.get("name") for symbol in root.iter("symbol")]
    categories = [(one.get("value"), one.get("symbol")) for one in root.iter("category")]
    assert {value for value, _ in categories} == {word[language] for word in words(column).values()}
    assert sorted(symbol for _, symbol in categories) == sorted(symbols)


def test_shapefiles_read_back_the_same_by_the_table_of_names(
    tables: dict[str, pd.DataFrame], example: Assessment, tmp_path: Path
) -> None:
    export_layers(tables, tmp_path / "shp", form="shapefile", language="zh")
    with (tmp_path / "shp" / "字段对照表.csv").open(encoding="utf-8-sig", newline="") as stream:
        named = list(csv.DictReader(stream))
    for layer in gis_layers(tables, "zh"):
        if not isinstance(layer.rows, gpd.GeoDataFrame):
            continue
        mine = [row for row in named if row["图层"] == layer.name]
        short = {row["中文名称"]: row["短字段名"] for row in mine}
        assert all(len(name) <= 10 and name.isascii() for name in short.values())
        assert len(set(short.values())) == len(short)
        back = pyogrio.read_dataframe(tmp_path / "shp" / f"{layer.name}.shp")
        assert back.crs.to_epsg() == example.crs.to_epsg()
        cut = layer.rows.copy()
        for row in mine:
            texts = cut[row["中文名称"]].map(
                lambda cell: (
                    cell.encode()[:254].decode(errors="ignore") if isinstance(cell, str) else cell
                )
            )
            changed = (texts != cut[row["中文名称"]]) & texts.notna()
            assert int(row["截短的文字（个）"]) == int(changed.sum())
            if not is_numeric_dtype(texts):
                cut[row["中文名称"]] = texts.replace("", None)
        kept = cut.drop(columns="geometry")
        same(kept, back, fields=[short[str(name)] for name in kept])


def test_two_hundred_chinese_characters_are_cut_and_counted(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    export_layers(tables, tmp_path / "shp", form="shapefile", language="zh")
    text = (tmp_path / "shp" / "字段对照表.csv").read_text(encoding="utf-8-sig")
    long = (tables["residences"]["name"] == HOSTILE[-1]).sum()
    assert f"居住小区,name,name,小区名称,{long}" in text
    homes = pyogrio.read_dataframe(tmp_path / "shp" / "居住小区.shp")
    assert homes["name"].str.len().max() == 254 // 3


def test_geojson_is_in_degrees(tables: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    export_layers(tables, tmp_path / "json", form="geojson", language="en")
    homes = gpd.read_file(tmp_path / "json" / "residences.geojson")
    assert homes.crs.to_epsg() == 4326
    west, south, east, north = homes.total_bounds
    assert 122.0 < west < east < 122.1
    assert 37.3 < south < north < 37.5
    assert homes["name"].tolist() == tables["residences"]["name"].tolist()
    back = homes.to_crs(gpd.GeoDataFrame(tables["residences"]).crs).geometry
    moved = shapely.hausdorff_distance(
        back.to_numpy(), gpd.GeoDataFrame(tables["residences"]).geometry.to_numpy()
    )
    assert moved.max() < 0.02  # RFC 7946 asks for seven decimals of a degree


def test_the_command_exports_a_finished_result(tmp_path: Path, example: Assessment) -> None:
    run = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "结果")])
    assert run.exit_code == 0
    result = read_result_tables(tmp_path / "结果")
    assert len(result["residences"]) == len(example.residences)
    for form, file in (("shapefile", "居住小区.shp"), ("geopackage", "results.gpkg")):
        out = tmp_path / form
        done = CliRunner().invoke(
            app, ["export", str(tmp_path / "结果"), "--out", str(out), "--format", form]
        )
        assert done.exit_code == 0, done.output
        assert (out / file).is_file()


def test_bad_calls_are_told(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x", encoding="utf-8")
    no_result = CliRunner().invoke(app, ["export", str(tmp_path), "--out", str(tmp_path / "x")])
    assert "no result" in str(no_result.exception)
    with pytest.raises(Exception, match="in use"):
        export_layers({}, tmp_path / "full", form="geojson", language="zh")
    wrong = CliRunner().invoke(app, ["export", "a", "--out", "b", "--format", "dwg"])
    assert wrong.exit_code == 2
