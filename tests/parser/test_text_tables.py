"""Markdown and text whose tables are HTML: still a text, with offsets of the file as places."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Grid, Line, Paragraph, Source
from gicrawl.parser.readers import media_type, text
from gicrawl.parser.readers.text_markup import unmarked

_TABLE = (
    "<html><body><table><tr><td rowspan=2>信息内容</td><td colspan='2'>件数</td></tr><tr><td>制发</td>"
    "<td>废止<br>数</td></tr><tr><td> 规章 </td><td><b>12</b>&nbsp;</td><td></td></tr></table></body></html>"
)


def _grid(body: str) -> Grid:
    document = text.read(body.encode(), Context())
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    return grid


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"# 云坪县2023年政府信息公开工作年度报告\n\n{_TABLE}\n", "text/plain"),
        (f"云坪县2023年政府信息公开工作年度报告\n{_TABLE}\n五、存在的主要问题\n", "text/plain"),
        (f"<div align='center'>\n\n# 年度报告\n\n</div>\n{_TABLE}", "text/plain"),
        # what converters of pages leave: layout tables around markdown, a few tags in many lines of text
        (
            f"<table>\n<tr>\n<td>\n\n[首页](/)│[政务公开](/zwgk)\n</td></tr><tr><td>{_TABLE}</td></tr></table>",
            "text/plain",
        ),
        ("年度报告\n<div class='a'>\n| 指标 | 单位 |\n|----|----|\n| 受理 | 3 |\n</div>", "text/plain"),
        ("<span>首页</span>\n" + "{|\n|-\n| 规章\n| 0\n" * 5 + "|}", "text/plain"),
        ("<div>\n" + "<p>规章</p>\n<p>0</p>\n" * 10 + "</div>", "text/html"),
        (f"<title>年度报告</title># 年度报告\n{_TABLE}", "text/html"),
        (f"<p>云坪县2023年政府信息公开工作年度报告</p>{_TABLE}", "text/html"),
        (f"年度报告<p>云坪县</p>{_TABLE}", "text/html"),
        (_TABLE, "text/html"),
    ],
)
def test_what_is_a_text(body: str, kind: str) -> None:
    assert media_type(body.encode()) == kind


def test_cells_stand_where_the_file_prints_them() -> None:
    body = f"# 年度报告\n\n{_TABLE}\n\n# 五、问题\n"
    grid = _grid(body)
    assert [(c.text, c.row, c.column, c.rowspan, c.colspan) for c in grid.cells] == [
        ("信息内容", 0, 0, 2, 1),
        ("件数", 0, 1, 1, 2),
        ("制发", 1, 1, 1, 1),
        ("废止\n数", 1, 2, 1, 1),
        ("规章", 2, 0, 1, 1),
        ("12", 2, 1, 1, 1),
        ("", 2, 2, 1, 1),
    ]
    shown = grid.cells[5].evidence
    assert body[int(str(shown["start"])) : int(str(shown["end"]))] == "12"


def test_absurd_spans_and_open_ends_are_survived() -> None:
    grid = _grid("# 年度报告\n<table><tr><td rowspan=999 colspan=999>1<td>2<tr><td>3</table>")
    assert [cell.text for cell in grid.cells] == ["1"]


def test_markup_that_a_converter_left_is_no_part_of_a_line() -> None:
    line = '<td class="bt"><b>云坪县水利局</b>2023年政府信息公开工作年度报告&nbsp;</td>'
    body = f"<table><tr><td>\n\n{line}\n\n**一、总体情况**\n"
    assert media_type(body.encode()) == "text/plain"
    title, heading = text.read(body.encode(), Context()).blocks
    assert isinstance(title, Paragraph)
    assert title.text == "云坪县水利局2023年政府信息公开工作年度报告"
    assert unmarked(body).text[title.evidence["start"] : title.evidence["end"]] == title.text.rstrip()
    assert isinstance(heading, Paragraph)


@pytest.mark.parametrize("mark", ["<http://www.yunping.gov.cn>", "<b>云坪</b>", "云坪&nbsp;<br/>&#27700;利"])
def test_markup_within_a_line_moves_no_place_of_a_figure(mark: str) -> None:
    title = "云坪县水利局2023年政府信息公开工作年度报告"
    figures = "行政许可 38164 第二十条第（六）项 信息内容 本年处理决定数量 行政处罚 1122 行政强制 98"
    zeros = " ".join(f"{number}.其他 0 0 0 0 0 0 0" for number in range(1, 4))
    body = f"{title} 见{mark}网站。 第二十条第（五）项 信息内容 本年处理决定数量 {figures} {zeros}"
    report = parse([Source(body.encode())])
    printed = [cell for cell in report.cells if cell.value in {38164, 1122, 98}]
    assert len(printed) == 3
    assert all(body[cell.evidence["start"] : cell.evidence["end"]] == cell.raw for cell in printed)


@pytest.mark.parametrize(
    "figure", ['<span lang="EN-US" style="font-size:10.5pt">{}</span>', "<class>{}</class>", '[{}]{{lang="EN-US"}}']
)
def test_markup_around_the_figures_of_a_row_between_bars_is_none_of_them(figure: str) -> None:
    rows = [["信息内容", "本年处理决定数量", "", ""], ["行政许可", figure.format(1618), "", ""]]
    lines = ["# 二、主动公开政府信息情况", "", "第二十条第（五）项", ""]
    written = "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), "| 其他 | 3<br>4 | | |"])
    blocks = [block for block in text.read(written.encode(), Context()).blocks if isinstance(block, Line)]
    assert [field.text for field in blocks[1].fields] == ["行政许可", "1618", "", ""]
    assert blocks[2].fields[1].text == "3<br>4"
