"""Every indicator of the nine documents, listed by hand from the documents, is in its profile."""

import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from lifecircle.standards.model import Rule
from lifecircle.standards.profile import read_standard

POLICIES = Path(__file__).parents[2] / "shared" / "policies"
FILES = {name: name for name in ("weihai-2022", "dongguan-2020", "zhenjiang-2021", "xianyang-2019")}

# Clause, the document's own words, and its number (None: it names none, or not a single one).
DOCUMENTS: dict[str, list[tuple[str, str, float | None]]] = {
    "weihai-2022": [
        ("二(二)", "新建小区按每百户不少于20平方米的标准配建养老服务设施", 20),
        ("二(二)", "按每百户不少于15平方米的标准调剂解决", 15),
        ("二(二)", "每千名老年人养老服务床位数达到53个", 53),
        ("二(二)", "公益性养老床位数占养老床位总数比例达到70%", 70),
        ("二(二)", "全国示范性老年友好型社区数量在2021年3个的基础上继续增加", 3),
        ("二(二)", "婴幼儿家庭科学养育知识知晓率达到85%", 85),
        ("二(一)", "各区市、开发区分别至少建立1处具有示范引领作用的托育机构", 100),
        ("三(五)", "2025年底前实现养老机构医养结合服务全覆盖", 100),
        ("三(六)", "争取实现远程教育教学点覆盖全市所有镇(街道)", 100),
        ("四(十一)", "到2025年底实现养老服务人员上岗培训全覆盖", 100),
        ("表1-1", "基本养老保险参保率", 96),
        ("表1-2", "基本医疗保险参保率", 95),
        ("表1-3", "长期护理保险试点参保率", 95),
        ("表1-4", "生活不能自理特困人员集中供养率", 85),
        ("表1-5", "居家社区养老服务覆盖率", 100),
        ("表1-6", "新建城区和新建居住区配套建设养老服务设施达标率", 100),
        ("表1-7", "护理型养老床位占比", 60),
        ("表1-8", "65岁及以上老年人城乡社区规范健康管理服务率", 65),
        ("表1-9", "特殊困难老年人月探访率", 100),
        ("表1-10", "82岁左右", 82),
        ("表1-11", "财政(福彩公益金)投入比例", 55),
        ("表1-12", "养老护理专业人才数(按持有专业资格证书人数计)", 1000),
        ("表1-13", "老年大学覆盖面", 50),
        ("表1-14", "经常性参与教育活动的老年人口比例", 70),
        ("表2-1", "新生儿访视覆盖面", 98),
        ("表2-2", "2.4左右", 2.4),
        ("表2-3", "3岁以下儿童健康管理率", 95),
        ("表2-4", "预防接种覆盖面", 100),
        ("表2-5", "疾病防控覆盖面", 100),
        ("表2-6", "婴幼儿早期养育照护指导率", 90),
        ("表2-7", "登记备案的托育机构数", 80),
        ("表2-8", "示范性婴幼儿照护服务机构数", 10),
        ("表2-9", "每千人口3岁以下婴幼儿托位数", 5),
        ("表2-10", "3岁以下婴幼儿托位建设总数", 14750),
        ("表2-11", "普惠性托位占比", 30),
        ("表2-12", "托育服务专业人才数", 80),
        ("表2-13", "从业人员持证上岗率", 90),
    ],
    "dongguan-2020": [
        ("二(一)", "2020年底前,各镇(街道)至少建立一间长者饭堂", 100),
        ("二(一)", "确保对政府兜底困难老人用餐配餐服务全覆盖", 100),
        ("二(一)", "特殊困难老年人的月探访率达100%", 100),
        ("二(一)", "各镇(街道)至少建有一家能提供日托、上门服务、对下指导等综合养老服务功能", 100),
        ("二(一)", "村(社区)能提供日间照料服务的养老服务设施覆盖率达100%", 100),
        ("二(一)", "全面建成村(社区)15分钟居家养老服务圈", 100),
        (
            "二(二)",
            "对所有纳入特困供养、建档立卡范围的高龄、失能、残疾老年人家庭实施适老化改造",
            100,
        ),
        ("二(四)", "全市建成5所以上高端养老机构", 5),
        ("二(四)", "新增养老床位1000张以上", 1000),
        ("二(四)", "由社会力量运营的养老床位占比超过50%", 50),
        ("二(六)4", "养老机构护理型床位占比不低于50%", 50),
        ("二(八)", "每年培训约500名养老护理员及养老管理人员", 500),
        ("二(十一)", "新建住宅小区按每百户不低于20平方米的标准配套建设养老服务设施", 20),
        ("二(十一)", "全市新建住宅小区配建养老服务设施要100%达标", 100),
        ("二(十一)", "按照每百户不低于15平方米的标准", 15),
        ("三(二)", "彩票公益金中不低于55%的资金用于支持发展养老服务", 55),
    ],
    # The table of the copy at hand; it lost the first character of most titles.
    "zhenjiang-2021": [
        ("表1", "千名老年人养老床位(张)", 41),
        ("表1", "不能自理特困人员集中供养率", 100),
        ("表1", "乡基本养老保险参保缴费率", 90),
        ("表1", "殊困难老年人月探访率", 100),
        ("表1", "均预期寿命(岁)", 80),
        ("表1", "年人接受居家上门服务覆盖率", 18),
        ("表1", "80周岁及以上老年人能力评估覆", 80),
        ("表1", "庭医生签约率(%)", 65),
        ("表1", "增居家适老化改造户数", 4000),
        ("表1", "市街道综合性养老服务中心建成", 100),
        ("表1", "建居住区配建养老服务设施达标", 100),
        ("表1", "建、改建颐养住区数量(个)", 2),
        ("表1", "(区)护理院建成率(%)", 100),
        ("表1", "老机构护理型床位数占比(%)", 70),
        ("表1", "村特困人员供养服务机构护理型", 55),
        ("表1", "级养老机构占比(%)", 70),
        ("表1", "准化农村区域性养老服务中心建", 12),
        ("表1", "备失能(失智)特困人员集中供", 4),
        ("表1", "老服务人员培训人次数(人次)", 10000),
        ("表1", "增通过职业等级认定的养老护理", 2000),
        ("表1", "百张养老机构床位配备社会工作", 1),
        ("表1", "全市养老服务领域吸纳新增就业", 4000),
        ("表1", "培育江苏省养老服务高质量发展示", 3),
        ("表1", "千人口婴幼儿托位数(个)", 4.5),
        ("表1", "婴幼儿基本公共服务覆盖率(%)", 100),
        ("表1", "婴幼儿早期发展指导覆盖率(%)", 100),
        ("表1", "婴幼儿照护优质服务示范点(个)", 10),
    ],
    "xianyang-2019": [
        ("附件6", "政府运营的养老床位数占当地养老床位总数的比例应不超过50%", 50),
        ("附件7", "按照人均用地不少于0.1平方米的标准配套建设社区居家养老服务设施", 0.1),
        ("附件7", "无养老服务设施或现有设施未达到标准的,要通过购置、置换、租赁等方式配置", 0.1),
        ("附件7", "城市社区居家养老服务设施全覆盖", 100),
        ("附件7", "农村互助幸福院覆盖80%的农村社区", 80),
        ("附件9", "为每个农村幸福院安排一个公益性岗位", 100),
        ("附件11", "二级医院老年病科建立达到35%", 35),
        ("附件11", "为全市65岁以上老年人健康服务管理率达到70%", 70),
        ("附件20", "每个县(区、市)建成一所老年大学", 100),
        ("附件24", "老年志愿者注册人数达到老年人口总数的12%", 12),
        ("附件31", "50%以上的彩票公益金用于支持发展养老服务业", 50),
    ],
    "liaoning-2022": [
        ("一(二)", "全省养老服务床位从23.55万张增长到25.55万张", 255500),
        ("一(二)", "护理型床位占比不低于55%", 55),
        ("一(二)", "每千人拥有3岁以下托位数力争从3个达到4.5个", 4.5),
        ("二(一)1", "按照人均用地不少于0.1平方米的标准配建养老服务设施", 0.1),
        ("二(一)1", "养老服务设施达标率100%", 100),
        ("二(一)1", "已建成的住宅小区要通过政府购置、置换、租赁改造等方式补足养老托育设施", 0.1),
        ("二(一)2", "力争实现80%的街道至少建设1个具备综合功能的区域养老服务机构", 80),
        ("二(一)2", "全省乡镇范围具备综合功能的养老服务机构覆盖率达到50%", 50),
        ("二(一)2", "城镇社区养老服务设施实现全覆盖", 100),
        ("二(一)2", "农村养老服务设施覆盖率达到80%", 80),
        ("二(二)5", '构建"一刻钟"居家养老服务圈', None),
        ("二(二)6", "每个县(市)建设1所以失能、半失能老人照护为主的照护型特困服务机构", 100),
        ("二(三)13", "对符合条件的困难老年人家庭实施适老化改造,做到愿改尽改", 100),
    ],
    "gansu-2021": [
        ("二(一)1", "到2022年,每个街道建设1个综合养老服务中心", 100),
        ("二(一)1", "90%以上的社区建有多功能日间照料机构", 90),
        ("二(一)3", "力争达到普惠价格不高于当地同等服务市场价格的80%", 80),
        ("二(一)3", "中长期实现不高于70%", 70),
        ("二(一)5", "年度福利彩票公益金总额60%以上用于养老服", 60),
        ("二(二)9", "到2025年,实现县级行政区域失能特困老年人服务能力全覆盖", 100),
        ("二(三)13", "到2022年全省县及县级以上城市至少建有1所老年大学", 100),
        ("二(三)14", "所有养老机构能够以不同形式为入住老年人提供医疗卫生服务", 100),
        ("二(三)14", "所有医疗机构开设老年人挂号、就医等便利服务绿色通道", 100),
    ],
    "county-2021": [
        ("二(一)3", "年度福利彩票公益金总额60%以上用于养老服务发展", 60),
        ("二(一)4", "力争达到普惠价格不高于当地同等服务市场价格的80%", 80),
        ("二(一)4", "中长期实现不高于70%", 70),
        ("二(一)6", "到2022年,每个街道建设1个综合养老服务中心", 100),
        ("二(一)6", "90%以上的社区建有多功能日间照料机构", 90),
        ("二(二)10", "到2025年,实现县级行政区域失能特困老年人服务能力全覆盖", 100),
        ("二(三)14", "到2022年各县县区至少建有1所老年大学", 100),
        ("二(三)15", "所有养老机构能够以不同形式为入住老年人提供医疗卫生服务", 100),
        ("二(三)15", "所有医疗机构开设老年人挂号、就医等便利服务绿色通道", 100),
    ],
    "longnan-2022": [
        ("二(一)1", "县(区)级要至少建成1所以失能、部分失能特困人员专业照护为主的供养", 100),
        ("二(一)1", "县区养老机构护理型床位占比不少于55%", 55),
        ("二(一)1", "生活不能自理特困人员集中供养率不低于60%", 60),
        ("二(一)1", "有集中供养意愿的特困人员集中供养率达100%", 100),
        ("二(一)1", "综合养老服务中心要覆盖100%的街道", 100),
        ("二(一)1", "区域综合养老服务中心要覆盖60%的乡镇", 60),
        ("二(一)1", "多功能日间照料机构要覆盖90%以上的社区", 90),
        ("二(一)1", "落实市内新建居住(小)区按标准配建养老服务设施", 100),
        ("二(一)1", "老旧小区没有养老服务设施或者现有设施未达到配建指标的,按标准由所在地", None),
        ("二(一)3", "多途径争取新增普惠性养老床位5000张以上", 5000),
        ("二(一)3", "普惠托育托位3000个以上", 3000),
        ("二(一)3", "力争达到普惠价格不高于当地同等服务市场价格的80%", 80),
        ("二(一)3", "中长期实现不高于70%", 70),
        ("二(一)5", "用于社会福利事业的彩票公益金60%以上必须用于支持发展养老服务", 60),
        ("二(一)6", "2025年前分级培训养老护理员5千人次", 5000),
        ("二(一)6", "确保所有养老护理员岗前培训率达到100%", 100),
        ("二(一)6", "培训托育工作者2千人次", 2000),
        ("二(一)6", "确保所有托育工作者岗前培训率达到100%", 100),
        ("二(二)9", "到2025年,实现县级行政区域失能特困老年人服务能力全覆盖", 100),
        ("二(三)13", "到2022年各县区至少建有1所老年大学", 100),
        ("二(三)14", "所有养老机构能够以不同形式为入住老年人提供医疗卫生服务", 100),
        ("二(三)14", "所有医疗机构开设老年人挂号、就医等便利服务绿色通道", 100),
    ],
    "community-services-2021": [
        ("三(九)", "全面推进城市一刻钟便民生活圈建设", None),
        ("四(十一)", "确保新建社区商业和综合服务设施面积达标", None),
        ("四(十一)", "易地扶贫搬迁集中安置社区综合服务设施,确保2025年实现综合服务设施全覆盖", 100),
        ("四(十一)", "推动社区卫生服务中心与社区养老服务机构毗邻建设", None),
        ("四(十二)", "实现政务代办服务村(社区)全覆盖", 100),
        ("四(十二)", "社区服务设施开放和服务时间一般不少于每天8小时", 8),
        ("四(十二)", "实现组织开展社区服务群众满意度调查覆盖所有村(社区)", 100),
    ],
}
COUNTS = {
    "weihai-2022": 37,  # ten in the text, 14 in table 1, 13 in table 2
    "dongguan-2020": 16,
    "zhenjiang-2021": 27,
    "xianyang-2019": 11,
    "liaoning-2022": 13,
    "gansu-2021": 9,
    "longnan-2022": 22,
    "county-2021": 9,
    "community-services-2021": 7,
}
# Zhenjiang's table: nature, 2020 value, in the order of its rows.
ZHENJIANG = [
    ("expected", "40.8"), ("binding", None), ("expected", None), ("binding", None),
    ("expected", "78.75"), ("binding", "11.84"), ("binding", "18"), ("expected", "60.05"),
    ("expected", "2020"), ("binding", "20"), ("binding", None), ("expected", None),
    ("binding", "66.7"), ("binding", "59.76"), ("binding", "50"), ("expected", None),
    ("binding", "3"), ("binding", "3"), ("expected", "5000"), ("expected", None),
    ("binding", "0.34"), ("expected", None), ("expected", None), ("expected", "1.8"),
    ("expected", "97.05"), ("expected", "100"), ("expected", None),
]  # fmt: skip

