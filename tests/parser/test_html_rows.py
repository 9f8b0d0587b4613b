"""Tables that pages make of boxes and no `table`: rows of elements with an element for every cell."""

from __future__ import annotations

import pytest
from turbohtml import parse as tree_of

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Line, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.html import read
from gicrawl.parser.report import State

FORM = next(form for form in load_forms() if form.id == "form2021")
TABLE = FORM.table("applications")
COLUMNS = [column.key for column in TABLE.columns]
HEADS = [
    ["", "申请人情况"],
    ["自然人", "法人或其他组织", "总计"],
    ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"],
]
GROUPS = {
    "granted": "三、本年度办理结果",
    "denied_state_secret": "（三）不予公开",
    "unable_not_held": "（四）无法提供",
    "not_processed_petition": "（五）不予处理",
    "other_processing_no_correction": "（六）其他处理",
}
FULL = {"new_received", "granted", "results_total"}
VALUES = ["12", "3", "", "", "1", "", "16"]
BLANK = ["", "", "", "", "", "", "0"]
LAYOUTS = {
    "flex": ('<div class="t">', '<div style="display:flex">', '<div style="flex:1">', "</div>", "</div>", "</div>"),
    "bootstrap": ("<div>\n", '<div class="row">\n', '<div class="col-md-1">', "</div>\n", "</div>\n", "</div>\n"),
    "paragraphs": ("<div>", '<div class="tr">', '<div class="td"><p>', "</p></div>", "</div>", "</div>"),
    "lists": ("<div>", "<ul>", "<li>", "</li>", "</ul>", "</div>"),
    "table_cells": (
        '<div style="display:table">',
        '<div style="display:table-row">',
        '<span style="display:table-cell">',
        "</span>",
        "</div>",
        "</div>",
    ),
    "cell_class": ("<ul>", '<li class="line">', '<span class="cell">', "</span>", "</li>", "</ul>"),
}


def page(layout: str, foot: str = "") -> bytes:
    """A report with the table of applications, made of boxes; groups stand in the first of their rows only."""
    table, row, cell, cell_end, row_end, table_end = LAYOUTS[layout]
    printed = list(HEADS)
    for each in TABLE.rows:
        group = [GROUPS[each.key]] if each.key in GROUPS else []
        printed.append([*group, each.labels[0], *(VALUES if each.key in FULL else BLANK)])
    body = "".join(row + "".join(f"{cell}{text}{cell_end}" for text in line) + row_end for line in printed)
    return (
        "<html><body><div id=top><ul><li><a href=/>首页</a></li><li><a href=/x>公开</a></li></ul></div>"
        "<h1>青禾县2022年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>全年主动公开政府信息1204条。</p>"
        f"<p>三、收到和处理政府信息公开申请情况</p>{table}{body}{table_end}<p>五、存在的主要问题及改进情况</p>{foot}"
        "</body></html>"
    ).encode()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_tables_of_boxes_have_their_empty_cells(layout: str) -> None:
    cells = {cell.key: cell for cell in parse([Source(page(layout))]).cells}
    for row in TABLE.rows:
        for column, printed in zip(COLUMNS, VALUES if row.key in FULL else BLANK, strict=True):
            cell = cells["applications", row.key, column]
            expected = (int(printed), State.NUMBER) if printed else (None, State.BLANK)
            assert (cell.value, cell.state) == expected, (row.key, column)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_their_figures_have_places_in_the_text_of_their_row(layout: str) -> None:
    body = page(layout)
    tree = tree_of(body.decode())
    texts = {element.xpath_path(): element.text for element in tree.select("*")}
    figures = [cell for cell in parse([Source(body)]).cells if cell.state is State.NUMBER]
    assert len(figures) == len(FULL) * 4 + len(TABLE.rows) - len(FULL)
    for cell in figures:
        place = cell.evidence
        assert texts[str(place["path"])][int(str(place["start"])) : int(str(place["end"]))] == cell.raw


def test_a_calendar_beside_them_changes_nothing() -> None:
    days = "".join(f"<tr>{''.join(f'<td>{7 * week + day}</td>' for day in range(7))}</tr>" for week in range(5))
    cells = parse([Source(page("flex", f"<table>{days}</table>"))]).cells
    assert {cell.value for cell in cells if cell.row == "new_received"} == {12, 3, 1, 16, None}


def test_lists_without_figures_are_no_tables() -> None:
    rows = "".join(f"<div><div>第{one}项工作</div><div>责任单位{one}</div></div>" for one in "一二三四五六七八九")
    figures = "".join(f"<p>{number}</p>" for number in range(9))
    document = read(f"<html><body><div>{rows}</div>{figures}</body></html>".encode(), Context())
    assert not any(isinstance(block, Line) for block in document.blocks)
