"""What is a report and what only stands beside reports."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Field, Grid, GridCell, Line, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.report import Identity, Status

REPORT = "青禾县2020年政府信息公开工作年度报告"
SENTENCE = "年内主动公开政府信息120条，收到公开申请3件，均已按期答复，未收取费用。"
SECTIONS = (
    "一、总体情况",
    SENTENCE * 8,
    "二、主动公开政府信息情况",
    SENTENCE * 8,
    "三、收到和处理政府信息公开申请情况",
    "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


def read(
    *texts: str, title: str | None = None, labels: tuple[tuple[str, str], ...] = (), tables: bool = False
) -> Identity:
    blocks = tuple(Paragraph(text) for text in texts)
    return identify(Document("text/html", "utf-8", blocks, title, labels), Context(), tables)


def why(identity: Identity) -> str:
    assert identity.status is Status.NOT_A_REPORT
    return identity.problems[0].code


OTHERS = {
    "how_to_compile": "关于做好2020年政府信息公开工作年度报告编制工作的通知",
    "how_to_compile_with_a_body": "青禾县政务公开办公室关于做好2020年度政府信息公开工作年度报告编制和发布工作的通知",
    "to_hand_in": "青禾县人民政府办公室关于报送2020年政府信息公开工作年度报告的通知",
    "the_form_by_notice": "国务院办公厅政府信息与政务公开办公室关于印发《政府信息公开工作年度报告格式》的通知",
    "passed_on": "青禾县政务公开办转发关于2020年政府信息公开工作年度报告有关事项的通知",
    "website": "青禾县人民政府门户网站2020年政府网站工作年度报表",
    "picture": "一图读懂：青禾县2020年政府信息公开工作年度报告",
    "picture_after": "青禾县2020年政府信息公开工作年度报告（图解）",
    "explanation": "《青禾县2020年政府信息公开工作年度报告》解读",
    "guide": "青禾县人民政府信息公开指南",
    "law": "青禾县司法局2020年法治政府建设年度报告",
    "accounts": "青禾县财政局2020年度部门决算公开说明",
    "company": "青禾水务有限公司2020年企业年度报告",
    "training": "青禾县召开2020年政府信息公开工作年度报告编制培训会",
    "assessment": "青禾县2020年度政府信息公开年报质量检查情况通报",
    "half_a_year": "青禾县2020年上半年政府信息公开工作报告",
    "quarter": "青禾县2020年第三季度政府信息公开工作情况报告",
    "self_inspection": "青禾县2020年政府信息公开工作自查报告",
    "review_by_citizens": "青禾县2020年政府信息公开社会评议报告",
    "projects": "青禾县2020年重大建设项目信息公开情况报告",
    "environment": "青禾县2020年环境信息公开年度报告",
    "note_on_a_report": "关于《青禾县2020年政府信息公开工作年度报告》的说明",
    "plan": "青禾县2020年政务公开工作要点",
}


@pytest.mark.parametrize("title", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("tables", [False, True], ids=["", "with_the_tables_of_a_report"])
def test_other_documents_are_none_whatever_is_attached(title: str, tables: bool) -> None:  # noqa: FBT001 - a case
    form = ("XX县2020年政府信息公开工作年度报告", *SECTIONS) if tables else SECTIONS[:2]
    identity = read(title, "各乡镇人民政府，县政府各部门：", *form, tables=tables)
    assert why(identity) == "other_document"
    assert identity.title == title
    labelled = read(*form, labels=(("articletitle", title),), tables=tables)
    assert why(labelled) == "other_document"


def test_the_blank_form_itself_keeps_its_cells() -> None:
    identity = read("政府信息公开工作年度报告格式模板", *SECTIONS, tables=True)
    assert identity.status is Status.REPORT
    assert {"blank_form", "year_not_found", "issuer_not_found"} <= {problem.code for problem in identity.problems}
    assert why(read("政府信息公开工作年度报告格式模板", "见附件")) == "other_document"


def test_a_narrative_report_without_tables_is_one() -> None:
    assert read(REPORT, *SECTIONS).status is Status.REPORT
    assert read("小9直播体育官方网站", REPORT, *SECTIONS).status is Status.REPORT


def test_a_report_of_the_first_years_is_one() -> None:
    sections = (
        "一、概述",
        SENTENCE * 5,
        "二、主动公开政府信息的情况",
        SENTENCE * 5,
        "三、依申请公开政府信息的情况",
        "四、政府信息公开的收费及减免情况",
        "五、因政府信息公开申请行政复议、提起行政诉讼的情况",
        "六、存在的主要问题和改进措施",
    )
    identity = read("青禾市水利局2008年度政府信息公开工作年度报告", *sections)
    assert identity.status is Status.REPORT
    assert identity.year == 2008


def test_a_report_that_lost_its_headings_is_one_by_what_it_says() -> None:
    opening = "本年报中所列数据的统计期限自2018年1月1日起至2018年12月31日止。"
    identity = read("青禾市2018年政府信息公开工作年度报告", opening, SENTENCE * 30)
    assert identity.status is Status.REPORT


def test_a_report_on_one_line_is_one() -> None:
    assert read(REPORT + " " + " ".join(SECTIONS)).status is Status.REPORT


def test_an_announcement_with_the_text_is_a_report_and_without_it_is_none() -> None:
    title = f"关于公布{REPORT}的公告"
    assert read(title, *SECTIONS).status is Status.REPORT
    assert (
        why(read(title, "现将青禾县2020年政府信息公开工作年度报告予以公布。", "附件：年度报告.pdf")) == "no_report_text"
    )


def test_tables_make_a_report_of_a_document_without_title() -> None:
    identity = read("一、总体情况", tables=True)
    assert identity.status is Status.REPORT
    assert "title_not_found" in {problem.code for problem in identity.problems}


def test_news_about_a_report_is_none() -> None:
    text = "近日，青禾县公布2020年度政府信息公开工作年度报告。报告显示，统计期限内主动公开政府信息120条。"
    assert why(read("青禾县发布2020年政府信息公开工作年度报告", text, SENTENCE * 20)) == "news"


def test_a_page_that_says_nothing_is_there_is_none() -> None:
    assert why(read("您访问的页面不存在", title=REPORT)) == "missing_page"
    assert why(read("抱歉，该信息不存在或已被删除！", labels=(("articletitle", REPORT),))) == "missing_page"
    assert why(read("404 Not Found")) == "missing_page"


def test_a_list_of_reports_is_none() -> None:
    links = [f"青禾县{year}年政府信息公开工作年度报告" for year in range(2015, 2022)]
    assert why(read("政府信息公开年报", *links)) == "list_page"
    bodies = [f"青禾县{body}2020年政府信息公开工作年度报告" for body in ("教育局", "水利局", "司法局", "财政局")]
    assert why(read("政府信息公开年报", *bodies)) == "list_page"


def test_a_page_without_any_title_is_none() -> None:
    assert why(read("青禾县概况", "青禾县位于青河上游。")) == "title_not_found"


def test_reports_of_two_bodies_in_one_document_are_told() -> None:
    other = "清泉镇2020年政府信息公开工作年度报告"
    identity = read(REPORT, *SECTIONS, other, *SECTIONS, tables=True)
    assert identity.issuer is None
    problem = next(problem for problem in identity.problems if problem.code == "several_reports")
    assert dict(problem.fields) == {"candidates": "青禾县人民政府、清泉镇人民政府"}
    assert read(REPORT, *SECTIONS, "上一篇：", other, tables=True).issuer is not None
    assert read(REPORT, *SECTIONS, REPORT, *SECTIONS, tables=True).issuer is not None


def test_lines_and_small_tables_are_read_like_paragraphs() -> None:
    cells = tuple(
        GridCell(text, 0, column, 1, 1, {})
        for column, text in enumerate(("发布日期", "2021-01-20", "发布机构", "青禾县水利局"))
    )
    blocks = (Grid(cells, 1, 4), Line((Field("2020年政府信息公开工作年度报告", 0),)))
    identity = identify(Document("text/html", "utf-8", blocks), Context(), evidence_of_tables=True)
    assert identity.issuer is not None
    assert (identity.issuer.name, identity.year, identity.published) == ("青禾县水利局", 2020, "2021-01-20")
