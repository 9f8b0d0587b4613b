"""Whose report and of which year, from titles of every make."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.report import Identity, Status

BODY = (
    "本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。",
    "一、总体情况",
    "年内主动公开政府信息120条，收到申请3件，均已按期答复。" * 12,
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "五、存在的主要问题及改进情况",
)


def read(
    *head: str,
    year: int | None = None,
    tail: tuple[str, ...] = (),
    title: str | None = None,
    labels: tuple[tuple[str, str], ...] = (),
    context: Context | None = None,
    tables: bool = True,
) -> Identity:
    body = [text.format(year=year) for text in BODY] if year else list(BODY[1:])
    blocks = tuple(Paragraph(text) for text in (*head, *body, *tail))
    return identify(Document("text/html", "utf-8", blocks, title, labels), context or Context(), tables)


def codes(identity: Identity) -> set[str]:
    return {problem.code for problem in identity.problems}


def fields(identity: Identity, code: str) -> dict[str, str]:
    return dict(next(problem.fields for problem in identity.problems if problem.code == code))


REPORT = "政府信息公开工作年度报告"

TITLES = {
    "year_in_the_middle": (f"青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "year_first": (f"2020 年青禾县{REPORT}", "青禾县人民政府", 2020),
    "year_last": ("青禾县政府信息公开工作年度报告（2020年）", "青禾县人民政府", 2020),
    "year_last_bare": ("青禾县政府信息公开年报2020年度", "青禾县人民政府", 2020),
    "year_before_the_kind": ("青禾县教育局政府信息公开2019年度报告", "青禾县教育局", 2019),
    "year_without_nian": ("青禾县2020政府信息公开工作年度报告", "青禾县人民政府", 2020),
    "year_between_region_and_body": (f"青禾县2020年人民政府{REPORT}", "青禾县人民政府", 2020),
    "year_between_region_and_department": (f"青禾市2020年农业农村局{REPORT}", "青禾市农业农村局", 2020),
    "chinese_numerals": (f"青禾县二〇二〇年{REPORT}", "青禾县人民政府", 2020),
    "chinese_numerals_with_ling": (f"青禾县二零一九年度{REPORT}", "青禾县人民政府", 2019),
    "chinese_numerals_with_letters": (f"青禾县二OO九年{REPORT}", "青禾县人民政府", 2009),
    "chinese_numerals_with_full_width_letters": (f"青禾县二ＯＯ八年度{REPORT}", "青禾县人民政府", 2008),
    "chinese_numerals_with_circles": (f"青禾县二○一○年{REPORT}", "青禾县人民政府", 2010),
    "chinese_numerals_mixed": (f"青禾县二0一一年{REPORT}", "青禾县人民政府", 2011),
    "full_width_digits": (f"青禾县２０２１年{REPORT}", "青禾县人民政府", 2021),
    "two_digits": (f"青禾县17年度{REPORT}", "青禾县人民政府", 2017),
    "two_digits_first": (f"08年青禾县{REPORT}", "青禾县人民政府", 2008),
    "traditional": ("雲屏市青圩縣2021年政府信息公開工作年度報告", "青圩县人民政府", 2021),
    "government_printed_once": ("青禾县人民政府信息公开工作2020年度报告", "青禾县人民政府", 2020),
    "city_that_ends_like_a_word": (f"青都市人民政府2020年{REPORT}", "青都市人民政府", 2020),
    "government_short": (f"青禾县政府2020年{REPORT}", "青禾县人民政府", 2020),
    "doubled_at_a_break": ("青禾区人民政府 2020 年政府信息公开 开工作年度报告", "青禾区人民政府", 2020),
    "wrapped_by_an_announcement": (f"关于公布青禾县2020年{REPORT}的公告", "青禾县人民政府", 2020),
    "wrapped_with_a_publisher": (f"青禾县人民政府办公室关于公布青禾县2020年{REPORT}的公告", "青禾县人民政府", 2020),
    "wrapped_in_quotes": (f"青禾县人民政府关于印发《青禾县2020年{REPORT}》的通知", "青禾县人民政府", 2020),
    "publisher_is_the_issuer": (f"青禾县教育局关于发布2020年{REPORT}的通告", "青禾县教育局", 2020),
    "about_ones_own_work": ("青禾县人民政府关于2009年度政府信息公开工作情况的报告", "青禾县人民政府", 2009),
    "handed_in": (f"青禾县财政局关于报送2020年{REPORT}的报告", "青禾县财政局", 2020),
    "number_of_a_document_before_it": (f"青府办〔2021〕3号 青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "number_of_an_announcement_after_it": (
        f"关于公布青禾县2020年{REPORT}的公告（2021年第2号）",
        "青禾县人民政府",
        2020,
    ),
    "month_of_publication_before_it": (f"2021年1月关于发布青禾县2020年{REPORT}的公告", "青禾县人民政府", 2020),
    "old_words": ("青禾县2010年政府信息公开年报", "青禾县人民政府", 2010),
    "information_only": ("青禾县2010年信息公开年度报告", "青禾县人民政府", 2010),
    "government_affairs": ("青禾县2019年政务公开工作年度报告", "青禾县人民政府", 2019),
    "situation": ("青禾县2012年度政府信息公开工作情况报告", "青禾县人民政府", 2012),
    "caption": (f"标题：青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "site_name_before_it": (f"青禾市人民政府门户网站 清泉县2020年{REPORT}", "清泉县人民政府", 2020),
    "column_name_before_it": (f"青禾县人民政府 政府信息公开年报 青禾县教育局2020年{REPORT}", "青禾县教育局", 2020),
    "betting_words_before_it": (f"比分直播,篮球比分直播印发青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "office_for_itself": (f"青禾县人民政府办公室2020年{REPORT}", "青禾县人民政府办公室", 2020),
    "office_short": (f"青禾县政府办2020年{REPORT}", "青禾县人民政府办公室", 2020),
    "office_of_a_province": (f"云岭省人民政府办公厅2020年{REPORT}", "云岭省人民政府办公厅", 2020),
    "parents_dropped": (f"云南省青禾市清泉县2020年{REPORT}", "清泉县人民政府", 2020),
    "province_without_rank": (f"湖南青禾市2020年{REPORT}", "青禾市人民政府", 2020),
    "parent_of_a_department_dropped": (f"青禾市清泉县发展和改革局2020年{REPORT}", "清泉县发展和改革局", 2020),
    "district_of_a_municipality": (f"北京市海淀区2020年{REPORT}", "北京市海淀区人民政府", 2020),
    "town_keeps_its_county": (f"青禾市清泉县柳浦镇2020年{REPORT}", "清泉县柳浦镇人民政府", 2020),
    "township_first": ("2016年朝阳乡政府信息公开工作年度报告", "朝阳乡人民政府", 2016),
    "street": (f"清泉区朝阳街道2020年{REPORT}", "清泉区朝阳街道办事处", 2020),
    "zone": (f"青禾经济技术开发区2020年{REPORT}", "青禾经济技术开发区管理委员会", 2020),
    "zone_committee": (f"青禾市高新区管委会2020年{REPORT}", "青禾市高新区管理委员会", 2020),
    "new_area_that_is_a_zone": (f"湖南湘江新区2020年{REPORT}", "湖南湘江新区管理委员会", 2020),
    "district_of_a_municipality_alone": (f"浦东新区2020年{REPORT}", "上海市浦东新区人民政府", 2020),
    "body_of_such_a_district": (f"静海区水务局2020年{REPORT}", "天津市静海区水务局", 2020),
    "district_that_two_cities_have": (f"朝阳区2020年{REPORT}", "朝阳区人民政府", 2020),
    "zone_of_the_state": (f"雄安新区2020年{REPORT}", "河北雄安新区管理委员会", 2020),
    "zone_of_the_state_in_full": (f"河北雄安新区管理委员会2020年{REPORT}", "河北雄安新区管理委员会", 2020),
    "corps": (f"新疆生产建设兵团2020年{REPORT}", "新疆生产建设兵团", 2020),
    "department_of_the_corps": (f"兵团教育局2020年{REPORT}", "新疆生产建设兵团教育局", 2020),
    "league_in_short": (f"锡盟行署2020年{REPORT}", "锡林郭勒盟行政公署", 2020),
    "new_area_that_is_a_district": (f"上海市浦东新区2020年{REPORT}", "上海市浦东新区人民政府", 2020),
    "ministry": (f"教育部2020年{REPORT}", "教育部", 2020),
    "ministry_short": (f"工信部2020年{REPORT}", "工业和信息化部", 2020),
    "tax_office": (f"国家税务总局青禾县税务局2020年{REPORT}", "国家税务总局青禾县税务局", 2020),
    "abbreviated": ("2024 年上海市科委政府信息公开工作年度报告", "上海市科学技术委员会", 2024),
    "abbreviated_in_a_county": (f"青禾县人社局2020年{REPORT}", "青禾县人力资源和社会保障局", 2020),
    "abbreviation_within_a_longer_name": (f"青禾市煤矿安监局2016年{REPORT}", "青禾市煤矿安监局", 2016),
    "already_full": (f"青禾市住房公积金管理中心2020年{REPORT}", "青禾市住房公积金管理中心", 2020),
    "word_of_other_documents_in_a_name": (
        f"青禾市机构编制委员会办公室2020年{REPORT}",
        "青禾市机构编制委员会办公室",
        2020,
    ),
    "company_in_a_name": (f"青禾市中小企业局2014年{REPORT}", "青禾市中小企业局", 2014),
    "rank_within_a_department": (f"青禾市城市管理局2020年{REPORT}", "青禾市城市管理局", 2020),
    "towns_within_a_department": (f"青禾市住房和城乡建设局2020年{REPORT}", "青禾市住房和城乡建设局", 2020),
    "markets": (f"青禾市市场监管局2020年{REPORT}", "青禾市市场监督管理局", 2020),
    "villages": (f"青禾县乡村振兴局2021年{REPORT}", "青禾县乡村振兴局", 2021),
    "branch_office": (f"青禾市公安局清泉区分局2020年{REPORT}", "青禾市公安局清泉区分局", 2020),
    "rank_within_a_place": (f"郑州市中原区2020年{REPORT}", "中原区人民政府", 2020),
    "two_ranks_in_a_row": (f"常德市津市市2020年{REPORT}", "津市市人民政府", 2020),
    "district_called_city_centre": (f"乐山市市中区2020年{REPORT}", "市中区人民政府", 2020),
    "town_called_construction": (f"青禾县建设镇2020年{REPORT}", "青禾县建设镇人民政府", 2020),
    "prefecture_short": (f"延边州敦化市2020年{REPORT}", "敦化市人民政府", 2020),
    "numbered": (f"1.青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "attachment": (f"附件1：青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "file_name": (f"青禾县2020年{REPORT}.doc", "青禾县人民政府", 2020),
    "label_in_brackets": (f"【年报】青禾县2020年{REPORT}", "青禾县人民政府", 2020),
    "period_in_brackets": (f"青禾县2020年度（2020.1.1-2020.12.31）{REPORT}", "青禾县人民政府", 2020),
    "second_name_in_brackets": (f"青禾县水利局（青禾县移民局）2020年{REPORT}", "青禾县水利局", 2020),
    "comma_within_a_name": (f"青禾县民族、宗教事务局2012年{REPORT}", "青禾县民族、宗教事务局", 2012),
    "character_that_only_looks_traditional": (f"乾县2020年{REPORT}", "乾县人民政府", 2020),
}


@pytest.mark.parametrize(("title", "issuer", "year"), TITLES.values(), ids=TITLES.keys())
def test_a_title_tells_issuer_and_year(title: str, issuer: str, year: int) -> None:
    identity = read(title)
    assert identity.status is Status.REPORT, identity.problems
    assert identity.issuer is not None, identity.problems
    assert (identity.issuer.name, identity.year) == (issuer, year)


@pytest.mark.parametrize(("title", "issuer", "year"), TITLES.values(), ids=TITLES.keys())
def test_the_same_as_a_label_of_the_page(title: str, issuer: str, year: int) -> None:
    identity = read("首页", labels=(("articletitle", title), ("sitename", "某某市人民政府")))
    assert identity.issuer is not None, identity.problems
    assert (identity.issuer.name, identity.year) == (issuer, year)


SPLIT = {
    "in_two": ("青禾市2020年政府信息公开", "年度报告"),
    "within_a_word": ("青禾市2020年政府信息公开工作年", "度报告"),
    "body_apart": ("青禾市人民政府", "2020年政府信息公开工作年度报告"),
    "in_three": ("青禾市人民政府", "2020年政府信息公开", "工作年度报告"),
    "year_apart": ("2020年", "青禾市政府信息公开工作", "年度报告"),
    "year_broken": ("青禾市202", "0年政府信息公开工作年度报告"),
    "year_below": ("青禾市政府信息公开工作年度报告", "（2020年度）"),
    "year_above": ("（2020年度）", "青禾市政府信息公开工作年度报告"),
    "spam_before": ("小9直播体育官方网站", "青禾市2020年政府信息公开", "年度报告"),
}


@pytest.mark.parametrize("head", SPLIT.values(), ids=SPLIT.keys())
def test_a_title_over_several_lines(head: tuple[str, ...]) -> None:
    identity = read(*head)
    assert identity.issuer is not None, identity.problems
    assert (identity.issuer.name, identity.year) == ("青禾市人民政府", 2020)


def test_the_title_is_given_whole_and_without_what_stands_before_it() -> None:
    assert (
        read("小9直播体育官方网站", "青禾市2020年政府信息公开", "年度报告").title == "青禾市2020年政府信息公开年度报告"
    )
    assert (
        read("青禾市人民政府", "2020 年政府信息公开工作年度报告").title
        == "青禾市人民政府2020 年政府信息公开工作年度报告"
    )


def test_a_document_on_one_line_begins_with_its_title() -> None:
    text = "青禾县2020年政府信息公开工作年度报告 根据《中华人民共和国政府信息公开条例》编制本报告。" + "".join(BODY[1:])
    identity = identify(Document("text/plain", "utf-8", (Paragraph(text),)), Context(), evidence_of_tables=False)
    assert identity.status is Status.REPORT
    assert identity.issuer is not None
    assert (identity.issuer.name, identity.year) == ("青禾县人民政府", 2020)
    assert identity.title == "青禾县2020年政府信息公开工作年度报告"


def test_the_parts_of_a_page_title_are_read_apart() -> None:
    for title in (
        f"青禾县2020年{REPORT}_青禾县人民政府",
        f"青禾县2020年{REPORT}-政府信息公开年报-青禾市人民政府",
        f"青禾市人民政府|青禾县2020年{REPORT}",
    ):
        identity = read("首页 > 年报", title=title)
        assert identity.issuer is not None
        assert identity.issuer.name == "青禾县人民政府"
        assert identity.title == f"青禾县2020年{REPORT}"


def test_printed_is_what_stands_there_without_the_parent() -> None:
    identity = read("雲屏市青圩縣2021年政府信息公開工作年度報告")
    assert identity.issuer is not None
    assert identity.issuer.printed == "青圩縣"


def test_a_citation_broken_over_lines_is_no_title() -> None:
    identity = read(
        f"青禾县2020年{REPORT}",
        "根据《关于做好",
        "2020年政府信息公开工作年度报告编制和公布工作的通知》等文件要求，编制本报告。",
    )
    assert identity.status is Status.REPORT
    assert identity.title == f"青禾县2020年{REPORT}"


def test_two_years_in_a_title_are_settled_by_the_period_or_not_at_all() -> None:
    title = f"青禾县2019年、2020年{REPORT}"
    assert read(title, year=2020).year == 2020
    open_ = read(title)
    assert open_.year is None
    assert fields(open_, "year_ambiguous") == {"candidates": "2019, 2020"}


def test_a_range_of_years_is_no_year_and_still_names_the_issuer() -> None:
    identity = read(f"青禾县2020-2021年{REPORT}")
    assert identity.year is None
    assert identity.issuer is not None
    assert identity.issuer.name == "青禾县人民政府"


@pytest.mark.parametrize("title", [f"青禾县2107年{REPORT}", f"青禾县第20年{REPORT}", f"青禾县二十年{REPORT}"])
def test_what_is_no_year_is_none(title: str) -> None:
    assert read(title).year is None


@pytest.mark.parametrize("who", ["我县", "全县", "青禾县卫生健康局、医疗保障局", "青禾县教育局 青禾县体育局", "昆明"])
def test_what_is_no_body_or_two_is_none(who: str) -> None:
    identity = read(f"{who}2020年{REPORT}")
    assert identity.issuer is None
    assert fields(identity, "issuer_unclear") == {"printed": "".join(who.split())}


def test_a_date_below_a_title_is_not_its_year() -> None:
    assert read("青禾县政府信息公开工作年度报告", "2021年1月20日").year is None
    assert read("青禾县政府信息公开工作年度报告", "2021-01-20").year is None


def test_links_to_the_years_before_and_after_change_nothing() -> None:
    around = ("上一篇：青禾县2019年政府信息公开工作年度报告", "下一篇：青禾县2021年政府信息公开工作年度报告")
    assert read(f"青禾县2020年{REPORT}", tail=around).year == 2020
    labels = (("articletitle", f"青禾县2020年{REPORT}"),)
    assert read(f"青禾县2021年{REPORT}", f"青禾县2019年{REPORT}", f"青禾县2020年{REPORT}", labels=labels).year == 2020


def test_names_of_columns_before_a_title_change_nothing() -> None:
    for columns in (
        ("政府信息公开指南", "政府信息公开制度", "政府信息公开年报"),
        ("政策图解 政策解读 政府信息公开年报",),
        ("政府网站工作年度报表", "法治政府建设年度报告"),
        ("根据《关于做好2020年政府信息公开工作年度报告编制工作的通知》要求",),
    ):
        identity = read(*columns, f"青禾县2020年{REPORT}")
        assert (identity.status, identity.year) == (Status.REPORT, 2020)


def test_titles_of_different_years_are_not_chosen_from() -> None:
    labels = (("articletitle", f"青禾县2020年{REPORT}"),)
    open_ = read(f"青禾县2019年{REPORT}", labels=labels)
    assert open_.year is None
    assert "year_ambiguous" in codes(open_)
    assert read(f"青禾县2019年{REPORT}", labels=labels, year=2020).year == 2020


def test_the_title_wins_over_the_period_and_the_contradiction_is_told() -> None:
    identity = read(f"青禾县2021年{REPORT}", year=2020)
    assert identity.year == 2021
    assert fields(identity, "year_contradiction") == {"title": "2021", "period": "2020"}


def test_the_period_gives_the_year_where_no_title_does() -> None:
    assert read("青禾县政府信息公开工作年度报告", year=2020).year == 2020


def test_a_publication_date_never_gives_the_year() -> None:
    identity = read("青禾县政府信息公开工作年度报告", "发布时间：2021-01-29", labels=(("pubdate", "2021-01-29"),))
    assert identity.year is None
    assert "year_not_found" in codes(identity)
