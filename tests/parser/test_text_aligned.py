"""Tables whose columns are places on the line: what stands below what decides which cell is empty."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Context, Line, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.readers.text import read
from gicrawl.parser.report import State

TERMINAL = """\
                              自然人   企业   机构   总计
一、本年新收申请数量              12      3      1     16
二、上年结转申请数量                      4      2      6
（一）予以公开                    10      7            17
（二）“不予公开”
（三）无法提供                     2             3      5
（四）其他                        10      7      3
四、结转下年度                     1      2      3      6
"""
"""As an editor shows it: wide characters take two places, curved quotation marks as well."""

CONVERTED = """\
      （一）予以公开                          4          40       28    1       1          2          76

      （二）部分公开（区分处理的，只计这一情形
      ，不计其他情形）                         2          7        1     4       34         9          57

            1.属于国家秘密                   4          7              7       2          2          22

            2.其他法律行政法规禁止公开                        2        1     2       1          7          13

            3.危及“三安全一稳定”               12         9              1       4          7          33

            4.保护第三方合法权益                4          1        7     7       38         1          58

            5.属于三类内部事务信息               2          1        28    1       23         7          62

            6.属于四类过程性信息                           4        7     1       1          1          14
"""
"""As pdftotext -layout wrote it: a place for each character, whatever its width, blank lines between."""

PACKED = """\
新收数量  1  2  3  6
结转数量  4  1  5
予以公开  5  2  4  11
不予公开  1  1  2
"""
"""Nothing but two blanks between values: which of four is missing stands nowhere."""


def rows(text: str) -> dict[str, list[str]]:
    blocks = read(text.encode(), Context()).blocks
    return {
        block.fields[0].text: [field.text for field in block.fields[1:]] for block in blocks if isinstance(block, Line)
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_gap_in_a_column_is_an_empty_cell(end: str) -> None:
    assert rows(TERMINAL.replace("\n", end)) == {
        "一、本年新收申请数量": ["12", "3", "1", "16"],
        "二、上年结转申请数量": ["", "4", "2", "6"],
        "（一）予以公开": ["10", "7", "", "17"],
        "（三）无法提供": ["2", "", "3", "5"],
        "（四）其他": ["10", "7", "3", ""],
        "四、结转下年度": ["1", "2", "3", "6"],
    }


def test_places_may_be_characters() -> None:
    found = rows(CONVERTED)
    assert found["1.属于国家秘密"] == ["4", "7", "", "7", "2", "2", "22"]
    assert found["2.其他法律行政法规禁止公开"] == ["", "2", "1", "2", "1", "7", "13"]
    assert found["，不计其他情形）"] == ["2", "7", "1", "4", "34", "9", "57"]


def test_values_at_one_distance_tell_no_columns() -> None:
    assert rows(PACKED) == {}


def test_no_two_cells_share_a_place_and_each_stands_where_it_says() -> None:
    fields = [
        field
        for block in read(TERMINAL.encode(), Context()).blocks
        if isinstance(block, Line)
        for field in block.fields
    ]
    assert all(TERMINAL[field.start : field.start + len(field.text)] == field.text for field in fields)
    assert len({field.start for field in fields}) == len(fields)


def test_a_table_below_another_has_columns_of_its_own() -> None:
    second = "甲类        1          2\n乙类                   3\n丙类        4         15\n丁类        6          7\n"
    text = f"{TERMINAL}\n四、行政复议情况\n\n{second}"
    found = rows(text)
    assert found["乙类"] == ["", "3"]
    assert found["（一）予以公开"] == ["10", "7", "", "17"]


HEADED = """\
信息内容               本年新制作数量   本年新公开数量   对外公开总数量
规章                                    4                11210
行政规范性文件         1                15535
"""
SIDE_BY_SIDE = """\
行政复议                                           行政诉讼
结果维持   结果纠正   其他结果   尚未审结   总计   未经复议直接起诉
                                                   结果维持           结果纠正   总计
           4                     1          5                         55         55
