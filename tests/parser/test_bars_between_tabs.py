"""Rows written with bars whose lines were joined and which tabs part too: a bar is no figure that cannot be read."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.lines import fields_of
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


def _applications(cells: list[str], parted: str) -> str:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(table for table in form.tables if table.key == "applications")
    rows = [parted.join((row.labels[0], *cells)) for row in table.rows]
    title = "松河县水利局2022年政府信息公开工作年度报告"
    return "\n".join([title, "一、总体情况", "三、收到和处理政府信息公开申请情况", *rows, "五、存在的主要问题"])


@pytest.mark.parametrize("parted", ["\t", "\n"])
@pytest.mark.parametrize("misread", ["3|", "|3", "|", "丨3", "3丨"])
def test_a_bar_at_a_figure_is_no_bar_in_a_text_that_has_no_others(misread: str, parted: str) -> None:
    plain = _applications(["2", "0", "1", "0", "0", "0", "3"], parted)
    at = plain.index(parted.join(["0", "3"])) + 1 + len(parted)
    report = parse([Source((plain[:at] + misread + plain[at + 1 :]).encode())])
    row = [cell for cell in report.cells if cell.row == "new_received"]
    assert row[-1].state not in {State.NUMBER, State.BLANK}
    assert all(cell.value == figure for cell, figure in zip(row[:-1], (2, 0, 1, 0, 0, 0), strict=True) if cell.value)
    others = [cell.value for cell in report.cells if cell.row == "results_total"]
    assert others == [2, 0, 1, 0, 0, 0, 3]


def test_tabs_in_an_empty_cell_between_bars_part_nothing() -> None:
    """They were taken for the edges of cells, and the figure behind them for one of another column."""
    assert [field.text for field in fields_of("| 行政复议数 | 件 |  \t\t\t | 12 | ", 0)] == [
        "行政复议数",
        "件",
        "",
        "12",
    ]


def test_a_tab_between_two_tables_side_by_side_parts_them() -> None:
    assert [field.text for field in fields_of("| 甲 | 5 |\t| 乙 | 6 |", 0)] == ["| 甲 | 5 |", "| 乙 | 6 |"]
