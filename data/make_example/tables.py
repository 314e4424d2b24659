"""Write the zones, the residences and the facilities as a bureau would hand them over."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter  # type: ignore[import-untyped] # ships no types
from city import DISTRICT, RURAL, ZONES
from homes import Home
from lattice import degrees_of, rectangle
from services import Service, addresses

from lifecircle.datum import from_wgs84

CRS: Final = "EPSG:4490"
COUNTED: Final = ["常住人口", "60岁以上人口", "65岁以上人口", "3岁以下人口", "户数"]
BEYOND_LISTED: Final = 1.06  # people who live outside the listed residences
GATE_LAYER_STEP: Final = 6  # every sixth walled compound has its gates surveyed
SUFFIXED_ROWS: Final = (7, 64, 131, 202)  # 户数 written as 980户
UNKNOWN_HOUSEHOLDS: Final = "棉纺家属院"
FACILITY_COLUMNS: Final = [
    "设施编号", "设施名称", "设施类型", "功能", "经度", "纬度", "建筑面积(㎡)", "面积口径",
    "床位数", "护理型床位", "托位数", "运营主体", "状态", "启用年份", "楼层", "场地编号",
    "服务小区编号", "移交状态", "标签", "地址", "备注",
]  # fmt: skip
HOUSEHOLD_COLUMNS: Final = [
    "小区编号", "小区名称", "户数", "人口", "60岁以上人口", "65岁以上人口", "80岁以上人口",
    "3岁以下人口", "状态", "建成年份", "配建养老面积(㎡)", "地块编号",
]  # fmt: skip


def write_zones(path: Path, homes: list[Home]) -> None:
    """
    Write district, street districts and communities as one layer.

    Parameters
    ----------
    path
        The GeoPackage.
    homes
        The residences, whose people are summed.
    """
    rows, shapes = [], []
    for street_number, communities in enumerate(ZONES.values(), 1):
        street_code = f"{DISTRICT[0]}{street_number:03d}"
        for number, (community, box) in enumerate(communities.items(), 1):
            inside = [home for home in homes if home.block.community == community]
            urban = "乡村" if community in RURAL else "城镇"
            row = {"区划代码": f"{street_code}{number:03d}", "名称": f"{community}社区"}
            row |= {"级别": "社区", "上级": street_code, "城乡": urban}
            rows.append(row | _summed(inside))
            shapes.append(shapely.Polygon(degrees_of(rectangle(*box))))
    communities_table = gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)
    streets = _dissolved(communities_table, "街道")
    names = {f"{DISTRICT[0]}{n:03d}": name for n, name in enumerate(ZONES, 1)}
    streets["名称"] = streets["区划代码"].map(names)
    district = _dissolved(streets, "区县").assign(名称=DISTRICT[1], 上级="")
    zones = pd.concat([district, streets, communities_table], ignore_index=True)
    order = ["区划代码", "名称", "级别", "上级", *COUNTED, "城乡", "geometry"]
    gpd.GeoDataFrame(zones[order], crs=CRS).to_file(path, layer="zones", driver="GPKG")


def _summed(homes: list[Home]) -> dict[str, int]:
    columns = {
        "常住人口": sum(home.population for home in homes),
        "60岁以上人口": sum(home.older_60 for home in homes),
        "65岁以上人口": sum(home.older_65 for home in homes),
        "3岁以下人口": sum(home.under_3 for home in homes),
        "户数": sum(home.households for home in homes),
    }
    return {name: round(value * BEYOND_LISTED) for name, value in columns.items()}


def _dissolved(zones: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    summed = zones.dissolve(by="上级", aggfunc=dict.fromkeys(COUNTED, "sum"), sort=True)
    summed = summed.reset_index().rename(columns={"上级": "区划代码"})
    return summed.assign(级别=level, 上级=DISTRICT[0], 城乡="城镇")


def write_residences(path: Path, homes: list[Home]) -> None:
    """
    Write the residences' outlines, and the gates of some of them.

    Parameters
    ----------
    path
        The GeoPackage, with the layers ``residences`` and ``gates``.
    homes
        The residences.
    """
    keys = {"小区编号": [h.residence_id for h in homes], "小区名称": [h.name for h in homes]}
    outlines = [shapely.Polygon(degrees_of(home.ring)) for home in homes]
    table = gpd.GeoDataFrame(keys, geometry=outlines, crs=CRS)
    table.to_file(path, layer="residences", driver="GPKG")
    surveyed = [home for home in homes if home.walled and home.gates][::GATE_LAYER_STEP]
    places = [(home.residence_id, gate) for home in surveyed for gate in home.gates]
    points = shapely.points(degrees_of([gate for _, gate in places]))
    gates = gpd.GeoDataFrame({"小区编号": [key for key, _ in places]}, geometry=points, crs=CRS)
    gates.to_file(path, layer="gates", driver="GPKG", mode="a")


def write_households(path: Path, homes: list[Home], said: dict[str, str]) -> None:
    """
    Write the residences' people as a GB18030 table.

    Parameters
    ----------
    path
        The CSV file.
    homes
        The residences.
    said
        What each new residence's table entry says of the floor area built for it.
    """
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HOUSEHOLD_COLUMNS)
        for number, home in enumerate(homes):
            people = [home.population, home.older_60, home.older_65, home.older_80, home.under_3]
            status = "新建" if home.block.new else "既有"
            own = said.get(home.residence_id, "")
            shown = _as_people_write(number, home)
            keys = [home.residence_id, home.name, shown]
            writer.writerow([*keys, *people, status, home.year, own, home.pool_id])


def _as_people_write(number: int, home: Home) -> str:
    if home.name == UNKNOWN_HOUSEHOLDS:
        return ""
    if number in SUFFIXED_ROWS:
        return f"{home.households}户"
    return f"{home.households:,}"


def write_facilities(path: Path, services: list[Service]) -> None:
    """
    Write the facilities as an Excel list with GCJ-02 positions.

    Parameters
    ----------
    path
        The workbook.
    services
        The facilities.
    """
    degrees = degrees_of([service.place for service in services])
    lon_lat = np.column_stack(from_wgs84(*degrees.T, "gcj02")).round(6)  # as AMap gives them
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        created = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": "示例区养老服务设施清单（示例数据）", "created": created})
        sheet = book.add_worksheet("养老设施")
        sheet.write_row(0, 0, FACILITY_COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 1, 30)
        rows = zip(services, lon_lat, addresses(services), strict=True)
        for number, (service, (lon, lat), address) in enumerate(rows, 1):
            sheet.write_row(number, 0, _cells(number, service, (lon, lat), address))


def _cells(
    number: int, service: Service, lon_lat: tuple[float, float], address: str
) -> Sequence[str | float | None]:
    return [
        f"YL{number:03d}", service.name, service.kind, service.functions, *lon_lat,
        service.area_m2, service.area_basis, service.beds, service.nursing_beds,
        service.nursery_places, service.operator, service.status, service.year, service.floor,
        service.site_id, service.serves_id, service.delivered, service.labels, address,
        service.note,
    ]  # fmt: skip
