"""Rows of flattened tables of which nothing is printed but the label."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms

HEAD = (
    "甲县财政局2022年政府信息公开工作年度报告\n二、主动公开政府信息情况\n第二十条第（一）项\n"
    "信息内容 本年制发件数 本年废止件数 现行有效件数\n"
)


def _states(rows: str, row: str, behind: str = "2023年1月8日\n") -> set[str]:
    cells = parse([Source((HEAD + rows + behind).encode())]).cells
    return {cell.state.value for cell in cells if (cell.table, cell.row) == ("art20_1", row)}


@pytest.mark.parametrize(
    ("rows", "row"),
    [("规章\n行政规范性文件 1 2 3\n", "regulations"), ("规章 4 5 6\n行政规范性文件\n", "normative_documents")],
)
def test_a_label_alone_is_a_row_of_blanks_where_all_values_stand_behind_labels_of_their_own(
    rows: str, row: str
) -> None:
    assert _states(rows, row) == {"blank"}


def test_a_label_that_ends_a_text_may_have_lost_its_values() -> None:
    assert _states("规章 4 5 6\n行政规范性文件", "normative_documents", "") == {"unread"}


def test_a_label_alone_says_nothing_where_values_stand_behind_other_words() -> None:
    assert _states("规章\n件数如下 1 2 3\n行政规范性文件\n", "regulations") == {"unread"}


@pytest.mark.parametrize("field", ["`4102`", "'4102", "（4102）", "“4102”"])
def test_a_field_of_signs_and_digits_is_illegible_and_the_empty_ones_beside_it_are_no_blank(field: str) -> None:
    lines = ["| 信息内容 | 本年处理决定数量 |  |", f"| 行政许可 | {field} |  |", "第二十条第（六）项"]
    text = "甲县财政局2022年政府信息公开工作年度报告\n第二十条第（五）项\n" + "\n".join(lines)
    cells = parse([Source(text.encode())]).cells
    assert [cell.state.value for cell in cells if cell.row == "administrative_licensing"] == ["illegible"]


@pytest.mark.parametrize("values", ["〇 〇 〇", "\t三\t三\t三"])
def test_words_or_noughts_beside_a_label_leave_no_row_of_blanks(values: str) -> None:
    assert "blank" not in _states(f"规章 {values}\n行政规范性文件 1 2 3\n", "regulations")


@pytest.mark.parametrize("mark", ["\t", "\t\t\t\t\t\t\t\t\n"])
def test_figures_beside_the_closing_quote_of_a_label_are_its_own(mark: str) -> None:
    labels = ["2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益", "5.属于三类内部事务信息"]
    labels += ["6.属于四类过程性信息", "7.属于行政执法案卷", "8.属于行政查询事项", "1.本机关不掌握相关政府信息"]
    lines = [f"{label}\t{at}\t0\t0\t0\t0\t0\t{at}" for at, label in enumerate(labels, 1)]
    lines[1] = lines[1].replace("”\t", f"{mark}”\t" if mark[1:] else "”\t")
    text = "甲县财政局2022年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n" + "\n".join(lines)
    cells = parse([Source(text.encode())]).cells
    row = [cell.value for cell in cells if cell.row == "denied_three_securities_one_stability"]
    assert row == [2, 0, 0, 0, 0, 0, 2]


@pytest.mark.parametrize("heads", ["行政复      诉讼", "行政复议    行政", "复议        诉"])
def test_the_last_row_takes_no_figures_of_the_part_below_it(heads: str) -> None:
    rows = [
        ("一、本年新收政府信息公开申请数量", "36           1                           4              19   60"),
        ("二、上年结转政府信息公开申请数量", "             3                1                               4"),
        ("三、本年度办理结果   （一）予以公开", "                                        2                 2"),
        ("                     （二）部分公开（区分处理的，只计这一情形，不计其他情形）", ""),
        ("                     （三）不予公开   1.属于国家秘密", ""),
        ("                                      2.其他法律行政法规禁止公开", ""),
        ("                                      3.危及“三安全一稳定”", "                                    7    7"),
    ]
    lines = [
        "甲县财政局2022年政府信息公开工作年度报告",
        "三、收到和处理政府信息公开申请情况",
        *(f"{label}{' ' * (100 - len(label.encode('gb18030')))}{values}" for label, values in rows),
        "四、结转下年度继续办理",
        "",
        "四、政府信息公开行政复议、行政诉讼情况",
        heads,
        "1                     4               5      2          1                 4    7",
    ]
    cells = parse([Source("\n".join(lines).encode())]).cells
    assert not [cell for cell in cells if cell.row == "carried_out" and cell.value is not None]


_PIPES = "| 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n| ---- | ---- | ---- | ---- |\n"


@pytest.mark.parametrize(
    "rows",
    [
        "|  | 4 | 5 | 6 |\n| 规章 |  |  |  |\n",
        "| 规章 |  |  |  |\n|  | 4 | 5 | 6 |\n",
        "|  | 4 | 5 | 6 |\n| 规章 |  |  |  |\n|  | 1 | 2 | 3 |\n| 行政规范性文件 |  |  |  |\n",
    ],
)
def test_a_label_beside_figures_in_a_row_without_words_is_no_row_of_blanks(rows: str) -> None:
    """Converters of PDF print a label in one row and its figures in another: it is no row of blanks."""
    text = HEAD[: HEAD.index("信息内容")] + _PIPES + rows + "第二十条第（五）项\n"
    cells = parse([Source(text.encode())]).cells
    states = {cell.state.value for cell in cells if (cell.table, cell.row) == ("art20_1", "regulations")}
    assert states
    assert "blank" not in states


def test_a_figure_on_a_line_of_its_own_may_be_that_of_an_empty_cell_beside_it() -> None:
    lines = ["|  | 信息内容 | 采购项目数量 |  | 采购总金额 |", "| - | - | - | - | - |", "38"]
    lines += ["|  | 政府集中采购 |  |  | 251000元 |"]
    text = "甲县财政局2020年政府信息公开工作年度报告\n第二十条第（九）项\n" + "\n".join(lines) + "\n三、收到和处理\n"
    found = {cell.column: cell.state.value for cell in parse([Source(text.encode())]).cells}
    assert found["procurement_items"] in {"ambiguous", "unread"}


def test_nothing_is_open_where_such_a_figure_stands_elsewhere() -> None:
    lines = ["| 信息内容 | 采购项目数量 | 采购总金额 |", "| - | - | - |", "| 政府集中采购 |  | 251000元 |"]
    text = "甲县财政局2020年政府信息公开工作年度报告\n第二十条第（九）项\n" + "\n".join(lines) + "\n三、收到和处理\n"
    found = {cell.column: cell.state.value for cell in parse([Source(text.encode())]).cells}
    assert found["procurement_items"] == "blank"


def test_the_number_of_a_page_opens_no_row_of_blanks_nor_a_whole_one_beside_it() -> None:
    head = "甲县财政局2022年政府信息公开工作年度报告\n第二十条第（五）项\n| 信息内容 | 本年处理决定数量 |\n| - | - |\n"
    text = f"{head}| 行政许可 | 77 |\n\n5\n\n第二十条第（一）项\n{_PIPES}| 规章 |  |  |  |\n\n6\n\n"
    cells = parse([Source(f"{text}| 行政规范性文件 | 1 | 2 | 3 |\n三、收到和处理\n".encode())]).cells
    states = {cell.row: cell.state.value for cell in cells if cell.table in {"art20_1", "art20_5"}}
    assert states == {"administrative_licensing": "number", "regulations": "blank", "normative_documents": "number"}


def test_rows_behind_a_page_that_lack_a_column_of_labels_are_not_those_of_the_columns_before() -> None:
    """Their lines are as long, because an empty cell stands at their end."""
    table = next(form for form in load_forms() if form.id == "form2021").table("applications")
    lines = ["甲县财政局2022年政府信息公开工作年度报告", "三、收到和处理政府信息公开申请情况"]
    for at, entry in enumerate(table.rows):
        if at < 16:
            lines.append(f"|  |  | {entry.labels[0]} | 1 | 0 | 0 | 0 | 0 | 0 | 1 |")
        else:
            figures = "|  | 12 |  |  |  |  | 12 |" if at == 18 else "| 1 | 0 | 0 | 0 | 0 | 0 | 1 |"
            lines.append(f"|  | {entry.labels[0]} {figures}  |")
    cells = parse([Source("\n".join([*lines, "四、行政复议"]).encode())]).cells
    read = [cell.value for cell in cells if cell.row == table.rows[18].key]
    assert read in ([None, 12, None, None, None, None, 12], [None] * 7)


def test_an_empty_cell_before_a_label_is_not_its_value_where_figures_stand_behind_it() -> None:
    table = "|||第二十条第|（五）项||\n|-|-|-|-|-|\n||信息内容||本年处理|决定数量|\n||行政许可||45|828|\n"
    text = f"甲县财政局2022年政府信息公开工作年度报告\n二、主动公开政府信息情况\n{table}三、收到和处理\n"
    states = {cell.row: cell.state.value for cell in parse([Source(text.encode())]).cells}
    assert states["administrative_licensing"] == "ambiguous"


def _pieces(row: str, pieces: list[str]) -> list[int | None]:
    """What is read of one row of table three that is printed in pieces, where all others are whole."""
    table = next(form for form in load_forms() if form.id == "form2021").table("applications")
    lines = ["甲县财政局2022年政府信息公开工作年度报告", "三、收到和处理政府信息公开申请情况"]
    for entry in table.rows:
        lines += pieces if entry.key == row else [f"{entry.labels[0]}    " + "   ".join("1000006")]
    cells = parse([Source("\n".join([*lines, "四、行政复议"]).encode())]).cells
    return [cell.value for cell in cells if cell.row == row]


def test_a_sign_that_begins_a_line_of_a_label_cut_into_characters_is_no_figure() -> None:
    pieces = [
        *"2申请人逾期未按收费通知要求缴纳费用",
        "、 0     39   0   0   0    39",
        *"行政机关不再处理其政府信息公开申请",
    ]
    assert _pieces("other_processing_fee_unpaid", pieces) == [None] * 6 + [39]  # six figures of seven


def test_numbers_broken_in_narrow_cells_leave_their_row_open() -> None:
    """The last digit of a long number stands in a line of its own, below the others."""
    pieces = ["2.其他", "法律", "         207                         207", "行政法      0   0   0    0    0"]
    pieces += ["         8                           8", "规禁", "止公", "开"]
    assert set(_pieces("denied_prohibited_by_law", pieces)) == {None}
