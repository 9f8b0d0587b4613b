"""Tables as converters and editors leave them: invented figures, real habits."""

from __future__ import annotations

import pytest

from gicrawl.parser.align.tables import read_tables
from gicrawl.parser.document import Context, Source
from gicrawl.parser.forms import load_forms
from gicrawl.parser.lines import fields_of, is_rule
from gicrawl.parser.parse import parse
from gicrawl.parser.readers import html, text
from gicrawl.parser.report import Cell, State

_PART_TWO = """二、主动公开政府信息情况
第二十条第（一）项
本年新制作数量 本年新公开数量 对外公开总数量
3
3
27
第二十条第（六）项
信息内容
上一年项目数量
本年增/减
处理决定数量
行政处罚
2310
115
402
行政强制
89
-7
44
三、收到和处理政府信息公开申请情况
信息内容
规章
规范性文件
"""

HEAD = "三、收到和处理政府信息公开申请情况\n项目 自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"


def _cells(body: str) -> dict[tuple[str, str, str], Cell]:
    tables = read_tables(text.read(body.encode(), Context()), load_forms())
    return {cell.key: cell for cell in tables.cells}


def test_a_figure_is_of_one_table() -> None:
    cells = _cells(_PART_TWO)
    coercion = [
        cells["art20_6", "administrative_coercion", c].value for c in ("items_last_year", "items_change", "decisions")
    ]
    assert coercion == [89, -7, 44]
    places = [tuple(cell.evidence.items()) for cell in cells.values() if cell.state is State.NUMBER]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("total", ["总计", "合计"])
def test_a_label_may_touch_the_first_figure_of_its_row(total: str) -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    full = {"new_received", "granted", "results_total"}
    rows = [
        f"{row.labels[0].replace('总计', total)}{'54 8 0 0 2 0 64' if row.key in full else '0 0 0 0 0 0 0'}"
        for row in form.table("applications").rows
    ]
    cells = _cells(HEAD + "\n".join(rows))
    for row in form.table("applications").rows:
        expected = [54, 0, 64] if row.key in full else [0, 0, 0]
        columns = ("natural_person", "other_org", "total")
        assert [cells["applications", row.key, column].value for column in columns] == expected


def test_tables_drawn_with_box_characters_have_fields() -> None:
    assert [field.text for field in fields_of("│ 规章 │ 0 │  │", 0)] == ["规章", "0", ""]
    assert is_rule("├────┼──┼──┤")
    assert is_rule("|---|---|")
    assert not is_rule("----")


def test_bold_marks_of_markdown_are_no_part_of_a_field() -> None:
    line = "| **3** | 3*4 | __总计__ |"
    fields = fields_of(line, 10)
    assert [field.text for field in fields] == ["3", "3*4", "总计"]
    assert all(line[field.start - 10 :].startswith(field.text) for field in fields)


@pytest.mark.parametrize(
    ("heading", "printed", "unit"),
    [
        ("本年收费金额（单位：万元）", "12.5", None),
        ("本年收费金额（单位：元）", "125000", "元"),
        ("本年收费金额（单位：万元）", "125000元", "元"),
        ("本年收费金额（单位：万元）", "12.5万元", "万元"),
    ],
)
def test_money_is_in_the_unit_that_is_printed(heading: str, printed: str, unit: str | None) -> None:
    above = "第二十条第（六）项\n信息内容\t本年处理决定数量\n行政处罚\t5\n行政强制\t0\n"
    cell = _cells(f"{above}第二十条第（八）项\n信息内容\t{heading}\n行政事业性收费\t{printed}\n")[
        "art20_8", "administrative_fees", "fee_amount_wan"
    ]
    assert (cell.value, cell.unit) == (float(printed.rstrip("万元")), unit)


def test_a_blank_that_is_only_inferred_stands_where_its_neighbour_does() -> None:
    form = next(form for form in load_forms() if form.id == "form2021")
    figures = {"carried_in": "<td colspan=7>0</td>"}
    rows = "".join(
        f"<tr><td colspan=3>{row.labels[0]}</td>{figures.get(row.key, '<td>0</td>' * 7)}</tr>"
        for row in form.table("applications").rows
    )
    names = "".join(f"<td>{column.labels[0]}</td>" for column in form.table("applications").columns)
    page = f"<table><tr><td colspan=3>申请人情况</td>{names}</tr>{rows}</table>"
    tables = read_tables(html.read(page.encode(), Context(declared_charset="utf-8")), load_forms())
    assert all(cell.evidence for cell in tables.cells if cell.state in {State.NUMBER, State.BLANK})


