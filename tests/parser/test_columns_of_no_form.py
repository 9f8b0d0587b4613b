"""Part 三 with one column more than its form has, whose heading says where it stands; and one that is always blank."""

from __future__ import annotations

import pytest

from gicrawl.parser import parse
from gicrawl.parser.document import Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.report import Cell, State

FORM = next(form for form in load_forms() if form.id == "form2021")
TABLE = next(table for table in FORM.tables if table.key == "applications")
KEYS = [column.key for column in TABLE.columns]
ORGANISATIONS = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
TITLE = "云岭县2021年政府信息公开工作年度报告\n三、收到和处理政府信息公开申请情况\n"


def true(row: int) -> list[int]:
    parts = [(row * 7 + at * 5) % 11 for at in range(len(KEYS) - 1)]
    return [*parts, sum(parts)]


def header(place: str) -> list[list[str]]:
    """The header with the other column beside all, beside the total, and within the organisations."""
    return [
        ["项目", "申请人情况", *(["上年总计"] if place == "all" else [])],
        ["自然人", "法人或其他组织", "总计", *(["比上年增减"] if place == "total" else [])],
        [*ORGANISATIONS, *(["小计"] if place == "organisations" else [])],
    ]


def row(at: int, place: str) -> list[str]:
    figures = list(map(str, true(at)))
    figures.insert(6 if place == "organisations" else 7, str(at * 3 % 7))
    return [TABLE.rows[at].labels[0], *figures]


def cells(text: str) -> dict[tuple[str, str], Cell]:
    report = parse([Source(text.encode())])
    return {(cell.row, cell.column): cell for cell in report.cells if cell.table == "applications"}


@pytest.mark.parametrize("place", ["all", "total", "organisations"])
@pytest.mark.parametrize("mark", ["\t", " | "])
def test_the_column_that_no_form_has_is_left_out_where_its_heading_says_which_it_is(place: str, mark: str) -> None:
    lines = [*header(place), *(row(at, place) for at in range(len(TABLE.rows)))]
    found = cells(TITLE + "\n".join(mark.join(line) for line in lines))
    for at, entry in enumerate(TABLE.rows):
        assert [found[entry.key, key].value for key in KEYS] == true(at)
        assert all(found[entry.key, key].confidence >= 0.9 for key in KEYS)


def test_rows_of_a_page_that_go_on_in_a_second_table_lose_the_same_column() -> None:
    heads = [
        "<td rowspan=3>项目</td><td colspan=7>申请人情况</td><td rowspan=3>上年总计</td>",
        "<td rowspan=2>自然人</td><td colspan=5>法人或其他组织</td><td rowspan=2>总计</td>",
        "".join(f"<td>{name}</td>" for name in ORGANISATIONS),
    ]
    rows = ["".join(f"<td>{text}</td>" for text in row(at, "all")) for at in range(len(TABLE.rows))]
    tables = ["".join(f"<tr>{one}</tr>" for one in part) for part in (heads + rows[:6], rows[6:])]
    page = "".join(f"<table>{table}</table>" for table in tables)
    found = cells(f"<meta charset=utf-8><h1>{TITLE}</h1>{page}".replace("\n", "<br>"))
    for at, entry in enumerate(TABLE.rows):
        assert [found[entry.key, key].value for key in KEYS] == true(at)


def test_a_heading_of_either_level_names_no_column_where_all_stand_on_lines_of_their_own() -> None:
    names = ["自然人", "法人或其他组织", "总计", "比上年增减", *ORGANISATIONS]
    values = [text for at in range(len(TABLE.rows)) for text in row(at, "total")]
    found = cells(TITLE + "\n".join(["项目", "申请人情况", *names, *values]))
    sure = {name: cell for name, cell in found.items() if cell.state is State.NUMBER and cell.confidence >= 0.9}
    truth = {
        (entry.key, key): value
        for at, entry in enumerate(TABLE.rows)
        for key, value in zip(KEYS, true(at), strict=True)
    }
    assert [name for name, cell in sure.items() if cell.value != truth[name]] == []


