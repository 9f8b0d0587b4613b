"""Tables with far more columns than any form: which of their fields are no cells cannot be tried out."""

from __future__ import annotations

import time

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.report import State

SECONDS = 10.0
"""Processor time; the page takes a fraction of one second."""


def applications(figures: str) -> bytes:
    """A page whose rows all show the same cells."""
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = "".join(f"<tr><td>{row.labels[0]}</td>{figures}</tr>" for row in table.rows)
    title = "<meta charset=utf-8><h1>云岭县2021年政府信息公开工作年度报告</h1>"
    return (title + f"<p>三、收到和处理政府信息公开申请情况</p><table>{rows}</table>").encode()


def test_a_table_of_a_thousand_blank_columns_is_left_open_at_once() -> None:
    began = time.process_time()
    cells = parse([Source(applications("<td></td>" * 600 + "<td>3</td>" + "<td></td>" * 600))]).cells
    assert time.process_time() - began < SECONDS
    assert cells
    assert {cell.state for cell in cells} <= {State.UNREAD, State.AMBIGUOUS, State.ABSENT}


def test_blanks_of_which_too_many_may_be_none_leave_a_row_open() -> None:
    figures = "<td>5</td>" + "<td></td>" * 20 + "<td>5</td>"
    cells = parse([Source(applications(figures))]).cells
    surely = [cell for cell in cells if cell.state in {State.NUMBER, State.BLANK} and cell.confidence >= 0.9]
    assert surely == []


def test_small_tables_printed_twice_with_other_figures_are_nobodys() -> None:
    """Which of them is the report's nothing says."""

    def printed(figure: int) -> str:
        table = "<tr><td colspan=2>第二十条第（五）项</td></tr><tr><td>信息内容</td><td>本年处理决定数量</td></tr>"
        names = "".join(f"<td>{name}</td>" for name in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
        blocks = "<tr><td colspan=5>行政复议</td><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
        values = "".join(f"<td>{figure}</td>" for _ in range(15))
        return (
            f"<table>{table}<tr><td>行政许可</td><td>{figure}</td></tr></table>"
            f"<table>{blocks}<tr>{names * 3}</tr><tr>{values}</tr></table>"
        )

    page = f"<h1>甲县2022年政府信息公开工作年度报告</h1><p>二、主动公开</p>{printed(7)}<p>另表</p>{printed(9)}"
    cells = {cell.key: cell for cell in parse([Source(page.encode())]).cells}
    assert cells["art20_5", "administrative_licensing", "decisions"].state.value == "ambiguous"
    assert cells["review_litigation", "review", "upheld"].state.value == "ambiguous"
    same = page.replace(">9<", ">7<")
    cells = {cell.key: cell for cell in parse([Source(same.encode())]).cells}
    assert cells["art20_5", "administrative_licensing", "decisions"].value == 7