def _part_two(*renamed: tuple[str, str]) -> dict[tuple[str, str, str], Cell]:
    body = (
        "第二十条第（一）项\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章\t0\t0\t0\n行政规范性文件\t4\t0\t13\n"
        "第二十条第（五）项\n信息内容\t本年处理决定数量\n行政许可\t648\n"
        "第二十条第（六）项\n信息内容\t本年处理决定数量\n行政处罚\t28\n行政强制\t5\n"
        "第二十条第（八）项\n信息内容\t本年收费金额（单位：万元）\n行政事业性收费\t0\n"
    )
    for old, new in renamed:
        body = body.replace(old, new)
    return _cells(body)


@pytest.mark.parametrize(
    "renamed",
    [
        [("本年制发件数", "制发件数"), ("本年废止件数", "废止件数")],
        [("现行有效件数", "现行有效件数（截至2023年12月31日）")],
        [("现行有效件数", "现行有效件数（件）"), ("本年废止件数", "本年废止件数（单位：件）")],
    ],
)
def test_headings_are_known_in_other_words(renamed: list[tuple[str, str]]) -> None:
    cells = _part_two(*renamed)
    assert cells["art20_1", "normative_documents", "in_force"].value == 13
    assert cells["art20_5", "administrative_licensing", "decisions"].value == 648
    assert cells["art20_6", "administrative_coercion", "decisions"].value == 5


@pytest.mark.parametrize("first", ["0 0 0 0 0 0 0", "0 0 0 0 0", "0 0"])
def test_rows_of_noughts_before_their_labels_give_none_to_the_label_before_them(first: str) -> None:
    table = next(form for form in load_forms() if form.id == "form2021").table("applications")
    figures = [first, *("0 0 0 0 0 0 0" if at % 3 else "0 0 0" for at in range(1, len(table.rows)))]
    rows = " ".join(f"{values} {row.labels[0]}" for values, row in zip(figures, table.rows, strict=True))
    columns = " ".join(column.labels[0] for column in table.columns)
    body = f"甲县财政局2022年政府信息公开工作年度报告 三、收到和处理政府信息公开申请情况 申请人情况 {columns} {rows}"
    cells = parse([Source(body.encode())]).cells
    short = {row.key for at, row in enumerate(table.rows) if figures[at] != "0 0 0 0 0 0 0"}
    assert not [cell.key for cell in cells if cell.row in short and cell.value is not None]


@pytest.mark.parametrize("numbers", ["1 2 3 4 5 6 7", "栏次 1 2 3 4 5 6 7", "A 2 3 4 5 6 7 8"])
@pytest.mark.parametrize("between", [" ", "\n"])
def test_numbers_of_the_columns_above_the_first_row_are_no_figures_that_lead_their_labels(
    numbers: str, between: str
) -> None:
    table = next(form for form in load_forms() if form.id == "form2021").table("applications")
    printed = {row.key: [at, 2, 0, 5, 1, 0, at + 8] for at, row in enumerate(table.rows[:-1])}
    rows = [" ".join([row.labels[0], *map(str, printed.get(row.key, []))]) for row in table.rows]
    columns = " ".join(column.labels[0] for column in table.columns)
    head = f"甲县财政局2022年政府信息公开工作年度报告 三、收到和处理政府信息公开申请情况 申请人情况 {columns} {numbers}"
    cells = parse([Source(between.join([head, *rows, "四、行政复议、行政诉讼情况"]).encode())]).cells
    found = {row.key: [cell.value for cell in cells if cell.row == row.key] for row in table.rows[:-1]}
    assert found == printed
    assert all(cell.value is None for cell in cells if cell.row == table.rows[-1].key)


def test_figures_of_the_table_above_make_none_of_those_that_lead_their_labels() -> None:
    table = next(form for form in load_forms() if form.id == "form2019").table("applications")
    printed = {row.key: [at, 2, 0, 5, 1, 0, at + 8] for at, row in enumerate(table.rows[:-1])}
    rows = [" ".join([row.labels[0], *map(str, printed.get(row.key, []))]) for row in table.rows]
    body = (
        "甲县水务局2019年政府信息公开工作年度报告",
        "二、主动公开政府信息情况 第二十条第（一）项 信息内容 本年新制作数量 本年新公开数量 对外公开总数量 规章 1",
        "第二十条第（五）项 信息内容 上一年项目数量 本年增/减 处理决定数量 行政许可 6 7 其他对外管理服务事项 4 9",
        "三、收到和处理政府信息公开申请情况 项目 本年新收件数 上年结转件数 予以公开件数 部分公开件数 不予公开件数",
        "无法提供件数 其他处理件数",
        *rows,
        "四、政府信息公开行政复议、行政诉讼情况",
    )
    cells = [cell for cell in parse([Source(" ".join(body).encode())]).cells if cell.table == "applications"]
    at = {column.key: number for number, column in enumerate(table.columns)}
    claimed = [cell for cell in cells if cell.value is not None]
    assert claimed
    assert all(cell.value == printed[cell.row][at[cell.column]] for cell in claimed)
