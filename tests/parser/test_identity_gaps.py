"""Titles within other words, copies dressed up by others, bodies that are no authority, towns named alone."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Line, Paragraph
from gicrawl.parser.document import Field as Piece
from gicrawl.parser.identity import identify
from gicrawl.parser.report import Identity, Status

TITLE = "青禾县2020年政府信息公开工作年度报告"
SENTENCE = "年内主动公开政府信息120条，收到公开申请3件，均已按期答复，未收取费用。"
SECTIONS = (
    "一、概述",
    SENTENCE * 8,
    "二、主动公开政府信息情况",
    SENTENCE * 8,
    "三、依申请公开政府信息情况",
    "四、存在的问题和改进措施",
)


def read(*head: str, labels: tuple[tuple[str, str], ...] = (), tables: bool = False) -> Identity:
    lines = tuple(Line((Piece(text, 0),)) for text in head)
    document = Document("text/html", "utf-8", (*lines, *(Paragraph(text) for text in SECTIONS)), None, labels)
    return identify(document, Context(), tables)


def codes(identity: Identity) -> set[str]:
    return {problem.code for problem in identity.problems}


OWN = {
    "announced": (f"关于公布《{TITLE}》的公告", TITLE),
    "announced_by": (f"青禾县人民政府办公室关于发布{TITLE}的通知", TITLE),
    "doubled_at_a_break": ("青禾县2020年政府信息公开 开工作年度报告", TITLE),
    "doubled": ("青禾县2020年政府信息公公开工作年度报告", TITLE),
    "about_ones_own_work": ("青禾县关于2020年政府信息公开工作情况的报告", "青禾县关于2020年政府信息公开工作情况的报告"),
    "numerals": ("青禾县二〇一三年政府信息公开年报", "青禾县二〇一三年政府信息公开年报"),
}


@pytest.mark.parametrize(("printed", "own"), OWN.values(), ids=OWN.keys())
def test_the_title_is_the_reports_own(printed: str, own: str) -> None:
    identity = read(printed)
    assert (identity.status, identity.title) == (Status.REPORT, own)
    assert identity.issuer is not None
    assert identity.issuer.name == "青禾县人民政府"


def test_a_title_by_itself_comes_before_one_within_a_notice() -> None:
    identity = read("青禾县人民政府关于公布2020年政府信息公开工作年度报告的公告", TITLE)
    assert identity.title == TITLE


SPAM = ["威廉希尔官网", "足球直播，比分直播", "某某体育官方网站", "BET365在线"]


@pytest.mark.parametrize("words", SPAM)
def test_words_of_betting_at_the_head_are_said(words: str) -> None:
    for head in ((words, TITLE), (f"{words}印发{TITLE}",)):
        identity = read(*head)
        assert "copy_by_others" in codes(identity)
        assert identity.title == TITLE
        assert identity.issuer is not None
        assert identity.issuer.name == "青禾县人民政府"


@pytest.mark.parametrize("title", [TITLE, "青禾市体育局2020年政府信息公开工作年度报告"])
def test_sports_alone_are_no_betting(title: str) -> None:
    assert "copy_by_others" not in codes(read("青禾市体育局官方网站", title))


LAW = {
    "carried_out": "青禾县2011年实施《政府信息公开条例》情况年度报告",
    "without_marks": "青禾县2008年贯彻实施政府信息公开条例工作年度报告",
}


@pytest.mark.parametrize("title", LAW.values(), ids=LAW.keys())
def test_the_first_reports_name_the_law_they_are_about(title: str) -> None:
    identity = read(title)
    assert (identity.status, identity.title) == (Status.REPORT, title)
    assert identity.issuer is not None
    assert identity.issuer.name == "青禾县人民政府"


OUTSIDERS = {
    "company": "青禾水务集团有限公司2020年信息公开年度报告",
    "company_of_a_city": "青禾市自来水公司2019年度信息公开工作年度报告",
    "bank": "青禾农村商业银行2020年度信息公开报告",
    "university": "青禾大学2020年信息公开工作年度报告",
    "school": "青禾市第一中学2020年信息公开年度报告",
}


@pytest.mark.parametrize("title", OUTSIDERS.values(), ids=OUTSIDERS.keys())
def test_companies_and_schools_are_no_authorities(title: str) -> None:
    identity = read(title)
    assert identity.status is Status.NOT_A_REPORT
    assert codes(identity) == {"not_an_authority"}


def test_a_company_is_none_with_tables_either_but_a_school_with_the_form_reports() -> None:
    assert read(OUTSIDERS["company"], tables=True).status is Status.NOT_A_REPORT
    assert read("青禾市青禾学院2020年政府信息公开工作年度报告", tables=True).status is Status.REPORT


@pytest.mark.parametrize("body", ["青禾市行政学院", "中国人民银行青禾市中心支行", "青禾市中小企业局", "青禾市医院"])
def test_names_that_only_sound_like_it_are_authorities(body: str) -> None:
    assert read(f"{body}2020年政府信息公开工作年度报告").status is Status.REPORT


def name_of(identity: Identity) -> str | None:
    return None if identity.issuer is None else identity.issuer.name


TOWN = "大河镇2020年政府信息公开工作年度报告"


def test_a_town_named_alone_gets_the_county_that_stands_with_it() -> None:
    assert name_of(read(f"白石县{TOWN}")) == "白石县大河镇人民政府"
    assert name_of(read(TOWN, "本报告由白石县大河镇人民政府编制。")) == "白石县大河镇人民政府"
    assert name_of(read(TOWN, labels=(("sitename", "白石县人民政府"),))) == "白石县大河镇人民政府"


def test_a_town_keeps_its_bare_name_where_its_county_is_open() -> None:
    assert name_of(read(TOWN)) == "大河镇人民政府"
    assert name_of(read(TOWN, "联系白石县大河镇人民政府和青圩县大河镇人民政府。")) == "大河镇人民政府"
    assert name_of(read(TOWN, labels=(("sitename", "青禾市人民政府"),))) == "大河镇人民政府"


def test_a_report_that_is_one_with_that_on_the_rule_of_law_is_a_report() -> None:
    title = "岚溪县林业局2022年度法治政府暨政府信息公开工作年度报告"
    assert read(title, tables=True).status is Status.REPORT
    assert name_of(read(title, tables=True)) == "岚溪县林业局"
    alone = "岚溪县林业局2022年度法治政府建设年度报告"
    assert read(alone).status is Status.NOT_A_REPORT


def test_a_school_that_fills_in_the_form_is_not_the_county_of_its_site() -> None:
    site = (("sitename", "岚溪县人民政府"),)
    found = read("岚溪中学2022年政府信息公开工作年度报告", labels=site, tables=True)
    assert name_of(found) == "岚溪中学"


@pytest.mark.parametrize(
    "text",
    [
        "2012年，我镇主动公开政府信息186条，其中通过公开栏公开92条。全年没有收到政府信息公开申请，没有发生复议和诉讼。下一步将继续充实公开内容。",
        "一、2012年共公开各类政府信息85条。二、没有收到公民、法人提出的政府信息公开申请。三、没有因此发生的行政复议和行政诉讼，也没有收费。",
        "全年主动公开信息二千三百一十六条。受理申请十二件，均已答复。机构和人员落实，制度逐步健全，下一年将进一步完善公开目录和指南。",
    ],
)
def test_a_page_under_the_bare_title_that_tells_it_in_sentences_is_a_report(text: str) -> None:
    assert read("岚溪县沙井镇人民政府2012年政府信息公开工作年度报告", text).status is Status.REPORT


def test_news_of_a_report_and_other_yearly_figures_are_none() -> None:
    title = "岚溪县教育局2012年政府信息公开年度报告"
    news = f"近日，{title}发布。报告显示，全年主动公开政府信息186条，收到申请3件，均按时答复，未发生复议和诉讼。" * 2
    page = Document("text/html", "utf-8", (Paragraph(title), Paragraph(news)))
    assert identify(page, Context(), evidence_of_tables=False).status is Status.NOT_A_REPORT
    for title in ("岚溪县2022年度行政执法统计年报", "2022年岚溪县行政复议和行政应诉工作年度报告"):
        assert read(title, "处理决定数量", tables=True).status is Status.NOT_A_REPORT


def test_a_hospitals_own_information_is_no_government_information() -> None:
    text = (
        "全年公开信息186条，其中医疗服务类92条；没有收到信息公开申请，没有发生复议和诉讼。下一步将继续充实公开内容，方便患者就医。"
        * 2
    )
    page = Document("text/html", "utf-8", (Paragraph("岚溪市人民医院2010年信息公开工作年度报告"), Paragraph(text)))
    assert identify(page, Context(), evidence_of_tables=False).status is Status.NOT_A_REPORT


def test_a_short_report_with_its_sections_may_name_its_body_elsewhere() -> None:
    lines = (
        "发布机构：岚溪县林业局",
        "2013年度政府信息公开工作年度报告",
        "一、概述",
        "2013年，本单位认真贯彻落实条例，加强组织领导，明确专人负责，按要求编制本报告。",
        "二、主动公开政府信息情况",
        "2013年共主动公开政府信息318条，主要通过网站和公开栏公开。",
        "三、依申请公开情况",
        "收到政府信息公开申请4件，答复4件。",
    )
    page = Document("text/html", "utf-8", tuple(Paragraph(line) for line in lines))
    found = identify(page, Context(), evidence_of_tables=False)
    assert (found.status, found.year, name_of(found)) == (Status.REPORT, 2013, "岚溪县林业局")


def test_a_site_named_in_the_title_of_the_page_alone_tells_whose_department_it_is() -> None:
    page = Document(
        "text/html",
        "utf-8",
        (Paragraph("县发改局2022年政府信息公开工作年度报告"), Paragraph("一、总体情况")),
        title="县发改局2022年政府信息公开工作年度报告-上犹县人民政府",
    )
    found = identify(page, Context(), evidence_of_tables=True)
    assert name_of(found) == "上犹县发展和改革局"


def test_a_year_before_a_yearly_report_is_no_doubled_character() -> None:
    title = "岚溪县审计局政府信息公开2022年年度报告"
    assert read(title, tables=True).title == title


def test_proactive_disclosure_in_a_title_is_the_reports_too() -> None:
    site = (("sitename", "岚溪县人民政府"),)
    found = read("岚溪县城市管理局2023年度政府信息主动公开工作年度报告", labels=site, tables=True)
    assert name_of(found) == "岚溪县城市管理局"


@pytest.mark.parametrize(
    "head",
    [
        ["政府信息公开工作年度报告", "（2020年度）", "青禾县司法局"],
        ["青司报〔2021〕2号", "签发人：张某", "青禾县司法局", "关于2020年政府信息公开工作年度报告"],
        ["中共青禾县委 青禾县人民政府司法局2020年政府信息公开工作年度报告"],
    ],
)
def test_bodies_above_and_below_titles_and_of_party_and_government(head: list[str]) -> None:
    identity = read(*head, tables=True)
    assert identity.year == 2020
    assert identity.issuer is not None
    assert identity.issuer.name.removeprefix("青禾县").removeprefix("人民政府") == "司法局"


def test_the_catalogue_above_an_article_is_no_title() -> None:
    above = "索 引 号： 11440981007123456X/2021-00012  分类： 政府信息公开年报"
    below = "文 号：        发布日期：2021-01-26"
    identity = read(above, "发布机构：青禾县司法局  成文日期：2021-01-26", "名", f"称： {TITLE}", below, tables=True)
    assert (identity.title, identity.year, identity.published) == (TITLE, 2020, "2021-01-26")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("青禾经济技术开发区持续推进政务公开。", "青禾经济技术开发区管理委员会"),
        ("青禾经济开发区管委会编制本报告。", "青禾经济开发区管理委员会"),
        ("青禾经济开发区，原为青禾经济技术开发区。", "青禾经开区管理委员会"),
        ("本区持续推进政务公开。", "青禾经开区管理委员会"),
    ],
)
def test_a_zone_is_named_in_full_where_its_report_does_so(said: str, name: str) -> None:
    identity = read("青禾经开区2020年政府信息公开工作年度报告", said, tables=True)
    assert identity.issuer is not None
    assert identity.issuer.name == name


def test_a_town_whose_name_has_a_market_in_it_lies_in_its_city() -> None:
    identity = read("昆山市周市镇人民政府2020年政府信息公开工作年度报告")
    assert identity.issuer is not None
    assert identity.issuer.name == "昆山市周市镇人民政府"
    assert identity.issuer.level == "township"


def test_forms_of_hong_kong_in_a_name_are_simplified() -> None:
    identity = read("沅陵縣衞生健康局2020年政府信息公開工作年度報告")
    assert identity.issuer is not None
    assert identity.issuer.name == "沅陵县卫生健康局"


def test_the_catalogue_above_a_printed_page_is_no_title() -> None:
    identity = read(
        "索引号 014322024/2021-00012 分 类 政府信息公开年报",
        "发布机构 青禾县人民政府办公室 发文日期 2021-01-26",
        TITLE,
    )
    assert (identity.title, identity.year) == (TITLE, 2020)


@pytest.mark.parametrize(
    "head", ["11/23/26, 6:23 AM ", "2021/1/28 10:22 ", "2021/1/28 上午10:22 ", "2021/01/28 10:22:07"]
)
def test_when_a_browser_printed_a_page_is_no_part_of_its_title(head: str) -> None:
    identity = read(f"{head}{TITLE}_青禾县人民政府", "首页", TITLE)
    assert (identity.title, identity.year) == (TITLE, 2020)
    assert identity.issuer is not None
    assert identity.issuer.name == "青禾县人民政府"