def test_a_column_without_any_figure_has_blank_cells_where_each_cell_has_a_line() -> None:
    names = [line for names in header("") for line in names]
    lines = []
    for at, entry in enumerate(TABLE.rows):
        figures = [
            "" if key == "natural_person" or not value else value for key, value in zip(KEYS, true(at), strict=True)
        ]
        lines += [entry.labels[0], *(f"{value or ' '}" for value in figures)]
    found = cells(TITLE + "\n".join([*names, *lines]))
    assert {found[entry.key, "natural_person"].state for entry in TABLE.rows} == {State.BLANK}
    assert [found[entry.key, "total"].value for entry in TABLE.rows] == [true(at)[-1] for at in range(len(TABLE.rows))]


def test_the_column_without_which_rows_add_up_is_left_out_where_no_heading_says_which_it_is() -> None:
    lines = [row(at, "organisations") for at in range(len(TABLE.rows))]
    for at, line in enumerate(lines):
        line[7] = str(sum(true(at)[1:6]))
    lines[4][3] = ""  # no row of seven that are whole
    found = cells(TITLE + "\n".join("\t".join(line) for line in [["项目"], *lines]))
    for at, entry in enumerate(TABLE.rows):
        values = {
            key: cell.value for (name, key), cell in found.items() if name == entry.key and cell.state is State.NUMBER
        }
        assert values.items() <= dict(zip(KEYS, true(at), strict=True)).items()
        assert len(values) == len(KEYS) or at == 4


def test_a_stroke_in_a_column_of_its_own_is_a_value_of_its_line() -> None:
    part = "第二十条第（六）项\n信息内容   本年处理决定数量\n行政处罚   /\n行政强制   /\n"
    report = parse([Source((TITLE + part).encode())])
    states = [cell.state for cell in report.cells if cell.table == "art20_6"]
    assert states == [State.NOT_APPLICABLE] * 2


def test_a_column_that_is_not_printed_leaves_no_figure_to_its_neighbour() -> None:
    """A trace of a merged label before six figures does not make them seven."""
    heads = ["自然人", "商业企业", "科研机构", "法律服务机构", "其他", "总计"]
    rows = [f"| {each.labels[0]} |  | 3 | 0 | 1 | 0 | 0 | 4 |" for each in TABLE.rows]
    table = "\n".join([f"| 申请人情况 |  | {' | '.join(heads)} |", f"|{' --- |' * 8}", *rows])
    named = [key for key in KEYS if key != "public_welfare_org"]
    printed = dict(zip(named, (3, 0, 1, 0, 0, 4), strict=True))
    for (_, column), cell in cells(f"# {TITLE}\n{table}\n").items():
        assert cell.value is None or cell.value == printed.get(column)


@pytest.mark.parametrize("spans", [(3, 1, 4), (2, 1, 5), (3, 5)])
def test_fewer_cells_than_columns_and_of_other_widths_stand_below_no_heading(spans: tuple[int, ...]) -> None:
    head = "<td colspan=8>第二十条第（一）项<tr><td>信息内容<td colspan=2>本年制发件数<td colspan=2>本年废止件数"
    row = "".join(f"<td colspan={span}>{text}" for span, text in zip(spans, ("规章", "26", "4"), strict=False))
    rest = (
        "<td colspan=3>现行有效件数<tr>" + row + "<tr><td>行政规范性文件<td colspan=2>8<td colspan=2>0<td colspan=3>1"
    )
    page = f"<meta charset=utf-8><h1>{TITLE}</h1><p>二、主动公开政府信息情况</p><table><tr>{head}{rest}</table>"
    report = parse([Source(page.encode())])
    found = {cell.key[1:]: cell for cell in report.cells if cell.table == "art20_1"}
    columns = ("issued", "repealed", "in_force")
    assert {found["regulations", column].state for column in columns} == {State.AMBIGUOUS}
    assert [found["normative_documents", column].value for column in columns] == [8, 0, 1]


def test_headings_without_fields_for_merged_cells_leave_the_order_of_the_form_though_tabs_fill_their_lines() -> None:
    lines = [[TITLE.split("\n")[1], "申请人情况"], ["自然人", "法人或其他组织", "总计"], ORGANISATIONS]
    lines += [[entry.labels[0], *map(str, true(at))] for at, entry in enumerate(TABLE.rows)]
    found = cells(TITLE + "\n".join("\t".join([*line, *[""] * (11 - len(line))]) for line in lines))
    for at, entry in enumerate(TABLE.rows):
        assert [found[entry.key, key].value for key in KEYS] == true(at)
        assert all(found[entry.key, key].confidence >= 0.9 for key in KEYS)


