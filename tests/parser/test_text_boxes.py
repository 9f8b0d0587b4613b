"""Tables drawn with characters: cells of several lines, cells over several rows, and what only looks like a table."""

from __future__ import annotations

from gicrawl.parser.document import Context, Grid
from gicrawl.parser.readers.text import read

TERMINAL = """\
┌────────┬────────────────┬──┬────┐
│        │1.申请人逾期不补│  │    │
│（六）其│正、不再处理    │0 │    │
│他处理  ├────────────────┼──┼────┤
│        │2.逾期不缴费    │  │12  │
├────────┴────────────────┼──┼────┤
│（七）总计               │0 │12  │
└─────────────────────────┴──┴────┘
"""
"""As terminal browsers print it: wide characters take two places."""

PANDOC = """\
+-----------------------------------+------------------------------+
| [规章]{lang="EN-US"               | [75]{style="font-family:     |
| style="font-size:9.0pt"}          | 宋体"}                       |
+-----------------------------------+------------------------------+
| 行政规范性文件                    | 1+1                          |
+-----------------------------------+------------------------------+
"""

PSQL = """\
+----------+------+
| label    | n    |
+----------+------+
| a        | 1    |
| b        | 2    |
+----------+------+
"""


def grids(text: str) -> list[Grid]:
    return [block for block in read(text.encode(), Context()).blocks if isinstance(block, Grid)]


def test_a_cell_has_all_lines_between_its_rules() -> None:
    (grid,) = grids(TERMINAL)
    cells = {(cell.row, cell.column): cell for cell in grid.cells}
    assert cells[0, 1].text == "1.申请人逾期不补\n正、不再处理"
    assert (cells[0, 0].text, cells[0, 0].rowspan) == ("（六）其\n他处理", 2)
    assert (cells[2, 0].text, cells[2, 0].colspan) == ("（七）总计", 2)
    assert [cells[place].text for place in ((0, 2), (0, 3), (1, 2), (1, 3))] == ["0", "", "", "12"]


def test_a_value_stands_where_the_file_has_it_without_its_style() -> None:
    (grid,) = grids("一、概况\n\n" + PANDOC)
    cells = {(cell.row, cell.column): cell for cell in grid.cells}
    assert [cells[place].text for place in ((0, 0), (0, 1), (1, 1))] == ["规章", "75", "1+1"]
    text = "一、概况\n\n" + PANDOC
    start, end = cells[0, 1].evidence["start"], cells[0, 1].evidence["end"]
    assert isinstance(start, int)
    assert isinstance(end, int)
    assert text[start:end] == "75"


def test_rows_that_no_rule_parts_stay_lines() -> None:
    assert grids(PSQL) == []


LINKS = """\
   +----------------------------+
   | 第二十条第（六）项         |
   |----------------------------|
   | 信息内容    | 处理决定数量 |
   |-------------+--------------|
   | 行政处罚    | 2089         |
   |-------------+--------------|
   | 行政强制    |              |
   +----------------------------+
"""
"""As `links -dump` prints it: rules end at bars."""


def test_a_rule_may_end_at_bars() -> None:
    (grid,) = grids(LINKS)
    assert {(cell.row, cell.column): cell.text for cell in grid.cells} == {
        (0, 0): "第二十条第（六）项",
        (1, 0): "信息内容",
        (1, 1): "处理决定数量",
        (2, 0): "行政处罚",
        (2, 1): "2089",
        (3, 0): "行政强制",
        (3, 1): "",
    }


def test_a_drawn_table_stands_beside_one_with_markup() -> None:
    markup = "<table><tr><td>总计</td><td>3</td></tr></table>\n"
    first, drawn, last = grids("# 概况\n\n" + markup + "\n" + PANDOC + "\n" + markup)
    assert [len(grid.cells) for grid in (first, drawn, last)] == [2, 4, 2]


def test_a_label_in_a_narrow_column_has_as_many_lines_as_it_needs() -> None:
    label = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    pieces = [label[at : at + 2] for at in range(0, len(label), 2)]
    figures = ["512 ", *["    "] * len(pieces)]
    rows = "".join(
        f"| {piece}{'  ' * (2 - len(piece))} | {figure} |\n" for piece, figure in zip(pieces, figures, strict=False)
    )
    rule = "+------+------+\n"
    (grid,) = grids(rule + rows + rule + "| （七 | 512  |\n| ）总 |      |\n" + rule)
    assert [cell.text.replace("\n", "") for cell in grid.cells] == [label, "512", "（七）总", "512"]