documents = pytest.mark.parametrize("name", DOCUMENTS)


@documents
def test_every_indicator_is_there_with_its_clause_and_number(name: str) -> None:
    found = [
        (rule.clause, None if rule.limit is None else float(rule.limit))
        for rule in read_standard(name).rules
    ]
    assert found == [(clause, limit) for clause, _, limit in DOCUMENTS[name]]
    assert len(found) == COUNTS[name]


@documents
@pytest.mark.skipif(not POLICIES.exists(), reason="needs shared/policies beside the checkout")
def test_what_is_listed_stands_in_the_document(name: str) -> None:
    file = POLICIES / f"{FILES.get(name, 'collection-2021-2025')}.txt"
    document = plain(file.read_text(encoding="utf-8"))
    quoted = [words for _, words, _ in DOCUMENTS[name]]
    quoted += [rule.text for rule in read_standard(name).rules if rule.text is not None]
    assert [words for words in quoted if plain(words) not in document] == []


@documents
def test_every_rule_says_how_it_is_read_in_both_languages(name: str) -> None:
    for rule in read_standard(name).rules:
        assert re.search("[一-鿿]", rule.reading.zh)
        assert re.search("[a-z]", rule.reading.en)
        assert not re.search(
            "[一-鿿]", re.sub("[一二三四五六七八九十表]|(?<=')[^']+", "", rule.reading.en)
        )


