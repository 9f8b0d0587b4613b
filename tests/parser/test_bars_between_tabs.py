"""Rows written with bars whose lines were joined and which tabs part too: a bar is no figure that cannot be read."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Cell, State

TITLE = "青禾县水利局2023年政府信息公开工作年度报告"
HEAD = "申请人情况 | 自然 | 人 | 法人或其他组织 | 总 | 计 | 商业 | 企业 | 科研 | 机构 | 社会公益组织 | 其 | 他"
FORM = next(form for form in load_forms() if form.id == "form2021")
LABELS = [row.labels[0] for row in FORM.table("applications").rows]


def cells(figures: str) -> list[Cell]:
    rows = " | ".join(f"{label} | {figures}" for label in LABELS)
    part = f"三、收到和处理政府信息公开申请情况\n\t{HEAD} | {rows}"
    report = parse([Source(f"{TITLE}\n一、总体情况\n{part}\n四、政府信息公开行政复议、行政诉讼情况".encode())])
    return [cell for cell in report.cells if cell.table == "applications"]


def test_two_figures_of_a_row_of_seven_have_no_place() -> None:
    """They had the second and the fourth column: the bars between them were taken for cells that cannot be read."""
    found = cells("26 | 26")
    assert {cell.state for cell in found if cell.column != "total"} == {State.AMBIGUOUS}
    assert {cell.value for cell in found if cell.column == "total"} == {26}  # the last of two that are equal


@pytest.mark.parametrize("shift", [0, 1, 10])
def test_seven_figures_between_bars_are_a_row(shift: int) -> None:
    row = [11 + shift, 2, 3, 4, 5, 6, 31 + shift]
    found = cells(" | ".join(map(str, row)))
    assert [cell.value for cell in found] == row * len(LABELS)
