import pytest

from lifecircle.errors import TableError
from lifecircle.labels import words
from lifecircle.read import columns
from lifecircle.tables import FACILITY_KINDS, TableName

HEADERS: dict[TableName, str] = {
    "facilities": """
        设施编号 设施名称 设施类型 功能 经度 纬度 建筑面积(㎡) 面积口径 床位数 护理型床位 托位数
        运营主体 状态 启用年份 楼层 场地编号 服务小区编号 移交状态 标签 地址
    """,
    "residences": """
        小区编号 小区名称 户数 人口 60岁以上人口 65岁以上人口 80岁以上人口 3岁以下人口 状态
        建成年份 配建养老面积(㎡) 地块编号 建筑类型 地址
    """,
    "zones": """
        编号 名称 级别 上级 常住人口 60岁以上人口 65岁以上人口 3岁以下人口 户数 城乡
    """,
}


@pytest.mark.parametrize("table", HEADERS)
def test_the_headers_of_an_office_are_all_known(table: TableName) -> None:
    headers = HEADERS[table].split()
    found = columns.match_columns(headers, table, source="x")
    assert sorted(found.values()) == sorted(headers)


@pytest.mark.parametrize("table", HEADERS)
def test_every_contract_column_and_label_names_itself(table: TableName) -> None:
    for column, texts in words(f"columns.{table}").items():
        for spelling in (column, texts["zh"], texts["en"]):
            assert columns.match_columns([spelling], table, source="x") == {column: spelling}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("养老机构名称", "name"),
        ("机构名称", "name"),
        ("建筑面积（万平方米）", "floor_area_m2"),
        ("建筑面积/㎡", "floor_area_m2"),
        ("LNG", "longitude"),
        (" 纬 度 ", "latitude"),
        ("X", "longitude"),
    ],
)
def test_other_spellings_of_a_header(header: str, column: str) -> None:
    assert columns.match_columns([header], "facilities", source="x") == {column: header}


def test_a_spare_header_counts_only_if_nothing_better_is_there() -> None:
    both = columns.match_columns(["name", "gb", "adcode"], "zones", source="x")
    assert both == {"name": "name", "zone_id": "adcode"}
    assert columns.match_columns(["gb"], "zones", source="x") == {"zone_id": "gb"}


def test_two_headers_for_one_column_are_an_error() -> None:
    with pytest.raises(TableError, match="several headers name the column 'name'"):
        columns.match_columns(["设施名称", "机构名称"], "facilities", source="a.csv")


def test_the_users_own_choice_wins() -> None:
    given = {"name": "机构名称"}
    found = columns.match_columns(["设施名称", "机构名称"], "facilities", source="x", given=given)
    assert found == {"name": "机构名称"}


def test_a_choice_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TableError, match="2 problem"):
        columns.match_columns(["a"], "zones", source="x", given={"nmae": "a", "name": "b"})


def test_near_misses_are_suggested() -> None:
    assert columns.near_misses("households", ["总户数量", "地址"], "residences") == ["总户数量"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("养老院", "nursing_home"),
        ("敬老院", "nursing_home"),
        ("长者饭堂", "canteen"),
        ("托老所", "day_care"),
        ("街道综合养老服务中心", "street_centre"),
        ("老年大学（学习点）", "elder_school"),
        ("Nursing home", "nursing_home"),
        ("day_care", "day_care"),
    ],
)
def test_kinds_as_lists_name_them(word: str, kind: str) -> None:
    assert columns.to_words(word, "kind") == ([kind], [])


@pytest.mark.parametrize("kind", FACILITY_KINDS)
def test_what_we_print_we_can_read(kind: str) -> None:
    for text in words("kind")[kind].values():
        assert columns.to_words(text, "kind") == ([kind], [])


@pytest.mark.parametrize("section", [key for key in words("values") if key != "kind_in_name"])
def test_no_spelling_means_two_words(section: str) -> None:
    for word, texts in words(f"values.{section}").items():
        for spelling in "|".join(texts.values()).split("|"):
            assert columns.to_words(spelling, section) == ([word], [])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("幸福社区日间照料中心", "day_care"),
        ("和平街道综合养老服务中心", "street_centre"),
        ("东湖社区居家养老服务站", "community_station"),
        ("阳光护理院", "care_home"),
        ("第一社会福利院", "nursing_home"),
        ("李家村互助幸福院", "rural_mutual_aid"),
        ("建设路长者饭堂", "canteen"),
        ("宝贝托育园", "nursery"),
        ("夕阳红养老院(日间照料)", "nursing_home"),
        ("信养之家(大场养老院)", "nursing_home"),
    ],
)
def test_a_name_tells_the_kind(name: str, kind: str) -> None:
    decided = columns.kind_in_name(name)
    assert decided is not None
    assert decided[0] == kind


def test_a_name_may_tell_nothing() -> None:
    assert columns.kind_in_name("人民医院") is None
