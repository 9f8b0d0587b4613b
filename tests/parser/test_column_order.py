"""Part 三 with its columns in another order than the form's."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import State

FORM = next(form for form in load_forms() if form.id == "form2021")
TABLE = next(table for table in FORM.tables if table.key == "applications")
COLUMNS = [column.key for column in TABLE.columns]
NAMES = {column.key: column.labels[0] for column in TABLE.columns}
OTHERS = [key for key in COLUMNS if key != "total"]


def true(row: int) -> dict[str, int]:
    parts = {key: (row * 7 + at * 5) % 11 for at, key in enumerate(OTHERS)}
    return parts | {"total": sum(parts.values())}


def lines(order: list[str]) -> list[list[str]]:
    head = ["", *(NAMES[key] for key in order)]
    rows = [[row.labels[0], *(str(true(at)[key]) for key in order)] for at, row in enumerate(TABLE.rows)]
    return [head, *rows]


def wrong(text: str) -> list[tuple[str, str]]:
    """Cells given with another number than the true one."""
    report = parse(
        [Source(f"云岭县2021年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n{text}".encode())]
    )
    rows = {row.key: true(at) for at, row in enumerate(TABLE.rows)}
    numbers = [cell for cell in report.cells if cell.table == "applications" and cell.state is State.NUMBER]
    assert len(numbers) > len(TABLE.rows) * 2
    return [(cell.row, cell.column) for cell in numbers if cell.value != rows[cell.row][cell.column]]


@pytest.mark.parametrize("order", [["total", *OTHERS], [OTHERS[0], OTHERS[2], OTHERS[1], *OTHERS[3:], "total"]])
def test_figures_under_headings_in_another_order_are_read_by_them_or_left_open(order: list[str]) -> None:
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines(order))
    assert wrong(f'<meta charset="utf-8"><table>{table}</table>') == []
    head, *rows = lines(order)
    above = [head[1 + order.index("total")], *(name for name in head[1:] if name != NAMES["total"])]
    flowing = ["\t".join(above[:1]), "\t".join(above[1:]), *("\t".join(row) for row in rows)]
    assert wrong("\n".join(flowing)) == []


def test_the_total_before_a_first_heading_that_is_broken_over_two_lines_is_in_its_column() -> None:
    _, *rows = lines(["total", *OTHERS])
    heads = [["总计", "自然", "法人或其他组织"], ["人"], [NAMES[key] for key in OTHERS[1:]]]
    flowing = [*(" ".join(line) for line in heads), *("\t".join(row) for row in rows)]
    assert wrong("\n".join(flowing)) == []


def merged(corner: int, organisations: int, applicants: int = 7) -> str:
    """A page's header of three rows, the rows of its corner and the columns of two merged cells as told."""
    names = "".join(f"<td>{NAMES[key]}</td>" for key in OTHERS[1:])
    body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>" for line in lines(COLUMNS)[1:])
    return (
        f"<tr><td rowspan={corner}>项目</td><td colspan={applicants}>申请人情况</td></tr><tr><td rowspan=2>自然人</td>"
        f"<td colspan={organisations}>法人或其他组织</td><td rowspan=2>总计</td></tr><tr>{names}</tr>{body}"
    )


@pytest.mark.parametrize("table", [merged(3, 5), merged(3, 4), merged(3, 3), merged(2, 5), merged(3, 4, 8)])
def test_a_head_merged_over_too_little_moves_no_figure(table: str) -> None:
    page = f"<meta charset=utf-8><h1>云岭县2021年政府信息公开工作年度报告</h1><table>{table}</table>"
    cells = {(cell.row, cell.column): cell for cell in parse([Source(page.encode())]).cells}
    for at, row in enumerate(TABLE.rows):
        assert {key: cells[row.key, key].value for key in COLUMNS} == true(at)
        assert all(cells[row.key, key].confidence >= 0.9 for key in COLUMNS)


def test_a_head_merged_over_too_little_and_printed_in_each_of_its_places_moves_no_figure() -> None:
    names = [NAMES[key] for key in OTHERS]
    heads = [
        ["项目", *["申请人情况"] * 7],
        ["项目", names[0], *["法人或其他组织"] * 4, "总计", ""],
        ["项目", *names[:5], "总计", names[5]],
    ]
    body = [[row.labels[0], *(str(true(at)[key]) for key in COLUMNS)] for at, row in enumerate(TABLE.rows)]
    text = ["| " + " | ".join(line) + " |" for line in [*heads, *body]]
    assert wrong("\n".join([text[0], "|" + " --- |" * 8, *text[1:]])) == []


def test_a_label_beside_two_rows_that_differ_is_of_neither() -> None:
    body = lines(COLUMNS)
    body[2][0] = body[1][0]  # 本年新收 again, where 上年结转 should stand
    table = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>" for line in body)
    page = f"<meta charset=utf-8><h1>云岭县2021年政府信息公开工作年度报告</h1><table>{table}</table>"
    given = [cell for cell in parse([Source(page.encode())]).cells if cell.state is State.NUMBER]
    assert {cell.row for cell in given} == {row.key for row in TABLE.rows} - {"new_received", "carried_in"}
