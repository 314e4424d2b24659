"""What is written in any format that we read comes back as it was: hostile names, all numbers."""

import csv
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecircle.read.inputs import read_facilities

# Short enough for a Shapefile's 80 bytes. Blanks at the ends are no part of a name; signs that XML
# cannot hold and line ends are tried in the corpus.
HOSTILE: Final = (
    "=1+1",
    "NA",
    "null",
    "<b>&amp;</b>",
    "${x}",
    "`",
    "a,b;c\td",
    '"',
    "'",
    "001",
    "㐂龘",
)
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFFFD, exclude_categories=["C", "Z"]),
            min_size=1, max_size=12),
)  # fmt: skip
rows = st.lists(
    st.tuples(
        names,
        st.integers(0, 20_000_000).map(lambda cents: cents / 100),
        st.floats(73.6, 134.9),
        st.floats(18.1, 53.4),
    ),
    min_size=1,
    max_size=6,
)
Row = tuple[str, float, float, float]
HEAD: Final = ("编号", "名称", "类型", "建筑面积", "经度", "纬度")


def cells(table: list[Row]) -> list[list[object]]:
    body = [[f"{at:03}", name, "养老院", area, x, y] for at, (name, area, x, y) in enumerate(table)]
    return [list(HEAD), *body]


def as_text(encoding: str, delimiter: str) -> Callable[[list[Row], Path], None]:
    def write(table: list[Row], path: Path) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(cells(table))

    return write


def as_workbook(table: list[Row], path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("设施")
        for row, values in enumerate(cells(table)):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write(row, column, value)


def features(table: list[Row]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame([row[:4] for row in cells(table)[1:]], columns=list(HEAD[:4]))
    points = gpd.points_from_xy([row[2] for row in table], [row[3] for row in table])
    return gpd.GeoDataFrame(frame, geometry=points, crs=4490)


def by_driver(**options: object) -> Callable[[list[Row], Path], None]:
    def write(table: list[Row], path: Path) -> None:
        # Four Chinese characters are too long for a field of a Shapefile: two are read as well.
        features(table).rename(columns={"建筑面积": "面积"}).to_file(path, **options)

    return write


def as_zip(table: list[Row], path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w") as package:
        FORMATS["b.shp"](table, Path(folder) / "设施.shp")
        for part in Path(folder).iterdir():
            package.write(part, part.name)


def as_parquet(table: list[Row], path: Path) -> None:
    features(table).to_parquet(path)


FORMATS: Final[dict[str, Callable[[list[Row], Path], None]]] = {
    "a.csv": as_text("utf-8", ","),
    "b.csv": as_text("gb18030", ","),
    "c.csv": as_text("utf-16", ","),
    "d.csv": as_text("utf-8-sig", ";"),
    "a.tsv": as_text("utf-8", "\t"),
    "a.txt": as_text("gb18030", "\t"),
    "a.xlsx": as_workbook,
    "a.geojson": by_driver(driver="GeoJSON", COORDINATE_PRECISION=15),
    "a.gpkg": by_driver(driver="GPKG", layer="设施"),
    "a.shp": by_driver(driver="ESRI Shapefile", encoding="utf-8"),
    "b.shp": by_driver(driver="ESRI Shapefile", encoding="gb18030"),
    "a.zip": as_zip,
    "a.kml": by_driver(driver="LIBKML"),
    "a.fgb": by_driver(driver="FlatGeobuf", SPATIAL_INDEX="NO"),
    "a.gdb": by_driver(driver="OpenFileGDB", layer="sheshi"),
    "a.parquet": as_parquet,
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=rows)
def test_a_table_comes_back_as_it_was_written(name: str, table: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        FORMATS[name](table, path)
        datum = "cgcs2000" if path.suffix in (".csv", ".tsv", ".txt", ".xlsx") else None
        read = read_facilities(path, datum=datum).table
    assert list(read.index) == [f"{at:03}" for at in range(len(table))]
    assert read["name"].tolist() == [row[0] for row in table]
    assert read["floor_area_m2"].tolist() == [row[1] for row in table]
    degrees = read.to_crs(4490).geometry
    xy = np.column_stack([degrees.x, degrees.y])
    assert xy == pytest.approx(np.array([row[2:] for row in table]), abs=1e-9)  # 0.1 mm