"""


def test_where_no_row_is_whole_the_headings_say_which_cell_is_empty() -> None:
    assert rows(HEADED) == {"规章": ["", "4", "11210"], "行政规范性文件": ["1", "15535", ""]}
    (block,) = (block for block in read(SIDE_BY_SIDE.encode(), Context()).blocks if isinstance(block, Line))
    assert [field.text for field in block.fields] == ["", "4", "", "1", "5", "", "55", "55"]


def test_a_value_below_two_headings_or_none_leaves_its_table_open() -> None:
    below_two = HEADED.replace(
        "规章                                    4 ", "规章                          12345678901"
    )
    assert rows(below_two) == {}


def test_where_zeros_are_printed_a_last_cell_that_seems_empty_may_be_a_lost_one() -> None:
    assert rows(HEADED.replace("15535", "0    ")) == {}
    shortened = TERMINAL.replace("2      3      6", "2      0      6").replace(
        "             3      5", "      5       "
    )
    assert "（三）无法提供" not in rows(shortened)
    assert rows(shortened)["（一）予以公开"] == ["10", "7", "", "17"]


def test_a_label_that_reaches_into_the_first_column_leaves_the_others_their_places() -> None:
    pushed = TERMINAL.replace("（四）其他        ", "（四）" + "其他很长的标签" * 3 + "        ")
    assert rows(pushed)["（一）予以公开"] == ["10", "7", "", "17"]
    assert not any(label.startswith("（四）") for label in rows(pushed))


APPLICATIONS = next(
    table for form in load_forms() if form.id == "form2021" for table in form.tables if table.key == "applications"
)


@pytest.mark.parametrize(
    ("printed", "states"),
    [
        (["1", "2", "4", "7"], {State.AMBIGUOUS}),  # its total may be the last, and three cells gone
        (["", "", "", "", "9", "2"], {State.BLANK, State.NUMBER}),  # 2 is no total of what stands before it
        (["0", "0", "0", "0", "0", "0"], {State.AMBIGUOUS}),
    ],
)
def test_a_line_that_ends_early_is_open_where_its_last_figure_may_be_the_total(
    printed: list[str], states: set[State]
) -> None:
    lines = []
    for at, row in enumerate(APPLICATIONS.rows):
        fields = printed if at == 5 else [*map(str, range(at, at + 6)), str(6 * at + 15)]
        lines.append(f"{row.labels[0]:　<40}" + "".join(f"{field:<8}" for field in fields).rstrip())
    text = (
        "甲县2022年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"
        + "\n".join(lines)
        + "\n2023年1月8日\n"
    )
    cells = [one for one in parse([Source(text.encode())]).cells if one.row == APPLICATIONS.rows[5].key]
    assert {cell.state for cell in cells} == states
    assert all(cell.confidence < 0.9 for cell in cells)
    assert [cell.value for cell in cells if cell.value is not None] == ([9, 2] if State.NUMBER in states else [])


_FORM = (
    "甲县财政局2022年政府信息公开工作年度报告\n二、主动公开政府信息情况\n第二十条第（一）项\n"
    "信息内容           本年制发件数     本年废止件数     现行有效件数\n"
    "规章               1                2\n行政规范性文件     "
)


def test_a_row_that_ends_early_is_open_where_no_other_cell_is_empty() -> None:
    cells = {
        cell.key[1:]: cell for cell in parse([Source(f"{_FORM}4                5                6".encode())]).cells
    }
    row = [cell for (name, _), cell in cells.items() if name == "regulations"]
    assert {cell.state for cell in row} == {State.AMBIGUOUS}
    assert {raw for cell in row for raw, _ in cell.candidates} == {"1", "2"}
    assert cells["normative_documents", "in_force"].value == 6


def test_a_row_that_ends_early_is_read_where_other_cells_are_left_empty() -> None:
    cells = {
        cell.key[1:]: cell for cell in parse([Source(f"{_FORM}4                                 6".encode())]).cells
    }
    assert cells["regulations", "issued"].value == 1
    assert cells["regulations", "in_force"].state is State.BLANK


def _early(rows: dict[int, list[str]], usual: list[str]) -> dict[str, list[str | int | float | None]]:
    """What is read of a large table of the form, its rows as given, all others as usual: states, values of numbers."""
    lines = []
    for at, row in enumerate(APPLICATIONS.rows):
        fields = rows.get(at, usual)
        lines.append(f"{row.labels[0]:　<40}" + "".join(f"{field:<8}" for field in fields).rstrip())
    text = (
        "甲县2022年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"
        + "\n".join(lines)
        + "\n2023年1月8日\n"
    )
    read: dict[str, list[str | int | float | None]] = {}
    for cell in parse([Source(text.encode())]).cells:
        if cell.table == "applications":
            read.setdefault(cell.row, []).append(cell.value if cell.state is State.NUMBER else cell.state.value)
    return read


def test_a_row_that_lacks_more_than_its_total_is_open_where_others_lack_no_more() -> None:
    whole = {at: ["0", "13", "0", "0", "0", "0", "13"] for at in range(0, 24, 2)}
    read = _early(whole | {9: ["0", "0", "0", "0"]}, ["0", "0", "0", "0", "0", "0"])
    assert read[APPLICATIONS.rows[7].key] == [0, 0, 0, 0, 0, 0, "blank"]  # it prints no sum of noughts
    assert set(read[APPLICATIONS.rows[9].key]) == {"ambiguous"}


def test_a_row_without_the_sum_of_its_figures_is_open() -> None:
    others = {at: ["4", "", "1", "", "2", "", "7"] for at in range(4)}  # cells are left empty there
    read = _early(
        others | {9: ["18", "1", "2", "1", "3"], 10: ["2", "", "7", "", "5"]}, ["0", "0", "0", "0", "0", "0", "0"]
    )
    assert {state for at in (9, 10) for state in read[APPLICATIONS.rows[at].key]} == {"ambiguous"}
    assert read[APPLICATIONS.rows[0].key] == [4, "blank", 1, "blank", 2, "blank", 7]


_LIST = """甲县财政局2010年政府信息公开工作年度报告
政府信息公开情况统计表
指标名称                          计量单位   年末统计   历年累计
主动公开信息数                    条         {0:<11}70395
公开查阅点查阅人数                人次       3          88
公开查阅点利用件次                件次       1          8
网站中政府信息公开专栏页面访问量  人次       2          69729
受理依申请公开信息总数            条                    4
行政复议数                        件         {1}
行政诉讼数                        件         1          7
行政申诉数                        件                    2
"""


def test_a_figure_of_this_year_beside_nothing_of_all_years_may_be_that_of_all_years() -> None:
    cells = parse([Source(_LIST.format("12", "5").encode())]).cells
    assert {cell.state for cell in cells if cell.row == "review_total"} == {State.AMBIGUOUS}
    assert {cell.state for cell in cells if cell.row == "requests_received"} == {State.BLANK, State.NUMBER}


def test_a_row_of_strokes_that_ends_early_is_open_where_no_other_cell_is_empty() -> None:
    strokes = _FORM.replace("1  ", "/  ").replace("2\n", "/\n") + "/                /                6"
    cells = parse([Source(strokes.encode())]).cells
    assert {cell.state for cell in cells if cell.row == "regulations"} == {State.AMBIGUOUS}


_LONG = "（四）" + "其他很长的标签" * 3


@pytest.mark.parametrize(
    ("placed", "fields"),
    [
        ({50: "10", 54: "7", 60: "3"}, ["10", "7", "3", ""]),  # both of those before the third column are there
        ({50: "10", 60: "3"}, None),  # of the first column or of the second
        ({60: "3", 70: "9"}, ["", "", "3", "9"]),  # nothing was pushed, so nothing stood below the label
        ({50: "10", 63: "3"}, None),  # at no column's place
    ],
)
def test_values_that_a_label_has_pushed_away_are_told_by_those_that_it_has_not(
    placed: dict[int, str], fields: list[str] | None
) -> None:
    lines = [f"（{at}）{'予以公开':　<15}" + "12        0         1         16" for at in "一二三五六"]
    line, reached = _LONG, 2 * len(_LONG)
    for place, value in placed.items():
        line += " " * (place - reached) + value
        reached = place + len(value)
    lines = [line.replace(f"{'予以公开':　<15}", "予以公开" + " " * 26) for line in lines]
    assert rows("\n".join([*lines, line])).get(_LONG) == fields


def test_words_in_the_first_column_are_a_value_that_was_misread_and_push_none_away() -> None:
    lines = [f"（{at}）{'予以公开':　<15}" + "12        0         1         16" for at in "一二三五六"]
    line = lines[-1].replace("12  ", "丨  ").replace("六", "七")
    assert len(rows("\n".join([*lines, line])).get("（七）予以公开", [])) < 4


def test_rows_of_a_list_that_print_a_unit_and_no_value_are_empty() -> None:
    lines = ["指标名称                          计量单位   统计数"]
    named = ["主动公开信息数", "新闻发布会场数", "现场接待的人数", "咨询电话接听数", "依申请公开数量"]
    for label, value in zip(named * 2, ["", "", "7", "", "28", "", "", "4", "", ""], strict=True):
        lines.append(f"{label}{' ' * 20}条         {value}".rstrip())
    lines.insert(4, "二、依申请公开情况")
    found = [
        [field.text for field in block.fields]
        for block in read("\n".join(lines).encode(), Context()).blocks
        if isinstance(block, Line) and len(block.fields) > 1 and block.fields[1].text == "条"
    ]
    assert [fields[2:] for fields in found] == [[""], [""], ["7"], [""], ["28"], [""], [""], ["4"], [""], [""]]


def test_a_label_alone_is_a_row_of_blanks_though_a_few_rows_are_not_whole() -> None:
    bare = _early({5: [], 9: ["", "", "", "", "9", "2"]}, ["1", "2", "3", "4", "50", "6", "66"])
    assert set(bare[APPLICATIONS.rows[5].key]) == {"blank"}
