"""One report in several files: a page and its PDF, a notice and what it announces, pictures."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse, parser_version, reader_for
from gicrawl.parser.document import Context, Source
from gicrawl.parser.output import message
from gicrawl.parser.report import Report, State, Status

TITLE = "甘泉县人民政府2023年政府信息公开工作年度报告"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


def table(permits: str, punished: str | None = None) -> str:
    """Two of the small tables as flattened text; the second only where a figure is given."""
    text = f"第二十条第（五）项\n信息内容\t本年处理决定数量\n行政许可\t{permits}\n"
    if punished is not None:
        text += f"第二十条第（六）项\n信息内容\t本年处理决定数量\n行政处罚\t{punished}\n行政强制\t3\n"
    return text


def plain(title: str, body: str) -> bytes:
    return f"{title}\n{body}".encode()


def page(title: str, body: str) -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in body.splitlines())
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<html>{head}<body><h1>{title}</h1>{lines}</body></html>".encode()


def read(*bodies: bytes, missing: int = 0) -> Report:
    return parse([Source(body) for body in bodies], Context(missing=missing))


def values(report: Report) -> dict[str, object]:
    return {f"{cell.table}/{cell.row}": cell.value for cell in report.cells if cell.state is State.NUMBER}


def codes(report: Report) -> list[str]:
    return [problem.code for problem in report.problems]


NOTICE = page(TITLE, "现将年度报告予以公布，详见附件。")


def test_a_notice_and_the_file_it_announces_are_one_report() -> None:
    alone = read(plain(TITLE, table("97", "5")))
    both = read(NOTICE, plain(TITLE, table("97", "5")))
    assert read(NOTICE).status is Status.NOT_A_REPORT
    assert both.status is Status.REPORT
    assert values(both) == values(alone) != {}
    assert (both.identity.title, both.identity.year) == (TITLE, 2023)
    assert {cell.evidence["attachment"] for cell in both.cells if cell.state is State.NUMBER} == {1}


def test_each_table_comes_from_the_first_file_that_has_it() -> None:
    report = read(plain(TITLE, table("97")), plain(TITLE, table("97", "5")))
    found = {cell.table: cell.evidence.get("attachment") for cell in report.cells if cell.state is State.NUMBER}
    assert found == {"art20_5": None, "art20_6": 1}
    assert "renditions_differ" not in codes(report)


def test_two_numbers_for_one_cell_are_both_candidates_and_neither_is_believed() -> None:
    report = read(plain(TITLE, table("97", "5")), plain(TITLE, table("79", "5")))
    (cell,) = (cell for cell in report.cells if cell.state is State.AMBIGUOUS)
    assert cell.table == "art20_5"
    assert cell.value is None
    assert [(raw, evidence.get("attachment")) for raw, evidence in cell.candidates] == [("97", None), ("79", 1)]
    (problem,) = (problem for problem in report.problems if problem.code == "renditions_differ")
    assert "art20_5/" in message(problem)
    assert "1" in dict(problem.fields)["count"]
    third = read(plain(TITLE, table("97", "5")), plain(TITLE, table("79", "5")), plain(TITLE, table("97", "5")))
    assert cell.key not in {c.key for c in third.cells if c.state is State.NUMBER}  # no majority among copies


def test_a_number_that_the_other_file_leaves_blank_is_kept_and_doubted() -> None:
    report = read(plain(TITLE, table("97", "5")), plain(TITLE, table("", "5")))
    cell = next(cell for cell in report.cells if cell.table == "art20_5")
    assert (cell.value, cell.flags) == (97, ("renditions_differ",))
    assert cell.confidence <= 0.5


def test_an_attached_report_of_another_year_is_not_mixed_in() -> None:
    other = plain(TITLE.replace("2023", "2022"), table("1", "2"))
    report = read(plain(TITLE, table("97")), other)
    assert values(report) == values(read(plain(TITLE, table("97"))))
    assert "attached_other_report" in codes(report)


@pytest.mark.parametrize("attached", [PICTURE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"%PDF-1.4\n"])
def test_a_notice_whose_file_cannot_be_read_has_failed_and_is_not_called_no_report(attached: bytes) -> None:
    report = read(NOTICE, attached)
    assert report.status is Status.FAILED
    assert report.cells == ()
    assert all("attachment" in dict(problem.fields) for problem in report.problems)
    assert all(message(problem).startswith("in attachment 1") for problem in report.problems)


def test_a_notice_whose_file_could_not_be_had_has_failed_and_says_so() -> None:
    report = read(NOTICE, missing=1)
    assert report.status is Status.FAILED
    assert codes(report) == ["attachment_missing"]


def test_a_missing_file_is_told_of_a_report_that_is_read_all_the_same() -> None:
    report = read(plain(TITLE, table("97")), missing=1)
    assert report.status is Status.REPORT
    assert codes(report) == ["attachment_missing"]


def test_pictures_beside_a_report_that_is_read_are_not_mentioned() -> None:
    assert codes(read(plain(TITLE, table("97")), PICTURE)) == []


def test_news_does_not_become_a_report_by_a_picture_or_a_missing_file() -> None:
    news = page("甘泉县召开政府信息公开工作年度报告编制培训会", "近日，甘泉县召开培训会。")
    assert read(news).status is Status.NOT_A_REPORT
    assert read(news, PICTURE, missing=2).status is Status.NOT_A_REPORT


def test_the_version_of_several_readers_follows_each_of_them_and_only_them() -> None:
    assert reader_for(NOTICE, plain(TITLE, "x"), PICTURE, NOTICE) == "html+text+image"
    versions = {parser_version(name) for name in ("html", "text", "html+text", "html+text+image")}
    assert len(versions) == 4
    report = read(NOTICE, plain(TITLE, table("97")))
    assert (report.reader, report.parser) == ("html+text", parser_version("html+text"))


def test_a_notice_that_names_its_own_report_several_times_is_no_list_page() -> None:
    body = "甘泉县水务局"
    report = read(
        page(
            f"{body}2019年政府信息公开年报",
            f"名称 {body}2019年政府信息公开年报 发布日期 2020-01-27\n现将{body}2019年政府信息公开工作年度报告公布如下，"
            f"详见附件。\n附件：{body}2019年政府信息公开工作年度报告",
        ),
        missing=1,
    )
    assert report.status is Status.FAILED
    assert codes(report) == ["attachment_missing"]


LABELS = (
    "本年新收政府信息公开申请数量",
    "上年结转政府信息公开申请数量",
    "部分公开（区分处理的，只计这一情形，不计其他情形）",
    "其他法律行政法规禁止公开",
    "保护第三方合法权益",
    "属于三类内部事务信息",
    "属于四类过程性信息",
    "属于行政执法案卷",
    "属于行政查询事项",
    "本机关不掌握相关政府信息",
    "没有现成信息需要另行制作",
    "补正后申请内容仍不明确",
    "信访举报投诉类申请",
)


def status_of(title: str, *lines: str) -> Status:
    return parse([Source("\n".join((title, *lines)).encode())]).status


@pytest.mark.parametrize(
    ("title", "lead", "status"),
    [
        ("云岭县2021年政府信息公开工作年度报告", "", Status.REPORT),
        ("云岭县2021年政府信息公开工作年度报告", "记者近日从云岭县获悉，", Status.NOT_A_REPORT),
        ("云岭县政府信息公开工作年度报告填报说明", "", Status.NOT_A_REPORT),
        ("政府信息公开指标解释", "", Status.NOT_A_REPORT),
        ("政府信息公开申请统计口径", "", Status.NOT_A_REPORT),
    ],
)
def test_rows_of_which_nothing_can_be_read_make_a_report_only_under_its_title(
    title: str, lead: str, status: Status
) -> None:
    assert status_of(title, lead, "三、收到和处理政府信息公开申请情况", *LABELS) is status


def test_a_table_of_which_no_cell_can_be_placed_is_a_table_all_the_same() -> None:
    rows = [f"{label} 7 12 40" for label in LABELS]
    heads = "自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计"
    report = parse([Source("\n".join(("云岭县2021年政府信息公开工作年度报告", heads, *rows)).encode())])
    assert report.status is Status.REPORT
    assert {cell.state for cell in report.cells} <= {State.AMBIGUOUS, State.UNREAD, State.ABSENT}


def test_the_words_of_a_file_name_the_issuer_before_the_label_of_the_site() -> None:
    head = "<head><meta charset='utf-8'><meta name='SiteName' content='甘泉县人民政府'></head>"
    bare = f"<html>{head}<body><h1>2023年度政府信息公开工作年度报告</h1><p>全县详见附件。</p></body></html>".encode()
    report = read(bare, plain("甘泉县财政局2023年政府信息公开工作年度报告", table("97", "5")))
    assert report.identity.issuer is not None
    assert (report.identity.issuer.name, report.identity.year) == ("甘泉县财政局", 2023)
    own = read(bare.replace(b"<h1>2023", "<h1>甘泉县2023".encode()), plain("甘泉县财政局2023年年报", table("97", "5")))
    assert own.identity.issuer is not None
    assert own.identity.issuer.name == "甘泉县人民政府"
