"""The form of a table is chosen by all its rows: one that nobody knows does not change it."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from damage.figures import figures
from damage.judging import LAYOUTS, case, judge
from damage.report import sheet

from gicrawl.parser.align.tables import Tables, read_tables
from gicrawl.parser.document import Context, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.parse import parse
from gicrawl.parser.readers import reader_for, readers
from gicrawl.parser.report import State

APPLICATIONS = "applications"
FORMS = {form.id: form for form in load_forms()}


def read(form: str, row: str, words: str, layout: str) -> tuple[Tables, set[tuple[str, str]]]:
    """A report with other words for the label of one row; the cells that are printed elsewhere in the table."""
    draw = Random(f"{row} {words}")
    truth = figures(draw, form, "zeros", broken=False)
    report = sheet(draw, form, truth)
    (part,) = (part for part in report.parts if part.key == APPLICATIONS)
    for each in part.rows:
        if each.key == row:
            each.label = words
    body = LAYOUTS[layout](report, draw).encode()
    document = readers()[reader_for(body)].read(body, Context())
    rest = {(each, column) for table, each, column in truth if table == APPLICATIONS and each != row}
    return read_tables(document, load_forms()), rest


@pytest.mark.parametrize("words", ["", "其它有关情形的答复"])
@pytest.mark.parametrize("layout", ["html_plain", "tsv", "pdf_words", "one_a_line", "markdown"])
@pytest.mark.parametrize("form", ["form2019", "form2021"])
def test_one_label_that_is_not_known_changes_neither_form_nor_other_rows(form: str, layout: str, words: str) -> None:
    for row in FORMS[form].table(APPLICATIONS).rows:
        tables, rest = read(form, row.key, words, layout)
        assert dict(tables.forms)[APPLICATIONS] == form, row.key
        got = {cell.key[1:] for cell in tables.cells if cell.table == APPLICATIONS and cell.state is State.NUMBER}
        lost = {place[0] for place in rest - got}
        assert len(lost) <= 1, (row.key, lost)  # in flowing text its neighbour may be doubted


@pytest.mark.parametrize("layout", ["html_plain", "tsv", "one_a_line", "markdown"])
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("new_received", "一、本年新收"),
        ("carried_in", "二、上年结转"),
        ("not_processed_petition", "1.信访类申请"),
        ("other_processing_fee_unpaid", "2.逾期未按收费通知缴纳费用"),
        ("other_processing_fee_unpaid", "2.逾期未按收费通知要求缴纳费用"),
        ("other_processing_other", "3.其他情形"),
        ("carried_out", "四、结转下年"),
    ],
)
def test_a_label_that_offices_shorten_is_known(row: str, words: str, layout: str) -> None:
    tables, _ = read("form2021", row, words, layout)
    states = {cell.state for cell in tables.cells if cell.table == APPLICATIONS and cell.row == row}
    assert states == {State.NUMBER}


@pytest.mark.parametrize("heads", [("商业企业", "企业"), ("科研机构", "研究机构"), ("社会公益组织", "社会组织")])
def test_a_heading_that_offices_shorten_is_known(heads: tuple[str, str]) -> None:
    draw = Random(7)
    truth = figures(draw, "form2021", "zeros", broken=False)
    body = LAYOUTS["html_plain"](sheet(draw, "form2021", truth), draw).replace(*heads).encode()
    document = readers()[reader_for(body)].read(body, Context())
    cells = {cell.key: cell.state for cell in read_tables(document, load_forms()).cells if cell.table == APPLICATIONS}
    assert set(cells.values()) == {State.NUMBER}


@pytest.mark.parametrize(
    ("harm", "tables"),
    [
        ("rows_swapped", "applications"),
        ("small_rows_swapped", "art20"),
        ("small_columns_swapped", "art20"),
        ("small_column_renamed", "art20"),
    ],
)
@pytest.mark.parametrize("layout", [name for name in LAYOUTS if not name.endswith(("_dropped", "_ghosts"))])
def test_values_of_swapped_rows_and_columns_go_with_their_labels_or_are_doubted(
    layout: str, harm: str, tables: str
) -> None:
    for seed in (11, 12):
        assert [error for error in judge(case(seed, layout, harm)).sure if error[1][0].startswith(tables)] == []


def small(number: str, columns: list[str], *rows: list[str]) -> Tables:
    """A small table of part 二 in a page, its headings and rows as given."""
    head = f"<tr><td colspan={len(columns) + 1}>第二十条第（{number}）项</td></tr>"
    lines = [["信息内容", *columns], *rows]
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in line) + "</tr>" for line in lines)
    page = f"<p>二、主动公开政府信息情况</p><table>{head}{body}</table>".encode()
    return read_tables(readers()[reader_for(page)].read(page, Context()), load_forms())


def numbers(tables: Tables) -> dict[tuple[str, str], int | float | None]:
    return {cell.key[1:]: cell.value for cell in tables.cells if cell.state is State.NUMBER}


def test_the_short_heading_of_2019_alone_is_no_table_of_2019() -> None:
    tables = small("六", ["处理决定数量"], ["行政处罚", "283"], ["行政强制", "51"])
    assert tables.forms == [("art20_6", "form2021")]
    assert numbers(tables) == {
        ("administrative_penalty", "decisions"): 283,
        ("administrative_coercion", "decisions"): 51,
    }


def test_a_row_of_2019_under_the_one_column_of_2021_is_named_and_takes_no_figure() -> None:
    tables = small("五", ["本年处理决定数量"], ["行政许可", "44086"], ["其他对外管理服务事项", "73"])
    assert tables.forms == [("art20_5", "form2021")]
    assert numbers(tables) == {("administrative_licensing", "decisions"): 44086}
    assert [problem.code for problem in tables.problems] == ["row_unknown"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("left_out", [None, 0, 1])
def test_headings_of_2019_in_any_order_and_one_left_out_are_never_the_column_of_2021(
    order: tuple[int, ...], left_out: int | None
) -> None:
    names = ["上一年项目数量", "本年增/减", "处理决定数量"]
    keys = ["items_last_year", "items_change", "decisions"]
    printed = [column for column in order if column != left_out]
    figures = [["行政处罚", *(str(21 + at) for at in printed)], ["行政强制", *(str(31 + at) for at in printed)]]
    tables = small("六", [names[column] for column in printed], *figures)
    assert tables.forms == [("art20_6", "form2019")]
    truth = {("administrative_penalty", keys[at]): 21 + at for at in printed}
    truth |= {("administrative_coercion", keys[at]): 31 + at for at in printed}
    assert numbers(tables).items() <= truth.items()


@pytest.mark.parametrize(
    ("heads", "form"),
    [
        (["本年新", "本年新公", "对外公开"], "form2019"),
        (["量", "本年新", "量"], "form2019"),
        (["本年制发", "本年废", "现行"], "form2021"),
        (["数", "数", "现行有效"], "form2021"),
    ],
)
def test_the_beginnings_of_cut_headings_say_which_form_a_table_follows(heads: list[str], form: str) -> None:
    tables = small("一", heads, ["规章", "41", "5", "6"], ["规范性文件", "7", "8", "9"])
    assert tables.forms == [("art20_1", form)]
    assert sorted(value for value in numbers(tables).values() if value) == [5, 6, 7, 8, 9, 41]


@pytest.mark.parametrize("heads", [["量", "量", "量"], ["", "", ""], ["本年", "本年", "数"]])
def test_a_table_whose_headings_are_unread_leaves_open_which_columns_it_has(heads: list[str]) -> None:
    tables = small("一", heads, ["规章", "41", "5", "6"], ["规范性文件", "7", "8", "9"])
    assert {cell.state for cell in tables.cells} <= {State.AMBIGUOUS, State.UNREAD}
    assert {raw for cell in tables.cells for raw, _ in cell.candidates} <= {"41", "5", "6", "7", "8", "9"}


@pytest.mark.parametrize("years_ago", [True, False])
def test_headings_that_are_unread_are_those_of_the_form_which_the_part_follows(years_ago: bool) -> None:  # noqa: FBT001
    column, form = ("上一年项目数量", "form2019") if years_ago else ("本年收费金额（单位：万元）", "form2021")
    rows = [
        ["第二十条第（一）项"],
        ["信息内容", "量", "量", "量"],
        ["规章", "41", "5", "6"],
        ["规范性文件", "7", "8", "9"],
    ]
    fees = [
        ["第二十条第（八）项"],
        ["信息内容", column, *["本年增/减"][: int(years_ago)]],
        ["行政事业性收费", "3", "4"],
    ]
    tables = "".join(
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{text}</td>" for text in line) + "</tr>" for line in lines)
        + "</table>"
        for lines in (rows, [line[: 2 + years_ago] for line in fees])
    )
    page = f"<p>二、主动公开政府信息情况</p>{tables}".encode()
    read_ = read_tables(readers()[reader_for(page)].read(page, Context()), load_forms())
    assert read_.forms == [("art20_1", form), ("art20_8", form)]
    assert all(cell.confidence < 0.9 for cell in read_.cells if cell.table == "art20_1")
    assert sum(cell.state is State.NUMBER for cell in read_.cells if cell.table == "art20_1") == 6


def test_a_sum_of_money_stands_in_no_column_of_counts() -> None:
    row = ["政府集中采购", "36363.9", "36363.9"]
    tables = small("九", ["采购项", "采购总金额"], row)
    assert numbers(tables) == {}
    assert [problem.code for problem in tables.problems] == ["row_unread"]


def test_a_column_that_the_form_does_not_have_takes_no_figure_of_its_own() -> None:
    for columns in (["上一年项目数量", "本年处理决定数量"], ["本年处理决定数量", "上一年项目数量"]):
        values = {"上一年项目数量": "12", "本年处理决定数量": "64859"}
        tables = small("五", columns, ["行政许可", *(values[name] for name in columns)])
        assert {key[1]: value for key, value in numbers(tables).items() if key[1] == "decisions"} in (
            {},
            {"decisions": 64859},
        )


def test_a_row_below_a_table_that_no_form_has_is_named() -> None:
    tables = small("六", ["本年处理决定数量"], ["行政处罚", "283"], ["行政强制", "51"], ["行政检查情况", "940"])
    assert numbers(tables) == {
        ("administrative_penalty", "decisions"): 283,
        ("administrative_coercion", "decisions"): 51,
    }
    assert [problem.code for problem in tables.problems] == ["row_unknown"]


@pytest.mark.parametrize("mark", ["\t", "|", " "])
def test_a_row_below_a_flattened_table_that_its_form_does_not_have_is_named(mark: str) -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    table = next(one for one in form.tables if one.key == "applications")
    lines = [mark.join(["申请人情况", *(column.labels[0] for column in table.columns)])]
    lines += [mark.join([row.labels[0], *"1111116"]) for row in table.rows]
    head = "云岭县人民政府2022年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"
    for below, named in ((), []), ((mark.join(["五、转交其他机关", *"2222222"]),), ["五转交其他机关"]):
        text = head + "\n".join([*lines, *below, "四、政府信息公开行政复议、行政诉讼情况", "没有。"])
        report = parse([Source(text.encode())])
        assert [dict(one.fields)["row"] for one in report.problems if one.code == "row_unknown"] == named
