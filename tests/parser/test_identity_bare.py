"""Reports under bare titles, and what only speaks of a report."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Document, Paragraph
from gicrawl.parser.identity import identify
from gicrawl.parser.report import Identity, Status

MENU = ("首页│政务公开│办事大厅│公众参与", "政府信息公开·公开指南·公开目录·公开年报·依申请公开")
SECTIONS = (
    "一、概述",
    "2013年，本单位认真贯彻落实条例，加强组织领导，健全工作制度，积极推进政府信息公开工作，取得了新的成效。",
    "二、主动公开政府信息情况",
    "2013年共主动公开政府信息77条。",
    "三、依申请公开情况",
    "收到政府信息公开申请3件，答复3件。",
    "四、存在的主要问题和改进措施",
    "公开内容还不够丰富，下一步将进一步加强工作。",
)
SIGNED = ("岚溪县民政局", "2014年1月20日")


def read(*texts: str, title: str | None = None) -> Identity:
    blocks = tuple(Paragraph(text) for text in texts)
    return identify(Document("text/html", "utf-8", blocks, title), Context(), evidence_of_tables=False)


def issuer_of(identity: Identity) -> str | None:
    return identity.issuer.name if identity.issuer else None


@pytest.mark.parametrize("title", ["政府信息公开工作年度报告", "2013年年度报告"])
def test_a_bare_title_below_a_menu_is_that_of_a_report_whose_text_tells_year_and_body(title: str) -> None:
    own = ("岚溪县民政局政府信息公开工作年度报告",) if title.startswith("2013") else ()
    found = read(*MENU, title, *own, *SECTIONS, *SIGNED, title=f"{title}-岚溪县人民政府")
    assert (found.status, found.year, issuer_of(found)) == (Status.REPORT, 2013, "岚溪县民政局")


def test_two_years_that_sentences_begin_with_decide_no_year() -> None:
    found = read("岚溪县民政局政府信息公开工作年度报告", *SECTIONS, "2014年全县共公开21条。")
    assert found.year is None


def test_the_half_and_the_whole_year_is_the_years_report_and_the_half_alone_is_none() -> None:
    titles = [f"2012年上半年{more}政府信息公开工作年度报告（岚溪县水务局）" for more in ("及全年", "")]
    assert [read(title, *SECTIONS).status for title in titles] == [Status.REPORT, Status.NOT_A_REPORT]


def test_a_sentence_that_a_report_is_out_is_no_title() -> None:
    told = "岚溪县2012年政府信息公开工作年度报告已公布，全年收到申请21件，欢迎提出意见。"
    found = read(
        "市民对政府信息公开年度报告的意见征集", told, "欢迎广大市民通过来信、来电、网上留言等多种方式踊跃参与，谢谢。"
    )
    assert found.status is Status.NOT_A_REPORT


def test_the_name_of_the_site_behind_a_stroke_is_not_the_issuer_of_a_department_s_report() -> None:
    title = "2013年政府信息公开工作年度报告"
    assert issuer_of(read(title, *SECTIONS, *SIGNED, title=f"{title}-岚溪县人民政府")) == "岚溪县民政局"
    assert issuer_of(read(title, *SECTIONS, title=f"{title}-岚溪县人民政府")) == "岚溪县人民政府"


def test_the_date_above_a_page_kept_as_text_is_its_publication() -> None:
    head = ("---", "title: 岚溪县水利局2013年政府信息公开工作年度报告", "date: 2014-02-21", "---")
    assert read(*head, *SECTIONS).published == "2014-02-21"
