"""Rows of flattened tables of which nothing is printed but the label."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source

HEAD = (
    "甲县财政局2022年政府信息公开工作年度报告\n二、主动公开政府信息情况\n第二十条第（一）项\n"
    "信息内容 本年制发件数 本年废止件数 现行有效件数\n"
)


def _states(rows: str, row: str) -> set[str]:
    cells = parse([Source((HEAD + rows).encode())]).cells
    return {cell.state.value for cell in cells if (cell.table, cell.row) == ("art20_1", row)}


@pytest.mark.parametrize(
    ("rows", "row"),
    [("规章\n行政规范性文件 1 2 3\n", "regulations"), ("规章 4 5 6\n行政规范性文件\n", "normative_documents")],
)
def test_a_label_alone_is_a_row_of_blanks_where_all_values_stand_behind_labels_of_their_own(
    rows: str, row: str
) -> None:
    assert _states(rows, row) == {"blank"}


def test_a_label_alone_says_nothing_where_values_stand_behind_other_words() -> None:
    assert _states("规章\n件数如下 1 2 3\n行政规范性文件\n", "regulations") == {"unread"}