def test_a_line_with_a_field_less_than_others_beside_traces_of_its_label_has_lost_one() -> None:
    heads = ["自然人", *ORGANISATIONS, "总计"]
    lines = ["\t\t\t" + "\t".join(heads)]
    lines += ["\t".join([entry.labels[0], "", "", *map(str, true(at))]) for at, entry in enumerate(TABLE.rows)]
    lines[1] = "\t".join([TABLE.rows[0].labels[0], "", "", "4", "1", "2", "3", "5", "15"])
    found = cells(TITLE + "\n".join(lines))
    assert {found[TABLE.rows[0].key, key].state for key in KEYS[:-1]} == {State.AMBIGUOUS}
    assert [found[TABLE.rows[1].key, key].value for key in KEYS] == true(1)


def test_one_cell_beside_a_label_that_reaches_below_the_first_heading_is_of_neither_column() -> None:
    head = (
        "<td colspan=12>第二十条第（九）项<tr><td colspan=2>信息内容<td colspan=2>采购项目数量<td colspan=8>采购总金额"
    )
    page = f"<h1>{TITLE}</h1><p>二、主动公开</p><table><tr>{head}<tr><td colspan=4>政府集中采购<td colspan=8>1</table>"
    report = parse([Source(f"<meta charset=utf-8>{page.replace('2021', '2020')}".encode())])
    assert {cell.state for cell in report.cells if cell.table == "art20_9"} == {State.AMBIGUOUS}


def test_a_row_whose_tabs_were_taken_away_at_its_end_may_have_lost_cells_before_its_total() -> None:
    lines = ["\t".join([entry.labels[0], *map(str, true(at))]) for at, entry in enumerate(TABLE.rows)]
    for at in (2, 4, 6):  # empty cells within rows keep their tabs
        lines[at] = "\t".join([TABLE.rows[at].labels[0], "4", "", "1", "", "", "", "5"])
    lines[10] = "\t".join([TABLE.rows[10].labels[0], "24", "1", "1", "30", "62"])
    found = cells(TITLE + "\n".join(lines) + "\n2022年1月9日\n")
    assert {found[TABLE.rows[10].key, key].state for key in KEYS} == {State.AMBIGUOUS}
    assert found[TABLE.rows[2].key, "total"].value == 5


@pytest.mark.parametrize("blank", ["", "0"])
def test_a_column_of_remarks_leaves_rows_whole_that_have_one_or_begin_with_an_empty_cell(blank: str) -> None:
    lines = [["项目", "申请人情况"], ["自然人", "法人或其他组织", "总计", "备注"], ORGANISATIONS]
    figures = [[str(figure) if figure else blank for figure in true(at + 1)] for at in range(len(TABLE.rows))]
    remarks = {4: "含上年", 9: "见说明"}
    lines += [[row.labels[0], *figures[at], remarks.get(at, "")] for at, row in enumerate(TABLE.rows)]
    found = cells(TITLE + "\n".join("\t".join(line) for line in lines))
    for at, entry in enumerate(TABLE.rows):
        read = [found[entry.key, key] for key in KEYS]
        assert [cell.value for cell in read] == [int(figure) if figure else None for figure in figures[at]], entry.key
        assert {cell.state for cell in read} <= {State.NUMBER, State.BLANK}


def test_a_row_with_remarks_whose_first_gap_may_be_of_a_merged_label_stays_open() -> None:
    lines = [["项目", "", "申请人情况"], ["自然人", "法人或其他组织", "总计", "备注"], ORGANISATIONS]
    for at, entry in enumerate(TABLE.rows):
        figures = list(map(str, true(at)))
        lines.append(
            [entry.labels[0], "", *(figures[:3] + figures[4:] if at == 4 else figures), "含" if at == 4 else ""]
        )
    found = cells(TITLE + "\n".join("\t".join(line) for line in lines))
    claimed = [found[TABLE.rows[4].key, key] for key in KEYS]
    assert not any(cell.state in {State.NUMBER, State.BLANK} for cell in claimed)
