"""The eldercare places of the made city, and what was built for its new residences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from math import ceil
from typing import Final

from city import zone_of_cell
from homes import Home
from lattice import Place

NEW_M2_PER_100_HOUSEHOLDS: Final = 20  # 威政字〔2022〕57号, 二(二); the story is told under it

CENTRE, TOWNSHIP = "街道综合养老服务中心", "区域性养老服务中心"
STATION, DAY_CARE, CANTEEN = "社区养老服务站", "日间照料中心", "长者饭堂"
HOME, CARE_HOME, MUTUAL_AID = "养老院", "护理院", "农村互助幸福院"
SCHOOL, NURSERY, OTHER = "老年大学", "托育机构", "其他"

FUNCTIONS: Final = {
    CENTRE: "全托、日托、上门服务、助餐、指导、康复",
    TOWNSHIP: "全托、日托、上门服务、指导",
    STATION: "日托、上门服务、助餐",
    DAY_CARE: "日托、康复",
    CANTEEN: "助餐",
    HOME: "全托",
    CARE_HOME: "全托、康复",
    MUTUAL_AID: "日托、助餐",
    SCHOOL: "学习",
    NURSERY: "托育",
    OTHER: "上门服务",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """
    One row of the facilities list.

    Attributes
    ----------
    name, kind, place
        What it is called, what it is, and its lattice address beside a street.
    area_m2
        Floor area, None where nobody knows.
    functions, area_basis, beds, nursing_beds, nursery_places, operator, status, year, floor
        As in the list's columns.
    site_id, serves_id, delivered, labels, note
        As in the list's columns; empty where nothing is said.
    """

    name: str
    kind: str
    place: Place
    area_m2: float | None
    functions: str = ""
    area_basis: str = "建筑面积"
    beds: int | None = None
    nursing_beds: int | None = None
    nursery_places: int | None = None
    operator: str = "公办"
    status: str = "运营"
    year: int = 0
    floor: int | None = 1
    site_id: str = ""
    serves_id: str = ""
    delivered: str = ""
    labels: str = ""
    note: str = ""


def _row(name: str, kind: str, i: float, j: float, area_m2: float | None) -> Service:
    return Service(name=name, kind=kind, place=(i, j), area_m2=area_m2, functions=FUNCTIONS[kind])


def _large(service: Service, beds: int, nursing_beds: int) -> Service:
    return replace(service, beds=beds, nursing_beds=nursing_beds, labels="公益、等级")


def _planned(service: Service, year: int) -> Service:
    return replace(service, status="规划", year=year, note="规划建设")


def _for_children(service: Service, places: int) -> Service:
    return replace(service, nursery_places=places, operator="民办", labels="普惠")


SITE: Final = replace(_row("文庙综合服务点", STATION, 12.5, 11.03, 900), site_id="CD01", year=2021)

SERVICES: Final[list[Service]] = [
    # The old town: enough, all on or north of 钟楼路, so that the park keeps the south away.
    replace(
        _large(_row("老城街道综合养老服务中心", CENTRE, 9.6, 11.03, 2200), 60, 40),
        labels="公益、示范",
    ),
    _row("站前社区养老服务站", STATION, 8.3, 11.03, 900),
    SITE,
    replace(SITE, name="文庙综合服务点日间照料室", kind=DAY_CARE, functions=FUNCTIONS[DAY_CARE]),
    replace(SITE, name="文庙综合服务点长者饭堂", kind=CANTEEN, functions=FUNCTIONS[CANTEEN]),
    _row("南门社区养老服务站", STATION, 11.4, 11.03, 600),
    _row("滨河日间照料中心", DAY_CARE, 14.97, 11.5, 850),
    replace(_row("西关长者饭堂", CANTEEN, 10.03, 12.5, 320), floor=None),
    _row("东关社区养老服务站", STATION, 14.03, 12.4, 620),
    replace(_row("文庙地下长者饭堂", CANTEEN, 13.5, 13.97, 460), floor=-1, note="位于地下一层"),
    replace(
        _row("南门旧日间照料中心", DAY_CARE, 14.4, 9.03, 380),
        status="关闭",
        year=2006,
        note="已停业",
    ),
    _row("示例区老年大学老城学习点", SCHOOL, 10.5, 11.03, 1500),
    _for_children(_row("东关托育园", NURSERY, 13.6, 11.03, 700), 90),
    replace(_row("岭前居家服务热线点", OTHER, 10.4, 13.97, 90), operator="民办"),
    # The northern ridge: enough as well, and the first help beyond the north bridge.
    replace(_large(_row("北岭街道综合养老服务中心", CENTRE, 12.6, 14.03, 2000), 50, 30), year=2020),
    _row("岭下社区养老服务站", STATION, 8.03, 15.4, 700),
    _row("松岗社区养老服务站", STATION, 10.03, 15.6, 800),
    replace(_row("桥头日间照料中心", DAY_CARE, 14.5, 16.97, 1300), floor=2, operator="公建民营"),
    _row("北岭社区养老服务站", STATION, 9.97, 17.4, 900),
    _row("新岭社区养老服务站", STATION, 13.4, 17.03, 1000),
    _large(_row("北山养老院", HOME, 8.5, 17.03, 6800), 220, 130),
    replace(_row("北岭老年学习点", SCHOOL, 10.5, 14.03, 300), operator="公建民营"),
    # The southern gardens: within reach of all, far too small.
    _row("棉纺社区养老服务站", STATION, 8.04, 6.1, 110),
    replace(
        _row("南园社区养老服务站", STATION, 10.03, 5.9, 180),
        area_basis="使用面积",
        operator="公建民营",
    ),
    _row("南园日间照料中心", DAY_CARE, 12.5, 5.97, 160),
    _row("柳营社区养老服务站", STATION, 14.03, 6.1, 100),
    _row("柳营长者饭堂", CANTEEN, 13.6, 5.03, 90),
    _row("棉纺长者饭堂", CANTEEN, 9.4, 5.03, 80),
    _planned(_row("南园街道综合养老服务中心", CENTRE, 10.03, 4.4, 2600), 2027),
    _large(_row("南园养老院", HOME, 9.4, 3.03, 5200), 180, 90),
    # West of the railway.
    replace(
        _row("北坡社区养老服务站", STATION, 5.97, 15.3, None),
        note="面积待核实",
        operator="公建民营",
    ),
    _row("北坡长者饭堂", CANTEEN, 3.03, 15.5, 60),
    _row("长墙社区养老服务站", STATION, 4.97, 7.5, 360),
    _planned(_row("铁西街道综合养老服务中心", CENTRE, 5.97, 12.5, 1800), 2028),
    _for_children(_row("铁中托育园", NURSERY, 5.97, 13.5, 520), 60),
    # East of the river.
    _row("河东桥头社区养老服务站", STATION, 18.4, 17.03, 700),
    _row("东塘日间照料中心", DAY_CARE, 19.03, 15.3, 420),
    _row("东岗社区养老服务站", STATION, 21.97, 10.4, 260),
    _planned(_row("望河日间照料中心", DAY_CARE, 17.03, 10.4, 1500), 2027),
    _large(_row("东塘护理院", CARE_HOME, 20.5, 14.03, 7400), 260, 260),
    replace(
        _large(_row("东岗颐年养老院", HOME, 21.5, 11.03, 9100), 300, 150),
        operator="民办",
        labels="高端",
    ),
    # The edge of the new town.
    _row("港北农村互助幸福院", MUTUAL_AID, 20.4, 7.03, 150),
    _planned(_row("新港区域性养老服务中心", TOWNSHIP, 19.03, 5.4, 3200), 2028),
    _for_children(_row("港西托育园", NURSERY, 18.5, 7.03, 640), 80),
]

# What was built for a new residence: share of what it owes, and how it is known.
OWN_CASES: Final = (
    "none", "little_said", "not_handed_over", "facility", "none", "small_facility", "none",
    "enough_said", "little_said", "not_handed_over", "none", "little_said", "facility",
)  # fmt: skip
NO_ROOM_ON_SITE: Final = {"港西", "港北"}  # whose table says it all; no list of facilities has it
OPENING_YEARS: Final = (2014, 2018, 2011, 2020, 2016, 2022, 2019, 2009, 2021)
NOT_HANDED_OVER: Final = ("已建", "已验收", "规划")


def dated_services() -> list[Service]:
    """
    Give every service a year, where the story has none.

    Returns
    -------
    services
        In the order of `SERVICES`.
    """
    years = cycle(OPENING_YEARS)
    return [replace(service, year=service.year or next(years)) for service in SERVICES]


def owed_m2(homes: list[Home]) -> int:
    """
    Work out what new residences owe under the story's rule.

    Parameters
    ----------
    homes
        One residence, or the phases of one development.

    Returns
    -------
    m2
        Floor area, rounded up to whole square metres.
    """
    return ceil(sum(home.households for home in homes) * NEW_M2_PER_100_HOUSEHOLDS / 100)


def own_services(homes: list[Home]) -> tuple[list[Service], dict[str, str]]:
    """
    Build what developers built, or did not, for the new residences.

    Parameters
    ----------
    homes
        All residences.

    Returns
    -------
    services
        Facilities that were built for one residence.
    said
        What the residences' own table says, by residence id; blank where nobody knows.
    """
    new = [home for home in homes if home.block.new]
    said = {home.residence_id: "0" for home in new}
    services = _pooled(new, said)
    delays = cycle(NOT_HANDED_OVER)
    lone = [home for home in new if not home.pool_id]
    said[lone[-1].residence_id] = ""
    for home, drawn in zip(lone[:-1], cycle(OWN_CASES), strict=False):
        owed, case = owed_m2([home]), _fitting(drawn, home)
        if case == "little_said":
            said[home.residence_id] = str(round(owed * 0.45))
        elif case == "enough_said":
            said[home.residence_id] = str(owed + 12)
        elif case == "facility":
            said[home.residence_id] = ""
            services.append(_built_for(home, owed + 25, "已移交"))
        elif case == "small_facility":
            said[home.residence_id] = str(owed)  # the table promises more than stands there
            services.append(_built_for(home, round(owed * 0.6), "已移交"))
        elif case == "not_handed_over":
            said[home.residence_id] = ""
            services.append(_built_for(home, owed + 40, next(delays)))
    return services, said


def _fitting(case: str, home: Home) -> str:
    if home.block.community == "东关":
        return "facility"  # the old town's one renewal is a good one
    said = {"facility": "enough_said", "small_facility": "little_said", "not_handed_over": "none"}
    return said.get(case, case) if home.block.community in NO_ROOM_ON_SITE else case


def _pooled(new: list[Home], said: dict[str, str]) -> list[Service]:
    """Let the first development build for both of its phases, the others too little."""
    pools = sorted({home.pool_id for home in new if home.pool_id})
    services = []
    for pool in pools:
        phases = [home for home in new if home.pool_id == pool]
        if pool == pools[0]:
            services.append(_built_for(phases[0], owed_m2(phases) + 30, "已移交"))
            said[phases[0].residence_id] = ""  # the list of facilities has it
        else:
            said[phases[0].residence_id] = str(round(owed_m2(phases) * 0.4))
    return services


def _built_for(home: Home, area_m2: float, delivered: str) -> Service:
    joint, gate = home.street_places[0], home.gates[0]
    step = (0.6 * (gate[0] - joint[0]), 0.6 * (gate[1] - joint[1]))
    aside = (0.06, 0.0) if step[0] == 0 else (0.0, 0.06)
    place = (joint[0] + step[0] + aside[0], joint[1] + step[1] + aside[1])
    service = _row(f"{home.name}配建社区养老服务站", STATION, *place, area_m2)
    running = delivered == "已移交"
    return replace(
        service,
        status="运营" if running else "规划",
        year=home.year if running else 2027,
        serves_id=home.residence_id,
        delivered=delivered,
        operator="公建民营",
    )


def addresses(services: list[Service]) -> Iterator[str]:
    """
    Make up an address for each facility.

    Parameters
    ----------
    services
        The facilities.

    Yields
    ------
    address
        District, street district, community and a number; no such place exists.
    """
    zones = zone_of_cell()
    for number, service in enumerate(services, 1):
        street, community = zones[int(service.place[0]), int(service.place[1])]
        yield f"示例市示例区{street}{community}社区{number}号（示例）"
