"""Annexes of 2008-2018 whose rows are counted by running numbers (序号, 行次, 代码), as grids and flattened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.report import State

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "青禾市2016年政府信息公开工作年度报告"
PROSE = "一、概述\n年内各级各部门按照条例的要求主动公开政府信息，均已按期答复，未收取费用，具体数据见附表。"
HEAD = ["统计指标", "单位", "统计数"]
ROWS = [  # titles have a number too, and no figure
    ["三、依申请公开情况", "", ""],
    ["（一）收到申请数", "件", "41"],
    ["1.当面申请数", "件", "5"],
    ["2.传真申请数", "件", "0"],
    ["3.网络申请数", "件", "29"],
    ["4.信函申请数", "件", "7"],
    ["（二）申请办结数", "件", "41"],
    ["1.按时办结数", "件", "40"],
    ["2.延期办结数", "件", "1"],
    ["（三）申请答复数", "件", "41"],
    ["1.属于已主动公开范围数", "件", "3"],
    ["2.同意公开答复数", "件", "38"],
    ["3.同意部分公开答复数", "件", "0"],
    ["八、机构建设和保障经费情况", "", ""],
    ["（一）政府信息公开工作专门机构数", "个", "16"],
    ["（二）设置政府信息公开查阅点数", "个", "17"],
    ["（三）从事政府信息公开工作人员数", "人", "6"],
]
FIGURES = {
    "requests_received": 41,
    "requests_in_person": 5,
    "requests_fax": 0,
    "requests_online": 29,
    "requests_letter": 7,
    "requests_closed": 41,
    "requests_closed_on_time": 40,
    "requests_closed_extended": 1,
    "replies_total": 41,
    "reply_already_public": 3,
    "reply_granted": 38,
    "reply_partially_granted": 0,
    "dedicated_offices": 16,
    "reading_points": 17,
    "staff_total": 6,
}
SHAPES: dict[str, Callable[[list[list[str]]], str]] = {
    "a cell a line": lambda rows: "\n".join(cell for row in rows for cell in row if cell),
    "a row a line": lambda rows: "\n".join(" ".join(cell for cell in row if cell) for row in rows),
    "one line": lambda rows: " ".join(cell for row in rows for cell in row if cell),
    "one line with bars": lambda rows: " | ".join(cell for row in rows for cell in row),
    "tabs": lambda rows: "\n".join("\t".join(row) for row in rows),
    "bars": lambda rows: "\n".join("|".join(row) for row in rows),
}
PLACES = {"before the label": 0, "behind the label": 1, "behind the unit": 2, "behind the figure": 3}
NUMBERS: dict[str, Callable[[int], str]] = {
    "1": str,
    "01": "{:02d}".format,
    "A01": "A{:02d}".format,
    "with gaps": lambda row: str(row + row // 6),
    "anew": lambda row: str(row if row < 10 else row - 9),
}


def annex(place: int, number: Callable[[int], str]) -> list[list[str]]:
    rows = [[*HEAD[:place], "序号", *HEAD[place:]]]
    return rows + [[*row[:place], number(at), *row[place:]] for at, row in enumerate(ROWS, 1)]


def figures(text: str) -> dict[str, float | None]:
    report = parse([Source(f"{TITLE}\n{PROSE}\n二、附表\n{text}\n".encode())])
    return {cell.row: cell.value for cell in report.cells if cell.state is State.NUMBER}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("place", PLACES)
def test_running_numbers_beside_the_labels_are_no_figures(place: str, shape: str) -> None:
    assert figures(SHAPES[shape](annex(PLACES[place], str))) == FIGURES


@pytest.mark.parametrize("shape", ["a cell a line", "a row a line"])
@pytest.mark.parametrize("number", NUMBERS)
def test_running_numbers_may_skip_begin_anew_and_have_letters(number: str, shape: str) -> None:
    assert figures(SHAPES[shape](annex(0, NUMBERS[number]))) == FIGURES


@pytest.mark.parametrize("shape", ["a cell a line", "tabs", "bars"])
@pytest.mark.parametrize("place", PLACES)
def test_no_heading_is_needed_to_tell_running_numbers(place: str, shape: str) -> None:
    assert figures(SHAPES[shape](annex(PLACES[place], str)[1:])) == FIGURES


def test_a_lost_figure_is_no_running_number() -> None:
    lost = [row if row[1] != "1.当面申请数" else row[:-1] for row in annex(0, str)]
    found = figures(SHAPES["one line"](lost))
    assert found == {row: value for row, value in FIGURES.items() if row != "requests_in_person"}


def test_figures_that_rise_by_one_now_and_then_are_figures() -> None:
    rows = [[*row[:2], str(at) if row[2] else ""] for at, row in enumerate(ROWS)]
    some = [row if at % 3 else [*row[:2], row[2] and "0"] for at, row in enumerate(rows)]
    printed = [int(row[2]) for row in some if row[2]]
    assert list(figures(SHAPES["a cell a line"]([HEAD, *some])).values()) == printed


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "a row a line"])  # which is not taken apart
@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("rows", [ROWS[1:13], [*ROWS[1:13], *ROWS[14:]]])
def test_two_blocks_side_by_side_have_a_running_number_each(rows: list[list[str]], shape: str, *, anew: bool) -> None:
    half = (len(rows) + 1) // 2
    block = [["序号", *HEAD], *([str(at), *row] for at, row in enumerate(rows, 1))]
    right = [block[0], *([str(at + (0 if anew else half)), *row] for at, row in enumerate(rows[half:], 1))]
    beside = [[*one, *other] for one, other in zip(block, [*right, [""] * 4], strict=False)][: half + 1]
    printed = figures(SHAPES[shape](beside))
    assert printed == {key: figure for key, figure in FIGURES.items() if key in printed}
    assert len(printed) == len(rows)


SMALL_FIGURES = """制作、获取的政府信息总数 条 0 0
其中：1.主动公开信息数 条 1 1
2.依申请公开文件数 条 0 1
3.不予公开数 条 2 30
受理政府信息公开申请总数 条 0 2
其中：1.当面申请数 条 4 5
2.电子邮件申请数 条 1 2
3.网上申请数 条 0 0
4.信函申请数 条 0 61340
对申请的答复总数 条 0 0
其中：1.同意公开答复数 条 0 1
2.同意部分公开答复数 条 1 3
3.不予公开答复数 条 4 6
4.其他类型答复数 条 0 1
受理政府信息公开咨询数 件 0 7
政府信息公开收费减免金额 元 0 60604
接受行政申诉、举报数 件 0 31
行政复议数 件 0 1
行政诉讼数 件 0 4"""


def test_small_figures_that_rise_by_turns_are_no_numbers_of_rows() -> None:
    rows = [line.split(" ") for line in ("指标名称 计量单位 2014年度 历年累计\n" + SMALL_FIGURES).splitlines()]
    table = "".join(f"<tr>{''.join(f'<td>{field}</td>' for field in row)}</tr>" for row in rows)
    page = f"<p>甲县水务局2014年政府信息公开工作年度报告</p><p>附表 政府信息公开情况统计表</p><table>{table}</table>"
    cells = [cell for cell in parse([Source(page.encode(), "a.html")]).cells if cell.state is not State.ABSENT]
    assert [str(cell.value) for cell in cells] == [figure for row in rows[1:] for figure in row[2:]]
