"""The table of applications turned by a quarter, and cut in its width: the same cells, each with its own place."""

from __future__ import annotations

import pytest

from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.report import Report, State

TITLE = "云岭县人民政府2023年政府信息公开工作年度报告"
FORM = next(form for form in load_forms() if form.id == "form2021")
TABLE = next(one for one in FORM.tables if one.key == "applications")
HEADS = [column.labels[0] for column in TABLE.columns]
FIGURES = [[7 * row + column for column in range(7)] for row in range(len(TABLE.rows))]


def grid() -> list[list[str]]:
    """Headings, and a row of the form each."""
    body = [[row.labels[0], *map(str, figures)] for row, figures in zip(TABLE.rows, FIGURES, strict=True)]
    return [["申请人情况", *HEADS], *body]


def drawn(rows: list[list[str]]) -> str:
    return "<table>" + "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows) + "</table>"


def read(*pieces: str) -> Report:
    page = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{''.join(pieces)}</body></html>"
    return parse([Source(page.encode())])


def figures(report: Report) -> list[list[float | None]]:
    cells = {cell.key: cell.value for cell in report.cells}
    return [[cells["applications", row.key, column.key] for column in TABLE.columns] for row in TABLE.rows]


def test_a_table_turned_by_a_quarter_is_read_as_the_form_has_it() -> None:
    turned = [list(column) for column in zip(*grid(), strict=True)]
    report = read("<p>三、收到和处理政府信息公开申请情况</p>", drawn(turned))
    assert figures(report) == FIGURES
    places = {str(cell.evidence["path"]) for cell in report.cells if cell.table == "applications"}
    assert len(places) == 7 * len(TABLE.rows)


@pytest.mark.parametrize("cut", [2, 4, 6])
def test_pieces_of_a_table_that_repeat_its_labels_are_one(cut: int) -> None:
    left = [row[: 1 + cut] for row in grid()]
    right = [row[:1] + row[1 + cut :] for row in grid()]
    report = read("<p>三、收到和处理政府信息公开申请情况</p>", drawn(left), "<p>（续表）</p>", drawn(right))
    assert figures(report) == FIGURES
    assert "table_twice" not in {problem.code for problem in report.problems}


def test_a_second_table_with_the_same_columns_is_no_piece_of_the_first() -> None:
    other = [[str(int(text) + 500) if text.isdigit() else text for text in row] for row in grid()]
    report = read("<p>三、收到和处理政府信息公开申请情况</p>", drawn(grid()), "<p>续表</p>", drawn(other))
    assert {cell.state for cell in report.cells if cell.table == "applications"} == {State.AMBIGUOUS}


def test_labels_and_figures_of_which_no_table_could_be_made_are_unread() -> None:
    lines = "".join(f"<p>{name[:5]}　　{number}</p>" for number, name in enumerate(HEADS))
    report = read("<p>三、收到和处理政府信息公开申请情况</p>", lines, "<p>四、政府信息公开行政复议、行政诉讼情况</p>")
    assert {cell.state for cell in report.cells if cell.table == "applications"} == {State.UNREAD}
    assert ("table_unread", (("table", "applications"),)) in {(one.code, one.fields) for one in report.problems}


def test_small_tables_side_by_side_in_one_are_read_each_by_itself() -> None:
    """The left one has a row more than the right one, whose cells beside it are empty and of no row."""
    head = "<td>信息内容</td><td>上一年项目数量</td>"
    rows = [
        "<td colspan=4>第二十条第（六）项</td><td colspan=4>第二十条第（八）项</td>",
        f"{head}<td>本年增/减</td><td>处理决定数量</td>{head}<td colspan=2>本年增/减</td>",
        "<td>行政处罚</td><td>0</td><td>0</td><td>0</td><td>行政事业性收费</td><td>25</td><td colspan=2>0</td>",
        "<td>行政强制</td><td>2</td><td>+30</td><td>266</td><td></td><td></td><td></td><td></td>",
    ]
    both = f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    report = read("<p>二、主动公开政府信息情况</p>", both)
    found = {cell.key[1:]: cell.value for cell in report.cells if cell.table in {"art20_6", "art20_8"}}
    fees = found.pop(("administrative_fees", "items_last_year")), found.pop(("administrative_fees", "items_change"))
    assert fees == (25, 0)
    assert list(found.values()) == [0, 0, 0, 2, 30, 266]
