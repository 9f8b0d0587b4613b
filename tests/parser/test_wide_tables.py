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
