"""Tables in the signs of MediaWiki, and tables in markup that have lost what their cells cover."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Context, Grid, Line, Paragraph, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers import media_type
from gicrawl.parser.readers.text import read

TITLE = "云岭县水利局2022年政府信息公开工作年度报告"
FIGURES = ("2", "", "-1", "", "", "", "3")
WIKI = """\
= 云岭县水利局2022年政府信息公开工作年度报告 =

{| class="wikitable"
|+ 行政许可
|- style="text-align:center"
! 信息内容 !! colspan="2" | 数量
|-
|rowspan="2"| '''行政许可''' || 5
|
|-
|-7
| 第一行
第二行
|}

五、存在的主要问题
"""


def test_cells_of_a_wiki_stand_where_its_signs_put_them() -> None:
    title, grid, _ = read(WIKI.encode(), Context()).blocks
    assert isinstance(title, Paragraph)
    assert (title.text, title.heading) == (TITLE, True)
    assert isinstance(grid, Grid)
    assert [cell[:5] for cell in grid.cells] == [
        ("信息内容", 0, 0, 1, 1),
        ("数量", 0, 1, 1, 2),
        ("行政许可", 1, 0, 2, 1),
        ("5", 1, 1, 1, 1),
        ("", 1, 2, 1, 1),
        ("-7", 2, 1, 1, 1),
        ("第一行\n第二行", 2, 2, 1, 1),
    ]
    for cell in grid.cells:
        start, end = cell.evidence["start"], cell.evidence["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert WIKI[start:end] == cell.text


def test_the_mark_of_a_row_is_no_cell_of_it() -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = ["|-\n" + "\n".join(f"| {one}".rstrip() for one in (row.labels[0], *FIGURES)) for row in table.rows]
    text = "\n".join([f"= {TITLE} =", "三、收到和处理政府信息公开申请情况", "{|", *rows, "|}", "五、存在的主要问题"])
    found = parse([Source(text.encode())])
    assert found.identity.issuer is not None
    row = [(cell.raw or "", cell.state.value) for cell in found.cells if cell.row == "new_received"]
    assert row == [(one, "number" if one else "blank") for one in FIGURES]


def test_a_wiki_with_styles_in_its_cells_is_a_text() -> None:
    styled = WIKI.replace("| 第一行", '| <span lang="EN-US">第一行</span>')
    assert media_type(styled.encode()) == "text/plain"


@pytest.mark.parametrize("text", ["{| 未完的表\n| 5\n", "a {| b |} c"])
def test_what_only_looks_like_a_table_of_a_wiki_is_none(text: str) -> None:
    assert not any(isinstance(block, Grid) for block in read(text.encode(), Context()).blocks)


LITIGATION = [
    ["行政复议", "行政诉讼"],
    ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计", "未经复议直接起诉", "复议后起诉"],
    ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2,
    ["", "2", "", "", "2", "1", "", "", "", "1", "", "", "", "", ""],
]


def markup(rows: list[list[str]]) -> str:
    lines = ["<tr>\n" + "".join(f"<td>\n\n{cell} \n</td>\n" for cell in row) + "</tr>" for row in rows]
    return "\n".join([f"# {TITLE}", "", "**四、行政复议、行政诉讼情况**", "<table>", *lines, "</table>"])


def test_a_table_that_has_lost_what_its_cells_cover_is_read_by_its_rows() -> None:
    blocks = read(markup(LITIGATION).encode(), Context()).blocks
    assert not any(isinstance(block, Grid) for block in blocks)
    assert [field.text for field in [block for block in blocks if isinstance(block, Line)][-1].fields] == LITIGATION[-1]
    cells = [cell for cell in parse([Source(markup(LITIGATION).encode())]).cells if cell.table == "review_litigation"]
    for cell, printed in zip(cells, LITIGATION[-1], strict=True):
        assert cell.state.value not in {"number", "blank", "not_applicable"} or (cell.raw or "") == printed
        assert not printed or cell.value == int(printed)


def test_a_table_with_a_heading_over_all_of_it_stays_one() -> None:
    rows = [["第二十条第（五）项"], ["信息内容", "本年处理决定数量"], ["行政许可", "5"]]
    assert any(isinstance(block, Grid) for block in read(markup(rows).encode(), Context()).blocks)
