"""Tables that a report shows as pictures which are not at hand: `unread`, never absent and never missing."""

from __future__ import annotations

from collections import Counter

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import Report, State, Status

TITLE = "平川县教育局2022年政府信息公开工作年度报告"
OVERVIEW = (
    "2022年，我局持续做好政府信息公开工作。全年共收到政府信息公开申请12件，均已按时答复，没有结转下年度办理的申请。"
)
SMALL = """<table><tr><td colspan=4>第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>0</td><td>0</td><td>0</td></tr><tr><td>行政规范性文件</td><td>2</td><td>1</td><td>7</td></tr></table>"""
PICTURE = '<p><img src="./W020230116.png" data-w="900"></p>'
BEFORE = f"<h2>一、总体情况</h2><p>{OVERVIEW}</p>"


def page(second: str, third: str, fourth: str) -> bytes:
    text = (
        f"{BEFORE}<p>二、主动公开政府信息情况</p>{second}<p><b>三、</b>收到和处理政府信息公开申请情况</p>{third}"
        f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{fourth}<p>五、存在的主要问题及改进情况</p>"
        "<p>公开的内容还不够丰富，下一步将加强培训。</p><p>六、其他需要报告的事项</p><p>没有需要报告的其他事项。</p>"
    )
    return f'<html><head><meta charset="utf-8"></head><body><h1>{TITLE}</h1>{text}</body></html>'.encode()


def states(report: Report) -> dict[str, Counter[State]]:
    found: dict[str, Counter[State]] = {}
    for cell in report.cells:
        found.setdefault(cell.table, Counter())[cell.state] += 1
    return found


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


def test_one_table_as_a_picture_is_unread_and_the_others_are_read() -> None:
    report = parse([Source(page(SMALL, PICTURE, "<p>未发生行政复议、行政诉讼。</p>"))])
    found = states(report)
    assert found["art20_1"] == {State.NUMBER: 6}
    assert found["applications"] == {State.UNREAD: 175}
    assert set(found) == {"art20_1", "applications"}
    assert "table_in_picture" in codes(report)
    assert not [check for check in report.checks if check.id == "F_PART_MISSING" and check.status.value == "fail"]


@pytest.mark.parametrize(
    "shown", [PICTURE, '<iframe src="t.htm"></iframe>', f"<table><tr><td>{PICTURE}</td></tr></table>"]
)
def test_all_tables_as_pictures(shown: str) -> None:
    report = parse([Source(page(shown, shown, shown))])
    assert report.identity.status is Status.REPORT
    assert {table: set(count) for table, count in states(report).items()} == {
        table: {State.UNREAD}
        for table in ("art20_1", "art20_5", "art20_6", "art20_8", "applications", "review_litigation")
    }


@pytest.mark.parametrize("shown", ["", "<p>见附件。</p>", '<p><img src="bullet.gif" width="12" height="12"></p>'])
def test_what_is_not_there_is_not_called_unread(shown: str) -> None:
    assert parse([Source(page(SMALL, shown, ""))]).cells == parse([Source(page(SMALL, "", ""))]).cells
    assert set(states(parse([Source(page(SMALL, shown, ""))]))) == {"art20_1"}


def test_pictures_of_markdown() -> None:
    text = f"# {TITLE}\n\n## 一、总体情况\n\n{OVERVIEW}\n\n## 二、主动公开政府信息情况\n\n"
    text += "## 三、收到和处理政府信息公开申请情况\n\n![](a/W02.png)\n\n## 四、政府信息公开行政复议、行政诉讼情况\n"
    report = parse([Source(text.encode())])
    assert states(report) == {"applications": {State.UNREAD: 175}}


def test_an_article_of_nothing_but_pictures_is_no_page_without_report() -> None:
    shown = (
        f'<html><head><meta charset="utf-8"></head><body><h1>{TITLE}</h1><div class="TRS_Editor">{PICTURE * 4}</div>'
    )
    report = parse([Source(shown.encode())])
    assert report.identity.status is Status.FAILED
    assert codes(report) == {"pictures_without_tables"}


def test_the_small_tables_of_part_two_are_unread_where_their_labels_and_figures_are_torn_apart() -> None:
    lines = ("本年制发件数 本年废止件数 现行有效", "行政规", "范性 1 0", "28 行政许可 件 969", "10 行政处罚 本年收费")
    torn = "".join(f"<p>{line}</p>" for line in lines)
    report = parse([Source(page(torn, "", ""))])
    assert set(states(report)) >= {"art20_1", "art20_5", "art20_6", "art20_8"}
    assert all(set(count) == {State.UNREAD} for count in states(report).values())
    assert "table_unread" in codes(report)
