"""A whole report as a PDF: every figure comes out, and where one digit moves, one cell moves."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from pdf_writer import Sheet, pdf
from test_tables import figures, form

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import State, Status

if TYPE_CHECKING:
    from gicrawl.parser.forms import Form, Table
    from gicrawl.parser.report import Key, Report

LEFT, RIGHT, SIZE = 60.0, 540.0, 8
Cells = list[tuple[int, int, int, int, str]]


def wrapped(text: str, width: float) -> str:
    fits = int((width - 4) // SIZE)
    return "\n".join(text[at : at + fits] for at in range(0, len(text), fits))


def evenly(start: float, count: int) -> list[float]:
    return [start + (RIGHT - start) * at / count for at in range(count + 1)]


def small(table: Table, shown: dict[Key, str]) -> tuple[list[float], Cells]:
    xs = [LEFT, *evenly(200, len(table.columns))]
    cells: Cells = [(0, 0, 1, len(xs) - 1, table.headers[0]), (1, 0, 1, 1, "信息内容")]
    cells += [(1, at, 1, 1, column.labels[0]) for at, column in enumerate(table.columns, 1)]
    for number, row in enumerate(table.rows, 2):
        cells.append((number, 0, 1, 1, row.labels[0]))
        cells += [(number, at, 1, 1, shown[table.key, row.key, c.key]) for at, c in enumerate(table.columns, 1)]
    return xs, cells


def applications(table: Table, shown: dict[Key, str], first: int, last: int) -> Cells:
    """Rows `first` to `last` of the big table; its head only where the first row is among them."""
    cells: Cells = []
    top = 0
    if first == 0:
        cells += [(0, 0, 3, 2, wrapped("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 190))]
        cells += [
            (0, 2, 1, 7, "申请人情况"),
            (1, 2, 2, 1, "自然人"),
            (1, 3, 1, 5, "法人或其他组织"),
            (1, 8, 2, 1, "总计"),
        ]
        cells += [(2, 3 + at, 1, 1, wrapped(c.labels[0], 40)) for at, c in enumerate(table.columns[1:-1])]
        top = 3
    grouped = [at for at in range(first, last) if 2 <= at < len(table.rows) - 1]
    cells.append((top + grouped[0] - first, 0, len(grouped), 1, "\n".join("三本年度办理结果") if first == 0 else ""))
    for at in range(first, last):
        row, number = table.rows[at], top + at - first
        label = (number, 1, 1, 1) if at in grouped else (number, 0, 1, 2)
        cells.append((*label, wrapped(row.labels[0], 150)))
        cells += [(number, 2 + c, 1, 1, shown[table.key, row.key, x.key]) for c, x in enumerate(table.columns)]
    return cells


def blocks(table: Table, shown: dict[Key, str]) -> Cells:
    width = len(table.columns)
    cells: Cells = [(0, 0, 1, width, "行政复议"), (0, width, 1, 2 * width, "行政诉讼")]
    cells += [(1, width, 1, width, "未经复议直接起诉"), (1, 2 * width, 1, width, "复议后起诉")]
    for block, row in enumerate(table.rows):
        for at, column in enumerate(table.columns):
            head = (1, at, 2, 1) if block == 0 else (2, block * width + at, 1, 1)
            cells.append((*head, wrapped(column.labels[0], 32)))
            cells.append((3, block * width + at, 1, 1, shown[table.key, row.key, column.key]))
    return cells


def height(cells: Cells, row: int) -> float:
    return 6.0 + (SIZE + 2) * max(text.count("\n") + 1 for r, _, down, _, text in cells if r == row and down == 1)


def edges(top: float, cells: Cells) -> list[float]:
    ys = [top]
    for row in range(max(r + down for r, _, down, _, _ in cells)):
        ys.append(ys[-1] + height(cells, row))
    return ys


def report(of: Form, values: dict[Key, int | None], broken_after: int) -> bytes:
    sheets = [Sheet() for _ in range(4)]
    draw(sheets, of, values, broken_after)
    return pdf(*sheets)


def draw(sheets: list[Sheet], of: Form, values: dict[Key, int | None], broken_after: int) -> None:
    """Draw a report on four sheets, whatever file is made of them."""
    shown = {key: "" if value is None else str(value) for key, value in values.items()}
    first, second, third, fourth = sheets
    for number, sheet in enumerate(sheets, 1):
        sheet.text(290, 822, f"- {number} -", 9)
    first.text(80, 60, "虚构县人民政府2023年政府信息公开工作年度报告", 18)
    first.text(92, 100, "一、总体情况", 12)
    first.text(92, 130, "二、主动公开政府信息情况", 12)
    y = 150.0
    for table in of.tables:
        if table.key.startswith("art20"):
            xs, cells = small(table, shown)
            ys = edges(y, cells)
            first.table(xs, ys, cells, size=SIZE, bars=True)
            y = ys[-1]
    table = of.table("applications")
    second.text(92, 60, "三、收到和处理政府信息公开申请情况", 12)
    xs = [LEFT, 80.0, *evenly(250, len(table.columns))]
    for sheet, top, rows in ((second, 80.0, (0, broken_after)), (third, 50.0, (broken_after, len(table.rows)))):
        cells = applications(table, shown, *rows)
        sheet.table(xs, edges(top, cells), cells, size=SIZE)
    fourth.text(92, 60, "四、政府信息公开行政复议、行政诉讼情况", 12)
    table = of.table("review_litigation")
    cells = blocks(table, shown)
    fourth.table(evenly(LEFT, 3 * len(table.columns)), edges(80, cells), cells, size=SIZE)
    fourth.text(92, 300, "五、存在的主要问题及改进情况", 12)


def read(body: bytes) -> Report:
    found = parse([Source(body)])
    assert found.identity.status is Status.REPORT
    assert found.identity.year == 2023
    return found


@pytest.mark.parametrize(("seed", "broken_after"), [(1, 5), (2, 12), (3, 20)])
def test_every_figure_comes_out_wherever_the_page_breaks(seed: int, broken_after: int) -> None:
    of = form("form2021")
    values = figures(of, seed)
    found = read(report(of, dict(values), broken_after))
    assert {cell.key: cell.value for cell in found.cells} == values
    assert all(cell.evidence["page"] in range(1, 5) for cell in found.cells)
    places = [(cell.evidence["page"], tuple(cell.evidence["box"])) for cell in found.cells]
    assert len(set(places)) == len(places)


def test_blank_cells_are_blank() -> None:
    of = form("form2021")
    chance = random.Random(8)
    values = {key: None if chance.random() < 0.3 else value for key, value in figures(of, 4).items()}
    found = read(report(of, values, 9))
    assert all(cell.state in {State.NUMBER, State.BLANK} for cell in found.cells)
    assert {cell.key: cell.value for cell in found.cells} == values


def test_a_digit_that_moves_moves_its_cell_and_no_other() -> None:
    of = form("form2021")
    values = figures(of, 5)
    before = {cell.key: cell.value for cell in read(report(of, dict(values), 10)).cells}
    chance = random.Random(6)
    for key in chance.sample(sorted(values), 25):
        printed = str(values[key])
        at = chance.randrange(len(printed))
        changed = printed[:at] + str((int(printed[at]) + chance.randrange(1, 9)) % 10 or 1) + printed[at + 1 :]
        if changed == printed:
            continue
        after = {cell.key: cell.value for cell in read(report(of, values | {key: int(changed)}, 10)).cells}
        assert after == before | {key: int(changed)}
