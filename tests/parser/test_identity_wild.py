"""Names, titles and dates as portals print them: invented bodies, real habits."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Field, Grid, GridCell, Line, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.identity.titles import read_title
from gicrawl.parser.report import Identity, Status

PERIOD = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"


def read(*texts: str, title: str | None = None, labels: tuple[tuple[str, str], ...] = ()) -> Identity:
    blocks = tuple(Paragraph(text) for text in texts)
    return identify(Document("text/html", "utf-8", blocks, title, labels), Context(), evidence_of_tables=True)


@pytest.mark.parametrize(
    ("printed", "name", "code"),
    [
        ("三江县", "三江侗族自治县人民政府", "450226"),
        ("玉屏自治县", "玉屏侗族自治县人民政府", "520622"),
        ("科右中旗教育局", "科尔沁右翼中旗教育局", "152222"),
        ("喀什地区行署", "喀什地区行政公署", "653100"),
        ("国家统计局江西调查总队", "国家统计局江西调查总队", "360000"),
        ("崇义县供销合作社联合社", "崇义县供销合作社联合社", "360725"),
    ],
)
def test_names_as_titles_shorten_them(printed: str, name: str, code: str) -> None:
    issuer = read(f"{printed}2022年政府信息公开工作年度报告", PERIOD).issuer
    assert issuer is not None
    assert (issuer.name, issuer.region_code) == (name, code)


def test_a_street_office_is_of_the_lowest_level_whatever_stands_before_it() -> None:
    issuer = read("赣州市章贡区人民政府南外街道办事处2022年政府信息公开工作年度报告").issuer
    assert issuer is not None
    assert issuer.level == "township"


def test_a_draft_for_comment_is_a_report_and_a_call_for_comments_is_none() -> None:
    assert read("青禾县人民政府2022年政府信息公开工作年度报告（征求意见稿）").status is Status.REPORT
    assert read("关于征求《青禾县2022年政府信息公开工作年度报告》意见的通知").status is Status.NOT_A_REPORT


def test_the_table_about_an_article_is_no_part_of_its_title() -> None:
    rows = [
        ("发布机构", "青禾县体育局", "发文日期", "2023-01-12"),
        ("文件名称", "青禾县体育局政府信息公开工作年度报告"),
    ]
    cells = tuple(GridCell(text, r, c, 1, 1, {}) for r, row in enumerate(rows) for c, text in enumerate(row))
    blocks = (Grid(cells, 2, 4), Paragraph("青禾县体育局政府信息公开工作年度报告"), Paragraph(PERIOD))
    found = identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=True)
    assert (found.year, found.title) == (2022, "青禾县体育局政府信息公开工作年度报告")


def test_the_catalogue_s_number_of_an_article_is_no_year_and_its_row_no_title() -> None:
    rows = (
        ("索引号", "014322024/2023-00012", "分", "类", "政府信息公开年报"),
        ("发布机构", "青禾县体育局", "发文日期", "2023-01-26"),
        ("标", "题", "青禾县体育局2022年政府信息公开工作年度报告"),
    )
    lines = tuple(Line(tuple(Field(text, 0) for text in row)) for row in rows)
    blocks = (*lines, Paragraph("青禾县体育局2022年政府信息公开工作年度报告"), Paragraph(PERIOD))
    found = identify(Document("application/pdf", None, blocks), Context(), evidence_of_tables=True)
    assert (found.year, found.title) == (2022, "青禾县体育局2022年政府信息公开工作年度报告")
    dated = read_title("2023-01-26 政府信息公开年报")
    assert dated is not None
    assert dated.years == ()


def test_a_rank_after_the_word_for_year_names_no_division() -> None:
    title = "2022年度区退役军人事务局政府信息公开工作年度报告"
    found = read(title, "本报告由青圩区退役军人事务局编制。", labels=(("articletitle", title),))
    assert found.issuer is not None
    assert found.issuer.name == "青圩区退役军人事务局"


@pytest.mark.parametrize(
    ("printed", "own"),
    [
        (
            "岚溪县人民政府 政府信息公开年报 岚溪县2022年政府信息公开工作年度报告",
            "岚溪县2022年政府信息公开工作年度报告",
        ),
        ("文件名称 岚溪县2022年政府信息公开工作年度报告", "岚溪县2022年政府信息公开工作年度报告"),
        ("岚溪县2022年政府信息公开工作年度报告", "岚溪县2022年政府信息公开工作年度报告"),
    ],
)
def test_a_title_begins_behind_the_site_and_its_column(printed: str, own: str) -> None:
    title = read_title(printed)
    assert title is not None
    assert title.own == own


def test_a_title_goes_over_two_headings() -> None:
    blocks = (Paragraph("青圩区应急管理局", heading=True), Paragraph("2022年政府信息公开工作年度报告", heading=True))
    found = identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=True)
    assert found.title == "青圩区应急管理局2022年政府信息公开工作年度报告"


def test_a_year_may_stand_in_brackets_before_the_title() -> None:
    assert read("[2022]青禾县民政局政府信息公开工作年度报告").year == 2022


def test_a_date_with_the_time_of_day_above_the_article_is_that_of_publication() -> None:
    title = "青禾县民政局2022年政府信息公开工作年度报告"
    assert read(title, "2023/1/8 9:12:00 [来源]：青禾县民政局").published == "2023-01-08"
    assert read(title, "今天是2025/3/14 9:12 星期五").published is None


@pytest.mark.parametrize(
    "title",
    [
        "崇义县财政局：2022年政府信息公开工作年度报告",
        "2022年度政府信息公开工作年度报告——崇义县财政局",
        "2022年政府信息公开工作年度报告（崇义县财政局）",
    ],
)
def test_a_body_may_stand_apart_from_the_words_of_the_title(title: str) -> None:
    issuer = read(title, PERIOD).issuer
    assert issuer is not None
    assert issuer.name == "崇义县财政局"


def test_a_ministry_may_be_named_with_its_state() -> None:
    issuer = read("中华人民共和国教育部2022年政府信息公开工作年度报告").issuer
    assert issuer is not None
    assert (issuer.name, issuer.level) == ("教育部", "national")


def test_a_short_report_in_prose_is_one_where_it_names_itself_and_has_its_sections() -> None:
    title = "青禾县统计局2013年政府信息公开工作年度报告"
    sections = (
        *(
            "一、概述",
            "2013年我局主动公开政府信息426条，明确专人负责，健全保密审查和发布登记制度，按月更新专栏，群众查阅方便。",
        ),
        *("二、依申请公开情况", "2013年受理依申请公开3件，均在规定期限内以书面形式答复申请人，没有延期答复。"),
        *(
            "三、收费及减免情况",
            "没有收取费用。",
            "四、复议诉讼情况",
            "没有。",
            "五、存在的问题",
            "宣传不够，更新不快。",
        ),
    )

    def told(*texts: str) -> Status:
        blocks = tuple(Paragraph(text) for text in texts)
        return identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=False).status

    assert told(title, *sections) is Status.REPORT
    assert told(title, "附件下载：青禾县统计局2013年政府信息公开工作年度报告.doc") is Status.NOT_A_REPORT
    assert told("关于做好2013年政府信息公开工作年度报告的通知", *sections) is Status.NOT_A_REPORT


def test_the_first_period_begins_with_the_law() -> None:
    stated = "数据的统计期限从2008年5月1日《条例》施行起至2008年12月31日止。"
    period = read("青禾县2008年政府信息公开工作年度报告", stated).period
    assert period is not None
    assert (period.start, period.end) == ("2008-05-01", "2008-12-31")


def test_a_title_beside_the_menu_of_its_page_is_a_title_by_itself() -> None:
    texts = (
        "政府信息公开          您现在的位置：首页>>政府信息公开>>公开年报",
        "·公开指南                          上犹县水务局2022年政府信息公开工作年度报告",
        "·公开目录                    信息来源：上犹县人民政府  发布时间：2023-01-22  点击数：382",
    )
    identity = read(*texts, PERIOD)
    assert identity.issuer is not None
    assert (identity.status, identity.issuer.name) == (Status.REPORT, "上犹县水务局")
    fields = [Field("·公开指南", 0), Field("*上犹县水务局2022年政府信息公开工作年度报告*", 9)]
    cut = Document("text/plain", "utf-8", (Line(tuple(fields)), Paragraph(PERIOD)))
    issuer = identify(cut, Context(), evidence_of_tables=True).issuer
    assert issuer is not None
    assert issuer.name == "上犹县水务局"


def test_a_sentence_at_the_head_is_no_title_of_something_else() -> None:
    rows = "一、概述\n2016年，我县主动公开政府信息120条，受理依申请公开3件。"
    told = read("根据《中华人民共和国政府信息公开条例》规定，编制本报告。", *rows.split("\n"))
    assert told.title is None
    assert "other_document" not in {problem.code for problem in told.problems}


def test_a_report_under_an_announced_correction_is_that_report() -> None:
    notice = "关于更正上犹县财政局2022年政府信息公开工作年度报告的说明"
    title = "上犹县财政局2022年政府信息公开工作年度报告"
    whole = read(notice, "现更正如下，原报告作废。", title, PERIOD, title=notice)
    assert whole.issuer is not None
    assert (whole.status, whole.issuer.name, whole.title) == (Status.REPORT, "上犹县财政局", title)
    assert read(notice, "原报告中的数字有误，现更正如下。", title=notice).status is Status.NOT_A_REPORT


def test_a_plain_report_is_one_behind_the_way_to_its_page_and_above_links_to_other_years() -> None:
    title = "上犹县公安局2012年政府信息公开工作年度报告"
    told = "全年主动公开信息156条。办理出入境证件申请3210件，户籍业务8120件。未收到政府信息公开申请，没有收取费用。"
    links = tuple(f"上犹县公安局{year}年政府信息公开工作年度报告 {year + 1}-01-10" for year in (2019, 2018))
    crumbs = f"上犹县人民政府 政府信息公开年报 {title}"
    blocks = tuple(Paragraph(text) for text in (crumbs, title, told * 2, *links))
    document = Document("text/html", "utf-8", blocks)
    assert identify(document, Context(), evidence_of_tables=False).status is Status.REPORT
    listed = Document("text/html", "utf-8", tuple(Paragraph(text) for text in (title, *links, told)))
    assert identify(listed, Context(), evidence_of_tables=False).status is Status.NOT_A_REPORT


def test_a_year_in_brackets_stands_between_the_body_and_the_name_of_the_report() -> None:
    title = read_title("上犹县民政局（2022年）政府信息公开工作年度报告")
    assert title is not None
    assert ([body.name for body in title.bodies], title.year) == (["上犹县民政局"], 2022)


def test_figures_of_all_reviews_are_no_report_on_disclosure() -> None:
    found = read("上犹县2023年度行政复议案件统计表", "行政复议", "结果维持 结果纠正")
    assert found.status is Status.NOT_A_REPORT


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("第三师图木舒克市五十一团2022年政府信息公开工作年度报告",), "新疆生产建设兵团第三师图木舒克市五十一团"),
        (("海南州共和县2022年政府信息公开工作年度报告",), "共和县人民政府"),
        (("[崇义县水利局]2022年政府信息公开工作年度报告",), "崇义县水利局"),
        (("崇义县水利局-2022年政府信息公开工作年度报告",), "崇义县水利局"),
        (("自治区水利厅2022年政府信息公开工作年度报告", PERIOD, "宁夏回族自治区水利厅"), "宁夏回族自治区水利厅"),
        (("2022年政府信息公开工作年度报告", PERIOD, "崇义县水利局（公章）", "2023年1月8日"), "崇义县水利局"),
        (("2022年政府信息公开工作年度报告", "按照要求，崇义县水利局编制本报告。" + PERIOD), "崇义县水利局"),
        (("2022年政府信息公开工作年度报告", PERIOD + "如有疑问，请与崇义县水利局办公室联系。"), "崇义县水利局"),
        (("2022年政府信息公开工作年度报告", PERIOD + "如有疑问，请与崇义县人民政府联系。"), None),
        (("广州市黄埔区广州开发区2022年政府信息公开工作年度报告",), None),
    ],
)
def test_bodies_named_in_unusual_places(texts: tuple[str, ...], name: str | None) -> None:
    issuer = read(*texts).issuer
    assert (issuer.name if issuer else None) == name


@pytest.mark.parametrize("beside", ["[2023-01-20]", "2023年01月20日 来源：崇义县水利局", "来源：县水利局 2023.01.20"])
def test_a_date_next_to_the_title_is_that_of_publication(beside: str) -> None:
    assert read("崇义县水利局2022年政府信息公开工作年度报告", beside, PERIOD).published == "2023-01-20"
    far = ("栏目", beside, *(["导航"] * 5), "崇义县水利局2022年政府信息公开工作年度报告", *([PERIOD] * 12))
    assert read(*far).published is None


def test_a_report_that_lost_its_title_is_named_by_its_opening() -> None:
    by_order = "根据《中华人民共和国政府信息公开条例》和《关于印发〈政府信息公开工作年度报告格式〉的通知》要求，"
    found = read(by_order + "现公布崇义县水利局2022年政府信息公开工作年度报告。" + PERIOD, "一、总体情况")
    assert (found.title, found.issuer and found.issuer.name) == (
        "崇义县水利局2022年政府信息公开工作年度报告",
        "崇义县水利局",
    )
    by_heading = "一、概述 根据《中华人民共和国政府信息公开条例》要求，编制2012年度政府信息公开工作年度报告。"
    assert (read(by_heading).status, read(by_heading).year) == (Status.REPORT, 2012)


def test_a_list_of_reports_above_the_article_is_not_its_title() -> None:
    listed = [f"崇义县某局{year}年政府信息公开工作年度报告 {year + 1}-01-18" for year in (2022, 2021, 2020)]
    found = read(*listed, "打印本页 | 关闭窗口", "崇义县水利局2023年政府信息公开工作年度报告", "一、总体情况")
    assert (found.year, found.issuer and found.issuer.name) == (2023, "崇义县水利局")
