"""Who reports where the title does not say it outright; levels, kinds and scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.names import read_body

if TYPE_CHECKING:
    from gicrawl.parser.report import Identity

REPORT = "2020年政府信息公开工作年度报告"


def read(
    *texts: str, labels: tuple[tuple[str, str], ...] = (), context: Context | None = None, title: str = REPORT
) -> Identity:
    blocks = tuple(Paragraph(text) for text in (title, *texts))
    return identify(Document("text/html", "utf-8", blocks, None, labels), context or Context(), evidence_of_tables=True)


def name(identity: Identity) -> str | None:
    return identity.issuer.name if identity.issuer else None


def candidates(identity: Identity) -> str:
    return next(dict(p.fields)["candidates"] for p in identity.problems if p.code == "issuer_ambiguous")


def test_the_opening_names_the_compiler() -> None:
    assert name(read("本报告由青禾县水利局编制。")) == "青禾县水利局"
    assert name(read("本报告由青禾县水利局负责组织编制。")) == "青禾县水利局"


def test_the_signature_names_the_issuer() -> None:
    assert name(read("一、总体情况", "青禾县水利局", "2021年1月20日")) == "青禾县水利局"
    assert name(read("一、总体情况", "青禾县水利局2021年1月20日")) == "青禾县水利局"


def test_labels_of_the_page_name_the_issuer() -> None:
    assert name(read("发布机构：青禾县水利局 发布时间：2021-01-20")) == "青禾县水利局"
    assert name(read("一、总体情况", labels=(("contentsource", "青禾县水利局"),))) == "青禾县水利局"


def test_a_sentence_with_the_title_names_the_issuer() -> None:
    assert (
        name(read("根据《中华人民共和国政府信息公开条例》规定，现将青禾县2020年政府信息公开工作年度报告公布如下。"))
        == "青禾县人民政府"
    )


def test_an_office_that_compiles_reports_for_the_government_where_the_text_speaks_for_the_region() -> None:
    assert name(read("本报告由青禾县人民政府办公室编制。", "全县主动公开信息90条。")) == "青禾县人民政府"
    assert name(read("本报告由青禾县人民政府办公室编制。", "本机关主动公开信息90条。")) == "青禾县人民政府办公室"


def test_an_office_that_may_report_for_either_is_left_open() -> None:
    identity = read("本报告由青禾县人民政府办公室编制。", "主动公开信息90条。")
    assert identity.issuer is None
    assert candidates(identity) == "青禾县人民政府、青禾县人民政府办公室"
    assert name(read("青禾县人民政府办公室编制本报告。", "我单位主动公开信息90条。")) is None


def test_an_office_that_publishes_is_not_taken_for_the_issuer() -> None:
    title = f"青禾县人民政府办公室关于公布{REPORT}的公告"
    assert name(read("全县主动公开信息90条。", title=title)) == "青禾县人民政府"
    assert name(read("主动公开信息90条。", title=title)) is None
    assert name(read(f"青禾县{REPORT}", "主动公开信息90条。", title=title)) == "青禾县人民政府"


def test_compiler_and_signature_that_disagree_are_left_open() -> None:
    identity = read("本报告由青禾县水利局编制。", "一、总体情况", "青禾县教育局", "2021年1月20日")
    assert identity.issuer is None
    assert candidates(identity) == "青禾县水利局、青禾县教育局"


def test_a_portal_is_not_the_issuer_of_a_departments_report() -> None:
    site = (("sitename", "青禾县人民政府门户网站"),)
    assert name(read("我局主动公开信息90条。", labels=site)) is None
    assert name(read("主动公开信息90条。", labels=site)) is None
    assert name(read("全县主动公开信息90条。", labels=site)) == "青禾县人民政府"
    assert (
        name(read("全县主动公开信息90条。", context=Context(site_labels=(("SiteName", "青禾县人民政府"),))))
        == "青禾县人民政府"
    )


def test_betting_names_are_no_bodies() -> None:
    identity = read(
        "全县主动公开信息90条。", "青禾县人民政府办公室", "2021年1月20日", title=f"威廉希尔体育政务公开{REPORT}"
    )
    assert name(identity) == "青禾县人民政府"
    assert name(read("主动公开信息90条。", title=f"比分直播中心{REPORT}")) is None


@pytest.mark.parametrize(
    "where",
    [
        ("莆田市统计局", "2010年1月15日"),
        ("联系人：莆田市统计局办公室",),
        ("本报告由莆田市统计局编制。",),
        ("根据莆田市统计局的安排，本报告编制完成。",),
        ("发布机构：莆田市统计局",),
    ],
)
def test_a_department_without_its_region_takes_the_one_printed(where: tuple[str, ...]) -> None:
    assert name(read("一、总体情况", *where, title=f"市统计局{REPORT}")) == "莆田市统计局"


def test_a_department_without_its_region_takes_it_from_the_site() -> None:
    context = Context(site_labels=(("SiteName", "莆田市人民政府门户网站"),))
    assert name(read("一、总体情况", context=context, title=f"市统计局{REPORT}")) == "莆田市统计局"
    assert name(read("一、总体情况", context=context, title=f"市科委{REPORT}")) == "莆田市科学技术委员会"


def test_a_department_without_any_region_is_left_open() -> None:
    identity = read("一、总体情况", title=f"市统计局{REPORT}")
    assert identity.issuer is None
    assert "市统计局" in candidates(identity)


def test_two_regions_that_may_be_meant_are_left_open() -> None:
    identity = read("与青禾市统计局交流。", "与清泉市统计局交流。", title=f"市统计局{REPORT}")
    assert identity.issuer is None
    assert {"市统计局", "青禾市", "清泉市"} <= set(candidates(identity).split("、"))


def test_an_abbreviation_with_several_full_names_follows_the_text() -> None:
    title = f"青禾县教体局{REPORT}"
    assert name(read("青禾县教育和体育局主动公开信息90条。", title=title)) == "青禾县教育和体育局"
    identity = read("主动公开信息90条。", title=title)
    assert name(identity) == "青禾县教体局"
    assert [p.code for p in identity.problems if p.code == "name_not_expanded"]


def test_two_bodies_in_one_title_are_none() -> None:
    assert read_body("中共青禾县委办公室青禾县人民政府办公室") is None
    assert read_body("青禾县教育局青禾县体育局") is None


LEVELS = {
    "教育部": "national",
    "云南省人民政府": "province",
    "上海市": "province",
    "上海市科委": "province",
    "广西壮族自治区": "province",
    "云南省教育厅": "province",
    "昆明市": "prefecture",
    "和田地区": "prefecture",
    "锡林郭勒盟": "prefecture",
    "恩施州": "prefecture",
    "延边州敦化市": "county",
    "长沙市浏阳市": "county",
    "青禾县": "county",
    "青禾市清泉区教育局": "county",
    "准格尔旗": "county",
    "柳浦镇": "township",
    "清泉区朝阳街道": "township",
    "青禾市": None,
    "青禾经济技术开发区": None,
}


@pytest.mark.parametrize(("title", "level"), LEVELS.items())
def test_levels(title: str, level: str | None) -> None:
    identity = read("一、总体情况", title=title + REPORT)
    assert identity.issuer is not None
    assert identity.issuer.level == level


def test_a_city_is_told_by_what_it_has_below_it() -> None:
    def level(text: str, title: str) -> str | None:
        identity = read(text, title=title + REPORT)
        assert identity.issuer is not None
        return identity.issuer.level

    assert level("全市各县（市、区）共公开信息90条。", "青禾市") == "prefecture"
    assert level("全市各乡镇、各部门共公开信息90条。", "青禾市") == "county"
    assert level("各县区、各乡镇共公开信息90条。", "青禾市") == "prefecture"
    assert level("各乡镇共公开信息90条。", "青禾市农业局") is None
    assert level("各镇街共公开信息90条。", "东莞市") == "prefecture"


KINDS = {
    "青禾县": "government",
    "和田地区": "government",
    "朝阳街道": "government",
    "青禾县人民政府办公室": "office",
    "青禾县教育局": "department",
    "教育部": "department",
    "青禾市人民政府驻北京办事处": "department",
    "青禾高新区": "development_zone",
    "湖南湘江新区管委会": "development_zone",
}


@pytest.mark.parametrize(("title", "kind"), KINDS.items())
def test_kinds(title: str, kind: str) -> None:
    identity = read("一、总体情况", title=title + REPORT)
    assert identity.issuer is not None
    assert identity.issuer.kind == kind


@pytest.mark.parametrize(
    ("title", "text", "scope"),
    [
        ("青禾县", "全县主动公开信息90条。", "region"),
        ("青禾市", "各级各部门主动公开信息90条。", "region"),
        ("青禾县", "主动公开信息90条。", "region"),
        ("青禾县", "本机关主动公开信息90条。", "unknown"),
        ("青禾镇", "主动公开信息90条；1.本机关不掌握相关政府信息。", "region"),
        ("青禾县教育局", "我局主动公开信息90条。", "body"),
        ("青禾县人民政府办公室", "本机关主动公开信息90条。", "body"),
    ],
)
def test_scope(title: str, text: str, scope: str) -> None:
    assert read(text, title=title + REPORT).scope == scope