def test_zhenjiangs_table_has_its_27_rows_with_nature_base_and_year() -> None:
    rules = read_standard("zhenjiang-2021").rules
    found = [(rule.nature, None if rule.base is None else str(rule.base)) for rule in rules]
    assert found == ZHENJIANG
    assert {rule.base_year for rule in rules} == {2020, None}
    assert {rule.year for rule in rules} == {2025}


def test_weihais_tables_say_what_is_binding() -> None:
    rules = {rule.clause: rule for rule in read_standard("weihai-2022").rules}
    binding = {clause for clause, rule in rules.items() if rule.nature == "binding"}
    assert binding == {"表1-4", "表1-5", "表1-6", "表1-7", "表1-9", "表1-11"}


@pytest.mark.parametrize("name", ["zhenjiang-2021", "longnan-2022"])
def test_a_rate_that_a_document_does_not_name_is_not_borrowed(name: str) -> None:
    [rule] = [one for one in read_standard(name).rules if one.measure == "new_areas_meeting"]
    assert rule.arguments.model_dump()["rule"] is None
    assert read_standard(name).floor_area_rules == ()


def test_only_two_documents_set_floor_area() -> None:
    rates = {
        name: [(rule.arguments.status, rule.limit) for rule in read_standard(name).floor_area_rules]
        for name in DOCUMENTS
    }
    both = [("new", Decimal(20)), ("existing", Decimal(15))]
    assert {name: rate for name, rate in rates.items() if rate} == {
        "weihai-2022": both,
        "dongguan-2020": both,
    }


def rules_of(name: str, comparison: str) -> list[Rule]:
    return [rule for rule in read_standard(name).rules if rule.comparison == comparison]


def test_over_half_is_more_than_half_and_at_most_half_is_no_more() -> None:
    [private] = rules_of("dongguan-2020", ">")
    [government] = rules_of("xianyang-2019", "<=")
    assert (private.clause, government.clause) == ("二(四)", "附件6")


def plain(text: str) -> str:
    straight = unicodedata.normalize("NFKC", text).replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", "", straight)
