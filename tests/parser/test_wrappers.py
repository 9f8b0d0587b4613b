"""What stands beside reports and is none: told for what it is, and never with a number.

A page that only leads to a report is `failed` where its file is missing, and no report where it announces nothing.
"""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Source
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Report, Status

PLACE = "青禾县"
TITLE = f"{PLACE}人民政府2022年政府信息公开工作年度报告"


def page(title: str, *paragraphs: str, table: str = "") -> bytes:
    told = "".join(f"<p>{text}</p>" for text in paragraphs)
    head = f'<html><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1>{told}{table}</body></html>".encode()


def rows(*pairs: tuple[str, str]) -> str:
    return "<table>" + "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in pairs) + "</table>"


def read(body: bytes, *, missing: int = 0) -> Report:
    return parse([Source(body)], Context(missing=missing))


NO_REPORTS = {
    "order_to_compile": page(
        f"{PLACE}人民政府办公室关于做好2022年政府信息公开工作年度报告编制工作的通知",
        "各乡镇人民政府，县直各单位：",
        "年度报告包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、行政复议行政诉讼情况等六个部分。",
        "一、本年新收政府信息公开申请数量应与台账一致；二、上年结转政府信息公开申请数量应与上年报告一致。",
        "请于2023年1月18日前报送，没有发生的事项填0。",
    ),
    "call_to_hand_in": page(
        f"关于报送2022年政府信息公开工作年度报告的通知（{PLACE}政务公开办）",
        "请各单位对照模板填写，表中数据须由分管领导签字。",
        "联系人见内网通讯录。",
    ),
    "website_sheet": page(
        f"{PLACE}人民政府门户网站2022年政府网站工作年度报表",
        "填报单位：县政府办公室",
        table=rows(
            ("网站名称", f"{PLACE}人民政府"),
            ("独立用户访问总量（单位：个）", "81234"),
            ("网站总访问量（单位：次）", "903112"),
            ("信息发布总数", "4120"),
            ("收到留言数量", "77"),
            ("办结留言数量", "77"),
            ("征集调查期数", "9"),
        ),
    ),
    "company": page(
        "青禾水务集团有限公司2022年度信息公开年度报告",
        "公司全年主动公开供水水质信息365条，受理报修1204件，客服热线接听率98%。",
        "一、总体情况。二、服务承诺。三、存在问题。",
    ),
    "explained": page(
        f"《{TITLE}》解读",
        "一、编制背景。按照条例规定，县政府每年向社会公布上一年度工作情况。",
        "二、主要内容。报告共六个部分，全年收到申请31件，均已答复。",
        "三、下一步打算。继续做好栏目维护。",
    ),
    "pictured": page(f"图解：{TITLE}", "<img src='long.png'>"),
    "in_one_picture": page(f"一图读懂{TITLE}", "<img src='a.jpg'><img src='b.jpg'>"),
    "news": page(
        f"{PLACE}发布2022年政府信息公开工作年度报告",
        "近日，县政府公布了上一年度的报告。记者了解到，全年主动公开信息5120条，收到申请31件。",
        "群众可在政府网站专栏查看全文。",
    ),
    "list": page(
        "政府信息公开年报",
        f"{PLACE}财政局2022年政府信息公开工作年度报告 2023-01-12",
        f"{PLACE}教育局2022年政府信息公开工作年度报告 2023-01-13",
        f"{PLACE}民政局2022年政府信息公开工作年度报告 2023-01-15",
        f"{PLACE}水利局2022年政府信息公开工作年度报告 2023-01-16",
    ),
    "rule_of_law": page(
        f"{PLACE}2022年法治政府建设年度报告",
        "一、主要举措。全年办理行政复议12件，行政诉讼应诉9件。二、存在的不足。三、打算。",
    ),
}


@pytest.mark.parametrize("name", sorted(NO_REPORTS))
def test_what_stands_beside_reports_is_none_and_gives_no_number(name: str) -> None:
    report = read(NO_REPORTS[name])
    assert report.status is Status.NOT_A_REPORT
    assert (report.cells, report.facts, report.checks) == ((), (), ())
    assert report.problems


ANNOUNCED = {
    "notice": page(f"关于公布{TITLE}的通知", f"现将{TITLE}予以公布，请点击附件查看。"),
    "announcement": page(f"{TITLE}公告", "依照条例第五十条，现予公告，全文见附件。"),
    "link": page(TITLE, "<a href='/files/2022.pdf'>点击下载</a>"),
}


@pytest.mark.parametrize("name", sorted(ANNOUNCED))
def test_a_page_that_leads_to_a_report_is_not_one_and_its_missing_file_is_told(name: str) -> None:
    alone = read(ANNOUNCED[name])
    assert alone.status is Status.NOT_A_REPORT
    assert not alone.cells
    lost = read(ANNOUNCED[name], missing=1)
    assert lost.status is Status.FAILED
    assert "attachment_missing" in {problem.code for problem in lost.problems}


def test_a_copy_dressed_up_by_others_keeps_its_numbers_and_is_said_to_be_one() -> None:
    said = (
        "一、总体情况",
        "2022年，全县主动公开政府信息5120条，收到政府信息公开申请31件，均已按期答复。"
        + "栏目逐项核对，过期内容归档。" * 12,
        "二、主动公开政府信息情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    )
    report = read(page(f"比分直播-篮球比分直播官网 {TITLE}", *said))
    assert report.status is Status.REPORT
    assert "copy_by_others" in {problem.code for problem in report.problems}
    assert {(fact.key, fact.value) for fact in report.facts} >= {("proactive_total", 5120), ("requests_received", 31)}
