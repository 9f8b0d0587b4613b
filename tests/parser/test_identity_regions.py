"""The region code of an issuer: certain, or open with its candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify

if TYPE_CHECKING:
    from gicrawl.parser.report import Identity


def read(title: str, *texts: str, labels: tuple[tuple[str, str], ...] = ()) -> Identity:
    blocks = tuple(Paragraph(text) for text in (title, *texts))
    return identify(Document("text/html", "utf-8", blocks, None, labels), Context(), evidence_of_tables=True)


def code(identity: Identity) -> str | None:
    assert identity.issuer is not None
    return identity.issuer.region_code


def test_a_name_that_is_one_division_has_its_code_and_level() -> None:
    identity = read("长沙市人民政府2022年政府信息公开工作年度报告")
    assert code(identity) == "430100"
    assert identity.issuer is not None
    assert identity.issuer.level == "prefecture"
    assert code(read("长沙县人民政府2022年政府信息公开工作年度报告")) == "430121"


def test_a_department_has_the_code_of_its_region() -> None:
    assert code(read("长沙县水利局2022年政府信息公开工作年度报告")) == "430121"


def test_a_name_that_several_divisions_share_stays_open_with_all_of_them() -> None:
    identity = read("鼓楼区人民政府2022年政府信息公开工作年度报告")
    assert code(identity) is None
    (problem,) = [problem for problem in identity.problems if problem.code == "region_ambiguous"]
    assert dict(problem.fields)["candidates"].count("鼓楼区") == 4


def test_the_division_printed_above_it_decides() -> None:
    assert code(read("徐州市鼓楼区人民政府2022年政府信息公开工作年度报告")) == "320302"


def test_the_code_of_the_site_decides() -> None:
    title = "鼓楼区人民政府2022年政府信息公开工作年度报告"
    assert code(read(title, labels=(("siteidcode", "3501020001"),))) == "350102"


def test_the_superior_named_in_the_text_decides_where_it_is_one() -> None:
    title = "鼓楼区人民政府2022年政府信息公开工作年度报告"
    assert code(read(title, "按照南京市政务公开工作部署，我区认真落实。")) == "320106"
    assert code(read(title, "我区赴南京市和徐州市学习。")) is None


def test_the_code_is_that_of_the_year() -> None:
    assert code(read("伊美区人民政府2022年政府信息公开工作年度报告")) == "230717"
    assert code(read("伊美区人民政府2012年政府信息公开工作年度报告")) is None


def test_zones_and_townships_have_the_code_of_the_city_or_county_they_lie_in() -> None:
    assert code(read("长沙经济技术开发区管理委员会2022年政府信息公开工作年度报告")) == "430100"
    town = read("长沙县黄花镇人民政府2022年政府信息公开工作年度报告")
    assert code(town) == "430121"  # so that it is found with its county, as the county's departments are
    assert town.issuer is not None
    assert town.issuer.level == "township"


def _named(title: str, *texts: str, labels: tuple[tuple[str, str], ...] = ()) -> tuple[str | None, str | None]:
    found = read(f"{title}2022年政府信息公开工作年度报告", *texts, labels=labels)
    return (None, None) if found.issuer is None else (found.issuer.name, found.issuer.region_code)


def test_divisions_of_the_corps_and_their_regiments_are_named_in_full() -> None:
    assert _named("第八师石河子市") == ("新疆生产建设兵团第八师石河子市", "659001")
    assert _named("第七师胡杨河市一二六团") == ("新疆生产建设兵团第七师胡杨河市一二六团", "659010")
    assert _named("兵团第一师阿拉尔市教育局") == ("新疆生产建设兵团第一师阿拉尔市教育局", "659002")


def test_a_county_that_a_zone_administers_is_the_county() -> None:
    assert _named("河北雄安新区容城县") == ("容城县人民政府", "130629")
    assert _named("雄安新区雄县财政局") == ("雄县财政局", "130638")
    assert _named("雄安新区") == ("河北雄安新区管理委员会", None)


def test_a_zone_that_became_a_district_later_is_still_the_zone() -> None:
    assert _named("两江新区") == ("重庆两江新区管理委员会", None)
    assert _named("浦东新区") == ("上海市浦东新区人民政府", "310115")


def test_a_branch_named_with_a_bare_name_is_not_the_one_of_the_site() -> None:
    site = (("sitename", "国家统计局江西调查总队"),)
    assert _named("国家统计局赣州调查队", labels=site) == ("国家统计局赣州调查队", "360700")
    assert _named("国家统计局上犹调查队", labels=site) == ("国家统计局上犹调查队", "360724")


def test_a_district_whose_municipality_the_site_tells_is_named_with_it() -> None:
    site = (("siteidcode", "1101050001"),)
    assert _named("朝阳区教育委员会", "北京市朝阳区", labels=site) == ("北京市朝阳区教育委员会", "110105")


def test_short_names_of_autonomous_counties_stand_for_them_before_departments_too() -> None:
    assert _named("前郭县水利局") == ("前郭尔罗斯蒙古族自治县水利局", "220721")


def test_of_a_party_office_and_an_office_of_government_the_second_reports() -> None:
    assert _named("中共赣州市委办公室、赣州市人民政府办公室") == ("赣州市人民政府办公室", "360700")


def test_a_branch_named_for_a_district_of_its_city_has_the_district_s_code() -> None:
    identity = read("北京市工商行政管理局海淀分局2012年政府信息公开工作年度报告")
    assert identity.issuer is not None
    assert (identity.issuer.name, identity.issuer.level) == ("北京市工商行政管理局海淀分局", "county")
    assert code(identity) == "110108"
    assert code(read("赣州市生态环境局南康分局2022年政府信息公开工作年度报告")) == "360703"
    assert code(read("赣州市地方税务局直属分局2012年政府信息公开工作年度报告")) == "360700"


def test_a_zone_has_the_code_of_the_division_it_lies_in() -> None:
    assert code(read("赣州经济技术开发区2022年政府信息公开工作年度报告")) == "360700"
    assert code(read("上犹县工业园区管委会2022年政府信息公开工作年度报告")) == "360724"


def test_a_stem_alone_places_a_zone_or_school_only_where_the_document_names_its_city_or_county() -> None:
    zone = "东湖生态旅游风景区管委会2022年政府信息公开工作年度报告"
    assert code(read(zone, "东湖区位于市区东部。")) is None
    school = "上犹中学2022年政府信息公开工作年度报告"
    assert code(read(school)) is None
    assert code(read(school, labels=(("sitename", "上犹县人民政府"),))) == "360724"


def test_a_national_bureau_in_a_province_has_the_province_s_code() -> None:
    assert code(read("江西煤矿安全监察局2012年政府信息公开工作年度报告")) == "360000"


def test_an_abolished_body_of_the_state_is_known_by_its_short_name() -> None:
    identity = read("质检总局2012年政府信息公开工作年度报告")
    assert identity.issuer is not None
    assert (identity.issuer.name, identity.issuer.level) == ("国家质量监督检验检疫总局", "national")


def _named_with_level(printed: str) -> tuple[str | None, str | None]:
    identity = read(f"{printed}2022年政府信息公开工作年度报告")
    assert identity.issuer is not None
    assert identity.issuer.name == printed
    return code(identity), identity.issuer.level


def test_a_branch_of_a_national_body_has_the_code_of_the_division_its_name_names() -> None:
    assert _named_with_level("财政部江西监管局") == ("360000", "province")
    assert _named_with_level("国家能源局江西监管办公室") == ("360000", "province")
    assert _named_with_level("中国人民银行江西省分行") == ("360000", "province")


def test_a_branch_of_a_national_body_for_what_is_no_division_has_no_code_and_is_national() -> None:
    for name in (
        "南昌海关",
        "水利部长江水利委员会",
        "太湖流域管理局",
        "国家能源局华中监管局",
        "民航华东地区管理局",
        "审计署驻南京特派员办事处",
    ):
        assert _named_with_level(name) == (None, "national")
